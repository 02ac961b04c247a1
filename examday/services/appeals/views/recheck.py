"""What an expert sees of a case: the original, both forms, the answers to be marked; no names."""

from dataclasses import dataclass

from examday.domain.appeals.diagnosis import Layer
from examday.domain.appeals.hearing import Capacity, objections
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.appeals.hearing.past import past_of
from examday.services.appeals.order.experts import marked_before
from examday.services.appeals.order.rechecks import Recheck, recheck_of
from examday.services.appeals.views.kept_pictures import with_picture
from examday.services.appeals.views.recheck_open import open_recheck
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Answer:
    """One long answer: what stands on the original, on the first form and on the new one."""

    field: str
    original: Layer | None
    """None: nobody has read it, which is not the same as an empty answer."""
    first: Layer | None
    second: Layer | None


@dataclass(frozen=True)
class Sheets:
    """The pages of one paper of the work, by id."""

    original: list[str]
    first: list[str]
    second: list[str]


@dataclass(frozen=True)
class RecheckPage:
    """The re-check of one case as an expert sees it."""

    appeal: Appeal
    recheck: Recheck
    answers: list[Answer]
    sheets: Sheets
    barred: tuple[str, ...]
    """Why this person may not mark this work (msgids): whoever is turned away must know it. Empty
    when nothing stands against it."""
    first_known: bool
    """The centre has told the codes of those who marked it before; else only the expert knows."""


def recheck_page(uow: UnitOfWork, appeal_id: str) -> RecheckPage:
    """Return the re-check of this case; NotFound unless it waits for an expert."""
    appeal = open_recheck(uow, appeal_id)
    state = recheck_of(uow, appeal)
    booklet = appeal.booklet
    first = layers_of_work(uow, booklet.id, appeal.version)
    again = layers_of_work(uow, booklet.id, booklet.version)
    return RecheckPage(
        appeal,
        state,
        [
            Answer(
                field,
                first[field].original if field in first else None,
                first[field].copy if field in first else None,
                again[field].original if field in again else None,
            )
            for field in state.fields
        ],
        Sheets(
            with_picture(uow, pages_of(uow, booklet, "original")),
            with_picture(uow, pages_of(uow, booklet, "copy", appeal.version)),
            with_picture(uow, pages_of(uow, booklet, "copy", booklet.version)),
        ),
        objections(Capacity.EXPERT, past_of(uow, uow.actor.person_id, appeal)),
        bool(marked_before(uow, appeal)),
    )
