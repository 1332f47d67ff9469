"""The program itself against the real controllers, headless: what it says at the end and how it exits."""

import json
import subprocess

import harness
from engines import ARGO, KUSTOMIZE, SOON, SOURCE, ArgocdCase, FluxCase
from harness import configmap, deployment

HEALTHY, FAILED, UNDECIDED = 0, 5, 6
RUN_LIMIT_S = 100
ROUNDS = 4


def why_not():
    """The reason to skip, or None when there is a landfall that watches."""
    program = harness.BUILDDIR / "landfall"
    if not program.exists():
        return "no %s" % program
    try:
        asked = subprocess.run([program, "watch", "--help"], capture_output=True, timeout=RUN_LIMIT_S,
                               stdin=subprocess.DEVNULL, text=True)
    except subprocess.TimeoutExpired:
        return "`landfall watch --help` does not end"
    return None if asked.returncode == 0 and "landfall watch" in asked.stdout else "this landfall has no verb `watch` yet"


class LandfallCase:
    """What both engines' tests of the program need."""

    run_limit_s = RUN_LIMIT_S  # of the program; longer than it is told to wait

    def setUp(self):
        reason = why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()

    def landfall(self, *arguments, context="admin", kubeconfig=None, path="/usr/local/bin:/usr/bin:/bin"):
        """Runs it as a pipeline would and returns (exit code, its last JSON object, everything it printed)."""
        done = subprocess.run(
            [harness.BUILDDIR / "landfall", *arguments, "--context", context, "-o", "json"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=self.run_limit_s, cwd=self.cluster.folder,
            env={"PATH": path, "HOME": str(self.cluster.folder), "LANG": "C.UTF-8",
                 "KUBECONFIG": str(kubeconfig or self.cluster.kubeconfig)})
        lines = [json.loads(line) for line in done.stdout.splitlines()]  # every line is JSON, or this fails
        return done.returncode, lines[-1] if lines else {}, done.stdout + done.stderr

    def deliver_with_landfall(self, engine, image="nginx:1.27", **answers):
        """Pushes a new application into a repository that has one commit, and waits for it: the whole way. Returns what
        `landfall` returns, and the repository."""
        repository = self.repository()
        repository.commit({"README.md": "an application will live here\n"})
        target = self.name() + "-live"
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, target)
        answers = {"gitopsDeployment": engine, "deploymentMethod": "kustomize", "appName": self.name(), "image": image,
                   "containerPort": "80", "replicas": "2", "targetNamespace": target, "gitRepoUrl": repository.url,
                   "gitBranch": "main", "gitPath": "apps/%s/overlays/test" % self.name(), "syncTimeout": "90s",
                   "kubeContext": "admin", **answers}
        file = self.cluster.folder / (self.name() + ".yaml")
        file.write_text("version: 1\nanswers:\n" + "".join("  %s: %s\n" % (id, json.dumps(value))
                                                            for id, value in answers.items()))
        (self.cluster.folder / ".gitconfig").write_text("[user]\n\tname = tests\n\temail = tests@example.com\n")
        return (*self.landfall("apply", "-f", str(file), "--yes"), repository, target)

    def assert_delivered(self, engine):
        code, last, output, repository, target = self.deliver_with_landfall(engine)
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual((last["result"], last["commit"]), ("healthy", repository.tip()))
        live = self.kube.get("apps/v1", "Deployment", target, self.name())
        self.assertEqual(live["status"]["readyReplicas"], 2)

    def assert_healthy_is_true(self, engine, **answers):
        """One delivery upon the other: whenever it says healthy, what was delivered last is what runs."""
        code, last, output, repository, target = self.deliver_with_landfall(engine, **answers)
        for number in range(ROUNDS):
            image, replicas = "nginx:1.%d" % number, number % 3 + 1
            code, last, output = self.landfall("apply", "-f", str(self.cluster.folder / (self.name() + ".yaml")), "--yes",
                                               "--set", "image=" + image, "--set", "replicas=%d" % replicas)
            self.assertEqual((code, last["commit"]), (HEALTHY, repository.tip()), output)
            live, = self.kube.list("apps/v1", "Deployment", target)
            self.assertEqual(live["spec"]["template"]["spec"]["containers"][0]["image"], image)
            self.assertEqual(live["status"]["readyReplicas"], replicas)

    def assert_failure_is_named(self, engine):
        code, last, output, *_ = self.deliver_with_landfall(engine, image="nginx:missing")
        self.assertEqual(code, FAILED, output)
        self.assertIn("nginx:missing", json.dumps(last))

    def assert_correction_lands(self, engine):
        code, last, output, repository, target = self.deliver_with_landfall(engine, image="nginx:missing", applyTimeout="20s")
        self.assertEqual(code, FAILED, output)
        code, last, output = self.landfall("apply", "-f", str(self.cluster.folder / (self.name() + ".yaml")), "--yes",
                                           "--set", "image=nginx:1.27")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(last["commit"], repository.tip())
        live = self.kube.get("apps/v1", "Deployment", target, self.name())
        self.assertEqual(live["spec"]["template"]["spec"]["containers"][0]["image"], "nginx:1.27")

    def assert_manifests_land(self, engine, **answers):
        code, last, output, repository, target = self.deliver_with_landfall(
            engine, deploymentMethod="manifests", gitPath="apps/" + self.name(), **answers)
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(last["commit"], repository.tip())
        # Nothing of the provider's own was applied along with the application.
        for kind in ("GitRepository", "Kustomization"):
            self.assertEqual(self.kube.list(SOURCE if kind == "GitRepository" else KUSTOMIZE, kind, target), [])

    def assert_edit_lands(self, engine):
        """A value set, one taken out for this overlay, and the newest taken back: each a commit that the real controllers apply."""
        code, last, output, repository, target = self.deliver_with_landfall(engine)
        self.assertEqual(code, HEALTHY, output)
        edit = ("edit", "Deployment/" + self.name(), "-n", target, "--yes", "--timeout", "90s")
        last, output = self.assert_exits(HEALTHY, *edit, "--base", "--set", "spec.minReadySeconds=1", "--set", "spec.revisionHistoryLimit=4")
        self.assertEqual(last["commit"], repository.tip())
        self.assert_exits(HEALTHY, *edit, "--set", "spec.replicas=3", "--delete", "spec.revisionHistoryLimit")
        spec = self.kube.get("apps/v1", "Deployment", target, self.name())["spec"]
        self.assertEqual((spec["replicas"], spec["minReadySeconds"], spec["revisionHistoryLimit"]), (3, 1, 10))  # 10 is the API server's own
        self.assert_exits(HEALTHY, "rollback", self.name(), "--yes", "--set", "gitRepoUrl=" + repository.url, "--set", "syncTimeout=90s")
        spec = self.kube.get("apps/v1", "Deployment", target, self.name())["spec"]
        self.assertEqual((spec["replicas"], spec["revisionHistoryLimit"]), (2, 4))

    def assert_probe_changes(self, engine):
        """The live object has the one kind, the file the other: only for the controller that applies it they are not both."""
        code, last, output, repository, target = self.deliver_with_landfall(engine, deploymentMethod="manifests", gitPath="apps/" + self.name())
        edit = ("edit", "Deployment/" + self.name(), "-n", target, "--yes", "--timeout", "90s")
        probe = "spec.template.spec.containers[0].startupProbe."
        self.assert_exits(HEALTHY, *edit, "--set", probe + "httpGet.port=80", "--set", probe + "httpGet.path=/")
        self.assert_exits(HEALTHY, *edit, "--delete", probe + "httpGet", "--set", probe + "tcpSocket.port=80")
        live = self.kube.get("apps/v1", "Deployment", target, self.name())["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(("httpGet" in live["startupProbe"], live["startupProbe"]["tcpSocket"]), (False, {"port": 80}))

    def assert_exits(self, code, *arguments, **options):
        got, last, output = self.landfall(*arguments, **options)
        self.assertEqual(got, code, output)
        self.assertTrue(last, "no final object")
        return last, output


class LandfallFluxTest(LandfallCase, FluxCase):
    def test_apply(self):
        self.assert_delivered("flux")

    def test_healthy_is_true(self):
        self.assert_healthy_is_true("flux")

    def test_healthy_is_true_without_wait(self):
        self.assert_healthy_is_true("flux", fluxWait="no")

    def test_edit(self):
        self.assert_edit_lands("flux")

    def test_apply_a_bad_image(self):
        self.assert_failure_is_named("flux")

    def test_a_correction_lands(self):
        self.assert_correction_lands("flux")

    def test_another_kind_of_probe(self):
        self.assert_probe_changes("flux")

    def test_manifests(self):
        self.assert_manifests_land("flux")

    def test_manifests_of_the_whole_repository(self):
        code, last, output, repository, target = self.deliver_with_landfall(
            "flux", deploymentMethod="manifests", gitPath=".", gitopsPath="gitops/app")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual(self.kube.list(SOURCE, "GitRepository", target), [])

    def test_without_wait(self):
        code, last, output, *_ = self.deliver_with_landfall("flux", image="nginx:slow", fluxWait="no")
        self.assertEqual(code, HEALTHY, output)

    def test_a_branch_that_is_not_there(self):
        self.deliver({"settings.yaml": configmap()})
        self.kube.merge(SOURCE, "GitRepository", self.namespace, "app", {"spec": {"ref": {"branch": "gone"}}})
        self.source("False", "GitOperationFailed")
        last, output = self.assert_exits(FAILED, "watch", "Kustomization/app", "-n", self.namespace, "--timeout", "60s")
        self.assertEqual(last["diagnosis"]["id"], "branch-missing", output)

    def expect(self, code, commit, timeout="60s", **options):
        return self.assert_exits(code, "watch", "Kustomization/app", "-n", self.namespace, "--commit", commit,
                                 "--timeout", timeout, **options)

    def test_healthy(self):
        commit = self.deliver({"deploy.yaml": deployment(replicas=2)}, wait=True)
        self.expect(HEALTHY, commit)

    def test_bad_image_names_the_image(self):
        commit = self.deliver({"deploy.yaml": deployment(image="nginx:missing")}, wait=True)
        self.assertIn("nginx:missing", self.expect(FAILED, commit)[1])

    def test_bad_path(self):
        self.expect(FAILED, self.deliver({"app/settings.yaml": configmap()}, path="./nowhere"))

    def test_refused_manifest(self):
        self.expect(FAILED, self.deliver({"deploy.yaml": deployment(extra="paused: perhaps")}))

    def test_forbidden(self):
        self.kube.apply({"apiVersion": "v1", "kind": "ServiceAccount",
                         "metadata": {"name": "weak", "namespace": self.namespace}})
        self.expect(FAILED, self.deliver({"settings.yaml": configmap()}, serviceAccountName="weak"))

    def test_another_commit_is_not_mine(self):
        commit = self.deliver({"settings.yaml": configmap(a="1")})
        self.kustomization("True", when=self.at(commit))
        # Healthy, but not at a commit that the branch does not hold.
        self.expect(UNDECIDED, "0123456789abcdef0123456789abcdef01234567", timeout="5s")

    def test_same_name_in_two_namespaces(self):
        other = self.own_namespace(self.namespace + "-b")
        good = self.deliver({"settings.yaml": configmap(a="1")})
        self.deliver({"settings.yaml": configmap()}, self.repository(other), other, path="./nowhere")
        self.expect(HEALTHY, good)

    def test_survives_a_broken_connection(self):
        slow = deployment(image="nginx:slow", annotations={"landfall.test/ready-after": "8s"})
        proxy = self.fault_proxy()
        proxy.add("cut", "watch=", after=300, times=3)
        proxy.add("status", "watch=", code=429, headers={"Retry-After": 1}, times=2)
        proxy.add("gone", "watch=")
        commit = self.deliver({"deploy.yaml": slow}, wait=True, timeout="60s")
        self.expect(HEALTHY, commit, kubeconfig=proxy.kubeconfig)

    def test_no_access(self):
        commit = self.deliver({"settings.yaml": configmap()})
        code, _, output = self.landfall("watch", "Kustomization/app", "-n", self.namespace, "--commit", commit,
                                        "--timeout", "10s", context="expired")
        self.assertNotEqual(code, HEALTHY, output)

    def test_exec_plugin_and_client_certificate(self):
        for context in ("exec", "cert"):
            with self.subTest(context):
                self.namespace = "team-a"
                commit = self.deliver({"settings.yaml": configmap(context=context)}, name=context,
                                      repository=self.repository("exec-cert-" + context))
                self.assert_exits(HEALTHY, "watch", "Kustomization/" + context, "-n", "team-a", "--commit", commit,
                                  "--timeout", "60s", context=context)


class LandfallArgocdTest(LandfallCase, ArgocdCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", self.name())

    def test_apply(self):
        self.assert_delivered("argocd")

    def test_another_kind_of_probe(self):
        self.assert_probe_changes("argocd")

    def test_healthy_is_true(self):
        self.assert_healthy_is_true("argocd")

    def test_healthy_is_true_of_a_chart(self):
        self.assert_healthy_is_true("argocd", deploymentMethod="helm-git", gitPath="charts/" + self.name())

    def test_edit(self):
        self.assert_edit_lands("argocd")

    def test_apply_a_bad_image(self):
        self.assert_failure_is_named("argocd")

    def test_a_correction_lands(self):
        self.assert_correction_lands("argocd")

    def test_manifests(self):
        self.assert_manifests_land("argocd")

    def test_manual_sync(self):
        code, last, output, *_ = self.deliver_with_landfall("argocd", syncPolicy="manual")
        self.assertEqual(code, HEALTHY, output)

    def expect(self, code, commit, timeout="60s"):
        return self.assert_exits(code, "watch", "Application/" + self.name(), "-n", "argocd", "--commit", commit,
                                 "--timeout", timeout)

    def test_healthy(self):
        self.expect(HEALTHY, self.deliver({"deploy.yaml": deployment(replicas=2)}))

    def test_slow_is_waited_for(self):
        slow = deployment(image="nginx:slow", annotations={"landfall.test/ready-after": "6s"})
        self.expect(HEALTHY, self.deliver({"deploy.yaml": slow}))

    def test_bad_image_names_the_image(self):
        commit = self.deliver({"deploy.yaml": deployment(image="nginx:missing", extra=SOON)})
        self.assertIn("nginx:missing", self.expect(FAILED, commit)[1])

    def test_refused_manifest(self):
        self.expect(FAILED, self.deliver({"deploy.yaml": deployment(replicas=-1)}))

    def test_unknown_project(self):
        self.expect(FAILED, self.deliver({"settings.yaml": configmap()}, project="nobody"))
