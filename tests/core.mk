# Tests of the area "core". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
CORE_TESTS = tests/unit/test_yaml
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
CORE_TEST_LIBS = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)

tests_unit_test_yaml_SOURCES = tests/unit/test_yaml.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_yaml_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_yaml_LDADD = $(CORE_TEST_LIBS)
endif
