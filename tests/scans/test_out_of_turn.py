"""A decision about a page said by halves or too late is refused and moves nothing; a file that
another worker has dealt with is left as it is."""

import datetime as dt
from collections.abc import Callable

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, DomainError, Invalid
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.services.scans.deciding import by_hand, proposals, taking_back
from examday.services.scans.files import opening, placing, retrying, setting_aside
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, ScanFile
from tests import sheets
from tests.conftest import Browser
from tests.scans.test_taking_back import page_of, spare, verified
from tests.transfer_day import Hands


def refused(kind: type[DomainError], code: str, act: Callable[[], object]) -> None:
    """This step is refused with this code."""
    with pytest.raises(kind) as told:
        act()
    assert told.value.code == code, told.value


def test_a_decision_about_a_page_says_what_it_is_and_why(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    page = spare(crew.store, work, "copy")

    def attach(role: str, reason: str) -> None:
        with crew.store.begin(head) as uow:
            by_hand.attach_page(uow, page, uow.get(Booklet, work), role, reason)

    def reject(reason: str) -> None:
        with crew.store.begin(head) as uow:
            by_hand.reject_page(uow, page, reason)

    refused(Invalid, "no-role", lambda: attach("", "видно"))
    refused(Invalid, "no-reason", lambda: attach("copy", " "))
    refused(Conflict, "wrong-step", lambda: attach("copy", "видно"))
    refused(Invalid, "no-reason", lambda: reject(" "))
    with crew.store.read() as uow:
        assert uow.get(Page, page).state == "exception"
    reject("прислана дважды")
    refused(Conflict, "page-decided", lambda: reject("ещё раз"))


def test_a_page_that_its_work_does_not_wait_for_tells_the_step_of_the_work_and_whose_it_is(
    crew: Hands, head: Actor, browser: Callable[[], Browser]
) -> None:
    work = verified(crew)
    page = spare(crew.store, work, "copy")
    with crew.store.begin(head) as uow:
        booklet, waiting = uow.get(Booklet, work), uow.get(Page, page)
        waiting.code, waiting.problems = booklet.code, ["wrong-step"]
        uow.record("test:page", f"page:{page}")
    opened = browser()
    opened.log_in("head")
    text = opened.get(f"/scans/exceptions/{page}").get_data(as_text=True)
    assert f"/booklets/{work}" in text and "сверена." in text
    assert "Ждёт: подписывающие — «Копия верна»." in text


def test_only_an_attached_page_is_taken_back_or_exchanged(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    page, waiting = page_of(crew.store, work, "copy"), spare(crew.store, work, "copy")

    def detach(one: str) -> None:
        with crew.store.begin(head) as uow:
            taking_back.detach(uow, one, "не та")

    def exchange(one: str, wrong: str) -> None:
        with crew.store.begin(head) as uow:
            taking_back.exchange(uow, one, wrong, "не та")

    refused(Conflict, "not-attached", lambda: detach(waiting))
    original = page_of(crew.store, work, "original")
    refused(Conflict, "page-decided", lambda: exchange(original, page))
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).version = 2
        uow.record("test:version", f"booklet:{work}")  # type: ignore[arg-type]
    refused(Conflict, "earlier-version", lambda: detach(page))
    assert crew.state(work) == State.VERIFIED


def test_a_work_is_named_so_that_it_is_the_only_one(crew: Hands) -> None:
    crew.work(sheets.kit_code(81))
    with crew.store.begin(Actor.system("test")) as uow:
        uow.session.flush()
        for wanted in ("нет такого", sheets.kit_code(82)):
            with pytest.raises(Invalid) as told:
                proposals.one_booklet(uow, wanted)
            assert told.value.field == "wanted" and told.value.advice
        assert proposals.one_booklet(uow, sheets.kit_code(81)).code == sheets.kit_code(81)


def a_file(store: Store, state: ScanState, name: str = "1.jpg") -> str:
    """A file that came in and stands at this state."""
    with store.begin(Actor.system("test")) as uow:
        scan = uow.add(
            ScanFile(
                name=name,
                source="upload",
                sha256="a" * 64,
                size=1,
                state=state,
                received_at=uow.now() - dt.timedelta(minutes=5),
            )
        )
        uow.session.flush()
        uow.record("test:scan", f"scan:{scan.id}")  # type: ignore[arg-type]
        return str(scan.id)


def test_a_file_that_was_read_meanwhile_is_neither_set_aside_nor_put_off(
    store: Store, crew: Hands, head: Actor
) -> None:
    done = a_file(store, ScanState.DONE)
    opening.process(store, done)
    setting_aside.give_up(store, done)
    setting_aside.postpone(store, done)
    placing.place(store, done, [])
    refused(Conflict, "not-quarantined", lambda: retrying.requeue(store, done, head))
    with store.read() as uow:
        row = uow.get(ScanFile, done)
        assert (row.state, row.problem, row.done_at) == (ScanState.DONE, {}, None)


def test_a_very_long_name_still_fits_into_the_folder_of_refused_files(store: Store) -> None:
    name = "скан " * 27 + "1.jpg"
    path = setting_aside.quarantine_path(store.settings, "ab" * 16, name)
    assert len(path.name.encode()) <= 255 and path.name.endswith("1.jpg")
    path.write_bytes(b"kept")
