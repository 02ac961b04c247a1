"""A cover sheet was drawn in together with another sheet: its pages lie behind the one before it."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role
from examday.services.people.directory import actor_of
from examday.services.scans import views
from examday.services.scans.covers.lost import lost_covers
from examday.services.scans.deciding import by_hand, taking_back
from examday.services.scans.deciding.open_page import open_page
from examday.services.scans.deciding.whole_stack import accept_stack
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests.conftest import Clock
from tests.scans.test_covers import (
    KEPT,
    asked,
    attached,
    counted,
    cover,
    found,
    leaf,
    notebook,
    take_in,
)

pytestmark = pytest.mark.usefixtures("without_children")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "head", Role.SITE_HEAD))


def without_the_second_cover(store: Store) -> tuple[str, str, str]:
    """Three notebooks of two pages in one stack, and only two cover sheets."""
    first, second, third = (notebook(store) for _ in range(3))
    leaves = [cover(first), *map(leaf, (1, 2, 3, 4)), cover(third), leaf(5), leaf(6)]
    take_in(store, *((f"scan{n}.png", [one]) for n, one in enumerate(leaves, 1)))
    return first, second, third


def told(store: Store) -> list[tuple[list[str], list[tuple[str, int]]]]:
    with store.read() as uow:
        return [
            ([b.id for b in one.missing], [(c.booklet.id, c.pages) for c in one.came])
            for one in lost_covers(uow, views.since(uow))
        ]


def pages_of(store: Store, work: str) -> list[Page]:
    with store.read() as uow:
        rows = uow.session.query(Page).filter_by(booklet_id=work).order_by(Page.order)
        return [uow.session.merge(row) for row in rows]


def test_a_notebook_of_which_nothing_came_is_named_with_what_lies_behind_the_other_covers(
    store: Store, clock: Clock
) -> None:
    first, second, third = without_the_second_cover(store)
    assert told(store) == [], "the rest of the stack may still come"
    clock.forward(seconds=180)
    assert told(store) == [([second], [(first, 4), (third, 2)])]


def test_nothing_is_said_where_every_work_of_the_room_came_or_none_by_a_cover_sheet(
    store: Store, clock: Clock
) -> None:
    first = notebook(store)
    take_in(store, ("scan1.png", [leaf(9)]))
    clock.forward(seconds=180)
    assert told(store) == []
    take_in(store, ("stack.tif", [cover(first), leaf(1)]))
    notebook(store, State.ISSUED)
    clock.forward(seconds=180)
    assert told(store) == [], "the other notebook is still in its room"


def test_the_pages_of_the_lost_work_are_taken_back_at_once_and_put_into_it_at_once(
    store: Store, head: Actor
) -> None:
    first, second, third = without_the_second_cover(store)
    wrong = pages_of(store, first)[2]
    with store.begin(head) as uow:
        taking_back.detach(uow, wrong.id, "разделительный лист потерян", behind=True)
    lost = [asked("taken-back")] * 2
    assert found(store) == [
        KEPT,
        *[attached(first)] * 2,
        *lost,
        KEPT,
        *[attached(third)] * 2,
    ]
    with store.read() as uow:
        rows = uow.session.query(Page).filter_by(state="exception")
        one, other = sorted((row.file.name, row.id) for row in rows)
    with store.begin(head) as uow:
        by_hand.attach_page(
            uow, one[1], uow.get(Booklet, second), "original", "за потерянным листом"
        )
    take_in(store, ("later.png", [leaf(8)]))
    with store.begin(head) as uow:
        shown = open_page(uow, other[1])
        assert shown.before is not None and shown.before.booklet.id == second
        with pytest.raises(Conflict):
            accept_stack(uow, other[1], 3)
        assert accept_stack(uow, other[1], shown.stack) == 1
    assert [len(pages_of(store, work)) for work in (first, second, third)] == [2, 2, 2]


def test_many_pages_that_were_taken_back_go_together_from_a_file_and_from_numbered_ones(
    store: Store, head: Actor
) -> None:
    first, second = notebook(store), notebook(store)
    take_in(store, ("stack.tif", [cover(first), *map(leaf, (1, 2, 3, 4)), cover(second)]))
    with store.begin(head) as uow:
        taking_back.detach(uow, pages_of(store, first)[1].id, "не та", behind=True)
    with store.begin(head) as uow:
        pages = uow.session.query(Page).filter_by(state="exception").order_by(Page.number).all()
        assert len(pages) == 3
        by_hand.attach_page(uow, pages[0].id, uow.get(Booklet, second), "original", "её")
        assert open_page(uow, pages[1].id).stack == 2
        assert accept_stack(uow, pages[1].id, 2) == 2
    assert len(pages_of(store, second)) == 3


def test_pages_of_a_print_out_behind_a_lost_cover_sheet_stop_at_the_count(store: Store) -> None:
    first, second = counted(store, 2), counted(store, 2)
    take_in(store, ("stack.tif", [cover(first), *map(leaf, (1, 2, 3, 4))]))
    assert found(store) == [KEPT, *[attached(first)] * 2, *[asked("too-many")] * 2]
    assert pages_of(store, second) == []


def test_the_page_of_scans_says_so_and_leads_to_the_works(
    store: Store, clock: Clock, head: Actor, browser: Callable[[], Any]
) -> None:
    first, _second, _third = without_the_second_cover(store)
    person = browser()
    person.log_in("head")
    assert "ничего не пришло" not in person.get("/scans/").get_data(as_text=True)
    clock.forward(seconds=180)
    html = person.get("/scans/").get_data(as_text=True)
    assert (
        "Аудитория 101: от 1 работы ничего не пришло" in html
        and f'href="/booklets/{first}"' in html
    )
    wrong = pages_of(store, first)[2]
    address = f"/scans/wrong/{wrong.id}"
    assert 'name="behind"' in person.get(address).get_data(as_text=True)
    sent = {"reason": "разделительный лист потерян", "behind": "1"}
    answer = person.post(address, sent)
    assert answer.status_code == 303 and answer.headers["Location"].endswith(wrong.id)
    assert len(pages_of(store, first)) == 2
