"""What the cluster is made of, and how it is built once per machine from published Go modules.

Each program is a wrapper module in programs/: its go.mod and go.sum pin it and everything it needs. What is built goes
into ${XDG_CACHE_HOME:-~/.cache}/landfall-cluster/NAME-KEY/, KEY being a digest of all that decides the result, so a
bumped version is built beside the old one and an unchanged one never again. A build happens in a temporary folder that
is renamed when it is complete: an interrupted one leaves nothing that looks finished.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "programs"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "landfall-cluster"

# The Go that builds them all: the oldest that their go.mod files allow, and the one fetched where there is none.
GO_AT_LEAST = (1, 26, 0)
GO_FETCHED = "1.26.8"

BUILD_LIMIT_S = 30 * 60  # one program; a module proxy that hangs must not hang the build for ever
FETCH_LIMIT_S = 10 * 60


@dataclass(frozen=True)
class Program:
    name: str               # of its folder in programs/ and of the binary
    package: str            # the Go package, "." being the wrapper's own
    also: tuple = ()        # other folders in programs/ that go into it
    links: tuple = ()       # other names for it, where it chooses by the name it is called by
    settings: tuple = ()    # variables of Go packages that are set at link time

    def digest(self):
        return digest(self, [file for folder in (self.name, *self.also) for file in sources(MODULES / folder)])

    def folder(self):
        return CACHE / ("%s-%s" % (self.name, self.digest()))

    def path(self):
        return self.folder() / self.name


KUBERNETES = "v1.35.4"
_, _major, _minor = ("." + KUBERNETES[1:]).split(".")[:3]

PROGRAMS = (
    Program("kubernetes", ".", links=("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"),
            # Without these the server reports version 0.0.0, which clients take badly.
            settings=("k8s.io/component-base/version.gitVersion=" + KUBERNETES,
                      "k8s.io/component-base/version.gitMajor=" + _major,
                      "k8s.io/component-base/version.gitMinor=" + _minor)),
    Program("kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    Program("kustomize-controller", "github.com/fluxcd/kustomize-controller"),
    Program("source-controller", "github.com/fluxcd/source-controller", also=("artifact",)),
    Program("argocd", "github.com/argoproj/argo-cd/v3/cmd",
            links=("argocd-server", "argocd-repo-server", "argocd-application-controller")),
    Program("kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),  # Argo CD's repo-server runs these two
    Program("helm", "helm.sh/helm/v3/cmd/helm"),
    Program("sops", "."),  # encrypts what kustomize-controller decrypts
    # What acts on the extras.
    Program("flagger", "github.com/fluxcd/flagger/cmd/flagger"),
    Program("argo-rollouts", "github.com/argoproj/argo-rollouts/cmd/rollouts-controller"),
    Program("notification-controller", "github.com/fluxcd/notification-controller"),
    Program("controller-gen", "sigs.k8s.io/controller-tools/cmd/controller-gen"),
)
BY_NAME = {program.name: program for program in PROGRAMS}

# Kinds whose published modules hold Go types but no CRD: controller-gen makes it from them.
CRD_PACKAGES = (
    "github.com/fluxcd/helm-controller/api/v2",
    "github.com/fluxcd/image-automation-controller/api/v1",
    "github.com/fluxcd/image-reflector-controller/api/v1",
    "github.com/fluxcd/notification-controller/api/v1",
    "github.com/fluxcd/notification-controller/api/v1beta3",
)
# Folder in programs/ that pins the module, module, files within it.
CRD_FILES = (
    ("source-controller", "github.com/fluxcd/source-controller", "config/crd/bases/*.yaml"),
    ("kustomize-controller", "github.com/fluxcd/kustomize-controller", "config/crd/bases/*.yaml"),
    ("argocd", "github.com/argoproj/argo-cd/v3", "manifests/crds/*-crd.yaml"),
    ("argo-rollouts", "github.com/argoproj/argo-rollouts", "manifests/crds/*-crd.yaml"),
    ("flagger", "github.com/fluxcd/flagger", "artifacts/flagger/crd.yaml"),
    ("manifests", "github.com/bitnami-labs/sealed-secrets", "helm/sealed-secrets/crds/*.yaml"),
    ("manifests", "github.com/external-secrets/external-secrets", "config/crds/bases/external-secrets.io_externalsecrets.yaml"),
    ("manifests", "github.com/external-secrets/external-secrets", "config/crds/bases/external-secrets.io_*secretstores.yaml"),
)
# kwok's own stages for nodes; those for pods and volumes are ours (stages/).
STAGE_FILES = (
    ("kwok", "sigs.k8s.io/kwok", "kustomize/stage/node/fast/node-initialize.yaml"),
    ("kwok", "sigs.k8s.io/kwok", "kustomize/stage/node/heartbeat/node-heartbeat.yaml"),
)


def sources(folder):
    return sorted(file for file in folder.rglob("*") if file.suffix in (".go", ".mod", ".sum"))


def digest(*parts):
    """A short key for the given values and the contents of the given files."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, list):
            for file in part:
                sha.update(str(file.relative_to(HERE)).encode() + b"\0" + file.read_bytes())
        else:
            sha.update(repr(part).encode() + b"\0")
    return sha.hexdigest()[:12]


def manifests():
    """The folder with crds/ and stages/ collected from the published modules."""
    return CACHE / ("manifests-" + digest(CRD_PACKAGES, CRD_FILES, STAGE_FILES,
                                          [file for name in ("controller-gen", "source-controller", "kustomize-controller",
                                                             "argocd", "argo-rollouts", "flagger", "kwok", "manifests")
                                           for file in sources(MODULES / name)]))


def missing():
    """Names of what has to be built before a cluster can start."""
    names = [program.name for program in PROGRAMS if not program.folder().is_dir()]
    return names + ([] if manifests().is_dir() else ["manifests"])


def build(say):
    """Builds what is missing, one thing at a time; a second caller waits and then finds it done."""
    if not missing():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with lock(CACHE / "build.lock", say):
        for leftover in CACHE.glob("*.partial"):
            remove(leftover)  # from a build that was interrupted; the lock says nobody is at it
        go = toolchain(say)
        for program in PROGRAMS:
            if not program.folder().is_dir():
                with step(program.name, say), finished(program.folder()) as folder:
                    compile(go, program, folder)
        if not manifests().is_dir():
            with step("CRDs and stages", say), finished(manifests()) as folder:
                collect(go, folder)


@contextlib.contextmanager
def lock(path, say=None):
    """Held by one process on this machine; released by the kernel however that process ends."""
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if say:
                say("another build is running: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def finished(folder):
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir()
    try:
        yield partial
    except BaseException:
        remove(partial)
        raise
    os.rename(partial, folder)


@contextlib.contextmanager
def step(name, say):
    say("%-22s building" % name)
    began = time.monotonic()
    yield
    say("%-22s built in %d s" % (name, time.monotonic() - began))


def remove(tree):
    """Also where Go made folders read-only."""
    for folder, _, _ in os.walk(tree):
        os.chmod(folder, 0o755)
    shutil.rmtree(tree)


def run(command, limit_s, **options):
    """Runs a command to its end or its limit and returns what it printed; nothing of it outlives a failure."""
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True, **options)
    try:
        output, errors = process.communicate(timeout=limit_s)
    except BaseException as reason:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(reason, subprocess.TimeoutExpired):
            raise BuildError("%s did not end within %d s" % (" ".join(command[:3]), limit_s)) from None
        raise
    if process.returncode:
        raise BuildError("%s failed:\n%s" % (" ".join(map(str, command)), errors[-4000:] or output[-4000:]))
    return output


class BuildError(Exception):
    pass


def compile(go, program, folder):
    flags = " ".join(["-s", "-w", *("-X " + setting for setting in program.settings)])
    run(["nice", "-n", "10", go, "build", "-trimpath", "-ldflags", flags, "-o", folder / program.name, program.package],
        BUILD_LIMIT_S, cwd=MODULES / program.name, env=go_environment())
    for link in program.links:
        (folder / link).symlink_to(program.name)


def collect(go, folder):
    (folder / "crds").mkdir()
    run([BY_NAME["controller-gen"].path(), "crd", *("paths=" + package for package in CRD_PACKAGES),
         "output:crd:dir=%s" % (folder / "crds")], FETCH_LIMIT_S, cwd=MODULES / "controller-gen",
        env={**go_environment(), "PATH": "%s:%s" % (Path(go).parent, os.environ["PATH"])})
    for kind, files in (("crds", CRD_FILES), ("stages", STAGE_FILES)):
        (folder / kind).mkdir(exist_ok=True)
        for pinned, module, pattern in files:
            found = list(module_folder(go, pinned, module).glob(pattern))
            if not found:
                raise BuildError("%s has no file %s" % (module, pattern))
            for file in found:
                target = folder / kind / ("%s_%s" % (module.split("/")[1], file.name))
                target.write_bytes(file.read_bytes())  # not a copy: the module's files are read-only


def module_folder(go, pinned, module):
    answer = run([go, "mod", "download", "-json", module], FETCH_LIMIT_S, cwd=MODULES / pinned, env=go_environment())
    return Path(json.loads(answer)["Dir"])


def go_environment():
    # CGO off: no C compiler needed, and programs that run on any Linux.
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOTOOLCHAIN": "local",
            "GOWORK": "off"}


def toolchain(say):
    """Returns a go command that is new enough: the machine's, or one fetched as the Go module that holds it."""
    home = CACHE / ("go" + GO_FETCHED)
    fetched = home / "go/bin/go"
    if fetched.exists():
        return str(fetched)
    go = shutil.which("go", path="%s:/usr/local/go/bin" % os.environ.get("PATH", ""))
    if not go:
        raise BuildError("no go command here: any Go from 1.19 on will do (Debian: golang-go)")
    version = run([go, "env", "GOVERSION"], FETCH_LIMIT_S, cwd="/", env={**os.environ, "GOTOOLCHAIN": "local"})
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if numbers >= GO_AT_LEAST:
        return go
    with step("go " + GO_FETCHED, say), finished(home) as folder:
        architecture = run([go, "env", "GOARCH"], FETCH_LIMIT_S).strip()
        module = "golang.org/toolchain@v0.0.1-go%s.linux-%s" % (GO_FETCHED, architecture)
        answer = run([go, "mod", "download", "-json", module], FETCH_LIMIT_S, cwd="/",
                     env={**os.environ, "GOMODCACHE": str(folder / "modules"), "GOFLAGS": "-modcacherw",
                          "GO111MODULE": "on", "GOTOOLCHAIN": "local"})
        os.rename(json.loads(answer)["Dir"], folder / "go")
        remove(folder / "modules")
        for program in [*(folder / "go/bin").iterdir(), *(folder / "go/pkg/tool").rglob("*")]:
            if program.is_file():
                program.chmod(0o755)  # modules carry no execute bits
    return str(fetched)


if __name__ == "__main__":
    sys.exit("run ./cluster build")
