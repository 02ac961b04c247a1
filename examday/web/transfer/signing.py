"""«Копия верна»: unsigned works come to their signers.

The content is read back; each signs with their own PIN.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, g, render_template, request

from examday.domain.errors import DomainError
from examday.domain.rules.ruleset import CONFIDENCE_NAMES, SLOT_NAMES, SignerRule
from examday.i18n import gettext as _
from examday.services.transfer import signing
from examday.services.transfer.desks import signers
from examday.services.transfer.desks.signing import Sheet
from examday.services.transfer.desks.signing import sheet as signing_sheet
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, each, go_on, look
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


@bp.post("/sign/<booklet_id>")
@access("sign")
def sign(booklet_id: str) -> Answer:
    """Sign for everybody who has given their own PIN, one after the other.

    Each signature is an act and a transaction of its own: a wrong PIN keeps nobody else from
    signing.
    """
    sent = request.form
    steps = {
        slot: partial(
            signing.sign,
            booklet_id=booklet_id,
            slot=slot,
            person_id=sent.get(f"person-{slot}", ""),
            secret=sent.get(f"pin-{slot}", ""),
            content_sha256=sent.get("content", ""),
        )
        for slot in _asked(sent)
    }

    def page(refused: Mapping[str, DomainError], signed: Sequence[str]) -> str:
        if signed:
            flash(_said_of(signed))
        return look(lambda uow: _page(uow, booklet_id, refused))

    return each(
        steps,
        done=lambda signed: go_on(
            "sign.sheet", _said_of(signed), booklet_id=_next_to_sign(booklet_id)
        ),
        refused=page,
    )


def _said_of(signed: Sequence[str]) -> str:
    return _("Signed: %(slot)s.", slot=", ".join(_(SLOT_NAMES[slot]) for slot in signed))


def _asked(sent: Mapping[str, str]) -> list[str]:
    """Return the slots for which a PIN was given; without any the one that stood first, which
    lacks it.
    """
    there = [slot for slot in SLOT_NAMES if f"pin-{slot}" in sent]
    own = sorted(there, key=lambda slot: sent.get(f"person-{slot}") != g.person.id)
    return [slot for slot in there if sent[f"pin-{slot}"]] or own[:1] or [""]


@bp.post("/sign/<booklet_id>/absent/<slot>")
@access("sign")
def absent(booklet_id: str, slot: str) -> Answer:
    """Record with a reason that a signer is absent."""
    person, pin, content, reason = (
        request.form.get(name, "") for name in ("person", "pin", "content", "reason")
    )
    return act(
        lambda uow: signing.record_absence(uow, booklet_id, slot, person, pin, content, reason),
        done=lambda _signoff: go_on(
            "sign.sheet", _("The absence is recorded."), booklet_id=_next_to_sign(booklet_id)
        ),
        refused=lambda error: look(lambda uow: _page(uow, booklet_id, {slot: error})),
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
    refused: Mapping[str, DomainError] | None = None,
) -> str:
    """`refused`: slot → why it was not signed."""
    work, refused = signing_sheet(uow, booklet_id), refused or {}
    slots = [_slot(work, rule) for rule in work.rules]
    return render_template(
        "transfer/signing/sheet.html",
        work=work,
        # The person at the computer first: calling somebody else costs minutes.
        slots=sorted(slots, key=lambda s: not (s.open and s.mine)),
        ready=any(s.open and s.people for s in slots),
        lines=read_aloud.lines(work),
        answers=read_aloud.answers(work),
        recorders=[(person.id, person.name) for person in work.recorders],
        others=[b for b in signers.waiting(uow) if b.id != booklet_id],
        refused=refused,
        errors=[_said(slots, slot, error, len(refused) > 1) for slot, error in refused.items()],
        absent="reason" in request.form,
        reason=request.form.get("reason", ""),
        recorder=request.form.get("person", ""),
        booklet=work.booklet,
    )


def _said(slots: Sequence[Slot], slot: str, error: DomainError, named: bool) -> tuple[str, str]:
    """Return the entry that a refusal is about, and its words: of several each names its signature."""
    text = " ".join(translate(error))
    return _wrong_entry(slots, slot, error), f"{_(SLOT_NAMES[slot])}: {text}" if named else text


def _wrong_entry(slots: Sequence[Slot], slot: str, error: DomainError) -> str:
    """Return the entry that a refusal is about: a name, the reason of an absence, else a PIN.

    Empty where nothing can be entered for this signature any more: somebody else was faster.
    """
    asked = next((s for s in slots if s.slot == slot and s.open), None)
    if asked is None:
        return ""
    if "reason" not in request.form:
        wrong = "person" if error.code == "nobody" else "pin"
        return f"{wrong}-{slot}" if asked.people else ""
    wrong = {"reason": "reason", "person": "recorder"}.get(error.field, "pin-absent")
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
        chosen=request.form.get(f"person-{rule.slot}") or (g.person.id if mine else ""),
    )


def _given(work: Sheet, slot: str) -> Given | None:
    row = work.signed.get(slot)
    if row is None:
        return None
    # An absence has no signer: the person who recorded it is named.
    by = work.names.get(row.person_id or row.recorded_by or "", "")
    return Given(by, row.at, row.person_id is not None, row.absent_reason)
