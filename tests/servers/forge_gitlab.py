"""forge_gitlab: GitLab (forge.py)."""

from forge_dialect import PEOPLE, Dialect, Refusal


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
        how = getattr(pull, "how", "")
        made = {"merge": (pull.commit, None), "push": (pull.commit, None), "squash": (None, pull.commit), "squash-merge": (pull.commit, getattr(pull, "squashed", None))}.get(how, (None, None))
        return {"iid": pull.number, "id": 1000 + pull.number, "title": pull.title, "description": pull.body, "state": {"open": "opened"}.get(pull.state, pull.state),
                "draft": pull.title.startswith("Draft:"), "web_url": "%s/%s/-/merge_requests/%d" % (self.web, pull.repository, pull.number), "sha": pull.commit if how == "rebase" else self.sha(pull),  # rebased: the branch itself was
                "source_branch": pull.head, "target_branch": pull.base, "source_project_id": 1, "target_project_id": 1,
                "merge_commit_sha": made[0], "squash_commit_sha": made[1],
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
