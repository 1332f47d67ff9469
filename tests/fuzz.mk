# Fuzz targets. To add one: write tests/fuzz/fuzz_NAME.c, put inputs into tests/fuzz/corpus/NAME/, and add two lines below:
#   FUZZ_TARGETS += tests/fuzz/fuzz_NAME
#   tests_fuzz_fuzz_NAME_LDADD = LIBRARY.a $(FUZZ_LIBS)
# "make check" replays the corpora. With CC=clang and --enable-fuzzing, "make fuzz FUZZ_SECONDS=300" lets libFuzzer look for new inputs.
FUZZ_TARGETS =
if FUZZING
FUZZ_LIBS = libcore.a $(SMALL_LIBS) $(FUZZ_ENGINE)
else
FUZZ_LIBS = tests/fuzz/libdriver.a libcore.a $(SMALL_LIBS)
endif

FUZZ_TARGETS += tests/fuzz/fuzz_yaml
tests_fuzz_fuzz_yaml_LDADD = $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_text
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_edit
tests_fuzz_fuzz_edit_LDADD = $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_kubeconfig
tests_fuzz_fuzz_kubeconfig_LDADD = libproviders.a $(FUZZ_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_kube
tests_fuzz_fuzz_kube_LDADD = libproviders.a $(FUZZ_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_packin
tests_fuzz_fuzz_packin_SOURCES = tests/fuzz/fuzz_packin.c providers/git/packin.c providers/git/packin_index.c providers/git/packin_resolve.c providers/git/packscan.c providers/git/packin_sum.c
tests_fuzz_fuzz_packin_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS)
tests_fuzz_fuzz_packin_LDADD = $(FUZZ_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS)
FUZZ_TARGETS += tests/fuzz/fuzz_git
tests_fuzz_fuzz_git_SOURCES = tests/fuzz/fuzz_git.c providers/git/packscan.c
tests_fuzz_fuzz_git_LDADD = libproviders.a $(FUZZ_LIBS) $(ZLIB_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_forge
tests_fuzz_fuzz_forge_LDADD = libproviders.a $(FUZZ_LIBS)

check_LIBRARIES += tests/fuzz/libdriver.a
tests_fuzz_libdriver_a_SOURCES = tests/fuzz/driver.c tests/fuzz/fuzz.h
check_PROGRAMS += $(FUZZ_TARGETS)
EXTRA_DIST += tests/fuzz/corpus
if !FUZZING
TESTS += $(FUZZ_TARGETS)
endif

# New inputs go to the build folder; what is worth keeping is merged into the corpus by hand (-merge=1).
FUZZ_SECONDS = 60
fuzz: $(FUZZ_TARGETS)
	@for t in $(FUZZ_TARGETS); do \
	  n=$${t##*/fuzz_}; mkdir -p fuzz-out/$$n || exit 1; \
	  echo "fuzz: $$n, $(FUZZ_SECONDS) s"; \
	  ./$$t -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
	    -artifact_prefix=fuzz-out/$$n- fuzz-out/$$n $(srcdir)/tests/fuzz/corpus/$$n || exit 1; \
	done
.PHONY: fuzz
