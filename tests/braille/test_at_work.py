"""Who of the commission is at work, from when to when, and what its page reads of the past."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from examday.domain.braille import commission as rules
from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Actor, Role
from examday.services.braille import commission, notes
from examday.services.braille.board import Board, board
from examday.services.printing.papers.commission.people import translators
from examday.storage.tables import Booklet, Exam
from examday.storage.tables_braille import CommissionNote
from tests.conftest import Browser, Clock
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    """Translators and their chair, with a notebook of today."""
    made = hands(store, add_person)
    made.people["chair"] = add_person(store, "chair", Role.BRAILLE_CHAIR)
    work = made.work(medium=Medium.BRAILLE)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).exam.date = uow.today()
        uow.record("test:today", f"booklet:{work}")
    return made


def shown(crew: Hands) -> Board:
    found: Board = crew.look("chair", board)
    return found


def minutes(crew: Hands) -> dict[str, int]:
    """Working time on the page, in whole minutes."""
    return {person: int(time.total_seconds()) // 60 for person, time in shown(crew).time.items()}


def attendance(crew: Hands) -> list[tuple[str, str | None]]:
    with crew.store.read() as uow:
        rows = uow.session.query(CommissionNote).order_by(CommissionNote.at)
        return [(row.kind, row.person_id) for row in rows]


def test_who_is_here_already_is_not_recorded_again_and_hears_since_when(
    crew: Hands, browser: Callable[[], Browser], clock: Clock
) -> None:
    chair, anna = browser(), crew.people["anna"]
    chair.log_in("chair")

    def press(kind: str, who: str = "anna") -> str:
        sent = {"kind": kind, "person": crew.people[who].id}
        answer = chair.post("/commission/note", sent, follow_redirects=True)
        return str(answer.get_data(as_text=True))

    assert f"Записано: {anna.name} на месте" in press("come"), "of whom, and not «you»"
    clock.forward(minutes=20)
    assert f"{anna.name} уже на месте: рабочее время считается с" in press("come")
    assert attendance(crew) == [("come", anna.id)]
    assert f"Записано: {anna.name}, уход" in press("go")
    assert "ничего не изменено" in press("go")
    assert attendance(crew) == [("come", anna.id), ("go", anna.id)]
    assert minutes(crew) == {anna.id: 20}
    assert "Записано: на месте." in press("come", "chair")


def test_a_forgotten_going_does_not_run_on_and_says_so(
    crew: Hands, browser: Callable[[], Browser], clock: Clock
) -> None:
    anna = crew.people["anna"].id
    crew.do("anna", notes.attend, "come", anna)
    clock.forward(minutes=90)
    assert minutes(crew) == {anna: 90} and shown(crew).here == {anna}
    clock.forward(days=1)
    came = clock.now
    found = shown(crew)
    assert (found.time, found.here) == ({}, set()), "how long it was is not known"
    assert found.never_ended == {anna: (came - dt.timedelta(days=1)).date()}
    chair = browser()
    chair.log_in("chair")
    assert "уход не записан" in chair.get("/commission").get_data(as_text=True)
    assert crew.do("anna", notes.attend, "come", anna).recorded, "the next day begins anew"
    clock.forward(minutes=30)
    assert (minutes(crew), shown(crew).here) == ({anna: 30}, {anna})
    with crew.store.read() as uow:
        rows = translators(uow, {}, list(uow.session.query(CommissionNote)))
    assert [row[2] for row in rows] == ["0 ч 30 мин и время, конец которого не записан"]


def test_going_at_night_ends_the_stay_that_began_before_midnight(crew: Hands) -> None:
    late, after = dt.datetime(2026, 6, 4, 23, 10), dt.datetime(2026, 6, 5, 0, 30)
    [stay] = rules.shifts([("come", "a", late), ("go", "a", after)])
    assert rules.worked([stay], after) == {"a": dt.timedelta(minutes=80)}


def test_a_going_that_is_said_the_next_morning_counts_no_night(
    crew: Hands, browser: Callable[[], Browser], clock: Clock
) -> None:
    anna, chair = crew.people["anna"], browser()
    crew.do("anna", notes.attend, "come", anna.id)
    clock.forward(hours=23)
    chair.log_in("chair")
    sent = {"kind": "go", "person": anna.id}
    said = chair.post("/commission/note", sent, follow_redirects=True).get_data(as_text=True)
    assert f"Записано: {anna.name}, уход. Когда" in said
    found = shown(crew)
    assert (found.time, found.here) == ({}, set()) and set(found.never_ended) == {anna.id}
    assert crew.do("anna", notes.attend, "come", anna.id).recorded
    clock.forward(minutes=15)
    assert minutes(crew) == {anna.id: 15}


def test_the_page_reads_the_notes_of_its_works_and_days_and_whoever_is_suspended(
    crew: Hands, clock: Clock
) -> None:
    """Of earlier exams nothing is read; a suspension lasts until somebody is taken back."""
    with crew.store.begin(crew.actor("chair")) as uow:
        for kind in ("come", "go"):
            notes.keep(uow, kind, crew.people["anna"].id, "")
        notes.keep(uow, "suspend", crew.people["boris"].id, "спор")
    crew.do("anna", notes.incident, "погас свет")
    with crew.store.begin(Actor.system("test")) as uow:
        exam = uow.session.query(Exam).one()
        old, exam.date = exam.date, exam.date + dt.timedelta(days=20)
        uow.record("test:later", f"exam:{exam.id}")
    clock.forward(days=20)
    crew.do("anna", notes.incident, "лопнула тетрадь")
    read: list[str] = []

    def note(_session: Session, found: object) -> None:
        if isinstance(found, CommissionNote):
            read.append(found.kind)

    event.listen(Session, "loaded_as_persistent", note)
    try:
        found = shown(crew)
    finally:
        event.remove(Session, "loaded_as_persistent", note)
    assert [n.text for n in found.notes] == ["лопнула тетрадь"] and found.time == {}
    assert found.suspended == {crew.people["boris"].id}
    assert sorted(set(read)) == ["incident", "suspend"] and read.count("incident") == 1
    with crew.store.read() as uow:
        exam = uow.session.query(Exam).one()
        assert [n.text for n in commission.notes_of(uow, exam, [])] == ["лопнула тетрадь"]
        exam.date = old
        uow.session.expunge(exam)
        assert len(commission.notes_of(uow, exam, [])) == 4, "up to the next exam"
