#!/usr/bin/env python3
"""Serves the Git repositories below a directory by git's own `git daemon`, for reading.

    tests/servers/gitdaemon.py --root DIR          all of them
    ... --exported                                 only those with a file git-daemon-export-ok
    ... --config KEY=VALUE                         git configuration, e.g. uploadpack.allowFilter=true
    ... --silent                                   takes the connection and says nothing
    ... --cut N                                    hangs up after N bytes

Each connection gets a `git daemon --inetd` of its own, so the port is ours. Prints it as its first line, on 127.0.0.1 only. Ends on SIGTERM.
"""

import argparse
import socketserver
import subprocess
import threading
from pathlib import Path

import githttp
import serving


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        options = self.server.options
        if options.silent:
            self.request.recv(serving.BLOCK)
            self.server.over.wait(serving.REQUEST_LIMIT_S)
            return
        command = ["git", "daemon", "--inetd", "--base-path=" + str(Path(options.root).resolve()), "--informative-errors",
                   *([] if options.exported else ["--export-all"])]
        pipe = subprocess.PIPE if options.cut else self.request
        daemon = subprocess.Popen(command, stdin=self.request, stdout=pipe, stderr=subprocess.DEVNULL, env=self.server.environment)
        try:
            if options.cut:
                left = options.cut
                while left and (block := daemon.stdout.read1(left)):
                    self.request.sendall(block)
                    left -= len(block)
                return
            daemon.wait(serving.REQUEST_LIMIT_S)
        except (subprocess.TimeoutExpired, OSError):
            pass
        finally:
            daemon.kill()
            daemon.wait()
            if options.cut:
                daemon.stdout.close()


class Daemon(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, options):
        self.options, self.over = options, threading.Event()
        self.environment = githttp.git_environment(options.root, options.config)
        super().__init__((serving.LOOPBACK, options.port), Connection)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_options(parser)
    parser.add_argument("--root", required=True)
    parser.add_argument("--exported", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--cut", type=int)
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    server = Daemon(options)
    serving.until_told(lambda: (server.over.set(), server.shutdown()), options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
