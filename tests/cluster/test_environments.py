"""Several environments in one delivery, followed by the program: with real Flux, with real Argo CD, and with the real ApplicationSet controller."""

import json

from engines import ARGO, ArgocdCase, FluxCase
from test_landfall import FAILED, HEALTHY, LandfallCase

TWO = ["dev", "production"]


class EnvironmentsCase(LandfallCase):
    def deliver(self, engine, environments=TWO, **answers):
        """One application in these environments, namespaces of the test's own. Returns what landfall returns, and the repository."""
        for environment in environments:
            self.addCleanup(self.kube.delete, "v1", "Namespace", None, "%s-live-%s" % (self.name(), environment))
            self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", "%s-%s" % (self.name(), environment))
        answers = {"gitPath": "apps/" + self.name(), "replicas": "1", "environments": environments, **answers}
        code, last, output, repository, target = self.deliver_with_landfall(engine, **answers)
        return code, last, output, repository

    def files(self, repository):
        return repository.git("ls-tree", "-r", "--name-only", "main").split()

    def results(self, last):
        return {one["environment"]: one["result"] for one in last["environments"]}

    def again(self, *sets):
        file = str(self.cluster.folder / (self.name() + ".yaml"))
        return self.landfall("apply", "-f", file, "--yes", *(word for pair in sets for word in ("--set", pair)))

    def replicas(self, environment):
        return self.kube.get("apps/v1", "Deployment", "%s-live-%s" % (self.name(), environment), self.name())["status"].get("readyReplicas")

    def assert_all_healthy(self, engine, **answers):
        code, last, output, repository = self.deliver(engine, environments=["dev", "staging", "production"],
                                                      environmentSettings={"production": {"replicas": 3, "config": {"A": "b"}}}, **answers)
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.results(last), dict.fromkeys(["dev", "staging", "production"], "healthy"))
        self.assertEqual(last["commit"], repository.tip())
        self.assertEqual((self.replicas("dev"), self.replicas("production")), (1, 3))

    def assert_one_fails(self, engine, **answers):
        code, last, output, repository = self.deliver(engine, environmentSettings={"production": {"image": "nginx:missing"}}, **answers)
        self.assertEqual(code, FAILED, output)
        self.assertEqual(self.results(last), {"dev": "healthy", "production": "failed"}, output)
        self.assertEqual((last["diagnosis"]["environment"], last["diagnosis"]["id"]), ("production", "image-not-found"))
        self.assertIn("nginx:missing", last["diagnosis"]["cause"])


class EnvironmentsFluxTest(EnvironmentsCase, FluxCase):
    def test_all_healthy(self):
        self.assert_all_healthy("flux")

    def test_one_fails(self):
        self.assert_one_fails("flux")

    def test_branches(self):
        code, last, output, repository = self.deliver("flux", environmentLayout="branches", gitBranch="dev")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.results(last), {"dev": "healthy", "production": "elsewhere"})
        self.assertEqual(last["commit"], repository.tip("dev"))
        # What was merged is delivered from the other branch.
        repository.git("update-ref", "refs/heads/main", repository.tip("dev"))
        code, last, output = self.again("gitBranch=main")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.results(last), {"dev": "elsewhere", "production": "healthy"})


class EnvironmentsArgocdTest(EnvironmentsCase, ArgocdCase):
    def test_all_healthy(self):
        self.assert_all_healthy("argocd")

    def test_one_fails(self):
        self.assert_one_fails("argocd")

    def test_project(self):
        self.addCleanup(self.kube.delete, ARGO, "AppProject", "argocd", self.name())
        code, last, output, repository = self.deliver("argocd", appProject=True,
                                                      projectRoles={"developers": {"actions": ["get", "sync"], "groups": ["team"]}})
        self.assertEqual(code, HEALTHY, output)
        app = self.kube.get(ARGO, "Application", "argocd", self.name() + "-dev")
        self.assertEqual(app["spec"]["project"], self.name())
        # It allows what is needed, and no more.
        project = self.kube.get(ARGO, "AppProject", "argocd", self.name())
        self.assertEqual([item["namespace"] for item in project["spec"]["destinations"]],
                         ["%s-live-%s" % (self.name(), environment) for environment in TWO])
        # A project that is there for the repository is used without being asked for.
        name = self.name() + "-b"
        self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", name + "-dev")
        code, last, output = self.again("appProject=no", "appName=" + name, "gitPath=apps/" + name, "environments=dev")
        self.assertEqual(code, HEALTHY, output)
        other = self.kube.get(ARGO, "Application", "argocd", name + "-dev")
        self.assertEqual(other["spec"]["project"], self.name())


class EnvironmentsSetTest(EnvironmentsCase, ArgocdCase):
    """ApplicationSets: the landing follows the Applications that the real controller makes."""

    def deliver(self, engine="argocd", **answers):
        self.addCleanup(self.kube.delete, ARGO, "ApplicationSet", "argocd", self.name())
        return super().deliver(engine, **answers)

    def generated(self, environment):
        app = self.kube.get(ARGO, "Application", "argocd", "%s-%s" % (self.name(), environment))
        self.assertEqual([owner["kind"] for owner in app["metadata"]["ownerReferences"]], ["ApplicationSet"])
        return app

    def test_list(self):
        self.assert_all_healthy("argocd", applicationSet="list")
        self.generated("staging")

    def test_list_one_fails(self):
        self.assert_one_fails("argocd", applicationSet="list")

    def test_one_is_taken_out(self):
        """Its overlay goes from Git in the commit that takes it out of the set, whose controller then deletes its Application and what that applied."""
        code, last, output, repository = self.deliver("argocd", environments=["dev", "staging"], applicationSet="list")
        self.assertEqual(code, HEALTHY, output)
        overlay = "apps/%s/overlays/staging/kustomization.yaml" % self.name()
        self.assertIn(overlay, self.files(repository))
        code, last, output = self.again("environments=dev")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual([path for path in self.files(repository) if "staging" in path], [], output)
        self.until(lambda: not self.kube.find(ARGO, "Application", "argocd", self.name() + "-staging"), "the Application of staging is gone")
        self.until(lambda: not self.kube.find("apps/v1", "Deployment", self.name() + "-live-staging", self.name()), "what it applied is gone")
        self.assertEqual(self.replicas("dev"), 1)

    def test_what_differs(self):
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, self.name() + "-special")
        code, last, output, repository = self.deliver(
            applicationSet="list", environmentSettings={"production": {"namespace": self.name() + "-special", "syncPolicy": "manual",
                                                                       "syncOptions": "PruneLast=true,ServerSideApply=true"}})
        self.assertEqual(code, HEALTHY, output)
        dev, production = self.generated("dev")["spec"], self.generated("production")["spec"]
        self.assertEqual(production["destination"]["namespace"], self.name() + "-special")
        self.assertIn("automated", dev["syncPolicy"])
        self.assertNotIn("automated", production["syncPolicy"])
        self.assertIn("ServerSideApply=true", production["syncPolicy"]["syncOptions"])
        self.assertEqual(production["source"]["path"], "apps/%s/overlays/production" % self.name())

    def test_folders_in_git(self):
        code, last, output, repository = self.deliver(applicationSet="git")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.generated("production")["spec"]["source"]["path"], "apps/%s/overlays/production" % self.name())
        # A folder that comes later becomes an Application too, at once.
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, self.name() + "-live-staging")
        code, last, output = self.again("environments=dev, staging, production")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.results(last)["staging"], "healthy")
        self.generated("staging")

    def test_edit(self):
        """A template that is in Git is changed through Git: of the set itself, of an Application that it made (in its template), and of what such an Application applies."""
        code, last, output, repository = self.deliver(applicationSet="list")
        self.assertEqual(code, HEALTHY, output)
        root, folder = self.name() + "-root", "apps/" + self.name()
        self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", root)
        self.kube.apply({"apiVersion": ARGO, "kind": "Application", "metadata": {"name": root, "namespace": "argocd"},
                         "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "argocd"},
                                  "source": {"repoURL": repository.url, "targetRevision": "main", "path": folder, "directory": {"include": "applicationset.yaml"}},
                                  "syncPolicy": {"automated": {"selfHeal": True}}}})
        self.until_application(lambda status: "ApplicationSet" in str(status.get("resources")) and status["sync"]["status"] == "Synced",
                               "applying the set", name=root)
        for what, change in (("ApplicationSet/" + self.name(), "spec.template.spec.revisionHistoryLimit=3"),
                             ("Application/%s-dev" % self.name(), "spec.syncPolicy.retry.limit=7")):
            last, output = self.assert_exits(HEALTHY, "edit", what, "-n", "argocd", "--yes", "--timeout", "120s", "--set", change)
            self.assertEqual(last["commit"], repository.tip())
            self.assertEqual(repository.git("diff", "--name-only", "main~1", "main").split(), [folder + "/applicationset.yaml"])
        for environment in TWO:  # of all that the set makes
            self.until(lambda name=environment: (lambda spec: (spec["revisionHistoryLimit"], spec["syncPolicy"]["retry"]["limit"]))(self.generated(name)["spec"]) == (3, 7),
                       environment + " is as the template says")
        # What such an Application applies is changed where it reads it.
        target = "%s-live-dev" % self.name()
        self.assert_exits(HEALTHY, "edit", "Deployment/" + self.name(), "-n", target, "--yes", "--timeout", "120s", "--set", "spec.replicas=2")
        self.assertEqual(repository.git("diff", "--name-only", "main~1", "main").split(), [folder + "/overlays/dev/kustomization.yaml"])
        self.assertEqual((self.replicas("dev"), self.replicas("production")), (2, 1))

    def test_clusters(self):
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                         "metadata": {"name": self.name(), "namespace": "argocd",
                                      "labels": {"argocd.argoproj.io/secret-type": "cluster", "test": self.name()}},
                         "stringData": {"name": "in-cluster", "server": "https://kubernetes.default.svc", "config": "{}"}})
        self.addCleanup(self.kube.delete, "v1", "Secret", "argocd", self.name())
        self.addCleanup(self.kube.delete, ARGO, "ApplicationSet", "argocd", self.name())
        code, last, output, *_ = self.deliver_with_landfall("argocd", applicationSet="cluster", clusterLabels={"test": self.name()})
        self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", "in-cluster-" + self.name())
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(last["object"], "ApplicationSet argocd/" + self.name())
        self.assertIn(("Application", "in-cluster-" + self.name()), [(row["kind"], row["name"]) for row in last["resources"]])
        last, output = self.assert_exits(HEALTHY, "watch", "ApplicationSet/" + self.name(), "-n", "argocd", "--commit", last["commit"], "--timeout", "60s")

    def test_no_cluster_is_found(self):
        self.addCleanup(self.kube.delete, ARGO, "ApplicationSet", "argocd", self.name())
        code, last, output, *_ = self.deliver_with_landfall("argocd", applicationSet="cluster", clusterLabels={"test": "nobody"}, syncTimeout="60s")
        self.assertEqual(code, FAILED, output)
        self.assertEqual(last["diagnosis"]["id"], "set-empty", output)

    def test_a_set_that_cannot(self):
        """A project that does not exist: the controller says so on the set, and makes no Application."""
        code, last, output, repository = self.deliver(applicationSet="list", argocdProject="nobody", syncTimeout="60s")
        self.assertEqual(code, FAILED, output)
        self.assertEqual(last["diagnosis"]["id"], "set-failed", output)
        self.assertIn("nobody", json.dumps(last["diagnosis"]))
