"""The protocol 2-АП on paper: its record in words, as plain data and as tagged PDF."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examday.domain.appeals.diagnosis import (
    CATEGORY_NAMES,
    DIAGNOSIS_NAMES,
    Category,
    Diagnosis,
)
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES, Capacity, Outcome
from examday.domain.appeals.notes import CORRECTED_NAMES, Corrected
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.transfer.fields import is_long
from examday.paper import printing
from examday.services.appeals.papers.answers import answer
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    case_facts,
    day,
    field_name,
    of_case,
    task_name,
)
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork

FORMS = {"in_person": N_("in person"), "remote": N_("remote")}
ANSWERS = {
    "yes": N_("the appellant recognises the works"),
    "no": N_("the appellant does not recognise the works"),
    "absent": N_("the appellant did not come"),
}
WAYS = {
    "print": N_("shown in print"),
    "read_aloud": N_("read aloud"),
    "braille": N_("Braille original"),
}
Content = Mapping[str, str]
"""A row of the signed protocol; never read from the tables again, which may have changed since."""


def protocol_data(uow: UnitOfWork, case: CaseFile, say: Words) -> Data:
    """Return the protocol as plain data: 2-АП, annexes, votes, signatures.

    NotFound before the decision, with which it is written.
    """
    if case.signing.protocol is None:
        raise NotFound(N_("There is no protocol yet: it is written with the decision."))
    content = case.signing.protocol.content
    zone = uow.zone
    considered = f"{day(content['considered'], zone)}, {content['place']}"
    return {
        "facts": [
            *case_facts(uow, case, say, names=True),
            [say(N_("Considered")), considered],
            *_hearing_facts(content, say, zone),
        ],
        "body": content["body"],
        "decision": say(OUTCOME_NAMES[Outcome(content["outcome"])]),
        "remarks": _remarks(content, say),
        "corrections": [_correction(row, case, say) for row in content.get("corrections", [])],
        "reasons": content["reasons"],
        "votes": [_vote(row, case, say) for row in content["votes"]],
        "present": [_present(row, case, say) for row in content["present"]],
        # Tasks that the commission looked at and left as they stand: unnamed they would look as if
        # they had been forgotten.
        "other": [_left(row, say) for row in content.get("other", [])],
        **_changes(content, say),
        "digest": case.signing.protocol.sha256,
        **_signatures(case, say, zone),
    }


def _changes(content: Mapping[str, Any], say: Words) -> dict[str, Rows]:
    """Return what the decision changes, by annex.

    A rejected appeal changes nothing: what was found all the same stands apart, because the centre
    corrects by the annexes.
    """
    answers = [_changed_answer(row, content, say) for row in _of_annex_1(content)]
    long_answers = [_changed_answer(row, content, say) for row in _long_answers(content)]
    # A protocol signed before the annexes -2 and -3 were written has neither.
    marks = [[_changed_mark(row, say) for row in content.get(f"annex_{n}", [])] for n in (2, 3)]
    if content["outcome"] != Outcome.REJECT:
        annexes = dict(zip(("annex_2", "annex_3"), marks, strict=True))
        return {"annex_1": answers, "long_answers": long_answers, **annexes, "not_changed": []}
    dispute = say(DIAGNOSIS_NAMES[Diagnosis.MARKING_DISPUTE])
    disputed = [[*row[:3], dispute, row[3]] for rows in marks for row in rows]
    empty: dict[str, Rows] = dict.fromkeys(("annex_1", "long_answers", "annex_2", "annex_3"), [])
    return {**empty, "not_changed": [*answers, *long_answers, *disputed]}


def _long_answers(content: Mapping[str, Any]) -> list[Content]:
    """Return the long answers that were transferred or recognised otherwise than written.

    Annex 2-АП-1 is of short answers and registration, 2-АП-2 of marks (domain.md 10.1): which field
    of the official form takes these no text known says, and the paper says that.
    """
    return [row for row in content["annex_1"] if is_long(row["task"])]


def _of_annex_1(content: Mapping[str, Any]) -> list[Content]:
    """Return the short answers and registration fields of annex 2-АП-1."""
    return [row for row in content["annex_1"] if not is_long(row["task"])]


def _hearing_facts(content: Mapping[str, Any], say: Words, zone: dt.tzinfo) -> Rows:
    """Return how the hearing was held: its form, who was heard, whether the works were recognised.

    A protocol that was signed before the program wrote a fact has no row of it.
    """
    rows = [
        [say(N_("Form of meeting")), say(FORMS[content["form"]])],
        [say(N_("Heard")), _presence(content["in_presence_of"], say)],
        [say(N_("Recognition of the works")), _recognised(content["own_work"], say)],
    ]
    if late := content.get("late_hearing"):
        rows.append([say(N_("Outside its day or term")), "; ".join(late)])
        rows.append([say(N_("Appointed for")), day(content["appointed"], zone)])
    if check := content.get("check"):
        confirmed = (
            say(N_("the breach is confirmed"))
            if check["confirmed"] == "yes"
            else say(N_("the breach is not confirmed"))
        )
        said = f"{day(check['day'])}, {check['by']}: {confirmed}. {check['conclusion']}"
        rows.append([say(N_("Check by the exam board (ППЭ-03)")), said])
    return rows


def _recognised(own: Content, say: Words) -> str:
    """Return whether the appellant recognised the works, and how they were shown."""
    said = [say(ANSWERS[own["answer"]])]
    if own["answer"] != "absent" and own["way"]:
        said.append(say(WAYS[own["way"]]))
    return ", ".join(filter(None, (*said, own["note"])))


def _remarks(content: Mapping[str, Any], say: Words) -> list[str]:
    """Return what has to be said beside the decision."""
    found = []
    if content.get("casting_vote"):
        found.append(say(N_("The votes were equal: the vote of the chair decided.")))
    if why := content.get("against_findings"):
        found.append(f"{say(N_('The decision goes against the findings'))}: {why}")
    return found


def _correction(row: Mapping[str, Any], case: CaseFile, say: Words) -> list[str]:
    """Return what was corrected: what, the wrong entry, the right one, why."""
    before, after = (_entry(row["what"], row[side], say) for side in ("before", "after"))
    what = say(CORRECTED_NAMES[Corrected(row["what"])])
    if whose := _whose(row, case, say):
        what += f", {whose}"
    return [what, before, after, row["reason"]]


def _whose(row: Mapping[str, Any], case: CaseFile, say: Words) -> str:
    """Return whose vote or presence, or which task, an entry is about; empty for the whole case."""
    if row["what"] == Corrected.READING:
        return task_name(row["about"].partition(":")[2], say)
    # The record names the row that was corrected; whose row it is never changes.
    present = {one.id: one.person_id for one in case.sitting.recorded}
    voters = {one.id: one.person_id for one in case.sitting.cast}
    person = (present | voters).get(row["about"])
    return case.names.get(person, "") if person else ""


def _entry(what: str, values: Content, say: Words) -> str:
    """Return an entry of the hearing in words."""
    if what == Corrected.ATTENDANCE:
        capacity = values["capacity"]
        said = say(CAPACITY_NAMES[Capacity(capacity)]) if capacity else say(N_("was not present"))
        return " ".join(filter(None, (values["name"], said)))
    if what == Corrected.VOTE:
        return say(OUTCOME_NAMES[Outcome(values["outcome"])])
    if what == Corrected.OWN_WORK:
        return _recognised(values, say)
    return answer(values["text"], values.get("mark", ""), say)


def _left(row: Content, say: Words) -> list[str]:
    """Return a task that was looked at and stays as it is."""
    return [
        field_name(row["task"], say),
        say(DIAGNOSIS_NAMES[Diagnosis(row["decided"])]),
        row["reason"],
    ]


@dataclass(frozen=True)
class Said:
    """What the page reads back beside the decision, in the words of the paper."""

    remarks: list[str]
    hearing: Rows
    corrections: Rows
    annex_1: list[Content]
    long_answers: list[Content]


def said(uow: UnitOfWork, case: CaseFile, say: Words) -> Said:
    """Return what the protocol says of its hearing; nothing before it is written."""
    if case.signing.protocol is None:
        return Said([], [], [], [], [])
    content = case.signing.protocol.content
    return Said(
        _remarks(content, say),
        _hearing_facts(content, say, uow.zone),
        [_correction(row, case, say) for row in content.get("corrections", [])],
        _of_annex_1(content),
        _long_answers(content),
    )


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
    stood, becomes = (_stood(row, side, say) for side in ("was", "becomes"))
    return [field_name(row["task"], say), stood, becomes, kind, why]


def _stood(row: Content, side: str, say: Words) -> str:
    """Return what stood or will stand; a dash in a protocol that tells no blank from unread."""
    marked = f"{side}_mark" in row
    return answer(row[side], row[f"{side}_mark"], say) if marked else row[side] or "—"


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
        # The secretary keeps the record and signs it by hand; the vote is the members'.
        "signers": [
            *(
                [capacity(role), case.names.get(who, "—")]
                for who, role in case.signing.must_sign.items()
            ),
            [capacity(Capacity.SECRETARY), _secretary(case)],
        ],
    }


def _secretary(case: CaseFile) -> str:
    """Return who kept the record at the hearing, else who wrote the protocol."""
    protocol = case.signing.protocol
    writer = protocol.person_id if protocol else ""
    present = [
        row.person_id for row in case.sitting.attendance if row.capacity == Capacity.SECRETARY
    ]
    return case.names.get((present[0] if present else writer) or "", "—")


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


def protocol(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    large: bool,
) -> bytes:
    """Return the protocol as tagged PDF."""
    title = say(N_("Protocol of the appeal %(number)s")) % {"number": case.appeal.number}
    return printing.render(
        "appeal-protocol",
        of_case(uow, case, title, "appeal-protocol") | protocol_data(uow, case, say),
        large,
    )
