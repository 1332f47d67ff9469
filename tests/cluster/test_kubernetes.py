"""The ground the other tests stand on: kinds, users, pods and their logs, Jobs and volumes."""

import json

from harness import ClusterTest, deployment
from kube import ApiError, condition
from processes import Failed

KINDS = {  # everything Landfall writes or watches that is not built in
    "argoproj.io/v1alpha1": {"Application", "ApplicationSet", "AppProject", "Rollout", "AnalysisTemplate"},
    "source.toolkit.fluxcd.io/v1": {"GitRepository", "HelmRepository", "HelmChart", "OCIRepository", "Bucket"},
    "kustomize.toolkit.fluxcd.io/v1": {"Kustomization"},
    "helm.toolkit.fluxcd.io/v2": {"HelmRelease"},
    "image.toolkit.fluxcd.io/v1": {"ImageRepository", "ImagePolicy", "ImageUpdateAutomation"},
    "notification.toolkit.fluxcd.io/v1": {"Receiver"},
    "notification.toolkit.fluxcd.io/v1beta3": {"Alert", "Provider"},
    "flagger.app/v1beta1": {"Canary"},
    "bitnami.com/v1alpha1": {"SealedSecret"},
    "external-secrets.io/v1": {"ExternalSecret", "SecretStore"},
}


class KubernetesTest(ClusterTest):
    def pod(self, image, name="web", init=None, restart="Always"):
        """Creates a pod and returns it once it has been started."""
        spec = {"containers": [{"name": "web", "image": image}], "restartPolicy": restart}
        if init:
            spec["initContainers"] = [{"name": "init", "image": init}]
        self.kube.apply({"apiVersion": "v1", "kind": "Pod", "spec": spec,
                         "metadata": {"name": name, "namespace": self.namespace}})
        return self.until(lambda: next((pod for pod in [self.kube.get("v1", "Pod", self.namespace, name)]
                                        if "containerStatuses" in pod["status"]), None), "the pod is started")

    def test_kinds(self):
        for version, kinds in KINDS.items():
            served = {item["kind"] for item in self.kube.request("GET", "/apis/" + version)["resources"]}
            self.assertLessEqual(kinds, served, version)

    def test_strict_dry_run(self):
        """A wrong field of a kind without a controller here is refused all the same."""
        for version, kind in (("helm.toolkit.fluxcd.io/v2", "HelmRelease"), ("flagger.app/v1beta1", "Canary"),
                              ("argoproj.io/v1alpha1", "Rollout"), ("bitnami.com/v1alpha1", "SealedSecret")):
            with self.subTest(kind), self.assertRaisesRegex(ApiError, "nonsense"):
                self.kube.apply({"apiVersion": version, "kind": kind, "spec": {"nonsense": 1},
                                 "metadata": {"name": "x", "namespace": self.namespace}},
                                dryRun="All", fieldValidation="Strict")

    def test_users(self):
        def asked(context, *arguments):
            try:
                return self.cluster.kubectl("--kubeconfig", self.cluster.kubeconfig, "--context", context, *arguments)
            except Failed as refused:
                return str(refused)
        for context in ("deployer", "cert", "exec"):
            self.assertEqual(asked(context, "auth", "can-i", "create", "deployments", "-n", "team-a"), "yes\n", context)
            self.assertIn("forbidden", asked(context, "get", "pods", "-n", "default").lower(), context)
        self.assertEqual(asked("reader", "auth", "can-i", "list", "pods", "-A"), "yes\n")
        self.assertIn("forbidden", asked("reader", "get", "secrets", "-n", "default").lower())
        self.assertIn("Unauthorized", asked("expired", "get", "pods"))
        calls = (self.cluster.folder / "exec-plugin.calls").read_text().splitlines()
        self.assertEqual(json.loads(calls[0])["kind"], "ExecCredential")

    def test_logs(self):
        self.pod("app:1")
        self.assertIn("listening on :8080", self.kube.logs(self.namespace, "web"))
        self.assertEqual(len(self.kube.logs(self.namespace, "web", tailLines=1).splitlines()), 1)
        with self.assertRaisesRegex(ApiError, "previous terminated container"):
            self.kube.logs(self.namespace, "web", previous="true")

    def test_logs_of_a_crash(self):
        pod = self.pod("app:crash")
        status = pod["status"]["containerStatuses"][0]
        self.assertEqual(status["state"]["waiting"]["reason"], "CrashLoopBackOff")
        self.assertEqual((status["restartCount"], status["lastState"]["terminated"]["exitCode"]), (3, 1))
        self.assertIn("fatal: cannot reach the database", self.kube.logs(self.namespace, "web", previous="true"))

    def test_logs_of_what_never_ran(self):
        self.pod("app:missing")
        with self.assertRaisesRegex(ApiError, "trying and failing to pull image"):
            self.kube.logs(self.namespace, "web")

    def test_init_container_holds_the_pod_up(self):
        pod = self.pod("app:1", init="app:init-fail")
        self.assertEqual(pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"], "PodInitializing")
        self.assertEqual(condition(pod, "Initialized")["status"], "False")
        self.assertIn("did not answer", self.kube.logs(self.namespace, "web", "init", previous="true"))

    def test_jobs(self):
        for name, image, wanted in (("good", "job:1", "Complete"), ("bad", "job:job-fail", "Failed")):
            self.kube.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": self.namespace},
                             "spec": {"backoffLimit": 0, "template": {"spec": {
                                 "restartPolicy": "Never", "containers": [{"name": "job", "image": image}]}}}})
            self.until_condition("batch/v1", "Job", name, wanted, "True")

    def test_claims(self):
        for name, kind in (("bound", "test-volume"), ("waiting", "no-such-class")):
            self.kube.apply({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                             "metadata": {"name": name, "namespace": self.namespace},
                             "spec": {"storageClassName": kind, "accessModes": ["ReadWriteOnce"],
                                      "resources": {"requests": {"storage": "1Gi"}}}})
        phase = lambda name: self.kube.get("v1", "PersistentVolumeClaim", self.namespace, name)["status"]["phase"]
        self.until(lambda: phase("bound") == "Bound", "the claim is bound")
        self.assertEqual(phase("waiting"), "Pending")

    def test_rollout_in_two_steps(self):
        """A Deployment with one good and one bad version keeps serving: available, but not progressing."""
        def apply(image):
            self.cluster.kubectl("apply", "-n", self.namespace, "-f", "-",
                                 text=deployment(image=image, extra="progressDeadlineSeconds: 2"))
        apply("app:1")
        self.until_condition("apps/v1", "Deployment", "web", "Available", "True")
        apply("app:missing")
        item = self.until_condition("apps/v1", "Deployment", "web", "Progressing", "False", "ProgressDeadlineExceeded")
        self.assertEqual(condition(item, "Available")["status"], "True")
        self.record("kubernetes/deployment-stuck-update", item)
