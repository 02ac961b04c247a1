"""Verification: a second person holds the copy against the settled values, field by field, picture
beside value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.errors import Invalid, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import PageState
from examday.domain.transfer.alphabet import fold_value
from examday.domain.transfer.answers import (
    WITHOUT_TEXT,
    Check,
    Seen,
    Value,
    Values,
    judge,
    writable,
)
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import CheckedContent, Source
from examday.services.custody.booklets import advance
from examday.services.recognition.doubts import Presort, presort
from examday.services.scans.pictures import pages_of, places
from examday.services.transfer import drafts
from examday.services.transfer.assignments import require_part
from examday.services.transfer.copying import round_of, settled
from examday.services.transfer.readings import (
    alphabet_for,
    content_of,
    fields_for,
    fresh,
    locked,
    seal,
    values_of,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

CANNOT_SEE = Check(Seen.CANNOT_SEE)
COPY_DIFFERS = N_("the copy differs from the settled values and is made once more")
"""Why the scan of a copy is set aside; kept as the msgid, so that each reader gets it in the own
language."""


@dataclass(frozen=True)
class Desk:
    """What the verifying person works with: settled values, what the machine thinks (if it has
    looked), the checks entered so far. `first`: fields to look at one by one; `folded`: fields
    that may be confirmed together; `unseen`: fields whose sheet is on no picture."""

    booklet: Booklet
    fields: FieldList
    values: dict[str, Value]
    content: str
    round: int
    presort: Presort
    checks: dict[str, Check] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()

    @property
    def folded(self) -> tuple[str, ...]:
        """Fields on which machine and settled value agree above the bound."""
        return tuple(f for f in self.fields.ids if self.presort.may_fold(f))

    @property
    def first(self) -> tuple[str, ...]:
        """The other fields: those the machine doubts before those it has no opinion of."""
        rest = [f for f in self.fields.ids if not self.presort.may_fold(f)]
        return tuple(sorted(rest, key=lambda f: not self.presort.doubts(f)))


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """The verification desk of the actor, who must hold the part."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, VERIFIER)
    reading = settled(uow, booklet)
    return Desk(
        booklet,
        fields_for(booklet.exam),
        values_of(reading),
        reading.sha256,
        round_of(uow, booklet),
        presort(uow, booklet),
        drafts.checks(uow, booklet, VERIFIER),
        unseen(uow, booklet, values_of(reading)),
    )


def unseen(uow: UnitOfWork, booklet: Booklet, values: Values) -> frozenset[str]:
    """Fields that hold something and whose sheet of the copy is on no picture: of them only
    «cannot be seen» can be said. What is empty needs no sheet (a work without an essay has no
    form № 2)."""
    shown = places(uow, booklet, "copy")
    return frozenset(
        f for f, value in values.items() if f not in shown and value.mark not in WITHOUT_TEXT
    )


def save(
    uow: UnitOfWork, booklet_id: str, checks: Mapping[str, Check], row_version: int | None = None
) -> None:
    """Autosave of the checks made so far."""
    writable({f: check.value for f, check in checks.items() if check.value})
    drafts.save(
        uow,
        booklet_id,
        VERIFIER,
        {},
        row_version,
        checks={f: c.plain(f) for f, c in checks.items()},
    )


def submit(
    uow: UnitOfWork,
    booklet_id: str,
    checks: Mapping[str, Check],
    content: str | None = None,
    row_version: int | None = None,
) -> list[str]:
    """Hand in the verification. Returns the fields that are not proven true: none = the copy is
    verified; otherwise the booklet goes back to the copier with this list."""
    booklet = locked(uow, booklet_id)
    require_part(uow, booklet, VERIFIER)
    fresh(booklet, row_version)
    reading = settled(uow, booklet)
    if content is not None and content != reading.sha256:
        raise Stale()
    checks = _on_form(booklet, checks)
    opinion = presort(uow, booklet)
    if unfounded := [f for f, c in checks.items() if c.bulk and not opinion.may_fold(f)]:
        raise Invalid(
            N_("These fields must be looked at one by one: %(fields)s."),
            code="not-together",
            params={"fields": ", ".join(unfounded)},
        )
    hidden = unseen(uow, booklet, values_of(reading))
    if claimed := [f for f in hidden if checks.get(f, CANNOT_SEE).seen is not Seen.CANNOT_SEE]:
        raise Invalid(
            N_("The sheet with these fields is on no picture: only «cannot be seen» can be said."),
            code="no-picture",
            advice=N_("Have the missing sheet of the copy scanned, or say «cannot be seen»."),
            params={"fields": sorted(claimed)},
        )
    wrong = judge(fields_for(booklet.exam), values_of(reading), checks)
    _seal(uow, booklet, reading, checks, opinion, wrong)
    drafts.drop(uow, booklet, VERIFIER)
    return wrong


def _on_form(booklet: Booklet, checks: Mapping[str, Check]) -> dict[str, Check]:
    alphabet = alphabet_for(booklet.exam)
    writable({f: c.value for f, c in checks.items() if c.value})
    return {
        f: Check(
            c.seen,
            fold_value(f, c.value, alphabet) if c.value and c.seen is Seen.DIFFERS else None,
            c.bulk,
        )
        for f, c in checks.items()
    }


def _seal(
    uow: UnitOfWork,
    booklet: Booklet,
    reading: Reading,
    checks: Mapping[str, Check],
    opinion: Presort,
    wrong: list[str],
) -> None:
    number = round_of(uow, booklet)
    kept = {f: check.plain(f) for f, check in checks.items()}
    more = CheckedContent(
        checks=kept,
        settled=reading.sha256,
        machine=opinion.sha256,
        bound=opinion.bound if any(c.bulk for c in checks.values()) else None,
    )
    if wrong:
        done = seal(
            uow, booklet, Source.CHECKED, more, number=number, person_id=uow.actor.person_id
        )
        _set_copy_aside(uow, booklet, number)
        advance(uow, booklet, "copy_again", round=number, fields=wrong, sha256=done.sha256)
        return
    done = seal(
        uow,
        booklet,
        Source.VERIFIED,
        content_of(values_of(reading), **more),
        number=number,
        person_id=uow.actor.person_id,
    )
    advance(uow, booklet, "verify", round=number, sha256=done.sha256)


def _set_copy_aside(uow: UnitOfWork, booklet: Booklet, number: int) -> None:
    """The scan of a wrong copy stays as evidence and makes room for the scan of the next one."""
    for page in pages_of(uow, booklet, "copy"):
        page.state, page.decided_by = PageState.REJECTED, uow.actor.person_id
        page.reason = COPY_DIFFERS
        uow.record(Event.PAGE_REJECTED, f"page:{page.id}", booklet=booklet.id, round=number)
