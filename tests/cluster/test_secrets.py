"""Secrets that SOPS encrypted, one for each environment and each for a key of its own: really decrypted by kustomize-controller, and pruned when they are not wanted any more."""

import base64
import subprocess

from engines import KUSTOMIZE, FluxCase
from programs import BY_NAME
from test_environments import TWO, EnvironmentsCase
from test_landfall import HEALTHY

PLAIN = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\nstringData:\n  password: %s\n"


def sops(*arguments, text=""):
    return subprocess.run([BY_NAME["sops"].path(), *arguments], input=text, capture_output=True, text=True, timeout=60, check=True).stdout


class SecretsFluxTest(EnvironmentsCase, FluxCase):
    def encrypted(self, environment):
        """The arguments that give the file, and the Secret with the key by which Flux decrypts it."""
        private, public = sops("keygen").split()
        name = "%s-%s-age" % (self.name(), environment)
        self.kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "flux-system"}, "stringData": {"key.agekey": private}})
        self.addCleanup(self.kube.delete, "v1", "Secret", "flux-system", name)
        file = self.cluster.folder / (name + ".yaml")
        file.write_text(sops("encrypt", public, text=PLAIN % (self.name() + "-secrets", "of-" + environment)))
        return "environmentSettings.%s.encryptedSecret=@%s" % (environment, file), {"sopsSecretName": name}

    def password(self, environment):
        secret = self.kube.find("v1", "Secret", "%s-live-%s" % (self.name(), environment), self.name() + "-secrets")
        return base64.b64decode(secret["data"]["password"]).decode() if secret else None

    def test_decrypted_and_pruned(self):
        files = {environment: self.encrypted(environment) for environment in TWO}
        code, last, output, repository = self.deliver("flux", fluxOptions="yes", sopsDecryption="yes", environmentSettings={one: settings for one, (_, settings) in files.items()})
        self.assertEqual(code, HEALTHY, output)
        code, last, output = self.again("secretMethod=sops", *(file for file, _ in files.values()))
        self.assertEqual((code, self.results(last)), (HEALTHY, dict.fromkeys(TWO, "healthy")), output)
        self.assertEqual([self.password(environment) for environment in TWO], ["of-dev", "of-production"])
        # Each is read back from its own place: nothing changes.
        tip = repository.tip()
        code, last, output = self.again()
        self.assertEqual((code, repository.tip()), (HEALTHY, tip), output)
        # Taken back: the files go in one commit, and Flux prunes what they made.
        code, last, output = self.again("secretMethod=no")
        self.assertEqual(code, HEALTHY, output)
        self.assertEqual([path for path in self.files(repository) if path.endswith("secret.enc.yaml")], [])
        self.until(lambda: not any(self.password(environment) for environment in TWO), "both are pruned")

    def test_of_a_chart(self):
        """A HelmRelease cannot decrypt: a Kustomization of its own does, whoever installs the chart."""
        file, settings = self.encrypted("dev")
        repository = self.repository()
        repository.commit({"README.md": "an application will live here\n"})
        target = self.name() + "-live"
        self.kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": target}})
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, target)
        self.addCleanup(self.kube.delete, KUSTOMIZE, "Kustomization", "flux-system", self.name() + "-secrets")
        answers = {"gitopsDeployment": "flux", "deploymentMethod": "helm", "appName": self.name(), "targetNamespace": target, "gitRepoUrl": repository.url, "gitBranch": "main",
                   "gitopsPath": "gitops/" + self.name(), "chartRepoUrl": "https://charts.example.com", "chartName": "podinfo", "chartVersion": "6.7.1", "secretMethod": "sops",
                   "encryptedSecret": "@" + file.partition("=@")[2], "sopsKeyName": settings["sopsSecretName"]}
        (self.cluster.folder / ".gitconfig").write_text("[user]\n\tname = tests\n\temail = tests@example.com\n")
        self.landfall("apply", "--yes", "--no-wait", *(word for key, value in answers.items() for word in ("--set", "%s=%s" % (key, value))))

        def decrypted():
            secret = self.kube.find("v1", "Secret", target, self.name() + "-secrets")
            return secret and base64.b64decode(secret["data"]["password"]).decode() == "of-dev"

        self.until(decrypted, "the Secret is there")
