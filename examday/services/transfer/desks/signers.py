"""Signers: who may sign «Копия верна» on a work now, and which works wait for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.rules.ruleset import SignerRule
from examday.domain.transfer import signing
from examday.domain.transfer.readings import Source
from examday.domain.transfer.signing import Given, Hands
from examday.services.custody.booklets import not_now
from examday.services.rules.in_force import for_exam
from examday.services.transfer import hands, signatures
from examday.services.transfer.crew.waiting import FOR_LINES, longest_waiting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading, Signoff


def rules_of(booklet: Booklet) -> tuple[SignerRule, ...]:
    """Return the signatures this work needs by the rules of its exam date."""
    return for_exam(booklet.exam).signers(booklet.medium)


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
    signer = actor or uow.actor
    verified = select(func.coalesce(func.max(Reading.round), 1)).where(
        Reading.booklet_id == Booklet.id,
        Reading.version == Booklet.version,
        Reading.source == Source.VERIFIED,
    )
    mine = select(Signoff.id).where(
        Signoff.booklet_id == Booklet.id,
        Signoff.version == Booklet.version,
        # Of this very work: two selects lie between, and without it all readings are looked through.
        Signoff.round == verified.correlate(Booklet).scalar_subquery(),
        Signoff.person_id == signer.person_id,
    )
    # What one has signed waits for others, perhaps for days: it must not hide what came later.
    works = select(Booklet).where(Booklet.state == State.VERIFIED, uow.written_here, ~mine.exists())
    found: list[Booklet] = []
    # The longest wait first: an unsigned work raises an alarm on the board (`PATIENCE`).
    for some in longest_waiting(uow, works.options(*FOR_LINES)):
        known = progress(uow, some)
        found += [booklet for booklet in some if known[booklet.id].slots_for(signer)]
        if len(found) >= most:
            break
    return found[:most]


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
