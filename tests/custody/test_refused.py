"""What is refused on the way of a kit into its packet, and what a colleague did in the meantime."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind, ThingState
from examday.domain.errors import Conflict, Invalid, NotFound, Stale
from examday.domain.people.roles import Actor
from examday.services.custody import handing, kits, papers
from examday.services.custody.room import collecting, enlarging, sound, withdrawn_kits
from examday.services.packing import (
    contents,
    handing_over,
    packets,
    sealing,
    single_things,
    work_page,
    works,
)
from examday.services.packing.room import at_once
from examday.services.people import log_in
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Item
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number
from tests.day import booklet


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Two enlarged kits and a notebook, issued."""
    made = custody_day.make(store, add_person, ("enlarged", "enlarged", "braille"))
    for n, place in enumerate(made.booklets, 1):
        made.do("lead", kits.issue, made.booklets[place], number(n))
    return made


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, Callable[[Any], None]], None]:
    """While a row of this table is waited for, a colleague changes it."""

    def change(table: type, how: Callable[[Any], None]) -> None:
        hold = UnitOfWork.hold

        def held(uow: UnitOfWork, model: Any, key: Any) -> Any:
            row = hold(uow, model, key)
            if model is table:
                how(row)
            return row

        monkeypatch.setattr(UnitOfWork, "hold", held)

    return change


def certified(day: Day, place: str) -> str:
    work = day.booklets[place]
    if place != "3А":
        day.do("lead", enlarging.enlarge, work, day.people["board"].id)
    day.do("lead", collecting.collect, work, day.counts(place))
    day.put_at(place, "certified")
    return work


def packet(day: Day, purpose: Purpose) -> str:
    made: Item = day.do("lead", packets.open_packet, day.exam, purpose)
    return made.id


def things(day: Day, place: str) -> list[Item]:
    with day.store.read() as uow:
        return papers.of_booklet(uow, day.booklets[place])


def packed(day: Day) -> tuple[str, str]:
    """The work of 1А in its two packets."""
    work = certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, work, standard, evidence, day.counts("1А"))
    return standard, evidence


def test_a_thing_that_lies_in_the_packet_is_not_laid_in_twice(day: Day) -> None:
    day.do("lead", withdrawn_kits.spoil, day.booklets["1А"], "порван")
    spoiled, defective = things(day, "1А")[0], packet(day, Purpose.DEFECTIVE)
    day.do("lead", single_things.put, defective, spoiled.id)
    with pytest.raises(Conflict) as refused:
        day.do("lead", single_things.put, defective, spoiled.id)
    assert refused.value.code == "twice"


def test_what_is_part_of_a_packed_work_is_not_taken_out_by_itself(day: Day) -> None:
    packed(day)
    inside = next(one for one in things(day, "1А") if one.parent_id)
    with pytest.raises(Conflict) as refused:
        day.do("lead", single_things.take_out, inside.id, "не туда")
    assert refused.value.code == "packed"


def test_what_a_colleague_took_out_meanwhile_is_said_to_lie_in_no_packet(
    day: Day, meanwhile: Callable[..., None]
) -> None:
    day.do("lead", withdrawn_kits.spoil, day.booklets["1А"], "порван")
    spoiled, defective = things(day, "1А")[0], packet(day, Purpose.DEFECTIVE)
    day.do("lead", single_things.put, defective, spoiled.id)
    meanwhile(Item, lambda item: setattr(item, "parent_id", None))
    with pytest.raises(Conflict, match="lies in no packet any more"):
        day.do("lead", single_things.take_out, spoiled.id, "не туда")


def test_a_thing_of_no_work_goes_into_a_packet_too(day: Day) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        spare = uow.add(
            Item(
                code="spare",
                kind=Kind.STANDARD_SHEET,
                exam_id=day.exam,
                sheet="form_1",
                state=ThingState.SPOILED,
            )
        )
        uow.session.flush()
        uow.record("test:spare", f"item:{spare.id}")
    assert day.do("lead", single_things.put, packet(day, Purpose.DEFECTIVE), spare.id).parent_id


def test_enlarging_names_at_least_one_form_of_the_kit(day: Day) -> None:
    with pytest.raises(Invalid) as refused:
        day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id, ("form_9",))
    assert refused.value.code == "no-sheets"


def test_a_sound_is_compared_with_nothing_where_none_was_entered(day: Day) -> None:
    with day.store.read() as uow, pytest.raises(NotFound):
        sound.compare(uow, day.booklets["1А"], None)  # type: ignore[arg-type]


def test_spoiled_sheets_do_not_change_hands_with_the_work(day: Day) -> None:
    certified(day, "1А")
    sheet = next(one for one in things(day, "1А") if one.kind == Kind.STANDARD_SHEET)
    with day.store.begin(Actor.system("test")) as uow:
        uow.get(Item, sheet.id).state = ThingState.SPOILED
        uow.record("test:spoiled", f"item:{sheet.id}")
    chair, work = day.people["chair"].id, day.booklets["1А"]
    day.do("lead", handing.hand, work, chair, PIN, day.counts("1А"))
    holders = {one.id: one.holder_id for one in things(day, "1А")}
    assert holders.pop(sheet.id) != chair and set(holders.values()) == {chair}


def test_works_of_two_exams_are_not_packed_at_once(day: Day) -> None:
    other = booklet(day.store, number(9), subject="02")
    counted: dict[str, Any] = {day.booklets["1А"]: {}, other: {}}
    with pytest.raises(Conflict) as refused:
        day.do("lead", at_once.pack, counted, packets.NEW, packets.NEW)
    assert refused.value.code == "two-exams"


def test_a_packet_that_is_not_there_is_refused_and_the_work_stays(day: Day) -> None:
    work = certified(day, "1А")
    with pytest.raises(NotFound):
        day.do("lead", works.pack, work, "0" * 32, packet(day, Purpose.EVIDENCE), day.counts("1А"))
    assert day.booklet("1А").state == "certified"


def test_a_work_that_left_the_packet_while_the_pin_was_typed_stops_the_hand_over(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard, _evidence = packed(day)
    with day.store.read() as uow:
        counts = contents.contents(uow, uow.get(Item, standard))
    day.do("lead", sealing.seal, standard, counts)
    prove, hold = log_in.prove_oneself, UnitOfWork.hold

    def emptied(uow: UnitOfWork, model: Any, key: Any) -> Any:
        row = hold(uow, model, key)
        for item in uow.session.query(Item).where(Item.parent_id == key):
            item.parent_id = None
        return row

    def proven(*args: Any) -> Any:
        monkeypatch.setattr(UnitOfWork, "hold", emptied)
        return prove(*args)

    monkeypatch.setattr(log_in, "prove_oneself", proven)
    with pytest.raises(Stale):
        day.do("head", handing_over.hand_over, standard, day.people["board"].id, PIN, counts)
    with day.store.read() as uow:
        assert uow.get(Booklet, day.booklets["1А"]).state == "packed"


def test_what_was_spoiled_is_not_shown_to_be_packed(day: Day) -> None:
    work = certified(day, "1А")
    sheet = next(one for one in things(day, "1А") if one.kind == Kind.STANDARD_SHEET)
    with day.store.begin(Actor.system("test")) as uow:
        uow.get(Item, sheet.id).state = ThingState.SPOILED
        uow.record("test:spoiled", f"item:{sheet.id}")
    with day.store.read(day.actor("lead")) as uow:
        shown = {one.id for one in work_page.work(uow, work).things}
    assert sheet.id not in shown and len(shown) == len(things(day, "1А")) - 1


@pytest.mark.parametrize("state", [ThingState.SPOILED, ThingState.HANDED_OVER])
def test_a_copy_does_not_wait_for_the_scan_of_a_form_that_is_out_of_use(
    day: Day, state: ThingState
) -> None:
    work = certified(day, "1А")
    day.put_at("1А", "copied")
    with day.store.begin(Actor.system("test")) as uow:
        former = Item(
            code="former",
            kind=Kind.STANDARD_SHEET,
            exam_id=day.exam,
            booklet_id=work,
            sheet="form_1",
            state=state,
        )
        uow.add(former)
        uow.session.flush()
        uow.record("test:former", f"item:{former.id}")
        lacks = work_sheets.lack(uow, uow.get(Booklet, work))
    assert lacks is not None and lacks.forms == ("answer-form-1",)
