"""What the commission prints: receipt, notice, protocol, yearly report, act of destruction; as PDF,
text, BRF. The kit: kit_paper.py.

The same plain data makes the tagged PDF, the text for screen readers and, by
examday.paper.readout, the Braille file, so that nobody signs something else than what was read
aloud.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from examday.domain.appeals.case import KIND_NAMES, Kind
from examday.domain.appeals.diagnosis import (
    CATEGORY_NAMES,
    DIAGNOSIS_NAMES,
    Category,
    Diagnosis,
)
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES, Capacity, Outcome
from examday.domain.errors import NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.fields import HEADER_NAMES, FieldId, is_long, is_replacement
from examday.paper import printing
from examday.services.appeals.casebook import CaseFile
from examday.services.ledger import checkpoints
from examday.services.rules import rulesets
from examday.services.unit_of_work import UnitOfWork

Words = Callable[[str], str]
"""Translates a msgid into the language of the paper."""


def base(uow: UnitOfWork, title: str, document: str, training: bool) -> dict[str, Any]:
    """What every print-out carries: title, checkpoint, time. The print itself is an event."""
    made = checkpoints.checkpoint(uow, f"print:{document}")
    uow.record(Event.APPEAL_PRINT, f"checkpoint:{made.seq}", document=document, code=made.code)
    return {
        "title": title,
        "code": made.code,
        "training": training,
        "printed_at": uow.local(uow.now()),
    }


def day(value: dt.date | dt.datetime | str | None, zone: dt.tzinfo = dt.UTC) -> str:
    """A date as it is written on paper; times are shown in the zone of the point."""
    if not value:
        return ""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%d.%m.%Y %H:%M")
    return value.strftime("%d.%m.%Y")


def case_facts(uow: UnitOfWork, case: CaseFile, say: Words, names: bool) -> list[list[str]]:
    """The heading of every paper of a case (fields of 1-АП and 2-АП)."""
    appeal, seat = case.appeal, case.appeal.booklet.seat
    who = " ".join(
        filter(None, (seat.candidate.surname, seat.candidate.name, seat.candidate.patronymic))
    )
    rows = [
        [say(N_("Number of the appeal")), appeal.number],
        [say(N_("About")), say(KIND_NAMES[Kind(appeal.kind)])],
        [
            say(N_("Region and subject")),
            f"{appeal.exam.region} · {rulesets.subject(appeal.exam.subject)}",
        ],
        [say(N_("Exam date")), day(appeal.exam.date)],
        [
            say(N_("Exam point, room, place")),
            f"{appeal.exam.site_code} · {seat.room.number} · {seat.place}",
        ],
        [say(N_("Form code")), appeal.booklet.code or "—"],
        [say(N_("Appellant")), who if names else seat.candidate.code],
        [say(N_("School")), seat.candidate.school_code],
        [say(N_("Filed on")), day(appeal.filed)],
        [say(N_("Reached the commission on")), day(appeal.reached)],
    ]
    if appeal.facts.get("late_reason"):
        rows.append([say(N_("Out of time")), appeal.facts["late_reason"]])
    return [row for row in rows if row[1]]


def receipt(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """Two copies of the receipt on one sheet: one for the appellant, one for the commission."""
    data = base(
        uow, say(N_("Receipt of an appeal")), "appeal-receipt", case.appeal.exam.training
    ) | {
        "facts": case_facts(uow, case, say, names=True),
        "asked": case.appeal.facts.get("text", ""),
        "body": case.rules.text("appeal_body"),
        "until": day(case.term.last_day),
    }
    return printing.render("appeal-receipt", data, large)


def notice(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """The notice of the hearing: date, time, place, form of meeting, who may come."""
    if case.hearing is None:
        raise NotFound(
            N_("No hearing is appointed for this case."), advice=N_("Appoint the hearing first.")
        )
    form = say(N_("in person")) if case.hearing.form == "in_person" else say(N_("remote"))
    called = [
        f"{say(CAPACITY_NAMES[one.capacity])}: "
        + (say(N_("must be called")) if one.must else say(N_("may be called")))
        for one in case.called
    ]
    data = base(uow, say(N_("Notice of a hearing")), "appeal-notice", case.appeal.exam.training) | {
        "facts": case_facts(uow, case, say, names=True),
        "body": case.rules.text("appeal_body"),
        "at": day(case.hearing.at, uow.settings.time_zone),
        "place": case.hearing.place,
        "form": form,
        "called": called,
        "noticed": day(case.hearing.noticed),
    }
    return printing.render("appeal-notice", data, large)


def protocol_data(uow: UnitOfWork, case: CaseFile, say: Words) -> dict[str, Any]:
    """The protocol as plain data: 2-АП, annexes 2-АП-1 and 2-АП-2, votes, signatures."""
    if case.protocol is None:
        raise NotFound(N_("There is no protocol yet: it is written with the decision."))
    content, names, zone = case.protocol.content, case.names, uow.settings.time_zone
    return {
        "facts": [
            *case_facts(uow, case, say, names=True),
            [say(N_("Considered")), f"{day(content['considered'], zone)}, {content['place']}"],
            [say(N_("Heard")), _presence(content, say)],
        ],
        "body": content["body"],
        "decision": say(OUTCOME_NAMES[Outcome(content["outcome"])]),
        "reasons": content["reasons"],
        "votes": [
            [names.get(v["person"], "—"), say(OUTCOME_NAMES[Outcome(v["outcome"])]), v["dissent"]]
            for v in content["votes"]
        ],
        "present": [
            [names.get(p["person"]) or p["name"], say(CAPACITY_NAMES[Capacity(p["capacity"])])]
            for p in content["present"]
        ],
        "annex_1": [_changed_answer(row, content, say) for row in content["annex_1"]],
        "annex_2": [_changed_mark(row, say) for row in content.get("annex_2", [])],
        "annex_3": [_changed_mark(row, say) for row in content.get("annex_3", [])],
        "digest": case.protocol.sha256,
        **_signatures(case, say, zone),
    }


def _changed_answer(row: Mapping[str, Any], content: Mapping[str, Any], say: Words) -> list[str]:
    """A row of annex 1: what was transferred or recognised otherwise than it was written."""
    why = " ".join(filter(None, (row["cause"], row["reason"])))
    kind = _kind(row, content, say)
    return [field_name(row["task"], say), row["was"] or "—", row["becomes"] or "—", kind, why]


def _changed_mark(row: Mapping[str, Any], say: Words) -> list[str]:
    """A row of annex 2 or 3: the mark before and after the expert's conclusion."""
    was, becomes = str(row["was"] or ""), str(row["becomes"] or "")
    return [field_name(row["task"], say), was, becomes, row["reason"]]


def _signatures(case: CaseFile, say: Words, zone: dt.tzinfo) -> dict[str, list[list[str]]]:
    """Who has signed the protocol, and who signs it."""

    def capacity(stored: str) -> str:
        return say(CAPACITY_NAMES[Capacity(stored)])

    return {
        "signed": [
            [case.names.get(s.person_id, "—"), capacity(s.capacity), day(s.at, zone)]
            for s in case.signatures
        ],
        "signers": [
            [capacity(role), case.names.get(who, "—")] for who, role in case.must_sign.items()
        ],
    }


def _presence(content: Mapping[str, Any], say: Words) -> str:
    came = content["in_presence_of"]
    if came["appellant"]:
        return say(N_("in the presence of the appellant"))
    return (
        say(N_("in the presence of legal representatives"))
        if came["guardian"]
        else say(N_("in absence"))
    )


def _kind(row: Mapping[str, Any], content: Mapping[str, Any], say: Words) -> str:
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


def field_name(field: str, say: Words) -> str:
    """A field as people call it."""
    if is_replacement(field):
        return f"{say(N_('replacement row'))} {FieldId.parse(field).key}"
    if is_long(field):
        return f"{FieldId.parse(field).key} ({say(N_('long answer'))})"
    return say(HEADER_NAMES[field]) if field in HEADER_NAMES else field


def protocol(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """The protocol as tagged PDF."""
    title = say(N_("Protocol of the appeal %(number)s")) % {"number": case.appeal.number}
    return printing.render(
        "appeal-protocol",
        base(uow, title, "appeal-protocol", case.appeal.exam.training)
        | protocol_data(uow, case, say),
        large,
    )


def as_text(title: str, code: str, data: Mapping[str, Any], say: Words) -> str:
    """The same data line by line, for a screen reader or a printer of one's own."""
    lines = [title, "", *(f"{name}: {text}" for name, text in data["facts"])]
    for row in data.get("tasks", []):
        lines += [
            "",
            f"{say(N_('Task'))} {row['field']}: {row['diagnosis']} ({row['by']})",
            f"  {say(N_('original'))}: {row['original']}",
            f"  {say(N_('standard form'))}: {row['copy']}",
            f"  {say(N_('recognised at the centre'))}: {row['recognised']}",
        ]
    for key, heading in (
        ("annex_1", N_("Annex 1 (2-АП-1): short answers and registration")),
        ("annex_2", N_("Annex 2 (2-АП-2): expert marks")),
        ("annex_3", N_("Annex 3 (2-АП-3): oral answers")),
        ("cells", N_("Cells of the original")),
        ("votes", N_("Votes")),
        ("signed", N_("Signatures")),
        ("signoffs", N_("Sign-offs")),
        ("entries", N_("Ledger")),
    ):
        if data.get(key):
            lines += [
                "",
                say(heading),
                *("  " + " · ".join(str(x) for x in row if x) for row in data[key]),
            ]
    if "decision" in data:
        lines[2:2] = [
            f"{say(N_('decision'))}: {data['decision']}",
            f"{say(N_('reasons'))}: {data['reasons']}",
            "",
        ]
    return "\n".join([*lines, "", f"{say(N_('checkpoint of the ledger'))}: {code}", ""])
