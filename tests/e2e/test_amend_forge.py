#!/usr/bin/env python3
"""Edits and rollbacks by pull request: a branch and a request over the forge's API, the merge or squash commit followed into the demo's cluster; on a terminal where the
branch is protected; and taking back what came by a merge or a squash."""

import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from screen import Screen  # noqa: E402
from test_forge import SECRET, VARIABLE, Case, Forge  # noqa: E402
from world import PROGRAM, World, until  # noqa: E402

OVERLAY = "apps/web/overlays/production/kustomization.yaml"


class Amend(Case):
    def begin(self, kind, provider="flux", protected=False):
        self.world = World()
        self.addCleanup(self.world.close)
        repository = self.world.sandbox()
        answers = self.world.answers(gitopsDeployment=provider, deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27", gitRepoUrl=repository)
        self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s"), 0)
        self.forge = Forge(self.world, kind, repository=repository)
        (self.world.home / "forge.yaml").write_text("version: 1\nanswers:\n  forge: %s\n" % kind)
        if protected:
            hook = pathlib.Path(repository) / "hooks" / "pre-receive"
            hook.parent.mkdir(exist_ok=True)
            hook.write_text("#!/bin/sh\nwhile read old new ref; do\n  if [ $ref = refs/heads/main ]; then echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1; fi\ndone\n")
            hook.chmod(0o755)
        return self.forge

    def run_meanwhile(self, *arguments):
        self.apply = lambda forge, *more, **values: self.world.run(*arguments, "-f", str(self.world.home / "forge.yaml"), "--yes", "-o", "json", "--timeout", "60s", env=forge.token())
        return self.apply_meanwhile(self.forge)

    def git(self, *arguments):
        return self.world.git("-C", str(self.forge.bare), *arguments).strip()

    def merged(self, result, how):
        until(lambda: self.forge.log.exists() and [p for p in self.forge.pulls() if p.get("state", "open") in ("open", "opened", "OPEN")], "no request is open")
        number = self.forge.pulls()[-1]["number"]
        self.forge.do("merge", number=number, how=how)
        done = result()
        self.code(done, 0)
        last = done.last()
        self.assertEqual(last["result"], "healthy")
        self.assertEqual(last["commit"], self.forge.head())
        self.assertEqual(last["pullRequest"]["number"], number)
        return last

    def test_an_edit_and_its_rollback_are_proposed_merged_and_followed(self):
        for number, (kind, how, back) in enumerate((("github", "squash", "merge"), ("gitea", "merge", "squash"))):
            with self.subTest(kind):
                forge = self.begin(kind, ("flux", "argocd")[number])
                before, text = forge.head(), self.git("show", "main:" + OVERLAY)
                result = self.run_meanwhile("edit", "Deployment/web", "-n", "production", "--set", "spec.replicas=3", "--pull-request", "--wait-for-merge")
                last = self.merged(result, how)
                pull = forge.pulls()[0]
                self.assertEqual(pull["title"], "Change Deployment web")
                self.assertEqual(last["pullRequest"]["branch"], "landfall/edit-deployment-web-" + before[:7])
                self.assertIn("changes `%s`" % OVERLAY, pull["body"])
                self.assertIn("count: 3", self.git("show", "main:" + OVERLAY))
                # The delivery that a merge or squash brought is taken back, by a request again. A squash loses the trailers: it is named, and so is what they would tell.
                named = [] if how == "merge" else ["--commit", forge.head(), "--set", "gitopsDeployment=flux", "--set", "gitPath=apps/web/overlays/production"]
                result = self.run_meanwhile("rollback", "web", *named, "--set", "gitRepoUrl=" + forge.url, "--pull-request", "--wait-for-merge")
                self.merged(result, back)
                self.assertIn("Roll back web", forge.pulls()[1]["title"])
                self.assertTrue(forge.pulls()[1]["title"].startswith("Roll back web to before "))
                self.assertEqual(self.git("show", "main:" + OVERLAY), text)
                self.git("fsck", "--strict")

    def test_without_waiting_the_request_is_the_end(self):
        forge = self.begin("gitlab")
        before = forge.head()
        run = lambda value: self.world.run("edit", "Deployment/web", "-n", "production", "--set", "spec.replicas=" + value, "--pull-request", "-f",  # noqa: E731
                                           str(self.world.home / "forge.yaml"), "--yes", "-o", "json", env=forge.token())
        first = run("3")
        self.code(first, 0)
        self.assertEqual(first.last()["result"], "pull-request")
        self.assertEqual(before, forge.head())
        # Again brings the open one up to date; another value of the same line goes on top of what it holds, also the one that the base has.
        branch = first.last()["branch"]
        for value, commits in (("3", 1), ("4", 2), ("2", 3), ("5", 4)):
            again = run(value)
            self.code(again, 0)
            self.assertEqual(len(forge.pulls()), 1)
            self.assertTrue(again.last()["pullRequest"]["updated"])
            self.assertEqual(self.git("rev-list", "--count", "main.." + branch), str(commits))
            self.assertIn("count: " + value, self.git("show", branch + ":" + OVERLAY))
        self.git("fsck", "--strict")

    @unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
    def test_a_protected_branch_offers_a_request_on_the_screen(self):
        forge = self.begin("github", protected=True)
        environment = {**self.world.environment, "TERM": "xterm-256color", VARIABLE["github"]: SECRET}
        for columns, rows, arguments in ((80, 24, ("edit", "Deployment/web", "-n", "production", "--set", "spec.replicas=3")), (120, 32, ("rollback", "web", "--set", "gitRepoUrl=" + forge.url))):
            with self.subTest(arguments[0]):
                main = forge.head()
                screen = Screen(self.world.home, [str(PROGRAM), *arguments, "-f", str(self.world.home / "forge.yaml"), "--timeout", "60s"],
                                {key: value for key, value in environment.items() if value}, columns, rows)
                self.addCleanup(screen.close)

                def until_offered(text, screen=screen):
                    if "Enter deliver" in text:
                        screen.keys("Enter")
                    return "Propose it by a pull request?" in text
                screen.wait(until_offered, "nothing is offered", 60)
                self.assertEqual(main, forge.head())
                screen.keys("y")
                count = len(forge.pulls()) if forge.log.exists() else 0

                def until_open(text, screen=screen):
                    if "Enter deliver" in text:
                        screen.keys("Enter")
                    return "it goes on when somebody merges it" in text
                screen.wait(until_open, "no request is open", 60)
                self.assertEqual(len(forge.pulls()), count + 1)
                screen.expect("u copy URL")
                screen.keys("u")
                screen.expect("The address is copied")
                self.assertIn(forge.web, screen.text().replace("\n   ", ""))
                self.assertEqual(main, forge.head())
                screen.keys("C-c")
                screen.expect("landfall ended with 0")
                screen.close()


if __name__ == "__main__":
    unittest.main()
