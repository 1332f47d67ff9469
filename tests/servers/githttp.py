#!/usr/bin/env python3
"""Serves the Git repositories below a directory over HTTP, by git's own `git http-backend`.

    tests/servers/githttp.py --root DIR                      anybody reads and pushes
    ... --user U --password-file F                           basic authentication, else 401
    ... --tls-cert CERT --tls-key KEY                        https (see certs.py)
    ... --redirect                                           /moved/REPO.git answers 301 to /REPO.git
    ... --redirect-to URL                                    ... to URL/REPO.git
    ... --lose-report N                                      the first N pushes are done, but the connection ends without an answer
    ... --stall-on TEXT                                      a request whose line holds TEXT gets no answer
    ... --config KEY=VALUE                                   git configuration, e.g. uploadpack.allowFilter=true
    ... --no-protocol-v2                                     an old server: ignores the Git-Protocol header
    ... --hide WORD                                          says nothing of that ability, e.g. shallow, and fails where it is used all the same
    ... --log FILE                                           one line per request: method, path, status, user

Prints the port it listens on as its first line, on 127.0.0.1 only. Ends on SIGTERM.
"""

import argparse
import base64
import gzip
import http.server
import subprocess
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import serving
from serving import BLOCK, REQUEST_LIMIT_S


class GitHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_LIMIT_S
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        options = self.server.options
        self.user = None
        if options.stall_on and options.stall_on in "%s %s" % (self.command, self.path):
            self.log_request(0)
            self.server.over.wait(REQUEST_LIMIT_S)
            self.close_connection = True
        elif options.user and not self.authenticated():
            # The body was not read, so the connection cannot be used again.
            self.close_connection = True
            self.plain(401, "authentication required\n", {"WWW-Authenticate": 'Basic realm="test"'})
        elif (options.redirect or options.redirect_to) and self.path.startswith("/moved/"):
            self.close_connection = True
            self.plain(301, "moved\n", {"Location": (options.redirect_to or "") + self.path[len("/moved"):]})
        else:
            self.run_backend()

    def authenticated(self):
        scheme, _, word = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(word, validate=True).decode().partition(":")
        except ValueError:
            return False
        self.user = user
        return (user, password) == (self.server.options.user, self.server.password)

    def run_backend(self):
        url = urlsplit(self.path)
        backend = subprocess.Popen(["git", "http-backend"], env=self.environment(url),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # Both directions at once: the backend may answer before it has read everything.
        feeder = threading.Thread(target=self.feed, args=(backend.stdin,), daemon=True)
        limit = threading.Timer(REQUEST_LIMIT_S, backend.kill)
        feeder.start()
        limit.start()
        try:
            self.relay(backend.stdout)
        finally:
            limit.cancel()
            backend.kill()
            backend.wait()
            backend.stdout.close()
            feeder.join(REQUEST_LIMIT_S)

    def environment(self, url):
        env = dict(self.server.git_environment, REQUEST_METHOD=self.command, PATH_INFO=unquote(url.path),
                   QUERY_STRING=url.query, CONTENT_TYPE=self.headers.get("Content-Type", ""),
                   REMOTE_ADDR=self.client_address[0], SERVER_PROTOCOL=self.request_version)
        if self.user:
            env["REMOTE_USER"] = self.user
        protocol = self.headers.get("Git-Protocol")
        if protocol and not self.server.options.no_protocol_v2:
            env["GIT_PROTOCOL"] = protocol
        return env

    def feed(self, pipe):
        # The backend gets no CONTENT_LENGTH and reads to the end, which serves chunked requests as well.
        try:
            if self.headers.get("Content-Encoding") in ("gzip", "x-gzip"):
                pipe.write(gzip.decompress(b"".join(serving.body(self))))
            else:
                for block in serving.body(self):
                    hide = self.server.options.hide
                    if hide and any(word in block for word in (hide, b"deepen" if hide == b"shallow" else hide)):
                        break  # it was not offered: the backend hears nothing more
                    pipe.write(block)
            pipe.close()
        except (OSError, ValueError, EOFError):
            self.close_connection = True  # the client or the backend went away; the answer says what there is to say
            try:
                pipe.close()
            except OSError:
                pass

    def relay(self, output):
        if self.command == "POST" and self.path.endswith("/git-receive-pack") and self.server.lose():
            output.read()
            self.close_connection = True
            return
        status, headers = 200, []
        for line in iter(output.readline, b""):
            name, _, value = line.decode("latin-1").strip().partition(": ")
            if not name:
                break
            if name == "Status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        else:
            return self.plain(500, "git http-backend said nothing\n", {})
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        chunked = self.request_version != "HTTP/1.0" and not any(n.lower() == "content-length" for n, _ in headers)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        hide = self.server.options.hide if "/info/refs" in self.path else None
        while block := output.read() if hide else output.read1(BLOCK):
            if hide:  # as long as it was, so that the packets stay whole
                block = block.replace(hide, b"x" * len(hide))
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def plain(self, status, text, headers):
        self.send_response(status)
        for header in headers.items():
            self.send_header(*header)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_request(self, code="-", size="-"):
        self.server.log("%s %s %d %s" % (self.command, self.path, int(code), self.user or "-"))

    def log_message(self, *_):
        pass  # standard error is the backend's


class GitServer(serving.HttpServer):
    def __init__(self, options, handler=GitHandler):
        self.options = options
        self.lost, self.over = 0, threading.Event()
        self.password = Path(options.password_file).read_text().rstrip("\n") if options.password_file else ""
        self.git_environment = git_environment(options.root, options.config)
        self.log_file = open(options.log, "a", buffering=1) if options.log else None
        super().__init__(options, handler)

    def lose(self):
        self.lost += 1
        return self.lost <= self.options.lose_report

    def log(self, line):
        if self.log_file:
            self.log_file.write(line + "\n")


def git_environment(root, config):
    """The backend sees no configuration but ours: neither the machine's nor the user's."""
    settings = ["http.receivepack=true", "safe.directory=*", *config]
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
           "GIT_PROJECT_ROOT": str(Path(root).resolve()), "GIT_HTTP_EXPORT_ALL": "1",
           "GIT_CONFIG_COUNT": str(len(settings))}
    for i, setting in enumerate(settings):
        env["GIT_CONFIG_KEY_%d" % i], _, env["GIT_CONFIG_VALUE_%d" % i] = setting.partition("=")
    return env


def add_options(parser):
    """What a server of repositories can be told; forge.py is one too."""
    serving.add_options(parser)
    serving.add_tls_options(parser)
    parser.add_argument("--root", required=True, help="the directory that holds the bare repositories")
    parser.add_argument("--user")
    parser.add_argument("--password-file")
    parser.add_argument("--redirect", action="store_true")
    parser.add_argument("--redirect-to")
    parser.add_argument("--lose-report", type=int, default=0)
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--stall-on")
    parser.add_argument("--no-protocol-v2", action="store_true")
    parser.add_argument("--hide", type=str.encode)
    parser.add_argument("--log")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    options = parser.parse_args()
    if bool(options.user) != bool(options.password_file):
        serving.fail("--user and --password-file belong together")
    if not Path(options.root).is_dir():
        serving.fail("no directory " + options.root)
    server = GitServer(options)
    serving.until_told(lambda: (server.over.set(), server.shutdown()), options.until_eof)
    serving.announce(server.server_address[1])
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
