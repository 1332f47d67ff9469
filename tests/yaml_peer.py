"""Reads lines of [yaml, tree] from standard input and checks that PyYAML, another implementation with YAML 1.1 rules,
reads the YAML as the tree. Numbers may differ in how they are spelled (1e10 is text to YAML 1.1), texts may not."""
import json
import sys

import yaml


def same(got, want):
    if isinstance(want, dict):
        return isinstance(got, dict) and list(got) == list(want) and all(same(got[k], want[k]) for k in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, (int, float)) and not isinstance(want, bool):
        return not isinstance(got, bool) and float(got) == float(want)
    return type(got) is type(want) and got == want


count = 0
for line in sys.stdin:
    text, tree = json.loads(line)
    try:
        got = yaml.safe_load(text)
    except yaml.YAMLError as error:
        got = error
    if not same(got, tree):
        sys.exit(f"PyYAML reads\n{text}\nas {got!r}\nnot {tree!r}")
    count += 1
print(f"{count} trees")
sys.exit(0 if count else 1)
