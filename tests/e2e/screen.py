"""screen: the program on a real terminal's screen, for the tests beside this file. Waiting is always for what the screen shows, with a limit."""

import itertools
import os
import shlex
import subprocess

from world import LIMIT, until


class Screen:
    """A program in a terminal of its own: tmux on a socket of its own."""

    numbers = itertools.count()  # a server that is ending must not be met again

    def __init__(self, folder, command, environment, columns=120, rows=32):
        self.socket = str(folder / f"tmux{next(self.numbers)}.socket")
        words = " ".join(f"{key}={shlex.quote(value)}" for key, value in environment.items())
        self.tmux("new-session", "-d", "-s", "screen", "-x", str(columns), "-y", str(rows),
                  "env -i %s %s; echo landfall ended with $?; exec cat" % (words, " ".join(shlex.quote(c) for c in command)))

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, "-f", os.devnull, *arguments], capture_output=True, text=True, timeout=LIMIT).stdout

    def text(self):
        return self.tmux("capture-pane", "-p", "-t", "screen")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "screen", *keys)

    def type(self, text):
        self.tmux("send-keys", "-t", "screen", "-l", text)

    def wait(self, holds, what, limit=30):
        until(lambda: holds(self.text()), lambda: f"{what}; it shows\n{self.text()}", limit)

    def expect(self, needle, limit=30):
        self.wait(lambda text: needle in text, f"no {needle!r} on the screen", limit)

    def expect_not(self, needle, limit=30):
        self.wait(lambda text: needle not in text, f"{needle!r} stays on the screen", limit)

    def close(self):
        self.tmux("kill-server")
