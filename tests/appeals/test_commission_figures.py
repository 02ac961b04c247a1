"""What the commission reads off its lists: figures of a year, terms by urgency, tasks of a case."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from examday.domain.appeals import figures
from examday.domain.appeals.case import CaseState, Kind
from examday.domain.appeals.diagnosis import Category, Diagnosis
from examday.domain.errors import Invalid
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.services.appeals import lookup, statistics
from examday.services.appeals.decision import findings
from examday.services.appeals.hearing import appointments, opening
from examday.services.appeals.views import registration, terms
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.hearing import hearing_page
from examday.services.appeals.views.tasks import verdict
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Person, Reading, Seat
from examday.storage.tables_appeal import Appeal
from tests.appeals import world

HEARING = dt.datetime(2026, 6, 24, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def commission(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    return world.make(store, add_person)


def change(c: world.Commission, case: str, **columns: Any) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, case)
        for name, value in columns.items():
            setattr(appeal, name, value)
        uow.record("test:case", f"appeal:{case}")


def at_the_point(c: world.Commission) -> str:
    """An appeal about the exam itself, handed in before leaving the point."""
    day = dt.date(2026, 6, 4)
    return world.file_appeal(c, kind=Kind.PROCEDURE, filed=day, reached=day, result_day=None)


def of_year(c: world.Commission, year: int = 2026) -> statistics.Year:
    return c.do("secretary", statistics.year, year)  # type: ignore[no-any-return]


def test_without_transferred_fields_there_is_no_rate_of_defects() -> None:
    """«0 in 0» would read as a perfect year."""
    assert figures.defect_rate(0, 0) is None
    assert figures.defect_rate(2, 0) is None


@pytest.mark.parametrize(
    ("defects", "fields", "rate", "lower", "upper"),
    [
        # None found, or all: the exact bound has a closed form, 0.025 to the power of 1/n.
        (0, 3000, 0.0, 0.0, 1000 * (1 - 0.025 ** (1 / 3000))),
        (0, 1, 0.0, 0.0, 975.0),
        (5, 5, 1000.0, 1000 * 0.025 ** (1 / 5), 1000.0),
        # One or two: the rate is not told, and the interval holds for both.
        (1, 2, None, 1000 * (1 - 0.975 ** (1 / 2)), 1000.0),
        (2, 2, None, 1000 * (1 - 0.975 ** (1 / 2)), 1000.0),
    ],
)
def test_the_rate_of_defects_and_its_bounds_by_hand(
    defects: int, fields: int, rate: float | None, lower: float, upper: float
) -> None:
    found = figures.defect_rate(defects, fields)
    assert found is not None and found.value == rate
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=0.001)


def test_a_year_without_transfers_shows_no_rate(commission: world.Commission, browser: Any) -> None:
    c = commission
    case = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).exam.date = dt.date(2025, 6, 4)
        uow.record("test:day", f"appeal:{case}")
    assert of_year(c).rate is None and of_year(c).fields == 0
    secretary = browser()
    secretary.log_in("secretary")
    assert "на 1000 перенесённых" not in secretary.get("/appeals/figures").get_data(as_text=True)


def found_defects(c: world.Commission, case: str) -> None:
    """The hearing is open, and the member has found what there is on every task in dispute."""
    c.do("secretary", appointments.schedule, case, HEARING, "каб. 5", "in_person")
    world.come_to_hearing(c, case, HEARING)
    c.do("secretary", opening.open_hearing, case)
    c.do("member", findings.find, case, "2", Diagnosis.TRANSFER_DEFECT, category="digits_swapped")
    c.do("member", findings.find, case, "5", Diagnosis.OWN_ERROR, reason="пусто и на оригинале")


def test_only_tasks_found_to_be_transfer_defects_count_as_defects(
    commission: world.Commission,
) -> None:
    c = commission
    case = world.file_appeal(c)
    found_defects(c, case)
    with c.store.read() as uow:
        defects = findings.defects(uow, uow.get(Appeal, case))
        assert [(row.field, row.category) for row in defects] == [("2", Category.DIGITS_SWAPPED)]
    year = of_year(c)
    assert (year.cases, year.defects, year.fields) == ("1–2", "1–2", 5)
    assert year.tables["cause"].rows == (("digits_swapped", 1),)


def test_the_last_word_on_a_task_counts_and_tasks_without_a_difference_ask_for_none(
    commission: world.Commission,
) -> None:
    c = commission
    case = world.file_appeal(c)
    with c.store.read() as uow:
        assert findings.undecided(uow, uow.get(Appeal, case)) == ["2", "5"]
    found_defects(c, case)
    c.do("chair", findings.find, case, "2", Diagnosis.OWN_ERROR, reason="видно исправление")
    with c.store.read() as uow:
        assert findings.defects(uow, uow.get(Appeal, case)) == []
        assert findings.undecided(uow, uow.get(Appeal, case)) == []


def test_the_verdict_groups_what_was_decided_and_else_what_is_proposed(
    commission: world.Commission,
) -> None:
    c = commission
    case = world.file_appeal(c)
    found_defects(c, case)
    c.do("member", findings.find, case, "3", Diagnosis.NO_DIFFERENCE, reason="")
    with c.store.read(c.actor("member")) as uow:
        tasks = open_case(uow, case).tasks
    assert verdict(tasks) == {"transfer_defect": ["2"], "own_error": ["5"]}
    assert {task.field for task in tasks if task.differs} == {"2", "3", "5"}, (
        "somebody had a reason to look at task 3"
    )


def settled(c: world.Commission, version: int = 1, round: int = 1, source: str = "settled") -> None:
    content = {"fields": {"1": {"text": "ИНОЕ"}, "2": {"text": ""}}}
    with c.store.begin(Actor.system("test")) as uow:
        uow.add(
            Reading(
                booklet_id=c.booklet,
                version=version,
                round=round,
                source=source,
                content=content,
                sha256=digest([content, version, round, source]),
                at=uow.now(),
            )
        )
        uow.record("test:read", f"booklet:{c.booklet}")


def test_each_filled_field_of_a_first_transfer_counts_once(commission: world.Commission) -> None:
    c = commission
    world.file_appeal(c)
    settled(c, version=2)
    settled(c, round=2)
    settled(c, source="verified")
    assert of_year(c).fields == 5


def test_training_and_other_years_stay_out_of_the_figures(commission: world.Commission) -> None:
    c = commission
    case = world.file_appeal(c)
    assert of_year(c, 2025).cases == "0"
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).exam.training = True
        uow.record("test:day", f"appeal:{case}")
    assert (of_year(c).cases, of_year(c).fields) == ("0", 0)
    with pytest.raises(Invalid):
        of_year(c, 0)


def test_a_withdrawn_case_is_counted_as_withdrawn_and_a_closed_one_is_not_open(
    commission: world.Commission,
) -> None:
    c = commission
    first, second = world.file_appeal(c), at_the_point(c)
    change(c, first, state=CaseState.WITHDRAWN, closed_at=c.store.clock())
    change(c, second, state=CaseState.CLOSED, outcome="reject", closed_at=c.store.clock())
    year = of_year(c)
    assert year.cases == "1–2", "a small number names a person"
    assert dict(year.tables["outcome"].rows) == {"withdrawn": 1, "reject": 1}


def test_years_run_from_the_newest_to_the_oldest(commission: world.Commission) -> None:
    c = commission
    assert c.do("secretary", statistics.years) == []
    world.file_appeal(c)
    change(c, at_the_point(c), filed=dt.date(2024, 6, 19))
    assert c.do("secretary", statistics.years) == [2026, 2025, 2024]


def test_cases_stand_by_urgency_and_closed_ones_last(commission: world.Commission) -> None:
    c = commission
    closed = at_the_point(c)
    change(c, closed, reached=dt.date(2026, 5, 1))
    change(c, closed, state=CaseState.CLOSED, closed_at=c.store.clock())
    soon, late = at_the_point(c), world.file_appeal(c)
    change(c, soon, reached=dt.date(2026, 6, 19))
    change(c, late, reached=dt.date(2026, 6, 1))
    rows = c.do("secretary", terms.all_cases).rows
    assert [appeal.id for appeal, _due in rows] == [late, soon, closed]
    assert rows[0][1].what == "consider the appeal" and rows[2][1] is None


def test_a_case_that_is_decided_is_due_no_more(commission: world.Commission) -> None:
    c = commission
    case = world.file_appeal(c)
    for state, is_due in (
        (CaseState.REGISTERED, True),
        (CaseState.SCHEDULED, True),
        (CaseState.HEARING, True),
        (CaseState.DECIDED, False),
        (CaseState.SIGNED, False),
        (CaseState.WITHDRAWN, False),
    ):
        change(c, case, state=state)
        with c.store.read() as uow:
            assert (terms.due(uow, uow.get(Appeal, case)) is not None) == is_due, state


def test_one_work_that_is_found_is_taken_several_are_offered(commission: world.Commission) -> None:
    c = commission
    world.file_appeal(c)

    def found(wanted: str) -> registration.RegistrationPage:
        return c.do("secretary", registration.registration_page, "", wanted)  # type: ignore[no-any-return]

    one = found("2675000181771")
    assert one.work is not None and [appeal.number for appeal in one.known] == ["77-01-0001"]
    second_work(c)
    several = found("Учебн")
    assert several.work is None and len(several.found) == 2 and several.known == []
    assert found("").found == []


def second_work(
    c: world.Commission, state: str = "handed_over", code: str = "2675000181788"
) -> str:
    """A work of the same candidate in another exam."""
    with c.store.begin(Actor.system("test")) as uow:
        first = uow.get(Booklet, c.booklet).seat
        number = code[-4:]
        exam = uow.add(
            Exam(date=dt.date(2026, 6, 1), kind="ege", subject=number, site_code="1", region="77")
        )
        uow.session.flush()
        seat = uow.add(
            Seat(
                exam_id=exam.id,
                room_id=first.room_id,
                candidate_id=first.candidate_id,
                place="1А",
            )
        )
        uow.session.flush()
        made = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=exam.id,
                medium="enlarged",
                code=code,
                state=state,
                since=uow.now() - dt.timedelta(days=1),
            )
        )
        uow.record("test:work", f"booklet:{c.booklet}")
    return made.id


def test_spoiled_and_unused_kits_hold_nothing_that_could_be_disputed(
    commission: world.Commission,
) -> None:
    c = commission
    second_work(c, "spoiled", "2675000181788")
    second_work(c, "not_used", "2675000181795")
    kept = second_work(c, "certified", "2675000181801")
    with c.store.read(c.actor("secretary")) as uow:
        assert [work.id for work in lookup.find_works(uow, "C-1")] == [c.booklet, kept]
        assert [work.id for work in lookup.find_works(uow, "2675000181801")] == [kept]
        assert lookup.find_works(uow, "267500018180") == [], "twelve digits are no form code"


def test_a_training_case_may_be_heard_at_once(commission: world.Commission) -> None:
    c = commission
    case = world.file_appeal(c)
    c.do("secretary", appointments.schedule, case, HEARING, "каб. 5", "in_person")
    assert c.do("secretary", hearing_page, case).soon
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Exam, uow.get(Booklet, c.booklet).exam_id).training = True
        uow.record("test:day", f"appeal:{case}")
    assert not c.do("secretary", hearing_page, case).soon


def test_figures_are_written_as_russian_writes_them(
    commission: world.Commission, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    c = commission
    world.file_appeal(c)
    found = statistics.year

    def fuller(uow: Any, wanted: int) -> statistics.Year:
        rate = figures.defect_rate(4, 500)
        return replace(found(uow, wanted), median_days=3.5, fields=500, rate=rate)

    monkeypatch.setattr(statistics, "year", fuller)
    secretary = browser()
    secretary.log_in("secretary")
    page = secretary.get("/appeals/figures").get_data(as_text=True)
    assert "3,5 дн." in page and "8 (от 2,18 до 20,36 с надёжностью 95\u00a0%; полей: 500)" in page
    made = secretary.post("/appeals/figures.pdf", {"year": "2026"})
    said = " ".join(
        part.get_textpage().get_text_range() for part in pypdfium2.PdfDocument(made.data)
    )
    assert "3,5" in said and "от 2,18 до 20,36" in " ".join(said.split())
    secretary.client.set_cookie("lang", "en")
    page = secretary.get("/appeals/figures").get_data(as_text=True)
    assert "8 (2.18 to 20.36 with" in page
