"""terminal: runs a full-screen program in a pseudo terminal and measures it: first frame, key to painted frame, memory, what it costs while idle."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import termios
import time


class Terminal:
    def __init__(self, command, rows=40, columns=120, environment=None):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})})
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def burst(self, limit, quiet=0.03):
        """Reads until QUIET seconds of silence after the first byte, or LIMIT; returns (bytes, time of the last one)."""
        end, last, text = time.monotonic() + limit, None, b""
        while time.monotonic() < end:
            wait = min(end - time.monotonic(), quiet if last else limit)
            if not select.select([self.fd], [], [], max(wait, 0))[0]:
                if last:
                    break
                continue
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                break
            if not got:
                break
            last = time.monotonic()
            text += got
        return text, last

    def first_frame(self):
        """Milliseconds from the start of the process to the end of the first screenful."""
        text = b""
        while len(text) < 200:
            more, last = self.burst(10)
            if not more:
                raise AssertionError(f"no frame: {text!r}")
            text += more
        return (last - self.started) * 1000

    def wait_for(self, needle, limit=20):
        end, text = time.monotonic() + limit, b""
        while needle not in text:
            if time.monotonic() > end:
                raise AssertionError(f"{needle!r} did not appear: {text[-2000:]!r}")
            text += self.burst(0.5)[0]

    def key(self, key, needle, limit=2.0):
        """Milliseconds from writing KEY until NEEDLE was painted."""
        sent, text = time.monotonic(), b""
        os.write(self.fd, key)
        while needle not in text:
            if time.monotonic() - sent > limit:
                raise AssertionError(f"{needle!r} was not painted within {limit} s")
            if select.select([self.fd], [], [], 0.05)[0]:
                text += os.read(self.fd, 65536)
        return (time.monotonic() - sent) * 1000

    def status(self, field):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith(field):
                return int(line.split()[1])
        return 0

    def wakeups(self):
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            for line in open(f"/proc/{self.pid}/task/{task}/status"):
                if line.startswith("voluntary_ctxt"):
                    total += int(line.split()[1])
        return total

    def idle(self, seconds):
        """(bytes written, voluntary wake-ups) over SECONDS of nothing happening."""
        before = self.wakeups()
        text, _ = self.burst(seconds, quiet=seconds)
        return len(text), self.wakeups() - before

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def first_frames(command, runs=21, **options):
    times = []
    for _ in range(runs):
        terminal = Terminal(command, **options)
        times.append(terminal.first_frame())
        terminal.close()
    return statistics.median(times)
