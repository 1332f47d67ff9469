# Tests of the area "git". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
GIT_TESTS = tests/unit/test_giturl tests/unit/test_git_wire tests/unit/test_git_words test_git_local test_git_races test_git_http test_git_ssh test_git_liar test_git_user test_git_history test_git_sign test_git_net
check_PROGRAMS += $(GIT_TESTS) git_drive killer.so
TESTS += $(GIT_TESTS) tests/servers/test_git_crash.py
EXTRA_DIST += tests/servers/test_git_crash.py
killer_so_SOURCES = tests/tools/killer.c
killer_so_CFLAGS = $(AM_CFLAGS) -fPIC -Wno-pedantic
killer_so_LDFLAGS = -shared
killer_so_LDADD = -ldl

tests_unit_test_giturl_SOURCES = tests/unit/test_giturl.c tests/unit/unit.h
tests_unit_test_giturl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_giturl_LDADD = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_git_wire_SOURCES = tests/unit/test_git_wire.c tests/unit/unit.h
tests_unit_test_git_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_git_wire_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_git_words_SOURCES = tests/unit/test_git_words.c tests/unit/unit.h
tests_unit_test_git_words_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_git_words_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
# Beside the modules, at the top of the build folder: that is where they are looked for.
GITWORLD = tests/unit/gitjobs.c tests/unit/gitworld.c tests/unit/gitworld.h tests/unit/unit.h
GITWORLD_LIBS = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
test_git_local_SOURCES = tests/unit/test_git_local.c $(GITWORLD)
test_git_local_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_local_LDADD = $(GITWORLD_LIBS)
test_git_races_SOURCES = tests/unit/test_git_races.c $(GITWORLD)
test_git_races_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_races_LDADD = $(GITWORLD_LIBS)
test_git_http_SOURCES = tests/unit/test_git_http.c $(GITWORLD)
test_git_http_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_http_LDADD = $(GITWORLD_LIBS)
test_git_ssh_SOURCES = tests/unit/test_git_ssh.c $(GITWORLD)
test_git_ssh_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_ssh_LDADD = $(GITWORLD_LIBS)
test_git_liar_SOURCES = tests/unit/test_git_liar.c tests/unit/fakehttp.c tests/unit/fakehttp.h $(GITWORLD)
test_git_liar_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_liar_LDADD = $(GITWORLD_LIBS)
test_git_user_SOURCES = tests/unit/test_git_user.c $(GITWORLD)
test_git_user_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_user_LDADD = $(GITWORLD_LIBS)
test_git_history_SOURCES = tests/unit/test_git_history.c $(GITWORLD)
test_git_history_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_history_LDADD = $(GITWORLD_LIBS)
test_git_sign_SOURCES = tests/unit/test_git_sign.c $(GITWORLD)
test_git_sign_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_sign_LDADD = $(GITWORLD_LIBS)
test_git_net_SOURCES = tests/unit/test_git_net.c $(GITWORLD)
test_git_net_CPPFLAGS = $(TEST_CPPFLAGS)
test_git_net_LDADD = $(GITWORLD_LIBS)
git_drive_SOURCES = tests/tools/git_drive.c
git_drive_CPPFLAGS = $(TEST_CPPFLAGS)
git_drive_LDADD = libproviders.a libcore.a $(SMALL_LIBS)
endif
