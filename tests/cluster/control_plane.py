"""One cluster: its folder, its ports, its processes, and how they are started in the order they need each other."""

import contextlib
import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import programs
from controllers import CONTROLLER_PORTS, Controllers
from kube import Kube, condition
from processes import LOOPBACK, START_LIMIT_S, Failed, Processes, wait_for

HERE = Path(__file__).resolve().parent
SERVERS = HERE.parent / "servers"
sys.path.insert(0, str(SERVERS))
import certs  # noqa: E402  (its folder is known only now)

STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "landfall-cluster"

APPLY_LIMIT_S = 120

# Below the range the kernel gives to outgoing connections, which could take a port between choosing and using it.
PORTS = range(20000, 32000)
PORT_NAMES = ("etcd", "etcd-peer", "apiserver", "kwok", "kubelet", "git", *CONTROLLER_PORTS)

TOKENS = (  # token file of the API server: token, user, uid, groups
    ("admin-token", "admin", "1", "system:masters"),
    ("deployer-token", "dora", "2", "deployers"),
    ("reader-token", "rita", "3", "readers"),
    ("exec-token", "xena", "4", "deployers"),
)


class Cluster(Controllers):
    def __init__(self, name="default", say=lambda text: None):
        if not name.replace("-", "").isalnum():
            raise Failed("a cluster's name is letters, digits and dashes, not '%s'" % name)
        self.name = name
        self.say = say
        self.folder = STATE / name
        self.processes = Processes(self.folder)
        self.settings = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.settings = json.loads((self.folder / "cluster.json").read_text())

    # What others want to know.

    @property
    def kubeconfig(self):
        return self.folder / "kubeconfig"

    @property
    def authority(self):
        return self.folder / "pki/ca.crt"

    @property
    def server(self):
        return "https://%s:%d" % (LOOPBACK, self.port("apiserver"))

    @property
    def git_root(self):
        return self.folder / "git"

    def port(self, name):
        return self.settings["ports"][name]

    def kube(self, token="admin-token", server=None):
        return Kube(server or self.server, token, str(self.authority))

    def is_up(self):
        return bool(self.settings.get("ready")) and not self.processes.ended()

    def environment(self):
        """What `env` prints: for a shell, a test, or a person."""
        wanted = {"KUBECONFIG": self.kubeconfig, "GIT_ROOT": self.git_root,
                  "GIT_URL": "http://%s:%d" % (LOOPBACK, self.port("git")), "CLUSTER_CA": self.authority}
        if "argocd" in self.settings["engines"]:
            wanted.update(ARGOCD_SERVER="%s:%d" % (LOOPBACK, self.port("argocd")),
                          ARGOCD_AUTH_TOKEN=(self.folder / "argocd-token").read_text())
        return wanted

    # Up and down.

    def up(self, engines):
        if self.is_up():
            if set(engines) <= set(self.settings["engines"]):
                return self.say("cluster %s is up already" % self.name)
            raise Failed("cluster %s is up without %s: take it down first" %
                         (self.name, " and ".join(sorted(set(engines) - set(self.settings["engines"])))))
        self.down()  # what a crashed or killed run left
        programs.build(self.say)
        began = time.monotonic()
        try:
            self.prepare(engines)
            self.start_kubernetes()
            self.populate(engines)
            with ThreadPoolExecutor() as both:
                for engine in [both.submit(getattr(self, "start_" + engine)) for engine in engines]:
                    engine.result()
        except BaseException:
            # Nothing half-started stays; the logs do.
            self.processes.end()
            raise
        self.settings["ready"] = True
        self.save()
        self.say("cluster %s is up after %.1f s" % (self.name, time.monotonic() - began))

    def down(self):
        self.processes.end()
        if self.folder.is_dir():
            shutil.rmtree(self.folder)
        self.settings = {}

    def prepare(self, engines):
        STATE.mkdir(parents=True, exist_ok=True)
        with programs.lock(STATE / "ports.lock"):
            self.folder.mkdir(mode=0o700)
            self.settings = {"ports": free_ports(), "engines": list(engines), "ready": False}
            self.save()
        for name in ("git", "artifacts", "argocd-tmp", "etcd"):
            (self.folder / name).mkdir()
        self.make_keys()
        (self.folder / "tokens.csv").write_text("".join('%s,%s,%s,"%s"\n' % row for row in TOKENS))
        self.write_kubeconfigs()

    def save(self):
        # In one step: a reader never finds half a file.
        new = self.folder / "cluster.json.new"
        new.write_text(json.dumps(self.settings, indent=1))
        os.rename(new, self.folder / "cluster.json")

    def make_keys(self):
        pki = self.folder / "pki"
        certs.authority(pki)
        certs.server(pki)
        certs.client(pki, "carl", ["deployers"])
        key = pki / "service-accounts.key"
        certs.openssl("genrsa", "-out", key, "2048")
        key.chmod(0o600)

    def write_kubeconfigs(self):
        pki = self.folder / "pki"
        plugin = self.folder / "exec-plugin"
        token = self.folder / "exec-token"
        token.write_text("exec-token\n")
        # Each call is recorded and the token read anew, so that a test sees calls and can change what is answered.
        plugin.write_text('#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >>"%s.calls"\n'
                          'printf \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
                          '"status":{"token":"%%s"}}\' "$(cat "%s")"\n' % (plugin, token))
        plugin.chmod(0o755)
        users = {
            "admin": "token: admin-token",
            "deployer": "token: deployer-token",
            "reader": "token: reader-token",
            "expired": "token: expired-token",
            "cert": "client-certificate: %s\n    client-key: %s" % (pki / "carl.crt", pki / "carl.key"),
            "exec": "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %s}" % plugin,
        }
        self.kubeconfig.write_text(kubeconfig(self.server, self.authority, users))
        (self.folder / "system.kubeconfig").write_text(
            kubeconfig(self.server, self.authority, {"admin": users["admin"]}))
        for file in (self.kubeconfig, self.folder / "system.kubeconfig"):
            file.chmod(0o600)

    # The parts.

    def run(self, name, program, *arguments, **environment):
        """Starts a program of ours, called by one of its names where it has several."""
        binary = programs.BY_NAME[program].folder() / (name if name in programs.BY_NAME[program].links else program)
        self.processes.start(name, [binary, *arguments], {**self.base_environment(), **environment}, self.folder)

    def base_environment(self):
        # Nothing of the caller's: a proxy, a KUBECONFIG or a Git setting there would change what is tested.
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": str(self.folder),
                "LANG": "C.UTF-8"}

    def start_kubernetes(self):
        self.say("control plane")
        pki = self.folder / "pki"
        etcd = "http://%s:%d" % (LOOPBACK, self.port("etcd"))
        peer = "http://%s:%d" % (LOOPBACK, self.port("etcd-peer"))
        self.run("etcd", "kubernetes", "--data-dir", self.folder / "etcd", "--name", "etcd",
                 "--listen-client-urls", etcd, "--advertise-client-urls", etcd, "--listen-peer-urls", peer,
                 "--initial-advertise-peer-urls", peer, "--initial-cluster", "etcd=" + peer,
                 "--unsafe-no-fsync", "--log-level", "warn")
        self.start_apiserver()
        self.processes.start("git", [sys.executable, SERVERS / "githttp.py", "--root", self.git_root,
                                     "--port", self.port("git")], self.base_environment())
        self.await_apiserver()
        system = self.folder / "system.kubeconfig"
        self.run("kube-controller-manager", "kubernetes", "--kubeconfig", system, "--leader-elect=false",
                 "--secure-port=0", "--service-account-private-key-file", pki / "service-accounts.key",
                 "--use-service-account-credentials", "--root-ca-file", pki / "ca.crt")
        self.run("kube-scheduler", "kubernetes", "--kubeconfig", system, "--leader-elect=false", "--secure-port=0")
        stages = [*sorted((HERE / "stages").iterdir()), *sorted((programs.manifests() / "stages").iterdir())]
        self.run("kwok", "kwok", "--kubeconfig", system, "--manage-all-nodes=true",
                 *(word for stage in stages for word in ("--config", stage)),
                 "--node-ip", LOOPBACK, "--node-port", self.port("kubelet"),  # where logs are asked for: not kwok
                 "--server-address", "%s:%d" % (LOOPBACK, self.port("kwok")))
        self.processes.start("kubelet", [sys.executable, HERE / "kubelet.py"], {
            **self.base_environment(), "SERVER": self.server, "TOKEN": "admin-token", "AUTHORITY": str(self.authority),
            "PORT": str(self.port("kubelet")), "CERT": str(pki / "server.crt"), "KEY": str(pki / "server.key")})

    def start_apiserver(self):
        pki = self.folder / "pki"
        self.run("kube-apiserver", "kubernetes", "--etcd-servers", "http://%s:%d" % (LOOPBACK, self.port("etcd")),
                 "--bind-address", LOOPBACK, "--advertise-address", LOOPBACK, "--secure-port", self.port("apiserver"),
                 "--tls-cert-file", pki / "server.crt", "--tls-private-key-file", pki / "server.key",
                 "--cert-dir", pki, "--client-ca-file", pki / "ca.crt",
                 "--token-auth-file", self.folder / "tokens.csv", "--authorization-mode", "Node,RBAC",
                 "--service-account-issuer", self.server,
                 "--service-account-key-file", pki / "service-accounts.key",
                 "--service-account-signing-key-file", pki / "service-accounts.key",
                 "--service-cluster-ip-range", "10.96.0.0/16", "--allow-privileged",
                 "--kubelet-preferred-address-types", "InternalIP",
                 "--enable-priority-and-fairness=false")

    def await_apiserver(self):
        kube = self.kube()
        wait_for(lambda: kube.send("GET", "/readyz")[0] == 200, START_LIMIT_S, "the API server", self.processes.check)

    def restart_apiserver(self):
        """Ends it and starts it again on the same port, with what etcd has kept."""
        # An orderly end would wait for the watches of all controllers, which do not go away.
        self.processes.end("kube-apiserver")
        self.start_apiserver()
        self.await_apiserver()

    def compact(self):
        """Makes etcd forget all history: a watch from any earlier resourceVersion is answered 410 from now on. The API
        server's own memory of recent events must go with it, so it is restarted."""
        post = Kube("http://%s:%d" % (LOOPBACK, self.port("etcd")), None)
        revision = post.request("POST", "/v3/kv/range", {"key": "AA=="})["header"]["revision"]
        post.request("POST", "/v3/kv/compaction", {"revision": revision, "physical": True})
        self.restart_apiserver()

    def kubectl(self, *arguments, text=None, limit_s=APPLY_LIMIT_S):
        binary = programs.BY_NAME["kubernetes"].folder() / "kubectl"
        done = subprocess.run([binary, "--kubeconfig", self.folder / "system.kubeconfig", *map(str, arguments)],
                              input=text, capture_output=True, text=True, timeout=limit_s, env=self.base_environment())
        if done.returncode:
            raise Failed("kubectl %s: %s" % (" ".join(map(str, arguments[:3])), done.stderr.strip()))
        return done.stdout

    def populate(self, engines):
        self.say("kinds and users")
        kube = self.kube()
        crds = programs.manifests() / "crds"
        apply = ("apply", "--server-side", "--force-conflicts", "-f")
        with ThreadPoolExecutor(2) as two:
            kinds = two.submit(self.kubectl, *apply, crds)
            self.kubectl(*apply, HERE / "objects/users.yaml", "-f", HERE / "objects/node.yaml")
            kinds.result()
        wait_for(lambda: all(condition(crd, "Established").get("status") == "True"
                             for crd in kube.list("apiextensions.k8s.io/v1", "CustomResourceDefinition")),
                 START_LIMIT_S, "the custom kinds", self.processes.check)
        if "flux" in engines:
            kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}})
        if "argocd" in engines:
            wait_for(lambda: self.kubectl(*apply, HERE / "objects/argocd.yaml"), START_LIMIT_S, "Argo CD's settings")
            pki = self.folder / "pki"
            kube.apply({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
                        "metadata": {"name": "argocd-server-tls", "namespace": "argocd"},
                        "stringData": {"tls.crt": (pki / "server.crt").read_text(),
                                       "tls.key": (pki / "server.key").read_text()}})
        wait_for(lambda: condition(kube.get("v1", "Node", name="node-1"), "Ready").get("status") == "True",
                 START_LIMIT_S, "the node", self.processes.check)
        wait_for(lambda: kube.find("v1", "ServiceAccount", "default", "default"), START_LIMIT_S,
                 "the controller manager", self.processes.check)


def kubeconfig(server, authority, users):
    lines = ["apiVersion: v1", "kind: Config", "current-context: " + next(iter(users)), "clusters:", "- name: test",
             "  cluster:", "    server: " + server, "    certificate-authority: %s" % authority, "users:"]
    for user, login in users.items():
        lines += ["- name: " + user, "  user:", "    " + login]
    lines += ["contexts:"]
    for user in users:
        namespace = ", namespace: team-a" if user in ("deployer", "cert", "exec") else ""
        lines += ["- name: " + user, "  context: {cluster: test, user: %s%s}" % (user, namespace)]
    return "\n".join(lines) + "\n"


def free_ports():
    """A port for every name, free now and not promised to another cluster. The caller holds the lock."""
    taken = set()
    for file in STATE.glob("*/cluster.json"):
        with contextlib.suppress(ValueError, OSError):
            taken.update(json.loads(file.read_text())["ports"].values())
    ports = {}
    for name in PORT_NAMES:
        while name not in ports:
            port = random.choice(PORTS)
            if port not in taken and is_free(port):
                taken.add(port)
                ports[name] = port
    return ports


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def names():
    return sorted(file.parent.name for file in STATE.glob("*/cluster.json"))


@contextlib.contextmanager
def borrowed(say, engines):
    """A cluster for the length of a test run, named after nobody: one that a killed run left is found by its lock,
    which only a living run holds, and removed."""
    STATE.mkdir(parents=True, exist_ok=True)
    for file in STATE.glob("test-*.lock"):
        with open(file) as handle, contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Cluster(file.stem).down()
            file.unlink(missing_ok=True)
    path = STATE / ("test-%d.lock" % os.getpid())
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        cluster = Cluster(path.stem, say)
        try:
            cluster.up(engines)
            yield cluster
        finally:
            cluster.down()
            path.unlink(missing_ok=True)
