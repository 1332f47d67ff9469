# Tests of the area "engines". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
ENGINE_TESTS = tests/unit/test_render
check_PROGRAMS += $(ENGINE_TESTS)
TESTS += $(ENGINE_TESTS)
ENGINE_TEST_LIBS = libengines.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)

tests_unit_test_render_SOURCES = tests/unit/test_render.c tests/unit/engines.c tests/unit/engines.h tests/unit/unit.h
tests_unit_test_render_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_render_LDADD = $(ENGINE_TEST_LIBS)
endif

dist_check_SCRIPTS += tests/kustomize.sh
TESTS += tests/kustomize.sh
