# core: the pure model and the small runtime. libc, libyaml, jansson, utf8proc, libuv; never ncurses, libgit2 or curl.
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
  core/compiler.h \
  core/diff.c core/diff.h \
  core/duration.c \
  core/error.c core/error.h \
  core/fs.c core/fs.h \
  core/json.c core/json.h \
  core/mem.c core/mem.h \
  core/node.c core/node_compare.c core/node.h \
  core/secret.c core/secret.h \
  core/str.c core/str.h \
  core/text.c core/text_clean.c core/text.h \
  core/yaml_block.c core/yaml_block.h \
  core/yaml_change.c core/yaml_change.h \
  core/yaml_edit.c core/yaml_edit.h core/yaml_edit_add.c core/yaml_edit_remove.c core/yaml_edit_scalar.c core/yaml_edit_text.c \
  core/yaml_spots.c core/yaml_spots.h \
  core/yaml_fail.c core/yaml_fail.h \
  core/yaml_in.c core/yaml_in.h core/yaml_in_anchor.c core/yaml_in_map.c core/yaml_out.c core/yaml_scalar.c core/yaml_scalar.h core/yaml.h
libcore_a_SOURCES += \
  core/answers.c core/answers_file.c core/answers.h \
  core/app.c core/app.h core/app_parts.h core/app_apply.c core/app_pull.c core/app_reader.c \
  core/app_action.c core/app_chart.c core/app_conflict.c core/app_create.c core/app_values.c core/app_deliver.c core/app_flights.c core/app_form.c core/app_rebuild.c core/app_remote.c core/app_peek.c core/app_compare.c core/app_land.c core/app_logs.c core/app_leave.c core/app_amend.c core/app_amend_follow.c core/app_by_hand.c core/app_edit.c core/app_owner.c core/app_review.c core/app_rollback.c core/app_source.c core/app_view.c \
  core/catalog.c core/catalog.h \
  core/chart.c core/chart.h core/chart_view.c core/chart_view.h \
  core/effect.c core/effect.h \
  core/engine.h core/event.c core/event.h \
  core/extra.c core/extra.h core/extras.c \
  core/progressive.c core/progressive.h core/progressive_flagger.c core/progressive_questions.c core/progressive_recall.c \
  core/secrets.c core/secrets.h core/secrets_extra.c core/secrets_questions.c core/secrets_check.c core/secrets_recall.c core/secrets_chart.c core/secrets_chart.h \
  core/facts.c core/facts.h core/fault.c core/fault.h \
  core/history.c core/history.h \
  core/key_order.c core/key_order.h \
  core/overlay.c core/overlay.h \
  core/merge.c core/merge.h core/merge3.c core/merge3.h \
  core/giturl.c core/giturl.h core/giturl_parts.c core/giturl_parts.h \
  core/options.c core/options.h \
  core/owner.c core/owner.h \
  core/plan.c core/plan_put.c core/plan.h \
  core/quantity.c core/quantity.h \
  core/question.c core/question.h core/questions.c core/questions_chart.c core/questions_create.c core/questions_place.c core/questions_place.h core/questions_provider.c core/questions_provider.h core/questions_pull.c core/questions.h \
  core/reach.c core/reach.h core/recall.c core/recall.h core/recall_files.c core/recall_set.c core/render.c core/render.h core/retract.c core/retract.h \
  core/schema.c core/schema.h core/schema_walk.h core/schema_format.c core/schema_list.c core/schema_map.c core/schema_pattern.c core/schema_unchecked.c core/schema_value.c \
  core/spelling.c core/spelling.h core/semver.c core/semver.h core/semver_range.c core/semver_text.h core/sha256.c core/sha256.h \
  core/unasked.c core/unasked.h core/values.c core/values.h
libcore_a_SOURCES += \
  core/checkup.c core/checkup.h \
  core/condition.c core/condition.h \
  core/document.c core/document.h \
  core/chart_source.c core/chart_source.h core/chart_extras.c core/chart_extras.h core/chart_values.c core/chart_values.h \
  core/engine.c \
  core/environments.c core/environments.h core/environments_path.c core/environments_overlay.c core/environments_questions.c core/environments_recall.c \
  core/giturl_same.c \
  core/handwork.c core/handwork.h \
  core/leftover.c core/leftover.h core/leftover_written.c \
  core/canary.c core/canary.h \
  core/health.c core/health.h core/health_pod.c core/health_pod.h \
  core/image.c core/image.h \
  core/kube_events.c core/kube_events.h \
  core/objects.c core/objects.h \
  core/progress.c core/progress.h \
  core/pull.c core/pull.h \
  core/ref.c core/ref.h core/resource_action.h \
  core/repo_folders.c core/repo_folders.h core/repo_layout.c core/repo_layout_gitops.c core/repo_layout.h core/repo_objects.c core/repo_objects.h \
  core/scaffold.c core/scaffold.h core/scaffold_chart.c core/scaffold_chart.h core/scaffold_overlay.c core/scaffold_overlay.h \
  core/settings.c core/settings.h \
  core/symptom.c core/symptom.h core/symptom_apply.c core/symptom_subject.c \
  core/trace.c core/trace.h core/edit.c core/edit.h core/edit_change.c core/edit_change.h core/edit_place.c core/edit_place.h \
  core/workload.c core/workload.h core/workload_actions.c core/workload_container.c core/workload_container.h core/workload_diagnose.c
libcore_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(UTF8PROC_CFLAGS) $(UV_CFLAGS)
