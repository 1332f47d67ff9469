#!/usr/bin/env python3
"""Taking deliveries back: "landfall rollback" on real repositories, followed in the demo's cluster."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

WEB = dict(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production")
OVERLAY = "apps/web/overlays/production/kustomization.yaml"


class Rollback(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.bare(files={"README.md": "x\n"})

    def deliver(self, *more, **values):
        answers = self.world.answers(**{**WEB, "gitRepoUrl": self.repository, **values})
        return self.code(self.world.run("apply", "-f", answers, "--yes", *(more or ("--no-wait",))), 0)

    def rollback(self, *arguments):
        return self.world.run("rollback", *arguments, "--set", f"gitRepoUrl={self.repository}")

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments).strip()

    def head(self):
        return self.git("rev-parse", "main")

    def tree(self, commit="main"):
        return self.git("rev-parse", commit + "^{tree}")

    def write(self, path, change, message="By hand"):
        """Somebody else changes a file on the branch."""
        work = self.world.home / "theirs"
        if not work.exists():
            self.world.git("clone", "-q", self.repository, str(work))
        self.world.git("pull", "-q", cwd=work)
        (work / path).write_text(change((work / path).read_text()))
        self.world.git("commit", "-q", "-a", "-m", message, cwd=work)
        self.world.git("push", "-q", cwd=work)

    def test_each_one_goes_further_back_and_one_can_be_taken_back(self):
        trees = [self.tree()]
        for image in ("nginx:1.27", "nginx:1.28", "nginx:1.29"):
            self.deliver(image=image)
            trees.append(self.tree())
        newest = self.head()
        for tree in reversed(trees[:-1]):
            self.code(self.rollback("web", "--yes"), 0)
            self.assertEqual(self.tree(), tree)
        self.assertEqual(self.git("log", "-1", "--format=%(trailers:key=Landfall-App,valueonly)"), "web")
        done = self.head()
        result = self.code(self.rollback("web", "--yes"), 4)
        self.assertIn("taken back already", result.out)
        self.assertEqual(self.head(), done)
        # A rollback of a rollback brings back what that one took away, and may be named by the first digits.
        self.code(self.rollback("--commit", self.head()[:9], "--yes"), 0)
        self.assertEqual(self.tree(), trees[1])
        self.code(self.rollback("web", "--yes"), 0)
        self.assertEqual(self.tree(), trees[0])
        self.assertIn("Landfall-Reverts", self.git("log", "-1", "--format=%B"))
        self.assertNotIn(newest, self.git("log", "-1", "--format=%B"))
        self.git("fsck", "--strict")

    def test_every_file_of_every_environment_goes_back(self):
        before = self.tree()
        self.deliver(image="nginx:1.27", environments="dev, staging, production")
        first = self.tree()
        self.deliver(image="nginx:1.28", environments="dev, staging, production")
        self.assertGreater(len(self.git("diff", "--name-only", "main~1", "main").split()), 3)
        self.write("README.md", lambda text: text + "more\n")
        for tree in (first, before):
            self.code(self.rollback("web", "--yes"), 0)
            self.assertEqual(self.git("diff", "--name-only", tree, "main^{tree}"), "README.md")
        self.git("fsck", "--strict")

    def test_what_came_later_stays(self):
        self.deliver(image="nginx:1.27")
        before = self.git("show", "main:" + OVERLAY)
        self.deliver(image="nginx:1.28")
        self.write(OVERLAY, lambda text: text.replace("resources:", "# looked after by the web team\nresources:"))
        self.write("README.md", lambda text: text + "more\n")
        # Of the edit nobody can tell whether it is a delivery that was squashed: it has to be said which one is meant.
        edited, delivery = self.head(), self.git("log", "--format=%H", "--grep=^Landfall-App: web", "-1", "main")
        result = self.code(self.rollback("web", "--yes"), 4)
        self.assertIn(f"--commit {delivery[:12]} for the delivery before it", result.out)
        self.assertEqual(self.head(), edited)
        self.code(self.rollback("web", "--commit", delivery[:12], "--yes"), 0)
        after = self.git("show", "main:" + OVERLAY)
        self.assertEqual(after.replace("# looked after by the web team\n", ""), before)
        self.assertIn("looked after", after)
        self.assertEqual(self.git("show", "main:README.md"), "x\nmore")
        self.git("fsck", "--strict")

    def test_the_same_lines_changed_since_are_not_touched(self):
        self.deliver(image="nginx:1.27")
        self.deliver(image="nginx:1.28")
        self.write(OVERLAY, lambda text: text.replace("1.28", "1.30"))
        before = self.head()
        named = ("web", "--commit", self.git("rev-parse", "main~1"), "--yes")
        result = self.code(self.rollback(*named), 7)
        self.assertIn("in the same lines. Nothing was changed.", result.out)
        for words in (OVERLAY, "  ours\n", "  base\n", "  theirs\n", 'newTag: "1.27"', 'newTag: "1.28"', 'newTag: "1.30"'):
            self.assertIn(words, result.out)
        last = self.code(self.rollback(*named, "-o", "json"), 7).last()
        self.assertEqual((last["result"], last["exit"], [c["path"] for c in last["conflicts"]]), ("conflict", 7, [OVERLAY]))
        self.assertIn("1.27", last["conflicts"][0]["ours"])
        self.assertIn("1.28", last["conflicts"][0]["base"])
        self.assertIn("1.30", last["conflicts"][0]["theirs"])
        self.assertEqual(self.head(), before)

    def test_a_first_delivery_whose_file_was_changed_is_not_removed(self):
        self.deliver(image="nginx:1.27")
        self.write(OVERLAY, lambda text: text + "# mine\n")
        before = self.head()
        self.code(self.rollback("web", "--yes"), 4)
        result = self.code(self.rollback("web", "--commit", self.git("rev-parse", "main~1"), "--yes"), 7)
        self.assertIn("ours: the file is not there", result.out)
        self.assertEqual(self.head(), before)

    def test_what_was_taken_away_by_hand_needs_no_commit(self):
        before = self.tree()
        self.deliver(image="nginx:1.27")
        work = self.world.home / "theirs"
        self.world.git("clone", "-q", self.repository, str(work))
        self.world.git("rm", "-q", "-r", "apps", cwd=work)
        self.world.git("commit", "-q", "-m", "By hand", cwd=work)
        self.world.git("push", "-q", cwd=work)
        head = self.head()
        result = self.code(self.rollback("web", "--yes", "--no-wait", "-o", "json"), 0)
        self.assertEqual((self.head(), self.tree()), (head, before), str(result))

    def test_a_dry_run_and_a_refused_question_push_nothing(self):
        self.deliver(image="nginx:1.27")
        before = self.head()
        result = self.code(self.rollback("web", "--dry-run"), 0)
        self.assertIn("remove", result.out)
        self.assertIn("- kind: GitRepository", result.out)
        self.code(self.rollback("web"), 2)
        self.assertEqual(self.head(), before)

    def test_wrong_use_says_what_is_right(self):
        self.deliver(image="nginx:1.27")
        before = self.head()
        for arguments, code, words in (((), 2, "landfall rollback web"), (("a", "b"), 2, "One application"), (("--commit", "xyz"), 2, "hexadecimal"),
                                       (("other",), 4, "no delivery of other"), (("--commit", "123456"), 4, "begins with 123456"),
                                       (("--commit", "1" * 40), 4, ""), (("other", "--commit", before), 4, "is a delivery of web, not of other")):
            with self.subTest(arguments):
                result = self.code(self.rollback(*arguments, "--yes"), code)
                self.assertIn(words, result.out + result.err)
        self.assertEqual(self.head(), before)
        result = self.code(self.world.run("rollback", "web", "--yes"), 4)
        self.assertIn("--set gitRepoUrl=", result.out)

    def test_inside_a_clone_nothing_needs_to_be_said(self):
        before = self.tree()
        self.deliver(image="nginx:1.27")
        work = self.world.home / "clone"
        self.world.git("clone", "-q", self.repository, str(work))
        self.code(self.world.run("rollback", "web", "--yes", cwd=work), 0)
        self.assertEqual(self.tree(), before)

    def test_it_is_followed_in_the_cluster(self):
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                self.repository = self.world.sandbox()
                self.deliver("--timeout", "60s", image="nginx:1.27", gitopsDeployment=provider)
                self.deliver("--timeout", "60s", image="nginx:1.26", gitopsDeployment=provider)
                result = self.code(self.rollback("web", "--yes", "-o", "json", "--timeout", "60s"), 0)
                self.assertEqual(result.last()["result"], "healthy")
                self.assertEqual(result.last()["commit"], self.head())
                # The first one cannot be followed: what it brought is no longer in Git.
                result = self.code(self.rollback("web", "--yes", "--timeout", "60s"), 0)
                self.assertIn("no longer in Git", result.out)


if __name__ == "__main__":
    unittest.main()
