"""Settling: a third person looks at the sheet first, hands in an own reading, and only then sees
both and decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, Forbidden, Invalid, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.alphabet import Alphabet, open_warnings
from examday.domain.transfer.answers import (
    Choice,
    Decision,
    Value,
    Values,
    compare,
    settle,
    writable,
)
from examday.domain.transfer.duties import ARBITER, FIRST, SECOND
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance
from examday.services.people import log_in
from examday.services.transfer import drafts
from examday.services.transfer.assignments import require_part
from examday.services.transfer.hands import done_by
from examday.services.transfer.keyin import as_on_form
from examday.services.transfer.readings import (
    alphabet_for,
    content_of,
    fields_for,
    find,
    fresh,
    locked,
    rounds,
    seal,
    values_of,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

OWN_FIRST = N_("Give your own reading first; then both key-ins are shown.")


@dataclass(frozen=True)
class Table:
    """What the settling person works with. `first` and `second` hold only the differing fields,
    and only after the own reading has been handed in; before that they are None. `draft`: the own
    values typed so far."""

    booklet: Booklet
    fields: FieldList
    alphabet: Alphabet
    differing: tuple[str, ...]
    draft: dict[str, Value]
    own: dict[str, Value] | None = None
    first: dict[str, Value] | None = None
    second: dict[str, Value] | None = None
    content: str = ""
    one_of_the_two: bool = False

    @property
    def braille(self) -> bool:
        """Whether the original is a Braille notebook."""
        return self.booklet.medium == Medium.BRAILLE

    def readings(self, field_id: str) -> dict[Choice, Value]:
        """The three readings of a differing field; Conflict before the own one is handed in."""
        if self.own is None or self.first is None or self.second is None:
            raise Conflict(OWN_FIRST, code="own-first")
        return {
            Choice.OWN: self.own[field_id],
            Choice.FIRST: self.first[field_id],
            Choice.SECOND: self.second[field_id],
        }


def table(uow: UnitOfWork, booklet_id: str) -> Table:
    """The present step of settling for the actor, who must hold the part."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, ARBITER)
    one, other = _both(uow, booklet)
    fields = fields_for(booklet.exam)
    differing = tuple(compare(fields, values_of(one), values_of(other)))
    draft = drafts.values(uow, booklet, ARBITER)
    own = own_reading(uow, booklet)
    base = Table(
        booklet,
        fields,
        alphabet_for(booklet.exam),
        differing,
        draft,
        one_of_the_two=uow.actor.person_id in (one.person_id, other.person_id),
    )
    if own is None:
        return base
    return Table(
        booklet,
        fields,
        base.alphabet,
        differing,
        draft,
        values_of(own),
        {f: values_of(one)[f] for f in differing},
        {f: values_of(other)[f] for f in differing},
        own.sha256,
        base.one_of_the_two,
    )


def _both(uow: UnitOfWork, booklet: Booklet) -> tuple[Reading, Reading]:
    one, other = find(uow, booklet, Source.FIRST), find(uow, booklet, Source.SECOND)
    if one is None or other is None:
        raise Conflict(N_("Both key-ins must be handed in first."), code="wrong-step")
    return one, other


def own_reading(uow: UnitOfWork, booklet: Booklet) -> Reading | None:
    """The actor's own reading of the differing fields, handed in before both values were shown."""
    return uow.session.scalars(
        select(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source == Source.ARBITER,
            Reading.person_id == uow.actor.person_id,
        )
        .order_by(Reading.round.desc())
        .limit(1)
    ).first()


def save_own(
    uow: UnitOfWork, booklet_id: str, values: Values, row_version: int | None = None
) -> None:
    """Autosave of the own reading."""
    drafts.save(
        uow, booklet_id, ARBITER, as_on_form(uow.get(Booklet, booklet_id), values), row_version
    )


def give_own(
    uow: UnitOfWork, booklet_id: str, values: Values, row_version: int | None = None
) -> Reading:
    """Hand in the own reading of every differing field: sealed, and from now on both values may be
    seen. An empty field is refused: «blank» is said, not left out."""
    booklet = locked(uow, booklet_id)
    require_part(uow, booklet, ARBITER)
    fresh(booklet, row_version)
    if own_reading(uow, booklet) is not None:
        raise Conflict(N_("Your own reading has been handed in already."), code="handed-in")
    one, other = _both(uow, booklet)
    differing = compare(fields_for(booklet.exam), values_of(one), values_of(other))
    checked = _checked(booklet, {f: values.get(f, Value()) for f in differing})
    reading = seal(
        uow,
        booklet,
        Source.ARBITER,
        content_of(checked),
        number=rounds(uow, booklet, Source.ARBITER) + 1,
        person_id=uow.actor.person_id,
    )
    drafts.drop(uow, booklet, ARBITER)
    uow.record(
        Event.SETTLE_OWN,
        f"booklet:{booklet.id}",
        version=booklet.version,
        sha256=reading.sha256,
        fields=list(differing),
    )
    return reading


def _checked(booklet: Booklet, values: Values) -> dict[str, Value]:
    folded = as_on_form(booklet, writable(values))
    if empty := [f for f, v in folded.items() if v.empty]:
        raise Invalid(
            N_("Say of every field what you see; an empty one is «blank»."),
            code="incomplete",
            params={"fields": empty},
        )
    fields = fields_for(booklet.exam)
    if unusual := open_warnings(folded, alphabet_for(booklet.exam), fields.tasks):
        raise Invalid(
            N_("Entries with something that the form does not have: %(number)s."),
            code="unusual",
            advice=N_("Correct a slip of the hand, or say why it stands there."),
            params={"number": len(unusual), "fields": [w.field_id for w in unusual]},
        )
    return folded


@dataclass(frozen=True)
class Ruling:
    """What was decided about one field: whose reading, another value only with «something else»,
    and why."""

    choice: Choice
    value: Value | None = None
    reason: str = ""


def decide(
    uow: UnitOfWork,
    booklet_id: str,
    rulings: Mapping[str, Ruling],
    content: str | None = None,
    companion_id: str = "",
) -> Reading:
    """Decide every difference and settle the booklet. `content`: hash of the own reading the page was made with.
    `companion_id`: the other of the two who keyed in, confirmed by own secret, where the rule set lets the two settle
    together."""
    booklet = locked(uow, booklet_id)
    require_part(uow, booklet, ARBITER)
    own = own_reading(uow, booklet)
    if own is None:
        raise Conflict(OWN_FIRST, code="own-first")
    if content is not None and content != own.sha256:
        raise Stale()
    one, other = _both(uow, booklet)
    _check_companion(uow, booklet, companion_id)
    decisions = {f: _decision(booklet, f, ruling, values_of(own)) for f, ruling in rulings.items()}
    values = settle(fields_for(booklet.exam), values_of(one), values_of(other), decisions)
    reading = seal(
        uow,
        booklet,
        Source.SETTLED,
        content_of(
            values,
            first=one.sha256,
            second=other.sha256,
            own=own.sha256,
            companion=companion_id,
            decisions={f: _plain(f, d) for f, d in decisions.items()},
        ),
        person_id=uow.actor.person_id,
    )
    advance(uow, booklet, "settle", agreed=False, sha256=reading.sha256, fields=sorted(decisions))
    return reading


def _decision(booklet: Booklet, field_id: str, ruling: Ruling, own: Values) -> Decision:
    if field_id not in own:
        raise Invalid(
            N_("Both key-ins agree on a field that is to be changed: %(fields)s."),
            code="agreed",
            params={"fields": field_id},
        )
    value = None
    if ruling.choice is Choice.OTHER and ruling.value is not None:
        value = _checked(booklet, {field_id: ruling.value})[field_id]
    return Decision(own[field_id], ruling.choice, value, ruling.reason.strip())


def _plain(field_id: str, decision: Decision) -> dict[str, Any]:
    return {
        "choice": decision.choice.value,
        "own": decision.own.plain(field_id),
        "reason": decision.reason,
    }


def decide_with_companion(
    uow: UnitOfWork, booklet_id: str, rulings: Mapping[str, Ruling], content: str, pin: str
) -> Reading:
    """Decide; where the actor is one of the two who keyed in, the other one confirms with `pin`."""
    other = other_of_the_two(uow, uow.get(Booklet, booklet_id))
    companion_id = log_in.check_secret(uow, other, pin).id if other else ""
    return decide(uow, booklet_id, rulings, content, companion_id)


def other_of_the_two(uow: UnitOfWork, booklet: Booklet) -> str:
    """Who keyed in besides the actor; "" when the actor is neither of the two."""
    done = done_by(uow, booklet)
    two = done[FIRST] | done[SECOND]
    return next(iter(two - {uow.actor.person_id}), "") if uow.actor.person_id in two else ""


def _check_companion(uow: UnitOfWork, booklet: Booklet, companion_id: str) -> None:
    """When one of the two settles (the rule set allows it), the other one must be there and say
    so."""
    other = other_of_the_two(uow, booklet)
    if other and companion_id != other:
        raise Forbidden(
            N_("The two who keyed in settle together: the other one confirms with the own PIN."),
            code="companion",
            advice=N_("Ask your colleague to come to this computer."),
        )
