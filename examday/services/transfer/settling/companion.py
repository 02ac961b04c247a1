"""The companion: where the rule set lets the two who keyed in settle together, the other one."""

from examday.domain.errors import Forbidden
from examday.domain.messages import N_
from examday.domain.transfer.readings import OTHER_KEY_IN
from examday.services.transfer.hands import done_by
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def other_of_the_two(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the id of the person who keyed in besides the actor; "" when the actor is neither of
    the two.
    """
    done = done_by(uow, booklet)
    # Where a sheet was exchanged several have read one part: asked is who handed in the other now.
    mine = [part for part in OTHER_KEY_IN if uow.actor.person_id in done[part]]
    others = [find(uow, booklet, OTHER_KEY_IN[part]) for part in mine]
    return next((other.person_id or "" for other in others if other), "")


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
