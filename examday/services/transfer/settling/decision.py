"""The decision on differing fields, by a third person who has given an own reading first."""

from collections.abc import Mapping
from dataclasses import replace

from examday.domain.transfer.answers import Decision, Ruling, decisions_of, settle
from examday.domain.transfer.duties import ARBITER
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance
from examday.services.people import log_in
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer import readings
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import check_some
from examday.services.transfer.going_back import kept
from examday.services.transfer.settling import companion
from examday.services.transfer.settling.own_reading import answered, asked_after, require_own
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


def decide_with_companion(
    uow: UnitOfWork,
    booklet_id: str,
    rulings: Mapping[str, Ruling],
    content: str,
    pin: str,
) -> Reading:
    """Decide; where the actor is one of the two who keyed in, the other one confirms with `pin`."""
    # The secret comes first: its check ends the transaction, and would save half a decision.
    # Whose secret it must be is known from the record: the page cannot name somebody else.
    other = companion.other_of_the_two(uow, uow.get(Booklet, booklet_id))
    if other:
        log_in.prove_oneself(uow, other, pin, log_in.Part.CONFIRMS)
    return decide(uow, booklet_id, rulings, content)


def decide(
    uow: UnitOfWork,
    booklet_id: str,
    rulings: Mapping[str, Ruling],
    content: str | None = None,
) -> Reading:
    """Decide every difference and settle the booklet.

    `rulings`: by field, of a long answer that was read place by place by place.
    `content`: hash of the own reading that the page was made with. Where the rule
    set lets the two who keyed in settle together, the other one has confirmed by own secret.
    Raises Conflict before the own reading, Stale, Forbidden without the companion, Invalid when a
    difference is left open or a field on which both agree would be changed.
    """
    booklet = hold_part(uow, booklet_id, ARBITER)
    own = require_own(uow, booklet, content)
    first, second = readings.first_and_second(uow, booklet)
    companion_id = companion.proven(uow, booklet)
    decided = _checked(booklet, decisions_of(rulings, answered(own)))
    decisions = asked_after(uow, booklet, own).decisions(decided, readings.values_of(own))
    fields = fields_for(booklet.exam)
    values = settle(fields, *kept.to_compare(uow, booklet), decisions)
    sealed = readings.content_of(
        values,
        first=first.sha256,
        second=second.sha256,
        own=own.sha256,
        # Sealed with the values: both of the two answer for them.
        companion=companion_id,
        decisions={
            **kept.decisions(uow, booklet),
            **{f: decision.plain(f) for f, decision in decisions.items()},
        },
    )
    person_id = uow.actor.person_id
    reading = readings.seal(uow, booklet, Source.SETTLED, sealed, person_id=person_id)
    advance(
        uow,
        booklet,
        "settle",
        agreed=False,
        sha256=reading.sha256,
        fields=sorted(decisions),
    )
    return reading


def _checked(booklet: Booklet, decisions: Mapping[str, Decision]) -> dict[str, Decision]:
    """Return the decisions, each «something else» with its value in the characters of the form."""
    checked = dict(decisions)
    for field_id, decision in decisions.items():
        if decision.value is not None:
            value = check_some(booklet, {field_id: decision.value})[field_id]
            checked[field_id] = replace(decision, value=value)
    return checked
