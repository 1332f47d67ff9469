#!/usr/bin/env python3
"""The program itself where the machine lets it down: full and forbidden disks, a missing identity, and the demo killed in the middle."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from world import LIMIT, PROGRAM, World, until  # noqa: E402

WEB = {
    "gitopsDeployment": "flux", "appName": "web", "targetNamespace": "production", "gitBranch": "main", "gitPath": "apps/web", "image": "nginx:1.27",
    "containerPort": "80", "replicas": "1",
}
LINES = "\nkustomize\nflux\nweb\n"
ALONE = {"KUBECONFIG": os.devnull}


def namespace():
    """How to get a mount of one's own; None where that is not allowed."""
    for command in (["unshare", "-m"], ["unshare", "-r", "-m"]):
        if shutil.which("unshare") and not subprocess.run([*command, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode:
            return command
    return None


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.bare(files={"README": "x\n"})

    def tip(self):
        return self.world.git("-C", self.repository, "rev-parse", "main")

    def run_on(self, options, *arguments, env=None, input=None):
        """Runs with a tmpfs mounted with OPTIONS and filled to the brim; returns its folder too."""
        inside = namespace()
        if not inside:
            self.skipTest("no mount namespace may be made here")
        folder = self.world.home / "disk"
        folder.mkdir(exist_ok=True)
        script = f'mount -t tmpfs -o {options} none {folder}; head -c 99999 /dev/zero >{folder}/filler 2>/dev/null; exec "$@"'
        done = subprocess.run([*inside, "sh", "-c", script, "sh", str(PROGRAM), *arguments], input=input, capture_output=True, text=True, timeout=LIMIT,
                              cwd=self.world.home, env={**self.world.environment, **ALONE, **(env or {})}, check=False)
        return done, folder

    def deliver(self):
        return ["apply", "-f", self.world.answers(**WEB, gitRepoUrl=self.repository), "--yes", "--no-wait"]


class Cache(Case):
    """What was fetched is a convenience: without a place for it the delivery is the same."""

    def test_full_disk(self):
        done, folder = self.run_on("size=4k", *self.deliver(), env={"XDG_CACHE_HOME": str(self.world.home / "disk")})
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.count("working without a cache"), 1, done.stdout)
        self.assertIn("No space left on device", done.stdout)
        self.world.git("-C", self.repository, "fsck", "--strict")
        self.assertIn("Add web", self.world.git("-C", self.repository, "log", "-1", "--format=%s"))

    def test_read_only_disk(self):
        done, folder = self.run_on("size=64k,ro", *self.deliver(), env={"XDG_CACHE_HOME": str(self.world.home / "disk")})
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("working without a cache", done.stdout)

    def test_no_folder(self):
        (self.world.home / "blocked").write_text("")
        result = self.world.run(*self.deliver(), env={**ALONE, "XDG_CACHE_HOME": str(self.world.home / "blocked")})
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("working without a cache", result.out)


class State(Case):
    """Answers that cannot be saved are said once while there is somebody to read it, and at the end."""

    def check(self, out, err, words):
        self.assertIn("nothing was pushed", out)
        self.assertEqual(err.count("could not be saved"), 1, err)
        self.assertIn(words, err)
        self.assertEqual(len([line for line in err.splitlines() if line.startswith("  ")]), 1, "the remedy, once")

    def test_full_disk(self):
        done, folder = self.run_on("size=4k", "--plain", input=LINES, env={"XDG_STATE_HOME": str(self.world.home / "disk")})
        self.check(done.stdout, done.stderr, "free some space")

    def test_no_folder(self):
        (self.world.home / "blocked").write_text("")
        result = self.world.run("--plain", input=LINES, env={**ALONE, "XDG_STATE_HOME": str(self.world.home / "blocked")})
        self.check(result.out, result.err, "is a file, not a folder")

    def test_what_is_saved_is_named_and_taken_up(self):
        result = self.world.run("--plain", input=LINES, env=ALONE)
        saved = self.world.home / ".local/state/landfall/session.yaml"
        self.assertIn(str(saved), result.out)
        self.assertEqual(saved.stat().st_mode & 0o777, 0o600)
        self.assertIn("appName: web", saved.read_text())
        self.assertIn("Taking up the answers", self.world.run("--plain", input="\n", env=ALONE).out)

    def test_written_files_that_do_not_fit(self):
        before = self.tip()
        answers = self.world.answers(**WEB, gitRepoUrl=self.repository)
        done, folder = self.run_on("size=4k", "render", "-f", answers, "-o", str(self.world.home / "disk/out"))
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stderr.count("landfall: "), 1)
        self.assertIn("No space left on device", done.stderr)
        self.assertIn("free some space", done.stderr)
        self.assertEqual(before, self.tip())


class Remote(Case):
    def test_full_disk_of_the_server_leaves_it_whole(self):
        """A repository on a full disk: the push is refused in the server's words, and the branch is what it was."""
        inside = namespace()
        if not inside:
            self.skipTest("no mount namespace may be made here")
        folder = self.world.home / "server"
        folder.mkdir()
        answers = self.world.answers(**WEB, gitRepoUrl=str(folder / "repository.git"))
        script = (f'mount -t tmpfs -o size=1m none {folder} && cp -r {self.repository} {folder}/repository.git && '
                  f'head -c 9999999 /dev/zero >{folder}/filler 2>/dev/null; "$@"; code=$?; git -C {folder}/repository.git rev-parse main; exit $code')
        done = subprocess.run([*inside, "sh", "-c", script, "sh", str(PROGRAM), "apply", "-f", answers, "--yes", "--no-wait"], capture_output=True, text=True,
                              timeout=LIMIT, cwd=self.world.home, env={**self.world.environment, **ALONE}, check=False)
        self.assertEqual(done.returncode, 4, done)
        self.assertEqual(done.stdout.splitlines()[-1], self.tip().strip())
        self.assertEqual(done.stdout.count("landfall: "), 1, done)

    def test_who_pushes_must_be_known(self):
        before = self.tip()
        (self.world.home / ".gitconfig").write_text("")
        result = self.world.run(*self.deliver(), env=ALONE)
        self.assertEqual(result.code, 4, str(result))
        self.assertIn("git config --global user.name", result.out)
        self.assertNotIn("fetch ", result.out, "said before anything is begun")
        self.assertEqual(before, self.tip())
        rehearsal = self.world.run(*self.deliver(), "--dry-run", env=ALONE)
        self.assertEqual(rehearsal.code, 0, str(rehearsal))


class Demo(Case):
    """The demo leaves nothing behind, or the next one removes it."""

    def begin(self):
        temporary = self.world.home / "tmp"
        temporary.mkdir(exist_ok=True)
        child = self.world.start(str(PROGRAM), "demo", "--plain", env={"TMPDIR": str(temporary)})
        until(lambda: [f for f in temporary.glob("landfall-demo-*") if (f / "kubeconfig").exists() and f not in self.known], "the sandbox is up")
        folder = next(f for f in temporary.glob("landfall-demo-*") if f not in self.known)
        self.known.add(folder)
        return child, folder

    def setUp(self):
        super().setUp()
        self.known = set()

    def test_its_end_removes_it(self):
        child, folder = self.begin()
        child.stdin.close()
        child.wait(LIMIT)
        until(lambda: not folder.exists(), "the folder is gone")
        self.assertEqual(list(self.world.home.glob(".local/state/landfall/*")), [], "the user's own session is not touched")

    def test_killed_it_takes_its_sandbox_along(self):
        child, folder = self.begin()
        child.send_signal(signal.SIGKILL)
        child.wait(LIMIT)
        until(lambda: not folder.exists(), "the folder is gone")

    def test_leftovers_are_removed_by_the_next(self):
        child, folder = self.begin()
        sandbox = int((folder / ".landfall-sandbox").read_text().split()[0])
        os.kill(sandbox, signal.SIGSTOP)  # so that it cannot tidy up when it sees its parent go
        child.send_signal(signal.SIGKILL)
        child.wait(LIMIT)
        os.kill(sandbox, signal.SIGKILL)
        until(lambda: not pathlib.Path(f"/proc/{sandbox}").exists(), "the sandbox is dead")
        self.assertTrue(folder.exists())
        other, fresh = self.begin()
        until(lambda: not folder.exists(), "the leftover is gone")
        self.assertTrue(fresh.exists())
        other.stdin.close()
        other.wait(LIMIT)


if __name__ == "__main__":
    unittest.main()
