# tests: what "make check" runs. Each area lists its own in tests/AREA.mk.
# use_tls=0: LeakSanitizer dies now and then while it looks through the thread-local storage of modules that were opened late.
AM_TESTS_ENVIRONMENT = \
  LC_ALL=C.UTF-8; TZ=UTC; TERM=xterm-256color; export LC_ALL TZ TERM; \
  srcdir=$(abs_top_srcdir); builddir=$(abs_builddir); export srcdir builddir; \
  unset KUBECONFIG NO_COLOR ACCESSIBLE LINES COLUMNS; \
  ASAN_OPTIONS=detect_leaks=1; UBSAN_OPTIONS=print_stacktrace=1; export ASAN_OPTIONS UBSAN_OPTIONS; \
  LSAN_OPTIONS=suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0:use_tls=0; export LSAN_OPTIONS;
LOG_COMPILER = $(abs_top_srcdir)/tests/tools/second_look
TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(UV_CFLAGS)
SMALL_LIBS = $(YAML_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(UV_LIBS) -ldl

dist_check_SCRIPTS = tests/tools/second_look tests/lint/layers.sh tests/lint/dist.sh
TESTS += tests/lint/layers.sh tests/lint/dist.sh
EXTRA_DIST += tests/lsan.supp tests/golden tests/fixtures tests/bench tests/servers tests/cluster

include tests/core.mk
include tests/fuzz.mk
include tests/engines.mk
include tests/git.mk
include tests/forge.mk
include tests/kube.mk
include tests/tui.mk
include tests/app.mk
include tests/charts.mk
include tests/sandbox.mk
include tests/matrix.mk
