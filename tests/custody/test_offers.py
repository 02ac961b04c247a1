"""Who is offered what: the pages of a work, of its papers and of the packets, step by step.

The use cases decide anew; these tables keep dead buttons off the pages, and hold that nobody looks
in vain for the step that is theirs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.i18n import gettext as _
from examday.services.custody import kits, papers
from examday.services.custody.room import collecting
from examday.services.packing import (
    handing_over,
    packets,
    sealing,
    single_things,
    works,
)
from examday.services.packing.contents import contents
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Item
from tests import custody_day
from tests.conftest import PIN, Browser
from tests.custody_day import PEOPLE, Day, number
from tests.offers import Visitors, offers, people, text_of, visitors

ENLARGED, BRAILLE, TYPED = "1А", "2А", "3А"


@dataclass
class Point(Visitors):
    """The people of a point, each at a browser of their own, and their day."""

    day: Day


@pytest.fixture
def point(
    app: Flask,
    store: Store,
    add_person: Callable[..., Any],
    browser: Callable[[], Browser],
) -> Point:
    """A room with an enlarged, a Braille and a typed work; everybody is logged in."""
    day = custody_day.make(store, add_person)
    return Point(app, PEOPLE, visitors(app, browser, PEOPLE, PEOPLE).at, day)


READERS = "lead second helper chair translator"
NEXT_STEPS = [
    ("registered", ENLARGED, "custody.booklet", "head lead second"),
    ("issued", ENLARGED, "custody.booklet", "lead second"),
    ("issued", BRAILLE, "custody.booklet", "lead second chair"),
    ("issued", TYPED, "custody.booklet", "lead second chair"),
    ("enlarged", ENLARGED, "custody.booklet", "lead second chair"),
    ("collected", TYPED, "scans.index", f"head tech {READERS}"),
    ("scanned", ENLARGED, "keyin.desk", READERS),
    ("scanned", BRAILLE, "braille.desk", "translator"),
    ("keyed", ENLARGED, "settle.desk", f"head {READERS}"),
    ("settled", BRAILLE, "copying.sheet", "translator"),
    ("copied", ENLARGED, "scans.index", f"head tech {READERS}"),
    ("copy_scanned", TYPED, "verify.desk", f"head {READERS}"),
    ("verified", ENLARGED, "sign.sheet", "board observer"),
    ("certified", BRAILLE, "packing.work", "head lead second chair"),
]
"""State, work, page of the next step, who may take it. The technical specialist sends pictures back
and keys in nothing; the head of the point neither enlarges, keys in nor copies. The only chair takes no
part in a Braille work: nobody else could sign for it."""
STEP_PAGES = {page for _state, _work, page, _who in NEXT_STEPS} | {"packing.packet"}


def test_the_page_of_a_work_offers_the_next_step_to_those_who_may_take_it(point: Point) -> None:
    wanted: dict[tuple[str, str], dict[str, set[str]]] = {}
    for state, work, page, who in NEXT_STEPS:
        wanted.setdefault((state, work), {})[page] = people(who)
    for (state, work), pages in wanted.items():
        point.day.put_at(work, state)
        found = point.offered(f"/booklets/{point.day.booklets[work]}")
        assert {page: found[page] for page in found if page in STEP_PAGES} == pages, state


@pytest.mark.parametrize("state", ["handed_over", "not_used", "spoiled"])
@pytest.mark.release
def test_a_work_at_its_end_offers_no_step(point: Point, state: str) -> None:
    point.day.put_at(ENLARGED, state)
    found = point.offered(f"/booklets/{point.day.booklets[ENLARGED]}")
    assert set(found) <= {"board.index", "prints.booklet"}


@pytest.mark.release
def test_reopening_is_offered_while_something_stands_that_it_would_put_aside(point: Point) -> None:
    can = {"keyed", "settled", "copied", "copy_scanned", "verified", "certified"}
    url = f"/booklets/{point.day.booklets[TYPED]}"
    for state in State:
        point.day.put_at(TYPED, state.value)
        wanted = people("head board chair") if state.value in can else set()
        assert point.offered(url).get("reopening.form", set()) == wanted, state


def test_the_page_before_a_reopening_offers_it_only_where_the_way_allows(point: Point) -> None:
    can = {"keyed", "settled", "copied", "copy_scanned", "verified", "certified"}
    url = f"/work/{point.day.booklets[TYPED]}/reopen"
    for state in State:
        point.day.put_at(TYPED, state.value)
        page = point.at["head"].get(url)
        assert ("POST reopening.reopen" in offers(point.app, page)) == (state.value in can), state
        assert (_(STATE_NAMES[state]) in text_of(page)) or state.value in can, state


ROOM = "lead second"
"""Organisers in the room: what is done there is offered to them alone."""
GIVERS = f"head board helper translator chair {ROOM}"
"""Everybody through whose hands paper may go: «hand over» must be offered to all of them, and to
nobody else."""
CUSTODY = [
    # state, work, what the page offers as the step, who is offered it, who is offered «hand over»
    ("registered", ENLARGED, "POST custody.issue", f"head {ROOM}", ""),
    ("issued", ENLARGED, "POST custody.enlarge", ROOM, GIVERS),
    ("issued", BRAILLE, "POST custody.collect", f"chair {ROOM}", GIVERS),
    # Without its print-out there is nothing to collect yet.
    ("issued", TYPED, "POST custody.extra", f"head {ROOM}", GIVERS),
    ("enlarged", ENLARGED, "POST custody.collect", f"chair {ROOM}", GIVERS),
    ("collected", ENLARGED, "POST custody.hand", GIVERS, ""),
    ("scanned", BRAILLE, "POST custody.hand", GIVERS, ""),
    ("certified", TYPED, "POST custody.hand", GIVERS, ""),
    # A spoiled kit waits for nothing: its packet is asked for at the end of the day.
    ("spoiled", ENLARGED, "", "", GIVERS),
    ("packed", ENLARGED, "", "", ""),
    ("handed_over", ENLARGED, "", "", ""),
]
WHILE_WRITING = {"issued", "enlarged"}
"""Paper is added, the kit spoiled or the standard form chosen only while the candidate has the kit."""


@pytest.mark.release
def test_the_papers_of_a_work_offer_the_step_and_what_may_be_done_beside_it(point: Point) -> None:
    for state, work, step, who, givers in CUSTODY:
        point.day.put_at(work, state)
        found = point.offered(f"/custody/work/{point.day.booklets[work]}")
        forms = {offer: by for offer, by in found.items() if offer.startswith("POST custody.")}
        assert forms == ({step: people(who)} if step else {}), (state, work)
        beside = people(f"head {ROOM}") if state in WHILE_WRITING else set()
        for act in {"extra", "spoil", "standard"} - {step.removeprefix("POST custody.")}:
            assert found.get(f"custody.step:{act}", set()) == beside, (state, act)
        undone = people(f"head {ROOM}") if state in {*WHILE_WRITING, "collected"} else set()
        assert found.get("custody.step:undo", set()) == undone, state
        assert found.get("custody.step:hand", set()) == people(givers), state
        assign = people(f"head {ROOM}") if state == "registered" else set()
        assert found.get("custody.step:assign", set()) == assign, state


def options(page: Any, name: str) -> list[str]:
    """The names in a list to choose from."""
    html = page.get_data(as_text=True)
    _before, _name, rest = html.partition(f'name="{name}"')
    return [
        text_of(_Part(part)).strip() for part in rest.partition("</select>")[0].split("<option")[1:]
    ]


@dataclass
class _Part:
    """A piece of a page, read as a page."""

    html: str

    def get_data(self, as_text: bool) -> str:
        return "<" + self.html


def test_paper_is_given_to_others_and_enlarged_before_a_board_member(point: Point) -> None:
    day, lead = point.day, point.at["lead"]
    day.do("lead", kits.issue, day.booklets[ENLARGED], number(1))
    witnesses = options(lead.get(f"/custody/work/{day.booklets[ENLARGED]}"), "witness")
    assert [name for name in witnesses if name in {p.capitalize() for p in PEOPLE}] == ["Board"]
    receivers = options(lead.get(f"/custody/work/{day.booklets[ENLARGED]}/hand"), "to")
    named = {name.lower() for name in receivers} & set(PEOPLE)
    assert named == people(GIVERS) - {"lead"}, "nobody hands over to themselves"


def test_the_room_offers_the_next_kit_to_those_who_issue_and_every_step_to_be_done(
    point: Point,
) -> None:
    url = f"/custody/room/{point.day.exam}/{point.day.room}"
    assert point.offered(url)["POST custody.issue_next"] == people(f"head {ROOM}")
    for n, work in enumerate((ENLARGED, BRAILLE, TYPED), 1):
        point.day.do("lead", kits.issue, point.day.booklets[work], number(n))
    found = point.offered(url)
    assert "POST custody.issue_next" not in found, "every seat has its kit"
    assert found["custody.booklet"] == set(PEOPLE)


def test_the_kit_of_the_seat_that_was_chosen_is_issued_next(point: Point) -> None:
    url = f"/custody/room/{point.day.exam}/{point.day.room}"
    lead = point.at["lead"]
    first = lead.get(url).get_data(as_text=True)
    assert f'name="booklet" value="{point.day.booklets[ENLARGED]}"' in first
    chosen = lead.get(f"{url}?seat={point.day.booklets[TYPED]}").get_data(as_text=True)
    assert f'name="booklet" value="{point.day.booklets[TYPED]}"' in chosen


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (("registered", "issued", "collected"), "Выдать комплекты"),
        (("enlarged", "issued", "collected"), "Собрать работы"),
        (("collected", "not_used", "spoiled"), ""),
    ],
)
def test_the_page_of_papers_leads_to_the_room_where_most_is_to_do(
    point: Point, states: tuple[str, ...], said: str
) -> None:
    for place, state in zip((ENLARGED, BRAILLE, TYPED), states, strict=True):
        point.day.put_at(place, state)
    page = text_of(point.at["lead"].get("/custody/"))
    for words in ("Выдать комплекты", "Собрать работы"):
        assert (words in page) == (words == said), words


PACKERS = "head lead second chair"
PACKING = [
    ("verified", "", ""),
    ("certified", "POST packing.pack", PACKERS),
    ("packed", "POST packing.unpack", PACKERS),
    ("handed_over", "", ""),
    ("not_used", "POST packing.pack", PACKERS),
    ("spoiled", "", ""),
]


@pytest.mark.release
def test_a_work_is_packed_once_it_is_certified_and_unpacked_while_it_is_here(point: Point) -> None:
    point.day.do("lead", kits.issue, point.day.booklets[ENLARGED], number(1))
    for state, act, who in PACKING:
        point.day.put_at(ENLARGED, state)
        found = point.offered(f"/packing/work/{point.day.booklets[ENLARGED]}")
        acts = {offer: by for offer, by in found.items() if offer.startswith("POST packing.")}
        assert acts == ({act: people(who)} if act else {}), state


def packed(day: Day) -> tuple[str, str]:
    """The enlarged work lies in its two packets; their ids."""
    day.do("lead", kits.issue, day.booklets[ENLARGED], number(1))
    day.put_at(ENLARGED, "certified")
    standard, evidence = (
        day.do("lead", packets.open_packet, day.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    )
    counts = day.counts(ENLARGED)
    day.do("lead", works.pack, day.booklets[ENLARGED], standard, evidence, counts)
    return standard, evidence


def inside(day: Day, packet_id: str) -> dict[Any, int]:
    with day.store.read() as uow:
        return contents(uow, uow.get(Item, packet_id))


def acts(point: Point, packet_id: str) -> dict[str, set[str]]:
    found = point.offered(f"/packing/packet/{packet_id}")
    return {offer: by for offer, by in found.items() if offer.startswith("POST packing.")}


@pytest.mark.release
def test_a_packet_is_closed_handed_over_or_opened_again_by_those_who_may(point: Point) -> None:
    day = point.day
    standard, _evidence = packed(day)
    pack, hand = people(PACKERS), people("head board chair")
    assert acts(point, standard) == {"POST packing.seal": pack, "POST packing.check": pack}
    day.do("lead", sealing.seal, standard, inside(day, standard))
    assert acts(point, standard) == {"POST packing.hand_over": hand, "POST packing.reopen": pack}
    receivers = options(point.at["head"].get(f"/packing/packet/{standard}"), "to")
    assert {name.lower() for name in receivers} & set(PEOPLE) == people("board chair")
    to = day.people["board"].id
    day.do("head", handing_over.hand_over, standard, to, PIN, inside(day, standard))
    assert acts(point, standard) == {}, "what has left the point is not touched any more"


@pytest.mark.release
def test_an_empty_packet_cannot_be_closed_and_single_things_go_into_two_sorts_only(
    point: Point,
) -> None:
    day, pack = point.day, people(PACKERS)
    for purpose in Purpose:
        made = day.do("lead", packets.open_packet, day.exam, purpose)
        single = purpose in (Purpose.COMMISSION, Purpose.DEFECTIVE)
        put = {"POST packing.put": pack} if single else {}
        assert acts(point, made.id) == {**put, "POST packing.remove": pack}, purpose


@pytest.mark.release
def test_a_package_for_the_commission_is_opened_there_by_those_who_pack(point: Point) -> None:
    day = point.day
    day.do("lead", kits.issue, day.booklets[BRAILLE], number(2))
    day.do("lead", collecting.collect, day.booklets[BRAILLE], day.counts(BRAILLE))
    package: Item = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    with day.store.read() as uow:
        envelope = papers.envelope_of(papers.of_booklet(uow, day.booklets[BRAILLE]))
    assert envelope
    day.do("lead", single_things.put, package.id, envelope.id)
    assert {"POST packing.take_out", "POST packing.seal"} <= set(acts(point, package.id))
    day.do("lead", sealing.seal, package.id, inside(day, package.id))
    to = day.people["chair"].id
    day.do("head", handing_over.hand_over, package.id, to, PIN, inside(day, package.id))
    assert acts(point, package.id) == {"POST packing.empty": people(PACKERS)}
    chair, url = point.at["chair"], f"/packing/packet/{package.id}"
    assert "Что внутри по журналу" in text_of(chair.get(url)), "counted blind"
    assert chair.post(f"{url}/empty", {"count-envelope": "2"}).status_code == 400
    assert chair.post(f"{url}/empty", {"count-envelope": "1"}).status_code == 303
    assert acts(point, package.id) == {}


def test_what_lies_in_a_packet_is_folded_away_until_it_is_gone(point: Point) -> None:
    """Whoever counts must not read the number off the page, nor off what is printed from it."""
    day = point.day
    standard, _evidence = packed(day)
    words, page = "Что внутри по журналу", f"/packing/packet/{standard}"
    papers_of = re.compile("Напечатать (?:опись|акт передачи)")
    assert words in text_of(point.at["head"].get(page))
    assert not papers_of.findall(text_of(point.at["head"].get(page)))
    assert len(papers_of.findall(text_of(point.at["head"].get(f"{page}?show=contents")))) >= 2
    work = text_of(point.at["head"].get(f"/booklets/{day.booklets[ENLARGED]}"))
    assert "смотрите после счёта" in work
    assert "не пуст" in text_of(point.at["head"].get("/packing/"))
    day.do("lead", sealing.seal, standard, inside(day, standard))
    to = day.people["board"].id
    day.do("head", handing_over.hand_over, standard, to, PIN, inside(day, standard))
    assert words not in text_of(point.at["head"].get(page))


def test_a_packed_work_leads_those_who_hand_over_to_its_packet(point: Point) -> None:
    day = point.day
    standard, _evidence = packed(day)
    found = point.offered(f"/booklets/{day.booklets[ENLARGED]}")
    assert found["packing.packet"] == people("head board chair")
    page = point.at["board"].get(f"/booklets/{day.booklets[ENLARGED]}").get_data(as_text=True)
    assert f"/packing/packet/{standard}" in page


def test_the_packing_table_shows_what_waits_there_and_nothing_else(point: Point) -> None:
    day = point.day
    for n, work in enumerate((ENLARGED, BRAILLE, TYPED), 1):
        day.do("lead", kits.issue, day.booklets[work], number(n))
    for work, state in zip(
        (ENLARGED, BRAILLE, TYPED), ("certified", "verified", "not_used"), strict=True
    ):
        day.put_at(work, state)
    assert waiting(point) == {"0101-1А", "0101-3А"}
    standard = day.do("lead", packets.open_packet, day.exam, Purpose.STANDARD).id
    evidence = day.do("lead", packets.open_packet, day.exam, Purpose.EVIDENCE).id
    for work in (ENLARGED, TYPED):
        with day.store.read() as uow:
            booklet = uow.get(Booklet, day.booklets[work])
            things = [i for i in papers.of_booklet(uow, booklet.id) if i.state not in papers.VOID]
            counts = works.to_count(uow, booklet, things)
        day.do("lead", works.pack, day.booklets[work], standard, evidence, counts)
    assert waiting(point) == set(), "a work that was not used is packed once"


def waiting(point: Point) -> set[str]:
    """Seats of the works that the packing table sends to a page of their own."""
    html = point.at["lead"].get("/packing/").get_data(as_text=True)
    return set(re.findall(r'/packing/work/[0-9a-f]+"[^>]*>(?:[^<]*?)(0101-\dА)<', html))
