"""What every test on the cluster has: a namespace and Git repositories of its own, conditions with limits instead of
sleeps, a limit for the whole test, and the controllers' words about it when it fails."""

import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from kube import condition
from processes import wait_for

SERVERS = Path(__file__).resolve().parent.parent / "servers"

CLUSTER = None    # the running cluster; suite.py sets these before any test runs
BUILDDIR = None   # where landfall was built
RECORD = None     # a folder: what the controllers reported is saved there as fixtures for the engines' tests

TEST_LIMIT_S = 120
WAIT_LIMIT_S = 120
CHILD_LIMIT_S = 30
CONTROLLERS = ("source-controller", "kustomize-controller", "argocd-application-controller", "argocd-repo-server",
               "argocd-applicationset-controller", "flagger", "argo-rollouts", "notification-controller")


ENDING = False    # this process was told to end: what the test at hand started is still taken down


class TestLimit(Exception):
    pass


def told_to_end(*_):
    global ENDING
    ENDING = True
    raise TestLimit("told to end")


class ClusterTest(unittest.TestCase):
    longMessage = True
    maxDiff = None
    limit_s = TEST_LIMIT_S  # of one test; for those that do hundreds of things, more
    alone = False           # what disturbs the whole cluster, or loads it fully, runs while nothing else does

    def setUp(self):
        def over(*_):
            raise TestLimit("the test is not over after %d s" % self.limit_s)
        signal.signal(signal.SIGALRM, over)
        signal.alarm(self.limit_s)
        self.addCleanup(signal.alarm, 0)
        self.cluster = CLUSTER
        self.kube = CLUSTER.kube()
        self.namespace = self.own_namespace(self.name())

    def name(self):
        """The test's own, usable as an object's name: FluxTest.test_bad_path is flux-bad-path."""
        return "%s-%s" % (type(self).__name__.removesuffix("Test").lower(),
                          self._testMethodName.removeprefix("test_").replace("_", "-"))

    def own_namespace(self, name):
        # One that a first look at this test has left may still be going.
        self.until(lambda: not self.kube.find("v1", "Namespace", None, name), "namespace %s of an earlier run is gone" % name)
        self.kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, name)
        return name

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            self.explain()
        return result

    def explain(self):
        """What the controllers have written about this test."""
        for name in CONTROLLERS:
            log = CLUSTER.processes.logs / (name + ".log")
            if log.exists():
                lines = log.read_text(errors="replace").splitlines()
                about = [line for line in lines if self.name() in line]
                if about:
                    print("--- %s ---\n%s" % (name, "\n".join(line[:1000] for line in about[-15:])), file=sys.stderr)

    def until(self, condition, what, limit_s=WAIT_LIMIT_S):
        return wait_for(condition, limit_s, what, CLUSTER.processes.check)

    def until_condition(self, version, kind, name, type, status, reason=None, namespace=None, when=lambda item: True):
        """Waits for the object's condition, judged at the current generation only, and returns the object."""
        def reached():
            item = self.kube.get(version, kind, namespace or self.namespace, name)
            found = condition(item, type)
            current = item["metadata"]["generation"]
            seen = found.get("observedGeneration", item["status"].get("observedGeneration", current)) == current
            if seen and found.get("status") == status and reason in (None, found["reason"]) and when(item):
                return item
            reached.last = {key: found.get(key) for key in ("status", "reason", "message")}
            return None
        reached.last = None
        try:
            return self.until(reached, "%s %s: %s=%s %s" % (kind, name, type, status, reason or ""))
        except Exception as error:
            error.add_note("condition: %s" % reached.last)
            raise

    def repository(self, name=None):
        return Repository(CLUSTER, name or self.name())

    def git_server(self, *options):
        """The URL of another Git server for the same repositories, e.g. one with a password; ended with the test."""
        process = subprocess.Popen([sys.executable, str(SERVERS / "githttp.py"), "--until-eof", "--root",
                                    str(CLUSTER.git_root), *map(str, options)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(end, process)
        return "http%s://127.0.0.1:%d" % ("s" if "--tls-cert" in options else "", int(process.stdout.readline()))

    def fault_proxy(self):
        """A proxy in front of the API server, ended with the test."""
        proxy = FaultProxy(CLUSTER)
        self.addCleanup(proxy.end)
        return proxy

    def record(self, name, item):
        """Saves what was seen for the tests of the engines, when asked to."""
        if RECORD:
            file = Path(RECORD) / (name + ".json")
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(without_managed_fields(item), indent=2, ensure_ascii=False)
            file.write_text(text.replace(str(CLUSTER.folder), "/tmp") + "\n")  # as controllers in containers say


def without_managed_fields(item):
    if isinstance(item, list):
        return [without_managed_fields(part) for part in item]
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key != "managedFields"}}


class Repository:
    """A bare repository that the cluster's Git server serves."""

    def __init__(self, cluster, name):
        self.folder = cluster.git_root / (name + ".git")
        self.url = "%s/%s.git" % (cluster.environment()["GIT_URL"], name)
        self.git("init", "-q", "--bare", "-b", "main", str(self.folder), here=False)

    def git(self, *arguments, here=True, text=None):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
                       "GIT_AUTHOR_NAME": "tests", "GIT_AUTHOR_EMAIL": "tests@example.com",
                       "GIT_COMMITTER_NAME": "tests", "GIT_COMMITTER_EMAIL": "tests@example.com"}
        where = ["--git-dir", str(self.folder)] if here else []
        return subprocess.run(["git", *where, *arguments], input=text, env=environment, timeout=CHILD_LIMIT_S,
                              check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, files, message="change", branch="main"):
        """Makes the branch hold exactly these files, {path: text}, and returns the commit."""
        tree = {}
        for path, text in files.items():
            *folders, name = path.split("/")
            place = tree
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = self.git("hash-object", "-w", "--stdin", text=text)
        parent = self.tip(branch)
        commit = self.git("commit-tree", self.write_tree(tree), "-m", message, *(["-p", parent] if parent else []))
        self.git("update-ref", "refs/heads/" + branch, commit)
        return commit

    def write_tree(self, tree):
        lines = ["040000 tree %s\t%s" % (self.write_tree(item), name) if isinstance(item, dict)
                 else "100644 blob %s\t%s" % (item, name) for name, item in tree.items()]
        return self.git("mktree", "-z", text="\0".join(lines) + "\0")

    def tip(self, branch="main"):
        return self.git("for-each-ref", "--format=%(objectname)", "refs/heads/" + branch) or None


class FaultProxy:
    """An API server that fails on demand: see tests/servers/faultproxy.py for the faults."""

    def __init__(self, cluster):
        pki = cluster.folder / "pki"
        self.process = subprocess.Popen(
            [sys.executable, str(SERVERS / "faultproxy.py"), "--until-eof", "--upstream", cluster.server,
             "--upstream-ca", str(cluster.authority), "--tls-cert", str(pki / "server.crt"),
             "--tls-key", str(pki / "server.key")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.server = "https://127.0.0.1:%d" % int(self.process.stdout.readline())
        self.control = cluster.kube(server=self.server)
        self.kubeconfig = cluster.folder / ("proxy-%d.kubeconfig" % self.process.pid)
        self.kubeconfig.write_text(cluster.kubeconfig.read_text().replace(cluster.server, self.server))

    def add(self, fault, on="", **details):
        self.control.request("POST", "/_faults", {"fault": fault, "on": on, **details})

    def clear(self):
        self.control.request("DELETE", "/_faults")

    def report(self):
        return self.control.request("GET", "/_faults")

    def end(self):
        end(self.process)


def end(process):
    """Ends a server that was started with --until-eof."""
    process.stdin.close()
    process.stdout.close()
    try:
        process.wait(CHILD_LIMIT_S)
    finally:
        process.kill()


# Manifests, as text, since that is what lies in a repository.

def deployment(name="web", image="nginx:1.27", namespace=None, replicas=1, annotations=None, extra="", label=None):
    return """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}{namespace}
spec:
  replicas: {replicas}
  {extra}
  selector:
    matchLabels: {{app: {label}}}
  template:
    metadata:
      labels: {{app: {label}}}
      annotations: {annotations}
    spec:
      containers:
      - name: web
        image: {image}
""".format(name=name, image=image, replicas=replicas, extra=extra, annotations=json.dumps(annotations or {}),
           namespace="\n  namespace: " + namespace if namespace else "", label=label or name)


def configmap(name="settings", namespace=None, **data):
    return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s%s\ndata: %s\n" % (
        name, "\n  namespace: " + namespace if namespace else "", json.dumps(data))


