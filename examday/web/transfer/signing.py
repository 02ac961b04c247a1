"""«Копия верна»: unsigned works come to their signers.

The content is read back; each signs with their own PIN.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, g, render_template, request

from examday.domain.errors import DomainError
from examday.domain.rules.ruleset import CONFIDENCE_NAMES, SLOT_NAMES, SignerRule
from examday.i18n import gettext as _
from examday.services.transfer import signing
from examday.services.transfer.desks import signers
from examday.services.transfer.desks.signing import Sheet
from examday.services.transfer.desks.signing import sheet as signing_sheet
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.transfer.desks import read_aloud

bp = Blueprint("sign", __name__)


@dataclass(frozen=True)
class Given:
    """A signature, or a recorded absence with its reason: who gave it, and when."""

    by: str
    at: dt.datetime
    signature: bool
    """False for a recorded absence, which has a reason in place of a signature."""
    absent_reason: str


@dataclass(frozen=True)
class Slot:
    """One signature: by which rule, given by whom, or open to whom (id and name)."""

    slot: str
    name: str
    rule: str
    source: str
    sure: str
    """How certain the rule is, in words: believed values are marked as such on every page."""
    absence: bool
    given: Given | None
    open: bool
    """Not yet given, and the work waits for signatures now: before that nobody is pressed to
    sign."""
    people: list[tuple[str, str]]
    mine: bool
    """Whether the person at this computer may sign here; then this signature comes first."""
    chosen: str
    """Who was chosen before a refusal: a wrong PIN must not send the form back to the first name."""


@bp.app_context_processor
def _unsigned() -> dict[str, object]:
    """Return `unsigned()` for every page, and up to which number it counts.

    It says how many works wait for this person, so that signing is not forgotten.
    """
    return {"unsigned": unsigned, "most_unsigned": signers.MOST}


def unsigned() -> int:
    """Return how many works wait for this person's signature; 0 on the pages that list them."""
    if (
        # No reminder there: the list itself is in sight.
        request.blueprint == bp.name
        or g.get("actor") is None
        or not g.actor.may("sign")
        # Until own secrets are set nothing can be signed: a reminder would only lead to a refusal.
        or g.person.must_change
    ):
        return 0
    return look(lambda uow: len(signers.waiting(uow, most=signers.MOST + 1)))


@bp.get("/sign")
@access("sign")
def index() -> str:
    """Show the works that wait for this person's signature."""
    return look(
        lambda uow: render_template(
            "transfer/signing/index.html",
            # One more than is shown tells that there are more.
            waiting=signers.waiting(uow, most=signers.MOST + 1),
            most=signers.MOST,
        )
    )


@bp.get("/sign/<booklet_id>")
@access("sign")
def sheet(booklet_id: str) -> str:
    """Show one work: what is signed, who has signed, who may sign now."""
    return look(lambda uow: _page(uow, booklet_id))


@bp.post("/sign/<booklet_id>/<slot>")
@access("sign")
def sign(booklet_id: str, slot: str) -> Answer:
    """Sign one slot, or record with a reason that its signer is absent."""
    sent = request.form
    person, pin, content = (sent.get(name, "") for name in ("person", "pin", "content"))

    def step(uow: UnitOfWork) -> str:
        if "reason" in sent:
            signing.record_absence(uow, booklet_id, slot, person, pin, content, sent["reason"])
            return _("The absence is recorded.")
        signing.sign(uow, booklet_id, slot, person, pin, content)
        return _("Signed: %(slot)s.", slot=_(SLOT_NAMES[slot]))

    return act(
        step,
        done=lambda said: go_on("sign.sheet", said, booklet_id=_next_to_sign(booklet_id)),
        refused=lambda error: look(lambda uow: _page(uow, booklet_id, slot, error)),
    )


def _next_to_sign(booklet_id: str) -> str:
    """Return this work while signatures are open, then the next one that waits for this person.

    Three people sign at one laptop: the page goes on by itself only when the last of them has.
    """

    def find(uow: UnitOfWork) -> str:
        if not signing_sheet(uow, booklet_id).certified:
            return booklet_id
        return next((b.id for b in signers.waiting(uow, most=1)), booklet_id)

    return look(find)


def _page(
    uow: UnitOfWork,
    booklet_id: str,
    slot: str = "",
    error: DomainError | None = None,
) -> str:
    work = signing_sheet(uow, booklet_id)
    slots = [_slot(work, rule) for rule in work.rules]
    return render_template(
        "transfer/signing/sheet.html",
        work=work,
        slots=slots,
        lead=_lead(slots),
        lines=read_aloud.lines(work),
        answers=read_aloud.answers(work),
        recorders=[(person.id, person.name) for person in work.recorders],
        others=[b for b in signers.waiting(uow) if b.id != booklet_id],
        bad=slot,
        bad_id=_wrong_entry(slots, slot, error),
        error=error and " ".join(translate(error)),
        absent="reason" in request.form,
        reason=request.form.get("reason", ""),
        booklet=work.booklet,
    )


def _wrong_entry(slots: Sequence[Slot], slot: str, error: DomainError | None) -> str:
    """Return the entry that a refusal is about: the reason of an absence, else a PIN.

    Empty where nothing can be entered for this signature any more: somebody else was faster.
    """
    asked = next((s for s in slots if s.slot == slot and s.open), None)
    if asked is None:
        return ""
    if "reason" not in request.form:
        return f"pin-{slot}" if asked.people else ""
    wrong = "reason" if error is not None and error.field == "reason" else "pin-absent"
    return f"{wrong}-{slot}" if asked.absence else ""


def _slot(work: Sheet, rule: SignerRule) -> Slot:
    """Return one signature in words."""
    people = [(person.id, person.name) for person in work.candidates.get(rule.slot, [])]
    mine = any(person_id == g.person.id for person_id, _name in people)
    return Slot(
        slot=rule.slot,
        name=_(SLOT_NAMES[rule.slot]),
        rule=rule.rule,
        source=rule.source,
        sure=_(CONFIDENCE_NAMES[rule.confidence]),
        absence=rule.absence_allowed,
        given=_given(work, rule.slot),
        open=rule in work.open,
        people=people,
        mine=mine,
        chosen=request.form.get("person") or (g.person.id if mine else ""),
    )


def _given(work: Sheet, slot: str) -> Given | None:
    row = work.signed.get(slot)
    if row is None:
        return None
    # An absence has no signer: the person who recorded it is named.
    by = work.names.get(row.person_id or row.recorded_by or "", "")
    return Given(by, row.at, row.person_id is not None, row.absent_reason)


def _lead(slots: list[Slot]) -> str:
    """Return the signature that is the next step: one's own, else the first that is open."""
    ready = [s for s in slots if s.open and s.people]
    # The person at the computer first: calling somebody else costs minutes.
    return next((s.slot for s in sorted(ready, key=lambda s: not s.mine)), "")
