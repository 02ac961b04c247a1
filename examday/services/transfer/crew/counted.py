"""How much waits for a person, by kind of work."""

from examday.services.braille import commission
from examday.services.braille.commission import works_of
from examday.services.transfer.desks import signers
from examday.services.transfer.offers import KINDS, offers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def to_describe(uow: UnitOfWork) -> list[Booklet]:
    """Return the Braille works whose scans a colleague asked the actor to describe."""
    if not uow.actor.may("braille.desk"):
        return []
    return commission.waiting(uow, works_of(uow))


def count_waiting(uow: UnitOfWork) -> int:
    """Return how many works wait for the actor: parts begun or free, scans to describe, signatures.

    Of each kind a hundred at most are counted: a browser asks again and again.
    """
    begun_or_free = sum(len(offers(uow, kind)) for kind in KINDS) + len(to_describe(uow))
    return begun_or_free + (len(signers.waiting(uow)) if uow.actor.may("sign") else 0)
