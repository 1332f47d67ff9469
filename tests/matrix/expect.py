"""expect: whether what was rendered is what the answers of a set mean: these files and no others, each of them exactly the tree that meant_*.py state, worked out from the
answers alone. Also which of the extras are offered and which answers are refused."""

import posixpath

import meant_argocd
import meant_flux
import meant_workload
from meant import Meant, image_parts

KUSTOMIZED = ("kustomize", "manifests")


def offered(answers, questions, asked):
    """Whether everything in ASKED, ids that ANSWERS answer too, is a question with these answers."""
    m = Meant(answers, questions)
    return all(is_asked(m, key) for key in asked)


def is_asked(m, key):
    provider = m.questions[key].get("provider")
    scaffolded = m.scaffolds and m.method in KUSTOMIZED
    rules = {
        "resources": scaffolded and m.method == "kustomize", "secretMethod": m.method in KUSTOMIZED or m.provider in ("flux", "argocd"), "sopsKeyName": m.is_chart and m.provider == "flux",
        "sopsGitSecretName": m.method == "helm" and m.provider == "flux", "progressiveDelivery": scaffolded or (m.is_chart and m.provider in ("flux", "argocd")),
        **dict.fromkeys(("canaryDeployment", "canaryPort", "canaryTargetPort"), m.is_chart),
        "imageAutomation": m.method in KUSTOMIZED, "healthChecks": m.method in KUSTOMIZED, "substitute": m.method in KUSTOMIZED, "substituteFrom": m.method in KUSTOMIZED,
        "sopsDecryption": m.method in KUSTOMIZED, "sopsSecretName": m.method in KUSTOMIZED, "appProject": m["argocdProject"] == "default",
        "helmReleaseNamespace": m.is_chart, "helmParameters": m.is_chart, "valueFiles": m.method == "helm-git", "retryInterval": not m.is_chart, "fluxWait": not m.is_chart,
        "prune": m.provider != "none" and not (m.provider == "flux" and m.is_chart), "valuesFrom": m.is_chart, "values": m.is_chart, "skipCrds": m.is_chart,
        "helmSecretName": m.method == "helm", "chartInterval": m.method == "helm", "gitSecretName": m.method != "helm", "directoryRecurse": m.method == "manifests",
    }
    rules.update(dict.fromkeys(("config", "ingressHost", "autoscale"), rules["resources"]))
    rules.update(dict.fromkeys(("helmRepositoryInterval", "helmRepositoryName"), m.method == "helm"))
    rules.update(dict.fromkeys(("helmRetries", "helmCleanup", "upgradeCrds", "driftDetection", "releaseName"), m.is_chart))
    return (not provider or provider == m.provider) and rules.get(key, True)


def refused(answers, questions):
    """The question whose answer cannot be taken with the others, or None."""
    m = Meant(answers, questions)
    environments = bool(m.list("environments"))
    if m["progressiveDelivery"] in ("canary", "bluegreen") and m.is_chart and m.provider in ("flux", "argocd"):
        return "progressiveDelivery"
    if m.provider == "argocd" and m["applicationSet"] not in ("", "no"):
        if environments == (m["applicationSet"] == "cluster") or (m["applicationSet"] == "git" and m.is_chart):
            return "applicationSet"
    if m["imageAutomation"] and m.scaffolds and m.method in KUSTOMIZED and image_parts(m["image"])[2]:
        return "imageAutomation"
    if m["progressiveDelivery"] not in ("", "no") and m.method in KUSTOMIZED and m.scaffolds and any(part.shares_namespace for part in m.parts if part is not m):
        return "progressiveDelivery"
    return None


def values_file(m):
    """Without a controller a chart's values need a file; helm reads them from it."""
    values = m.values
    if m.method == "helm":
        return {m.at_home("values.yaml"): values or {}}
    if m.method == "helm-git" and values is not None:
        return {m.at_path(f"values-{m.app}.yaml"): values}
    return {}


FILES_OF = {"flux": meant_flux.files_of, "argocd": meant_argocd.files_of, "none": values_file}


def files_meant(answers, questions):
    """{path: tree}: of several environments the first that has a file is the one that writes it."""
    files = {}
    for part in Meant(answers, questions).parts:
        for path, tree in {**FILES_OF[part.provider](part), **meant_workload.files_of(part)}.items():
            files.setdefault(path, tree)
    return files


def name_of(where, key):
    return f"{where}.{key}" if where and not where.endswith(" ") else f"{where}{key}"


def different(got, want, where):
    """What differs, in words; equal, and of the same types all the way down: 1 is not true, and "1" is not 1."""
    if isinstance(want, meant_argocd.AsYaml):
        import yaml
        yield from different(yaml.safe_load(got) if isinstance(got, str) else got, want.tree, where)
    elif isinstance(want, dict) and isinstance(got, dict):
        for key in {**want, **got}:
            if key not in got or key not in want:
                yield f"{name_of(where, key)} is {'missing' if key not in got else 'too much'}: {got.get(key, want.get(key))!r}"
            else:
                yield from different(got[key], want[key], name_of(where, key))
    elif isinstance(want, list) and isinstance(got, list) and len(got) == len(want):
        for index, (ours, theirs) in enumerate(zip(got, want)):
            yield from different(ours, theirs, name_of(where, index))
    elif isinstance(want, (int, float)) and not isinstance(want, bool):
        if isinstance(got, (bool, str)) or got is None or isinstance(got, (dict, list)) or got != want:
            yield f"{where} is {got!r}, not {want!r}"
    elif type(got) is not type(want) or got != want:
        yield f"{where} is {got!r}, not {want!r}"


def check(answers, questions, files, texts):
    """Yields what is wrong. FILES: path -> documents as an independent parser read them, None for what is no YAML; TEXTS: path -> the file."""
    want = files_meant(answers, questions)
    for path in sorted(files.keys() ^ want.keys()):
        yield f"{path} {'was rendered too' if path in files else 'was not rendered'}"
    for path in sorted(files.keys() & want.keys()):
        if want[path] is meant_workload.ANY:
            continue
        documents = want[path] if isinstance(want[path], list) else [want[path]]
        if files[path] is None or len(files[path]) != len(documents):
            yield f"{path}: not {len(documents)} documents"
            continue
        for got, meant in zip(files[path], documents):
            problems = meant.problems(got, different) if isinstance(meant, meant_argocd.Set) else different(got, meant, "")
            try:
                yield from (f"{path}: {problem}" for problem in problems)
            except (KeyError, ValueError, IndexError, TypeError) as error:
                yield f"{path}: {type(error).__name__}: {error}"
    yield from check_markers(answers, questions, texts)


def check_markers(answers, questions, texts):
    """The comment by which Flux finds the tag; a parser does not see it."""
    for part in Meant(answers, questions).parts:
        marker = meant_flux.marker(part) if part.provider == "flux" else None
        path = posixpath.join(part.path, "kustomization.yaml" if part.method == "kustomize" else "deployment.yaml")
        key = "newTag: " if part.method == "kustomize" else "image: "
        lines = [line for line in texts.get(path, "").split("\n") if line.strip().removeprefix("- ").startswith(key)]
        if marker and not any(line.endswith(" " + marker) for line in lines):
            yield f"{path}: no {marker} behind {key}"
        elif not marker and any("$imagepolicy" in line for line in lines):
            yield f"{path}: a marker that nobody wanted"
