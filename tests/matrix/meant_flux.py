"""meant_flux: the documents that Flux has to get for a set of answers: as its own documentation describes their fields, and docs/flux.md what Landfall takes of them."""

import re

from meant import image_parts, inside, number, without

IGNORED = (".github/\n.circleci/\n.travis.yml\n.gitlab-ci.yml\nappveyor.yml\n.drone.yml\ncloudbuild.yaml\ncodeship-*.yml\n**/.goreleaser.yml\n**/.sops.yaml\n**/.flux.yaml\n")
COMMIT_PROVIDERS = ("github", "gitlab", "gitea", "bitbucket", "bitbucketserver", "azuredevops", "githubdispatch", "githubpullrequestcomment",
                    "gitlabmergerequestcomment", "giteapullrequestcomment")
REGISTRIES = ("dockerhub", "quay", "gcr", "acr", "harbor", "nexus")
EVENTS = {"github": ["ping", "push"], "gitlab": ["Push Hook", "Tag Push Hook"], "bitbucket": ["repo:refs_changed"]}
OUTSIDE_NAMESPACES = ("Namespace", "ClusterRole", "CustomResourceDefinition")
MESSAGE = """\
Update images of {{ .AutomationObject.Name }}

Files:
{{ range $file, $_ := .Changed.FileChanges -}}
- {{ $file }}
{{ end }}
Objects:
{{ range $object, $changes := .Changed.Objects -}}
- {{ $object.Kind }}/{{ $object.Name }}{{ range $changes }} {{ .OldValue }} -> {{ .NewValue }}{{ end }}
{{ end }}
"""


def item(group, version, kind, name, namespace, spec):
    return {"apiVersion": f"{group}.toolkit.fluxcd.io/{version}", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def reference(name):
    return {"name": name} if name else None


def git_repository(m):
    ignores = m.method == "manifests" and inside(m.path, m.home)
    return item("source", "v1", "GitRepository", m.source, m["fluxNamespace"], without(
        interval=m["sourceInterval"], timeout=m["sourceTimeout"], url=m.url, ref={"branch": m.branch}, secretRef=reference(m["gitSecretName"]),
        ignore=f"/{m.home}/\n{IGNORED}" if ignores else None))


def namespace(m):
    return {"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": m.namespace, "annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}}}


def put_namespace(files, m):
    """One file where environments share it: that of the first."""
    first = next(part for part in m.whole.parts if part.namespace == m.namespace and part.creates_namespace)
    files[first.at_home("namespace.yaml")] = namespace(first)


def depends_on(m, own_namespace):
    found = []
    for text in m.list("dependsOn"):
        there, _, name = text.rpartition("/")
        found.append(without(name=name, namespace=there if there != own_namespace else None))
    return found


def health_checks(m):
    return [check if "namespace" in check or check["kind"] in OUTSIDE_NAMESPACES else {**check, "namespace": m.namespace} for check in m.tree("healthChecks") or []]


def as_text(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def post_build(m):
    sources = []
    for text in m.list("substituteFrom"):
        kind, _, name = text.partition("/")
        sources.append(without(kind=kind, name=name.rstrip("?"), optional=True if name.endswith("?") else None))
    return without(substitute={key: as_text(value) for key, value in (m.tree("substitute") or {}).items()}, substituteFrom=sources)


def kustomization(m):
    more = {}
    if m["fluxOptions"]:
        more = without(dependsOn=depends_on(m, m["fluxNamespace"]), healthChecks=health_checks(m), healthCheckExprs=m.tree("healthCheckExprs"), postBuild=post_build(m))
        if m["sopsDecryption"]:
            more["decryption"] = without(provider="sops", secretRef=reference(m["sopsSecretName"]))
    # Flux cannot read a Rollout's status: without this one no wait ends.
    if m.scaffolds and m["progressiveDelivery"] in ("canary", "bluegreen") and (m["fluxWait"] or more.get("healthChecks")):
        more["healthCheckExprs"] = [*more.get("healthCheckExprs", []), {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "inProgress": "status.observedGeneration != string(metadata.generation)",
            "failed": "status.phase == 'Degraded'", "current": "status.phase in ['Healthy', 'Paused']"}]
    return item("kustomize", "v1", "Kustomization", m.app, m["fluxNamespace"], {
        **without(interval=m["reconcileInterval"], retryInterval=m["retryInterval"], timeout=m["applyTimeout"],
                  sourceRef={"kind": "GitRepository", "name": m.source}, path="./" + m.path, targetNamespace=m.namespace, prune=m["prune"], wait=m["fluxWait"],
                  suspend=True if m["fluxSuspend"] else None), **more})


def helm_repository(m):
    return item("source", "v1", "HelmRepository", m.helm_repository, m["fluxNamespace"], without(
        type="oci" if m["chartRepoUrl"].startswith("oci://") else None, interval=m["helmRepositoryInterval"], url=m["chartRepoUrl"],
        secretRef=reference(m["helmSecretName"])))


def chart(m):
    elsewhere = m["fluxNamespace"] if m.release_namespace != m["fluxNamespace"] else None
    if m.method == "helm":
        return without(chart=m["chartName"], version=m["chartVersion"], sourceRef=without(kind="HelmRepository", name=m.helm_repository, namespace=elsewhere),
                       interval=m["chartInterval"])
    files = m.list("valueFiles")
    if files and files[0] != "values.yaml":
        files = ["values.yaml", *files]
    # Each commit counts; value files are named from the root of the repository, and the chart's own comes first.
    return without(chart="./" + m.path, sourceRef=without(kind="GitRepository", name=m.source, namespace=elsewhere),
                   valuesFiles=["./" + m.at_path(file) for file in files], reconcileStrategy="Revision")


def ignored(m):
    """What Flagger changes is no drift."""
    if not m.has_canary or m["driftDetection"] not in ("enabled", "warn"):
        return None
    return [{"paths": ["/spec/replicas"], "target": {"kind": "Deployment", "name": m.chart_deployment}},
            {"paths": ["/spec/selector", "/spec/ports"], "target": {"kind": "Service", "name": m.chart_deployment}}]


def helm_release(m):
    there = m.release_namespace == m.namespace
    tries = {"retries": number(m["helmRetries"])} if m["helmRetries"] else None
    cleanup = True if m["helmCleanup"] else None
    more = without(dependsOn=depends_on(m, m.release_namespace), healthCheckExprs=m.tree("healthCheckExprs")) if m["fluxOptions"] else {}
    spec = without(interval=m["reconcileInterval"], timeout=m.answers.get("applyTimeout", "5m"), suspend=True if m["fluxSuspend"] else None,
                   releaseName=m.release_name, targetNamespace=None if there else m.namespace, chart={"spec": chart(m)},
                   install=without(createNamespace=True if m.creates_namespace and not there else None, remediation=tries),
                   upgrade=without(crds=m["upgradeCrds"], cleanupOnFail=cleanup, remediation=tries), rollback=without(cleanupOnFail=cleanup),
                   driftDetection=without(mode=m["driftDetection"], ignore=ignored(m)), valuesFrom=m.tree("valuesFrom"), **more)
    if m.values is not None:
        spec["values"] = m.values
    return item("helm", "v2", "HelmRelease", m.app, m.release_namespace, spec)


def image_files(files, m):
    if not m["imageAutomation"]:
        return
    name, tag, _ = image_parts(m["image"])
    version = re.fullmatch(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", tag)
    derived = f">={number(version[1])}.{number(version[2])}.{number(version[3])} <{number(version[1]) + 1}.0.0" if version and m.scaffolds else ">=1.0.0 <2.0.0"
    policy = {"range": m.answers.get("imageRange", derived)} if m["imagePolicy"] == "semver" else {"order": m["imageOrder"]}
    tags = without(pattern=m["imageTagPattern"], extract=m["imageTagExtract"] if m["imageTagPattern"] else None)
    for file, kind, spec in (
            ("imagerepository.yaml", "ImageRepository", without(image=m["imageToScan"] or name, interval=m["imageInterval"], secretRef=reference(m["imageSecretName"]))),
            ("imagepolicy.yaml", "ImagePolicy", without(imageRepositoryRef={"name": m.app}, filterTags=tags, policy={m["imagePolicy"]: policy})),
            ("imageupdateautomation.yaml", "ImageUpdateAutomation", {
                "interval": m["imageInterval"], "sourceRef": {"kind": "GitRepository", "name": m.source},
                "git": {"checkout": {"ref": {"branch": m.branch}},
                        "commit": {"author": {"name": m["imageAuthorName"], "email": m.answers.get("imageAuthorEmail", "flux@" + m.host)}, "messageTemplate": MESSAGE},
                        "push": {"branch": m["imagePushBranch"] or m.branch}},
                "update": {"path": "./" + m.path, "strategy": "Setters"}})):
        files[m.at_home(file)] = item("image", "v1", kind, m.app, m["fluxNamespace"], spec)


def told(files, m):
    """Of our objects those that Flux speaks of, by kind and name, and where they are if that is elsewhere."""
    found = []
    for tree in files.values():
        meta = tree["metadata"]
        if tree["kind"] != "Namespace" and ".toolkit.fluxcd.io/" in tree["apiVersion"]:
            found.append(without(kind=tree["kind"], name=meta["name"], namespace=meta["namespace"] if meta["namespace"] != m["fluxNamespace"] else None))
    return found


def alert_address(m):
    if "alertAddress" not in m.answers and m["alertProvider"] in COMMIT_PROVIDERS:
        path = re.sub(r"\.git$", "", re.sub(r"^[a-z]+://[^/]*/", "", m.url))
        return f"https://{m.host}/{path}"
    return m["alertAddress"]


def woken(m):
    """What a webhook has to wake: the source, or what looks for images; of a registry's charts the chart, because the repository holds no index."""
    if m["receiverType"] in REGISTRIES and m["imageAutomation"] and not m.is_chart:
        return {"kind": "ImageRepository", "name": m.app}
    if m.method != "helm":
        return {"kind": "GitRepository", "name": m.source}
    if m["chartRepoUrl"].startswith("oci://"):
        return {"kind": "HelmChart", "name": f"{m.release_namespace}-{m.app}"}
    return {"kind": "HelmRepository", "name": m.helm_repository}


def notification_files(files, m):
    sources = told(files, m)
    if m["fluxAlerts"]:
        files[m.at_home("alert-provider.yaml")] = item("notification", "v1beta3", "Provider", m.app, m["fluxNamespace"], without(
            type=m["alertProvider"], channel=m["alertChannel"], address=alert_address(m), secretRef=reference(m.answers.get("alertSecretName", m.app + "-alerts"))))
        files[m.at_home("alert.yaml")] = item("notification", "v1beta3", "Alert", m.app, m["fluxNamespace"], without(
            providerRef={"name": m.app}, eventSeverity=m["alertSeverity"], eventSources=sources, exclusionList=m.list("alertExclusions")))
    if m["fluxReceiver"]:
        events = m.list("receiverEvents") if "receiverEvents" in m.answers else EVENTS.get(m["receiverType"], [])
        files[m.at_home("receiver.yaml")] = item("notification", "v1", "Receiver", m.app, m["fluxNamespace"], without(
            type=m["receiverType"], events=events, secretRef=reference(m.answers.get("receiverSecretName", m.app + "-webhook")), resources=[woken(m)]))


def decrypting_files(files, m):
    """A HelmRelease cannot decrypt; a Kustomization of a folder that nothing else applies can."""
    if m.method == "helm":
        source = git_repository(m)
        source["spec"].pop("timeout", None)
        source["spec"].update(interval="1m")
        source["spec"].pop("secretRef", None)
        if m["sopsGitSecretName"]:
            source["spec"]["secretRef"] = {"name": m["sopsGitSecretName"]}
        files[m.at_home("gitrepository.yaml", own=not m.shares_source)] = source
    files[m.at_home("secrets-kustomization.yaml")] = item("kustomize", "v1", "Kustomization", m.app + "-secrets", m["fluxNamespace"], {
        "interval": m["reconcileInterval"], "sourceRef": {"kind": "GitRepository", "name": m.source}, "path": "./" + m.secret_folder, "targetNamespace": m.secret_namespace,
        "prune": True, "decryption": without(provider="sops", secretRef=reference(m["sopsKeyName"]))})


def files_of(m):
    """{path: tree} for one environment."""
    files = {}
    there_first = m.release_namespace == m.namespace or (m.writes_secret and m.secret_namespace == m.namespace)
    if m.creates_namespace and (not m.is_chart or there_first):
        put_namespace(files, m)
    if m.method == "helm":
        files[m.at_home("helmrepository.yaml", own=False)] = helm_repository(m)
    else:
        files[m.at_home("gitrepository.yaml", own=not m.shares_source)] = git_repository(m)
    if m.is_chart:
        files[m.at_home("helmrelease.yaml")] = helm_release(m)
    else:
        files[m.at_home("flux-kustomization.yaml")] = kustomization(m)
        image_files(files, m)
    if m.writes_secret and m.secret_folder and m.tree("encryptedSecret"):
        decrypting_files(files, m)
    notification_files(files, m)
    return files


def marker(m):
    """The text behind the tag in the overlay, or behind the image; None: there is none to mark."""
    if not m["imageAutomation"] or not m.scaffolds or m.is_chart:
        return None
    tag = ":tag" if m.method == "kustomize" else ""
    return '# {"$imagepolicy": "%s:%s%s"}' % (m["fluxNamespace"], m.app, tag)


