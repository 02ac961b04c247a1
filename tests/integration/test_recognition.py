"""The machine reads attached pages in the background: it sorts a person's work and never fills in a value."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.machine import State
from examday.domain.transfer import BLANK, Value
from examday.services import parts, readings, recognition, suspicions, verify
from examday.services.demo_works import scan, works
from examday.storage.tables import Booklet, Outbox, Page, Person, Reading
from examday.storage.uow import Store
from tests.transfer_day import Hands, hands

WORK = next(work for work in works() if work.get("copy"))
"""A work of the training day with planted slips in its copy."""


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def give_picture(crew: Hands, work: str, role: str, label: str) -> str:
    """The sample sheet lies where the intake puts the page's picture; the page's id."""
    with crew.store.read() as uow:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work, Page.role == role,
                                                      Page.state == "attached")).one()
        sha = page.file.sha256
    folder = crew.store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    shutil.copy(scan(WORK["candidate"], label), folder / "1.grey.jpg")
    return page.id


def truth(crew: Hands, work: str) -> dict[str, Value]:
    """What stands on the original."""
    found = crew.values(work) | {task: Value(text) for task, text in WORK["answers"].items()}
    return found | {f"replacement:{n}": Value(text, task=task)
                    for n, (task, text) in enumerate(WORK["replacements"], 1)}


def sources(crew: Hands, work: str) -> list[str]:
    with crew.store.read() as uow:
        return sorted(uow.session.scalars(select(Reading.source).where(Reading.booklet_id == work)))


@pytest.fixture
def compared(crew: Hands) -> tuple[Hands, str]:
    """A work whose wrong copy the machine has compared."""
    work = crew.work(tasks=12, subject="02")
    recognition.process(crew.store, give_picture(crew, work, "original", "original-A3"))
    values = truth(crew, work)
    crew.key_in(work, "anna", "first", values)
    crew.key_in(work, "boris", "second", values)
    crew.copied(work, "anna")
    recognition.process(crew.store, give_picture(crew, work, "copy", "copy-A4"))
    return crew, work


def test_what_the_machine_read_is_hidden_until_people_have_read(crew: Hands) -> None:
    work = crew.work(tasks=12, subject="02")
    recognition.process(crew.store, give_picture(crew, work, "original", "original-A3"))
    assert sources(crew, work) == ["machine:original"]
    for person in ("anna", "head", "member"):
        assert crew.look(person, lambda u: readings.visible(u, u.get(Booklet, work))) == []
    crew.do("anna", parts.take, work, "first")
    with crew.store.read() as uow:
        seen = readings.find(uow, uow.get(Booklet, work), "machine:original")
    assert seen is not None and seen.person_id is None and seen.content["model"]
    assert crew.state(work) == State.SCANNED


def test_planted_slips_of_the_copy_are_shown_first_and_never_folded(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    crew.do("boris", parts.take, work, "verifier")
    desk = crew.look("boris", verify.desk, work)
    assert set(WORK["copy"]) <= set(desk.first)
    assert not set(WORK["copy"]) & set(desk.folded)
    assert len(desk.folded) > len(desk.fields.ids) / 2
    assert desk.presort.measured["found"] == 1.0


def test_reading_the_same_page_again_changes_nothing(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    before = sources(crew, work)
    with crew.store.read() as uow:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work, Page.role == "copy")).one()
    recognition.process(crew.store, page.id)
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
    recognition.process(crew.store, page.id)
    recognition.process(crew.store, "0" * 32)
    assert sources(crew, work) == []


def test_only_answer_forms_are_sent_to_the_reader(crew: Hands) -> None:
    work = crew.work()

    def ask(uow: Any) -> None:
        page = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one()
        recognition.ask(uow, page)
        page.sheet = ""
        recognition.ask(uow, page)
        uow.record("test:ask", f"booklet:{work}")

    crew.do("head", ask)
    with crew.store.read() as uow:
        assert list(uow.session.scalars(select(Outbox.task))) == [recognition.TASK]


def test_the_bound_is_the_lowest_that_missed_nothing_and_none_without_measurement() -> None:
    rows = [[0.003, 0.92, 0.01, 8.5], [0.5, 1.0, 0.19, 0.0], [0.9, 1.0, 0.4, 0.0]]
    assert recognition.fold_bound({"bounds": rows}) == (0.5, {"found": 1.0, "flagged": 0.19, "missed": 0.0})
    assert recognition.fold_bound({"bounds": rows[:1]})[0] > 1
    assert recognition.fold_bound({})[0] > 1


def test_blank_on_all_three_is_the_same(compared: tuple[Hands, str]) -> None:
    crew, work = compared
    with crew.store.read() as uow:
        views = suspicions.presort(uow, uow.get(Booklet, work)).fields
    blanks = [f for f, value in truth(crew, work).items() if value == BLANK and f.startswith("replacement:")]
    assert blanks and all(views[f].same for f in blanks)
