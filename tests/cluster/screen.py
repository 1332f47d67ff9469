"""A program in a terminal, as a test sees it."""

import os
import shlex
import subprocess

from processes import wait_for


class Screen:
    """A program in a terminal of its own (tmux on a socket of its own): what it shows is text."""

    def __init__(self, folder, command, environment, rows=32, columns=120):
        self.socket = str(folder / ("tmux-%d" % os.getpid()))  # several tests run at a time, one in a process
        words = " ".join("%s=%s" % (key, shlex.quote(value)) for key, value in environment.items())
        self.tmux("new-session", "-d", "-s", "screen", "-x", str(columns), "-y", str(rows),
                  "env -i %s %s; echo landfall ended with $?; exec cat" % (words, " ".join(shlex.quote(c) for c in command)))

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, "-f", os.devnull, *arguments], capture_output=True, text=True, timeout=20).stdout

    def text(self):
        return self.tmux("capture-pane", "-p", "-t", "screen")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "screen", *keys)

    def expect(self, needle, limit_s=60):
        try:
            wait_for(lambda: needle in self.text(), limit_s, "%r on the screen" % needle)
        except Exception as problem:
            raise AssertionError("%s; it shows\n%s" % (problem, self.text())) from None

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "screen", "-x", str(columns), "-y", str(rows))

    def close(self):
        self.tmux("kill-server")
