#!/usr/bin/env python3
"""Answers that are taken back: the files that were written for them go in the same commit, if they are ours beyond doubt, and nothing of anybody else does. Real Git, no cluster."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

EXTERNAL = dict(secretMethod="external", secretStore="vault", secretExtract="prod/web")
CHART = dict(deploymentMethod="helm", chartRepoUrl="https://charts.example.com", chartName="podinfo", chartVersion="6.7.1")
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - web.yaml # ours since 2019\n"
WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"
OVERLAY = "apps/web/overlays/production/"


class Leftovers(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.bare(files={"README.md": "x\n"})

    def start(self, files):
        self.repository = self.world.bare("other.git", files)

    def apply(self, *arguments, **values):
        """{path: (what happens to it, why)} of one delivery."""
        values = {"gitopsDeployment": "flux", "deploymentMethod": "kustomize", "appName": "web", "targetNamespace": "shop", "image": "nginx:1.27", **values}
        if values["deploymentMethod"] == "helm":
            del values["image"]
        answers = self.world.answers(gitRepoUrl=self.repository, **{key: value for key, value in values.items() if value is not None})
        result = self.world.run("apply", "-f", answers, "--yes", "--no-wait", "-o", "json", *arguments)
        self.assertEqual(result.code, 0, str(result))
        self.warnings = result.out + result.err
        (review,) = [one for one in result.objects() if one.get("phase") == "review"]
        return {file["path"]: (file["change"], file.get("why", "")) for file in review["files"]}

    def removed(self, changes):
        return {path for path, (change, _) in changes.items() if change == "remove"}

    def kept(self, changes):
        return {path: why for path, (change, why) in changes.items() if change == "keep" and why}

    def names(self):
        return set(self.world.git("-C", self.repository, "ls-tree", "-r", "--name-only", "main").split())

    def show(self, path):
        return self.world.git("-C", self.repository, "show", "main:" + path)

    def commit(self, files):
        work = self.world.home / ("work%d" % len(list(self.world.home.iterdir())))
        self.world.git("clone", "-q", self.repository, str(work))
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        self.world.git("add", "-A", cwd=work)
        self.world.git("commit", "-q", "-m", "By hand", cwd=work)
        self.world.git("push", "-q", "origin", "HEAD:main", cwd=work)

    def there_and_back(self, common, more, expected, stays=()):
        """MORE is delivered on top of COMMON and taken back: the branch is what it was."""
        nothing = {key: "no" if key in ("secretMethod", "progressiveDelivery") else "" for key in more if key not in ("secretStore", "secretExtract")}
        self.apply(**common, **{key: value for key, value in nothing.items() if value})
        before = {path: self.show(path) for path in self.names()}
        self.apply(**{**common, **more})
        added = {path: self.show(path) for path in self.names() - set(before)}
        self.assertEqual(set(added), expected | set(stays))
        changes = self.apply(**{**common, **nothing})
        self.assertEqual(self.removed(changes), expected, changes)
        self.assertEqual({path: self.show(path) for path in self.names()}, {**before, **{path: added[path] for path in stays}})

    def test_a_secret_is_not_wanted_any_more(self):
        self.there_and_back({}, EXTERNAL, {OVERLAY + "externalsecret.yaml"})

    def test_of_plain_manifests(self):
        self.there_and_back(dict(deploymentMethod="manifests", gitPath="deploy/web", gitopsPath="gitops/web"), EXTERNAL, {"deploy/web/externalsecret.yaml"})

    def test_of_a_chart(self):
        self.there_and_back(CHART, EXTERNAL, {"apps/web/externalsecret.yaml"}, {"apps/web/namespace.yaml"})

    def test_of_a_chart_with_argo_cd(self):
        self.there_and_back(dict(CHART, gitopsDeployment="argocd"), EXTERNAL, {"extras/web/externalsecret.yaml", "apps/web/web-extras-app.yaml"})

    def test_an_overlay_says_less(self):
        self.there_and_back({}, dict(ingressHost="web.example.com", autoscale={"min": 2, "max": 5}, resources={"limits": {"memory": "1Gi"}}),
                            {OVERLAY + name for name in ("ingress.yaml", "hpa.yaml", "production-patches.yaml")})

    def test_new_versions_replace_the_pods_again(self):
        for method, files in (("canary", {"service-canary.yaml"}), ("bluegreen", {"service-preview.yaml"}), ("flagger", {"canary.yaml"})):
            for common in ({}, dict(autoscale={"min": 2, "max": 5})):
                with self.subTest(method, **common):
                    self.repository = self.world.bare("%s-%d.git" % (method, len(common)), {"README.md": "x\n"})
                    self.there_and_back(common, dict(progressiveDelivery=method), {"apps/web/base/" + name for name in files})

    def test_one_way_of_new_versions_after_another(self):
        for first in ("canary", "bluegreen", "flagger"):
            for second in ("canary", "bluegreen", "flagger"):
                if first == second:
                    continue
                with self.subTest(first, second=second):
                    self.repository = self.world.bare("%s-%s.git" % (first, second), {"README.md": "x\n"})
                    self.apply(progressiveDelivery=second)
                    wanted = {path: self.show(path) for path in self.names()}
                    self.repository = self.world.bare("%s-%s-2.git" % (first, second), {"README.md": "x\n"})
                    self.apply(progressiveDelivery=first)
                    self.apply(progressiveDelivery=second)
                    found = {path: self.show(path) for path in self.names()}
                    self.assertEqual(set(found), set(wanted))
                    for path in found:
                        if "repository" not in path:
                            self.assertEqual(sorted(found[path].splitlines()), sorted(wanted[path].splitlines()), path)

    def test_an_environment_is_taken_out(self):
        for provider, consumer in (("flux", "{}flux-kustomization.yaml"), ("argocd", "{}web-app.yaml")):
            with self.subTest(provider):
                self.repository = self.world.bare(provider + ".git", {"README.md": "x\n"})
                common = dict(gitopsDeployment=provider, environmentSettings={"staging": {"replicas": 3, "host": "staging.example.com"}})
                self.apply(environments="dev, staging, production", **common)
                changes = self.apply(environments="dev, production", gitopsDeployment=provider)
                gone = {path for path in self.removed(changes)}
                self.assertIn("apps/web/overlays/staging/kustomization.yaml", gone, changes)
                self.assertIn("apps/web/overlays/staging/ingress.yaml", gone, changes)
                self.assertTrue([path for path in gone if path.endswith(consumer.format("staging-"))], gone)
                self.assertFalse({path for path in gone if "staging" not in path}, gone)
                self.assertFalse({path for path in self.names() if "staging" in path and not path.endswith("namespace.yaml")}, self.names())
                self.assertEqual(set(self.kept(changes).values()) - {"deleting a Namespace deletes everything in it"}, set())
                again = self.apply(environments="dev, production", gitopsDeployment=provider)
                self.assertEqual({change for change, _ in again.values()} - {"same", "keep"}, set(), again)

    def test_another_method_takes_its_place(self):
        self.apply(**EXTERNAL)
        sealed = {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "web-secrets", "namespace": "shop"},
                  "spec": {"encryptedData": {"password": "A" * 400}}}
        changes = self.apply(secretMethod="sealed", sealedSecret=sealed)
        self.assertEqual(self.removed(changes), {OVERLAY + "externalsecret.yaml"}, changes)
        self.assertIn("- sealedsecret.yaml", self.show(OVERLAY + "kustomization.yaml"))
        self.assertNotIn("externalsecret", self.show(OVERLAY + "kustomization.yaml"))

    def test_somebody_elses_kustomization(self):
        self.start({"deploy/kustomization.yaml": KUSTOMIZATION, "deploy/web.yaml": WEB})
        self.apply(image=None, gitPath="deploy", **EXTERNAL)
        self.assertIn("- externalsecret.yaml", self.show("deploy/kustomization.yaml"))
        changes = self.apply(image=None, gitPath="deploy", secretMethod="no")
        self.assertEqual(self.removed(changes), {"deploy/externalsecret.yaml"}, changes)
        self.assertEqual(self.show("deploy/kustomization.yaml"), KUSTOMIZATION)

    def test_what_a_person_changed_stays(self):
        self.apply(**EXTERNAL)
        path = OVERLAY + "externalsecret.yaml"
        for text in (self.show(path).replace("spec:", "  labels: {team: shop}\nspec:"), self.show(path) + "# ours\n", self.show(path) + "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n"):
            self.commit({path: text})
            changes = self.apply(secretMethod="no")
            self.assertEqual(self.removed(changes), set())
            self.assertIn("changed", self.kept(changes)[path])
            # It stays where it is applied, too.
            self.assertIn("- externalsecret.yaml", self.show(OVERLAY + "kustomization.yaml"))
            self.assertEqual(self.show(path), text)

    def test_what_something_else_refers_to_stays(self):
        path = OVERLAY + "externalsecret.yaml"
        for user, text in (("apps/web/overlays/kustomization.yaml", "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nresources: [production/externalsecret.yaml]\n"),
                           ("apps/web/base/deployment.yaml", None)):
            with self.subTest(user):
                self.repository = self.world.bare(user.replace("/", "-") + ".git", {"README.md": "x\n"})
                self.apply(**EXTERNAL)
                self.commit({user: text or self.show(user).replace("        resources:", "        envFrom:\n        - secretRef: {name: web-secrets}\n        resources:")})
                changes = self.apply(secretMethod="no")
                self.assertEqual(self.removed(changes), set())
                self.assertEqual(self.kept(changes).get(path), user + " refers to it", changes)
                self.assertIn("- externalsecret.yaml", self.show(OVERLAY + "kustomization.yaml"))

    def test_if_so_wished_they_stay(self):
        self.apply(**EXTERNAL)
        texts = {path: self.show(path) for path in self.names()}
        changes = self.apply(secretMethod="no", removeOldFiles="no")
        self.assertEqual(self.removed(changes), set())
        self.assertIn("These stay", self.warnings)
        self.assertEqual({path: self.show(path) for path in self.names() if path.startswith(OVERLAY)}, {path: text for path, text in texts.items() if path.startswith(OVERLAY)})

    def test_the_difference_shows_them(self):
        self.apply(**EXTERNAL)
        answers = self.world.answers(gitRepoUrl=self.repository, gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="shop", image="nginx:1.27", secretMethod="no")
        result = self.world.run("apply", "-f", answers, "--dry-run")
        self.assertIn("remove    " + OVERLAY + "externalsecret.yaml\n", result.out)
        self.assertIn("  - kind: ExternalSecret\n", result.out)
        self.assertIn("These go: " + OVERLAY + "externalsecret.yaml.", result.out + result.err)


if __name__ == "__main__":
    unittest.main()
