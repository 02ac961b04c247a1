"""While a copy is awaited, pictures of the original come in: none of them becomes the copy without
a person."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor
from examday.paper.layout import layouts
from examday.reading.identify import identify
from examday.reading.ink_match import same_ink, straight
from examday.services.jobs import handing_out, outbox
from examday.services.scans import intake, matching
from examday.services.scans.files import opening, setting_aside
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests import day, sheets

pytestmark = pytest.mark.usefixtures("without_children")

ANSWERS = {"1": "ПРОВЕРКА", "2": "СВЯЗЬ", "3": "135", "4": "24", "5": "ГОТОВ"}
DPI = 150


def filled(code: str, size: str) -> np.ndarray:
    """The sheet with its answers; the copy is in another hand."""
    return np.array(sheets.draw(code, size, DPI, answers=ANSWERS))


def reduced(sheet: np.ndarray) -> np.ndarray:
    """The A3 sheet as an A4 page, as a copier or a scanning program makes it, a little askew."""
    small = cv2.resize(sheet, (1204, 1702), interpolation=cv2.INTER_AREA)
    page = cv2.copyMakeBorder(small, 26, 26, 18, 18, cv2.BORDER_CONSTANT, value=245)
    turn = cv2.getRotationMatrix2D((620, 877), 0.8, 1.0)
    return cv2.warpAffine(page, turn, (page.shape[1], page.shape[0]), borderValue=245)


def photo(sheet: np.ndarray) -> np.ndarray:
    """The sheet on a table, pictured by a phone: no stated resolution, no flat frame."""
    height, width = sheet.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[300, 260], [2050, 300], [2120, 2820], [240, 2780]], np.float32)
    lens = cv2.getPerspectiveTransform(corners, seen)
    return cv2.warpPerspective(sheet, lens, (2400, 3200), borderValue=120)


def send(store: Store, name: str, picture: np.ndarray, dpi: int | None = None) -> None:
    """A picture lies in the hot folder, is received and looked at."""
    from PIL import Image

    path = store.settings.inbox / name
    Image.fromarray(picture).save(path, quality=85, **({"dpi": (dpi, dpi)} if dpi else {}))
    intake.receive_file(store, path)
    for _outbox, task, arg in handing_out.due(store):
        if task == "intake.process":
            outbox.run(store, task, arg, opening.process, setting_aside.give_up)


def copied(store: Store, code: str) -> str:
    """A work whose original is attached and whose copy has just been written."""
    which = day.booklet(store, code)
    send(store, "original.jpg", filled(code, "A3"), DPI)
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, which)
        assert booklet.state == State.SCANNED
        booklet.state, booklet.since = State.COPIED.value, uow.now()
        uow.record("test:copied", f"booklet:{which}")
    return which


def newest(store: Store) -> Page:
    with store.read() as uow:
        return max(uow.session.query(Page), key=lambda page: page.at)


def test_a_photo_of_the_original_does_not_become_the_copy(store: Store) -> None:
    code = sheets.kit_code(61)
    which = copied(store, code)
    send(store, "photo.jpg", photo(filled(code, "A3")))
    page = newest(store)
    assert page.code == code
    assert (page.state, page.role) == ("exception", "")
    assert "size-unknown" in page.problems
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.COPIED


def test_a_reduced_picture_of_the_original_is_known_by_its_ink(store: Store) -> None:
    code = sheets.kit_code(62)
    which = copied(store, code)
    send(store, "reduced.jpg", reduced(filled(code, "A3")), DPI)
    page = newest(store)
    assert page.identity["size"] == "A4"
    assert (page.state, page.role, page.problems) == ("exception", "original", ["same-ink"])
    assert matching.match_again(store) == 0
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.COPIED


def test_the_true_copy_is_attached_without_a_question(store: Store) -> None:
    code = sheets.kit_code(63)
    which = copied(store, code)
    send(store, "copy.jpg", filled(code, "A4"), DPI)
    assert (newest(store).state, newest(store).role) == ("attached", "copy")
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.COPY_SCANNED


SAMPLES = Path(__file__).resolve().parents[2] / "scans" / "samples"


@pytest.mark.parametrize("work", ["01", "05"])
def test_an_original_and_its_copy_in_another_hand_are_two_inks(work: str) -> None:
    form = layouts()["answer-form-1.2022"]
    flat = []
    for label in ("original-A3", "copy-A4"):
        grey = cv2.imread(str(SAMPLES / f"training-{work}-{label}.jpg"), cv2.IMREAD_GRAYSCALE)
        matrix = identify(np.asarray(grey), 300).matrix
        assert matrix is not None
        flat.append(straight(np.asarray(grey), matrix, form))
    assert same_ink(flat[0], flat[1], form) is False
    assert same_ink(flat[0], flat[0], form) is True


def test_empty_sheets_say_nothing_about_ink() -> None:
    form = layouts()["answer-form-1.2022"]
    empty = np.zeros((round(form.height * 6), round(form.width * 6)), np.float32)
    assert same_ink(empty, empty, form) is None
