#!/usr/bin/env python3
"""Repositories as they are found in life: where the files of one more application go, what is used again, and what a second delivery changes. Real Git, no cluster."""

import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from screen import Screen  # noqa: E402
from world import PROGRAM, World  # noqa: E402

KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n"
LISTS = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- {}\n"
SYNC = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{interval: 1m, ref: {{branch: main}}, url: '{url}'}}
"""
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: 'https://git.example.com/x/y', path: '{path}', targetRevision: main}}
  destination: {{server: 'https://kubernetes.default.svc', namespace: x}}
"""
HELM = """# shared by everybody
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: {name}, namespace: flux-system}}
spec: {{interval: 1h, url: '{url}'}}
"""
WEB = dict(gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="production", image="nginx:1.27", registerInCluster="no")

LAYOUTS = {
    "apps/<app>/overlays": (
        {"apps/shop/base/kustomization.yaml": KUSTOMIZATION, "apps/shop/overlays/dev/kustomization.yaml": KUSTOMIZATION,
         "apps/shop/overlays/prod/kustomization.yaml": KUSTOMIZATION},
        dict(gitopsDeployment="argocd"), {"apps/web/overlays/prod/web-app.yaml", "apps/web/overlays/prod/kustomization.yaml", "apps/web/base/deployment.yaml"}),
    "apps/base and apps/overlays": (
        {"apps/base/shop/kustomization.yaml": KUSTOMIZATION, "apps/overlays/dev/shop/kustomization.yaml": KUSTOMIZATION, "apps/overlays/prod/shop/kustomization.yaml": KUSTOMIZATION},
        dict(gitopsDeployment="argocd"), {"apps/overlays/prod/web/kustomization.yaml", "apps/base/web/deployment.yaml"}),
    "environments in a shared overlays folder": (
        {"apps/base/shop/kustomization.yaml": KUSTOMIZATION, "apps/overlays/dev/shop/kustomization.yaml": KUSTOMIZATION, "apps/overlays/prod/shop/kustomization.yaml": KUSTOMIZATION},
        dict(gitopsDeployment="argocd", environments="dev, prod"),
        {"gitops/web/dev-web-app.yaml", "gitops/web/prod-web-app.yaml", "apps/overlays/dev/web/kustomization.yaml", "apps/overlays/prod/web/kustomization.yaml", "apps/base/web/deployment.yaml"}),
    "k8s-manifests with groups, and argocd-apps": (
        {"k8s-manifests/base/mlops/minio/kustomization.yaml": KUSTOMIZATION, "k8s-manifests/overlays/dev/kustomization.yaml": KUSTOMIZATION,
         "k8s-manifests/overlays/prod/kustomization.yaml": KUSTOMIZATION, "argocd-apps/minio-app.yaml": APPLICATION.format(name="minio", path="k8s-manifests/base/mlops/minio")},
        dict(gitopsDeployment="argocd"),
        {"argocd-apps/web-app.yaml", "k8s-manifests/overlays/prod/mlops/web/kustomization.yaml", "k8s-manifests/base/mlops/web/deployment.yaml"}),
    "an app of apps": (
        {"root.yaml": APPLICATION.format(name="root", path="delivery/argo"), "delivery/argo/shop-application.yaml": APPLICATION.format(name="shop", path="x")},
        dict(gitopsDeployment="argocd"), {"root.yaml", "delivery/argo/web-app.yaml"} - {"root.yaml"}),
    "an app of apps in apps/, of files that could be anything": (
        {"bootstrap/root.yaml": APPLICATION.format(name="root", path="apps"), "apps/shop.yaml": APPLICATION.format(name="shop", path="manifests/shop"),
         "manifests/shop/deployment.yaml": "kind: Deployment\n"},
        dict(gitopsDeployment="argocd", deploymentMethod="manifests"), {"apps/web-app.yaml", "manifests/web/deployment.yaml"}),
    "charts": (
        {"charts/shop/Chart.yaml": "name: shop\n", "charts/shop/charts/redis/Chart.yaml": "name: redis\n", "charts/cart/Chart.yaml": "name: cart\n"},
        dict(gitopsDeployment="argocd", deploymentMethod="helm-git"), {"charts/web/web-app.yaml", "charts/web/Chart.yaml", "charts/web/templates/deployment.yaml"}),
    "Flux, a folder for each cluster": (
        {"clusters/prod/flux-system/gotk-sync.yaml": SYNC.format(url="https://git.example.com/fleet"), "clusters/prod/apps.yaml": KUSTOMIZATION},
        {}, {"clusters/prod/web/flux-kustomization.yaml", "apps/web/overlays/production/kustomization.yaml"}),
    "Flux's own example": (
        {"apps/base/shop/kustomization.yaml": KUSTOMIZATION, "apps/production/kustomization.yaml": LISTS.format("../base/shop"), "apps/staging/kustomization.yaml": LISTS.format("../base/shop"),
         "clusters/production/apps.yaml": SYNC.format(url="https://git.example.com/fleet"), "clusters/production/flux-system/kustomization.yaml": KUSTOMIZATION,
         "clusters/staging/flux-system/kustomization.yaml": KUSTOMIZATION, "infrastructure/controllers/kustomization.yaml": KUSTOMIZATION},
        {}, {"clusters/production/web/flux-kustomization.yaml", "apps/production/web/kustomization.yaml", "apps/base/web/deployment.yaml"}),
    "Flux's own example, for two environments": (
        {"apps/base/shop/kustomization.yaml": KUSTOMIZATION, "apps/production/kustomization.yaml": LISTS.format("../base/shop"), "apps/staging/kustomization.yaml": LISTS.format("../base/shop"),
         "clusters/production/flux-system/kustomization.yaml": KUSTOMIZATION, "clusters/staging/flux-system/kustomization.yaml": KUSTOMIZATION},
        dict(environments="staging, production"),
        {"clusters/staging/web/flux-kustomization.yaml", "apps/staging/web/kustomization.yaml", "apps/production/web/kustomization.yaml", "apps/base/web/deployment.yaml"}),
    "Flux's own example, where the application is there": (
        {"apps/base/web/kustomization.yaml": KUSTOMIZATION, "apps/production/kustomization.yaml": LISTS.format("../base/web"), "clusters/production/flux-system/kustomization.yaml": KUSTOMIZATION},
        {}, {"clusters/production/web/flux-kustomization.yaml"}),
    "environments beside each application's base": (
        {"apps/shop/base/kustomization.yaml": KUSTOMIZATION, "apps/shop/dev/kustomization.yaml": LISTS.format("../base"), "apps/shop/prod/kustomization.yaml": LISTS.format("../base")},
        dict(gitopsDeployment="argocd"), {"apps/web/prod/kustomization.yaml", "apps/web/base/deployment.yaml"}),
    "envs": (
        {"base/shop/kustomization.yaml": KUSTOMIZATION, "envs/dev/shop/kustomization.yaml": LISTS.format("../../../base/shop")},
        dict(gitopsDeployment="argocd", environments="dev, prod"), {"envs/dev/web/kustomization.yaml", "envs/prod/web/kustomization.yaml", "base/web/deployment.yaml", "gitops/web/dev-web-app.yaml"}),
    "environments without a base": (
        {"environments/dev/shop/deployment.yaml": "kind: Deployment\n", "environments/production/shop/deployment.yaml": "kind: Deployment\n"},
        dict(gitopsDeployment="argocd"), {"environments/production/web/kustomization.yaml", "base/web/deployment.yaml"}),
    "teams": (
        {"teams/payments/shop/kustomization.yaml": KUSTOMIZATION, "teams/payments/cart/kustomization.yaml": KUSTOMIZATION, "teams/search/api/kustomization.yaml": KUSTOMIZATION},
        dict(gitopsDeployment="argocd"), {"teams/payments/web/kustomization.yaml"}),
    "nothing that is known": ({"README.md": "hello\n", "src/main.c": "int main;\n"}, {}, {"apps/web/overlays/production/flux-kustomization.yaml", "apps/web/base/deployment.yaml"}),
}


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def apply(self, repository, *more, **values):
        answers = self.world.answers(**{**WEB, "gitRepoUrl": repository, **values})
        result = self.world.run("apply", "-f", answers, "--yes", "-o", "json", "--no-wait", *more)
        self.assertEqual(result.code, 0, str(result))
        return result

    def files(self, repository, **values):
        """What the review says of each file."""
        result = self.apply(repository, "--dry-run", **values)
        (review,) = [o for o in result.objects() if o.get("phase") == "review" and "files" in o]
        return {file["path"]: file["change"] for file in review["files"]}

    def show(self, repository, path):
        return self.world.git("-C", repository, "show", f"main:{path}")

    def commit(self, repository, changes, name="by-hand"):
        work = self.world.home / name
        self.world.git("clone", "-q", repository, str(work))
        for path, text in changes.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        self.world.git("add", "-A", cwd=work)
        self.world.git("commit", "-q", "-m", "By hand", cwd=work)
        self.world.git("push", "-q", "origin", "HEAD:main", cwd=work)


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class OnTheScreen(Case):
    def test_where_each_environment_goes_is_said(self):
        files, values, _ = LAYOUTS["environments in a shared overlays folder"]
        answers = {**WEB, **values, "gitRepoUrl": self.world.bare("r.git", files), "gitBranch": "main"}
        command = [str(PROGRAM), *(word for key, value in answers.items() for word in ("--set", f"{key}={value}"))]
        screen = Screen(self.world.home, command, {key: value for key, value in {**self.world.environment, "TERM": "xterm-256color"}.items() if value}, 140, 40)
        self.addCleanup(screen.close)
        screen.expect("Which cluster")
        screen.keys("F4")
        screen.expect("Go to")
        screen.keys("Down", "Down", "Down", "Down", "Enter")
        screen.expect("apps/overlays/dev/web")
        screen.wait(lambda text: "prod in apps/overlays/prod/web" in " ".join(line.split("│")[1].strip() for line in text.splitlines() if line.count("│") > 1), "where prod goes")
        screen.expect("gitops/web")
        screen.expect("for all environments")


class Layouts(Case):
    def test_files_go_where_the_layout_puts_them(self):
        for number, (name, (files, values, expected)) in enumerate(LAYOUTS.items()):
            with self.subTest(name):
                found = self.files(self.world.bare(f"r{number}.git", files), **values)
                self.assertLessEqual(expected, set(found), name)
                self.assertFalse(set(found) & set(files), "a file of others is touched")

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kustomize_builds_what_is_written(self):
        """And the second delivery finds all of it: there is nothing to change."""
        for number, (name, (files, values, expected)) in enumerate(LAYOUTS.items()):
            if {**WEB, **values}["deploymentMethod"] != "kustomize":
                continue
            with self.subTest(name):
                repository = self.world.bare(f"r{number}.git", files)
                self.apply(repository, **values)
                overlays = [path for path in self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split() if "web" in path and path.endswith("kustomization.yaml")
                            and "flux-kustomization" not in path and path not in files and "/base/" not in "/" + path]
                work = self.world.home / f"work{number}"
                self.world.git("clone", "-q", repository, str(work))
                self.assertEqual(len(overlays), 0 if name.endswith("is there") else values.get("environments", "").count(",") + 1, overlays)
                for overlay in overlays:
                    built = subprocess.run(["kubectl", "kustomize", str((work / overlay).parent)], capture_output=True, text=True, timeout=60)
                    self.assertEqual(built.returncode, 0, built.stderr)
                    self.assertIn("kind: Deployment", built.stdout)
                tip = self.world.git("-C", repository, "rev-parse", "main")
                self.apply(repository, **values)
                self.assertEqual(self.world.git("-C", repository, "diff", tip.strip(), "main"), "")

    def test_an_answer_goes_before_the_layout(self):
        files, values, _ = LAYOUTS["teams"]
        found = self.files(self.world.bare(files=files), **{**values, "gitPath": "teams/search/web"})
        self.assertIn("teams/search/web/kustomization.yaml", found)


class Reuse(Case):
    CHART = dict(deploymentMethod="helm", chartRepoUrl="https://charts.example.com/acme", chartName="podinfo", chartVersion="6.7.1")

    def test_a_source_in_another_folder_is_used(self):
        repository = self.world.bare()
        self.commit(repository, {"clusters/prod/flux-system/gotk-sync.yaml": SYNC.format(url=repository)}, "first")
        self.assertNotIn("clusters/prod/web/gitrepository.yaml", self.files(repository))
        self.apply(repository)
        self.assertIn("name: flux-system", self.show(repository, "clusters/prod/web/flux-kustomization.yaml"))

    def test_a_source_of_another_cluster_is_not(self):
        repository = self.world.bare()
        self.commit(repository, {"clusters/dev/flux-system/gotk-sync.yaml": SYNC.format(url=repository), "clusters/prod/flux-system/kustomization.yaml": KUSTOMIZATION}, "first")
        self.assertIn("clusters/prod/web/gitrepository.yaml", self.files(repository))

    def test_a_helm_repository_in_another_folder_is_used(self):
        repository = self.world.bare(files={"infrastructure/sources/acme.yaml": HELM.format(name="acme-charts", url="https://charts.example.com/acme/")})
        self.apply(repository, **self.CHART)
        names = self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split()
        self.assertFalse([n for n in names if n.endswith("helmrepository.yaml")])
        (release,) = [n for n in names if n.endswith("helmrelease.yaml")]
        self.assertIn("name: acme-charts", self.show(repository, release))

    def test_a_name_that_is_taken_gets_a_number(self):
        for number, file in enumerate(("infrastructure/sources/acme.yaml", "infrastructure/controllers/x.yaml", "infra/repos.yaml")):
            with self.subTest(file):
                repository = self.world.bare(f"r{number}.git", {file: HELM.format(name="acme", url="https://elsewhere.example.com")})
                self.apply(repository, **self.CHART)
                (path,) = [n for n in self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split() if n.endswith("helmrepository.yaml")]
                self.assertIn("name: acme-2", self.show(repository, path))


class Again(Case):
    def test_the_same_answers_change_nothing(self):
        for number, values in enumerate((dict(), dict(gitopsDeployment="argocd"), dict(gitopsDeployment="argocd", environments="dev, prod", applicationSet="list"), Reuse.CHART)):
            with self.subTest(values):
                repository = self.world.bare(f"r{number}.git", {"README.md": "x\n"})
                self.apply(repository, **values)
                # Only what says what is delivered is said again; all else is read from the branch.
                again = self.files(repository, **values)
                self.assertEqual(set(again.values()) - {"same", "keep"}, set(), again)

    def test_an_answer_that_is_taken_out_leaves_the_file(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        path = "apps/web/overlays/production/flux-kustomization.yaml"
        self.apply(repository, fluxOptions="yes")
        first = self.show(repository, path)
        self.apply(repository, fluxOptions="yes", dependsOn="infra")
        self.assertIn("dependsOn", self.show(repository, path))
        self.commit(repository, {path: self.show(repository, path) + "  force: true # by hand\n"})
        self.apply(repository, fluxOptions="yes", dependsOn="")
        self.assertEqual(self.show(repository, path), first + "  force: true # by hand\n")

    def test_what_is_added_stands_in_its_place(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        self.apply(repository, **Reuse.CHART, values={"replicaCount": 2})
        self.assertEqual(self.world.git("-C", repository, "log", "-1", "--format=%s", "main").strip(), "Add web to production")
        (path,) = [n for n in self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split() if n.endswith("helmrelease.yaml")]
        before = self.show(repository, path)
        self.apply(repository, **Reuse.CHART, values={"replicaCount": 2}, releaseName="front", fluxOptions="yes", dependsOn="infra")
        self.assertEqual(self.show(repository, path), before.replace("  targetNamespace:", "  dependsOn:\n  - name: infra\n  releaseName: front\n  targetNamespace:"))
        self.assertEqual(self.world.git("-C", repository, "log", "-1", "--format=%s", "main").strip(), "Update web in production")

    def test_a_document_of_others_in_front_is_no_hindrance(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        self.apply(repository, fluxOptions="yes", substitute={"a": "x", "b": "z"}, reconcileInterval="17m")
        path = "apps/web/overlays/production/flux-kustomization.yaml"
        work = self.world.home / "work"
        self.world.git("clone", "-q", repository, str(work))
        ours = (work / path).read_text()
        others = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web} # theirs\n---\n"
        (work / path).write_text(others + ours)
        self.world.git("commit", "-qam", "x", cwd=work)
        self.world.git("push", "-q", "origin", "HEAD:main", cwd=work)
        self.apply(repository, fluxOptions="yes", substitute={"a": "x"})
        self.assertEqual(self.show(repository, path), others + ours.replace("      b: z\n", ""))

    def test_values_that_are_taken_out_go(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        self.apply(repository, **Reuse.CHART, values={"replicaCount": 2, "ui": {"color": "blue"}})
        (path,) = [n for n in self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split() if n.endswith("helmrelease.yaml")]
        before = self.show(repository, path)
        self.apply(repository, **Reuse.CHART, values={"replicaCount": 2})
        self.assertEqual(self.show(repository, path), before.replace("    ui:\n      color: blue\n", ""))

    def test_what_is_there_is_the_default(self):
        repository = self.world.bare(files={"README.md": "x\n"})
        self.apply(repository, **Reuse.CHART, values={"replicaCount": 2}, releaseName="front")
        again = self.files(repository, **{k: v for k, v in Reuse.CHART.items()})
        self.assertEqual(set(again.values()), {"same"}, again)

    def test_a_set_takes_the_place_of_applications(self):
        values = dict(gitopsDeployment="argocd", environments="dev, prod", gitopsPath="argocd-apps")
        repository = self.world.bare(files={"README.md": "x\n"})
        self.apply(repository, **values)
        kept = self.files(repository, **values, applicationSet="list", removeOldFiles="no")
        self.assertNotIn("remove", kept.values())
        self.apply(repository, **values, applicationSet="list")
        names = set(self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split())
        self.assertIn("argocd-apps/applicationset.yaml", names)
        self.assertFalse({n for n in names if n.endswith("-web-app.yaml")})
        self.apply(repository, **values, applicationSet="no")
        names = set(self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split())
        self.assertNotIn("argocd-apps/applicationset.yaml", names)
        self.assertIn("argocd-apps/dev-web-app.yaml", names)

    def test_a_chart_takes_the_place_of_manifests(self):
        repository = self.world.bare(files={"clusters/prod/flux-system/gotk-sync.yaml": SYNC.format(url="https://git.example.com/fleet")})
        self.apply(repository)
        result = self.apply(repository, "--dry-run", **Reuse.CHART)
        self.assertIn("These go: clusters/prod/web/flux-kustomization.yaml, clusters/prod/web/gitrepository.yaml", result.out + result.err)
        self.apply(repository, **Reuse.CHART)
        names = set(self.world.git("-C", repository, "ls-tree", "-r", "--name-only", "main").split())
        self.assertIn("clusters/prod/web/helmrelease.yaml", names)
        self.assertFalse({"clusters/prod/web/flux-kustomization.yaml", "clusters/prod/web/gitrepository.yaml"} & names)


if __name__ == "__main__":
    unittest.main()
