"""flood: a loopback API server whose one Kustomization changes RATE times a second: what the key benchmark runs against. Not a Kubernetes: just enough answers."""

import asyncio
import json
import sys
import time

RATE = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
REVISION = "main@sha1:" + "1" * 40
GROUPS = {"kustomize.toolkit.fluxcd.io": [("kustomizations", "Kustomization")], "source.toolkit.fluxcd.io": [("gitrepositories", "GitRepository")]}


def kustomization(version):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
            "metadata": {"name": "web", "namespace": "flux-system", "uid": "u1", "generation": 1, "resourceVersion": str(version)},
            "spec": {"interval": "5m", "path": "./apps/web", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "web-repo"}},
            "status": {"observedGeneration": 1, "lastAttemptedRevision": REVISION, "conditions": [
                {"type": kind, "status": status, "reason": "Progressing", "message": f"step {version}", "lastTransitionTime": now, "observedGeneration": 1}
                for kind, status in (("Reconciling", "True"), ("Ready", "Unknown"))]}}


def repository():
    return {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
            "metadata": {"name": "web-repo", "namespace": "flux-system", "uid": "u2", "generation": 1, "resourceVersion": "1"},
            "spec": {"interval": "1m", "url": "https://git.example.com/shop/config", "ref": {"branch": "main"}},
            "status": {"observedGeneration": 1, "artifact": {"revision": REVISION}, "conditions": [
                {"type": "Ready", "status": "True", "reason": "Succeeded", "message": "stored artifact", "observedGeneration": 1}]}}


def answer(path):
    if path == "/version":
        return {"gitVersion": "v1.35.0", "major": "1", "minor": "35"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        return {"kind": "APIGroupList", "groups": [
            {"name": g, "versions": [{"groupVersion": f"{g}/v1", "version": "v1"}], "preferredVersion": {"groupVersion": f"{g}/v1", "version": "v1"}}
            for g in GROUPS]}
    for group, kinds in GROUPS.items():
        if path == f"/apis/{group}/v1":
            return {"kind": "APIResourceList", "groupVersion": f"{group}/v1", "resources": [
                {"name": n, "kind": k, "namespaced": True, "verbs": ["get", "list", "watch", "patch"]} for n, k in kinds]}
    if path.endswith("/kustomizations"):
        return {"kind": "KustomizationList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [kustomization(1)]}
    if path.endswith("/kustomizations/web"):
        return kustomization(1)
    if path.endswith("/gitrepositories"):
        return {"kind": "GitRepositoryList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [repository()]}
    return {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []}


async def stream(writer, busy):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    version, started = 1, time.monotonic()
    while True:
        due = int((time.monotonic() - started) * RATE) if busy else 0
        while version < due:
            version += 1
            line = json.dumps({"type": "MODIFIED", "object": kustomization(version)}).encode() + b"\n"
            writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        await writer.drain()
        await asyncio.sleep(0.005)


async def serve(reader, writer):
    try:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            target = request[0].split(" ")[1]
            length = next((int(h.split(":")[1]) for h in request if h.lower().startswith("content-length:")), 0)
            if length:
                await reader.readexactly(length)
            path, _, query = target.partition("?")
            if "watch=1" in query or "watch=true" in query:
                await stream(writer, "/kustomizations" in path)
            body = json.dumps(answer(path)).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
