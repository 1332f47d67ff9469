"""What the landing lets a user ask of an object, against the real controllers: keys in, and what the cluster then says."""

import os

import harness
from engines import ARGO, KUSTOMIZE, ArgocdCase, FluxCase
from harness import deployment
from processes import wait_for
from screen import Screen

WAVE = "argocd.argoproj.io/sync-wave"


class ActionCase:
    def watch(self, what, namespace):
        screen = Screen(self.cluster.folder, [str(harness.BUILDDIR / "landfall"), "watch", what, "-n", namespace, "--context", "admin"],
                        {"PATH": os.environ["PATH"], "HOME": str(self.cluster.folder), "LANG": "C.UTF-8", "TERM": "xterm-256color",
                         "XDG_STATE_HOME": str(self.cluster.folder / self.name()), "KUBECONFIG": str(self.cluster.kubeconfig)})
        self.addCleanup(screen.close)
        return screen

    def mark(self, screen, text):
        """Presses Down until the marked row of the list is TEXT."""
        def marked():
            if any(line.strip().startswith("▸ " + text) for line in screen.text().splitlines()):
                return True
            screen.keys("Down")
            return False
        wait_for(marked, 30, "%s in the list" % text)

    def ask(self, screen, title):
        screen.keys("a")
        screen.expect("Enter ask for it")
        self.mark(screen, title)
        screen.keys("Enter")
        screen.expect("Ask this of the cluster?")
        screen.keys("y")
        screen.expect(title + ": done.")


class FluxAction(ActionCase, FluxCase):
    def test_suspend_resume_restart(self):
        commit = self.deliver({"deploy.yaml": deployment()}, wait=True)
        self.kustomization("True", when=self.at(commit))
        screen = self.watch("Kustomization/app", self.namespace)
        screen.expect("runs and is healthy")
        screen.keys("Down")  # the source stands first
        self.ask(screen, "Suspend")
        self.assertTrue(self.kube.get(KUSTOMIZE, "Kustomization", self.namespace, "app")["spec"]["suspend"])
        self.ask(screen, "Resume")
        item = self.kube.get(KUSTOMIZE, "Kustomization", self.namespace, "app")
        self.assertFalse(item["spec"].get("suspend"))
        token = item["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
        self.until(lambda: self.kube.get(KUSTOMIZE, "Kustomization", self.namespace, "app")["status"].get("lastHandledReconcileAt") == token,
                   "Flux has taken it up again")
        screen.keys("Down")
        before = {pod["metadata"]["uid"] for pod in self.kube.list("v1", "Pod", self.namespace)}
        self.ask(screen, "Restart")
        self.until(lambda: (pods := {pod["metadata"]["uid"] for pod in self.kube.list("v1", "Pod", self.namespace)}) and not pods & before,
                   "new pods instead of the old ones")
        screen.expect("runs and is healthy")


class ArgocdAction(ActionCase, ArgocdCase):
    def test_suspend_sync_resume(self):
        commit = self.deliver({"deploy.yaml": deployment()})
        self.until_application(self.is_at(commit), "healthy")
        screen = self.watch("Application/" + self.name(), "argocd")
        screen.expect("runs and is healthy")
        self.ask(screen, "Suspend automatic sync")
        self.assertIs(self.application()["spec"]["syncPolicy"]["automated"]["enabled"], False)
        self.ask(screen, "Sync")
        self.until_application(lambda status: status.get("operationState", {}).get("phase") == "Succeeded" and
                               status["operationState"]["operation"]["initiatedBy"].get("username") == "landfall", "synced by hand")
        self.ask(screen, "Refresh, hard")
        self.until(lambda: "argocd.argoproj.io/refresh" not in self.application()["metadata"].get("annotations", {}), "refreshed")
        self.ask(screen, "Resume automatic sync")
        self.assertEqual(self.application()["spec"]["syncPolicy"]["automated"], {"prune": True})  # what it was

    def test_terminate(self):
        """A sync that waits for a workload that never gets healthy is ended."""
        waits = deployment(image="nginx:missing").replace("metadata:\n", "metadata:\n  annotations: {%s: '0'}\n" % WAVE, 1)
        after = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: after\n  annotations: {%s: '1'}\n" % WAVE
        self.deliver({"deploy.yaml": waits, "after.yaml": after})
        self.until_application(lambda status: "waiting for healthy state" in status.get("operationState", {}).get("message", ""), "waiting")
        screen = self.watch("Application/" + self.name(), "argocd")
        screen.expect("nginx:missing does not exist")
        screen.keys("t")  # the tree instead of what is wrong
        self.ask(screen, "Terminate the sync")
        self.until_application(lambda status: status["operationState"]["phase"] == "Failed" and
                               "terminated" in status["operationState"]["message"], "terminated")
