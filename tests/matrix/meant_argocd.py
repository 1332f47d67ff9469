"""meant_argocd: the documents that Argo CD has to get for a set of answers: as its own documentation describes their fields, and docs/argocd.md what Landfall takes of
them. An ApplicationSet is judged by what its controller would make of it: its template, filled in as goTemplate does, has to give the very Applications that are meant."""

import copy
import json
import posixpath
import re

import yaml

from meant import inside, number, without

YAML_11_OTHER = re.compile(r"(?i)^(~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_.:eExXoObBa-fA-F+-]*|[-+]?\.[0-9]+|[-+]?\.(inf|nan)|=|<<|)$")


def repository(m):
    if m.method == "helm":
        return re.sub("^oci://", "", m["chartRepoUrl"])
    return m.url if "://" in m["gitRepoUrl"] else m["gitRepoUrl"]


def parameters(m):
    """For "helm --set": a backslash before what has a meaning there, and a text that YAML would take for something else stays one."""
    found = []
    for name, value in (m.tree("helmParameters") or {}).items():
        text = re.sub(r"[\\,]|^{", r"\\\g<0>", value if isinstance(value, str) else json.dumps(value))
        forced = isinstance(value, str) and (YAML_11_OTHER.match(value) or value[:1] in "{[")
        found.append({"name": name, "value": text, **({"forceString": True} if forced else {})})
    return found


def helm(m):
    values = m.values or None
    as_text = m["helmValuesAs"] == "values" and m.tree("values")
    files = m.list("valueFiles") if m.method == "helm-git" else []
    return without(releaseName=m.release_name, valueFiles=files, ignoreMissingValueFiles=True if files and m["ignoreMissingValueFiles"] else None,
                   valuesObject=None if as_text else values, values=AsYaml(values) if as_text and values else None, parameters=parameters(m),
                   skipCrds=True if m["skipCrds"] else None)


class AsYaml(str):
    """A text that has to be YAML for this tree; how it is written is free."""

    def __new__(cls, tree):
        made = super().__new__(cls, yaml.safe_dump(tree))
        made.tree = tree
        return made


def source(m, file):
    if m.method == "helm":
        return without(repoURL=repository(m), chart=m["chartName"], targetRevision=m["chartVersion"], helm=helm(m))
    recurses = m.method == "manifests" and m["directoryRecurse"]
    exclude = None
    if m.method == "manifests" and inside(m.path, m.home) and (recurses or inside(m.home, m.path)):
        exclude = file[len(m.path) + 1:] if m.path else file
    return without(repoURL=repository(m), targetRevision=m.branch, path=m.path or ".", directory=without(recurse=True if recurses else None, exclude=exclude),
                   helm=helm(m) if m.is_chart else None)


def annotations(m):
    if not m["argocdNotifications"]:
        return None
    return {f"notifications.argoproj.io/subscribe.{trigger}.{m['notifyService']}": ";".join(m.list("notifyRecipients")) for trigger in m.list("notifyTriggers")}


def application(m, file):
    options = (["CreateNamespace=true"] if m.creates_namespace else []) + (["RespectIgnoreDifferences=true"] if m.has_canary else []) + [option for option in re.split("[, ]+", m["syncOptions"]) if option]
    automated = {"prune": m["prune"], "selfHeal": m["selfHeal"], "allowEmpty": m["allowEmpty"]} if m["syncPolicy"] == "automated" else None
    project = m.whole["projectName"] or m.whole.app if own_project(m) else m["argocdProject"]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": without(name=m.app, namespace=m["argocdNamespace"], annotations=annotations(m),
                                finalizers=["resources-finalizer.argocd.argoproj.io"] if m["cascadeDelete"] else None),
            "spec": {"project": project, "source": source(m, file), "destination": {"server": m["destinationServer"], "namespace": m.namespace},
                     "syncPolicy": without(automated=automated, syncOptions=options,
                                           retry={"limit": number(m["retryLimit"]), "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}}),
                     "revisionHistoryLimit": number(m["historyLimit"]), **ignored(m)}}


def ignored(m):
    """What Flagger changes is no difference."""
    if not m.has_canary:
        return {}
    return {"ignoreDifferences": [{"group": "apps", "kind": "Deployment", "name": m.chart_deployment, "jsonPointers": ["/spec/replicas"]},
                                  {"kind": "Service", "name": m.chart_deployment, "jsonPointers": ["/spec/selector", "/spec/ports"]}]}


def own_project(m):
    return m["appProject"] and m["argocdProject"] == "default"


def kinds(texts):
    return [{"group": text.rpartition("/")[0], "kind": text.rpartition("/")[2]} for text in texts]


def own_repositories(m):
    """The secrets of a chart from elsewhere are in Git."""
    git = m.url if "://" in m["gitRepoUrl"] else m["gitRepoUrl"]
    return [repository(m), git] if m.method == "helm" and m.has_chart_secrets else [repository(m)]


def project(m):
    """M: all environments."""
    name = m["projectName"] or m.app
    namespaces = m.list("projectNamespaces") or list(dict.fromkeys(part.namespace for part in m.parts))
    servers = ["*"] if m["applicationSet"] == "cluster" else list(dict.fromkeys(part["destinationServer"] for part in m.parts))
    cluster_kinds = m.list("projectClusterKinds") if "projectClusterKinds" in m.answers else ["Namespace"] if m.creates_namespace else []
    roles = []
    for role, rights in (m.tree("projectRoles") or {}).items():
        policies = [f"p, proj:{name}:{role}, applications, {action}, {name}/*, allow" for action in rights["actions"]]
        roles.append(without(name=role, description=rights.get("description"), policies=policies, groups=rights.get("groups")))
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
            "metadata": {"name": name, "namespace": m["argocdNamespace"], "annotations": {"argocd.argoproj.io/sync-wave": "-1"}},
            "spec": without(description=m["projectDescription"] or f"What belongs to {m.app[:60]}", sourceRepos=m.list("projectRepositories") or own_repositories(m),
                            destinations=[{"namespace": there, "server": server} for server in servers for there in namespaces],
                            clusterResourceWhitelist=kinds(cluster_kinds), namespaceResourceBlacklist=kinds(m.list("projectDeniedKinds")), roles=roles)}


# ---- ApplicationSet: its controller in small ----

def generators(m):
    choice = m["applicationSet"]
    if choice == "cluster":
        return [{"clusters": {"selector": {"matchLabels": m.tree("clusterLabels")}}}]
    if choice == "git":
        folder = m.parts[0].path.rpartition("/")[0]
        return [{"git": {"repoURL": repository(m), "revision": m.branch, "directories": [{"path": folder + "/*" if folder else "*"}]}}]
    return None


def parameters_of(m, tree):
    """What the generator hands to the template, for each Application that is meant."""
    choice = m["applicationSet"]
    if choice == "cluster":
        return [({"name": "Prod_EU", "nameNormalized": "prod-eu", "server": "https://10.1.2.3"}, m)]
    if choice == "git":
        return [({"path": {"path": part.path, "basename": part.path.rpartition("/")[2], "basenameNormalized": part.path.rpartition("/")[2]}}, part) for part in m.parts]
    elements = tree["spec"]["generators"][0]["list"]["elements"]
    return [({str(key): value for key, value in element.items()}, part) for element, part in zip(elements, m.parts, strict=True)]


ACTION = re.compile(r'\{\{(-?) *(.*?) *(-?)\}\}', re.S)


def look_up(values, place):
    for key in place.strip(".").split("."):
        values = values[key]  # a missing key is an error, as with missingkey=error
    return values


def filled(text, values):
    """What Go's templates make of the actions that are allowed here: {{.a.b}}, {{"text"}}, {{if eq .a "b"}} … {{end}}; anything else is an error."""
    out, at, shown = "", 0, [True]
    for found in ACTION.finditer(text):
        before = text[at:found.start()]
        before = before.rstrip() if found.group(1) else before
        out += before if all(shown) else ""
        at = found.end()
        if found.group(3):
            at += len(text[at:]) - len(text[at:].lstrip())
        action = found.group(2)
        condition = re.fullmatch(r'if eq (\.[\w.]+) "([^"]*)"', action)
        if condition:
            shown.append(look_up(values, condition.group(1)) == condition.group(2))
        elif action == "end":
            shown.pop()
        elif re.fullmatch(r'"[^"\\]*"|`[^`]*`', action):
            out += action[1:-1] if all(shown) else ""
        elif re.fullmatch(r"\.[\w.]+", action):
            out += str(look_up(values, action)) if all(shown) else ""
        else:
            raise ValueError(f"the template would be evaluated: {found.group()}")
    return out + text[at:]


def fill(node, values):
    if isinstance(node, dict):
        return {filled(key, values): fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [fill(item, values) for item in node]
    return filled(node, values) if isinstance(node, str) else node


def merge(into, patch, in_values=False):
    """As the controller merges: by the fields of an Application, of which there are none in valuesObject."""
    if not isinstance(patch, dict):
        return patch
    if "$patch" in patch:
        if patch["$patch"] != "replace" or into is None:
            raise ValueError("$patch")
        return {key: value for key, value in patch.items() if key != "$patch"}
    if in_values and isinstance(into, dict):
        raise ValueError("unable to find api field in struct RawExtension")
    into = copy.deepcopy(into) if isinstance(into, dict) else {}
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        else:
            into[key] = merge(into.get(key), value, in_values or key == "valuesObject")
    return into


def expand(m, tree):
    """[(what the controller would make, what is meant)] of an ApplicationSet."""
    file = m.at_home("applicationset.yaml", own=False)
    for values, part in parameters_of(m, tree):
        made = fill(tree["spec"]["template"], values)
        patch = yaml.safe_load(filled(tree["spec"].get("templatePatch", ""), values))
        meant = application(part, file)
        if m["applicationSet"] == "cluster":
            meant["metadata"]["name"] = "prod-eu-" + m.app
            meant["spec"]["destination"]["server"] = "https://10.1.2.3"
        del meant["apiVersion"], meant["kind"], meant["metadata"]["namespace"]
        yield merge(made, patch) if patch else made, meant


def frame(m, tree):
    """The set without its template; what its list says follows from the template."""
    listed = tree["spec"]["generators"][0].get("list", {}).get("elements", [])
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": m.app, "namespace": m["argocdNamespace"]},
            "spec": {"goTemplate": True, "goTemplateOptions": ["missingkey=error"], "generators": generators(m) or [{"list": {"elements": listed}}],
                     **({} if m["cascadeDelete"] else {"syncPolicy": {"preserveResourcesOnDeletion": True}})}}


class Set:
    """Stands where an ApplicationSet is meant."""

    def __init__(self, m):
        self.m = m

    def problems(self, tree, different):
        spec = {key: value for key, value in tree["spec"].items() if key not in ("template", "templatePatch")}
        yield from different({**tree, "spec": spec}, frame(self.m, tree), "")
        if self.m["applicationSet"] == "list" and [element["environment"] for element in tree["spec"]["generators"][0]["list"]["elements"]] != self.m.list("environments"):
            yield "the list is not that of the environments"
        for made, meant in expand(self.m, tree):
            yield from different(made, meant, f"of {meant['metadata']['name']}: ")


def files_of(m):
    """{path: tree} for one environment."""
    files = {}
    if m.whole["applicationSet"] in ("list", "git", "cluster"):
        files[m.at_home("applicationset.yaml", own=False)] = Set(m.whole)
    else:
        file = m.at_home(f"{m.whole.app}-app.yaml")
        files[file] = application(m, file)
    if m.has_canary or (m.writes_secret and (m["secretMethod"] != "sops" or m.tree("encryptedSecret"))):
        tree = application(m, "")
        tree["metadata"]["name"] += "-extras"
        tree["metadata"].pop("annotations", None)
        if tree["spec"].pop("ignoreDifferences", None):
            tree["spec"]["syncPolicy"]["syncOptions"].remove("RespectIgnoreDifferences=true")
            if not tree["spec"]["syncPolicy"]["syncOptions"]:
                del tree["spec"]["syncPolicy"]["syncOptions"]
        tree["spec"]["source"] = {"repoURL": m.url if "://" in m["gitRepoUrl"] else m["gitRepoUrl"], "targetRevision": m.branch, "path": posixpath.join("extras", m.whole.app, m.environment).rstrip("/")}
        files[m.at_home(f"{m.whole.app}-extras-app.yaml")] = tree
    if own_project(m):
        files[m.at_home("argocd-project.yaml", own=False)] = project(m.whole)
    return files
