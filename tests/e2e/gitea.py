"""gitea: a real Gitea or Forgejo for the tests beside this file, with two people (boss, ann) and a repository boss/shop: LANDFALL_GITEA names the program,
LANDFALL_GITEA_STATIC the folder with its templates and options."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "servers"))
from serving import free_port  # noqa: E402
from world import LIMIT, until  # noqa: E402

GITEA, STATIC = os.environ.get("LANDFALL_GITEA"), os.environ.get("LANDFALL_GITEA_STATIC")
THERE = bool(GITEA and STATIC)
INI = """I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
RUN_MODE = prod
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {static}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = {work}/gitea.db
[repository]
ROOT = {work}/repositories
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-this-test
[log]
MODE = file
LEVEL = warn
[cron]
ENABLED = false
[actions]
ENABLED = false
"""


class Gitea:
    """ADOPTS: a bare repository that becomes boss/shop as it lies, so that the demo's cluster follows what Gitea is given."""

    def __init__(self, world, adopts=None):
        self.world, self.tokens = world, {}
        self.work, self.port = world.home / "gitea", free_port()
        (self.work / "custom" / "conf").mkdir(parents=True)
        (self.work / "custom" / "conf" / "app.ini").write_text(INI.format(port=self.port, static=STATIC, work=self.work))
        world.environment.update(GITEA_WORK_DIR=str(self.work), GITEA_CUSTOM=str(self.work / "custom"), USER="root" if not os.getuid() else "test")
        world.start(GITEA, "web")
        until(lambda: self.api("GET", "/version") is not None, "Gitea answers")
        for user in ("boss", "ann"):
            self.command("admin", "user", "create", "--username", user, "--password", "only-for-this-test-1", "--email", user + "@example.com", "--must-change-password=false",
                         *(["--admin"] if user == "boss" else []))
            self.tokens[user] = self.command("admin", "user", "generate-access-token", "--username", user, "--scopes", "all", "--raw").split()[-1]
        if adopts:
            (self.work / "repositories" / "boss").mkdir(parents=True, exist_ok=True)
            (self.work / "repositories" / "boss" / "shop.git").symlink_to(adopts)
            self.must("POST", "/admin/unadopted/boss/shop")
        else:
            self.must("POST", "/user/repos", {"name": "shop", "auto_init": True, "default_branch": "main"})
        self.must("PUT", "/repos/boss/shop/collaborators/ann", {"permission": "write"})
        self.must("POST", "/repos/boss/shop/labels", {"name": "gitops", "color": "#00ff00"})
        self.url = "http://127.0.0.1:%d/boss/shop.git" % self.port
        store = world.home / "credentials"
        store.write_text("http://boss:%s@127.0.0.1%%3a%d\n" % (self.tokens["boss"], self.port))
        world.git("config", "--global", "credential.helper", "store --file=%s" % store)

    def command(self, *arguments):
        return subprocess.run([GITEA, *arguments], capture_output=True, text=True, timeout=LIMIT, env=self.world.environment, check=True).stdout

    def api(self, method, path, body=None, who="boss"):
        """None: refused."""
        request = urllib.request.Request("http://127.0.0.1:%d/api/v1%s" % (self.port, path), json.dumps(body).encode() if body is not None else None, method=method,
                                         headers={"Content-Type": "application/json"})
        if who in self.tokens:
            request.add_header("Authorization", "token " + self.tokens[who])
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"{}")
        except (urllib.error.HTTPError, ConnectionError, urllib.error.URLError):
            return None

    def must(self, *arguments, **more):
        answer = self.api(*arguments, **more)
        assert answer is not None, arguments
        return answer

    def pulls(self, state="all"):
        return self.api("GET", "/repos/boss/shop/pulls?sort=oldest&state=" + state) or []

    def merge(self, number, how, **more):
        """Gitea finds out in the background whether it can be."""
        until(lambda: self.api("POST", "/repos/boss/shop/pulls/%d/merge" % number, {"Do": how, **more}) is not None, "it can be merged")
