"""«Эта страница не та»: a page is taken back or exchanged, and only what rested on it goes back."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.people.roles import Actor
from examday.services.scans import matching
from examday.services.scans.deciding import taking_back
from examday.services.scans.deciding.rivals import rivals
from examday.services.transfer import reopening, signatures
from examday.services.transfer.readings import find
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, Signoff
from tests import sheets
from tests.transfer_day import Hands, add_page


def page_of(store: Store, work: str, role: str) -> str:
    with store.read() as uow:
        [page] = uow.session.query(Page).where(
            Page.booklet_id == work, Page.role == role, Page.state == "attached"
        )
        return str(page.id)


def spare(store: Store, work: str, role: str) -> str:
    """A page that was set aside as a duplicate."""
    with store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, role)
        page.state, page.booklet_id, page.problems = "exception", None, ["duplicate"]
        uow.session.flush()
        uow.record("test:duplicate", f"page:{page.id}")  # type: ignore[arg-type]
        return str(page.id)


def verified(crew: Hands) -> str:
    work = crew.work(sheets.kit_code(81))
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    crew.verified(work)
    return work


def signed(crew: Hands, work: str) -> None:
    """A signature on the verified copy."""
    with crew.store.begin(Actor.system("test")) as uow:
        uow.add(
            Signoff(
                booklet_id=work,
                version=1,
                round=1,
                slot="observer",
                role="public_observer",
                person_id=crew.people["observer"].id,
                content_sha256="0" * 64,
                at=uow.now(),
            )
        )
        uow.record("test:signed", f"booklet:{work}")  # type: ignore[arg-type]


def slots(store: Store, work: str) -> set[str]:
    with store.read() as uow:
        return set(signatures.counting(uow, [uow.get(Booklet, work)])[work])


def test_a_wrong_copy_takes_verification_and_signatures_with_it_and_nothing_else(
    crew: Hands, head: Actor
) -> None:
    work = verified(crew)
    signed(crew, work)
    assert slots(crew.store, work) == {"observer"}
    with crew.store.begin(head) as uow:
        page = taking_back.detach(uow, page_of(crew.store, work, "copy"), "копия другой работы")
        assert (page.state, page.problems, page.booklet_id) == ("exception", ["taken-back"], None)
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == (State.COPIED, 1)
    assert slots(crew.store, work) == set()
    with crew.store.read() as uow:
        assert find(uow, uow.get(Booklet, work), "settled") is not None
    assert matching.match_again(crew.store) == 0
    crew.scan_copy(work)
    assert crew.state(work) == State.COPY_SCANNED
    crew.verified(work)
    assert crew.state(work) == State.VERIFIED
    assert slots(crew.store, work) == set(), "a signature vouches for the copy that was verified"


def test_a_signature_on_an_earlier_version_says_nothing_of_the_new_copy(
    crew: Hands, head: Actor
) -> None:
    work = verified(crew)
    signed(crew, work)
    with crew.store.begin(head) as uow:
        reopening.reopen(uow, work, "опечатка")
    crew.settled(work, t1="ДЫМ")
    crew.copied(work)
    crew.verified(work)
    assert crew.booklet(work).version == 2 and crew.state(work) == State.VERIFIED
    assert slots(crew.store, work) == set()


def test_a_wrong_original_takes_what_was_keyed_from_it(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page_of(crew.store, work, "original"), "не тот лист")
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == (State.COLLECTED, 2)


def test_an_original_nobody_has_read_goes_without_a_new_version(crew: Hands, head: Actor) -> None:
    work = crew.work(sheets.kit_code(82))
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page_of(crew.store, work, "original"), "не тот лист")
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == (State.COLLECTED, 1)


@pytest.mark.parametrize(("role", "state"), [("copy", "copy_scanned"), ("original", "scanned")])
def test_a_page_set_aside_as_a_duplicate_takes_the_place_of_the_attached_one(
    crew: Hands, head: Actor, role: str, state: str
) -> None:
    work = verified(crew)
    wrong, better = page_of(crew.store, work, role), spare(crew.store, work, role)
    with crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, wrong, "первый скан нерезкий")
    assert crew.state(work) == state
    assert page_of(crew.store, work, role) == better
    with crew.store.read() as uow:
        assert (uow.get(Page, wrong).state, uow.get(Page, wrong).reason) == (
            "rejected",
            "первый скан нерезкий",
        )


def test_a_copy_of_an_earlier_version_is_not_offered_for_exchange(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    wrong, better = page_of(crew.store, work, "original"), spare(crew.store, work, "original")
    with crew.store.begin(Actor.system("test")) as uow:
        for page in uow.session.query(Page):
            page.code = uow.get(Booklet, work).code
        uow.record("test:numbers", f"booklet:{work}")  # type: ignore[arg-type]
    with crew.store.read(head) as uow:
        assert [row.role for row in rivals(uow, uow.get(Page, better))] == ["original", "copy"]
    with crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, wrong, "первый скан нерезкий")
    with crew.store.read(head) as uow:
        assert [row.id for row in rivals(uow, uow.get(Page, wrong))] == [better]


def test_who_may_not_decide_or_gives_no_reason_takes_nothing_back(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    page = page_of(crew.store, work, "copy")
    with pytest.raises(Forbidden), crew.store.begin(crew.actor("anna")) as uow:
        taking_back.detach(uow, page, "мне не нравится")
    # A technician decides about pages that wait, and sees the works' own ones small at most.
    with pytest.raises(NotFound), crew.store.begin(crew.actor("tech")) as uow:
        taking_back.detach(uow, page_of(crew.store, work, "original"), "не глядя")
    with pytest.raises(Invalid), crew.store.begin(head) as uow:
        taking_back.detach(uow, page, "  ")
    assert crew.state(work) == State.VERIFIED


@pytest.mark.parametrize("state", [State.PACKED, State.HANDED_OVER])
def test_what_is_packed_or_gone_is_not_taken_back(crew: Hands, head: Actor, state: State) -> None:
    work = verified(crew)
    page = page_of(crew.store, work, "copy")
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = state.value
        uow.record("test:packed", f"booklet:{work}")  # type: ignore[arg-type]
    with pytest.raises(Conflict), crew.store.begin(head) as uow:
        taking_back.detach(uow, page, "поздно")


def test_the_page_says_what_goes_back_and_takes_the_reason(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = verified(crew)
    page, other = page_of(crew.store, work, "copy"), spare(crew.store, work, "copy")
    person = browser()
    person.log_in("head")
    address = f"/scans/wrong/{page}"
    text = person.get(address).get_data(as_text=True)
    assert "Эта страница не та" in text and "подписи под ней" in text
    assert person.post(address, {"reason": ""}).status_code == 400
    both = f"{address}/for/{other}"
    assert f"/image/{page}" in person.get(both).get_data(as_text=True)
    assert f"/image/{other}" in person.get(both).get_data(as_text=True)
    assert person.post(both, {"reason": "чётче"}).status_code == 303
    assert crew.state(work) == State.COPY_SCANNED
    again = f"/scans/wrong/{other}"
    assert person.post(again, {"reason": "всё же нет"}).status_code == 303
    assert crew.state(work) == State.COPIED


def test_who_looks_at_a_work_takes_a_wrong_page_back_from_there(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = verified(crew)
    ways = {
        f'href="/scans/wrong/{page_of(crew.store, work, role)}?work=1"'
        for role in ("original", "copy")
    }

    def offered(login: str) -> set[str]:
        person = browser()
        person.log_in(login)
        html = person.get(f"/booklets/{work}").get_data(as_text=True)
        return {way for way in ways if way in html}

    assert offered("head") == ways
    assert offered("member") == offered("observer") == set(), "they decide about no page"
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.PACKED
        uow.record("test:packed", f"booklet:{work}")
    assert offered("head") == set(), "it would be refused"


def test_a_page_that_was_taken_back_is_offered_for_no_other_sheet(crew: Hands, head: Actor) -> None:
    work = verified(crew)
    copy, original = page_of(crew.store, work, "copy"), page_of(crew.store, work, "original")
    with crew.store.begin(Actor.system("test")) as uow:
        for page in uow.session.query(Page):
            page.code = uow.get(Booklet, work).code
        uow.record("test:numbers", f"booklet:{work}")  # type: ignore[arg-type]
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, copy, "нерезко")
    with crew.store.read(head) as uow:
        assert rivals(uow, uow.get(Page, copy)) == []
    with pytest.raises(Conflict) as refused, crew.store.begin(head) as uow:
        taking_back.exchange(uow, copy, original, "вместо оригинала")
    assert refused.value.code == "other-sheet"


def test_where_nothing_can_be_taken_back_the_address_says_why_and_leads_to_the_work(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = verified(crew)
    page, other = page_of(crew.store, work, "copy"), spare(crew.store, work, "copy")
    person = browser()
    person.log_in("head")
    of_work = person.get(f"/scans/wrong/{page}?work=1").get_data(as_text=True)
    assert f'href="/booklets/{work}"' in of_work.partition("<main")[2].partition("</h1>")[0]
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.PACKED
        uow.record("test:packed", f"booklet:{work}")
    for address in (f"/scans/wrong/{page}", f"/scans/wrong/{page}/for/{other}"):
        told = person.get(address)
        html = told.get_data(as_text=True).partition("<main")[2]
        assert told.status_code == 409 and 'name="reason"' not in html
        assert "Сначала достаньте работу из пакета" in html and f'href="/booklets/{work}"' in html


def test_an_exchange_that_is_refused_leads_back_to_its_entry(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = verified(crew)
    page, other = page_of(crew.store, work, "copy"), spare(crew.store, work, "copy")
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.PACKED
        uow.record("test:packed", f"booklet:{work}")
    person = browser()
    person.log_in("head")
    both = f"/scans/wrong/{page}/for/{other}"
    refused = person.post(both, {"reason": "чётче"})
    assert refused.status_code == 409
    assert 'href="#reason"' in refused.get_data(as_text=True)


def test_whoever_comes_too_late_is_led_to_the_pages_that_wait(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = verified(crew)
    other = spare(crew.store, work, "copy")
    late = browser()
    late.log_in("head")
    sent = {"act": "reject", "why": "пустая"}
    again = f"/scans/exceptions/{other}"
    assert late.post(again, sent).status_code == 303
    refused = late.post(again, sent)
    html = refused.get_data(as_text=True)
    assert refused.status_code == 409 and "уже принято решение" in html
    assert 'href="/scans/exceptions"' in html.partition("<main")[2]
