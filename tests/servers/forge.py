#!/usr/bin/env python3
"""A forge on loopback: Git over HTTP by git's own backend, and beside it the pull request API of one of five forges.

    tests/servers/forge.py --root DIR --kind github|gitlab|gitea|bitbucket|bitbucket-server --token-file F
    ... --page-size N        how much a list gives at once (2)
    ... --silent             tells nobody what it is: no version, no headers
    ... --log FILE           one line per request: method, path, status, who (token, basic, nobody)

Repositories lie at DIR/OWNER/NAME.git. The API behaves as its published description says, as far as Landfall uses it: what it needs, what it refuses, status codes,
pages, ETags. Merging is real: a merge or squash commit is made in the bare repository. The test is the person at the web page:

    POST /_forge  {"do": "merge", "number": 1, "how": "merge"|"squash"|"fast-forward"}
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
import threading
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import githttp
import serving

PEOPLE = {"ann": 31, "ben": 32}
LABELS = {"gitops": 3, "urgent": 4}


class Refusal(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


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

    def merge(self, pull, how):
        base, head = self.tip(pull.repository, pull.base), self.tip(pull.repository, pull.head)
        if how == "fast-forward":
            commit = head
        else:
            tree = self.git(pull.repository, "merge-tree", "--write-tree", base, head)
            parents = ["-p", base] + (["-p", head] if how == "merge" else [])
            commit = self.git(pull.repository, "commit-tree", tree, *parents, "-m", "%s (#%d)" % (pull.title, pull.number))
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
        elif what == "close":
            pull.state = "closed"
        elif what == "ready":
            pull.draft = False
        elif what == "check":
            pull.checks[order["name"]] = order["state"]
        elif what == "review":
            pull.reviews[order["who"]] = order["verdict"]


class Dialect:
    """What all of them share. A route is (method, pattern below the API's root, function)."""

    def __init__(self, forge, web, page_size):
        self.forge, self.web, self.page_size = forge, web, page_size

    def sha(self, pull):
        return pull.merged_head if pull.state == "merged" else self.forge.tip(pull.repository, pull.head)

    def opened(self, repository, values):
        try:
            pull = self.forge.open(repository, values)
        except ValueError as wrong:
            self.refuse_open(str(wrong), values)
        if pull is None:
            self.refuse_second(repository, values)
        return pull

    def link(self, request, items):
        """A page of items, and where the next one is, in the Link header."""
        page, size = int(request.query.get("page", 1)), self.page_size
        headers = {}
        if page * size < len(items):
            headers["Link"] = '<%s&page=%d>; rel="next", <%s&page=9>; rel="last"' % (request.url_without_page, page + 1, request.url_without_page)
        return 200, items[(page - 1) * size:page * size], headers


class Owners(Dialect):
    """Repositories of a person and of organisations are made in different places."""

    def user(self, r):
        return 200, {"login": "Boss", "id": 1}

    def show_repository(self, r, repository):
        return 200, {"full_name": repository, "html_url": "%s/%s" % (self.web, repository), "private": True}

    def create_own(self, r):
        return self.create_below(r, "boss")

    def create_below(self, r, owner):
        if owner == "locked":
            raise Refusal(403, {"message": "You need admin access to the organization before adding a repository to it."})
        if not (self.forge.root / owner).is_dir():
            raise Refusal(404, None)
        repository = owner + "/" + r.body["name"]
        if not self.forge.create(repository, r.body["private"], r.body.get("default_branch")):
            raise Refusal(*self.taken)
        return 201, self.show_repository(r, repository)[1]


class GitHub(Owners):
    root = "/api/v3"
    extra = {"X-GitHub-Request-Id": "1:2"}
    words = {401: {"message": "Bad credentials"}, 404: {"message": "Not Found", "documentation_url": "https://docs.example.com"}}

    def refuse_open(self, what, values):
        if what == "nothing":
            raise Refusal(422, {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "custom", "message": "No commits between %s and %s" % (values["base"], values["head"])}]})
        raise Refusal(422, {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": what, "code": "invalid"}]})

    def refuse_second(self, repository, values):
        raise Refusal(422, {"message": "Validation Failed", "errors": [{"message": "A pull request already exists for %s:%s." % (repository.split("/")[0], values["head"])}]})

    def show(self, pull, whole=True):
        out = {"number": pull.number, "state": "open" if pull.state == "open" else "closed", "title": pull.title, "body": pull.body, "draft": pull.draft,
               "html_url": "%s/%s/pull/%d" % (self.web, pull.repository, pull.number), "head": {"ref": pull.head, "sha": self.sha(pull)}, "base": {"ref": pull.base},
               "merged_at": "2026-01-01T00:00:00Z" if pull.commit else None, "merge_commit_sha": pull.commit or "f" * 40}
        if whole:
            out.update(merged=bool(pull.commit), mergeable=None if pull.version < 1 else True, mergeable_state="draft" if pull.draft else "clean")
            pull.version += 1
        return out

    def routes(self):
        repo = r"/repos/([^/]+/[^/]+)"
        return [("GET", repo, self.show_repository), ("GET", "/user", self.user), ("POST", "/user/repos", self.create_own), ("POST", r"/orgs/([^/]+)/repos", self.create_below),
                ("GET", repo + "/pulls", self.list), ("POST", repo + "/pulls", self.create), ("GET", repo + r"/pulls/(\d+)", self.get), ("PATCH", repo + r"/pulls/(\d+)", self.patch),
                ("POST", repo + r"/pulls/(\d+)/requested_reviewers", self.reviewers), ("POST", repo + r"/issues/(\d+)/labels", self.labels),
                ("GET", repo + r"/commits/(\w+)/check-runs", self.runs), ("GET", repo + r"/commits/(\w+)/status", self.status), ("GET", repo + r"/pulls/(\d+)/reviews", self.reviews)]

    taken = 422, {"message": "Repository creation failed.", "errors": [{"resource": "Repository", "code": "custom", "field": "name", "message": "name already exists on this account"}]}

    def list(self, r, repository):
        owner, _, head = r.query.get("head", ":").partition(":")
        return self.link(r, [self.show(p, False) for p in self.forge.pulls if p.state == "open" and p.head == head and p.base == r.query.get("base") and owner == repository.split("/")[0]])

    def create(self, r, repository):
        return 201, self.show(self.opened(repository, {k: r.body[k] for k in ("head", "base", "title", "body", "draft")}))

    def get(self, r, repository, number):
        return 200, self.show(self.forge.find(int(number)))

    def patch(self, r, repository, number):
        pull = self.forge.find(int(number))
        pull.title, pull.body = r.body["title"], r.body["body"]
        return 200, self.show(pull)

    def reviewers(self, r, repository, number):
        if set(r.body["reviewers"]) - set(PEOPLE):
            raise Refusal(422, {"message": "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator."})
        self.forge.find(int(number)).reviewers += r.body["reviewers"]
        return 201, {}

    def labels(self, r, repository, number):
        self.forge.find(int(number)).labels += r.body["labels"]
        return 200, [{"name": label} for label in r.body["labels"]]

    def of(self, sha):
        return [p for p in self.forge.pulls if self.sha(p) == sha][-1:]

    def runs(self, r, repository, sha):
        state = {"pending": ("in_progress", None), "passed": ("completed", "success"), "failed": ("completed", "failure")}
        runs = [{"name": n, "status": state[s][0], "conclusion": state[s][1]} for p in self.of(sha) for n, s in p.checks.items()]
        status, page, headers = self.link(r, runs)
        return status, {"total_count": len(runs), "check_runs": page}, headers

    def status(self, r, repository, sha):
        return 200, {"state": "pending", "statuses": [], "sha": sha}

    def reviews(self, r, repository, number):
        words = {"approved": "APPROVED", "changes": "CHANGES_REQUESTED"}
        return self.link(r, [{"user": {"login": w}, "state": words[v]} for w, v in self.forge.find(int(number)).reviews.items()])


class GitLab(Dialect):
    root = "/api/v4"
    extra = {"X-Gitlab-Meta": "{}"}
    words = {401: {"message": "401 Unauthorized"}, 404: {"message": "404 Project Not Found"}}

    def refuse_open(self, what, values):
        if what == "nothing":
            return  # GitLab opens it all the same; not used
        raise Refusal(422, {"message": {"%s_branch" % {"head": "source", "base": "target"}[what]: ["does not exist"]}})

    def refuse_second(self, repository, values):
        raise Refusal(409, {"message": ["Another open merge request already exists for this source branch: !1"]})

    def show(self, pull):
        squashed = getattr(pull, "how", "") == "squash"
        return {"iid": pull.number, "id": 1000 + pull.number, "title": pull.title, "description": pull.body, "state": {"open": "opened"}.get(pull.state, pull.state),
                "draft": pull.title.startswith("Draft:"), "web_url": "%s/%s/-/merge_requests/%d" % (self.web, pull.repository, pull.number), "sha": self.sha(pull),
                "source_branch": pull.head, "target_branch": pull.base, "source_project_id": 1, "target_project_id": 1,
                "merge_commit_sha": pull.commit if getattr(pull, "how", "") == "merge" else None, "squash_commit_sha": pull.commit if squashed else None,
                "detailed_merge_status": "draft_status" if pull.title.startswith("Draft:") else "mergeable", "labels": pull.labels}

    def routes(self):
        project = r"/projects/([^/]+)"
        return [("GET", project, self.show_repository), ("GET", r"/namespaces/([^/]+)", self.namespace), ("POST", "/projects", self.create_project),
                ("GET", project + "/merge_requests", self.list), ("POST", project + "/merge_requests", self.create), ("GET", project + r"/merge_requests/(\d+)", self.get),
                ("PUT", project + r"/merge_requests/(\d+)", self.put), ("GET", "/users", self.users), ("GET", project + r"/repository/commits/(\w+)/statuses", self.statuses),
                ("GET", project + r"/merge_requests/(\d+)/approvals", self.approvals), ("GET", "/version", self.version)]

    groups = {"acme": 71, "group/sub": 72, "locked": 73, "boss": 1}

    def show_repository(self, r, repository):
        return 200, {"path_with_namespace": repository, "web_url": "%s/%s" % (self.web, repository), "visibility": "private"}

    def namespace(self, r, path):
        if path not in self.groups:
            raise Refusal(404, {"message": "404 Namespace Not Found"})
        return 200, {"id": self.groups[path], "full_path": path}

    def create_project(self, r):
        path = {number: path for path, number in self.groups.items()}[r.body["namespace_id"]]
        if path == "locked":
            raise Refusal(403, {"message": "403 Forbidden"})
        repository = path + "/" + r.body["path"]
        if not self.forge.create(repository, r.body["visibility"] == "private"):
            raise Refusal(400, {"message": {"project_namespace.name": ["has already been taken"], "path": ["has already been taken"]}})
        return 201, self.show_repository(r, repository)[1]

    def version(self, r):
        return 200, {"version": "17.0.0"}

    def list(self, r, repository):
        return self.link(r, [self.show(p) for p in self.forge.pulls if p.state == "open" and p.head == r.query.get("source_branch") and p.base == r.query.get("target_branch")])

    def take(self, pull, body):
        people = {number: name for name, number in PEOPLE.items()}
        pull.reviewers = [people[n] for n in body.get("reviewer_ids", [])] or pull.reviewers
        pull.labels = sorted(set(pull.labels) | set(filter(None, (body.get("labels", "") + "," + body.get("add_labels", "")).split(","))))
        pull.title, pull.body = body["title"], body["description"]

    def create(self, r, repository):
        pull = self.opened(repository, {"head": r.body["source_branch"], "base": r.body["target_branch"], "title": r.body["title"]})
        self.take(pull, r.body)
        return 201, self.show(pull)

    def get(self, r, repository, number):
        return 200, self.show(self.forge.find(int(number)))

    def put(self, r, repository, number):
        self.take(self.forge.find(int(number)), r.body)
        return 200, self.show(self.forge.find(int(number)))

    def users(self, r):
        name = r.query.get("username")
        return 200, [{"id": PEOPLE[name], "username": name}] if name in PEOPLE else []

    def statuses(self, r, repository, sha):
        words = {"pending": "running", "passed": "success", "failed": "failed"}
        return self.link(r, [{"name": n, "status": words[s], "allow_failure": False} for p in self.forge.pulls if self.sha(p) == sha for n, s in p.checks.items()])

    def approvals(self, r, repository, number):
        reviews = self.forge.find(int(number)).reviews
        approved = [w for w, v in reviews.items() if v == "approved"]
        return 200, {"approved": bool(approved), "approvals_left": 0 if approved else 1, "approved_by": [{"user": {"username": w}} for w in approved]}


class Gitea(Owners):
    root = "/api/v1"
    extra = {}
    words = {401: {"message": "token is required"}, 404: {"message": "The target couldn't be found."}}

    def refuse_open(self, what, values):
        raise Refusal(422 if what == "nothing" else 404, {"message": "There are no changes between the head and the base" if what == "nothing" else "BranchNotExist"})

    def refuse_second(self, repository, values):
        raise Refusal(409, {"message": "pull request already exists for these targets [id: 1]"})

    def show(self, pull):
        return {"number": pull.number, "state": "open" if pull.state == "open" else "closed", "title": pull.title, "body": pull.body, "draft": pull.title.startswith("WIP:"),
                "html_url": "%s/%s/pulls/%d" % (self.web, pull.repository, pull.number), "head": {"ref": pull.head, "sha": self.sha(pull), "repo_id": 1},
                "base": {"ref": pull.base, "repo_id": 1}, "merged": bool(pull.commit), "merge_commit_sha": pull.commit, "mergeable": True}

    def routes(self):
        repo = r"/repos/([^/]+/[^/]+)"
        return [("GET", repo, self.show_repository), ("GET", "/user", self.user), ("POST", "/user/repos", self.create_own), ("POST", r"/orgs/([^/]+)/repos", self.create_below),
                ("GET", repo + "/pulls", self.list), ("POST", repo + "/pulls", self.create), ("GET", repo + r"/pulls/(\d+)", self.get), ("PATCH", repo + r"/pulls/(\d+)", self.patch),
                ("POST", repo + r"/pulls/(\d+)/requested_reviewers", self.reviewers), ("GET", repo + "/labels", self.labels), ("GET", r"/orgs/([^/]+)/labels", self.organisation),
                ("POST", repo + r"/issues/(\d+)/labels", self.set_labels), ("GET", repo + r"/commits/(\w+)/status", self.status), ("GET", repo + r"/pulls/(\d+)/reviews", self.reviews),
                ("GET", "/version", self.version)]

    taken = 409, {"message": "The repository with the same name already exists."}

    def version(self, r):
        return 200, {"version": "1.22.0"}

    def list(self, r, repository):
        return self.link(r, [self.show(p) for p in self.forge.pulls if p.state == "open"])

    def create(self, r, repository):
        return 201, self.show(self.opened(repository, {k: r.body[k] for k in ("head", "base", "title", "body")}))

    def get(self, r, repository, number):
        return 200, self.show(self.forge.find(int(number)))

    def patch(self, r, repository, number):
        pull = self.forge.find(int(number))
        pull.title, pull.body = r.body["title"], r.body["body"]
        return 201, self.show(pull)

    def reviewers(self, r, repository, number):
        for name in r.body["reviewers"]:
            if name not in PEOPLE:
                raise Refusal(404, {"message": "user does not exist [uid: 0, name: %s]" % name})
        self.forge.find(int(number)).reviewers += r.body["reviewers"]
        return 201, []

    def labels(self, r, repository):
        return self.link(r, [{"id": 90 + i, "name": "l%d" % i} for i in range(3)] + [{"id": i, "name": n} for n, i in LABELS.items()])

    def organisation(self, r, owner):
        raise Refusal(404, {"message": "user redirect does not exist [name: %s]" % owner})

    def set_labels(self, r, repository, number):
        self.forge.find(int(number)).labels += [n for n, i in LABELS.items() if i in r.body["labels"]]
        return 200, []

    def status(self, r, repository, sha):
        words = {"pending": "pending", "passed": "success", "failed": "failure"}
        status, page, headers = self.link(r, [{"context": n, "status": words[s]} for p in self.forge.pulls if self.sha(p) == sha for n, s in p.checks.items()])
        return status, {"state": "pending", "statuses": page}, headers

    def reviews(self, r, repository, number):
        words = {"approved": "APPROVED", "changes": "REQUEST_CHANGES"}
        return self.link(r, [{"user": {"login": w}, "state": words[v]} for w, v in self.forge.find(int(number)).reviews.items()])


class Bitbucket(Dialect):
    root = "/2.0"
    extra = {}
    words = {401: {"type": "error", "error": {"message": "Token is invalid, expired, or not supported for this endpoint."}}, 404: {"type": "error", "error": {"message": "Repository not found"}}}

    def refuse_open(self, what, values):
        raise Refusal(400, {"type": "error", "error": {"message": "There are no changes to be pulled" if what == "nothing" else "%s branch not found" % what}})

    def refuse_second(self, repository, values):
        raise Refusal(400, {"type": "error", "error": {"message": "A pull request already exists for these branches"}})

    def pages(self, r, items):
        page, size = int(r.query.get("page", 1)), self.page_size
        out = {"values": items[(page - 1) * size:page * size], "page": page, "size": len(items)}
        if page * size < len(items):
            out["next"] = "%s&page=%d" % (r.url_without_page, page + 1)
        return 200, out

    def show(self, pull, whole=True):
        words = {"approved": "approved", "changes": "changes_requested"}
        out = {"id": pull.number, "title": pull.title, "description": pull.body, "draft": pull.draft, "state": {"open": "OPEN", "merged": "MERGED", "closed": "DECLINED"}[pull.state],
               "links": {"html": {"href": "%s/%s/pull-requests/%d" % (self.web, pull.repository, pull.number)}},
               "source": {"branch": {"name": pull.head}, "commit": {"hash": self.sha(pull)[:12]}, "repository": {"full_name": pull.repository}},
               "destination": {"branch": {"name": pull.base}, "repository": {"full_name": pull.repository}}, "merge_commit": {"hash": pull.commit[:12]} if pull.commit else None}
        if whole:
            out["reviewers"] = [{"uuid": u} for u in pull.reviewers]
            out["participants"] = [{"user": {"nickname": w}, "approved": v == "approved", "state": words[v]} for w, v in pull.reviews.items()]
        return out

    def routes(self):
        repo = r"/repositories/([^/]+/[^/]+)"
        return [("GET", repo, self.show_repository), ("POST", repo, self.create_repository), ("GET", repo + "/pullrequests", self.list), ("POST", repo + "/pullrequests", self.create), ("GET", repo + r"/pullrequests/(\d+)", self.get),
                ("PUT", repo + r"/pullrequests/(\d+)", self.put), ("GET", repo + r"/pullrequests/(\d+)/statuses", self.statuses), ("GET", repo + r"/commit/(\w+)", self.commit),
                ("GET", r"/workspaces/([^/]+)/members", self.members)]

    def show_repository(self, r, repository):
        return 200, {"full_name": repository, "links": {"html": {"href": "%s/%s" % (self.web, repository)}}}

    def create_repository(self, r, repository):
        if repository.startswith("locked/"):
            raise Refusal(403, {"type": "error", "error": {"message": "You cannot administer workspace locked"}})
        if not self.forge.create(repository, r.body["is_private"]):
            raise Refusal(400, {"type": "error", "error": {"message": "Repository with this Slug and Owner already exists."}})
        return self.show_repository(r, repository)

    def list(self, r, repository):
        want = re.fullmatch(r'state="OPEN" AND source\.branch\.name="(.*)" AND destination\.branch\.name="(.*)"', r.query.get("q", ""))
        if not want:
            raise Refusal(400, {"type": "error", "error": {"message": "Invalid query"}})
        return self.pages(r, [self.show(p, False) for p in self.forge.pulls if p.state == "open" and (p.head, p.base) == want.groups()])

    def take(self, pull, body):
        pull.title, pull.body, pull.draft = body["title"], body["description"], body["draft"]
        pull.reviewers = [u["uuid"] for u in body.get("reviewers", [])]

    def create(self, r, repository):
        pull = self.opened(repository, {"head": r.body["source"]["branch"]["name"], "base": r.body["destination"]["branch"]["name"], "title": r.body["title"]})
        self.take(pull, r.body)
        return 201, self.show(pull)

    def get(self, r, repository, number):
        return 200, self.show(self.forge.find(int(number)))

    def put(self, r, repository, number):
        self.take(self.forge.find(int(number)), r.body)
        return 200, self.show(self.forge.find(int(number)))

    def statuses(self, r, repository, number):
        words = {"pending": "INPROGRESS", "passed": "SUCCESSFUL", "failed": "FAILED"}
        return self.pages(r, [{"key": n, "name": n, "state": words[s]} for n, s in self.forge.find(int(number)).checks.items()])

    def commit(self, r, repository, short):
        return 200, {"hash": self.forge.git(repository, "rev-parse", short)}

    def members(self, r, workspace):
        return self.pages(r, [{"user": {"nickname": "m%d" % i, "uuid": "{m%d}" % i}} for i in range(3)] + [{"user": {"nickname": n, "uuid": "{%s}" % n}} for n in PEOPLE])


class BitbucketServer(Dialect):
    root = "/rest"
    extra = {}
    words = {401: {"errors": [{"message": "Authentication failed. Please check your credentials and try again."}]}, 404: {"errors": [{"message": "Repository does not exist."}]}}

    def refuse_open(self, what, values):
        raise Refusal(409, {"errors": [{"message": "The branch is already up to date" if what == "nothing" else "Repository has no branch %s" % what}]})

    def refuse_second(self, repository, values):
        raise Refusal(409, {"errors": [{"message": "Only one pull request may be open for a given source and target branch", "exceptionName": "DuplicatePullRequestException"}]})

    def pages(self, r, items):
        start, size = int(r.query.get("start", 0)), self.page_size
        last = start + size >= len(items)
        return 200, {"values": items[start:start + size], "isLastPage": last, "nextPageStart": None if last else start + size}

    def show(self, pull):
        project, slug = pull.repository.split("/")
        words = {"approved": "APPROVED", "changes": "NEEDS_WORK"}
        ref = {"repository": {"slug": slug, "project": {"key": project}}}
        return {"id": pull.number, "version": pull.version, "title": pull.title, "description": pull.body, "draft": pull.draft,
                "state": {"open": "OPEN", "merged": "MERGED", "closed": "DECLINED"}[pull.state],
                "fromRef": {"id": "refs/heads/" + pull.head, "latestCommit": self.sha(pull), **ref}, "toRef": {"id": "refs/heads/" + pull.base, **ref},
                "reviewers": [{"user": {"name": u}, "status": words.get(pull.reviews.get(u), "UNAPPROVED")} for u in sorted({*pull.reviewers, *pull.reviews})],
                "links": {"self": [{"href": "%s/projects/%s/repos/%s/pull-requests/%d" % (self.web, project, slug, pull.number)}]},
                **({"properties": {"mergeCommit": {"id": pull.commit}}} if pull.commit and pull.how == "merge" else {})}  # squashed: only among the activities

    def routes(self):
        repo = r"/api/1\.0/projects/([^/]+)/repos/([^/]+)"
        return [("GET", repo, self.show_repository), ("POST", r"/api/1\.0/projects/([^/]+)/repos", self.create_repository), ("GET", repo + "/pull-requests", self.list), ("POST", repo + "/pull-requests", self.create), ("GET", repo + r"/pull-requests/(\d+)", self.get),
                ("PUT", repo + r"/pull-requests/(\d+)", self.put), ("GET", repo + r"/pull-requests/(\d+)/merge", self.can_merge),
                ("GET", repo + r"/pull-requests/(\d+)/activities", self.activities), ("GET", r"/build-status/1\.0/commits/(\w+)", self.builds),
                ("GET", r"/api/1\.0/application-properties", self.version)]

    def version(self, r):
        return 200, {"version": "8.19.0", "buildNumber": "8019000", "displayName": "Bitbucket"}

    def show_repository(self, r, project, slug):
        return 200, {"slug": slug, "links": {"self": [{"href": "%s/projects/%s/repos/%s/browse" % (self.web, project, slug)}]}}

    def create_repository(self, r, project):
        if project == "locked":
            raise Refusal(401, {"errors": [{"message": "You are not permitted to create repositories in this project"}]})
        if not self.forge.create(project + "/" + r.body["name"], not r.body["public"], r.body["defaultBranch"]):
            raise Refusal(409, {"errors": [{"context": "name", "message": "This repository URL is already taken by '%s' in '%s'" % (r.body["name"], project)}]})
        return 201, self.show_repository(r, project, r.body["name"])[1]

    def list(self, r, project, slug):
        return self.pages(r, [self.show(p) for p in self.forge.pulls if p.state == "open" and r.query.get("at") == "refs/heads/" + p.head])

    def people(self, body):
        names = [u["user"]["name"] for u in body.get("reviewers", [])]
        for name in names:
            if name not in PEOPLE:
                raise Refusal(409, {"errors": [{"context": "reviewers", "message": "%s is not a user." % name}]})
        return names

    def create(self, r, project, slug):
        names = self.people(r.body)
        pull = self.opened("%s/%s" % (project, slug), {"head": r.body["fromRef"]["id"][11:], "base": r.body["toRef"]["id"][11:], "title": r.body["title"], "body": r.body["description"],
                                                       "draft": r.body.get("draft"), "reviewers": names})
        return 201, self.show(pull)

    def get(self, r, project, slug, number):
        return 200, self.show(self.forge.find(int(number)))

    def put(self, r, project, slug, number):
        pull = self.forge.find(int(number))
        if r.body.get("version") != pull.version:
            raise Refusal(409, {"errors": [{"message": "You are attempting to modify a pull request based on out-of-date information."}]})
        pull.title, pull.body, pull.reviewers = r.body["title"], r.body["description"], self.people(r.body)
        pull.version += 1
        return 200, self.show(pull)

    def can_merge(self, r, project, slug, number):
        failed = "failed" in self.forge.find(int(number)).checks.values()
        return 200, {"canMerge": not failed, "conflicted": False, "vetoes": [{"summaryMessage": "Not all required builds are successful yet"}] if failed else []}

    def activities(self, r, project, slug, number):
        pull = self.forge.find(int(number))
        return self.pages(r, [{"action": "COMMENTED"}] * 3 + [{"action": "OPENED"}] + ([{"action": "MERGED", "commit": {"id": pull.commit}}] if pull.commit else []))

    def builds(self, r, sha):
        words = {"pending": "INPROGRESS", "passed": "SUCCESSFUL", "failed": "FAILED"}
        return self.pages(r, [{"key": n, "name": n, "state": words[s]} for p in self.forge.pulls if self.sha(p) == sha for n, s in p.checks.items()])


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
