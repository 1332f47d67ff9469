# Tests of the area "git". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
GIT_TESTS = tests/unit/test_giturl tests/unit/test_git_wire
check_PROGRAMS += $(GIT_TESTS) git_drive
TESTS += $(GIT_TESTS)

tests_unit_test_giturl_SOURCES = tests/unit/test_giturl.c tests/unit/unit.h
tests_unit_test_giturl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_giturl_LDADD = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_git_wire_SOURCES = tests/unit/test_git_wire.c tests/unit/unit.h
tests_unit_test_git_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_git_wire_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
# Beside the modules, at the top of the build folder.
git_drive_SOURCES = tests/tools/git_drive.c
git_drive_CPPFLAGS = $(TEST_CPPFLAGS)
git_drive_LDADD = libproviders.a libcore.a $(SMALL_LIBS)
endif
