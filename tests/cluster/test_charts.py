"""Charts with the real Argo CD and the real source-controller: a repository of charts on loopback, packed by the real helm from the starter chart that Landfall writes."""

import functools
import http.server
import json
import subprocess
import tempfile
import threading
from pathlib import Path

import harness
from engines import ARGO, SOURCE, ArgocdCase
from harness import ClusterTest
from programs import BY_NAME
from test_landfall import FAILED, HEALTHY, LandfallCase

STARTER = Path(__file__).resolve().parents[1] / "golden/render/none-helm-git/files/apps/web"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Charts:
    """What both engines' tests need: a repository with web 0.1.0 and 0.2.0."""

    def chart_repository(self):
        folder = tempfile.TemporaryDirectory(prefix="landfall-charts-")
        self.addCleanup(folder.cleanup)
        helm = BY_NAME["helm"].path()
        for version in ("0.1.0", "0.2.0"):
            subprocess.run([helm, "package", STARTER, "--version", version, "-d", folder.name], check=True, capture_output=True)
        subprocess.run([helm, "repo", "index", folder.name], check=True, capture_output=True)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder.name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return "http://127.0.0.1:%d" % server.server_address[1]


class ArgocdChartTest(Charts, LandfallCase, ArgocdCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", self.name())

    def from_repository(self, **answers):
        return self.deliver_with_landfall("argocd", **{
            "deploymentMethod": "helm", "chartRepoUrl": self.chart_repository(), "chartName": "web", "chartVersion": "0.1.x",
            "values": {"replicaCount": 2}, **answers})

    def again(self, *settings):
        arguments = [part for setting in settings for part in ("--set", setting)]
        return self.landfall("apply", "-f", str(self.cluster.folder / (self.name() + ".yaml")), "--yes", *arguments)

    def test_of_a_repository(self):
        code, last, output, repository, target = self.from_repository()
        self.assertEqual(code, HEALTHY, output)
        # New values of the same version are a delivery of their own, which the version alone would not tell.
        code, last, output = self.again("values={replicaCount: 3}")
        self.assertEqual(code, HEALTHY, output)
        live, = self.kube.list("apps/v1", "Deployment", target)
        self.assertEqual(live["status"]["readyReplicas"], 3)
        self.assertEqual(self.application()["status"]["sync"]["revision"], "0.1.0")

    def test_of_a_repository_with_a_bad_image(self):
        code, last, output, *_ = self.from_repository(values={"image": {"tag": "missing"}})
        self.assertEqual(code, FAILED, output)
        self.assertIn("nginx:missing", json.dumps(last))

    def test_of_a_repository_with_bad_values(self):
        code, last, output, *_ = self.from_repository(values={"image": "nginx"})
        self.assertEqual(code, FAILED, output)
        self.assertEqual(last["diagnosis"]["id"], "chart-failed", output)

    def test_in_git(self):
        code, last, output, repository, target = self.deliver_with_landfall("argocd", deploymentMethod="helm-git", gitPath="charts/" + self.name())
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(last["commit"], repository.tip())

    def test_in_git_with_a_bad_image(self):
        code, last, output, *_ = self.deliver_with_landfall("argocd", deploymentMethod="helm-git", gitPath="charts/" + self.name(), image="nginx:missing")
        self.assertEqual(code, FAILED, output)
        self.assertIn("nginx:missing", json.dumps(last))


class FluxChartTest(Charts, ClusterTest):
    """helm-controller is not among the programs: the documents, and what source-controller makes of them."""

    def test_documents(self):
        answers = {"gitopsDeployment": "flux", "deploymentMethod": "helm", "chartRepoUrl": self.chart_repository(), "chartName": "web", "chartVersion": "0.1.x",
                   "appName": "web", "targetNamespace": self.namespace, "fluxNamespace": self.namespace, "createNamespace": "no",
                   "gitRepoUrl": "https://git.example.com/a/b.git", "helmRepositoryName": "charts", "values": {"replicaCount": 2},
                   "valuesFrom": [{"kind": "ConfigMap", "name": "web", "optional": True}]}
        with tempfile.TemporaryDirectory(prefix="landfall-render-") as folder:
            file = Path(folder, "answers.yaml")
            file.write_text("version: 1\nanswers:\n" + "".join("  %s: %s\n" % (id, json.dumps(value)) for id, value in answers.items()))
            subprocess.run([harness.BUILDDIR / "landfall", "render", "-f", file, "-o", folder], check=True, capture_output=True)
            for document in Path(folder).rglob("helm*.yaml"):
                kind = document.stem
                subprocess.run([self.kubectl(), "--kubeconfig", self.cluster.kubeconfig, "--context", "admin", "apply", "--server-side", "--validate=strict", "-f", document],
                               check=True, capture_output=True)
                self.assertIn(kind, ("helmrepository", "helmrelease"))
        release = self.kube.get("helm.toolkit.fluxcd.io/v2", "HelmRelease", self.namespace, "web")
        chart = release["spec"]["chart"]["spec"]
        # As helm-controller does it.
        self.kube.apply({"apiVersion": SOURCE, "kind": "HelmChart", "metadata": {"name": self.namespace + "-web", "namespace": self.namespace}, "spec": chart})
        self.until_condition(SOURCE, "HelmRepository", "charts", "Ready", "True")
        # Ready may be said a moment before the archive is stored.
        item = self.until_condition(SOURCE, "HelmChart", self.namespace + "-web", "Ready", "True", "ChartPullSucceeded", when=lambda item: "artifact" in item["status"])
        self.assertEqual(item["status"]["artifact"]["revision"], "0.1.0")
        self.kube.merge(SOURCE, "HelmChart", self.namespace, self.namespace + "-web", {"spec": {"version": "9.x"}})
        self.until_condition(SOURCE, "HelmChart", self.namespace + "-web", "Ready", "False", "InvalidChartReference")

    def kubectl(self):
        return BY_NAME["kubernetes"].folder() / "kubectl"
