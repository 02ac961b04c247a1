"""An A3 sheet in two A4 halves becomes one page; two sheets on one picture become two. What they were
made of stays on record."""

import re
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import handing_out, outbox, upkeep
from examday.services.people.directory import actor_of
from examday.services.scans import intake
from examday.services.scans.files import opening, setting_aside
from examday.services.scans.making import cutting, halves
from examday.services.unit_of_work import Store
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, EventRow, Page, ScanFile
from tests import day, sheets

pytestmark = pytest.mark.usefixtures("without_children")

DPI = 150
ANSWERS = {str(number): "ПРОВЕРКА СВЯЗИ" for number in range(1, 26)}


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "head", Role.SITE_HEAD))


def filled(code: str, size: str = "A3", answers: dict[str, str] = ANSWERS) -> np.ndarray:
    return np.array(sheets.draw(code, size, DPI, answers=answers))


def upper_and_lower(sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two A4 scans of an A3 sheet, with a common strip."""
    middle, strip = sheet.shape[0] // 2, sheet.shape[0] // 10
    return sheet[: middle + strip], sheet[middle - strip :]


def send(store: Store, **pictures: np.ndarray) -> None:
    """These pictures lie in the hot folder, are received, and the station does its work."""
    for name, picture in pictures.items():
        path = store.settings.inbox / f"{name}.png"
        Image.fromarray(picture).save(path, dpi=(DPI, DPI))
        intake.receive_file(store, path)
        work(store)


def work(store: Store) -> None:
    steps: dict[str, Any] = {
        "intake.process": (opening.process, setting_aside.give_up),
        "intake.join": (halves.process, halves.give_up),
    }
    while due := [row for row in handing_out.due(store) if row[1] in steps]:
        for _outbox, task, arg in due:
            outbox.run(store, task, arg, *steps[task])


def pages(store: Store) -> dict[str, Page]:
    """The pages by the names of their files."""
    with store.read() as uow:
        return {page.file.name: page for page in uow.session.query(Page) if page.file}


def test_halves_that_show_the_same_writing_are_joined_and_attached(store: Store) -> None:
    code = sheets.kit_code(101)
    which = day.booklet(store, code)
    upper, lower = upper_and_lower(filled(code))
    send(store, upper=upper, lower=lower)
    found = pages(store)
    [whole] = [page for page in found.values() if page.state == "attached"]
    assert (whole.role, whole.code, whole.booklet_id) == ("original", code, which)
    assert whole.identity["size"] == "A3" and whole.file.source == "joined"
    for name in ("upper.png", "lower.png"):
        assert found[name].state == "rejected"
        assert found[name].booklet_id == which, "bundles and destruction go by the work"
        assert Folder(store.settings.objects).intact(found[name].file.sha256)
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.SCANNED


@pytest.mark.release
def test_the_ledger_says_what_the_sheet_was_made_of(store: Store) -> None:
    code = sheets.kit_code(102)
    day.booklet(store, code)
    upper, lower = upper_and_lower(filled(code))
    send(store, upper=upper, lower=lower)
    found = pages(store)
    with store.read() as uow:
        made = uow.session.query(ScanFile).where(ScanFile.source == "joined").one()
        told = uow.session.query(EventRow).where(EventRow.subject == f"scan:{made.id}").first()
        assert told is not None
        for name in ("upper.png", "lower.png"):
            assert found[name].image_sha256 in told.data


@pytest.mark.release
def test_pictures_of_a_joined_sheet_can_be_made_again(store: Store) -> None:
    code = sheets.kit_code(103)
    upper, lower = upper_and_lower(filled(code))
    send(store, upper=upper, lower=lower)
    with store.read() as uow:
        made = uow.session.query(ScanFile).where(ScanFile.source == "joined").one()
    folder = store.settings.derived_of(made.sha256)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert upkeep.remake_pictures(store) == 1
    assert folder.exists()


@pytest.mark.release
def test_halves_of_two_works_are_not_joined_whoever_asks(store: Store, head: Actor) -> None:
    upper, _ = upper_and_lower(filled(sheets.kit_code(104)))
    _, lower = upper_and_lower(filled(sheets.kit_code(105), answers={"1": "НЕТ", "20": "ИНАЧЕ"}))
    send(store, upper=upper, lower=lower)
    found = pages(store)
    assert {page.state for page in found.values()} == {"exception"}
    ids = [page.id for page in found.values()]
    with pytest.raises(Invalid) as refused:
        halves.join(store, head, ids, chosen=True)
    assert refused.value.code.startswith("halves-")
    assert {page.state for page in pages(store).values()} == {"exception"}


def test_who_may_not_decide_joins_and_cuts_nothing(
    store: Store, add_person: Callable[..., Any]
) -> None:
    assistant = actor_of(add_person(store, "assistant", Role.ASSISTANT))
    upper, lower = upper_and_lower(filled(sheets.kit_code(106), answers={}))
    send(store, upper=upper, lower=lower)
    ids = [page.id for page in pages(store).values()]
    with pytest.raises(Forbidden):
        halves.join(store, assistant, ids, chosen=True)
    with pytest.raises(Forbidden), store.begin(assistant) as uow:
        cutting.cut(uow, ids[0])


@pytest.mark.release
def test_halves_without_writing_on_the_strip_wait_for_a_person(
    store: Store, browser: Callable[[], Any], head: Actor
) -> None:
    upper, lower = upper_and_lower(filled(sheets.kit_code(107), answers={}))
    send(store, upper=upper, lower=lower)
    found = pages(store)
    assert {page.state for page in found.values()} == {"exception"}
    person = browser()
    person.log_in("head")
    text = person.get(f"/scans/exceptions/{found['upper.png'].id}").get_data(as_text=True)
    [address] = re.findall(r'href="(/scans/made/\w+/with/\w+)"', text)
    text = person.get(address).get_data(as_text=True)
    assert all(f"/image/{page.id}" in text for page in found.values())
    refused = person.post(address, {})
    assert refused.status_code == 400
    assert "Обе страницы остаются как есть" in refused.get_data(as_text=True)


@pytest.mark.release
def test_a_person_joins_halves_that_did_not_come_together(
    store: Store, browser: Callable[[], Any], head: Actor
) -> None:
    code = sheets.kit_code(110)
    which = day.booklet(store, code)
    upper, lower = upper_and_lower(filled(code))
    for name, picture in (("upper", upper), ("lower", lower)):
        path = store.settings.inbox / f"{name}.png"
        Image.fromarray(picture).save(path, dpi=(DPI, DPI))
        opening.process(store, intake.receive_file(store, path))
    first, second = pages(store).values()
    person = browser()
    person.log_in("head")
    address = f"/scans/made/{first.id}/with/{second.id}"
    assert person.post(address, {}).status_code == 303
    work(store)
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.SCANNED


@pytest.mark.release
def test_a_half_that_lies_under_no_form_is_chosen_by_a_person_too(
    store: Store, browser: Callable[[], Any], head: Actor
) -> None:
    upper, lower = upper_and_lower(filled(sheets.kit_code(111)))
    high, wide = lower.shape
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    seen = corners + np.array([(0, 0), (0, 0), (-0.05 * wide, 0), (0.05 * wide, 0)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    send(
        store, upper=upper, lower=cv2.warpPerspective(lower, matrix, (wide, high), borderValue=240)
    )
    found = pages(store)
    assert "no-marks" in found["lower.png"].identity["because"]
    person = browser()
    person.log_in("head")
    for name in found:
        text = person.get(f"/scans/exceptions/{found[name].id}").get_data(as_text=True)
        [address] = re.findall(r'href="(/scans/made/\w+/with/\w+)"', text)
    refused = person.post(address, {"chosen": "1"})
    assert refused.status_code == 400
    assert "Отсканируйте эту половину ещё раз" in refused.get_data(as_text=True)
    assert {page.state for page in pages(store).values()} == {"exception"}


@pytest.mark.release
def test_two_sheets_on_one_picture_are_cut_in_two(
    store: Store, head: Actor, browser: Callable[[], Any]
) -> None:
    codes = [sheets.kit_code(number) for number in (108, 109)]
    works = [day.booklet(store, code, State.COPIED) for code in codes]
    send(store, both=np.hstack([filled(code, "A4") for code in codes]))
    [page] = pages(store).values()
    assert page.state == "exception"
    person = browser()
    person.log_in("head")
    address = f"/scans/exceptions/{page.id}"
    text = person.get(address).get_data(as_text=True)
    assert "Разрезать" in text and all(spaced(code) in text for code in codes)
    assert "Отсканируйте каждый лист отдельно" not in text
    assert text.count("data-primary") == 1
    assert person.post(f"/scans/made/{page.id}/cut").status_code == 303
    work(store)
    with store.read() as uow:
        assert [uow.get(Booklet, which).state for which in works] == [State.COPY_SCANNED] * 2
        assert uow.get(Page, page.id).state == "rejected"
        assert Folder(store.settings.objects).intact(page.file.sha256)
    with pytest.raises(Conflict), store.begin(head) as uow:
        cutting.cut(uow, page.id)
