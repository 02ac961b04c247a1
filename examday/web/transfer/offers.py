"""The works that wait for this person, kind by kind, and what is open of one work."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, NotFound, SamePerson
from examday.domain.messages import N_
from examday.domain.transfer.duties import PART_NAMES, PART_RULES
from examday.i18n import gettext as _
from examday.services.transfer import offers
from examday.services.transfer.crew import openings
from examday.services.transfer.crew.openings import Hindrance
from examday.services.transfer.offers import Offer
from examday.services.unit_of_work import UnitOfWork
from examday.web.acts import Answer, attempt, change, look
from examday.web.errors import translate

KIND_WORDS: dict[str, tuple[str, str]] = {
    "verify": (N_("Verification of the copy"), N_("Verify the next copy")),
    "settle": (N_("Differences between key-ins"), N_("Settle the next work")),
    "copying": (N_("Copying onto the standard form"), N_("Copy the next work")),
    "keyin": (N_("Key-in from the original"), N_("Key in the next work")),
}
DESKS = {
    "keyin": "keyin.desk",
    "settle": "settle.desk",
    "copying": "copying.sheet",
    "verify": "verify.desk",
}


@dataclass(frozen=True)
class Queue:
    """One kind of work in words: what this person holds, what is open, the address of its desk."""

    kind: str
    title: str
    label: str
    held: list[Offer]
    open: list[Offer]
    desk: str
    looked_at: int | None
    """Of how many works it was asked, those that wait longest; None for all. The page says
    which: a part must not look like the whole."""


def mine(kind: str) -> bool:
    """Return whether this person may do this kind of work."""
    return any(g.actor.may(PART_RULES[part].permission) for part in offers.KINDS[kind])


def queue(uow: UnitOfWork, kind: str) -> Queue:
    """Return one kind of work: what is held, what is open, in words."""
    found = offers.offers(uow, kind, offers.MOST + 1)
    title, label = KIND_WORDS[kind]
    return Queue(
        kind,
        _(title),
        _(label),
        [offer for offer in found[: offers.MOST] if offer.held],
        [offer for offer in found[: offers.MOST] if not offer.held],
        DESKS[kind],
        _looked_at(uow, kind, len(found)),
    )


def _looked_at(uow: UnitOfWork, kind: str, found: int) -> int | None:
    """Return how many works of this kind were looked at where there are more; else None."""
    if found > offers.MOST:
        return offers.MOST
    return offers.LOOKED_AT if offers.beyond(uow, kind) else None


def queue_page(kind: str, **more: object) -> str:
    """Return the page of one kind of work; `more`: what else its template shows."""
    return look(
        lambda uow: render_template(f"transfer/{kind}/index.html", q=queue(uow, kind), **more)
    )


def desk_of(kind: str, booklet_id: str) -> str:
    """Return the address of the desk for this work."""
    return url_for(DESKS[kind], booklet_id=booklet_id)


def next_desk(kind: str, said: str, otherwise: Callable[[], Response]) -> Response:
    """Open the desk of the next work by itself, after one of this kind was handed in.

    `said` is told there; where nothing waits, `otherwise` leads on.
    """
    try:
        taken = change(lambda uow: offers.next_after(uow, kind))
    except DomainError:
        # What was handed in is handed in: a next work that cannot be had is no reason to refuse.
        taken = None
    if taken is None:
        return otherwise()
    flash(" ".join(filter(None, (said, _("Here is the next work.")))), "message")
    return redirect(desk_of(taken[0], taken[1].booklet_id), 303)


def desk_or_offer(kind: str, booklet_id: str, draw: Callable[[], Answer]) -> Answer:
    """Draw the desk; to somebody without the part, show what is open of the work.

    No error for the reader: a colleague may have taken the work meanwhile.
    """
    return attempt(
        draw,
        done=lambda page: page,
        refused=lambda _error: offer_page(kind, booklet_id),
        kinds=(NotFound,),
    )


def offer_page(kind: str, booklet_id: str) -> tuple[str, int]:
    """Show what of a work is open to somebody who opens its desk without the part.

    Where nothing is open, say why.
    """
    return look(lambda uow: _offer_page(uow, kind, booklet_id))


def _offer_page(uow: UnitOfWork, kind: str, booklet_id: str) -> tuple[str, int]:
    found = openings.opening(uow, booklet_id, kind)
    # Names of colleagues are for those who may take a part from somebody who has left.
    holders = found.holders if g.actor.may("reopen") else {}
    page = render_template(
        "transfer/work/offer.html",
        booklet=found.booklet,
        part=found.part,
        # Once each: both key-ins are often barred by the same sentence.
        why=list(dict.fromkeys(_why(one) for one in found.hindrances)),
        part_name=_(PART_NAMES[found.part]) if found.part else "",
        title=_(KIND_WORDS[kind][0]),
        held=[(part, _(PART_NAMES[part]), name) for part, name in holders.items()],
    )
    return page, 200 if found.part else 403


def _why(hindrance: Hindrance) -> str:
    """Return why a part cannot be taken, in words."""
    if hindrance.error is None:
        part = _(PART_NAMES[hindrance.part]).capitalize()
        return _("%(part)s: a colleague has taken it.", part=part)
    message, advice = translate(hindrance.error)
    return message if isinstance(hindrance.error, SamePerson) else f"{message} {advice}"
