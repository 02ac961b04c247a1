"""The training appeal of the rehearsal: a copy with planted errors goes all the way, is disputed,
and done again.
"""

from collections.abc import Callable, Iterator

from examday.domain.appeals.case import Kind
from examday.domain.messages import N_
from examday.services.appeals import closing, registration
from examday.services.appeals.decision import centre
from examday.services.appeals.order import orders, second_transfer
from examday.services.training.rehearsal import checks
from examday.services.training.rehearsal.commission import PLANTED
from examday.services.training.rehearsal.day import ANSWERS
from examday.services.training.rehearsal.decision import DecisionTrial


class AppealTrial(DecisionTrial):
    """The whole case, from its registration to the notice."""

    def case(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """The steps of the case after the work was handed over."""
        yield N_("appeal registered"), self.register
        yield N_("hearing appointed and opened"), self.hear
        yield N_("diagnosis names the planted errors"), self.diagnose
        yield N_("vote, decision, protocol signed"), self.decide
        yield N_("reprocessing ordered, other hands named"), self.order
        yield N_("work transferred again and handed over"), self.transfer_again
        yield N_("results, approval, notice, case closed"), self.finish

    def register(self) -> None:
        """A score appeal filed today.

        The centre's recognised text is what stands on the defective copy.
        """
        with self.as_person("secretary") as uow:
            day = uow.today()
            appeal = registration.register(
                uow, registration.Filing(Kind.SCORE, self.id, day, day, day)
            )
            self.appeal_id = str(appeal.id)
        texts = {field: {"text": text} for field, text in {**ANSWERS, **PLANTED}.items() if text}
        with self.as_person("secretary") as uow:
            centre.import_recognised(uow, self.appeal_id, texts, {}, {}, [])

    def order(self) -> None:
        """Nobody who touched the first transfer may be named; two others are."""
        with self.as_person("secretary") as uow:
            orders.order_reprocessing(uow, self.appeal_id)
        copier, verifier = self.person_id("fresh"), self.person_id("fresh2")
        with self.as_person("secretary") as uow:
            second_transfer.assign(uow, self.appeal_id, copier, verifier)

    def finish(self) -> None:
        """Score before and after, approval, notice.

        Then the case closes, and the first version is still there.
        """
        with self.as_person("operator") as uow:
            orders.record_results(uow, self.appeal_id, 61, 68)
        with self.as_person("chair") as uow:
            orders.approve(uow, self.appeal_id)
        with self.as_person("secretary") as uow:
            orders.record_notice(uow, self.appeal_id, "проверка")
        with self.as_person("secretary") as uow:
            closing.close(uow, self.appeal_id)
        checks.check_first_version(self.store, self.id)
