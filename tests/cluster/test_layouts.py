"""An application that is new in a repository with a layout of its own: what is written there is built by Kustomize and applied by the real Flux."""

import json

from engines import KUSTOMIZE, SOURCE, FluxCase
from harness import configmap
from test_landfall import HEALTHY, LandfallCase

FLUX = "flux-system"


class BesideTheBaseTest(LandfallCase, FluxCase):
    """Flux's own example: apps/base/<app>, apps/<environment> beside it, applied by clusters/<environment>/apps.yaml."""

    def kustomization(self, name, path):
        return {"apiVersion": KUSTOMIZE, "kind": "Kustomization", "metadata": {"name": self.name() + name, "namespace": FLUX},
                "spec": {"interval": "10m", "prune": True, "path": path, "sourceRef": {"kind": "GitRepository", "name": self.name() + "-fleet"}}}

    def bootstrap(self):
        """The repository as a bootstrap leaves it, and the root that reads clusters/production in it."""
        repository = self.repository()
        built = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
        repository.commit({
            "apps/base/shop/kustomization.yaml": json.dumps({**built, "resources": ["settings.yaml"]}),
            "apps/base/shop/settings.yaml": configmap(),
            "apps/production/kustomization.yaml": json.dumps({**built, "namespace": self.namespace, "resources": ["../base/shop"]}),
            "apps/staging/kustomization.yaml": json.dumps({**built, "resources": ["../base/shop"]}),
            "clusters/production/apps.yaml": json.dumps(self.kustomization("-apps", "./apps/production")),
            "clusters/production/flux-system/kustomization.yaml": json.dumps({**built, "resources": []}),
            "clusters/staging/flux-system/kustomization.yaml": json.dumps({**built, "resources": []})})
        self.kube.apply({"apiVersion": SOURCE, "kind": "GitRepository", "metadata": {"name": self.name() + "-fleet", "namespace": FLUX},
                         "spec": {"interval": "1m", "url": repository.url, "ref": {"branch": "main"}}})
        self.addCleanup(self.kube.delete, SOURCE, "GitRepository", FLUX, self.name() + "-fleet")
        self.kube.apply(self.kustomization("-root", "./clusters/production"))
        self.addCleanup(self.kube.delete, KUSTOMIZE, "Kustomization", FLUX, self.name() + "-root")
        self.until(lambda: self.kube.find("v1", "ConfigMap", self.namespace, "settings"), "what was there is applied")
        return repository

    def deliver(self, repository, **answers):
        name = self.name()
        answers = {"gitopsDeployment": "flux", "deploymentMethod": "kustomize", "appName": name, "image": "nginx:1.27", "containerPort": "80", "replicas": "1",
                   "targetNamespace": name + "-live", "gitRepoUrl": repository.url, "gitBranch": "main", "syncTimeout": "90s", "kubeContext": "admin", **answers}
        for target in ("-live", "-live-staging", "-live-production"):
            self.addCleanup(self.kube.delete, "v1", "Namespace", None, name + target)
        file = self.cluster.folder / (name + ".yaml")
        file.write_text("version: 1\nanswers:\n" + "".join("  %s: %s\n" % (id, json.dumps(value)) for id, value in answers.items()))
        (self.cluster.folder / ".gitconfig").write_text("[user]\n\tname = tests\n\temail = tests@example.com\n")
        code, last, output = self.landfall("apply", "-f", str(file), "--yes")
        self.assertEqual(code, HEALTHY, output)
        return last

    def assert_applied(self, repository, app, folder, target):
        own = self.kube.get(KUSTOMIZE, "Kustomization", FLUX, app)
        self.assertEqual((own["spec"]["path"], own["spec"]["sourceRef"]["name"]), ("./" + folder, self.name() + "-fleet"))
        # The bootstrap applies it, and nobody else applies what it does.
        self.until(lambda: self.kube.get(KUSTOMIZE, "Kustomization", FLUX, app)["metadata"].get("labels", {}).get("kustomize.toolkit.fluxcd.io/name") == self.name() + "-root",
                   "the root applies what is in its folder")
        live = self.kube.get("apps/v1", "Deployment", target, self.name())
        self.assertEqual(live["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"], app)
        self.assertIn("../../base/" + self.name(), repository.git("show", "main:%s/kustomization.yaml" % folder))
        self.assertTrue(self.kube.find("v1", "ConfigMap", self.namespace, "settings"))

    def test_apply(self):
        repository = self.bootstrap()
        before = repository.git("show", "main:apps/production/kustomization.yaml")
        self.deliver(repository)
        self.assert_applied(repository, self.name(), "apps/production/" + self.name(), self.name() + "-live")
        self.assertEqual(repository.git("show", "main:apps/production/kustomization.yaml"), before)
        # Once more, as it is there now: the same place, and nothing new.
        tip = repository.tip()
        self.deliver(repository)
        self.assertEqual(repository.tip(), tip)

    def test_environments(self):
        repository = self.bootstrap()
        last = self.deliver(repository, environments=["staging", "production"])
        self.assertEqual({one["environment"]: one["result"] for one in last["environments"]}, {"staging": "elsewhere", "production": "healthy"})
        self.assert_applied(repository, self.name() + "-production", "apps/production/" + self.name(), self.name() + "-live-production")
        self.assertIn("clusters/staging/%s/flux-kustomization.yaml" % self.name(), repository.git("ls-tree", "-r", "--name-only", "main").split())
