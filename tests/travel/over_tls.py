"""A centre that answers over TLS in a process of its own, with a certificate of an authority made here."""

import datetime as dt
import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from examday.settings import Settings

DAY = dt.timedelta(days=1)
READY_S = 60.0


class Authority(NamedTuple):
    """An authority that signs the certificates of a test."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    file: Path
    """Its own certificate (PEM): trusted here by name, and by nobody else."""


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _written(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def authority(folder: Path, name: str = "Authority of a test") -> Authority:
    """A new authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    mine = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder(_named(name), _named(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 9 * DAY)
        .not_valid_after(now + 9 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(mine, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    return Authority(
        _named(name), key, _written(path, made.public_bytes(serialization.Encoding.PEM))
    )


def certificate(
    of: Authority,
    folder: Path,
    names: tuple[str, ...] = ("localhost",),
    valid: tuple[int, int] = (-1, 1),
) -> Path:
    """Key and certificate of a server in one file; `valid`: from and until, in days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    told = [x509.DNSName(name) for name in names]
    addresses = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] if "localhost" in names else []
    theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(of.key.public_key())
    made = (
        x509.CertificateBuilder(of.name, _named(names[0]), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + valid[0] * DAY)
        .not_valid_after(now + valid[1] * DAY)
        .add_extension(x509.SubjectAlternativeName([*told, *addresses]), critical=False)
        .add_extension(theirs, critical=False)
        .sign(of.key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _written(folder / "server.pem", secret, made.public_bytes(serialization.Encoding.PEM))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(settings: Settings, server: Path | None, log: Path) -> Iterator[int]:
    """The pages of a data folder as a region serves them; the port. Without `server` in plain http."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "4"),
        *("--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1"),
        *(("--certfile", str(server), "--keyfile", str(server)) if server else ()),
        "examday.web.serve:region()",
    ]
    env = {**os.environ, "EXAMDAY_DATA": str(settings.data), "EXAMDAY_ARGON2_COST": "1"}
    with (
        log.open("wb") as told,
        subprocess.Popen(command, env=env, stderr=told, stdout=told) as run,
    ):
        try:
            _await(port, log)
            yield port
        finally:
            run.terminate()
            run.wait(20)


def _await(port: int, log: Path) -> None:
    until = time.monotonic() + READY_S
    while b"Booting worker" not in log.read_bytes():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
    with socket.create_connection(("127.0.0.1", port), READY_S):
        """It takes connections."""
