"""Alerts and webhooks as Landfall writes them, with the real notification-controller: what happens is posted, and a push that is told makes Flux look."""

import http.server
import json
import threading
import urllib.request

from engines import KUSTOMIZE, SOURCE, FluxCase
from processes import LOOPBACK
from test_landfall import HEALTHY, LandfallCase

NOTIFICATION = "notification.toolkit.fluxcd.io/v1"
ALERTS = "notification.toolkit.fluxcd.io/v1beta3"
BODY_BYTES = 1 << 20
REQUEST_LIMIT_S = 30


class Sink(http.server.BaseHTTPRequestHandler):
    """Who is to be told."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_BYTES))
        self.server.told.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


class NotificationsFluxTest(LandfallCase, FluxCase):
    limit_s = 240

    def sink(self):
        server = http.server.ThreadingHTTPServer((LOOPBACK, 0), Sink)
        server.told = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def secret(self, name, **values):
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "flux-system"}, "stringData": values})
        self.addCleanup(self.kube.delete, "v1", "Secret", "flux-system", name)

    def told(self, sink, severity, commit):
        """What was said of the Kustomization at this commit."""
        return [event for _, event in list(sink.told) if event["involvedObject"]["kind"] == "Kustomization" and event["involvedObject"]["name"] == self.name() and
                event["severity"] == severity and commit in json.dumps(event.get("metadata", {}))]

    def test_told_and_woken(self):
        sink = self.sink()
        self.secret(self.name() + "-alerts", address="http://%s:%d/a/secret/place" % (LOOPBACK, sink.server_address[1]))
        self.secret(self.name() + "-webhook", token="of-this-test")
        for version, kind, name in ((NOTIFICATION, "Receiver", self.name()), (ALERTS, "Alert", self.name()), (ALERTS, "Provider", self.name()),
                                    (KUSTOMIZE, "Kustomization", self.name()), (SOURCE, "GitRepository", self.name() + "-repo")):
            self.addCleanup(self.kube.delete, version, kind, "flux-system", name)
        # Nobody looks by himself while this test lasts.
        code, last, output, repository, target = self.deliver_with_landfall("flux", fluxAlerts="yes", alertProvider="generic", fluxReceiver="yes", receiverType="generic",
                                                                             sourceInterval="30m", reconcileInterval="30m", retryInterval="30m")
        self.assertEqual(code, HEALTHY, output)
        self.until(lambda: self.told(sink, "info", repository.tip()), "the delivery is told")
        self.assertEqual({path for path, _ in sink.told}, {"/a/secret/place"})
        # A push that is told is looked at.
        hook = self.until_condition(NOTIFICATION, "Receiver", self.name(), "Ready", "True", namespace="flux-system")["status"]["webhookPath"]
        paths = repository.git("ls-tree", "-r", "--name-only", "main").split()
        files = {path: repository.git("show", "main:" + path) + "\n" for path in paths}
        broken = next(path for path in paths if path.endswith("/base/deployment.yaml"))
        commit = repository.commit({**files, broken: files[broken].replace("containerPort: 80", "containerPort: eighty")})
        request = urllib.request.Request("http://%s:%d%s" % (LOOPBACK, self.cluster.port("notification-hooks"), hook), data=b"{}", method="POST")
        urllib.request.urlopen(request, timeout=REQUEST_LIMIT_S).close()
        event, *_ = self.until(lambda: self.told(sink, "error", commit), "the failure is told")
        self.assertIn("containerPort", event["message"])
