"""forge_dialect: what the forges' dialects share (forge.py). A dialect is what one kind of forge understands and answers."""


PEOPLE = {"ann": 31, "ben": 32}
LABELS = {"gitops": 3, "urgent": 4}


class Refusal(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


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
