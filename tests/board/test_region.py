"""Staff of the centre see all exam points of one day: a line for each, works in two clicks, files."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.figures import Table
from examday.domain.custody.lifecycle import State
from examday.domain.errors import NotFound
from examday.domain.events import ALARMS, Event
from examday.domain.people.roles import Actor, Role
from examday.services.board import closing, region, region_figures, region_work
from examday.services.board.alarms import LEDGER_ALARMS
from examday.services.board.region_alarms import ALARM_WORDS
from examday.services.jobs.health import workers
from examday.services.people.sites import add_site
from examday.services.plan.exam_day import current_day
from examday.services.transfer.desks import signers
from examday.services.travel.incoming.alarms import Missing
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Outbox, Person
from examday.storage.tables_appeal import Appeal
from tests import day
from tests.appeals import world
from tests.conftest import Clock

NORTH, SOUTH, WEST = "770001", "770002", "770003"
TEST = Actor.system("test")


@pytest.fixture
def whole(each_store: Store) -> Store:
    """Two points: two works came from the north, one of which stands still; nothing came from the
    south."""
    store = each_store
    with store.begin(TEST) as uow:
        add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
        add_site(uow, SOUTH, "Школа юга", "Asia/Yekaterinburg")
    day.booklet(store.at(NORTH), "2990000000026", State.SCANNED)
    day.booklet(store.at(NORTH), "2990000000033", State.HANDED_OVER)
    day.booklet(store.at(SOUTH), "2990000000040", State.REGISTERED)
    return store


def lines(store: Store) -> dict[str, region.Line]:
    with store.read() as uow:
        return {line.site: line for line in region.show(uow).lines}


def test_each_point_has_its_line_with_works_by_step(whole: Store) -> None:
    found = lines(whole)
    assert {key for key, n in found[NORTH].steps.items() if n} == {"scanned", "done"}
    assert (found[NORTH].total, found[NORTH].percent) == (2, 50)
    assert {key for key, n in found[SOUTH].steps.items() if n} == {"missing"}
    assert found[SOUTH].last is not None


def test_points_with_alarms_come_first_and_say_what_is_wrong(whole: Store, clock: Clock) -> None:
    clock.forward(hours=2)
    with whole.at(SOUTH).begin(TEST) as uow:
        work = uow.session.scalars(select(Booklet)).one()
        uow.record(Event.ALARM_COUNT_MISMATCH, f"booklet:{work.id}")
        uow.add(Outbox(task="x", arg="1", created_at=uow.now(), done_at=uow.now(), error="gave up"))
    with whole.read() as uow:
        shown = region.show(uow)
    assert [(line.site, dict(line.alarms)) for line in shown.lines] == [
        (NORTH, {"stuck": 1}),
        (SOUTH, {"jobs": 1, Event.ALARM_COUNT_MISMATCH: 1}),
    ]
    assert shown.alarmed == 2
    with whole.at(SOUTH).begin(TEST) as uow:
        uow.record(Event.CUSTODY_HAND, f"booklet:{work.id}")
    assert dict(lines(whole)[SOUTH].alarms) == {"jobs": 1}


@pytest.mark.release
def test_the_region_costs_as_many_queries_for_fifty_points_as_for_two(store: Store) -> None:
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def cost() -> int:
        asked.clear()
        lines(store)
        return len(asked)

    with store.begin(TEST) as uow:
        for number in range(2):
            add_site(uow, f"{number}", "Школа", "Europe/Moscow")
    few = cost()
    with store.begin(TEST) as uow:
        for number in range(2, 50):
            add_site(uow, f"{number}", "Школа", "Europe/Moscow")
    assert cost() == few


def test_a_point_has_no_region(whole: Store) -> None:
    with whole.at(NORTH).read() as uow, pytest.raises(NotFound):
        region.show(uow)


def test_a_station_has_no_region(store: Store) -> None:
    with store.read() as uow, pytest.raises(NotFound):
        region.show(uow)


@pytest.fixture
def centre(
    store: Store, add_person: Callable[..., Person], browser: Callable[[], Any]
) -> Callable[[], Any]:
    """The head of the centre, logged in."""
    add_person(store, "centre", Role.SITE_HEAD)
    with store.begin(TEST) as uow:
        add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
        add_site(uow, SOUTH, "Школа юга", "Asia/Yekaterinburg")
    day.booklet(store.at(NORTH), "2990000000026", State.SCANNED)
    someone = browser()
    someone.log_in("centre")
    return someone


def test_two_clicks_lead_from_the_region_to_one_work(centre: Any) -> None:
    first = centre.get("/board/", follow_redirects=True).get_data(as_text=True)
    assert "Школа севера" in first and "неизвестно: нет связи с ними" in first
    assert 'class="alarm-row"' not in first, "nothing is wrong anywhere"
    [cell] = re.findall(r'href="(/region/works\?[^"]+)"', first)
    second = centre.get(cell.replace("&amp;", "&")).get_data(as_text=True)
    assert NORTH in second
    [work] = re.findall(r'href="(/[^"]*booklet[^"]*|/custody/work/[^"]+)"', second)
    page = centre.get(work).get_data(as_text=True)
    assert "2990000000026" in re.sub(r"[\s\u00a0]|<[^>]+>", "", page)
    assert centre.get("/region/works?step=nowhere").status_code == 404
    assert centre.get(f"/region/works?step=scanned&site={'9' * 6}").status_code == 404


def test_the_board_goes_to_an_office_program(centre: Any) -> None:
    text = centre.get("/region/board.csv").get_data().decode("utf-8-sig")
    header, north, south = csv.reader(io.StringIO(text), delimiter=";")
    assert (north[0], north[header.index("отсканировано")], south[-3]) == (NORTH, "1", "0")
    book = load_workbook(io.BytesIO(centre.get("/region/board.xlsx").get_data()))
    assert book.active.cell(2, 1).value == NORTH
    assert centre.get("/region/board.exe").status_code == 404


def test_at_a_point_the_board_is_that_of_the_day(centre: Any) -> None:
    centre.post("/site", {"key": NORTH})
    page = centre.get("/board/")
    assert page.status_code == 200
    assert centre.get("/region/").status_code == 404


def of_the_year(store: Store) -> region_figures.Figures:
    """The statistics; no day is a training day."""
    with store.begin(TEST) as uow:
        for exam in uow.session.scalars(select(Exam)):
            exam.training = False
        uow.record(Event.PLAN_EDIT, "plan:exams")
    with store.read() as uow:
        return region_figures.year(uow, 2026)


def test_groups_below_five_are_covered_and_the_sum_does_not_tell_them(whole: Store) -> None:
    for number in range(4):
        day.booklet(whole.at(NORTH), f"{2990000001000 + number}")
    shown = of_the_year(whole)
    # Seven in all: the one of the south would be told by what the north has.
    assert (shown.works, shown.tables["point"].shown()) == ("7", ())
    with whole.begin(TEST) as uow:
        add_site(uow, WEST, "Школа запада", "Europe/Moscow")
    for number in range(7):
        day.booklet(whole.at(WEST), f"{2990000003000 + number}")
    shown = of_the_year(whole)
    told = {label: said for label, said, _bar in shown.tables["point"].shown()}
    assert (shown.works, told) == ("14", {WEST: "7", NORTH: "…", SOUTH: "…"})
    assert [said for _label, said, _bar in shown.tables["subject"].shown()] == ["14"]


def test_files_and_page_of_the_statistics_tell_the_same(
    store: Store, centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = (("01", 30), ("02", 8), ("03", 4), ("04", 2))
    found = region_figures.Figures(2026, "44", "2–41", {"subject": Table(counts, 5)})
    monkeypatch.setattr(region_figures, "year", lambda _uow, _year: found)
    page = centre.get("/region/figures?year=2026").get_data(as_text=True)
    file = centre.get("/region/figures.csv?year=2026").get_data().decode("utf-8-sig")
    book = load_workbook(io.BytesIO(centre.get("/region/figures.xlsx?year=2026").get_data()))
    in_file = [row[2] for row in csv.reader(io.StringIO(file), delimiter=";")][2:]
    in_book = [str(row[2]) for row in book.active.iter_rows(values_only=True)][2:]
    in_page = re.findall(r'<td class="num">([^<]+)</td>', page)
    assert in_file == in_book == in_page == ["30", "8", "1–4", "1–4"]


def test_where_the_broker_is_silent_nobody_knows_the_workers(store: Store) -> None:
    assert workers(store) is None


def test_the_region_shows_the_open_cases_and_leads_commissions_to_them(
    store: Store, add_person: Callable[..., Person], browser: Callable[[], Any]
) -> None:
    commission = world.make(store, add_person)
    case = world.file_appeal(commission)
    with store.begin(TEST) as uow:
        add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
    with store.read() as uow:
        [term] = region_work.terms(uow)
        number = term.case.number
    assert term.last == dt.date(2026, 6, 25)
    someone = browser()
    someone.log_in("head")
    page = someone.get("/region/").get_data(as_text=True)
    assert number in page and "рассмотреть апелляцию" in page
    assert f"/appeals/{case}" not in page, "the head may not open it"
    add_person(store, "both", Role.SITE_HEAD, Role.APPEAL_SECRETARY)
    someone.log_in("both")
    [link] = re.findall(
        rf'href="([^"]*{case}[^"]*)"', someone.get("/region/").get_data(as_text=True)
    )
    assert number in someone.get(link).get_data(as_text=True)


def test_a_case_without_a_term_pushes_out_none_that_has_one(
    store: Store, add_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.file_appeal(world.make(store, add_person))
    with store.begin(TEST) as uow:
        add_site(uow, NORTH, "Школа севера", "Europe/Moscow")
        case = uow.get(Appeal, first)
        told = {column.name: getattr(case, column.name) for column in Appeal.__table__.columns}
        later = case.reached + dt.timedelta(days=1)
        uow.add(Appeal(**told | {"id": "later", "number": "2", "reached": later}))
        case.state = CaseState.DECIDED
        uow.record("test:cases", f"appeal:{first}")
    monkeypatch.setattr(region_work, "SOONEST", 1)
    with store.read() as uow:
        assert [term.case.id for term in region_work.terms(uow)] == ["later"]


def test_every_alarm_of_a_ledger_has_words_of_its_own() -> None:
    told = [ALARM_WORDS[kind] for kind in ALARMS] + [LEDGER_ALARMS[kind][0] for kind in ALARMS]
    assert len(set(told)) == 2 * len(ALARMS)


def test_a_list_of_what_waits_is_cut_over_a_region_and_at_a_point(whole: Store) -> None:
    for code in ("2990000000057", "2990000000064"):
        day.booklet(whole.at(NORTH), code, State.VERIFIED)
    head = Actor("head", frozenset({Role.SITE_HEAD, Role.EXAM_BOARD_MEMBER}))
    seen = {}
    for site in ("", NORTH):
        with whole.at(site).read(head) as uow:
            seen[site] = len(signers.waiting(uow)), len(signers.waiting(uow, most=1))
    assert seen == {"": (2, 1), NORTH: (2, 1)}


def test_a_station_s_lists_are_whole(store: Store) -> None:
    with store.read() as uow:
        assert uow.at_once is None


def test_the_line_of_a_point_names_the_entries_that_have_not_come(
    store: Store, centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = {SOUTH: [Missing("1b204751e176", 25, 29)]}
    monkeypatch.setattr(region, "missing", lambda _uow: late)
    page = centre.get("/region/").get_data(as_text=True)
    assert page.index(SOUTH) < page.index(NORTH), "what is late stands first"
    assert page.count('class="alarm-row"') == 1, "and it alone is marked"
    said = "не поступили записи станции 25–29"
    assert said in page
    assert said in centre.get("/region/board.csv").get_data().decode("utf-8-sig")


def test_a_point_that_closes_its_day_closes_it_for_no_other_point(
    whole: Store, clock: Clock
) -> None:
    with whole.begin(TEST) as uow:
        for exam in uow.session.scalars(select(Exam)):
            exam.training = False
        uow.record("test:exam", "day:test")
    with whole.at(NORTH).begin(TEST) as uow:
        day.exam(uow, date=dt.date(2026, 6, 8)).training = False
        uow.record("test:exam", "day:test")
    clock.forward(days=1)
    close(whole, NORTH)
    with whole.read() as uow:
        assert region.show(uow).day == dt.date(2026, 6, 4), "the south is at work"
    with whole.at(NORTH).read() as uow:
        assert current_day(uow) == dt.date(2026, 6, 8), "the north prepares its next day"
    close(whole, SOUTH)
    with whole.read() as uow:
        assert region.show(uow).day == dt.date(2026, 6, 8)


def close(store: Store, point: str) -> None:
    """The head of this point closes the first day."""
    with store.at(point).begin(Actor("head", frozenset({Role.SITE_HEAD}), "head")) as uow:
        closing.close(uow, dt.date(2026, 6, 4), "две работы остались")
