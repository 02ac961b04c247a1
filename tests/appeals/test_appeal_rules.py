"""Rules of the conflict commission: windows, quorum, conflicts of interest, diagnosis, order for
reprocessing."""

import datetime as dt

import pytest

from examday.domain.appeals import case, centre, diagnosis, hearing, recheck, reprocessing
from examday.domain.appeals.diagnosis import Category, Diagnosis, Layer, Layers
from examday.domain.appeals.hearing import Capacity, Outcome, Past, Vote
from examday.domain.errors import Conflict, DomainError, Invalid, SamePerson
from examday.services.rules.calendars import work_calendar
from tests.own_rules import for_date

D = dt.date
RULES = {year: for_date(D(year, 6, 1)) for year in (2017, 2021, 2024)}


@pytest.mark.parametrize(
    ("results", "filed", "saturday", "inside"),
    [
        # Thursday → Friday 7, Monday 10, as a weekend does not count
        (D(2024, 6, 6), D(2024, 6, 10), False, True),
        (D(2024, 6, 6), D(2024, 6, 11), False, False),
        # six-day week: Friday 7, Saturday 8, which counts there
        (D(2024, 6, 6), D(2024, 6, 10), True, False),
        (D(2024, 6, 6), D(2024, 6, 8), True, True),
        (D(2024, 6, 11), D(2024, 6, 14), False, True),  # 13 and 14, because the 12th is a holiday
        (D(2024, 6, 11), D(2024, 6, 10), False, False),  # refused: it was filed before the results
        # 9 and 10 January, because the New Year holidays do not count
        (D(2023, 12, 29), D(2024, 1, 10), False, True),
        # 3 and 4 June, because the month ends before a weekend
        (D(2024, 5, 31), D(2024, 6, 4), False, True),
    ],
)
def test_score_appeal_window_counts_working_days(
    results: D, filed: D, saturday: bool, inside: bool
) -> None:
    for rules in RULES.values():

        def file() -> None:
            dates = case.FilingDates(min(results, D(2024, 5, 28)), results, filed, filed)
            case.check_dates(case.Kind.SCORE, dates, D(2024, 12, 31))
            case.check_filed(case.Kind.SCORE, dates, "", rules, work_calendar(saturday))  # noqa: B023

        if inside:
            file()
        else:
            with pytest.raises(Invalid, match="filing window|before the results"):
                file()


def test_procedural_appeal_is_filed_before_leaving_the_point() -> None:
    exam = D(2024, 5, 28)

    def file(filed: D, why: str = "") -> None:
        dates = case.FilingDates(exam, None, filed, filed)
        case.check_filed(case.Kind.PROCEDURE, dates, why, RULES[2024], work_calendar())

    file(exam)
    with pytest.raises(Invalid, match="on the exam day"):
        file(D(2024, 5, 29))
    file(D(2024, 5, 29), "увезли в больницу")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"filed": D(2026, 7, 1), "reached": D(2026, 7, 1)}, "has not come yet"),
        ({"reached": D(2026, 6, 23)}, "has not come yet"),
        ({"filed": D(2026, 6, 3)}, "before the exam"),
        ({"result": D(2026, 6, 1)}, "before the exam"),
        ({"filed": D(2026, 6, 10)}, "before the results"),
        ({"reached": D(2026, 6, 18)}, "before it was filed"),
        ({"result": None}, "needs the official day"),
    ],
)
def test_no_reason_waives_a_day_that_cannot_be(changed: dict[str, D], said: str) -> None:
    days = {"result": D(2026, 6, 18), "filed": D(2026, 6, 19), "reached": D(2026, 6, 19)}
    dates = case.FilingDates(exam=D(2026, 6, 4), **{**days, **changed})
    with pytest.raises(Invalid, match=said):
        case.check_dates(case.Kind.SCORE, dates, D(2026, 6, 22))


def test_a_reason_that_nothing_calls_for_is_not_printed() -> None:
    dates = case.FilingDates(D(2026, 6, 4), D(2026, 6, 18), D(2026, 6, 19), D(2026, 6, 19))
    with pytest.raises(Invalid, match="in time"):
        case.check_filed(case.Kind.SCORE, dates, "болезнь", RULES[2024], work_calendar())


def test_a_hearing_outside_its_term_carries_its_reason() -> None:
    last = D(2026, 6, 25)
    assert not case.check_within_term(last, last, "")
    assert case.check_within_term(D(2026, 6, 26), last, "не было кворума")
    with pytest.raises(Conflict, match="is to be considered by 25.06.2026"):
        case.check_within_term(D(2026, 6, 26), last, "  ")


@pytest.mark.parametrize(
    ("outcome", "supported"), [(Outcome.REJECT, True), (Outcome.SATISFY, False)]
)
def test_the_commission_may_decide_against_the_findings_and_says_why(
    outcome: Outcome, supported: bool
) -> None:
    with pytest.raises(Conflict, match="in the appellant's favour"):
        hearing.check_against_findings(outcome, supported, " ")
    assert hearing.check_against_findings(outcome, supported, "по записи видеонаблюдения")
    assert not hearing.check_against_findings(outcome, not supported, "")


@pytest.mark.parametrize(
    ("kind", "outcome", "defect", "steps"),
    [
        ("score", "satisfy", True, 7),
        ("score", "satisfy", False, 3),
        ("score", "reject", True, 1),
        ("score", "reject", False, 1),
        ("procedure", "satisfy", False, 3),
        ("procedure", "reject", False, 1),
    ],
)
def test_every_outcome_has_its_way_and_ends_with_the_appellant_informed(
    kind: str, outcome: str, defect: bool, steps: int
) -> None:
    way = reprocessing.way(case.Kind(kind), Outcome(outcome), defect)
    assert len(way) == steps and way[-1] is reprocessing.Step.INFORM
    assert list(way) == [step for step in reprocessing.Step if step in way], "in their order"


def test_a_score_that_fell_is_asked_about() -> None:
    reprocessing.check_results(reprocessing.Results(61, 68))
    with pytest.raises(Invalid, match="fell from 68 to 61"):
        reprocessing.check_results(reprocessing.Results(68, 61))
    reprocessing.check_results(reprocessing.Results(68, 61, "ответ 5 снят по ключу"))


def marking(code: str, *marks: int) -> recheck.Marking:
    fields = ("long:27", "long:28")
    return recheck.Marking(code, code, dict(zip(fields, marks, strict=False)))


@pytest.mark.parametrize(("before", "after"), [(-1, 60), (60, 101)])
def test_a_score_lies_between_nought_and_a_hundred(before: int, after: int) -> None:
    with pytest.raises(Invalid, match="0 and 100"):
        reprocessing.check_results(reprocessing.Results(before, after, "описка"))
    reprocessing.check_results(reprocessing.Results(0, 100))


def test_no_case_closes_before_it_was_considered() -> None:
    reprocessing.check_closing_day(D(2024, 6, 14), D(2024, 6, 14))
    with pytest.raises(Conflict):
        reprocessing.check_closing_day(D(2024, 6, 14), D(2024, 6, 13))


@pytest.mark.parametrize(
    ("hearing", "today"),
    [(None, D(2024, 6, 20)), (D(2024, 6, 14), D(2024, 6, 13))],
)
def test_an_appeal_is_withdrawn_in_time(hearing: D | None, today: D) -> None:
    case.check_withdrawal(hearing, today, RULES[2024], work_calendar())


def test_an_appeal_is_not_withdrawn_after_its_hearing() -> None:
    with pytest.raises(Invalid, match="could be withdrawn until"):
        case.check_withdrawal(D(2024, 6, 14), D(2024, 6, 17), RULES[2024], work_calendar())


def test_two_experts_mark_apart_and_a_third_what_they_differ_in() -> None:
    fields = ["long:27", "long:28"]
    one, other = marking("Э-1", 14, 3), marking("Э-2", 16, 3)
    assert recheck.to_mark(fields, []) == recheck.to_mark(fields, [one]) == fields
    assert recheck.is_complete(fields, [one, marking("Э-3", 14, 3)])
    assert not recheck.is_complete(fields, [one, other])
    assert recheck.to_mark(fields, [one, other]) == ["long:27"]
    third = recheck.Marking("Э-4", "Э-4", {"long:27": 15})
    assert recheck.settled(fields, [one, other, third]) == {"long:27": 15, "long:28": 3}
    for code, said in (("э-17", "other than the first"), ("Э-1 ", "other"), ("", "code")):
        with pytest.raises(DomainError, match=said):
            recheck.check_code(code, ["Э-17"], [one])
    with pytest.raises(Invalid, match="whole number"):
        recheck.read_marks(fields, {"long:27": "14", "long:28": ""})


@pytest.mark.parametrize(
    ("kind", "reached", "last"),
    [
        ("score", D(2024, 6, 6), D(2024, 6, 13)),  # 7, 10, 11, 13 (12th off)
        # 1, 2, 3, 4 July: the count begins after a weekend
        ("score", D(2024, 6, 28), D(2024, 7, 4)),
        ("procedure", D(2024, 6, 7), D(2024, 6, 11)),  # 10 and 11, over a weekend
        ("procedure", D(2024, 6, 11), D(2024, 6, 14)),  # 13 and 14, over the holiday
    ],
)
def test_term_of_consideration_by_hand(kind: str, reached: D, last: D) -> None:
    for rules in RULES.values():
        assert (
            case.consider_by(case.Kind(kind), reached, reached, rules, work_calendar()).last_day
            == last
        )


def test_a_hearing_opens_on_its_day_and_only_a_training_case_before() -> None:
    monday, friday = D(2024, 6, 10), D(2024, 6, 7)
    for day in (monday, D(2024, 6, 11)):
        case.check_hearing_day(monday, day)
    case.check_hearing_day(monday, friday, training=True)
    with pytest.raises(Conflict, match="before that day"):
        case.check_hearing_day(monday, friday)


def test_notice_reaches_the_appellant_a_working_day_before() -> None:
    monday = D(2024, 6, 10)
    case.check_notice(D(2024, 6, 7), monday, RULES[2024], work_calendar())
    with pytest.raises(Invalid, match=r"07\.06\.2024"):
        case.check_notice(D(2024, 6, 8), monday, RULES[2024], work_calendar())


def test_names_of_body_and_defect_follow_the_exam_date() -> None:
    assert [r.text("appeal_body_short") for r in RULES.values()] == ["КК", "КК", "АК"]
    assert [r.text("transfer_error_name") for r in RULES.values()] == [
        "технический брак",
        "техническая ошибка",
        "техническая ошибка",
    ]


@pytest.mark.parametrize(
    ("members", "needed"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4)]
)
def test_quorum_is_a_third_rounded_up(members: int, needed: int) -> None:
    here = [Capacity.CHAIR] + [Capacity.MEMBER] * (needed - 1)
    hearing.check_opening(RULES[2021], members, here, (), appellant_here=False)
    if needed > 1:
        with pytest.raises(Conflict, match="no quorum"):
            hearing.check_opening(RULES[2021], members, here[:-1], (), appellant_here=False)


def test_a_hearing_needs_exactly_one_chair() -> None:
    with pytest.raises(Conflict, match="exactly one chair"):
        hearing.check_opening(RULES[2021], 3, [Capacity.MEMBER] * 3, (), appellant_here=False)
    with pytest.raises(Conflict, match="exactly one chair"):
        hearing.check_opening(RULES[2021], 3, [Capacity.CHAIR] * 2, (), appellant_here=False)


def test_a_tiflo_translator_must_be_called_for_a_blind_appellant_only_in_the_first_rule_set() -> (
    None
):
    here = [Capacity.CHAIR, Capacity.MEMBER, Capacity.APPELLANT]
    with pytest.raises(Conflict, match="must be called"):
        hearing.check_opening(RULES[2017], 3, here, ["blind"], appellant_here=True)
    hearing.check_opening(
        RULES[2017], 3, [*here, Capacity.TRANSCRIBER], ["blind"], appellant_here=True
    )
    hearing.check_opening(RULES[2024], 3, here, ["blind"], appellant_here=True)


def test_on_a_tie_the_chair_decides() -> None:
    def votes(*outcomes: Outcome, chair: int) -> list[Vote]:
        return [Vote(str(n), one, n == chair) for n, one in enumerate(outcomes)]

    yes, no = Outcome.SATISFY, Outcome.REJECT
    assert hearing.count_votes(votes(yes, no, chair=0)) is yes
    assert hearing.count_votes(votes(yes, no, chair=1)) is no
    assert hearing.count_votes(votes(yes, no, no, chair=0)) is no
    with pytest.raises(Invalid, match="equal"):
        hearing.count_votes(votes(yes, no, chair=9))
    with pytest.raises(Invalid, match="once"):
        hearing.count_votes([Vote("a", yes), Vote("a", no)])


@pytest.mark.parametrize(
    ("capacity", "past", "refused"),
    [
        (Capacity.MEMBER, Past(organised_exam=True), True),
        (Capacity.MEMBER, Past(took_part_in_transfer=True), True),
        (Capacity.MEMBER, Past(marked_work=True), True),
        (Capacity.CHAIR, Past(on_exam_board=True), True),
        (Capacity.SECRETARY, Past(is_subject_expert=True), True),
        (Capacity.MEMBER, Past(related=True), True),
        (Capacity.TRANSCRIBER, Past(took_part_in_transfer=True), True),
        (Capacity.TRANSCRIBER, Past(), False),
        (Capacity.EXPERT, Past(marked_work=True), True),
        (Capacity.EXPERT, Past(is_subject_expert=True), False),
        (Capacity.BOARD_MEMBER, Past(on_exam_board=True), False),
        (Capacity.OBSERVER, Past(organised_exam=True), False),
        (Capacity.APPELLANT, Past(), False),
        (Capacity.MEMBER, Past(), False),
    ],
)
def test_who_may_not_sit(capacity: Capacity, past: Past, refused: bool) -> None:
    assert bool(hearing.objections(capacity, past)) is refused
    if refused:
        with pytest.raises(Conflict, match="may not attend"):
            hearing.check_attendance(capacity, past)


def layers(a: str | None, b: str | None, r: str | None = None, **marks: str) -> Layers:
    return Layers(*(None if x is None else Layer(x) for x in (a, b, r)), **marks)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected", "pair"),
    [
        (layers("135", "135", "135"), Diagnosis.NO_DIFFERENCE, ""),
        (layers("135", "153", "153"), Diagnosis.TRANSFER_DEFECT, "A↔B"),
        (layers("135", "135", "185"), Diagnosis.RECOGNITION_ERROR, "B↔R"),
        (layers("135", "153", "135"), Diagnosis.TRANSFER_DEFECT, "A↔B"),
        (
            layers("135", "135", "135", mark_before="0", mark_after="1"),
            Diagnosis.MARKING_DISPUTE,
            "B↔E",
        ),
        (Layers(Layer("", "illegible"), Layer("7")), Diagnosis.OWN_ERROR, "A"),
        (layers("–5", "-5", "−5"), Diagnosis.NO_DIFFERENCE, ""),
        (layers(None, "5"), Diagnosis.UNKNOWN, ""),
        (layers("5", None), Diagnosis.UNKNOWN, ""),
    ],
)
def test_the_differing_pair_is_the_diagnosis(given: Layers, expected: Diagnosis, pair: str) -> None:
    found = diagnosis.propose(given)
    assert (found.diagnosis, found.pair) == (expected, pair)


def test_a_defect_has_its_category() -> None:
    cases = {
        ("135", ""): Category.OMITTED,
        ("", "7"): Category.ADDED,
        ("135", "153"): Category.DIGITS_SWAPPED,
        ("КИСЛОРОД", "КИСЛАРОД"): Category.SUBSTITUTED,
    }
    for (a, b), category in cases.items():
        assert diagnosis.propose(layers(a, b)).category is category
    replaced = Layers(Layer("3", task="08"), Layer("3", task="09"))
    assert diagnosis.propose(replaced).category is Category.REPLACEMENT_ZONE
    row, empty = Layer("3", task="08"), Layer("")
    for lost in (Layers(row, empty), Layers(empty, row)):
        assert diagnosis.propose(lost).category is Category.REPLACEMENT_ZONE


def test_answers_one_row_lower_are_one_row_shift() -> None:
    original = {"6": "А", "7": "25", "8": "134", "9": "МЕЛ", "10": "5"}
    copy = {"6": "А", "7": "", "8": "25", "9": "134", "10": "МЕЛ"}
    found = diagnosis.propose_all({n: layers(original[n], copy[n]) for n in original})
    assert {n for n, one in found.items() if one.category is Category.ROW_SHIFT} == {
        "7",
        "8",
        "9",
        "10",
    }
    assert found["6"].diagnosis is Diagnosis.NO_DIFFERENCE


def test_the_row_before_a_shift_keeps_its_right_answer() -> None:
    original = {"6": "А", "7": "25", "8": "134", "9": "МЕЛ"}
    copy = {"6": "А", "7": "25", "8": "25", "9": "134"}
    found = diagnosis.propose_all({n: layers(original[n], copy[n]) for n in original})
    assert found["7"].diagnosis is Diagnosis.NO_DIFFERENCE and found["7"].category is None
    assert found["8"].category is found["9"].category is Category.ROW_SHIFT


def test_two_shifts_with_right_answers_between_them_are_both_named() -> None:
    original = {"1": "12", "2": "34", "3": "56", "4": "А", "5": "78", "6": "91", "7": "23"}
    copy = {"1": "", "2": "12", "3": "34", "4": "А", "5": "", "6": "78", "7": "91"}
    found = diagnosis.propose_all({n: layers(original[n], copy[n]) for n in original})
    shifted = {n for n, one in found.items() if one.category is Category.ROW_SHIFT}
    assert shifted == {"1", "2", "3", "5", "6", "7"}


def test_two_equal_neighbouring_answers_are_no_shift() -> None:
    found = diagnosis.propose_all(
        {"1": layers("5", "5"), "2": layers("5", "5"), "3": layers("4", "7")}
    )
    assert found["3"].category is Category.SUBSTITUTED


def test_terms_of_an_order_follow_one_another() -> None:
    due = reprocessing.due_dates(D(2024, 6, 6), RULES[2024], work_calendar())
    # two calendar days, so the weekend counts
    assert due[reprocessing.Step.HAND_OVER] == D(2024, 6, 8)
    assert due[reprocessing.Step.RECALCULATE] == D(
        2024, 6, 17
    )  # five working days: 10, 11, 13, 14, 17, as the 12th is a holiday
    assert due[reprocessing.Step.APPROVE] == D(2024, 6, 18)


def test_other_hands_only() -> None:
    reprocessing.check_hands("anna", {"boris": ["copying"]})
    with pytest.raises(SamePerson, match="other hands") as refused:
        reprocessing.check_hands("boris", {"boris": ["copying"]})
    assert refused.value.params == {"role": "copying"}, (
        "the reason is what this person did in the first transfer"
    )


def test_no_step_is_skipped_and_no_case_closes_over_an_open_one() -> None:
    step = reprocessing.Step
    named = reprocessing.AFTER_DEFECT
    states: dict[reprocessing.Step, str] = dict.fromkeys(named, "open")
    with pytest.raises(Conflict, match="next step"):
        reprocessing.check_step(named, states, step.RECALCULATE)
    for one in named:
        with pytest.raises(Conflict, match="cannot be closed"):
            reprocessing.check_close(named, states)
        reprocessing.check_step(named, states, one)
        states[one] = "skipped" if one is step.EXPERT_RECHECK else "done"
    reprocessing.check_close(named, states)


def test_a_step_of_which_nothing_is_known_is_open() -> None:
    step = reprocessing.Step
    named = reprocessing.AFTER_OTHER_ERROR
    # The record lacks the approval, and says of the recalculation a word that nobody knows.
    states = {step.RECALCULATE: "done", step.INFORM: "done"}
    assert reprocessing.progress(named, states) == reprocessing.Progress(step.APPROVE, False)
    states |= {step.RECALCULATE: "elsewhere", step.APPROVE: "done"}
    assert reprocessing.progress(named, states).next is step.RECALCULATE
    with pytest.raises(Conflict, match="cannot be closed"):
        reprocessing.check_close(named, {})


def test_the_centres_table_becomes_readings_and_marks() -> None:
    told = centre.read(
        [
            ["Задание", "Распознано", "Замена задания", "Балл до", "Балл после", "Эксперт"],
            ["1", "КИСЛОРОД", "", "1", "", ""],
            ["27", "Текст", "", "14", "16", "Э-17"],
            ["", "3", "08", "", "", ""],
            ["header:document", "4510123456", "", "", "", ""],
            [],
            ["2", "", "", "0", "", ""],
        ],
        [27],
    )
    assert told.fields == {
        "1": {"text": "КИСЛОРОД"},
        "long:27": {"text": "Текст"},
        "header:document": {"text": "4510123456"},
        "replacement:1": {"text": "3", "task": "08"},
    }
    assert (told.before, told.after, told.experts) == (
        {"1": "1", "long:27": "14", "2": "0"},
        {"long:27": "16"},
        ["Э-17"],
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Имя", "Ответ"]], "«Задание» is missing"),
        ([], "is missing"),
        ([["Задание", "Распознано"], ["семь", "5"]], "Line 2: «семь»"),
        ([["task"], ["0"]], "Line 2"),
    ],
)
def test_a_wrong_table_is_taken_in_not_at_all(rows: list[list[str]], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        centre.read(rows, [])
