"""Sitting of the commission: its opening, what was recorded of it, what its votes come to."""

from dataclasses import dataclass

from examday.domain.appeals.hearing import (
    VOTING,
    Capacity,
    Outcome,
    Required,
    Vote,
    check_opening,
    required,
)
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.cases import needs_of, rules_of
from examday.services.appeals.hearing.appointments import lateness, latest_hearing
from examday.services.appeals.hearing.cast_votes import Cast, votes
from examday.services.appeals.hearing.own_work import Recognised, own_work_of
from examday.services.appeals.hearing.presence import Present, members_of, recorded
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Hearing


@dataclass(frozen=True)
class Sitting:
    """Everything that was recorded of the hearing that counts."""

    hearing: Hearing | None
    """None before the appointment: then everything else is empty."""
    recorded: list[Present]
    """Everybody who was ever recorded, with the corrections: the protocol tells both."""
    own_work: Recognised | None
    """None until the appellant was asked: without it the case cannot be decided."""
    cast: list[Cast]
    """Every vote that was recorded, also of somebody who turned out not to be a member: nothing is
    taken out of the record."""
    late: list[str]
    """Why the hearing lies outside its term or was opened on another day: the protocol has to say
    it. Empty in time."""
    called: tuple[Required, ...]
    """Who must or may be called for this appellant; shown before the appointment too, so that they
    are invited in time."""

    @property
    def attendance(self) -> list[Present]:
        """Return those who were present."""
        return [row for row in self.recorded if row.capacity]

    @property
    def voters(self) -> list[Present]:
        """Return the members who were present."""
        return [row for row in self.attendance if row.capacity in VOTING]

    @property
    def votes(self) -> list[Cast]:
        """Return the votes that count: those of members who were present."""
        members = {row.person_id for row in self.voters}
        return [row for row in self.cast if row.person_id in members]

    @property
    def ready(self) -> bool:
        """Tell whether the decision can be taken as far as the votes go."""
        voted = {row.person_id for row in self.votes}
        return (
            self.own_work is not None
            and bool(voted)
            and all(row.person_id in voted for row in self.voters)
        )

    def heard(self) -> tuple[Hearing, Recognised]:
        """Return hearing and own work of a case that can be decided; Conflict without one of them."""
        if self.hearing is None:
            raise Conflict(
                N_("No hearing is appointed for this case."),
                code="no-hearing",
                advice=N_("Appoint the hearing first."),
            )
        if self.own_work is None:
            raise Conflict(
                N_("It is not recorded whether the appellant knows the works as his own."),
                code="own-work",
                advice=N_("Record the answer, or that the appellant did not come."),
            )
        return self.hearing, self.own_work

    def counted(self) -> list[Vote]:
        """Return the votes as they are counted; Conflict while a member present has not voted."""
        # Nobody abstains: the protocol names the vote of each member present.
        if {row.person_id for row in self.voters} - {row.person_id for row in self.votes}:
            raise Conflict(
                N_("Not every member present has voted."),
                code="votes-missing",
                advice=N_("Record the missing votes."),
            )
        chairs = {row.person_id for row in self.voters if row.capacity == Capacity.CHAIR}
        return [
            Vote(row.person_id, Outcome(row.outcome), row.person_id in chairs) for row in self.votes
        ]


def sitting_of(uow: UnitOfWork, appeal: Appeal) -> Sitting:
    """Return the hearing of an appeal with everything that was recorded of it."""
    meeting = latest_hearing(uow, appeal)
    called = required(rules_of(appeal), needs_of(appeal))
    if meeting is None:
        return Sitting(None, [], None, [], [], called)
    return Sitting(
        meeting,
        recorded(uow, appeal, meeting),
        own_work_of(uow, appeal, meeting),
        votes(uow, appeal, meeting),
        lateness(uow, appeal, meeting),
        called,
    )


def check_quorum(uow: UnitOfWork, appeal: Appeal, sitting: Sitting) -> None:
    """Conflict without a quorum, a single chair, or somebody who must be called.

    Asked at the opening, and again at the decision: a correction may have taken somebody out.
    """
    here = [Capacity(row.capacity) for row in sitting.attendance]
    check_opening(
        rules_of(appeal),
        len(members_of(uow)),
        here,
        needs_of(appeal),
        # Interpreter and tiflo-translator are there for the appellant: one who stays away needs
        # none.
        Capacity.APPELLANT in here,
    )
