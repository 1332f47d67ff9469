"""The matrix of answer sets (tests/matrix) before the judges: the API server takes every document, kustomize and helm build what they are for, and Flux and Argo CD
really sync a sample of them."""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness
from engines import ARGO, ArgocdCase, FluxCase
from harness import ClusterTest
from kube import condition
from programs import BY_NAME

MATRIX = Path(__file__).resolve().parent.parent / "matrix"
AT_ONCE = 8           # requests or builds
SYNCS_AT_LEAST = 40
SYNC_LIMIT_S = 100
SHOWN = 15


class MatrixCase:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason, cls.sets, cls.asked = None, [], {}
        driver, program = harness.BUILDDIR / "tests/matrix/render_sets", harness.BUILDDIR / "landfall"
        if not driver.exists() or not program.exists():
            cls.reason = "no %s (make check builds it)" % driver
            return
        try:
            sys.path.insert(0, str(MATRIX))
            import sets
        except ImportError as error:
            cls.reason = "the matrix needs %s" % error.name
            return
        listed = subprocess.run([program, "questions", "-o", "json"], check=True, capture_output=True, timeout=60).stdout
        cls.asked = {question["id"]: question for question in json.loads(listed)}
        cls.sets, cls.module = list(sets.build(cls.asked)), sets

    def setUp(self):
        if self.reason:
            self.skipTest(self.reason)
        super().setUp()

    def render(self, chosen):
        """[(set, [{"path", "role", "text", "tree"}])]"""
        lines = "".join(json.dumps({"name": one.name, "text": one.text}) + "\n" for one in chosen)
        run = subprocess.run([harness.BUILDDIR / "tests/matrix/render_sets"], input=lines.encode(), check=True,
                             capture_output=True, timeout=60)
        answers = [json.loads(line) for line in run.stdout.splitlines()][:-1]
        refused = [answer for answer in answers if "error" in answer]
        self.assertEqual(refused, [])
        return [(one, answer["files"]) for one, answer in zip(chosen, answers, strict=True)]

    def take(self, text, item, namespace, **query):
        """Gives the very text to the API server; returns what is wrong with it, or None."""
        meta = item["metadata"]
        path = self.kube.path(item["apiVersion"], item["kind"], meta.get("namespace", namespace), meta["name"],
                              fieldManager="landfall", force="true", fieldValidation="Strict", **query)
        status, answer = self.kube.send("PATCH", path, text.encode(), "application/apply-patch+yaml")
        answer = json.loads(answer) if answer.startswith(b"{") else {"message": answer.decode()}
        if status >= 400:
            return "%s %s: %s" % (status, answer.get("reason"), answer.get("message"))
        return None if within(item.get("spec"), answer.get("spec")) else "the server reads %r" % answer.get("spec")

    def assert_none(self, problems, of):
        found = ["%s: %s" % problem for problem in problems if problem[1]]
        self.assertEqual(len(found), 0, "%d of %d:\n%s" % (len(found), of, "\n".join(found[:SHOWN])))


def within(ours, theirs):
    """Whether everything we said is there as we said it; the server adds defaults."""
    if ours is None:
        return True
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(key in theirs and within(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list):
        return isinstance(theirs, list) and len(ours) == len(theirs) and all(map(within, ours, theirs))
    if isinstance(ours, int) and abs(ours) >= 2 ** 63:  # such a one is a double to the API server, whoever wrote it
        return not isinstance(theirs, bool) and float(ours) == float(theirs)
    return ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)


def is_object(file):
    return isinstance(file["tree"], dict) and "kind" in file["tree"] and not file["tree"].get("apiVersion", "kustomize.config.k8s.io").startswith("kustomize.config.k8s.io")


def write(folder, files):
    for file in files:
        path = folder / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file["text"].encode())


class MatrixTest(MatrixCase, ClusterTest):
    def ready_namespaces(self, names):
        def gone():
            return all(self.kube.find("v1", "Namespace", None, name) is None for name in leaving)
        there = {name: self.kube.find("v1", "Namespace", None, name) for name in sorted(names)}
        leaving = [name for name, item in there.items() if item and "deletionTimestamp" in item["metadata"]]
        self.until(gone, "the namespaces of the test before are gone")
        for name, item in there.items():
            if not item or name in leaving:
                self.own_namespace(name)

    def test_every_document_is_accepted(self):
        documents = {}
        for one, files in self.render(self.sets):
            for file in filter(is_object, files):
                documents.setdefault(file["text"], (one.name + ": " + file["path"], file["tree"]))
        self.ready_namespaces({tree["metadata"]["namespace"] for _, tree in documents.values() if "namespace" in tree["metadata"]})
        with ThreadPoolExecutor(AT_ONCE) as pool:
            problems = list(pool.map(lambda item: (item[1][0], self.take(item[0], item[1][1], self.namespace, dryRun="All")), documents.items()))
        self.assertGreater(len(problems), 200)
        self.assert_none(problems, len(problems))

    def built(self, command, folder, namespace):
        """What is wrong with the objects that COMMAND makes."""
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder,
                             env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
        if run.returncode or "deprecated" in run.stderr:
            return run.stderr
        texts = [text for text in re.split(r"^---\n", run.stdout, flags=re.M) if text.strip()]
        for text in texts:
            item = {"apiVersion": first(text, "apiVersion"), "kind": first(text, "kind"),
                    "metadata": {"name": first(text, "  name"), "namespace": first(text, "  namespace") or namespace}}
            problem = self.take(text, item, namespace, dryRun="All")
            if problem:
                return problem + "\n" + text
        return None if texts else "nothing was built"

    def test_scaffolds_build(self):
        """kustomize and helm themselves, and what they make of it is accepted too."""
        work = {}
        for one, files in self.render(self.sets):
            folders = sorted(file["path"].rpartition("/")[0] for file in files if file["path"].endswith(("kustomization.yaml", "Chart.yaml"))
                             and file["role"] == "workload")
            for folder in folders:
                key = json.dumps([(file["path"].removeprefix(folder), file["text"]) for file in files if file["path"].startswith(folder)])
                work.setdefault(key, (one.name + ": " + folder, folder, files))
        kustomize, helm = BY_NAME["kustomize"].path(), BY_NAME["helm"].path()
        self.ready_namespaces({str(one.answers["targetNamespace"]) for one in self.sets})

        def build(job):
            name, folder, files = job
            with tempfile.TemporaryDirectory(prefix="landfall-matrix-") as place:
                write(Path(place), files)
                chart = any(file["path"] == folder + "/Chart.yaml" for file in files)
                command = [helm, "template", "release", "./" + folder, "--namespace", self.namespace] if chart else [kustomize, "build", "./" + folder]
                return name, self.built(command, place, self.namespace)
        with ThreadPoolExecutor(2) as pool:
            problems = list(pool.map(build, work.values()))
        self.assertGreater(len(problems), 40)
        self.assert_none(problems, len(problems))


def first(text, key):
    """The first value of KEY at its indentation, of what kustomize and helm print."""
    found = re.search(r"^%s: (.*)$" % key, text, re.M)
    return found.group(1).strip().strip("\"'") if found else None


class MatrixSyncTest(MatrixCase, FluxCase, ArgocdCase):
    """Not the tests of the two, only what they have."""

    def chosen(self):
        """Sets that a controller here can bring to health by itself, hostile ones first, each method with each provider."""
        groups = {}
        for one in self.sets:
            method, provider, environment, extra, odd = one.name.split("/", 4)
            if (provider.startswith("none") or one.answers.get("syncPolicy") == "manual" or one.answers.get("fluxSuspend") or environment != "one"
                    or extra != "plain" or method not in ("kustomize", "kustomize-flat", "manifests", "manifests-root")):
                continue
            groups.setdefault((method, provider), {}).setdefault(odd, one)
        rounds = [list(group.values()) for group in groups.values()]
        picked = []
        while len(picked) < SYNCS_AT_LEAST + 4:
            for group in rounds:
                if group:
                    picked.append(group.pop(0))
        return picked

    def prepare(self, index, one):
        """The set with what only this cluster knows, and names of its own."""
        name = "matrix-%d" % index
        repository = self.repository(name)
        answers = {**one.answers, "gitRepoUrl": repository.url, "targetNamespace": "%de3" % index, "replicas": "2", "image": "nginx:1.27",
                   "createNamespace": True, "directoryRecurse": False}
        if answers["gitopsDeployment"] == "flux":
            answers.update(fluxNamespace=name, gitSecretName="", applyTimeout="1m")
            self.own_namespace(name)
        else:
            answers.update(appName=("%s-%d" % (answers["appName"][:40], index)), argocdProject="default",
                           destinationServer="https://kubernetes.default.svc")
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, answers["targetNamespace"])
        return repository, self.module.Set(one.name, answers, self.module.flow)

    def deliver_set(self, repository, one, files):
        commit = repository.commit({file["path"]: file["text"] for file in files}, branch=one.answers["gitBranch"])
        gitops = [file for file in files if file["role"] == "gitops"]
        for file in sorted(gitops, key=lambda file: file["tree"]["kind"] != "Namespace"):
            problem = self.take(file["text"], file["tree"], None)
            self.assertIsNone(problem, "%s: %s: %s" % (one.name, file["path"], problem))
        consumer = next(file["tree"] for file in gitops if file["tree"]["kind"] in ("Kustomization", "Application"))
        if consumer["kind"] == "Application":
            self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", consumer["metadata"]["name"])
        return consumer, commit

    def state(self, consumer, commit):
        """(whether the commit landed, what the controller says)"""
        item = self.kube.get(consumer["apiVersion"], consumer["kind"], consumer["metadata"]["namespace"], consumer["metadata"]["name"])
        status = item.get("status", {})
        if consumer["kind"] == "Application":
            said = {key: status.get(key) for key in ("sync", "health", "conditions", "operationState")}
            landed = (status.get("sync", {}).get("status") == "Synced" and status["sync"].get("revision") == commit
                      and status.get("health", {}).get("status") == "Healthy")
            return landed, json.dumps(said)[:1500]
        ready = condition(item, "Ready")
        return ready.get("status") == "True" and status.get("lastAppliedRevision", "").endswith(commit), ready.get("message")

    def test_a_sample_is_synced(self):
        prepared = [self.prepare(index, one) for index, one in enumerate(self.chosen())]
        rendered = self.render([one for _, one in prepared])
        waiting = []
        for (repository, one), (_, files) in zip(prepared, rendered):
            waiting.append((one, *self.deliver_set(repository, one, files)))
        self.assertGreaterEqual(len(waiting), SYNCS_AT_LEAST)
        last = {}

        def all_landed():
            left = []
            for one, consumer, commit in waiting:
                landed, last[one.name] = self.state(consumer, commit)
                if not landed:
                    left.append((one, consumer, commit))
            waiting[:] = left
            return not left
        try:
            self.until(all_landed, "all are synced", SYNC_LIMIT_S)
        except Exception as error:
            error.add_note("\n".join("%s: %s" % (one.name, last[one.name]) for one, *_ in waiting))
            raise
        for (_, one) in prepared:  # what runs is what was asked for
            app = self.kube.get("apps/v1", "Deployment", one.answers["targetNamespace"], one.answers["appName"])
            self.assertEqual(app["status"]["readyReplicas"], 2)
