"""The rehearsal's booklet with a defective first copy, a commission, and other hands for the second
transfer.
"""

from collections.abc import Callable

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Value
from examday.services.appeals.order import second_transfer
from examday.services.training.rehearsal.day import ANSWERS
from examday.services.training.rehearsal.trial import STAFF, Trial
from examday.services.unit_of_work import Store

PLANTED = {"3": "153", "4": ""}
"""Two digits change places and one answer is left out: the diagnosis must name exactly these."""
COMMISSION: dict[str, Role] = {
    "secretary": Role.APPEAL_SECRETARY,
    "chair": Role.APPEAL_CHAIR,
    "member": Role.APPEAL_MEMBER,
    "operator": Role.APPEAL_OPERATOR,
    "fresh": Role.ASSISTANT,
    "fresh2": Role.ASSISTANT,
    "fresh3": Role.ASSISTANT,
}
"""The «fresh» ones took no part in the first transfer: after a defect other people do the whole
of it."""


class CommissionTrial(Trial):
    """A rehearsal with a commission.

    `again`: who stands in for whom in the second transfer; empty in the first one.
    """

    staff = {**STAFF, **COMMISSION}
    appeal_id = ""

    def __init__(self, store: Store, drop: Callable[[str], None]) -> None:
        self.again: dict[str, str] = {}
        super().__init__(store, drop)

    def answers_on(self, size: str) -> dict[str, str]:
        """What stands on the sheet: the first copy carries the planted errors, the second none."""
        wrong = PLANTED if size == "A4" and not self.again else {}
        return {field: text for field, text in {**ANSWERS, **wrong}.items() if text}

    def actor(self, login: str) -> Actor:
        """In the second transfer other hands stand in for the first ones."""
        return super().actor(self.again.get(login, login))

    def person_id(self, login: str) -> str:
        """Id of the account of this person."""
        return self.actor(login).person_id

    def values(self, changed: dict[str, str] | None = None) -> dict[str, Value]:
        """The second readers do not slip."""
        return super().values(None if self.again else changed)

    def transfer_again(self) -> None:
        """The whole way once more as version 2, and the steps of the case."""
        self.go_again()
        for step in (second_transfer.finish_transfer, second_transfer.finish_hand_over):
            with self.as_person("secretary") as uow:
                step(uow, self.appeal_id)

    def go_again(self) -> None:
        """The whole way once more as version 2, with a correct copy through the hot folder."""
        # Without the evidence, which was packed with the first transfer and stays there.
        self.purposes = (Purpose.STANDARD,)
        for state, hands in (
            (State.SCANNED, {"reader": "fresh", "reader2": "fresh2"}),
            (State.SETTLED, {"assistant": "fresh"}),
            (State.COPIED, {"assistant": "fresh"}),
            (State.COPY_SCANNED, {"reader": "fresh3"}),
            (State.VERIFIED, {"assistant": "fresh"}),
            (State.CERTIFIED, {"again": "again"}),
            (State.PACKED, {"again": "again"}),
        ):
            self.again = hands
            self.steps()[state]()
