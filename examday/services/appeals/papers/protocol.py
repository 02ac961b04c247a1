"""The protocol 2-АП with its annexes, as plain data and as tagged PDF."""

import datetime as dt
from collections.abc import Mapping

from examday.domain.appeals.diagnosis import (
    CATEGORY_NAMES,
    DIAGNOSIS_NAMES,
    Category,
    Diagnosis,
)
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES, Capacity, Outcome
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    base,
    case_facts,
    day,
    field_name,
)
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork

Content = Mapping[str, str]
"""A row of the signed protocol; never read from the tables again, which may have changed since."""


def protocol_data(uow: UnitOfWork, case: CaseFile, say: Words) -> Data:
    """Return the protocol as plain data: 2-АП, annexes, votes, signatures.

    NotFound before the decision, with which it is written.
    """
    if case.signing.protocol is None:
        raise NotFound(N_("There is no protocol yet: it is written with the decision."))
    content = case.signing.protocol.content
    zone = uow.settings.time_zone
    considered = f"{day(content['considered'], zone)}, {content['place']}"
    return {
        "facts": [
            *case_facts(uow, case, say, names=True),
            [say(N_("Considered")), considered],
            [say(N_("Heard")), _presence(content["in_presence_of"], say)],
        ],
        "body": content["body"],
        "decision": say(OUTCOME_NAMES[Outcome(content["outcome"])]),
        "reasons": content["reasons"],
        "votes": [_vote(row, case, say) for row in content["votes"]],
        "present": [_present(row, case, say) for row in content["present"]],
        "annex_1": [_changed_answer(row, content, say) for row in content["annex_1"]],
        # A protocol signed before the annexes -2 and -3 were written has neither.
        "annex_2": [_changed_mark(row, say) for row in content.get("annex_2", [])],
        "annex_3": [_changed_mark(row, say) for row in content.get("annex_3", [])],
        "digest": case.signing.protocol.sha256,
        **_signatures(case, say, zone),
    }


def _vote(row: Content, case: CaseFile, say: Words) -> list[str]:
    """Return who voted how, with the dissenting opinion."""
    outcome = say(OUTCOME_NAMES[Outcome(row["outcome"])])
    return [case.names.get(row["person"], "—"), outcome, row["dissent"]]


def _present(row: Content, case: CaseFile, say: Words) -> list[str]:
    """Return who was there in what capacity."""
    name = case.names.get(row["person"]) or row["name"]
    return [name, say(CAPACITY_NAMES[Capacity(row["capacity"])])]


def _changed_answer(row: Content, content: Content, say: Words) -> list[str]:
    """Return a row of annex 1: what was transferred or recognised otherwise than written."""
    why = " ".join(filter(None, (row["cause"], row["reason"])))
    kind = _kind(row, content, say)
    return [field_name(row["task"], say), row["was"] or "—", row["becomes"] or "—", kind, why]


def _changed_mark(row: Content, say: Words) -> list[str]:
    """Return a row of annex 2 or 3: the mark before and after the expert's conclusion."""
    was = str(row["was"] or "")
    becomes = str(row["becomes"] or "")
    return [field_name(row["task"], say), was, becomes, row["reason"]]


def _signatures(case: CaseFile, say: Words, zone: dt.tzinfo) -> dict[str, Rows]:
    """Return who has signed the protocol, and who signs it."""

    def capacity(stored: str) -> str:
        """Return a capacity in words."""
        return say(CAPACITY_NAMES[Capacity(stored)])

    return {
        "signed": [
            [case.names.get(s.person_id, "—"), capacity(s.capacity), day(s.at, zone)]
            for s in case.signing.signatures
        ],
        "signers": [
            [capacity(role), case.names.get(who, "—")]
            for who, role in case.signing.must_sign.items()
        ],
    }


def _presence(came: Mapping[str, bool], say: Words) -> str:
    """Return which of the three boxes of 2-АП is ticked."""
    # The appellant counts before the parents: the form has one box for both.
    if came["appellant"]:
        return say(N_("in the presence of the appellant"))
    return (
        say(N_("in the presence of legal representatives"))
        if came["guardian"]
        else say(N_("in absence"))
    )


def _kind(row: Content, content: Content, say: Words) -> str:
    """Return what was found, in the words of the rule set of that year."""
    name = (
        content["defect_name"]
        if row["decided"] == Diagnosis.TRANSFER_DEFECT
        else say(DIAGNOSIS_NAMES[Diagnosis(row["decided"])])
    )
    return (
        f"{name}: {say(CATEGORY_NAMES[Category(row['category'])])}"
        if row["category"]
        else str(name)
    )


def protocol(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """Return the protocol as tagged PDF."""
    title = say(N_("Protocol of the appeal %(number)s")) % {"number": case.appeal.number}
    return printing.render(
        "appeal-protocol",
        base(uow, title, "appeal-protocol", case.appeal.exam.training)
        | protocol_data(uow, case, say),
        large,
    )
