"""recall: renders every set of sets.py, puts it into a branch, forgets the answers but for the application's name and place, and looks what the branch brings back (recall_sets):
the same files have to come out of it. Wants $builddir; prints one line, or what is wrong."""

import json
import subprocess
import sys

import driver
import sets

SHOWN = 20
DIFFERENT_AT_MOST = 120

# Comes back in other words, which give the very same file.
OTHER_WORDS = {
    "canaryWeights": "025 is 25", "dependsOn": "the own namespace is left out", "autoscale": "the default minimum is said", "config": "1.5 is a text in a ConfigMap",
    "substitute": "8080 is a text in a variable", "healthChecks": "the namespace that is meant is said", "sealedSecret": "with the namespace it was put in",
    "values": "an environment's replicas and image are values of its own", "prune": "is in no file while the sync is manual", "image": "is among the values",
    "replicas": "is among the values", "syncOptions": "without blanks", "environmentSettings": "each environment has its own files"}
# Is in no file, so that it has to be said again.
NOT_READ_BACK = {
    "image": "a tag beside a digest says nothing and is not written", "sopsRecipient": ".sops.yaml at the root is everybody's, and kept as it is",
    "resources": "of a Rollout: the JSON patch holds what the base says, too"}


# The very same Secret for several environments is written once, for the first of them.
WRITTEN_ONCE = {"secretMethod", "externalSecretName", "secretStore", "secretStoreKind", "secretKeys", "secretExtract", "secretRefresh"}


def is_left_out(name):
    """Without a controller nothing in Git says where a chart is from, how it is called in the cluster or which environments there are. The order of environments whose names tell
    none (yes, 1e3) is not known, and the first one's file is the one they share."""
    _, provider, environment, *_ = name.split("/")
    return provider == "none" or environment == "shared"


def wrong_in(answer):
    """With environments each of them counts: what is said for all is only said again in them."""
    parts = any(item["environment"] for item in answer["lost"])
    found = {item["id"] for item in answer["lost"] if item["environment"] or not parts}
    known = {*OTHER_WORDS, *NOT_READ_BACK, *(WRITTEN_ONCE if "/secret-values" in answer["name"] else ())}
    if found - known:
        return f"not read back: {sorted(found - known)}"
    return None if found & set(NOT_READ_BACK) else f"the answers come back, and {answer['files'][:3]} would be other files"


def main():
    all_sets = [one for one in sets.build(driver.questions()) if not is_left_out(one.name)]
    lines = "".join(json.dumps({"name": one.name, "text": one.text}) + "\n" for one in all_sets)
    done = subprocess.run([driver.BUILD / "tests/matrix/recall_sets"], input=lines.encode(), check=True, capture_output=True, timeout=driver.LIMIT_S)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    different = [answer for answer in answers if answer.get("files")]
    wrong = [f"{answer['name']}: {problem}" for answer in different for problem in [wrong_in(answer)] if problem]
    if len(answers) != len(all_sets) or not any("lost" in answer for answer in answers):
        wrong.append(f"{len(answers)} answers to {len(all_sets)} sets")
    if len(different) > DIFFERENT_AT_MOST:
        wrong.append(f"{len(different)} sets give other files")
    for problem in wrong[:SHOWN]:
        print(problem[:1000])
    if wrong:
        print(f"{len(wrong)} problems in {len(all_sets)} sets")
        return 1
    print(f"{len(all_sets)} sets, {len(different)} with other files, for the reasons that are listed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
