# themes: roles, colours and the parser of theme files. Needs core only.
noinst_LIBRARIES += libthemes.a
libthemes_a_SOURCES = themes/theme.h
libthemes_a_CPPFLAGS = $(AM_CPPFLAGS)
