#!/usr/bin/env python3
"""Every way in which every forge merges a request, through the program: the commit that is followed is the one the base branch got, with the branch deleted or not. And a
request that is closed, for edit and rollback too."""

import concurrent.futures
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_forge import Case, Forge  # noqa: E402
from world import PROGRAM, World, until  # noqa: E402

WAYS = {
    "github": ("merge", "squash", "rebase", "fast-forward"),
    "gitlab": ("merge", "squash", "squash-merge", "rebase", "fast-forward"),
    "gitea": ("merge", "squash", "rebase", "fast-forward"),
    "bitbucket": ("merge", "squash", "rebase", "fast-forward"),
    "bitbucket-server": ("merge", "squash", "rebase", "fast-forward", "push"),
}


class Ways(Case):
    def merge(self, kind, how, delete):
        """In a world of its own; what is wrong, or None."""
        world = World()
        try:
            forge = Forge(world, kind)
            answers = world.answers(**forge.answers())
            child = world.start(str(PROGRAM), "apply", "-f", answers, "--yes", "-o", "json", "--no-wait", "--wait-for-merge", env=forge.token())
            until(lambda: forge.log.exists() and forge.pulls(), "the request is open")
            pull = forge.pulls()[0]
            forge.do("merge", how=how, delete=delete)
            out = child.communicate()[0]
            if child.returncode or '"note":"as %s"' % forge.head() not in out:
                return "%s, %s: %d, %s is not in %s" % (kind, how, child.returncode, forge.head(), out)
            if delete == bool(world.git("-C", str(forge.bare), "branch", "--list", pull["head"]).strip()):
                return "%s, %s: the branch" % (kind, how)
            world.git("-C", str(forge.bare), "fsck", "--strict")
            return ("%s, push: it is not said that the tip is followed: %s" % (kind, out)) if how == "push" and "holds it, and is followed" not in out else None
        except AssertionError as wrong:
            return "%s, %s: %s" % (kind, how, wrong)
        finally:
            world.close()

    def test_the_commit_of_every_way_is_found(self):
        rows = [(kind, how, number % 2 == 0) for kind, ways in WAYS.items() for number, how in enumerate(ways)]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:  # they wait most of the time
            self.assertEqual([], [wrong for wrong in pool.map(lambda row: self.merge(*row), rows) if wrong])


if __name__ == "__main__":
    unittest.main()
