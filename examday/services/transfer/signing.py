"""Use cases of «Копия верна»: what is to be signed, by whom, and the signature itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.rules.ruleset import SignerRule
from examday.domain.scans.pages import PageState
from examday.domain.transfer import signing
from examday.domain.transfer.answers import Value, read_values
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.readings import Source
from examday.domain.transfer.signing import Content, Given, Hands, ReadBack
from examday.services.custody.booklets import advance
from examday.services.people import directory, log_in
from examday.services.rules.rulesets import for_date
from examday.services.transfer import hands, readings, signatures
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Person, Reading, Signoff


@dataclass(frozen=True)
class Sheet:
    """All that the signing page shows. `candidates`: slot → people who may sign it now."""

    booklet: Booklet
    content: Content
    values: dict[str, Value]
    numbers: ReadBack
    rules: tuple[SignerRule, ...]
    signed: dict[str, Signoff]
    open: tuple[SignerRule, ...]
    candidates: dict[str, list[Person]]
    recorders: list[Person]
    names: dict[str, str]

    @property
    def certified(self) -> bool:
        """Whether all signatures are there."""
        return self.booklet.state == State.CERTIFIED


def rules_of(booklet: Booklet) -> tuple[SignerRule, ...]:
    """The signatures this work needs by the rules of its exam date."""
    return for_date(booklet.exam.date).signers(booklet.medium)


def content_of(uow: UnitOfWork, booklet: Booklet) -> Content:
    """What a signer of the present version vouches for. Conflict when there is nothing to sign
    yet."""
    settled, verified = (
        readings.find(uow, booklet, Source.SETTLED),
        readings.find(uow, booklet, Source.VERIFIED),
    )
    if settled is None or verified is None:
        raise Conflict(
            N_("This work is not ready for signing yet."),
            code="not-ready",
            advice=N_("First it is settled, copied, scanned and verified: see its thread."),
        )
    attached = uow.session.scalars(
        select(Page).where(Page.booklet_id == booklet.id, Page.state == PageState.ATTACHED)
    )
    pages = sorted(attached, key=lambda p: (p.role, p.order, p.at, p.id))
    return Content(
        booklet_id=booklet.id,
        code=booklet.code or "",
        version=booklet.version,
        round=verified.round,
        fields=settled.content["fields"],
        verified_sha256=verified.sha256,
        originals=tuple(p.image_sha256 for p in pages if p.role == "original"),
        copies=tuple(
            p.image_sha256 for p in pages if p.role == "copy" and p.version == booklet.version
        ),
    )


@dataclass(frozen=True)
class _Done:
    """What was done with one work in its present version: all that decides who may sign, and no
    answers."""

    hands: Hands
    signed: dict[str, Signoff]


def _done(uow: UnitOfWork, booklets: Sequence[Booklet]) -> dict[str, _Done]:
    """Who worked on each of the works and who has signed the present content; as many queries for
    many works as for one."""
    ids = [b.id for b in booklets]
    taken, handed_in = hands.taken(uow, ids), hands.handed_in(uow, ids)
    copied, signed = _copied_by(uow, ids), signatures.counting(uow, booklets)
    found = {}
    for b in booklets:
        copier = copied.get((b.id, b.version)) or taken.get((b.id, b.version, COPIER), "")
        found[b.id] = _Done(Hands(hands.by_part(b, taken, handed_in), copier), signed[b.id])
    return found


def _copied_by(uow: UnitOfWork, booklet_ids: Collection[str]) -> dict[tuple[str, int], str]:
    """Booklet id and version → who made the newest copy."""
    rows = uow.session.execute(
        select(Reading.booklet_id, Reading.version, Reading.person_id)
        .where(
            Reading.booklet_id.in_(booklet_ids),
            Reading.source == Source.COPIED,
            Reading.person_id.is_not(None),
        )
        .order_by(Reading.round)
    )
    return {(booklet_id, version): who for booklet_id, version, who in rows if who}


def _given(rows: dict[str, Signoff]) -> list[Given]:
    return [
        Given(row.slot, row.person_id, row.content_sha256, row.absent_reason)
        for row in rows.values()
    ]


def sheet(uow: UnitOfWork, booklet_id: str) -> Sheet:
    """The signing page of one work."""
    booklet = uow.get(Booklet, booklet_id)
    content, rules = content_of(uow, booklet), rules_of(booklet)
    done = _done(uow, [booklet])[booklet.id]
    rows, given = done.signed, _given(done.signed)
    everybody = [p for p in directory.list_people(uow) if not p.disabled]
    still = signing.open_slots(rules, given) if booklet.state == State.VERIFIED else ()
    candidates = {
        rule.slot: [
            p
            for p in everybody
            if rule
            in signing.waits_for(rules, given, p.id, directory.actor_of(p).roles, done.hands)
        ]
        for rule in still
    }
    values = read_values(content.fields)
    return Sheet(
        booklet,
        content,
        values,
        signing.read_back(content, values),
        rules,
        rows,
        still,
        candidates,
        [p for p in everybody if signing.ABSENCE_RECORDERS & directory.actor_of(p).roles],
        directory.names(uow),
    )


def waiting(uow: UnitOfWork, actor: Actor | None = None) -> list[Booklet]:
    """The verified works that wait for a signature this person may give, longest waiting first."""
    who = actor or uow.actor
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.state == State.VERIFIED)
        .order_by(Booklet.since)
        .options(selectinload(Booklet.exam), selectinload(Booklet.seat))
    ).all()
    done = _done(uow, rows)
    return [
        b
        for b in rows
        if signing.waits_for(
            rules_of(b), _given(done[b.id].signed), who.person_id, who.roles, done[b.id].hands
        )
    ]


def sign(
    uow: UnitOfWork, booklet_id: str, slot: str, person_id: str, secret: str, content_sha256: str
) -> Signoff:
    """One person signs one slot with their own PIN or password, on content with this digest; the
    last signature certifies the work. At a shared computer the signer need not be the one who is
    logged in.

    Errors: Forbidden (secret, role), SamePerson, Stale (content changed), Conflict (slot taken,
    work not verified).
    """
    person = log_in.check_secret(uow, person_id, secret)
    signer = directory.actor_of(person)
    booklet, content, done = _locked(uow, booklet_id)
    rule, given = signing.rule_of(rules_of(booklet), slot), _given(done.signed)
    signing.check_present(content, content_sha256)
    signing.check_free(rule, given)
    role = signing.check_signer(rule, person.id, signer.roles, done.hands, given)
    return _write(
        uow,
        booklet,
        content,
        done.signed,
        Signoff(
            booklet_id=booklet.id,
            version=booklet.version,
            round=content.round,
            slot=slot,
            role=role.value,
            person_id=person.id,
            content_sha256=content.sha256,
            at=uow.now(),
        ),
        signer,
    )


def record_absence(
    uow: UnitOfWork,
    booklet_id: str,
    slot: str,
    person_id: str,
    secret: str,
    content_sha256: str,
    reason: str,
) -> Signoff:
    """The head, the lead organiser or the exam-board member records, with their own PIN, that a
    signer is absent."""
    person = log_in.check_secret(uow, person_id, secret)
    recorder = directory.actor_of(person)
    booklet, content, done = _locked(uow, booklet_id)
    rule = signing.rule_of(rules_of(booklet), slot)
    signing.check_present(content, content_sha256)
    signing.check_free(rule, _given(done.signed))
    signing.check_absence(rule, recorder.roles, reason)
    return _write(
        uow,
        booklet,
        content,
        done.signed,
        Signoff(
            booklet_id=booklet.id,
            version=booklet.version,
            round=content.round,
            slot=slot,
            role=rule.roles[0].value,
            absent_reason=reason.strip(),
            recorded_by=person.id,
            content_sha256=content.sha256,
            at=uow.now(),
        ),
        recorder,
    )


def _locked(uow: UnitOfWork, booklet_id: str) -> tuple[Booklet, Content, _Done]:
    """The work, held against other signers until the end of the transaction, and what has been
    done with it."""
    booklet = readings.locked(uow, booklet_id)
    if booklet.state != State.VERIFIED:
        raise Conflict(
            N_("This work does not wait for signatures now."),
            code="not-waiting",
            advice=N_("Look at its thread: it shows where the work stands."),
        )
    return booklet, content_of(uow, booklet), _done(uow, [booklet])[booklet.id]


def _write(
    uow: UnitOfWork,
    booklet: Booklet,
    content: Content,
    rows: dict[str, Signoff],
    row: Signoff,
    signer: Actor,
) -> Signoff:
    data: dict[str, Any] = {"slot": row.slot, "version": row.version, "content": row.content_sha256}
    if uow.actor.person_id != signer.person_id:
        data["computer_of"] = uow.actor.person_id
    # The event is the act of whoever gave the secret, not of whoever happens to be logged in.
    uow.actor = signer
    uow.add(row)
    uow.record(
        Event.SIGNOFF_SIGN if row.person_id else Event.SIGNOFF_ABSENCE,
        f"booklet:{booklet.id}",
        **data,
    )
    if signing.complete(rules_of(booklet), _given({**rows, row.slot: row})):
        advance(uow, booklet, "certify", content=content.sha256)
    return row
