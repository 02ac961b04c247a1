"""The line to a centre: requests over TLS, and in plain words why one did not come through."""

import http
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import SplitResult

from examday.domain.errors import Conflict, DomainError, Invalid, MachineTrouble
from examday.domain.messages import N_
from examday.domain.travel.exchange import address_of, sayable
from examday.domain.travel.manifest import HASH

PATIENCE_S = 300
"""Seconds for one answer: a whole day is being taken in meanwhile."""
LONGEST = 4 << 20
"""Bytes of an answer, the names of all originals that are missing: more comes from no centre of
ours."""
EXPIRED, NOT_YET, OTHER_NAME = 10, 9, 62
"""Numbers that OpenSSL gives to what is wrong with a certificate (X509_V_ERR_…): each needs another
act, and the sentences change with its version."""
HUNG_UP = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""Nothing was refused: the same request on a new line is safe, for all may come twice."""


class Line:
    """One connection to a centre that goes on from request to request."""

    def __init__(
        self,
        address: str,
        authority: Path | None,
    ) -> None:
        """Invalid for an address without TLS, or where the certificate of `authority` is none."""
        self._at = address_of(address)
        self._line = _opened(self._at, authority)
        self.headers: dict[str, str] = {}

    def close(self) -> None:
        """Let go."""
        self._line.close()

    def ask(
        self,
        method: str,
        path: str,
        body: IO[bytes] | None = None,
        size: int = 0,
    ) -> dict[str, Any]:
        """One request; what the centre says. Its refusal is raised as it would be here."""
        headers = {**self.headers, "Content-Length": str(size)} if body else self.headers
        place = self._at.path.rstrip("/") + path
        with self._told():
            try:
                status, content = self._answer(method, place, body, headers)
            except HUNG_UP:
                # A server hangs up on who was silent for seconds; all requests may come twice.
                self._line.close()
                if body:
                    body.seek(0)
                status, content = self._answer(method, place, body, headers)
        return self._said(status, content)

    def _answer(
        self,
        method: str,
        place: str,
        body: IO[bytes] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, bytes]:
        self._line.request(method, place, body, headers)
        answer = self._line.getresponse()
        return answer.status, answer.read(LONGEST)

    def _said(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict) and status == 200:
            return told
        if isinstance(told, dict) and sayable(told):
            raise _refusal(told)
        raise self._stranger(status)

    def said(
        self,
        told: Mapping[str, Any],
        name: str,
        kind: type,
    ) -> Any:
        """What an answer of the centre says; Conflict where it does not: it was somebody else's."""
        found = told.get(name)
        if not isinstance(found, kind):
            raise self._stranger(http.HTTPStatus.OK)
        return found

    def _stranger(self, status: int) -> Conflict:
        return Conflict(
            N_("What answers at %(address)s is not the centre (%(status)s)."),
            code="not-the-centre",
            advice=N_("Compare the address with what the centre has told. Nothing was taken in."),
            params={"address": self._at.netloc, "status": int(status)},
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        host = self._at.hostname or ""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise _certificate(error, host) from error
        except ssl.SSLError as error:
            raise Conflict(
                N_("At %(host)s nobody answers over https."),
                code="no-tls",
                advice=N_(
                    "Compare address and port with what the centre has told. Nothing was sent."
                ),
                params={"host": host},
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreached(params={"host": host}) from error


class Unreached(MachineTrouble):
    """The network or the centre did not answer, or stopped in the middle."""

    code = "unreached"
    message = N_("The centre %(host)s cannot be reached, or the line broke.")
    advice = N_(
        "Nothing is lost. Send once more when there is a network: it goes on where it stopped. A stick "
        "works at any time."
    )


def _opened(at: SplitResult, authority: Path | None) -> http.client.HTTPConnection:
    host = at.hostname or ""
    if at.scheme == "http":
        return http.client.HTTPConnection(host, at.port, timeout=PATIENCE_S)
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise Invalid(
            N_("The file %(file)s holds no certificate that can be used."),
            code="no-certificate",
            advice=N_("Take the file that the centre gave for this, unchanged (PEM)."),
            params={"file": str(authority)},
        ) from error
    return http.client.HTTPSConnection(host, at.port, timeout=PATIENCE_S, context=context)


def _refusal(told: dict[str, Any]) -> DomainError:
    error = Conflict(
        told["message"], advice=told["advice"], code=told["code"], params=told["params"]
    )
    lacking = told.get("lacking")
    if isinstance(lacking, list):
        # A name that is no digest is no name of an original: a false centre could have written it.
        error.params["lacking"] = [
            one for one in lacking if isinstance(one, str) and HASH.fullmatch(one)
        ]
    return error


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> Conflict:
    message, advice = {
        EXPIRED: (
            N_("The certificate of %(host)s is out of date."),
            N_("Compare the clock of this computer first. If it is right, call the centre."),
        ),
        NOT_YET: (
            N_("The certificate of %(host)s is not valid yet."),
            N_("Compare the clock of this computer first. If it is right, call the centre."),
        ),
        OTHER_NAME: (
            N_("The certificate is not that of %(host)s."),
            N_(
                "Compare the address with what the centre has told. If it is right, call the centre."
            ),
        ),
    }.get(
        error.verify_code,
        (
            N_("Nobody whom this computer trusts has signed the certificate of %(host)s."),
            N_(
                "Name the certificate that the centre gave for this: --ca FILE, for the page EXAMDAY_CENTRE_CA. If "
                "it gave none, call it: somebody may stand in between."
            ),
        ),
    )
    return Conflict(message, code="certificate", advice=advice, params={"host": host})
