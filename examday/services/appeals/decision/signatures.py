"""Signatures under a protocol: who must sign, who has signed. The last one seals it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.hearing import VOTING
from examday.domain.errors import Conflict, Forbidden, Stale
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case
from examday.services.appeals.decision.protocol_record import protocol_of
from examday.services.appeals.hearing.appointments import latest_hearing
from examday.services.appeals.hearing.presence import attendance
from examday.services.people.log_in import Part, prove_oneself
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Protocol, ProtocolSignature


@dataclass(frozen=True)
class Signing:
    """How far the signing of a case is."""

    protocol: Protocol | None
    """None before the decision: there is nothing to sign yet."""
    signatures: list[ProtocolSignature]
    must_sign: dict[str, str]
    """Person → capacity of every member that took part: the law wants all of them, not a majority
    (domain.md 10.2)."""


def signing_of(uow: UnitOfWork, appeal: Appeal) -> Signing:
    """Return the protocol with its signatures and signers."""
    protocol = protocol_of(uow, appeal)
    given = signatures(uow, protocol) if protocol else []
    return Signing(protocol, given, must_sign(uow, appeal))


def signatures(uow: UnitOfWork, protocol: Protocol) -> list[ProtocolSignature]:
    """Return the signatures given so far, in their order."""
    return list(
        uow.session.scalars(
            select(ProtocolSignature)
            .where(ProtocolSignature.protocol_id == protocol.id)
            .order_by(ProtocolSignature.at)
        )
    )


def must_sign(uow: UnitOfWork, appeal: Appeal) -> dict[str, str]:
    """Return who must sign, with the capacity of each; empty before a hearing."""
    meeting = latest_hearing(uow, appeal)
    return (
        {}
        if meeting is None
        else {
            row.person_id: row.capacity
            for row in attendance(uow, appeal, meeting)
            if row.capacity in VOTING and row.person_id
        }
    )


def _to_sign(uow: UnitOfWork, appeal: Appeal, content_sha256: str) -> Protocol:
    """Return the protocol to sign; Stale when it is not the one that was read."""
    protocol = protocol_of(uow, appeal)
    if protocol is None:
        raise Conflict(
            N_("There is no protocol to sign yet."),
            code="no-protocol",
            advice=N_("Decide the case first."),
        )
    if protocol.sha256 != content_sha256:
        raise Stale()
    return protocol


def sign(
    uow: UnitOfWork,
    appeal_id: str,
    person_id: str,
    secret: str,
    content_sha256: str,
) -> ProtocolSignature:
    """Sign the protocol with the member's own secret; the last signature seals it.

    Forbidden for anybody who took no part; Conflict for a second signature; Stale when the page
    showed another protocol.
    """
    # Checked before the secret too: a page that is too old must not cost one of the tries.
    _to_sign(uow, uow.get(Appeal, appeal_id), content_sha256)
    person = prove_oneself(uow, person_id, secret, Part.ACTS)
    # Held only now, because checking the secret ended the transaction.
    appeal = uow.hold(Appeal, appeal_id)
    protocol = _to_sign(uow, appeal, content_sha256)
    wanted = must_sign(uow, appeal)
    _check_signer(uow, protocol, wanted, person.id)
    row = uow.add(
        ProtocolSignature(
            protocol_id=protocol.id,
            person_id=person.id,
            capacity=wanted[person.id],
            content_sha256=protocol.sha256,
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(
        Event.APPEAL_SIGN,
        f"appeal:{appeal.id}",
        person=person.id,
        capacity=row.capacity,
        protocol=protocol.sha256,
    )
    if {one.person_id for one in signatures(uow, protocol)} == set(wanted):
        move_case(uow, appeal, "seal_protocol", protocol=protocol.sha256)
    return row


def _check_signer(
    uow: UnitOfWork,
    protocol: Protocol,
    wanted: Collection[str],
    person_id: str,
) -> None:
    """Forbidden for anybody who took no part, Conflict for a second signature."""
    if person_id not in wanted:
        raise Forbidden(
            N_("Only members who took part in the hearing sign its protocol."), code="not-a-member"
        )
    if person_id in {one.person_id for one in signatures(uow, protocol)}:
        raise Conflict(
            N_("This member has signed the protocol already."),
            code="signed",
            advice=N_("Nothing is lost: look who has still to sign."),
        )
