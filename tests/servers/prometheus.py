#!/usr/bin/env python3
"""Metrics on loopback, for what judges a new version by them: the query API of Prometheus with one number for each query.

A query for a duration is answered 0.1 (seconds), a share of successes 0.999, in percent where the query says so, and vector(1) with 1, unless the test has
said otherwise: POST /_answers {"match": "a part of the query", "value": 12.5}, the newest that matches. GET /_asked lists the queries.
"""

import argparse
import json
import os
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serving  # noqa: E402
import http.server  # noqa: E402

BODY_BYTES = 64 * 1024
KEPT = 10000  # queries; a run asks a few hundred


class Answers:
    def __init__(self):
        self.lock = threading.Lock()
        self.told = []
        self.asked = []

    def add(self, rule):
        with self.lock:
            self.told.insert(0, (rule["match"], float(rule["value"])))

    def value(self, query):
        with self.lock:
            self.asked = self.asked[-KEPT:] + [query]
            for match, value in self.told:
                if match in query:
                    return value
        if query == "vector(1)":
            return 1.0
        if "histogram_quantile" in query:
            return 0.1
        return 99.9 if query.rstrip().endswith("* 100") else 0.999


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers = None

    def log_message(self, *args):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def everything(self):
        url = urllib.parse.urlsplit(self.path)
        text = b"".join(serving.body(self))[:BODY_BYTES].decode()
        if url.path == "/_answers" and self.command == "POST":
            self.answers.add(json.loads(text))
            self.answer(200, {})
        elif url.path == "/_asked":
            self.answer(200, self.answers.asked)
        elif url.path == "/-/ready":
            self.answer(200, {})
        elif url.path == "/api/v1/query":
            query = (urllib.parse.parse_qs(url.query) or urllib.parse.parse_qs(text)).get("query", [""])[0]
            result = [{"metric": {}, "value": [time.time(), str(self.answers.value(query))]}]
            self.answer(200, {"status": "success", "data": {"resultType": "vector", "result": result}})
        else:
            self.answer(404, {"status": "error"})

    do_GET = do_POST = everything


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    serving.add_options(parser)
    serving.add_tls_options(parser)
    options = parser.parse_args()
    Handler.answers = Answers()
    server = serving.HttpServer(options, Handler)
    serving.until_told(server.shutdown, options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
