"""The pages of a scene: whoever opens them, and what was on them, under a sentence that says when."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from flask import Flask

from examday.services.unit_of_work import Store
from tests.at_desks import Clerk, Shown
from tests.conftest import Browser, Clock
from tests.outline import outline


class Visitor(Clerk):
    """Somebody at a browser who stops at what the program answers, also where it sends them on."""

    answer: Any = None

    def _show(self, url: str, answer: Any, data: dict[str, Any] | None = None) -> Shown:
        self.answer = answer
        if answer.status_code in (301, 302, 303):
            return Shown(url, answer.status_code, "", [], [])
        return super()._show(url, answer, data)


@dataclass
class Gallery:
    """A station, people at browsers, and the pages that they have seen so far."""

    app: Flask
    store: Store
    clock: Clock
    add_person: Callable[..., Any]
    seen: dict[str, list[str]] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    """How a page looked last, by address and title: only what is new is told."""

    def at(self, login: str) -> Visitor:
        """This person at a browser of their own."""
        if login not in self.visitors:
            self.visitors[login] = Visitor(Browser(self.app), login)
        return self.visitors[login]

    def leave(self) -> None:
        """Everybody has gone home; whoever comes back logs in again."""
        self.visitors.clear()

    def look(self, when: str, login: str, url: str) -> None:
        """Somebody opens a page."""
        self.at(login).open(url)
        self.keep(f"{when} [{login}]", url, self.at(login).answer)

    def press(
        self,
        when: str,
        login: str,
        url: str,
        ending: str = "",
        button: str = "",
        fields: dict[str, Any] | None = None,
        having: tuple[str, str] = ("", ""),
    ) -> None:
        """Somebody fills in a form of a page; what the program answers is kept."""
        visitor = self.at(login)
        visitor.open(url)
        visitor.press(ending, button, fields, having=having)
        self.keep(f"{when} [{login}]", url, visitor.answer)

    def keep(self, title: str, url: str, answer: Any) -> None:
        """One page, under a title of its own: whole the first time, then what has changed."""
        assert title not in self.seen, f"two pages are called so: {title}"
        data = str(self.store.settings.data)
        lines = [line.replace(data, "DATA") for line in outline(self.app, answer)]
        if len(lines) == 1:
            self.seen[title] = lines
            return
        endpoint = self.app.url_map.bind("").match(url.split("?")[0])[0]
        name = next((line for line in lines if line.startswith("title: ")), "")
        page = endpoint + re.sub(r"title: (Ошибка: )?|[\d ]+", "", name)
        before = self.known.get(page)
        self.seen[title] = lines if before is None else changes(before, lines)
        self.known[page] = lines

    def text(self) -> str:
        """All pages, as they are kept beside the tests."""
        return "\n".join(
            "\n".join([f"== {title}", *lines, ""]) for title, lines in self.seen.items()
        )


def changes(before: list[str], now: list[str]) -> list[str]:
    """What is gone (−) and what has come (+) since this page was shown last."""
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [f"- {line}" for line in before[a:b]] + [f"+ {line}" for line in now[c:d]]
    return found or ["(the same page)"]
