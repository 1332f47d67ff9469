#!/usr/bin/env python3
"""What Landfall itself registers in the cluster (a Kustomization, a HelmRelease, an Application): a later delivery that changes it, and one that is taken back, reach the
cluster too. In the demo's cluster."""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World, first_line  # noqa: E402

SERVERS = pathlib.Path(__file__).parent.parent / "servers"

FLUX = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/"
ARGO = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/"
DEPLOYMENT = "/apis/apps/v1/namespaces/production/deployments/"


class Registered(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.sandbox()

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))
        return result

    def apply(self, **values):
        answers = self.world.answers(**{"targetNamespace": "production", "gitRepoUrl": self.repository, **values})
        return self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s", "-o", "json"), 0).last()

    def rollback(self, name):
        last = self.code(self.world.run("rollback", name, "--yes", "--set", "gitRepoUrl=" + self.repository, "--timeout", "60s", "-o", "json"), 0).last()
        self.assertEqual((last["result"], last["commit"]), ("healthy", self.world.git("-C", self.repository, "rev-parse", "main").strip()))
        self.world.git("-C", self.repository, "fsck", "--strict")
        return last

    def spec(self, path):
        return self.world.kube(path)["spec"]

    def test_a_changed_interval_or_policy_reaches_the_cluster(self):
        flux = ("flux", "reconcileInterval", ("5m", "7m"), FLUX, lambda spec: spec["interval"].removesuffix("0s"))
        argocd = ("argocd", "selfHeal", ("yes", "no"), ARGO, lambda spec: "yes" if spec["syncPolicy"]["automated"]["selfHeal"] else "no")
        for method, (provider, question, values, path, read) in (("kustomize", flux), ("kustomize", argocd), ("manifests", flux)):
            with self.subTest(method=method, provider=provider):
                name = provider + "-" + method
                for value in values:
                    self.apply(deploymentMethod=method, gitopsDeployment=provider, appName=name, **{question: value})
                    self.assertEqual(read(self.spec(path + name)), value)
                # And back.
                self.rollback(name)
                self.assertEqual(read(self.spec(path + name)), values[0])

    def test_one_that_follows_a_tag(self):
        """A push does not move it: it is registered, and nobody waits. Back on the branch it is followed."""
        self.world.git("-C", self.repository, "tag", "v1.0.0", "main")
        answers = dict(deploymentMethod="kustomize", gitopsDeployment="argocd", appName="pinned")
        last = self.apply(targetRevision="v1.0.0", **answers)
        self.assertEqual((last["phase"], last["state"]), ("landing", "skipped"))
        self.assertIn("follows v1.0.0", json.dumps(last))
        self.assertEqual(self.spec(ARGO + "pinned")["source"]["targetRevision"], "v1.0.0")
        # What the file says is the default of the next time.
        last = self.apply(selfHeal="no", **answers)
        self.assertEqual((last["state"], self.spec(ARGO + "pinned")["source"]["targetRevision"]), ("skipped", "v1.0.0"))
        last = self.apply(targetRevision="HEAD", **answers)
        self.assertEqual((last["result"], self.spec(ARGO + "pinned")["source"]["targetRevision"]), ("healthy", "HEAD"))

    def test_one_that_applies_its_own_file(self):
        """A bootstrapped root: from the moment it does, it is its own parent, and what is changed comes from Git alone. By hand would be a conflict with its controller."""
        flux = ("flux", "flux-system", FLUX, "flux-kustomization.yaml", {"reconcileInterval": "7m"}, lambda spec: spec["interval"] in ("7m", "7m0s"))
        argocd = ("argocd", "argocd", ARGO, "own-argocd-app.yaml", {"selfHeal": "no"}, lambda spec: spec["syncPolicy"]["automated"]["selfHeal"] is False)
        for provider, namespace, path, file, change, changed in (flux, argocd):
            with self.subTest(provider):
                name = "own-" + provider
                answers = dict(deploymentMethod="kustomize", gitopsDeployment=provider, appName=name, targetNamespace=namespace)
                self.apply(**answers, image="nginx:1.27")
                self.list_by_hand("apps/%s/overlays/production/kustomization.yaml" % name, file)
                self.assertEqual(self.registered(**answers, image="nginx:1.28"), ["done"])  # it is not applied yet
                self.assertIn(name, str(self.world.kube(path + name)["metadata"].get("labels" if provider == "flux" else "annotations")))
                self.assertEqual(self.registered(**answers, **change), [])
                self.assertTrue(changed(self.spec(path + name)))
                self.rollback(name)
                self.assertFalse(changed(self.spec(path + name)))

    def registered(self, **values):
        answers = self.world.answers(gitRepoUrl=self.repository, **values)
        result = self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s", "-o", "json"), 0)
        return [line["state"] for line in result.objects() if line.get("phase") == "register"]

    def list_by_hand(self, kustomization, file):
        work = self.world.home / (file + ".work")
        self.world.git("clone", "-q", self.repository, str(work))
        text = (work / kustomization).read_text()
        self.assertIn("resources:\n", text)
        (work / kustomization).write_text(text.replace("resources:\n", "resources:\n- " + file + "\n"))
        self.world.git("commit", "-qam", "It applies itself", cwd=work)
        self.world.git("push", "-q", cwd=work)

    def test_a_chart_in_git_and_its_values(self):
        for provider, name, deployment in (("flux", "shop", "production-shop"), ("argocd", "api", "api")):
            with self.subTest(provider):
                for replicas in (1, 3):
                    self.apply(deploymentMethod="helm-git", gitopsDeployment=provider, appName=name, gitPath="charts/" + name, values={"replicaCount": replicas})
                    self.assertEqual(self.spec(DEPLOYMENT + deployment)["replicas"], replicas)
                self.rollback(name)
                self.assertEqual(self.spec(DEPLOYMENT + deployment)["replicas"], 1)

    def test_a_chart_of_a_repository_and_its_values(self):
        for provider, name in (("flux", "shop"), ("argocd", "api")):
            with self.subTest(provider):
                for replicas in (1, 3):
                    self.apply(deploymentMethod="helm", gitopsDeployment=provider, appName=name, chartRepoUrl=self.world.ready["charts"], chartName="podinfo", releaseName=name,
                               values={"replicaCount": replicas})
                    self.assertEqual(self.replicas(name), replicas)
                self.rollback(name)
                self.assertEqual(self.replicas(name), 1)

    def replicas(self, release):
        return [item["spec"]["replicas"] for item in self.world.kube("/apis/apps/v1/namespaces/production/deployments")["items"] if release in item["metadata"]["name"]][0]

    def test_environments(self):
        for provider, path in (("flux", FLUX), ("argocd", ARGO)):
            with self.subTest(provider):
                for image in ("nginx:1.27", "nginx:1.28"):
                    self.apply(deploymentMethod="kustomize", gitopsDeployment=provider, appName=provider, environments="dev, staging", image=image)
                last = self.rollback(provider)
                self.assertEqual([(e["environment"], e["result"]) for e in last["environments"]], [("dev", "healthy"), ("staging", "healthy")])
                for name in ("dev", "staging"):
                    status = self.world.kube(path + provider + "-" + name)["status"]
                    self.assertIn(last["commit"], str(status))

    def test_a_cluster_that_answers_late_is_waited_for(self):
        """A rollback begins at the review: what is known of the cluster decides who registers the file."""
        for value in ("5m", "7m"):
            self.apply(deploymentMethod="kustomize", gitopsDeployment="flux", appName="web", reconcileInterval=value)
        self.slow_cluster()
        self.rollback("web")
        self.assertEqual(self.spec(FLUX + "web")["interval"].removesuffix("0s"), "5m")

    def test_it_need_not_be_waited_for(self):
        answers = self.world.answers(targetNamespace="production", gitRepoUrl=self.repository, deploymentMethod="kustomize", gitopsDeployment="flux", appName="web", image="nginx:missing")
        result = self.code(self.world.run("apply", "-f", answers, "--yes", "--no-wait"), 0)
        self.assertEqual(self.spec(FLUX + "web")["path"], "./apps/web/overlays/production")
        head = self.world.git("-C", self.repository, "rev-parse", "main").strip()
        self.assertIn("landfall watch Kustomization/web -n flux-system --commit " + head, result.out)
        self.assertNotIn("healthy", result.out)

    def slow_cluster(self):
        """From here on the cluster's first answer takes two seconds."""
        kubeconfig = pathlib.Path(self.world.environment["KUBECONFIG"])
        server = re.search(r"server: (\S+)", kubeconfig.read_text())[1]
        proxy = self.world.start(sys.executable, str(SERVERS / "faultproxy.py"), "--until-eof", "--upstream", server)
        through = "http://127.0.0.1:" + first_line(proxy).strip()
        kubeconfig.write_text(kubeconfig.read_text().replace(server, through))
        self.world.kube("/_faults", "POST", {"fault": "delay", "ms": 2000, "times": 1})


if __name__ == "__main__":
    unittest.main()
