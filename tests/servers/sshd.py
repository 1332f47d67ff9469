#!/usr/bin/env python3
"""A real sshd on loopback for one test, with a host key and a user key of its own.

    tests/servers/sshd.py --dir DIR [--port 0]

Prints the port as its first line, then what a client needs, one `name=value` a line:
    user=NAME                the user to log in as (the one who runs this)
    key=DIR/user_key         the private key that is let in
    known_hosts=DIR/known_hosts   the server's key, as [127.0.0.1]:PORT
    config=DIR/ssh_config    for `ssh -F`, or GIT_SSH_COMMAND="ssh -F DIR/ssh_config"
Repositories are reached by their absolute path: ssh://NAME@127.0.0.1:PORT/absolute/path.git
DIR/other_key is a valid key that is not let in; DIR/changed_hosts is a known_hosts with another server's key.
Ends on SIGTERM, and takes its sessions along.
"""

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import serving

START_LIMIT_S = END_LIMIT_S = 10
START_TRIES = 3  # the free port may be taken by another before sshd gets there

CONFIG = """\
ListenAddress {address}
Port {port}
HostKey {dir}/host_key
AuthorizedKeysFile {dir}/authorized_keys
PidFile none
# The test's directory may lie anywhere and belong to whoever made it.
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
# Git's protocol version 2, and no configuration of the machine's or the user's.
AcceptEnv GIT_PROTOCOL
SetEnv GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=* GIT_CONFIG_KEY_1=uploadpack.allowFilter GIT_CONFIG_VALUE_1=true
"""

CLIENT_CONFIG = """\
Host *
User {user}
Port {port}
IdentityFile {dir}/user_key
IdentitiesOnly yes
UserKnownHostsFile {dir}/known_hosts
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
ControlPath none
"""


def make_keys(folder):
    for name in ("host_key", "user_key", "other_key", "other_host_key"):
        if not (folder / name).exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)],
                           check=True, stdin=subprocess.DEVNULL, timeout=30)
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")


def public(folder, name):
    return " ".join((folder / (name + ".pub")).read_text().split()[:2])


def answers(port):
    try:
        with socket.create_connection((serving.LOOPBACK, port), 1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def start(folder, port):
    """Returns the running sshd, or None when it ended at once (its port was taken)."""
    (folder / "sshd_config").write_text(CONFIG.format(address=serving.LOOPBACK, port=port, dir=folder))
    daemon = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
    if not daemon:
        serving.fail("no sshd here: install openssh-server")
    # A session of its own, so that ending the group ends the connections' children as well.
    log = open(folder / "sshd.log", "ab")
    process = subprocess.Popen([daemon, "-D", "-e", "-f", str(folder / "sshd_config")], stdin=subprocess.DEVNULL,
                               stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None:
        if answers(port):
            return process
        if time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            serving.fail("sshd did not answer within %d s; see %s/sshd.log" % (START_LIMIT_S, folder))
        time.sleep(0.02)
    return None


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def is_stopped(pid):
    try:
        return Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()[0] in "TZ"
    except OSError:
        return True  # it ended


def end_group(process, ended):
    # Each connection's process asks for a session of its own, so the group does not hold them: they are found as
    # the daemon's children and ended by their ids. Meanwhile it stands still, so that none is born that is not found.
    deadline = time.monotonic() + END_LIMIT_S
    send(process.pid, signal.SIGSTOP)
    while not is_stopped(process.pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    children = Path("/proc/%d/task/%d/children" % (process.pid, process.pid))
    pids = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    for pid, number in [*((pid, signal.SIGTERM) for pid in pids), (process.pid, signal.SIGTERM), (process.pid, signal.SIGCONT)]:
        send(pid, number)
    if not ended.wait(END_LIMIT_S):
        send(process.pid, signal.SIGKILL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_options(parser)
    parser.add_argument("--dir", required=True, help="where its keys, configuration and log go; made if missing")
    options = parser.parse_args()
    folder = Path(options.dir).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    make_keys(folder)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists on it when root starts it
    process = None
    for _ in range(1 if options.port else START_TRIES):
        port = options.port or serving.free_port()
        process = start(folder, port)
        if process:
            break
    else:
        serving.fail("sshd does not start; see %s/sshd.log" % folder)
    user = pwd.getpwuid(os.geteuid()).pw_name
    for name, key in (("known_hosts", "host_key"), ("changed_hosts", "other_host_key")):
        (folder / name).write_text("[%s]:%d %s\n" % (serving.LOOPBACK, port, public(folder, key)))
    (folder / "ssh_config").write_text(CLIENT_CONFIG.format(user=user, port=port, dir=folder))
    ended = threading.Event()
    serving.until_told(lambda: end_group(process, ended), options.until_eof)
    serving.announce(port, user=user, key=folder / "user_key", known_hosts=folder / "known_hosts",
                     config=folder / "ssh_config")
    process.wait()
    ended.set()


if __name__ == "__main__":
    main()
