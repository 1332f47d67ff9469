#!/bin/sh
# Every tracked source file is named in a makefile: what is missing there is missing in a release. Needs a Git checkout; skipped elsewhere.
cd "${srcdir:-.}" || exit 1
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77
missing=0
for f in $(git ls-files '*.c' '*.h' '*.yaml' ':!tests/golden' ':!tests/fixtures' ':!tests/cluster' ':!tests/bench' ':!tests/fuzz/fuzz_*'); do
	grep -qF "$f" Makefile.am ./*/*.mk ./*/*/*.mk || { echo "not in any makefile: $f"; missing=1; }
done
exit $missing
