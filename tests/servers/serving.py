"""What the test servers share: a free port, the first line that names it, and an end that nobody has to remember.

A server ends on SIGTERM or SIGINT, and with --until-eof also when its standard input closes: a test that holds the
other end of that pipe takes its servers along even when it crashes.
"""

import http.server
import os
import signal
import socket
import ssl
import sys
import threading

LOOPBACK = "127.0.0.1"
REQUEST_LIMIT_S = 120  # a client that says nothing must not hold a thread for ever
BLOCK = 64 * 1024


def add_options(parser):
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--until-eof", action="store_true", help="also end when standard input closes")


def add_tls_options(parser):
    parser.add_argument("--tls-cert", help="serve https with this certificate (see certs.py)")
    parser.add_argument("--tls-key")
    parser.add_argument("--client-ca", help="only clients with a certificate of this authority")


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
    once = threading.Lock()

    def told():
        if once.acquire(blocking=False):
            stop()

    # Not in the handler: Python runs it between two of its own steps, so that a signal that comes after the last of
    # them and before the main thread blocks in a system call is not seen for as long as that call lasts. The byte is
    # written when the signal comes.
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)

    def listen():
        os.read(wake, 1)
        told()
    threading.Thread(target=listen, daemon=True).start()
    if until_eof:
        def watch():
            # Not through sys.stdin: its buffer's lock would be held at exit.
            while os.read(0, 4096):
                pass
            told()
        threading.Thread(target=watch, daemon=True).start()


class HttpServer(http.server.ThreadingHTTPServer):
    """A thread per connection, on loopback, with TLS when the options have a certificate."""

    daemon_threads = True

    def __init__(self, options, handler):
        self.tls = None
        super().__init__((LOOPBACK, options.port), handler)
        if options.tls_cert:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(options.tls_cert, options.tls_key)
            if options.client_ca:
                self.tls.load_verify_locations(options.client_ca)
                self.tls.verify_mode = ssl.CERT_REQUIRED

    def finish_request(self, request, client_address):
        # In the connection's own thread: a client that never finishes its handshake must not stop the others.
        if self.tls:
            request.settimeout(REQUEST_LIMIT_S)
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except OSError:
                return  # e.g. the client does not trust our authority: its business, and often the test's point
        try:
            super().finish_request(request, client_address)
        except OSError:
            pass  # the client hung up
        finally:
            request.close()


def body(handler):
    """The request's body in blocks, whichever way its length is told."""
    if "chunked" in handler.headers.get("Transfer-Encoding", "").lower():
        while size := int(handler.rfile.readline(100).split(b";")[0], 16):
            yield handler.rfile.read(size)
            handler.rfile.readline(10)
        while handler.rfile.readline(1000).strip():
            pass  # trailers
    else:
        left = int(handler.headers.get("Content-Length") or 0)
        while left and (block := handler.rfile.read(min(left, BLOCK))):
            left -= len(block)
            yield block


def fail(message):
    print("%s: %s" % (os.path.basename(sys.argv[0]), message), file=sys.stderr)
    sys.exit(1)
