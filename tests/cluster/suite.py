"""Runs the tests on a cluster of their own and says how it went in a line that a machine reads too."""

import sys
import time
import unittest
from collections import Counter
from pathlib import Path

import control_plane
import harness

HERE = Path(__file__).resolve().parent
ENGINES = ["flux", "argocd"]


class Timed(unittest.TextTestResult):
    """Says how long each test took: a test that waits for a default interval shows at once."""

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln("ok (%.1f s)" % (time.monotonic() - self.began))


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
    with control_plane.borrowed(say, ENGINES) as cluster:
        harness.CLUSTER = cluster
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=Timed).run(tests)
        damage = cluster.processes.ended()
    if damage:
        say("%s ended during the tests; not run: %d" % (" and ".join(damage), wanted - result.testsRun))
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    for reason, count in Counter(reason for _, reason in result.skipped).items():
        say("skipped %d: %s" % (count, reason))
    print("%d passed, %d failed%s" % (result.testsRun - failed - skipped, failed,
                                      ", %d skipped" % skipped if skipped else ""))
    return 1 if failed or damage or not result.testsRun else 0
