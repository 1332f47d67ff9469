# The forges: pure parts as tables; end to end in tests/e2e/test_forge.py.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_forge tests/unit/test_forge_site tests/unit/test_app_pull tests/unit/test_app_create
TESTS += tests/unit/test_forge tests/unit/test_forge_site tests/unit/test_app_pull tests/unit/test_app_create
tests_unit_test_forge_SOURCES = tests/unit/test_forge.c tests/unit/unit.h
tests_unit_test_forge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_forge_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_forge_site_SOURCES = tests/unit/test_forge_site.c tests/unit/unit.h
tests_unit_test_forge_site_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_forge_site_LDADD = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_app_pull_SOURCES = tests/unit/test_app_pull.c $(APP_WORLD_SOURCES)
tests_unit_test_app_pull_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_app_pull_LDADD = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_app_create_SOURCES = tests/unit/test_app_create.c $(APP_WORLD_SOURCES)
tests_unit_test_app_create_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_app_create_LDADD = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
endif

# The program with every forge: loopback servers that keep to the published API descriptions, and git's own http-backend.
TESTS += tests/e2e/test_forge.py tests/e2e/test_forge_merges.py tests/e2e/test_amend_forge.py
EXTRA_DIST += tests/e2e/test_forge.py tests/e2e/test_forge_merges.py tests/e2e/test_amend_forge.py
# A real Gitea, where LANDFALL_GITEA and LANDFALL_GITEA_STATIC name one.
TESTS += tests/e2e/test_gitea.py tests/e2e/test_gitea_amend.py
EXTRA_DIST += tests/e2e/gitea.py tests/e2e/test_gitea.py tests/e2e/test_gitea_amend.py
