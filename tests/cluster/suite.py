"""Runs the tests on one cluster, a few at a time, since they mostly wait for controllers, and says how it went in a line that a machine reads
too."""

import io
import multiprocessing
import os
import signal
import sys
import time
import unittest
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import control_plane
import harness

HERE = Path(__file__).resolve().parent
ENGINES = ["flux", "argocd"]
AT_ONCE = 3

PARTS = []  # suites; set before the workers are forked, which are told a number only


class Timed(unittest.TextTestResult):
    """Says how long each test took: a test that waits for a default interval shows at once."""

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln("ok (%.1f s)" % (time.monotonic() - self.began))


class Outcome:
    def __init__(self, result=None, text=""):
        self.text = text
        self.ran = result.testsRun if result else 0
        self.failed = len(result.failures) + len(result.errors) if result else 0
        self.skipped = [reason for _, reason in result.skipped] if result else []


def run_part(number):
    """What is said about it comes as a whole, or the words of several tests would be mixed."""
    if harness.CLUSTER.processes.ended():
        return Outcome()  # one dead controller must not look like forty failures: nothing after it could be believed
    said, stderr = io.StringIO(), sys.stderr
    sys.stderr = said
    try:
        result = unittest.TextTestRunner(stream=said, verbosity=2, resultclass=Timed).run(PARTS[number])
    finally:
        sys.stderr = stderr
    if harness.ENDING:
        os._exit(1)
    return Outcome(result, said.getvalue().rpartition(result.separator2 + "\nRan ")[0].rstrip("\n") + "\n")


def tests_in(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def split(suite):
    """(suites that run by themselves, suites of which several may run at once)"""
    alone, at_once, whole = [], [], {}
    for test in tests_in(suite):
        parts = alone if getattr(test, "alone", False) else at_once
        if type(test).setUpClass.__func__ is unittest.TestCase.setUpClass.__func__:
            parts.append(unittest.TestSuite([test]))
        elif type(test) in whole:  # what the class prepares is prepared once
            whole[type(test)].addTest(test)
        else:
            whole[type(test)] = unittest.TestSuite([test])
            parts.append(whole[type(test)])
    return alone, at_once


def outcomes(alone, at_once):
    PARTS[:] = alone + at_once
    yield from map(run_part, range(len(alone)))
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("fork"), signal.signal, (signal.SIGTERM, harness.told_to_end)) as pool:
        try:
            for future in as_completed([pool.submit(run_part, number) for number in range(len(alone), len(PARTS))]):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def run(builddir, patterns, say, record=None):
    harness.BUILDDIR = Path(builddir).resolve()
    harness.RECORD = record
    loader = unittest.TestLoader()
    loader.testNamePatterns = ["*%s*" % pattern for pattern in patterns] or None
    tests = unittest.TestSuite(loader.discover(str(folder), top_level_dir=str(folder))
                               for folder in (HERE.parent / "servers", HERE))
    wanted = tests.countTestCases()
    if loader.errors:
        say("\n".join(loader.errors))
        return 1
    if not wanted:
        say("no test has a name with: " + " ".join(patterns))
        return 1
    ran, failed, skipped = 0, 0, Counter()
    with control_plane.borrowed(say, ENGINES) as cluster:
        harness.CLUSTER = cluster
        for outcome in outcomes(*split(tests)):
            sys.stderr.write(outcome.text)
            sys.stderr.flush()
            ran, failed = ran + outcome.ran, failed + outcome.failed
            skipped.update(outcome.skipped)
        damage = cluster.processes.ended()
    if damage:
        say("%s ended during the tests; not run: %d" % (" and ".join(damage), wanted - ran))
    for reason, count in skipped.items():
        say("skipped %d: %s" % (count, reason))
    passed = ran - failed - skipped.total()
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped.total() if skipped else ""))
    return 1 if failed or damage or ran < wanted else 0
