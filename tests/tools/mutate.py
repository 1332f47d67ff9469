#!/usr/bin/env python3
"""mutate: breaks one rule after the other in the files that decide what is rendered, and looks whether some test fails. What survives is a rule no test knows.

    tests/tools/mutate.py [--files GLOB...] [--every N] [--limit SECONDS] [--list]

Works on a copy of the tree in a temporary folder; takes about four seconds a mutant, so it is no part of "make check". Exit code 1: there are survivors."""

import argparse
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
FILES = ("providers/*/render*.c", "providers/flux/extra*.c", "providers/argocd/extra*.c", "core/scaffold*.c", "core/merge.c", "core/extras_*.c", "core/environments*.c")
NOT = ("providers/sandbox/",)
# The quick ones first: most mutants die there.
TESTS = ("test_render", "test_scaffold", "test_flux", "test_argocd", "test_merge", "test_plan")
MORE = ("test_environments", "test_extras", "test_helm", "test_direct", "test_app")
TEST_LIMIT_S = 60
BUILD_LIMIT_S = 120

CALL = re.compile(r"^\s+(?:\w+ = )?((?:lf_node|lf_plan|put|add|lf_documents|lf_extra|lf_lines?|copy|splice|set|drop|remove)\w*)\(.*\)(->\w+ = \w+)?;$")


def mutants_of(line):
    """(what was done, the new line) for each way to break this line."""
    stripped = line.strip()
    if stripped.startswith(("/*", "*", "//", "#", "static const char *const", "return lf_fail")) or not stripped:
        return
    if CALL.match(line):
        yield "deleted", re.match(r"^\s*", line).group() + ";"
    for old, new in (("true", "false"), ("false", "true")):
        if re.search(r"\b%s\b" % old, line):
            yield f"{old} is {new}", re.sub(r"\b%s\b" % old, new, line, count=1)
    for old, new in ((" && ", " || "), (" || ", " && "), (" == ", " != "), (" != ", " == "), (" < ", " <= "), (" > ", " >= ")):
        if old in line and not stripped.startswith("for "):
            yield f"{old.strip()} is {new.strip()}", line.replace(old, new, 1)
    if re.match(r"^\s*(?:\} else )?if \(", line):
        yield "condition turned round", re.sub(r"if \((.*)\)( \{)?$", r"if (!(\1))\2", line)
    elif re.match(r"^\s*return [^;\"]+;$", line) and "?" not in line and re.search(r"&&|\|\||lf_equal|lf_plan_is|lf_plan_yes", line):
        yield "result turned round", re.sub(r"return (.*);", r"return !(\1);", line)
    if "lf_" in line or "put" in line or "add" in line:
        for found in re.finditer(r'"([A-Za-z][^"%\\]*)"', line):
            yield f"{found.group()} is another text", line[:found.start()] + f'"{found.group(1)}x"' + line[found.end():]


def all_mutants(folder, patterns):
    for pattern in patterns:
        for name in sorted(glob.glob(str(folder / pattern))):
            path = pathlib.Path(name)
            relative = str(path.relative_to(folder))
            if relative.startswith(NOT):
                continue
            lines = path.read_text().split("\n")
            for number, line in enumerate(lines):
                for what, new in mutants_of(line) or ():
                    if new != line:
                        yield relative, number, what, new


class Copy:
    def __init__(self, folder):
        self.source, self.build = folder / "source", folder / "build"
        tracked = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True, capture_output=True).stdout.decode().split("\0")
        for name in filter(None, tracked):
            if (TOP / name).is_file():
                (self.source / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(TOP / name, self.source / name)
        self.build.mkdir()
        self.run(["autoreconf", "-fi"], self.source, 600)
        self.run([self.source / "configure", "-q", "CFLAGS=-O0 -w"], self.build, 600)
        self.tests = [f"tests/unit/{name}" for name in TESTS + MORE if (self.source / f"tests/unit/{name}.c").exists()]
        self.run(["make", "-s", "-j2", "all", *self.tests, "tests/matrix/render_sets"], self.build, 1800)
        self.environment = {**os.environ, "srcdir": str(self.source), "builddir": str(self.build), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def run(self, command, where, limit_s):
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=limit_s)
        if done.returncode:
            sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def passes(self, command):
        try:
            return subprocess.run(command, cwd=self.build, env=self.environment, capture_output=True, timeout=TEST_LIMIT_S).returncode in (0, 77)
        except subprocess.TimeoutExpired:
            return False

    def makes(self, target):
        return subprocess.run(["make", "-s", *target], cwd=self.build, capture_output=True, timeout=BUILD_LIMIT_S).returncode == 0

    def killer(self):
        """The test that fails now; "" if it does not compile, None if all pass."""
        for test in self.tests:
            if not self.makes([test]):
                return ""
            if not self.passes([test]):
                return test
        if not self.makes(["landfall", "tests/matrix/render_sets"]):
            return ""
        return None if self.passes([str(self.source / "tests/matrix/check.sh")]) else "tests/matrix/check.sh"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--files", nargs="+", default=FILES)
    options.add_argument("--every", type=int, default=1, help="only each Nth mutant")
    options.add_argument("--limit", type=float, default=float("inf"), help="stop after so many seconds")
    options.add_argument("--list", action="store_true", help="only list them")
    options = options.parse_args()
    if options.list:
        for relative, number, what, new in all_mutants(TOP, options.files):
            print(f"{relative}:{number + 1}: {what}: {new.strip()}")
        return 0
    begin, counted, survivors, killers = time.monotonic(), 0, [], {}
    with tempfile.TemporaryDirectory(prefix="landfall-mutate-") as folder:
        copy = Copy(pathlib.Path(folder))
        if copy.killer() is not None:
            sys.exit(f"{copy.killer()} fails before anything is broken")
        for relative, number, what, new in list(all_mutants(copy.source, options.files))[:: options.every]:
            if time.monotonic() - begin > options.limit:
                print("stopped: the time is over")
                break
            path = copy.source / relative
            text = path.read_text()
            lines = text.split("\n")
            lines[number] = new
            path.write_text("\n".join(lines))
            try:
                killed_by = copy.killer()
            finally:
                path.write_text(text)
            if killed_by == "":
                continue
            counted += 1
            killers[killed_by] = killers.get(killed_by, 0) + 1
            if killed_by is None:
                survivors.append(f"{relative}:{number + 1}: {what}: {new.strip()}")
                print(survivors[-1], flush=True)
    for test, count in sorted(killers.items(), key=lambda pair: -pair[1]):
        print(f"{count:5} {test or 'survived'}")
    print(f"{counted} rules broken, {len(survivors)} unnoticed, {time.monotonic() - begin:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
