"""The centre orders something at a point: previewed there, carried out after a yes, once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from examday.cli import main
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.people.roles import Role
from examday.services.custody.booklets import advance
from examday.services.ledger import audit
from examday.services.travel import confirmed, enrolment
from examday.services.travel.orders import again as transfer_again
from examday.services.travel.orders import obeying
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Assignment, Booklet, Person
from tests import day
from tests.travel.two_ends import (
    ADMIN,
    CODE,
    POINT,
    Ends,
    enrolled,
    sent,
    station_in,
    taken,
    work,
)


def typed(store: Store, *words: str, ends: int = 0) -> Result:
    told = CliRunner().invoke(main, [*words, "--data", str(store.settings.data)])
    assert told.exit_code == ends, told.output
    return told


def told(store: Store, letter: Path, *more: str, ends: int = 0) -> dict[str, Any]:
    """What `receive` says of a letter, as a script reads it."""
    return dict(json.loads(typed(store, "receive", str(letter), "--json", *more, ends=ends).stdout))


@pytest.fixture
def letter(ends: Ends, at_centre: str) -> Path:
    """The order to transfer it again."""
    target = ends.stick / "order.json"
    typed(ends.centre, "order", "transfer", CODE, "--reason", "строки не те", "--to", str(target))
    return target


HANDS = ("--yes", "--copier", "copier", "--reader", "reader")


def version(store: Store, key: str) -> tuple[int, str]:
    with store.read() as uow:
        found = uow.get(Booklet, key)
        return found.version, found.state


def handed_over(store: Store, key: str) -> None:
    """Its new version has gone its way at the point."""
    with store.begin(ADMIN) as uow:
        uow.hold(Booklet, key).state = State.PACKED
        uow.record("test:work", f"booklet:{key}")
    with store.begin(ADMIN) as uow:
        advance(uow, uow.hold(Booklet, key), "hand_over")


def refused(step: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as error:
        step()
    return error.value.code


def advanced(store: Store, key: str, action: str) -> None:
    with store.begin(ADMIN) as uow:
        advance(uow, uow.hold(Booklet, key), action)


def test_a_work_goes_back_is_transferred_again_and_returns(
    ends: Ends, at_centre: str, letter: Path
) -> None:
    seen = told(ends.station, letter, ends=3)
    assert (seen["code"], seen["reason"], seen["place"]) == (CODE, "строки не те", "101, 019")
    assert version(ends.station, at_centre) == (1, "handed_over"), "a look changes nothing"
    assert refused(lambda: advanced(ends.centre.at(POINT), at_centre, "retransfer")) == "not-given"

    assert told(ends.station, letter, *HANDS)["version"] == 2
    assert version(ends.station, at_centre) == (2, "scanned")
    with ends.station.read() as uow:
        given = uow.session.scalars(select(Assignment.part).where(Assignment.version == 2))
        assert set(given) == {"copier", "first", "second"}
        held = confirmed.confirmed(uow)
    assert held is not None
    assert (held.works, held.of) == (1, 1), "its first version was confirmed"
    assert told(ends.station, letter, *HANDS) == {"ok": True, "new": False}, "twice changes nothing"

    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert version(ends.centre, at_centre) == (2, "scanned"), "the centre sees how far it is"
    assert (
        refused(lambda: advanced(ends.centre.at(POINT), at_centre, "retake_original"))
        == "not-given"
    )
    handed_over(ends.station, at_centre)
    assert taken(ends.centre, sent(ends.station, ends.stick / "3.zip")).works == 1
    assert refused(lambda: advanced(ends.station, at_centre, "retransfer")) == "sent-away"
    advanced(ends.centre.at(POINT), at_centre, "retransfer")
    for store in (ends.station, ends.centre):
        assert audit.verify(store, scans=True).ok


def test_a_lost_order_is_written_again(ends: Ends, letter: Path) -> None:
    again = ends.stick / "again.json"
    typed(ends.centre, "order", "transfer", CODE, "--to", str(again))
    assert json.loads(again.read_text()) == json.loads(letter.read_text())


def test_an_order_that_a_later_one_has_overtaken_is_written_with_a_new_number(
    ends: Ends, at_centre: str, letter: Path
) -> None:
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    later = ends.stick / "later.json"
    words = ("order", "transfer", "2990000000026", "--reason", "строки не те", "--to")
    typed(ends.centre, *words, str(later))
    told(ends.station, later, *HANDS)
    assert told(ends.station, letter, *HANDS, ends=1)["code"] == "old-order"
    again = ends.stick / "again.json"
    typed(ends.centre, "order", "transfer", CODE, "--to", str(again))
    assert told(ends.station, again, *HANDS)["version"] == 2
    assert version(ends.station, at_centre) == (2, "scanned")
    assert audit.verify(ends.centre).ok


def test_no_order_is_written_again_for_a_station_that_is_revoked(ends: Ends, letter: Path) -> None:
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    words = ("order", "transfer", CODE, "--to", str(letter))
    assert "отозвана" in typed(ends.centre, *words, ends=1).output


@pytest.mark.release
def test_an_order_that_was_overtaken_after_its_look_is_not_carried_out(
    ends: Ends, letter: Path
) -> None:
    with ends.station.read() as uow:
        looked_at = obeying.read(uow, json.loads(letter.read_text()))
        first, second = (hand.id for hand in people(uow))
    told(ends.station, planned(ends, exams=EXAMS, rooms=ROOMS), "--yes")
    with pytest.raises(DomainError) as refusal, ends.station.begin(ADMIN) as uow:
        transfer_again.carry_out(uow, looked_at, first, second)
    assert refusal.value.code == "old-order"


def people(uow: UnitOfWork) -> list[Person]:
    logins = select(Person).where(Person.login.in_(["copier", "reader"]))
    return list(uow.session.scalars(logins.order_by(Person.login)))


def test_the_case_that_holds_a_work_holds_it_at_the_point_too(ends: Ends, at_centre: str) -> None:
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        uow.hold(Booklet, at_centre).hold = True
        uow.record("test:work", f"booklet:{at_centre}")
    order = ends.stick / "order.json"
    typed(ends.centre, "order", "transfer", CODE, "--reason", "строки не те", "--to", str(order))
    told(ends.station, order, *HANDS)
    handed_over(ends.station, at_centre)
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    with ends.centre.read() as uow:
        assert uow.get(Booklet, at_centre).hold


def test_forged_changed_foreign_and_old_orders_are_refused(
    ends: Ends, letter: Path, tmp_path: Path, migrated: Path
) -> None:
    other = station_in(tmp_path / "other", migrated)
    enrolled(ends.centre, other, "770413")
    assert told(other, letter, *HANDS, ends=1)["code"] == "other-station"
    said = json.loads(letter.read_text())
    for name, value in {"version": 2, "code": "2990000000026", "signature": ""}.items():
        letter.write_text(json.dumps({**said, name: value}))
        assert told(ends.station, letter, *HANDS, ends=1)["code"] == "letter-signature"
    letter.write_text(json.dumps(said))
    newer = ends.stick / "newer.json"
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    words = ("order", "transfer", "2990000000026", "--reason", "строки не те", "--to")
    typed(ends.centre, *words, str(newer))
    told(ends.station, newer, *HANDS)
    assert told(ends.station, letter, *HANDS, ends=1)["code"] == "old-order"


def test_other_hands_transfer_it(ends: Ends, at_centre: str, letter: Path) -> None:
    by = ("--yes", "--copier", "anna", "--reader", "reader")
    assert told(ends.station, letter, *by, ends=1)["code"] == "same-person"
    twice = ("--yes", "--copier", "copier", "--reader", "copier")
    assert told(ends.station, letter, *twice, ends=1)["code"] == "two-people"
    assert told(ends.station, letter, "--yes", ends=1)["code"] == "two-people"
    day.person(ends.station, "medic", Role.MEDICAL_WORKER)
    medic = ("--yes", "--copier", "copier", "--reader", "medic")
    assert told(ends.station, letter, *medic, ends=1)["code"] == "role"
    assert version(ends.station, at_centre) == (1, "handed_over")


def test_only_what_is_the_centres_can_be_ordered_back(ends: Ends, at_centre: str) -> None:
    target = str(ends.stick / "o.json")

    def ordered(code: str, reason: str = "строки не те") -> str:
        words = ("order", "transfer", code, "--reason", reason, "--to", target)
        return typed(ends.centre, *words, ends=1).output

    assert "причина" in ordered(CODE, " ")
    assert "нет" in ordered("2990000000033")
    work(ends.station, "2990000000026", State.SCANNED)
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert "не сдана" in ordered("2990000000026")
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        advance(uow, uow.hold(Booklet, at_centre), "retransfer")
    handed_over(ends.centre.at(POINT), at_centre)
    assert "переносили в центре" in ordered(CODE)


EXAMS = """Дата;Форма;Код предмета;Код ППЭ;Название ППЭ;Код региона;Кратких ответов;Развёрнутые ответы;Начало;Увеличение бланков;Продолжительность, мин;Тренировка
2026-06-04;ЕГЭ;01;0417;Школа 5;77;26;27;10:00;10:00;210;нет
"""
ROOMS = "Код ППЭ;Аудитория;Назначение;Мест\n0417;0001;экзамен;8\n"
PEOPLE = """Код участника;Фамилия;Имя;Документ;Код ОО;Условия;Заключение ПМПК;Справка МСЭ
У-01;Северов;Иван;0000 000001;000417;"ОВЗ; {needs}";копия № 1;
"""


def planned(ends: Ends, **tables: str) -> Path:
    """An order with these tables of the plan."""
    files = []
    for name, text in tables.items():
        path = ends.stick / f"{name}.csv"
        path.write_text(text)
        files.append(str(path))
    target = ends.stick / "plan.json"
    typed(ends.centre, "order", "plan", ends.name, *files, "--to", str(target))
    return target


def test_a_plan_comes_by_an_order_after_a_look(ends: Ends) -> None:
    order = planned(ends, exams=EXAMS, rooms=ROOMS)
    seen = told(ends.station, order, ends=3)
    assert {table["kind"] for table in seen["tables"]} == {"exams", "rooms"}
    before = ends.station.last_seq()
    assert told(ends.station, order, "--yes")["ok"]
    assert ends.station.last_seq() > before
    assert told(ends.station, order, "--yes") == {"ok": True, "new": False}
    text = typed(ends.station, "receive", str(planned(ends, rooms=ROOMS)), ends=3).output
    assert "меняет план" in text
    for store in (ends.station, ends.centre):
        assert audit.verify(store).ok


def test_tables_that_no_letter_holds_are_refused_at_the_centre(ends: Ends) -> None:
    files = [ends.stick / f"{n}.csv" for n in range(4)]
    for file in files:
        file.write_text(ROOMS + "#" * ((1 << 20) - 200))
    target, before = ends.stick / "large.json", ends.centre.at(POINT).last_seq()
    words = ("order", "plan", ends.name, *map(str, files), "--to", str(target))
    assert "несколькими распоряжениями" in typed(ends.centre, *words, ends=1).output
    assert not target.exists()
    assert ends.centre.at(POINT).last_seq() == before


@pytest.mark.release
def test_a_table_that_is_wrong_here_brings_nothing_in(ends: Ends) -> None:
    order = planned(ends, rooms=ROOMS.replace(";8", ";восемь"))
    assert told(ends.station, order, "--yes", ends=1)["code"] == "plan-set"
    (ends.stick / "x.csv").write_bytes(b"\xff\xfe\x00")
    words = ("order", "plan", ends.name, str(ends.stick / "x.csv"), "--to", str(order))
    assert "UTF-8" in typed(ends.centre, *words, ends=1).output


SEATING = """Дата;Форма;Код предмета;Код ППЭ;Аудитория;Место;Код участника;Номер бланка;Тренировка
2026-06-04;ЕГЭ;01;0417;0001;1А;У-01;2699000000011;нет
"""


@pytest.mark.release
def test_what_an_order_takes_away_is_asked_for_and_refused_once_papers_are_out(
    ends: Ends,
) -> None:
    people = PEOPLE.format(needs="слабовидящий; А3; +90; питание")
    fewer = PEOPLE.format(needs="слабовидящий; А3; +90")
    whole = planned(ends, exams=EXAMS, rooms=ROOMS, candidates=people, seating=SEATING)
    assert told(ends.station, whole, "--yes")["ok"]
    order = planned(ends, candidates=fewer)
    assert told(ends.station, order, "--yes", ends=1)["code"] == "takes-away"
    assert told(ends.station, order, "--yes", "--take-away")["ok"]
    with ends.station.begin(ADMIN) as uow:
        (key,) = uow.session.scalars(select(Booklet.id))
        uow.hold(Booklet, key).state = State.ISSUED
        uow.record("test:work", f"booklet:{key}")
    none = planned(ends, candidates=PEOPLE.format(needs="слабовидящий"))
    before = ends.station.last_seq()
    said = told(ends.station, none, "--yes", "--take-away", ends=1)
    assert said["code"] == "plan-set"
    assert ends.station.last_seq() == before


@pytest.mark.release
def test_another_order_under_a_number_that_was_carried_out_is_not_taken_for_it(
    ends: Ends, tmp_path: Path
) -> None:
    """A backup was brought back at the centre: it counts its orders anew."""
    shutil.copytree(ends.centre.settings.data, tmp_path / "backup")
    told(ends.station, planned(ends, exams=EXAMS), "--yes")
    backup = Store(Settings.from_env({}, data=tmp_path / "backup", argon2_cost=1))
    other = planned(ends._replace(centre=backup), exams=EXAMS, rooms=ROOMS)
    backup.close()
    assert json.loads(other.read_text())["number"] == 1
    assert told(ends.station, other, "--yes", ends=1)["code"] == "other-order"
