# Tests of the area "tui". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
TUI_LIBS = libtui.a libthemes.a libcore.a $(NCURSES_LIBS) $(SMALL_LIBS)
TUI_MODELS = tests/unit/models.c tests/unit/models.h tests/unit/model_engine.c tests/unit/model_engine.h

check_PROGRAMS += tests/tools/screen_demo
tests_tools_screen_demo_SOURCES = tests/tools/screen_demo.c $(TUI_MODELS)
tests_tools_screen_demo_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS)
tests_tools_screen_demo_LDADD = $(TUI_LIBS)
if HAVE_CMOCKA
endif
