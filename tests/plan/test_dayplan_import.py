"""The plan comes in from files: whole or not at all, twice without a change, and goes out again as
it came in."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.errors import Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.findings import Level
from examday.domain.plan.rows import ParsedFile, parse
from examday.paper import tables
from examday.services.plan import export, files, readiness
from examday.services.plan.file_columns import file_kinds
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Duty, EventRow, Exam, Person, Room, Seat

pytestmark = pytest.mark.usefixtures("without_children")
HEAD = Actor("head", frozenset({Role.SITE_HEAD}), "head")
TECHNICIAN = Actor("technician", frozenset({Role.TECHNICAL_SPECIALIST}), "technician")

FILES = {
    "exams": [
        "Дата|Форма|Код предмета|Код ППЭ|Кратких ответов|Развёрнутые ответы|Продолжительность, мин",
        "04.06.2026|ЕГЭ|01|0417|26|27|210",
        "04.06.2026|ЕГЭ|02|0417|12|13-19|235",
    ],
    "rooms": [
        "Код ППЭ|Аудитория|Мест|Назначение|Освещённость, лк|Этаж",
        "0417|1|12||420|1",
        "0417|2|8||400|1",
        "0417|100|0|комиссия||1",
    ],
    "candidates": [
        "Код участника|Фамилия|Имя|Условия|Заключение ПМПК",
        "У-1|Учебный|Первый|ОВЗ; слабовидящий; А3; +90|копия № 1",
        "У-2|Учебный|Второй|ОВЗ; слепой; брайль; +90|копия № 2",
        "У-3|Учебный|Третий||",
    ],
    "seating": [
        "Дата|Код предмета|Код ППЭ|Аудитория|Место|Код участника|Номер бланка",
        "04.06.2026|01|0417|1|1А|У-1|2610114090019",
        "04.06.2026|01|0417|2|1А|У-2|",
        "04.06.2026|01|0417|1|1Б|У-3|",
    ],
    "staff": [
        "Логин|ФИО|Должность|Дата|Код предмета|Аудитория|Преподаёт предметы",
        "org1|Учебный Организатор|ответственный организатор|04.06.2026|01|1|01",
        "org1|Учебный Организатор|организатор|04.06.2026|02|2|01",
        "gek|Учебный Член|член ГЭК|04.06.2026|||",
    ],
}


def parsed(kind: str, lines: list[str] | None = None) -> ParsedFile:
    header, *rows = [line.split("|") for line in lines or FILES[kind]]
    return parse(file_kinds()[kind], header, enumerate(rows, 2))


def bring_in(
    store: Store,
    kind: str,
    lines: list[str] | None = None,
    actor: Actor = HEAD,
    take_away: bool = False,
) -> files.Report:
    with store.begin(actor) as uow:
        return files.bring_in(uow, parsed(kind, lines), "0" * 64, take_away)


def everything(store: Store) -> None:
    for kind in FILES:
        bring_in(store, kind)


def refusals(store: Store, kind: str, *rows: str, lines: list[str] | None = None) -> list[str]:
    with store.read() as uow:
        report = files.examine(uow, parsed(kind, lines or [FILES[kind][0], *rows]))
    assert not report.good
    return [problem.message % problem.params for row in report.rows for problem in row.problems]


def test_a_whole_plan_comes_in_and_special_places_get_their_booklets(each_store: Store) -> None:
    everything(each_store)
    with each_store.read() as uow:
        booklets = {
            b.seat.candidate.code: (b.medium, b.code, b.state)
            for b in uow.session.scalars(select(Booklet))
        }
        assert booklets == {
            "У-1": ("enlarged", "2610114090019", "registered"),
            "У-2": ("braille", None, "registered"),
        }
        assert {room.number for room in uow.session.scalars(select(Room))} == {
            "0001",
            "0002",
            "0100",
        }
        gek = uow.session.scalars(select(Person).where(Person.login == "gek")).one()
        both_exams = uow.session.scalars(select(Duty).where(Duty.person_id == gek.id)).all()
        assert len(both_exams) == 2


def test_the_same_files_again_change_nothing_and_leave_no_event(each_store: Store) -> None:
    everything(each_store)
    before = each_store.last_seq()
    for kind in FILES:
        report = bring_in(each_store, kind)
        assert (report.changes, report.counts["same"]) == (0, len(FILES[kind]) - 1)
    assert each_store.last_seq() == before


def test_one_wrong_row_keeps_the_whole_file_out(store: Store) -> None:
    lines = [*FILES["candidates"], "У-4||Без фамилии||"]
    with pytest.raises(Invalid):
        bring_in(store, "candidates", lines)
    with store.read() as uow:
        assert uow.session.scalars(select(Candidate)).all() == []
    assert store.last_seq() == 0


def test_a_changed_row_updates_with_an_event_that_holds_no_names(store: Store) -> None:
    everything(store)
    report = bring_in(store, "candidates", [FILES["candidates"][0], "У-3|Учебный-Новый|Третий||"])
    assert (report.changes, report.rows[0].changed) == (1, ("surname",))
    with store.read() as uow:
        event = uow.session.scalars(select(EventRow).order_by(EventRow.seq.desc())).first()
        assert event is not None
        assert (event.kind, event.subject) == ("plan:import", "plan:candidates")
        assert "Учебный" not in event.data
        assert "candidate:" in event.rows


def test_columns_that_a_file_lacks_stay_as_they_are(store: Store) -> None:
    everything(store)
    bring_in(store, "rooms", ["Код ППЭ|Аудитория|Лифт", "0417|0001|да"])
    with store.read() as uow:
        room = uow.session.scalars(select(Room).where(Room.number == "0001")).one()
        assert room.features == {"light_lux": 420, "floor": 1, "lift": True}
        assert room.seats == 12


def test_an_empty_cell_takes_the_value_away_when_that_is_confirmed(store: Store) -> None:
    everything(store)
    emptied = ["Код ППЭ|Аудитория|Освещённость", "0417|0001|"]
    assert refusals(store, "rooms", lines=emptied) == ["This takes away: Освещённость, лк: 420."]
    with pytest.raises(Invalid):
        bring_in(store, "rooms", emptied)
    bring_in(store, "rooms", emptied, take_away=True)
    with store.read() as uow:
        assert (
            "light_lux"
            not in uow.session.scalars(select(Room).where(Room.number == "0001")).one().features
        )


def test_two_candidates_can_swap_places(each_store: Store) -> None:
    everything(each_store)
    swapped = ["04.06.2026|01|0417|1|1Б|У-1|", "04.06.2026|01|0417|1|1А|У-3|"]
    bring_in(each_store, "seating", [FILES["seating"][0], *swapped])
    with each_store.read() as uow:
        assert {
            s.candidate.code: s.place
            for s in uow.session.scalars(select(Seat))
            if s.room.number == "0001"
        } == {"У-1": "1Б", "У-3": "1А"}
        assert (
            uow.session.scalars(select(Booklet).where(Booklet.medium == "enlarged")).one().code
            == "2610114090019"
        )


def test_everything_that_is_wrong_with_a_seating_row_is_said_at_once(store: Store) -> None:
    everything(store)
    assert refusals(store, "seating", "05.06.2026|01|0417|7|1А|У-9|") == [
        "There is no such exam in the plan; import the exams first.",
        "There is no room 0007 in the plan; import the rooms first.",
        "There is no such candidate in the plan; import the candidates first.",
    ]


def test_a_taken_place_is_refused(store: Store) -> None:
    everything(store)
    assert refusals(store, "seating", "04.06.2026|01|0417|1|1а|У-2|") == [
        "The place is taken by another candidate of the plan."
    ]
    assert refusals(
        store, "seating", "04.06.2026|01|0417|2|5А|У-2|", "04.06.2026|01|0417|2|5А|У-3|"
    ) == ["The place is taken by the candidate in line 2."]


def test_an_hour_that_nobody_entered_makes_no_place_free(store: Store) -> None:
    everything(store)
    head = "Дата|Форма|Код предмета|Код ППЭ|Кратких ответов|Начало"
    bring_in(store, "exams", [head, "04.06.2026|ЕГЭ|02|0417|12|14:00"])
    row = "04.06.2026|02|0417|1|1А|У-2|"
    assert "starts: enter the start of both exams first" in refusals(store, "seating", row)[0]
    bring_in(store, "exams", [head, "04.06.2026|ЕГЭ|01|0417|26|14:00"])
    assert "taken by another candidate" in refusals(store, "seating", row)[0]
    bring_in(store, "exams", [head, "04.06.2026|ЕГЭ|01|0417|26|10:00"])
    assert bring_in(store, "seating", [FILES["seating"][0], row]).good


def test_two_kits_never_share_a_form_number(store: Store) -> None:
    everything(store)
    assert (
        "another work" in refusals(store, "seating", "04.06.2026|01|0417|2|1А|У-2|2610114090019")[0]
    )
    assert (
        "line 2"
        in refusals(
            store,
            "seating",
            "04.06.2026|01|0417|2|1А|У-2|2610114090026",
            "04.06.2026|01|0417|1|1Б|У-3|2610114090026",
        )[0]
    )


def test_after_the_kit_is_issued_the_place_stands(store: Store) -> None:
    everything(store)
    with store.begin(HEAD) as uow:
        booklet = uow.session.scalars(select(Booklet).where(Booklet.medium == "enlarged")).one()
        booklet.state = "issued"
        uow.record("booklet:issue", f"booklet:{booklet.id}")
    assert "issued" in refusals(store, "seating", "04.06.2026|01|0417|1|2А|У-1|")[0]
    assert "issued" in refusals(store, "exams", "04.06.2026|ЕГЭ|01|0417|25|27|210")[0]
    assert bring_in(store, "seating").changes == 0


def test_a_candidate_who_did_not_come_has_no_kit_that_is_out(store: Store) -> None:
    everything(store)
    with store.begin(HEAD) as uow:
        booklet = uow.session.scalars(select(Booklet).where(Booklet.medium == "enlarged")).one()
        booklet.state = "absent"
        uow.record("booklet:mark_absent", f"booklet:{booklet.id}")
    rows = [FILES["exams"][0], "04.06.2026|ЕГЭ|01|0417|25|27|210"]
    with store.read() as uow:
        assert files.examine(uow, parsed("exams", rows)).good


def test_other_needs_bring_other_kits_where_none_is_issued_yet(store: Store) -> None:
    everything(store)
    bring_in(
        store,
        "candidates",
        [
            FILES["candidates"][0],
            "У-3|Учебный|Третий|ОВЗ; компьютер|копия",
            "У-1|Учебный|Первый|ОВЗ|копия № 1",
        ],
        take_away=True,
    )
    with store.read() as uow:
        assert {b.seat.candidate.code: b.medium for b in uow.session.scalars(select(Booklet))} == {
            "У-2": "braille",
            "У-3": "typed",
        }


def test_only_the_head_gives_roles_by_file(store: Store) -> None:
    bring_in(store, "exams", actor=TECHNICIAN)
    with pytest.raises(Forbidden):
        bring_in(
            store,
            "staff",
            ["Логин|ФИО|Должность", "technician|Сам Себе|руководитель ППЭ"],
            actor=TECHNICIAN,
        )


def test_a_person_from_a_file_cannot_log_in_before_the_head_gives_a_password(store: Store) -> None:
    from examday.services.people.log_in import enter

    everything(store)
    with pytest.raises(Forbidden), store.begin(Actor.system("web")) as uow:
        enter(uow, "gek", "")


def test_staff_rows_add_roles_and_never_take_any_away(store: Store) -> None:
    everything(store)
    with store.read() as uow:
        person = uow.session.scalars(select(Person).where(Person.login == "org1")).one()
        assert {row.role for row in person.roles} == {"lead_organiser", "room_organiser"}
        assert person.facts == {"teaches": ["01"]}


def test_a_further_duty_is_told_with_its_role_and_room(store: Store) -> None:
    everything(store)
    more = [FILES["staff"][0], "org1|Учебный Организатор|организатор|04.06.2026|02|1|01"]
    with store.read() as uow:
        (row,) = files.examine(uow, parsed("staff", more)).rows
    assert row.what == "changed"
    assert {key: new for key, (_, new) in row.changes.items()} == {
        "role": "организатор",
        "date": "04.06.2026",
        "subject": "02",
        "room": "0001",
    }


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_exported_plan_comes_back_without_a_change(
    store: Store, tmp_path: Path, file_format: str
) -> None:
    everything(store)
    for kind in FILES:
        path = tmp_path / f"{kind}.{file_format}"
        with store.read() as uow:
            path.write_bytes(export.export(uow, kind, file_format))
        table = tables.read(path)
        with store.begin(HEAD) as uow:
            report = files.bring_in(
                uow, parse(file_kinds()[kind], table.header, table.rows), "0" * 64
            )
        assert (kind, report.changes, report.parsed.unknown) == (kind, 0, ())


@pytest.mark.parametrize("kind", list(FILES))
def test_the_example_files_are_read_without_a_problem(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "example.csv"
    path.write_bytes(export.example(kind, "csv"))
    table = tables.read(path)
    rows = parse(file_kinds()[kind], table.header, table.rows).rows
    assert len(rows) == 1 and rows[0].good


def test_the_readiness_of_the_imported_day_names_what_is_missing(store: Store) -> None:
    everything(store)
    with store.read() as uow:
        findings = readiness.readiness(uow, dt.date(2026, 6, 4))
    failed = {row.rule for row in findings if row.level == Level.FAIL}
    assert {"R16", "P01"} <= failed
    # The tables say nothing of a copier or of notebooks: that is to be looked at, and is no «none».
    looked_at = {row.rule for row in findings if row.level == Level.WARN}
    assert {"R12", "R14"} <= looked_at and not {"R12", "R14"} & failed
    assert [row.subject for row in findings if row.rule == "P05" and row.level == Level.WARN] == [
        "person:org1"
    ]
    assert {
        row.params["count"] for row in findings if row.rule == "R02" and row.subject == "room:0002"
    } == {1}


def test_a_late_change_of_the_plan_is_noticed_on_the_board(store: Store, clock: Any) -> None:
    everything(store)
    with store.read() as uow:
        late = [row for row in readiness.readiness(uow, dt.date(2026, 6, 4)) if row.rule == "R30"]
    assert [row.level for row in late] == [Level.WARN]
    assert late[0].params["due"] == dt.date(2026, 6, 2)


@pytest.mark.release
def test_a_plan_of_a_thousand_candidates_is_quick(store: Store) -> None:
    import time

    rows = [f"У-{n}|Учебный|Участник-{n}|ОВЗ; А3; +90|копия № {n}" for n in range(2000)]
    start = time.process_time()  # processor time, so that a busy machine changes nothing
    bring_in(store, "candidates", [FILES["candidates"][0], *rows])
    again = bring_in(store, "candidates", [FILES["candidates"][0], *rows])
    assert again.changes == 0
    assert time.process_time() - start < 8


def test_days_are_listed_newest_first(store: Store) -> None:
    everything(store)
    with store.read() as uow:
        assert readiness.days(uow) == [(dt.date(2026, 6, 4), False)]
        assert len(uow.session.scalars(select(Exam)).all()) == 2


STAFF_HEAD = FILES["staff"][0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("org9|Новый|организатор|05.06.2026|01||", "no such exam"),
        ("org9|Новый|организатор|04.06.2026|22||", "no such exam"),
        ("org9|Новый|организатор|04.06.2026|01|77|", "no room 0077"),
    ],
)
def test_a_duty_at_what_the_plan_does_not_hold_is_refused_with_its_row(
    store: Store, row: str, said: str
) -> None:
    everything(store)
    [found] = refusals(store, "staff", row)
    assert said in found
    with store.read() as uow:
        assert uow.session.scalars(select(Person).where(Person.login == "org9")).all() == []


def test_a_duty_that_stands_in_two_rows_is_entered_once_and_the_person_is_one(store: Store) -> None:
    everything(store)
    twice = ["new|Новый|организатор|04.06.2026|01|1|", "new|Новый|организатор|04.06.2026||1|"]
    report = bring_in(store, "staff", [STAFF_HEAD, *twice])
    assert [row.what for row in report.rows] == ["new", "changed"]
    with store.read() as uow:
        [person] = uow.session.scalars(select(Person).where(Person.login == "new"))
        assert [role.role for role in person.roles] == ["room_organiser"]
        duties = uow.session.scalars(select(Duty).where(Duty.person_id == person.id)).all()
        # The first row speaks of one exam, the second of both exams of the day.
        assert len(duties) == 2 == len({duty.exam_id for duty in duties})


def test_of_two_accounts_that_look_alike_no_row_says_which_is_meant(store: Store) -> None:
    everything(store)
    with store.begin(Actor.system("test")) as uow:
        # Older than the rule that refuses the second one.
        for login in ("Org7", "ORG7"):
            uow.add(Person(login=login, name="Учебный", password_hash=""))
        uow.record("test:twins", "plan:people")
    [found] = refusals(store, "staff", "org7|Учебный|организатор|04.06.2026|01|1|")
    assert "ORG7, Org7" in found


def test_an_essay_has_no_short_answers_where_nobody_says_a_number(store: Store) -> None:
    """Its form has no rows for them; forty would be asked for, and the board would ask for a number."""
    for header, cell in (("", ""), ("|Кратких ответов", "|")):
        lines = [f"Дата|Форма|Код предмета|Код ППЭ|Развёрнутые ответы{header}"]
        lines += [f"04.06.2026|ЕГЭ|{subject}|0417|1{cell}" for subject in ("20", "21", "01")]
        bring_in(store, "exams", lines)
        with store.read() as uow:
            found = {exam.subject: exam.tasks for exam in uow.session.scalars(select(Exam))}
            asked = [
                row.params["subject"]
                for row in readiness.readiness(uow, dt.date(2026, 6, 4))
                if row.rule == "R27" and row.level is not Level.PASS
            ]
        assert found == {"20": 0, "21": 0, "01": 40} and [str(code) for code in asked] == ["01"]
