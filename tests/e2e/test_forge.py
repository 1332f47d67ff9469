#!/usr/bin/env python3
"""Deliveries by pull request, through the program, with every forge: a branch on a real git http-backend, the request over the forge's API, a merge by the test, and the
merge commit followed into the demo's cluster."""

import json
import os
import pathlib
import sys
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import LIMIT, World, first_line, until  # noqa: E402

SERVER = pathlib.Path(__file__).resolve().parent.parent / "servers" / "forge.py"
SECRET = "s3kret-t0ken-of-the-forge"
KINDS = ("github", "gitlab", "gitea", "bitbucket", "bitbucket-server")
VARIABLE = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN", "gitea": "GITEA_TOKEN", "bitbucket": "BITBUCKET_TOKEN", "bitbucket-server": "BITBUCKET_TOKEN"}
WEB = dict(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27")


class Forge:
    """A server of one kind with a repository acme/shop: the demo's, or one of its own."""

    def __init__(self, world, kind, *options, repository=None):
        self.world, self.kind = world, kind
        self.root, self.log = world.home / "forge", world.home / "forge.log"
        (self.root / "acme").mkdir(parents=True, exist_ok=True)
        self.bare = self.root / "acme" / "shop.git"
        if repository:
            self.bare.symlink_to(repository)
        else:
            pathlib.Path(world.bare(files={"README.md": "x\n"})).rename(self.bare)
        (world.home / "token").write_text(SECRET)
        child = world.start(sys.executable, "-B", str(SERVER), "--root", str(self.root), "--kind", kind, "--token-file", str(world.home / "token"), "--log", str(self.log),
                            "--until-eof", *options)
        self.web = "http://127.0.0.1:%s" % first_line(child).strip()
        self.url = self.web + ("/scm" if kind == "bitbucket-server" else "") + "/acme/shop.git"
        if repository:  # the cluster knows the repository by its path
            world.git("config", "--global", "url.%s.insteadOf" % self.url, repository)
            self.url = repository

    def answers(self, **more):
        return {**WEB, "gitRepoUrl": self.url, "delivery": "pull-request", "forge": self.kind, **more}

    def token(self):
        return {VARIABLE[self.kind]: SECRET}

    def do(self, what, number=1, **more):
        request = urllib.request.Request(self.web + "/_forge", json.dumps({"do": what, "number": number, **more}).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def pulls(self):
        with urllib.request.urlopen(self.web + "/_forge", timeout=10) as answer:
            return json.load(answer)

    def head(self, branch="main"):
        return self.world.git("-C", str(self.bare), "rev-parse", branch).strip()

    def requests(self):
        return [line.split() for line in self.log.read_text().splitlines()]


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))

    def apply(self, server, *more, env=None, **values):
        answers = self.world.answers(**server.answers(**values))
        return self.world.run("apply", "-f", answers, "--yes", "-o", "json", *more, env={**server.token(), **(env or {})})

    def apply_meanwhile(self, forge, *more, **values):
        """Runs apply in a thread; returns how to wait for its result."""
        box = []
        thread = threading.Thread(target=lambda: box.append(self.apply(forge, *more, **values)))
        thread.start()

        def result():
            thread.join(LIMIT)
            self.assertTrue(box, "landfall did not end")
            return box[0]
        return result


class Opens(Case):
    def test_opens_and_updates_with_every_forge(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = Forge(self.world, kind)
                before = forge.head()
                first = self.apply(forge, "--no-wait", reviewers="ann, nobody" if kind != "bitbucket-server" else "ann", labels="gitops, unknown")
                self.code(first, 0)
                last, pull = first.last(), forge.pulls()[0]
                self.assertEqual(last["result"], "pull-request")
                self.assertTrue(last["url"].startswith(forge.web + "/"), last)
                self.assertEqual(last["branch"], "landfall/web-" + before[:7])
                self.assertEqual(last["commit"], forge.head(last["branch"]))
                self.assertEqual(before, forge.head())
                self.assertIn("ann", str(pull["reviewers"]))
                self.assertIn("Landfall-App: web", pull["body"])
                self.assertIn("adds `apps/web/base/deployment.yaml`", pull["body"])
                if not kind.startswith("bitbucket"):
                    self.assertIn("gitops", pull["labels"])
                if kind in ("gitlab", "gitea", "bitbucket"):
                    self.assertIn("nobody", first.out)  # what could not be done is said
                self.world.git("-C", str(forge.bare), "fsck", "--strict")

                second = self.apply(forge, "--no-wait", image="nginx:1.28", pullRequestTitle="Another title")
                self.code(second, 0)
                self.assertEqual(second.last()["url"], last["url"])
                self.assertTrue(second.last()["pullRequest"]["updated"])
                self.assertEqual(len(forge.pulls()), 1)
                self.assertEqual(forge.pulls()[0]["title"], "Another title")
                self.assertEqual(self.world.git("-C", str(forge.bare), "rev-list", "--count", "main.." + last["branch"]).strip(), "2")
                self.assertIn("ann", str(forge.pulls()[0]["reviewers"]))  # an update drops nobody

    def test_a_draft(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = Forge(self.world, kind)
                self.code(self.apply(forge, "--no-wait", pullRequestDraft="yes"), 0)
                pull = forge.pulls()[0]
                self.assertTrue(pull["draft"] or pull["title"].startswith(("WIP: ", "Draft: ")), pull)

    def test_the_host_itself_tells_what_it_is(self):
        for kind in ("gitlab", "gitea", "bitbucket-server"):
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = Forge(self.world, kind)
                # A token of the environment is not for a host that only says so itself: git's own credentials are.
                refused = self.apply(forge, "--no-wait", forge="auto")
                self.code(refused, 4)
                self.assertIn("answer forge=" + kind, refused.last()["hint"])
                store = self.world.home / "credentials"
                store.write_text("%s\n" % forge.web.replace("://", "://user:%s@" % SECRET))
                self.world.git("config", "--global", "credential.helper", "store --file=%s" % store)
                opened = self.apply(forge, "--no-wait", forge="auto")
                self.code(opened, 0)
                self.assertEqual(opened.last()["result"], "pull-request")
                self.assertIn("user:" + SECRET, store.read_text())  # and stay as they are

    def test_a_host_that_is_none_gets_a_page(self):
        forge = Forge(self.world, "gitea", "--silent")
        result = self.apply(forge, "--no-wait", forge="auto")
        self.code(result, 0)
        last = result.last()
        self.assertEqual((last["result"], last["guessed"]), ("branch", True))
        self.assertEqual(last["url"], "%s/acme/shop/compare/main...%s" % (forge.web, last["branch"]))
        self.assertEqual(last["commit"], forge.head(last["branch"]))
        waits = self.apply(forge, "--no-wait", "--wait-for-merge", forge="none")
        self.code(waits, 4)

    def test_wrong_and_missing_tokens(self):
        forge = Forge(self.world, "github")
        wrong = self.apply(forge, "--no-wait", env={"GITHUB_TOKEN": "wrong"})
        self.code(wrong, 4)
        self.assertIn("Bad credentials", wrong.last()["message"])
        self.assertIn("GITHUB_TOKEN", wrong.last()["hint"])
        missing = self.apply(forge, "--no-wait", env={"GITHUB_TOKEN": ""})
        self.code(missing, 4)
        self.assertEqual(missing.last()["code"], "auth")
        self.assertTrue(self.world.git("-C", str(forge.bare), "branch", "--list", "landfall/*").strip())  # pushed, and the next try goes on
        self.code(self.apply(forge, "--no-wait"), 0)
        self.assertEqual(len(forge.pulls()), 1)

    def test_limits_and_trouble_are_waited_for(self):
        forge = Forge(self.world, "github")
        forge.do("trouble", status=429, headers={"Retry-After": "1"}, times=2)
        forge.do("trouble", status=502, times=1, method="POST", headers={"Retry-After": "1"})
        self.code(self.apply(forge, "--no-wait"), 0)
        self.assertEqual(len(forge.pulls()), 1)
        self.assertEqual([r[2] for r in forge.requests() if "/api/" in r[1]][:2], ["429", "429"])

    def test_limits_that_are_too_long_are_said(self):
        forge = Forge(self.world, "github")
        forge.do("trouble", status=403, headers={"X-RateLimit-Remaining": "0", "Retry-After": "3000"}, times=9)
        result = self.apply(forge, "--no-wait")
        self.code(result, 4)
        self.assertIn("asks to wait", result.last()["message"])

    def test_the_token_goes_nowhere_else(self):
        forge = Forge(self.world, "gitea")
        result = self.apply(forge, "--no-wait")
        self.code(result, 0)
        self.assertNotIn(SECRET, result.out + result.err)
        for path in self.world.home.rglob("*"):
            if path.is_file() and path.name != "token":
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        for method, path, status, who in forge.requests():
            self.assertEqual(who, "token" if "/api/" in path else "-", path)

    def test_a_protected_branch_says_how_to_go_on(self):
        forge = Forge(self.world, "github")
        hook = forge.bare / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nwhile read old new ref; do\n  if [ $ref = refs/heads/main ]; then echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1; fi\ndone\n")
        hook.chmod(0o755)
        refused = self.apply(forge, "--no-wait", delivery="push")
        self.code(refused, 4)
        self.assertEqual(refused.last()["code"], "protected")
        self.assertIn("delivery=pull-request", refused.last()["hint"])
        self.code(self.apply(forge, "--no-wait"), 0)

    def test_nothing_to_propose_opens_nothing(self):
        forge = Forge(self.world, "gitea")
        self.code(self.apply(forge, "--no-wait"), 0)
        forge.do("merge")
        again = self.apply(forge, "--no-wait")
        self.code(again, 0)
        self.assertEqual(len(forge.pulls()), 1)
        self.assertNotIn("request", [o.get("phase") for o in again.objects()])


class Merges(Case):
    def test_the_merge_commit_is_followed_with_every_forge(self):
        ways = {"github": "squash", "gitlab": "merge", "gitea": "merge", "bitbucket": "squash", "bitbucket-server": "squash"}
        for number, kind in enumerate(KINDS):
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = Forge(self.world, kind, repository=self.world.sandbox())
                result = self.apply_meanwhile(forge, "--wait-for-merge", "--timeout", "60s", gitopsDeployment=("flux", "argocd")[number % 2])
                until(lambda: forge.log.exists() and forge.pulls(), "the pull request is made")
                forge.do("check", name="build", state="passed")
                forge.do("review", who="ann", verdict="approved")
                forge.do("merge", how=ways[kind])
                done = result()
                self.code(done, 0)
                last = done.last()
                self.assertEqual(last["result"], "healthy")
                self.assertEqual(last["commit"], forge.head())
                self.assertEqual(last["pullRequest"]["number"], 1)
                phases = [o.get("phase") for o in done.objects()]
                self.assertLess(phases.index("merge"), phases.index("register"))  # nothing is registered before

    def test_checks_and_reviews_are_told_while_it_waits(self):
        forge = Forge(self.world, "github")
        result = self.apply_meanwhile(forge, "--wait-for-merge", "--no-wait")
        until(lambda: forge.log.exists() and forge.pulls(), "the pull request is made")
        for name in ("build", "docs", "lint"):
            forge.do("check", name=name, state="passed")
        forge.do("check", name="e2e", state="failed")
        forge.do("review", who="ann", verdict="changes")
        seen = lambda: any("/reviews" in r[1] for r in forge.requests()[-3:])  # noqa: E731
        until(seen, "the pull request is seen")
        count = len(forge.requests())
        until(lambda: len(forge.requests()) > count + 12, "it looks again")  # twice more
        forge.do("merge", how="squash")
        done = result()
        self.code(done, 0)
        self.assertIn("failing: e2e · changes wanted by ann", done.out)
        self.assertIn("304", [r[2] for r in forge.requests()])  # what did not change is not sent again

    def test_closed_without_a_merge(self):
        forge = Forge(self.world, "gitlab")
        result = self.apply_meanwhile(forge, "--wait-for-merge", "--no-wait")
        until(lambda: forge.log.exists() and forge.pulls(), "the pull request is made")
        forge.do("close")
        done = result()
        self.code(done, 5)
        self.assertIn("closed without being merged", done.last()["message"])

    def test_waiting_is_bounded(self):
        forge = Forge(self.world, "gitea")
        done = self.apply(forge, "--wait-for-merge", "--no-wait", mergeTimeout="2s")
        self.code(done, 6)
        self.assertIn("stays open", done.last()["message"])

    def test_a_token_that_ends_while_it_waits(self):
        forge = Forge(self.world, "github")
        result = self.apply_meanwhile(forge, "--wait-for-merge", "--no-wait")
        until(lambda: forge.log.exists() and forge.pulls(), "the pull request is made")
        forge.do("trouble", status=401, times=99)
        done = result()
        self.code(done, 4)
        self.assertEqual(done.last()["code"], "auth")


class Creates(Case):
    """A repository that does not exist yet."""

    def missing(self, kind, owner="acme", name="new"):
        forge = Forge(self.world, kind)
        (forge.root / owner).mkdir(exist_ok=True)
        forge.url, forge.bare = forge.url.replace("/acme/shop.git", "/%s/%s.git" % (owner, name)), forge.root / owner / (name + ".git")
        return forge

    def test_creates_and_delivers_the_first_commit(self):
        for kind in KINDS:
            for owner, visibility in (("acme", "private"), ("boss", "public")):
                with self.subTest(kind, owner=owner):
                    self.world = World()
                    self.addCleanup(self.world.close)
                    forge = self.missing(kind, owner)
                    refused = self.apply(forge, "--no-wait", delivery="push")
                    self.code(refused, 4)
                    self.assertIn("--create-repository", refused.last()["hint"])
                    self.assertFalse(forge.bare.exists())
                    self.code(self.apply(forge, "--no-wait", "--create-repository", "--dry-run", delivery="push"), 0)
                    self.assertFalse(forge.bare.exists())

                    more = {} if visibility == "private" else {"createRepository": visibility}
                    done = self.apply(forge, "--no-wait", "--create-repository", delivery="push", gitBranch="trunk", **more)
                    self.code(done, 0)
                    self.assertIn(forge.web + "/", [o["note"] for o in done.objects() if o.get("phase") == "create"][0])
                    self.assertEqual(self.world.git("-C", str(forge.bare), "config", "landfall.private").strip(), str(visibility == "private").lower())
                    self.assertEqual(self.world.git("-C", str(forge.bare), "rev-list", "--count", "trunk").strip(), "1")
                    self.assertEqual(self.world.git("-C", str(forge.bare), "symbolic-ref", "HEAD").strip(), "refs/heads/" + ("trunk" if kind in ("gitea", "bitbucket-server") else "master"))
                    self.world.git("-C", str(forge.bare), "fsck", "--strict")

                    again = self.apply(forge, "--no-wait", "--create-repository", delivery="push", gitBranch="trunk", image="nginx:1.28", **more)
                    self.code(again, 0)
                    self.assertFalse([o for o in again.objects() if o.get("phase") == "create"])
                    self.assertEqual(self.world.git("-C", str(forge.bare), "rev-list", "--count", "trunk").strip(), "2")

    def test_what_a_forge_refuses_is_said_and_nothing_is_pushed(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = self.missing(kind, "locked")
                refused = self.apply(forge, "--no-wait", "--create-repository", delivery="push")
                self.code(refused, 4)
                self.assertIn("The repository was not created", refused.last()["message"])
                self.assertIn({"bitbucket-server": "BITBUCKET_TOKEN"}.get(kind, VARIABLE[kind]), refused.last()["hint"])
                self.assertFalse(forge.bare.exists())

    def test_an_answer_that_got_lost_makes_no_second_repository(self):
        for kind in ("gitea", "gitlab"):
            with self.subTest(kind):
                self.world = World()
                self.addCleanup(self.world.close)
                forge = self.missing(kind)
                forge.do("lose")
                done = self.apply(forge, "--no-wait", "--create-repository", delivery="push")
                self.code(done, 0)
                self.assertIn("it was there already", [o["note"] for o in done.objects() if o.get("phase") == "create"][0])
                self.assertEqual(self.world.git("-C", str(forge.bare), "rev-list", "--count", "main").strip(), "1")

    def test_without_a_token_or_a_forge_the_words_to_do_it_by_hand(self):
        forge = self.missing("gitea")
        refused = self.apply(forge, "--no-wait", "--create-repository", delivery="push", env={"GITEA_TOKEN": ""})
        self.code(refused, 4)
        self.assertIn("GITEA_TOKEN", refused.last()["hint"])
        refused = self.apply(forge, "--no-wait", "--create-repository", delivery="push", forge="none")
        self.code(refused, 4)
        self.assertIn("git init --bare --initial-branch=main", refused.last()["hint"])
        self.code(self.apply(forge, "--no-wait", "--create-repository", delivery="pull-request"), 3)

    def test_a_local_path_says_the_very_command(self):
        path = str(self.world.home / "nothing" / "config.git")
        refused = self.world.run("apply", "-f", self.world.answers(**{**WEB, "gitRepoUrl": path}), "--yes", "--no-wait", "--create-repository", "-o", "json")
        self.code(refused, 4)
        self.assertIn("git init --bare --initial-branch=main " + path, refused.last()["hint"])
        self.world.git("init", "-q", "--bare", "--initial-branch=main", path)
        self.code(self.world.run("apply", "-f", self.world.answers(**{**WEB, "gitRepoUrl": path}), "--yes", "--no-wait", "-o", "json"), 0)
        self.assertEqual(self.world.git("-C", path, "rev-list", "--count", "HEAD").strip(), "1")


if __name__ == "__main__":
    unittest.main()
