"""«Копия верна»: one signature, or the record that a signer is absent."""

from examday.domain.events import Event
from examday.domain.people.roles import Role
from examday.domain.transfer import signing
from examday.domain.transfer.signing import Content
from examday.services.custody.booklets import advance
from examday.services.people import log_in
from examday.services.transfer import signatures
from examday.services.transfer.desks.signers import Progress, hold_waiting, progress_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Signoff


def sign(
    uow: UnitOfWork,
    booklet_id: str,
    slot: str,
    person_id: str,
    secret: str,
    content_sha256: str,
) -> Signoff:
    """Sign one slot, by one person with their own PIN or password, on content with this digest.

    The last signature certifies the work.

    Raises Forbidden (secret, role), SamePerson, Stale (content changed), Conflict (slot taken,
    work not verified).
    """
    log_in.prove_oneself(uow, person_id, secret, log_in.Part.ACTS)
    booklet = hold_waiting(uow, booklet_id)
    content, progress = signatures.content_of(uow, booklet), progress_of(uow, booklet)
    rule = signing.rule_of(progress.rules, slot)
    # What was read comes first: with other content the answers below would be about another copy.
    signing.check_present(content, content_sha256)
    signing.check_free(rule, progress.given)
    role = signing.check_signer(
        rule, uow.actor.person_id, uow.actor.roles, progress.hands, progress.given
    )
    signoff = _signoff(uow, content, rule.slot, role)
    signoff.person_id = uow.actor.person_id
    return _write(uow, booklet, progress, signoff)


def record_absence(
    uow: UnitOfWork,
    booklet_id: str,
    slot: str,
    person_id: str,
    secret: str,
    content_sha256: str,
    reason: str,
) -> Signoff:
    """Record by the head, lead organiser or exam-board member, with their own PIN,
    that a signer is absent. Raises as `sign`, and Invalid where the rules allow no absence or the
    reason is too short.
    """
    log_in.prove_oneself(uow, person_id, secret, log_in.Part.ACTS)
    booklet = hold_waiting(uow, booklet_id)
    content, progress = signatures.content_of(uow, booklet), progress_of(uow, booklet)
    rule = signing.rule_of(progress.rules, slot)
    signing.check_present(content, content_sha256)
    signing.check_free(rule, progress.given)
    signing.check_absence(rule, uow.actor.roles, reason)
    # The role that the rule names first: nobody is there whose own role could be taken.
    signoff = _signoff(uow, content, rule.slot, rule.roles[0])
    signoff.absent_reason, signoff.recorded_by = reason.strip(), uow.actor.person_id
    return _write(uow, booklet, progress, signoff)


def _signoff(
    uow: UnitOfWork,
    content: Content,
    slot: str,
    role: Role,
) -> Signoff:
    return Signoff(
        booklet_id=content.booklet_id,
        version=content.version,
        round=content.round,
        slot=slot,
        role=role.value,
        content_sha256=content.sha256,
        absent_reason="",
        at=uow.now(),
    )


def _write(
    uow: UnitOfWork,
    booklet: Booklet,
    progress: Progress,
    signoff: Signoff,
) -> Signoff:
    uow.add(signoff)
    uow.record(
        Event.SIGNOFF_SIGN if signoff.person_id else Event.SIGNOFF_ABSENCE,
        f"booklet:{booklet.id}",
        slot=signoff.slot,
        version=signoff.version,
        content=signoff.content_sha256,
    )
    # In the same transaction: a work with all signatures is never left uncertified.
    if signing.complete(progress.rules, progress.with_signoff(signoff)):
        advance(uow, booklet, "certify", content=signoff.content_sha256)
    return signoff
