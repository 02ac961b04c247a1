"""What a page shows, as lines of text: its words, fields and buttons, and where they lead. Numbers
that differ from run to run (ids, sums, tokens) are left out."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

IN_A_LINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "sub", "sup"}
IN_A_LINE |= {"time", "br", "bdi", "dd", "input", "label", "option", "select", "td", "th"}
"""Parts of a sentence, a row or a field; everything else begins a line."""
CELLS = {"dd", "td", "th"}
UNSEEN = {"svg", "rect", "path", "circle", "script", "style"}
"""Drawings; what they mean is said in words beside them."""
STATES = {"alarm", "alarm-badge", "bad", "current", "differs", "done", "doubt", "doubted", "given"}
STATES |= {"good", "here", "late", "open", "past", "primary", "several", "some", "stuck", "to-come"}
STATES |= {"transferred", "warn", "wide", "wrong", "down", "gap", "digit"}
"""Classes that say how something stands; the others lay it out."""
TOLD = {
    "alt",
    "checked",
    "disabled",
    "hidden",
    "inputmode",
    "lang",
    "maxlength",
    "multiple",
    "name",
}
TOLD |= {"open", "placeholder", "readonly", "required", "role", "rows", "selected", "type", "value"}
TOLD |= {"aria-busy", "aria-checked", "aria-current", "aria-describedby", "aria-invalid"}
TOLD |= {"aria-label", "aria-live", "autofocus", "class", "data-page", "data-box", "target"}
"""Attributes that somebody sees, hears or sends."""
LEADING = {"action", "formaction", "href", "src"}
PASSING = re.compile(
    r"[0-9a-f]{16,64}|[A-Za-z0-9_-]{43,}|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|(?<!\d)\d{4}(?:-\d{4}){3}(?!\d)"
)
"""Ids, sums, tokens and codes of the ledger differ in every run, so they are covered."""


@dataclass
class _Reader(HTMLParser):
    """Collects the lines of <main>; all of a fragment that has none."""

    app: Flask
    whole: bool = False
    lines: list[str] = field(default_factory=list)
    inside: bool = False
    line: str = ""
    choices: list[str] | None = None
    """What the list that is open offers: a person chooses by nothing else."""
    offered: list[str] = field(default_factory=list)
    """What the list before it offered: most lists of a desk are the same."""

    def __post_init__(self) -> None:
        super().__init__()
        self.inside = self.whole

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self.inside = True
        if not self.inside or tag in UNSEEN:
            return
        if tag not in IN_A_LINE:
            self.end_line()
        given = {name: text or "" for name, text in attrs}
        if tag == "option" and self.choices is not None:
            self.choices.append("*" if "selected" in given else "")
            return
        if given.get("name") in ("csrf_token", "once"):
            return
        said = " ".join(self.told(tag, given))
        if tag in CELLS:
            self.line += " | "
        if tag not in IN_A_LINE or said:
            self.line += f"<{tag}{' ' if said else ''}{said}> "
        if tag == "select":
            self.choices = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.end_line()
            self.inside = False
        if tag == "select" and self.choices is not None:
            listed = [" ".join(choice.split()) for choice in self.choices]
            self.choices = None
            if listed:
                self.line += "(as above)" if listed == self.offered else " / ".join(listed)
                self.offered = listed
        if self.choices is None and self.inside and tag not in IN_A_LINE | UNSEEN | {"dt"}:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if self.choices is not None:
            self.choices = [*self.choices[:-1], self.choices[-1] + data] if self.choices else []
        elif self.inside:
            self.line += data

    def end_line(self) -> None:
        kept = " ".join(PASSING.sub("…", self.line).split())
        # A box that says nothing of itself only lays out what is in it.
        if kept and not re.fullmatch(r"<[a-z0-9]+>", kept):
            self.lines.append(kept)
        self.line = ""

    def told(self, tag: str, given: dict[str, str]) -> list[str]:
        """The attributes that are worth a word."""
        said = []
        for name, text in given.items():
            if name == "class":
                said += sorted(STATES & set(text.split()))
            elif name in LEADING:
                said.append("→ " + self.place(given.get("method", "get"), name, text))
            elif name == "data-box":
                # Where exactly is measured on pictures, and not the same on each computer.
                said.append(name)
            elif name in TOLD:
                said.append(f"{name}={text}" if text else name)
        return said

    def place(self, method: str, name: str, address: str) -> str:
        """The endpoint that an address leads to, with what it says beyond the thing it is about."""
        parts = urlsplit(address)
        if not parts.path.startswith("/"):
            return address
        way = "POST" if name == "formaction" else method.upper()
        try:
            endpoint, values = self.app.url_map.bind("").match(parts.path, method=way)
        except HTTPException as error:
            raise AssertionError(f"leads nowhere: {way} {address}") from error
        if endpoint == "static":
            return "static"
        known = {**values, **dict(parse_qsl(parts.query))}
        kept = [f"{key}={PASSING.sub('…', str(text))}" for key, text in sorted(known.items())]
        mark = f"#{parts.fragment}" if parts.fragment else ""
        return " ".join([*(["POST"] if way == "POST" else []), endpoint, *kept]) + mark


def outline(app: Flask, answer: Any) -> list[str]:
    """The lines of a page; of a redirect, where it leads; of a file, its kind."""
    if answer.status_code in (301, 302, 303):
        reader = _Reader(app)
        return ["to " + reader.place("get", "href", answer.headers["Location"])]
    if answer.mimetype != "text/html":
        return [f"({answer.mimetype})"]
    html = answer.get_data(as_text=True)
    reader = _Reader(app, "<main" not in html)
    reader.feed(html)
    reader.end_line()
    head = [f"status {answer.status_code}"] if answer.status_code != 200 else []
    if found := re.search(r"<title>(.*?)</title>", html, re.S):
        head.append("title: " + PASSING.sub("…", " ".join(found.group(1).split())))
    return head + reader.lines
