# Tests of the area "charts": pure tables, and the client against real servers on loopback.
if HAVE_CMOCKA
CHART_TESTS = tests/unit/test_charts tests/unit/test_chart_read tests/unit/test_fault tests/unit/test_schema tests/unit/test_schema_bounds tests/unit/test_semver tests/unit/test_values
check_PROGRAMS += $(CHART_TESTS)
TESTS += $(CHART_TESTS)
CHART_TEST_LIBS = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_charts_SOURCES = tests/unit/test_charts.c $(APP_WORLD_SOURCES)
tests_unit_test_charts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_charts_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_chart_read_SOURCES = tests/unit/test_chart_read.c tests/unit/unit.h
tests_unit_test_chart_read_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_chart_read_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_fault_SOURCES = tests/unit/test_fault.c tests/unit/fake_engine.c tests/unit/fake_engine.h tests/unit/unit.h
tests_unit_test_fault_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_fault_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_schema_SOURCES = tests/unit/test_schema.c tests/unit/unit.h
tests_unit_test_schema_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_schema_LDADD = $(CHART_TEST_LIBS)
tests_unit_test_schema_bounds_SOURCES = tests/unit/test_schema_bounds.c tests/unit/unit.h
tests_unit_test_schema_bounds_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_schema_bounds_LDADD = $(CHART_TEST_LIBS)
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
TESTS += tests/e2e/test_bad_input.py tests/e2e/test_charts.py tests/e2e/test_values.py
EXTRA_DIST += tests/e2e/test_bad_input.py tests/e2e/test_charts.py tests/e2e/test_values.py

FUZZ_TARGETS += tests/fuzz/fuzz_chart
tests_fuzz_fuzz_chart_LDADD = libproviders.a $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_values
tests_fuzz_fuzz_values_LDADD = $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_archive
tests_fuzz_fuzz_archive_SOURCES = tests/fuzz/fuzz_archive.c providers/chart/archive.c
tests_fuzz_fuzz_archive_CPPFLAGS = $(AM_CPPFLAGS) $(ARCHIVE_CFLAGS) $(UV_CFLAGS)
tests_fuzz_fuzz_archive_LDADD = $(FUZZ_LIBS) $(ARCHIVE_LIBS)
