#!/usr/bin/env python3
"""HTTPS servers for test_https, each wrong in its own way. Makes the certificates in DIR, prints `name=port` for each server, then an empty line, and ends
when its standard input closes.

    good      signed by DIR/ca.crt, for 127.0.0.1 and localhost
    named     signed by DIR/ca.crt, only for api.internal
    other     like good, by another authority (DIR/other/ca.crt)
    expired   like good, but yesterday's
    clients   like good, and asks for a client certificate by DIR/ca.crt
    old       speaks TLS 1.1 at most
    silent    accepts connections and never says a word
Every answer says what was asked: "GET /path host=… user=… secret=…"; /down redirects to plain http.
"""

import http.server
import pathlib
import socket
import ssl
import sys
import threading
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
import certs  # noqa: E402


warnings.simplefilter("ignore", DeprecationWarning)  # old TLS versions are wanted here


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/down":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/plain")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/wait":
            self.server.released.wait(20)
        if self.path == "/release":
            self.server.released.set()
        peer = self.connection.getpeercert() if self.server.asks else None
        user = "".join(value for part in (peer or {}).get("subject", ()) for name, value in part if name == "commonName")
        body = ("%s %s host=%s user=%s secret=%s" % (
            self.command, self.path, self.headers.get("Host"), user, self.headers.get("Authorization"))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    asks = False

    def __init__(self, certificate, key, client_ca=None, old=False):
        super().__init__(("127.0.0.1", 0), Handler)
        self.released = threading.Event()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        if old:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = ssl.TLSVersion.TLSv1_1
        if client_ca:
            self.asks = True
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(client_ca)

    def finish_request(self, request, address):
        request.settimeout(30)
        # Kept open after a refused handshake, until the client has read why: a reset would overtake the alert.
        with request.dup() as beneath:
            try:
                with self.context.wrap_socket(request, server_side=True) as secure:
                    self.RequestHandlerClass(secure, address, self)
            except (OSError, ssl.SSLError):
                try:
                    beneath.settimeout(5)
                    while beneath.recv(65536):
                        pass
                except OSError:
                    pass

    def handle_error(self, *_):
        pass


def main():
    folder = pathlib.Path(sys.argv[1])
    authority = certs.authority(folder)
    servers = {
        "good": Server(*certs.server(folder)),
        "named": Server(*certs.server(folder, "named", ("api.internal",))),
        "other": Server(*certs.server(folder / "other")),
        "expired": Server(*certs.server(folder, "expired", days=0)),
        "clients": Server(*certs.server(folder, "clients"), client_ca=authority),
    }
    try:
        servers["old"] = Server(*certs.server(folder, "old"), old=True)
    except (ssl.SSLError, ValueError):
        pass  # an OpenSSL without old versions: one case less
    certs.client(folder, "jane", ["team"])
    certs.client(folder / "other", "eve")
    silent = socket.create_server(("127.0.0.1", 0))
    for name, server in servers.items():
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("%s=%d" % (name, server.server_address[1]))
    print("silent=%d" % silent.getsockname()[1])
    print(flush=True)
    sys.stdin.buffer.read()


main()
