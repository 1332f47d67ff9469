# sandbox: the demo's server, a program of its own (libmicrohttpd, libgit2); a library too, so that its rules are tested without a socket
noinst_LIBRARIES += libsandbox.a
libsandbox_a_SOURCES = \
  providers/sandbox/access.c \
  providers/sandbox/admit.c providers/sandbox/admit.h \
  providers/sandbox/apply.c providers/sandbox/apply.h \
  providers/sandbox/archive.c \
  providers/sandbox/argocd_compare.c providers/sandbox/argocd_compare.h \
  providers/sandbox/argocd_helm.c providers/sandbox/argocd_helm.h \
  providers/sandbox/argocd_sim.c \
  providers/sandbox/argocd_tracking.c \
  providers/sandbox/argocd_sync.c providers/sandbox/argocd_sync.h \
  providers/sandbox/build.c providers/sandbox/build.h \
  providers/sandbox/chart_find.c providers/sandbox/chart_find.h \
  providers/sandbox/charts.c providers/sandbox/charts_files.c providers/sandbox/charts.h \
  providers/sandbox/controllers.c providers/sandbox/controllers.h \
  providers/sandbox/deployment_sim.c \
  providers/sandbox/directory.c providers/sandbox/directory.h \
  providers/sandbox/discovery.c \
  providers/sandbox/events.c providers/sandbox/events.h \
  providers/sandbox/flux_apply.c providers/sandbox/flux_apply.h \
  providers/sandbox/flux_needs.c \
  providers/sandbox/flux_sim.c \
  providers/sandbox/flux_source.c \
  providers/sandbox/helm.c providers/sandbox/helm.h \
  providers/sandbox/helm_drift.c providers/sandbox/helm_prepare.c providers/sandbox/helm_release.c providers/sandbox/helm_release.h \
  providers/sandbox/helm_sim.c \
  providers/sandbox/helm_source.c \
  providers/sandbox/helm_status.c providers/sandbox/helm_status.h \
  providers/sandbox/jsonpatch.c \
  providers/sandbox/kinds.c providers/sandbox/kinds.h \
  providers/sandbox/logs.c \
  providers/sandbox/merge.c providers/sandbox/merge.h \
  providers/sandbox/overlay.c providers/sandbox/overlay.h \
  providers/sandbox/pod_sim.c \
  providers/sandbox/pushes.c providers/sandbox/pushes.h \
  providers/sandbox/read.c \
  providers/sandbox/refusal.c providers/sandbox/refusal.h \
  providers/sandbox/replicaset_sim.c \
  providers/sandbox/repository.c providers/sandbox/repository.h \
  providers/sandbox/request.c providers/sandbox/request.h \
  providers/sandbox/sandbox.c providers/sandbox/sandbox.h \
  providers/sandbox/scenario.c providers/sandbox/scenario.h \
  providers/sandbox/schema.c providers/sandbox/schema_defaults.c providers/sandbox/schema.h \
  providers/sandbox/schema_rows.c providers/sandbox/schema_rows.h \
  providers/sandbox/schemas.c providers/sandbox/schemas.h \
  providers/sandbox/schemas_helm.c \
  providers/sandbox/seed.c providers/sandbox/seed_files.c \
  providers/sandbox/selector.c providers/sandbox/selector.h \
  providers/sandbox/server.c providers/sandbox/server.h \
  providers/sandbox/store.c providers/sandbox/store.h \
  providers/sandbox/stream.c providers/sandbox/stream.h \
  providers/sandbox/tasks.c providers/sandbox/tasks.h \
  providers/sandbox/template.h providers/sandbox/template_tree.h \
  providers/sandbox/template_functions.c providers/sandbox/template_text.c \
  providers/sandbox/template_parse.c providers/sandbox/template_pipe.c providers/sandbox/template_run.c \
  providers/sandbox/tree.c providers/sandbox/tree.h \
  providers/sandbox/watch.c \
  providers/sandbox/workload.h \
  providers/sandbox/write.c
libsandbox_a_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS) $(GIT2_CFLAGS) $(MICROHTTPD_CFLAGS)

module_PROGRAMS += landfall-sandbox
landfall_sandbox_SOURCES = providers/sandbox/main.c
landfall_sandbox_CPPFLAGS = $(libsandbox_a_CPPFLAGS)
landfall_sandbox_LDADD = libsandbox.a libcore.a $(MICROHTTPD_LIBS) $(GIT2_LIBS) $(UV_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS)
