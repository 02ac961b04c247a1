"""How many pages a work costs, and how many keys a reader: counted, because each one more is paid
for two hundred times on a day."""

from collections.abc import Callable
from functools import partial

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.services.training.demo_files import NAMES, works
from examday.services.unit_of_work import Store
from tests import one_work, sheets
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.one_work import Work, head

MOST_PAGES = 10
"""From the first scan to the last signature, opened by all people together; log-ins, and the page
on which a log-in lands, are not counted; those who sign do it on one page, at one computer. Nor is the question about blanks: the desk asks it before
anything is sent (`tests/browser/test_desks.py`), and only without scripts it is a page."""
OF_A_DISPUTE = 3
"""Pages of the third person alone: the sheet, then what both have read, and where they end."""
OF_UPLOADS = 2
"""What became of the original, and of the copy. Nobody opens them where the scanner lays its files into
the watched folder; then a work costs less than the twelve pages of the bar also with a dispute."""


@pytest.fixture
def make(store: Store, browser: Callable[[], Browser]) -> Callable[..., Work]:
    return one_work.maker(store, browser)


def collected(work: Work) -> None:
    """The work lies in its envelope, form № 1 was enlarged."""
    work.issue()
    work.enlarge("form_1")
    work.collect()


def arrive(work: Work, login: str) -> Clerk:
    """Somebody logs in and stands where the program has led them."""
    clerk = work.at(login)
    clerk.open("/")
    clerk.opened.clear()
    return clerk


@pytest.mark.parametrize("disputed, by_folder", [(False, False), (True, False), (True, True)])
def test_a_work_costs_ten_pages_from_scan_to_signature(
    make: Callable[..., Work], disputed: bool, by_folder: bool
) -> None:
    """Where both readers are asked about blanks and a third person settles what they have read,
    there are that person's pages and no other ones more."""
    work = make(Medium.ENLARGED, tasks=4 if disputed else 2)
    entries = {**head(), "1": "ДОМ", "2": "17"}
    fields = {f"v:{field}": text for field, text in entries.items()}
    collected(work)
    tech = arrive(work, "tech")
    bring = work.scan if by_folder else partial(work.upload, tech)
    bring(sheets.draw(work.code, "A3", 100, answers=entries), dpi=100)
    anna, boris, vera = (arrive(work, login) for login in ("anna", "boris", "vera"))
    for reader, slip in (anna, {}), (boris, {"v:2": "11"} if disputed else {}):
        reader.follow()
        reader.press(f"/keyin/{work.id}", "hand_in", {**fields, **slip})
        if disputed:
            reader.opened.pop()
            reader.press(f"/keyin/{work.id}", "hand_in_blank")
    if disputed:
        settle(vera)
    copier = vera if disputed else boris
    assert copier.page and copier.page.url.endswith(f"/copying/{work.id}"), "the next work opens"
    copier.follow()
    bring(sheets.draw(work.code, "A4", 150, answers=entries), dpi=150)
    assert work.state() is State.COPY_SCANNED, work.pages()
    anna.follow()
    assert anna.page and anna.page.url.endswith(f"/verify/{work.id}"), "whatever kind comes next"
    said = [name for name in anna.page.form().typed if name.startswith("s:")]
    anna.press(fields=dict.fromkeys(said, "ok"))
    assert anna.page.url.endswith(f"/sign/{work.id}"), "the signatures come to this computer"
    signers = (
        (copier.login, "transferrer"),
        ("board", "exam_board_member"),
        ("observer", "observer"),
    )
    pins = {name: value for signer in signers for name, value in work.pin_of(*signer).items()}
    anna.press(fields=pins)
    assert work.state() is State.CERTIFIED
    opened = [url for clerk in (tech, anna, boris, vera) for url in clerk.opened]
    most = MOST_PAGES + disputed * OF_A_DISPUTE - by_folder * OF_UPLOADS
    assert len(opened) <= most and (not by_folder or most < 12), "\n".join(opened)


def settle(vera: Clerk) -> None:
    """The third person reads what differs, and decides for the own reading."""
    vera.open("/")
    vera.opened.clear()
    vera.follow()
    vera.press("/own", "own", {"v:2": "17"})
    assert vera.page is not None
    vera.press(fields={"c:2": "own"})


@pytest.mark.release
def test_the_next_of_several_works_opens_by_itself(make: Callable[..., Work]) -> None:
    first = make(Medium.ENLARGED)
    second = first.another("2А")
    for work in (first, second):
        collected(work)
        picture = sheets.draw(work.code, "A3", 100, answers=head())
        work.upload(arrive(work, "tech"), picture, dpi=100)
    anna = arrive(first, "anna")
    anna.follow()
    begun = anna.page.url if anna.page else ""
    for _work in (first, second):
        anna.press("", "hand_in", {f"v:{field}": text for field, text in head().items()})
        anna.press("", "hand_in_blank")
    assert anna.page and anna.page.url.endswith("/done"), "nothing of anybody else's waits"
    desks = [url for url in anna.opened if url.startswith("/keyin/") and not url.endswith("/done")]
    assert {begun, *desks} == {f"/keyin/{first.id}", f"/keyin/{second.id}"}


def keys_of(given: dict[str, str], replaced: list[list[str]]) -> int:
    """Keys that a reader presses for a sheet: its characters, Enter behind each field up to the
    last answer, and the hand-in."""
    tasks = max(int(task) for task in given)
    text = sum(map(len, given.values())) + sum(len(task) + len(row) for task, row in replaced)
    registration = 2 + 2 + 3
    enters = 3 + tasks + 2 * len(replaced)
    hand_in_and_blanks = 2
    return text + registration + enters + hand_in_and_blanks


def test_the_demo_sheet_of_twenty_answers_costs_a_reader_150_keys() -> None:
    assert set(NAMES.values()) and all(len(name) == 3 for name in NAMES.values())
    twenty = [w for w in works() if len(w.get("answers", {})) == 20]
    assert twenty, "the demo has a sheet of twenty answers"
    for work in twenty:
        found = keys_of(work["answers"], work.get("replacements", []))
        assert found <= 150, (work["candidate"], found)
