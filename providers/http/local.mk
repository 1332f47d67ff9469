# http: libcurl behind providers/http.h, as the module landfall-http.so. Its objects are its own (landfall_http_so-*), everything but the table is hidden.
libproviders_a_SOURCES += providers/module.c providers/module.h providers/http.h
module_PROGRAMS += landfall-http.so
landfall_http_so_SOURCES = \
  providers/http/call.c \
  providers/http/client.c \
  providers/http/errors.c \
  providers/http/internal.h \
  providers/http/redirect.c \
  providers/http/transfer.c
landfall_http_so_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(UV_CFLAGS)
landfall_http_so_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
landfall_http_so_LDFLAGS = $(MODULE_LINK) $(LOOP_DEFS)
landfall_http_so_LDADD = libcore.a $(CURL_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(LOOP_LIBS)
