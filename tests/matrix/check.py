"""check: renders every set of sets.py and reads it back with PyYAML (YAML 1.1) and ruamel.yaml (1.2): both must read the tree that the program meant, and that has to be
the one that the answers mean (expect.py). A sample goes through "landfall render" itself, which must write the same bytes. Wants $builddir; prints one line, or what is
wrong."""

import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

import ruamel.yaml
import yaml

import driver
import expect
import extras
import sets

SETS_AT_LEAST = 1000
SAMPLE_EVERY = 61
SHOWN = 20


def read_11(text):
    return list(yaml.load_all(text, yaml.SafeLoader))


def read_12(text):
    reader = ruamel.yaml.YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = False
    return list(reader.load_all(text))


def documents(tree):
    return tree if isinstance(tree, list) else [tree]


def same(got, want):
    """As the program meant it; a number may be spelled in a way that one YAML takes for text, text may not become anything else."""
    if isinstance(want, dict):
        return isinstance(got, dict) and list(got) == list(want) and all(same(got[key], want[key]) for key in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, (int, float)) and not isinstance(want, bool):
        return isinstance(got, (int, float)) and not isinstance(got, bool) and got == want
    return type(got) is type(want) and got == want


def read_back(item):
    """What is wrong with one text, or the trees."""
    text, tree = item
    trees = None
    if tree is None:  # a template of a chart: no YAML before Helm has been at it
        return None, None
    for name, read in (("PyYAML (1.1)", read_11), ("ruamel.yaml (1.2)", read_12)):
        try:
            trees = read(text)
        except Exception as error:  # whatever such a library raises, it cannot read our file
            return f"{name} cannot read it: {error}", None
        if not same(trees, documents(tree)):
            return f"{name} reads {trees!r}\nnot {documents(tree)!r}\nfrom\n{text}", None
    if not text.endswith("\n") or text.startswith("\n"):
        return "the file does not end with one line break", None
    return None, trees


def wrong_offers(asked, combinations):
    """What the engines offer, or refuse, otherwise than is meant; questions of the extras that no set answers."""
    for names, answers, wanted, answer in combinations:
        name, is_offered = "/".join(names), not wanted & {*answer["hidden"]}
        if is_offered != expect.offered(answers, asked, wanted):
            yield f"{name}: {'offered' if is_offered else 'not offered'}: {sorted(wanted & {*answer['hidden']})}"
        elif is_offered and answer.get("question") != expect.refused(answers, asked):
            yield f"{name}: {expect.refused(answers, asked)} should be refused, not {answer.get('question')}: {answer.get('error')}"
    answered = {key for table in (extras.EXTRAS, extras.ENVIRONMENTS) for answers in table.values() for key in answers}
    for key, question in asked.items():
        if question["step"] == "Extras" and key not in answered:
            yield f"extras.py: no entry answers {key}"


def same_by_program(one, files):
    """"landfall render" itself writes the same bytes."""
    with tempfile.TemporaryDirectory(prefix="landfall-matrix-") as folder:
        answers = pathlib.Path(folder, "answers.yaml")
        answers.write_text(one.text, encoding="utf-8", newline="")
        out = pathlib.Path(folder, "out")
        run = subprocess.run([driver.BUILD / "landfall", "render", "-f", answers, "-o", out], capture_output=True, timeout=60)
        if run.returncode:
            return f"landfall render: exit {run.returncode}: {run.stderr.decode()}"
        written = {str(path.relative_to(out)): path.read_bytes().decode() for path in out.rglob("*") if path.is_file()}
        return None if written == {file["path"]: file["text"] for file in files} else f"landfall render wrote other files: {sorted(written)}"


def main():
    begin = time.monotonic()
    asked = driver.questions()
    builder = sets.Builder(asked)
    wrong, texts = list(wrong_offers(asked, builder.combinations)), {}
    all_sets = builder.all()
    rendered, spent_ms = driver.timed(all_sets)
    for one, answer in zip(all_sets, rendered, strict=True):
        if "error" in answer:
            wrong.append(f"{one.name}: {answer['question']}: {answer['error']} {answer['hint']}")
        for file in answer.get("files", ()):
            texts.setdefault(file["text"], file["tree"])
    with ProcessPoolExecutor() as pool:
        read = dict(zip(texts, pool.map(read_back, texts.items(), chunksize=16)))
    for index, (one, answer) in enumerate(zip(all_sets, rendered)):
        files = {}
        for file in answer.get("files", ()):
            problem, files[file["path"]] = read[file["text"]]
            if problem:
                wrong.append(f"{one.name}: {file['path']}: {problem}")
        if "files" in answer:
            wrong += [f"{one.name}: {problem}" for problem in expect.check(one.answers, asked, files, {file["path"]: file["text"] for file in answer["files"]})]
            if index % SAMPLE_EVERY == 0:
                problem = same_by_program(one, answer["files"])
                wrong += [f"{one.name}: {problem}"] if problem else []
    if len(all_sets) < SETS_AT_LEAST:
        wrong.append(f"only {len(all_sets)} sets")
    for problem in wrong[:SHOWN]:
        print(problem if len(problem) < 2000 else problem[:2000] + "…")
    if wrong:
        print(f"{len(wrong)} problems in {len(all_sets)} sets")
        return 1
    files = sum(len(answer["files"]) for answer in rendered)
    print(f"{len(all_sets)} sets, {files} files ({len(texts)} different), rendered in {spent_ms:.0f} ms; all in {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
