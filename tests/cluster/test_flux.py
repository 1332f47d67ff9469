"""What the real Flux reports: the facts that the predicates for "delivered" and "failed" rely on."""

from engines import KUSTOMIZE, SOURCE, FluxCase
from harness import configmap, deployment
from kube import condition


class FluxTest(FluxCase):
    def record_pod(self, name, label="web", when=lambda pod: True):
        pod = self.until(lambda: [pod for pod in self.kube.list("v1", "Pod", self.namespace, labelSelector="app=" + label) if when(pod)],
                         "a pod")[0]
        self.record("kubernetes/pod-" + name, pod)
        self.record("kubernetes/deployment-" + name, self.kube.get("apps/v1", "Deployment", self.namespace, "web"))
        self.record("kubernetes/replicaset-" + name, {"apiVersion": "apps/v1", **self.kube.list(
            "apps/v1", "ReplicaSet", self.namespace, labelSelector="app=" + label)[0]})
        events = self.until(lambda: self.kube.list("v1", "Event", self.namespace), "events")
        self.record("kubernetes/events-" + name, events)
        return pod

    def test_healthy(self):
        commit = self.deliver({"deploy.yaml": deployment(replicas=2), "settings.yaml": configmap(a="1")}, wait=True)
        item = self.kustomization("True", "ReconciliationSucceeded", when=self.at(commit))
        self.assertEqual(condition(item, "Ready")["message"], "Applied revision: main@sha1:" + commit)
        self.assertEqual(condition(item, "Healthy")["status"], "True")
        self.assertEqual(sorted(entry["id"] for entry in item["status"]["inventory"]["entries"]),
                         ["%s_settings__ConfigMap" % self.namespace, "%s_web_apps_Deployment" % self.namespace])
        ready = self.kube.get("apps/v1", "Deployment", self.namespace, "web")
        self.assertEqual(ready["status"]["readyReplicas"], 2)
        self.assertEqual(ready["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"], "app")
        source = self.source("True", "Succeeded")
        self.assertEqual(source["status"]["artifact"]["revision"], "main@sha1:" + commit)
        self.record("flux/kustomization-ready", item)
        self.record("flux/gitrepository-ready", source)
        self.record_pod("healthy")

    def test_progressing(self):
        slow = deployment(image="nginx:slow", annotations={"landfall.test/ready-after": "6s"})
        commit = self.deliver({"deploy.yaml": slow}, wait=True, timeout="30s")
        item = self.kustomization("Unknown", "Progressing",
                                  when=lambda item: condition(item, "Healthy").get("status") == "Unknown")
        self.assertEqual(condition(item, "Reconciling")["status"], "True")
        self.assertEqual(item["status"]["lastAttemptedRevision"], "main@sha1:" + commit)
        self.record("flux/kustomization-progressing", item)
        self.record_pod("starting")
        self.kustomization("True", "ReconciliationSucceeded", when=self.at(commit))

    def test_bad_image(self):
        commit = self.deliver({"deploy.yaml": deployment(image="nginx:missing")}, wait=True)
        item = self.kustomization("False", "HealthCheckFailed", when=self.failed_at(commit))
        self.assertEqual(condition(item, "Healthy")["status"], "False")
        # Which one it waited for; or, if its last look fell on the deadline, that it could not look any more.
        self.assertRegex(condition(item, "Ready")["message"], "Deployment/%s/web|would exceed context deadline" % self.namespace)
        # Applied, so the revision could pass for delivered; only Ready and Healthy tell otherwise.
        self.record("flux/kustomization-healthcheckfailed", item)
        # The controller may give up before the kubelet has said anything of the pod.
        self.record_pod("missing-image", when=lambda pod: any(
            container["state"].get("waiting", {}).get("reason") == "ImagePullBackOff" for container in pod["status"].get("containerStatuses", [])))

    def test_other_troubled_pods(self):
        """The pods that diagnosis has to tell apart."""
        cases = {"crash": "nginx:crash", "oom": "nginx:oom", "unready": "nginx:unready"}
        for name, image in cases.items():
            with self.subTest(name):
                self.namespace = self.own_namespace("pod-" + name)
                self.deliver({"deploy.yaml": deployment(image=image)}, repository=self.repository("pod-" + name))
                self.kustomization("True")
                self.until(lambda: any("containerStatuses" in pod["status"] for pod in
                                       self.kube.list("v1", "Pod", self.namespace)), "the pod is started")
                self.record_pod(name)

    def test_init_fail_and_unschedulable(self):
        init = deployment().replace("    spec:\n      containers", "    spec:\n      initContainers:\n"
                                    "      - {name: migrate, image: 'migrate:init-fail'}\n      containers")
        self.deliver({"deploy.yaml": init})
        self.kustomization("True")
        pod = self.until(lambda: [pod for pod in self.kube.list("v1", "Pod", self.namespace)
                                  if "initContainerStatuses" in pod["status"]], "the pod is started")[0]
        self.assertEqual(pod["status"]["phase"], "Pending")
        self.record_pod("init-fail")

        self.namespace = self.own_namespace("pod-unschedulable")
        huge = deployment() + "        resources: {requests: {cpu: '1000'}}\n"
        self.deliver({"deploy.yaml": huge}, repository=self.repository("pod-unschedulable"))
        self.kustomization("True")
        pod = self.until(lambda: [pod for pod in self.kube.list("v1", "Pod", self.namespace)
                                  if condition(pod, "PodScheduled").get("reason") == "Unschedulable"], "a verdict")[0]
        self.assertIn("Insufficient cpu", condition(pod, "PodScheduled")["message"])
        self.record_pod("unschedulable")

    def test_bad_path(self):
        self.deliver({"app/settings.yaml": configmap()}, path="./nowhere")
        # The same reason also stands for "no artifact yet", for a moment: only the message tells them apart.
        item = self.kustomization("False", "ArtifactFailed", when=lambda item: "kustomization path not found" in
                                  condition(item, "Ready")["message"])
        self.record("flux/kustomization-pathnotfound", item)

    def test_build_failed(self):
        self.deliver({"kustomization.yaml": "resources: [missing.yaml]\n"})
        item = self.kustomization("False", "BuildFailed")
        self.assertIn("missing.yaml", condition(item, "Ready")["message"])
        self.record("flux/kustomization-buildfailed", item)

    def test_refused_manifest(self):
        self.deliver({"deploy.yaml": deployment(extra="paused: perhaps")})
        item = self.kustomization("False", "ReconciliationFailed")
        self.assertIn("Deployment/%s/web dry-run failed" % self.namespace, condition(item, "Ready")["message"])
        self.record("flux/kustomization-dryrunrefused", item)

    def test_immutable_field(self):
        repository = self.repository()
        first = self.deliver({"deploy.yaml": deployment()}, repository)
        self.kustomization("True", when=self.at(first))
        second = repository.commit({"deploy.yaml": deployment(label="renamed")})
        self.nudge()
        item = self.kustomization("False", "ReconciliationFailed", when=self.failed_at(second))
        self.assertIn("field is immutable", condition(item, "Ready")["message"])
        # What was applied is still the first commit: the pushed one is not live.
        self.assertEqual(item["status"]["lastAppliedRevision"], "main@sha1:" + first)
        self.record("flux/kustomization-immutable", item)

    def test_missing_namespace(self):
        self.deliver({"settings.yaml": configmap()}, targetNamespace="nowhere")
        item = self.kustomization("False", "ReconciliationFailed")
        self.assertIn('namespaces "nowhere" not found', condition(item, "Ready")["message"])
        self.record("flux/kustomization-missingnamespace", item)

    def test_forbidden(self):
        self.kube.apply({"apiVersion": "v1", "kind": "ServiceAccount",
                         "metadata": {"name": "weak", "namespace": self.namespace}})
        self.deliver({"settings.yaml": configmap()}, serviceAccountName="weak")
        item = self.kustomization("False", "ReconciliationFailed")
        self.assertIn("system:serviceaccount:%s:weak" % self.namespace, condition(item, "Ready")["message"])
        self.assertIn("forbidden", condition(item, "Ready")["message"].lower())
        self.record("flux/kustomization-forbidden", item)

    def test_prune(self):
        repository = self.repository()
        both = {"one.yaml": configmap("one"), "two.yaml": configmap("two")}
        self.kustomization("True", when=self.at(self.deliver(both, repository)))
        second = repository.commit({"one.yaml": both["one.yaml"]})
        self.nudge()
        item = self.kustomization("True", when=self.at(second))
        self.assertEqual(len(item["status"]["inventory"]["entries"]), 1)
        self.assertIsNone(self.kube.find("v1", "ConfigMap", self.namespace, "two"))

    def test_drift_is_corrected(self):
        self.kustomization("True", when=self.at(self.deliver({"settings.yaml": configmap(colour="blue")})))
        self.kube.merge("v1", "ConfigMap", self.namespace, "settings", {"data": {"colour": "red"}})
        self.nudge()
        self.assertEqual(self.kube.get("v1", "ConfigMap", self.namespace, "settings")["data"], {"colour": "blue"})

    def test_same_name_in_two_namespaces(self):
        other = self.own_namespace(self.namespace + "-b")
        good = self.deliver({"deploy.yaml": deployment()}, wait=True)
        self.deliver({"deploy.yaml": deployment(image="nginx:missing")}, self.repository(other), other, wait=True)
        self.kustomization("True", "ReconciliationSucceeded", when=self.at(good))
        self.kustomization("False", "HealthCheckFailed", namespace=other)

    def test_repository_missing(self):
        self.deliver({"settings.yaml": configmap()}, source={"url": self.cluster.environment()["GIT_URL"] + "/no.git"})
        source = self.source("False", "GitOperationFailed")
        self.assertEqual(condition(source, "FetchFailed")["status"], "True")
        item = self.kustomization("False", "ArtifactFailed")
        self.record("flux/gitrepository-notfound", source)
        self.record("flux/kustomization-artifactfailed", item)

    def test_branch_missing(self):
        self.deliver({"settings.yaml": configmap()}, source={"ref": {"branch": "release"}})
        source = self.source("False", "GitOperationFailed")
        self.assertIn("release", condition(source, "Ready")["message"])
        self.record("flux/gitrepository-branchmissing", source)

    def protected_server(self):
        """A server that wants a password and whose certificate is by the cluster's own authority."""
        pki = self.cluster.folder / "pki"
        (pki / "git-password").write_text("right\n")
        return self.git_server("--user", "git", "--password-file", pki / "git-password",
                               "--tls-cert", pki / "server.crt", "--tls-key", pki / "server.key")

    def credentials(self, password):
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "git", "namespace": self.namespace},
                         "stringData": {"username": "git", "password": password,
                                        "ca.crt": self.cluster.authority.read_text()}})

    def test_password_and_own_authority(self):
        self.credentials("right")
        url = "%s/%s.git" % (self.protected_server(), self.name())
        commit = self.deliver({"settings.yaml": configmap()}, source={"url": url, "secretRef": {"name": "git"}})
        self.kustomization("True", when=self.at(commit))

    def test_wrong_password(self):
        self.credentials("wrong")
        url = "%s/%s.git" % (self.protected_server(), self.name())
        self.deliver({"settings.yaml": configmap()}, source={"url": url, "secretRef": {"name": "git"}})
        source = self.source("False", "GitOperationFailed")
        self.assertIn("authentication", condition(source, "Ready")["message"])
        self.record("flux/gitrepository-authentication", source)

    def test_unknown_authority(self):
        url = "%s/%s.git" % (self.protected_server(), self.name())
        self.deliver({"settings.yaml": configmap()}, source={"url": url})
        source = self.source("False", "GitOperationFailed")
        self.assertIn("certificate", condition(source, "Ready")["message"])
        self.record("flux/gitrepository-unknownauthority", source)

    def test_overlay(self):
        commit = self.deliver({"base/deploy.yaml": deployment(), "base/kustomization.yaml": "resources: [deploy.yaml]\n",
                               "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n"},
                              path="./overlays/dev")
        self.kustomization("True", when=self.at(commit))
        self.kube.get("apps/v1", "Deployment", self.namespace, "dev-web")

    def test_source_object_missing(self):
        self.deliver({"settings.yaml": configmap()}, sourceRef={"kind": "GitRepository", "name": "none"})
        item = self.kustomization("False", "ArtifactFailed")
        self.assertIn("not found", condition(item, "Ready")["message"])
        self.record("flux/kustomization-sourcemissing", item)

    def test_dependency_not_ready(self):
        self.deliver({"settings.yaml": configmap()}, dependsOn=[{"name": "base"}])
        item = self.kustomization("False", "DependencyNotReady")
        self.record("flux/kustomization-dependencynotready", item)

    def test_suspended_does_not_follow(self):
        repository = self.repository()
        first = self.deliver({"settings.yaml": configmap(a="1")}, repository)
        self.kustomization("True", when=self.at(first))
        self.kube.merge(KUSTOMIZE, "Kustomization", self.namespace, "app", {"spec": {"suspend": True}})
        second = repository.commit({"settings.yaml": configmap(a="2")})
        self.kube.merge(SOURCE, "GitRepository", self.namespace, "app",
                        {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}})
        self.until_condition(SOURCE, "GitRepository", "app", "Ready", "True", when=lambda item:
                             item["status"]["artifact"]["revision"] == "main@sha1:" + second)
        item = self.until(lambda: self.suspended(), "the suspension is seen")
        self.assertEqual(item["status"]["lastAppliedRevision"], "main@sha1:" + first)
        # Ready stays True, about the generation before; only spec.suspend tells that nothing will happen.
        self.assertEqual(condition(item, "Ready")["status"], "True")
        self.assertLess(condition(item, "Ready")["observedGeneration"], item["metadata"]["generation"])
        self.record("flux/kustomization-suspended", item)
