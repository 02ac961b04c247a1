"""The machine reads attached pages in the background: it sorts a person's work and never fills in
a value."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import BLANK, Value
from examday.reading import network
from examday.reading.printed import installed
from examday.services.recognition import copyist, doubts, ink, likeness, readers
from examday.services.training.demo_files import scan, works
from examday.services.transfer import assignments, readings
from examday.services.transfer.desks import verification as verification_desk
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Outbox, Page, Person, Reading
from tests.transfer_day import Hands, hands

WORK = next(work for work in works() if work.get("copy"))
"""A work of the training day with planted slips in its copy: a reader that finds none would pass
otherwise."""


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def give_picture(crew: Hands, work: str, role: str, label: str) -> str:
    """The sample sheet lies where the intake puts the page's picture; the page's id."""
    with crew.store.read() as uow:
        page = uow.session.scalars(
            select(Page).where(Page.booklet_id == work, Page.role == role, Page.state == "attached")
        ).one()
        sha = page.file.sha256
    folder = crew.store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    shutil.copy(scan(WORK["candidate"], label), folder / "1.grey.jpg")
    return page.id


def truth(crew: Hands, work: str) -> dict[str, Value]:
    """What stands on the original."""
    found = crew.values(work) | {task: Value(text) for task, text in WORK["answers"].items()}
    return found | {
        f"replacement:{n}": Value(text, task=task)
        for n, (task, text) in enumerate(WORK["replacements"], 1)
    }


def sources(crew: Hands, work: str) -> list[str]:
    with crew.store.read() as uow:
        return sorted(uow.session.scalars(select(Reading.source).where(Reading.booklet_id == work)))


@pytest.fixture
def compared(crew: Hands) -> tuple[Hands, str]:
    """A work whose wrong copy the machine has compared."""
    work = crew.work(tasks=12, subject="02")
    ink.process(crew.store, give_picture(crew, work, "original", "original-A3"))
    values = truth(crew, work)
    crew.key_in(work, "anna", "first", values)
    crew.key_in(work, "boris", "second", values)
    crew.copied(work, "anna")
    ink.process(crew.store, give_picture(crew, work, "copy", "copy-A4"))
    return crew, work


def test_what_the_machine_read_is_hidden_until_people_have_read(crew: Hands) -> None:
    work = crew.work(tasks=12, subject="02")
    ink.process(crew.store, give_picture(crew, work, "original", "original-A3"))
    assert sources(crew, work) == ["machine:original"]
    for person in ("anna", "head", "member"):
        assert crew.look(person, lambda u: readings.visible(u, u.get(Booklet, work))) == []
    crew.do("anna", assignments.take, work, "first")
    with crew.store.read() as uow:
        seen = readings.find(uow, uow.get(Booklet, work), "machine:original")
    assert seen is not None and seen.person_id is None and seen.content["model"]
    assert crew.state(work) == State.SCANNED


def test_planted_slips_of_the_copy_are_shown_first_and_never_folded(
    compared: tuple[Hands, str],
) -> None:
    crew, work = compared
    crew.do("boris", assignments.take, work, "verifier")
    desk = crew.look("boris", verification_desk.desk, work)
    assert set(WORK["copy"]) <= set(desk.first)
    assert not set(WORK["copy"]) & set(desk.folded)
    assert len(desk.folded) > len(desk.fields.ids) / 2
    assert desk.presort.measured.found >= 0.99, "as measured on sheets by hands never trained on"
    assert desk.presort.hand > 0, "the sheet's own cells tell of the hand"


@pytest.mark.release
def test_reading_the_same_page_again_changes_nothing(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    before = sources(crew, work)
    with crew.store.read() as uow:
        page = uow.session.scalars(
            select(Page).where(Page.booklet_id == work, Page.role == "copy")
        ).one()
    ink.process(crew.store, page.id)
    assert sources(crew, work) == before


def test_the_machine_alone_verifies_nothing(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    assert crew.state(work) == State.COPY_SCANNED
    with crew.store.read() as uow:
        settled = readings.find(uow, uow.get(Booklet, work), "settled")
    assert settled is not None and readings.values_of(settled) == truth(crew, work)


def test_a_missing_picture_only_means_no_hints(crew: Hands) -> None:
    work = crew.work(tasks=12, subject="02")
    with crew.store.read() as uow:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one()
    ink.process(crew.store, page.id)
    ink.process(crew.store, "0" * 32)
    assert sources(crew, work) == []


def test_only_answer_forms_are_sent_to_the_reader(crew: Hands) -> None:
    work = crew.work()

    def ask(uow: Any) -> None:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one()
        ink.ask(uow, page)
        page.sheet = ""
        ink.ask(uow, page)
        uow.record("test:ask", f"booklet:{work}")

    crew.do("head", ask)
    with crew.store.read() as uow:
        assert list(uow.session.scalars(select(Outbox.task))) == [Task.READ_PAGE]


def test_what_a_bound_does_is_said_only_where_it_was_measured() -> None:
    bound = network.settled_bound(hands=False)
    told = likeness.measured_at(bound, hands=False)
    assert told["found"] >= 0.99
    assert likeness.measured_at(network.NOT_MEASURED, hands=True) == {}


@pytest.mark.release
def test_the_copyists_hand_is_learned_from_confirmed_copies_of_the_day_alone(
    compared: tuple[Hands, str],
) -> None:
    crew, work = compared
    again = crew.work(tasks=12, subject="03")
    crew.settled(again)
    crew.copied(again)

    def known() -> list[str]:
        with crew.store.read() as uow:
            copies = copyist.earlier_copies(uow, uow.get(Booklet, again))
            assert copies is not None
            return [copy.booklet_id for copy in copies]

    assert known() == [], "nobody has confirmed the other copy yet"
    crew.verified(work)
    assert known() == [work]
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, again).exam.date += dt.timedelta(days=1)
        uow.record("test:another-day", f"booklet:{again}")
    assert known() == [], "a hand ends with the day"


@pytest.mark.release
def test_no_hand_is_learned_where_it_is_switched_off(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    off = replace(crew.store.settings, hands=False)
    with Store(off, clock=crew.store.clock).read() as uow:
        assert copyist.earlier_copies(uow, uow.get(Booklet, work)) is None


@pytest.mark.release
def test_blank_on_all_three_is_the_same(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    with crew.store.read() as uow:
        views = doubts.presort(uow, uow.get(Booklet, work)).fields
    blanks = [
        f
        for f, value in truth(crew, work).items()
        if value == BLANK and f.startswith("replacement:")
    ]
    assert blanks and all(views[f].same for f in blanks)


@pytest.mark.parametrize("medium", [Medium.BRAILLE, Medium.TYPED])
def test_the_copy_of_a_notebook_or_print_out_is_held_against_the_settled_values(
    crew: Hands, medium: Medium
) -> None:
    work = crew.work(tasks=12, subject="02", medium=medium)
    values = truth(crew, work)
    crew.key_in(work, "anna", "first", values)
    crew.key_in(work, "boris", "second", values)
    crew.copied(work, "vera")
    ink.process(crew.store, give_picture(crew, work, "copy", "copy-A4"))
    crew.do("boris", assignments.take, work, "verifier")
    desk = crew.look("boris", verification_desk.desk, work)
    wrong = {f for f in desk.first if desk.presort.doubts(f)}
    assert set(WORK["copy"]) <= wrong
    assert set(desk.first[: len(wrong)]) == wrong, "those in doubt come first"
    assert len(desk.folded) > len(desk.fields.ids) / 2, "what both witnesses say is folded"
    assert not wrong & set(desk.folded)


@pytest.mark.skipif("rus" not in installed(), reason="no Russian data of Tesseract on this machine")
def test_a_typed_print_out_is_read_as_a_third_reading_and_only_once(crew: Hands) -> None:
    work = crew.work(tasks=12, medium=Medium.TYPED)
    with crew.store.begin(Actor.system("test")) as uow:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one()
        page.sheet = ""
        readers.page_attached(uow, page)
        sha = page.file.sha256
        uow.record("test:print", f"booklet:{work}")
    sheet = np.full((600, 1800), 252, np.uint8)
    for number, line in enumerate(["1. кислород", "2. подъезд", "Автор рассуждает о прошлом"]):
        cv2.putText(sheet, line, (90, 160 + 110 * number), (25,), cv2.FontFace("sans"), 56, 400)
    picture = crew.store.settings.derived / sha[:2] / sha / "1.grey.jpg"
    picture.parent.mkdir(parents=True)
    cv2.imwrite(str(picture), sheet)
    for _ in range(2):
        readers.process_page(crew.store, page.id)
    assert sources(crew, work) == ["machine:original"]
    with crew.store.read() as uow:
        assert list(uow.session.scalars(select(Outbox.arg))) == [page.id]
        content = readings.find(uow, uow.get(Booklet, work), "machine:original").content
    assert {f: v["text"] for f, v in content["fields"].items()} == {"1": "КИСЛОРОД", "2": "ПОДЪЕЗД"}
    assert [line["text"] for line in content["lines"]][-1] == "Автор рассуждает о прошлом"
    assert crew.state(work) == State.SCANNED, "a reading is never a value"
