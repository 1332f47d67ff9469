#!/usr/bin/env python3
"""A forwarding HTTP proxy: what http.proxy of a user's Git configuration names.

    tests/servers/proxy.py --log FILE                        everything is passed on: CONNECT, and whole addresses
    ... --user U --password-file F                           basic authentication of its own, else 407

Prints the port it listens on as its first line, on 127.0.0.1 only. One line per request in the log: method and address.
"""

import argparse
import base64
import socket
import socketserver
import threading
from pathlib import Path
from urllib.parse import urlsplit

import serving
from serving import BLOCK, LOOPBACK, REQUEST_LIMIT_S


class Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, options):
        self.options = options
        self.credentials = None
        if options.user:
            word = "%s:%s" % (options.user, Path(options.password_file).read_text().rstrip("\n"))
            self.credentials = "Basic " + base64.b64encode(word.encode()).decode()
        super().__init__((LOOPBACK, options.port), Connection)

    def log(self, line):
        if self.options.log:
            with open(self.options.log, "a") as file:
                file.write(line + "\n")

    def handle_error(self, *_):
        pass  # somebody hung up


class Connection(socketserver.StreamRequestHandler):
    timeout = REQUEST_LIMIT_S
    rbufsize = 0  # what was read ahead would be lost to the relay

    def handle(self):
        method, target, version = self.rfile.readline(BLOCK).decode().split()
        headers = []
        for line in iter(lambda: self.rfile.readline(BLOCK), b"\r\n"):
            name, _, value = line.decode("latin-1").rstrip("\r\n").partition(": ")
            headers.append((name, value))
        self.server.log("%s %s" % (method, target))
        given = [value for name, value in headers if name.lower() == "proxy-authorization"]
        if self.server.credentials and given != [self.server.credentials]:
            self.wfile.write(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            with socket.create_connection((host, int(port)), REQUEST_LIMIT_S) as peer:
                self.wfile.write(b"HTTP/1.1 200 Go on\r\n\r\n")
                self.relay(peer)
            return
        url = urlsplit(target)
        path = (url.path or "/") + ("?" + url.query if url.query else "")
        head = ["%s %s %s" % (method, path, version)]
        head += ["%s: %s" % header for header in headers if not header[0].lower().startswith(("proxy-", "connection"))]
        with socket.create_connection((url.hostname, url.port or 80), REQUEST_LIMIT_S) as peer:
            peer.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1"))
            self.relay(peer, says_close=True)

    def relay(self, peer, says_close=False):
        threading.Thread(target=self.pump, args=(self.connection, peer), daemon=True).start()
        if says_close:  # we take one request a connection, and a client that is not told would send the next one into the void
            answer = b""
            while b"\r\n" not in answer and (data := peer.recv(BLOCK)):
                answer += data
            line, end, rest = answer.partition(b"\r\n")
            self.connection.sendall(line + end + (b"Connection: close\r\n" if end else b"") + rest)
        self.pump(peer, self.connection)

    def pump(self, source, sink):
        try:
            while data := source.recv(BLOCK):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_options(parser)
    parser.add_argument("--user")
    parser.add_argument("--password-file")
    parser.add_argument("--log")
    options = parser.parse_args()
    proxy = Proxy(options)
    serving.until_told(proxy.shutdown, options.until_eof)
    serving.announce(proxy.server_address[1])
    proxy.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
