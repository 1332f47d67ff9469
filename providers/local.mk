# providers: everything Landfall talks to, one folder per neighbour.
# The engines are pure (plans into documents, objects into statuses) and a library of their own, so that the build keeps I/O out of them.
noinst_LIBRARIES += libengines.a libproviders.a
libengines_a_SOURCES = providers/engines.c providers/engines.h
libengines_a_CPPFLAGS = $(AM_CPPFLAGS)
libproviders_a_SOURCES = \
  providers/demo.c providers/demo.h \
  providers/doctor.c providers/doctor.h \
  providers/git.h \
  providers/runner.c providers/runner.h providers/runner_parts.h \
  providers/runner_chart.c providers/runner_files.c providers/runner_forge.c providers/runner_git.c providers/runner_kube.c providers/runner_refuse.c providers/runner_run.c
libproviders_a_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS) -DLF_MODULE_DIR='"$(moduledir)"' -DLF_BIN_DIR='"$(bindir)"'

include providers/flux/local.mk
include providers/argocd/local.mk
include providers/direct/local.mk
include providers/chart/local.mk
include providers/forge/local.mk
include providers/git/local.mk
include providers/http/local.mk
include providers/kube/local.mk
include providers/sandbox/local.mk
