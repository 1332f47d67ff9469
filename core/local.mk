# core: the pure model and the small runtime. libc, libyaml, jansson, utf8proc, libuv; never ncurses, libgit2 or curl.
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
  core/compiler.h \
  core/error.c core/error.h \
  core/mem.c core/mem.h
libcore_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(UTF8PROC_CFLAGS) $(UV_CFLAGS)
