"""New versions step by step, with the real Flagger and the real Argo Rollouts: what Landfall renders is acted on, and the landing says how far it is."""

import json

from engines import ARGO, KUSTOMIZE, REFRESH, SOURCE, ArgocdCase, FluxCase
from kube import Kube
from processes import LOOPBACK
from test_landfall import FAILED, HEALTHY, LandfallCase

FLAGGER = "flagger.app/v1beta1"
# A Canary as rendered is set up at Flagger's second or third look, one a minute; hurried, a promotion takes six, one each ten seconds.
STEPS_S = 210


class ProgressiveCase(LandfallCase):
    limit_s = 480
    run_limit_s = STEPS_S + 30
    controller = "flagger"

    def setUp(self):
        super().setUp()
        self.cluster.need(self.controller)
        for version, kind, name in ((KUSTOMIZE, "Kustomization", self.name()), (SOURCE, "GitRepository", self.name() + "-repo")):
            # One that a first look at this test has left may still be going.
            self.until(lambda: not self.kube.find(version, kind, "flux-system", name), "%s of an earlier run is gone" % kind)
            self.addCleanup(self.kube.delete, version, kind, "flux-system", name)
        for name in (self.name(), self.name() + "-extras"):
            self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", name)

    def deliver_with_landfall(self, engine, **answers):
        return super().deliver_with_landfall(engine, syncTimeout="%ds" % STEPS_S, **answers)

    def metrics_say(self, match, value):
        Kube("http://%s:%d" % (LOOPBACK, self.cluster.port("prometheus")), None).request("POST", "/_answers", {"match": match, "value": value})

    def again(self, *sets):
        return self.landfall("apply", "-f", str(self.cluster.folder / (self.name() + ".yaml")), "--yes",
                             *(word for pair in sets for word in ("--set", pair)))

    def ask(self, version, kind, namespace, name):
        """As a webhook would: look at Git now."""
        self.kube.merge(version, kind, namespace, name, {"metadata": {"annotations": {REFRESH: "normal", "reconcile.fluxcd.io/requestedAt": "now"}}})

    def image_of(self, version, kind, namespace, name):
        return self.kube.get(version, kind, namespace, name)["spec"]["template"]["spec"]["containers"][0]["image"]


class FlaggerCase(ProgressiveCase):
    def primary(self, target, deployment):
        return self.image_of("apps/v1", "Deployment", target, deployment + "-primary")

    def phase(self, target, deployment):
        return self.kube.get(FLAGGER, "Canary", target, deployment)["status"]["phase"]

    def quicken(self, repository, path, target, deployment, look):
        """What is rendered takes a minute for each of ten looks (without a mesh there are no weights), for real users' requests. Only the pace is changed here, by another commit."""
        paths = repository.git("ls-tree", "-r", "--name-only", "main").split()
        files = {one: repository.git("show", "main:" + one) + "\n" for one in paths}
        for old, new in (("interval: 1m\n    threshold: 5\n", "interval: 10s\n    threshold: 1\n    iterations: 1\n"), ("    stepWeight: 10\n", ""), ("    maxWeight: 50\n", "")):
            self.assertIn(old, files[path])
            files[path] = files[path].replace(old, new, 1)
        repository.commit(files)
        look()
        self.until(lambda: self.kube.get(FLAGGER, "Canary", target, deployment)["spec"]["analysis"].get("iterations") == 1, "Flagger has the new pace")


class FlaggerFluxTest(FlaggerCase, FluxCase):
    def deliver_canary(self):
        code, last, output, repository, target = self.deliver_with_landfall("flux", progressiveDelivery="flagger", applyTimeout="40s")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual((self.phase(target, self.name()), self.primary(target, self.name())), ("Initialized", "nginx:1.27"))
        self.quicken(repository, "apps/%s/base/canary.yaml" % self.name(), target, self.name(), lambda: self.ask(SOURCE, "GitRepository", "flux-system", self.name() + "-repo"))
        return repository, target

    def test_promoted(self):
        repository, target = self.deliver_canary()
        code, last, output = self.again("image=nginx:1.28")
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        # Healthy means that the users have it.
        self.assertEqual((self.phase(target, self.name()), self.primary(target, self.name())), ("Succeeded", "nginx:1.28"))

    def test_rolled_back(self):
        repository, target = self.deliver_canary()
        self.metrics_say('kubernetes_namespace="%s"' % target, 50)
        code, last, output = self.again("image=nginx:1.28")
        self.assertEqual(code, FAILED, output)
        self.assertEqual(last["diagnosis"]["id"], "canary-failed", output)
        self.assertIn("success rate 50.00% < 99%", json.dumps(last["diagnosis"]))
        self.assertEqual((self.phase(target, self.name()), self.primary(target, self.name())), ("Failed", "nginx:1.27"))
        # Back to what runs: Flagger does not look at it again, and leaves its word.
        code, last, output = self.again("image=nginx:1.27")
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        # A better one is not judged by what Flagger said of the one before.
        self.metrics_say('kubernetes_namespace="%s"' % target, 99.9)
        code, last, output = self.again("image=nginx:missing")
        self.assertEqual((code, last["diagnosis"]["id"]), (FAILED, "image-not-found"), output)


class FlaggerChartTest(FlaggerCase, ArgocdCase):
    """A chart in Git, installed by the real Argo CD; its Canary is applied by an Application of its own."""

    def in_sync(self):
        return self.until_application(lambda status: status["sync"]["status"] == "Synced", "in sync with what Flagger has changed")

    def test_promoted(self):
        code, last, output, repository, target = self.deliver_with_landfall("argocd", deploymentMethod="helm-git", gitPath="charts/" + self.name(), progressiveDelivery="flagger")
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        canary, = self.kube.list(FLAGGER, "Canary", target)
        name = canary["metadata"]["name"]
        self.assertEqual((self.phase(target, name), self.primary(target, name)), ("Initialized", "nginx:1.27"), output)
        self.in_sync()
        self.quicken(repository, "extras/%s/canary.yaml" % self.name(), target, name, lambda: self.ask(ARGO, "Application", "argocd", self.name() + "-extras"))
        code, last, output = self.again("image=nginx:1.28")
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        self.assertEqual((self.phase(target, name), self.primary(target, name)), ("Succeeded", "nginx:1.28"), output)
        self.in_sync()


class RolloutsCase(ProgressiveCase):
    controller = "argo-rollouts"

    def rollout(self, target):
        return self.kube.get(ARGO, "Rollout", target, self.name())

    def served(self, target, service):
        return self.kube.get("v1", "Service", target, service)["spec"]["selector"]["rollouts-pod-template-hash"]

    def deliver_rollout(self, engine, **answers):
        code, last, output, repository, target = self.deliver_with_landfall(engine, **answers)
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        status = self.rollout(target)["status"]
        self.assertEqual((status["phase"], status["readyReplicas"]), ("Healthy", 2))
        return repository, target

    def assert_delivered_again(self, repository, target, image):
        code, last, output = self.again("image=" + image)
        self.assertEqual((code, last.get("commit")), (HEALTHY, repository.tip()), output)
        live = self.rollout(target)
        self.assertEqual((live["status"]["phase"], live["spec"]["template"]["spec"]["containers"][0]["image"]), ("Healthy", image))
        self.assertEqual(live["status"]["stableRS"], live["status"]["currentPodHash"])
        return output


class RolloutsFluxTest(RolloutsCase, FluxCase):
    def test_canary(self):
        repository, target = self.deliver_rollout("flux", progressiveDelivery="canary", canaryWeights="50, 100", canaryPause="5s", applyTimeout="40s")
        # Each step is waited for: the pause is not taken for the end.
        self.assertIn("between two steps", self.assert_delivered_again(repository, target, "nginx:1.28"))
        # Both Services lead to pods that run.
        self.until(lambda: [self.served(target, name) for name in (self.name(), self.name() + "-canary")] == [self.rollout(target)["status"]["stableRS"]] * 2, "both Services are moved")
        code, last, output = self.again("image=nginx:missing")
        self.assertEqual((code, last["diagnosis"]["id"]), (FAILED, "image-not-found"), output)

    def test_blue_green(self):
        repository, target = self.deliver_rollout("flux", progressiveDelivery="bluegreen", applyTimeout="40s")
        self.assert_delivered_again(repository, target, "nginx:1.28")
        self.until(lambda: self.served(target, self.name()) == self.rollout(target)["status"]["currentPodHash"], "the Service is moved")


class RolloutsArgocdTest(RolloutsCase, ArgocdCase):
    def test_aborted_and_paused(self):
        """A pause that waits for a person is said to be one; an analysis that fails takes the version back, and is named."""
        prometheus = "http://%s:%d" % (LOOPBACK, self.cluster.port("prometheus"))
        repository, target = self.deliver_rollout("argocd", progressiveDelivery="canary", canaryWeights="50, 100", canaryPause="20s", prometheusAddress=prometheus)
        edit = ("edit", "-n", target, "--yes", "--timeout", "90s", "--base")
        # What is rendered measures once a minute.
        self.assert_exits(HEALTHY, *edit, "AnalysisTemplate/%s-success-rate" % self.name(), *(word for pair in ("interval=1s", "count=3", "failureLimit=0") for word in ("--set", "spec.metrics.0." + pair)))
        query = 'service="%s-canary"' % self.name()
        self.metrics_say(query, 0.5)
        code, last, output = self.again("image=nginx:1.29")
        self.assertEqual((code, last["diagnosis"]["id"]), (FAILED, "rollout-aborted"), output)
        self.assertIn("success-rate", last["diagnosis"]["evidence"])
        self.metrics_say(query, 0.999)
        self.assert_delivered_again(repository, target, "nginx:1.27")
        # One without an end.
        self.assert_exits(HEALTHY, *edit, "Rollout/" + self.name(), "--delete", "spec.strategy.canary.steps.1.pause.duration")
        code, last, output = self.again("image=nginx:1.28")
        self.assertEqual((code, last["result"], last["diagnosis"]["id"]), (FAILED, "suspended", "paused"), output)
        # As its own tool lets it go on.
        self.kube.merge(ARGO, "Rollout", target, self.name(), {"status": {"pauseConditions": None}}, subresource="status")
        self.until(lambda: self.rollout(target)["status"]["phase"] != "Paused", "it goes on")
        self.assert_exits(HEALTHY, "watch", "Application/" + self.name(), "-n", "argocd", "--commit", repository.tip(), "--timeout", "60s")
