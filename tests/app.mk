# The reducer, the questions and the command line, with a provider of a few lines.
if HAVE_CMOCKA
app_tests = tests/unit/test_app tests/unit/test_merge tests/unit/test_plan
check_PROGRAMS += $(app_tests)
TESTS += $(app_tests)
APP_TEST_SOURCES = tests/unit/fake_engine.c tests/unit/fake_engine.h
APP_WORLD_SOURCES = tests/unit/app_world.c tests/unit/app_world.h tests/unit/unit.h $(APP_TEST_SOURCES)
APP_TEST_LIBS = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_test_app_SOURCES = tests/unit/test_app.c $(APP_WORLD_SOURCES)
tests_unit_test_app_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_app_LDADD = $(APP_TEST_LIBS)
tests_unit_test_merge_SOURCES = tests/unit/test_merge.c $(APP_TEST_SOURCES)
tests_unit_test_merge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_merge_LDADD = $(APP_TEST_LIBS)
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c $(APP_TEST_SOURCES)
tests_unit_test_plan_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_plan_LDADD = $(APP_TEST_LIBS)
endif

# The real program, without a screen, against the demo's server.
TESTS += tests/e2e/test_again.py tests/e2e/test_headless.py tests/e2e/test_layouts.py tests/e2e/test_secrets.py tests/e2e/test_leftover.py tests/e2e/test_faults.py tests/e2e/test_rollback.py tests/e2e/test_registered.py tests/e2e/test_rollback_squash.py tests/e2e/test_owner.py tests/e2e/test_edit.py tests/e2e/test_edit_editor.py tests/e2e/test_edit_values.py tests/e2e/test_conflict.py
EXTRA_DIST += tests/e2e/test_again.py tests/e2e/test_headless.py tests/e2e/test_layouts.py tests/e2e/test_secrets.py tests/e2e/test_leftover.py tests/e2e/test_faults.py tests/e2e/test_rollback.py tests/e2e/test_registered.py tests/e2e/test_rollback_squash.py tests/e2e/test_owner.py tests/e2e/test_edit.py tests/e2e/test_edit_editor.py tests/e2e/test_edit_values.py tests/e2e/test_conflict.py tests/e2e/screen.py tests/e2e/world.py
