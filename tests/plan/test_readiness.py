"""The readiness board: a day that is ready, and every rule broken one at a time."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium
from examday.domain.plan.checks.papers import _NO_LENGTH
from examday.domain.plan.checks.transfer import unfilled
from examday.domain.plan.day import DayPlan, DutyPlan, ExamPlan, RoomPlan, SeatPlan
from examday.domain.plan.findings import LEVEL_NAMES, RULE_TITLES, Finding, Level, Word, counts
from examday.domain.plan.readiness import check
from tests.own_rules import for_date

DAY = dt.date(2025, 6, 2)
PMPC = {"kind": "pmpc_conclusion", "form": "copy"}
CERTIFICATE = {"kind": "disability_certificate", "form": "certified_copy"}
FEATURES: dict[str, Any] = {
    "light_lux": 400,
    "individual_light": True,
    "floor": 1,
    "lift": False,
    "ramp": True,
    "handrails": True,
    "wide_doors": True,
    "special_chairs": True,
    "wheelchair_place": True,
    "sound_collective": True,
    "sound_individual": 2,
    "enlarging": True,
    "magnifiers": 5,
    "printed_rules": 5,
    "braille_notebooks": 10,
    "braille_sheets": 100,
    "braille_devices": 10,
    "computers": 4,
    "offline_checked": True,
    "common_start": True,
    "meals_place": True,
}


def seat(
    code: str,
    room: str,
    place: str,
    medium: Medium,
    *needs: str,
    documents: tuple[Any, ...] = (PMPC,),
    kind: str = "ege",
) -> SeatPlan:
    usual = {"special_needs", "extra_time"}
    return SeatPlan(code, "01", room, place, frozenset({*usual, *needs}), documents, medium, kind)


def staff() -> tuple[DutyPlan, ...]:
    rooms = [
        DutyPlan(f"{role}-{room}", role, "01", room)
        for room in ("0001", "0002", "0003")
        for role in ("lead_organiser", "room_organiser")
    ]
    point = (
        "site_head",
        "technical_specialist",
        "medical_worker",
        "exam_board_member",
        "public_observer",
        "assistant",
        "braille_commission_chair",
        "sign_interpreter",
    )
    return (
        *rooms,
        *(DutyPlan(role, role) for role in point),
        DutyPlan("tiflo-1", "braille_transcriber"),
        DutyPlan("tiflo-2", "braille_transcriber"),
    )


def ready(day: dt.date = DAY) -> DayPlan:
    """A day with enlarged, Braille, typed and hard-of-hearing candidates in which nothing is
    missing."""
    return DayPlan(
        day,
        for_date(day),
        exams=(ExamPlan("01", "ege", 26, "10:00", "10:00", 210, braille_at="site"),),
        rooms=(
            RoomPlan("0001", "exam", 12, FEATURES),
            RoomPlan("0002", "exam", 12, FEATURES),
            RoomPlan("0003", "exam", 12, FEATURES),
            RoomPlan("0100", "commission", 0, {"video": True}),
        ),
        seats=(
            seat("A1", "0001", "1A", Medium.ENLARGED, "partially_sighted", "a3"),
            seat("A2", "0001", "1B", Medium.ENLARGED, "partially_sighted", "a3"),
            seat("B1", "0002", "1A", Medium.BRAILLE, "blind", "braille"),
            seat("B2", "0002", "1B", Medium.BRAILLE, "blind", "braille"),
            seat(
                "T1", "0003", "1A", Medium.TYPED, "musculoskeletal", "typed", "wheelchair", "meals"
            ),
            seat("H1", "0003", "1B", Medium.STANDARD, "hard_of_hearing", "sign_interpreter"),
        ),
        duties=staff(),
        planned_on=dt.date(2025, 5, 28),
        plan_due=dt.date(2025, 5, 29),
    )


def found(day: DayPlan, rule: str, level: Level) -> list[Finding]:
    """Rows on this rule, also where they stand in the line of another one with the same cause."""
    return [row for row in check(day) if rule in (row.rule, *row.also) and row.level == level]


def test_a_complete_plan_passes_every_rule() -> None:
    assert [row for row in check(ready()) if row.level != Level.PASS] == []


def test_every_rule_on_the_board_has_a_title_and_each_title_is_used() -> None:
    assert {row.rule for row in check(ready())} == set(RULE_TITLES)


def test_an_empty_day_breaks_nothing_but_the_staff() -> None:
    empty = DayPlan(DAY, for_date(DAY))
    assert {row.rule for row in check(empty) if row.level != Level.PASS} == {"P02"}


Change = Callable[[DayPlan], DayPlan]


def room(number: str, **features: Any) -> Change:
    """The room with features changed; None takes the feature out."""

    def change(day: DayPlan) -> DayPlan:
        def changed(row: RoomPlan) -> RoomPlan:
            merged = {
                key: value
                for key, value in {**row.features, **features}.items()
                if value is not None
            }
            return replace(row, features=merged) if row.number == number else row

        return replace(day, rooms=tuple(changed(row) for row in day.rooms))

    return change


def more(*seats: SeatPlan) -> Change:
    return lambda day: replace(day, seats=(*day.seats, *seats))


def without(*people: str) -> Change:
    return lambda day: replace(
        day, duties=tuple(duty for duty in day.duties if duty.person not in people)
    )


def duty(*duties: DutyPlan) -> Change:
    return lambda day: replace(day, duties=(*day.duties, *duties))


def exam(**values: Any) -> Change:
    return lambda day: replace(day, exams=tuple(replace(row, **values) for row in day.exams))


def candidate(code: str, **values: Any) -> Change:
    return lambda day: replace(
        day,
        seats=tuple(replace(row, **values) if row.candidate == code else row for row in day.seats),
    )


def plain(number: int, at: str = "0003", *needs: str, medium: Medium = Medium.STANDARD) -> SeatPlan:
    return seat(f"X{number}", at, f"x{number}", medium, *needs)


BROKEN: list[tuple[str, Level, str, Change]] = [
    ("R01", Level.FAIL, "room:0003", more(*(plain(n) for n in range(11)))),
    (
        "R01",
        Level.FAIL,
        "room:0001",
        lambda day: replace(day, rooms=(RoomPlan("0001", "exam", 1, FEATURES), *day.rooms[1:])),
    ),
    (
        "R02",
        Level.FAIL,
        "room:0002",
        more(*(plain(n, "0002", "blind", "braille", medium=Medium.BRAILLE) for n in range(7))),
    ),
    (
        "R03",
        Level.WARN,
        "room:0003",
        more(*(plain(n, "0003", "musculoskeletal") for n in range(6))),
    ),
    (
        "R04",
        Level.WARN,
        "room:0001",
        more(plain(1, "0001", "blind", "braille", medium=Medium.BRAILLE)),
    ),
    (
        "R05",
        Level.WARN,
        "room:0001",
        lambda day: room("0001", common_start=False)(more(plain(1, "0001"))(day)),
    ),
    ("R06", Level.FAIL, "room:0001", room("0001", light_lux=299)),
    ("R06", Level.WARN, "room:0001", room("0001", light_lux=None)),
    ("R06", Level.WARN, "room:0001", room("0001", individual_light=False)),
    ("R07", Level.FAIL, "room:0002", room("0002", floor=2)),
    ("R07", Level.WARN, "room:0002", room("0002", floor=None)),
    ("R08", Level.FAIL, "room:0003", room("0003", ramp=False)),
    ("R09", Level.FAIL, "room:0003", room("0003", sound_individual=0)),
    ("R09", Level.FAIL, "room:0003", room("0003", sound_collective=False)),
    ("R10", Level.FAIL, "room:0003", without("sign_interpreter")),
    ("R11", Level.FAIL, "room:0003", room("0003", printed_rules=0)),
    ("R12", Level.FAIL, "room:0001", room("0001", enlarging=False)),
    ("R13", Level.WARN, "room:0001", room("0001", magnifiers=1)),
    ("R13", Level.FAIL, "room:0001", room("0001", magnifiers=0)),
    ("R14", Level.FAIL, "room:0002", room("0002", braille_notebooks=1)),
    ("R14", Level.FAIL, "room:0002", room("0002", braille_sheets=19)),
    ("R15", Level.FAIL, "point", lambda day: replace(day, rooms=day.rooms[:3])),
    ("R15", Level.WARN, "room:0100", room("0100", video=False)),
    ("R16", Level.FAIL, "point", without("tiflo-1", "tiflo-2")),
    ("R16", Level.FAIL, "point", without("braille_commission_chair")),
    ("R17", Level.FAIL, "point", without("exam_board_member")),
    ("R17", Level.WARN, "point", without("public_observer")),
    ("R18", Level.FAIL, "point", without("exam_board_member")),
    ("R19", Level.FAIL, "candidate:A1", candidate("A1", documents=())),
    (
        "R19",
        Level.FAIL,
        "candidate:A1",
        candidate(
            "A1",
            needs=frozenset({"disabled", "extra_time", "a3"}),
            documents=({"kind": "disability_certificate", "form": "copy"},),
        ),
    ),
    (
        "R19",
        Level.FAIL,
        "candidate:A1",
        candidate("A1", needs=frozenset({"extra_time", "a3"}), documents=()),
    ),
    (
        "R20",
        Level.FAIL,
        "candidate:H1",
        candidate("H1", needs=frozenset({"special_needs", "extra_time", "home"})),
    ),
    ("R21", Level.WARN, "candidate:A1", candidate("A1", needs=frozenset({"special_needs", "a3"}))),
    ("R22", Level.FAIL, "room:0003", room("0003", meals_place=False)),
    (
        "R23",
        Level.FAIL,
        "candidate:A1",
        more(seat("A1", "0003", "9A", Medium.ENLARGED, "a3", kind="gve")),
    ),
    (
        "R24",
        Level.FAIL,
        "candidate:H1",
        candidate(
            "H1", needs=frozenset({"special_needs", "extra_time", "oral"}), medium=Medium.ORAL
        ),
    ),
    ("R25", Level.FAIL, "room:0003", room("0003", offline_checked=False)),
    ("R25", Level.FAIL, "room:0003", room("0003", computers=0)),
    ("R26", Level.FAIL, "point", exam(enlarge_at="09:30")),
    ("R26", Level.FAIL, "point", without("exam_board_member")),
    ("R29", Level.WARN, "point", duty(DutyPlan("exam_board_member", "appeal_member"))),
    ("R30", Level.WARN, "point", lambda day: replace(day, planned_on=dt.date(2025, 5, 30))),
    (
        "R35",
        Level.FAIL,
        "room:0001",
        without("lead_organiser-0001", "room_organiser-0001", "assistant", "tiflo-1", "tiflo-2"),
    ),
    ("R27", Level.FAIL, "point", exam(tasks=41)),
    ("P01", Level.FAIL, "point", without("tiflo-2")),
    ("P02", Level.FAIL, "point", without("site_head")),
    ("P02", Level.WARN, "point", without("medical_worker")),
    ("P02", Level.WARN, "room:0001", without("room_organiser-0001")),
    ("P02", Level.FAIL, "room:0001", without("room_organiser-0001", "lead_organiser-0001")),
    (
        "P03",
        Level.FAIL,
        "person:room_organiser-0001",
        duty(DutyPlan("room_organiser-0001", "room_organiser", "01", "0002")),
    ),
    ("P04", Level.FAIL, "person:assistant", duty(DutyPlan("assistant", "public_observer"))),
    (
        "P04",
        Level.FAIL,
        "person:public_observer",
        duty(DutyPlan("public_observer", "exam_board_member")),
    ),
    (
        "P05",
        Level.WARN,
        "person:linguist",
        duty(DutyPlan("linguist", "assistant", "", "0001", teaches=frozenset({"01"}))),
    ),
    ("P06", Level.WARN, "candidate:A1", candidate("A1", medium=Medium.BRAILLE)),
    (
        "P08",
        Level.FAIL,
        "room:0001",
        lambda day: without("assistant")(
            candidate("A1", needs=frozenset({"special_needs", "extra_time", "a3", "assistant"}))(
                day
            )
        ),
    ),
    ("P07", Level.FAIL, "person:", lambda day: replace(day, today=DAY)),
]


@pytest.mark.parametrize(
    ("rule", "level", "subject", "change"),
    BROKEN,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(BROKEN)],
)
def test_each_rule_is_noticed_when_it_is_broken(
    rule: str, level: Level, subject: str, change: Change
) -> None:
    rows = found(change(ready()), rule, level)
    assert subject in {row.subject for row in rows}
    for row in rows:
        assert row.message % row.params
        assert row.advice and row.advice % row.params


def test_every_checked_rule_is_broken_by_some_case() -> None:
    without = set(RULE_TITLES) - {"R00"} - {rule for rule, *_ in BROKEN}
    assert without == set(), "each of these wants a row of BROKEN in this file"
    assert {rule for rule, *_ in BROKEN} <= set(RULE_TITLES)


def test_only_the_head_and_the_exam_board_member_cannot_be_waited_for() -> None:
    day = ready()
    late = replace(
        day,
        today=DAY,
        duties=tuple(replace(duty, present=duty.role != "assistant") for duty in day.duties),
    )
    assert [row.params["people"] for row in found(late, "P07", Level.WARN)] == [("assistant",)]
    assert found(late, "P07", Level.FAIL) == []
    there = replace(
        day, today=DAY, duties=tuple(replace(duty, present=True) for duty in day.duties)
    )
    assert [row.level for row in check(there) if row.rule == "P07"] == [Level.PASS]
    nobody = replace(there, duties=())
    [row] = [row for row in check(nobody) if row.rule == "P07"]
    assert row.message == "Who has come is marked on the exam day.", "nobody is not «all have come»"


def test_the_limit_itself_is_allowed() -> None:
    eight = more(*(plain(n, "0002", "blind", "braille", medium=Medium.BRAILLE) for n in range(6)))(
        ready()
    )
    assert found(eight, "R02", Level.FAIL) == []


def test_seven_blind_in_a_room_were_too_many_until_2018() -> None:
    day = ready(dt.date(2018, 6, 1))
    seven = more(*(plain(n, "0002", "blind", "braille", medium=Medium.BRAILLE) for n in range(5)))(
        day
    )
    assert [row.params["limit"] for row in found(seven, "R02", Level.FAIL)] == [6]


def test_without_an_observer_nothing_could_be_copied_until_2018() -> None:
    day = without("public_observer")(ready(dt.date(2018, 6, 1)))
    assert found(day, "R17", Level.FAIL)
    assert found(day, "R18", Level.FAIL)


def test_a_failure_quotes_the_text_it_rests_on_and_whether_it_is_carried_over() -> None:
    dark = found(room("0001", light_lux=100)(ready()), "R06", Level.FAIL)[0]
    assert "набор правил № 1" in dark.source
    assert dark.carried_over


def test_an_unknown_rule_warns_instead_of_failing() -> None:
    day = ready(dt.date(2018, 6, 1))
    assert found(room("0003", offline_checked=False)(day), "R25", Level.WARN)


def test_computed_end_with_extra_time() -> None:
    ends = [
        row.params["extra"] for row in check(ready()) if row.rule == "R21" and "extra" in row.params
    ]
    assert ends == ["15:00"]  # 10:00 + 3 h 30 min + 1 h 30 min


def test_extra_time_is_asked_of_the_candidates_of_each_exam_alone() -> None:
    other = replace(seat("X1", "0003", "x1", Medium.STANDARD), subject="02")
    late = replace(other, needs=frozenset({"special_needs"}))
    free = replace(other, candidate="X2", needs=frozenset())
    exams = (
        *ready().exams,
        *(ExamPlan(one, "ege", 20, "10:00", minutes=235) for one in ("02", "03")),
    )
    day = replace(ready(), exams=exams, seats=(*ready().seats, late, free))
    said = {
        row.params["subject"]: (row.level, row.params.get("candidates"))
        for row in check(day)
        if row.rule == "R21" and "extra" not in row.params
    }
    assert said == {"01": (Level.PASS, ()), "02": (Level.WARN, ("X1",))}


def test_an_exam_after_the_newest_texts_asks_a_person_to_compare() -> None:
    assert [row.level for row in check(ready(dt.date(2026, 6, 1))) if row.rule == "R00"] == [
        Level.WARN
    ]


def test_braille_transferred_at_the_processing_centre_needs_no_room_here() -> None:
    day = exam(braille_at="rcoi")(replace(ready(), rooms=ready().rooms[:3]))
    assert found(day, "R15", Level.FAIL) == []


def test_one_person_fills_one_signature_only() -> None:
    assert unfilled([("a", {"x"}), ("b", {"x"})]) == ["b"]
    assert unfilled([("a", {"x", "y"}), ("b", {"x"})]) == []
    assert unfilled([("a", set()), ("b", {"x"})]) == ["a"]


def test_failures_come_first_and_the_head_counts_add_up() -> None:
    findings = check(without("site_head", "public_observer")(ready()))
    levels = [row.level for row in findings]
    assert levels == sorted(levels, key=list(Level).index)
    assert sum(counts(findings).values()) == len(findings)
    assert set(LEVEL_NAMES) == set(Level)


def test_missing_features_are_named_as_words_to_translate() -> None:
    row = found(room("0003", ramp=False, handrails=False)(ready()), "R08", Level.FAIL)[0]
    missing = row.params["missing"]
    assert (
        isinstance(missing, tuple)
        and all(isinstance(word, Word) for word in missing)
        and len(missing) == 2
    )


def test_an_exam_whose_length_nobody_entered_has_no_computed_end() -> None:
    rows = [row for row in check(exam(minutes=0)(ready())) if row.rule == "R21"]
    assert rows and not any("ends" in row.params for row in rows)
    assert [row.message for row in rows if row.level == Level.WARN] == [_NO_LENGTH.bad]
