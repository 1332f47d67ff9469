#!/usr/bin/env python3
"""The program without a screen, as CI uses it: render, apply and watch against the demo's server and local repositories."""

import json
import os
import pathlib
import stat
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

WEB = dict(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27")


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def code(self, result, expected):
        self.assertEqual(result.code, expected, str(result))


class Render(Case):
    def test_same_answers_same_bytes(self):
        answers = self.world.answers(**WEB, gitRepoUrl="git@git.example.com:shop/config.git")
        for provider in ("flux", "argocd"):
            first = self.world.run("render", "-f", answers, "--set", f"gitopsDeployment={provider}")
            second = self.world.run("render", "-f", answers, "--set", f"gitopsDeployment={provider}")
            self.code(first, 0)
            self.assertEqual(first.out, second.out)

    def test_folder_and_stream_agree(self):
        answers = self.world.answers(**WEB, gitRepoUrl="https://git.example.com/shop/config")
        out = self.world.home / "out"
        self.code(self.world.run("render", "-f", answers, "-o", str(out)), 0)
        stream = self.world.run("render", "-f", answers).out
        files = [p for p in out.rglob("*") if p.is_file()]
        self.assertGreaterEqual(len(files), 5)
        for path in files:
            self.assertIn(path.read_text(), stream)

    def test_missing_answers_are_named_with_the_flag(self):
        result = self.world.run("render", "--set", "appName=web")
        self.code(result, 2)
        self.assertIn("--set gitRepoUrl=", result.err)
        self.assertIn("--set gitopsDeployment=", result.err)

    def test_wrong_answers_are_validation(self):
        answers = self.world.answers(**WEB, gitRepoUrl="https://git.example.com/x", gitPath="../etc")
        result = self.world.run("render", "-f", answers)
        self.code(result, 3)
        self.assertIn("may not leave the repository", result.err)

    def test_bad_files(self):
        bomb = self.world.home / "bomb.yaml"
        bomb.write_text("version: 1\nanswers: &a\n  appName: &b [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"  x{i}: &c{i} [*{'b' if not i else f'c{i - 1}'},*{'b' if not i else f'c{i - 1}'},*{'b' if not i else f'c{i - 1}'}]\n" for i in range(40)))
        big = self.world.home / "big.yaml"
        big.write_text("version: 1\n" + "#" * (2 << 20))
        for path in (bomb, big, self.world.home / "none.yaml", self.world.home):
            result = self.world.run("render", "-f", str(path))
            self.code(result, 2)
            self.assertTrue(result.err.startswith("landfall: "), result.err)

    def test_unknown_words(self):
        for arguments in (["rendr"], ["render", "--nope"], ["apply", "--scenario", "x"], ["completion", "tcsh"]):
            self.code(self.world.run(*arguments), 2)


class Questions(Case):
    def test_table(self):
        rows = json.loads(self.world.run("questions", "-o", "json").out)
        ids = [row["id"] for row in rows]
        self.assertEqual(len(ids), len(set(ids)))
        for name in ("deploymentMethod", "gitopsDeployment", "fluxNamespace", "reconcileInterval", "gitRepoUrl", "gitBranch", "gitPath"):
            self.assertIn(name, ids)

    def test_completion_is_a_script(self):
        script = self.world.run("completion", "bash").out
        self.assertIn("complete ", script)


class Apply(Case):
    def apply(self, repository, *more, **values):
        answers = self.world.answers(**{**WEB, "gitRepoUrl": repository, **values})
        return self.world.run("apply", "-f", answers, "--yes", "-o", "json", "--timeout", "60s", *more)

    def test_healthy(self):
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                repository = self.world.sandbox()
                result = self.apply(repository, gitopsDeployment=provider)
                self.code(result, 0)
                last = result.last()
                self.assertEqual(last["result"], "healthy")
                head = self.world.git("-C", repository, "rev-parse", "main").strip()
                self.assertEqual(last["commit"], head)
                self.assertIn("Pod", [row["kind"] for row in last["resources"]])
                message = self.world.git("-C", repository, "log", "-1", "--format=%B%an <%ae>")
                self.assertIn("Landfall-App: web", message)
                self.assertIn("P. Engineer <pe@example.com>", message)
                self.world.git("-C", repository, "fsck", "--strict")

    def test_what_was_delivered_is_the_default_of_the_next_delivery(self):
        repository = self.world.sandbox()
        self.code(self.apply(repository, reconcileInterval="10m", prune=False), 0)
        again = self.apply(repository, "--set", "replicas=3")
        self.code(again, 0)
        text = self.world.git("-C", repository, "show", "main:apps/web/overlays/production/flux-kustomization.yaml")
        self.assertIn("interval: 10m", text)
        self.assertIn("prune: false", text)

    def test_environments(self):
        """One commit, two environments, each on its own; what fails in one is said with its name."""
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                repository = self.world.sandbox()
                values = dict(gitopsDeployment=provider, environments=["dev", "production"], environmentSettings={"production": {"replicas": 3}})
                result = self.apply(repository, **values)
                self.code(result, 0)
                last = result.last()
                self.assertEqual([(one["environment"], one["result"]) for one in last["environments"]], [("dev", "healthy"), ("production", "healthy")])
                self.assertEqual(len({one["object"] for one in last["environments"]}), 2)
                self.assertEqual([row["name"] for row in last["environments"][1]["resources"] if row["kind"] == "Deployment"], ["web"])
                again = self.apply(repository, **values)
                self.code(again, 0)
                self.assertEqual(again.last()["commit"], last["commit"])
                values["environmentSettings"]["dev"] = {"namespace": "kube-none", "createNamespace": False}
                text = self.world.run("apply", "-f", self.world.answers(**{**WEB, "gitRepoUrl": repository, **values}), "--yes", "--timeout", "8s")
                self.assertIn("production: ", text.out)
                self.assertIn("web-production is healthy", text.out)
                self.assertNotEqual(text.code, 0, str(text))
                self.assertRegex(text.out, "(?m)^dev: .* is (failed|timeout|partial)")

    def test_environments_on_branches(self):
        repository = self.world.sandbox()
        values = dict(environments=["dev", "production"], environmentLayout="branches")
        result = self.apply(repository, **values)
        self.code(result, 0)
        dev, production = result.last()["environments"]
        self.assertEqual((dev["result"], production["result"]), ("healthy", "elsewhere"))
        self.assertIn("main", production["note"])
        self.assertEqual(result.last()["commit"], self.world.git("-C", repository, "rev-parse", "dev").strip())
        nobody = self.apply(repository, "--set", "gitBranch=feature", **values)
        self.code(nobody, 0)
        self.assertIn("No environment follows this branch", nobody.last()["note"])

    def test_again_changes_nothing(self):
        repository = self.world.sandbox()
        first = self.apply(repository)
        self.code(first, 0)
        second = self.apply(repository)
        self.code(second, 0)
        self.assertEqual(first.last()["commit"], second.last()["commit"])

    def test_bad_image_says_why_and_a_correction_lands(self):
        for provider in ("flux", "argocd"):
            with self.subTest(provider):
                repository = self.world.sandbox("bad-image")
                result = self.apply(repository, gitopsDeployment=provider)
                self.code(result, 5)
                diagnosis = result.last()["diagnosis"]
                self.assertEqual(diagnosis["id"], "image-not-found")
                self.assertIn("nginx:1.27", diagnosis["cause"])
                self.assertTrue(diagnosis["remedies"])
                self.code(self.apply(repository, "--set", "image=nginx:1.26", gitopsDeployment=provider), 0)

    def test_dry_run_pushes_nothing(self):
        repository = self.world.sandbox()
        before = self.world.git("-C", repository, "rev-parse", "main")
        answers = self.world.answers(**WEB, gitRepoUrl=repository)
        result = self.world.run("apply", "-f", answers, "--dry-run")
        self.code(result, 0)
        self.assertIn("+ kind: GitRepository", result.out)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))

    def test_not_confirmed_pushes_nothing(self):
        repository = self.world.sandbox()
        before = self.world.git("-C", repository, "rev-parse", "main")
        result = self.world.run("apply", "-f", self.world.answers(**WEB, gitRepoUrl=repository), input="")
        self.code(result, 2)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))

    def test_refusal_of_the_server_is_shown_in_its_words(self):
        repository = self.world.sandbox()
        hook = pathlib.Path(repository) / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'ticket number missing' >&2\nexit 1\n")
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
        before = self.world.git("-C", repository, "rev-parse", "main")
        result = self.apply(repository)
        self.code(result, 4)
        self.assertIn("ticket number missing", result.out)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))

    def test_what_is_no_repository(self):
        self.world.sandbox()
        (self.world.home / "plain").mkdir()
        for url in (str(self.world.home / "plain"), str(self.world.home / "nowhere")):
            result = self.apply(url)
            self.code(result, 4)
            self.assertTrue(result.last()["hint"], result.out)

    def test_empty_repository_gets_its_first_commit(self):
        repository = self.world.bare()
        result = self.world.run("apply", "-f", self.world.answers(**WEB, gitRepoUrl=repository), "--yes", "--no-wait")
        self.code(result, 0)
        self.assertIn("apps/web/base/deployment.yaml", self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main"))
        self.world.git("-C", repository, "fsck", "--strict")

    def test_existing_manifests_are_kept(self):
        repository = self.world.bare(files={"apps/web/overlays/production/kustomization.yaml": "resources: []\n"})
        result = self.world.run("apply", "-f", self.world.answers(**WEB, gitRepoUrl=repository), "--yes", "--no-wait")
        self.code(result, 0)
        files = self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split()
        self.assertEqual(self.world.git("-C", repository, "show", "main:apps/web/overlays/production/kustomization.yaml"), "resources: []\n")
        self.assertNotIn("apps/web/base/deployment.yaml", files)

    def test_broken_kubeconfig_stops_before_the_push(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        broken = self.world.home / "kubeconfig"
        broken.write_text("apiVersion: v1\nkind: Config\nclusters: [\n")
        before = self.world.git("-C", repository, "rev-parse", "main")
        result = self.world.run("apply", "-f", self.world.answers(**WEB, gitRepoUrl=repository), "--yes", env={"KUBECONFIG": str(broken)})
        self.code(result, 2)
        self.assertIn("kubeconfig:", result.out + result.err)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))


class Watch(Case):
    def test_watch_after_apply(self):
        repository = self.world.sandbox()
        answers = self.world.answers(**WEB, gitRepoUrl=repository)
        self.code(self.world.run("apply", "-f", answers, "--yes", "--timeout", "60s"), 0)
        head = self.world.git("-C", repository, "rev-parse", "main").strip()
        self.code(self.world.run("watch", "Kustomization/web", "-n", "flux-system", "--commit", head, "--timeout", "30s", "-o", "json"), 0)
        other = self.world.run("watch", "Kustomization/web", "-n", "flux-system", "--commit", "1" * 40, "--timeout", "2s", "-o", "json")
        self.code(other, 6)

    def test_wrong_use(self):
        self.world.sandbox()
        wrong = self.world.run("watch", "ConfigMap/web", "-n", "x")
        self.code(wrong, 2)
        self.assertEqual(wrong.out, "")
        self.code(self.world.run("watch", "Kustomization/web", "--commit", "abc"), 2)


class Doctor(Case):
    def doctor(self, *more, env=None):
        result = self.world.run("doctor", "-o", "json", *more, env=env)
        report = json.loads(result.out)
        self.assertEqual(result.code, 1 if report["result"] == "fail" else 0, str(result))
        for check in report["checks"]:
            self.assertEqual(check["result"] != "pass", "remedy" in check, check)
        return report["checks"]

    def one(self, checks, words):
        found = [check for check in checks if words in check["message"]]
        self.assertEqual(len(found), 1, f"{words}: {checks}")
        return found[0]

    def test_what_is_well_passes(self):
        repository = self.world.sandbox()
        checks = self.doctor("--set", f"gitRepoUrl={repository}")
        for words in ("P. Engineer <pe@example.com>", f"{repository} was reached", "demo answers, Kubernetes", "Argo CD v3", "Kustomization v1",
                      "you may watch Kustomization in flux-system", "you may create Application in argocd"):
            self.assertEqual(self.one(checks, words)["result"], "pass")
        self.assertFalse(list(self.world.home.glob(".local/state/landfall/.*")), "a trial file is left")

    def test_what_is_not_is_said_with_the_remedy(self):
        self.world.sandbox("forbidden")
        (self.world.home / ".gitconfig").write_text("")
        (self.world.home / "blocked").write_text("")
        config = self.world.home / ".config/landfall/config.yaml"
        config.parent.mkdir(parents=True)
        config.write_text("theem: dark\n")
        checks = self.doctor("--set", "gitRepoUrl=https://127.0.0.1:1/x.git", env={"XDG_STATE_HOME": str(self.world.home / "blocked"), "PATH": "/nowhere"})
        for words, result, remedy in (
            ("does not know who you are", "fail", "git config --global user.name"),
            ("https://127.0.0.1:1/x.git", "fail", "server running"),
            ("you may not create Application in argocd", "warn", "kubectl auth can-i create Application.argoproj.io -n argocd"),
            ("theem", "fail", "theme"),
            ("unfinished sessions cannot be kept", "warn", "not a folder"),
            ("ssh is not installed", "warn", "Install ssh"),
        ):
            check = self.one(checks, words)
            self.assertEqual(check["result"], result, check)
            self.assertIn(remedy, check["remedy"])

    def test_without_a_cluster(self):
        text = self.world.run("doctor")
        self.code(text, 0)
        self.assertRegex(text.out, r"! warn  cluster .*\n +Set KUBECONFIG")
        self.assertRegex(text.out, r"\d+ passed, \d+ to know, 0 failed\.\n$")
        self.assertNotIn("✓", self.world.run("doctor", "--ascii").out)


class Settings(Case):
    def configure(self, text):
        path = self.world.home / ".config/landfall/config.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def test_wrong_values_are_named_with_their_line(self):
        for text, line, allowed in (
            ("provider: fluxx\n", 1, "argocd, flux, none"),
            ("theme: dark\nsyncTimeout: soon\n", 2, "5m"),
            ("\ntheem: dark\n", 2, "theme"),
            ("reduceMotion: maybe\n", 1, "true or false"),
            ("defaultRepo: no such thing\n", 1, "https://"),
            ("contexts:\n  prod:\n    readonly: true\n", 3, "readOnly"),
        ):
            with self.subTest(text):
                path = self.configure(text)
                for command in (["apply"], ["--plain"]):
                    result = self.world.run(*command, input="", env={"KUBECONFIG": os.devnull})
                    self.code(result, 2)
                    self.assertIn(f"{path}:{line}: ", result.err)
                    self.assertIn(allowed, result.err)

    def test_defaults_show_where_they_are_from(self):
        self.configure("provider: flux\ndefaultRepo: git@git.example.com:shop/config.git\nsyncTimeout: 90\ncommitTemplate: Deploy {appName} to {targetNamespace}\n"
                       "defaults:\n  gitBranch: trunk\n")
        result = self.world.run("--plain", "--set", "appName=web", "--set", "gitBranch=release", input="s\n", env={"KUBECONFIG": os.devnull})
        for words in ("flux  (from config.yaml)", "git@git.example.com:shop/config.git  (from config.yaml)", "90s  (from config.yaml)",
                      "Deploy web to web  (from config.yaml)"):
            self.assertIn(words, result.out)
        self.assertRegex(result.out, "Branch +release\n")
        self.assertNotIn("from config.yaml", self.world.run("demo", "--plain", input="s\n").out)

    def test_switched_off_reaches_no_repository(self):
        repository = self.world.bare(files={"README": "x\n"})
        before = self.world.git("-C", repository, "rev-parse", "main")
        path = self.configure("enabled: false\n")
        answers = self.world.answers(**WEB, gitRepoUrl=repository)
        result = self.world.run("apply", "-f", answers, "--yes", "--no-wait", env={"KUBECONFIG": os.devnull, "PATH": "/nowhere"})
        self.code(result, 4)
        self.assertIn("Git is switched off", result.out)
        self.assertIn(path, result.out)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))

    def test_read_only_context_is_not_pushed_for(self):
        repository = self.world.sandbox()
        before = self.world.git("-C", repository, "rev-parse", "main")
        self.configure("contexts:\n  demo:\n    readOnly: true\n")
        result = self.world.run("apply", "-f", self.world.answers(**WEB, gitRepoUrl=repository), "--yes")
        self.code(result, 3)
        self.assertIn("read-only", result.out)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))


class LineMode(Case):
    def test_end_of_input_pushes_nothing(self):
        repository = self.world.sandbox()
        before = self.world.git("-C", repository, "rev-parse", "main")
        result = self.world.run("--plain", input="\n\nflux\n")
        self.assertIn("nothing was pushed", result.out)
        self.assertEqual(before, self.world.git("-C", repository, "rev-parse", "main"))

    def test_the_demo_is_up_before_it_asks(self):
        result = self.world.run("demo", "--plain", input="\n\n2\n")
        self.assertIn("Name [web", result.out)

    def test_bad_answer_is_explained_and_asked_again(self):
        result = self.world.run("--plain", input="\nkustomize\nflux\nNot A Name\nweb\n", env={"KUBECONFIG": os.devnull})
        self.assertIn("Not usable", result.out)
        self.assertIn("Target namespace", result.out)


if __name__ == "__main__":
    unittest.main()
