"""What the commission prints: receipt, notice, protocol, kit, yearly report, act of destruction;
as PDF, text, BRF.

The same plain data makes the tagged PDF, the text for screen readers and, by
examday.paper.readout, the Braille file, so that nobody signs something else than what was read
aloud.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from examday.braille.cells import dot_numbers
from examday.domain.appeals.case import CASE_NAMES, KIND_NAMES, CaseState, Kind
from examday.domain.appeals.diagnosis import (
    CATEGORY_NAMES,
    DIAGNOSIS_NAMES,
    Category,
    Diagnosis,
    Layer,
)
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES, Capacity, Outcome
from examday.domain.braille.notebook import answers
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.paper import printing
from examday.services.appeals.casebook import CaseFile, Line
from examday.services.appeals.findings import contents
from examday.services.braille import commission
from examday.services.ledger import checkpoints
from examday.services.rules import rulesets
from examday.services.scans.pictures import (
    MARGIN_MM,
    Place,
    field_box,
    field_picture,
    pages_of,
    path_of,
    picture,
)
from examday.services.transfer.readings import layout_for
from examday.storage.tables import EventRow, Handover, Page, Person, Reading, Signoff
from examday.storage.uow import UnitOfWork

Words = Callable[[str], str]
"""Translates a msgid into the language of the paper."""
CROP_SCALE = 0.85


def base(uow: UnitOfWork, title: str, document: str, training: bool) -> dict[str, Any]:
    """What every print-out carries: title, checkpoint, time. The print itself is an event."""
    made = checkpoints.checkpoint(uow, f"print:{document}")
    uow.record("appeal:print", f"checkpoint:{made.seq}", document=document, code=made.code)
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
    votes = [
        [names.get(v["person"], "—"), say(OUTCOME_NAMES[Outcome(v["outcome"])]), v["dissent"]]
        for v in content["votes"]
    ]
    return {
        "facts": [
            *case_facts(uow, case, say, names=True),
            [say(N_("Considered")), f"{day(content['considered'], zone)}, {content['place']}"],
            [say(N_("Heard")), _presence(content, say)],
        ],
        "body": content["body"],
        "decision": say(OUTCOME_NAMES[Outcome(content["outcome"])]),
        "reasons": content["reasons"],
        "votes": votes,
        "present": [
            [names.get(p["person"]) or p["name"], say(CAPACITY_NAMES[Capacity(p["capacity"])])]
            for p in content["present"]
        ],
        "annex_1": [
            [
                _field(row["task"], say),
                row["was"] or "—",
                row["becomes"] or "—",
                _kind(row, content, say),
                " ".join(filter(None, (row["cause"], row["reason"]))),
            ]
            for row in content["annex_1"]
        ],
        **{
            annex: [
                [
                    _field(row["task"], say),
                    str(row["was"] or ""),
                    str(row["becomes"] or ""),
                    row["reason"],
                ]
                for row in content.get(annex, [])
            ]
            for annex in ("annex_2", "annex_3")
        },
        "digest": case.protocol.sha256,
        "signed": [
            [
                names.get(s.person_id, "—"),
                say(CAPACITY_NAMES[Capacity(s.capacity)]),
                day(s.at, zone),
            ]
            for s in case.signatures
        ],
        "signers": [
            [say(CAPACITY_NAMES[Capacity(role)]), names.get(who, "—")]
            for who, role in case.must_sign.items()
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


def _field(field: str, say: Words) -> str:
    kind, _sep, number = field.partition(":")
    if kind == "replacement":
        return f"{say(N_('replacement row'))} {number}"
    if kind == "long":
        return f"{number} ({say(N_('long answer'))})"
    return {
        "header:region": say(N_("Region code")),
        "header:subject": say(N_("Subject code")),
        "header:name": say(N_("Name of the subject")),
    }.get(field, field)


def protocol(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """The protocol as tagged PDF."""
    title = say(N_("Protocol of the appeal %(number)s")) % {"number": case.appeal.number}
    return printing.render(
        "appeal-protocol",
        base(uow, title, "appeal-protocol", case.appeal.exam.training)
        | protocol_data(uow, case, say),
        large,
    )


def kit_data(uow: UnitOfWork, case: CaseFile, say: Words, names: bool) -> dict[str, Any]:
    """The appeal kit as plain data: four layers of every task, all readings, custody, sign-offs,
    ledger extract."""
    booklet, zone = case.appeal.booklet, uow.settings.time_zone
    readings = (
        uow.session.query(Reading)
        .filter_by(booklet_id=booklet.id)
        .order_by(Reading.version, Reading.at)
    )
    signoffs = uow.session.query(Signoff).filter_by(booklet_id=booklet.id).order_by(Signoff.at)
    hands = uow.session.query(Handover).filter_by(booklet_id=booklet.id).order_by(Handover.at)
    subjects = (f"booklet:{booklet.id}", f"appeal:{case.appeal.id}")
    entries = (
        uow.session.query(EventRow).filter(EventRow.subject.in_(subjects)).order_by(EventRow.seq)
    )

    def who(key: str | None) -> str:
        return case.names.get(key or "", "—") if names else _role(uow, key)

    return {
        "facts": [
            *case_facts(uow, case, say, names),
            [say(N_("Stands at")), say(CASE_NAMES[CaseState(case.appeal.state)])],
        ],
        "tasks": [task(line, say) for line in case.lines],
        "readings": [
            [str(r.version), r.source, who(r.person_id), day(r.at, zone), r.sha256[:16]]
            for r in readings
        ],
        "signoffs": [
            [
                str(s.version),
                s.slot,
                who(s.person_id) if s.person_id else s.absent_reason,
                day(s.at, zone),
                s.content_sha256[:16],
            ]
            for s in signoffs
        ],
        "hands": [
            [
                day(h.at, zone),
                h.kind,
                who(h.from_id),
                who(h.to_id),
                say(N_("yes")) if h.agreed else say(N_("no")),
            ]
            for h in hands
        ],
        "entries": [[str(e.seq), day(e.at, zone), e.kind, e.hash[:16]] for e in entries],
        "cells": _braille_lines(uow, case),
        "scans": [
            [p.role, str(p.version), p.file.sha256, day(p.at, zone)] for p in _pages(uow, case)
        ],
    }


def _braille_lines(uow: UnitOfWork, case: CaseFile) -> list[list[str]]:
    """Of a Braille work: page, line and the cells that the machine read, as dot numbers («0» is a
    blank cell). Once the pages were stated, the answer pages by their numbers: drafts and the
    candidate's data are no answers."""
    machine = contents(uow, case.appeal.booklet_id, case.appeal.version).get("machine:original")
    pages = machine.content.get("pages", []) if machine else []
    leaves = commission.leaves(uow, case.appeal.booklet_id)
    read, stated = (
        {sheet["page"]: sheet for sheet in pages},
        [(leaf.number, leaf.page) for leaf in answers(leaves)],
    )
    sheets = (
        [(n, read[key]) for n, key in stated if key in read]
        if leaves
        else list(enumerate(pages, 1))
    )
    return [
        [
            str(page),
            str(number),
            "-".join(dot_numbers(int(cell["d"])) or "0" for cell in line["cells"]),
        ]
        for page, sheet in sheets
        for number, line in enumerate(sheet["lines"], 1)
    ]


def _role(uow: UnitOfWork, person_id: str | None) -> str:
    person = uow.session.get(Person, person_id) if person_id else None
    return ", ".join(row.role for row in person.roles) if person else "—"


def task(line: Line, say: Words) -> dict[str, Any]:
    """One task of the kit: what each layer says, the diagnosis, and the keys of its pictures."""
    said = line.finding.decided if line.finding else line.proposal.diagnosis
    return {
        "field": _field(line.field, say),
        "key": line.field.replace(":", "-"),
        "differs": line.differs,
        "original": _said(line.layers.original, say),
        "copy": _said(line.layers.copy, say),
        "recognised": _said(line.layers.recognised, say),
        "marks": " → ".join(
            x for x in (line.layers.mark_before, line.layers.mark_after) if x is not None
        ),
        "diagnosis": say(DIAGNOSIS_NAMES[Diagnosis(said)]),
        "by": say(N_("found by the commission"))
        if line.finding
        else say(N_("proposed by the program")),
    }


def _said(layer: Layer | None, say: Words) -> str:
    if layer is None:
        return say(N_("no reading"))
    task_number = f"{say(N_('task'))} {layer.task}: " if layer.task else ""
    mark = (
        f" [{say(MARK_NAMES[Mark(layer.mark)])}]" if layer.mark and layer.mark != Mark.BLANK else ""
    )
    return task_number + (layer.text or say(N_("(empty)"))) + mark


def _pages(uow: UnitOfWork, case: CaseFile) -> list[Page]:
    booklet = case.appeal.booklet
    found = pages_of(uow, booklet, "original")
    for version in range(case.appeal.version, booklet.version + 1):
        found += pages_of(uow, booklet, "copy", version)
    return found


def kit(uow: UnitOfWork, case: CaseFile, say: Words, large: bool, names: bool) -> bytes:
    """The appeal kit as tagged PDF: facts, tasks with both crops at one scale, every page,
    records, ledger extract."""
    title = say(N_("Appeal kit %(number)s")) % {"number": case.appeal.number}
    pictures: dict[str, bytes] = {}
    data = base(uow, title, "appeal-kit", case.appeal.exam.training) | kit_data(
        uow, case, say, names
    )
    for line, row in zip(case.lines, data["tasks"], strict=True):
        if line.differs:
            row["original-picture"] = _crop(
                uow, case, line.original, line.field, f"a-{row['key']}.jpg", pictures
            )
            row["copy-picture"] = _crop(
                uow, case, line.copy, line.field, f"b-{row['key']}.jpg", pictures
            )
            row["width"] = _width(case, line.field)
    data["sheets"] = [
        _sheet(uow, page, number, say, pictures) for number, page in enumerate(_pages(uow, case), 1)
    ]
    return printing.render("appeal-kit", data, large, pictures)


def _crop(
    uow: UnitOfWork,
    case: CaseFile,
    place: Place | None,
    field: str,
    name: str,
    pictures: dict[str, bytes],
) -> str:
    if place is None or place.box is None:
        return ""
    try:
        pictures[name] = field_picture(
            uow.settings, uow.get(Page, place.page_id), layout_for(case.appeal.exam), field
        )
    except NotFound:
        return ""
    return name


def _width(case: CaseFile, field: str) -> float:
    """Width of a field's crop on paper, mm: all crops at one scale, a whole row just fits its
    column."""
    box = field_box(layout_for(case.appeal.exam), field)
    return round(CROP_SCALE * (box[2] - box[0] + 2 * MARGIN_MM), 1) if box else 80.0


def _sheet(
    uow: UnitOfWork, page: Page, number: int, say: Words, pictures: dict[str, bytes]
) -> list[str]:
    name = f"sheet-{number}.jpg"
    try:
        if not path_of(uow.settings, page).exists():
            return ["", _sheet_name(page, number, say)]
        longest = max(
            int(page.identity.get("width") or 0), int(page.identity.get("height") or 0), 1
        )
        pictures[name] = picture(uow.settings, page, scale=min(1.0, 1400 / longest))
    except NotFound:
        return ["", _sheet_name(page, number, say)]
    return [name, _sheet_name(page, number, say)]


def _sheet_name(page: Page, number: int, say: Words) -> str:
    role = say(N_("original")) if page.role == "original" else say(N_("standard form"))
    return f"{number}. {role}, {say(N_('version'))} {page.version}"


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
