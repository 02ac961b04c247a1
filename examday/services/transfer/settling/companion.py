"""The companion: where the rule set lets the two who keyed in settle together, the other one."""

from examday.domain.errors import Forbidden
from examday.domain.messages import N_
from examday.domain.transfer.duties import FIRST, SECOND
from examday.services.transfer.hands import done_by
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def other_of_the_two(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the id of the person who keyed in besides the actor; "" when the actor is neither of
    the two.
    """
    done = done_by(uow, booklet)
    two = done[FIRST] | done[SECOND]
    return next(iter(two - {uow.actor.person_id}), "") if uow.actor.person_id in two else ""


def proven(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the other of the two who keyed in, when one of them settles; "" for a third person.

    Forbidden unless the other one is there and has given the own secret here.
    """
    other = other_of_the_two(uow, booklet)
    if other and (uow.proof is None or uow.proof.signer != other):
        raise Forbidden(
            N_("The two who keyed in settle together: the other one confirms with the own PIN."),
            code="companion",
            advice=N_("Ask your colleague to come to this computer."),
        )
    return other
