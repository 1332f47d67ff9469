#!/usr/bin/env python3
"""Changing a live resource through Git: "landfall edit" in the demo's cluster, with both providers."""

import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

IMAGE = "spec.template.spec.containers.web.image"


class Edit(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def deliver(self, provider):
        self.repository = self.world.sandbox()
        answers = self.world.answers(gitopsDeployment=provider, deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27",
                                     gitRepoUrl=self.repository)
        self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s"), 0)

    def edit(self, *arguments, what="Deployment/web"):
        return self.world.run("edit", what, "-n", "production", "--timeout", "60s", "-o", "json", *arguments)

    def git(self, *arguments):
        return self.world.git("-C", self.repository, *arguments)

    def test_the_change_lands_where_it_counts(self):
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                self.deliver(provider)
                result = self.code(self.edit("--yes", "--set", "spec.replicas=3", "--set", IMAGE + "=nginx:1.26"), 0).last()
                self.assertEqual((result["result"], result["commit"]), ("healthy", self.git("rev-parse", "main").strip()))
                self.assertIn("3/3 ready", [row.get("note") for row in result["resources"]])
                self.assertEqual(self.git("diff", "--name-only", "main~1", "main").split(), ["apps/web/overlays/production/kustomization.yaml"])
                message = self.git("log", "-1", "--format=%B")
                self.assertIn("Change Deployment web", message)
                self.assertIn("Landfall-App: web", message)
                self.git("fsck", "--strict")
                # A delivery like any other: it can be taken back.
                self.code(self.world.run("rollback", "web", "--yes", "--set", f"gitRepoUrl={self.repository}", "--timeout", "60s"), 0)
                self.assertIn("1.27", self.git("show", "main:apps/web/overlays/production/kustomization.yaml"))

    def test_a_patch_for_this_overlay_or_the_base_for_all(self):
        self.deliver("flux")
        self.code(self.edit("--yes", "--set", "spec.minReadySeconds=1"), 0)
        self.assertEqual(sorted(self.git("diff", "--name-only", "main~1", "main").split()),
                         ["apps/web/overlays/production/deployment-web.patch.yaml", "apps/web/overlays/production/kustomization.yaml"])
        self.code(self.edit("--yes", "--base", "--set", "spec.revisionHistoryLimit=4"), 0)
        self.assertEqual(self.git("diff", "--name-only", "main~1", "main").split(), ["apps/web/base/deployment.yaml"])
        self.assertIn("It is like this in Git already", self.code(self.edit("--yes", "--set", "spec.minReadySeconds=1"), 4).out)

    def test_fields_are_taken_out(self):
        self.deliver("flux")
        before = self.git("show", "main:apps/web/base/deployment.yaml")
        # In the base and in the overlay, for this overlay alone; then for all.
        self.code(self.edit("--yes", "--base", "--set", "spec.minReadySeconds=1", "--set", "metadata.labels.tier=web"), 0)
        result = self.code(self.edit("--yes", "--delete", "spec.minReadySeconds"), 0).last()
        self.assertEqual((result["result"], result["commit"]), ("healthy", self.git("rev-parse", "main").strip()))
        self.assertIn("minReadySeconds: null", self.git("show", "main:apps/web/overlays/production/deployment-web.patch.yaml"))
        self.assertIn("- spec.minReadySeconds is taken out", self.git("log", "-1", "--format=%B"))
        self.code(self.edit("--yes", "--base", "--delete", "spec.minReadySeconds", "--delete", "metadata.labels.tier"), 0)
        self.assertEqual(self.git("show", "main:apps/web/base/deployment.yaml"), before)
        built = self.kustomize("apps/web/overlays/production")
        if built:
            self.assertNotIn("minReadySeconds", built)
        self.assertIn("has no spec.minReadySeconds", self.code(self.edit("--yes", "--base", "--delete", "spec.minReadySeconds"), 4).out)
        self.git("fsck", "--strict")

    def kustomize(self, path):
        """What kustomize itself makes of it; "" where it is not installed."""
        if not shutil.which("kubectl"):
            return ""
        work = self.world.home / "built"
        self.world.git("clone", "-q", self.repository, str(work))
        done = subprocess.run(["kubectl", "kustomize", str(work / path)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def by_hand(self, path, change):
        """Somebody else commits: PATH becomes what CHANGE makes of it."""
        work = self.world.home / ("work%d" % len(list(self.world.home.glob("work*"))))
        self.world.git("clone", "-q", self.repository, str(work))
        (work / path).write_text(change((work / path).read_text()))
        self.world.git("commit", "-qam", "By hand", cwd=work)
        self.world.git("push", "-q", cwd=work)

    def test_its_file_is_not_in_git(self):
        """The owner is known, and lists it; but its file was taken out of the branch, which the owner has not applied."""
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                self.deliver(provider)
                self.hold(provider)
                self.by_hand("apps/web/base/kustomization.yaml", lambda text: text.replace("- service.yaml\n", ""))
                before = self.git("rev-parse", "main")
                refused = self.code(self.edit("--yes", "--set", "spec.type=NodePort", what="Service/web"), 4).last()
                self.assertEqual(refused["message"], "No file below apps/web/overlays/production holds Service web.")
                self.assertIn("made by a generator or a chart", refused["hint"])
                self.assertEqual(self.git("rev-parse", "main"), before)

    def hold(self, provider):
        """From here on its consumer applies nothing."""
        path = {"flux": "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/web", "argocd": "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web"}[provider]
        consumer = self.world.kube(path)
        if provider == "flux":
            consumer["spec"]["suspend"] = True
        else:
            del consumer["spec"]["syncPolicy"]["automated"]
        self.world.kube(path, "PUT", consumer)

    def test_nothing_is_pushed(self):
        self.deliver("flux")
        before = self.git("rev-parse", "main")
        shown = self.code(self.world.run("edit", "deploy/web", "-n", "production", "--dry-run", "--set", "spec.replicas=3"), 0).out
        self.assertIn("-   count: 2", shown)
        self.assertIn("+   count: 3", shown)
        for arguments, code, words in ((("--set", "spec.replicas"), 4, "is no change"), (("--set", "spec.replicas=["), 4, "the value"),
                                       (("--base", "--set", "spec.template=x"), 4, "more than one value"), (("--base", "--set", "spec.replicas=x"), 3, "replicas"),
                                       ((), 2, "What should be changed")):
            with self.subTest(arguments):
                result = self.code(self.edit("--yes", *arguments), code)
                self.assertIn(words, result.out + result.err)
        self.assertIn("does not come from Git", self.code(self.edit("--yes", "--set", "a=b", what="Namespace/default"), 4).out)
        self.assertIn("There is no Deployment", self.code(self.edit("--yes", "--set", "a=b", what="Deployment/other"), 4).out)
        self.assertEqual(self.git("rev-parse", "main"), before)


if __name__ == "__main__":
    unittest.main()
