#!/usr/bin/env python3
"""The same file changed on the branch since: ours, theirs and what both began with on a real terminal's screen, and what comes of the choice; for apply, edit and rollback."""

import pathlib
import shlex
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from screen import Screen  # noqa: E402
from world import PROGRAM, World  # noqa: E402

OVERLAY = "apps/web/overlays/production/kustomization.yaml"
WEB = dict(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production")


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class Conflict(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments).strip()

    def head(self):
        return self.git("rev-parse", "main")

    def file(self, commit="main"):
        return self.git("show", commit + ":" + OVERLAY)

    def deliver(self, *more, **values):
        answers = self.world.answers(**{**WEB, "gitRepoUrl": self.repository, **values})
        result = self.world.run("apply", "-f", answers, "--yes", *(more or ("--no-wait",)))
        self.assertEqual(result.code, 0, str(result))

    def by_hand(self, *pairs):
        """Somebody else changes the overlay on the branch."""
        work = self.world.home / "theirs"
        if not work.exists():
            self.world.git("clone", "-q", self.repository, str(work))
        self.world.git("pull", "-q", cwd=work)
        text = (work / OVERLAY).read_text()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (work / OVERLAY).write_text(text)
        self.world.git("commit", "-q", "-a", "-m", "By hand", cwd=work)
        self.world.git("push", "-q", cwd=work)

    def screen(self, *arguments, columns=120, rows=32, env=None):
        environment = {**self.world.environment, "TERM": "xterm-256color", **(env or {})}
        screen = Screen(self.world.home, [str(PROGRAM), *arguments], {key: value for key, value in environment.items() if value}, columns, rows)
        self.addCleanup(screen.close)
        return screen

    def deliver_by_key(self, screen):
        def holds(text):
            if "Enter deliver" in text:
                screen.keys("Enter")
            return "Pushed" in text or "healthy" in text or "waiting for" in text or "To main of" in text
        screen.wait(holds, "it is not delivered", 60)

    def test_a_rollback_asks_for_each_conflict(self):
        self.repository = self.world.bare(files={"README.md": "x\n"})
        for columns, rows, keys in ((80, 24, "o"), (120, 32, "t")):
            with self.subTest(columns=columns):
                self.deliver(image="nginx:1.27")
                self.deliver(image="nginx:1.28")
                self.by_hand(("1.28", "1.30"))
                before, theirs = self.head(), self.file()
                screen = self.screen("rollback", "web", "--set", f"gitRepoUrl={self.repository}", columns=columns, rows=rows)
                screen.expect("Conflict 1 of 1")
                for words in ("ours:", "base:", "theirs:", "1.27", "1.28", "1.30", "keep ours", "take theirs", "stop"):
                    self.assertIn(words, screen.text())
                screen.keys("Enter")  # no key but the choice goes on
                screen.keys("F1")
                screen.expect("These lines become")
                screen.keys("Escape")
                screen.expect("Conflict 1 of 1")
                self.assertEqual(self.head(), before)
                screen.keys(keys)
                screen.expect("Decided")
                self.assertEqual(self.head(), before)
                screen.keys("c")  # once more, and it stays as it was decided
                screen.expect("all decided")
                screen.keys(keys)
                screen.expect("Decided")
                self.deliver_by_key(screen)
                screen.expect("Pushed")  # what the other files of the delivery were comes back either way
                self.assertEqual(self.file(), theirs.replace("1.30", "1.27") if keys == "o" else theirs)
                screen.close()
        self.git("fsck", "--strict")

    def test_stopping_changes_nothing(self):
        self.repository = self.world.bare(files={"README.md": "x\n"})
        self.deliver(image="nginx:1.27")
        self.deliver(image="nginx:1.28")
        self.by_hand(("1.28", "1.30"))
        before = self.head()
        screen = self.screen("rollback", "web", "--set", f"gitRepoUrl={self.repository}", columns=80, rows=24)
        screen.expect("Conflict 1 of 1")
        screen.keys("Escape")
        screen.expect("landfall ended with 7")
        self.assertEqual(self.head(), before)

    def editor(self, step):
        script = self.world.home / "editor"
        script.write_text("#!/bin/sh\ncd %s\n%s\n" % (shlex.quote(str(self.world.home)), step))
        script.chmod(0o755)
        return str(script)

    def test_an_edit_meets_what_was_pushed_while_the_editor_was_open(self):
        self.repository = self.world.sandbox()
        self.deliver("--timeout", "60s", image="nginx:1.27")
        # While the editor is open, somebody else changes the same line; and, at the push, another one.
        theirs = self.world.home / "other"
        self.world.git("clone", "-q", self.repository, str(theirs))
        step = "sed -i 's/count: .*/count: 3/' \"$1\"\ncd %s && sed -i 's/count: .*/count: 5/' %s && git commit -qam theirs && git push -q" % (shlex.quote(str(theirs)), OVERLAY)
        screen = self.screen("edit", "Deployment/web", "-n", "production", "--timeout", "60s", env={"EDITOR": self.editor(step)})
        screen.expect("Which file")
        self.assertIn("its image tags and replicas", screen.text())
        screen.keys("Down")
        screen.wait(lambda text: any("▸" in line and "kustomization.yaml" in line for line in text.splitlines()), "it is not marked")
        screen.keys("Enter")
        screen.expect("Conflict 1 of 1")
        for words in ("count: 3", "count: 2", "count: 5"):
            self.assertIn(words, screen.text())
        screen.keys("o")
        screen.expect("Decided")
        self.deliver_by_key(screen)
        screen.expect("runs and is healthy", 60)
        self.assertIn("count: 3", self.file())
        self.assertEqual(self.git("log", "-2", "--format=%s").splitlines(), ["Change Deployment web", "theirs"])
        self.git("fsck", "--strict")

    def slow_hook(self, change):
        """The first push that arrives is overtaken by somebody else's CHANGE (sed) of the overlay."""
        theirs = self.world.home / "overtakes"
        self.world.git("clone", "-q", self.repository, str(theirs))
        hook = pathlib.Path(self.repository) / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nunset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
                        "test -e %(home)s/overtaken && exit 0\ntouch %(home)s/overtaken\ncd %(work)s && sed -i '%(change)s' %(path)s && git commit -qam theirs && git push -q\n"
                        % {"home": self.world.home, "work": theirs, "change": change, "path": OVERLAY})
        hook.chmod(0o755)

    def overtaken(self, change):
        self.repository = self.world.bare(files={"README.md": "x\n"})
        self.deliver(image="nginx:1.27")
        self.slow_hook(change)
        answers = self.world.answers(**{**WEB, "gitRepoUrl": self.repository, "image": "nginx:1.28"})
        return self.world.run("apply", "-f", answers, "--yes", "--no-wait", "-o", "json")

    def test_a_push_that_is_overtaken_in_other_lines_goes_together(self):
        result = self.overtaken("s/^resources:/# theirs\\n&/")
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("# theirs", self.file())
        self.assertIn("1.28", self.file())
        self.assertEqual(self.git("log", "-2", "--format=%s").splitlines()[1], "theirs")
        self.git("fsck", "--strict")

    def test_a_push_that_is_overtaken_in_the_same_lines_is_refused(self):
        result = self.overtaken("s/1.27/1.29/")
        self.assertEqual(result.code, 7, str(result))
        last = result.last()
        self.assertEqual((last["result"], last["conflicts"][0]["path"]), ("conflict", OVERLAY))
        for side, words in (("ours", "1.28"), ("base", "1.27"), ("theirs", "1.29")):
            self.assertIn(words, last["conflicts"][0][side])
        self.assertEqual(self.git("log", "-1", "--format=%s"), "theirs")


if __name__ == "__main__":
    unittest.main()
