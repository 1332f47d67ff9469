#!/usr/bin/env python3
"""A proxy in front of an HTTP server, the Kubernetes API server above all, that fails on demand.

    tests/servers/faultproxy.py --upstream https://127.0.0.1:PORT --upstream-ca CA --tls-cert CERT --tls-key KEY

Prints its port as the first line. Without faults it passes everything through as it comes, event by event. Faults are
told to it at /_faults on the same port:

    POST   {"on": "GET .*watch=", "fault": "cut", "after": 200}
    GET    the faults with how often each has struck, and the requests seen so far
    DELETE all faults; what stalls is let go

"on" is a regular expression searched in "METHOD /path?query" (default: every request), "skip" lets that many requests
pass first, "times" is how many are struck (default 1, 0: all). The faults:

    delay    waits "ms", then passes the request on
    stall    sends what comes up to byte "after" (default 0, with headers), then nothing more while the client stays
    cut      sends the answer up to byte "after" and closes the connection, in the middle of an event or a JSON text
    reset    closes the connection without an answer, by RST
    status   answers "code" with "headers" and a Status object of "reason" and "message", without asking the server
    gone     200 and, as a watch, the ERROR event with code 410 that an API server sends when history is compacted
    garbage  200 and bytes that are no JSON
"""

import argparse
import http.client
import http.server
import json
import re
import socket
import ssl
import struct
import threading
from urllib.parse import urlsplit

import serving
from serving import BLOCK, REQUEST_LIMIT_S

CONTROL = "/_faults"
REMEMBERED = 2000  # requests; a proxy that runs for long must not grow
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}
FAULTS = {"delay", "stall", "cut", "reset", "status", "gone", "garbage"}
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired",
           429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout"}


class Faults:
    """The rules in force. Threads of all connections ask here which of them strikes."""

    def __init__(self):
        self.lock = threading.Lock()
        self.clear()

    def clear(self):
        with self.lock:
            for rule in getattr(self, "rules", ()):
                rule["cleared"].set()
            self.rules, self.requests = [], []

    def add(self, rule):
        if rule.get("fault") not in FAULTS:
            raise ValueError("fault must be one of " + ", ".join(sorted(FAULTS)))
        re.compile(rule.setdefault("on", ""))
        with self.lock:
            self.rules.append({"skip": 0, "times": 1, "seen": 0, "struck": 0, **rule, "cleared": threading.Event()})

    def strike(self, request):
        """The rule that this request falls under, or None. The first that still has strikes left counts."""
        with self.lock:
            self.requests = self.requests[-REMEMBERED + 1:] + [request]
            for rule in self.rules:
                if re.search(rule["on"], request) and (not rule["times"] or rule["struck"] < rule["times"]):
                    rule["seen"] += 1
                    if rule["seen"] > rule["skip"]:
                        rule["struck"] += 1
                        return rule
        return None

    def report(self):
        with self.lock:
            return {"faults": [{key: value for key, value in rule.items() if key != "cleared"} for rule in self.rules],
                    "requests": self.requests}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_LIMIT_S
    disable_nagle_algorithm = True

    def handle_any(self):
        if self.path == CONTROL:
            return self.control()
        rule = self.server.faults.strike("%s %s" % (self.command, self.path)) or {"fault": None}
        content = b"".join(serving.body(self))
        if rule["fault"] == "delay":
            rule["cleared"].wait(rule.get("ms", 1000) / 1000)
        elif rule["fault"] == "reset":
            return self.reset()
        elif rule["fault"] == "status":
            code = rule.get("code", 500)
            return self.answer(code, json.dumps(status_object(code, rule)), rule.get("headers", {}))
        elif rule["fault"] == "gone":
            expired = status_object(410, {"message": "too old resource version: 1 (2)"})
            return self.answer(200, json.dumps({"type": "ERROR", "object": expired}) + "\n")
        elif rule["fault"] == "garbage":
            return self.answer(200, '{"kind": "\x00\xff garbage [[[ "')
        self.forward(content, rule)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def forward(self, content, rule):
        upstream = self.server.connect()
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, content or None, headers)
            response = upstream.getresponse()
            self.relay(response, rule)
        except (OSError, http.client.HTTPException) as error:
            if self.wrote:
                self.close_connection = True
            else:
                self.answer(502, "the server behind the proxy: %r\n" % error)
        finally:
            upstream.close()

    wrote = False

    def relay(self, response, rule):
        limit = rule.get("after", 0) if rule["fault"] in ("stall", "cut") else None
        self.wrote = True
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        bodiless = self.command == "HEAD" or response.status in (204, 304)
        if not bodiless:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while limit != 0 and not bodiless and (block := response.read1(min(limit, BLOCK) if limit else BLOCK)):
            self.chunk(block)
            if limit is not None:
                limit -= len(block)
        if limit is not None:
            self.close_connection = True
            if rule["fault"] == "stall":
                rule["cleared"].wait(REQUEST_LIMIT_S)
            return  # without the last chunk: the answer is visibly not whole
        if not bodiless:
            self.wfile.write(b"0\r\n\r\n")

    def chunk(self, block):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.flush()

    def reset(self):
        # Lingering for no time makes the kernel send RST instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def answer(self, code, text, headers=()):
        content = text.encode("latin-1", errors="replace")
        self.send_response(code)
        for name, value in dict(headers).items():
            self.send_header(name, str(value))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def control(self):
        faults = self.server.faults
        try:
            if self.command == "POST":
                faults.add(json.loads(b"".join(serving.body(self))))
            elif self.command == "DELETE":
                faults.clear()
            self.answer(200, json.dumps(faults.report()))
        except (ValueError, re.error) as error:
            self.answer(400, "%s\n" % error)

    def log_message(self, *_):
        pass


def status_object(code, rule):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
            "reason": rule.get("reason", REASONS.get(code, "")), "message": rule.get("message", "made by the fault proxy")}


class Proxy(serving.HttpServer):
    def __init__(self, options):
        self.faults = Faults()
        self.upstream = urlsplit(options.upstream)
        self.trust = ssl.create_default_context(cafile=options.upstream_ca)
        super().__init__(options, Handler)

    def connect(self):
        host, port = self.upstream.hostname, self.upstream.port
        # No time limit: a watch may be silent for as long as it likes.
        if self.upstream.scheme == "https":
            return http.client.HTTPSConnection(host, port, context=self.trust)
        return http.client.HTTPConnection(host, port)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_options(parser)
    serving.add_tls_options(parser)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--upstream-ca")
    options = parser.parse_args()
    server = Proxy(options)
    serving.until_told(server.shutdown, options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
