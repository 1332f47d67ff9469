#!/usr/bin/env python3
"""Delivering again what is there already, with nothing but the name and the place: the rest is read from the branch, and nothing changes."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402


class Again(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def apply(self, repository, *arguments, **values):
        answers = self.world.answers(appName="web", targetNamespace="shop", gitRepoUrl=repository, **values)
        result = self.world.run("apply", "-f", answers, "--no-wait", *arguments)
        self.assertEqual(result.code, 0, str(result))
        return result.out

    def changes(self, output):
        """{path: what happens to it}"""
        words = ("add", "change", "same", "keep", "remove")
        return {line.split()[1]: line.split()[0] for line in output.splitlines() if line.split()[:1] and line.split()[0] in words and not line.startswith(" ")}

    def test_environments_are_those_that_are_there(self):
        for provider, answers in (("argocd", {}), ("flux", {}), ("argocd", {"applicationSet": "list"}), ("argocd", {"applicationSet": "git"})):
            for environments in ("dev, production", "dev, staging"):
                with self.subTest(provider, environments=environments, **answers):
                    repository = self.world.bare("%s-%d.git" % (provider, len(list(self.world.home.glob("*.git")))))
                    common = dict(gitopsDeployment=provider, deploymentMethod="kustomize")
                    first = self.changes(self.apply(repository, "--yes", environments=environments, image="nginx:1.27", **common, **answers))
                    self.assertEqual(set(first.values()), {"add"})
                    again = self.changes(self.apply(repository, "--dry-run", **common))
                    self.assertLessEqual(set(again.values()), {"same", "keep"}, again)
                    self.assertEqual(set(again), set(first))
                    newer = self.changes(self.apply(repository, "--dry-run", image="nginx:1.28", **common))
                    self.assertIn("change", newer.values(), newer)
                    self.assertEqual(set(newer), set(first))


if __name__ == "__main__":
    unittest.main()
