"""The controllers beyond Kubernetes' own, and with which flags they are started: Flux and Argo CD with the cluster, those that act on the extras when the first test
needs them."""

import shutil
import sys
from pathlib import Path

import programs
from kube import Kube
from processes import LOOPBACK, START_LIMIT_S, Failed, wait_for

SERVERS = Path(__file__).resolve().parent.parent / "servers"

CONTROLLER_PORTS = (
    "source", "source-metrics", "source-health", "kustomize-metrics", "kustomize-health", "redis", "repo-server", "repo-server-metrics",
    "application-controller-metrics", "applicationset-metrics", "applicationset-health", "applicationset-webhook", "argocd", "argocd-metrics",
    "notification-events", "notification-hooks", "notification-metrics", "notification-health", "prometheus", "flagger", "rollouts-metrics", "rollouts-health")
ARGOCD_ACCOUNT = {"username": "landfall", "password": "landfall-test"}  # as in objects/argocd.yaml


class Controllers:
    """A part of control_plane.Cluster."""

    def need(self, name):
        """Starts a controller that only some tests need. Whoever comes first does it; it ends with the cluster."""
        with programs.lock(self.folder / "need.lock"):
            if not self.processes.pid(name):
                {"flagger": self.start_flagger, "argo-rollouts": self.start_rollouts}[name]()

    def start_prometheus(self):
        """What the controllers below ask for metrics; the answers are the tests'."""
        if not self.processes.pid("prometheus"):
            self.processes.start("prometheus", [sys.executable, SERVERS / "prometheus.py", "--port", self.port("prometheus")], self.base_environment())
            self.await_http("prometheus", "/-/ready", "the metrics")

    def start_flagger(self):
        self.start_prometheus()
        self.run("flagger", "flagger", "-kubeconfig", self.folder / "system.kubeconfig", "-mesh-provider", "kubernetes", "-log-level", "info",
                 "-control-loop-interval", "1s", "-port", self.port("flagger"), "-metrics-server", "http://%s:%d" % (LOOPBACK, self.port("prometheus")))
        self.await_http("flagger", "/healthz", "Flagger")

    def start_rollouts(self):
        self.start_prometheus()
        self.run("argo-rollouts", "argo-rollouts", "--kubeconfig", self.folder / "system.kubeconfig", "--namespace", "argo-rollouts", "--leader-elect=false",
                 "--metricsPort", self.port("rollouts-metrics"), "--healthzPort", self.port("rollouts-health"))
        self.await_http("rollouts-health", "/healthz", "Argo Rollouts")

    def start_flux(self):
        self.say("Flux")
        address = lambda port: "%s:%d" % (LOOPBACK, self.port(port))
        common = ("--enable-leader-election=false", "--watch-all-namespaces", "--log-level=info",
                  # So that a test of "not ready yet" is over before its limit.
                  "--requeue-dependency=2s")
        environment = {"KUBECONFIG": str(self.folder / "system.kubeconfig"), "RUNTIME_NAMESPACE": "flux-system"}
        # First: the others hold up their work to tell it what happened.
        self.run("notification-controller", "notification-controller", "--enable-leader-election=false", "--watch-all-namespaces", "--log-level=info",
                 "--events-addr", address("notification-events"), "--receiverAddr", address("notification-hooks"), "--metrics-addr", address("notification-metrics"),
                 "--health-addr", address("notification-health"), **environment)
        common = (*common, "--events-addr", "http://%s/" % address("notification-events"))
        self.run("source-controller", "source-controller", *common, "--storage-path", self.folder / "artifacts",
                 "--storage-addr", address("source"), "--storage-adv-addr", address("source"),
                 "--metrics-addr", address("source-metrics"), "--health-addr", address("source-health"), **environment)
        self.run("kustomize-controller", "kustomize-controller", *common,
                 "--metrics-addr", address("kustomize-metrics"), "--health-addr", address("kustomize-health"),
                 **environment)
        for port in ("notification-health", "source-health", "kustomize-health"):
            self.await_http(port, "/readyz", "Flux")

    def start_argocd(self):
        self.say("Argo CD")
        redis = shutil.which("redis-server")
        if not redis:
            raise Failed("no redis-server here: Argo CD needs it (Debian: redis-server)")
        self.processes.start("redis", [redis, "--bind", LOOPBACK, "--port", self.port("redis"), "--save", "",
                                       "--appendonly", "no", "--dir", self.folder], self.base_environment())
        tools = [str(programs.BY_NAME[name].folder()) for name in ("kustomize", "helm")]
        environment = {
            # https://kubernetes.default.svc, the destination everybody writes, is the cluster of the kubeconfig.
            "ARGOCD_FAKE_IN_CLUSTER": "true", "KUBECONFIG": str(self.folder / "system.kubeconfig"),
            "ARGOCD_GPG_ENABLED": "false", "TMPDIR": str(self.folder / "argocd-tmp"),
            "PATH": ":".join([*tools, self.base_environment()["PATH"]]),
        }
        system = ("--kubeconfig", self.folder / "system.kubeconfig", "--namespace", "argocd")
        redis = ("--redis", "%s:%d" % (LOOPBACK, self.port("redis")))
        repo_server = ("--repo-server", "%s:%d" % (LOOPBACK, self.port("repo-server")), "--repo-server-plaintext")
        self.run("argocd-repo-server", "argocd", *redis, "--address", LOOPBACK, "--port", self.port("repo-server"),
                 "--metrics-address", LOOPBACK, "--metrics-port", self.port("repo-server-metrics"), "--disable-tls",
                 # A branch is looked up again at once, as a test that has just pushed expects.
                 "--revision-cache-expiration", "1s", **environment)
        self.run("argocd-application-controller", "argocd", *system, *redis, *repo_server,
                 "--metrics-port", self.port("application-controller-metrics"), "--application-namespaces", "*",
                 "--status-processors", "4", "--operation-processors", "4", **environment)
        # Chosen by the variable, not by a name of its own: another name would have the program built anew.
        self.run("argocd-applicationset-controller", "argocd", *system, "--argocd-repo-server", repo_server[1],
                 "--repo-server-plaintext", "--metrics-addr", "%s:%d" % (LOOPBACK, self.port("applicationset-metrics")),
                 "--probe-addr", "%s:%d" % (LOOPBACK, self.port("applicationset-health")),
                 "--webhook-addr", "%s:%d" % (LOOPBACK, self.port("applicationset-webhook")),
                 "--enable-leader-election=false", **environment,
                 ARGOCD_BINARY_NAME="argocd-applicationset-controller")
        self.run("argocd-server", "argocd", *system, *redis, *repo_server, "--address", LOOPBACK,
                 "--port", self.port("argocd"), "--metrics-address", LOOPBACK, "--metrics-port",
                 self.port("argocd-metrics"), "--application-namespaces", "*", "--staticassets", self.folder / "none",
                 **environment)
        self.await_http("repo-server-metrics", "/healthz", "Argo CD's repo-server")
        self.await_http("application-controller-metrics", "/healthz", "Argo CD's application-controller")
        self.await_http("applicationset-metrics", "/metrics", "Argo CD's applicationset-controller")
        (self.folder / "argocd-token").write_text(wait_for(self.argocd_token, START_LIMIT_S, "Argo CD's server",
                                                           self.processes.check))

    def argocd_token(self):
        """An API token of the account landfall, as a pipeline would use it."""
        server = "https://%s:%d" % (LOOPBACK, self.port("argocd"))
        session = Kube(server, None, str(self.authority)).request("POST", "/api/v1/session", ARGOCD_ACCOUNT)["token"]
        signed_in = Kube(server, session, str(self.authority))
        return signed_in.request("POST", "/api/v1/account/landfall/token", {"name": "landfall"})["token"]

    def await_http(self, port, path, what):
        kube = Kube("http://%s:%d" % (LOOPBACK, self.port(port)), None)
        wait_for(lambda: kube.send("GET", path)[0] == 200, START_LIMIT_S, what, self.processes.check)
