# Tests of the area "charts": pure tables, and the client against real servers on loopback.
if HAVE_CMOCKA
CHART_TESTS = tests/unit/test_schema tests/unit/test_semver tests/unit/test_values
check_PROGRAMS += $(CHART_TESTS)
TESTS += $(CHART_TESTS)
CHART_TEST_LIBS = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_schema_SOURCES = tests/unit/test_schema.c tests/unit/unit.h
tests_unit_test_schema_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_schema_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_semver_SOURCES = tests/unit/test_semver.c tests/unit/unit.h
tests_unit_test_semver_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_semver_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_values_SOURCES = tests/unit/test_values.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_values_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_values_LDADD = $(CHART_TEST_LIBS)
endif

# Beside the modules, at the top of the build folder: that is where they are looked for.
check_PROGRAMS += chart_drive
chart_drive_SOURCES = tests/tools/chart_drive.c
chart_drive_CPPFLAGS = $(TEST_CPPFLAGS)
chart_drive_LDADD = libproviders.a libcore.a $(SMALL_LIBS)
TESTS += tests/e2e/test_charts.py tests/e2e/test_values.py
EXTRA_DIST += tests/e2e/test_charts.py tests/e2e/test_values.py
