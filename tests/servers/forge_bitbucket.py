"""forge_bitbucket: Bitbucket Cloud and Bitbucket Server (forge.py)."""

import re

from forge_dialect import PEOPLE, Dialect, Refusal


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
                **({"properties": {"mergeCommit": {"id": pull.commit}}} if pull.commit and pull.how not in ("squash", "push") else {})}  # older ones: only among the activities; pushed: nowhere

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
        return self.pages(r, [{"action": "COMMENTED"}] * 3 + [{"action": "OPENED"}] + ([{"action": "MERGED", **({"commit": {"id": pull.commit}} if pull.how != "push" else {})}] if pull.commit else []))

    def builds(self, r, sha):
        words = {"pending": "INPROGRESS", "passed": "SUCCESSFUL", "failed": "FAILED"}
        return self.pages(r, [{"key": n, "name": n, "state": words[s]} for p in self.forge.pulls if self.sha(p) == sha for n, s in p.checks.items()])
