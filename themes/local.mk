# themes: roles, colours and the parser of theme files. Needs core only. A theme is a YAML file listed here.
THEME_FILES = themes/terminal.yaml themes/dark.yaml themes/light.yaml themes/high-contrast.yaml themes/colour-blind.yaml themes/mono.yaml
noinst_LIBRARIES += libthemes.a
libthemes_a_SOURCES = themes/color.c themes/parse.c themes/shipped.h themes/theme.c themes/theme.h
nodist_libthemes_a_SOURCES = themes/shipped.c
libthemes_a_CPPFLAGS = $(AM_CPPFLAGS)
EXTRA_DIST += $(THEME_FILES) themes/embed.sh
CLEANFILES += themes/shipped.c

themes/shipped.c: $(THEME_FILES) themes/embed.sh
	$(AM_V_GEN)$(MKDIR_P) themes && cd $(srcdir) && $(SHELL) themes/embed.sh $(THEME_FILES) >$(abs_builddir)/$@.tmp && mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@
