"""A delivery into a repository of 300,000 files, beside the same by git (shallow; partial and sparse) and by libgit2's own clone and push."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
FILES = int(os.environ.get("LF_BENCH_FILES", "300000"))


def stream():
    """Three commits: all files, then a few changed twice. 1,000 files a team, 20 an app."""
    yield "feature done\n"
    for commit in range(3):
        yield f"commit refs/heads/main\nmark :{commit + 1}\ncommitter A <a@example.com> {1700000000 + commit} +0000\ndata 1\nx\n"
        if commit:
            yield f"from :{commit}\n"
        for i in range(FILES) if not commit else range(commit * 7, FILES, 500):
            text = (f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-{i // 20 % 50}-{i % 20}\n  namespace: team-{i // 1000}\n"
                    f"data:\n  seed: \"{(i * 2654435761 + commit) & 0xffffffffffff:x}\"\n")
            yield f"M 100644 inline apps/team-{i // 1000:03}/app-{i // 20 % 50:02}/file-{i % 20:02}.yaml\ndata {len(text)}\n{text}\n"
    yield "done\n"


def make(world, bare):
    world.git("init", "-q", "--bare", "-b", "main", str(bare))
    importer = subprocess.Popen(["git", "-C", str(bare), "fast-import", "--quiet"], stdin=subprocess.PIPE, text=True)
    for part in stream():
        importer.stdin.write(part)
    importer.stdin.close()
    assert importer.wait() == 0
    world.git("-C", str(bare), "repack", "-adq")
    world.git("-C", str(bare), "config", "http.receivepack", "true")
    world.git("-C", str(bare), "config", "uploadpack.allowFilter", "true")


def needed_weight(bare, path):
    """Bytes of a pack of nothing but the commit and the folders on the way to PATH."""
    names = ["main", "main^{tree}"] + ["main:" + str(p) for p in reversed(Path(path).parents) if str(p) != "."]
    ids = subprocess.run(["git", "-C", str(bare), "rev-parse", *names], capture_output=True, text=True, check=True).stdout
    return len(subprocess.run(["git", "-C", str(bare), "pack-objects", "-q", "--stdout"], input=ids.encode(), capture_output=True, check=True).stdout)


class Run:
    """What a command took: seconds, bytes received, the largest of its processes in MB."""

    def __init__(self, meter, commands, env, cwd=None):
        before, began = meter.received, time.monotonic()
        self.resident = 0
        self.output = ""
        for command in commands:
            child = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.output = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            assert child.returncode == 0, f"{command}: {self.output}"
            # Of ours what it says itself: the kernel's number also knows how large this program was when it started the other.
            own = re.search(r"resident (\d+) kB", self.output)
            self.resident = max(self.resident, int(own[1]) / 1024 if own else usage.ru_maxrss / 1024)
        self.seconds, self.received = time.monotonic() - began, meter.received - before


def measure(world, build, meter_of, row):
    bare = world.home / "huge.git"
    make(world, bare)
    server = world.start(sys.executable, str(HERE.parent / "servers" / "githttp.py"), "--root", str(world.home))
    meter = meter_of(int(server.stdout.readline()))
    url = f"http://127.0.0.1:{meter.port}/huge.git"
    env = dict(os.environ, HOME=str(world.home), GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.com",
               GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.com")
    path = "apps/team-007/app-03/new-{}.yaml"
    needed = needed_weight(bare, path)
    ours = Run(meter, [[str(build / "git_drive"), "-c", str(world.home / "cache"), "-n", "deliver", url, "main", "x", path.format("ours") + "=x: 1\n"]], env)
    again = Run(meter, [[str(build / "git_drive"), "-c", str(world.home / "cache"), "-n", "deliver", url, "main", "x", path.format("again") + "=x: 1\n"]], env)
    world.git("-C", str(bare), "config", "uploadpack.allowFilter", "false")
    plain = Run(meter, [[str(build / "git_drive"), "-c", str(world.home / "cache2"), "-n", "deliver", url, "main", "x", path.format("plain") + "=x: 1\n"]], env)
    world.git("-C", str(bare), "config", "uploadpack.allowFilter", "true")

    def by_git(name, *options):
        work = world.home / name
        script = (f"cd {work} && {'git sparse-checkout set apps/team-007/app-03 && ' if '--sparse' in options else ''}"
                  f"printf 'x: 1\\n' > {path.format(name)} && git add {path.format(name)} && git commit -qm x && git push -q origin HEAD:main")
        run = Run(meter, [["git", "clone", "-q", *options, url, str(work)], ["sh", "-c", script]], env)
        shutil.rmtree(work, ignore_errors=True)
        return run

    shallow = by_git("shallow", "--depth", "1")
    sparse = by_git("sparse", "--filter=blob:none", "--sparse")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libgit2"], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["cc", "-O2", str(HERE / "libgit2_peer.c"), "-o", str(world.home / "peer"), *flags], check=True)
    peer = Run(meter, [[str(world.home / "peer"), url, str(world.home / "peer.git"), path.format("peer"), "x: 1\n"]], env)

    print(f"{'':5}{FILES:,} files, one new file delivered{'':12}{'received':>12}{'time':>10}{'resident':>12}")
    for name, run in (("Landfall, empty cache", ours), ("Landfall, again", again), ("Landfall, a server without filter", plain), ("git clone --depth 1, commit, push", shallow),
                      ("git clone --filter=blob:none --sparse", sparse), ("libgit2 clone, commit, push", peer)):
        print(f"{'':5}{name:<40}{run.received / 1000:>10.1f} kB{run.seconds:>8.2f} s{run.resident:>9.1f} MB")
    # Git's own bytes, announcements and framing included; the table has those of the connection, with HTTP's heads.
    received = int(re.search(r"unchanged 0, attempts 1, received (\d+)", ours.output)[1])
    row("300,000 files: received, of what is needed", received / needed, "x", 1.2, f"{received} for {needed} bytes")
    row("300,000 files: against clone --depth 1", shallow.seconds / ours.seconds, "x", 5, f"{ours.seconds:.2f} s against {shallow.seconds:.2f} s", below=False)
    row("300,000 files: against --filter --sparse", sparse.seconds / ours.seconds, "x", 1, f"{ours.seconds:.2f} s against {sparse.seconds:.2f} s", below=False)
    row("300,000 files: resident", ours.resident, "MB", 20, f"git {shallow.resident:.0f} MB, libgit2 {peer.resident:.0f} MB")
    # Every object comes, and each has to be found by its id afterwards: 28 bytes of each, beside what the program and its libraries take.
    row("300,000 files, no filter: resident", plain.resident, "MB", 32)
