# Tests of the area "engines". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
ENGINE_TESTS = tests/unit/test_checkup tests/unit/test_objects tests/unit/test_document tests/unit/test_health tests/unit/test_canary tests/unit/test_flux tests/unit/test_argocd tests/unit/test_direct tests/unit/test_owner tests/unit/test_scaffold tests/unit/test_image tests/unit/test_following tests/unit/test_chart_view tests/unit/test_secrets tests/unit/test_project tests/unit/test_messages tests/unit/test_answers tests/unit/test_direct_rules tests/unit/test_cluster tests/unit/test_scaffold_read tests/unit/test_render tests/unit/test_rules tests/unit/test_extras tests/unit/test_environments tests/unit/test_given tests/unit/test_argocd_set tests/unit/test_releases
check_PROGRAMS += $(ENGINE_TESTS)
TESTS += $(ENGINE_TESTS)
ENGINE_TEST_LIBS = libengines.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
ENGINE_TEST_SOURCES = tests/unit/engines.c tests/unit/engines.h tests/unit/random.h tests/unit/unit.h

tests_unit_test_checkup_SOURCES = tests/unit/test_checkup.c tests/unit/unit.h
tests_unit_test_checkup_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_checkup_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_objects_SOURCES = tests/unit/test_objects.c $(ENGINE_TEST_SOURCES)
tests_unit_test_objects_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_objects_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_document_SOURCES = tests/unit/test_document.c $(ENGINE_TEST_SOURCES)
tests_unit_test_document_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_document_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_canary_SOURCES = tests/unit/test_canary.c $(ENGINE_TEST_SOURCES)
tests_unit_test_canary_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_canary_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_test_health_SOURCES = tests/unit/test_health.c $(ENGINE_TEST_SOURCES)
tests_unit_test_health_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_health_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_flux_SOURCES = tests/unit/test_flux.c $(ENGINE_TEST_SOURCES)
tests_unit_test_flux_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_flux_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_argocd_SOURCES = tests/unit/test_argocd.c $(ENGINE_TEST_SOURCES)
tests_unit_test_argocd_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_argocd_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_owner_SOURCES = tests/unit/test_owner.c $(ENGINE_TEST_SOURCES)
tests_unit_test_owner_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_owner_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_direct_SOURCES = tests/unit/test_direct.c $(ENGINE_TEST_SOURCES)
tests_unit_test_direct_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_direct_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_scaffold_SOURCES = tests/unit/test_scaffold.c $(ENGINE_TEST_SOURCES)
tests_unit_test_scaffold_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_scaffold_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_releases_SOURCES = tests/unit/test_releases.c $(ENGINE_TEST_SOURCES)
tests_unit_test_releases_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_releases_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_render_SOURCES = tests/unit/test_render.c $(ENGINE_TEST_SOURCES)
tests_unit_test_render_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_render_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_image_SOURCES = tests/unit/test_image.c tests/unit/unit.h
tests_unit_test_image_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_image_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_scaffold_read_SOURCES = tests/unit/test_scaffold_read.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_scaffold_read_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_scaffold_read_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_cluster_SOURCES = tests/unit/test_cluster.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_cluster_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_cluster_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_direct_rules_SOURCES = tests/unit/test_direct_rules.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_direct_rules_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_direct_rules_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_answers_SOURCES = tests/unit/test_answers.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_answers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_answers_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_messages_SOURCES = tests/unit/test_messages.c $(ENGINE_TEST_SOURCES)
tests_unit_test_messages_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_messages_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_project_SOURCES = tests/unit/test_project.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_project_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_project_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_secrets_SOURCES = tests/unit/test_secrets.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_secrets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_secrets_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_chart_view_SOURCES = tests/unit/test_chart_view.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_chart_view_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_chart_view_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_following_SOURCES = tests/unit/test_following.c $(ENGINE_TEST_SOURCES)
tests_unit_test_following_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_following_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_rules_SOURCES = tests/unit/test_rules.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_rules_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_rules_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_extras_SOURCES = tests/unit/test_extras.c $(ENGINE_TEST_SOURCES)
tests_unit_test_extras_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_extras_LDADD = $(ENGINE_TEST_LIBS)

check_PROGRAMS += tests/unit/test_said
TESTS += tests/unit/test_said
tests_unit_test_said_SOURCES = tests/unit/test_said.c $(ENGINE_TEST_SOURCES)
tests_unit_test_said_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_said_LDADD = $(ENGINE_TEST_LIBS)

check_PROGRAMS += tests/unit/test_asked
TESTS += tests/unit/test_asked
tests_unit_test_asked_SOURCES = tests/unit/test_asked.c $(ENGINE_TEST_SOURCES)
tests_unit_test_asked_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_asked_LDADD = $(ENGINE_TEST_LIBS)

check_PROGRAMS += tests/unit/test_action
TESTS += tests/unit/test_action
tests_unit_test_action_SOURCES = tests/unit/test_action.c tests/unit/app_world.c tests/unit/app_world.h tests/unit/fake_engine.c tests/unit/fake_engine.h tests/unit/unit.h
tests_unit_test_action_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_action_LDADD = $(ENGINE_TEST_LIBS)
check_PROGRAMS += tests/unit/test_retract
TESTS += tests/unit/test_retract
tests_unit_test_retract_SOURCES = tests/unit/test_retract.c $(ENGINE_TEST_SOURCES)
tests_unit_test_retract_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_retract_LDADD = $(ENGINE_TEST_LIBS)
check_PROGRAMS += tests/unit/test_leftover
TESTS += tests/unit/test_leftover
tests_unit_test_leftover_SOURCES = tests/unit/test_leftover.c $(ENGINE_TEST_SOURCES)
tests_unit_test_leftover_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_leftover_LDADD = $(ENGINE_TEST_LIBS)
check_PROGRAMS += tests/unit/test_recall
TESTS += tests/unit/test_recall
tests_unit_test_recall_SOURCES = tests/unit/test_recall.c $(ENGINE_TEST_SOURCES)
tests_unit_test_recall_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_recall_LDADD = $(ENGINE_TEST_LIBS)
check_PROGRAMS += tests/unit/test_recall_set
TESTS += tests/unit/test_recall_set
tests_unit_test_recall_set_SOURCES = tests/unit/test_recall_set.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_recall_set_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_recall_set_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_argocd_set_SOURCES = tests/unit/test_argocd_set.c $(ENGINE_TEST_SOURCES)
tests_unit_test_argocd_set_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_argocd_set_LDADD = $(ENGINE_TEST_LIBS)

tests_unit_test_environments_SOURCES = tests/unit/test_environments.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_environments_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_environments_LDADD = $(ENGINE_TEST_LIBS)
check_PROGRAMS += tests/unit/test_environments_rows
TESTS += tests/unit/test_environments_rows
tests_unit_test_environments_rows_SOURCES = tests/unit/test_environments_rows.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_environments_rows_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_environments_rows_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_test_given_SOURCES = tests/unit/test_given.c tests/unit/rules.c tests/unit/rules.h $(ENGINE_TEST_SOURCES)
tests_unit_test_given_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_given_LDADD = $(ENGINE_TEST_LIBS)
endif

dist_check_SCRIPTS += tests/kustomize.sh
TESTS += tests/kustomize.sh
