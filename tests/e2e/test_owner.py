#!/usr/bin/env python3
"""Whom a live object belongs to: "landfall owner" in the demo's cluster."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402


class Owner(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def test_from_a_pod_to_the_repository(self):
        for provider, owner in (("flux", "Kustomization flux-system/web"), ("argocd", "Application argocd/web")):
            with self.subTest(provider):
                repository = self.world.sandbox()
                answers = self.world.answers(gitopsDeployment=provider, deploymentMethod="kustomize", appName="web", targetNamespace="production",
                                             gitRepoUrl=repository)
                delivered = self.code(self.world.run("apply", "-f", answers, "--yes", "-o", "json", "--timeout", "60s"), 0).last()
                pod = next(row["name"] for row in delivered["resources"] if row["kind"] == "Pod")
                link = self.code(self.world.run("owner", "po/" + pod, "-n", "production", "-o", "json"), 0).last()
                self.assertTrue(link["managed"])
                (link,) = link["owners"]
                self.assertEqual((link["object"], link["state"], link["owner"]), ("Deployment production/web", "confirmed", owner))
                self.assertEqual((link["origin"]["repository"], link["origin"]["applied"]), (repository, delivered["commit"]))
                self.assertEqual(link["origin"]["path"].removeprefix("./"), "apps/web/overlays/production")
                words = self.code(self.world.run("owner", "Pod/" + pod, "-n", "production"), 0).out
                self.assertIn("is made by ReplicaSet", words)
                self.assertIn("belongs to " + owner, words)

    def test_what_nobody_manages_and_what_is_not_there(self):
        self.world.sandbox()
        result = self.code(self.world.run("owner", "Namespace/default", "-o", "json"), 0).last()
        self.assertEqual((result["managed"], result["owners"][0]["state"]), (False, "none"))
        for words, said in ((["nope/x"], "knows no kind nope"), (["svc/none", "-n", "production"], "There is no Service production/none"),
                            (["deployments.wrong.example/web"], "knows no kind"), (["web"], "A kind and a name"), ([], "A kind and a name")):
            with self.subTest(words):
                result = self.code(self.world.run("owner", *words), 2)
                self.assertIn(said, result.out + result.err)

    def test_without_a_cluster(self):
        result = self.code(self.world.run("owner", "Pod/x", env={"KUBECONFIG": "/nowhere"}), 2)
        self.assertTrue(result.out.startswith("landfall: "), str(result))


if __name__ == "__main__":
    unittest.main()
