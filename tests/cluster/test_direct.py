"""Provider none with a real API server: what was pushed is applied once by Landfall, or by the kustomize and helm it finds, and followed to its end. There is no controller, so
nothing is watched but the workloads themselves."""

import json
import shutil
import tempfile
from pathlib import Path

from harness import ClusterTest
from programs import BY_NAME
from test_charts import Charts
from test_landfall import FAILED, HEALTHY, LandfallCase

METHODS = {
    "kustomize": {},
    "manifests": {"deploymentMethod": "manifests", "gitPath": "apps/web"},
    "helm-git": {"deploymentMethod": "helm-git", "gitPath": "apps/web"},
}


class DirectTest(Charts, LandfallCase, ClusterTest):
    def setUp(self):
        super().setUp()
        tools = tempfile.TemporaryDirectory(prefix="landfall-tools-")
        self.addCleanup(tools.cleanup)
        for name in ("kustomize", "helm"):
            (Path(tools.name) / name).symlink_to(BY_NAME[name].path())
        for name in ("git", "sh"):
            (Path(tools.name) / name).symlink_to(shutil.which(name))
        self.tools = tools.name

    def landfall(self, *arguments, **options):
        """Only the programs of this test are there, whatever the machine has."""
        options.setdefault("path", self.tools)
        return super().landfall(*arguments, **options)

    def running(self, target):
        app, = self.kube.list("apps/v1", "Deployment", target)
        return app["status"].get("readyReplicas"), app["spec"]["template"]["spec"]["containers"][0]["image"]

    def assert_applied(self, **answers):
        code, last, output, repository, target = self.deliver_with_landfall("none", **answers)
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual((last["result"], last["commit"]), ("healthy", repository.tip()), output)
        self.assertEqual(self.running(target), (2, "nginx:1.27"))
        files = repository.git("ls-tree", "-r", "--name-only", "main")
        self.assertNotRegex(files, "flux|argo")
        return target

    def test_an_overlay(self):
        self.assert_applied(**METHODS["kustomize"])

    def test_plain_manifests(self):
        target = self.assert_applied(**METHODS["manifests"])
        # Once more, with another answer: applied over what is there, by the same manager of fields.
        code, last, output = self.landfall("apply", "-f", str(self.cluster.folder / (self.name() + ".yaml")), "--yes", "--set", "replicas=3")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.running(target)[0], 3)

    def test_a_chart_in_git(self):
        self.assert_applied(**METHODS["helm-git"])

    def test_a_chart_of_a_repository(self):
        self.assert_applied(deploymentMethod="helm", chartRepoUrl=self.chart_repository(), chartName="web", chartVersion="0.1.x", gitPath="apps/web",
                            values={"replicaCount": 2, "image": {"tag": "1.27"}})

    def test_a_bad_image_is_named(self):
        for method, answers in METHODS.items():
            with self.subTest(method):
                code, last, output, *_ = self.deliver_with_landfall("none", image="nginx:missing", targetNamespace=self.own_namespace(self.name() + "-" + method), **answers)
                self.assertEqual(code, FAILED, output)
                self.assertIn("nginx:missing", json.dumps(last), output)

    def test_without_the_program_the_command_is_said(self):
        for name in ("kustomize", "helm"):
            (Path(self.tools) / name).unlink()
        for method, said in (("kustomize", "kubectl apply --server-side"), ("helm-git", "helm upgrade --install")):
            with self.subTest(method):
                code, last, output, repository, target = self.deliver_with_landfall("none", **METHODS[method])
                self.assertIn(said, output)
                self.assertIn(repository.tip()[:7], output, "what was pushed stays")
                self.assertEqual(self.kube.list("apps/v1", "Deployment", target), [])
                self.assertEqual(code, FAILED, output)

    def test_without_a_cluster_the_command_is_said(self):
        """Nothing is applied: the files are in Git, and how they get into a cluster is said."""
        nowhere = self.cluster.folder / (self.name() + ".kubeconfig")
        nowhere.write_text(self.cluster.kubeconfig.read_text().replace("server: https://", "server: https://127.0.0.1:1/"))
        repository = self.repository()
        repository.commit({"README.md": "an application will live here\n"})
        for method, said in (("kustomize", "-k ./apps/web"), ("manifests", "-f ./apps/web"), ("helm-git", "helm upgrade --install web ./apps/web")):
            with self.subTest(method):
                file = self.cluster.folder / (self.name() + ".yaml")
                answers = {"gitopsDeployment": "none", "appName": "web", "image": "nginx:1.27", "containerPort": "80", "replicas": "2", "targetNamespace": self.name() + "-x",
                           "gitRepoUrl": repository.url, "deploymentMethod": method, "gitPath": "apps/web-" + method}
                file.write_text("version: 1\nanswers:\n" + "".join("  %s: %s\n" % (id, json.dumps(value)) for id, value in answers.items()))
                (self.cluster.folder / ".gitconfig").write_text("[user]\n\tname = tests\n\temail = tests@example.com\n")
                code, last, output = self.landfall("apply", "-f", str(file), "--yes", kubeconfig=nowhere)
                self.assertEqual(code, HEALTHY, output)
                self.assertIn(said, output)
        self.assertIsNone(self.kube.find("v1", "Namespace", None, self.name() + "-x"))
