#!/usr/bin/env python3
"""HTTP/2 over TLS in front of an HTTP/1.1 server on loopback: nghttpx, the proxy of nghttp2, negotiates it as a web server in production does.

    tests/servers/http2.py --backend PORT --tls-cert CERT --tls-key KEY --log FILE

FILE gets one line per request: method, path, protocol, status. Prints the port it listens on as its first line, on 127.0.0.1 only. Ends on SIGTERM.
"""

import argparse
import socket
import subprocess
import sys
import threading

import serving

READY_S = 20


def accepts(port):
    try:
        socket.create_connection((serving.LOOPBACK, port), 1).close()
        return True
    except OSError:
        return False


def start(options):
    """nghttpx cannot choose a port itself; one that somebody took meanwhile ends it, and the next one is tried."""
    for _ in range(5):
        port = serving.free_port()
        proxy = subprocess.Popen(["nghttpx", "--conf=/dev/null", "-f%s,%d" % (serving.LOOPBACK, port), "-b%s,%d" % (serving.LOOPBACK, options.backend), "--workers=1",
                                  "--errorlog-file=/dev/null", "--accesslog-file=" + options.log, "--accesslog-format=$request $status", options.tls_key, options.tls_cert],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        waiting = threading.Event()
        for _ in range(READY_S * 20):
            if proxy.poll() is not None or accepts(port):
                break
            waiting.wait(0.05)
        if proxy.poll() is None and accepts(port):
            return proxy, port
        proxy.kill()
        proxy.wait()
    serving.fail("nghttpx does not start")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_options(parser)
    serving.add_tls_options(parser)
    parser.add_argument("--backend", type=int, required=True)
    parser.add_argument("--log", required=True)
    options = parser.parse_args()
    proxy, port = start(options)
    over = threading.Event()
    serving.until_told(over.set, options.until_eof)
    serving.announce(port)
    over.wait()
    proxy.terminate()
    try:
        proxy.wait(5)
    except subprocess.TimeoutExpired:
        proxy.kill()
        proxy.wait()


if __name__ == "__main__":
    sys.exit(main())
