libproviders_a_SOURCES +=
