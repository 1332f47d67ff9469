# tui: draws the model and turns keys into intents. Sees core and themes; never a socket, a repository or a file.
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = tui/front.h \
  tui/headless.c tui/headless.h \
  tui/plain.c tui/plain.h
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS) $(UV_CFLAGS)
