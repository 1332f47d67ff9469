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

PARTS = []  # lists of tests; set before the workers are forked, which are told a number only


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
        self.unsteady = []


def run_part(number):
    """What is said about it comes as a whole, or the words of several tests would be mixed."""
    if harness.CLUSTER.processes.ended():
        return Outcome()  # one dead controller must not look like forty failures: nothing after it could be believed
    said, stderr = io.StringIO(), sys.stderr
    sys.stderr = said
    try:
        result = unittest.TextTestRunner(stream=said, verbosity=2, resultclass=Timed).run(unittest.TestSuite(PARTS[number]))
    finally:
        sys.stderr = stderr
    if harness.ENDING:
        os._exit(1)
    return Outcome(result, said.getvalue().rpartition(result.separator2 + "\nRan ")[0].rstrip("\n") + "\n")


def run_again(number, first):
    """Several tests at once may have been too much for this machine. By itself a test must pass, and is named when it needed that: an unsteady
    test is a defect too, but not of the change that is being judged."""
    second = run_part(number)
    second.text = first.text + "*** a second look, by itself:\n" + second.text
    if second.ran and not second.failed:
        second.unsteady = [test.id() for test in PARTS[number]]
    return second


def tests_in(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def split(suite):
    """(lists of tests that run by themselves, lists of which several may run at once)"""
    alone, at_once, whole = [], [], {}
    for test in tests_in(suite):
        parts = alone if getattr(test, "alone", False) else at_once
        if type(test).setUpClass.__func__ is unittest.TestCase.setUpClass.__func__:
            parts.append([test])
        elif type(test) in whole:  # what the class prepares is prepared once
            whole[type(test)].append(test)
        else:
            whole[type(test)] = [test]
            parts.append(whole[type(test)])
    return alone, at_once


def outcomes(alone, at_once):
    PARTS[:] = alone + at_once
    again = {}
    for number in range(len(alone)):
        outcome = run_part(number)
        yield run_again(number, outcome) if outcome.failed else outcome
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("fork"), signal.signal, (signal.SIGTERM, harness.told_to_end)) as pool:
        try:
            numbers = {pool.submit(run_part, number): number for number in range(len(alone), len(PARTS))}
            for future in as_completed(numbers):
                outcome = future.result()
                if outcome.failed:
                    again[numbers[future]] = outcome
                else:
                    yield outcome
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
    for number, first in again.items():
        yield run_again(number, first)


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
    ran, failed, skipped, unsteady = 0, 0, Counter(), []
    with control_plane.borrowed(say, ENGINES) as cluster:
        harness.CLUSTER = cluster
        for outcome in outcomes(*split(tests)):
            sys.stderr.write(outcome.text)
            sys.stderr.flush()
            ran, failed = ran + outcome.ran, failed + outcome.failed
            skipped.update(outcome.skipped)
            unsteady += outcome.unsteady
        damage = cluster.processes.ended()
    if damage:
        say("%s ended during the tests; not run: %d" % (" and ".join(damage), wanted - ran))
    for reason, count in skipped.items():
        say("skipped %d: %s" % (count, reason))
    if unsteady:
        say("passed only at the second try: " + ", ".join(unsteady))
    passed = ran - failed - skipped.total()
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped.total() if skipped else ""))
    return 1 if failed or damage or ran < wanted else 0
