# Tests of the area "git". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
GIT_TESTS = tests/unit/test_giturl
check_PROGRAMS += $(GIT_TESTS)
TESTS += $(GIT_TESTS)

tests_unit_test_giturl_SOURCES = tests/unit/test_giturl.c tests/unit/unit.h
tests_unit_test_giturl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_giturl_LDADD = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
endif
