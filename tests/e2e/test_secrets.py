#!/usr/bin/env python3
"""A secret's file for each environment: what is sealed for one namespace or encrypted for one key is another file in the next. Real Git, no cluster."""

import json
import pathlib
import posixpath
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

ENCRYPTED = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]"
PLAIN = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-secrets"}, "stringData": {"password": "hunter2"}}


def sealed(namespace, letter):
    return {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "web-secrets", "namespace": namespace}, "spec": {"encryptedData": {"password": letter * 400}}}


def encrypted(key):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-secrets"}, "stringData": {key: ENCRYPTED},
            "sops": {"lastmodified": "2026-11-21T10:00:00Z", "mac": ENCRYPTED, "encrypted_regex": "^(data|stringData)$", "version": "3.9.0"}}


class Secrets(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.repository = self.world.bare(files={"README.md": "x\n"})

    def apply(self, *arguments, code=0, **values):
        values = {"gitopsDeployment": "flux", "deploymentMethod": "kustomize", "appName": "web", "targetNamespace": "shop", "image": "nginx:1.27", "environments": "dev, production", **values}
        if values["deploymentMethod"] == "helm":
            del values["image"]
        answers = self.world.answers(gitRepoUrl=self.repository, **{key: value for key, value in values.items() if value is not None})
        result = self.world.run("apply", "-f", answers, "--yes", "--no-wait", "-o", "json", *arguments)
        self.assertEqual(result.code, code, str(result))
        return result

    def changes(self, result):
        (review,) = [one for one in result.objects() if one.get("phase") == "review"]
        return {file["path"]: file["change"] for file in review["files"]}

    def read(self, path):
        return yaml.safe_load(self.world.git("-C", self.repository, "show", "main:" + path))

    def variables(self):
        (container,) = self.read("apps/web/base/deployment.yaml")["spec"]["template"]["spec"]["containers"]
        return [item["name"] for item in container["env"]]

    def file(self, name, tree):
        path = self.world.home / name
        path.write_text(json.dumps(tree))
        return str(path)

    def test_each_environment_has_its_own(self):
        for method, setting, make, folder in (
                ("sealed", "sealedSecret", lambda name: sealed("shop-" + name, name[0].upper()), "apps/web/overlays/{}/sealedsecret.yaml"),
                ("sops", "encryptedSecret", encrypted, "apps/web/overlays/{}/secret.enc.yaml"),
                ("sops", "encryptedSecret", encrypted, "secrets/web/{}/secret.enc.yaml"),
                ("sops", "encryptedSecret", encrypted, "deploy/{}/secret.enc.yaml")):
            with self.subTest(folder):
                self.repository = self.world.bare(folder.replace("/", "-") + ".git", {"README.md": "x\n"})
                values = dict(secretMethod=method)
                if folder.startswith("secrets/"):
                    values.update(deploymentMethod="helm", chartRepoUrl="https://charts.example.com", chartName="podinfo", chartVersion="6.7.1")
                if folder.startswith("deploy/"):
                    values.update(deploymentMethod="manifests", gitPath="deploy", gitopsPath="gitops/web")
                files = [argument for name in ("dev", "production") for argument in
                         ("--set", "environmentSettings.%s.%s=@%s" % (name, setting, self.file(name + ".yaml", make(name))))]
                # It comes to an application that is there already.
                self.apply(**{key: value for key, value in values.items() if key != "secretMethod"})
                self.apply(*files, **values)
                if "/overlays/" in folder:
                    self.assertIn(posixpath.basename(folder), self.read(posixpath.dirname(folder.format("dev")) + "/kustomization.yaml")["resources"])
                for name in ("dev", "production"):
                    self.assertEqual(self.read(folder.format(name)), make(name))
                # Each is read back from its own place, and one that is changed leaves the other alone.
                del values["secretMethod"]
                again = self.changes(self.apply(**values))
                self.assertLessEqual(set(again.values()), {"same", "keep"}, again)
                newer = {**make("production"), "metadata": {**make("production")["metadata"], "labels": {"turn": "2"}}}
                changed = self.changes(self.apply("--set", "environmentSettings.production.%s=@%s" % (setting, self.file("newer.yaml", newer)), **values))
                self.assertEqual({path for path, change in changed.items() if change not in ("same", "keep")}, {folder.format("production")})
                self.assertEqual(self.read(folder.format("production")), newer)
                self.assertEqual(self.read(folder.format("dev")), make("dev"))

    def test_stores_and_entries(self):
        self.apply()
        self.apply(secretMethod="external", secretStore="vault", environmentSettings={"dev": {"secretKeys": {"A": "dev/shop"}}, "production": {"secretKeys": {"A": "prod/shop"}}})
        self.assertEqual(self.variables(), ["A"])
        self.repository = self.world.bare("next.git", {"README.md": "x\n"})
        self.apply(secretMethod="external", secretStore="vault", secretKeys={"DATABASE_PASSWORD": "shop#password"},
                   environmentSettings={"dev": {"secretStore": "vault-dev", "secretKeys": {"DATABASE_PASSWORD": "dev/shop#password", "DEBUG_TOKEN": "dev/shop#token"}},
                                        "production": {"secretExtract": "prod/shop"}})
        dev, production = (self.read("apps/web/overlays/%s/externalsecret.yaml" % name)["spec"] for name in ("dev", "production"))
        self.assertEqual((dev["secretStoreRef"]["name"], production["secretStoreRef"]["name"]), ("vault-dev", "vault"))
        self.assertEqual(dev["data"][0]["remoteRef"], {"key": "dev/shop", "property": "password"})
        self.assertEqual((production["dataFrom"], "dataFrom" in dev), ([{"extract": {"key": "prod/shop"}}], False))
        # The base is for both: a pod of production would wait for the key that only dev has.
        self.assertEqual(self.variables(), ["DATABASE_PASSWORD"])

    def test_refused(self):
        for setting, tree, says in (("sealedSecret", sealed("shop-dev", "A"), "production, The SealedSecret: It was sealed for another namespace"),
                                    ("sealedSecret", PLAIN, "This is the plain Secret"), ("sealedSecret", "x", "not one map"), ("encryptedSecret", PLAIN, "not a Secret that SOPS encrypted")):
            with self.subTest(says):
                result = self.apply("--set", "environmentSettings.production.%s=@%s" % (setting, self.file("x.yaml", tree)), code=2 if tree == "x" else 3,
                                    secretMethod="sealed" if setting == "sealedSecret" else "sops", environmentSettings={"dev": {"sealedSecret": sealed("shop-dev", "A")}})
                self.assertIn(says, result.out + result.err)
                self.assertNotIn("hunter2", result.out + result.err)
                for path in self.world.home.rglob("*"):
                    if path.is_file() and path.name != "x.yaml":
                        self.assertNotIn(b"hunter2", path.read_bytes(), path)

    def test_a_plain_one_is_in_no_saved_session(self):
        """Whoever pastes the Secret itself among an environment's settings: it must not stay on the disk."""
        for settings, is_saved in (({"dev": {"sealedSecret": PLAIN}}, False), ({"dev": {"tag": "hunter2"}}, True)):
            answers = self.world.answers(gitRepoUrl=self.repository, gitopsDeployment="flux", deploymentMethod="kustomize", appName="web", targetNamespace="shop", image="nginx:1.27",
                                         environments="dev, production", secretMethod="sealed", environmentSettings=settings)
            self.world.run("--plain", "-f", answers, input="\n" * 40)
            found = [path for path in self.world.home.rglob("*") if path.is_file() and str(path) != answers and b"hunter2" in path.read_bytes()]
            self.assertEqual(bool(found), is_saved, found)


if __name__ == "__main__":
    unittest.main()
