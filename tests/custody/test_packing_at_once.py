"""The whole room into its packets in one step: each work counted blind, the odd ones left out."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.ledger import audit
from examday.services.packing import contents, packets
from examday.services.packing.packets import NEW
from examday.services.packing.room import at_once
from examday.services.printing.papers.label_papers import labels
from examday.services.printing.papers.packet.packet_contents import packet_contents
from examday.services.unit_of_work import Store
from examday.storage.tables import Item
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.custody_day import Day, number

PLACES = ("1А", "2А", "3А")


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Two enlarged works and a notebook with all their signatures, and one that still waits."""
    made = custody_day.make(store, add_person, ("enlarged", "enlarged", "braille", "enlarged"))
    for n, place in enumerate(made.booklets, 1):
        work = made.booklets[place]
        made.do("lead", kits.issue, work, number(n))
        if place != "3А":
            made.do("lead", enlarging.enlarge, work, made.people["board"].id)
        made.do("lead", collecting.collect, work, made.counts(place))
        if place in PLACES:
            made.put_at(place, "certified")
    return made


@pytest.fixture
def lead(day: Day, browser: Callable[[], Browser]) -> Clerk:
    return Clerk(browser(), "lead")


def room(day: Day) -> str:
    return f"/packing/room/{day.exam}/{day.room}"


def numbers(day: Day, *places: str) -> dict[str, str]:
    """What was counted of these works, as the form names it."""
    return {
        f"{day.booklets[place]}:count-{kind}": str(n)
        for place in places
        for kind, n in day.counts(place).items()
    }


def states(day: Day) -> list[str]:
    return [day.booklet(place).state for place in day.booklets]


def inside(day: Day, purpose: Purpose) -> dict[Kind, int]:
    with day.store.read() as uow:
        packet = packets.packet_for(uow, day.exam, purpose)
        return contents.contents(uow, packet) if packet else {}


def test_the_works_of_a_room_go_into_two_packets_at_once(day: Day, lead: Clerk) -> None:
    table = lead.open("/packing/")
    assert table.primary() == room(day) and "Упаковать аудиторию 0101 сразу (3)" in table.text
    shown = lead.follow()
    assert "места 4А" in shown.text, "who still waits for signatures is named"
    lead.press(fields=numbers(day, *PLACES))
    assert states(day) == ["packed", "packed", "packed", "collected"]
    assert inside(day, Purpose.EVIDENCE) == {Kind.ENVELOPE: 3}
    forms = sum(day.counts(place)[Kind.STANDARD_SHEET] for place in PLACES)
    assert inside(day, Purpose.STANDARD) == {Kind.STANDARD_SHEET: forms}
    assert day.kinds().count("booklet:pack") == 3, "each work has its own record"
    assert audit.verify(day.store).ok


def test_a_list_of_contents_runs_from_seat_to_seat_and_sheet_to_sheet(
    day: Day, lead: Clerk
) -> None:
    """In the order of our codes, which are drawn at random, nobody could hold it against the pile."""
    lead.open(room(day))
    lead.press(fields=numbers(day, *PLACES))
    with day.store.read(day.actor("lead")) as uow:
        packet = packets.packet_for(uow, day.exam, Purpose.EVIDENCE)
        assert packet
        rows: Any = packet_contents(uow, packet.id, False)["rows"]
        drawn = [label["place"] for label in labels(uow, "exam", day.exam)["labels"]]  # type: ignore[attr-defined]
    seats = [seat for _code, _thing, seat in rows]
    envelopes, sheets = seats[:3], rows[3:]
    walked = [f"0101-{place}" for place in PLACES]
    assert [seat.replace("\u00a0", " ") for seat in envelopes] == walked
    of_first = [thing for _code, thing, seat in sheets if seat == envelopes[0]]
    assert of_first == [thing for _code, thing, seat in sheets if seat == envelopes[1]]
    assert [seat for *_more, seat in sheets] == sorted(seat for *_more, seat in sheets)
    assert [place for place in dict.fromkeys(drawn) if place in walked] == walked


def test_the_odd_one_is_taken_out_and_a_wrong_number_stays(day: Day, lead: Clerk) -> None:
    shown = lead.open(room(day))
    for right in set(numbers(day, *PLACES).values()):
        assert f">{right}<" not in shown.html, "the page tells no count"
    sent = numbers(day, *PLACES)
    sent[f"{day.booklets['2А']}:count-{Kind.ENLARGED_SHEET}"] = "9"
    chosen = {"work": [day.booklets["1А"], day.booklets["2А"]]}
    overlooked = lead.press(fields={**numbers(day, "1А"), **chosen})
    assert overlooked.status == 400 and states(day)[0] == "certified"
    assert overlooked.html.count('aria-invalid="true"') == len(numbers(day, "2А"))
    after = lead.press(fields={**sent, **chosen})
    assert states(day) == ["packed", "certified", "certified", "collected"]
    assert "Место 2А" in after.text and "Упакована 1 работа" in after.text
    assert "alarm:count-mismatch" not in day.kinds(), "the alarm belongs to the second count"


def test_a_room_of_wrong_numbers_begins_no_packet(day: Day) -> None:
    counted = {day.booklets["1А"]: {Kind.STANDARD_SHEET: 9, Kind.ENLARGED_SHEET: 9}}
    found = day.do("lead", at_once.pack, counted, NEW, NEW)
    assert (found.done, found.differing) == (0, ("1А",))
    with day.store.read() as uow:
        made = uow.session.scalar(select(func.count()).where(Item.kind == Kind.PACKET))
    assert made == 0


def test_a_number_that_was_left_out_is_not_zero(day: Day) -> None:
    found = day.do("lead", at_once.pack, {day.booklets["1А"]: {}}, NEW, NEW)
    assert found.done == 0 and day.booklet("1А").state == "certified"


def test_nothing_is_packed_when_one_of_them_has_no_signatures(day: Day) -> None:
    counted = {day.booklets[place]: day.counts(place) for place in ("1А", "4А")}
    with pytest.raises(Conflict):
        day.do("lead", at_once.pack, counted, NEW, NEW)
    assert states(day)[0] == "certified"


def test_an_empty_choice_and_a_stranger_are_refused(day: Day, lead: Clerk) -> None:
    with pytest.raises(Invalid):
        day.do("lead", at_once.pack, {}, NEW, NEW)
    with pytest.raises(Forbidden):
        day.do("helper", at_once.pack, {day.booklets["1А"]: day.counts("1А")}, NEW, NEW)
    lead.open(room(day))
    shown = lead.press(fields={"work": []})
    assert shown.status == 400 and "Отметьте хотя бы одну работу" in shown.text


def test_a_room_with_a_single_work_is_packed_like_any_other(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Browser]
) -> None:
    day = custody_day.make(store, add_person, ("typed",))
    day.put_at("1А", "certified")
    shown = Clerk(browser(), "lead").open(room(day))
    assert "1А" in shown.text and day.booklets["1А"] in shown.html
