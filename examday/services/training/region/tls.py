"""The centre of a rehearsal over TLS on this computer, with a certificate that only the rehearsal knows."""

import datetime as dt
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from examday.domain.errors import MachineTrouble
from examday.processes import die_with_parent
from examday.settings import Settings

HERE = "127.0.0.1"
"""Nobody else on the network sees the rehearsal."""
PATIENCE_S = 60.0
BLOCK = 1 << 16
HOUR = dt.timedelta(hours=1)
"""A clock that is a little slow must not take the certificate for one of the future."""


@contextmanager
def centre_over_tls(settings: Settings, folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve the pages of a centre; the address, and the certificate to trust."""
    pem = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with _pages(settings, folder) as behind, socket.create_server((HERE, 0)) as door:
        threading.Thread(target=_let_in, args=(door, context, behind), daemon=True).start()
        yield f"https://{HERE}:{door.getsockname()[1]}", pem


@contextmanager
def _pages(settings: Settings, folder: Path) -> Iterator[int]:
    """The program's own web server on the data of the centre, as a process that ends with this one."""
    port, parent = _free_port(), os.getpid()
    env = {
        **os.environ,
        "EXAMDAY_DATA": str(settings.data),
        "EXAMDAY_PORT": str(port),
        "EXAMDAY_HOST": HERE,
    }
    command = [sys.executable, "-m", "examday.web.serve"]
    with (
        (folder / "web.log").open("wb") as log,
        subprocess.Popen(
            command,
            env=env,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: die_with_parent(parent),
        ) as run,
    ):
        try:
            _await(port)
            yield port
        finally:
            run.terminate()


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((HERE, port), 1):
            return
        time.sleep(0.1)  # a server tells nobody that it is there
    raise MachineTrouble(params={"what": "web"})


def _free_port() -> int:
    with socket.create_server((HERE, 0)) as one:
        return int(one.getsockname()[1])


def _let_in(
    door: socket.socket,
    context: ssl.SSLContext,
    behind: int,
) -> None:
    with suppress(OSError):  # the door was closed: the rehearsal is over
        while True:
            caller, _address = door.accept()
            threading.Thread(target=_connect, args=(caller, context, behind), daemon=True).start()


def _connect(
    caller: socket.socket,
    context: ssl.SSLContext,
    behind: int,
) -> None:
    """Pass bytes on in both directions until one side has said all."""
    with (
        suppress(OSError),
        context.wrap_socket(caller, server_side=True) as outside,
        socket.create_connection((HERE, behind)) as inside,
    ):
        answers = threading.Thread(target=_pass_on, args=(inside, outside), daemon=True)
        answers.start()
        _pass_on(outside, inside)
        answers.join(PATIENCE_S)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(BLOCK):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


def _certificate(folder: Path) -> Path:
    """Key and certificate in one file, signed by itself: whoever trusts the file trusts nothing else."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "examday rehearsal")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HOUR)
        .not_valid_after(now + 24 * HOUR)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "centre.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
