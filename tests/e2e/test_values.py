#!/usr/bin/env python3
"""Charts in the wizard, in a terminal: a chart and a version picked from a real repository, its values changed in an editor, errors sent back to it."""

import json
import pathlib
import shlex
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_charts import FILES, SERVER, digest, entry, tgz  # noqa: E402
from screen import Screen  # noqa: E402
from world import PROGRAM, World  # noqa: E402


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class Wizard(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.root = self.world.home / "www"
        self.root.mkdir()
        archive = tgz(FILES)
        for version in ("1.2.3", "1.3.0"):
            (self.root / f"web-{version}.tgz").write_bytes(archive)
        (self.root / "index.yaml").write_text(json.dumps({"entries": {
            "web": [entry("1.2.3", digest=digest(archive), appVersion="1.9", deprecated=True), entry("1.3.0", digest=digest(archive), appVersion="2.0"),
                    entry("2.0.0-rc.1")], "worker": [entry("0.1.0")]}}))
        child = self.world.start(sys.executable, str(SERVER), "--until-eof", "--root", str(self.root))
        self.url = "http://127.0.0.1:%d" % int(child.stdout.readline())

    def editor(self, *steps):
        """An editor that does one of STEPS (shell; $1 is the file) each time it is started."""
        for number, step in enumerate(steps):
            (self.world.home / f"step{number}").write_text(step + "\n")
        script = self.world.home / "editor"
        script.write_text("#!/bin/sh\ncd %s\nn=$(cat count 2>/dev/null || echo 0)\necho $((n+1)) >count\ncp \"$2\" seen$n\ntest \"$1\" = --wait || exit 3\nshift\n"
                          ". ./step$n\n" % shlex.quote(str(self.world.home)))
        script.chmod(0o755)
        return str(script) + " --wait"

    def wizard(self, editor="false", *more, columns=120, rows=40):
        command = [str(PROGRAM), "--set", "deploymentMethod=helm", "--set", "gitopsDeployment=flux", *more]
        environment = {**self.world.environment, "TERM": "xterm-256color", "EDITOR": editor}
        screen = Screen(self.world.home, command, {key: value for key, value in environment.items() if value}, columns, rows)
        self.addCleanup(screen.close)
        screen.expect("Which cluster")
        screen.keys("F4")
        screen.expect("Go to")
        screen.keys("Down", "Down", "Down", "Enter")
        screen.expect("Chart repository")
        return screen

    def seen(self, number):
        return (self.world.home / f"seen{number}").read_text()

    def to_values(self, screen):
        for _ in range(20):
            before = screen.text()
            if "editor" in before:
                return
            screen.keys("Down")
            screen.wait(lambda text, before=before: text != before, "nothing moves")
        screen.expect("editor", 0)

    def test_a_private_repository_asks_for_a_login(self):
        """Masked, once more after a wrong one, and nowhere to be found afterwards."""
        (self.world.home / "password").write_text("correct-horse-battery")
        child = self.world.start(sys.executable, str(SERVER), "--until-eof", "--root", str(self.root), "--user", "u", "--password-file", str(self.world.home / "password"))
        host = "127.0.0.1:%d" % int(child.stdout.readline())
        screen = self.wizard()
        screen.type(f"http://{host}")
        screen.expect(f"{host} wants a login")
        screen.expect("(sent unencrypted)")
        screen.type("u")
        screen.keys("Enter")
        for password in ("wrong-zebra", "correct-horse-battery"):
            screen.expect(f"Password of u at {host}")
            screen.type(password)
            screen.expect("•" * len(password))
            screen.keys("Enter")
            if password.startswith("wrong"):
                screen.expect("refused that login; once more")
                screen.type("u")
                screen.keys("Enter")
        screen.expect("2 charts")
        screen.keys("Enter")
        screen.type("web")
        screen.expect("3 versions")  # another request, and no other question
        history = screen.tmux("capture-pane", "-p", "-S", "-", "-t", "screen")
        screen.keys("C-c")
        screen.expect("Leave Landfall?")
        screen.keys("y")
        screen.expect("landfall ended with")
        held = [str(path) for path in self.world.home.rglob("*") if path.is_file() and path.name != "password"
                and any(word in path.read_bytes() for word in (b"correct-horse-battery", b"wrong-zebra"))]
        self.assertEqual(held, [])
        self.assertNotIn("correct-horse", history + screen.text())

    def test_who_declines_a_login_is_left_alone(self):
        (self.world.home / "password").write_text("correct-horse-battery")
        child = self.world.start(sys.executable, str(SERVER), "--until-eof", "--root", str(self.root), "--user", "u", "--password-file", str(self.world.home / "password"))
        host = "127.0.0.1:%d" % int(child.stdout.readline())
        screen = self.wizard()
        screen.type(f"http://{host}")
        screen.expect("wants a login (sent")
        screen.keys("Escape")
        screen.expect_not("wants a login (sent")
        screen.expect("wants a login")  # below the field, with what to do
        screen.keys("F5")
        screen.expect("wants a login (sent")

    def test_from_repository_to_values(self):
        screen = self.wizard(self.editor("sed -i 's/^replicaCount: 1/replicaCount: 3/; s/tag: \"\"/tag: \"2.1\"/' \"$1\"",
                                         "grep -q 'replicaCount: 3' \"$1\" && sed -i 's/^replicaCount: 3/replicaCount: 1/' \"$1\""))
        screen.type(self.url)
        screen.expect("2 charts")
        screen.keys("Enter", "C-b")
        screen.expect("worker")
        screen.type("web")
        screen.expect_not("worker")
        screen.keys("Enter")
        screen.expect("3 versions")
        screen.expect("newest in the repository")
        screen.expect("1.3.0")
        screen.keys("Enter", "C-b")
        screen.expect("pre-release")
        screen.expect("deprecated  app 1.9")
        screen.keys("Down", "Enter")
        screen.expect("deprecated")
        screen.keys("C-r")
        screen.expect("newest in the repository")
        self.to_values(screen)
        screen.expect("has 2 values, a schema")
        screen.keys("C-b")
        screen.expect("2 values set")
        self.assertIn("# How many.\nreplicaCount: 1\n", self.seen(0))
        self.assertTrue(self.seen(0).startswith("# Landfall: Values of the chart web 1.2.3\n"))
        screen.keys("C-b")  # again: what was set is in it
        screen.expect("1 value set")
        self.assertIn("# How many.\nreplicaCount: 3\n", self.seen(1))
        screen.keys("C-c")
        screen.expect("are kept")
        screen.keys("y")
        screen.expect("landfall ended with 130")
        self.assertEqual([p for p in pathlib.Path("/tmp").glob("landfall-edit-*") if p.owner() == pathlib.Path(self.world.home).owner() and not list(p.iterdir())], [])

    def test_errors_go_back_to_the_editor(self):
        screen = self.wizard(self.editor("printf 'a: 1\\n\\tb: 2\\n' >>\"$1\"", "sed -i 's/\\tb: 2/replicaCount: 0/; /^replicaCount: 1/d' \"$1\"",
                                         "sed -i 's/replicaCount: 0/replicaCount: 4/' \"$1\"", "exit 1", ": >\"$1\""),
                             "--set", f"chartRepoUrl={self.url}", "--set", "chartName=web", "--set", "chartVersion=1.3.0")
        self.to_values(screen)
        screen.expect("has 2 values")
        screen.keys("C-b")
        screen.expect("be at least 1")
        head = self.seen(1).splitlines()
        self.assertTrue(head[2].startswith("# NOT USABLE: values:"), head)
        line = int(head[2].split(":")[2])
        self.assertEqual(head[line - 1], "\tb: 2")
        screen.keys("C-b")
        screen.expect_not("be at least 1")
        screen.expect("2 values set")
        screen.keys("C-b")
        screen.expect("ended with a failure")
        screen.keys("C-b")
        screen.expect("came back empty")
        screen.expect("2 values set")

    def test_typed_and_pasted(self):
        screen = self.wizard("false", "--set", f"chartRepoUrl={self.url}", "--set", "chartName=web", "--set", "chartVersion=1.3.0", columns=100)
        self.to_values(screen)
        screen.expect("has 2 values")
        screen.type("{replicaCount: 0}")
        screen.keys("Enter")
        screen.expect("be at least 1")
        screen.keys("C-u")
        screen.tmux("set-buffer", "replicaCount: 2\nimage:\n  tag: \"1\"\n")
        screen.tmux("paste-buffer", "-p", "-t", "screen")
        screen.expect("2 values set")
        screen.expect_not("be at least")
        screen.type("x")
        screen.expect("several lines")
        screen.keys("C-b")
        screen.expect("ended with a failure")
        screen.expect("2 values set")

    def test_nobody_there(self):
        screen = self.wizard("false")
        screen.type("http://127.0.0.1:1")
        screen.expect("refused the connection")
        screen.keys("Enter")
        screen.type("web")
        screen.keys("Enter")
        screen.type("^1.2.0")
        screen.keys("Enter")
        screen.expect_not("Not usable")
        screen.keys("Up", "Up", "Up", "F5")
        screen.expect("refused the connection")


class Lines(Wizard):
    """The same without a screen."""

    test_from_repository_to_values = test_errors_go_back_to_the_editor = test_typed_and_pasted = test_nobody_there = None

    def test_set_and_files(self):
        (self.world.home / "v.yaml").write_text("replicaCount: 2\nimage:\n  tag: \"1\"\n")
        done = self.world.run("--plain", "--set", "deploymentMethod=helm", "--set", "gitopsDeployment=flux", "--set", f"chartRepoUrl={self.url}",
                              "--set", "chartName=web", "--set", "values=@v.yaml", "--set", "values.image.tag=1.2", "--set", "values.hosts[0].name=x", input="")
        self.assertIn("nothing was pushed", done.out + done.err)
        session = (self.world.home / ".local/state/landfall/session.yaml").read_text()
        self.assertIn("  values:\n    replicaCount: 2\n    image:\n      tag: \"1.2\"\n    hosts:\n", session)

    def test_schema_ends_it_before_anything_is_pushed(self):
        repository = self.world.home / "r.git"
        self.world.git("init", "-q", "--bare", "-b", "main", str(repository))
        self.world.git("clone", "-q", str(repository), "w")
        for name, text in FILES.items():
            path = self.world.home / "w" / "charts" / "web" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.world.git("add", ".", cwd=self.world.home / "w")
        self.world.git("commit", "-qm", "chart", cwd=self.world.home / "w")
        self.world.git("push", "-q", "origin", "HEAD:main", cwd=self.world.home / "w")
        common = dict(gitopsDeployment="flux", appName="web", targetNamespace="production", gitRepoUrl=str(repository))
        for method in (dict(deploymentMethod="helm", chartRepoUrl=self.url, chartName="web"), dict(deploymentMethod="helm-git", gitPath="charts/web")):
            with self.subTest(method=method["deploymentMethod"]):
                words = [word for id, value in {**common, **method}.items() for word in ("--set", f"{id}={value}")]
                done = self.world.run("apply", "--yes", "--dry-run", "--no-wait", *words, "--set", "values.replicaCount=0")
                self.assertEqual(done.code, 3, str(done))
                self.assertIn("replicaCount (line 1, column 15): this must be at least 1", done.out + done.err)
                done = self.world.run("apply", "--yes", "--dry-run", "--no-wait", *words, "--set", "values.replicaCount=2")
                self.assertEqual(done.code, 0, str(done))
                self.assertIn("replicaCount: 2", done.out)
        self.assertIn("version: 1.3.0", self.world.run("apply", "--yes", "--dry-run", "--no-wait", *[
            word for id, value in {**common, "deploymentMethod": "helm", "chartRepoUrl": self.url, "chartName": "web"}.items() for word in ("--set", f"{id}={value}")]).out)

    def test_bad_words(self):
        (self.world.home / "bad.yaml").write_text("a: 1\n\tb: 2\n")
        for pair, words in (("values=@bad.yaml", ":2:1:"), ("values=@none.yaml", "none.yaml"), ("values.a..b=1", "is no path"), ("appName.x=1", "single value"),
                            ("valeus.x=1", "There is no question \"valeus\"")):
            with self.subTest(pair=pair):
                done = self.world.run("render", "--set", pair)
                self.assertEqual(done.code, 2, str(done))
                self.assertIn(words, done.err)


if __name__ == "__main__":
    unittest.main()
