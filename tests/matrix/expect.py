"""expect: where an answer has to be found in what is rendered, worked out from the answers alone and without a look at the program's own tree. A row says for which
sets, in which object, at which place, which value; a value of GONE means the place must not exist."""

import posixpath
import re

GONE = object()


def clean(path):
    """"./a//b/" -> "a/b"; the root is ""."""
    return posixpath.normpath(path).lstrip("/") if posixpath.normpath(path) != "." else ""


class Meant:
    """Answers with the defaults a person reads in the table of questions."""

    def __init__(self, answers, questions):
        self.answers, self.questions = answers, questions

    def __getitem__(self, key):
        if key in self.answers:
            return self.answers[key]
        default = self.questions.get(key, {}).get("default", "")
        return {"yes": True, "no": False}.get(default, default)

    @property
    def method(self):
        return self["deploymentMethod"]

    @property
    def app(self):
        return self["appName"]

    @property
    def path(self):
        if "gitPath" in self.answers:
            return clean(self.answers["gitPath"])
        return f"apps/{self.app}/overlays/production" if self.method == "kustomize" else f"apps/{self.app}"

    @property
    def home(self):
        """The folder of the provider's own files."""
        if "gitopsPath" in self.answers:
            return clean(self.answers["gitopsPath"])
        return {"kustomize": self.path, "helm-git": self.path, "helm": f"apps/{self.app}"}.get(self.method, f"gitops/{self.app}")

    @property
    def url(self):
        """As Flux takes it: a scheme, and no user for http."""
        url = self["gitRepoUrl"]
        if "://" not in url:
            host, path = url.split(":", 1)
            return f"ssh://{host}/{path}"
        return re.sub(r"^(https?://)[^@/]*@", r"\1", url)

    def __contains__(self, key):
        return bool(self[key])


def number(text):
    return int(text, 10)


def namespace_wanted(m):
    return m["createNamespace"] and m["targetNamespace"] != "default"


def flux_from_git(m):
    yield "GitRepository", "metadata.namespace", m["fluxNamespace"]
    yield "GitRepository", "spec.interval", m["sourceInterval"]
    yield "GitRepository", "spec.timeout", m["sourceTimeout"] or GONE
    yield "GitRepository", "spec.url", m.url
    yield "GitRepository", "spec.ref", {"branch": m["gitBranch"]}
    yield "GitRepository", "spec.secretRef", {"name": m["gitSecretName"]} if m["gitSecretName"] else GONE


def flux_kustomization(m):
    yield "Kustomization", "metadata", {"name": m.app, "namespace": m["fluxNamespace"]}
    yield "Kustomization", "spec.interval", m["reconcileInterval"]
    yield "Kustomization", "spec.retryInterval", m["retryInterval"] or GONE
    yield "Kustomization", "spec.timeout", m["applyTimeout"]
    yield "Kustomization", "spec.path", "./" + m.path
    yield "Kustomization", "spec.targetNamespace", m["targetNamespace"]
    yield "Kustomization", "spec.prune", m["prune"]
    yield "Kustomization", "spec.wait", m["fluxWait"]
    yield "Kustomization", "spec.suspend", True if m["fluxSuspend"] else GONE
    yield "Kustomization", "spec.sourceRef.kind", "GitRepository"
    yield "Kustomization", "spec.sourceRef.namespace", GONE


def argocd_application(m):
    options = (["CreateNamespace=true"] if namespace_wanted(m) else []) + [option for option in re.split("[, ]+", m["syncOptions"]) if option]
    automated = {"prune": m["prune"], "selfHeal": m["selfHeal"], "allowEmpty": m["allowEmpty"]}
    yield "Application", "metadata.name", m.app
    yield "Application", "metadata.namespace", m["argocdNamespace"]
    yield "Application", "metadata.finalizers", ["resources-finalizer.argocd.argoproj.io"] if m["cascadeDelete"] else GONE
    yield "Application", "spec.project", m["argocdProject"]
    yield "Application", "spec.destination", {"server": m["destinationServer"], "namespace": m["targetNamespace"]}
    yield "Application", "spec.syncPolicy.automated", automated if m["syncPolicy"] == "automated" else GONE
    yield "Application", "spec.syncPolicy.syncOptions", options or GONE
    yield "Application", "spec.syncPolicy.retry", {"limit": number(m["retryLimit"]), "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}}
    yield "Application", "spec.revisionHistoryLimit", number(m["historyLimit"])
    yield "Application", "status", GONE
    yield "Application", "operation", GONE


def argocd_from_git(m):
    url = m["gitRepoUrl"] if "://" not in m["gitRepoUrl"] else m.url
    yield "Application", "spec.source.repoURL", url
    yield "Application", "spec.source.targetRevision", m["gitBranch"]
    yield "Application", "spec.source.path", m.path or "."


def deployment(m):
    labels = {"app.kubernetes.io/name": m.app}
    container = "spec.template.spec.containers.0."
    yield "Deployment", "metadata.name", m.app
    yield "Deployment", "spec.selector.matchLabels", labels
    yield "Deployment", "spec.template.metadata.labels", labels
    yield "Deployment", container + "name", m.app
    yield "Deployment", container + "image", m["image"]
    yield "Deployment", container + "ports", [{"name": "http", "containerPort": number(m["containerPort"])}]
    yield "Deployment", container + "readinessProbe", {"tcpSocket": {"port": "http"}, "periodSeconds": 5}
    yield "Deployment", container + "resources", {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    yield "Deployment", container + "securityContext", {"allowPrivilegeEscalation": False, "seccompProfile": {"type": "RuntimeDefault"}}
    yield "Service", "metadata.name", "svc-" + m.app if m.app[0].isdigit() else m.app  # DNS-1035
    yield "Service", "spec.selector", labels
    yield "Service", "spec.ports", [{"name": "http", "port": 80, "targetPort": "http"}]
    plain = m.method == "manifests"
    yield "Deployment", "spec.replicas", number(m["replicas"]) if plain else GONE
    yield "Deployment", "metadata.namespace", m["targetNamespace"] if plain else GONE
    yield "Service", "metadata.namespace", m["targetNamespace"] if plain else GONE


def image_parts(text):
    name, _, digest = text.partition("@")
    tag = ""
    if ":" in name.rsplit("/", 1)[-1]:
        name, _, tag = name.rpartition(":")
    return name, tag, digest


def overlay(m):
    name, tag, digest = image_parts(m["image"])
    yield "overlay", "namespace", m["targetNamespace"]
    yield "overlay", "replicas", [{"name": m.app, "count": number(m["replicas"])}]
    yield "overlay", "images", [{"name": name, "digest": digest}] if digest else [{"name": name, "newTag": tag}] if tag else GONE
    yield "base", "resources", ["deployment.yaml", "service.yaml"]
    yield "base", "labels", [{"pairs": {"app.kubernetes.io/name": m.app, "app.kubernetes.io/managed-by": "kustomize"}}]


def namespace(m):
    yield "Namespace", "metadata.name", m["targetNamespace"]
    yield "Namespace", "metadata.annotations", {"kustomize.toolkit.fluxcd.io/prune": "disabled"}


def from_git(m):
    return m.method != "helm"


# When, and what then has to be found.
ROWS = (
    (lambda m: m["gitopsDeployment"] == "flux" and from_git(m), flux_from_git),
    (lambda m: m["gitopsDeployment"] == "flux" and m.method in ("kustomize", "manifests"), flux_kustomization),
    (lambda m: m["gitopsDeployment"] == "flux" and m.method in ("kustomize", "manifests") and namespace_wanted(m), namespace),
    (lambda m: m["gitopsDeployment"] == "argocd", argocd_application),
    (lambda m: m["gitopsDeployment"] == "argocd" and from_git(m), argocd_from_git),
    (lambda m: m.method in ("kustomize", "manifests") and m["scaffold"] != "no", deployment),
    (lambda m: m.method == "kustomize" and m["scaffold"] != "no", overlay),
)


def find(tree, place):
    for key in place.split("."):
        if isinstance(tree, list) and key.isdigit() and int(key) < len(tree):
            tree = tree[int(key)]
        elif isinstance(tree, dict) and key in tree:
            tree = tree[key]
        else:
            return GONE
    return tree


def equal(got, want):
    """Equal, and of the same types all the way down: 1 is not true, and "1" is not 1."""
    if isinstance(want, dict):
        return isinstance(got, dict) and got.keys() == want.keys() and all(equal(got[key], want[key]) for key in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(equal, got, want))
    if isinstance(want, float) or isinstance(got, float):
        return not isinstance(got, (bool, str)) and got is not None and float(got) == float(want)
    return type(got) is type(want) and got == want


def objects(files):
    """By kind; kustomization.yaml files by what they are."""
    found = {}
    for path, trees in files.items():
        for tree in trees:
            kind = tree.get("kind", "")
            if tree.get("apiVersion", "").startswith("kustomize.config.k8s.io/"):
                kind = "base" if path.endswith("base/kustomization.yaml") else "overlay"
            found.setdefault(kind, []).append((path, tree))
    return found


def check(answers, questions, files):
    """Yields what is wrong. FILES: path -> documents as an independent parser read them."""
    m = Meant(answers, questions)
    found = objects(files)
    for applies, rule in ROWS:
        if not applies(m):
            continue
        for kind, place, want in rule(m):
            if kind not in found:
                yield f"no {kind} was rendered"
                break
            for path, tree in found[kind]:
                got = find(tree, place)
                if got is GONE or want is GONE:
                    if got is not want:
                        yield f"{path}: {place} of {kind} is {'missing' if got is GONE else got!r}, not {'missing' if want is GONE else want!r}"
                elif not equal(got, want):
                    yield f"{path}: {place} of {kind} is {got!r}, not {want!r}"
