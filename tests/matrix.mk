# The matrix of answer sets: every one rendered in one process, read back by other YAML implementations.
check_PROGRAMS += tests/matrix/render_sets tests/matrix/recall_sets
tests_matrix_recall_sets_SOURCES = tests/matrix/recall_sets.c
tests_matrix_recall_sets_CPPFLAGS = $(AM_CPPFLAGS)
tests_matrix_recall_sets_LDADD = libengines.a libcore.a $(SMALL_LIBS)
tests_matrix_render_sets_SOURCES = tests/matrix/render_sets.c
tests_matrix_render_sets_CPPFLAGS = $(AM_CPPFLAGS)
tests_matrix_render_sets_LDADD = libengines.a libcore.a $(SMALL_LIBS)
dist_check_SCRIPTS += tests/matrix/check.sh tests/matrix/recall.sh
TESTS += tests/matrix/check.sh tests/matrix/recall.sh
EXTRA_DIST += tests/matrix/check.py tests/matrix/driver.py tests/matrix/expect.py tests/matrix/extras.py tests/matrix/hostile.py \
  tests/matrix/meant.py tests/matrix/meant_argocd.py tests/matrix/meant_flux.py tests/matrix/meant_workload.py tests/matrix/recall.py tests/matrix/sets.py

# Breaks rules and looks whether a test fails; run by hand.
EXTRA_DIST += tests/tools/mutate.py tests/tools/mutants.py tests/tools/equivalent.yaml
