"""A bundle comes to the centre through its pages: looked at, agreed to, taken in, answered."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.errors import Unavailable
from examday.domain.jobs import Task
from examday.domain.people.roles import Role
from examday.domain.travel.delivery import Step
from examday.services.jobs.telling import Telling, end
from examday.services.people.sites import add_site
from examday.services.travel import enrolment
from examday.services.travel.waiting import keeping, taking
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals, uploads
from examday.storage.tables import Outbox
from examday.storage.tables_waiting import Delivery
from tests.conftest import PIN, Browser, Clock
from tests.travel.two_ends import ADMIN, POINT, Ends, enrolled, sent, station_in, work


@pytest.fixture
def ends(store: Store, tmp_path: Path, migrated: Path) -> Ends:
    """A station, and the centre whose pages are looked at."""
    with store.begin(ADMIN) as uow:
        add_site(uow, POINT, "Школа 5", "Europe/Moscow")
    station = station_in(tmp_path / "one", migrated)
    (tmp_path / "stick").mkdir()
    return Ends(station, store, enrolled(store, station, POINT), tmp_path / "stick")


@pytest.fixture
def head(ends: Ends, add_person: Callable[..., object], browser: Callable[[], Browser]) -> Browser:
    add_person(ends.centre, "head", Role.SITE_HEAD)
    made = browser()
    made.log_in("head")
    return made


@pytest.fixture
def stick(ends: Ends) -> Path:
    """A real work and one of a training day."""
    work(ends.station, "2990000000019")
    work(ends.station, "2990000000026", training=True)
    return sent(ends.station, ends.stick / "b.zip")


def delivered(head: Browser, stick: Path) -> str:
    """The address of the page that follows the file."""
    answer = head.post("/travel/deliver", {"bundle": (io.BytesIO(stick.read_bytes()), stick.name)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def agreed(head: Browser, page: str) -> None:
    assert head.post(f"{page}/take", {"secret": PIN}).status_code == 303


def asked(store: Store) -> list[str]:
    of = select(Outbox.arg).where(Outbox.task == Task.TAKE_BUNDLE, Outbox.done_at.is_(None))
    with store.read() as uow:
        return list(uow.session.scalars(of))


def test_a_stick_is_looked_at_then_taken_in_then_answered(
    ends: Ends, head: Browser, stick: Path
) -> None:
    page = delivered(head, stick)
    shown = head.get(page).text
    assert "Школа 5" in shown
    assert "Учебные работы за 04.06.2026" in shown
    assert ends.centre.at(POINT).last_seq() == 0, "a look writes nothing"
    assert head.post(f"{page}/take", {"secret": "0000"}).status_code == 403
    assert asked(ends.centre) == []
    agreed(head, page)
    agreed(head, page)
    (key,) = asked(ends.centre)
    assert "Принимается" in head.get(page).text
    for _twice in range(2):
        taking.process(ends.centre, key)
    told = head.get(f"{page}/fragment").text
    assert "Передача принята" in told
    assert "Часы станции идут неверно" in told, "the centre lives in another year here"
    assert list(uploads(ends.centre.settings).all()) == [], "names of candidates lie nowhere"
    receipt = head.get(f"/travel/receipts/{ends.name}")
    assert receipt.json["works"] == 1
    assert "attachment" in receipt.headers["Content-Disposition"]
    assert ends.name in head.get("/travel/").text
    assert "Принять из пунктов" in head.get("/region/").text


def test_a_file_of_the_folder_is_taken_in_as_one_that_was_sent(
    ends: Ends, head: Browser, stick: Path
) -> None:
    there = keeping.folder(ends.centre.settings)
    there.mkdir()
    shutil.copy(stick, there / "день.zip")
    (there / "link.zip").symlink_to(stick)
    page = head.get("/travel/").text
    assert "день.zip" in page
    assert "link.zip" not in page
    for name in ("../b.zip", "link.zip"):
        assert head.post("/travel/deliver", {"chosen": name}).status_code == 404
    answer = head.post("/travel/deliver", {"chosen": "день.zip"})
    assert "Школа 5" in head.get(answer.headers["Location"]).text


def test_a_file_that_would_be_refused_is_not_kept(ends: Ends, head: Browser, stick: Path) -> None:
    content = bytearray(stick.read_bytes())
    content[200] ^= 1
    hurt = {"bundle": (io.BytesIO(content), "b.zip")}
    answer = head.post("/travel/deliver", hurt)
    assert answer.status_code == 400
    assert "Ничего не принято" in answer.text
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    answer = head.post("/travel/deliver", {"bundle": (io.BytesIO(stick.read_bytes()), "b.zip")})
    assert answer.status_code == 409
    assert "отозвана" in answer.text
    assert head.post("/travel/deliver", {}).status_code == 400
    assert list(uploads(ends.centre.settings).all()) == []
    assert not list(uploads(ends.centre.settings).scratch.glob("*"))


def test_what_happens_between_yes_and_the_job_is_told(
    ends: Ends, head: Browser, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = delivered(head, stick)
    agreed(head, page)
    (key,) = asked(ends.centre)
    with monkeypatch.context() as broken:
        broken.setattr(
            taking.taking_in, "take_in", lambda *_args: (_ for _ in ()).throw(Unavailable())
        )
        with pytest.raises(Unavailable):
            taking.process(ends.centre, key)
    assert "Принимается" in head.get(page).text, "the computer's trouble says nothing of the file"
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    taking.process(ends.centre, key)
    shown = head.get(page).text
    assert "отозвана" in shown
    assert "Файл не принят" in shown


def test_a_job_that_was_given_up_says_whom_to_call(ends: Ends, head: Browser, stick: Path) -> None:
    page = delivered(head, stick)
    agreed(head, page)
    (key,) = asked(ends.centre)
    taking.give_up(ends.centre, key)
    assert "технического специалиста" in head.get(page).text


def test_what_nobody_agrees_to_is_put_away(
    ends: Ends, head: Browser, stick: Path, clock: Clock
) -> None:
    page, again = delivered(head, stick), delivered(head, stick)
    assert head.post(f"{again}/forget", {}).status_code == 303
    assert "Школа 5" in head.get(page).text, "the other one has its bytes still"
    clock.forward(hours=25)
    keeping.sweep(ends.centre)
    assert list(uploads(ends.centre.settings).all()) == []
    head.log_in("head")
    assert head.get(page).status_code == 404


def test_how_far_it_is_can_be_seen(ends: Ends, head: Browser, stick: Path) -> None:
    page = delivered(head, stick)
    agreed(head, page)
    (key,) = asked(ends.centre)
    Telling(ends.centre, (Delivery, key))(1, 2)
    assert "Сканы: 1 из 2" in head.get(f"{page}/fragment").text


def test_a_known_original_is_counted_before_the_yes(ends: Ends, head: Browser, stick: Path) -> None:
    (first, *_rest) = originals(ends.station.settings).all()
    originals(ends.centre.settings).put(io.BytesIO(originals(ends.station.settings).content(first)))
    assert "здесь уже есть 1, не хватает 0" in head.get(delivered(head, stick)).text
    bare = sent(ends.station, ends.stick / "bare.zip", first=1, originals=False)
    assert "Не хватает 1 скана" in head.get(delivered(head, bare)).text


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.APPEAL_SECRETARY])
def test_others_take_nothing_in(
    ends: Ends, add_person: Callable[..., object], browser: Callable[[], Browser], role: Role
) -> None:
    add_person(ends.centre, "other", role)
    other = browser()
    other.log_in("other")
    assert other.get("/travel/").status_code == 403
    assert other.post("/travel/deliver", {}).status_code == 403


def test_a_point_of_the_region_takes_nothing_in(
    ends: Ends,
    add_person: Callable[..., object],
    browser: Callable[[], Browser],
    stick: Path,
    head: Browser,
) -> None:
    page = delivered(head, stick)
    add_person(ends.centre.at(POINT), "point", Role.SITE_HEAD)
    point = browser()
    point.log_in("point")
    assert point.get("/travel/").status_code == 302
    for address in (page, f"{page}/fragment", f"/travel/receipts/{ends.name}"):
        assert point.get(address).status_code == 404
    agree = point.post(f"{page}/take", {"secret": PIN})
    assert agree.status_code == 404
    sending = {"bundle": (io.BytesIO(stick.read_bytes()), "b.zip")}
    assert point.post("/travel/deliver", sending).status_code == 404


def test_what_somebody_has_agreed_to_meanwhile_is_not_said_to_be_put_away(
    ends: Ends, head: Browser, stick: Path
) -> None:
    page = delivered(head, stick)
    agreed(head, page)
    answer = head.post(f"{page}/forget", {})
    assert answer.status_code == 409
    assert "уже дал согласие" in answer.text and "Принимается" in answer.text
    taking.process(ends.centre, asked(ends.centre)[0])
    assert head.post(f"{page}/forget", {}).status_code == 409
    assert "Файл убран" not in head.get("/travel/").text


def test_a_worker_that_comes_late_changes_nothing_that_is_said(
    ends: Ends, head: Browser, stick: Path
) -> None:
    """A computer that slept goes on with what another worker has ended, or given up."""
    page = delivered(head, stick)
    agreed(head, page)
    (key,) = asked(ends.centre)
    taking.give_up(ends.centre, key)
    Telling(ends.centre, (Delivery, key))(1, 2)
    assert "технического специалиста" in head.get(page).text
    end(ends.centre, (Delivery, key), Step.DONE, {"works": 1, "scans": 1, "station": ends.name})
    taking.give_up(ends.centre, key)
    assert "технического специалиста" not in head.get(page).text, "what was done is done"
