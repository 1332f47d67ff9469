# Tests of the area "app". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
endif

# The real program, without a screen, against the demo's server.
EXTRA_DIST += tests/e2e/test_headless.py tests/e2e/world.py
