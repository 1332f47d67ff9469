#!/usr/bin/env python3
"""A chart repository and an OCI registry on loopback, for the tests.

Files of --root are served as they are (index.yaml, archives). Below /v2/ it is a registry by the distribution
specification 1.1: pushing and pulling by tag and digest, tags in pages with a Link header, and with --token the bearer
token dance at /token. With --user and --password-file both want a login. GET /_asked lists the requests so far.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import re
import secrets
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serving  # noqa: E402
import http.server  # noqa: E402

NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.blobs = {}      # digest: bytes
        self.manifests = {}  # (name, reference): (type, bytes)
        self.tags = {}       # name: {tag}
        self.tokens = {}     # token: scope
        self.asked = []


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None
    store = None

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        if body and "gzip" in self.headers.get("Accept-Encoding", "") and self.options.gzip:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, **headers):
        self.answer(status, json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode(), **headers)

    def has_password(self):
        if not self.options.user:
            return True
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        try:
            return kind == "Basic" and base64.b64decode(value).decode() == "%s:%s" % (self.options.user, self.options.password)
        except ValueError:
            return False

    def may(self, scope):
        """Whether the request may go on; else it has been answered."""
        if self.options.token:
            kind, _, value = self.headers.get("Authorization", "").partition(" ")
            if kind == "Bearer" and self.store.tokens.get(value) == scope:
                return True
            self.error(401, "UNAUTHORIZED", WWW_Authenticate='Bearer realm="http://%s/token",service="tests, all",scope="%s"' % (
                self.headers.get("Host"), scope))
            return False
        if self.has_password():
            return True
        self.error(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="charts"')
        return False

    def token(self, query):
        scope = query.get("scope", [""])[0]
        if query.get("service") != ["tests, all"] or not self.has_password():
            self.error(401, "UNAUTHORIZED")
            return
        token = secrets.token_hex(16)
        self.store.tokens[token] = scope
        self.answer(200, json.dumps({"access_token": token, "expires_in": 60}).encode())

    def tags(self, name, query):
        if name not in self.store.tags:
            self.error(404, "NAME_UNKNOWN")
            return
        every = sorted(self.store.tags[name])
        last = query.get("last", [""])[0]
        left = [t for t in every if t > last]
        page = min(int(query.get("n", ["100"])[0]), self.options.page)
        more = {}
        if len(left) > page:
            more["Link"] = '</v2/%s/tags/list?last=%s&n=%d>; rel="next"' % (name, left[page - 1], page)
        self.answer(200, json.dumps({"name": name, "tags": left[:page]}).encode(), **more)

    def registry(self, path, query):
        if path == "/v2/":
            if self.may("registry"):
                self.answer(200, b"{}")
            return
        match = re.fullmatch(r"/v2/(%s)/(tags/list|manifests/[^/]+|blobs/uploads/[^/]*|blobs/[^/]+)" % NAME, path)
        if not match:
            self.error(404, "NAME_INVALID")
            return
        name, what = match.groups()
        writes = self.command in ("POST", "PUT", "PATCH")
        if not self.may("repository:%s:%s" % (name, "pull,push" if writes else "pull")):
            for _ in serving.body(self):
                pass
            return
        data = b"".join(serving.body(self)) if writes else b""
        kind, _, reference = what.partition("/")
        with self.store.lock:
            if kind == "tags":
                self.tags(name, query)
            elif what.startswith("blobs/uploads/"):
                self.upload(name, query, data)
            elif kind == "blobs":
                blob = self.store.blobs.get(reference)
                if blob is None:
                    self.error(404, "BLOB_UNKNOWN")
                else:
                    self.answer(200, blob, "application/octet-stream", Docker_Content_Digest=reference)
            elif self.command == "PUT":
                self.store.manifests[name, reference] = self.store.manifests[name, digest(data)] = (
                    self.headers.get("Content-Type"), data)
                if not reference.startswith("sha256:"):
                    self.store.tags.setdefault(name, set()).add(reference)
                self.answer(201, Location="/v2/%s/manifests/%s" % (name, digest(data)), Docker_Content_Digest=digest(data))
            elif (name, reference) in self.store.manifests:
                kind, data = self.store.manifests[name, reference]
                self.answer(200, data, kind, Docker_Content_Digest=digest(data))
            else:
                self.error(404, "MANIFEST_UNKNOWN")

    def upload(self, name, query, data):
        if self.command == "POST":
            self.answer(202, Location="/v2/%s/blobs/uploads/%s" % (name, secrets.token_hex(8)))
        elif self.command == "PUT" and query.get("digest") == [digest(data)]:
            self.store.blobs[digest(data)] = data
            self.answer(201, Location="/v2/%s/blobs/%s" % (name, digest(data)), Docker_Content_Digest=digest(data))
        else:
            self.error(400, "DIGEST_INVALID")

    def file(self, path):
        full = os.path.realpath(os.path.join(self.options.root, path.lstrip("/")))
        if not full.startswith(os.path.realpath(self.options.root) + os.sep) or not os.path.isfile(full):
            self.answer(404, b"not here", "text/plain")
            return
        with open(full, "rb") as stream:
            data = stream.read()
        self.answer(200, data, "text/html" if full.endswith(".html") else "application/octet-stream")

    def everything(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/_asked":
            self.answer(200, "\n".join(self.store.asked).encode(), "text/plain")
            return
        self.store.asked.append("%s %s" % (self.command, self.path))
        if url.path == "/token":
            self.token(query)
        elif url.path.startswith("/v2/"):
            self.registry(url.path, query)
        elif not self.has_password():
            self.answer(401, b"who?", "text/plain", WWW_Authenticate='Basic realm="charts"')
        else:
            self.file(url.path)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = everything


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    serving.add_options(parser)
    serving.add_tls_options(parser)
    parser.add_argument("--root", default=".", help="the repository's files")
    parser.add_argument("--user")
    parser.add_argument("--password-file")
    parser.add_argument("--token", action="store_true", help="registry: bearer tokens from /token")
    parser.add_argument("--page", type=int, default=1000, help="registry: tags in one answer at most")
    parser.add_argument("--gzip", action="store_true", help="compress where the client allows it")
    options = parser.parse_args()
    options.password = ""
    if options.password_file:
        with open(options.password_file, encoding="utf-8") as stream:
            options.password = stream.read().strip()
    Handler.options, Handler.store = options, Store()
    server = serving.HttpServer(options, Handler)
    serving.until_told(server.shutdown, options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
