#!/usr/bin/env python3
"""Input that is wrong, as a user meets it: answers files and charts, through the program. Each is a row: what is said, with file, line and column, the remedy, and the
exit status. What the parsers themselves refuse is in test_charts.py and the unit tests."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_charts import FILES, Case as ChartCase, tgz  # noqa: E402
from world import BUILD, World  # noqa: E402

BOMB = "".join(f"{c}: &{c} [{', '.join([f'*{p}' if p else 'x'] * 40)}]\n" for p, c in zip(["", "a", "b", "c"], "abcd"))
INDENTED = "".join("    " + line + "\n" for line in BOMB.splitlines())
VALID = {"gitopsDeployment": "flux", "appName": "web", "targetNamespace": "shop", "createNamespace": "no", "gitRepoUrl": "https://git.example.com/o/r", "scaffold": "no"}
HEAD = "version: 1\nanswers:\n" + "".join(f"  {key}: \"{value}\"\n" for key, value in VALID.items())  # its last line is the eighth


class Answers(unittest.TestCase):
    """(file, exit status, what is said, the remedy)"""

    ROWS = (
        ("", 2, r"^landfall: f\.yaml:1:1: this is not an answers file", "version: 1"),
        ("answers: {appName: web}\n", 2, r"f\.yaml:1:1: this is not an answers file", "version: 1"),
        ("version: 2\nanswers: {}\n", 2, r"f\.yaml:1:10: version 2 of the answers file", "update Landfall"),
        ("version: 0\nanswers: {}\n", 2, r"f\.yaml:1:10: version 0 of the answers file", 'reads "version: 1"'),
        ("version: new\nanswers: {}\n", 2, r"f\.yaml:1:10: version new of the answers file", 'reads "version: 1"'),
        ("version: 1\nanwers:\n  appName: web\n", 2, r'f\.yaml:3:3: "anwers" is no part of an answers file', "answers:"),
        ("version: 1\nanswers:\n  apName: web\n", 2, r'f\.yaml:3:11: There is no question "apName"', "Did you mean appName"),
        ("version: 1\nanswers:\n  appName: {a: b}\n", 2, r"f\.yaml:3:12: the answer to appName must be a single value", "appName: web"),
        ("version: 1\nanswers:\n  values: [a]\n", 2, r"f\.yaml:3:11: the answer to values must be a map", "values: {replicaCount: 2}"),
        ("version: 1\nanswers:\n  appName: [web\n", 2, r"f\.yaml:3:12: ", "quotes"),
        ("version: 1\nanswers:\n\tappName: web\n", 2, r"f\.yaml:3:1: ", "spaces"),
        ("version: 1\nanswers:\n  appName: a\n  appName: b\n", 2, r'f\.yaml:4:3: the key "appName" stands twice', "remove one"),
        ("version: 1\nanswers:\n  appName: *web\n", 2, r"f\.yaml:3:12: the alias \*web", "."),
        ("version: 1\nanswers: {}\n---\nversion: 1\n", 2, r"f\.yaml:4:1: a second document", "---"),
        ("version: 1\nanswers:\n  values:\n" + INDENTED, 2, r"f\.yaml:\d+:\d+: .*(too large|more than)", "split it"),
        (b"version: 1\nanswers:\n  appName: w\xff\n", 2, r"f\.yaml:3:\d+: ", "UTF-8"),
        (b"\x00\x01", 2, r"f\.yaml:1:1: ", "UTF-8"),
        ("version: 1\nanswers: {}\n#" + "x" * (2 << 20), 2, r"f\.yaml is larger than", "right one"),
        # An answer that can be read and is refused: what it is, where it stands, and how it is written.
        (HEAD + "  prune: maybe\n", 3, r'Prune is "maybe" \(f\.yaml:9:10\): This is a yes or no question', "Answer yes or no"),
        (HEAD + "  syncTimeout: soon\n", 3, r'is "soon" \(f\.yaml:9:16\): ', "--set syncTimeout="),
        (HEAD.replace('"shop"', '"Shop"'), 3, r'is "Shop" \(f\.yaml:5:20\): ', "--set targetNamespace="),
        (HEAD + "  deploymentMethod: helm\n  chartRepoUrl: https://c.example.com\n  chartName: web\n  chartVersion: 1.0.0\n  values: |\n    a: 1\n    \tb: 2\n", 3,
         r"Values \(f\.yaml:13:11\): values:2:1: a tab in the indentation; indent with spaces", "--set values="),
    )

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def test_named_with_place_and_remedy(self):
        for text, code, said, remedy in self.ROWS:
            (self.world.home / "f.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
            for verb in (["render"], ["apply", "--yes"]):
                with self.subTest(text=text[-60:], verb=verb[0]):
                    result = self.world.run(*verb, "-f", "f.yaml")
                    output = result.out + result.err
                    self.assertEqual(result.code, code, str(result))
                    self.assertRegex(output, re.compile(said, re.M))
                    self.assertIn(remedy, output)
        result = self.world.run("render", "-f", "f.yaml", "-o", "out")
        self.assertEqual((result.code, (self.world.home / "out").exists()), (3, False), "nothing is written")

    def test_as_json(self):
        (self.world.home / "f.yaml").write_text(HEAD + "  prune: maybe\n")
        last = self.world.run("apply", "--yes", "-f", "f.yaml", "-o", "json").last()
        self.assertEqual([(q["id"], q["value"], q["where"]) for q in last["questions"]], [("prune", "maybe", "f.yaml:9:10")])
        (self.world.home / "f.yaml").write_text("version: 3\n")
        result = self.world.run("apply", "--yes", "-f", "f.yaml", "-o", "json")
        self.assertEqual(result.code, 2, str(result))
        self.assertRegex(result.out + result.err, r"f\.yaml:1:10: version 3")

    def test_an_answer_of_the_command_line_has_no_place(self):
        (self.world.home / "f.yaml").write_text(HEAD + "  prune: maybe\n")
        result = self.world.run("render", "-f", "f.yaml", "--set", "prune=perhaps")
        self.assertIn('Prune is "perhaps": ', result.err)
        self.assertEqual(self.world.run("render", "-f", "f.yaml", "--set", "prune=yes").code, 0)

    def test_files_beside_it(self):
        (self.world.home / "f.yaml").write_text(HEAD)
        for text, said in (("a: 1\n\tb: 2\n", r"v\.yaml:2:1: a tab"), ("a: 1\na: 2\n", r'v\.yaml:2:1: the key "a" stands twice'), (BOMB, r"v\.yaml:\d+:\d+: "),
                           ("- a\n", "not one map"), ("a: [\n", r"v\.yaml:\d+:\d+: ")):
            with self.subTest(text=text[:20]):
                (self.world.home / "v.yaml").write_text(text)
                result = self.world.run("render", "-f", "f.yaml", "--set", "values=@v.yaml")
                self.assertEqual(result.code, 2, str(result))
                self.assertRegex(result.err, said)
                self.assertGreater(len(result.err.strip().splitlines()), 1, "a remedy")
        (self.world.home / "v.yaml").write_text("base: &base {a: 1}\nb:\n  <<: *base\n  c: *base\n")  # anchors are YAML, and what they stand for is written
        result = self.world.run("render", "-f", "f.yaml", "--set", "deploymentMethod=helm", "--set", "chartRepoUrl=https://c.example.com", "--set", "chartName=web",
                                "--set", "chartVersion=1.0.0", "--set", "values=@v.yaml")
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("    b:\n      c:\n        a: 1\n      a: 1\n", result.out)

    def test_what_is_no_file(self):
        for name, said in (("nope.yaml", "No such file"), (".", "is a folder")):
            result = self.world.run("render", "-f", name)
            self.assertEqual(result.code, 2, str(result))
            self.assertIn(said, result.err)


class Charts(ChartCase):
    """Nobody watches a run without a screen: what of a chart could not be read is said, and what the user typed is delivered all the same."""

    def apply(self, *more, drop=(), **answers):
        answers = {**VALID, "deploymentMethod": "helm", "helmReleaseNamespace": "flux-system", "chartRepoUrl": self.url, "chartName": "web", "chartVersion": "1.0.0",
                   "gitRepoUrl": self.world.bare("r.git") if not (self.world.home / "r.git").exists() else str(self.world.home / "r.git"), **answers}
        answers.pop("scaffold")
        return self.world.run("apply", "--yes", "--no-wait", *more, "-f", self.world.answers(**{k: v for k, v in answers.items() if k not in drop}))

    def warned(self, said, result, code=0):
        self.assertEqual(result.code, code, str(result))
        self.assertRegex(result.out, said)

    def test_index(self):
        self.serve()
        for text, said in (
                ("<!DOCTYPE html><html></html>", r"index of 127\.0\.0\.1:\d+:1:1: this is a web page.*Give the folder"),
                ("apiVersion: v1\nentries:\n  web:\n  - version: \"1.0", r":\d+:\d+: "),
                ("apiVersion: v1\nentries:\n  web: []\n  api: []\n  web: []\n", r':5:3: the chart "web" stands there twice, first on line 3\..*can be typed'),
        ):
            with self.subTest(text=text[:30]):
                self.index(text)
                self.warned("warning: Values: .*" + said, self.apply(values={"replicaCount": 2}))
                self.warned("warning: Chart repository: .*" + said + r"(.*\n)+landfall: 1 answer is needed(.*\n)*  --set chartVersion=", self.apply(drop=["chartVersion"], appName="new"), 2)  # what was delivered is read back
        first = self.apply("-o", "json", drop=["chartVersion"], appName="new").objects()[0]
        self.assertEqual(first["warning"], "chartRepoUrl")
        self.assertRegex(first["message"], ":5:3: ")

    def test_endless_index(self):
        with open(self.root / "index.yaml", "wb") as out:
            out.truncate(500 << 20)
        self.serve()
        self.warned("warning: Chart repository: .*larger than 128 MiB", self.apply(drop=["chartVersion"], appName="new"), 2)  # what was delivered is read back

    def test_large_index_in_the_program(self):
        """30 MB and 10,000 versions: the whole program stays below 64 MB."""
        filler = "        lorem ipsum dolor sit amet\n" * 90
        with open(self.root / "index.yaml", "w", encoding="utf-8") as out:
            out.write("apiVersion: v1\nentries:\n")
            for chart in range(100):
                out.write(f"  chart{chart}:\n")
                for version in range(100):
                    out.write(f"  - annotations:\n      text: |\n{filler}    name: chart{chart}\n    urls: [https://charts.example.com/{chart}-{version}.tgz]\n    version: {version}.0.0\n")
        self.assertGreater((self.root / "index.yaml").stat().st_size, 28 << 20)
        self.serve()
        answers = {**VALID, "deploymentMethod": "helm", "helmReleaseNamespace": "flux-system", "chartRepoUrl": self.url, "chartName": "chart42",
                   "gitRepoUrl": self.world.bare("r.git")}
        del answers["scaffold"]
        measure = ("import resource, subprocess, sys\n"
                   "print(subprocess.run(sys.argv[1:]).returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n")
        child = self.world.start(sys.executable, "-c", measure, str(BUILD / "landfall"), "apply", "--yes", "--no-wait", "-f", self.world.answers(**answers))
        lines = child.stdout.read().splitlines()
        code, kib = lines[-1].split()
        self.assertEqual(code, "0", lines)
        if b"__asan_init" not in (BUILD / "landfall").read_bytes():  # its shadow memory is no measure
            self.assertLess(int(kib), 64 << 10)
        self.assertIn("version: 99.0.0", self.world.git("--git-dir", str(self.world.home / "r.git"), "show", "main:apps/web/helmrelease.yaml"))

    def test_archive(self):
        self.serve()
        for values, said in (
                ("a: 1\n\tb: 2\n", r"the chart's own values cannot be read: values\.yaml:2:1: a tab in the indentation; indent with spaces"),
                ("a: 1\na: 2\n", r'.*cannot be read: values\.yaml:2:1: the key "a" stands twice in this map; remove one'),
                (BOMB, r".*cannot be read: values\.yaml:\d+:\d+: .*(too large|more than)"),
        ):
            with self.subTest(values=values[:20]):
                self.charts("1.0.0", archive=tgz({**FILES, "values.yaml": values}))
                self.warned("warning: Values: " + said, self.apply(values={"replicaCount": 2}))
        for name, archive in (("anchors", tgz({**FILES, "values.yaml": "x: &x {a: 1}\ny: *x\n"})), ("no values", tgz({"Chart.yaml": FILES["Chart.yaml"]}))):
            with self.subTest(name=name):
                self.charts("1.0.0", archive=archive)
                result = self.apply(values={"replicaCount": 2})
                self.assertEqual(result.code, 0, str(result))
                self.assertNotIn("warning", result.out)
        self.charts("1.0.0")
        self.warned('warning: Values: .*has no version of web for "3.0.0". The newest is 1.0.0.', self.apply(values={"a": 1}, chartVersion="3.0.0"))
        self.warned(r"replicaCount .*whole number", self.apply(values={"replicaCount": "two"}), 3)

    def test_login(self):
        (self.world.home / "password").write_text("s3cret")
        self.charts("1.0.0")
        self.serve("--user", "u", "--password-file", str(self.world.home / "password"))
        self.warned("warning: Chart repository: .*wants a login.*helm repo add", self.apply(drop=["chartVersion"], appName="new"), 2)  # what was delivered is read back
        self.warned(f"warning: Values: .*wants a login.*helm registry login 127.0.0.1:{self.port}", self.apply(chartRepoUrl=self.oci, values={"a": 1}))


if __name__ == "__main__":
    unittest.main()
