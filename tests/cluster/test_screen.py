"""The wizard itself, in a terminal, against the real controllers: keys in, screens out, from the first question to a healthy commit."""

import os
import threading

import harness
from engines import ArgocdCase, FluxCase
from harness import deployment
from processes import wait_for
from screen import Screen

LOOKS = 8


class WizardCase:
    def wizard(self, engine, **answers):
        repository = self.repository()
        repository.commit({"README.md": "an application will live here\n"})
        target = self.name() + "-live"
        self.addCleanup(self.kube.delete, "v1", "Namespace", None, target)
        (self.cluster.folder / ".gitconfig").write_text("[user]\n\tname = tests\n\temail = tests@example.com\n")
        answers = {"gitopsDeployment": engine, "appName": self.name(), "targetNamespace": target, "gitRepoUrl": repository.url, **answers}
        command = [str(harness.BUILDDIR / "landfall"), "--context", "admin"]
        for id, value in answers.items():
            command += ["--set", "%s=%s" % (id, value)]
        screen = Screen(self.cluster.folder, command,
                        {"PATH": os.environ["PATH"], "HOME": str(self.cluster.folder), "LANG": "C.UTF-8", "TERM": "xterm-256color",
                         "XDG_STATE_HOME": str(self.cluster.folder / self.name()), "KUBECONFIG": str(self.cluster.kubeconfig)})
        self.addCleanup(screen.close)
        return screen, repository

    def to_review(self, screen):
        screen.expect("reached")
        screen.keys("F4")
        screen.expect("Go to")
        screen.keys(*["Down"] * 7, "Enter")
        screen.expect("validated by admin")
        screen.expect("base/deployment.yaml")

    def deliver(self, screen):
        # An Enter that comes too soon is refused; the screen then says so, and the next one counts.
        def gone():
            if "Enter deliver" not in screen.text():
                return True
            screen.keys("Enter")
            return False
        wait_for(gone, 30, "the delivery")

    def assert_lands(self, engine):
        screen, repository = self.wizard(engine)
        self.to_review(screen)
        screen.resize(80, 24)
        screen.expect("Enter deliver")
        self.deliver(screen)
        screen.expect("runs and is healthy", 90)
        self.assertIn(repository.tip()[:7], screen.text())
        screen.resize(200, 50)
        screen.expect("Pod")
        screen.keys("q")
        screen.expect("landfall ended with 0")

    def assert_failure_is_corrected(self, engine, **answers):
        """A missing image is named; the way back leads to the answer; the corrected commit lands."""
        screen, repository = self.wizard(engine, image="nginx:missing", **answers)
        self.to_review(screen)
        self.deliver(screen)
        screen.expect("The image nginx:missing does not exist.", 90)
        failed = repository.tip()
        screen.keys("e")
        screen.expect("What is the application?")
        screen.keys("C-u", "nginx:1.27")
        screen.expect("nginx:1.27")
        screen.keys("F4")
        screen.expect("Go to")
        screen.keys(*["Down"] * 4, "Enter")
        screen.expect("validated by admin")
        self.deliver(screen)
        screen.expect("runs and is healthy", 120)
        self.assertNotEqual(repository.tip(), failed)
        screen.keys("q")
        screen.expect("landfall ended with 0")


class FluxWizard(WizardCase, FluxCase):
    def test_lands(self):
        self.assert_lands("flux")

    def test_failure_is_corrected(self):
        # Flux ends its health check of the first commit before it looks at the second: let that be soon.
        self.assert_failure_is_corrected("flux", applyTimeout="30s")


class WatchCase:
    def assert_stays_healthy(self, again, *watch):
        """While AGAIN is asked of the controllers, whatever they say meanwhile."""
        screen = Screen(self.cluster.folder, [str(harness.BUILDDIR / "landfall"), "watch", *watch, "--context", "admin"],
                        {"PATH": os.environ["PATH"], "HOME": str(self.cluster.folder), "LANG": "C.UTF-8", "TERM": "xterm-256color", "KUBECONFIG": str(self.cluster.kubeconfig)})
        self.addCleanup(screen.close)
        screen.expect("runs and is healthy")
        seen, done = [], threading.Event()

        def look():
            while not done.is_set():
                seen.append(screen.text())
        looking = threading.Thread(target=look)
        looking.start()
        try:
            for token in range(LOOKS):
                again(str(token))
        finally:
            done.set()
            looking.join()
        self.assertGreater(len(seen), LOOKS)
        for text in seen:
            self.assertIn("runs and is healthy", text)


class FluxWatch(WatchCase, FluxCase):
    def test_another_look_takes_nothing_back(self):
        """Flux looks again at every interval and whenever it is asked, and says Unknown meanwhile."""
        commit = self.deliver({"deploy.yaml": deployment(replicas=2)}, wait=True)
        self.assert_stays_healthy(lambda token: self.nudge(token=token), "Kustomization/app", "-n", self.namespace, "--commit", commit)


class ArgocdWatch(WatchCase, ArgocdCase):
    def test_another_look_takes_nothing_back(self):
        commit = self.deliver({"deploy.yaml": deployment(replicas=2)})
        self.assert_stays_healthy(lambda token: self.refresh("hard"), "Application/" + self.name(), "-n", "argocd", "--commit", commit)


class ArgocdWizard(WizardCase, ArgocdCase):
    def test_lands(self):
        self.assert_lands("argocd")

    def test_failure_is_corrected(self):
        self.assert_failure_is_corrected("argocd")
