#!/usr/bin/env python3
"""A forge on loopback: Git over HTTP by git's own backend, and beside it the pull request API of one of five forges.

    tests/servers/forge.py --root DIR --kind github|gitlab|gitea|bitbucket|bitbucket-server --token-file F
    ... --page-size N        how much a list gives at once (2)
    ... --silent             tells nobody what it is: no version, no headers
    ... --log FILE           one line per request: method, path, status, who (token, basic, nobody)

Repositories lie at DIR/OWNER/NAME.git. The API behaves as its published description says, as far as Landfall uses it: what it needs, what it refuses, status codes,
pages, ETags. Merging is real: a merge or squash commit is made in the bare repository. The test is the person at the web page:

    POST /_forge  {"do": "merge", "number": 1, "how": "merge"|"squash"|"squash-merge"|"rebase"|"fast-forward"|"push", "delete": true}
                  (squash-merge: GitLab, both commits; push: by hand, with git)
                  {"do": "close"|"ready", "number": 1}
                  {"do": "check", "number": 1, "name": "build", "state": "pending"|"passed"|"failed"}
                  {"do": "review", "number": 1, "who": "ann", "verdict": "approved"|"changes"}
                  {"do": "lose"}: the answer to the next repository that is created
                  {"do": "trouble", "status": 429, "headers": {...}, "times": 2, "method": "POST"}
    GET  /_forge  everything it holds, as JSON
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import tempfile
import threading
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import githttp
import serving
from forge_bitbucket import Bitbucket, BitbucketServer
from forge_dialect import Refusal
from forge_github import Gitea, GitHub
from forge_gitlab import GitLab

class Pull:
    def __init__(self, number, values):
        self.number, self.state, self.commit = number, "open", None
        self.head, self.base, self.title, self.body = values["head"], values["base"], values["title"], values.get("body", "")
        self.draft, self.version = bool(values.get("draft")), 0
        self.reviewers, self.labels, self.checks, self.reviews = list(values.get("reviewers", [])), list(values.get("labels", [])), {}, {}


class Forge:
    """What is open, and the Git repositories behind it."""

    def __init__(self, root):
        self.root, self.lock, self.pulls, self.trouble, self.made, self.lose = Path(root), threading.RLock(), [], [], [], False

    def git(self, repository, *arguments, check=True):
        done = subprocess.run(["git", "-C", str(self.root / (repository + ".git")), *arguments], capture_output=True, text=True,
                              env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                                   "GIT_CONFIG_VALUE_0": "*", "GIT_AUTHOR_NAME": "Forge", "GIT_AUTHOR_EMAIL": "forge@example.com",
                                   "GIT_COMMITTER_NAME": "Forge", "GIT_COMMITTER_EMAIL": "forge@example.com"})
        if check and done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def tip(self, repository, branch):
        return self.git(repository, "rev-parse", "--verify", "-q", "refs/heads/" + branch, check=False)

    def find(self, number):
        for pull in self.pulls:
            if pull.number == number:
                return pull
        raise Refusal(404, None)

    def open(self, repository, values):
        """Makes one; None if there is one already. Raises ValueError with what is wrong."""
        head, base = self.tip(repository, values["head"]), self.tip(repository, values["base"])
        if not head or not base:
            raise ValueError("head" if not head else "base")
        if self.git(repository, "rev-list", "--count", base + ".." + head) == "0":
            raise ValueError("nothing")
        if any(p.state == "open" and p.head == values["head"] and p.base == values["base"] for p in self.pulls):
            return None
        pull = Pull(len(self.pulls) + 1, values)
        pull.repository = repository
        self.pulls.append(pull)
        return pull

    def create(self, repository, private, branch=None):
        """An empty repository; None if there is one. A forge makes the branch that is pushed first the default one, unless it was told."""
        where = self.root / (repository + ".git")
        if where.exists():
            return None
        subprocess.run(["git", "init", "-q", "--bare", str(where)], check=True, env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"})
        self.git(repository, "config", "http.receivepack", "true")
        self.git(repository, "config", "landfall.private", str(private).lower())
        if branch:
            self.git(repository, "symbolic-ref", "HEAD", "refs/heads/" + branch)
        self.made.append(repository)
        return repository

    def commit(self, pull, parents, message):
        base, head = self.tip(pull.repository, pull.base), self.tip(pull.repository, pull.head)
        tree = self.git(pull.repository, "merge-tree", "--write-tree", base, head)
        return self.git(pull.repository, "commit-tree", tree, *(word for parent in parents for word in ("-p", parent)), "-m", message)

    def rebased(self, pull, base, head):
        """Each commit once more on top of the base branch, by the forge's hand."""
        with tempfile.TemporaryDirectory() as folder:
            self.git(pull.repository, "worktree", "add", "-q", "--detach", folder, head)
            self.git(pull.repository, "-C", folder, "rebase", "-q", "--force-rebase", base)
            commit = self.git(pull.repository, "-C", folder, "rev-parse", "HEAD")
            self.git(pull.repository, "worktree", "remove", "--force", folder)
        return commit

    def merge(self, pull, how):
        base, head = self.tip(pull.repository, pull.base), self.tip(pull.repository, pull.head)
        title = "%s (#%d)" % (pull.title, pull.number)
        pull.squashed = None
        if how == "fast-forward":
            commit = head
        elif how == "rebase":
            commit = self.rebased(pull, base, head)
        elif how == "squash":
            commit = self.commit(pull, [base], title)
        elif how == "squash-merge":
            pull.squashed = self.commit(pull, [base], title)
            commit = self.commit(pull, [base, pull.squashed], "Merge " + title)
        else:
            commit = self.commit(pull, [base, head], title)
        self.git(pull.repository, "update-ref", "refs/heads/" + pull.base, commit, base)
        pull.state, pull.commit, pull.how, pull.merged_head = "merged", commit, how, head

    def do(self, order):
        what = order["do"]
        if what == "trouble":
            self.trouble.append(order)
            return
        if what == "lose":
            self.lose = True
            return
        pull = self.find(order["number"])
        if what == "merge":
            self.merge(pull, order.get("how", "merge"))
            if order.get("delete"):
                self.git(pull.repository, "update-ref", "-d", "refs/heads/" + pull.head)
        elif what == "close":
            pull.state = "closed"
        elif what == "ready":
            pull.draft = False
        elif what == "check":
            pull.checks[order["name"]] = order["state"]
        elif what == "review":
            pull.reviews[order["who"]] = order["verdict"]


DIALECTS = {"github": GitHub, "gitlab": GitLab, "gitea": Gitea, "bitbucket": Bitbucket, "bitbucket-server": BitbucketServer}


class ForgeHandler(githttp.GitHandler):
    def do_PUT(self):
        self.answer()

    def do_PATCH(self):
        self.answer()

    def answer(self):
        path = urlsplit(self.path).path
        self.user = None
        if path == "/_forge":
            self.control()
        elif path.startswith(self.server.dialect.root + "/"):
            self.api(path)
        elif ".git/" in path:
            if path.startswith("/scm/"):
                self.path = self.path[4:]
            super().answer()
        else:
            self.json(404, {"message": "Not Found"}, {})

    def read(self):
        return json.loads(b"".join(serving.body(self)) or b"null")

    def control(self):
        forge = self.server.forge
        with forge.lock:
            if self.command == "GET":
                self.json(200, [{k: v for k, v in vars(p).items()} for p in forge.pulls], {})
                return
            try:
                forge.do(self.read())
            except (Refusal, RuntimeError, KeyError) as wrong:
                self.json(400, {"message": str(wrong)}, {})
                return
        self.json(200, {}, {})

    def signed_in(self):
        scheme, _, word = self.headers.get("Authorization", "").partition(" ")
        token = self.server.token
        if scheme.lower() in ("bearer", "token") and word == token:
            self.user = "token"
        elif scheme.lower() == "basic" and not isinstance(self.server.dialect, GitLab) and base64.b64decode(word).decode().partition(":")[2] == token:
            self.user = "basic"
        elif scheme:
            self.user = "wrong"
        return self.user in ("token", "basic")

    def api(self, path):
        forge, dialect = self.server.forge, self.server.dialect
        self.body = self.read() if self.command in ("POST", "PUT", "PATCH") else None
        self.query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        self.url_without_page = self.server.web + re.sub(r"[&?](page|start)=\d+", "", self.path)
        self.url_without_page += "" if "?" in self.url_without_page else "?x=y"
        if self.server.silent and not self.headers.get("Authorization"):
            self.json(404, {}, {})
            return
        public = path.endswith("/version") and not isinstance(dialect, GitLab) or path.endswith("/application-properties")
        with forge.lock:
            for trouble in forge.trouble:
                if trouble["times"] > 0 and trouble.get("method", self.command) == self.command:
                    trouble["times"] -= 1
                    self.json(trouble["status"], {"message": "trouble"}, trouble.get("headers", {}))
                    return
            if not self.signed_in() and not public:
                self.json(401, dialect.words[401], dialect.extra)
                return
            try:
                status, out, *headers = self.route(path[len(dialect.root):])
                if forge.lose and forge.made:  # it is created, but the answer does not arrive
                    forge.lose, self.close_connection = False, True
                    return
                self.json(status, out, {**dialect.extra, **(headers[0] if headers else {})})
            except Refusal as no:
                self.json(no.status, no.body if no.body is not None else dialect.words[404], dialect.extra)

    def route(self, path):
        dialect = self.server.dialect
        for method, pattern, function in dialect.routes():
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                names = [unquote(part) for part in found.groups()]
                repository = "/".join(names[:2]) if isinstance(dialect, BitbucketServer) and len(names) > 1 else names[0] if names else ""
                if "/" in repository and not function.__name__.startswith(("create_", "namespace")) and not (self.server.forge.root / (repository + ".git")).is_dir():
                    raise Refusal(404, None)
                return function(self, *names)
        raise Refusal(404, {"message": "no such route: " + path})

    def json(self, status, out, headers):
        text = json.dumps(out).encode()
        tag = '"%s"' % hashlib.sha256(text).hexdigest()[:20]
        if status == 200 and self.command == "GET" and self.headers.get("If-None-Match") == tag:
            status, text = 304, b""
        self.send_response(status)
        if status == 200 and self.command == "GET":
            self.send_header("ETag", tag)
        for header in headers.items():
            self.send_header(*header)
        self.send_header("Content-Type", "application/json")
        if status != 304:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class ForgeServer(githttp.GitServer):
    def __init__(self, options):
        self.silent, self.token = options.silent, Path(options.token_file).read_text().strip()
        self.forge = Forge(options.root)
        super().__init__(options, ForgeHandler)
        self.web = "%s://127.0.0.1:%d" % ("https" if options.tls_cert else "http", self.server_address[1])
        self.dialect = DIALECTS[options.kind](self.forge, self.web, options.page_size)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    githttp.add_options(parser)
    parser.add_argument("--kind", required=True, choices=sorted(DIALECTS))
    parser.add_argument("--token-file", required=True)
    parser.add_argument("--page-size", type=int, default=2)
    parser.add_argument("--silent", action="store_true")
    options = parser.parse_args()
    server = ForgeServer(options)
    serving.until_told(server.shutdown, options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
