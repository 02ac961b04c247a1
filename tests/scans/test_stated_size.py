"""Where no file tells A3 from A4, a person says it once for all pages of a sending."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import SIZE_REASONS
from examday.services.people.directory import actor_of
from examday.services.scans import matching
from examday.services.scans.deciding.decision import SIZE, Decision, carry_out
from examday.services.scans.deciding.open_page import open_page
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests import day, sheets
from tests.scans.test_taken_for_the_copy import copied, filled, newest, reduced, send

pytestmark = pytest.mark.usefixtures("without_children")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "head", Role.SITE_HEAD))


def say(store: Store, head: Actor, page: Page, size: str, count: int) -> None:
    with store.begin(head) as uow:
        carry_out(uow, page.id, Decision(SIZE, before=str(count), size=size))


def pages(store: Store) -> list[Page]:
    with store.read() as uow:
        return list(uow.session.query(Page).order_by(Page.at))


def test_one_answer_places_all_pages_of_a_sending(store: Store, head: Actor) -> None:
    codes = [sheets.kit_code(seed) for seed in (71, 72)]
    works = [day.booklet(store, code) for code in codes]
    for code in codes:
        send(store, f"{code}.jpg", filled(code, "A3"))
    found = pages(store)
    assert [page.problems for page in found] == [["size-unknown"]] * 2
    with store.read(head) as uow:
        assert [one.id for one in open_page(uow, found[1].id).unsized] == [one.id for one in found]
    say(store, head, found[1], "A3", 2)
    with store.read() as uow:
        assert [uow.get(Booklet, work).state for work in works] == [State.SCANNED] * 2
    assert {(page.role, page.reason, page.decided_by) for page in pages(store)} == {
        ("original", SIZE_REASONS["A3"], head.person_id)
    }


def test_the_answer_is_not_remembered_and_holds_for_what_was_shown(
    store: Store, head: Actor
) -> None:
    first, second = (sheets.kit_code(seed) for seed in (73, 74))
    day.booklet(store, first)
    day.booklet(store, second)
    send(store, "1.jpg", filled(first, "A3"))
    page = newest(store)
    with pytest.raises(Conflict) as refused:
        say(store, head, page, "A3", 2)
    assert refused.value.code == "sizes-changed"
    with pytest.raises(Invalid) as unsaid:
        say(store, head, page, "", 1)
    assert unsaid.value.code == "no-size"
    say(store, head, page, "A3", 1)
    send(store, "2.jpg", filled(second, "A3"))
    assert newest(store).problems == ["size-unknown"]


def test_a_picture_of_the_original_that_is_said_to_be_a4_is_known_by_its_ink(
    store: Store, head: Actor
) -> None:
    code = sheets.kit_code(75)
    which = copied(store, code)
    send(store, "rectified.jpg", reduced(filled(code, "A3")))
    page = newest(store)
    assert page.problems == ["size-unknown"]
    say(store, head, page, "A4", 1)
    assert newest(store).problems == ["same-ink"]
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.COPIED


def test_a_page_that_came_too_soon_is_asked_about_by_the_reasons_of_now(
    store: Store, head: Actor
) -> None:
    code = sheets.kit_code(77)
    work = day.booklet(store, code, State.ENLARGED)
    send(store, "soon.jpg", filled(code, "A3"))
    before = newest(store).problems
    assert set(before) == {"size-unknown", "wrong-step"}
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.COLLECTED
        uow.record("test:state", f"booklet:{work}")
    matching.match_again(store)
    assert "wrong-step" not in newest(store).problems
    assert "size-unknown" in newest(store).problems
