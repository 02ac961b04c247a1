"""Steps of a training work while its answers are transferred, from the first reading to the copy."""

from examday.domain.transfer.answers import Choice, Ruling
from examday.domain.transfer.duties import ARBITER, COPIER, FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.services.training.player import WorkInPlay
from examday.services.transfer import assignments, copying, keyin
from examday.services.transfer.desks.settle import table
from examday.services.transfer.readings import find
from examday.services.transfer.settling.decision import decide
from examday.services.transfer.settling.own_reading import give_own


class TransferSteps(WorkInPlay):
    """What readers, arbiter and copier do."""

    def key_in(self) -> None:
        """Two people read the sheet, apart; the second one sometimes slips."""
        for login, part, slips in (
            ("reader", FIRST, None),
            ("reader2", SECOND, self.work.get("second")),
        ):
            with self.as_person(login) as uow:
                booklet = self.row(uow)
                # Seeding may have been cut off between the two readers.
                if find(uow, booklet, Source(part)) is None:
                    assignments.take(uow, self.id, part)
                    uow.session.flush()
                    keyin.submit(uow, self.id, part, self.values(slips))

    def settle(self) -> None:
        """The third person gives an own reading and then decides for it."""
        with self.as_person("arbiter") as uow:
            assignments.take(uow, self.id, ARBITER)
            uow.session.flush()
            questions = table(uow, self.id).asked
            places = {place.id: place.first for place in questions.places.values()}
            said = self.values() | places
            give_own(uow, self.id, {one: said[one] for one in questions.ids})
            uow.session.flush()
            decide(uow, self.id, {one: Ruling(Choice.FIRST) for one in questions.ids})

    def copy(self) -> None:
        """The assistant copies onto the standard form."""
        with self.as_person("assistant") as uow:
            assignments.take(uow, self.id, COPIER)
            uow.session.flush()
            copying.finish(uow, self.id)
