#!/bin/sh
# Another YAML implementation has to read what we write as what we meant. Skipped where PyYAML is not installed.
python3 -c 'import yaml' 2>/dev/null || { echo "PyYAML is not installed"; exit 77; }
tests/unit/yaml_trees 2000 "${1:-42}" | python3 "$srcdir/tests/yaml_peer.py"
