"""Whoever works at several exam points chooses one, and sees and does everything there."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from examday.domain.people.roles import Role
from examday.services.jobs import outbox
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Outbox, Person, ScanFile
from examday.web.app import attach
from tests.conftest import PASSWORD, PIN, Browser
from tests.people.test_sites import CODE_N, CODE_S, NORTH, SOUTH, TEST, region


@pytest.fixture
def points(store: Store) -> Store:
    """Two points with one work each."""
    return region(store)


def log_in(pages: Flask, store: Store, login: str) -> Browser:
    attach(pages, store)
    browser = Browser(pages)
    browser.log_in(login)
    return browser


def work_of(store: Store, code: str) -> Booklet:
    with store.read() as uow:
        return uow.session.scalars(select(Booklet).where(Booklet.code == code)).one()


@pytest.mark.release
def test_a_point_is_chosen_and_everything_is_of_that_point(
    pages: Flask, points: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(points.at(NORTH), "petrova", Role.SITE_HEAD)
    with points.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), SOUTH)
    browser = log_in(pages, points, "petrova")
    north, south = work_of(points, CODE_N), work_of(points, CODE_S)
    assert "Школа севера" in browser.get("/board/").text
    assert browser.get(f"/booklets/{north.id}").status_code == 200
    assert browser.get(f"/booklets/{south.id}").status_code == 404
    page = browser.get("/site").text
    assert "Школа севера" in page and "Школа юга" in page and "Все пункты" not in page
    assert browser.post("/site", {"key": SOUTH}).status_code == 303
    assert browser.get(f"/booklets/{south.id}").status_code == 200
    assert browser.get(f"/booklets/{north.id}").status_code == 404
    assert "Школа юга" in browser.get("/board/").text
    now = re.findall(r'value="(\w*)" aria-current="true">', browser.get("/site").text)
    assert now == [SOUTH], "the page says at which one is now"


def test_a_point_where_one_does_not_serve_cannot_be_chosen(
    pages: Flask, points: Store, add_person: Callable[..., Person]
) -> None:
    add_person(points.at(NORTH), "petrova", Role.SITE_HEAD)
    browser = log_in(pages, points, "petrova")
    for key in (SOUTH, "", "nowhere"):
        assert browser.post("/site", {"key": key}).status_code == 404
    assert browser.get(f"/booklets/{work_of(points, CODE_S).id}").status_code == 404


def test_the_centre_opens_a_work_of_any_point_and_acts_in_its_ledger(
    pages: Flask, points: Store, add_person: Callable[..., Person]
) -> None:
    add_person(points, "centre", Role.SITE_HEAD)
    browser = log_in(pages, points, "centre")
    south = work_of(points, CODE_S)
    assert "Все пункты" in browser.get("/site").text
    page = browser.get(f"/booklets/{south.id}")
    assert page.status_code == 200 and "Школа юга" in page.text
    printed = browser.post(
        "/print/make", {"document": "day-summary", "subject": f"exam:{south.exam_id}"}
    )
    with points.at(SOUTH).read() as uow:
        kinds = uow.session.scalars(select(EventRow.kind)).all()
    assert printed.status_code < 400 and any(kind.startswith("print:") for kind in kinds)


def test_a_scan_that_the_centre_sends_in_is_of_the_point_that_it_chose(
    pages: Flask, points: Store, add_person: Callable[..., Person]
) -> None:
    add_person(points, "centre", Role.SITE_HEAD)
    browser = log_in(pages, points, "centre")

    def send() -> str:
        files = {"files": (io.BytesIO(b"scan"), "a.jpg")}
        page: str = browser.post("/scans/upload", files, follow_redirects=True).text
        return page

    assert "Не указано, какого это пункта" in send()
    browser.post("/site", {"key": SOUTH})
    send()
    with points.read() as uow:
        assert uow.session.scalars(select(ScanFile.site)).all() == [SOUTH]


def test_a_station_has_no_points_to_choose_from(
    pages: Flask, store: Store, add_person: Callable[..., Person]
) -> None:
    add_person(store, "petrova", Role.SITE_HEAD)
    browser = log_in(pages, store, "petrova")
    assert browser.get("/site").status_code == 404
    assert "Другой пункт" not in browser.get("/board/").text


def test_a_centre_is_begun_by_somebody_of_the_centre(pages: Flask, points: Store) -> None:
    attach(pages, points)
    browser = Browser(pages)
    first = browser.get("/first").text
    assert "Новый центр" in first and "Руководитель ППЭ" not in first
    sent = {"login": "petrova", "name": "Петрова П. П.", "pin": PIN}
    sent |= {"password": PASSWORD, "again": PASSWORD}
    assert browser.post("/first", sent).status_code == 303
    assert "ей видны все пункты" in browser.get("/region/").text


def test_a_job_is_done_at_the_point_that_asked_for_it(points: Store) -> None:
    with points.at(SOUTH).begin(TEST) as uow:
        uow.enqueue("examday.read", "x")  # type: ignore[arg-type]
    done = []
    outbox.run(points, "examday.read", "x", lambda there, _arg: done.append(there.site), print)
    assert done == [SOUTH]
    with points.read() as uow:
        assert uow.session.scalars(select(Outbox.site)).all() == [SOUTH]
