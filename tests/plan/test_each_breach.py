"""Every breach of the rules on the readiness board, planted alone, is found and nothing else with it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import flask
import pytest
from flask import Flask

from examday.domain.custody.counts import compare
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.day import DayPlan, DutyPlan, ExamPlan
from examday.domain.plan.findings import (
    NOT_NEEDED,
    RULE_TITLES,
    CandidateCode,
    Finding,
    Level,
    Login,
)
from examday.domain.plan.readiness import check
from examday.domain.rules.ruleset import CONFIRMED
from examday.web.plan import words
from tests.own_rules import for_date
from tests.plan.test_readiness import (
    candidate,
    duty,
    exam,
    more,
    plain,
    ready,
    room,
    seat,
    without,
)

Change = Callable[[DayPlan], DayPlan]
NEW = dt.date(2025, 6, 2)
OLD = dt.date(2018, 6, 1)


def blind(many: int) -> Change:
    """So many blind candidates in room 0002, where two sit already."""
    extra = [plain(n, "0002", "blind", "braille", medium=Medium.BRAILLE) for n in range(2, many)]
    # More translators come with them, or the commission would be too small (R16).
    team = [DutyPlan(f"more-{n}", "braille_transcriber") for n in range(3)]
    return lambda day: duty(*team)(more(*extra)(day))


def roomy(change: Change) -> Change:
    """The change in a plan whose rooms have equipment for many."""

    def changed(day: DayPlan) -> DayPlan:
        many = {"braille_sheets": 500, "braille_notebooks": 50, "braille_devices": 50}
        return change(room("0002", **many)(room("0003", printed_rules=50, computers=50)(day)))

    return changed


def together(*changes: Change) -> Change:
    def changed(day: DayPlan) -> DayPlan:
        for change in changes:
            day = change(day)
        return day

    return changed


def places(number: str, count: int | None) -> Change:
    """The room has so many places; None: nobody has said how many."""
    return lambda day: replace(
        day,
        rooms=tuple(replace(r, seats=count) if r.number == number else r for r in day.rooms),
    )


def needs(code: str, *words: str, **values: object) -> Change:
    return candidate(code, needs=frozenset({"special_needs", "extra_time", *words}), **values)


def at(person: str, **where: str) -> Change:
    """This person has the duty at another exam or in another room."""
    return lambda day: replace(
        day,
        duties=tuple(replace(d, **where) if d.person == person else d for d in day.duties),
    )


BREACHES: list[tuple[str, Level, dt.date, Change]] = [
    ("R00", Level.WARN, dt.date(2026, 6, 1), lambda day: day),
    ("R01", Level.FAIL, NEW, roomy(more(*(plain(n) for n in range(11))))),
    ("R01", Level.WARN, NEW, places("0002", None)),
    ("R02", Level.FAIL, OLD, roomy(blind(7))),
    ("R02", Level.WARN, NEW, roomy(blind(7))),
    ("R02", Level.FAIL, NEW, roomy(blind(9))),
    ("R03", Level.WARN, NEW, more(*(plain(n, "0003", "musculoskeletal") for n in range(6)))),
    ("R03", Level.FAIL, OLD, more(*(plain(n, "0003", "musculoskeletal") for n in range(6)))),
    ("R04", Level.WARN, NEW, more(plain(1, "0002", "partially_sighted"))),
    (
        "R05",
        Level.WARN,
        NEW,
        together(more(plain(1, "0001")), room("0001", common_start=None)),
    ),
    ("R15", Level.WARN, NEW, exam(braille_at="")),
    ("R21", Level.WARN, NEW, exam(minutes=0)),
    ("R06", Level.FAIL, NEW, room("0001", light_lux=299)),
    ("R07", Level.FAIL, NEW, room("0002", floor=2)),
    ("R07", Level.WARN, NEW, room("0002", floor=2, lift=None)),
    ("R08", Level.FAIL, NEW, room("0003", handrails=False)),
    ("R09", Level.FAIL, NEW, room("0003", sound_individual=0)),
    (
        "R09",
        Level.FAIL,
        NEW,
        together(needs("H1", "deaf", "sign_interpreter"), room("0003", sound_collective=False)),
    ),
    ("R10", Level.FAIL, NEW, without("sign_interpreter")),
    # Who is on duty at another exam, or in another room, is not there.
    ("R10", Level.FAIL, NEW, at("sign_interpreter", subject="02")),
    ("R10", Level.FAIL, NEW, at("sign_interpreter", room="0001")),
    (
        "R10",
        Level.WARN,
        NEW,
        together(without("sign_interpreter"), needs("H1", "deaf")),
    ),
    (
        "R10",
        Level.WARN,
        NEW,
        together(without("sign_interpreter"), needs("H1", "hard_of_hearing")),
    ),
    ("R11", Level.FAIL, NEW, room("0003", printed_rules=0)),
    # What nobody recorded is to be looked at; it is no «none».
    ("R08", Level.WARN, NEW, room("0003", handrails=None)),
    ("R08", Level.FAIL, NEW, room("0003", handrails=None, ramp=False)),
    ("R09", Level.WARN, NEW, room("0003", sound_individual=None)),
    ("R11", Level.WARN, NEW, room("0003", printed_rules=None)),
    ("R12", Level.WARN, NEW, room("0001", enlarging=None)),
    ("R13", Level.WARN, NEW, room("0001", magnifiers=None)),
    ("R14", Level.WARN, NEW, room("0002", braille_notebooks=None)),
    ("R22", Level.WARN, NEW, room("0003", meals_place=None)),
    (
        "R11",
        Level.FAIL,
        NEW,
        together(
            more(plain(1, "0001", "autism", medium=Medium.ENLARGED)),
            room("0001", printed_rules=0),
            needs("X1", "autism", "a3"),
        ),
    ),
    ("R12", Level.FAIL, NEW, room("0001", enlarging=False)),
    ("R13", Level.FAIL, NEW, room("0001", magnifiers=0)),
    ("R14", Level.FAIL, NEW, room("0002", braille_notebooks=1)),
    ("R14", Level.FAIL, NEW, room("0002", braille_sheets=19)),
    ("R14", Level.FAIL, NEW, room("0002", braille_devices=1)),
    ("R14", Level.WARN, NEW, room("0002", braille_devices=None)),
    ("R15", Level.FAIL, NEW, lambda day: replace(day, rooms=day.rooms[:3])),
    ("R16", Level.FAIL, NEW, without("tiflo-1", "tiflo-2")),
    ("R16", Level.FAIL, NEW, without("braille_commission_chair")),
    ("R17", Level.FAIL, NEW, without("exam_board_member")),
    ("R17", Level.WARN, NEW, without("public_observer")),
    ("R17", Level.FAIL, OLD, without("public_observer")),
    (
        "R18",
        Level.FAIL,
        NEW,
        # The chair is the only translator who may sign: two signatures, one person.
        together(
            without("tiflo-1", "tiflo-2", "braille_commission_chair"),
            duty(
                DutyPlan("both", "braille_transcriber"),
                DutyPlan("both", "braille_commission_chair"),
            ),
        ),
    ),
    (
        "R18",
        Level.FAIL,
        NEW,
        # Assistants may sign by a text that is not confirmed, organisers by [T]: one line for both.
        lambda day: replace(
            day,
            duties=tuple(
                replace(d, role="assistant") if "organiser" in d.role else d for d in day.duties
            ),
        ),
    ),
    ("R19", Level.FAIL, NEW, candidate("A1", documents=())),
    (
        "R19",
        Level.FAIL,
        NEW,
        together(
            needs("H1", "home", "hard_of_hearing"),
            candidate("H1", documents=({"kind": "medical_grounds"},)),
        ),
    ),
    ("R20", Level.FAIL, NEW, needs("H1", "hard_of_hearing", "home")),
    (
        "R21",
        Level.WARN,
        NEW,
        candidate("A1", needs=frozenset({"special_needs", "partially_sighted", "a3"})),
    ),
    ("R22", Level.FAIL, NEW, room("0003", meals_place=False)),
    (
        "R23",
        Level.FAIL,
        NEW,
        more(seat("H1", "0003", "9A", Medium.STANDARD, "hard_of_hearing", kind="gve")),
    ),
    ("R24", Level.FAIL, NEW, needs("H1", "hard_of_hearing", "oral", medium=Medium.ORAL)),
    ("R25", Level.FAIL, NEW, room("0003", offline_checked=False)),
    ("R25", Level.FAIL, NEW, room("0003", offline_checked=False, computers=None)),
    ("R25", Level.FAIL, NEW, room("0003", computers=0, offline_checked=None)),
    ("R25", Level.WARN, NEW, room("0003", offline_checked=None)),
    ("R25", Level.WARN, NEW, room("0003", computers=None)),
    ("R26", Level.FAIL, NEW, exam(enlarge_at="09:30")),
    ("R26", Level.WARN, NEW, exam(start="", enlarge_at="")),
    ("R27", Level.FAIL, NEW, exam(tasks=41)),
    ("R27", Level.WARN, NEW, exam(tasks=None)),
    ("R29", Level.WARN, NEW, duty(DutyPlan("medical_worker", "appeal_member"))),
    ("R30", Level.WARN, NEW, lambda day: replace(day, planned_on=dt.date(2025, 5, 30))),
    ("R30", Level.WARN, NEW, lambda day: replace(day, planned_on=None)),
    ("P01", Level.FAIL, NEW, without("tiflo-2")),
    ("P02", Level.FAIL, NEW, without("site_head")),
    ("P02", Level.FAIL, NEW, without("room_organiser-0001", "lead_organiser-0001")),
    (
        "P03",
        Level.FAIL,
        NEW,
        duty(DutyPlan("room_organiser-0001", "room_organiser", "01", "0002")),
    ),
    ("P04", Level.FAIL, NEW, duty(DutyPlan("assistant", "public_observer"))),
    (
        "P05",
        Level.WARN,
        NEW,
        duty(DutyPlan("linguist", "assistant", "", "0001", teaches=frozenset({"01"}))),
    ),
    (
        "P05",
        Level.WARN,
        NEW,
        duty(DutyPlan("linguist", "assistant", teaches=frozenset({"01"}))),
    ),
    ("P06", Level.WARN, NEW, needs("H1", "hard_of_hearing", "a3")),
    (
        "P08",
        Level.FAIL,
        NEW,
        together(
            without("assistant"), needs("H1", "hard_of_hearing", "sign_interpreter", "assistant")
        ),
    ),
]


def open_rows(day: DayPlan) -> list[Finding]:
    return [row for row in check(day) if row.level is not Level.PASS]


@pytest.mark.parametrize(
    ("rule", "level", "date", "change"),
    BREACHES,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BREACHES)],
)
def test_a_planted_breach_is_found_and_is_the_only_line(
    rule: str, level: Level, date: dt.date, change: Change
) -> None:
    before = {row.message for row in open_rows(ready(date))}
    rows = [
        row for row in open_rows(change(ready(date))) if row.message not in before or rule == "R00"
    ]
    told = [(row.rule, row.level, row.subject, row.message) for row in rows]
    assert rows and {rule} <= {rows[0].rule, *rows[0].also}, told
    assert [row.level for row in rows] == [level], told
    assert rows[0].message % rows[0].params and rows[0].advice % rows[0].params


def test_every_rule_of_the_board_is_planted_once() -> None:
    without = set(RULE_TITLES) - {"R35", "P07"} - {rule for rule, *_ in BREACHES}
    assert without == set(), "each of these wants a row of BREACHES in this file"
    assert {rule for rule, *_ in BREACHES} <= set(RULE_TITLES)


def test_nobody_who_may_copy_is_one_line_whatever_it_stops() -> None:
    nobody = lambda day: replace(  # noqa: E731 - reads as the sentence it is
        day,
        duties=tuple(
            d
            for d in day.duties
            if "organiser" not in d.role and d.role not in ("assistant", "braille_transcriber")
        ),
    )
    rows = [row for row in open_rows(nobody(ready())) if "R35" in (row.rule, *row.also)]
    assert len(rows) == 1
    assert {rows[0].rule, *rows[0].also} >= {"R18", "R35", "P01"}


def test_one_subject_in_two_forms_is_one_matter() -> None:
    """ЕГЭ and ГВЭ in Russian on one day: the teacher, the extra time are one line, and the exam
    that enlarges nothing may begin early."""
    gve = ExamPlan("01", "gve", 20, "10:00", "09:00", 235)
    seat_too = seat("H1", "0003", "9A", Medium.STANDARD, "hard_of_hearing", kind="gve")
    teacher = DutyPlan("linguist", "assistant", "01", "0001", teaches=frozenset({"01"}))
    day = together(duty(teacher, teacher), needs("H1", "hard_of_hearing"), more(seat_too))(ready())
    plain_needs = frozenset({"special_needs", "hard_of_hearing"})
    day = replace(
        day,
        exams=(*day.exams, gve),
        seats=tuple(replace(s, needs=plain_needs) if s.candidate == "H1" else s for s in day.seats),
    )
    rows = [row for row in open_rows(day) if row.rule in ("P05", "R21", "R26")]
    assert [row.rule for row in rows] == ["R21", "P05"]
    assert rows[0].params["candidates"] == (CandidateCode("H1"),)


def test_counts_of_a_hand_over_that_differ_are_found_at_the_step() -> None:
    with pytest.raises(Invalid) as refused:
        compare({Kind.ENLARGED_SHEET: 3}, {Kind.ENLARGED_SHEET: 2}, "")
    assert refused.value.code == "count-note"


def test_a_point_whose_braille_is_read_at_the_processing_centre_needs_no_commission() -> None:
    nobody = without("tiflo-1", "tiflo-2", "braille_commission_chair")
    day = nobody(exam(braille_at="rcoi")(replace(ready(), rooms=ready().rooms[:3])))
    assert open_rows(day) == []
    here = nobody(replace(ready(), rooms=ready().rooms[:3]))
    assert {row.rule for row in open_rows(here)} == {"R15", "R16"}


def test_between_two_limits_both_texts_are_quoted() -> None:
    row = next(r for r in open_rows(roomy(blind(7))(ready())) if r.rule == "R02")
    assert (row.params["limit"], row.params["stricter"]) == (8, 6)
    assert (
        row.source.startswith("8: ") and "; 6: " in row.source and "набор правил № 1" in row.source
    )


def test_a_confirmed_later_limit_speaks_alone() -> None:
    day = dt.date(2021, 6, 1)
    assert for_date(day).rule("seats_blind").confidence in CONFIRMED
    assert [r for r in open_rows(roomy(blind(7))(ready(day))) if r.rule == "R02"] == []


def test_an_own_device_for_braille_and_an_own_magnifier_are_counted_out() -> None:
    own = together(
        needs("B1", "blind", "braille", "own_braille_device"),
        needs("A1", "partially_sighted", "a3", "own_magnifier"),
        room("0002", braille_devices=1),
        room("0001", magnifiers=1),
    )
    assert open_rows(own(ready())) == []


def test_the_speaking_part_has_thirty_minutes_more_and_the_written_one_ninety() -> None:
    speaking = ExamPlan("29", "ege", 4, "10:00", minutes=20)
    day = replace(ready(), exams=(*ready().exams, speaking))
    day = more(replace(plain(1, "0003", "hard_of_hearing"), candidate="H1", subject="29"))(day)
    rows = [row.params for row in check(day) if row.rule == "R21"]
    assert {(p["subject"], p["minutes"]) for p in rows if "minutes" in p} == {
        ("01", 90),
        ("29", 30),
    }
    assert {p["extra"] for p in rows if "extra" in p} == {"15:00", "10:50"}


def test_people_candidates_and_dates_are_marked_for_the_page() -> None:
    rows = open_rows(
        together(
            duty(DutyPlan("medical_worker", "appeal_member")),
            without("sign_interpreter"),
            lambda day: replace(day, planned_on=dt.date(2025, 5, 30)),
        )(ready())
    )
    by_rule = {row.rule: row.params for row in rows}
    assert by_rule["R29"]["people"] == (Login("medical_worker"),)
    candidates = by_rule["R10"]["candidates"]
    assert isinstance(candidates, tuple) and isinstance(candidates[0], CandidateCode)
    assert by_rule["R30"]["on"] == dt.date(2025, 5, 30)


def test_every_line_leads_to_the_page_where_it_is_put_right(app: Flask) -> None:
    with app.test_request_context():
        flask.g.actor = Actor("head", frozenset({Role.SITE_HEAD}), "head")
        for _rule, _level, date, change in BREACHES:
            for row in open_rows(change(ready(date))):
                assert words.shown(row, {}).url, f"{row.rule} of {row.subject}"


def test_what_nobody_recorded_is_no_zero_and_nothing_that_is_missing() -> None:
    def said(change: Change, rule: str) -> Mapping[str, object]:
        return next(row for row in open_rows(change(ready())) if row.rule == rule).params

    typing = said(room("0003", offline_checked=False, computers=None), "R25")
    assert (typing["count"], typing["checked"]) == ("nothing is recorded", "no")
    none = said(room("0003", computers=0, offline_checked=None), "R25")
    assert (none["count"], none["checked"]) == (0, "nothing is recorded")
    assert said(room("0003", ramp=False, handrails=None), "R08")["missing"] == ("ramp",)
    few, unknown = (
        next(row for row in open_rows(change(ready())) if row.rule == "R01").message
        for change in (places("0002", 0), places("0002", None))
    )
    assert "only %(seats)s places" in few
    assert "not recorded how many places" in unknown


def test_where_nobody_has_special_conditions_no_documents_are_counted() -> None:
    plain_seat = lambda s: replace(s, needs=frozenset(), documents=())  # noqa: E731 - one thought
    nobody = replace(ready(), seats=tuple(map(plain_seat, ready().seats)))
    assert [row.message for row in check(nobody) if row.rule == "R19"] == [NOT_NEEDED]
