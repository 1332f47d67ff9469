"""How a test delivers with Flux or with Argo CD, and waits for what the engine says about it."""

from harness import ClusterTest
from kube import condition

SOURCE = "source.toolkit.fluxcd.io/v1"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io/v1"
ARGO = "argoproj.io/v1alpha1"
REFRESH = "argocd.argoproj.io/refresh"
# Argo CD calls a Deployment degraded when it misses its own deadline, ten minutes unless it says otherwise.
SOON = "progressDeadlineSeconds: 2"


class FluxCase(ClusterTest):
    def deliver(self, files, repository=None, namespace=None, name="app", source=None, wait=False, **spec):
        """A GitRepository and a Kustomization for these files; returns the commit. Flux takes no timeout below 30 s:
        a health check that fails takes that long."""
        repository = repository or self.repository()
        namespace = namespace or self.namespace
        commit = repository.commit(files)
        self.kube.apply(
            {"apiVersion": SOURCE, "kind": "GitRepository", "metadata": {"name": name, "namespace": namespace},
             "spec": {"interval": "10m", "url": repository.url, "ref": {"branch": "main"}, **(source or {})}},
            {"apiVersion": KUSTOMIZE, "kind": "Kustomization", "metadata": {"name": name, "namespace": namespace},
             "spec": {"interval": "10m", "retryInterval": "10m", "timeout": "5s", "path": "./", "prune": True,
                      "wait": wait, "targetNamespace": namespace,
                      "sourceRef": {"kind": "GitRepository", "name": name}, **spec}})
        return commit

    def nudge(self, name="app", token="1"):
        """As `flux reconcile --with-source` does it: the source first, then what reads it."""
        for version, kind in ((SOURCE, "GitRepository"), (KUSTOMIZE, "Kustomization")):
            self.kube.merge(version, kind, self.namespace, name,
                            {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}})
            self.until(lambda: self.kube.get(version, kind, self.namespace, name)["status"]
                       .get("lastHandledReconcileAt") == token, "%s handles the request" % kind)

    def kustomization(self, status, reason=None, name="app", **where):
        return self.until_condition(KUSTOMIZE, "Kustomization", name, "Ready", status, reason, **where)

    def source(self, status, reason=None):
        # Ready may be said a moment before the archive is stored.
        return self.until_condition(SOURCE, "GitRepository", "app", "Ready", status, reason, when=lambda item: status != "True" or "artifact" in item["status"])

    def at(self, commit):
        return lambda item: item["status"].get("lastAppliedRevision") == "main@sha1:" + commit

    def failed_at(self, commit):
        return lambda item: item["status"].get("lastAttemptedRevision") == "main@sha1:" + commit

    def suspended(self):
        item = self.kube.get(KUSTOMIZE, "Kustomization", self.namespace, "app")
        return item if item["status"]["observedGeneration"] == item["metadata"]["generation"] else None


class ArgocdCase(ClusterTest):
    def deliver(self, files, repository=None, name=None, namespace="argocd", sync=True, options=(), **spec):
        """An Application for these files, synced automatically unless told otherwise; returns the commit."""
        repository = repository or self.repository()
        commit = repository.commit(files)
        policy = {"syncOptions": list(options), "retry": {"limit": 0}}
        if sync:
            policy["automated"] = {"prune": True, "selfHeal": False}
        self.kube.apply({
            "apiVersion": ARGO, "kind": "Application",
            "metadata": {"name": name or self.name(), "namespace": namespace,
                         "finalizers": ["resources-finalizer.argocd.argoproj.io"]},
            "spec": {"project": "default",
                     "source": {"repoURL": repository.url, "targetRevision": "main", "path": "."},
                     "destination": {"server": "https://kubernetes.default.svc", "namespace": self.namespace},
                     "syncPolicy": policy, **spec}})
        self.addCleanup(self.kube.delete, ARGO, "Application", namespace, name or self.name())
        return commit

    def application(self, name=None, namespace="argocd"):
        return self.kube.get(ARGO, "Application", namespace, name or self.name())

    def until_application(self, reached, what, name=None, namespace="argocd"):
        def check():
            check.last = item = self.application(name, namespace)
            return item if item.get("status") and reached(item["status"]) else None
        check.last = None
        try:
            return self.until(check, "the Application is " + what)
        except Exception as error:
            error.add_note("status: %s" % {key: (check.last or {}).get("status", {}).get(key)
                                           for key in ("sync", "health", "conditions", "operationState")})
            raise

    def is_at(self, commit, sync="Synced", health="Healthy"):
        return lambda status: (status["sync"]["status"] == sync and status["health"]["status"] == health and
                               status["sync"]["revision"] == commit)

    def refresh(self, kind="normal"):
        """Asks for a look at Git; the controller removes the annotation when it has looked."""
        self.kube.merge(ARGO, "Application", "argocd", self.name(), {"metadata": {"annotations": {REFRESH: kind}}})
        self.until(lambda: REFRESH not in self.application()["metadata"].get("annotations", {}), "refreshed")

    def failed_condition(self, type):
        return lambda status: any(found["type"] == type for found in status.get("conditions", []))

    def message(self, item, type):
        return next(found["message"] for found in item["status"]["conditions"] if found["type"] == type)

    def failed_operation(self, status):
        return status.get("operationState", {}).get("phase") in ("Failed", "Error")
