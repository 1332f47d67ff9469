# chart: chart repositories (index.yaml, OCI) in libproviders; archives behind providers/chart.h, as the module landfall-chart.so (libarchive).
libproviders_a_SOURCES += \
  providers/chart.h \
  providers/chart/client.c \
  providers/chart/credential.c \
  providers/chart/fetch.c \
  providers/chart/http.c \
  providers/chart/index.c providers/chart/index.h \
  providers/chart/internal.h \
  providers/chart/login.c \
  providers/chart/oci.c
libproviders_a_CPPFLAGS += $(YAML_CFLAGS)
module_PROGRAMS += landfall-chart.so
landfall_chart_so_SOURCES = providers/chart/archive.c
landfall_chart_so_CPPFLAGS = $(AM_CPPFLAGS) $(ARCHIVE_CFLAGS) $(UV_CFLAGS)
landfall_chart_so_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
landfall_chart_so_LDFLAGS = $(MODULE_LINK) $(MODULE_DEFS)
landfall_chart_so_LDADD = libcore.a $(ARCHIVE_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(UV_LIBS)
