"""The re-check of long answers that the second transfer changed, by other experts."""

from examday.domain.appeals.reprocessing import DONE, Step
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.transfer.fields import is_long
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals.decision.readings import contents
from examday.services.appeals.order.orders import begin, finish
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, OrderStep


def long_answers_changed(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the long answers that stand differently in the new version."""

    def long(version: int) -> dict[str, object]:
        """Return the settled text of each long answer of one version."""
        reading = contents(uow, appeal.booklet_id, version).get(Source.SETTLED)
        return {
            f: v.get("text")
            for f, v in (reading.content["fields"] if reading else {}).items()
            if is_long(f)
        }

    before = long(appeal.version)
    after = long(appeal.booklet.version)
    return sorted(f for f in before | after if before.get(f) != after.get(f))


def record_recheck(
    uow: UnitOfWork, appeal_id: str, experts: list[str], marks: dict[str, str]
) -> OrderStep:
    """Record the marks of experts other than the first; Conflict when one of them marked before."""
    appeal, row = begin(uow, appeal_id, Step.EXPERT_RECHECK)
    first = contents(uow, appeal.booklet_id, appeal.version).get(Source.MARKS)
    known = set(marks_content(first.content).get("experts", [])) if first else set()
    if not experts or known & set(experts):
        raise Conflict(
            N_("The re-check needs experts other than the first."),
            code="same-expert",
            advice=N_("Name experts who have not marked this work."),
        )
    return finish(uow, appeal, row, DONE, {"experts": experts, "marks": marks})
