#!/usr/bin/env python3
"""mutate: breaks one rule after the other in the files that decide what is rendered and said, and looks whether some test fails. What survives is a rule no test knows.

    tests/tools/mutate.py [--files GLOB...] [--sample N [--seed N]] [--again LOG...] [--limit SECONDS] [--work FOLDER] [--jobs N] [--list]

Works on a copy of the tree. core/ and the engines become one shared library there; a broken file is compiled alone and laid over it (LD_PRELOAD), so a mutant costs a third
of a second. It meets only the unit tests that run its line (gcov says which) and then the matrix, of which only the sets that render otherwise are looked at again.
With --work the copy stays, and the next run builds only what has changed; with --again only the survivors that earlier runs printed are tried. Mutants that change nothing are listed in equivalent.yaml with the reason.
No part of "make check". Exit code 1: there are survivors."""

import argparse
import glob
import json
import multiprocessing
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

try:
    import ruamel.yaml  # noqa: F401  the matrix wants it
    import yaml
except ImportError:
    if sys.executable == "/usr/bin/python3":
        sys.exit("PyYAML or ruamel.yaml is not installed")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])  # where Debian's packages are

from mutants import mutants_of

TOP = pathlib.Path(__file__).resolve().parents[2]
CORE = ("scaffold*", "merge*", "render", "values*", "schema*", "semver*", "chart*", "extra*", "environments*", "progressive*", "secrets*", "recall*", "edit*", "giturl*", "image*", "plan*",
        "yaml_*")
FILES = tuple(f"core/{name}.c" for name in CORE) + ("providers/flux/*.c", "providers/argocd/*.c", "providers/direct/*.c")
# Their programs need servers, a terminal or libraries of the neighbours; no rule of rendering is first seen there.
NOT_TESTS = re.compile(r"test_(git_|http|kube|sandbox|screens|terminal|tui|widgets|canvas|input|theme|forge|module|watch|str$|text$|fs$|diff$)")
MATRIX = "the matrix"
OFFERS = "what the matrix is offered"
PEER = "yaml_peer"
BUILD_LIMIT_S = 3600
CPU_LIMIT_S = 10
WALL_LIMIT_S = 60
MEMORY_LIMIT = 2 << 30
SEED = 5


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def must(command, where):
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=BUILD_LIMIT_S)
    if done.returncode:
        sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Copy:
    """The tree beside the tree, built so that a single file of it can be replaced when a test starts."""

    def __init__(self, folder):
        self.source, self.build, self.over = folder / "source", folder / "build", folder / "over"
        for path in (self.source, self.build, self.over):
            path.mkdir(parents=True, exist_ok=True)
        self.copy()
        if not (self.source / "configure").exists():
            must(["autoreconf", "-fi"], self.source)
        if not (self.build / "Makefile").exists():
            must([self.source / "configure", "-q", "CFLAGS=-O0 -w"], self.build)
        flags = must(["pkg-config", "--cflags", "yaml-0.1", "jansson", "libuv", "libutf8proc"], self.build).split()
        self.compile = ["gcc", "-std=gnu17", "-fPIC", "-O0", "-w", "-DHAVE_CONFIG_H", f"-I{self.source}", f"-I{self.build}", *flags]
        self.environment = {**os.environ, "srcdir": str(self.source), "builddir": str(self.build), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.share()
        programs = sorted(path.stem for path in (self.source / "tests/unit").glob("test_*.c") if not NOT_TESTS.match(path.stem))
        self.tests = [f"tests/unit/{name}" for name in programs]
        must(["make", "-s", "landfall", *self.tests, "tests/matrix/render_sets", "tests/unit/yaml_trees"], self.build)

    def copy(self):
        """Only what differs is written, so that make sees what is new."""
        listed = must(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], TOP).split("\0")
        for name in filter(None, listed):
            source, target = TOP / name, self.source / name
            if source.is_file() and not (target.exists() and target.read_bytes() == source.read_bytes()):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def share(self):
        """Makes one shared library of core and the engines and lets the archives be linker scripts that name it."""
        must(["make", "-s", "libcore.a", "libengines.a"], self.build)
        library = self.build / "libshared.so"
        scripts = [self.build / name for name in ("libcore.a", "libengines.a")]
        for script in scripts:
            if script.read_bytes().startswith(b"!<arch>"):
                shutil.copy(script, script.with_suffix(".real"))
        real = [script.with_suffix(".real") for script in scripts]
        if not library.exists() or any(not script.read_bytes().startswith(b"INPUT") for script in scripts):
            must(["gcc", "-shared", "-o", library, "-Wl,--whole-archive", *real, "-Wl,--no-whole-archive", "-lyaml", "-ljansson", "-luv", "-lutf8proc"], self.build)
            for script in scripts:
                script.write_text(f"INPUT({library})\n")

    def covered(self, files, programs):
        """{file: {line: [tests]}} of the lines each test runs, and how long each test takes."""
        folder = self.build / "coverage"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file in files:
            name = file.replace("/", "-")[:-2]
            must([*self.compile, "--coverage", "-c", self.source / file, "-o", folder / f"{name}.o"], folder)
        layer = folder / "layer.so"
        must(["gcc", "-shared", "--coverage", "-o", layer, *sorted(folder.glob("*.o"))], folder)
        lines, seconds = {file: {} for file in files}, {}
        for test, (command, given) in programs.items():
            begin = time.monotonic()
            if self.output(command, layer, given) is None:
                print(f"left out: {test} fails before anything is broken, or takes more than {CPU_LIMIT_S} s: {' '.join(map(str, command))} in {self.build}", flush=True)
                continue
            seconds[test] = time.monotonic() - begin
            for line in must(["gcov", "-j", "-t", *sorted(str(path) for path in folder.glob("*.gcda"))], folder).splitlines():
                for found in json.loads(line)["files"]:
                    name = os.path.relpath(found["file"], self.source)
                    for one in found["lines"] if name in lines else ():
                        seen = lines[name].setdefault(one["line_number"], [])
                        if one["count"]:
                            seen.append(test)
            for path in folder.glob("*.gcda"):
                path.unlink()
        return lines, seconds

    def layer(self, text):
        """The broken file as a library of its own; None if it does not compile."""
        source, layer = self.over / "mutant.c", self.over / "mutant.so"
        source.write_text(text)
        done = subprocess.run([*self.compile, "-shared", source, "-o", layer], capture_output=True, timeout=WALL_LIMIT_S)
        return None if done.returncode else layer

    def output(self, command, layer, given=None):
        """What the program prints, as bytes; None if it fails."""
        try:
            done = subprocess.run(command, cwd=self.build, env={**self.environment, "LD_PRELOAD": str(layer or "")}, input=given, stdin=None if given else subprocess.DEVNULL,
                                  capture_output=True, timeout=WALL_LIMIT_S, preexec_fn=limited)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode in (0, 77) else None

    def passes(self, command, layer):
        return self.output(command, layer) is not None


def lines_of(sets):
    return "".join(json.dumps({"name": one.name, "text": one.text}) + "\n" for one in sets).encode()


class Matrix:
    """The sets of tests/matrix: one program renders them all, and says what of each combination is offered; only what differs from before is looked at."""

    def __init__(self, copy):
        sys.path.insert(0, str(copy.source / "tests/matrix"))
        import driver

        driver.BUILD = copy.build
        import check
        import expect
        import sets

        self.copy, self.check, self.expect = copy, check, expect
        self.asked = driver.questions()
        builder = sets.Builder(self.asked)
        self.sets, self.combinations = builder.all(), builder.combinations
        combined = [sets.Set("/".join(names), sets.answers_of(names), sets.flow) for names, *_ in self.combinations]
        render = ["tests/matrix/render_sets"]
        self.programs = {MATRIX: (render, lines_of(self.sets)), OFFERS: ([*render, "-p"], lines_of(combined)), PEER: (["tests/unit/yaml_trees", "2000", "42"], None)}
        self.before = {name: self.printed(name, None) for name in self.programs}

    def printed(self, name, layer):
        command, given = self.programs[name]
        return self.copy.output(command, layer, given)

    def both(self, name, layer):
        """The lines of each set, as they are and as they were, without the last, which is about time; None if there are not as many."""
        now, before = self.printed(name, layer), self.before[name].splitlines()[:-1]
        now = now.splitlines()[:-1] if now is not None else []
        return list(zip(now, before)) if len(now) == len(before) else None

    def notices(self, layer):
        lines = self.both(MATRIX, layer)
        return lines is None or any(new != old and self.is_wrong(one, json.loads(new)) for one, (new, old) in zip(self.sets, lines))

    def is_wrong(self, one, answer):
        files = {}
        for file in answer.get("files", ()):
            problem, files[file["path"]] = self.check.read_back((file["text"], file["tree"]))
            if problem:
                return True
        return "files" not in answer or any(self.expect.check(one.answers, self.asked, files, {file["path"]: file["text"] for file in answer["files"]}))

    def offers_notice(self, layer):
        lines = self.both(OFFERS, layer)
        if lines is None:
            return True
        changed = [(*combination[:3], json.loads(new)) for combination, (new, old) in zip(self.combinations, lines) if new != old]
        return any(not problem.startswith("extras.py") for problem in self.check.wrong_offers(self.asked, changed))

    def peer_notices(self, layer):
        """tests/yaml_peer.sh, if the random trees are written otherwise."""
        now = self.printed(PEER, layer)
        return now is None or now != self.before[PEER] and subprocess.run([sys.executable, self.copy.source / "tests/yaml_peer.py"], input=now, capture_output=True).returncode != 0


class Equivalents:
    """equivalent.yaml: mutants that change nothing anybody could see."""

    def __init__(self):
        self.rows = yaml.safe_load(pathlib.Path(__file__).with_name("equivalent.yaml").read_text()) or []
        self.used = set()

    def __contains__(self, mutant):
        file, before, line, what = mutant
        for number, row in enumerate(self.rows):
            if row["file"] == file and row["line"].strip() == line.strip() and what in row["what"] and row.get("after", before).strip() == before.strip():
                self.used.add((number, what))
                return True
        return False

    def unused(self, files):
        return [f"{row['file']}: {row['line']}: {what}" for number, row in enumerate(self.rows) for what in row["what"] if row["file"] in files and (number, what) not in self.used]


def killer(copy, matrix, layer, tests, kills, seconds):
    """The test that fails now; None if all pass. First those that have killed most in this file for the time they take."""
    for test in sorted(set(tests) - matrix.programs.keys(), key=lambda test: -(kills.get(test, 0) + 0.5) / seconds[test]):
        if not copy.passes([test], layer):
            return test
    if MATRIX in tests and matrix.notices(layer):
        return MATRIX
    if OFFERS in tests and matrix.offers_notice(layer):
        return OFFERS
    return PEER if PEER in tests and matrix.peer_notices(layer) else None


def tests_of(covered, number, everything):
    """The tests that run this line; one without code of its own (a table's row, the rest of a statement) may matter to any."""
    return covered.get(number, everything)


def survivors_of(logs):
    """{file: {(what was done, the first line as it was)}} of what earlier runs printed."""
    survivors = {}
    for log in logs:
        for file, what, before in re.findall(r"^([\w/.]+\.c):\d+: (.*?)(?: \(no test runs this line\))?\n  - (.*)$", log.read_text(), re.M):
            survivors.setdefault(file, set()).add((what, before))
    return survivors


class Trial:
    """What one process needs to try a file's mutants."""

    def __init__(self, copy, matrix, covered, seconds, lines, deadline):
        self.copy, self.matrix, self.covered, self.seconds, self.lines, self.deadline, self.kills = copy, matrix, covered, seconds, lines, deadline, {}

    def begin(self, processes):
        """In the new process: broken files of its own."""
        global trial
        with processes.get_lock():
            processes.value += 1
            self.copy.over = self.copy.over / str(processes.value)
        self.copy.over.mkdir(exist_ok=True)
        trial = self

    @staticmethod
    def end_of(mutant):
        return trial.end(*mutant)

    def end(self, first, last, _, new):
        """"killed", "left", "not tried"; None if it does not compile."""
        if time.monotonic() > self.deadline:
            return "not tried"
        layer = self.copy.layer("\n".join([*self.lines[:first], new, *self.lines[last:]]))
        if not layer:
            return None
        killed_by = killer(self.copy, self.matrix, layer, tests_of(self.covered, first + 1, list(self.seconds)), self.kills, self.seconds)
        if killed_by:
            self.kills[killed_by] = self.kills.get(killed_by, 0) + 1
        return "killed" if killed_by else "left"


def run_file(copy, matrix, covered, seconds, equivalents, file, chosen, sample, seed, deadline, jobs):
    """The counts of one file: mutants, killed, equivalent, left, not tried."""
    text = (copy.source / file).read_text()
    lines = text.split("\n")
    mutants = [mutant for mutant in mutants_of(lines) if chosen is None or (mutant[2], lines[mutant[0]].strip()) in chosen]
    if sample and len(mutants) > sample:
        mutants = sorted(random.Random(f"{seed} {file}").sample(mutants, sample))
    if not copy.layer(text):
        sys.exit(f"{file} does not compile by itself")
    counts = {"mutants": 0, "killed": 0, "equivalent": 0, "left": 0, "not tried": 0}
    trial = Trial(copy, matrix, covered, seconds, lines, deadline)
    # No multiprocessing.Pool: that waits for ever for a process that was killed.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), trial.begin, (multiprocessing.Value("i", 0),)) as pool:
        # A mutant's end is printed in the mutants' order, whoever tried it.
        for (first, last, what, new), end in zip(mutants, pool.map(trial.end_of, mutants)):
            if end is None:
                continue
            before = "\n".join(lines[first:last])
            counts["not tried" if end == "not tried" else "mutants"] += 1
            if end == "left" and (file, lines[first - 1], before, what) in equivalents:
                end = "equivalent"
            counts[end] += end != "not tried"
            if end == "left":
                untested = "" if covered.get(first + 1, True) else " (no test runs this line)"
                print(f"{file}:{first + 1}: {what}{untested}\n  - {before.strip()}\n  + {new.strip()}", flush=True)
    return counts


def chosen_files(patterns):
    return list(dict.fromkeys(str(pathlib.Path(name).relative_to(TOP)) for pattern in patterns for name in sorted(glob.glob(str(TOP / pattern)))))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--files", nargs="+", default=FILES)
    options.add_argument("--sample", type=int, default=0, help="only so many of each file's mutants, the same ones every time")
    options.add_argument("--seed", type=int, default=SEED, help="another number, other samples")
    options.add_argument("--again", type=pathlib.Path, nargs="+", default=(), help="only what these runs printed as survivors")
    options.add_argument("--limit", type=float, default=float("inf"), help="stop after so many seconds")
    options.add_argument("--work", type=pathlib.Path, help="keep the copy in this folder")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="so many mutants at once")
    options.add_argument("--list", action="store_true", help="only list them")
    options = options.parse_args()
    again = survivors_of(options.again) if options.again else None
    files = [file for file in chosen_files(options.files) if again is None or file in again]
    if options.list:
        for file in files:
            for first, _, what, new in mutants_of((TOP / file).read_text().split("\n")):
                print(f"{file}:{first + 1}: {what}: {new.strip()}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begin, totals, equivalents = time.monotonic(), {}, Equivalents()
    with tempfile.TemporaryDirectory(prefix="landfall-mutate-") as folder:
        copy = Copy((options.work or pathlib.Path(folder)).resolve())
        matrix = Matrix(copy)
        covered, seconds = copy.covered(files, {**{test: ([test], None) for test in copy.tests}, **matrix.programs})
        for file in files:
            totals[file] = run_file(copy, matrix, covered[file], seconds, equivalents, file, again and again[file], options.sample, options.seed, begin + options.limit,
                                    options.jobs)
            print(f"{file}: {', '.join(f'{count} {name}' for name, count in totals[file].items() if count)} ({time.monotonic() - begin:.0f} s)", flush=True)
    stale = [] if options.sample or options.again else equivalents.unused([file for file in files if not totals[file]["not tried"]])
    for line in stale:
        print(f"equivalent.yaml: no such survivor: {line}")
    total = {name: sum(counts[name] for counts in totals.values()) for name in ("mutants", "killed", "equivalent", "left", "not tried")}
    print(f"{len(files)} files: {', '.join(f'{count} {name}' for name, count in total.items())}; {time.monotonic() - begin:.0f} s")
    return 1 if total["left"] or stale else 0


if __name__ == "__main__":
    sys.exit(main())
