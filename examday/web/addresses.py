"""Addresses that a request names: which of them may be opened, and which of them a redirect may
lead to.
"""

import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

START = "/"
"""Where nobody can know what a person wants, as at the log-in: from here everybody is led to where
their work is."""
NOTHING = "\0"
"""The zero sign, which no text holds and PostgreSQL refuses."""
UNSPEAKABLE = frozenset({"Cc", "Zl", "Zp"})
"""Unicode categories of control characters and line separators: browsers drop them, headers break
at them."""


def plain(text: str) -> bool:
    """Whether the text is free of control characters and line separators."""
    return not any(unicodedata.category(sign) in UNSPEAKABLE for sign in text)


def local_address(wanted: str) -> str:
    """Only an address of this station; anything that could lead elsewhere becomes the start page.

    Browsers drop tabs and line breaks from an address and read a backslash as a slash, so
    "/<tab>/host" means "//host" to them.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or not plain(wanted):
        return START
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return START
    return START if parts.scheme or parts.netloc else wanted


def register(app: Flask) -> None:
    """Refuse paths with control characters and entries with the zero sign, and let no redirect of any page leave the station."""

    @app.before_request
    def _check_path() -> None:
        # The path is decoded here: "%0D" in the address is a carriage return.
        if not plain(request.path):
            abort(404)
        # A zero sign is text to SQLite and an error to PostgreSQL: nobody types one.
        if any(NOTHING in text for text in _sent()):
            abort(400)

    @app.after_request
    def _stay_here(response: Response) -> Response:
        if response.location is not None and 300 <= response.status_code < 400:
            response.headers["Location"] = _own(response.location)
        return response


def _sent() -> Iterator[str]:
    """What the address asks for and what was entered in the form."""
    for texts in (request.args, request.form):
        for name, text in texts.items(multi=True):
            yield name
            yield text


def _own(location: str) -> str:
    """The location of a redirect, cut down to this station; the router writes its own ones in full."""
    return local_address(location.removeprefix(request.host_url.rstrip("/")) or START)
