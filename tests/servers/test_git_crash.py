#!/usr/bin/env python3
"""A delivery that is killed at any of its calls: the remote is whole or untouched, the cache serves the next run, and that run
goes on without a second commit. Also with a disk that is full, a cache that cannot be written, and many at once.

    builddir=BUILD tests/servers/test_git_crash.py [POINTS [TRANSPORT…]]

POINTS (6, or LF_KILL_POINTS) are spread over the run, for each of: local path and HTTP, empty and filled cache. There are about 230 calls:
LF_KILL_POINTS=230 kills at each of them."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("builddir", ".")).resolve()
DRIVE, KILLER = BUILD / "git_drive", BUILD / "killer.so"
MESSAGE = "Add web\n\nLandfall-App: web\n"
LIMIT_S = 60


class World:
    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="lf-crash-", dir=os.environ.get("LF_TEST_TMP")))
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "SSH_", "XDG_", "LF_KILL")) and "proxy" not in k.lower()}
        self.env |= {"HOME": str(self.dir / "home"), "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": str(self.dir / "tmp")}
        for name in ("home", "tmp", "root"):
            (self.dir / name).mkdir()
        self.sh("git config --global user.name Ann && git config --global user.email ann@example.com && git config --global init.defaultBranch main")
        self.sh("git init -q work && cd work && mkdir -p apps/web many && echo 'a: 1' > apps/web/a.yaml && "
                "for i in $(seq 40); do echo $i > many/$i; done && git add . && git commit -qm first && "
                "git clone -q --bare . ../template.git && git -C ../template.git config uploadpack.allowFilter true && "
                "git -C ../template.git config receive.fsckObjects true")
        self.base = self.sh("git -C template.git rev-parse main").strip()
        self.remote = self.dir / "root" / "r.git"
        self.cache = self.dir / "cache"
        self.servers = []

    def sh(self, command, check=True):
        done = subprocess.run(["sh", "-c", command], cwd=self.dir, env=self.env, capture_output=True, text=True, timeout=LIMIT_S)
        if check and done.returncode:
            raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr if check else done

    def serve(self):
        server = subprocess.Popen([sys.executable, str(HERE / "githttp.py"), "--root", str(self.dir / "root"), "--until-eof"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.servers.append(server)
        return f"http://127.0.0.1:{int(server.stdout.readline())}/r.git"

    def fresh_remote(self):
        shutil.rmtree(self.remote, ignore_errors=True)
        shutil.copytree(self.dir / "template.git", self.remote)

    def fresh_cache(self, url, filled):
        shutil.rmtree(self.cache, ignore_errors=True)
        if filled:
            self.drive("read", url, "main", "many/1")

    def drive(self, *words, **env):
        return subprocess.run([str(DRIVE), "-c", str(self.cache), *words], cwd=self.dir, env=self.env | env, capture_output=True, text=True,
                              timeout=LIMIT_S)

    def deliver(self, url, text="a: 2", path="apps/web/a.yaml", **env):
        return self.drive("deliver", url, "main", MESSAGE, f"{path}={text}\n", **env)

    def settle(self):
        """Until nothing that the killed one left behind works on the remote any more."""
        end = time.monotonic() + LIMIT_S
        while any(str(self.remote).encode() in line for line in command_lines()) or str(self.remote) in folders():
            assert time.monotonic() < end, "something still works on the remote"
            time.sleep(0.005)

    def check_remote(self):
        """The number of commits on top of the first: whole or untouched."""
        said = self.sh(f"git -C {self.remote} fsck --strict --no-progress --no-dangling")
        assert said == "", said
        count = int(self.sh(f"git -C {self.remote} rev-list --count {self.base}..main"))
        assert self.sh(f"git -C {self.remote} merge-base {self.base} main").strip() == self.base
        if count:
            assert self.sh(f"git -C {self.remote} diff --name-only {self.base} main") == "apps/web/a.yaml\n"
            assert self.sh(f"git -C {self.remote} show main:apps/web/a.yaml") == "a: 2\n"
        assert not [p for p in self.remote.rglob("*.lock")], "a lock is left in the remote"
        return count

    def close(self):
        for server in self.servers:
            server.stdin.close()
            server.wait(LIMIT_S)
        shutil.rmtree(self.dir, ignore_errors=True)


def folders():
    """Where each program works: what git http-backend starts knows its repository only as "."."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                yield os.readlink(process / "cwd")
            except OSError:
                pass  # gone, or somebody else's


def command_lines():
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue
        if b"python" not in line[:40]:
            yield line


def killed_anywhere(world, url, points, filled, transport):
    """Kills spread over the run, alternately instead of a call and right after it."""
    world.fresh_remote()
    world.fresh_cache(url, filled)
    counter = world.dir / "count"
    done = world.deliver(url, LD_PRELOAD=str(KILLER), LF_KILL_NAME="git_drive", LF_KILL_COUNT=str(counter))
    assert done.returncode == 0, done.stdout + done.stderr
    calls = int(counter.read_text())
    killed = arrived = 0
    for point in range(points):
        at = 1 + point * calls // points
        world.fresh_remote()
        world.fresh_cache(url, filled)
        env = {"LD_PRELOAD": str(KILLER), "LF_KILL_NAME": "git_drive", "LF_KILL_AT": str(at)}
        if point % 2:
            env["LF_KILL_AFTER"] = "1"
        done = world.deliver(url, **env)
        assert done.returncode in (0, -9), f"{at}: {done.returncode}\n{done.stdout}{done.stderr}"
        killed += done.returncode == -9
        world.settle()
        arrived += world.check_remote()
        again = world.deliver(url)
        assert again.returncode == 0, f"{transport}, call {at}: the next run\n{again.stdout}{again.stderr}"
        assert "without a cache" not in again.stdout, again.stdout
        assert world.check_remote() == 1, f"{transport}, call {at}: not one commit"
        once_more = world.deliver(url)
        assert "unchanged 1" in once_more.stdout, once_more.stdout
        left = [p for p in world.cache.rglob("*") if p.is_file() and (p.name.startswith(("pack_", "tmp_")) or "_temp" in p.name or "XXXX" in p.name)]
        assert len(left) <= 2, f"{transport}, call {at}: {left} stay in the cache"
    print(f"{transport}, cache {'filled' if filled else 'empty'}: {calls} calls, killed at {killed} of {points} points, "
          f"the commit was there after {arrived}", flush=True)
    assert killed >= points * 3 // 4, "too few were killed: the number of calls is not what it was"
    return killed


def full_disk(world, url):
    """A cache on a disk without room, of sizes around what is needed: an error that says so, or success without it."""
    if world.sh("unshare -rm true", check=False).returncode:
        print("full disk: skipped, no mounts here")
        return
    outcomes = set()
    big = "x" * 60000
    world.sh("cd work && git checkout -q main && head -c 3000000 /dev/urandom | base64 > big && git add . && git commit -qm big && "
             "git push -q ../template.git HEAD:main && git reset -q --hard HEAD~1")
    for size in (16, 64, 128, 1024, 8192):
        for filters in ("true", "false"):
            world.fresh_remote()
            world.sh(f"git -C {world.remote} config uploadpack.allowFilter {filters}")
            for both in (False, True):  # only the cache is full; so is the folder for temporary files
                shutil.rmtree(world.cache, ignore_errors=True)
                world.cache.mkdir()
                tip = world.sh(f"git -C {world.remote} rev-parse main").strip()
                mounts = [world.cache] + ([world.dir / "tmp"] if both else [])
                script = " && ".join(f"mount -t tmpfs -o size={size}k none {m}" for m in mounts)
                done = world.sh(f"unshare -rm sh -c '{script} && exec {DRIVE} -c {world.cache} deliver {url} main Message many/new-{size}-{both}={big}'",
                                check=False)
                assert done.returncode in (0, 1), f"{size}k: {done.returncode}\n{done.stdout}{done.stderr}"
                now = world.sh(f"git -C {world.remote} rev-parse main").strip()
                assert (now != tip) == (done.returncode == 0), done.stdout
                if done.returncode:
                    assert "hint: " in done.stdout and "hint: \n" not in done.stdout, done.stdout
                    assert both, f"{size}k: the temporary folder has room\n{done.stdout}"
                outcomes.add((done.returncode, both))
                said = world.sh(f"git -C {world.remote} fsck --strict --no-progress --no-dangling")
                assert said == "", said
    assert (0, False) in outcomes and (1, True) in outcomes, outcomes
    print(f"full disk: {sorted(outcomes)}")


def read_only(world, url):
    """The user may not write the cache; then it is done without, and said."""
    world.fresh_remote()
    shutil.rmtree(world.cache, ignore_errors=True)
    world.cache.mkdir()
    if world.sh("unshare -rm true", check=False).returncode:
        return
    done = world.sh(f"unshare -rm sh -c 'mount -t tmpfs -o ro none {world.cache} && exec {DRIVE} -c {world.cache} deliver {url} main \"Add web\" \"apps/web/a.yaml=a: 2\n\"'",
                    check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "working without a cache" in done.stdout, done.stdout
    assert world.check_remote() == 1
    assert not list((world.dir / "tmp").iterdir()), "the temporary cache stays"
    print("read-only cache: warned, delivered")


def many_at_once(world, url):
    """Eight at once on one repository and one cache: each gets its commit in, or says that it was too crowded; none is lost or doubled."""
    world.fresh_remote()
    shutil.rmtree(world.cache, ignore_errors=True)
    base = world.sh(f"git -C {world.remote} rev-parse main").strip()
    results = [None] * 8

    def run(i):
        results[i] = world.deliver(url, text=f"n: {i}", path=f"apps/n{i}.yaml")

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(results))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fine = [i for i, done in enumerate(results) if done.returncode == 0]
    for i, done in enumerate(results):
        if done.returncode:
            assert "changes faster" in done.stdout or "refused the push" in done.stdout, done.stdout
    assert int(world.sh(f"git -C {world.remote} rev-list --count {base}..main")) == len(fine)
    files = set(world.sh(f"git -C {world.remote} diff --name-only {base} main").split())
    assert files == {f"apps/n{i}.yaml" for i in fine}, files
    assert world.sh(f"git -C {world.remote} fsck --strict --no-progress --no-dangling") == ""
    assert len(fine) >= 4, results
    print(f"many at once: {len(fine)} of {len(results)} delivered")


def main():
    points = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LF_KILL_POINTS", "6"))
    chosen = sys.argv[2:] or ["local", "http", "disk", "many"]
    if not DRIVE.exists() or not KILLER.exists():
        print("not built: skipped")
        return 77
    if b"__asan_init" in DRIVE.read_bytes():
        print("sanitizers want to be loaded first: skipped")
        return 77
    world = World()
    total = 0
    try:
        for transport in chosen:
            url = str(world.remote) if transport != "http" else world.serve()
            if transport in ("local", "http"):
                for filled in (False, True):
                    total += killed_anywhere(world, url, points, filled, transport)
            elif transport == "disk":
                read_only(world, url)
                full_disk(world, url)
            else:
                many_at_once(world, url)
    finally:
        world.close()
    print(f"killed {total} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
