"""recall: renders every set of sets.py, puts it into a branch, forgets the answers but for the application's name and place, and looks what the branch brings back (recall_sets):
the same files have to come out of it. Wants $builddir; prints one line, or what is wrong."""

import json
import subprocess
import sys

import driver
import sets

SHOWN = 20


def is_left_out(name):
    """Without a controller nothing in Git says where a chart is from, how it is called in the cluster or which environments there are. The order of environments whose names tell
    none (yes, 1e3) is not known, and the first one's file is the one they share."""
    _, provider, environment, *_ = name.split("/")
    return provider == "none" or environment == "shared"


def main():
    all_sets = [one for one in sets.build(driver.questions()) if not is_left_out(one.name)]
    lines = "".join(json.dumps({"name": one.name, "text": one.text}) + "\n" for one in all_sets)
    done = subprocess.run([driver.BUILD / "tests/matrix/recall_sets"], input=lines.encode(), check=True, capture_output=True, timeout=driver.LIMIT_S)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    # What comes back in other words (025 is 25, 1.5 a text in a ConfigMap) counts for nothing: the files are what is delivered.
    wrong = [f"{answer['name']}: {answer['files'][:3]} would be other files; {[(item['id'], item['environment']) for item in answer['lost']][:8]}" for answer in answers if answer.get("files")]
    if len(answers) != len(all_sets) or not any("lost" in answer for answer in answers):
        wrong.append(f"{len(answers)} answers to {len(all_sets)} sets")
    for problem in wrong[:SHOWN]:
        print(problem[:1000])
    if wrong:
        print(f"{len(wrong)} problems in {len(all_sets)} sets")
        return 1
    print(f"{len(all_sets)} sets, each with the same files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
