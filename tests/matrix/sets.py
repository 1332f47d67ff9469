"""sets: the answer sets of the matrix, from tables: here methods and providers, in extras.py environments and extras, in hostile.py names and values. A new dimension is a
line in one of them.

Every set is a dictionary of answers by question id, as a person would mean them: texts, True/False for yes/no, lists and trees."""

import itertools
import json
import re

import yaml

import driver
import expect
from extras import ENVIRONMENTS, EXTRAS
from hostile import HOSTILE, VALUES

METHODS = {
    "helm": {"deploymentMethod": "helm", "chartRepoUrl": "https://charts.example.com/stable", "chartName": "podinfo", "chartVersion": "6.5.4"},
    "helm-oci": {"deploymentMethod": "helm", "chartRepoUrl": "oci://registry.example.com/charts", "chartName": "podinfo", "chartVersion": "6.5.x"},
    "helm-git": {"deploymentMethod": "helm-git"},
    "kustomize": {"deploymentMethod": "kustomize"},
    "kustomize-flat": {"deploymentMethod": "kustomize", "gitPath": "deploy"},
    "manifests": {"deploymentMethod": "manifests"},
    "manifests-root": {"deploymentMethod": "manifests", "gitPath": ".", "gitopsPath": "gitops/own"},
    "no-scaffold": {"deploymentMethod": "manifests", "scaffold": "no"},
}

# Per provider: its own questions, as they are and turned round.
PROVIDERS = {
    "flux": {"gitopsDeployment": "flux"},
    "flux-private": {"gitopsDeployment": "flux", "gitSecretName": "git.credentials", "sourceTimeout": "90s", "sourceInterval": "30s", "fluxNamespace": "team-flux"},
    "flux-turned": {"gitopsDeployment": "flux", "prune": False, "fluxWait": False, "fluxSuspend": True, "retryInterval": "", "applyTimeout": "1h30m",
                    "createNamespace": False},
    "argocd": {"gitopsDeployment": "argocd"},
    "argocd-manual": {"gitopsDeployment": "argocd", "syncPolicy": "manual", "cascadeDelete": False, "syncOptions": "", "retryLimit": "0"},
    "argocd-turned": {"gitopsDeployment": "argocd", "prune": False, "selfHeal": False, "allowEmpty": True, "historyLimit": "3", "createNamespace": False,
                      "argocdProject": "no", "destinationServer": "https://10.0.0.1:6443", "syncOptions": "ServerSideApply=true, Replace=true",
                      "directoryRecurse": True},
    "none": {"gitopsDeployment": "none"},
}

BASE = {"appName": "web", "targetNamespace": "shop", "gitRepoUrl": "https://git.example.com/team/app.git", "gitBranch": "main", "chartName": "podinfo"}
PICKS = 11  # how many hostile entries each method meets with each provider, in turn
MAIN_METHODS = ("helm", "helm-git", "kustomize", "manifests")
MAIN_PROVIDERS = ("flux", "argocd", "none")
FEW_VALUES = ("simple", "keys", "none")
CHOICES = ("alertProvider", "receiverType")  # of these each option is a set of its own


class Inner(str):
    """A text within a tree: quoted, since PyYAML writes plain what YAML 1.2 reads as another type. A text that is an answer by itself needs no quotes."""


class Dumper(yaml.SafeDumper):
    pass


Dumper.add_representer(Inner, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"'))


def quoted(tree):
    if isinstance(tree, dict):
        return {Inner(key): quoted(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [quoted(item) for item in tree]
    return Inner(tree) if isinstance(tree, str) else tree


def block(answers):
    answers = {key: quoted(value) if isinstance(value, (dict, list)) else value for key, value in answers.items()}
    return yaml.dump({"version": 1, "answers": answers}, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def as_json(value):
    """JSON that is YAML too: what YAML takes for a line break or leaves out is escaped, and nothing by a pair of surrogates."""
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: "\\u%04x" % ord(found.group()), json.dumps(value, ensure_ascii=False))


def flow(answers):
    return as_json({"answers": answers, "version": 1})


def explicit(answers):
    return "# written by a machine\nversion: 1\nanswers:\n" + "".join(f"  ? {as_json(key)}\n  : {as_json(value)}\n" for key, value in answers.items())


FORMS = (block, flow, explicit)


def answers_of(names):
    method, provider, environment, extra = names
    return {**BASE, **METHODS[method], **PROVIDERS[provider], **ENVIRONMENTS[environment], **EXTRAS[extra]}


class Set:
    def __init__(self, name, answers, form):
        self.name, self.answers = name, answers
        self.text = form(answers)


def fitting(odd, answers):
    """The hostile answers of ODD that may replace some of ANSWERS; names leave room for what an environment adds."""
    mine = {key: value for key, value in HOSTILE[odd].items() if not (key in ("gitPath", "gitopsPath", "releaseName") and key in answers)}
    if not answers["deploymentMethod"].startswith("helm"):
        mine.pop("releaseName", None)
    longest = max(map(len, answers.get("environments", [""])))
    for key, limit in (("appName", 52), ("targetNamespace", 62)):
        if longest and key in mine:
            mine[key] = mine[key][:limit - longest].rstrip("-")
    return mine


class Builder:
    def __init__(self, questions):
        self.questions = questions
        self.combinations = list(self.probed())

    def make(self, names, turn, more=None, trees=VALUES):
        """The set NAMES, of method, provider, environment and extra, with hostile names that the rest can stand, and with values where it is a chart."""
        answers = {**answers_of(names), **(more or {})}
        odd, tried = "plain", answers
        for step in range(len(HOSTILE)):
            odd = list(HOSTILE)[(turn + step) % len(HOSTILE)]
            tried = {**answers, **fitting(odd, answers)}
            if not expect.refused(tried, self.questions):
                break
        tree = list(trees)[(turn * 5 + turn // len(trees)) % len(trees)]
        if names[0].startswith("helm") and VALUES[tree] is not None and "values" not in answers:
            tried["values"] = VALUES[tree]
            odd += "+" + tree
        return Set("/".join((*names, odd)), tried, FORMS[turn % len(FORMS)])

    def hostile(self):
        for turn, (method, provider, _) in enumerate(itertools.product(METHODS, PROVIDERS, range(PICKS))):
            yield self.make((method, provider, "one", "plain"), turn)

    def probed(self):
        """Of every combination what the engines say of it: (names, answers, what was asked for by environment and extra, the driver's answer)."""
        every = list(itertools.product(MAIN_METHODS, MAIN_PROVIDERS, ENVIRONMENTS, EXTRAS))
        all_answers = [answers_of(names) for names in every]
        answered = driver.run([Set("/".join(names), answers, flow) for names, answers in zip(every, all_answers)], "-p")
        for names, answers, answer in zip(every, all_answers, answered):
            yield names, answers, {*ENVIRONMENTS[names[2]], *EXTRAS[names[3]]}, answer

    def offered(self):
        """Every combination that the engines' tables of questions offer and do not refuse. The names change with all but the extra, so that most of its files are known."""
        turns = {}
        for names, _, asked, answer in self.combinations:
            turn = turns.setdefault(names[:3], len(turns))
            if names[0] == "helm" and turn % 2:
                names = ("helm-oci", *names[1:])
            if not asked & {*answer["hidden"]} and "error" not in answer:
                yield self.make(names, turn, trees=FEW_VALUES)

    def options(self):
        for key in CHOICES:
            extra = next(name for name, answers in EXTRAS.items() if key in answers)
            for option in self.questions[key]["options"]:
                yield self.make(("kustomize", "flux", "one", extra), 0, {key: option})

    def all(self):
        return [*self.hostile(), *self.offered(), *self.options()]


def build(questions):
    """All sets, in a fixed order. QUESTIONS: by id, as "landfall questions -o json" lists them."""
    return Builder(questions).all()
