"""The day plan: lists, entries by hand, tables and their report, readiness."""

import datetime as dt
import io
from typing import Any

from examday.domain.people.roles import Actor
from examday.storage.tables import Duty, Exam, Room
from tests import custody_day
from tests.custody_day import Day
from tests.scenes.gallery import Gallery

LISTS = ("exams", "rooms", "candidates", "seating", "staff")
HEADER = "Код участника;Фамилия;Условия;Заключение ПМПК\r\n"


def show(gallery: Gallery) -> None:
    """A plan that grows from nothing to a day of three seats."""
    day = custody_day.make(gallery.store, gallery.add_person)
    duty(day, "lead", "lead_organiser", day.room)
    duty(day, "observer", "public_observer", None)
    for login in ("head", "board"):
        gallery.look("the plan", login, "/plan/")
        for name in LISTS:
            gallery.look(f"list of {name}", login, f"/plan/{name}")
    gallery.look("readiness", "head", "/plan/readiness")
    gallery.look("the rules of the year", "head", "/plan/rules")
    gallery.look("the columns of the tables", "head", "/plan/columns")
    by_hand(gallery)
    change(gallery, day)
    tables(gallery)
    later(gallery, day)


def duty(day: Day, login: str, role: str, room: str | None) -> None:
    """Somebody is on duty on the day."""
    with day.store.begin(Actor.system("test")) as uow:
        person = day.people[login].id
        uow.add(Duty(exam_id=day.exam, person_id=person, role=role, room_id=room))
        uow.record("test:duty", f"exam:{day.exam}")


def by_hand(gallery: Gallery) -> None:
    """Entries by hand, first empty, then right."""
    for name in LISTS:
        gallery.look(f"a new entry of {name}", "head", f"/plan/enter/{name}")
        gallery.press(f"left empty in {name}", "head", f"/plan/enter/{name}")
    known = "/plan/enter/candidates?code=C-1"
    gallery.look("a known candidate", "head", known)
    gallery.press("the name is taken away", "head", known, "", "", {"surname": ""})
    new = {"number": "0102", "site_code": "0001", "seats": "12"}
    gallery.press("a room is entered", "head", "/plan/enter/rooms", "", "", new)
    gallery.look("the room is in the list", "head", "/plan/rooms")


def change(gallery: Gallery, day: Day) -> None:
    """A duty begins, a seat goes."""
    gallery.press("somebody has come", "head", "/plan/staff", "/present")
    gallery.look("who has come", "head", "/plan/staff")
    seat = f"/plan/seat/{day.booklet('1А').seat_id}/remove"
    gallery.press("a seat is to go", "head", "/plan/seating", seat)
    visitor = gallery.at("head")
    visitor.open("/plan/seating")
    token = {"day": "2026-06-04", "take_away": "1"}
    gallery.keep("the seat is gone", "/plan/seating", visitor.browser.post(seat, token))
    gallery.look("two seats are left", "head", "/plan/seating")


def tables(gallery: Gallery) -> None:
    """Tables that are right, wrong, empty, foreign, or would take something away."""
    right = HEADER + "У-90;Ёлкин;ОВЗ, А3;копия № 1\r\n"
    gallery.look("files are chosen", "head", "/plan/file")
    gallery.press("no file is chosen", "head", "/plan/file")
    for what, text in (
        ("a new candidate", right),
        ("a word nobody knows", HEADER + "У-91;Ёлкин;летает;\r\nУ-92;;;\r\n"),
        ("something is taken away", HEADER + "C-1;;;\r\n"),
        ("a sum at the end", right + "Итого;1;;\r\n"),
        ("only a header", HEADER),
        ("a column twice", "Код участника;Фамилия;Фамилия\r\nУ-1;А;Б\r\n"),
        ("a foreign table", "a;b\r\n1;2\r\n"),
        ("a column nobody uses", "Код участника;Фамилия;Рост\r\nУ-93;Ёж;180\r\n"),
        ("codes alone", "Код участника\r\nУ-94\r\n"),
        ("only codes and names", "Код участника;Фамилия\r\n" + "У-95;Ёж\r\n" * 2),
    ):
        report = upload(gallery, text)
        gallery.look(f"report: {what}", "head", report)
        if what == "a sum at the end":
            gallery.look("report: the sum is left out", "head", f"{report}?leave_out=1")
        if what == "something is taken away":
            gallery.look("report: it is taken away", "head", f"{report}?take_away=1")
            gallery.look("report: somebody else looks", "tech", f"{report}?take_away=1")
    old = upload(gallery, HEADER + "У-96;Ёлкин;;\r\n", "cp866")
    gallery.look("report: letters of another age", "head", old)
    gallery.look("report: read as of another age", "head", f"{old}?encoding-0=cp866")
    rooms = "Аудитория;Мест;Пандус;Туалет на этаже\r\n0103;12;да;нет\r\n"
    gallery.look("report: rooms", "head", upload(gallery, rooms))
    report = upload(gallery, right)
    gallery.press("brought in", "head", report, "/confirm")
    gallery.look("it is in the plan", "head", "/plan/candidates")
    gallery.look("report: everything is there", "head", upload(gallery, right))
    staff = "Фамилия;Имя;Роль;Логин\r\nНовый;Пётр;ассистент;novy\r\n"
    gallery.look("report: staff", "head", upload(gallery, staff))


def later(gallery: Gallery, day: Day) -> None:
    """A second day, and a room of which something is recorded."""
    with day.store.begin(Actor.system("test")) as uow:
        like = uow.get(Exam, day.exam)
        made = {"kind": "ege", "subject": "02", "site_code": like.site_code, "long_tasks": [3]}
        exam = uow.add(Exam(date=dt.date(2026, 6, 8), training=True, **made))
        uow.get(Room, day.room).features = {"ramp": True, "lift": False, "sockets": 4}
        uow.session.flush()
        uow.record("test:later", f"exam:{exam.id}")
    for page in ("", "readiness", "exams", "rooms", "seating?day=2026-06-04", "staff"):
        gallery.look(f"two days: {page}", "head", f"/plan/{page}")


def upload(gallery: Gallery, text: str, encoding: str = "utf-8") -> str:
    """The head sends a table in; the address of its report."""
    sent: dict[str, Any] = {"file": [(io.BytesIO(text.encode(encoding)), "plan.csv")]}
    browser = gallery.at("head").browser
    answer = browser.post("/plan/file", sent, content_type="multipart/form-data")
    return str(answer.headers["Location"])
