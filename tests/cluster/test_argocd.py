"""What the real Argo CD reports: the facts that the predicates for "delivered" and "failed" rely on."""

from engines import ARGO, SOON, ArgocdCase
from harness import configmap, deployment
from kube import ApiError, Kube


class ArgocdTest(ArgocdCase):
    def test_healthy(self):
        commit = self.deliver({"deploy.yaml": deployment(replicas=2), "settings.yaml": configmap(a="1")})
        item = self.until_application(self.is_at(commit), "synced and healthy")
        state = item["status"]["operationState"]
        self.assertEqual((state["phase"], state["syncResult"]["revision"]), ("Succeeded", commit))
        self.assertEqual({resource["kind"]: resource["status"] for resource in item["status"]["resources"]},
                         {"Deployment": "Synced", "ConfigMap": "Synced"})
        live = self.kube.get("apps/v1", "Deployment", self.namespace, "web")
        self.assertIn("%s:apps/Deployment:%s/web" % (self.name(), self.namespace),
                      live["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"])
        self.record("argocd/application-healthy", item)

    def test_progressing(self):
        slow = deployment(image="nginx:slow", annotations={"landfall.test/ready-after": "6s"})
        commit = self.deliver({"deploy.yaml": slow})
        item = self.until_application(self.is_at(commit, health="Progressing"), "progressing")
        # The operation has succeeded long before the pods run: it must not pass for delivered.
        self.assertEqual(item["status"]["operationState"]["phase"], "Succeeded")
        self.record("argocd/application-progressing", item)
        self.until_application(self.is_at(commit), "healthy")

    def test_bad_image(self):
        commit = self.deliver({"deploy.yaml": deployment(image="nginx:missing", extra=SOON)})
        item = self.until_application(self.is_at(commit, health="Degraded"), "degraded")
        self.record("argocd/application-degraded", item)

    def test_bad_path(self):
        self.deliver({"app/settings.yaml": configmap()}, source=self.at_path("nowhere"))
        item = self.until_application(self.failed_condition("ComparisonError"), "in error")
        self.assertIn("app path does not exist", self.message(item, "ComparisonError"))
        self.assertEqual(item["status"]["sync"]["status"], "Unknown")
        self.record("argocd/application-comparisonerror-path", item)

    def test_repository_missing(self):
        self.deliver({"settings.yaml": configmap()}, source={
            "repoURL": self.cluster.environment()["GIT_URL"] + "/no.git", "targetRevision": "main", "path": "."})
        item = self.until_application(self.failed_condition("ComparisonError"), "in error")
        self.assertIn("not found", self.message(item, "ComparisonError"))
        self.record("argocd/application-comparisonerror-repository", item)

    def test_build_failed(self):
        self.deliver({"kustomization.yaml": "resources: [missing.yaml]\n"})
        item = self.until_application(self.failed_condition("ComparisonError"), "in error")
        self.assertIn("missing.yaml", self.message(item, "ComparisonError"))
        self.record("argocd/application-comparisonerror-build", item)

    def at_path(self, path):
        return {"repoURL": "%s/%s.git" % (self.cluster.environment()["GIT_URL"], self.name()),
                "targetRevision": "main", "path": path}

    def test_overlay(self):
        commit = self.deliver({"base/deploy.yaml": deployment(), "base/kustomization.yaml": "resources: [deploy.yaml]\n",
                               "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n"},
                              source=self.at_path("overlays/dev"))
        self.until_application(self.is_at(commit), "healthy")
        self.kube.get("apps/v1", "Deployment", self.namespace, "dev-web")

    def test_chart_in_git(self):
        chart = {"chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 0.1.0\n",
                 "chart/values.yaml": "image: nginx:1.27\n",
                 "chart/templates/deploy.yaml": deployment(image="{{ .Values.image }}")}
        commit = self.deliver(chart, source={**self.at_path("chart"), "helm": {"valuesObject": {"image": "nginx:2"}}})
        item = self.until_application(self.is_at(commit), "healthy")
        self.assertEqual(item["status"]["sourceType"], "Helm")
        self.assertEqual(item["status"]["summary"]["images"], ["nginx:2"])
        self.record("argocd/application-healthy-chart", item)

    def test_unknown_project(self):
        self.deliver({"settings.yaml": configmap()}, project="nobody")
        item = self.until_application(self.failed_condition("InvalidSpecError"), "invalid")
        self.assertIn("nobody", self.message(item, "InvalidSpecError"))
        self.record("argocd/application-invalidspec-project", item)

    def test_forbidden_by_project(self):
        self.kube.apply({"apiVersion": ARGO, "kind": "AppProject", "metadata": {"name": "narrow", "namespace": "argocd"},
                         "spec": {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "elsewhere"}]}})
        self.addCleanup(self.kube.delete, ARGO, "AppProject", "argocd", "narrow")
        self.deliver({"settings.yaml": configmap()}, project="narrow")
        item = self.until_application(self.failed_condition("InvalidSpecError"), "invalid")
        self.assertIn("do not match any of the allowed destinations in project", self.message(item, "InvalidSpecError"))
        self.record("argocd/application-invalidspec-destination", item)

    def test_refused_manifest(self):
        commit = self.deliver({"deploy.yaml": deployment(replicas=-1)})
        item = self.until_application(self.failed_operation, "refused")
        self.assertEqual(item["status"]["operationState"]["syncResult"]["revision"], commit)
        resource = item["status"]["operationState"]["syncResult"]["resources"][0]
        self.assertEqual((resource["kind"], resource["status"]), ("Deployment", "SyncFailed"))
        self.assertIn("must be greater than or equal to 0", resource["message"])
        self.record("argocd/application-syncfailed-refused", item)

    def test_immutable_field(self):
        repository = self.repository()
        first = self.deliver({"deploy.yaml": deployment()}, repository)
        self.until_application(self.is_at(first), "healthy")
        second = repository.commit({"deploy.yaml": deployment(label="renamed")})
        self.refresh()
        item = self.until_application(self.failed_operation, "refused")
        self.assertEqual(item["status"]["sync"], {**item["status"]["sync"], "status": "OutOfSync", "revision": second})
        self.assertIn("field is immutable", item["status"]["operationState"]["syncResult"]["resources"][0]["message"])
        # Healthy all the same: what runs is the old commit.
        self.assertEqual(item["status"]["health"]["status"], "Healthy")
        self.record("argocd/application-syncfailed-immutable", item)

    def test_missing_namespace(self):
        self.deliver({"settings.yaml": configmap()},
                     destination={"server": "https://kubernetes.default.svc", "namespace": "nowhere"})
        item = self.until_application(self.failed_operation, "refused")
        self.assertIn('namespaces "nowhere" not found',
                      item["status"]["operationState"]["syncResult"]["resources"][0]["message"])
        self.record("argocd/application-syncfailed-namespace", item)

    def test_prune(self):
        repository = self.repository()
        both = {"one.yaml": configmap("one"), "two.yaml": configmap("two")}
        self.until_application(self.is_at(self.deliver(both, repository)), "synced")
        second = repository.commit({"one.yaml": both["one.yaml"]})
        self.refresh()
        item = self.until_application(self.is_at(second), "synced")
        self.assertEqual([resource["name"] for resource in item["status"]["resources"]], ["one"])
        self.assertIsNone(self.kube.find("v1", "ConfigMap", self.namespace, "two"))

    def test_drift_is_reported(self):
        commit = self.deliver({"settings.yaml": configmap(colour="blue")})
        self.until_application(self.is_at(commit), "synced")
        self.kube.merge("v1", "ConfigMap", self.namespace, "settings", {"data": {"colour": "red"}})
        item = self.until_application(self.is_at(commit, sync="OutOfSync"), "out of sync")
        self.record("argocd/application-outofsync-drift", item)

    def test_drift_is_healed(self):
        commit = self.deliver({"settings.yaml": configmap(colour="blue")}, syncPolicy={
            "automated": {"selfHeal": True}})
        self.until_application(self.is_at(commit), "synced")
        self.kube.merge("v1", "ConfigMap", self.namespace, "settings", {"data": {"colour": "red"}})
        self.until(lambda: self.kube.get("v1", "ConfigMap", self.namespace, "settings")["data"] == {"colour": "blue"},
                   "the drift is undone")

    def test_not_synced_without_automation(self):
        # A Deployment that is not there is Missing; a ConfigMap that is not there counts as Healthy.
        commit = self.deliver({"deploy.yaml": deployment()}, sync=False)
        item = self.until_application(self.is_at(commit, sync="OutOfSync", health="Missing"), "out of sync")
        self.assertNotIn("operationState", item["status"])
        self.record("argocd/application-outofsync-manual", item)

    def test_same_name_in_two_namespaces(self):
        """An Application may lie in any namespace: the name alone is nobody."""
        other = self.own_namespace(self.namespace + "-b")
        good = self.deliver({"deploy.yaml": deployment()})
        bad = self.deliver({"deploy.yaml": deployment(image="nginx:missing", extra=SOON)}, self.repository(other),
                           name=self.name(), namespace=other,
                           destination={"server": "https://kubernetes.default.svc", "namespace": other})
        self.until_application(self.is_at(good), "healthy")
        item = self.until_application(self.is_at(bad, health="Degraded"), "degraded", namespace=other)
        live = self.kube.get("apps/v1", "Deployment", other, "web")
        self.assertTrue(live["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"]
                        .startswith("%s_%s:" % (other, self.name())))
        self.record("argocd/application-othernamespace", item)

    def test_server_knows_the_token(self):
        environment = self.cluster.environment()
        server = "https://" + environment["ARGOCD_SERVER"]
        commit = self.deliver({"settings.yaml": configmap()})
        self.until_application(self.is_at(commit), "synced")
        signed_in = Kube(server, environment["ARGOCD_AUTH_TOKEN"], str(self.cluster.authority))
        names = [item["metadata"]["name"] for item in signed_in.request("GET", "/api/v1/applications")["items"]]
        self.assertIn(self.name(), names)
        with self.assertRaises(ApiError) as refused:
            Kube(server, "wrong", str(self.cluster.authority)).request("GET", "/api/v1/applications")
        self.assertEqual(refused.exception.code, 401)
