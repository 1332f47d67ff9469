"""Landfall's own Kubernetes client, through BUILDDIR/kube_drive, against the real API server: users, refusals, logs, and watches that
survive what a network and a control plane do."""

import json
import os
import queue
import subprocess
import threading

import harness
from harness import CHILD_LIMIT_S, WAIT_LIMIT_S, ClusterTest, deployment

APPS = ("apps", "Deployment")


class Watch:
    """A kube_drive that goes on until it is ended; its lines as they come."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def until(self, wanted, what, limit_s=WAIT_LIMIT_S):
        """Takes lines until one is wanted, and returns it."""
        while True:
            try:
                line = self.lines.get(timeout=limit_s)
            except queue.Empty:
                raise AssertionError("%s never came; seen: %s" % (what, self.short())) from None
            if line is None:
                raise AssertionError("ended before %s; seen: %s" % (what, self.short()))
            self.seen.append(line)
            if wanted(line):
                return line

    def state(self, state):
        return self.until(lambda line: line["is"] == "state" and line["state"] == state, state)

    def put(self, name, **data):
        def wanted(line):
            return (line["is"] == "put" and line["object"]["metadata"]["name"] == name
                    and all(line["object"]["data"].get(key) == value for key, value in data.items()))
        return self.until(wanted, "%s %s" % (name, data))["object"]

    def short(self):
        return [line if line["is"] != "put" else "put " + line["object"]["metadata"]["name"] for line in self.seen]

    def states(self):
        return [line["state"] for line in self.seen if line["is"] == "state"]

    def end(self):
        self.process.stdin.close()
        try:
            self.code = self.process.wait(CHILD_LIMIT_S)
        finally:
            self.process.kill()
            self.process.stdout.close()


class ClientCase(ClusterTest):
    def setUp(self):
        self.program = harness.BUILDDIR / "kube_drive"
        if not self.program.exists():
            self.skipTest("no kube_drive in the build folder: make check builds it")
        super().setUp()

    def command(self, *arguments, context="admin"):
        return [str(self.program), "-c", context, *map(str, arguments)]

    def environment(self, kubeconfig=None):
        return {**os.environ, "KUBECONFIG": str(kubeconfig or self.cluster.kubeconfig)}

    def drive(self, *arguments, context="admin", kubeconfig=None):
        """Runs to the end and returns the lines."""
        done = subprocess.run(self.command(*arguments, context=context), env=self.environment(kubeconfig), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=CHILD_LIMIT_S)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def refused(self, *arguments, context="admin"):
        (line,) = self.drive(*arguments, context=context)
        self.assertEqual(line["is"], "error", line)
        return line

    def watch(self, *arguments, context="admin", kubeconfig=None):
        watch = Watch(self.command("watch", *arguments, context=context), self.environment(kubeconfig))
        self.addCleanup(watch.end)
        return watch

    def document(self, text):
        path = self.cluster.folder / (self.name() + ".yaml")
        path.write_text(text)
        self.addCleanup(path.unlink, missing_ok=True)
        return path

    def settings(self, name="settings", **data):
        return self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": data,
                                "metadata": {"name": name, "namespace": self.namespace}})


class ClientTest(ClientCase):
    def test_discovers(self):
        (facts,) = self.drive("discover")
        self.assertEqual((facts["is"], facts["version"], facts["context"]), ("facts", "v1.35.4", "admin"))
        self.assertTrue(facts["flux"]["present"] and facts["argocd"]["present"])
        self.assertEqual((facts["flux"]["namespace"], facts["argocd"]["namespace"]), ("flux-system", "argocd"))
        self.assertIn(self.namespace, facts["namespaces"])
        for kind in ("source.toolkit.fluxcd.io/v1/GitRepository", "notification.toolkit.fluxcd.io/v1beta3/Alert",
                     "argoproj.io/v1alpha1/Application", "/v1/Pod", "apps/v1/Deployment"):
            self.assertIn(kind, facts["kinds"])

    def test_consumers_of_ones_own_namespace(self):
        source = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                  "metadata": {"name": self.name(), "namespace": "team-a"},
                  "spec": {"url": "http://127.0.0.1:9/x.git", "interval": "1h", "suspend": True}}
        self.kube.apply(source)
        self.addCleanup(self.kube.delete, source["apiVersion"], source["kind"], "team-a", self.name())
        for context in ("admin", "deployer"):
            (facts,) = self.drive("discover", context=context)
            found = [item for item in facts["consumers"] if item["metadata"]["name"] == self.name()]
            self.assertEqual([item["spec"]["url"] for item in found], [source["spec"]["url"]], context)
            self.assertNotIn("status", found[0])

    def test_users(self):
        for context in ("deployer", "cert", "exec"):
            (answer,) = self.drive("can", "create", *APPS, "team-a", context=context)
            self.assertTrue(answer["allowed"], context)
            (answer,) = self.drive("can", "create", *APPS, "default", context=context)
            self.assertFalse(answer["allowed"], context)
        for verb in (("discover",), ("get", "", "Pod", "default", "x")):
            self.assertEqual(self.refused(*verb, context="expired")["code"], "auth")
        line = self.refused("get", "", "Secret", "default", "x", context="reader")
        self.assertEqual(line["code"], "forbidden")
        self.assertIn('cannot get resource "secrets"', line["message"])

    def test_refusals(self):
        good = deployment(namespace=self.namespace)
        cases = (
            (good.replace("replicas: 1", 'replicas: "x"\n  validation: y'), "refused",
             "spec.validation: field not declared in schema"),  # and of replicas, but the server does not always name both
            (good.replace(self.namespace, "nope"), "not-found", 'namespaces "nope" not found'),
            (good.replace("apps/v1", "apps/v9"), "not-found", "does not know the kind Deployment of apps/v9"),
            ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x, namespace: %s}\n"
             "spec: {interval: 5d, prune: true, sourceRef: {kind: Nope, name: x}}" % self.namespace, "refused",
             'spec.interval: Invalid value: "5d"'),
        )
        for text, code, message in cases:
            line = self.refused("dry-run", self.document(text))
            self.assertEqual(line["code"], code)
            self.assertIn(message, line["message"])
            self.assertTrue(line["hint"])
        (line,) = self.drive("dry-run", self.document(good))
        self.assertEqual(line["is"], "object")
        self.assertIsNone(self.kube.find("apps/v1", "Deployment", self.namespace, "web"))

    def test_apply_and_conflict(self):
        path = self.document("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: %s}\ndata: {colour: blue}\n"
                             % self.namespace)
        (line,) = self.drive("apply", path)
        self.assertEqual(line["object"]["data"], {"colour": "blue"})
        self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": {"colour": "red"},
                         "metadata": {"name": "settings", "namespace": self.namespace}})
        line = self.refused("apply", path)
        self.assertEqual(line["code"], "conflict")
        self.assertIn('data.colour: conflict with "tests"', line["message"])
        (line,) = self.drive("patch", "", "ConfigMap", self.namespace, "settings", '{"data":{"colour":"green"}}')
        self.assertEqual(line["object"]["data"], {"colour": "green"})

    def test_logs(self):
        self.kube.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": self.namespace},
                         "spec": {"containers": [{"name": "web", "image": "app:1"}]}})
        self.until(lambda: self.kube.get("v1", "Pod", self.namespace, "web")["status"].get("containerStatuses"), "the pod is started")
        lines = self.drive("logs", self.namespace, "web")
        self.assertTrue(any("listening on :8080" in line["text"] for line in lines), lines)
        self.assertIn("previous terminated container", self.refused("logs", self.namespace, "web", "web", "previous")["message"])

    def test_watches(self):
        self.settings(colour="blue")
        watch = self.watch("", "ConfigMap", self.namespace)
        self.assertEqual(watch.put("settings")["kind"], "ConfigMap")
        watch.state("live")
        self.settings(colour="red")
        watch.put("settings", colour="red")
        self.settings("other", size="1")
        watch.put("other")
        self.kube.delete("v1", "ConfigMap", self.namespace, "settings")
        watch.until(lambda line: line["is"] == "removed" and line["name"] == "settings", "removal")
        self.assertNotIn("broken", watch.states())

    def test_watches_one_by_name(self):
        self.settings(colour="blue")
        self.settings("other", size="1")
        watch = self.watch("", "ConfigMap", self.namespace, "settings")
        self.assertEqual(watch.until(lambda line: line["is"] == "listed", "the list")["count"], 1)
        self.settings("other", size="2")
        self.settings(colour="red")
        watch.put("settings", colour="red")
        self.assertNotIn("other", [line["object"]["metadata"]["name"] for line in watch.seen if line["is"] == "put"])

    def test_lists_in_pages(self):
        self.kube.apply(*({"apiVersion": "v1", "kind": "ConfigMap", "data": {"fill": "x" * 400},
                           "metadata": {"name": "c%d" % i, "namespace": self.namespace}} for i in range(600)))
        watch = self.watch("", "ConfigMap", self.namespace)
        listed = watch.until(lambda line: line["is"] == "listed", "the list")
        self.assertEqual(listed["count"], len([line for line in watch.seen if line["is"] == "put"]))
        self.assertGreaterEqual(listed["count"], 600)

    def test_survives_faults(self):
        """One watch request after the other meets the next fault; the last one does not, and nothing was missed."""
        proxy = self.fault_proxy()
        for fault, details in (("cut", {"after": 600}), ("reset", {}), ("status", {"code": 429, "headers": {"Retry-After": 1}}),
                               ("status", {"code": 503}), ("garbage", {}), ("gone", {}), ("delay", {"ms": 300})):
            proxy.add(fault, "watch=true", **details)
        watch = self.watch("", "ConfigMap", self.namespace, kubeconfig=proxy.kubeconfig)
        watch.state("live")
        self.settings(number="1", fill="x" * 1000)
        watch.state("broken")
        self.settings(number="2")
        watch.put("settings", number="2")
        self.settings("last")
        watch.put("last")
        self.until(lambda: all(fault["struck"] for fault in proxy.report()["faults"]), "every fault has struck")
        codes = {line["code"] for line in watch.seen if line["is"] == "state" and line["state"] == "broken"}
        self.assertEqual(codes, {"network"})  # what is gone is listed again at once
        self.settings("after")
        watch.put("after")

    def test_goes_on_where_it_was_cut(self):
        proxy = self.fault_proxy()
        proxy.add("cut", "watch=true", after=2000, times=3)
        watch = self.watch("", "ConfigMap", self.namespace, kubeconfig=proxy.kubeconfig)
        watch.state("live")
        for number in range(20):
            self.settings(number=str(number), fill="x" * 500)
        watch.put("settings", number="19")
        self.assertEqual(len([line for line in watch.seen if line["is"] == "listed"]), 1)
        self.assertIn("broken", watch.states())

    def test_what_may_not_be_watched_is_final(self):
        watch = self.watch("", "Secret", "default", context="reader")
        broken = watch.state("broken")
        self.assertEqual((broken["code"], broken["next"]), ("forbidden", 0))
        watch = self.watch("nosuch.example", "Gadget", "default")
        broken = watch.state("broken")
        self.assertEqual((broken["code"], broken["next"]), ("not-found", 0))


class ClientDisturbedTest(ClientCase):
    """With the API server's memory cut, or itself restarted."""
    alone = True

    def test_lists_again_after_a_compaction(self):
        proxy = self.fault_proxy()
        self.settings(number="0")
        proxy.add("cut", "watch=true", after=1000)
        proxy.add("status", "watch=true", code=503, times=2)
        watch = self.watch("", "ConfigMap", self.namespace, kubeconfig=proxy.kubeconfig)
        watch.state("live")
        for number in range(1, 6):
            self.settings(number=str(number), fill="x" * 500)
        self.kube.delete("v1", "ConfigMap", self.namespace, "settings")
        self.settings("late")
        self.cluster.compact()
        watch.put("late")
        proxy.add("gone", "watch=true")
        self.settings("later")
        watch.put("later")

    def test_survives_a_restart(self):
        watch = self.watch("", "ConfigMap", self.namespace)
        watch.state("live")
        self.cluster.restart_apiserver()
        self.settings(colour="blue")
        watch.put("settings", colour="blue")
        watch.end()
        self.assertEqual(watch.code, 0)
