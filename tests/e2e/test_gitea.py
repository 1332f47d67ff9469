#!/usr/bin/env python3
"""Pull requests against a real Gitea or Forgejo, where there is one: LANDFALL_GITEA names the program, LANDFALL_GITEA_STATIC the folder with its templates and
options. Without it everything here is skipped."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from serving import free_port  # noqa: E402
from world import LIMIT, PROGRAM, World, until  # noqa: E402

GITEA, STATIC = os.environ.get("LANDFALL_GITEA"), os.environ.get("LANDFALL_GITEA_STATIC")
INI = """I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
RUN_MODE = prod
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {static}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = {work}/gitea.db
[repository]
ROOT = {work}/repositories
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-this-test
[log]
MODE = file
LEVEL = warn
[cron]
ENABLED = false
[actions]
ENABLED = false
"""
WEB = dict(gitopsDeployment="flux", appName="web", targetNamespace="production", delivery="pull-request", forge="gitea")


@unittest.skipUnless(GITEA and STATIC, "no Gitea here")
class RealGitea(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.work, self.port = self.world.home / "gitea", free_port()
        (self.work / "custom" / "conf").mkdir(parents=True)
        (self.work / "custom" / "conf" / "app.ini").write_text(INI.format(port=self.port, static=STATIC, work=self.work))
        self.world.environment.update(GITEA_WORK_DIR=str(self.work), GITEA_CUSTOM=str(self.work / "custom"), USER="root" if not os.getuid() else "test")
        self.world.start(GITEA, "web")
        until(lambda: self.api("GET", "/version") is not None, "Gitea answers")
        self.tokens = {}
        for user in ("boss", "ann"):
            self.gitea("admin", "user", "create", "--username", user, "--password", "only-for-this-test-1", "--email", user + "@example.com", "--must-change-password=false",
                       *(["--admin"] if user == "boss" else []))
            self.tokens[user] = self.gitea("admin", "user", "generate-access-token", "--username", user, "--scopes", "all", "--raw").split()[-1]
        self.api("POST", "/user/repos", {"name": "shop", "auto_init": True, "default_branch": "main"})
        self.api("PUT", "/repos/boss/shop/collaborators/ann", {"permission": "write"})
        self.api("POST", "/repos/boss/shop/labels", {"name": "gitops", "color": "#00ff00"})
        self.url = "http://127.0.0.1:%d/boss/shop.git" % self.port
        store = self.world.home / "credentials"
        store.write_text("http://boss:%s@127.0.0.1%%3a%d\n" % (self.tokens["boss"], self.port))
        self.world.git("config", "--global", "credential.helper", "store --file=%s" % store)

    def gitea(self, *arguments):
        return subprocess.run([GITEA, *arguments], capture_output=True, text=True, timeout=LIMIT, env=self.world.environment, check=True).stdout

    def api(self, method, path, body=None, who="boss"):
        request = urllib.request.Request("http://127.0.0.1:%d/api/v1%s" % (self.port, path), json.dumps(body).encode() if body is not None else None, method=method,
                                         headers={"Content-Type": "application/json"})
        if hasattr(self, "tokens") and who in self.tokens:
            request.add_header("Authorization", "token " + self.tokens[who])
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"{}")
        except (urllib.error.HTTPError, ConnectionError, urllib.error.URLError):
            return None

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
        until(lambda: self.api("POST", "/repos/boss/shop/pulls/1/merge", {"Do": "squash"}) is not None, "it can be merged")
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
