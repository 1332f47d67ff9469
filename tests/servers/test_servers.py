#!/usr/bin/env python3
"""Tests of the test servers, with the real git and ssh as their clients: tests/servers/test_servers.py"""

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import certs

HERE = Path(__file__).resolve().parent
LIMIT_S = 30
GIT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
       "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com",
       "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com"}


def git(*arguments, **environment):
    return subprocess.run(["git", *map(str, arguments)], env={**GIT, **environment}, timeout=LIMIT_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


class Server:
    """A server as a test would start it: facts from its first lines, ended by closing its standard input."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen([sys.executable, str(HERE / program), "--until-eof", *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def facts(self, count):
        return dict(self.process.stdout.readline().strip().split("=", 1) for _ in range(count))

    def end(self):
        self.process.stdin.close()
        try:
            return self.process.wait(LIMIT_S)
        finally:
            self.process.kill()
            self.process.stdout.close()


class Servers(unittest.TestCase):
    def setUp(self):
        self.dir = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.dir / "root"
        git("init", "-q", "--bare", "-b", "main", self.root / "app.git")
        git("init", "-q", "-b", "main", self.dir / "work")
        (self.dir / "work/big").write_bytes(os.urandom(3_000_000))  # more than git sends in one piece
        git("-C", self.dir / "work", "add", ".")
        git("-C", self.dir / "work", "commit", "-q", "-m", "one")
        self.head = git("-C", self.dir / "work", "rev-parse", "HEAD").stdout.strip()

    def serve(self, program, *arguments):
        server = Server(program, *arguments)
        self.addCleanup(lambda: self.assertEqual(server.end(), 0))
        return server

    def http(self, *arguments):
        return self.serve("githttp.py", "--root", self.root, *arguments)

    def push_and_read(self, url, **environment):
        pushed = git("-C", self.dir / "work", "push", url, "HEAD:main", **environment)
        self.assertEqual(pushed.returncode, 0, pushed.stderr)
        read = git("ls-remote", url, "main", **environment)
        self.assertEqual(read.stdout.split()[:1], [self.head], read.stderr)
        cloned = git("clone", "-q", url, self.dir / "clone", **environment)
        self.assertEqual(cloned.returncode, 0, cloned.stderr)

    def test_http_push_and_clone(self):
        self.push_and_read("http://127.0.0.1:%d/app.git" % self.http().port)

    def test_password(self):
        (self.dir / "password").write_text("s3cret\n")
        log = self.dir / "log"
        port = self.http("--user", "ann", "--password-file", self.dir / "password", "--log", log).port
        self.assertIn("could not read Username", git("ls-remote", "http://127.0.0.1:%d/app.git" % port).stderr)
        wrong = git("ls-remote", "http://ann:wrong@127.0.0.1:%d/app.git" % port)
        self.assertIn("Authentication failed", wrong.stderr)
        self.push_and_read("http://ann:s3cret@127.0.0.1:%d/app.git" % port)
        self.assertIn("POST /app.git/git-receive-pack 200 ann", log.read_text())
        self.assertNotIn("s3cret", log.read_text())

    def test_tls_with_own_authority(self):
        certificate, key = certs.server(self.dir / "tls")
        url = "https://127.0.0.1:%d/app.git" % self.http("--tls-cert", certificate, "--tls-key", key).port
        self.assertIn("certificate", git("ls-remote", url).stderr)
        self.push_and_read(url, GIT_SSL_CAINFO=str(self.dir / "tls/ca.crt"))

    def test_wrong_and_expired_certificates(self):
        for name, hosts, days in (("wrong", ["example.com"], 30), ("expired", ["127.0.0.1"], 0)):
            certificate, key = certs.server(self.dir / "tls", name, hosts, days)
            url = "https://127.0.0.1:%d/app.git" % self.http("--tls-cert", certificate, "--tls-key", key).port
            self.assertNotEqual(git("ls-remote", url, GIT_SSL_CAINFO=str(self.dir / "tls/ca.crt")).returncode, 0, name)

    def test_redirect(self):
        moved = git("ls-remote", "http://127.0.0.1:%d/moved/app.git" % self.http("--redirect").port)
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertIn("redirecting to", moved.stderr)

    def test_configuration_reaches_the_backend(self):
        port = self.http("--config", "http.receivepack=false").port
        refused = git("-C", self.dir / "work", "push", "http://127.0.0.1:%d/app.git" % port, "HEAD:main")
        self.assertIn("403", refused.stderr)

    def test_old_protocol(self):
        for options, version in (((), "version 2"), (("--no-protocol-v2",), None)):
            server = self.http(*options)
            trace = git("ls-remote", "http://127.0.0.1:%d/app.git" % server.port, GIT_TRACE_PACKET="1").stderr
            self.assertEqual("version 2" in trace, version is not None, trace)

    def test_missing_repository(self):
        self.assertIn("not found", git("ls-remote", "http://127.0.0.1:%d/none.git" % self.http().port).stderr)

    def test_ssh(self):
        server = self.serve("sshd.py", "--dir", self.dir / "ssh")
        facts = server.facts(4)
        url = "ssh://127.0.0.1:%d%s/app.git" % (server.port, self.root)
        self.push_and_read(url, GIT_SSH_COMMAND="ssh -F " + facts["config"])
        ssh = "ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityFile=%s -o UserKnownHostsFile=%s"
        for key, hosts, said in (("other_key", "known_hosts", "Permission denied"),
                                 ("user_key", "changed_hosts", "Host key verification failed")):
            refused = git("ls-remote", url.replace("//", "//%s@" % facts["user"]),
                          GIT_SSH_COMMAND=ssh % (self.dir / "ssh" / key, self.dir / "ssh" / hosts))
            self.assertIn(said, refused.stderr)

    def test_ends_on_a_signal(self):
        for program, arguments in (("githttp.py", ("--root", self.root)), ("sshd.py", ("--dir", self.dir / "ssh"))):
            server = Server(program, *arguments)
            os.kill(server.process.pid, signal.SIGTERM)
            self.assertEqual(server.process.wait(LIMIT_S), 0)
            server.end()

    def test_a_signal_is_seen_while_the_main_thread_is_busy(self):
        # Python's own handlers wait for the main thread. It is in a system call here, which the signal, that goes to
        # another thread, does not end: to write more than the pipe takes.
        program = ("import os, signal, threading, serving\nserving.until_told(lambda: os._exit(3), False)\n"
                   "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
                   "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\nos.write(1, bytes(1 << 24))\n")
        with subprocess.Popen([sys.executable, "-c", program], cwd=HERE, stdout=subprocess.PIPE, bufsize=0) as process:
            process.stdout.read(1)
            process.terminate()
            try:
                self.assertEqual(process.wait(LIMIT_S), 3)
            finally:
                process.kill()

    def test_sshd_takes_its_sessions_along(self):
        server = Server("sshd.py", "--dir", self.dir / "ssh")
        facts = server.facts(4)
        with subprocess.Popen(["ssh", "-F", facts["config"], "127.0.0.1", "echo there; exec cat"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as session:
            self.assertEqual(session.stdout.readline(), b"there\n")
            os.kill(server.process.pid, signal.SIGTERM)
            try:
                self.assertNotEqual(session.wait(LIMIT_S), 0)
                self.assertEqual(server.process.wait(LIMIT_S), 0)
            finally:
                session.kill()
        server.end()


if __name__ == "__main__":
    unittest.main()
