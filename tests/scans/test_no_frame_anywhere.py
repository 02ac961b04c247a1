"""Where nothing proves that a form lies right, no desk frames a field, and each one says why."""

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest

from examday.domain.people.roles import Actor
from examday.services.appeals import old_works
from examday.services.appeals.hearing import opening, own_work
from examday.services.scans import pictures
from examday.services.scans.showing.places import places
from examday.services.transfer import assignments
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, Person
from tests import sheets
from tests.appeals import world
from tests.appeals.test_appeal_services import sat_down
from tests.appeals.test_unknown_is_asked import old_work
from tests.conftest import Browser
from tests.transfer_day import Hands, add_page

SAYS_WHY = "нельзя надёжно сказать, где поля бланка"
FRAME = re.compile(r'data-box="[^"]|"boxes": \{"|/field/')


def in_doubt(store: Store, work: str, doubt: bool = True) -> None:
    """The pages of a work were attached by a person though nothing proves where their form lies."""
    with store.begin(Actor.system("test")) as uow:
        for page in uow.session.query(Page).where(Page.booklet_id == work):
            page.identity = {**page.identity, "proven": not doubt}
        uow.record("test:doubt", f"booklet:{work}")


def seen_by(browser: Callable[[], Browser], login: str, path: str) -> str:
    visit = browser()
    visit.log_in(login)
    answer = visit.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize("doubt", [True, False])
def test_key_in_and_verification(crew: Hands, browser: Callable[[], Browser], doubt: bool) -> None:
    work, other = crew.work(sheets.kit_code(1)), crew.work(sheets.kit_code(2))
    in_doubt(crew.store, work, doubt)
    crew.do("anna", assignments.take, work, "first")
    shown = [seen_by(browser, "anna", f"/keyin/{work}")]
    crew.settled(other, t1="ДОМ")
    crew.copied(other)
    in_doubt(crew.store, other, doubt)
    crew.do("boris", assignments.take, other, "verifier")
    shown.append(seen_by(browser, "boris", f"/verify/{other}"))
    assert [bool(FRAME.search(page)) for page in shown] == [not doubt] * 2
    assert [SAYS_WHY in page for page in shown] == [doubt] * 2


@pytest.mark.parametrize("doubt", [True, False])
def test_the_hearing_and_the_tasks_of_an_appeal(
    store: Store,
    add_person: Callable[..., Person],
    browser: Callable[[], Browser],
    clock: object,
    doubt: bool,
) -> None:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    commission = world.make(store, add_person)
    work = commission.do("secretary", old_works.take_in_old_work, old_work()).id
    number = world.file_appeal(commission, booklet_id=work)
    with store.begin(Actor.system("test")) as uow:
        for role in ("original", "copy"):
            add_page(uow, work, role)
        uow.record("test:pages", f"booklet:{work}")
    in_doubt(store, work, doubt)
    sat_down(commission, number)
    commission.do("secretary", opening.open_hearing, number)
    commission.do("secretary", own_work.confirm_own, number, "yes", "print")
    for side in ("original", "copy"):
        page = seen_by(browser, "member", f"/appeals/{number}/reading/{side}")
        assert bool(FRAME.search(page)) is not doubt
        assert (SAYS_WHY in page) is doubt
    with store.read() as uow:
        booklet = uow.get(Booklet, work)
        # The tasks of the appeal and the pictures of its protocol are cut by these places.
        found = [places(uow, booklet, role, booklet.version)["1"] for role in ("original", "copy")]
        assert [place.box is None for place in found] == [doubt] * 2
        assert [pictures.proven(uow.get(Page, place.page_id)) for place in found] == [not doubt] * 2
