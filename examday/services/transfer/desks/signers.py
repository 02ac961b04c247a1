"""Signers: who may sign «Копия верна» on a work now, and which works wait for somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.rules.ruleset import SignerRule
from examday.domain.transfer import signing
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.readings import Source
from examday.domain.transfer.signing import Given, Hands
from examday.services.custody.booklets import not_now
from examday.services.rules import in_force
from examday.services.transfer import hands, signatures
from examday.services.transfer.crew.waiting import FOR_LINES, longest_waiting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Reading, Signoff


def rules_of(booklet: Booklet) -> tuple[SignerRule, ...]:
    """Return the signatures this work needs by the rules of its exam date."""
    return in_force.for_exam(booklet.exam).signers(booklet.medium)


@dataclass(frozen=True)
class Progress:
    """What was done with one work in its present version: all that decides who may sign, and no
    answers, so that it can be asked for every work on a page.
    """

    rules: tuple[SignerRule, ...]
    hands: Hands
    signed: dict[str, Signoff]
    """Slot → the signature or recorded absence that counts: of the present copy and round alone."""

    @property
    def given(self) -> list[Given]:
        """The signatures and absences as the rules see them."""
        return [_given(signoff) for signoff in self.signed.values()]

    def with_signoff(self, signoff: Signoff) -> list[Given]:
        """Return the same with one more."""
        return [*self.given, _given(signoff)]

    def slots_for(self, actor: Actor) -> tuple[SignerRule, ...]:
        """Return the open slots that this person could sign now."""
        return signing.waits_for(self.rules, self.given, actor.person_id, actor.roles, self.hands)


def _given(signoff: Signoff) -> Given:
    return Given(signoff.slot, signoff.person_id, signoff.content_sha256, signoff.absent_reason)


def hold_waiting(uow: UnitOfWork, booklet_id: str) -> Booklet:
    """Return the work, held against other signers; Conflict unless it waits for signatures."""
    booklet = uow.hold(Booklet, booklet_id)
    if booklet.state != State.VERIFIED:
        raise not_now(
            booklet,
            N_("This work does not wait for signatures now: «%(state)s»."),
            "not-waiting",
        )
    return booklet


def progress_of(uow: UnitOfWork, booklet: Booklet) -> Progress:
    """Return who worked on this work, and who has signed its present content."""
    return progress(uow, [booklet])[booklet.id]


def progress(uow: UnitOfWork, booklets: Sequence[Booklet]) -> dict[str, Progress]:
    """Return booklet id → who worked on it and who has signed the present content.

    As many queries for many works as for one, none for none: every page of a signer asks.
    """
    if not booklets:
        return {}
    at_work, signed = hands.of_works(uow, booklets), signatures.counting(uow, booklets)
    return {b.id: Progress(rules_of(b), at_work[b.id], signed[b.id]) for b in booklets}


MOST = 100
"""Works that wait for somebody's signature and are shown at once: more nobody signs in one go.
Those that wait longest come first."""


def waiting(uow: UnitOfWork, actor: Actor | None = None, most: int = MOST) -> list[Booklet]:
    """Return the verified works that wait for a signature this person may give, longest waiting
    first; at most so many.
    """
    return list(islice(in_turn(uow, actor or uow.actor, most, FOR_LINES), most))


FOR_RULES = (selectinload(Booklet.exam),)
"""What the rules of signing ask of a work: a number needs no seats and names."""


def in_turn(
    uow: UnitOfWork, signer: Actor, first: int, read: Sequence[ExecutableOption] = FOR_RULES
) -> Iterator[Booklet]:
    """Yield the same one after the other, so that whoever wants a few reads no more works than that;
    `first`: how many that is. `read`: what comes with each.
    """
    works = select(Booklet).where(
        Booklet.state == State.VERIFIED, uow.written_here, _may_wait_for(uow, signer)
    )
    # The longest wait first: an unsigned work raises an alarm on the board (`PATIENCE`).
    for some in longest_waiting(uow, works.options(*read), first=first):
        known = progress(uow, some)
        yield from (booklet for booklet in some if known[booklet.id].slots_for(signer))


def _may_wait_for(uow: UnitOfWork, signer: Actor) -> ColumnElement[bool]:
    """Return what the database can tell already: that one of the places for this person's roles is
    open, and that they did, or did not, what it asks for. The rules decide on what is left.

    What waits for others, perhaps for days, is not even read: it must not make every page slow.
    """
    places = {
        (medium, rule.slot)
        for rules in in_force.sets(uow)
        for medium, some in rules.signing.items()
        for rule in some
        if signing.role_for(rule, signer.roles)
    }
    mine = _of_round().where(Signoff.person_id == signer.person_id).exists()
    open_places = [
        and_(
            Booklet.medium.in_(sorted(medium for medium, one in places if one == slot)),
            _copied_by(signer) if slot in signing.COPIER_SLOTS else ~_has_part(signer),
            ~_of_round().where(Signoff.slot == slot).exists(),
        )
        for slot in sorted({slot for _medium, slot in places})
    ]
    # In this order: most works that are not for the signer are told by the first that is asked.
    return or_(false(), *open_places) & ~mine


def _of_round() -> Select[str]:
    """The signatures on the copy of a work that was verified last."""
    verified = select(func.coalesce(func.max(Reading.round), 1)).where(
        Reading.booklet_id == Booklet.id,
        Reading.version == Booklet.version,
        Reading.source == Source.VERIFIED,
    )
    return select(Signoff.id).where(
        Signoff.booklet_id == Booklet.id,
        Signoff.version == Booklet.version,
        # Of this very work: two selects lie between, and without it all readings are looked through.
        Signoff.round == verified.correlate(Booklet).scalar_subquery(),
    )


def _has_part(signer: Actor) -> ColumnElement[bool]:
    """That the signer has a part of the work's present version, so is no witness of it."""
    return _parts_of(signer).exists()


def _copied_by(signer: Actor) -> ColumnElement[bool]:
    """That the signer has the copying of the present version, or has made a copy of it."""
    copied = select(Reading.id).where(
        Reading.booklet_id == Booklet.id,
        Reading.version == Booklet.version,
        Reading.source == Source.COPIED,
        Reading.person_id == signer.person_id,
    )
    return _parts_of(signer).where(Assignment.part == COPIER).exists() | copied.exists()


def _parts_of(signer: Actor) -> Select[str]:
    return select(Assignment.id).where(
        Assignment.booklet_id == Booklet.id,
        Assignment.version == Booklet.version,
        Assignment.person_id == signer.person_id,
    )


@dataclass(frozen=True)
class SignaturePlace:
    """One place under «Копия верна» and who filled it, if anybody did."""

    rule: SignerRule
    given: Signoff | None
    """None where nobody has signed, nor anybody's absence was recorded."""


def signature_places(uow: UnitOfWork, booklet: Booklet) -> tuple[SignaturePlace, ...]:
    """Return the places that the rules of the exam date demand, in their order."""
    signed = signatures.counting(uow, [booklet])[booklet.id]
    return tuple(SignaturePlace(rule, signed.get(rule.slot)) for rule in rules_of(booklet))
