# http: libcurl behind providers/http.h, as the module landfall-http.so
