"""meant: what the answers of a set mean before anything is rendered: the defaults a person reads in the documentation, the parts an environment has, paths and names.
Worked out from the answers alone, without a look at the program's own tree."""

import posixpath
import re

import yaml

SHORT = {"branch": "gitBranch", "cluster": "destinationServer", "host": "ingressHost", "namespace": "targetNamespace", "path": "gitPath", "tag": "image",
         "version": "chartVersion"}  # of environmentSettings; every other key is the question's own
HELM_REPOSITORIES = {"https://charts.example.com/stable": "example", "oci://registry.example.com/charts": "registry"}


def clean(path):
    """"./a//b/" -> "a/b"; the root is ""."""
    return posixpath.normpath(path).lstrip("/") if posixpath.normpath(path) != "." else ""


def inside(folder, path):
    return not clean(folder) or clean(path) == clean(folder) or clean(path).startswith(clean(folder) + "/")


def image_parts(text):
    name, _, digest = text.partition("@")
    tag = ""
    if ":" in name.rsplit("/", 1)[-1]:
        name, _, tag = name.rpartition(":")
    return name, tag, digest


def number(text):
    return int(str(text), 10)


def without(**fields):
    """A map without what nobody answered."""
    return {key: value for key, value in fields.items() if value is not None and value != "" and value != [] and value != {}}


def layered(lower, upper):
    """As Helm reads two files of values, one after the other; a null stays, for it takes the chart's own value away too."""
    both = dict(lower)
    for key, value in upper.items():
        both[key] = layered(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both


class Meant:
    """The answers to all questions, for all environments (whole is self) or for one."""

    def __init__(self, answers, questions, whole=None, environment=""):
        self.answers, self.questions = answers, questions
        self.whole, self.environment = whole or self, environment
        self.parts = []
        if whole is None:
            self.parts = [self.part(name) for name in self.list("environments")] or [self]

    def __getitem__(self, key):
        if key in self.answers:
            return self.answers[key]
        default = self.questions.get(key, {}).get("default", "")
        return default == "yes" if self.questions.get(key, {}).get("kind") == "yes/no" else default

    def list(self, key):
        value = self[key]
        return [str(item) for item in value] if isinstance(value, list) else [item.strip() for item in value.split(",") if item.strip()]

    def tree(self, key):
        """Of an answer that is YAML; None: not answered."""
        value = self[key]
        return yaml.safe_load(value) if isinstance(value, str) and value else value or (value if isinstance(value, (dict, list)) else None)

    def part(self, name):
        settings = (self.tree("environmentSettings") or {}).get(name, {})
        own = {SHORT.get(key, key): value for key, value in settings.items()}
        if "tag" in settings:
            own["image"] = image_parts(self["image"])[0] + ":" + str(settings["tag"])
        if isinstance(own.get("values"), dict):
            own["values"] = layered(self.tree("values") or {}, own["values"])
        worked_out = {"appName": f"{self.app}-{name}", "targetNamespace": self.namespace_of(name), "gitopsPath": self.home}
        if self.method == "kustomize":
            worked_out["gitPath"] = posixpath.join(self.folder, "overlays", name)
        elif self.method == "manifests":
            worked_out["gitPath"] = posixpath.join(self.folder, name)
        elif self.method == "helm-git":
            worked_out["gitPath"] = self.path
        if self["environmentLayout"] == "branches":
            worked_out["gitBranch"] = "main" if name in ("production", "prod") else name
        answers = {key: value for key, value in self.answers.items() if key not in ("environments", "environmentLayout", "environmentSettings")}
        return Meant({**answers, **worked_out, **own}, self.questions, self, name)

    def namespace_of(self, name):
        """"shop" for dev is "shop-dev"; one that is called after an environment is that one's."""
        for other in self.list("environments"):
            if self.namespace == other:
                return name
            if self.namespace.endswith("-" + other):
                return self.namespace.removesuffix(other) + name
        return f"{self.namespace}-{name}"

    # What was answered, or is by convention.

    @property
    def method(self):
        return self["deploymentMethod"]

    @property
    def provider(self):
        return self["gitopsDeployment"]

    @property
    def app(self):
        return self["appName"]

    @property
    def namespace(self):
        return self["targetNamespace"]

    @property
    def is_chart(self):
        return self.method in ("helm", "helm-git")

    @property
    def branch(self):
        if "gitBranch" not in self.answers and self["environmentLayout"] == "branches" and self.list("environments"):
            return self.list("environments")[0]
        return self["gitBranch"]

    @property
    def path(self):
        if "gitPath" in self.answers:
            return clean(self.answers["gitPath"])
        return f"apps/{self.app}/overlays/production" if self.method == "kustomize" and not self.list("environments") else f"apps/{self.app}"

    @property
    def folder(self):
        """Above all environments: one of them, or "overlays", may have been named."""
        path = self.path
        if path and (posixpath.basename(path) in self.list("environments") or posixpath.basename(posixpath.dirname(path)) == "overlays"):
            path = posixpath.dirname(path)
        return posixpath.dirname(path) if posixpath.basename(path) == "overlays" else path

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

    @property
    def host(self):
        return re.sub(r"^.*@|:.*$", "", re.match(r"[a-z]+://([^/]*)", self.url).group(1))

    @property
    def creates_namespace(self):
        return self["createNamespace"] and self.namespace != "default"

    @property
    def scaffolds(self):
        return self.method != "helm" and self["scaffold"] != "no"

    @property
    def release_namespace(self):
        return self["helmReleaseNamespace"] or self["fluxNamespace"]

    @property
    def release_name(self):
        """Flux would shorten what is longer than Helm allows with a hash."""
        if not self["releaseName"] and self.provider == "flux" and len(f"{self.namespace}-{self.app}") > 53:
            return self.app
        return self["releaseName"]

    @property
    def helm_repository(self):
        return self["helmRepositoryName"] or HELM_REPOSITORIES[self["chartRepoUrl"]]

    @property
    def shares_source(self):
        """Environments that follow one branch read one source."""
        return self.branch == self.whole.branch and self.whole["environmentLayout"] != "branches" or self.whole is self

    @property
    def shares_namespace(self):
        mine = (self.namespace, self["destinationServer"])
        return sum((part.namespace, part["destinationServer"]) == mine for part in self.whole.parts) > 1

    @property
    def source(self):
        return f"{(self.whole if self.shares_source else self).app}-repo"

    def says(self, key):
        """Whether an environment says KEY itself, and not as all do; without environments everything is said by the one."""
        return bool(self.tree(key)) and (self.whole is self or self.tree(key) != self.whole.tree(key))

    # What comes with a chart's release.

    @property
    def has_canary(self):
        return self.is_chart and self.provider in ("flux", "argocd") and self["progressiveDelivery"] == "flagger"

    @property
    def release(self):
        """helm-controller puts the target namespace in front where that is another one."""
        if self.release_name:
            return self.release_name
        return f"{self.namespace}-{self.app}" if self.provider == "flux" and self.release_namespace != self.namespace else self.app

    @property
    def values(self):
        """The answer, under which goes what an environment says of the starter chart's replicas and image; None: nothing is set."""
        answered, special = self.tree("values"), {}
        settings = (self.whole.tree("environmentSettings") or {}).get(self.environment, {})
        if self.method != "helm-git" or not self.scaffolds or not settings:
            return answered
        if "replicas" in settings and number(settings["replicas"]) != number(self.whole["replicas"]):
            special["replicaCount"] = number(settings["replicas"])
        if self["image"] != self.whole["image"]:
            mine, all_of = image_parts(self["image"]), image_parts(self.whole["image"])
            special["image"] = {**({"repository": mine[0]} if mine[0] != all_of[0] else {}), **({"digest": mine[2]} if mine[2] else {"tag": mine[1] or "latest"}),
                                **({"digest": ""} if all_of[2] and not mine[2] else {})}
        return {**(answered or {}), **{key: value for key, value in special.items() if key not in (answered or {})}} if special else answered

    @property
    def chart_deployment(self):
        """As "helm create" makes the name: the release, and the chart unless it is in there; at most 63."""
        chart = self["chartName"].rpartition("/")[2] if self.method == "helm" else self.whole.app
        return self["canaryDeployment"] or (self.release if chart in self.release else f"{self.release}-{chart}")[:63].rstrip("-")


    @property
    def has_chart_secrets(self):
        return self.is_chart and self.provider in ("flux", "argocd") and self["secretMethod"] not in ("", "no")

    @property
    def secret_name(self):
        given = {"sealed": "sealedSecret", "sops": "encryptedSecret"}.get(self["secretMethod"])
        if given:
            return (self.tree(given) or {}).get("metadata", {}).get("name", "")
        return self["externalSecretName"] or self.whole.app + "-secrets"

    @property
    def secret_namespace(self):
        """Beside the HelmRelease if that takes values from it; else where the pods are."""
        taken = any((item["kind"], item["name"]) == ("Secret", self.secret_name) for item in self.tree("valuesFrom") or [])
        return self.release_namespace if self.provider == "flux" and taken else self.namespace

    @property
    def secret_folder(self):
        """Of its own; empty: it lies beside the HelmRelease."""
        if self.provider == "flux" and self["secretMethod"] != "sops":
            return ""
        return posixpath.join("secrets" if self.provider == "flux" else "extras", self.whole.app, self.environment).rstrip("/")

    @property
    def writes_secret(self):
        """Of environments with the very same one only the first does."""
        if not self.has_chart_secrets:
            return False
        mine = lambda part: (part.secret_name, part.secret_namespace, part.provider == "argocd" and part["destinationServer"])
        return next(part for part in self.whole.parts if mine(part) == mine(self)) is self

    # Files.

    def at_home(self, name, own=True):
        """A file of the provider; OWN: of this environment."""
        return posixpath.join(self.home, f"{self.environment}-{name}" if own and self.environment else name)

    def at_path(self, name):
        return posixpath.join(self.path, name)

    @property
    def base(self):
        parent = posixpath.dirname(self.path)
        return posixpath.join(posixpath.dirname(parent) if posixpath.basename(parent) == "overlays" else self.path, "base")

    @property
    def service_name(self):
        return ("svc-" if self.whole.app[0].isdigit() else "") + self.whole.app  # DNS-1035
