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
from engines import ARGO, KUSTOMIZE, ArgocdCase, FluxCase
from harness import ClusterTest
from kube import condition
from programs import BY_NAME

MATRIX = Path(__file__).resolve().parent.parent / "matrix"
STARTER = MATRIX.parent / "golden/render/none-helm-git/files/apps/web"
AT_ONCE = 8           # requests or builds
SYNCS_AT_LEAST = 40
LIMIT_S = 600         # thousands of requests, or dozens of deliveries that are followed at once
SYNC_LIMIT_S = 400
SHOWN = 15
NEWER = ("zoom", "incident.io")  # Flux 2.9's own definition has them, the one made from the published module (1.9.4) not yet


class MatrixCase:
    limit_s = LIMIT_S

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason, cls.sets, cls.asked = None, [], {}
        if not (harness.BUILDDIR / "tests/matrix/render_sets").exists() or not (harness.BUILDDIR / "landfall").exists():
            cls.reason = "no tests/matrix/render_sets (make check builds it)"
            return
        try:
            sys.path.insert(0, str(MATRIX))
            import driver
            import meant
            import sets
        except ImportError as error:
            cls.reason = "the matrix needs %s" % error.name
            return
        driver.BUILD = harness.BUILDDIR
        cls.asked = driver.questions()
        cls.sets, cls.make_set, cls.driver, cls.meant = sets.build(cls.asked), sets.Set, driver, meant
        cls.flow = staticmethod(sets.flow)

    def setUp(self):
        if self.reason:
            self.skipTest(self.reason)
        super().setUp()

    def render(self, chosen):
        """[(set, [{"path", "role", "patch", "text", "tree"}])]"""
        answers = self.driver.run(chosen)
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
    """Whole, and of the API server's: neither a patch nor what only Kustomize, Helm or SOPS know."""
    tree = file["tree"]
    return (not file["patch"] and isinstance(tree, dict) and "kind" in tree and "sops" not in tree
            and not tree.get("apiVersion", "kustomize.config.k8s.io").startswith("kustomize.config.k8s.io"))


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
        for one, files in self.render([one for one in self.sets if one.answers.get("alertProvider") not in NEWER]):
            for file in filter(is_object, files):
                documents.setdefault(file["text"], (one.name + ": " + file["path"], file["tree"]))
        self.ready_namespaces({tree["metadata"]["namespace"] for _, tree in documents.values() if "namespace" in tree["metadata"]})
        with ThreadPoolExecutor(AT_ONCE) as pool:
            problems = list(pool.map(lambda item: (item[1][0], self.take(item[0], item[1][1], self.namespace, dryRun="All")), documents.items()))
        kinds = {tree["kind"] for _, tree in documents.values()}
        self.assertLessEqual({"Application", "ApplicationSet", "AppProject", "Kustomization", "GitRepository", "HelmRepository", "HelmRelease", "ImageRepository", "ImagePolicy",
                              "ImageUpdateAutomation", "Alert", "Provider", "Receiver", "Rollout", "AnalysisTemplate", "Canary", "ExternalSecret", "SealedSecret", "Ingress",
                              "HorizontalPodAutoscaler", "Deployment", "Service", "Namespace"}, kinds)
        self.assertGreater(len(problems), 1000)
        self.assert_none(problems, len(problems))

    def built(self, command, folder, namespace):
        """What is wrong with the objects that COMMAND makes."""
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder,
                             env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
        if run.returncode or "deprecated" in run.stderr:
            return run.stderr
        texts = [text for text in re.split(r"^---\n", run.stdout, flags=re.M) if text.strip()]
        for text in texts:
            if re.search("^sops:", text, re.M):  # decrypted by the provider before it is applied
                continue
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
                             and file["role"] == "workload" and not file["path"].endswith("base/kustomization.yaml"))
            for folder in folders:
                near = folder.removesuffix(folder.rpartition("/overlays/")[2]).removesuffix("/overlays/") or folder
                key = json.dumps([(file["path"].removeprefix(near), file["text"]) for file in files if file["path"].startswith(near) and file["role"] == "workload"])
                work.setdefault(key, (one.name + ": " + folder, folder, files))
        kustomize, helm = BY_NAME["kustomize"].path(), BY_NAME["helm"].path()
        self.ready_namespaces({part.namespace for one in self.sets for part in self.meant.Meant(one.answers, self.asked).parts})

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


# What is really synced: how many of the sets whose method, provider, environment and extra these match.
SYNCED = (
    (4, r"kustomize(-flat)?/flux(-private)?/one/plain"), (4, r"manifests(-root)?/flux(-private)?/one/plain"), (3, r"kustomize/flux/(folders|branches|differing)/plain"),
    (2, r"manifests/flux/(folders|branches)/plain"), (1, r"manifests/flux/one/alerts"),
    (4, r"kustomize(-flat)?/argocd(-turned)?/one/plain"), (4, r"manifests(-root)?/argocd(-turned)?/one/plain"), (3, r"kustomize/argocd/(folders|branches|differing)/plain"),
    (3, r"helm-git/argocd(-turned)?/one/plain"), (3, r"helm/argocd(-turned)?/one/plain"), (2, r"helm-oci/argocd(-turned)?/one/plain"), (1, r"helm-git/argocd/folders/plain"),
    (1, r"helm(-oci)?/argocd/folders/plain"), (2, r"helm(-oci|-git)?/argocd/one/(parameters|values-as-text)"), (1, r"helm-git/argocd/one/values-missing"),
    (2, r"(kustomize|manifests)/argocd/set-list/plain"), (2, r"(kustomize|manifests)/argocd/set-git/plain"), (2, r"helm(-oci|-git)?/argocd/set-list/plain"),
    (2, r"(kustomize|helm-git)/argocd/(one|folders|set-list)/project"), (1, r"manifests/argocd/one/notifications"),
)
# Settings of an environment that lead to another cluster, branch or chart, to a person, or to what nobody here makes healthy (an Ingress, an autoscaler, more than the node has).
NOT_HERE = ("cluster", "branch", "version", "syncPolicy", "host", "autoscale", "resources")


class MatrixSyncTest(MatrixCase, FluxCase, ArgocdCase):
    """Not the tests of the two, only what they have."""
    alone = True

    def chosen(self):
        """Each time another method and provider, and other names, hostile ones first."""
        picked, used = [], set()
        for count, pattern in SYNCED:
            fitting = [one for one in self.sets if re.fullmatch(pattern, "/".join(one.name.split("/")[:4]))]
            self.assertTrue(fitting, pattern)
            groups = {}
            for one in sorted(fitting, key=lambda one: (one.name.rpartition("/")[2] in used, one.name.rpartition("/")[2] == "plain")):
                groups.setdefault("/".join(one.name.split("/")[:4]), []).append(one)
            rounds = list(groups.values())
            for turn in range(count):
                group = rounds[turn % len(rounds)]
                picked.append(group.pop(0) if len(group) > 1 else group[0])
                used.add(picked[-1].name.rpartition("/")[2])
        return picked

    def chart_server(self):
        """Addresses of a repository and of a registry with the starter chart; the latter with TLS, because Argo CD asks no other for charts."""
        folder = tempfile.TemporaryDirectory(prefix="landfall-charts-")
        self.addCleanup(folder.cleanup)
        helm = BY_NAME["helm"].path()
        pki = self.cluster.folder / "pki"
        at = []
        for options in ((), ("--tls-cert", pki / "server.crt", "--tls-key", pki / "server.key")):
            server = subprocess.Popen([sys.executable, harness.SERVERS / "charts.py", "--until-eof", "--root", folder.name, *options],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.addCleanup(harness.end, server)
            at.append("127.0.0.1:%d" % int(server.stdout.readline()))
        for command in (["package", STARTER, "--version", "0.1.0", "-d", folder.name], ["repo", "index", folder.name],
                        ["push", folder.name + "/web-0.1.0.tgz", "oci://%s/charts" % at[1], "--insecure-skip-tls-verify"]):
            subprocess.run([helm, *command], check=True, capture_output=True, timeout=60, env={"HOME": folder.name, "PATH": "/usr/bin:/bin"})
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                         "metadata": {"name": "matrix-charts", "namespace": "argocd", "labels": {"argocd.argoproj.io/secret-type": "repository"}},
                         "stringData": {"type": "helm", "name": "charts", "url": at[1] + "/charts", "enableOCI": "true", "insecure": "true"}})
        self.addCleanup(self.kube.delete, "v1", "Secret", "argocd", "matrix-charts")
        return at

    def prepare(self, index, one, charts):
        """The set with what only this cluster knows, and names of its own."""
        name = "matrix-%d" % index
        repository = self.repository(name)
        answers = {**one.answers, "gitRepoUrl": repository.url, "targetNamespace": "%de3" % index, "replicas": "1", "image": "nginx:1.27", "createNamespace": True,
                   "directoryRecurse": False, "projectRepositories": "*"}
        if answers["deploymentMethod"] == "helm":
            url = "oci://%s/charts" % charts[1] if answers["chartRepoUrl"].startswith("oci") else "http://" + charts[0]
            answers.update(chartRepoUrl=url, chartName="web", chartVersion="0.1.x")
        if "values" in answers:  # Argo CD hands values to Helm as YAML in which it does not quote this key
            answers["values"] = {key: value for key, value in answers["values"].items() if key != "<<"}
        if "environmentSettings" in answers:
            answers["environmentSettings"] = {
                environment: {key: "%d-%s" % (index, value) if key == "namespace" else value for key, value in settings.items() if key not in NOT_HERE}
                for environment, settings in answers["environmentSettings"].items()}
        if answers["gitopsDeployment"] == "flux":
            answers.update(fluxNamespace=name, gitSecretName="", applyTimeout="3m")
            self.own_namespace(name)
        else:
            answers.update(appName=("%s-%d" % (answers["appName"][:30].strip("-"), index)), argocdProject="default", destinationServer="https://kubernetes.default.svc")
        prepared = self.make_set(one.name, answers, self.flow)
        prepared.parts = self.meant.Meant(answers, self.asked).parts
        for part in prepared.parts:
            self.addCleanup(self.kube.delete, "v1", "Namespace", None, part.namespace)
            self.addCleanup(self.kube.delete, ARGO, "Application", "argocd", part.app)
        return repository, prepared

    def deliver_set(self, repository, one, files):
        """Commits it to every branch that is followed, and registers what a provider reads; returns the commits."""
        content = {file["path"]: file["text"] for file in files}
        commits = [repository.commit(content, branch=branch) for branch in sorted({one.parts[0].whole.branch, *(part.branch for part in one.parts)})]
        first = ("Namespace", "AppProject")
        gitops = [file for file in files if file["role"] == "gitops"]
        for file in sorted(gitops, key=lambda file: file["tree"]["kind"] not in first):
            tree = file["tree"]
            problem = self.take(file["text"], tree, None)
            self.assertIsNone(problem, "%s: %s: %s" % (one.name, file["path"], problem))
            if tree["kind"] in ("ApplicationSet", "AppProject"):
                self.addCleanup(self.kube.delete, ARGO, tree["kind"], "argocd", tree["metadata"]["name"])
        return commits

    def state(self, part, commits):
        """(whether the commit landed, what the controller says)"""
        if part.provider == "argocd":
            item = self.kube.find(ARGO, "Application", "argocd", part.app) or {}
            status = item.get("status", {})
            said = {key: status.get(key) for key in ("sync", "health", "conditions", "operationState")}
            revision = status.get("sync", {}).get("revision")
            landed = (status.get("sync", {}).get("status") == "Synced" and (revision in commits or (part.method == "helm" and revision == "0.1.0"))
                      and status.get("health", {}).get("status") == "Healthy")
            return landed, json.dumps(said)[:1500]
        item = self.kube.get(KUSTOMIZE, "Kustomization", part["fluxNamespace"], part.app)
        ready, status = condition(item, "Ready"), item.get("status", {})
        return ready.get("status") == "True" and status.get("lastAppliedRevision", "").rpartition(":")[2] in commits, ready.get("message")

    def wanted_replicas(self, part):
        if part.tree("autoscale") and part.method == "kustomize":
            return None
        said = (part.tree("values") or {}).get("replicaCount") if part.is_chart else None
        if part.is_chart:  # 2: the starter chart as it is served; in Git each environment's values say what differs from it
            return said or (2 if part.method == "helm" else int(part["replicas"]))
        return int(part["replicas"])

    def test_a_sample_is_synced(self):
        charts = self.chart_server()
        prepared = [self.prepare(index, one, charts) for index, one in enumerate(self.chosen())]
        rendered = self.render([one for _, one in prepared])
        waiting = []
        for (repository, one), (_, files) in zip(prepared, rendered):
            commits = self.deliver_set(repository, one, files)
            waiting += [(one, part, commits) for part in one.parts]
        self.assertGreaterEqual(len(prepared), SYNCS_AT_LEAST)
        last = {}

        def all_landed():
            left = []
            for one, part, commits in waiting:
                landed, last[one.name, part.app] = self.state(part, commits)
                if not landed:
                    left.append((one, part, commits))
            waiting[:] = left
            return not left
        try:
            self.until(all_landed, "all are synced", SYNC_LIMIT_S)
        except Exception as error:
            error.add_note("\n".join("%s, %s: %s" % (one.name, part.app, last[one.name, part.app]) for one, part, _ in waiting))
            raise
        for _, one in prepared:  # what runs is what was asked for
            for part in one.parts:
                app, = self.kube.list("apps/v1", "Deployment", part.namespace)
                wanted = self.wanted_replicas(part)
                if wanted is not None:
                    self.assertEqual(app["status"].get("readyReplicas"), wanted, "%s, %s" % (one.name, part.app))
