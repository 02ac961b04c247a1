"""Steps of a training work while its papers change hands: issued, enlarged, collected."""

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.services.custody import kits, papers
from examday.services.custody.room import collecting, enlarging, more_paper
from examday.services.training.player import WorkInPlay
from examday.storage.tables import Booklet


class CustodySteps(WorkInPlay):
    """What the organiser does under the eyes of the exam-board member."""

    def issue(self) -> None:
        """The organiser hands the planned kit out."""
        with self.as_person(self.lead) as uow:
            kits.issue(uow, self.id, str(uow.get(Booklet, self.id).code))

    def enlarge(self) -> None:
        """Answer form № 1 is enlarged under the eyes of the exam-board member: the sample sheets
        are of this form alone, and every enlarged sheet that is counted has to be scanned.
        """
        witness = self.actor("gek").person_id
        with self.as_person(self.lead) as uow:
            enlarging.enlarge(uow, self.id, witness, ("form_1",))

    def collect(self) -> None:
        """The work is counted into its envelope; a print-out is two pages."""
        with self.as_person(self.lead) as uow:
            if self.medium is Medium.TYPED:
                more_paper.issue_extra(uow, self.id, Kind.PRINT_OUT, 2)
                uow.session.flush()
            collecting.collect(uow, self.id, papers.countable(papers.of_booklet(uow, self.id)))
