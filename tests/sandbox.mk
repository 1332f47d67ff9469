# Tests of the area "sandbox": its API without a socket, its reading of a repository, and the program itself with real pushes.
if HAVE_CMOCKA
SANDBOX_TESTS = tests/unit/test_sandbox tests/unit/test_sandbox_build tests/unit/test_sandbox_charts tests/unit/test_sandbox_helm tests/unit/test_sandbox_run
check_PROGRAMS += $(SANDBOX_TESTS)
TESTS += $(SANDBOX_TESTS)
SANDBOX_TEST_LIBS = libsandbox.a libcore.a $(CMOCKA_LIBS) $(GIT2_LIBS) $(MICROHTTPD_LIBS) $(SMALL_LIBS)

tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c tests/unit/sandbox_world.c tests/unit/sandbox_world.h tests/unit/unit.h
tests_unit_test_sandbox_CPPFLAGS = $(TEST_CPPFLAGS) $(GIT2_CFLAGS)
tests_unit_test_sandbox_LDADD = $(SANDBOX_TEST_LIBS)
tests_unit_test_sandbox_build_SOURCES = tests/unit/test_sandbox_build.c tests/unit/unit.h
tests_unit_test_sandbox_build_CPPFLAGS = $(TEST_CPPFLAGS) $(GIT2_CFLAGS)
tests_unit_test_sandbox_build_LDADD = $(SANDBOX_TEST_LIBS)
tests_unit_test_sandbox_charts_SOURCES = tests/unit/test_sandbox_charts.c tests/unit/sandbox_client.c tests/unit/sandbox_client.h tests/unit/unit.h
tests_unit_test_sandbox_charts_CPPFLAGS = $(TEST_CPPFLAGS) $(GIT2_CFLAGS)
tests_unit_test_sandbox_charts_LDADD = $(SANDBOX_TEST_LIBS)
tests_unit_test_sandbox_helm_SOURCES = tests/unit/test_sandbox_helm.c tests/unit/sandbox_world.c tests/unit/sandbox_world.h tests/unit/unit.h
tests_unit_test_sandbox_helm_CPPFLAGS = $(TEST_CPPFLAGS) $(GIT2_CFLAGS)
tests_unit_test_sandbox_helm_LDADD = $(SANDBOX_TEST_LIBS)
tests_unit_test_sandbox_run_SOURCES = tests/unit/test_sandbox_run.c tests/unit/sandbox_client.c tests/unit/sandbox_client.h tests/unit/unit.h
tests_unit_test_sandbox_run_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_sandbox_run_LDADD = $(SANDBOX_TEST_LIBS)
endif
