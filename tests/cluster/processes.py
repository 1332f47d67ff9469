"""Starts the cluster's programs, remembers them on disk, and ends exactly those.

A process is known by its id together with the time it started, so that an id that the kernel has given to another
program since is never touched. Each is the leader of its own group; what it started itself (git, helm) ends with it.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
START_LIMIT_S = 60  # for any one thing to become ready; each takes a few seconds on an idle machine
GRACE_S = 2       # between telling a process to end and killing it: nothing of what they hold is kept
END_LIMIT_S = 10  # for a killed one to be gone
POLL_S = 0.05


class Failed(Exception):
    """Something did not start, or ended; the text says which and shows its last words."""


def started_at(pid):
    """The kernel's clock tick at which the process started, or None when it is gone (or only waits to be reaped)."""
    try:
        fields = Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


class Processes:
    def __init__(self, folder):
        self.records = folder / "processes"
        self.logs = folder / "logs"
        self.children = {}  # those that this very process started: they must be reaped

    def start(self, name, command, environment=None, cwd=None):
        self.records.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.logs / (name + ".log"), "ab") as log:
            child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     env=environment, cwd=cwd, start_new_session=True)
        (self.records / name).write_text("%d %s" % (child.pid, started_at(child.pid)))
        self.children[name] = child

    def names(self):
        """In the order they were started."""
        if not self.records.is_dir():
            return []
        return [file.name for file in sorted(self.records.iterdir(), key=lambda file: file.stat().st_mtime_ns)]

    def pid(self, name):
        """The process id while it runs, else None."""
        try:
            pid, _, ticks = (self.records / name).read_text().partition(" ")
        except FileNotFoundError:
            return None
        if name in self.children:
            self.children[name].poll()
        return int(pid) if pid and started_at(int(pid)) == ticks else None

    def ended(self):
        return [name for name in self.names() if not self.pid(name)]

    def check(self):
        for name in self.ended():
            raise Failed("%s has ended. Its log ends with:\n%s" % (name, self.tail(name)))

    def tail(self, name, lines=25):
        log = self.logs / (name + ".log")
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"

    def end(self, *names):
        """Ends the named ones, or all, at once: told to, and killed when they have not ended within the grace period."""
        names = [name for name in reversed(self.names()) if not names or name in names]
        pids = {name: self.pid(name) for name in names}
        for order in (signal.SIGTERM, signal.SIGKILL):
            for name, pid in pids.items():
                if pid and self.pid(name) == pid:
                    try:
                        os.killpg(pid, order)
                    except ProcessLookupError:
                        pass
            deadline = time.monotonic() + (GRACE_S if order == signal.SIGTERM else END_LIMIT_S)
            while any(self.pid(name) for name in names) and time.monotonic() < deadline:
                time.sleep(POLL_S)
        for name in names:
            if self.pid(name):
                raise Failed("%s (process %d) does not end" % (name, self.pid(name)))
            (self.records / name).unlink(missing_ok=True)
            self.children.pop(name, None)


def wait_for(condition, limit_s, what, alive=lambda: None):
    """Returns the first true answer of condition(); alive() may raise to give up early. A limit that runs out is a
    failure, and says what the last answer or error was."""
    deadline = time.monotonic() + limit_s
    last = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except (OSError, LookupError) as error:
            last = error
        if time.monotonic() > deadline:
            raise Failed("%s: not within %d s (last: %s)" % (what, limit_s, last))
        alive()
        time.sleep(POLL_S)
