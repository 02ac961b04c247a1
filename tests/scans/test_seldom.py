"""What seldom happens to scans: a colleague is faster, nothing can be compared, a name is too long."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import event

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid, MachineTrouble, NotFound
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.services.people.directory import actor_of
from examday.services.rules.exam_forms import layout_for
from examday.services.scans import (
    asking,
    hot_folder,
    intake,
    likeness,
    matching,
    pictures,
    storing,
    views,
)
from examday.services.scans.covers import sequence
from examday.services.scans.deciding import (
    as_before,
    by_hand,
    proposals,
    taking_back,
    whole_stack,
)
from examday.services.scans.files import opening
from examday.services.scans.making import cutting
from examday.services.scans.showing import sight
from examday.services.scans.works import pages_again, work_sheets
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.objects.pictures import PictureFolder
from examday.storage.tables import Booklet, Page, ScanFile
from tests import day, sheets
from tests.scans.test_covers import (
    bare,
    counted,
    cover,
    found,
    label,
    leaf,
    notebook,
    receive,
    take_in,
)
from tests.scans.test_deciding import attach, pages
from tests.transfer_day import add_page

pytestmark = pytest.mark.usefixtures("without_children")

TEST = Actor.system("test")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "head", Role.SITE_HEAD))


@pytest.fixture
def form(store: Store) -> tuple[str, str]:
    """A work and its attached original, without a picture."""
    work = day.booklet(store, sheets.kit_code(1), State.SCANNED)
    with store.begin(TEST) as uow:
        page = add_page(uow, work, "original")
        uow.record("test:page", f"booklet:{work}")
    return work, page.id


def while_waiting(
    monkeypatch: pytest.MonkeyPatch, name: str, model: type, change: Callable[[UnitOfWork], None]
) -> None:
    """While rows of this table are waited for, a colleague is faster."""
    hold = getattr(UnitOfWork, name)

    def held(uow: UnitOfWork, table: type, keys: Any) -> Any:
        rows = hold(uow, table, keys)
        if table is model:
            change(uow)
        return rows

    monkeypatch.setattr(UnitOfWork, name, held)


def taken_back(uow: UnitOfWork, page_id: str) -> None:
    page = uow.get(Page, page_id)
    page.state, page.booklet_id = PageState.EXCEPTION, None
    uow.session.flush()


def test_the_page_before_that_was_taken_back_while_the_work_was_waited_for_leads_nowhere(
    store: Store, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = notebook(store)
    take_in(store, ("stack.tif", [leaf(1), leaf(2)]))
    first, second = pages(store)
    attach(store, head, first, work)
    while_waiting(monkeypatch, "hold_all", Page, lambda uow: taken_back(uow, first.id))
    with pytest.raises(Conflict) as refused, store.begin(head) as uow:
        as_before.attach_as_before(uow, second.id, first.id)
    assert refused.value.code == "no-page-before"


def test_a_page_is_taken_back_once(
    store: Store, head: Actor, form: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    while_waiting(monkeypatch, "hold", Booklet, lambda uow: taken_back(uow, form[1]))
    with pytest.raises(Conflict), store.begin(head) as uow:
        taking_back.detach(uow, form[1], "чужая страница")


def test_a_stack_of_which_a_page_was_decided_meanwhile_is_shown_again(
    store: Store, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = counted(store, 2)
    names = [f"Scan_20260604_1205{n:02d}.png" for n in range(3)]
    leaves = [cover(work), leaf(1), leaf(2)]
    take_in(store, *((name, [one]) for name, one in zip(names, leaves, strict=True)))
    waiting = [page for page in pages(store) if page.state == PageState.EXCEPTION]

    def decided(uow: UnitOfWork) -> None:
        uow.get(Page, waiting[-1].id).state = PageState.REJECTED
        uow.session.flush()

    while_waiting(monkeypatch, "hold_all", Page, decided)
    with pytest.raises(Conflict), store.begin(head) as uow:
        whole_stack.accept_stack(uow, waiting[0].id, len(waiting))


def test_an_attached_page_is_not_among_those_set_aside_nor_the_other_way_round(
    store: Store, head: Actor, form: tuple[str, str]
) -> None:
    with store.begin(TEST) as uow:
        loose = add_page(uow, form[0], "")
        loose.booklet_id, loose.state = None, PageState.EXCEPTION
        uow.session.flush()
        uow.record("test:loose", f"page:{loose.id}")
        alone = loose.id
    with store.read(head) as uow:
        assert views.attached_page(uow, form[1]).where == "101-1А"
        assert views.set_aside_page(uow, alone).state == PageState.EXCEPTION
        with pytest.raises(NotFound):
            views.attached_page(uow, alone)
        with pytest.raises(NotFound):
            views.set_aside_page(uow, form[1])


def test_who_sees_no_scans_sees_no_page_and_who_decides_sees_what_waits(
    store: Store, add_person: Callable[..., Any], form: tuple[str, str]
) -> None:
    observer = actor_of(add_person(store, "observer", Role.PUBLIC_OBSERVER))
    tech = actor_of(add_person(store, "tech", Role.TECHNICAL_SPECIALIST))
    with store.begin(TEST) as uow:
        uow.get(Page, form[1]).state = PageState.EXCEPTION
        uow.record("test:waits", f"page:{form[1]}")
    for actor, sees in ((observer, False), (tech, True)):
        with store.read(actor) as uow:
            assert sight.may_see(uow, uow.get(Page, form[1])) is sees


@pytest.mark.parametrize(
    ("wanted", "said"), [("101-1А", "fits several works"), ("101-9А", "No work is found")]
)
def test_a_seat_of_two_exams_or_of_none_names_no_one_work(
    store: Store, wanted: str, said: str
) -> None:
    works = [day.booklet(store, None), day.booklet(store, None, subject="02")]
    with store.begin(TEST) as uow:
        for work in works:
            uow.get(Booklet, work).seat.place = "1А"
        uow.record("test:seats", f"booklet:{works[0]}")
    with store.read() as uow, pytest.raises(Invalid, match=said) as refused:
        proposals.one_booklet(uow, wanted)
    assert refused.value.field == "wanted"


def test_a_number_with_a_wrong_digit_is_told_to_be_typed_again(store: Store) -> None:
    wrong = sheets.kit_code(1)[:-1] + str((int(sheets.kit_code(1)[-1]) + 1) % 10)
    with store.read() as uow, pytest.raises(Invalid) as refused:
        proposals.one_booklet(uow, wanted=wrong)
    assert refused.value.field == "wanted"


def test_which_sheet_takes_the_place_is_asked_only_where_neither_is_known(
    store: Store, form: tuple[str, str]
) -> None:
    with store.begin(TEST) as uow:
        page = add_page(uow, form[0], "")
        page.booklet_id, page.state, page.sheet = None, PageState.EXCEPTION, ""
        page.identity = {}
        uow.session.flush()
        uow.record("test:loose", f"page:{page.id}")
        loose = page.id
    with store.read() as uow:
        assert proposals.exchange_choice(uow, loose, form[1]) == ()
    with store.begin(TEST) as uow:
        uow.get(Page, form[1]).sheet = ""
        uow.record("test:unknown", f"page:{form[1]}")
    with store.read() as uow:
        assert proposals.exchange_choice(uow, loose, form[1])


def test_the_cover_sheet_of_a_work_that_is_on_forms_now_speaks_for_no_page(store: Store) -> None:
    work = notebook(store)
    with store.begin(TEST) as uow:
        uow.get(Booklet, work).medium = Medium.ENLARGED
        uow.record("test:medium", f"booklet:{work}")
    take_in(store, ("stack.tif", [cover(work), leaf(1)]))
    assert found(store)[1][:2] == ("exception", "")


def test_a_page_that_a_person_set_aside_does_not_interrupt_its_cover_sheet(
    store: Store, head: Actor
) -> None:
    work, other = notebook(store), notebook(store)
    foreign = leaf(1, label(store, other), kind=zxingcpp.BarcodeFormat.Code128)
    take_in(store, ("scan1.tif", [cover(work), foreign]))
    with store.begin(head) as uow:
        second = uow.session.query(Page).filter(Page.number == 2).one()
        by_hand.reject_page(uow, second.id, "Вложенный черновик")
    take_in(store, ("scan2.tif", [leaf(2)]))
    assert found(store)[-1] == ("attached", work, ())


def test_pages_before_end_at_a_file_that_was_not_read_and_at_the_longest_stack(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [receive(store, f"scan{n}.png", [leaf(n)]) for n in (1, 2, 3)]
    for scan in ids[1:]:
        opening.process(store, scan)
    with store.read() as uow:
        last = uow.session.query(Page).filter(Page.scan_file_id == ids[2]).one()
        before = list(sequence.pages_before(uow, last))
        assert before[-1] is None and len(before) == 2, "the first file was not looked at yet"
        monkeypatch.setattr(sequence, "LONGEST", 1)
        assert len(list(sequence.pages_before(uow, last))) == 1
        assert sequence.rest_of_stack(uow, last) in ([], [last])


def test_the_label_of_an_envelope_is_no_answer_sheets(store: Store) -> None:
    work = notebook(store)
    code = label(store, work, "envelope", 41278)
    take_in(store, ("a.png", [leaf(1, code, kind=zxingcpp.BarcodeFormat.Code128)]))
    assert found(store)[0][:2] == ("exception", "")


def test_a_page_without_form_or_picture_is_compared_with_nothing(
    store: Store, form: tuple[str, str]
) -> None:
    with store.begin(TEST) as uow:
        page, other = uow.get(Page, form[1]), add_page(uow, form[0], "original")
        other.identity = {**other.identity, "matrix": None}
        uow.session.flush()
        uow.record("test:page", f"booklet:{form[0]}")
        unlaid = other.id
    grey = np.full((3508, 2480), 255, dtype=np.uint8)
    with store.read() as uow:
        work, page = uow.get(Booklet, form[0]), uow.get(Page, form[1])
        assert not likeness.shows_original(uow, page, work, None)
        assert not likeness.shows_original(uow, uow.get(Page, unlaid), work, grey)
        assert not pages_again.shows_page_again(uow, page, work, grey), "none has its picture"
        assert not pages_again.shows_page_again(uow, page, work, None)


def test_a_work_that_waits_for_no_scan_lacks_none(store: Store) -> None:
    work = day.booklet(store, None, State.ISSUED)
    with store.read() as uow:
        assert work_sheets.lack(uow, uow.get(Booklet, work)) is None


def test_a_picture_on_which_one_sheet_was_found_is_not_cut(
    store: Store, head: Actor, form: tuple[str, str]
) -> None:
    with store.begin(TEST) as uow:
        page = uow.get(Page, form[1])
        page.state, page.booklet_id, page.problems = PageState.EXCEPTION, None, ["two-sheets"]
        uow.record("test:waits", f"page:{page.id}")
    with pytest.raises(Conflict) as refused, store.begin(head) as uow:
        cutting.cut(uow, form[1])
    assert refused.value.code == "no-cut"


def test_a_long_name_keeps_its_beginning_and_its_ending() -> None:
    shown = storing.plain_name("а" * 300 + ".jpg")
    assert shown.endswith(".jpg") and "…" in shown and len(shown) <= storing.LONGEST


def test_a_field_whose_place_is_not_known_is_shown_with_its_whole_page(
    store: Store, form: tuple[str, str]
) -> None:
    with store.begin(TEST) as uow:
        page = uow.get(Page, form[1])
        page.identity = {**page.identity, "matrix": None}
        uow.record("test:unlaid", f"page:{page.id}")
        sha = page.file.sha256
    folder = store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    Image.new("L", (2480, 3508), 255).save(folder / "1.grey.jpg")
    with store.read() as uow:
        page = uow.get(Page, form[1])
        shown = pictures.field_picture(
            store.settings, page, layout_for(uow.get(Booklet, form[0]).exam), "1"
        )
    assert shown.startswith(b"\xff\xd8")
    (folder / "1.grey.jpg").write_bytes(b"no picture")
    with store.read() as uow, pytest.raises(NotFound):
        pictures.picture(store.settings, uow.get(Page, form[1]), scale=0.9)


def test_a_file_that_is_too_large_goes_to_quarantine_and_one_that_was_replaced_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = store.settings.inbox
    leaf(1).save(inbox / "a.png")
    taken = intake._record

    def replaced(*arguments: Any) -> str:
        scan = taken(*arguments)
        leaf(2).save(inbox / "new.png")
        os.replace(inbox / "new.png", inbox / "a.png")
        return scan

    monkeypatch.setattr(intake, "_record", replaced)
    intake.receive_file(store, inbox / "a.png")
    assert (inbox / "a.png").exists(), "the new file is taken at the next look"
    monkeypatch.setattr(intake, "LARGEST_FILE", 10)
    scan = intake.receive_file(store, inbox / "a.png")
    with store.read() as uow:
        row = uow.get(ScanFile, scan)
        assert row.state == ScanState.QUARANTINED and "too-large" in str(row.problem)


def test_kept_files_of_the_quarantine_can_be_named(store: Store) -> None:
    scan = receive(store, "a.png", [leaf(1)])
    with store.begin(TEST) as uow:
        uow.get(ScanFile, scan).state = ScanState.QUARANTINED
        uow.record("test:quarantine", f"scan:{scan}")
    assert views.quarantined_ids(store) == [scan]


def test_a_file_whose_works_move_all_the_time_is_tried_again_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, tries = receive(store, "a.png", [leaf(1)]), []

    def moved(*_arguments: object) -> None:
        tries.append(1)
        raise Conflict()

    monkeypatch.setattr(matching, "place_all", moved)
    with pytest.raises(Conflict):
        opening.process(store, scan)
    assert len(tries) == 6
    with store.read() as uow:
        assert uow.get(ScanFile, scan).state == ScanState.QUEUED


def test_a_finished_file_of_the_hot_folder_is_not_said_to_be_left_alone(
    store: Store, clock: Any
) -> None:
    path = store.settings.inbox / "whole.png"
    leaf(1).save(path)
    os.utime(path, (clock.now.timestamp() - 3600,) * 2)
    with store.read() as uow:
        assert hot_folder.look(uow).left_alone == ()
    path.write_bytes(path.read_bytes()[:-20])
    os.utime(path, (clock.now.timestamp() - 3600,) * 2)
    with store.read() as uow:
        assert [one.name for one in hot_folder.look(uow).left_alone] == ["whole.png"]


def test_the_command_knows_the_bare_back_of_a_cover_sheet(store: Store, tmp_path: Path) -> None:
    work = counted(store, 2)
    stack = [cover(work), bare()]
    stack[0].save(tmp_path / "a.tif", save_all=True, append_images=stack[1:], dpi=(100, 100))
    answers = asking.Inquiry(store).ask(tmp_path / "a.tif")
    assert [one.problems for one in answers] == [(asking.COVER,), (asking.COVER,)]


def test_pictures_that_cannot_be_put_in_place_are_the_computers_trouble(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = receive(store, "a.png", [leaf(1)])
    monkeypatch.setattr(PictureFolder, "keep", lambda *_: False)
    with pytest.raises(MachineTrouble):
        opening.process(store, scan)


def test_behind_a_file_that_nobody_has_looked_at_no_page_follows(store: Store) -> None:
    first, second = (receive(store, f"scan{n}.png", [leaf(n)]) for n in (1, 2))
    opening.process(store, second)
    with store.read() as uow:
        page = uow.session.query(Page).filter(Page.scan_file_id == second).one()
        assert as_before.before(uow, page, "") is None
        assert uow.get(ScanFile, first).state == ScanState.QUEUED


def test_a_stack_that_waits_costs_each_look_what_its_pages_cost_and_not_their_square(
    store: Store,
) -> None:
    asked: list[int] = []
    for number in (30, 60):
        with store.begin(TEST) as uow:
            for n in range(number - 29, number + 1):
                scan = ScanFile(
                    name=f"scan{n:04}.jpg",
                    source="inbox",
                    batch="",
                    sha256=f"{n:064x}",
                    size=1,
                    state=ScanState.DONE,
                    problem={},
                    received_at=uow.now(),
                )
                uow.add(scan)
                uow.session.flush()
                uow.add(
                    Page(
                        scan_file_id=scan.id,
                        number=1,
                        image_sha256=f"{n:064x}",
                        state=PageState.EXCEPTION,
                        problems=["no-code"],
                        identity={},
                        at=uow.now(),
                    )
                )
            uow.record("test:stack", "day:test")
        with statements(store) as counted:
            assert matching.match_again(store) == 0
        asked.append(len(counted))
    assert asked[1] < 2.5 * asked[0], asked


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What the database is asked inside."""
    counted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
