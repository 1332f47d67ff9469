#!/usr/bin/env python3
"""Makes a certificate authority of the tests' own, and certificates signed by it, with openssl.

    tests/servers/certs.py DIR                               DIR/ca.crt, DIR/server.crt, DIR/server.key for loopback
    tests/servers/certs.py DIR --name NAME --host HOST       another server certificate, e.g. for a name that is wrong
    tests/servers/certs.py DIR --name NAME --days 0          ... that has expired
    tests/servers/certs.py DIR --client NAME --group G       a client certificate: NAME.crt, NAME.key

The authority is made on the first call and used again by the next.
"""

import argparse
import subprocess
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=30)


def authority(folder):
    """Returns the authority's certificate, made if there is none yet."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    certificate = folder / "ca.crt"
    if not certificate.exists():
        openssl("req", "-x509", *KEY, "-keyout", folder / "ca.key", "-out", certificate, "-days", 365,
                "-subj", "/CN=landfall test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        (folder / "ca.key").chmod(0o600)
    return certificate


EXPIRED = """\
[ca]
default_ca = expired
[expired]
database = %(folder)s/index
new_certs_dir = %(folder)s
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def issue(folder, name, subject, extensions, days=30):
    """Writes NAME.crt and NAME.key, signed by the folder's authority, and returns both paths. DAYS: 0 for one that has expired."""
    folder = Path(folder)
    authority(folder)
    certificate, key, request = (folder / (name + end) for end in (".crt", ".key", ".csr"))
    settings = folder / (name + ".cnf")
    settings.write_text("basicConstraints=CA:FALSE\n" + extensions)
    openssl("req", "-new", *KEY, "-keyout", key, "-out", request, "-subj", subject)
    if days:
        openssl("x509", "-req", "-in", request, "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key",
                "-CAcreateserial", "-out", certificate, "-days", days, "-extfile", settings)
    else:  # "x509" takes no dates before OpenSSL 3.4, and no days below zero since
        (folder / "index").touch()
        (folder / "index.cnf").write_text(EXPIRED % {"folder": folder})
        openssl("ca", "-batch", "-notext", "-config", folder / "index.cnf", "-in", request, "-cert", folder / "ca.crt", "-keyfile", folder / "ca.key",
                "-out", certificate, "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-extfile", settings)
    key.chmod(0o600)
    request.unlink()
    settings.unlink()
    return certificate, key


def server(folder, name="server", hosts=("127.0.0.1", "::1", "localhost"), days=30):
    names = ",".join(("IP:" if host.replace(".", "").isdigit() or ":" in host else "DNS:") + host for host in hosts)
    return issue(folder, name, "/CN=" + hosts[-1], "extendedKeyUsage=serverAuth\nsubjectAltName=" + names, days)


def client(folder, name, groups=()):
    """A client certificate as Kubernetes reads it: the common name is the user, each organisation a group."""
    subject = "".join("/O=" + group for group in groups) + "/CN=" + name
    return issue(folder, name, subject, "extendedKeyUsage=clientAuth")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--name", default="server")
    parser.add_argument("--host", action="append")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--client", metavar="NAME")
    parser.add_argument("--group", action="append", default=[])
    options = parser.parse_args()
    if options.client:
        client(options.folder, options.client, options.group)
    else:
        server(options.folder, options.name, options.host or ("127.0.0.1", "::1", "localhost"), options.days)


if __name__ == "__main__":
    main()
