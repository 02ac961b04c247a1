"""What a test leaves behind: a web server that has ended writes into nobody's file."""

import http.client
import tempfile
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.served import served


def test_a_server_that_has_ended_answers_nobody_and_writes_into_no_foreign_file() -> None:
    def app(_request: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with served(app) as address:
        window = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port or 0, timeout=5)
        window.request("GET", "/")
        assert window.getresponse().read() == b"ok"
    # They take the numbers that have just become free.
    foreign = [tempfile.TemporaryFile() for _ in range(12)]  # noqa: SIM115
    answer = None
    with suppress(OSError, http.client.HTTPException):
        window.request("GET", "/")
        answer = window.getresponse().read()
    assert answer is None
    for file in foreign:
        assert file.seek(0, 2) == 0, "the ended server has written into it"
        file.close()
