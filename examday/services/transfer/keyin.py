"""Key-in: two people read the same original, apart. Neither can get at what the other entered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.alphabet import Alphabet, Caution, check, fold_value, open_warnings
from examday.domain.transfer.answers import (
    BLANK,
    Value,
    Values,
    compare,
    complete,
    settle,
)
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance
from examday.services.transfer import drafts
from examday.services.transfer.assignments import my_parts, require_part
from examday.services.transfer.readings import (
    alphabet_for,
    content_of,
    fields_for,
    find,
    fresh,
    locked,
    seal,
    values_of,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

BOTH = (FIRST, SECOND)


@dataclass(frozen=True)
class Desk:
    """What one person at the key-in desk works with: the own values and nobody else's."""

    booklet: Booklet
    part: str
    fields: FieldList
    alphabet: Alphabet
    values: dict[str, Value]
    handed_in: bool
    cautions: dict[str, list[Caution]] = field(default_factory=dict)

    @property
    def moved_on(self) -> bool:
        """Whether the work has left this step: both key-ins are there."""
        return self.booklet.state != State.SCANNED


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """The desk of the actor for this booklet; NotFound for everybody who holds neither key-in of
    it."""
    booklet = uow.get(Booklet, booklet_id)
    part = next((p for p in BOTH if p in my_parts(uow, booklet)), None)
    if part is None:
        raise NotFound()
    fields, alphabet = fields_for(booklet.exam), alphabet_for(booklet.exam)
    own = find(uow, booklet, Source(part))
    values = values_of(own) if own else drafts.values(uow, booklet, part)
    cautions = {f: check(f, v, alphabet, fields.tasks) for f, v in values.items()}
    return Desk(
        booklet,
        part,
        fields,
        alphabet,
        values,
        own is not None,
        {f: c for f, c in cautions.items() if c},
    )


def is_braille(uow: UnitOfWork, booklet_id: str) -> bool:
    """Is this a Braille work, which has a desk of its own?"""
    return uow.get(Booklet, booklet_id).medium == Medium.BRAILLE


def as_on_form(booklet: Booklet, values: Values) -> dict[str, Value]:
    """The values in the characters of the exam's form."""
    alphabet = alphabet_for(booklet.exam)
    return {f: fold_value(f, v, alphabet) for f, v in values.items()}


def save(
    uow: UnitOfWork, booklet_id: str, part: str, values: Values, row_version: int | None = None
) -> None:
    """Autosave."""
    drafts.save(
        uow, booklet_id, part, as_on_form(uow.get(Booklet, booklet_id), values), row_version
    )


def submit(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    values: Values,
    *,
    blanks_confirmed: bool = False,
    row_version: int | None = None,
    **more: object,
) -> Reading:
    """Hand in a reading: sealed at once. With `blanks_confirmed` every field left empty is stated
    to be blank. When it is the second of the two, the booklet moves on, and is settled by itself
    where both agree everywhere. `more` is kept with the reading (the cells of a Braille work)."""
    booklet = locked(uow, booklet_id)
    _require_open(uow, booklet, part)
    fresh(booklet, row_version)
    checked = check_values(booklet, values, blanks_confirmed)
    reading = seal(
        uow, booklet, Source(part), content_of(checked, **more), person_id=uow.actor.person_id
    )
    drafts.drop(uow, booklet, part)
    uow.record(
        Event.KEYIN_SUBMIT,
        f"booklet:{booklet.id}",
        part=part,
        version=booklet.version,
        sha256=reading.sha256,
    )
    other = find(uow, booklet, Source.SECOND if part == FIRST else Source.FIRST)
    if other is not None:
        _both_in(uow, booklet, *((reading, other) if part == FIRST else (other, reading)))
    return reading


def _require_open(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """The actor must hold this key-in and must not have handed it in."""
    if part not in BOTH:
        raise NotFound()
    require_part(uow, booklet, part)
    if find(uow, booklet, Source(part)) is not None:
        raise Conflict(N_("This reading has been handed in already."), code="handed-in")


def check_values(booklet: Booklet, values: Values, blanks_confirmed: bool) -> dict[str, Value]:
    """The complete values of a reading. Invalid «incomplete» (empty fields) or «unusual»
    (characters without a reason); its parameters name the fields."""
    fields, alphabet = fields_for(booklet.exam), alphabet_for(booklet.exam)
    folded = as_on_form(booklet, values)
    if blanks_confirmed:
        folded = {**folded, **{f: BLANK for f in fields.ids if folded.get(f, Value()).empty}}
    checked = complete(fields, folded)
    if unusual := open_warnings(checked, alphabet, fields.tasks):
        raise Invalid(
            N_("Entries with something that the form does not have: %(number)s."),
            code="unusual",
            advice=N_("Correct a slip of the hand, or say why it stands there."),
            params={"number": len(unusual), "fields": [w.field_id for w in unusual]},
        )
    return checked


def _both_in(uow: UnitOfWork, booklet: Booklet, first: Reading, second: Reading) -> None:
    one, other = values_of(first), values_of(second)
    fields = fields_for(booklet.exam)
    differing = compare(fields, one, other)
    advance(uow, booklet, "key_in", differing=differing)
    if not differing:
        settled = seal(
            uow,
            booklet,
            Source.SETTLED,
            content_of(
                settle(fields, one, other, {}),
                decisions={},
                first=first.sha256,
                second=second.sha256,
            ),
        )
        advance(uow, booklet, "settle", agreed=True, sha256=settled.sha256)


def progress(values: Mapping[str, Value], fields: FieldList) -> tuple[int, int]:
    """How many fields have something entered, of how many."""
    return sum(1 for f in fields.ids if not values.get(f, Value()).empty), len(fields.ids)
