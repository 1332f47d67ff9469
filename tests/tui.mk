# Tests of the area "tui". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
TUI_LIBS = libtui.a libthemes.a libcore.a $(NCURSES_LIBS) $(SMALL_LIBS)
TUI_MODELS = tests/unit/models.c tests/unit/models.h tests/unit/models_edit.c tests/unit/model_engine.c tests/unit/model_engine.h

check_PROGRAMS += tests/tools/screen_demo
tests_tools_screen_demo_SOURCES = tests/tools/screen_demo.c $(TUI_MODELS)
tests_tools_screen_demo_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS)
tests_tools_screen_demo_LDADD = $(TUI_LIBS)
if HAVE_CMOCKA
TUI_TESTS = tests/unit/test_canvas tests/unit/test_input tests/unit/test_widgets tests/unit/test_theme tests/unit/test_screens tests/unit/test_tui tests/unit/test_refusal
check_PROGRAMS += $(TUI_TESTS)
TESTS += $(TUI_TESTS)
TUI_TEST_LIBS = $(TUI_LIBS) $(CMOCKA_LIBS)

tests_unit_test_canvas_SOURCES = tests/unit/test_canvas.c tests/unit/unit.h
tests_unit_test_canvas_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_canvas_LDADD = $(TUI_TEST_LIBS)
tests_unit_test_input_SOURCES = tests/unit/test_input.c tests/unit/unit.h
tests_unit_test_input_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_input_LDADD = $(TUI_TEST_LIBS)
tests_unit_test_widgets_SOURCES = tests/unit/test_widgets.c tests/unit/unit.h
tests_unit_test_widgets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_widgets_LDADD = $(TUI_TEST_LIBS)
tests_unit_test_theme_SOURCES = tests/unit/test_theme.c tests/unit/unit.h
tests_unit_test_theme_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_theme_LDADD = $(TUI_TEST_LIBS) -lm
tests_unit_test_screens_SOURCES = tests/unit/test_screens.c $(TUI_MODELS)
tests_unit_test_screens_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_screens_LDADD = $(TUI_TEST_LIBS)
tests_unit_test_refusal_SOURCES = tests/unit/test_refusal.c $(TUI_MODELS)
tests_unit_test_refusal_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_refusal_LDADD = $(TUI_TEST_LIBS)
tests_unit_test_tui_SOURCES = tests/unit/test_tui.c $(TUI_MODELS)
tests_unit_test_tui_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_tui_LDADD = $(TUI_TEST_LIBS)
endif
if HAVE_VTERM
check_PROGRAMS += tests/unit/test_terminal
TESTS += tests/unit/test_terminal
tests_unit_test_terminal_SOURCES = tests/unit/test_terminal.c tests/tools/vt.c tests/tools/vt.h tests/unit/unit.h
tests_unit_test_terminal_CPPFLAGS = $(TEST_CPPFLAGS) $(VTERM_CFLAGS)
tests_unit_test_terminal_LDADD = $(TUI_TEST_LIBS) $(VTERM_LIBS) -lutil
endif

FUZZ_TARGETS += tests/fuzz/fuzz_keys
tests_fuzz_fuzz_keys_LDADD = libtui.a libthemes.a $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_canvas
tests_fuzz_fuzz_canvas_LDADD = libtui.a libthemes.a $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_theme
tests_fuzz_fuzz_theme_LDADD = libthemes.a $(FUZZ_LIBS)
