"""driver: the program's side of the matrix: its questions, and render_sets, which renders answers files by the hundred in one process. Wants $builddir, or BUILD set."""

import json
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ.get("builddir", ".")).resolve()
LIMIT_S = 300


def questions():
    """By id."""
    listed = subprocess.run([BUILD / "landfall", "questions", "-o", "json"], check=True, capture_output=True, timeout=60).stdout
    return {question["id"]: question for question in json.loads(listed)}


def run(sets, *options):
    """What render_sets answers to each set."""
    return timed(sets, *options)[0]


def timed(sets, *options):
    """The same, and the milliseconds that rendering took."""
    lines = "".join(json.dumps({"name": one.name, "text": one.text}) + "\n" for one in sets)
    done = subprocess.run([BUILD / "tests/matrix/render_sets", *options], input=lines.encode(), check=True, capture_output=True, timeout=LIMIT_S)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return answers[:-1], answers[-1]["ms"]
