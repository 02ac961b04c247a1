"""The signing page of one work: what is signed, who has signed, and who may sign now."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.rules.ruleset import SignerRule
from examday.domain.transfer import signing
from examday.domain.transfer.answers import Value, read_values
from examday.domain.transfer.signing import Content, ReadBack
from examday.services.people import directory
from examday.services.transfer import signatures
from examday.services.transfer.desks import signers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person, Signoff


@dataclass(frozen=True)
class Sheet:
    """All that the signing page shows."""

    booklet: Booklet
    content: Content
    values: dict[str, Value]
    numbers: ReadBack
    """Read aloud before signing: figures that people can check against the paper in their hands."""
    rules: tuple[SignerRule, ...]
    signed: dict[str, Signoff]
    """Slot → the signature or recorded absence that counts: of the present copy and round alone."""
    open: tuple[SignerRule, ...]
    candidates: dict[str, list[Person]]
    """Slot → people who may sign it now. Offered by name, because at a shared computer the signer
    need not be the one who is logged in."""
    recorders: list[Person]
    """Who may record that a signer is absent: no signer excuses another."""
    names: dict[str, str]

    @property
    def certified(self) -> bool:
        """Whether all signatures are there."""
        return self.booklet.state == State.CERTIFIED


def sheet(uow: UnitOfWork, booklet_id: str) -> Sheet:
    """Return the signing page of one work. Conflict when there is nothing to sign yet."""
    booklet = uow.get(Booklet, booklet_id)
    content = signatures.content_of(uow, booklet)
    progress = signers.progress_of(uow, booklet)
    # The disabled keep their past signatures, but cannot give a new one.
    people = directory.at_work(uow)
    actors = directory.acting_each(uow, people)
    open_slots: tuple[SignerRule, ...] = ()
    if booklet.state == State.VERIFIED:
        open_slots = signing.open_slots(progress.rules, progress.given)
    values = read_values(content.fields)
    return Sheet(
        booklet,
        content,
        values,
        signing.read_back(content, values),
        progress.rules,
        progress.signed,
        open_slots,
        {
            rule.slot: [p for p in people if rule in progress.slots_for(actors[p.id])]
            for rule in open_slots
        },
        [p for p in people if signing.ABSENCE_RECORDERS & actors[p.id].roles],
        directory.names(uow),
    )
