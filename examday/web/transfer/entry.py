"""Fields as forms: what a person typed comes in unchanged, and goes out with its box on the page
and its questions.

Names of inputs: v:<field> text (several for the pages of a long answer), m:<field> mark, t:<field>
task number of a replacement row, r:<field> reason for an unusual character.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.domain.transfer.alphabet import Alphabet, Caution, check
from examday.domain.transfer.answers import (
    MARK_NAMES,
    PAGE_BREAK,
    WITHOUT_TEXT,
    Mark,
    Value,
    one_spelling,
)
from examday.domain.transfer.fields import Group, group_of, is_header, is_long, is_replacement
from examday.i18n import gettext as _
from examday.services.scans.pictures import Place, size_of
from examday.storage.tables import Page
from examday.web.errors import translate
from examday.web.words import field_name

VIEW_SIDE = 2480  # px, the longer side of a page on the desk: an A3 sheet at 150 dpi
LANGUAGES = {"09": "en", "10": "de", "11": "fr", "13": "es"}
"""Subjects whose short answers are in another language: a screen reader should say them so."""
MARK_KEYS = {
    Mark.BLANK: "F2",
    Mark.ILLEGIBLE: "F4",
    Mark.CROSSED_OUT: "F8",
    Mark.OUTSIDE_FIELD: "F9",
}


@dataclass(frozen=True)
class Row:
    """One field as the page shows it. `box`: where it is on the picture, px of it; `notes`: cautions in words;
    `reason`: whether a reason must be given (or was)."""

    id: str
    name: str
    label: str
    value: Value
    kind: str
    alphabet: str
    box: str = ""
    notes: tuple[str, ...] = ()
    reason: bool = False
    error: str = ""
    lang: str = "ru"

    @property
    def pages(self) -> list[str]:
        """The pages of a long answer."""
        return self.value.text.split(PAGE_BREAK)


@dataclass(frozen=True)
class Picture:
    """The page on the left: its address and size in px as shown, all pages, which one it is, and
    its record."""

    url: str
    width: int
    height: int
    number: int
    numbers: tuple[int, ...] = ()
    page: Page | None = None


@dataclass
class Refusal:
    """What was wrong with what was sent, for the error summary: (id of the input, sentence)."""

    title: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)


def html_id(field_id: str) -> str:
    """The field's id in HTML."""
    return "f-" + field_id.replace(":", "-")


def read_values(form: MultiDict[str, str], ids: Iterable[str]) -> dict[str, Value]:
    """The values that were sent for these fields; fields without any input are left out. Verbatim:
    line ends and letter composition aside, every character is as it was typed."""
    found: dict[str, Value] = {}
    for field_id in ids:
        if f"v:{field_id}" not in form and f"m:{field_id}" not in form:
            continue
        value = _value(form, field_id)
        if not value.empty:
            found[field_id] = value
    return found


def _value(form: MultiDict[str, str], field_id: str) -> Value:
    mark = form.get(f"m:{field_id}", "")
    if mark and mark not in set(Mark):
        raise Invalid()
    texts = [one_spelling(text) for text in form.getlist(f"v:{field_id}")] or [""]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()  # an empty page at the end is an input that was not used
    text = PAGE_BREAK.join(texts) if is_long(field_id) else texts[0]
    task = one_spelling(form.get(f"t:{field_id}", "")) if is_replacement(field_id) else ""
    return Value(text, Mark(mark) if mark else None, task, form.get(f"r:{field_id}", "").strip())


def kind_of(field_id: str) -> str:
    """How a field is laid out: header, short, replacement or long."""
    return str(group_of(field_id) or Group.SHORT)


def rows(
    ids: Iterable[str],
    values: Mapping[str, Value],
    alphabet: Alphabet,
    tasks: int,
    boxes: Mapping[str, str],
    bad: Mapping[str, str] | None = None,
    subject: str = "",
) -> list[Row]:
    """The fields as rows of a form; `bad`: field → what is wrong with it; `subject`: two digits,
    tells the language."""
    made = []
    for field_id in ids:
        value = values.get(field_id, Value())
        cautions: list[Caution] = check(field_id, value, alphabet, tasks) if not value.empty else []
        made.append(
            Row(
                html_id(field_id),
                field_id,
                field_name(field_id),
                value,
                kind_of(field_id),
                alphabet.of(field_id) or "",
                boxes.get(field_id, ""),
                tuple(_(c.message, **c.params) for c in cautions),
                bool(value.override) or any(c.needs_reason for c in cautions),
                (bad or {}).get(field_id, ""),
                "ru" if is_header(field_id) else LANGUAGES.get(subject, "ru"),
            )
        )
    return made


def picture(pages: list[Page], number: int) -> Picture | None:
    """Page `number` (from 1) as it is shown on a desk; None when nothing has been scanned."""
    if not pages:
        return None
    number = min(max(1, number), len(pages))
    page = pages[number - 1]
    width, height = size_of(page)
    scale = view_scale(page)
    return Picture(
        url_for("images.page", page_id=page.id, scale=f"{scale:.4f}"),
        round(width * scale),
        round(height * scale),
        number,
        tuple(range(1, len(pages) + 1)),
        page,
    )


def view_scale(page: Page) -> float:
    """How much smaller than its pixels a page is shown."""
    return min(1.0, VIEW_SIDE / max(1, *size_of(page)))


def boxes_on(page: Page, places: Mapping[str, Place]) -> dict[str, str]:
    """data-box of the fields that lie on this page, px of the picture as shown."""
    scale = view_scale(page)
    parts = [(f, part) for f, place in places.items() for part in (place, *place.further)]
    return {
        f: ",".join(str(round(edge * scale)) for edge in part.box)
        for f, part in parts
        if part.page_id == page.id and part.box is not None
    }


def marks(field_id: str) -> list[tuple[str, str]]:
    """The choices of a mark; a drawing can stand in a long answer, and anywhere else too."""
    plain = _("as entered") if not is_long(field_id) else _("text as entered")
    return [("", plain), *((mark.value, _with_key(mark)) for mark in Mark)]


def _with_key(mark: Mark) -> str:
    return (
        f"{_(MARK_NAMES[mark])} ({MARK_KEYS[mark]})" if mark in MARK_KEYS else _(MARK_NAMES[mark])
    )


CONTRADICTION = N_("Blank and crossed out go without text: remove one of the two.")
MOST_NAMED = 12  # a summary is to be read, not scrolled
OPEN = N_("Still open.")
EMPTY = N_("Nothing is entered.")
UNUSUAL = N_("Correct it, or say why it stands there.")


def refusal(error: DomainError) -> tuple[Refusal, dict[str, str]]:
    """A refused form for its page: the summary, and field → sentence."""
    sentences = {"incomplete": EMPTY, "unusual": UNUSUAL, "open": OPEN}
    fields = error.params.get("fields", [])
    named = [f for f in fields if isinstance(f, str)] if isinstance(fields, list) else []
    bad = {f: _(sentences.get(error.code, error.advice)) for f in named}
    errors = [(html_id(f), f"{field_name(f)}: {text}") for f, text in bad.items()]
    if error.code != "incomplete" and len(errors) > MOST_NAMED:
        errors[MOST_NAMED:] = [("", _("and as many more: %(n)s", n=len(errors) - MOST_NAMED))]
    return Refusal(translate(error)[0], errors or [("", translate(error)[1])]), bad


def contradictions(values: Mapping[str, Value]) -> dict[str, str]:
    """Fields marked blank or crossed out that hold text all the same."""
    return {
        f: _(CONTRADICTION)
        for f, v in values.items()
        if v.mark in WITHOUT_TEXT and (v.text or v.task)
    }


def groups(found: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rows under headings, in the order of the sheet."""
    titles = {
        "header": _("Head of the form"),
        "short": _("Short answers"),
        "replacement": _("Replacement of wrong answers"),
        "long": _("Long answers"),
    }
    return [
        (titles[kind], part)
        for kind in titles
        if (part := [row for row in found if row.kind == kind])
    ]


def number_of(form: Mapping[str, Any]) -> int:
    """The page a person wants to look at."""
    wanted = str(form.get("page", "1"))
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 1


def row_version(form: Mapping[str, Any]) -> int:
    """The state of the booklet that the page was made with; −1 (never right) when it was not sent."""
    sent = str(form.get("row_version", ""))
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
