"""world: the built program in a home of its own, with a sandbox and repositories as it finds them in life. For the tests beside this file.

Waiting is always for a condition with a limit; everything that was started is ended, whatever happens."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

BUILD = pathlib.Path(os.environ.get("builddir", "build")).resolve()
PROGRAM = BUILD / "landfall"
LIMIT = float(os.environ.get("LANDFALL_TEST_LIMIT", "90"))


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def objects(self):
        """The JSON objects of -o json, one a line."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def last(self):
        return self.objects()[-1]

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class World:
    """A home folder, and what runs in it."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="landfall-e2e-"))
        self.children = []
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "GIT_CONFIG_NOSYSTEM": "1",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
            "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", ""),
            "LSAN_OPTIONS": os.environ.get("LSAN_OPTIONS", ""),
        }
        (self.home / ".gitconfig").write_text("[user]\n\tname = P. Engineer\n\temail = pe@example.com\n[init]\n\tdefaultBranch = main\n")

    def close(self):
        for child in self.children:
            if child.stdin:
                child.stdin.close()
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout:
                child.stdout.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *arguments, input=None, cwd=None, env=None):
        done = subprocess.run([str(PROGRAM), *arguments], input=input, capture_output=True, text=True, timeout=LIMIT, cwd=cwd or self.home,
                              env={**self.environment, **(env or {})})
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *command, env=None):
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.home, env={**self.environment, **(env or {})})
        self.children.append(child)
        return child

    def git(self, *arguments, cwd=None):
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=LIMIT, cwd=cwd or self.home, env=self.environment, check=False)
        if done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def sandbox(self, scenario="healthy"):
        """Starts the demo's server by itself; its kubeconfig becomes ours. Returns the repository's path."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="landfall-demo-", dir=self.home))
        child = self.start(str(BUILD / "landfall-sandbox"), "--scenario", scenario, "--directory", str(folder))
        ready = json.loads(first_line(child))
        assert ready["ready"], ready
        self.environment["KUBECONFIG"] = ready["kubeconfig"]
        self.ready = ready
        return ready["repository"]

    def kube(self, path, method="GET", body=None):
        """One request to the demo's API server."""
        text = pathlib.Path(self.environment["KUBECONFIG"]).read_text()
        server, token = (re.search(key + r": (\S+)", text)[1] for key in ("server", "token"))
        request = urllib.request.Request(server + path, json.dumps(body).encode() if body is not None else None, method=method,
                                         headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def bare(self, name="repository.git", files=None):
        """A bare repository with one commit of FILES ({path: text}); none: empty."""
        bare = self.home / name
        self.git("init", "-q", "--bare", "-b", "main", str(bare))
        if files:
            work = self.home / (name + ".work")
            self.git("clone", "-q", str(bare), str(work))
            for path, text in files.items():
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                (work / path).write_text(text)
            self.git("add", "-A", cwd=work)
            self.git("commit", "-q", "-m", "Start", cwd=work)
            self.git("push", "-q", "origin", "HEAD:main", cwd=work)
        return str(bare)

    def answers(self, **values):
        path = self.home / "answers.yaml"
        path.write_text("version: 1\nanswers:\n" + "".join(f"  {k}: {json.dumps(v)}\n" for k, v in values.items()))
        return str(path)


def until(condition, what, limit=LIMIT):
    """Looks until CONDITION holds, at most LIMIT seconds, and returns what it gave. WHAT may be a function: it is asked when the time is up."""
    end = time.monotonic() + limit
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what() if callable(what) else what}")
        time.sleep(0.02)  # between two looks
    return result


def first_line(child, limit=30):
    """The first line a child prints, within LIMIT seconds."""
    line = []
    reader = threading.Thread(target=lambda: line.append(child.stdout.readline()), daemon=True)
    reader.start()
    reader.join(limit)
    if not line or not line[0]:
        raise AssertionError(f"{child.args[0]} said nothing within {limit} s (exit status {child.poll()})")
    return line[0]
