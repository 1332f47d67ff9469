libengines_a_SOURCES +=
