"""Things laid where they do not belong, packets closed empty, works handed on by nobody: each is
refused in words of its own and nothing moves."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, DomainError, Invalid, NotFound
from examday.domain.people.roles import Actor
from examday.services.custody import booklets, handing, kits, papers, search
from examday.services.custody.room import enlarging, withdrawn_kits
from examday.services.packing import (
    commission_packages,
    handing_over,
    packet_page,
    packets,
    sealing,
    single_things,
)
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Item
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number

SEALED_FORMS = dt.date(2019, 6, 3)
"""A day on which the standard forms lay sealed in the packet of enlarged sheets."""


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    return custody_day.make(store, add_person)


def refused(kind: type[DomainError], code: str, act: Callable[..., Any], *args: Any) -> None:
    """This step is refused with this code."""
    with pytest.raises(kind) as told:
        act(*args)
    assert told.value.code == code, told.value


def packet(day: Day, purpose: Purpose) -> str:
    return str(day.do("lead", packets.open_packet, day.exam, purpose).id)


def spoiled(day: Day) -> str:
    """A standard form of a kit that was spoiled: it goes into a packet by itself."""
    work = day.booklets["1А"]
    day.do("lead", kits.issue, work, number(1))
    day.do("lead", withdrawn_kits.spoil, work, "порван")
    return form_of(day, work)


def form_of(day: Day, work: str) -> str:
    """One standard form of this work."""
    with day.store.read() as uow:
        mine = papers.of_booklet(uow, work)
    return next(str(item.id) for item in mine if item.kind == Kind.STANDARD_SHEET)


def test_a_kit_is_issued_by_the_number_on_it(day: Day) -> None:
    refused(Invalid, "no-code", day.do, "lead", kits.issue, day.booklets["1А"], "  ")
    assert day.booklet("1А").state == "registered"


def test_sealed_standard_forms_are_no_choice_any_more(
    store: Store, add_person: Callable[..., Any]
) -> None:
    day = custody_day.make(store, add_person, day=SEALED_FORMS)
    work = day.booklets["1А"]
    day.do("lead", kits.issue, work, number(1))
    day.do("lead", enlarging.enlarge, work, day.people["board"].id)
    choose = ("lead", withdrawn_kits.choose_standard, work, "попросил участник")
    refused(Conflict, "sealed-forms", day.do, *choose)
    assert day.booklet("1А").state == "enlarged"


def test_a_work_in_nobodys_hands_is_not_handed_on(day: Day) -> None:
    hand = ("lead", handing.hand, day.booklets["1А"], day.people["helper"].id, PIN, {})
    refused(Conflict, "not-in-hand", day.do, *hand)


def test_what_is_not_there_is_not_found(day: Day) -> None:
    with day.store.read() as uow:
        with pytest.raises(NotFound):
            booklets.for_page(uow, "0" * 32)
        assert search.find(uow, number(77)) == ()
        with pytest.raises(NotFound):
            search.by_code(uow, number(77))


def test_a_seat_is_looked_for_before_its_digits_are_called_a_wrong_number(day: Day) -> None:
    with day.store.begin(Actor.system("test")) as uow:
        seat = uow.get(Booklet, day.booklets["1А"]).seat
        seat.place = "123"
        uow.record("test:place", f"seat:{seat.id}")
    with day.store.read() as uow:
        assert search.by_code(uow, "0101-123").booklet_id == day.booklets["1А"]
        with pytest.raises(Invalid) as told:
            search.by_code(uow, "0101-124")
    assert told.value.code == "form-code-length"


def test_an_empty_packet_is_not_closed_and_an_open_one_not_handed_over(day: Day) -> None:
    empty = packet(day, Purpose.STANDARD)
    refused(Conflict, "empty", day.do, "lead", sealing.seal, empty, {})
    reopen = ("lead", sealing.reopen, empty, "ошибка")
    refused(Conflict, "not-sealed", day.do, *reopen)
    give = ("head", handing_over.hand_over, empty, day.people["board"].id, PIN, {})
    refused(Conflict, "not-sealed", day.do, *give)
    theirs = ("lead", commission_packages.empty, empty, {})
    refused(Conflict, "not-theirs", day.do, *theirs)


def test_certified_works_are_not_packed_thing_by_thing(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    form = form_of(day, day.booklets["1А"])
    standard = packet(day, Purpose.STANDARD)
    refused(Conflict, "not-singly", day.do, "lead", single_things.put, standard, form)
    with pytest.raises(DomainError):
        day.do("lead", single_things.put, packet(day, Purpose.EVIDENCE), form)
    with day.store.read() as uow:
        assert uow.get(Item, form).parent_id is None, "nothing was moved"


def test_a_spoiled_sheet_lies_in_one_packet_of_its_own_exam(day: Day) -> None:
    sheet = spoiled(day)
    first, second = packet(day, Purpose.DEFECTIVE), packet(day, Purpose.DEFECTIVE)
    day.do("lead", single_things.put, first, sheet)
    refused(Conflict, "elsewhere", day.do, "lead", single_things.put, second, sheet)
    day.do("lead", single_things.take_out, sheet, "не туда")
    with day.store.begin(Actor.system("test")) as uow:
        other = uow.add(
            Exam(date=uow.today(), kind="ege", subject="02", site_code="0001", region="77")
        )
        uow.session.flush()
        uow.record("test:exam", f"exam:{other.id}")
    foreign = str(day.do("lead", packets.open_packet, other.id, Purpose.DEFECTIVE).id)
    refused(Conflict, "foreign", day.do, "lead", single_things.put, foreign, sheet)
    refused(Invalid, "not-a-packet", day.do, "lead", single_things.put, sheet, sheet)
    with day.store.read() as uow:
        assert uow.get(Item, sheet).parent_id is None
        with pytest.raises(NotFound):
            packet_page.packet(uow, sheet)
