"""A cover sheet in front of notebooks and print-outs makes the pages behind it belong to a work."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.paper_codes import item_code
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.covers import (
    OURS,
    Before,
    Moment,
    Reach,
    Series,
    cover_text,
    moment_of,
    reach,
    series_of,
    work_of_cover,
)
from examday.domain.scans.pages import COVER_BACK, COVER_SHEET, SHEET_BACK
from examday.paper.layout import layouts
from examday.paper.printing import PRINT
from examday.reading.codes import Code
from examday.reading.identify import identify
from examday.services.people.directory import actor_of
from examday.services.printing import print_files, prints
from examday.services.scans import intake, matching
from examday.services.scans.asking import Inquiry
from examday.services.scans.covers import reach as covers
from examday.services.scans.deciding import by_hand
from examday.services.scans.deciding.decision import STACK, Decision, carry_out
from examday.services.scans.deciding.open_page import open_page
from examday.services.scans.deciding.whole_stack import accept_stack
from examday.services.scans.files import opening
from examday.services.scans.works import pages_again
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Item, Page, ScanFile
from tests import day, sheets
from tests.conftest import Clock
from tests.notebooks import embossed

pytestmark = pytest.mark.usefixtures("without_children")

A, B = "a" * 32, "b" * 32
HEAD = Actor("9" * 32, frozenset({Role.SITE_HEAD}), "head")


def leaf(number: int, *codes: str, kind: Any = zxingcpp.BarcodeFormat.QRCode) -> Image.Image:
    """An A4 sheet at 100 dpi with its number typed on it; `codes` printed below each other."""
    page = Image.new("L", (827, 1169), 250)
    page.paste(10, (100, 100 + 10 * number, 700, 108 + 10 * number))
    for place, code in enumerate(codes):
        bars = zxingcpp.create_barcode(code, kind).to_image(scale=4)
        page.paste(Image.fromarray(np.asarray(bars)), (120, 500 + 250 * place))
    return page


def cover(work: str) -> Image.Image:
    return leaf(0, cover_text(work))


def label(store: Store, work: str, kind: str = "braille_notebook", number: int = 41277) -> str:
    with store.begin(Actor.system("test")) as uow:
        code = item_code(kind, number)
        exam = uow.get(Booklet, work).exam_id
        uow.add(Item(code=code, kind=kind, exam_id=exam, booklet_id=work))
        uow.record("test:label", f"booklet:{work}")
    return code


def take_in(store: Store, *files: tuple[str, Sequence[Image.Image]], batch: str = "") -> None:
    """Each file comes into the hot folder, one after the other; all are looked at afterwards."""
    ids = [receive(store, name, leaves, batch) for name, leaves in files]
    for scan_id in ids:
        opening.process(store, scan_id)


def receive(store: Store, name: str, leaves: Sequence[Image.Image], batch: str = "") -> str:
    path = store.settings.inbox / name
    more = {"save_all": True, "append_images": list(leaves[1:])} if len(leaves) > 1 else {}
    leaves[0].save(path, **{**more, **({} if name.endswith("pdf") else {"dpi": (100, 100)})})
    return intake.receive_file(store, path, batch=batch)


def found(store: Store) -> list[tuple[str, str, tuple[str, ...]]]:
    """State, work and problems of each page, as they came in."""
    with store.read() as uow:
        rows = uow.session.query(Page).join(ScanFile).order_by(ScanFile.received_at, Page.number)
        return [(row.state, row.booklet_id or "", tuple(row.problems)) for row in rows]


def notebook(store: Store, state: State = State.COLLECTED) -> str:
    return day.booklet(store, None, state, Medium.BRAILLE)


def counted(
    store: Store, pages: int, medium: Medium = Medium.TYPED, kind: Kind = Kind.PRINT_OUT
) -> str:
    """A work on print-outs of which so many pages were counted when it was collected."""
    work = day.booklet(store, None, State.COLLECTED, medium)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).counts = {kind: pages}
        uow.record("test:counted", f"booklet:{work}")
    return work


def attached(work: str) -> tuple[str, str, tuple[str, ...]]:
    return ("attached", work, ())


def asked(*problems: str) -> tuple[str, str, tuple[str, ...]]:
    return ("exception", "", problems)


KEPT = ("rejected", "", ())


def test_the_text_of_a_cover_sheet_names_its_work_and_no_form() -> None:
    work = "123456789012345678901234567890ab"
    text = cover_text(work)
    assert work_of_cover([text, "EXAMDAY-LEDGER 1"]) == work
    assert work_of_cover(["EXAMDAY-LEDGER 1", work, ""]) == ""
    assert work_of_cover([cover_text(A), cover_text(B)]) not in (A, B, "")
    assert not re.search(r"\d{12}", text), "a reader of forms would take it for a number"


@pytest.mark.parametrize(
    ("before", "result"),
    [
        ([], Reach()),
        ([Before(), Before(work=A)], Reach()),
        ([Before(), Before(A)], Reach(A)),
        ([Before(work=A), Before(A), Before(B)], Reach(A)),
        ([Before(), Before(work=B), Before(), Before(A)], Reach(A, "cover-interrupted")),
        ([Before(), Before(A, work=B)], Reach(A, "cover-interrupted")),
        ([Before(), Before(unread=True), Before(A)], Reach(doubt="file-before")),
        ([Before(A), Before(unread=True)], Reach(A)),
    ],
)
def test_a_cover_sheet_speaks_until_something_speaks_against_it(
    before: list[Before], result: Reach
) -> None:
    assert reach(before) == result


def test_the_place_in_a_series_is_the_last_number_of_the_name() -> None:
    assert series_of("2026 Scan_0010.jpg") == Series("2026 Scan_", 10, ".jpg")
    one = series_of("scan (10).TIF")
    assert one is not None and one.previous == series_of("scan (9).tif")
    assert series_of("scan.jpg") is None
    assert series_of("two\nlines 7.jpg") == Series("two\nlines ", 7, ".jpg")


def test_two_notebooks_in_one_file_need_no_form_each(store: Store) -> None:
    first, second = notebook(store), notebook(store)
    stack = [cover(first), leaf(1), leaf(2), leaf(3), cover(second), leaf(4), leaf(5)]
    take_in(store, ("stack.tif", stack))
    assert found(store) == [KEPT, *[attached(first)] * 3, KEPT, *[attached(second)] * 2]
    with store.read() as uow:
        rows = uow.session.query(Page).order_by(Page.number).all()
        assert [row.order for row in rows if row.booklet_id == first] == [1, 2, 3]
        assert {row.role for row in rows if row.booklet_id} == {"original"}
        assert rows[0].reason == COVER_SHEET and rows[0].role == ""
        assert uow.get(Booklet, first).state == State.SCANNED


def test_a_print_out_is_there_when_all_counted_pages_are_and_one_more_is_asked(
    store: Store,
) -> None:
    work = counted(store, 3)
    take_in(store, ("one.tif", [cover(work), leaf(1), leaf(2)]))
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.COLLECTED
    take_in(store, ("two.tif", [cover(work), leaf(3), leaf(4)]))
    assert found(store)[3:] == [KEPT, attached(work), asked("too-many")]


TIMES = ["20261129_1305.png", "20261129_1306.png", "20261129_1309.png", "20261129_1310.png"]


@pytest.mark.release
def test_files_named_by_the_time_are_asked_about_once_for_the_whole_stack(
    store: Store, add_person: Callable[..., Any]
) -> None:
    work, actor = counted(store, 3), actor_of(add_person(store, "head", Role.SITE_HEAD))
    leaves = [cover(work), typed(41), typed(42), typed(43)]
    names = zip(TIMES, leaves, strict=True)
    take_in(store, *((name, [one]) for name, one in names), batch="x")
    assert found(store) == [KEPT, *[asked("order-by-time")] * 3], "a lost file could not be seen"
    with store.read() as uow:
        first = uow.session.query(Page).join(ScanFile).filter(ScanFile.name == TIMES[1]).one().id
    with store.begin(actor) as uow:
        assert open_page(uow, first).stack == 3
        with pytest.raises(Conflict) as refused:
            accept_stack(uow, first, 4)
        assert refused.value.code == "stack-changed"
        carry_out(uow, first, Decision(STACK, before="3"))
    assert found(store) == [KEPT, *[attached(work)] * 3]
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED


@pytest.mark.release
def test_a_stack_that_is_said_to_be_whole_is_still_looked_at_page_by_page(
    store: Store, add_person: Callable[..., Any]
) -> None:
    work, actor = counted(store, 2), actor_of(add_person(store, "head", Role.SITE_HEAD))
    again = typed(45).rotate(0.6, fillcolor=250)
    leaves = [cover(work), typed(45), again, typed(46)]
    names = zip(TIMES, leaves, strict=True)
    take_in(store, *((name, [one]) for name, one in names), batch="x")
    with store.read() as uow:
        first = uow.session.query(Page).join(ScanFile).filter(ScanFile.name == TIMES[1]).one().id
    with store.begin(actor) as uow:
        assert accept_stack(uow, first, 3) == 2
    assert found(store) == [KEPT, attached(work), asked("duplicate"), attached(work)]


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("20261129_1305.jpg", "202611291305"),
        ("Scan 2026-11-29 13-05-12.PDF", "20261129130512"),
        ("IMG_20261129_130512123.jpg", "20261129130512123"),
        ("20261129_1305_001.jpg", None),
        ("scan20261129.jpg", None),
        ("20261340_1305.jpg", None),
    ],
)
def test_what_may_be_a_time_in_a_name_is_no_number_of_a_page(name: str, digits: str | None) -> None:
    moment = moment_of(name)
    assert (moment.digits if moment else None) == digits
    assert (series_of(name) is None) == (digits is not None)


def test_a_time_follows_another_in_a_name_of_the_same_pattern_alone() -> None:
    first, next_one = moment_of("Scan_20261129_1305.JPG"), moment_of("Scan_20261129_1306.jpg")
    assert first == Moment("Scan_", "202611291305", ".jpg") and next_one
    assert next_one.follows(first) and not first.follows(next_one) and not first.follows(first)
    assert not next_one.follows(None) and not next_one.follows(moment_of("20261129_1305.jpg"))


def test_the_next_files_of_a_stack_belong_to_the_cover_sheet_in_any_order_of_reading(
    store: Store,
) -> None:
    work = notebook(store)
    names = ["scan0009.png", "scan0010.png", "scan0011.png"]
    leaves = [cover(work), leaf(1), leaf(2)]
    ids = [receive(store, name, [one]) for name, one in zip(names, leaves, strict=True)]
    for scan_id in reversed(ids):
        opening.process(store, scan_id)
    assert found(store) == [KEPT, *[asked("file-before")] * 2]
    matching.match_again(store)
    assert found(store) == [KEPT, *[attached(work)] * 2]


def test_a_cover_sheet_that_is_received_after_its_page_still_speaks_for_it(store: Store) -> None:
    work = notebook(store)
    take_in(store, ("scan2.png", [leaf(1)]))
    assert found(store) == [asked("no-code")]
    take_in(store, ("scan1.png", [cover(work)]))
    matching.match_again(store)
    assert found(store)[0] == attached(work)


def test_a_gap_in_the_numbers_or_a_pause_ends_the_stack(store: Store, clock: Clock) -> None:
    work = notebook(store)
    take_in(store, ("scan1.png", [cover(work)]), ("scan3.png", [leaf(1)]))
    take_in(store, ("scan2.jpg", [leaf(2)]))
    clock.forward(seconds=300)
    take_in(store, ("scan2.png", [leaf(3)]))
    assert found(store)[1:] == [asked("no-code")] * 3


def test_files_that_are_sent_in_together_are_one_stack_however_long_it_takes(
    store: Store, clock: Clock
) -> None:
    work = notebook(store)
    take_in(store, ("1.png", [cover(work)]), batch="x")
    clock.forward(seconds=300)
    take_in(store, ("2.png", [leaf(1)]), batch="x")
    take_in(store, ("2.png", [leaf(2)]), batch="y")
    assert found(store) == [KEPT, attached(work), asked("no-code")]


def test_behind_a_file_that_could_not_be_read_a_person_is_asked(store: Store) -> None:
    work = notebook(store)
    (store.settings.inbox / "scan2.png").write_bytes(b"\x89PNG\r\n\x1a\nhalf of a picture")
    damaged = intake.receive_file(store, store.settings.inbox / "scan2.png")
    take_in(store, ("scan1.png", [cover(work)]), ("scan3.png", [leaf(1)]))
    opening.process(store, damaged)
    matching.match_again(store)
    with store.read() as uow:
        [waiting] = uow.session.query(Page).filter(Page.state == "exception")
        assert waiting.problems == ["file-before"]


def test_a_page_of_another_work_is_asked_about_and_all_behind_it(store: Store) -> None:
    first, second = notebook(store), notebook(store)
    other = leaf(2, label(store, second), kind=zxingcpp.BarcodeFormat.Code128)
    take_in(store, ("stack.tif", [cover(first), leaf(1), other, leaf(3), cover(second), leaf(4)]))
    assert found(store) == [
        KEPT,
        attached(first),
        asked("cover-differs"),
        asked("cover-interrupted"),
        KEPT,
        attached(second),
    ]


def test_a_label_of_the_same_work_agrees_with_its_cover_sheet(store: Store) -> None:
    work = notebook(store)
    own = leaf(1, label(store, work), kind=zxingcpp.BarcodeFormat.Code128)
    take_in(store, ("stack.tif", [cover(work), own, leaf(2)]))
    assert found(store) == [KEPT, attached(work), attached(work)]


def test_a_form_behind_a_cover_sheet_goes_its_own_way_only_when_asked(store: Store) -> None:
    work, code = notebook(store), sheets.kit_code(61)
    day.booklet(store, code, State.COLLECTED)
    path = sheets.save(store.settings.inbox / "form.jpg", code, "A3")
    with Image.open(path) as form:
        form.load()
    path.unlink()
    take_in(store, ("scan1.png", [cover(work)]), ("scan3.png", [leaf(2)]))
    form.save(store.settings.inbox / "scan2.png", dpi=form.info["dpi"])
    opening.process(store, intake.receive_file(store, store.settings.inbox / "scan2.png"))
    matching.match_again(store)
    states = found(store)
    assert states[2][2] == ("cover-differs",) and states[1][2] == ("cover-interrupted",)


def test_half_of_a_form_without_its_number_is_no_page_of_the_cover_sheets_work(
    store: Store,
) -> None:
    work = notebook(store)
    path = sheets.save(store.settings.inbox / "form.jpg", sheets.kit_code(63), "A3")
    with Image.open(path) as form:
        half = form.crop((0, form.height // 2, form.width, form.height)).convert("L")
        half.info["dpi"] = form.info["dpi"]
    path.unlink()
    take_in(store, ("scan1.png", [cover(work)]), ("scan2.png", [leaf(1)]))
    half.save(store.settings.inbox / "scan3.png", dpi=half.info["dpi"])
    opening.process(store, intake.receive_file(store, store.settings.inbox / "scan3.png"))
    take_in(store, ("scan4.png", [leaf(2)]))
    assert found(store)[1:] == [attached(work), asked("no-code"), asked("cover-interrupted")]


def test_a_number_that_nobody_knows_is_no_page_of_the_cover_sheets_work(store: Store) -> None:
    work = notebook(store)
    stray = leaf(1, sheets.kit_code(62), kind=zxingcpp.BarcodeFormat.EAN13)
    take_in(store, ("stack.tif", [cover(work), stray, leaf(2)]))
    assert found(store)[1:] == [asked("cover-differs", "unknown-code"), asked("cover-interrupted")]


def test_a_cover_sheet_of_another_station_is_asked_about_with_all_behind_it(store: Store) -> None:
    notebook(store)
    take_in(store, ("stack.tif", [cover(A), leaf(1)]))
    assert found(store) == [asked("cover-unknown"), asked("cover-unknown")]


def test_two_cover_sheets_or_a_label_on_one_picture_decide_nothing(store: Store) -> None:
    first, second = notebook(store), notebook(store)
    both = leaf(0, cover_text(first), cover_text(second))
    take_in(store, ("stack.tif", [both, leaf(1)]))
    assert found(store) == [asked("cover-on-sheet"), asked("cover-unknown")]


def test_pages_behind_the_cover_sheet_of_a_work_that_does_not_wait_are_asked_about(
    store: Store, clock: Clock
) -> None:
    work = notebook(store, State.ISSUED)
    take_in(store, ("stack.tif", [cover(work), leaf(1)]))
    assert found(store) == [KEPT, asked("wrong-step")]


def test_the_same_page_twice_behind_a_cover_sheet_counts_once(store: Store) -> None:
    work = counted(store, 2)
    take_in(store, ("stack.tif", [cover(work), leaf(1), leaf(1)]))
    assert found(store)[1:] == [attached(work), asked("duplicate")]


def test_what_a_person_said_of_a_page_in_between_counts(
    store: Store, add_person: Callable[..., Any]
) -> None:
    head = actor_of(add_person(store, "head", Role.SITE_HEAD))
    first, second = notebook(store), notebook(store)
    other = leaf(2, label(store, second), kind=zxingcpp.BarcodeFormat.Code128)
    take_in(store, ("stack.tif", [cover(first), other, leaf(3)]))
    with store.begin(head) as uow:
        page = uow.session.query(Page).filter(Page.number == 2).one()
        by_hand.reject_page(uow, page.id, "Вложенный черновик")
    matching.match_again(store)
    assert found(store)[2] == asked("cover-interrupted"), "what needed a person goes on needing one"


def test_the_command_tells_what_lies_behind_a_cover_sheet(store: Store, tmp_path: Any) -> None:
    work = notebook(store)
    for number, one in enumerate([cover(work), leaf(1), leaf(2)], 1):
        one.save(tmp_path / f"scan{number}.png", dpi=(100, 100))
    inquiry = Inquiry(store)
    files = [tmp_path / f"scan{number}.png" for number in (1, 2, 3)]
    answers = [inquiry.ask(path)[0] for path in files]
    assert [(a.role, a.problems) for a in answers] == [
        ("", ("cover-sheet",)),
        ("original", ()),
        ("original", ()),
    ]


def printed(store: Store, subject: str) -> bytes:
    with store.begin(HEAD) as uow:
        sha256 = prints.make(uow, "scan-cover", subject)
    with store.read(HEAD) as uow:
        return print_files.pdf(uow, sha256)


def pictures(pdf: bytes, dpi: int) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


@pytest.mark.release
def test_the_printed_cover_sheets_of_a_room_are_read_as_what_they_are(
    store: Store, add_person: Callable[..., Any]
) -> None:
    works = [notebook(store) for _ in range(2)]
    day.booklet(store, sheets.kit_code(63), State.COLLECTED)
    with store.read() as uow:
        booklet = uow.get(Booklet, works[0])
        subject = f"room:{booklet.exam_id}.{booklet.seat.room_id}"
    found_covers = pictures(printed(store, subject), 100)
    assert len(found_covers) == 2, "a form needs none"
    stack = [found_covers[0], leaf(1), found_covers[1].rotate(180), leaf(2)]
    take_in(store, ("stack.tif", stack))
    assert found(store) == [KEPT, attached(works[0]), KEPT, attached(works[1])]


def test_the_code_of_a_cover_sheet_is_never_the_number_of_a_form(store: Store) -> None:
    # Seen at 100 dpi with every third cover sheet: a form fits by chance and takes the code for its
    # own.
    work = notebook(store)
    text = cover_text(work)
    witness = {"id": "qr", "role": "number", "text": text, "same": None}
    told = {"code": text, "codes": [text], "layout": None, "witnesses": [witness]}
    with store.read() as uow:
        page = Page(number=1, identity=told, problems=[], image_sha256="")
        assert covers.doubt_on_cover(uow, page) == ""


@pytest.mark.parametrize("number", [3, pytest.param(12, marks=pytest.mark.release)])
@pytest.mark.release
def test_no_cover_sheet_is_taken_for_a_form(store: Store, number: int) -> None:
    # The squares of its codes lie under some form by chance in one of five: twelve hold one surely.
    works = [notebook(store) for _ in range(number)]
    with store.read() as uow:
        booklet = uow.get(Booklet, works[0])
        subject = f"room:{booklet.exam_id}.{booklet.seat.room_id}"
    seen = [identify(np.asarray(page)) for page in pictures(printed(store, subject), 100)]
    assert [(one.layout, one.code) for one in seen] == [(None, None)] * number
    assert not any("part-of-sheet" in one.because for one in seen)


def test_the_code_of_a_checkpoint_speaks_for_no_work() -> None:
    place = next(c for c in layouts()["answer-form-1.2022"].codes if c.role == "number")
    assert Code("qr", f"{OURS}LEDGER 0260-5819-2855-1919", (0, 0), place).witness().role == "opaque"


def test_a_reader_of_files_is_not_told_the_code_of_a_cover_sheet_as_a_number() -> None:
    form = layouts()["answer-form-1.2022"]
    place = next(code for code in form.codes if code.role == "number")
    assert Code("qr", cover_text(A), (0.0, 0.0), place).witness().role == "opaque"


def test_a_work_on_forms_needs_no_cover_sheet(store: Store) -> None:
    work = day.booklet(store, sheets.kit_code(64), State.COLLECTED)
    with pytest.raises(Conflict) as refused:
        printed(store, f"booklet:{work}")
    assert refused.value.code == "no-cover-needed"


@pytest.mark.release
def test_a_page_of_a_print_out_that_was_scanned_twice_counts_once(store: Store) -> None:
    work = counted(store, 3)
    written = typed(1)
    again = written.rotate(0.6, fillcolor=250).point(lambda value: min(255, int(value * 0.97) + 4))
    take_in(store, ("stack.tif", [cover(work), written, again, typed(2), typed(3)]))
    assert found(store)[1:] == [attached(work), asked("duplicate"), *[attached(work)] * 2]
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED, "three pages were counted"


@pytest.mark.release
def test_a_page_of_a_notebook_that_was_scanned_twice_is_asked_about(store: Store) -> None:
    work = notebook(store)
    one, two = (
        Image.fromarray(embossed([line] * 5)) for line in ("ответ на задание", "другой текст")
    )
    again = one.rotate(0.6, fillcolor=230).point(lambda value: min(255, int(value * 0.97) + 4))
    take_in(store, ("stack.tif", [cover(work), one, again, two]))
    expected = [attached(work), asked("duplicate"), attached(work)]
    assert found(store)[1:] == expected
    take_in(store, ("later.tif", [cover(work), two.rotate(-0.5, fillcolor=230)]))
    assert found(store)[-1] == asked("duplicate")


def bare(*dots: tuple[int, int]) -> Image.Image:
    """Paper as a scanner sees it, with so many small dots on it."""
    noise = np.random.default_rng(8).normal(240, 4, (1169, 827))
    page = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    for x, y in dots:
        page.paste(150, (x, y, x + 6, y + 6))
    return page


def test_the_blank_back_of_a_cover_sheet_is_no_page(store: Store) -> None:
    work = counted(store, 2)
    take_in(store, ("duplex.tif", [cover(work), bare(), typed(31), typed(32)]))
    assert found(store) == [KEPT, KEPT, attached(work), attached(work)]
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED
        assert [page.reason for page in uow.session.query(Page)].count(COVER_BACK) == 1


def test_a_page_with_a_single_dot_is_a_page_and_so_is_a_blank_one_elsewhere(store: Store) -> None:
    work = notebook(store)
    take_in(store, ("duplex.tif", [cover(work), bare((400, 500)), leaf(1), bare()]))
    assert found(store) == [KEPT, *[attached(work)] * 3]


@pytest.mark.release
def test_blank_backs_of_a_counted_print_out_are_no_pages(store: Store) -> None:
    work = counted(store, 2)
    stack = [cover(work), bare(), typed(31), bare((5, 5)), typed(32), bare((6, 6))]
    take_in(store, ("duplex.tif", stack))
    assert found(store) == [KEPT, KEPT, attached(work), KEPT, attached(work), KEPT]
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED
        assert [page.reason for page in uow.session.query(Page)].count(SHEET_BACK) == 2


def test_the_back_of_a_protocol_is_not_blank_by_itself(store: Store) -> None:
    """It is written by hand, and what is pale may look bare."""
    work = counted(store, 2, Medium.ORAL, Kind.PROTOCOL)
    take_in(store, ("protocol.tif", [cover(work), typed(36), bare()]))
    assert found(store) == [KEPT, *[attached(work)] * 2]


@pytest.mark.release
def test_a_blank_page_counts_where_nobody_counted_or_it_follows_another(store: Store) -> None:
    uncounted = day.booklet(store, None, State.COLLECTED, Medium.TYPED)
    take_in(store, ("one.tif", [cover(uncounted), typed(33), bare()]))
    assert found(store) == [KEPT, *[attached(uncounted)] * 2]
    work = counted(store, 2)
    take_in(store, ("two.tif", [cover(work), typed(34), bare((5, 5)), bare((6, 6))]))
    assert found(store)[4:] == [attached(work), KEPT, attached(work)]
    with store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED


def test_pages_are_compared_while_others_may_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, compared, placing = counted(store, 2), [], []
    same, place = pages_again.same_page, matching.place_all
    monkeypatch.setattr(
        pages_again, "same_page", lambda *two: compared.append(bool(placing)) or same(*two)
    )
    monkeypatch.setattr(matching, "place_all", lambda *what: placing.append(True) or place(*what))
    take_in(store, ("stack.tif", [cover(work), typed(21), typed(22)]))
    assert found(store)[1:] == [attached(work)] * 2
    assert compared == [False], "once, before the station was locked"


def typed(number: int) -> Image.Image:
    """A page of words, other ones for each number."""
    dealt, page = random.Random(number), Image.new("L", (827, 1169), 250)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(PRINT / "fonts" / "GolosText_400Regular.ttf"), 17)
    for line in range(30):
        words = ["".join(dealt.choice("абвгдежзиклмнопрстуя") for _ in range(6)) for _ in range(8)]
        pen.text((90, 90 + 32 * line), " ".join(words), fill=30, font=font)
    return page


@pytest.mark.parametrize(
    "number", [0, *(pytest.param(n, marks=pytest.mark.release) for n in range(1, 9))]
)
@pytest.mark.release
def test_no_page_of_typed_text_is_taken_for_a_form(number: int) -> None:
    for codes in ((), (item_code("print_out", 41277 + number),)):
        told = identify(np.asarray(lettered(number, *codes)), 150.0)
        assert (told.layout, told.because) == (None, ("no-code", "no-marks"))


def lettered(number: int, *codes: str) -> Image.Image:
    """A page of words at 150 dpi, whose letters are as large as the squares of a small form."""
    dealt, page = random.Random(number), Image.new("L", (1240, 1754), 248)
    words = [
        "школа",
        "река",
        "утро",
        "дорога",
        "письмо",
        "окно",
        "ветер",
        "книга",
        "город",
        "поле",
        "зима",
        "лето",
    ]
    font = ImageFont.truetype(str(PRINT / "fonts" / "GolosText_400Regular.ttf"), 30)
    for line in range(30):
        text = " ".join(dealt.sample(words, 8))
        ImageDraw.Draw(page).text((120, 170 + 45 * line), text, fill=30, font=font)
    for code in codes:
        bars = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
        page.paste(Image.fromarray(np.asarray(bars)), (950, 20))
    return page
