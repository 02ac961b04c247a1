"""The desk of a tiflo-translator: what was keyed in as cells or text, saved and handed in.

Whatever the alphabet a line was entered in (Unicode Braille, Braille ASCII, dot numbers, plain
text), it is kept as it was entered beside the answers that a person chose from its readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import NotFound
from examday.domain.rules.languages import language_of
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import REGION_FIELD, SUBJECT_FIELD
from examday.domain.transfer.readings import Source
from examday.services.braille import notebook
from examday.services.transfer import drafts, keyin
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


@dataclass(frozen=True)
class Desk:
    """What the translator works with: the own entry and nobody else's, nor the machine's."""

    booklet: Booklet
    part: str
    text: str
    values: dict[str, Value]
    language: str
    handed_in: bool


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """The desk of the actor; NotFound for everybody who holds neither key-in of this Braille work."""
    shown = keyin.desk(uow, booklet_id)
    if shown.booklet.medium != Medium.BRAILLE:
        raise NotFound()
    own = find(uow, shown.booklet, Source(shown.part))
    text = (
        str(own.content.get("braille", "")) if own else drafts.text(uow, shown.booklet, shown.part)
    )
    return Desk(
        shown.booklet,
        shown.part,
        text,
        shown.values,
        language_of(shown.booklet.exam.subject),
        shown.handed_in,
    )


def save(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None,
) -> None:
    """Autosave: the entry as it was typed, and the answers as far as they were chosen."""
    shown = desk(uow, booklet_id)
    drafts.save(
        uow,
        booklet_id,
        shown.part,
        keyin.as_on_form(shown.booklet, values),
        row_version,
        braille=text,
    )


def hand_in(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None = None,
) -> Reading:
    """Hand in: tasks without an answer are blank (the page has listed them); the header of the
    form is known from the plan, because a notebook has none. Conflict while a scanned page is not
    stated: an answer may stand on it."""
    shown = desk(uow, booklet_id)
    notebook.require_stated(uow, shown.booklet)
    exam = shown.booklet.exam
    known = {REGION_FIELD: Value(exam.region), SUBJECT_FIELD: Value(exam.subject)}
    whole = {**{f: v for f, v in known.items() if v.text}, **values}
    return keyin.submit(
        uow,
        booklet_id,
        shown.part,
        whole,
        blanks_confirmed=True,
        row_version=row_version,
        braille=text,
    )
