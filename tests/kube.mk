# Tests of the area "kube". Programs that open modules stand at the top of the build folder, beside the modules: that is where lf_module_open() looks.
if HAVE_CMOCKA
KUBE_TESTS = test_module test_http test_https test_kubeconfig test_kube test_watch
check_PROGRAMS += $(KUBE_TESTS) kube_drive
TESTS += $(KUBE_TESTS)
KUBE_TEST_LIBS = libproviders.a libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)
FAKEHTTP = tests/unit/fakehttp.c tests/unit/fakehttp.h tests/unit/unit.h

test_module_SOURCES = tests/unit/test_module.c tests/unit/unit.h
test_module_CPPFLAGS = $(TEST_CPPFLAGS) -DLF_MODULE_DIR='"$(moduledir)"' -DLF_BIN_DIR='"$(bindir)"'
test_module_LDADD = $(KUBE_TEST_LIBS)

test_http_SOURCES = tests/unit/test_http.c $(FAKEHTTP)
test_http_CPPFLAGS = $(TEST_CPPFLAGS)
test_http_LDADD = $(KUBE_TEST_LIBS)

EXTRA_DIST += tests/tools/https_server.py
test_https_SOURCES = tests/unit/test_https.c $(FAKEHTTP)
test_https_CPPFLAGS = $(TEST_CPPFLAGS)
test_https_LDADD = $(KUBE_TEST_LIBS)

test_kubeconfig_SOURCES = tests/unit/test_kubeconfig.c tests/unit/unit.h
test_kubeconfig_CPPFLAGS = $(TEST_CPPFLAGS)
test_kubeconfig_LDADD = $(KUBE_TEST_LIBS)

test_kube_SOURCES = tests/unit/test_kube.c tests/unit/kubeworld.c tests/unit/kubeworld.h $(FAKEHTTP)
test_kube_CPPFLAGS = $(TEST_CPPFLAGS)
test_kube_LDADD = $(KUBE_TEST_LIBS)

test_watch_SOURCES = tests/unit/test_watch.c tests/unit/kubeworld.c tests/unit/kubeworld.h $(FAKEHTTP)
test_watch_CPPFLAGS = $(TEST_CPPFLAGS)
test_watch_LDADD = $(KUBE_TEST_LIBS)

# The client from a command line: tests/cluster/test_client.py drives it against a real API server.
kube_drive_SOURCES = tests/tools/kube_drive.c
kube_drive_CPPFLAGS = $(TEST_CPPFLAGS)
kube_drive_LDADD = libproviders.a libcore.a $(SMALL_LIBS)
endif
