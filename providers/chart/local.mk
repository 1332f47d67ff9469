# chart: chart repositories (index.yaml, OCI) in libproviders; archives behind providers/chart.h, as the module landfall-chart.so (libarchive).
libproviders_a_SOURCES += providers/chart.h providers/chart/client.c
