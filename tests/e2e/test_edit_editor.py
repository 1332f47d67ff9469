#!/usr/bin/env python3
"""Changing a live resource in the user's editor: "landfall edit" without --set, on a real terminal's screen and without one."""

import pathlib
import shlex
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from screen import Screen  # noqa: E402
from world import PROGRAM, World  # noqa: E402

BASE = "apps/web/base/deployment.yaml"
OVERLAY = "apps/web/overlays/production"


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class Editor(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.sandbox()
        self.answers = self.world.answers(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27",
                                          gitRepoUrl=self.repository)
        done = self.world.run("apply", "-f", self.answers, "--yes", "--timeout", "60s")
        self.assertEqual(done.code, 0, str(done))
        self.before = self.head()

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments)

    def head(self):
        return self.git("rev-parse", "main").strip()

    def editor(self, *steps):
        """An editor that does one of STEPS (shell; $1 is the file) each time it is started."""
        for number, step in enumerate(steps):
            (self.world.home / f"step{number}").write_text(step + "\n")
        script = self.world.home / "editor"
        script.write_text("#!/bin/sh\ncd %s\nn=$(cat count 2>/dev/null || echo 0)\necho $((n+1)) >count\ncp \"$2\" seen$n\necho \"$2\" >path$n\nstat -c %%a \"${2%%/*}\" \"$2\" >mode$n\n"
                          "test \"$1\" = --wait || exit 3\nshift\n. ./step$n\n" % shlex.quote(str(self.world.home)))
        script.chmod(0o755)
        (self.world.home / "count").unlink(missing_ok=True)
        return str(script) + " --wait"

    def screen(self, editor, *more, what="Deployment/web", columns=120, rows=32):
        command = [str(PROGRAM), "edit", what, "-n", "production", "--timeout", "60s", *more]
        environment = {**self.world.environment, "TERM": "xterm-256color", "EDITOR": editor}
        screen = Screen(self.world.home, command, {key: value for key, value in environment.items() if value}, columns, rows)
        self.addCleanup(screen.close)
        return screen

    def choose(self, screen, path):
        screen.expect("Which file")
        for _ in range(6):
            marked = [line for line in screen.text().splitlines() if line.startswith(" ▸") or line.startswith(" >") or line[1:2] not in (" ", "")]
            if any(path in line for line in marked):
                screen.keys("Enter")
                return
            before = screen.text()
            screen.keys("Down")
            screen.wait(lambda text, before=before: text != before or path in text, "nothing moves")
        self.fail(f"{path} cannot be marked:\n{screen.text()}")

    def seen(self, number):
        return (self.world.home / f"seen{number}").read_text()

    def assert_wiped(self, times):
        for number in range(times):
            path = pathlib.Path((self.world.home / f"path{number}").read_text().strip())
            self.assertFalse(path.parent.exists(), path)
            self.assertEqual((self.world.home / f"mode{number}").read_text().split(), ["700", "600"])

    def test_the_file_is_chosen_edited_and_lands(self):
        for columns, rows in ((80, 24), (120, 32)):
            with self.subTest(columns=columns):
                before = self.head()
                screen = self.screen(self.editor("sed -i '/minReadySeconds/d; s/^spec:$/&\\n  minReadySeconds: %d/' \"$1\"" % columns), columns=columns, rows=rows)
                screen.expect("Which file")
                for words in (BASE, OVERLAY + "/kustomization.yaml", OVERLAY + "/deployment-web.patch.yaml", OVERLAY + " alone", "everything that builds on apps/web/base"):
                    self.assertIn(words, screen.text())
                self.choose(screen, BASE)
                screen.expect("Change Deployment web")
                screen.expect("minReadySeconds: %d" % columns)
                self.assertEqual(self.seen(0), self.git("show", "main:" + BASE))
                self.assertEqual(self.head(), before)
                screen.expect("validated by")
                until_taken = screen.text()
                self.assertIn("Reaches", until_taken)
                screen.wait(self.deliver_until_it_takes(screen), "it is not delivered")
                screen.expect("runs and is healthy", 60)
                self.assertEqual(self.git("diff", "--name-only", "main~1", "main").split(), [BASE])
                self.assertIn("- " + BASE, self.git("log", "-1", "--format=%B"))
                self.assertIn("minReadySeconds: %d" % columns, self.git("show", "main:" + BASE))
                self.assert_wiped(1)
                screen.keys("q")
                screen.expect("landfall ended with 0")
                screen.close()
        self.git("fsck", "--strict")

    @staticmethod
    def deliver_until_it_takes(screen):
        def holds(text):
            if "Enter deliver" in text:
                screen.keys("Enter")
            return "To main of" in text or "healthy" in text or "waiting for" in text
        return holds

    def test_what_cannot_be_used_goes_back_to_the_editor(self):
        secret = "printf '%s\\n' --- 'apiVersion: v1' 'kind: Secret' 'metadata: {name: s}' 'stringData: {a: b}' >>\"$1\""
        screen = self.screen(self.editor("printf '\\tbad\\n' >>\"$1\"", "sed -i '$d' \"$1\"; " + secret, "sed -i '/^---$/,$d' \"$1\"; sed -i 's/^  name: web/  name: other/' \"$1\"",
                                         "sed -i 's/^  name: other/  name: web/; s/^spec:$/&\\n  replicas: many/' \"$1\"", "sed -i 's/replicas: many/replicas: 3/' \"$1\""), "--base")
        screen.expect("This cannot be used as it is")
        lines = self.git("show", "main:" + BASE).count("\n")
        screen.expect("%s:%d:1:" % (BASE, lines + 1))
        screen.keys("Enter")
        screen.expect("Secret")
        self.assertTrue(self.seen(1).endswith("\tbad\n"))  # nothing of it was lost
        screen.keys("Escape")
        screen.expect("does not hold Deployment web any more")
        screen.keys("n")
        screen.expect("refused by")  # the API server
        screen.expect("replicas")
        screen.keys("v")
        screen.expect("validated by")
        self.assertIn("replicas: many", self.seen(4))
        self.assert_wiped(5)
        self.assertEqual(self.head(), self.before)
        screen.keys("q")
        screen.expect("Leave without delivering?")
        screen.keys("y")
        screen.expect("landfall ended with 130")
        self.assertEqual(self.head(), self.before)

    def test_giving_up_changes_nothing(self):
        screen = self.screen(self.editor("printf '\\tbad\\n' >>\"$1\"", "true", "exit 3"), "--base", columns=80, rows=24)
        screen.expect("This cannot be used as it is")
        screen.keys("y")
        screen.expect("was given up. Nothing was changed.")
        screen.keys("F5")  # from the beginning
        screen.expect("left the file as it is. Nothing was changed.")
        self.assertNotIn("bad", self.seen(1))
        screen.keys("F5")
        screen.expect("ended with a failure: nothing was changed")
        screen.keys("q")
        screen.expect("landfall ended with 130")
        self.assertEqual(self.head(), self.before)
        self.assert_wiped(3)

    def test_a_new_patch_for_this_overlay(self):
        screen = self.screen(self.editor("printf 'spec:\\n  minReadySeconds: 2\\n' >>\"$1\""))
        self.choose(screen, "deployment-web.patch.yaml")
        screen.expect("2 files")
        screen.wait(self.deliver_until_it_takes(screen), "it is not delivered")
        screen.expect("runs and is healthy", 60)
        self.assertEqual(sorted(self.git("diff", "--name-only", "main~1", "main").split()), [OVERLAY + "/deployment-web.patch.yaml", OVERLAY + "/kustomization.yaml"])
        screen.close()
        # Now there is one, and it is what is opened for this overlay.
        screen = self.screen(self.editor("sed -i 's/minReadySeconds: 2/minReadySeconds: 3/' \"$1\""))
        self.choose(screen, "deployment-web.patch.yaml")
        screen.expect("minReadySeconds: 3")
        self.assertIn("minReadySeconds: 2", self.seen(0))

    def test_on_a_terminal_without_a_screen(self):
        screen = self.screen(self.editor("sed -i '/minReadySeconds/d; s/^spec:$/&\\n  minReadySeconds: [/' \"$1\"", "sed -i 's/: \\[$/: 5/' \"$1\""), "-o", "text", "--yes")
        screen.expect("Its number")
        number = next(line.split()[0] for line in screen.text().splitlines() if BASE in line)
        screen.keys(number, "Enter")
        screen.expect("1 opens it again, 2 gives up:")
        screen.keys("1", "Enter")
        screen.expect("landfall ended with 0", 60)
        self.assertIn("minReadySeconds: 5", self.git("show", "main:" + BASE))
        self.assert_wiped(2)
        screen.close()
        before = self.head()
        for step, words, code in (("true", "Nothing was changed", 0), ("exit 1", "nothing was changed", 4), ("printf '\\t' >>\"$1\"", "1 opens it again", None)):
            with self.subTest(step):
                screen = self.screen(self.editor(step), "--base", "-o", "text", "--yes")
                screen.expect(words)
                if code is None:
                    screen.keys("2", "Enter")
                screen.expect("landfall ended with %d" % (code or 0))
                self.assertEqual(self.head(), before)
                screen.close()

    def test_without_a_terminal_there_is_no_editor(self):
        result = self.world.run("edit", "Deployment/web", "-n", "production", "--yes", env={"EDITOR": self.editor("true")})
        self.assertEqual(result.code, 2, str(result))
        self.assertIn("needs a terminal", result.out + result.err)


if __name__ == "__main__":
    unittest.main()
