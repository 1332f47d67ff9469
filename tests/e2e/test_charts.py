#!/usr/bin/env python3
"""Charts from real servers on loopback: a repository with an index, and an OCI registry. The real helm packs and pushes where it is there (the cluster
harness builds it); else tarfile does, and what helm would have pushed is put into the registry over the same protocol."""

import base64
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import BUILD, LIMIT, World, until  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SERVER = HERE.parent / "servers" / "charts.py"
HELM = next(iter(sorted(pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")).glob("landfall-cluster/helm-*/helm"))), None)
SCHEMA = json.dumps({"type": "object", "properties": {"replicaCount": {"type": "integer", "minimum": 1}}})
FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"2.0\"\ndescription: A web server\ntype: application\n"
                  "dependencies:\n  - {name: redis, version: 17.x.x, repository: \"https://x.example.com\"}\n",
    "values.yaml": "# How many.\nreplicaCount: 1\nimage:\n  tag: \"\"\n",
    "values.schema.json": SCHEMA,
    "README.md": "# Web\n",
    "templates/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
}


def tgz(members, top="web"):
    """MEMBERS: name: text or TarInfo; names below TOP unless they begin with /."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in members.items():
            full = name[1:] if name.startswith("/") else f"{top}/{name}"
            if isinstance(text, tarfile.TarInfo):
                text.name = full
                tar.addfile(text)
                continue
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(full)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def entry(version, url=None, **more):
    return {"name": "web", "version": version, "urls": [url or f"web-{version}.tgz"], "created": "2026-05-01T10:00:00.1Z", **more}


class Case(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.root = self.world.home / "www"
        self.root.mkdir()

    def serve(self, *arguments):
        child = self.world.start(sys.executable, str(SERVER), "--until-eof", "--root", str(self.root), *arguments)
        self.port = int(child.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"
        self.oci = f"oci://127.0.0.1:{self.port}/charts"

    def drive(self, *arguments, env=None):
        done = subprocess.run([str(BUILD / "chart_drive"), *arguments], capture_output=True, text=True, timeout=LIMIT, cwd=self.world.home,
                              env={**self.world.environment, **(env or {})})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def fails(self, code, words, *arguments, env=None):
        answer = self.drive(*arguments, env=env)
        self.assertIn("error", answer, answer)
        self.assertEqual(answer["error"]["code"], code, answer)
        self.assertIn(words, answer["error"]["message"])
        self.assertTrue(answer["error"]["hint"], "a remedy")
        return answer["error"]

    def index(self, text):
        if not isinstance(text, (str, bytes)):
            text = json.dumps(text)
        (self.root / "index.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())

    def asked(self):
        with urllib.request.urlopen(self.url + "/_asked") as answer:
            return answer.read().decode().splitlines()

    def charts(self, *versions, archive=None):
        """A repository with chart web in VERSIONS, the archive being the same."""
        archive = tgz(FILES) if archive is None else archive
        for version in versions:
            (self.root / f"web-{version}.tgz").write_bytes(archive)
        self.index({"apiVersion": "v1", "entries": {"web": [entry(v, digest=digest(archive), appVersion="2.0") for v in versions], "other": []}})


class Index(Case):
    def test_names_and_versions_newest_stable_first(self):
        self.index({"apiVersion": "v1", "entries": {
            "zoo": [], "web": [entry("1.2.3", appVersion=2.0, description="A\u202eweb\nserver"), entry("2.0.0-rc.1"), entry("1.10.0", deprecated=True),
                               entry("1.2.3"), {"name": "web"}, entry("latest")], "api": [entry("9.0.0")]}})
        self.serve("--gzip")
        answer = self.drive("index", self.url, "web")
        self.assertEqual(answer["charts"], ["api", "web", "zoo"])
        self.assertEqual([v["version"] for v in answer["versions"]], ["1.10.0", "1.2.3", "2.0.0-rc.1", "latest"])
        self.assertTrue(answer["versions"][0]["deprecated"])
        self.assertTrue(answer["versions"][2]["prerelease"])
        self.assertEqual(answer["versions"][1]["created"], "2026-05-01")
        self.assertNotIn("\u202e", json.dumps(answer, ensure_ascii=False))
        self.assertEqual(self.drive("index", self.url + "/", "")["versions"], [])

    def test_real_yaml_as_helm_writes_it(self):
        if not HELM:
            self.skipTest("helm is not built")
        chart = self.world.home / "web"
        (chart / "templates").mkdir(parents=True)
        for name, text in FILES.items():
            (chart / name).write_text(text.split("dependencies")[0])
        for version in ("1.2.3", "1.3.0+build.1"):
            subprocess.run([HELM, "package", chart, "--version", version, "-d", self.root], check=True, capture_output=True, env=self.world.environment)
        subprocess.run([HELM, "repo", "index", self.root], check=True, capture_output=True, env=self.world.environment)
        self.serve()
        self.assertEqual([v["version"] for v in self.drive("index", self.url, "web")["versions"]], ["1.3.0+build.1", "1.2.3"])
        self.assertEqual(self.drive("open", self.url, "web", "~1.2")["version"], "1.2.3")
        self.assertEqual(self.drive("open", self.url, "web", "1.3.0+build.1")["values"], FILES["values.yaml"])

    def test_bad_indexes_have_a_place_and_a_remedy(self):
        self.serve()
        for text, code, words in (
                ("<!DOCTYPE html><html></html>", "parse", ":1:1: this is a web page"),
                ("\n  <html>", "parse", "web page"),
                ("apiVersion: v1\nentries:\n  web:\n  - version: \"1.0", "parse", "parse"),
                ("apiVersion: v1\nentries:\n  web: []\n  api: []\n  web: []\n", "parse", ":5:3: the chart \"web\" stands there twice, first on line 3"),
                ("entries: {}\nentries: {}\n", "parse", ":2:1:"),
                ("apiVersion: v1\n", "parse", "no \"entries\""),
                ("- a\n", "parse", "no index of charts"),
                ("", "parse", "no index of charts"),
                ("just text", "parse", "no index of charts"),
                ("entries: [1]\n", "parse", ":1:10: \"entries\" must be a map"),
                ("entries:\n\tweb: []\n", "parse", ":2:1:"),
                ("entries:\n  web: {a: b}\n", "parse", "must be a list"),
                (b"entries:\n  w\xff: []\n", "parse", "index of"),
                ("entries:\n  web:\n  - x: " + "[" * 60 + "\n", "limit", "nested more than"),
                ("entries:\n  web:\n  - description: \"" + "x" * (3 << 20) + "\"\n", "limit", "larger than any index needs"),
                ("".join(f"%TAG !t{i}! tag:x,2000:\n" for i in range(20000)) + "--- {}\n", "limit", "larger than any"),
                ("a: &a [*a]\nentries: {web: *a}\n", "parse", "must be a list"),
        ):
            with self.subTest(text=text[:40]):
                self.index(text)
                error = self.fails(code, "" if words == "parse" else words, "index", self.url, "web")
                self.assertRegex(error["message"], r":\d+:\d+: ")

    def test_nothing_there_and_nobody_home(self):
        self.serve()
        self.fails("not-found", "no index.yaml", "index", self.url + "/deeper", "web")
        self.index({"entries": {"web": [entry("1.0.0")]}})
        self.fails("not-found", "has no chart \"nope\"", "open", self.url, "nope", "1.0.0")
        self.fails("not-found", "no version of web", "open", self.url, "web", ">=3")
        self.fails("network", "refused", "index", "http://127.0.0.1:1", "web")

    def test_a_login_is_asked_for_and_taken_from_helms_file(self):
        (self.world.home / "password").write_text("s3cret")
        self.charts("1.0.0")
        self.serve("--user", "u", "--password-file", str(self.world.home / "password"))
        error = self.fails("auth", "wants a login", "index", self.url, "web")
        self.assertIn("helm repo add", error["hint"])
        self.assertIn("~/.config/helm/repositories.yaml is read", error["hint"])
        config = self.world.home / ".config/helm"
        config.mkdir(parents=True)
        (config / "repositories.yaml").write_text(f"apiVersion: ''\nrepositories:\n- name: x\n  url: {self.url}/\n  username: u\n  password: s3cret\n")
        self.assertEqual(self.drive("index", self.url, "web")["charts"], ["other", "web"])
        self.assertEqual(self.drive("open", self.url, "web", "1.0.0")["name"], "web")
        (config / "repositories.yaml").write_text(f"repositories:\n- url: {self.url}\n  username: u\n  password: wrong\n")
        error = self.fails("auth", "does not take the login", "index", self.url, "web")
        self.assertNotIn("wrong", json.dumps(error))

    def test_large_index_in_little_memory(self):
        """30 MB, 10,000 versions: at most 64 MB of memory."""
        with open(self.root / "index.yaml", "w", encoding="utf-8") as out:
            out.write("apiVersion: v1\nentries:\n")
            for chart in range(100):
                out.write(f"  chart{chart}:\n")
                for version in range(100):
                    out.write(f"  - annotations:\n      text: |\n" + "        lorem ipsum dolor sit amet\n" * 75 +
                              f"    apiVersion: v2\n    appVersion: 1.{version}.0\n    created: \"2026-01-01T00:00:00Z\"\n"
                              f"    description: A chart of many versions\n    digest: {'ab' * 32}\n    name: chart{chart}\n"
                              f"    urls:\n    - https://charts.example.com/chart{chart}-{version}.tgz\n    version: {version}.0.0\n")
            out.write("generated: \"2026-01-01T00:00:00Z\"\n")
        self.assertGreater((self.root / "index.yaml").stat().st_size, 25 << 20)
        self.serve()
        answer = self.drive("index", self.url, "chart42")
        self.assertEqual((len(answer["charts"]), len(answer["versions"]), answer["versions"][0]["version"]), (100, 100, "99.0.0"))
        if b"__asan_init" not in (BUILD / "chart_drive").read_bytes():  # its shadow memory is no measure
            self.assertLess(answer["rss_kib"], 64 << 10)

    def test_endless_index_ends(self):
        with open(self.root / "index.yaml", "wb") as out:
            out.truncate(500 << 20)
        self.serve()
        self.fails("limit", "larger than 128 MiB", "index", self.url, "web")

    def test_cancelled_at_once(self):
        self.charts("1.0.0")
        self.serve()
        self.assertTrue(self.drive("cancel", "index", self.url, "web")["cancelled"])
        self.assertTrue(self.drive("cancel", "open", self.url, "web", "1.0.0")["cancelled"])


class Archive(Case):
    def test_what_a_chart_says(self):
        self.charts("1.2.3", "1.2.4")
        self.serve()
        answer = self.drive("open", self.url, "web", "1.x")
        self.assertEqual((answer["name"], answer["app"], answer["type"], answer["dependencies"]), ("web", "2.0", "application", 1))
        self.assertEqual((answer["values"], answer["schema"], answer["readme"]), (FILES["values.yaml"], SCHEMA, FILES["README.md"]))
        self.assertIn("GET /web-1.2.4.tgz", self.asked())
        self.assertEqual(self.asked().count("GET /index.yaml"), 1)

    def test_addresses(self):
        archive = tgz(FILES)
        (self.root / "deep").mkdir()
        (self.root / "deep" / "a.tgz").write_bytes(archive)
        self.serve()
        for url, good in (("deep/a.tgz", True), ("/deep/a.tgz", True), (self.url + "/deep/a.tgz", True), ("file:///etc/passwd", False), ("deep/b.tgz", False),
                          ("", False), ("oci://x/y", False)):
            with self.subTest(url=url):
                self.index({"entries": {"web": [entry("1.0.0", url) if url else {"version": "1.0.0"}]}})
                answer = self.drive("open", self.url, "web", "1.0.0")
                self.assertEqual("error" not in answer, good, answer)

    def test_chart_without_values(self):
        self.charts("1.0.0", archive=tgz({"Chart.yaml": FILES["Chart.yaml"]}))
        self.serve()
        answer = self.drive("open", self.url, "web", "1.0.0")
        self.assertEqual(answer["name"], "web")
        self.assertNotIn("values", answer)

    def test_bad_values_are_said_and_no_failure(self):
        self.serve()
        for values, words in (("a: 1\n\tb: 2\n", ":2:"), ("a: 1\na: 2\n", "twice"), ("a: &a [" + "x," * 100 + "]\nb: &b [" + "*a," * 100 + "]\nc: &c [" + "*b," * 100 +
                                                                                    "]\nd: [" + "*c," * 100 + "]\n", ":"), ("- 1\n", "not one map")):
            with self.subTest(values=values[:20]):
                self.charts("1.0.0", archive=tgz({**FILES, "values.yaml": values}))
                answer = self.drive("open", self.url, "web", "1.0.0")
                self.assertEqual(answer["name"], "web")
                self.assertRegex(answer["values_error"]["error"]["message"], "values.yaml:.*")
                self.assertIn(words, answer["values_error"]["error"]["message"])

    def test_a_subchart_is_not_the_chart(self):
        self.charts("1.0.0", archive=tgz({"Chart.yaml": FILES["Chart.yaml"], "charts/redis/Chart.yaml": "name: redis\nversion: 9.9.9\n",
                                          "charts/redis/values.yaml": "sub: true\n"}))
        self.serve()
        answer = self.drive("open", self.url, "web", "1.0.0")
        self.assertEqual((answer["name"], answer.get("values")), ("web", None))

    def test_another_digest_is_refused(self):
        self.charts("1.0.0")
        (self.root / "web-1.0.0.tgz").write_bytes(tgz({**FILES, "values.yaml": "evil: true\n"}))
        self.serve()
        self.fails("refused", "digest differs", "open", self.url, "web", "1.0.0")

    def link(self, kind, target):
        info = tarfile.TarInfo()
        info.type, info.linkname = kind, target
        return info

    def test_hostile_archives(self):
        device = tarfile.TarInfo()
        device.type = tarfile.CHRTYPE
        huge = tarfile.TarInfo()
        huge.size = 1 << 40
        lying = bytearray(gzip.decompress(tgz(FILES)))
        self.serve()
        for name, archive, words in (
                ("way up", tgz({**FILES, "/web/../../etc/passwd": "x"}), "outside of the chart"),
                ("absolute", tgz({**FILES, "//etc/passwd": "x"}), "outside of the chart"),
                ("backslash", tgz({**FILES, "/web\\..\\x": "x"}), "outside of the chart"),
                ("symlink", tgz({"Chart.yaml": FILES["Chart.yaml"], "values.yaml": self.link(tarfile.SYMTYPE, "/etc/passwd")}), "holds a link"),
                ("hard link", tgz({"Chart.yaml": FILES["Chart.yaml"], "x": self.link(tarfile.LNKTYPE, "web/Chart.yaml")}), "holds a link"),
                ("device", tgz({**FILES, "dev": device}), "no file"),
                ("bomb", tgz({**FILES, "zeros": bytes(64 << 20)}), "times its size"),
                ("large", tgz({**FILES, "values.yaml": "a: " + "x" * (3 << 20)}), "more than 2 MiB"),
                ("twice", tgz({**FILES, "./values.yaml": "x", "/web/values.yaml": "a: 1\n"}), "twice"),
                ("no chart", tgz({"values.yaml": "a: 1\n"}), "no Chart.yaml"),
                ("nameless", tgz({"Chart.yaml": "version: 1.0.0\n"}), "names no chart"),
                ("not YAML", tgz({"Chart.yaml": "a: [\n"}), "Chart.yaml:"),
                ("no text", tgz({**FILES, "values.yaml": b"a: \xff\n"}), "no UTF-8"),
                ("many", tgz({f"f{i}": "" for i in range(20001)}), "more than 20000 files"),
                ("cut", tgz(FILES)[:-300], "no "),
                ("no gzip", b"hello, this is no archive at all", "no "),
                ("empty", b"", "archive"),
                ("a page", b"<html>not found</html>", "no "),
                ("broken header", gzip.compress(bytes(lying[:100]) + b"zzzzzzzz" + bytes(lying[108:])), ""),
        ):
            with self.subTest(name=name):
                self.charts("1.0.0", archive=archive)
                answer = self.drive("open", self.url, "web", "1.0.0")
                if name == "broken header" and "error" not in answer:
                    continue
                self.assertIn("error", answer, answer)
                self.assertIn(words, answer["error"]["message"])
                self.assertTrue(answer["error"]["hint"])
        self.assertEqual(sorted(p.name for p in self.world.home.iterdir() if p.name not in ("www", ".gitconfig", ".cache")), [])


class Registry(Case):
    TYPE = "application/vnd.oci.image.manifest.v1+json"
    CHART = "application/vnd.cncf.helm.config.v1+json"
    LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

    def put(self, path, data, kind="application/octet-stream", method="PUT"):
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), data=data, method=method, headers={"Content-Type": kind})
        with urllib.request.urlopen(request) as answer:
            return answer.headers.get("Location")

    def blob(self, name, data):
        where = self.put(f"/v2/{name}/blobs/uploads/", b"", method="POST")
        self.put(f"{where}{'&' if '?' in where else '?'}digest=sha256:{digest(data)}", data)
        return {"digest": "sha256:" + digest(data), "size": len(data)}

    def push(self, *tags, name="charts/web", archive=None, config=CHART, layer=LAYER):
        archive = tgz(FILES) if archive is None else archive
        manifest = {"schemaVersion": 2, "mediaType": self.TYPE, "config": {"mediaType": config, **self.blob(name, b"{}")},
                    "layers": [{"mediaType": "application/x-other", **self.blob(name, b"x")}, {"mediaType": layer, **self.blob(name, archive)}]}
        for tag in tags:
            self.put(f"/v2/{name}/manifests/{tag}", json.dumps(manifest).encode(), self.TYPE)

    def test_tags_in_pages_and_an_archive(self):
        self.serve("--page", "2")
        self.push("1.0.0", "1.1.0", "1.1.0_build.7", "latest", "2.0.0-rc.1", "sha256-abc.sig", "0.9.0")
        answer = self.drive("index", self.oci, "web")
        self.assertEqual([v["version"] for v in answer["versions"]], ["1.1.0+build.7", "1.1.0", "1.0.0", "0.9.0", "2.0.0-rc.1"])
        self.assertEqual(sum("tags/list" in line for line in self.asked()), 4)
        self.assertEqual(self.drive("open", self.oci + "/", "web", "^1.0")["values"], FILES["values.yaml"])
        self.assertEqual(self.drive("open", self.oci, "web", "1.1.0+build.7")["name"], "web")

    def test_token_dance(self):
        (self.world.home / "password").write_text("pa:ss")
        self.serve("--token")
        # Pushing needs a token as well: fetch it the way a client does.
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.push("1.0.0")
        refused.exception.close()
        self.assertEqual(self.drive("index", self.oci, "nothing")["error"]["code"], "not-found")
        self.assertTrue(any(line.startswith("GET /token?service=tests%2C%20all&scope=repository%3Acharts%2Fnothing%3Apull") for line in self.asked()), self.asked())

    def login(self, path, config):
        path = self.world.home / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(config))

    def test_credentials(self):
        (self.world.home / "password").write_text("pa:ss")
        auth = base64.b64encode(b"u:pa:ss").decode()
        for token in (True, False):
            with self.subTest(token=token):
                self.serve("--user", "u", "--password-file", str(self.world.home / "password"), *(["--token"] if token else []))
                host = f"127.0.0.1:{self.port}"
                error = self.fails("auth", "wants a login", "index", self.oci, "web")
                self.assertIn(f"helm registry login {host}", error["hint"])
                self.assertIn("~/.docker/config.json", error["hint"])
                self.login(".docker/config.json", {"auths": {host: {"auth": auth}}})
                self.fails("not-found", "does not have web", "index", self.oci, "web")
                self.login(".docker/config.json", {"auths": {host: {"auth": base64.b64encode(b"u:no").decode()}}})
                self.fails("auth", "does not take the login", "index", self.oci, "web")
                self.login(".config/helm/registry/config.json", {"auths": {f"https://{host}/": {"username": "u", "password": "pa:ss"}}})
                self.fails("not-found", "does not have web", "index", self.oci, "web")
                (self.world.home / ".config/helm/registry/config.json").unlink()
                helper = self.world.home / "bin" / "docker-credential-test"
                helper.parent.mkdir(exist_ok=True)
                helper.write_text("#!/bin/sh\n[ \"$1\" = get ] && read -r host; [ \"$host\" = %s ] && echo '{\"Username\":\"u\",\"Secret\":\"pa:ss\"}'\n" % host)
                helper.chmod(0o755)
                for config in ({"credsStore": "test"}, {"credHelpers": {host: "test"}, "auths": {host: {}}}):
                    self.login(".docker/config.json", config)
                    self.fails("not-found", "does not have web", "index", self.oci, "web", env={"PATH": f"{helper.parent}:{os.environ['PATH']}"})
                self.login(".docker/config.json", {"credsStore": "../../bin/sh"})
                self.fails("auth", "wants a login", "index", self.oci, "web")
                (self.world.home / ".docker/config.json").unlink()

    def answer(self, typed, *arguments):
        done = subprocess.run([str(BUILD / "chart_drive"), "answer", *arguments], input=typed, capture_output=True, text=True, timeout=LIMIT, cwd=self.world.home,
                              env=self.world.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_user_is_asked_where_nobody_knows_a_login(self):
        (self.world.home / "password").write_text("pa:ss")
        for options, place, wanted in (("--token",), "oci", "not-found"), ((), "oci", "not-found"), ((), "url", None):
            with self.subTest(options=options, place=place):
                self.charts("1.0.0")
                self.serve("--user", "u", "--password-file", str(self.world.home / "password"), *options)
                url, host = getattr(self, place), f"127.0.0.1:{self.port}"
                name = f"{host} wants a login (sent unencrypted). User name:"
                # Given once, it serves the second job, too.
                answer = self.answer("u\npa:ss\n", "index", url, "web")
                self.assertEqual(answer.get("error", {}).get("code"), wanted)
                self.assertEqual([(q["prompt"], q["secret"]) for q in answer["asked"]], [(name, False), (f"Password of u at {host}", True)])
                # Refused, it is asked for once more, and then no longer; a new look begins anew.
                answer = self.answer("u\nno\nu\nagain\nu\npa:ss\n", "index", url, "web")
                self.assertEqual(answer.get("error", {}).get("code"), wanted)
                prompts = [q["prompt"] for q in answer["asked"]]
                self.assertEqual(len(prompts), 6)
                self.assertEqual(prompts[2], f"{host} refused that login; once more (sent unencrypted). User name:")
                self.assertEqual(prompts[4], name)
                # Who declines, at either question, is left alone.
                for typed in ("", "u\n"):
                    answer = self.answer(typed, "index", url, "web")
                    self.assertEqual((answer["error"]["code"], len(answer["asked"])), ("auth", 1 + bool(typed)))
                    self.assertIn("wants a login", answer["error"]["message"])
                # The job may go while its question is open.
                self.assertTrue(self.answer(".\n", "index", url, "web")["cancelled"])
                self.assertTrue(self.answer("u\n.\n", "index", url, "web")["cancelled"])

    def test_a_stored_login_that_is_refused_is_asked_for(self):
        (self.world.home / "password").write_text("pa:ss")
        self.serve("--user", "u", "--password-file", str(self.world.home / "password"))
        self.login(".docker/config.json", {"auths": {f"127.0.0.1:{self.port}": {"username": "u", "password": "old"}}})
        answer = self.answer("u\npa:ss\n", "index", self.oci, "web")
        self.assertEqual(answer["error"]["code"], "not-found")
        self.assertIn("refused the stored login", answer["asked"][0]["prompt"])

    def test_what_is_no_chart(self):
        self.serve()
        self.push("1.0.0", name="charts/image", layer="application/vnd.oci.image.layer.v1.tar+gzip")
        self.fails("invalid", "is no Helm chart", "open", self.oci, "image", "1.0.0")
        self.fails("not-found", "does not have web", "open", self.oci, "web", "1.0.0")
        self.fails("invalid", "no such names", "open", self.oci, "../web", "1.0.0")
        self.push("1.0.0", name="charts/broken", archive=b"nothing")
        self.fails("parse", "no ", "open", self.oci, "broken", "1.0.0")

    def test_real_helm_pushes(self):
        if not HELM:
            self.skipTest("helm is not built")
        self.serve()
        (self.world.home / "web-1.2.3.tgz").write_bytes(tgz(FILES))
        subprocess.run([HELM, "push", self.world.home / "web-1.2.3.tgz", self.oci, "--plain-http"], check=True, capture_output=True, timeout=LIMIT,
                       env=self.world.environment)
        self.assertEqual([v["version"] for v in self.drive("index", self.oci, "web")["versions"]], ["1.2.3"])
        self.assertEqual(self.drive("open", self.oci, "web", "1.2.3")["values"], FILES["values.yaml"])


REGISTRY = shutil.which("docker-registry") or os.environ.get("LANDFALL_TEST_REGISTRY")


@unittest.skipUnless(REGISTRY, "docker-registry is not installed")
class RealRegistry(Registry):
    """The same against Debian's docker-registry, where it is installed."""

    test_tags_in_pages_and_an_archive = test_token_dance = test_credentials = test_what_is_no_chart = None

    def serve(self, *arguments):
        if arguments:
            self.skipTest("only as it is")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = self.world.home / "registry.yml"
        config.write_text(f"version: 0.1\nlog: {{level: fatal}}\nstorage: {{filesystem: {{rootdirectory: {self.root}}}}}\nhttp: {{addr: '127.0.0.1:{self.port}'}}\n")
        self.world.start(REGISTRY, "serve", str(config))
        self.url, self.oci = f"http://127.0.0.1:{self.port}", f"oci://127.0.0.1:{self.port}/charts"
        until(self.answers, "the registry comes up")

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/v2/"):
                return True
        except OSError:
            return False

    def test_tags_and_archive(self):
        self.serve()
        self.push("1.0.0", "1.1.0_build.7", "latest", "2.0.0-rc.1")
        answer = self.drive("index", self.oci, "web")
        self.assertEqual([v["version"] for v in answer["versions"]], ["1.1.0+build.7", "1.0.0", "2.0.0-rc.1"])
        self.assertEqual(self.drive("open", self.oci, "web", "1.x")["values"], FILES["values.yaml"])
        self.fails("not-found", "does not have nothing", "index", self.oci, "nothing")


if __name__ == "__main__":
    unittest.main()
