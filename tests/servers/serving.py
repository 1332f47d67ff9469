"""What the test servers share: a free port, the first line that names it, and an end that nobody has to remember.

A server ends on SIGTERM or SIGINT, and with --until-eof also when its standard input closes: a test that holds the
other end of that pipe takes its servers along even when it crashes.
"""

import os
import signal
import socket
import sys
import threading

LOOPBACK = "127.0.0.1"


def add_options(parser):
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--until-eof", action="store_true", help="also end when standard input closes")


def free_port():
    """A port that was free a moment ago, for servers that cannot be told to choose one. Whoever uses it must be
    ready to find it taken."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def announce(port, **facts):
    """The port alone on the first line, then one `name=value` line per fact, so that a shell or C test can read it."""
    print(port, *("%s=%s" % fact for fact in facts.items()), sep="\n", flush=True)


def until_told(stop, until_eof):
    """Calls stop() once, from a thread of its own, when this process is told to end."""
    once = threading.Event()

    def told(*_):
        if not once.is_set():
            once.set()
            threading.Thread(target=stop, daemon=True).start()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    if until_eof:
        def watch():
            # Not through sys.stdin: its buffer's lock would be held at exit.
            while os.read(0, 4096):
                pass
            told()
        threading.Thread(target=watch, daemon=True).start()


def fail(message):
    print("%s: %s" % (os.path.basename(sys.argv[0]), message), file=sys.stderr)
    sys.exit(1)
