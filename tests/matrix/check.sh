#!/bin/sh
# Every answer set of the matrix, rendered and read back by other YAML implementations (tests/matrix/check.py). Skipped where these are not installed;
# Debian's Python is tried too, because that is where Debian's packages are.
for python in python3 /usr/bin/python3; do
	"$python" -c 'import yaml, ruamel.yaml' 2>/dev/null && exec "$python" -B "$srcdir/tests/matrix/check.py" "$@"
done
echo "PyYAML or ruamel.yaml is not installed"
exit 77
