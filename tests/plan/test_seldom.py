"""What seldom comes up when a day is planned: codes alike, sets that changed, files that come in pairs."""

import datetime as dt
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, NotFound, Stale
from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.rows import Answers, ParsedRow
from examday.paper.table_shape import BadTable
from examday.services.people.directory import actor_of
from examday.services.plan import booklets, day_plan, edit, lists, steps
from examday.services.plan.proposals import seats
from examday.services.plan.tables import kept, mistakes, parts, sets, upload
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.objects.opened import uploads
from examday.storage.tables import Booklet, Candidate, Duty, EventRow, Person, Seat
from examday.storage.tables_braille import CommissionNote
from examday.storage.tables_waiting import PlanUpload
from tests import day
from tests.conftest import Clock
from tests.plan.test_unseen import FIXTURES
from tests.transfer_day import add_page

pytestmark = pytest.mark.usefixtures("without_children")

TEST = Actor.system("test")
HEADER = "Код участника;Фамилия;Условия;Заключение ПМПК\r\n"


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "chief", Role.SITE_HEAD))


def candidates(folder: Path, *rows: str) -> parts.Part:
    path = folder / "candidates.csv"
    path.write_text(HEADER + "".join(f"{row}\r\n" for row in rows), encoding="utf-8")
    [part] = parts.parts_of("candidates.csv", path)
    return part


def test_the_list_of_exams_goes_on_behind_the_last_one(store: Store) -> None:
    with store.begin(TEST) as uow:
        first = day.exam(uow, "01", dt.date(2026, 6, 1))
        later = day.exam(uow, "02", dt.date(2026, 6, 8))
        uow.session.flush()
        uow.record("test:exams", f"exam:{first.id}")
    with store.read() as uow:
        rows = lists.exams(uow, f"2026-06-08 {later.id}")[0].rows
        assert [exam.id for exam in rows] == [first.id]
        assert lists.exams(uow, f"2026-06-01 {first.id}")[0].rows == []


def test_twins_of_all_days_are_looked_for_where_no_day_is_named(store: Store) -> None:
    for _ in range(2):
        day.booklet(store, None)
    with store.begin(TEST) as uow:
        one, other = uow.session.query(Candidate).order_by(Candidate.code)
        # one in Latin, one in Cyrillic letters: they look alike
        one.code, other.code = "A-1", "А-1"
        uow.record("test:twins", f"candidate:{one.id}")
    with store.read() as uow:
        assert ("candidates", ("A-1", "А-1")) in lists.doubles(uow)


def test_a_row_about_one_of_two_twins_is_asked_about(
    store: Store, head: Actor, tmp_path: Path
) -> None:
    with store.begin(TEST) as uow:
        uow.add(Candidate(code="A-1", surname="Первый"))
        uow.add(Candidate(code="А-1", surname="Второй"))
        uow.record("test:twins", "day:test")
    [found] = sets.examine(store, head, [candidates(tmp_path, "a-1;Третий;;")])
    assert found.report is not None and not found.report.good


@pytest.mark.parametrize(
    ("lacks", "instead", "said"),
    [
        ("subject", "02", "no such exam"),
        ("room", "0909", "no room"),
        ("candidate", "Ы-9", "no such candidate"),
    ],
)
def test_a_seat_that_lacks_one_thing_of_the_plan_is_refused_for_that_alone(
    store: Store, lacks: str, instead: str, said: str
) -> None:
    day.booklet(store, None)
    with store.read() as uow:
        values = {**as_row(uow.session.query(Seat).one()), lacks: instead}
        [found] = seats.seating(uow, [ParsedRow(2, values)])
    [problem] = found.problems
    assert said in problem.message


def as_row(seat: Seat) -> dict[str, Any]:
    """A seat of the plan as a row of the seating table names it."""
    return {
        "date": seat.exam.date,
        "kind": seat.exam.kind,
        "training": seat.exam.training,
        "subject": seat.exam.subject,
        "site_code": seat.room.site_code,
        "room": seat.room.number,
        "candidate": seat.candidate.code,
        "place": seat.place,
    }


def a_page(uow: UnitOfWork, work: str) -> None:
    add_page(uow, work, "original")


def a_note(uow: UnitOfWork, work: str) -> None:
    """The commission noted an incident with the work, and may note one before the kit is issued."""
    chair = uow.session.scalars(select(Person)).one()
    about = {"booklet_id": work, "text": "тетрадь разорвана"}
    uow.add(CommissionNote(kind="incident", recorded_by=chair.id, at=uow.now(), **about))


@pytest.mark.parametrize("name", [a_page, a_note])
def test_a_kit_that_is_on_record_does_not_become_a_standard_form_by_a_table(
    store: Store, head: Actor, name: Callable[[UnitOfWork, str], None]
) -> None:
    """Before, the table was taken for good, and the database refused it without a word of the row."""
    work = day.booklet(store, None, State.REGISTERED)
    with store.begin(TEST) as uow:
        name(uow, work)
        seat, needs = uow.get(Booklet, work).seat, frozenset({"a3"})
        seat.candidate.needs = list(needs)
        values = {**as_row(seat), "medium": "standard"}
        uow.record("test:page", f"booklet:{work}")
    with store.begin(head) as uow:
        [found] = seats.seating(uow, [ParsedRow(2, values)])
        assert [problem.column for problem in found.problems] == ["Вид работы"]
        assert found.problems[0].params == {"medium": "А3"}, "the row says how it passes"
        candidate = uow.get(Booklet, work).seat.candidate
        following = booklets.Kits(uow).follow(candidate, frozenset())
        assert (following.changes, following.gone) == ({}, ())
        assert [kit.id for kit in following.kept] == [work]
        candidate.needs = []
        booklets.follow_needs(uow, candidate, needs)
        uow.record(Event.PLAN_EDIT, "plan:candidates")
    with store.read() as uow:
        assert uow.get(Booklet, work).medium != Medium.STANDARD


def test_whoever_enters_other_needs_hears_that_the_kit_stays(store: Store, head: Actor) -> None:
    """The kit stays with a note of the commission; what tables of seats must say from then on is said."""
    work = day.booklet(store, None, State.REGISTERED)
    with store.begin(TEST) as uow:
        a_note(uow, work)
        candidate = uow.get(Booklet, work).seat.candidate
        candidate.needs, code = ["a3"], candidate.code
        uow.record("test:note", f"booklet:{work}")
    with store.begin(head) as uow:
        cells = {"code": code, "surname": "Учебный", "needs": ""}
        entered = edit.enter(uow, "candidates", cells, take_away=True)
    [note] = entered.notes
    assert (note.column, note.params) == ("Условия", {"medium": "А3"})
    with store.begin(head) as uow:
        row = as_row(uow.get(Booklet, work).seat)
        [refused] = seats.seating(uow, [ParsedRow(2, row)])
        assert [problem.column for problem in refused.problems] == ["Вид работы"]
        [taken] = seats.seating(uow, [ParsedRow(2, {**row, "medium": "enlarged"})])
        assert taken.problems == ()
        with pytest.raises(Conflict, match="other records"):
            steps.remove_seat(uow, uow.get(Booklet, work).seat_id)


def test_a_table_that_went_away_after_it_was_looked_at_is_a_trouble_of_that_table(
    tmp_path: Path,
) -> None:
    part = candidates(tmp_path, "У-1;Первый;;")
    part.path.write_bytes(b"\x00\xff\x00 no table")
    assert isinstance(parts.read(part, Answers()), BadTable)


def test_a_seat_without_its_kit_is_taken_out_of_the_plan(store: Store, head: Actor) -> None:
    work = day.booklet(store, None, State.REGISTERED)
    with store.begin(TEST) as uow:
        seat = uow.get(Booklet, work).seat_id
        uow.session.delete(uow.get(Booklet, work))
        uow.record("test:kit", f"seat:{seat}")
    with store.begin(head) as uow:
        steps.remove_seat(uow, seat)
    with store.read() as uow:
        assert uow.session.get(Seat, seat) is None


def test_a_kit_is_held_before_it_is_asked_who_names_it(
    store: Store, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is attached meanwhile is seen, and not met by the database alone."""
    work, held, named = day.booklet(store, None, State.REGISTERED), list[object](), steps.named
    hold = UnitOfWork.hold

    def holds(uow: UnitOfWork, model: Any, key: Any) -> Any:
        held.append(key)
        return hold(uow, model, key)

    def asks(uow: UnitOfWork, kit: Booklet) -> bool:
        assert kit.id in held
        return named(uow, kit)

    monkeypatch.setattr(UnitOfWork, "hold", holds)
    monkeypatch.setattr(steps, "named", asks)
    with store.begin(head) as uow:
        steps.remove_seat(uow, uow.get(Booklet, work).seat_id)
    with store.read() as uow:
        assert uow.session.get(Booklet, work) is None


def test_a_second_tick_of_who_has_come_is_no_entry(
    store: Store, head: Actor, add_person: Callable[..., Any]
) -> None:
    helper = add_person(store, "helper", Role.ASSISTANT)
    with store.begin(TEST) as uow:
        exam = day.exam(uow)
        uow.session.flush()
        duty = uow.add(Duty(exam_id=exam.id, person_id=helper.id, role=Role.ASSISTANT))
        uow.session.flush()
        uow.record("test:duty", f"duty:{duty.id}")
    for _ in range(2):
        with store.begin(head) as uow:
            steps.set_present(uow, duty.id, True)
    with store.read() as uow:
        kinds = [row.kind for row in uow.session.query(EventRow)]
    assert kinds.count("plan:present") == 1


def test_a_duty_of_somebody_who_left_is_no_duty_of_the_day(
    store: Store, add_person: Callable[..., Any]
) -> None:
    helper = add_person(store, "helper", Role.ASSISTANT)
    with store.begin(TEST) as uow:
        exam = day.exam(uow)
        uow.session.flush()
        uow.add(Duty(exam_id=exam.id, person_id=helper.id, role=Role.ASSISTANT))
        uow.get(Person, helper.id).disabled = True
        uow.record("test:duty", f"exam:{exam.id}")
    with store.read() as uow:
        assert day_plan.day_plan(uow, dt.date(2026, 6, 4), training=True).duties == ()


def test_needs_that_change_nothing_leave_the_kit_and_so_does_an_issued_one(store: Store) -> None:
    work = day.booklet(store, None, State.ISSUED)
    with store.begin(TEST) as uow:
        candidate = uow.get(Booklet, work).seat.candidate
        candidate.needs = ["braille"]
        booklets.follow_needs(uow, candidate, frozenset({"braille"}))
        booklets.follow_needs(uow, candidate, frozenset({"A3"}))
        uow.record("test:needs", f"candidate:{candidate.id}")
    with store.read() as uow:
        assert uow.get(Booklet, work).medium == Medium.ENLARGED


def test_an_entry_that_is_not_in_the_plan_begins_with_what_the_address_gives(
    store: Store,
) -> None:
    day.booklet(store, None)
    with store.read(TEST) as uow:
        assert edit.present(uow, "candidates", {"code": "Ы-9"}) == {"code": "Ы-9"}
        assert edit.present(uow, "candidates", {"code": "T1"})["surname"] == "Участник-01"


def test_a_report_of_an_earlier_plan_brings_nothing_in(
    store: Store, head: Actor, tmp_path: Path
) -> None:
    part = candidates(tmp_path, "У-1;Первый;;")
    before = sets.fingerprint(sets.examine(store, head, [part]))
    with store.begin(TEST) as uow:
        uow.add(Candidate(code="У-1", surname="Другой"))
        uow.record("test:candidate", "day:test")
    with pytest.raises(Stale), store.begin(head) as uow:
        sets.bring_in(uow, [part], seen=before)
    with store.read() as uow:
        assert [row.surname for row in uow.session.query(Candidate)] == ["Другой"]


def test_rows_of_a_workbook_come_back_as_a_workbook_with_their_reasons(
    store: Store, head: Actor, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Код участника", "Фамилия", "Условия"], ["У-1", "Первый", "нет такого"]):
        sheet.append(row)
    book.save(tmp_path / "plan.xlsx")
    found = parts.parts_of("plan.xlsx", tmp_path / "plan.xlsx")
    _found, data, ending = mistakes.table(
        store, head, found, Answers(), 0, lambda problem: problem.message
    )
    assert ending == "xlsx"
    back = load_workbook(io.BytesIO(data)).worksheets[0]
    assert back.max_column == 4


def test_a_table_that_cannot_be_opened_has_no_first_lines_and_no_unknown_kind(
    tmp_path: Path,
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    assert parts.look_at(parts.Part("plan.xlsx", path)) is None
    with pytest.raises(NotFound):
        upload.parsed(path, "marks")


def test_a_memo_file_sent_from_another_folder_is_laid_beside_its_table(tmp_path: Path) -> None:
    for folder, name in (("a", "memo.dbf"), ("b", "memo.dbt")):
        (tmp_path / folder).mkdir()
        shutil.copy(FIXTURES / name, tmp_path / folder / name)
    shutil.copy(FIXTURES / "memo.dbf", tmp_path / "a/other.dbf")
    sent = [
        ("MEMO.DBF", tmp_path / "a/memo.dbf"),
        ("other.dbf", tmp_path / "a/other.dbf"),
        ("memo.dbt", tmp_path / "b/memo.dbt"),
    ]
    [(name, path), other] = upload.unfold(sent, tmp_path)
    assert name == "MEMO.DBF" and path.with_suffix(".dbt").exists()
    assert other == ("other.dbf", tmp_path / "a/other.dbf"), "the memo of another name is none"


def test_tables_that_nobody_confirmed_are_gone_after_a_day(store: Store, clock: Clock) -> None:
    head = Actor("head", frozenset({Role.SITE_HEAD}))
    sent = kept.keep(store, head, [("a.csv", io.BytesIO(b"a;b\n"))])
    kept.files_of(store, sent)
    stray = kept.folder(store.settings) / "stray"
    stray.touch()
    os.utime(stray, (1, 1))
    clock.forward(hours=25)
    with pytest.raises(NotFound):
        kept.files_of(store, sent)
    kept.sweep(store)
    assert not list(kept.folder(store.settings).iterdir())
    assert not list(uploads(store.settings).all())
    with store.read() as uow:
        assert uow.session.scalars(select(PlanUpload)).all() == []
