"""«Копия верна»: unsigned works come to their signers.

The content is read back; each signs with their own PIN.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, request, session

from examday.domain.errors import DomainError
from examday.domain.rules.ruleset import CONFIDENCE_NAMES, SLOT_NAMES, SignerRule
from examday.i18n import gettext as _
from examday.services.transfer import signing
from examday.services.transfer.crew import counted
from examday.services.transfer.crew.counted import Number
from examday.services.transfer.desks import signers
from examday.services.transfer.desks.signing import Sheet
from examday.services.transfer.desks.signing import sheet as signing_sheet
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, each, go_on, look, seek
from examday.web.errors import translate
from examday.web.next_steps import NextStep, next_step
from examday.web.transfer.desks import read_aloud

bp = Blueprint("sign", __name__)
KEPT = "refused-signatures"
"""Key of the cookie under which refusals wait for the page that says them."""
LONGEST_KEPT = 300
"""Characters of a reason that wait in the cookie: a browser drops a cookie that holds a whole page."""


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


@dataclass(frozen=True)
class Refused:
    """What was not signed, and what was entered for it: all but secrets."""

    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Slot → which of its entries the refusal is about, and its words."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    absent: bool = False
    """Whether it is the record of an absence that was refused."""
    reason: str = ""
    recorder: str = ""
    onward: NextStep | None = None
    """Where the refusal leads."""


@bp.app_context_processor
def _unsigned() -> dict[str, object]:
    """Return `unsigned()` for every page.

    It says how many works wait for this person, so that signing is not forgotten.
    """
    return {"unsigned": unsigned}


def unsigned() -> Number:
    """Return how many works wait for this person's signature; none on the pages that list them."""
    if (
        # No reminder there: the list itself is in sight.
        request.blueprint == bp.name
        or g.get("actor") is None
        or not g.actor.may("sign")
        # Until own secrets are set nothing can be signed: a reminder would only lead to a refusal.
        or g.person.must_change
    ):
        return Number(0)
    return look(counted.count_to_sign)


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
def sheet(booklet_id: str) -> Answer:
    """Show one work: what is signed, who has signed, who may sign now."""
    work, said = session.get(KEPT) or ("", ())
    if work != booklet_id:
        return look(lambda uow: _page(uow, booklet_id, Refused()))
    # It waits while no page can be shown: that would not have said it.
    return seek(
        lambda uow: _page(uow, booklet_id, _refused_before(said)), done=_told, refused=_moot
    )


def _told(page: str) -> str:
    session.pop(KEPT)
    return page


def _moot(error: DomainError) -> Answer:
    """Forget the refusals where nothing is to be signed: of a later copy they would be wrong."""
    session.pop(KEPT)
    raise error


@bp.post("/sign/<booklet_id>")
@access("sign")
def sign(booklet_id: str) -> Answer:
    """Sign for everybody who has given their own PIN, one after the other.

    Each signature is an act and a transaction of its own: a wrong PIN keeps nobody else from
    signing. A page of its own says the refusals: a reload of it counts no wrong PIN again, and does
    not call the signature given twice.
    """
    _look_for_sheet(booklet_id)
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

    return each(
        steps,
        done=lambda signed: go_on(
            "sign.sheet", _said_of(signed), booklet_id=_next_to_sign(booklet_id)
        ),
        refused=lambda errors, signed: _say(booklet_id, _refused(errors), _said_of(signed)),
    )


def _look_for_sheet(booklet_id: str) -> None:
    """Refuse a work that has nothing to sign before a PIN is tried: no sheet could say it later."""
    look(lambda uow: signing_sheet(uow, booklet_id))


def _said_of(signed: Sequence[str]) -> str:
    names = ", ".join(_(SLOT_NAMES[slot]) for slot in signed)
    return _("Signed: %(slot)s.", slot=names) if signed else ""


def _say(booklet_id: str, refused: Refused, said: str = "") -> Answer:
    """Go to the sheet, which says once what was refused.

    A reason too long for a cookie is shown again at once: it is not cut.
    """
    if len(refused.reason) > LONGEST_KEPT:
        return look(lambda uow: _page(uow, booklet_id, refused))
    session[KEPT] = (booklet_id, astuple(refused))
    return go_on("sign.sheet", said, booklet_id=booklet_id)


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
    _look_for_sheet(booklet_id)
    person, pin, content, reason = (
        request.form.get(name, "") for name in ("person", "pin", "content", "reason")
    )
    return act(
        lambda uow: signing.record_absence(uow, booklet_id, slot, person, pin, content, reason),
        done=lambda _signoff: go_on(
            "sign.sheet", _("The absence is recorded."), booklet_id=_next_to_sign(booklet_id)
        ),
        refused=lambda error: _say(booklet_id, _refused({slot: error})),
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


def _refused(errors: Mapping[str, DomainError]) -> Refused:
    """Return the refusals of the form that was sent; of several each names its signature."""
    wrong = {}
    for slot, error in errors.items():
        text = " ".join(translate(error))
        named = f"{_(SLOT_NAMES[slot])}: {text}" if len(errors) > 1 else text
        wrong[slot] = (_wrong_entry(error), named)
    sent = request.form
    chosen = {slot: sent.get(f"person-{slot}", "") for slot in SLOT_NAMES}
    return Refused(
        wrong,
        {slot: person for slot, person in chosen.items() if person},
        absent="reason" in sent,
        reason=sent.get("reason", ""),
        recorder=sent.get("person", ""),
        onward=next_step(),
    )


def _refused_before(said: Sequence[Any]) -> Refused:
    """Return the refusals that waited for their page."""
    refused = Refused(*said)
    return replace(refused, onward=refused.onward and NextStep(*refused.onward))


def _wrong_entry(error: DomainError) -> str:
    """Return which kind of entry a refusal is about: a name, the reason of an absence, else a PIN."""
    if "reason" not in request.form:
        return "person" if error.code == "nobody" else "pin"
    return {"reason": "reason", "person": "recorder"}.get(error.field, "pin-absent")


def _page(uow: UnitOfWork, booklet_id: str, refused: Refused) -> str:
    work = signing_sheet(uow, booklet_id)
    slots = _slots(work, refused)
    return render_template(
        "transfer/signing/sheet.html",
        work=work,
        # The person at the computer first: calling somebody else costs minutes.
        slots=sorted(slots, key=lambda s: not (s.open and s.mine)),
        ready=any(s.open and s.people for s in slots),
        lines=read_aloud.lines(work),
        answers=read_aloud.answers(work.values),
        recorders=[(person.id, person.name) for person in work.recorders],
        others=[b for b in signers.waiting(uow, most=2) if b.id != booklet_id],
        refused=refused,
        errors=[(_entry(slots, slot, kind), text) for slot, (kind, text) in refused.wrong.items()],
        booklet=work.booklet,
    )


def _entry(slots: Sequence[Slot], slot: str, kind: str) -> str:
    """Return the id of an entry of this signature.

    Empty where nothing can be entered for it any more: somebody else was faster.
    """
    asked = next((s for s in slots if s.slot == slot and s.open), None)
    there = asked and (asked.people if kind in ("person", "pin") else asked.absence)
    return f"{kind}-{slot}" if there else ""


def _slots(work: Sheet, refused: Refused) -> list[Slot]:
    """Return the signatures in words; whoever is logged in is put forward for one of them.

    For more, a colleague's PIN under the preset name would be counted as their wrong try.
    """
    slots = [_slot(work, rule, refused.chosen.get(rule.slot, "")) for rule in work.rules]
    own = next((s for s in slots if s.open and s.mine), None)
    if own is None or own.chosen or g.person.id in refused.chosen.values():
        return slots
    return [replace(s, chosen=g.person.id) if s is own else s for s in slots]


def _slot(work: Sheet, rule: SignerRule, chosen: str) -> Slot:
    """Return one signature in words."""
    people = [(person.id, person.name) for person in work.candidates.get(rule.slot, [])]
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
        mine=any(person_id == g.person.id for person_id, _name in people),
        chosen=chosen,
    )


def _given(work: Sheet, slot: str) -> Given | None:
    row = work.signed.get(slot)
    if row is None:
        return None
    # An absence has no signer: the person who recorded it is named.
    by = work.names.get(row.person_id or row.recorded_by or "", "")
    return Given(by, row.at, row.person_id is not None, row.absent_reason)
