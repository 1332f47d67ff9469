"""A small Kubernetes client: what the harness and its tests need of the API, with the standard library."""

import http.client
import json
import ssl
import threading
from urllib.parse import quote, urlencode, urlsplit

REQUEST_LIMIT_S = 30


class ApiError(LookupError):
    """What the API server answered instead."""

    def __init__(self, code, reason, message):
        super().__init__("%s %s: %s" % (code, reason, message))
        self.code, self.reason, self.message = code, reason, message


class Kube:
    """One user's view of one API server. Safe to use from several threads."""

    def __init__(self, server, token, authority=None):
        url = urlsplit(server)
        self.host, self.port = url.hostname, url.port
        self.tls = ssl.create_default_context(cafile=authority) if url.scheme == "https" else None
        self.headers = {"Accept": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token
        self.resources = {}  # apiVersion: {kind: (plural, namespaced)}
        self.local = threading.local()

    def send(self, method, path, body=None, kind="application/json", limit_s=REQUEST_LIMIT_S):
        """Returns (status, bytes). The connection is kept; a request on one that the server has closed is sent again."""
        for fresh in (False, True):
            connection = getattr(self.local, "connection", None)
            if connection is None or fresh:
                connection = self.local.connection = self.connect(limit_s)
            try:
                connection.request(method, path, body, {**self.headers, "Content-Type": kind} if body else self.headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self.local.connection = None
                if fresh:
                    raise OSError("%s %s: %r" % (method, path, error)) from error

    def connect(self, limit_s):
        if self.tls:
            return http.client.HTTPSConnection(self.host, self.port, timeout=limit_s, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=limit_s)

    def request(self, method, path, body=None, kind="application/json"):
        status, answer = self.send(method, path, body if body is None else json.dumps(body).encode(), kind)
        try:
            parsed = json.loads(answer)
        except ValueError:
            parsed = {"message": answer.decode(errors="replace").strip()}
        if status >= 400:
            raise ApiError(status, parsed.get("reason", ""), parsed.get("message", ""))
        return parsed

    def path(self, version, kind, namespace=None, name=None, subresource=None, **query):
        base = ("/api/" if "/" not in version else "/apis/") + version
        known = self.resources.get(version, {})
        if kind not in known:
            answer = self.request("GET", base)
            known = self.resources[version] = {item["kind"]: (item["name"], item["namespaced"])
                                               for item in answer["resources"] if "/" not in item["name"]}
            if kind not in known:
                raise ApiError(404, "NotFound", "%s has no kind %s" % (version, kind))
        plural, namespaced = known[kind]
        parts = [base, *(["namespaces", namespace] if namespaced and namespace else []), plural, name, subresource]
        return "/".join(quote(part, safe="/") for part in parts if part) + ("?" + urlencode(query) if query else "")

    def get(self, version, kind, namespace=None, name=None):
        return self.request("GET", self.path(version, kind, namespace, name))

    def find(self, version, kind, namespace=None, name=None):
        """The object, or None when there is none."""
        try:
            return self.get(version, kind, namespace, name)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, version, kind, namespace=None, **query):
        answer = self.request("GET", self.path(version, kind, namespace, **query))
        return [{"apiVersion": version, "kind": kind, **item} for item in answer["items"]]

    def apply(self, *objects, manager="tests", **query):
        """Server-side apply, in order; returns the last."""
        for item in objects:
            meta = item["metadata"]
            path = self.path(item["apiVersion"], item["kind"], meta.get("namespace"), meta["name"],
                             fieldManager=manager, force="true", **query)
            answer = self.request("PATCH", path, item, "application/apply-patch+yaml")
        return answer

    def merge(self, version, kind, namespace, name, patch, subresource=None):
        return self.request("PATCH", self.path(version, kind, namespace, name, subresource), patch,
                            "application/merge-patch+json")

    def delete(self, version, kind, namespace, name):
        try:
            self.request("DELETE", self.path(version, kind, namespace, name))
        except ApiError as error:
            if error.code != 404:
                raise

    def watch(self, version, kind, namespace=None, limit_s=REQUEST_LIMIT_S, **query):
        """Yields (type, object) of each event, until the server ends the stream or says nothing for limit_s."""
        connection = self.connect(limit_s)
        try:
            connection.request("GET", self.path(version, kind, namespace, watch="true", **query), headers=self.headers)
            response = connection.getresponse()
            if response.status >= 400:
                status = json.loads(response.read())
                raise ApiError(response.status, status.get("reason", ""), status.get("message", ""))
            for line in response:
                event = json.loads(line)
                yield event["type"], event["object"]
        finally:
            connection.close()

    def logs(self, namespace, pod, container=None, **query):
        query = {**query, **({"container": container} if container else {})}
        status, answer = self.send("GET", self.path("v1", "Pod", namespace, pod, "log", **query))
        if status >= 400:
            raise ApiError(status, "", answer.decode(errors="replace"))
        return answer.decode(errors="replace")


def condition(item, type):
    """The object's condition of that type, or an empty one."""
    for found in item.get("status", {}).get("conditions") or ():  # null in a CRD that was made just now
        if found["type"] == type:
            return found
    return {}
