libengines_a_SOURCES += \
  providers/flux/actions.c \
  providers/flux/assess.c \
  providers/flux/assess_source.c \
  providers/flux/chart_secrets.c \
  providers/flux/diagnose.c providers/flux/diagnose_chart.c \
  providers/flux/engine.c \
  providers/flux/flux.h \
  providers/flux/health_checks.c \
  providers/flux/image_automation.c providers/flux/image_questions.c \
  providers/flux/follow.c \
  providers/flux/notifications.c \
  providers/flux/owner.c \
  providers/flux/questions.c providers/flux/questions_chart.c \
  providers/flux/recall.c providers/flux/render.c providers/flux/render_chart.c providers/flux/sync_options.c \
  providers/flux/target.c providers/flux/target_chart.c \
  providers/flux/view.c providers/flux/view.h
