"""What a page offers to the person who looks at it: the links, forms and buttons of its main part,
named by the pages of the program they lead to."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from examday.domain.people.roles import Role, may
from examday.web.access import rule_of
from tests.conftest import Browser

TELLING = ("action", "slot", "kind")
"""Parts of an address that say what is done: two works with one offer must look alike."""


@dataclass
class _Main(HTMLParser):
    """Collects method and address of whatever can be pressed inside <main>."""

    found: list[tuple[str, str]] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.inside = True
        if not self.inside:
            return
        if tag == "a" and "href" in given:
            self.found.append(("GET", given["href"]))
        if tag == "form":
            self.found.append((given.get("method", "get").upper(), given.get("action", "")))
        if "formaction" in given:
            self.found.append(("POST", given["formaction"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False


def offers(app: Flask, answer: Any) -> set[str]:
    """The endpoints that a page offers; with «:spoil» and the like where the address says the act.

    A form counts as «POST endpoint», so that looking and doing are not mixed up.
    """
    parser = _Main()
    parser.feed(answer.get_data(as_text=True))
    adapter = app.url_map.bind("")
    said = set()
    for method, address in parser.found:
        path = re.sub(r"[?#].*", "", address)
        if not path.startswith("/"):
            continue
        try:
            endpoint, values = adapter.match(path, method=method)
        except HTTPException as error:
            raise AssertionError(f"leads nowhere: {method} {address}") from error
        act = "".join(f":{values[name]}" for name in TELLING if name in values)
        said.add(("POST " if method == "POST" else "") + endpoint + act)
    return said


def text_of(answer: Any) -> str:
    """The words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def people(names: str) -> set[str]:
    """Log-ins, written one after the other."""
    return set(names.split())


@dataclass
class Visitors:
    """People of several roles who look at the same page, each at a browser of their own."""

    app: Flask
    roles: Mapping[str, Iterable[Role]]
    at: dict[str, Browser]

    def offered(self, url: str) -> dict[str, set[str]]:
        """What the page offers → the log-ins who are offered it; who may not open it has no part."""
        found: dict[str, set[str]] = {}
        for login, browser in self.at.items():
            page = browser.get(url)
            if page.status_code == 403:
                continue
            assert page.status_code == 200, (login, url, page.status_code)
            for offer in offers(self.app, page):
                self.need_open(login, offer)
                found.setdefault(offer, set()).add(login)
        return found

    def need_open(self, login: str, offer: str) -> None:
        """Nobody is offered what would answer «not for you»."""
        rule = rule_of(self.app, offer.removeprefix("POST ").partition(":")[0])
        free = rule in (None, "public", "logged-in")
        assert free or may(self.roles[login], str(rule)), f"{login} is offered {offer}"


def visitors(
    app: Flask,
    browser: Callable[[], Browser],
    roles: Mapping[str, Iterable[Role]],
    logins: Iterable[str],
) -> Visitors:
    """Log everybody in."""
    made = Visitors(app, roles, {})
    for login in logins:
        made.at[login] = browser()
        made.at[login].log_in(login)
    return made
