"""Hearings: who may sit, who must come, quorum and vote.

Sources: training test of observers; orders on conflict commissions of 2019 (domain.md 10.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.rules.ruleset import RuleSet


class Capacity(StrEnum):
    """In what capacity a person attends a hearing."""

    CHAIR = "chair"
    """Exactly one at a hearing: on a tie this vote decides [17]."""
    MEMBER = "member"
    """Counts for the quorum, a third of all members (R29)."""
    SECRETARY = "secretary"
    APPELLANT = "appellant"
    """May stay away; interpreters must be called only for one who comes."""
    GUARDIAN = "guardian"
    ASSISTANT = "assistant"
    SIGN_INTERPRETER = "sign_interpreter"
    """For a deaf appellant; advises nobody, so no past stands against it."""
    TRANSCRIBER = "transcriber"
    """Reads the Braille original out: advises, so it must be somebody else than the first reader.
    """
    EXPERT = "expert"
    """Advises on long answers, so must not have marked this work before [24]."""
    BOARD_MEMBER = "board_member"
    """May be there, but no exam-board member decides [22]."""
    OBSERVER = "observer"
    OFFICIAL = "official"


CAPACITY_NAMES: dict[Capacity, str] = {
    Capacity.CHAIR: N_("chair"),
    Capacity.MEMBER: N_("member of the commission"),
    Capacity.SECRETARY: N_("secretary"),
    Capacity.APPELLANT: N_("appellant"),
    Capacity.GUARDIAN: N_("parent or legal representative"),
    Capacity.ASSISTANT: N_("assistant"),
    Capacity.SIGN_INTERPRETER: N_("sign interpreter"),
    Capacity.TRANSCRIBER: N_("tiflo-translator"),
    Capacity.EXPERT: N_("expert"),
    Capacity.BOARD_MEMBER: N_("exam-board member"),
    Capacity.OBSERVER: N_("public observer"),
    Capacity.OFFICIAL: N_("official"),
}
VOTING = frozenset({Capacity.CHAIR, Capacity.MEMBER})
"""Not the secretary, who keeps the record and has no vote."""
DECIDING = VOTING | {Capacity.SECRETARY}
"""Whoever had a part in the exam or the work keeps no record of its hearing either."""
ADVISING = frozenset({Capacity.TRANSCRIBER, Capacity.EXPERT})
"""They tell the commission what stands there: a part in it bars them as well."""


@dataclass(frozen=True)
class Past:
    """What the records say a person did in the disputed work or exam.

    What no record holds is asked of the person (`Asked`).
    """

    organised_exam: bool = False
    """Whoever ran the exam would judge work of their own [24]."""
    took_part_in_transfer: bool = False
    marked_work: bool = False
    on_exam_board: bool = False
    is_subject_expert: bool = False
    related: bool = False


@dataclass(frozen=True)
class Asked:
    """What a person is asked at the hearing, because no record tells it."""

    related: bool = False
    """To the appellant: a relative neither decides nor advises."""
    marked_work: bool = False
    """As an expert: the centre names experts by codes, not by names."""
    organised_exam: bool = False
    """Of an exam from before the program no record names the people, so that somebody is not in it
    proves nothing."""
    transferred: bool = False
    """As for the exam: no record is no proof that somebody had no part."""
    was_asked: bool = False
    """These questions were put to the person: without it a "no" is only a box left empty."""

    def added_to(self, past: Past) -> Past:
        """Return the past with what the person said beside the records."""
        return replace(
            past,
            organised_exam=past.organised_exam or self.organised_exam,
            took_part_in_transfer=past.took_part_in_transfer or self.transferred,
            marked_work=past.marked_work or self.marked_work,
            related=self.related,
        )


NOTHING_SAID = Asked()
"""For whoever is judged by records alone: nothing that they were asked speaks against them."""


def objections(capacity: Capacity, past: Past) -> tuple[str, ...]:
    """Return why a person may not attend in this capacity; empty when nothing stands against it.

    Nobody who organised that exam or checked that work decides or advises; the commission has no
    exam-board and no subject-commission members ([22]–[24]); the author of a disputed transcript
    does not advise on it (drawn from the same rule).
    """
    against_both = (
        (past.organised_exam, N_("organised this exam")),
        (past.took_part_in_transfer, N_("took part in the transfer of this work")),
        (past.marked_work, N_("marked this work before")),
    )
    against_deciding = (
        (past.on_exam_board, N_("is an exam-board member")),
        (past.is_subject_expert, N_("belongs to a subject commission")),
    )
    related = ((past.related, N_("is related to the appellant")),)
    if capacity in DECIDING:
        return _reasons(*against_both, *against_deciding, *related)
    return _reasons(*against_both, *related) if capacity in ADVISING else ()


def _reasons(*facts: tuple[bool, str]) -> tuple[str, ...]:
    """Return the reasons that hold."""
    return tuple(reason for holds, reason in facts if holds)


def check_attendance(capacity: Capacity, past: Past) -> None:
    """Conflict with the first reason when the person may not attend in this capacity."""
    reasons = objections(capacity, past)
    if reasons:
        raise Conflict(
            N_("This person may not attend as %(capacity)s: %(reason)s."),
            code="conflict-of-interest",
            advice=N_(
                "Name another person; the records of the exam and of the transfer decide this."
            ),
            params={"capacity": CAPACITY_NAMES[capacity], "reason": reasons[0]},
        )


@dataclass(frozen=True)
class Required:
    """Somebody whom the rule set wants, or lets, be called for this appellant."""

    capacity: Capacity
    must: bool
    """Until 2018 a tiflo-translator had to be called, since 2019 one may be (R34)."""
    source: str


def required(rules: RuleSet, needs: Iterable[str]) -> tuple[Required, ...]:
    """Return who must or may be called because of the appellant's needs.

    A sign interpreter for the deaf, a tiflo-translator for the blind (R34).
    """
    wanted = set(needs)
    found: list[Required] = []
    if wanted & {"deaf", "hard_of_hearing"}:
        rule = rules.rule("sign_interpreter_at_hearing")
        found.append(Required(Capacity.SIGN_INTERPRETER, rule.value == "must", rule.source))
    if wanted & {"blind", "braille"}:
        rule = rules.rule("transcriber_at_hearing")
        found.append(Required(Capacity.TRANSCRIBER, rule.value == "must", rule.source))
    return tuple(found)


def check_opening(
    rules: RuleSet,
    members: int,
    present: Iterable[Capacity],
    needs: Iterable[str],
    appellant_here: bool,
) -> None:
    """Conflict when a hearing cannot be opened: no quorum, no single chair, or somebody missing."""
    here = list(present)
    voting = sum(1 for one in here if one in VOTING)
    # Of all members, not of those invited: one third by the order of 2019 (R29).
    needed = rules.quorum(members)
    if voting < needed:
        raise Conflict(
            N_(
                "There is no quorum: %(voting)s of %(members)s members are present, %(needed)s are needed."
            ),
            code="no-quorum",
            advice=N_("Wait for more members or appoint another day."),
            params={"voting": voting, "members": members, "needed": needed},
        )
    if here.count(Capacity.CHAIR) != 1:
        raise Conflict(
            N_("A hearing needs exactly one chair."),
            code="no-chair",
            advice=N_("Record the chair, or the deputy in the chair's place, as present."),
        )
    for one in required(rules, needs):
        # They are called for the appellant: one who stays away needs none.
        if one.must and appellant_here and one.capacity not in here:
            raise Conflict(
                N_("For this appellant a %(capacity)s must be called."),
                code="must-be-called",
                advice=N_("Record who was called, or appoint another day."),
                params={"capacity": CAPACITY_NAMES[one.capacity]},
            )


class Outcome(StrEnum):
    """What the commission decided."""

    REJECT = "reject"
    SATISFY = "satisfy"
    """Recalculate, and not «raise»: the score may go down as well as up."""


OUTCOME_NAMES = {Outcome.REJECT: N_("reject the appeal"), Outcome.SATISFY: N_("satisfy the appeal")}


@dataclass(frozen=True)
class Vote:
    """One member's vote."""

    person_id: str
    outcome: Outcome
    chair: bool = False
    """The chair, or the deputy in the chair's place: this vote decides a tie, so the protocol must
    name it."""


def count_votes(votes: Iterable[Vote]) -> Outcome:
    """Return the simple majority of those present; on a tie the chair's vote decides [17].

    Invalid without votes, on a doubled vote, or on a tie without a vote of the chair.
    """
    cast = list(votes)
    if not cast or len({v.person_id for v in cast}) != len(cast):
        raise Invalid(
            N_("Every voting member votes once."),
            code="votes",
            advice=N_("Record the vote of each member present."),
        )
    balance = sum(1 if v.outcome is Outcome.SATISFY else -1 for v in cast)
    if balance:
        return Outcome.SATISFY if balance > 0 else Outcome.REJECT
    casting = next((v.outcome for v in cast if v.chair), None)
    if casting is None:
        raise Invalid(
            N_("The votes are equal and the chair has not voted."),
            code="tie",
            advice=N_("On a tie the chair's vote decides: record it."),
        )
    return casting


def by_casting_vote(votes: Iterable[Vote]) -> bool:
    """Tell whether the votes were equal, so that the chair's vote decided: the protocol says so."""
    cast = list(votes)
    return 2 * sum(v.outcome is Outcome.SATISFY for v in cast) == len(cast)


def check_against_findings(outcome: Outcome, supported: bool, reason: str) -> bool:
    """Tell whether the vote goes against the findings; Conflict when it does without a reason.

    People decide, the program advises: it asks why and obeys, and the protocol says it.
    `supported`: something was found in the appellant's favour.
    """
    if supported is (outcome is Outcome.SATISFY):
        return False
    if not reason.strip():
        message = (
            N_("Something was found in the appellant's favour, but the vote rejects the appeal.")
            if supported
            else N_(
                "Nothing was found in the appellant's favour, but the vote satisfies the appeal."
            )
        )
        raise Conflict(
            message,
            code="against-findings",
            field="against",
            advice=N_(
                "Correct a finding or a vote with its reason, or say why the commission decides "
                "otherwise: it stands in the protocol."
            ),
        )
    return True


def member_roles() -> frozenset[Role]:
    """Return the roles whose holders vote."""
    return frozenset({Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY, Role.APPEAL_MEMBER})
