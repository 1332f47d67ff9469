"""meant_workload: the starter manifests that are meant: a Deployment and a Service, as plain manifests, as base and overlays for Kustomize, or as a chart; and what the extras
of every provider make of them (docs/progressive.md, docs/secrets.md)."""

import copy
import posixpath

from meant import image_parts, number, without

ANY = object()  # a file that is no YAML before Helm has been at it
ROLLOUTS = "argoproj.io/v1alpha1"
CHART = ("Chart.yaml", "values.yaml", "templates/_helpers.tpl", "templates/deployment.yaml", "templates/service.yaml", "templates/NOTES.txt", ".helmignore")
DEFAULT_RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}


def metadata(m, name=None, bare=False):
    """BARE: its namespace is said by a kustomization.yaml."""
    return without(name=name or m.whole.app, namespace=None if bare else m.namespace, labels={"app.kubernetes.io/name": m.whole.app})


def has_config(m):
    return m.method == "kustomize" and any(part.tree("config") for part in (m.whole, *m.whole.parts))


def literals(m):
    texts = {True: "true", False: "false"}
    return [f"{key}={texts.get(value, value) if isinstance(value, bool) else value}" for key, value in (m.tree("config") or {}).items()]


def variables(m):
    """Keys of a secret that are spelled like variables; of a base those that every environment has."""
    keys = m.tree("secretKeys") or {} if m["secretMethod"] == "external" else {}
    if m.method == "kustomize":
        keys = [key for key in keys if all(key in (part.tree("secretKeys") or {}) for part in m.whole.parts)]
    name = m["externalSecretName"] or m.whole.app + "-secrets"
    return [{"name": key, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}} for key in keys
            if key.replace("_", "A").isalnum() and key == key.upper() and key.isascii() and not key[0].isdigit()]


def base_resources(m):
    """What is said for all environments stands in the base; of a single overlay it is a patch."""
    return (m.tree("resources") if len(m.parts) > 1 else None) or DEFAULT_RESOURCES


def quantity(text):
    digits = text.rstrip("mkMGTPEi")
    return float(digits) * {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[text[len(digits):]]


def uncontradicted(patch, base):
    """The API server refuses a request above its limit: where patch and base together would say that, the base's word is taken away."""
    patch = copy.deepcopy(patch)
    for mine, theirs in (("requests", "limits"), ("limits", "requests")):
        for name, value in patch.get(mine, {}).items():
            other = base.get(theirs, {}).get(name)
            if value is None or other is None or name in patch.get(theirs, {}):
                continue
            least, most = (value, other) if mine == "requests" else (other, value)
            if quantity(least) > quantity(most):
                patch.setdefault(theirs, {})[name] = None
    return patch


def merged(base, patch):
    """As a merge of the two comes out."""
    if not isinstance(patch, dict):
        return patch
    base = base if isinstance(base, dict) else {}
    return {key: merged(base.get(key), patch[key]) if key in patch else base[key] for key in {**base, **patch} if patch.get(key, base.get(key)) is not None
            and not (key in patch and patch[key] is None)}


def deployment(m, base):
    container = without(
        name=m.whole.app, image=m["image"], ports=[{"name": "http", "containerPort": number(m["containerPort"])}],
        readinessProbe={"tcpSocket": {"port": "http"}, "periodSeconds": 5},
        envFrom=[{"configMapRef": {"name": m.whole.app + "-config"}}] if has_config(m) else None,
        resources=base_resources(m.whole) if base else DEFAULT_RESOURCES,
        securityContext={"allowPrivilegeEscalation": False, "seccompProfile": {"type": "RuntimeDefault"}}, env=variables(m))
    labels = {"app.kubernetes.io/name": m.whole.app}
    spec = {} if base else {"replicas": number(m["replicas"])}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(m, bare=base),
            "spec": {**spec, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}


def service(m, base):
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(m, m.service_name, base),
            "spec": {"selector": {"app.kubernetes.io/name": m.whole.app}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}


def kustomization(**fields):
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **without(**fields)}


def base_files(m):
    """M: all environments."""
    generator = None
    if has_config(m):
        generator = [without(name=m.app + "-config", literals=literals(m) if len(m.parts) > 1 else None)]
    labels = {"app.kubernetes.io/name": m.app, "app.kubernetes.io/managed-by": "kustomize"}
    return {"kustomization.yaml": kustomization(resources=["deployment.yaml", "service.yaml"], labels=[{"pairs": labels}], configMapGenerator=generator),
            "deployment.yaml": deployment(m, True), "service.yaml": service(m, True)}


def ingress(m):
    backend = {"service": {"name": m.service_name, "port": {"name": "http"}}}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata(m, bare=True),
            "spec": {"rules": [{"host": m["ingressHost"], "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}}


def autoscaler(m):
    bounds = m.tree("autoscale")
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": bounds.get("cpu", 80)}}}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata(m, bare=True),
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": m.whole.app}, "minReplicas": bounds.get("min", 1),
                     "maxReplicas": bounds["max"], "metrics": [metric]}}


def image_entry(m):
    name, tag, digest = image_parts(m["image"])
    base = image_parts(m.whole["image"])[0]
    if not tag and not digest:
        return None
    return [without(name=base, newName=name if name != base else None, digest=digest, newTag=None if digest else tag)]


def overlay_files(m):
    files, resources = {}, [posixpath.relpath("/" + m.base, "/" + m.path)]
    patches, generator, labels = None, None, None
    if m["ingressHost"]:
        files["ingress.yaml"] = ingress(m)
        resources.append("ingress.yaml")
    if m.tree("autoscale"):
        files["hpa.yaml"] = autoscaler(m)
        resources.append("hpa.yaml")
    if m.environment:
        labels = [{"pairs": {"environment": m.environment}, "includeSelectors" if m.shares_namespace else "includeTemplates": True}]
    if m.says("resources"):
        inside_overlays = posixpath.basename(posixpath.dirname(m.path)) == "overlays"
        file = (posixpath.basename(m.path) + "-" if inside_overlays else "") + "patches.yaml"
        container = {"name": m.whole.app, "resources": uncontradicted(m.tree("resources"), base_resources(m.whole))}
        files[file] = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": m.whole.app}, "spec": {"template": {"spec": {"containers": [container]}}}}
        patches = [{"path": file}]
    if m.says("config"):
        generator = [{"name": m.whole.app + "-config", "behavior": "merge", "literals": literals(m)}]
    count = None if m.tree("autoscale") else [{"name": m.whole.app, "count": number(m["replicas"])}]
    files["kustomization.yaml"] = kustomization(
        namespace=m.namespace, nameSuffix="-" + m.environment if m.environment and m.shares_namespace else None, resources=resources, labels=labels, patches=patches,
        images=image_entry(m), replicas=count, configMapGenerator=generator)
    return files


def chart_files(m):
    """One for all environments."""
    name, tag, digest = image_parts(m.whole["image"])
    image = {"repository": name, **without(tag=None if digest else tag or "latest"), "digest": digest}
    files = {m.at_path(file): ANY for file in CHART}
    files[m.at_path("Chart.yaml")] = {"apiVersion": "v2", "name": m.whole.app, "description": "Deploys " + m.whole.app, "type": "application", "version": "0.1.0",
                                      "appVersion": tag or "latest"}
    files[m.at_path("values.yaml")] = {"replicaCount": number(m.whole["replicas"]), "image": image, "containerPort": number(m.whole["containerPort"]),
                                       "service": {"type": "ClusterIP", "port": 80}, "resources": DEFAULT_RESOURCES}
    return files


# ---- new versions step by step ----

def json_patch(m, operations):
    return {"target": {"group": "argoproj.io", "kind": "Rollout", "name": m.whole.app}, **operations}


def strategy(m, other):
    template = [{"templateName": m.whole.app + "-success-rate"}]
    watched = {"templates": template, "args": [{"name": "service-name", "value": other}]}
    if m["progressiveDelivery"] == "bluegreen":
        return {"blueGreen": without(activeService=m.service_name, previewService=other, prePromotionAnalysis=watched if m["prometheusAddress"] else None)}
    route = m["trafficRoute"] or m.whole.app
    routing = {"istio": {"istio": {"virtualService": {"name": route}}}, "nginx": {"nginx": {"stableIngress": route}}}.get(m["trafficRouter"])
    weights, steps = m.list("canaryWeights"), []
    for weight in weights:
        steps += [{"setWeight": number(weight)}, {"pause": {"duration": m["canaryPause"]}}]
    return {"canary": without(canaryService=other, stableService=m.service_name, trafficRouting=routing, steps=steps[:-1],
                              analysis={**watched, "startingStep": 1} if m["prometheusAddress"] else None)}


def query(m):
    if m["trafficRouter"] == "istio" and m["progressiveDelivery"] == "canary":
        some = 'sum(rate(istio_requests_total{reporter="source",destination_service_name="{{args.service-name}}"%s}[5m]))\n'
        return some % ',response_code!~"5.*"' + "/\n" + some % ""
    some = 'sum(rate(http_requests_total{service="{{args.service-name}}"%s}[5m]))\n'
    return some % ',code!~"5.."' + "/\n" + some % ""


def analysis(m, like):
    metric = {"name": "success-rate", "interval": "1m", "count": 5, "successCondition": "len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95", "failureLimit": 3,
              "provider": {"prometheus": {"address": m["prometheusAddress"], "query": query(m)}}}
    return {"apiVersion": ROLLOUTS, "kind": "AnalysisTemplate", "metadata": {**like, "name": m.whole.app + "-success-rate"},
            "spec": {"args": [{"name": "service-name"}], "metrics": [metric]}}


def roll_out(m, own, shared):
    """The Deployment becomes a Rollout; OWN and SHARED are the files of the path and of the base, by name."""
    canary = m["progressiveDelivery"] == "canary"
    other = m.service_name + ("-canary" if canary else "-preview")
    workload, second = shared["deployment.yaml"], "service-canary.yaml" if canary else "service-preview.yaml"
    workload.update(apiVersion=ROLLOUTS, kind="Rollout")
    workload["spec"]["strategy"] = strategy(m, other)
    more = {second: copy.deepcopy(shared["service.yaml"])}
    more[second]["metadata"]["name"] = other
    if m["prometheusAddress"]:
        more["analysistemplate.yaml"] = analysis(m, workload["metadata"])
    shared.update(more)
    if "kustomization.yaml" in shared and shared is not own:
        shared["kustomization.yaml"]["resources"] += list(more)
    if "hpa.yaml" in own:
        own["hpa.yaml"]["spec"]["scaleTargetRef"].update(apiVersion=ROLLOUTS, kind="Rollout")
    if m.method == "kustomize":
        convert(m, own)


def convert(m, own):
    """Kustomize knows no Rollout: neither "replicas" nor a merge of containers."""
    overlay, patches = own["kustomization.yaml"], []
    for patch in overlay.get("patches", ()):
        resources = without(**merged(base_resources(m.whole), own[patch["path"]]["spec"]["template"]["spec"]["containers"][0]["resources"]))
        own[patch["path"]] = [[{"op": "replace", "path": "/spec/template/spec/containers/0/resources", "value": resources}]]
        patches.append(json_patch(m, patch))
    if "replicas" in overlay:
        from meant_argocd import AsYaml
        patches.append(json_patch(m, {"patch": AsYaml([{"op": "add", "path": "/spec/replicas", "value": overlay.pop("replicas")[0]["count"]}])}))
    if patches:
        overlay["patches"] = patches


def flagger(m, own, shared):
    """Flagger makes the Services and sets the number of replicas."""
    workload = shared["deployment.yaml"]
    workload["spec"].pop("replicas", None)
    del shared["service.yaml"]
    scaler = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": m.whole.app} if "hpa.yaml" in own else None
    tests = hooks(m, m.service_name, 80)
    shared["canary.yaml"] = canary(m, workload["metadata"], {"apiVersion": "apps/v1", "kind": "Deployment", "name": m.whole.app},
                                   {"port": 80, "targetPort": number(m["containerPort"])}, without(autoscalerRef=scaler), tests if m.method != "kustomize" else None)
    if m.method == "kustomize":
        own["kustomization.yaml"].pop("replicas", None)
        shared["kustomization.yaml"]["resources"] = ["deployment.yaml", "canary.yaml"]
        if tests:  # they name the namespace, which the base does not know
            from meant_argocd import AsYaml
            own["kustomization.yaml"].setdefault("patches", []).append({"target": {"group": "flagger.app", "kind": "Canary", "name": m.whole.app}, "patch": AsYaml(
                [{"op": "add", "path": "/spec/analysis/webhooks", "value": tests}])})


# ---- secrets ----

def external_secret(m):
    name, data = m["externalSecretName"] or m.whole.app + "-secrets", []
    for key, place in (m.tree("secretKeys") or {}).items():
        entry, _, field = place.rpartition("#") if "#" in place else (place, "", "")
        data.append({"secretKey": key, "remoteRef": without(key=entry, property=field)})
    return {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": without(name=name, namespace=None if m.method == "kustomize" else m.namespace),
            "spec": without(refreshInterval=m["secretRefresh"], secretStoreRef={"name": m["secretStore"], "kind": m["secretStoreKind"]},
                            target={"name": name, "creationPolicy": "Owner"}, data=data, dataFrom=[{"extract": {"key": m["secretExtract"]}}] if m["secretExtract"] else None)}


def secret_files(m, own):
    """Puts them among the files of the path; returns those of the repository's root."""
    method, more, root = m["secretMethod"], {}, {}
    if method == "external":
        more["externalsecret.yaml"] = external_secret(m)
    elif method == "sealed":
        more["sealedsecret.yaml"] = m.tree("sealedSecret")
    elif method == "sops":
        if m["sopsRecipient"]:
            root[".sops.yaml"] = {"creation_rules": [{"path_regex": r".*\.enc\.ya?ml$", "encrypted_regex": "^(data|stringData)$", "age": m["sopsRecipient"]}]}
        if m.tree("encryptedSecret"):
            more["secret.enc.yaml"] = m.tree("encryptedSecret")
    own.update(more)
    if "kustomization.yaml" in own:
        own["kustomization.yaml"]["resources"] += list(more)
    return root


def hooks(m, service, port):
    if not m["loadTesterUrl"]:
        return None
    url = f"http://{service}-canary.{m.namespace}:{port}/"
    return [{"name": "acceptance-test", "type": "pre-rollout", "url": m["loadTesterUrl"], "timeout": "30s", "metadata": {"type": "bash", "cmd": "curl -sf " + url}},
            {"name": "load-test", "type": "rollout", "url": m["loadTesterUrl"], "timeout": "5s", "metadata": {"type": "cmd", "cmd": "hey -z 1m -q 10 -c 2 " + url}}]


def canary(m, meta, target, service, more=None, tests=None):
    """Of Flagger; a Service's name may not begin with a digit, so there it has one of its own."""
    name = target["name"]
    limits = [{"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "1m"}, {"name": "request-duration", "thresholdRange": {"max": 500}, "interval": "1m"}]
    return {"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "metadata": meta, "spec": without(
        targetRef=target, **(more or {}), progressDeadlineSeconds=60,
        service=without(name="svc-" + name if name[0].isdigit() else None, **service, gateways=m.list("canaryGateways"), hosts=m.list("canaryHosts")),
        analysis=without(interval="1m", threshold=5, maxWeight=50, stepWeight=10, metrics=limits, webhooks=tests))}


def chart_canary_files(m):
    """Where the extras of a chart lie (docs/progressive.md)."""
    if not m.has_canary:
        return {}
    name, port = m.chart_deployment, number(m["canaryPort"])
    target = str(m.answers.get("canaryTargetPort", m["containerPort"] if m.scaffolds else m["canaryTargetPort"]))
    tests = hooks(m, "svc-" + name if name[0].isdigit() else name, port)
    tree = canary(m, {"name": name, "namespace": m.namespace}, {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                  {"port": port, "targetPort": number(target) if target.isdigit() else target}, tests=tests)
    path = m.at_home("canary.yaml") if m.provider == "flux" else posixpath.join("extras", m.whole.app, m.environment, "canary.yaml")
    return {path: tree}


def chart_secret_files(m):
    own, files = {}, {}
    if m.has_chart_secrets:
        files = secret_files(m, own)
    for name, tree in own.items() if m.writes_secret else ():
        if m.secret_folder:
            files[posixpath.join(m.secret_folder, name)] = tree
        else:
            files[m.at_home(name)] = {**tree, "metadata": {**tree["metadata"], "namespace": m.secret_namespace}}
    return files


def files_of(m):
    """{path: tree} for one environment."""
    own, shared = {}, {}
    if m.is_chart:
        files = chart_files(m) if m.scaffolds and m.method == "helm-git" else {}
        return {**files, **chart_secret_files(m), **chart_canary_files(m)}
    if m.scaffolds and m.method == "kustomize":
        own, shared = overlay_files(m), base_files(m.whole)
    elif m.scaffolds:
        own = shared = {"deployment.yaml": deployment(m, False), "service.yaml": service(m, False)}
    if m.scaffolds and m["progressiveDelivery"] in ("canary", "bluegreen"):
        roll_out(m, own, shared)
    elif m.scaffolds and m["progressiveDelivery"] == "flagger":
        flagger(m, own, shared)
    files = secret_files(m, own)
    files.update({m.at_path(name): tree for name, tree in own.items()})
    if shared is not own:
        files.update({posixpath.join(m.base, name): tree for name, tree in shared.items()})
    return files
