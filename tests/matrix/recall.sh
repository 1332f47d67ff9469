#!/bin/sh
# Every answer set of the matrix, rendered, read back from the branch and rendered again (tests/matrix/recall.py). Skipped where PyYAML is not installed.
for python in python3 /usr/bin/python3; do
	"$python" -c 'import yaml' 2>/dev/null && exec "$python" -B "$srcdir/tests/matrix/recall.py" "$@"
done
echo "PyYAML is not installed"
exit 77
