#!/usr/bin/env python3
"""Pull requests against a real Gitea or Forgejo, where there is one: LANDFALL_GITEA names the program, LANDFALL_GITEA_STATIC the folder with its templates and
options. Without it everything here is skipped."""

import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from gitea import THERE, Gitea  # noqa: E402
from world import LIMIT, PROGRAM, World, until  # noqa: E402

WEB = dict(gitopsDeployment="flux", appName="web", targetNamespace="production", delivery="pull-request", forge="gitea")


@unittest.skipUnless(THERE, "no Gitea here")
class RealGitea(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.gitea = Gitea(self.world)
        self.url, self.tokens, self.api = self.gitea.url, self.gitea.tokens, self.gitea.api

    def apply(self, *more, env=None, **values):
        answers = self.world.answers(**{**WEB, "gitRepoUrl": self.url, **values})
        return self.world.run("apply", "-f", answers, "--yes", "--no-wait", "-o", "json", *more, env={"GITEA_TOKEN": self.tokens["boss"], **(env or {})})

    def test_a_request_from_the_push_to_the_squash(self):
        first = self.apply(reviewers="ann, nobody", labels="GitOps, missing")
        self.assertEqual(first.code, 0, str(first))
        self.assertIn("nobody", first.out)
        pull = self.api("GET", "/repos/boss/shop/pulls/1")
        self.assertEqual(first.last()["url"], pull["html_url"])
        self.assertEqual(([r["login"] for r in pull["requested_reviewers"]], [lb["name"] for lb in pull["labels"]]), (["ann"], ["gitops"]))

        answers = self.world.answers(**{**WEB, "gitRepoUrl": self.url, "image": "nginx:1.28", "pullRequestTitle": "Another title"})
        child = self.world.start(str(PROGRAM), "apply", "-f", answers, "--yes", "--no-wait", "--wait-for-merge", "-o", "json", env={"GITEA_TOKEN": self.tokens["boss"]})
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(child.stdout.readline, "")), daemon=True)
        reader.start()
        until(lambda: self.api("GET", "/repos/boss/shop/pulls/1")["title"] == "Another title", "the new title")
        head = self.api("GET", "/repos/boss/shop/pulls/1")["head"]["sha"]
        self.api("POST", "/repos/boss/shop/statuses/" + head, {"state": "failure", "context": "ci/test"})
        self.api("POST", "/repos/boss/shop/pulls/1/reviews", {"event": "APPROVED", "body": "fine"}, who="ann")
        until(lambda: any("failing: ci/test · approved by ann" in line for line in list(lines)), lambda: f"the check and the approval: {lines}")
        self.gitea.merge(1, "squash")
        reader.join(LIMIT)
        self.assertEqual(child.wait(LIMIT), 0, lines)
        self.assertIn("as " + self.api("GET", "/repos/boss/shop/branches/main")["commit"]["id"], "".join(lines))

    def test_it_says_what_it_is_and_git_knows_who_we_are(self):
        opened = self.apply(forge="auto", pullRequestDraft="yes", env={"GITEA_TOKEN": ""})
        self.assertEqual(opened.code, 0, str(opened))
        self.assertTrue(self.api("GET", "/repos/boss/shop/pulls/1")["draft"])

    def test_a_protected_branch(self):
        self.api("POST", "/repos/boss/shop/branch_protections", {"rule_name": "main", "enable_push": False})
        refused = self.apply(delivery="push")
        self.assertEqual((refused.code, refused.last()["code"]), (4, "protected"), str(refused))

    def test_a_repository_that_does_not_exist(self):
        self.api("POST", "/orgs", {"username": "acme"})
        for owner, visibility in (("boss", "private"), ("acme", "public")):
            url = self.url.replace("/boss/shop", "/%s/fresh" % owner)
            refused = self.apply(delivery="push", gitRepoUrl=url)
            self.assertEqual((refused.code, refused.last()["code"]), (4, "not-found"), str(refused))
            self.assertIsNone(self.api("GET", "/repos/%s/fresh" % owner))
            done = self.apply("--create-repository", delivery="push", gitRepoUrl=url, gitBranch="trunk", createRepository=visibility)
            self.assertEqual(done.code, 0, str(done))
            until(lambda: not self.api("GET", "/repos/%s/fresh" % owner)["empty"], "the push is seen")  # Gitea looks into a push a moment later
            made = self.api("GET", "/repos/%s/fresh" % owner)
            self.assertEqual((made["private"], made["default_branch"]), (visibility == "private", "trunk"))
            self.assertEqual(len(self.api("GET", "/repos/%s/fresh/commits" % owner)), 1)
        foreign = self.apply("--create-repository", delivery="push", gitRepoUrl=self.url.replace("/boss/shop", "/ann/fresh"))
        self.assertEqual(foreign.code, 4, str(foreign))
        self.assertIn("The repository was not created", foreign.last()["message"])


if __name__ == "__main__":
    unittest.main()
