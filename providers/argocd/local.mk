libengines_a_SOURCES += \
  providers/argocd/actions.c \
  providers/argocd/applicationset.c providers/argocd/applicationset_questions.c \
  providers/argocd/argocd.h \
  providers/argocd/assess.c providers/argocd/assess_comparison.c \
  providers/argocd/chart_extras.c \
  providers/argocd/diagnose.c \
  providers/argocd/engine.c \
  providers/argocd/follow.c \
  providers/argocd/notifications.c \
  providers/argocd/owner.c \
  providers/argocd/questions.c providers/argocd/questions_chart.c \
  providers/argocd/render.c providers/argocd/render_chart.c \
  providers/argocd/project.c providers/argocd/project_found.c providers/argocd/project_questions.c \
  providers/argocd/set.c \
  providers/argocd/target.c \
  providers/argocd/template.c \
  providers/argocd/view.c providers/argocd/view.h
