"""Words and hidden fields that the pages of papers share."""

from collections.abc import Mapping
from typing import Protocol

from flask import g

from examday.domain.custody.kit import KIND_NAMES, THING_NAMES, Kind, sheet_name
from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.errors import DomainError
from examday.domain.numbers import typed_number
from examday.domain.plan.day import EXAM_KINDS
from examday.i18n import gettext as _
from examday.services.custody.room import form_numbers
from examday.web.session import store


class Thing(Protocol):
    """A thing of paper as its name needs it."""

    @property
    def kind(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def size(self) -> str: ...


def thing_name(thing: Thing) -> str:
    """Return a thing in words, with its sheet."""
    if thing.sheet and thing.kind != Kind.PACKET:
        return f"{thing.size} · {sheet_words(thing.sheet)}"
    return _(THING_NAMES[Kind(thing.kind)])


def sheet_words(sheet: str) -> str:
    """Return a sheet in words; additional forms carry their number."""
    return _(sheet_name(sheet)) + (
        " " + sheet.partition("_")[2] if sheet.startswith("extra_") else ""
    )


def version(sent: Mapping[str, str]) -> int | None:
    """Return the row version that the page was made of; None where no page sent one.

    What cannot be understood is −1 (never right): it must not pass for a step without a page.
    """
    if "row_version" not in sent:
        return None
    typed = typed_number(sent["row_version"])
    return -1 if typed is None else typed


def keep_alarm(booklet_id: str, typed: str, error: DomainError) -> None:
    """Keep a number that is met twice for the head of the point.

    It is kept though the step itself was refused.
    """
    # In a transaction of its own: the refusal has undone the one of the step.
    if is_loud(error):
        with store().begin(g.actor) as uow:
            form_numbers.report_duplicate(uow, booklet_id, typed)


def is_loud(error: DomainError | None) -> bool:
    """Return whether a refusal must be seen across the room: one form number on two works."""
    return isinstance(error, form_numbers.DuplicateCode)


PAPER_WORDS: dict[str, object] = {
    "kinds": KIND_NAMES,
    "media": MEDIUM_NAMES,
    "exam_kinds": EXAM_KINDS,
    "thing": thing_name,
    "sheet": sheet_words,
}
"""With what the templates name papers; every page about papers hands them on."""
