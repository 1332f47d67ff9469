#!/usr/bin/env python3
"""Edits and rollbacks by pull request against a real Gitea or Forgejo, in every way it can merge, followed into the demo's cluster. Skipped where there is none
(tests/e2e/gitea.py)."""

import json
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from gitea import THERE, Gitea  # noqa: E402
from world import LIMIT, World, until  # noqa: E402

OVERLAY = "apps/web/overlays/production/kustomization.yaml"


@unittest.skipUnless(THERE, "no Gitea here")
class Amend(unittest.TestCase):
    def begin(self, provider):
        self.world = World()
        self.addCleanup(self.world.close)
        repository = self.world.sandbox()
        answers = self.world.answers(gitopsDeployment=provider, deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27", gitRepoUrl=repository)
        self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s"), 0)
        self.gitea = Gitea(self.world, adopts=repository)
        self.world.git("config", "--global", "url.%s.insteadOf" % self.gitea.url, repository)  # the cluster knows it by its path
        self.repository = repository
        self.answer(forge="gitea")

    def answer(self, **values):
        (self.world.home / "more.yaml").write_text("version: 1\nanswers:\n" + "".join("  %s: %s\n" % (k, json.dumps(v)) for k, v in values.items()))

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments).strip()

    def run_it(self, *arguments):
        return self.world.run(*arguments, "-f", str(self.world.home / "more.yaml"), "--pull-request", "--yes", "-o", "json", "--timeout", "60s",
                              env={"GITEA_TOKEN": self.gitea.tokens["boss"]})

    def meanwhile(self, *arguments):
        box = []
        thread = threading.Thread(target=lambda: box.append(self.run_it(*arguments, "--wait-for-merge")))
        thread.start()

        def result():
            thread.join(LIMIT)
            self.assertTrue(box, "landfall did not end")
            return box[0]
        return result

    def edit(self, value, run=None):
        return (run or self.run_it)("edit", "Deployment/web", "-n", "production", "--set", "spec.replicas=%d" % value)

    def merged(self, result, number, how):
        until(lambda: len(self.gitea.pulls()) >= number, "the request is open")
        self.gitea.merge(number, how, delete_branch_after_merge=True)
        done = self.code(result(), 0)
        pull = self.gitea.pulls()[number - 1]
        self.assertEqual((done.last()["result"], done.last()["commit"]), ("healthy", self.git("rev-parse", "main")))
        self.assertEqual(done.last()["commit"], pull["merge_commit_sha"])
        self.assertEqual(self.git("for-each-ref", "--format=%(refname:short)", "refs/heads"), "main")  # the branch is gone, and nobody missed it
        return done

    def test_every_way_to_merge_is_followed_and_taken_back(self):
        for provider, ways in (("flux", ("merge", "squash", "rebase")), ("argocd", ("fast-forward-only", "rebase-merge", "squash"))):
            with self.subTest(provider):
                self.begin(provider)
                text = self.git("show", "main:" + OVERLAY)
                for number, how in enumerate(ways):
                    with self.subTest(how):
                        self.merged(self.edit(number + 3, self.meanwhile), 2 * number + 1, how)
                        self.assertIn("count: %d" % (number + 3), self.git("show", "main:" + OVERLAY))
                        # Whatever the squash made of the message: it is found by its files.
                        self.merged(self.meanwhile("rollback", "web", "--set", "gitRepoUrl=" + self.gitea.url), 2 * number + 2, ways[number - 1])
                        self.assertEqual(self.git("show", "main:" + OVERLAY), text)
                        self.git("fsck", "--strict")

    def test_reviewers_labels_draft_and_what_updates_it(self):
        self.begin("flux")
        before = self.git("rev-parse", "main")
        self.answer(forge="gitea", reviewers="ann, nobody", labels="GitOps, missing", pullRequestDraft="yes")
        first = self.code(self.edit(3), 0)
        pull, = self.gitea.pulls()
        self.assertEqual((first.last()["result"], first.last()["url"]), ("pull-request", pull["html_url"]))
        self.assertEqual((pull["draft"], [r["login"] for r in pull["requested_reviewers"]], [lb["name"] for lb in pull["labels"]]), (True, ["ann"], ["gitops"]))
        self.assertEqual(pull["title"], "WIP: Change Deployment web")
        self.assertIn("changes `%s`" % OVERLAY, pull["body"])
        for words in ("nobody", "missing"):
            self.assertIn(words, first.out)
        # The same resource once more, with another value: a commit on top of the branch that is open, ready now, and its reviewers stay.
        self.answer(forge="gitea")
        second = self.code(self.edit(4), 0)
        self.assertTrue(second.last()["pullRequest"]["updated"])
        pull, = self.gitea.pulls()
        self.assertEqual((pull["draft"], pull["title"], [r["login"] for r in pull["requested_reviewers"]]), (False, "Change Deployment web", ["ann"]))
        self.assertEqual(self.git("rev-list", "--count", "main.." + pull["head"]["ref"]), "2")
        self.assertIn("count: 4", self.git("show", pull["head"]["ref"] + ":" + OVERLAY))
        self.assertEqual(self.git("rev-parse", "main"), before)
        # A rollback of what is there is another request.
        for updated in (False, True):
            back = self.code(self.run_it("rollback", "web", "--set", "gitRepoUrl=" + self.gitea.url), 0)
            self.assertEqual(len(self.gitea.pulls()), 2)
            self.assertEqual((back.last()["pullRequest"]["updated"], back.last()["branch"]), (updated, "landfall/rollback-web-" + before[:7]))
            self.assertEqual(self.git("rev-list", "--count", "main.." + back.last()["branch"]), "1")

    def test_closed_without_a_merge_and_opened_again(self):
        self.begin("flux")
        before = self.git("rev-parse", "main")
        result = self.edit(3, self.meanwhile)
        until(self.gitea.pulls, "the request is open")
        self.gitea.must("PATCH", "/repos/boss/shop/pulls/1", {"state": "closed"})
        done = self.code(result(), 5)
        self.assertIn("closed without being merged", done.last()["message"])
        self.assertEqual(self.git("rev-parse", "main"), before)
        # Its branch is still there: the next try goes on with it and proposes it again.
        again = self.code(self.edit(3), 0)
        self.assertEqual((again.last()["pullRequest"]["number"], len(self.gitea.pulls("open"))), (2, 1))


if __name__ == "__main__":
    unittest.main()
