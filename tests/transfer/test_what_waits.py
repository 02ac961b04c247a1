"""What waits for whom at the desks: works offered, begun, taken by others; signatures; the ledger's
pages and the lists of people."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Value
from examday.services.custody import dossier
from examday.services.transfer import assignments, readings, reopening
from examday.services.transfer import offers as waiting_works
from examday.services.transfer.crew import counted, may_take
from examday.services.transfer.desks import signing as signing_desk
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests import sheets
from tests.conftest import PIN, Browser
from tests.offers import Visitors, offers, people, text_of, visitors
from tests.signed import Waiting, sent, verified_work
from tests.transfer_day import Hands, hands

ROLES: dict[str, tuple[Role, ...]] = {
    "anna": (Role.ASSISTANT,),
    "boris": (Role.ASSISTANT,),
    "vera": (Role.ASSISTANT,),
    "head": (Role.SITE_HEAD,),
    "member": (Role.EXAM_BOARD_MEMBER,),
    "observer": (Role.PUBLIC_OBSERVER,),
    "tech": (Role.TECHNICAL_SPECIALIST,),
}


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


@pytest.fixture
def seen(app: Flask, browser: Callable[[], Browser], crew: Hands) -> Visitors:
    """Everybody of the crew at a browser of their own."""
    return visitors(app, browser, ROLES, ROLES)


def offered(crew: Hands, login: str, kind: str) -> list[tuple[str, str, bool]]:
    """Work, part, whether it is begun: as the queue of this person shows it."""
    found = crew.look(login, waiting_works.offers, kind)
    return [(offer.booklet.id, offer.part, offer.held) for offer in found]


def since(crew: Hands, work: str, hours: int) -> None:
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).since = uow.now() - dt.timedelta(hours=hours)
        uow.record("test:since", f"booklet:{work}")


def test_begun_work_comes_first_then_what_waits_longest(crew: Hands) -> None:
    new, old, begun = (crew.work(sheets.kit_code(n)) for n in (1, 2, 3))
    since(crew, old, 5)
    since(crew, begun, 1)
    crew.do("anna", assignments.take, begun, "first")
    assert offered(crew, "anna", "keyin") == [
        (begun, "first", True),
        (old, "first", False),
        (new, "first", False),
    ]


def test_a_page_that_looked_at_the_longest_waiting_works_alone_says_so(
    crew: Hands, seen: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_works, "MOST", 1)
    said = "Работ на этом шаге больше: просмотрены 1"
    crew.work(sheets.kit_code(1))
    assert said not in text_of(seen.at["anna"].get("/work"))
    crew.work(sheets.kit_code(2))
    for page in ("/work", "/keyin"):
        assert said in text_of(seen.at["anna"].get(page)), page


def test_a_part_that_a_colleague_has_is_offered_to_nobody_and_the_other_half_is(
    crew: Hands,
) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    assert offered(crew, "boris", "keyin") == [(work, "second", False)]
    crew.do("boris", assignments.take, work, "second")
    assert offered(crew, "vera", "keyin") == []


def test_what_somebody_has_handed_in_is_not_offered_to_them_again(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work, t1="ДОМ"))
    assert offered(crew, "anna", "keyin") == []
    assert offered(crew, "boris", "keyin") == [(work, "second", False)]


def test_whoever_has_read_a_work_and_takes_its_copying_finds_it_again(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)  # by two, anna the first, whose work must not be offered to her again
    crew.do("anna", assignments.take, work, "copier")
    assert offered(crew, "anna", "copying") == [(work, "copier", True)]


def test_whoever_may_do_no_part_of_a_kind_is_offered_none(crew: Hands) -> None:
    crew.work()
    for login in ("observer", "member", "tech", "head"):
        assert offered(crew, login, "keyin") == [], login
    assert offered(crew, "anna", "keyin") != []


@pytest.mark.release
def test_my_work_shows_each_role_its_own_kinds_and_leads_to_what_was_begun(
    crew: Hands, seen: Visitors
) -> None:
    copied = crew.work(sheets.kit_code(1))
    crew.settled(copied, readers=("vera", "gleb"))
    waiting = crew.work(sheets.kit_code(2))
    found = seen.offered("/work")
    assert found["POST work.next_work:copying"] == people("anna boris vera")
    assert "POST work.next_work:keyin" not in found, "nearest to the end comes first"
    crew.do("anna", assignments.take, waiting, "first")
    found = seen.offered("/work")
    assert found["keyin.desk"] == people("anna"), "one's own begun work before any new one"
    assert found["POST work.next_work:copying"] == people("boris vera")
    assert set(found) >= {"POST work.take"}
    assert seen.offered("/work").get("sign.index", set()) == set()


def test_a_work_to_be_signed_is_offered_to_its_signers_where_nothing_else_waits(
    app: Flask, store: Store, browser: Any, add_person: Any
) -> None:
    verified_work(store, add_person)
    add_person(store, "tech", Role.TECHNICAL_SPECIALIST)
    roles = {
        "member": (Role.EXAM_BOARD_MEMBER,),
        "observer": (Role.PUBLIC_OBSERVER,),
        "reader": (Role.ASSISTANT,),
        "tech": (Role.TECHNICAL_SPECIALIST,),
    }
    seen = visitors(app, browser, roles, roles)
    assert seen.offered("/work")["sign.index"] == people("member observer")
    assert seen.offered("/sign")["sign.sheet"] == people("member observer")


def test_a_desk_without_the_part_offers_it_and_tells_the_head_who_has_it(
    crew: Hands, seen: Visitors
) -> None:
    work = crew.work()
    url = f"/keyin/{work}"
    assert "POST work.take" in offers_of(seen, "anna", url)
    crew.do("anna", assignments.take, work, "first")
    crew.do("boris", assignments.take, work, "second")
    barred = seen.at["vera"].get(url)
    assert barred.status_code == 403
    assert "/release" not in barred.get_data(as_text=True), "names of colleagues are not for all"
    assert "Anna" not in text_of(barred)
    differing = crew.work(sheets.kit_code(7))
    crew.differing(differing)
    crew.do("vera", assignments.take, differing, "arbiter")
    told = seen.at["head"].get(f"/settle/{differing}")
    assert told.status_code == 403 and "Vera" in text_of(told)
    assert "POST work.release" in offers(seen.app, told), "a colleague may have left for the day"
    silent = seen.at["observer"].get(f"/settle/{differing}")
    assert silent.status_code == 403 and "Vera" not in text_of(silent)


@pytest.mark.release
def test_of_a_long_queue_thirty_are_shown_and_the_rest_counted(crew: Hands, seen: Visitors) -> None:
    for n in range(1, 33):
        crew.work(sheets.kit_code(n))
    page = seen.at["anna"].get("/keyin")
    assert page.get_data(as_text=True).count('name="part" value="first"') == 30
    assert "из 32" in text_of(page)


def test_both_key_ins_are_told_apart_from_one(crew: Hands, seen: Visitors) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work, t1="ДОМ"))
    alone = text_of(seen.at["anna"].get(f"/keyin/{work}/done"))
    crew.key_in(work, "boris", "second", crew.values(work, t1="ДОМ"))
    both = text_of(seen.at["boris"].get(f"/keyin/{work}/done"))
    waits, moved_on = "Второго ввода ещё нет", "Оба ввода сданы"
    assert (waits in alone, moved_on in alone) == (True, False)
    assert (waits in both, moved_on in both) == (False, True)


def test_two_who_settle_together_are_asked_for_the_others_pin(
    crew: Hands, seen: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rule, asked in (("third_person", False), ("two_together", True)):
        monkeypatch.setattr(may_take, "settling", lambda _booklet, rule=rule: rule)
        work = crew.work(sheets.kit_code(20 + asked))
        crew.differing(work)
        who = "anna" if asked else "vera"
        crew.own_reading(work, who)
        page = seen.at[who].get(f"/settle/{work}").get_data(as_text=True)
        assert ('name="pin"' in page) == asked, rule


def offers_of(seen: Visitors, login: str, url: str) -> set[str]:
    """What the page offers to one person."""
    return offers(seen.app, seen.at[login].get(url))


@dataclass
class Desk(Visitors):
    """The people at the signing table."""

    store: Store
    work: Waiting

    def page(self, login: str) -> Any:
        return self.at[login].get(f"/sign/{self.work.booklet_id}")

    def slots(self, login: str = "organiser") -> set[str]:
        """Slots that can be signed on the page."""
        html = self.page(login).get_data(as_text=True)
        return {
            slot
            for slot in ("transferrer", "exam_board_member", "observer")
            if f'id="pin-{slot}"' in html
        }

    def absences(self) -> set[str]:
        html = self.page("organiser").get_data(as_text=True)
        return {
            s
            for s in ("transferrer", "exam_board_member", "observer")
            if f'id="reason-{s}"' in html
        }

    def sign(self, slot: str, person: Person) -> None:
        given = sent(slot, person, PIN, self.work.content(self.store))
        url = f"/sign/{self.work.booklet_id}"
        assert self.at["organiser"].post(url, given).status_code == 303


@pytest.fixture
def desk(app: Flask, store: Store, browser: Any, add_person: Any) -> Desk:
    work = verified_work(store, add_person)
    add_person(store, "head", Role.SITE_HEAD)
    roles = {
        "organiser": (Role.ROOM_ORGANISER,),
        "member": (Role.EXAM_BOARD_MEMBER,),
        "observer": (Role.PUBLIC_OBSERVER,),
        "head": (Role.SITE_HEAD,),
    }
    return Desk(app, roles, visitors(app, browser, roles, roles).at, store, work)


def test_each_signature_is_asked_for_until_it_is_given_and_absence_where_the_rules_allow(
    desk: Desk,
) -> None:
    assert desk.slots() == {"transferrer", "exam_board_member", "observer"}
    assert desk.absences() == {"observer"}
    desk.sign("observer", desk.work.observer)
    assert desk.slots() == {"transferrer", "exam_board_member"} and desk.absences() == set()


@pytest.mark.release
def test_a_certified_work_is_signed_no_more_and_leads_to_packing_or_to_its_page(
    desk: Desk, add_person: Any
) -> None:
    for slot, person in (
        ("observer", desk.work.observer),
        ("exam_board_member", desk.work.member),
        ("transferrer", desk.work.organiser),
    ):
        desk.sign(slot, person)
    assert desk.slots() == set()
    found = desk.offered(f"/sign/{desk.work.booklet_id}")
    assert found["packing.work"] == people("organiser head")
    assert found["booklet.show"] == people("member observer")
    other = verified_work(desk.store, add_person, code="2990000000026", people=desk.work)
    html = desk.page("organiser").get_data(as_text=True)
    assert f"/sign/{other.booklet_id}" in html, "the next signature before anything else"


def test_a_reopened_work_shows_no_signature_of_its_former_version(desk: Desk) -> None:
    desk.sign("observer", desk.work.observer)
    with desk.store.begin(Actor("x", frozenset({Role.SITE_HEAD}), "head")) as uow:
        reopening.reopen(uow, desk.work.booklet_id, "не тот лист")
    page = text_of(desk.at["head"].get(f"/booklets/{desk.work.booklet_id}"))
    assert "подписей: 0 из 3" in page and "Версия переноса 2" in page


def test_only_people_who_still_work_here_are_asked_to_sign_or_to_record(
    desk: Desk, add_person: Any
) -> None:
    gone = add_person(desk.store, "gone", Role.PUBLIC_OBSERVER)
    with desk.store.read() as uow:
        sheet = signing_desk.sheet(uow, desk.work.booklet_id)
        assert gone.id in {p.id for p in sheet.candidates["observer"]}
        recorders = {p.login for p in sheet.recorders}
    assert recorders == {"head", "member"}
    with desk.store.begin(Actor.system("test")) as uow:
        uow.get(Person, gone.id).disabled = True
        uow.record("test:gone", f"person:{gone.id}")
    with desk.store.read() as uow:
        sheet = signing_desk.sheet(uow, desk.work.booklet_id)
        assert gone.id not in {p.id for p in sheet.candidates["observer"]}


def test_signatures_are_shown_only_on_works_that_stand_where_they_count(desk: Desk) -> None:
    desk.sign("observer", desk.work.observer)
    url = f"/booklets/{desk.work.booklet_id}"
    for state, shown in (
        (State.VERIFIED, True),
        (State.CERTIFIED, True),
        (State.HANDED_OVER, True),
        (State.SETTLED, False),
        (State.COPY_SCANNED, False),
    ):
        with desk.store.begin(Actor.system("test")) as uow:
            uow.get(Booklet, desk.work.booklet_id).state = state
            uow.record("test:state", f"booklet:{desk.work.booklet_id}")
        html = desk.at["head"].get(url).get_data(as_text=True)
        assert ("sign given" in html) == shown, state


def test_the_page_of_a_work_shows_readings_of_its_version_alone_and_what_differs_first(
    crew: Hands, seen: Visitors
) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work, "vera")
    crew.do("head", reopening.reopen, work, "лист был не тот")
    crew.settled(work, readers=("boris", "anna"), t1="НОВОЕ", t2="5")
    with crew.store.read() as uow:
        page = dossier.show(uow, work)
    assert {reading.version for reading in page.readings} == {2}
    told = {
        source: value
        for row in page.lines
        if row.field_id == "1"
        for source, value in row.values.items()
    }
    assert set(told.values()) == {Value("НОВОЕ")}
    html = text_of(seen.at["head"].get(f"/booklets/{work}"))
    assert "ДОМ" not in html and "НОВОЕ" in html
    assert "Версия переноса" in html


def test_a_difference_between_people_stands_above_and_a_hint_of_the_machine_makes_none(
    crew: Hands,
) -> None:
    work = crew.work(medium=Medium.ENLARGED)
    crew.differing(work)
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        hints = {"1": Value("ТОМ")}
        readings.seal(uow, booklet, "machine:original", readings.content_of(hints))
        booklet.state = "settled"
        settled = crew.values(work, t1="ДОМ", t2="7")
        readings.seal(
            uow, booklet, "settled", readings.content_of(settled), person_id=crew.people["vera"].id
        )
        uow.record("booklet:settle", f"booklet:{work}")
    with crew.store.read() as uow:
        lines = dossier.show(uow, work).lines
    assert [row.field_id for row in lines if row.differs] == ["2"]
    assert lines[0].field_id == "2" and len(lines) > 5


def waits(seen: Visitors, login: str) -> str:
    """The number that the page of this person puts before its title."""
    answer = seen.at[login].get("/work/waiting", headers={"X-Fragment": "1"})
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    return str(answer.get_data(as_text=True))


def test_the_number_in_the_title_is_what_waits_for_this_person(crew: Hands, seen: Visitors) -> None:
    assert waits(seen, "anna") == waits(seen, "member") == "0"
    work = crew.work(sheets.kit_code(1))
    assert waits(seen, "anna") == "1", "a key-in is free"
    crew.do("anna", assignments.take, work, "first")
    assert waits(seen, "anna") == "1", "what one has begun waits too"
    crew.do("anna", assignments.release, work, "first")
    crew.settled(work)
    crew.copied(work, "anna")
    crew.verified(work, "boris")
    assert waits(seen, "member") == waits(seen, "observer") == "1", "a signature"
    assert waits(seen, "boris") == "0"


def test_more_works_than_are_counted_are_said_to_be_more(
    crew: Hands, seen: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the title and, of works to be signed, on each page."""
    monkeypatch.setattr(counted, "MOST", 1)
    for n, title, line in ((1, "1", "подписи ждёт 1 работа"), (2, "1+", "1+ работа")):
        work = crew.work(sheets.kit_code(n))
        crew.settled(work)
        crew.copied(work, "anna")
        crew.verified(work, "boris")
        assert waits(seen, "observer") == title
        assert line in text_of(seen.at["observer"].get("/help/start"))
    assert waits(seen, "vera") == "0", "what is done waits no longer"
    for n, title in ((3, "1"), (4, "1+")):
        crew.work(sheets.kit_code(n))
        assert waits(seen, "vera") == title, "a key-in is free"


def test_a_browser_says_how_it_wants_to_be_told(seen: Visitors) -> None:
    anna = seen.at["anna"]

    def mark() -> str:
        page = anna.get("/work").get_data(as_text=True)
        return page.partition('name="examday-waits"')[2].partition(">")[0]

    assert 'data-signal="title"' in mark()
    anna.post("/view", {"back": "/work", "signal": "sound"})
    assert 'data-signal="sound"' in mark()
    anna.post("/view", {"back": "/work", "signal": "off"})
    assert mark() == ""
