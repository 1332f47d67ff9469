# The forges: pure parts as tables; end to end in tests/e2e/test_forge.py.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_forge
TESTS += tests/unit/test_forge
tests_unit_test_forge_SOURCES = tests/unit/test_forge.c tests/unit/unit.h
tests_unit_test_forge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_forge_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
endif
