"""People decide quickly: as the page before, in one key press; what competes stands side by side."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import AS_BEFORE
from examday.services.people.directory import actor_of
from examday.services.scans import views
from examday.services.scans.deciding import as_before, by_hand, rivals, taking_back
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests.scans.test_covers import counted, cover, leaf, notebook, take_in

pytestmark = pytest.mark.usefixtures("without_children")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Any]) -> Actor:
    return actor_of(add_person(store, "head", Role.SITE_HEAD))


def pages(store: Store) -> list[Page]:
    with store.read() as uow:
        return list(uow.session.query(Page).order_by(Page.at, Page.number))


def attach(store: Store, actor: Actor, page: Page, work: str) -> None:
    with store.begin(actor) as uow:
        booklet = uow.get(Booklet, work)
        by_hand.attach_page(uow, page.id, booklet, "original", "Номер прочитан глазами")


def offered(store: Store, actor: Actor, page: Page, after: str = "") -> tuple[str, str] | None:
    """Work and page that are offered to follow."""
    with store.read(actor) as uow:
        found = as_before.before(uow, uow.get(Page, page.id), after)
        return (found.booklet.id, found.page.id) if found else None


def test_the_next_page_of_a_notebook_follows_in_one_step(store: Store, head: Actor) -> None:
    work = notebook(store)
    take_in(store, ("stack.tif", [leaf(1), leaf(2), leaf(3)]))
    first, second, third = pages(store)
    assert offered(store, head, second) is None, "nothing was decided yet"
    attach(store, head, first, work)
    assert offered(store, head, second) == (work, first.id)
    assert offered(store, head, third) is None
    with store.begin(head) as uow:
        as_before.attach_as_before(uow, second.id, first.id)
    found = pages(store)[1]
    assert (found.state, found.booklet_id, found.role) == ("attached", work, "original")
    assert (found.reason, found.decided_by, found.order) == (AS_BEFORE, head.person_id, 2)
    assert offered(store, head, third) == (work, second.id)


def test_a_page_that_does_not_count_is_passed_over(store: Store, head: Actor) -> None:
    work = notebook(store)
    take_in(store, ("stack.tif", [leaf(1), leaf(2), leaf(3)]))
    first, second, third = pages(store)
    attach(store, head, first, work)
    with store.begin(head) as uow:
        by_hand.reject_page(uow, second.id, "Чистый лист")
    assert offered(store, head, third) == (work, first.id)


def test_files_without_an_order_follow_the_page_that_was_decided_just_now(
    store: Store, head: Actor
) -> None:
    work = notebook(store)
    take_in(store, ("photo.png", [leaf(1)]), ("another.png", [leaf(2)]))
    first, second = pages(store)
    attach(store, head, first, work)
    assert offered(store, head, second) is None
    assert offered(store, head, second, first.id) == (work, first.id)
    stranger = Actor("8" * 32, frozenset({Role.TECHNICAL_SPECIALIST}), "tech")
    assert offered(store, stranger, second, first.id) is None, "somebody else decided that"


def test_a_page_behind_an_interrupted_cover_sheet_can_follow_it(store: Store, head: Actor) -> None:
    work = notebook(store)
    both = leaf(0, "EXAMDAY-LEDGER 1")
    take_in(store, ("scan1.png", [cover(work)]), ("scan3.png", [both]))
    kept, waiting = pages(store)
    assert offered(store, head, waiting, kept.id) is None, "nobody decided about the cover sheet"


def test_after_a_page_comes_the_next_sheet_and_only_at_the_end_what_has_waited_longest(
    store: Store, head: Actor
) -> None:
    work = notebook(store)
    take_in(store, ("old.png", [leaf(9)]))
    take_in(store, ("stack.tif", [leaf(1), leaf(2)]))
    oldest, first, second = pages(store)

    def following(page: Page) -> str | None:
        with store.read(head) as uow:
            found = views.next_exception(uow, page.id)
            return found.id if found else None

    attach(store, head, first, work)
    assert following(first) == second.id
    attach(store, head, second, work)
    assert following(second) == oldest.id
    attach(store, head, oldest, work)
    assert following(oldest) is None


def test_where_the_page_itself_or_the_step_speaks_against_it_nothing_is_offered(
    store: Store, head: Actor
) -> None:
    work = notebook(store)
    take_in(store, ("stack.tif", [leaf(1), leaf(2)]))
    first, second = pages(store)
    attach(store, head, first, work)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.SETTLED
        uow.record("test:step", f"booklet:{work}")
    assert offered(store, head, second) is None


def test_a_page_that_was_taken_back_meanwhile_leads_nowhere(store: Store, head: Actor) -> None:
    work = notebook(store)
    take_in(store, ("stack.tif", [leaf(1), leaf(2)]))
    first, second = pages(store)
    attach(store, head, first, work)
    with store.begin(head) as uow:
        taking_back.detach(uow, first.id, "Чужая страница")
    with pytest.raises(Conflict), store.begin(head) as uow:
        as_before.attach_as_before(uow, second.id, first.id)


def test_what_may_be_one_page_twice_is_compared_and_never_follows(
    store: Store, head: Actor
) -> None:
    work = counted(store, 2)
    take_in(store, ("stack.tif", [cover(work), leaf(1), leaf(2), leaf(3)]))
    extra = pages(store)[3]
    assert extra.problems == ["too-many"]
    assert offered(store, head, extra) is None
    with store.read(head) as uow:
        found = rivals.rivals(uow, uow.get(Page, extra.id))
        assert [row.number for row in found] == [2, 3]


@pytest.mark.release
def test_the_page_offers_what_to_press_and_shows_both_pictures(
    store: Store, head: Actor, browser: Callable[[], Any]
) -> None:
    work, print_out = notebook(store), counted(store, 1)
    take_in(store, ("stack.tif", [leaf(1), leaf(2)]))
    take_in(store, ("more.tif", [cover(print_out), leaf(3), leaf(4)]))
    first, second, _cover, there, extra = pages(store)
    attach(store, head, first, work)
    opened = browser()
    opened.log_in("head")
    url = f"/scans/exceptions/{second.id}"
    text = opened.get(url).get_data(as_text=True)
    assert "Как предыдущая: 101-1А, оригинал" in text and 'data-key="s"' in text
    sent = {"act": "as-before", "before": first.id}
    answer = opened.post(url, sent)
    assert answer.status_code == 303 and f"after={second.id}" in answer.headers["Location"]
    assert pages(store)[1].booklet_id == work
    text = opened.get(f"/scans/file/{there.scan_file_id}").get_data(as_text=True)
    assert re.search(r"Какие в нём работы</dt><dd>101-2А:\s+1 страница", text)
    text = opened.get(f"/scans/exceptions/{extra.id}").get_data(as_text=True)
    assert f"/image/{there.id}?scale=0.3" in text
    [wanted] = re.findall(r'name="wanted"[^>]*value="([^"]*)"', text)
    assert wanted == "101-2А", "the cover sheet names the work"


@pytest.mark.release
def test_no_page_that_competes_is_kept_back_and_each_says_what_it_is(
    store: Store, head: Actor, browser: Callable[[], Any]
) -> None:
    work = counted(store, 8)
    take_in(store, ("print-out.tif", [cover(work), *map(leaf, range(1, 10))]))
    *_others, extra = pages(store)
    opened = browser()
    opened.log_in("head")
    text = opened.get(f"/scans/exceptions/{extra.id}").get_data(as_text=True)
    assert text.count("Эта страница вместо неё") == 8
    assert "<summary>Ещё 2 страницы</summary>" in re.sub(r"\s+", " ", text)


def test_a_page_of_a_known_sheet_stands_beside_its_like() -> None:
    def of(sheet: str, role: str = "copy") -> Page:
        return Page(role=role, sheet=sheet)

    others = [of("form-1"), of("form-2"), of("form-1", "original")]
    assert rivals.alike(of("form-1"), others) == 1
    assert rivals.alike(of("form-3"), others) == 0
    assert rivals.alike(of(""), [of("")]) == 0, "two pages without a form are not of one sheet"
