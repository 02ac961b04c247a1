"""A notebook is read only after its envelope was taken over by the commission."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind, ThingState
from examday.domain.custody.lifecycle import Medium
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict, Invalid
from examday.domain.people.roles import Actor, Role
from examday.services.braille import distribution
from examday.services.braille.desk import transcription
from examday.services.custody import journal, papers
from examday.services.packing import commission_packages
from examday.services.transfer import assignments, offers
from examday.storage.tables import Booklet, Item
from tests.at_desks import Clerk, Shown
from tests.conftest import Browser
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    made = hands(store, add_person)
    made.people["chair"] = add_person(store, "chair", Role.BRAILLE_CHAIR)
    return made


def package(crew: Hands, work: str, into: str = "") -> str:
    """Lay the envelope of a work into a package that was handed to the commission."""
    with crew.store.begin(Actor.system("test")) as uow:
        exam_id = uow.get(Booklet, work).exam_id
        packet = (
            uow.get(Item, into)
            if into
            else papers.make(
                uow, exam_id, Kind.PACKET, sheet=str(Purpose.COMMISSION), state="handed_over"
            )
        )
        uow.session.flush()
        papers.make(uow, exam_id, Kind.ENVELOPE, booklet_id=work, parent_id=packet.id)
        uow.record("test:package", f"item:{packet.id}")
        return packet.id


def test_a_work_in_a_package_is_not_keyed_in_before_the_package_was_counted(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    packet = package(crew, work)
    for step in (
        lambda: crew.look("anna", transcription.desk, work),
        lambda: crew.do("anna", assignments.hold_part, work, "first"),
        lambda: crew.do("boris", assignments.take, work, "second"),
    ):
        with pytest.raises(Conflict) as refused:
            step()
        assert refused.value.code == "not-received"
        assert refused.value.advice
    assert not crew.look("boris", offers.offers, "keyin")
    assert not crew.look("anna", offers.offers, "keyin"), "the desk would refuse it"
    with pytest.raises(Invalid):
        crew.do("chair", commission_packages.empty, packet, {})
    crew.do("chair", commission_packages.empty, packet, {Kind.ENVELOPE: 1})
    assert crew.look("anna", transcription.desk, work).part == "first"
    crew.do("boris", assignments.take, work, "second")


def test_an_envelope_that_is_out_of_use_holds_up_nobody(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    packet = package(crew, work)
    with crew.store.begin(Actor.system("test")) as uow:
        (envelope,) = papers.inside(uow, packet)
        envelope.state = ThingState.NOT_USED
        uow.record("test:not-used", f"item:{envelope.id}")
    crew.do("anna", assignments.take, work, "first")


def codes(crew: Hands, packet: str) -> list[str]:
    """The codes of what lies in the package."""
    with crew.store.read() as uow:
        return papers.codes(papers.inside(uow, packet))


def test_a_remark_takes_no_envelope_over_that_nobody_saw(crew: Hands) -> None:
    here, gone = crew.work(medium=Medium.BRAILLE), crew.work(medium=Medium.BRAILLE)
    packet = package(crew, here)
    (seen,) = codes(crew, packet)
    package(crew, gone, packet)
    note = "одного конверта нет, ищем"

    def count(number: int, *there: str) -> None:
        counted = {Kind.ENVELOPE: number}
        crew.do("chair", commission_packages.empty, packet, counted, note, there=there)

    for there, code in (((), "name-envelopes"), (("0000-0000",), "foreign-envelopes")):
        with pytest.raises(Invalid) as refused:
            count(1, *there)
        assert (refused.value.code, refused.value.field) == (code, "codes")
    count(1, seen)
    crew.do("anna", assignments.take, here, "first")
    with pytest.raises(Conflict) as waits:
        crew.do("boris", assignments.take, gone, "first")
    assert waits.value.code == "not-received"
    # It has turned up: the package is opened once more, for the rest.
    count(1)
    crew.do("boris", assignments.take, gone, "first")
    assert codes(crew, packet) == []


def test_the_count_of_the_commission_stands_in_the_journal(crew: Hands) -> None:
    packet = package(crew, crew.work(medium=Medium.BRAILLE))
    note, here = "лишний конверт", codes(crew, packet)
    crew.do("chair", commission_packages.empty, packet, {Kind.ENVELOPE: 2}, note, there=here)
    with crew.store.read() as uow:
        (line,) = journal.of_packet(uow, uow.get(Item, packet).id)
    assert (line.kind, line.counted, line.agreed) == ("open", {Kind.ENVELOPE: 2}, False)
    assert line.to_id == crew.people["chair"].id


def test_a_commission_without_packages_keys_in_at_once(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("anna", assignments.take, work, "first")


def to(page: Shown) -> list[str]:
    """Where the links of a page lead."""
    return [address for address, _attrs in page.links]


@pytest.mark.release
def test_a_work_in_a_package_names_the_package_and_who_opens_it(
    crew: Hands, browser: Callable[[], Browser]
) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    crew.do("chair", distribution.give, work, "second", crew.people["boris"].id)
    packet = package(crew, work)
    with crew.store.read() as uow:
        code = spaced(uow.get(Item, packet).code)
    opens = "председатель комиссии — вскрыть пакет и пересчитать конверты"
    anna, chair = Clerk(browser(), "anna"), Clerk(browser(), "chair")
    mine = anna.open("/work")
    assert code in mine.text and opens in mine.text
    assert "Продолжить" not in mine.text, "nothing is begun that the desk would refuse"
    assert f"/packing/packet/{packet}" not in to(mine), "a step for the chair"
    for page in (f"/braille/{work}", f"/booklets/{work}", "/commission"):
        assert opens in anna.open(page).text, page
    for page in (f"/booklets/{work}", "/commission"):
        assert f"/packing/packet/{packet}" in to(chair.open(page)), page
    assert opens in Clerk(browser(), "head").open("/").text, "who is waited for is who may do it"
    crew.do("chair", commission_packages.empty, packet, {Kind.ENVELOPE: 1})
    assert "Продолжить" in anna.open("/work").text
    assert code not in chair.open("/commission").text


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("in_use", "кто упаковывает — закрыть пакет для комиссии"),
        ("sealed", "руководитель пункта — передать пакет комиссии"),
    ],
)
def test_a_package_that_has_not_come_yet_waits_for_those_at_the_point(
    crew: Hands, browser: Callable[[], Browser], state: str, who: str
) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    packet = package(crew, work)
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Item, packet).state = state
        uow.record("test:package", f"item:{packet}")
    assert who in Clerk(browser(), "anna").open("/work").text
    assert "Вскрыть пакет" not in Clerk(browser(), "chair").open("/commission").text
