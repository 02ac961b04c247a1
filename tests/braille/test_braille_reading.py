"""A scanned Braille notebook is read by the machine in the background."""

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from sqlalchemy import select

from examday.braille.cells import to_unicode
from examday.braille.encode import encode
from examday.braille.render import Look, render
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import MachineTrouble
from examday.domain.jobs import Task
from examday.domain.scans.pages import ORIGINAL
from examday.services.recognition import braille
from examday.services.transfer import readings
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Outbox, Page, Person
from tests.transfer_day import Hands, hands

LINES = ["1 кислород", "2 135", "3 щавель"]


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def scanned(crew: Hands) -> str:
    """A Braille work with one page, whose picture lies where the intake puts it."""
    work = crew.work(medium=Medium.BRAILLE)
    with crew.store.read() as uow:
        sha = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one().file.sha256
    folder = crew.store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    sheet = render(
        [encode(line) for line in LINES], Look(page_mm=(200, 120), margin_mm=(20, 25)), seed=3
    )
    cv2.imwrite(str(folder / "1.grey.jpg"), sheet.grey, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return work


def read(crew: Hands, work: str) -> dict[str, object]:
    with crew.store.read() as uow:
        return readings.find(uow, uow.get(Booklet, work), "machine:original").content


def test_the_notebook_is_read_and_the_reading_keeps_which_weights_read_it(crew: Hands) -> None:
    work = scanned(crew)
    braille.process(crew.store, work)
    content = read(crew, work)
    assert content["weights"] == "pages"
    (page,) = content["pages"]
    assert page["kind"] == "braille"
    lines = [to_unicode(cell["d"] for cell in line["cells"]) for line in page["lines"]]
    assert {to_unicode(encode(line)) for line in LINES} <= set(lines)


def test_reading_the_same_pages_again_changes_nothing(crew: Hands) -> None:
    work = scanned(crew)
    braille.process(crew.store, work)
    braille.process(crew.store, work)
    with crew.store.read() as uow:
        told = uow.session.scalars(select(EventRow).where(EventRow.kind == "reading:machine")).all()
    assert len(told) == 1


def picture(crew: Hands, work: str) -> Path:
    with crew.store.read() as uow:
        sha = uow.session.scalars(select(Page).where(Page.booklet_id == work)).one().file.sha256
    return crew.store.settings.derived / sha[:2] / sha / "1.grey.jpg"


def test_a_picture_that_cannot_be_read_just_now_is_not_recorded_as_missing(crew: Hands) -> None:
    work = scanned(crew)
    path = picture(crew, work)
    whole = path.read_bytes()
    path.write_bytes(b"")
    with pytest.raises(MachineTrouble):
        braille.process(crew.store, work)
    path.write_bytes(whole)
    braille.process(crew.store, work)
    assert read(crew, work)["pages"][0]["kind"] == "braille"


def test_a_page_whose_picture_was_made_again_is_read_after_all(crew: Hands) -> None:
    work = scanned(crew)
    path = picture(crew, work)
    path.rename(path.with_suffix(".away"))
    braille.process(crew.store, work)
    assert read(crew, work)["pages"][0]["kind"] == "no picture"
    path.with_suffix(".away").rename(path)
    braille.process(crew.store, work)
    assert read(crew, work)["pages"][0]["kind"] == "braille"


def test_one_open_wish_for_a_work_is_enough(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    for _ in range(3):
        with crew.store.begin(braille.READER) as uow:
            braille.ask(uow, Page(booklet_id=work, role=ORIGINAL))
            uow.record("test:page", f"booklet:{work}")
    with crew.store.read() as uow:
        assert (
            len(uow.session.scalars(select(Outbox).where(Outbox.task == Task.READ_BRAILLE)).all())
            == 1
        )
