"""forge_github: GitHub and Gitea, which shares most of its API (forge.py)."""

from forge_dialect import LABELS, PEOPLE, Owners, Refusal


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
