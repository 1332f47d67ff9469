#!/usr/bin/env python3
"""The one part of a kubelet that kwok's stages cannot play: the logs of containers that never ran.

The API server asks here (it is the node's address) for /containerLogs/NAMESPACE/POD/CONTAINER. What a container has
written is told by its image's tag, as in stages/pods.yaml, and the refusals are worded as a kubelet words them.
Started by the harness; environment: SERVER, TOKEN, AUTHORITY of the API server, CERT, KEY, PORT of its own.
"""

import http.server
import os
import ssl
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from kube import ApiError, Kube

FOLLOW_EVERY_S = 0.5
FOLLOW_LIMIT_S = 300

START = ("starting {name} ({image})", "reading configuration from /etc/{name}")
ENDINGS = {
    "crash": ("connecting to db:5432", "fatal: cannot reach the database db:5432: connection refused"),
    "init-fail": ("waiting for db:5432", "fatal: database db:5432 did not answer within 30s"),
    "job-fail": ("migrating to version 12", "fatal: migration 12 failed: column \"owner\" already exists"),
    "oom": ("loading the index into memory",),
    "unready": ("listening on :8080", "not ready: waiting for migrations to finish"),
}
HEALTHY = ("listening on :8080",)


def lines(spec):
    """What one run of the container wrote."""
    tag = spec["image"].rpartition(":")[2]
    return [line.format(**spec) for line in START + ENDINGS.get(tag, HEALTHY)]


def find(items, name):
    return next((item for item in items or () if item["name"] == name), None)


class Refused(Exception):
    """400 with a kubelet's words."""


def select(pod, container, previous):
    """Returns (container's spec, its status, the time the wanted run began)."""
    spec = find(pod["spec"]["containers"] + pod["spec"].get("initContainers", []), container)
    status = pod.get("status", {})
    status = find(status.get("containerStatuses", []) + status.get("initContainerStatuses", []), container)
    name = pod["metadata"]["name"]
    if not spec:
        raise Refused('container "%s" in pod "%s" is not available' % (container, name))
    state = (status or {}).get("state", {})
    last = (status or {}).get("lastState", {}).get("terminated")
    if previous:
        if not last:
            raise Refused('previous terminated container "%s" in pod "%s" not found' % (container, name))
        return spec, status, last["startedAt"]
    run = state.get("running") or state.get("terminated") or last  # between two runs: the one that ended
    if not run:
        reason = state.get("waiting", {}).get("reason", "ContainerCreating")
        if reason in ("ImagePullBackOff", "ErrImagePull"):
            reason = "trying and failing to pull image"
        raise Refused('container "%s" in pod "%s" is waiting to start: %s' % (container, name, reason))
    return spec, status, run["startedAt"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if len(parts) != 4 or parts[0] != "containerLogs":
            return self.plain(404, "404 page not found\n")
        try:
            pod = self.server.kube.get("v1", "Pod", parts[1], parts[2])
            self.stream(*select(pod, parts[3], query.get("previous") == "true"), query)
        except Refused as refused:
            self.plain(400, str(refused))
        except ApiError as error:
            self.plain(error.code, error.message)

    def stream(self, spec, status, began, query):
        began = datetime.fromisoformat(began)
        stamped = query.get("timestamps") == "true"
        written = [(began + timedelta(milliseconds=50 * i), line) for i, line in enumerate(lines(spec))]
        if "tailLines" in query:
            written = written[-int(query["tailLines"]):] if int(query["tailLines"]) else []
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for stamp, line in written:
            self.write(stamp, line, stamped)
        if query.get("follow") == "true" and status["state"].get("running"):
            deadline = time.monotonic() + FOLLOW_LIMIT_S
            while time.monotonic() < deadline:
                time.sleep(FOLLOW_EVERY_S)
                self.write(datetime.now(timezone.utc), "GET /healthz 200", stamped)
        self.wfile.write(b"0\r\n\r\n")

    def write(self, stamp, line, stamped):
        if stamped:
            line = stamp.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f000Z ") + line
        block = line.encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.flush()

    def plain(self, code, text):
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, form, *arguments):
        print(form % arguments, flush=True)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # whoever followed has gone


def main():
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
    server.kube = Kube(os.environ["SERVER"], os.environ["TOKEN"], os.environ["AUTHORITY"])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(os.environ["CERT"], os.environ["KEY"])
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()
