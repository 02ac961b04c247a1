"""A request that finds no room: the server keeps what is large in a temporary file before any page is asked.

Without this a full disk ends the connection, and the browser says of its own that nobody answers.
"""

from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import Error

from examday import log
from examday.domain.errors import Unavailable, of_disk
from examday.web.errors import render_bare, translate

logger = log.get("web")


class Refusal(Error):  # type: ignore[misc]
    """What the disk refused, as a page in words."""

    code = 503
    reason = "Service Unavailable"

    def __init__(self, error: Unavailable) -> None:
        super().__init__(render_bare(*translate(error)))

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status line, headers and body."""
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        return f"{self.code} {self.reason}", headers, self.body.encode()


class Nowhere:
    """Takes what comes and keeps none of it."""

    def append(self, _data: bytes) -> None:
        """Let it go."""

    def __len__(self) -> int:
        return 0


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that is read to its end also where the disk is full."""

    body_rcv: Any = None

    def received(self, data: bytes) -> int:
        """Take the next bytes; return how many of them are of this request."""
        try:
            return int(super().received(data))
        except OSError as error:
            told = of_disk(error)
            if told is None:
                raise
            logger.error("the disk refused", code=told.code, exc_info=error)
            self.error = Refusal(told)
            return self._let_go(data)

    def _let_go(self, data: bytes) -> int:
        # A browser reads no answer while it still sends: what is left is taken from it first.
        self.body_rcv.getbuf().close()
        left = getattr(self.body_rcv, "remain", 0)
        if not left:  # sent in pieces, and nobody knows how many are to come
            self.completed = True
            return len(data)
        self.body_rcv = FixedStreamReceiver(left, Nowhere())
        return int(super().received(data))
