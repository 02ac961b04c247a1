"""What seldom happens to scans that belong together: sent twice, made of halves, decided meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.services.people.directory import actor_of
from examday.services.scans import attachment, matching
from examday.services.scans.covers import sequence
from examday.services.scans.covers.sequence import BY_TIME
from examday.services.scans.files import opening
from examday.services.scans.making import halves, new_files
from examday.services.scans.showing import sight
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Page, ScanFile
from tests import day, sheets
from tests.scans.test_covers import cover, leaf, notebook, receive, take_in
from tests.scans.test_deciding import pages
from tests.scans.test_seldom import while_waiting
from tests.transfer_day import add_page

pytestmark = pytest.mark.usefixtures("without_children")

TEST = Actor.system("test")


def test_the_same_bytes_that_were_let_in_twice_at_once_are_one_file(store: Store) -> None:
    first, second = (receive(store, f"{n}.png", [leaf(n)]) for n in (1, 2))
    with store.begin(TEST) as uow:
        uow.get(ScanFile, second).sha256 = uow.get(ScanFile, first).sha256
        uow.record("test:twin", f"scan:{second}")
    for scan in (first, second):
        opening.process(store, scan)
    with store.read() as uow:
        assert uow.get(ScanFile, first).state == ScanState.DONE
        assert uow.get(ScanFile, second).state == ScanState.DUPLICATE
    assert len(pages(store)) == 1


def test_a_page_that_leaves_its_work_takes_the_halves_it_was_made_of_along(store: Store) -> None:
    work = day.booklet(store, sheets.kit_code(1), State.SCANNED)
    with store.begin(TEST) as uow:
        whole, half = add_page(uow, work, "original"), add_page(uow, work, "original")
        whole.file.source = next(iter(new_files.MADE))
        half.state = PageState.REJECTED
        half.identity = {**half.identity, "made_into": [whole.scan_file_id]}
        uow.session.flush()
        attachment.release(uow, whole, "unknown-code")
        uow.record("test:pages", f"booklet:{work}")
        assert half.booklet_id is None


def parts(store: Store, *codes: str | None) -> list[str]:
    """Parts of sheets that wait, by the numbers they bear."""
    work = day.booklet(store, None)
    with store.begin(TEST) as uow:
        made = [add_page(uow, work, "original") for _ in codes]
        for page, code in zip(made, codes, strict=True):
            page.state, page.booklet_id, page.code = PageState.EXCEPTION, None, code
            page.identity = {**page.identity, "because": [halves.PART]}
        uow.session.flush()
        uow.record("test:parts", "day:test")
        return [page.id for page in made]


def test_of_waiting_halves_the_one_with_the_same_number_is_tried_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sheets.kit_code(1)
    mine, silent, same, other = parts(store, number, None, number, sheets.kit_code(2))
    with store.read() as uow:
        found = [page.id for page in halves.other_halves(uow, uow.get(Page, mine))]
    assert found[0] == same and set(found[1:]) == {silent, other}
    tried: list[str] = []

    def decided(_store: Store, _actor: Actor, ids: tuple[str, str], chosen: bool) -> None:
        tried.append(ids[1])
        raise Conflict()

    monkeypatch.setattr(halves, "join", decided)
    halves.process(store, mine)
    assert tried == [same, silent], "a half with another number is not tried"


def test_a_page_that_somebody_decided_about_while_it_was_waited_for_is_left_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = receive(store, "scan2.png", [leaf(1)])
    opening.process(store, scan)
    work = notebook(store)
    take_in(store, ("scan1.png", [cover(work)]))
    [waits] = [page for page in pages(store) if page.scan_file_id == scan]

    def decide(uow: UnitOfWork) -> None:
        uow.get(Page, waits.id).state = PageState.REJECTED
        uow.record("test:decided", f"page:{waits.id}")
        uow.session.flush()

    while_waiting(monkeypatch, "hold", Page, decide)
    assert matching.match_again(store) == 0


def test_the_rest_of_a_stack_ends_at_the_longest_stack_there_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"2026-06-04 12-00-0{n}.png" for n in (1, 2, 3)]
    scans = [receive(store, name, [leaf(n)]) for n, name in enumerate(names, 1)]
    for scan in scans:
        opening.process(store, scan)
    with store.begin(TEST) as uow:
        for page in uow.session.query(Page):
            page.state, page.problems = PageState.EXCEPTION, [BY_TIME]
        uow.record("test:waits", "day:test")
    with store.read() as uow:
        first = uow.session.query(Page).filter(Page.scan_file_id == scans[0]).one()
        assert len(sequence.rest_of_stack(uow, first)) == 3
        monkeypatch.setattr(sequence, "LONGEST", 2)
        assert len(sequence.rest_of_stack(uow, first)) == 2


def test_who_may_see_no_scans_is_shown_none_in_full(
    store: Store, add_person: Callable[..., Any]
) -> None:
    work = day.booklet(store, sheets.kit_code(1), State.SCANNED)
    with store.begin(TEST) as uow:
        add_page(uow, work, "original")
        uow.record("test:page", f"booklet:{work}")
    [page] = pages(store)
    medic = actor_of(add_person(store, "medic", Role.MEDICAL_WORKER))
    with store.read(medic) as uow:
        assert not sight.may_see(uow, uow.get(Page, page.id))
