#!/usr/bin/env python3
"""Changing what a chart makes through Git: "landfall edit" goes to the values in the HelmRelease or the Application, whoever applies that one. And files that are written
differently from ours: what is not changed keeps its bytes. In the demo's cluster."""

import pathlib
import shlex
import shutil
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from screen import Screen  # noqa: E402
from world import PROGRAM, World, until  # noqa: E402

RELEASE = """# the shop, looked after by the web team
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {interval: 1h, url: '%s'}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: flux-system}
spec:
  interval: 5m
  releaseName: shop
  targetNamespace: production
  install: {createNamespace: true}
  chart:
    spec: {chart: podinfo, version: 6.9.2, sourceRef: {kind: HelmRepository, name: charts}}
  values:
    replicaCount: 1 # by day
    "quoted": 'stays'
"""
APPLICATION = """# the shop, looked after by the web team
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source:
    repoURL: '%s'
    chart: podinfo
    targetRevision: 6.9.2
    helm:
      releaseName: shop
      valuesObject:
        replicaCount: 1 # by day
        "quoted": 'stays'
  destination: {server: 'https://kubernetes.default.svc', namespace: production}
  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}
"""
ROOTS = {
    "flux": ("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
             lambda url: {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "root", "namespace": "flux-system"},
                          "spec": {"interval": "1m", "path": "./releases", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "root"}}}),
    "argocd": ("/apis/argoproj.io/v1alpha1/namespaces/argocd/applications",
               lambda url: {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "root", "namespace": "argocd"},
                            "spec": {"project": "default", "source": {"repoURL": url, "path": "releases", "targetRevision": "main"},
                                     "destination": {"server": "https://kubernetes.default.svc", "namespace": "argocd"},
                                     "syncPolicy": {"automated": {"prune": True, "selfHeal": True}}}}),
}
WHAT = {"flux": ("HelmRelease/shop", "flux-system", "spec.values"), "argocd": ("Application/shop", "argocd", "spec.source.helm.valuesObject")}
DEPLOYMENTS = "/apis/apps/v1/namespaces/production/deployments"


class Values(unittest.TestCase):
    def begin(self, provider):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.sandbox()
        self.commit({"releases/shop.yaml": (RELEASE if provider == "flux" else APPLICATION) % self.world.ready["charts"]})
        path, root = ROOTS[provider]
        if provider == "flux":
            self.world.kube("/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories", "POST",
                            {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "root", "namespace": "flux-system"},
                             "spec": {"interval": "1m", "url": "file://" + self.repository, "ref": {"branch": "main"}}})
        self.world.kube(path, "POST", root(self.repository))
        until(lambda: self.replicas() == 1, "the chart is installed")
        if provider == "flux":  # and said so: what is changed while Helm is at work waits for it
            release = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases/shop"
            until(lambda: [c for c in self.world.kube(release)["status"].get("conditions", []) if (c["type"], c["status"]) == ("Ready", "True")], "the release is ready")

    def commit(self, files):
        work = self.world.home / "work"
        if not work.exists():
            self.world.git("clone", "-q", self.repository, str(work))
        self.world.git("pull", "-q", cwd=work)
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(text.encode())
        self.world.git("add", "-A", cwd=work)
        self.world.git("commit", "-q", "-m", "By hand", cwd=work)
        self.world.git("push", "-q", cwd=work)

    def replicas(self):
        found = [item for item in self.world.kube(DEPLOYMENTS)["items"] if "shop" in item["metadata"]["name"]]
        self.deployment = found[0]["metadata"]["name"] if found else None
        return found[0]["spec"].get("replicas", 1) if found else None

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments)

    def edit(self, what, namespace, *arguments):
        return self.world.run("edit", what, "-n", namespace, "--yes", "--timeout", "60s", "-o", "json", *arguments)

    def test_values_are_set_and_taken_out_where_they_stand(self):
        for provider, (what, namespace, values) in WHAT.items():
            with self.subTest(provider):
                self.begin(provider)
                text = self.git("show", "main:releases/shop.yaml")
                before = self.git("rev-parse", "main")
                refused = self.code(self.edit("Deployment/" + self.deployment, "production", "--set", "spec.replicas=3"), 4).last()
                self.assertIn("is made by a chart", refused["message"])
                self.assertIn("landfall edit %s -n %s --set %s.KEY=VALUE" % (what, namespace, values), refused["hint"])
                self.assertEqual(self.git("rev-parse", "main"), before)
                last = self.code(self.edit(what, namespace, "--set", values + ".replicaCount=3"), 0).last()
                self.assertEqual((last["result"], last["commit"]), ("healthy", self.git("rev-parse", "main").strip()))
                self.assertEqual(self.git("show", "main:releases/shop.yaml"), text.replace("replicaCount: 1 # by day", "replicaCount: 3 # by day"))
                until(lambda: self.replicas() == 3, "three run")
                self.code(self.edit(what, namespace, "--delete", values + ".quoted"), 0)
                self.assertNotIn("quoted", self.git("show", "main:releases/shop.yaml"))
                self.git("fsck", "--strict")
                root = self.edit("Kustomization/root" if provider == "flux" else "Application/root", namespace, "--set", "spec.prune=false")
                self.assertIn("Nobody applies it from Git", self.code(root, 4).last()["hint"])

    @unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
    def test_the_editor_opens_the_file_with_the_values(self):
        for number, provider in enumerate(WHAT):
            with self.subTest(provider):
                self.begin(provider)
                script = self.world.home / "editor"
                script.write_text("#!/bin/sh\nsed -i 's/replicaCount: 1/replicaCount: 2/' \"$1\"\necho \"$1\" >%s\n" % shlex.quote(str(self.world.home / "opened")))
                script.chmod(0o755)
                environment = {**self.world.environment, "TERM": "xterm-256color", "EDITOR": str(script)}
                screen = Screen(self.world.home, [str(PROGRAM), "edit", "Deployment/" + self.deployment, "-n", "production", "--timeout", "60s"],
                                {key: value for key, value in environment.items() if value}, *((80, 24), (120, 32))[number])
                self.addCleanup(screen.close)
                screen.expect("releases/shop.yaml")
                screen.expect("replicaCount: 2")

                def delivered(text, screen=screen):
                    if "Enter deliver" in text:
                        screen.keys("Enter")
                    return "runs and is healthy" in text
                screen.wait(delivered, "it is not delivered", 60)
                self.assertTrue((self.world.home / "opened").read_text().strip().endswith("/shop.yaml"))
                self.assertEqual(self.git("diff", "--numstat", "main~1", "main").split(), ["1", "1", "releases/shop.yaml"])
                until(lambda: self.replicas() == 2, "two run")


    def test_values_in_a_text(self):
        """The older field of an Application: its text is YAML, and is changed line by line. One more value in valuesObject would make all of it count for nothing."""
        text = "      values: |\n        # by day\n        replicaCount: 1 # one   \n\n        'quoted': stays\n"
        application = APPLICATION[:APPLICATION.index("      valuesObject:")] + text + APPLICATION[APPLICATION.index("  destination:"):]
        with unittest.mock.patch.dict(globals(), APPLICATION=application):
            self.begin("argocd")
        before = self.git("show", "main:releases/shop.yaml")
        refused = self.code(self.edit("Deployment/" + self.deployment, "production", "--set", "spec.replicas=3"), 4).last()
        self.assertIn("landfall edit Application/shop -n argocd --set spec.source.helm.values.KEY=VALUE", refused["hint"])
        last = self.code(self.edit("Application/shop", "argocd", "--set", "spec.source.helm.values.replicaCount=3"), 0).last()
        self.assertEqual((last["result"], last["commit"]), ("healthy", self.git("rev-parse", "main").strip()))
        self.assertEqual(self.git("show", "main:releases/shop.yaml"), before.replace("replicaCount: 1 #", "replicaCount: 3 #"))
        until(lambda: self.replicas() == 3, "three run")
        self.code(self.edit("Application/shop", "argocd", "--delete", "spec.source.helm.values.quoted"), 0)
        self.assertNotIn("quoted", self.git("show", "main:releases/shop.yaml"))
        for path, words in (("spec.source.helm.values.replicaCount.x=1", "below a single value"), ("spec.source.helm.releaseName.x=1", "below a single value")):
            refused = self.code(self.edit("Application/shop", "argocd", "--set", path), 4).last()
            self.assertIn(words, refused["message"])
        self.git("fsck", "--strict")


KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../base]\nnamespace: %s\n"
STRANGE = """# written by hand,\twith a tab in a comment
apiVersion: apps/v1
kind: Deployment
metadata:
    name:   web        # four blanks
    labels: &labels {app: web, tier:   front}
spec:
    replicas: 2   # "two"
    selector: {matchLabels: *labels}
    template:
        metadata: {labels: *labels}
        spec:
            containers:
            - {name: web, image: 'nginx:1.27'}
"""


class Bytes(Values):
    """Files as people write them."""

    test_values_are_set_and_taken_out_where_they_stand = test_the_editor_opens_the_file_with_the_values = None

    def test_anchors_comments_and_line_ends_stay(self):
        for ends in ("\n", "\r\n"):
            with self.subTest(repr(ends)):
                self.world = World()
                self.addCleanup(self.world.close)
                self.repository = self.world.sandbox()
                text = STRANGE.replace("\n", ends)
                files = {"apps/web/base/deployment.yaml": text, "apps/web/base/kustomization.yaml": "resources:\n- deployment.yaml\n"}
                for name in ("production", "staging"):
                    files["apps/web/overlays/%s/kustomization.yaml" % name] = (KUSTOMIZATION % name).replace("\n", ends)
                self.commit(files)
                answers = self.world.answers(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production", gitRepoUrl=self.repository, scaffold="no",
                                             gitPath="apps/web/overlays/production", gitopsPath="gitops/web", createNamespace="yes")
                self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s"), 0)
                # For all that build on it: one line of the base, and nothing else.
                self.code(self.edit("Deployment/web", "production", "--base", "--set", "spec.replicas=3"), 0)
                self.assertEqual(self.blob("apps/web/base/deployment.yaml"), text.replace('replicas: 2   # "two"', 'replicas: 3   # "two"').encode())
                # For this one alone: the other overlay of the same base keeps its bytes, as does the base.
                before = self.blob("apps/web/overlays/staging/kustomization.yaml"), self.blob("apps/web/base/deployment.yaml")
                self.code(self.edit("Deployment/web", "production", "--set", "spec.minReadySeconds=1"), 0)
                self.assertEqual((self.blob("apps/web/overlays/staging/kustomization.yaml"), self.blob("apps/web/base/deployment.yaml")), before)
                changed = self.git("diff", "--name-only", "main~1", "main").split()
                self.assertEqual(changed, ["apps/web/overlays/production/deployment-web.patch.yaml", "apps/web/overlays/production/kustomization.yaml"])
                kustomization = self.blob("apps/web/overlays/production/kustomization.yaml")
                self.assertTrue(kustomization.startswith((KUSTOMIZATION % "production").replace("\n", ends).encode()), kustomization)
                self.assertEqual(kustomization.count(b"\r\n"), kustomization.count(b"\n") if ends == "\r\n" else 0)
                self.git("fsck", "--strict")

    def blob(self, path):
        import subprocess
        return subprocess.run(["git", "-C", self.repository, "show", "main:" + path], capture_output=True, check=True, env=self.world.environment).stdout


if __name__ == "__main__":
    unittest.main()
