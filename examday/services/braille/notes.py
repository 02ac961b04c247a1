"""Notes of the tiflo-translator commission: working time, incidents, refusals."""

from examday.domain.errors import Invalid
from examday.domain.events import commission_event
from examday.domain.messages import N_
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_braille import CommissionNote


def record_refusal(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    person_id: str,
    reason: str,
) -> CommissionNote:
    """Record that a work was not given out by the rule of distribution, and why (a msgid)."""
    require(uow, "braille.lead")
    return keep(uow, "refused", person_id, "", booklet_id, facts={"part": part, "reason": reason})


def note(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None = None,
    text: str = "",
    booklet_id: str | None = None,
) -> CommissionNote:
    """Record that somebody has come or gone, or an incident in words.

    People enter their own coming and going; for others the chair does. Invalid without the words of
    an incident.
    """
    own = person_id == uow.actor.person_id
    if kind not in ("come", "go", "incident"):
        raise Invalid()
    require(uow, "braille.desk" if own or kind == "incident" else "braille.lead")
    if kind == "incident" and not text.strip():
        raise Invalid(
            N_("Say what happened."),
            code="text",
            field="text",
            advice=N_("One sentence is enough."),
        )
    return keep(uow, kind, person_id, text, booklet_id)


def keep(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None,
    text: str,
    booklet_id: str | None = None,
    consent: str | None = None,
    facts: dict[str, str] | None = None,
) -> CommissionNote:
    """Add a note of any kind and its entry in the ledger."""
    row = uow.add(
        CommissionNote(
            kind=kind,
            person_id=person_id,
            booklet_id=booklet_id,
            text=text.strip(),
            recorded_by=uow.actor.person_id,
            consent_by=consent,
            facts=facts or {},
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(
        commission_event(kind),
        f"commission:{row.id}",
        person=person_id or "",
        booklet=booklet_id or "",
    )
    return row
