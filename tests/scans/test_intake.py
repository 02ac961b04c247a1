"""Files come in and pages find their booklets: on real files, the real reader and both databases."""

import errno
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from examday import confined
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.paper_codes import item_code
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, MachineTrouble
from examday.domain.ledger import printable
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext
from examday.reading.bad_files import NotAnImage
from examday.services.jobs import handing_out, outbox, upkeep
from examday.services.scans import intake, matching, page_reasons, storing, views
from examday.services.scans.deciding import by_hand
from examday.services.scans.files import decoding, opening, retrying, setting_aside, special
from examday.services.unit_of_work import Store
from examday.storage.objects.base import Stored
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, EventRow, Item, Outbox, Page, Person, ScanFile
from tests import day, sheets
from tests.conftest import Clock

pytestmark = pytest.mark.usefixtures("without_children")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Person]) -> Actor:
    """The head of the point."""
    return Actor(add_person(store, "head", Role.SITE_HEAD).id, frozenset({Role.SITE_HEAD}), "head")


def drop(store: Store, name: str, code: str | None = None, size: str = "A3", **more: object) -> str:
    """A sheet lies in the hot folder and is received; the scan's id."""
    path = sheets.save(store.settings.inbox / name, code, size, **more)  # type: ignore[arg-type]
    return intake.receive_file(store, path)


def work(store: Store) -> None:
    """Do every job that the outbox holds, as a worker would."""
    for _outbox, task, arg in handing_out.due(store):
        outbox.run(store, task, arg, opening.process, setting_aside.give_up)


def pages(store: Store) -> list[Page]:
    with store.read() as uow:
        return list(uow.session.scalars(select(Page).order_by(Page.at, Page.number)))


def scan(store: Store, scan_id: str) -> ScanFile:
    with store.read() as uow:
        return uow.get(ScanFile, scan_id)


def booklet(store: Store, booklet_id: str) -> Booklet:
    with store.read() as uow:
        return uow.get(Booklet, booklet_id)


def test_an_original_is_attached_by_code_and_moves_the_booklet_on(each_store: Store) -> None:
    code = sheets.kit_code(1)
    which = day.booklet(each_store, code)
    drop(each_store, "Скан 1.jpg", code)
    work(each_store)
    [page] = pages(each_store)
    assert (page.state, page.booklet_id, page.role, page.code) == (
        "attached",
        which,
        "original",
        code,
    )
    assert booklet(each_store, which).state == State.SCANNED
    assert not list(each_store.settings.inbox.iterdir())


def real(code: str, **others: str) -> dict[str, str]:
    """Codes as the real form has them: the upright one is another number, the square one means
    nothing to us."""
    return {
        "vertical": sheets.partner_of(code),
        "qr": "0600B4CD9490EF40BBA0C5C5B10D4BC26656587425668116",
        **others,
    }


def test_both_sheets_of_a_real_form_attach_by_themselves_each_at_its_step(
    each_store: Store,
) -> None:
    code = sheets.kit_code(31)
    which = day.booklet(each_store, code)
    for name, size in (("a3.jpg", "A3"), ("a4.jpg", "A4")):
        drop(each_store, name, code, size, others=real(code))
        work(each_store)
        with each_store.begin(Actor.system("test")) as uow:
            uow.get(Booklet, which).state = (
                State.COPIED.value if size == "A3" else State.COPY_SCANNED.value
            )
            uow.record("test:copied", f"booklet:{which}")
    assert [(p.role, p.state, p.code, p.identity["note"]) for p in pages(each_store)] == [
        ("original", "attached", code, ""),
        ("copy", "attached", code, ""),
    ]


def test_a_planned_number_outvotes_a_code_that_contradicts_it_and_it_is_said(
    each_store: Store,
) -> None:
    code = sheets.kit_code(32)
    day.booklet(each_store, code)
    drop(
        each_store,
        "a3.jpg",
        code,
        others=real(code, vertical=sheets.partner_of(sheets.kit_code(77))),
    )
    work(each_store)
    [page] = pages(each_store)
    assert (page.state, page.code) == ("attached", code)
    [(_text, values)] = page_reasons.doubts_on(page)
    assert code in values["codes"]


def test_a_page_of_a_form_that_nobody_measured_says_so(store: Store) -> None:
    def doubts(sheet: str) -> list[str]:
        return [text for text, _values in page_reasons.doubts_on(Page(sheet=sheet, identity={}))]

    assert doubts("registration-form.2022") == [page_reasons.UNMEASURED]
    assert doubts("answer-form-1.2022") == doubts("") == []


def test_codes_of_two_planned_kits_are_a_question(store: Store) -> None:
    code, other = sheets.kit_code(33), sheets.kit_code(34)
    day.booklet(store, code)
    day.booklet(store, other)
    drop(store, "a3.jpg", code, others=real(code, vertical=sheets.partner_of(other)))
    work(store)
    [page] = pages(store)
    assert (page.state, page.problems) == ("exception", ["codes-differ"])


def register(store: Store, booklet_id: str, code: str) -> None:
    """The number of a kit is told later than its sheets were collected."""
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, booklet_id).code = code
        uow.record("test:registered", f"booklet:{booklet_id}")


def test_codes_that_differ_are_settled_when_the_kit_is_registered(store: Store) -> None:
    code, which = sheets.kit_code(35), day.booklet(store, None)
    drop(store, "a3.jpg", code, others=real(code, vertical=sheets.partner_of(sheets.kit_code(36))))
    work(store)
    assert [p.problems for p in pages(store)] == [["codes-differ"]]
    register(store, which, code)
    assert matching.match_again(store) == 1


def test_a_partner_alone_finds_the_one_kit_of_the_plan_that_it_goes_with(each_store: Store) -> None:
    code = sheets.kit_code(37)
    which = day.booklet(each_store, code)
    path = sheets.save(each_store.settings.inbox / "a3.png", code, "A3", others=real(code))
    with Image.open(path) as picture:
        x0, y0, x1, y1 = (round(v * 150 / 25.4 * 2**0.5) for v in (21.2, 45.0, 68.6, 55.2))
        picture.paste(128, (x0, y0, x1, y1))
        picture.save(path, dpi=(150, 150))
    intake.receive_file(each_store, path)
    work(each_store)
    [page] = pages(each_store)
    assert (page.state, page.booklet_id, page.identity["note"]) == (
        "attached",
        which,
        "number-from-plan",
    )


def test_original_and_copy_of_one_booklet_carry_the_same_code(store: Store) -> None:
    code = sheets.kit_code(2)
    which = day.booklet(store, code)
    drop(store, "a3.jpg", code, "A3")
    work(store)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, which).state = State.COPIED.value
        uow.record("test:copied", f"booklet:{which}")
    drop(store, "a4.jpg", code, "A4")
    work(store)
    assert [(p.role, p.state) for p in pages(store)] == [
        ("original", "attached"),
        ("copy", "attached"),
    ]
    assert booklet(store, which).state == State.COPY_SCANNED


def test_the_original_file_is_kept_unchanged_and_read_only(store: Store) -> None:
    path = sheets.save(store.settings.inbox / "a.png", sheets.kit_code(3))
    content = path.read_bytes()
    kept = Folder(store.settings.objects).path(scan(store, intake.receive_file(store, path)).sha256)
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o222 == 0


def test_processing_twice_changes_nothing(each_store: Store) -> None:
    code = sheets.kit_code(4)
    which = day.booklet(each_store, code)
    scan_id = drop(each_store, "a.jpg", code)
    opening.process(each_store, scan_id)
    entries = each_store.last_seq()
    opening.process(each_store, scan_id)
    work(each_store)
    assert len(pages(each_store)) == 1
    assert each_store.last_seq() == entries
    assert booklet(each_store, which).state == State.SCANNED


@pytest.mark.children
def test_processing_at_once_in_two_workers_has_the_effect_of_once(each_store: Store) -> None:
    code = sheets.kit_code(5)
    day.booklet(each_store, code)
    scan_id = drop(each_store, "a.jpg", code)
    errors: list[BaseException] = []

    def one() -> None:
        own = Store(each_store.settings, each_store.clock)
        try:
            opening.process(own, scan_id)
        except BaseException as error:
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert [page.state for page in pages(each_store)] == ["attached"]


@pytest.mark.children
def test_two_sheets_of_one_code_at_once_attach_one_and_show_the_other(each_store: Store) -> None:
    code = sheets.kit_code(6)
    day.booklet(each_store, code)
    ids = [drop(each_store, "a.jpg", code), drop(each_store, "b.jpg", code, dpi=160)]
    threads = [
        threading.Thread(target=opening.process, args=(each_store, scan_id)) for scan_id in ids
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.state for page in pages(each_store)) == ["attached", "exception"]
    assert [p.problems for p in pages(each_store) if p.state == "exception"] == [["duplicate"]]


def test_the_same_file_twice_is_shown_as_such_and_not_looked_at_again(store: Store) -> None:
    drop(store, "a.jpg", sheets.kit_code(7))
    work(store)
    second = drop(store, "b.jpg", sheets.kit_code(7))
    assert scan(store, second).state == "duplicate"
    assert scan(store, second).problem["params"] == {"first": "a.jpg"}
    assert not handing_out.due(store)
    assert len(pages(store)) == 1


def test_a_crash_between_recording_and_removing_does_not_record_twice(
    store: Store, tmp_path: Path
) -> None:
    path = sheets.save(store.settings.inbox / "a.jpg", sheets.kit_code(8))
    # linked as the same file, as it would lie there after the crash
    os.link(path, tmp_path / "again")
    first = intake.receive_file(store, path)
    os.rename(tmp_path / "again", path)
    assert intake.receive_file(store, path) == first
    with store.read() as uow:
        assert len(uow.session.scalars(select(ScanFile)).all()) == 1


def test_an_unknown_code_waits_and_is_attached_when_the_kit_is_registered(
    each_store: Store,
) -> None:
    code, which = sheets.kit_code(9), day.booklet(each_store, None)
    drop(each_store, "a.jpg", code)
    work(each_store)
    assert pages(each_store)[0].problems == ["unknown-code"]
    entries = each_store.last_seq()
    assert matching.match_again(each_store) == 0
    assert each_store.last_seq() == entries
    register(each_store, which, code)
    assert matching.match_again(each_store) == 1
    assert pages(each_store)[0].state == "attached"
    assert booklet(each_store, which).state == State.SCANNED


@pytest.mark.parametrize("first", [State.ENLARGED, None])
def test_a_page_that_came_before_the_work_was_collected_goes_on_needing_a_person(
    store: Store, first: State | None
) -> None:
    code = sheets.kit_code(10)
    which = day.booklet(store, code, first) if first else ""
    drop(store, "a.jpg", code)
    work(store)
    assert pages(store)[0].problems == ["wrong-step" if first else "unknown-code"]
    which = which or day.booklet(store, code, State.ENLARGED)
    with store.begin(Actor.system("test")) as uow:
        collected = uow.get(Booklet, which)
        collected.state, collected.since = State.COLLECTED.value, uow.now()
        uow.record("test:collected", f"booklet:{which}")
    assert matching.match_again(store) == 0
    assert (pages(store)[0].state, pages(store)[0].problems) == ("exception", ["early"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"not an image at all", "not-an-image"),
        (b"%PDF-1.4 nonsense", "damaged-file"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, "damaged-file"),
    ],
)
def test_a_bad_file_goes_to_quarantine_with_a_plain_reason(
    store: Store, content: bytes, code: str
) -> None:
    path = store.settings.inbox / "плохой файл.jpg"
    path.write_bytes(content)
    scan_id = intake.receive_file(store, path)
    work(store)
    bad = scan(store, scan_id)
    assert (bad.state, bad.problem["code"], bad.pages) == ("quarantined", code, 0)
    [aside] = store.settings.quarantine.iterdir()
    assert aside.read_bytes() == content
    assert not handing_out.due(store)


def test_a_bad_file_in_a_batch_harms_no_other(store: Store) -> None:
    codes = [sheets.kit_code(number) for number in (20, 21)]
    for code in codes:
        day.booklet(store, code)
    drop(store, "a.jpg", codes[0])
    (store.settings.inbox / "b.jpg").write_bytes(b"x" * 1000)
    intake.receive_file(store, store.settings.inbox / "b.jpg")
    drop(store, "c.jpg", codes[1])
    work(store)
    assert [page.state for page in pages(store)] == ["attached", "attached"]


def test_pages_in_are_pages_out(store: Store) -> None:
    codes = [sheets.kit_code(number) for number in (30, 31)]
    day.booklet(store, codes[0])
    first, *rest = [
        sheets.draw(codes[0], "A3"),
        sheets.draw(codes[1], "A3"),
        sheets.draw(None, "A4"),
    ]
    path = store.settings.inbox / "stack.tiff"
    first.save(path, save_all=True, append_images=rest, dpi=(150, 150))
    intake.receive_file(store, path)
    work(store)
    with store.read() as uow:
        counts = views.page_counts(uow)
    assert counts == {"read": 3, "attached": 1, "exception": 2, "rejected": 0}
    assert [page.problems for page in pages(store)] == [[], ["unknown-code"], ["no-code"]]


def test_a_pdf_is_taken_page_by_page(store: Store) -> None:
    code = sheets.kit_code(32)
    day.booklet(store, code)
    path = store.settings.inbox / "scan.pdf"
    sheets.draw(code, "A3").save(path, resolution=150)
    intake.receive_file(store, path)
    work(store)
    assert pages(store)[0].state == "attached"


@pytest.mark.parametrize(
    "name",
    [
        "Иван\u0438\u0306.jpg",
        "rtl\u202egpj.jpg",
        "new\nline.jpg",
        "я" * 125 + ".jpg",
        "-rf.jpg",
        "' OR 1=1;--.jpg",
    ],
)
def test_foreign_names_are_taken_and_shown_harmlessly(store: Store, name: str) -> None:
    scan_id = drop(store, name, sheets.kit_code(33))
    shown = scan(store, scan_id).name
    assert len(shown) <= 255
    assert not any(ord(c) < 32 or c in "\u202e\u0306" for c in shown)
    work(store)
    assert scan(store, scan_id).state == "done"


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\ufe0f", "\u115f"])
def test_what_shows_nothing_is_seen_in_a_name(store: Store, blank: str) -> None:
    shown = scan(store, drop(store, f"scan{blank}1.jpg", sheets.kit_code(35))).name
    assert shown == "scan\N{REPLACEMENT CHARACTER}1.jpg"
    assert blank not in printable(f"scan{blank}1.jpg")


def test_a_name_that_is_no_text_at_all_is_taken(store: Store) -> None:
    path = os.fsencode(store.settings.inbox) + b"/\xff\xfe.jpg"
    sheets.draw(sheets.kit_code(34)).save(store.settings.inbox / "x.jpg")
    os.rename(store.settings.inbox / "x.jpg", path)
    scan_id = intake.receive_file(store, Path(os.fsdecode(path)))
    assert "\N{REPLACEMENT CHARACTER}" in scan(store, scan_id).name


def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = store.settings.inbox / "a.jpg"
    link.symlink_to(secret)
    with pytest.raises(OSError):
        intake.receive_file(store, link)
    scan_id = special.refuse_special(store, link)
    assert scan(store, scan_id).problem["code"] == "not-a-file"
    assert secret.read_text() == "secret"
    assert not link.is_symlink()


def test_a_full_disk_keeps_the_file_where_it_is(store: Store) -> None:
    from dataclasses import replace

    full = Store(replace(store.settings, reserve_mb=10**9), store.clock)
    path = sheets.save(store.settings.inbox / "a.jpg", sheets.kit_code(35))
    with pytest.raises(storing.DiskFull):
        intake.receive_file(full, path)
    full.close()
    assert path.exists()


def test_a_file_that_is_written_to_while_it_is_read_stays_and_comes_in_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheets.save(store.settings.inbox / "a.jpg", sheets.kit_code(37))
    put = Folder.put

    def meanwhile(self: Folder, source: IO[bytes]) -> Stored:
        stored = put(self, source)
        with path.open("ab") as scanner:
            scanner.write(b"the next block")
        return stored

    monkeypatch.setattr(Folder, "put", meanwhile)
    with pytest.raises(storing.StillChanging):
        intake.receive_file(store, path)
    with store.read() as uow:
        assert not uow.session.scalars(select(ScanFile)).all()
    monkeypatch.undo()
    whole = path.stat().st_size
    scan_id = intake.receive_file(store, path)
    assert scan(store, scan_id).size == whole and not path.exists()


def test_a_job_that_fails_again_and_again_is_given_up(
    store: Store, head: Actor, clock: Clock
) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(36))

    def explode(_store: Store, _arg: str) -> None:
        raise RuntimeError("boom")

    for _ in range(outbox.MOST_ATTEMPTS + 1):
        outbox.run(store, "intake.process", scan_id, explode, setting_aside.give_up)
        clock.forward(seconds=outbox.LONGEST_PAUSE_S)
    assert scan(store, scan_id).problem["code"] == "processing-failed"
    with store.read() as uow:
        taken_in = uow.session.scalars(select(Outbox).where(Outbox.task == "intake.process"))
        assert [row.done_at is not None for row in taken_in] == [True]
    retrying.requeue(store, scan_id, head)
    work(store)
    assert scan(store, scan_id).state == "done"


def test_a_lost_original_is_said_to_be_lost(store: Store) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(37))
    kept = Folder(store.settings.objects).path(scan(store, scan_id).sha256)
    kept.unlink()
    kept.write_bytes(b"other")
    work(store)
    assert scan(store, scan_id).problem["code"] == "original-lost"


def test_a_damaged_original_is_an_event_once(store: Store) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(39))
    work(store)
    digest = scan(store, scan_id).sha256
    assert upkeep.verify_objects(store) == []
    Folder(store.settings.objects).path(digest).unlink()
    entries = store.last_seq()
    assert upkeep.verify_objects(store) == upkeep.verify_objects(store) == [digest]
    assert store.last_seq() == entries + 1


def test_pictures_can_be_made_again_from_the_original(store: Store) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(38))
    work(store)
    [page] = pages(store)
    digest = scan(store, scan_id).sha256
    shutil.rmtree(store.settings.derived_of(digest))
    assert upkeep.remake_pictures(store) == 1
    assert upkeep.remake_pictures(store) == 0
    with Image.open(store.settings.derived_of(digest) / "1.preview.jpg") as preview:
        assert max(preview.size) <= 1600
    assert decoding.picture_digest(store.settings, digest, 1) == page.image_sha256


@pytest.mark.parametrize(("fault", "left"), [(NotAnImage, 1), (MachineTrouble, 2)])
@pytest.mark.release
def test_one_picture_that_cannot_be_made_again_holds_up_no_other_and_a_full_computer_all(
    store: Store, monkeypatch: pytest.MonkeyPatch, fault: type[DomainError], left: int
) -> None:
    for number in (71, 72):
        code = sheets.kit_code(number)
        day.booklet(store, code)
        opening.process(store, drop(store, f"{number}.jpg", code))
    shutil.rmtree(store.settings.derived)
    whole, tries = decoding.pages_of, []

    def once(*arguments: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise fault()
        return whole(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(decoding, "pages_of", once)
        assert upkeep.remake_pictures(store) == 2 - left
    assert upkeep.remake_pictures(store) == left, "the next round goes on"


def test_a_person_attaches_a_page_by_hand_with_a_reason(store: Store, head: Actor) -> None:
    which = day.booklet(store, sheets.kit_code(40))
    drop(store, "a.jpg", None)
    work(store)
    [page] = pages(store)
    with pytest.raises(Invalid), store.begin(head) as uow:
        by_hand.attach_page(uow, page.id, uow.get(Booklet, which), "original", "  ")
    with store.begin(head) as uow:
        by_hand.attach_page(
            uow, page.id, uow.get(Booklet, which), "original", "Код смазан, номер вписан от руки"
        )
    assert (pages(store)[0].state, booklet(store, which).state) == ("attached", State.SCANNED)
    with pytest.raises(Conflict), store.begin(head) as uow:
        by_hand.reject_page(uow, page.id, "поздно")


def test_a_person_rejects_a_page_and_it_stays_on_record(store: Store, head: Actor) -> None:
    drop(store, "a.jpg", None)
    work(store)
    [page] = pages(store)
    with store.begin(head) as uow:
        by_hand.reject_page(uow, page.id, "Чистый лист")
    assert (pages(store)[0].state, pages(store)[0].reason) == ("rejected", "Чистый лист")


def test_an_organiser_may_not_decide_about_pages(store: Store) -> None:
    drop(store, "a.jpg", None)
    work(store)
    organiser = Actor("1" * 32, frozenset({Role.ROOM_ORGANISER}), "organiser")
    with pytest.raises(Forbidden), store.begin(organiser) as uow:
        by_hand.reject_page(uow, pages(store)[0].id, "просто так")


def test_a_label_on_a_notebook_page_names_its_booklet(store: Store) -> None:
    which, label = (
        day.booklet(store, None, State.COLLECTED, Medium.BRAILLE),
        item_code("braille_notebook", 41277),
    )
    with store.begin(Actor.system("test")) as uow:
        uow.add(
            Item(
                code=label,
                kind="braille_notebook",
                exam_id=uow.get(Booklet, which).exam_id,
                booklet_id=which,
            )
        )
        uow.record("test:label", f"booklet:{which}")
    bars = zxingcpp.create_barcode(label, zxingcpp.BarcodeFormat.Code128).to_image(scale=3)
    for number in (1, 2):
        leaf = Image.new("L", (1240, 1754), 245 - number)
        leaf.paste(Image.fromarray(np.asarray(bars)), (700, 90))
        for x, y in np.random.default_rng(number).integers(100, 1100, (600, 2)):
            leaf.paste(60, (int(x), int(y) + 200, int(x) + 9, int(y) + 209))
        leaf.save(store.settings.inbox / f"{number}.jpg", dpi=(150, 150))
        intake.receive_file(store, store.settings.inbox / f"{number}.jpg")
    work(store)
    assert [(p.state, p.role, p.booklet_id, p.order) for p in pages(store)] == [
        ("attached", "original", which, 1),
        ("attached", "original", which, 2),
    ]
    assert booklet(store, which).state == State.SCANNED


def test_events_name_no_file_and_no_person(store: Store) -> None:
    drop(store, "Иванов Пётр.jpg", sheets.kit_code(42))
    (store.settings.inbox / "Петрова.jpg").write_bytes(b"x")
    intake.receive_file(store, store.settings.inbox / "Петрова.jpg")
    work(store)
    with store.read() as uow:
        text = "".join(row.data + row.subject for row in uow.session.scalars(select(EventRow)))
    assert "Иванов" not in text and "Петрова" not in text


def with_troubles(store: Store, clock: Clock, scan_id: str, tries: int) -> None:
    """What the worker does, on a computer that cannot, each time the pause is over."""
    for _ in range(tries):
        outbox.run(
            store,
            "intake.process",
            scan_id,
            opening.process,
            setting_aside.give_up,
            setting_aside.postpone,
        )
        clock.forward(seconds=outbox.LONGEST_PAUSE_S)


@pytest.mark.children
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_decoder_that_somebody_kills_costs_the_scan_nothing(
    store: Store, clock: Clock, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = sheets.kit_code(40)
    day.booklet(store, code)
    scan_id = drop(store, "a.jpg", code)
    whole = confined._listen

    def killed(
        child: "subprocess.Popen[bytes]", budget: confined.Budget
    ) -> tuple[bytes, bytes, str]:
        child.send_signal(number)
        return whole(child, budget)

    with monkeypatch.context() as killing:
        killing.setattr(confined, "_listen", killed)
        with_troubles(store, clock, scan_id, 2)
    assert scan(store, scan_id).state == "queued"
    assert not list(store.settings.quarantine.iterdir())
    assert handing_out.due(store)
    with_troubles(store, clock, scan_id, 1)
    assert (scan(store, scan_id).state, pages(store)[0].state) == ("done", "attached")


@pytest.mark.children
@pytest.mark.release
def test_a_computer_that_cannot_again_and_again_asks_a_person_and_keeps_the_file(
    store: Store, clock: Clock, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(41))

    def no_process(*_arguments: object, **_more: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    with monkeypatch.context() as full:
        full.setattr(subprocess, "Popen", no_process)
        with_troubles(store, clock, scan_id, outbox.MOST_TROUBLES)
        assert scan(store, scan_id).state == "queued"
        with_troubles(store, clock, scan_id, 1)
    asked = scan(store, scan_id)
    assert (asked.state, asked.problem["code"]) == ("postponed", "machine-trouble")
    assert "не виноват" in gettext(asked.problem["message"])
    assert not list(store.settings.quarantine.iterdir()) and not handing_out.due(store)
    retrying.requeue(store, scan_id, head)
    with_troubles(store, clock, scan_id, 1)
    assert scan(store, scan_id).state == "done"


@pytest.mark.children
def test_a_full_disk_while_pictures_are_written_is_not_the_scans_fault(
    store: Store, clock: Clock
) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(42))
    shutil.rmtree(store.settings.derived)
    store.settings.derived.symlink_to("/dev/full")
    with_troubles(store, clock, scan_id, 1)
    assert scan(store, scan_id).state == "queued"
    store.settings.derived.unlink()
    store.settings.derived.mkdir()
    with_troubles(store, clock, scan_id, 1)
    assert scan(store, scan_id).state == "done"


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EACCES, errno.EPERM])
def test_an_original_that_cannot_be_looked_at_just_now_is_not_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    scan_id = drop(store, "a.jpg", sheets.kit_code(43))

    def none_left(*_arguments: object) -> None:
        raise OSError(number, "cannot look")

    with monkeypatch.context() as full:
        full.setattr(Path, "open", none_left)
        with pytest.raises(OSError):
            opening.process(store, scan_id)
    assert scan(store, scan_id).state == "queued"
