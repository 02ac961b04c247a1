"""People at browsers without scripts who fill in what a page shows and press its buttons; the pages
they open and the keys they press are counted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from tests.conftest import Browser

SILENT = ("hidden", "submit", "button", "reset", "file", "image")
"""Left out, because nobody types into them."""


@dataclass
class Form:
    """One form of a page: where it goes, what stands in it, and its buttons."""

    action: str
    method: str = "GET"
    id: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    """In the order of the page, because a person fills them in so."""
    buttons: list[dict[str, str]] = field(default_factory=list)

    def button(self, words: str = "") -> dict[str, str]:
        """The button with this value or these words; the primary one, or the first, without."""
        wanted = [b for b in self.buttons if words in (b.get("value"), b["words"].strip())]
        lead = [b for b in self.buttons if "data-primary" in b] or self.buttons
        found = wanted if words else lead
        assert found, (words, [b["words"] for b in self.buttons])
        return found[0]


class _Forms(HTMLParser):
    """Collects the forms of a page, with inputs and buttons that name theirs from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, dict[str, str]]] = []
        self.open: Form | None = None
        self.outside: list[dict[str, str]] = []
        self.text: tuple[Form, str] | None = None
        self.select: tuple[Form, str] | None = None
        self.pressed: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(
                given.get("action", ""), given.get("method", "get").upper(), given.get("id", "")
            )
            self.forms.append(self.open)
        elif tag == "a" and "href" in given:
            self.links.append((given["href"], given))
        elif tag in ("input", "button", "textarea", "select", "option"):
            self._part(tag, given)

    def _part(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "button":
            self.pressed = {**given, "words": ""}
            if "form" in given:
                self.outside.append(self.pressed)
            elif self.open:
                self.open.buttons.append(self.pressed)
            return
        owner = next((f for f in self.forms if f.id == given.get("form")), self.open)
        if owner is None:
            return
        if tag == "option":
            if self.select and ("selected" in given or self.select[1] not in owner.values):
                owner.values[self.select[1]] = [given.get("value", "")]
        elif tag == "select":
            self.select = (owner, name)
            owner.typed.append(name)
        elif tag == "textarea":
            self.text = (owner, name)
            owner.typed.append(name)
            owner.values.setdefault(name, []).append("")
        elif name:
            self._input(owner, name, given)

    def _input(self, owner: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind not in SILENT and name not in owner.typed:
            owner.typed.append(name)
        if kind not in ("checkbox", "radio") or "checked" in given:
            owner.values.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            form, name = self.text
            form.values[name][-1] += data.removeprefix("\n")
        if self.pressed is not None:
            self.pressed["words"] += data

    def close(self) -> None:
        super().close()
        # A button may stand before the form that it names.
        for button in self.outside:
            next(f for f in self.forms if f.id == button["form"]).buttons.append(button)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            self.text = None
        elif tag == "select":
            self.select = None
        elif tag == "button":
            self.pressed = None


@dataclass
class Shown:
    """A page as somebody sees it."""

    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[tuple[str, dict[str, str]]]

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    def form(self, ending: str = "", having: tuple[str, str] = ("", ""), button: str = "") -> Form:
        """The form whose address ends so, or in which this stands; without either, the form of the
        primary button, or of the button that is named."""
        if having[0]:
            found = [f for f in self.forms if f.values.get(having[0]) == [having[1]]]
        elif ending:
            found = [f for f in self.forms if f.action.split("?")[0].endswith(ending)]
        else:
            found = [f for f in self.forms if any("data-primary" in b for b in f.buttons)]
            named = [f for f in self.forms if any(b.get("value") == button for b in f.buttons)]
            found = [f for f in found if not named or f in named] or named
        assert found, (ending, self.url, [f.action for f in self.forms], self.text[-1500:])
        return found[0]

    def primary(self) -> str:
        """Where the primary link leads; "" when the primary step is a form or there is none."""
        return next((to for to, given in self.links if "data-primary" in given), "")


class Clerk:
    """One person at one browser. `opened`: the pages shown to them, log-in not counted; `keys`: the
    characters they typed, one more for each field they went through and each button they pressed."""

    def __init__(self, browser: Browser, login: str) -> None:
        self.browser, self.login = browser, login
        browser.log_in(login)
        self.opened: list[str] = []
        self.keys = 0
        self.page: Shown | None = None

    def open(self, url: str) -> Shown:
        """Open an address."""
        return self._show(url, self.browser.get(url))

    def follow(self) -> Shown:
        """Press the primary link or button of the page in sight, filling nothing in."""
        assert self.page is not None
        link = self.page.primary()
        self.keys += 1
        return self.open(link) if link else self.press()

    def press(
        self,
        ending: str = "",
        button: str = "",
        fields: dict[str, Any] | None = None,
        typing: Iterable[str] = (),
        having: tuple[str, str] = ("", ""),
    ) -> Shown:
        """Fill `fields` into a form of the page in sight and press a button of it.

        `typing`: the names of those fields that are keyed in (all, when none is named); `having`: a
        field and the value by which the form is known.
        """
        assert self.page is not None, "no page is open"
        form, fields = self.page.form(ending, having, button), fields or {}
        unknown = set(fields) - set(form.values) - set(form.typed) - {"files"}
        assert not unknown, f"{self.page.url} has no {unknown}, only {form.typed}"
        pressed = form.button(button)
        data: dict[str, Any] = {**form.values, **fields}
        if pressed.get("name"):
            data[pressed["name"]] = pressed.get("value", "")
        for name in list(typing) or fields:
            self.keys += len(str(fields.get(name, ""))) + 1
        self.keys += 1
        url = urljoin(self.page.url, pressed.get("formaction") or form.action or self.page.url)
        return self._show(url, self.browser.client.post(url, data=data), data)

    def _show(self, url: str, answer: Any, data: dict[str, Any] | None = None) -> Shown:
        while answer.status_code in (301, 302, 303, 307, 308):
            url = urljoin(url, answer.location)
            again = answer.status_code in (307, 308)
            answer = (
                self.browser.client.post(url, data=data) if again else self.browser.client.get(url)
            )
        self.opened.append(url)
        self.page = read(url, answer.status_code, answer.get_data(as_text=True))
        return self.page


def read(url: str, status: int, html: str) -> Shown:
    """The page as somebody sees it: its forms and links."""
    parser = _Forms()
    parser.feed(html)
    parser.close()
    return Shown(url, status, html, parser.forms, parser.links)
