"""Works that come to the packing table again: transferred anew after an appeal, or never used."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import WrongStep
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor
from examday.services.custody import handing, kits, papers
from examday.services.custody.dossier import show
from examday.services.custody.room import enlarging, withdrawn_kits
from examday.services.packing import (
    contents,
    handing_over,
    packets,
    sealing,
    single_things,
    table_page,
    works,
)
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Item
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import PIN, Browser
from tests.custody_day import Day, number


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """One enlarged work, issued and enlarged."""
    made = custody_day.make(store, add_person, ("enlarged",))
    made.do("lead", kits.issue, made.booklets["1А"], number(1))
    made.do("lead", enlarging.enlarge, made.booklets["1А"], made.people["board"].id)
    return made


@pytest.fixture
def lead(day: Day, browser: Callable[[], Browser]) -> Clerk:
    return Clerk(browser(), "lead")


def packet(day: Day, purpose: Purpose) -> str:
    made: Item = day.do("lead", packets.open_packet, day.exam, purpose)
    return made.id


def inside(day: Day, packet_id: str) -> dict[Kind, int]:
    with day.store.read() as uow:
        return contents.contents(uow, uow.get(Item, packet_id))


def leave(day: Day, packet_id: str) -> None:
    """The packet is closed and taken over by the exam-board member."""
    day.do("lead", sealing.seal, packet_id, inside(day, packet_id))
    to = day.people["board"].id
    day.do("head", handing_over.hand_over, packet_id, to, PIN, inside(day, packet_id))


def transferred_anew(day: Day) -> dict[str, str | None]:
    """The work has left in two packets, and new forms were filled for it; who holds the old papers."""
    work = day.booklets["1А"]
    day.put_at("1А", "certified")
    first, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, work, first, evidence, day.counts("1А"))
    leave(day, first)
    leave(day, evidence)
    day.put_at("1А", "certified", version=2, holder_id=day.people["lead"].id)

    def new_forms(uow: Any) -> None:
        papers.new_forms(uow, uow.get(Booklet, work))
        uow.record("test:forms", f"booklet:{work}")

    day.do("lead", new_forms)
    return {item.id: item.holder_id for item in things(day) if item.state == papers.GONE}


def things(day: Day) -> list[Item]:
    with day.store.read() as uow:
        return papers.of_booklet(uow, day.booklets["1А"])


def test_a_second_version_is_packed_without_what_left_and_taken_out_again(
    day: Day, lead: Clerk
) -> None:
    gone, page = transferred_anew(day), f"/packing/work/{day.booklets['1А']}"
    before = {item.id: item.parent_id for item in things(day)}
    asked = lead.open(page)
    assert 'name="evidence"' not in asked.html, "no packet is begun for originals that have left"
    lead.press("/pack", fields={f"count-{kind}": n for kind, n in day.counts("1А").items()})
    assert day.booklet("1А").state == "packed"
    with day.store.read() as uow:
        here = [p for p in packets.of_exam(uow, day.exam) if p.state == packets.OPEN]
        assert [p.sheet for p in here] == [Purpose.STANDARD]
        assert show(uow, day.booklets["1А"]).packet_id == here[0].id
    shown = lead.open(page)
    notice = shown.html.partition("Работа лежит в своих пакетах")[2].partition("<form")[0]
    assert notice.count("/packing/packet/") == 1 and here[0].id in notice
    lead.press("/unpack", fields={"reason": "не тот пакет"})
    assert day.booklet("1А").state == "certified" and inside(day, here[0].id) == {}
    after = {item.id: item.parent_id for item in things(day)}
    assert after == before and gone, "what left lies on record where it left"


def test_who_gets_a_second_version_does_not_hold_what_left(day: Day) -> None:
    gone = transferred_anew(day)
    to = day.people["second"].id
    day.do("lead", handing.hand, day.booklets["1А"], to, PIN, day.counts("1А"))
    holders = {item.id: item.holder_id for item in things(day)}
    assert {id: holders[id] for id in gone} == gone
    assert {holders[id] for id in holders.keys() - gone.keys()} == {to}


def test_a_work_that_has_left_in_part_leads_to_the_packet_that_is_here(day: Day) -> None:
    work = day.booklets["1А"]
    day.put_at("1А", "certified")
    forms, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, work, forms, evidence, day.counts("1А"))
    leave(day, forms)
    with day.store.read() as uow:
        assert show(uow, work).packet_id == evidence


def test_a_work_of_which_a_packet_has_left_is_not_taken_out_of_the_other(
    day: Day, lead: Clerk
) -> None:
    """It could be transferred anew while its signed forms are on the way to the scanners."""
    work, page = day.booklets["1А"], f"/packing/work/{day.booklets['1А']}"
    day.put_at("1А", "certified")
    forms, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, work, forms, evidence, day.counts("1А"))
    lead.open(page)
    # By the head, while the page lies open.
    leave(day, forms)
    before = [(item.id, item.parent_id) for item in things(day)]
    refused = lead.press("/unpack", fields={"reason": "передать заново"})
    code = next(item.code for item in packets_here(day) if item.id == forms)
    assert f"Пакет {spaced(code)} с бумагами этой работы уже передан" in refused.text
    assert day.booklet("1А").state == "packed"
    assert [(item.id, item.parent_id) for item in things(day)] == before
    shown = lead.open(page)
    assert not any(form.action.endswith("/unpack") for form in shown.forms)
    assert "Уже передан" in shown.text


def packets_here(day: Day) -> list[Item]:
    with day.store.read() as uow:
        return packets.of_exam(uow, day.exam)


def test_a_work_that_was_not_used_is_packed_once_and_taken_out_of_a_wrong_packet(
    day: Day, lead: Clerk
) -> None:
    page, wrong, right = f"/packing/work/{day.booklets['1А']}", *standard_packets(day)
    day.do("lead", withdrawn_kits.choose_standard, day.booklets["1А"], "удобнее А4")
    lead.open(page)
    forms = {f"count-{Kind.STANDARD_SHEET}": 4}
    lead.press("/pack", fields={**forms, "standard": wrong})
    assert inside(day, wrong) == {Kind.STANDARD_SHEET: 4}
    shown = lead.open(page)
    assert "Работа лежит в своих пакетах" in shown.text and wrong in shown.html
    assert not any(form.action.endswith("/pack") for form in shown.forms)
    with pytest.raises(Conflict) as refused:
        counted = {Kind.STANDARD_SHEET: 4}
        day.do("lead", works.pack, day.booklets["1А"], wrong, "", counted)
    assert refused.value.code == "packed-before"
    assert day.kinds().count("packing:unused") == 1, "nothing is packed twice"
    lead.press("/unpack", fields={"reason": "не тот пакет"})
    assert inside(day, wrong) == {} and day.booklet("1А").state == "not_used"
    assert day.kinds()[-1] == "packing:take-out"
    day.do("lead", sealing.remove, wrong)
    lead.press("/pack", fields={**forms, "standard": right})
    assert inside(day, right) == {Kind.STANDARD_SHEET: 4}


def standard_packets(day: Day) -> tuple[str, str]:
    return packet(day, Purpose.STANDARD), packet(day, Purpose.STANDARD)


def test_what_was_not_used_and_has_left_is_neither_packed_nor_taken_out(
    day: Day, lead: Clerk
) -> None:
    work, standard = day.booklets["1А"], packet(day, Purpose.STANDARD)
    day.do("lead", withdrawn_kits.choose_standard, work, "удобнее А4")
    with pytest.raises(WrongStep):
        day.do("lead", works.unpack, work, "лежит на столе")
    day.do("lead", works.pack, work, standard, "", {Kind.STANDARD_SHEET: 4})
    leave(day, standard)
    shown = lead.open(f"/packing/work/{work}")
    assert "здесь нечего упаковывать" in shown.text
    assert "Работа 0101-1А" in shown.text and "Упаковать работу" not in shown.text
    assert not any("/packing/work/" in form.action for form in shown.forms)
    with pytest.raises(WrongStep):
        day.do("lead", works.unpack, work, "вернуть")
    with pytest.raises(Conflict) as refused:
        day.do("lead", works.pack, work, standard, "", {})
    assert refused.value.code == "nothing-here"


def test_who_takes_back_a_step_of_a_work_whose_papers_were_packed_is_led_to_their_packet(
    day: Day, lead: Clerk
) -> None:
    work, defective = day.booklets["1А"], packet(day, Purpose.DEFECTIVE)
    day.do("lead", withdrawn_kits.choose_standard, work, "удобнее А4")
    lead.open(f"/custody/work/{work}/undo")
    # By a colleague, while the page lies open.
    sheet = next(item for item in things(day) if item.kind == Kind.ENLARGED_SHEET)
    day.do("lead", single_things.put, defective, sheet.id)
    refused = lead.press("/undo", fields={"reason": "нажато не у того места"})
    summary = refused.html.partition('class="error-summary"')[2].partition("</section>")[0]
    assert "её бумаги лежат в пакете" in summary
    assert f'<a href="/packing/packet/{defective}">К пакету</a>' in summary


def test_unused_sheets_that_leave_take_no_work_along_that_is_still_here(day: Day) -> None:
    """Its standard forms wait with the lead to be packed, and the end of the day asks the lead."""
    work, defective = day.booklets["1А"], packet(day, Purpose.DEFECTIVE)
    day.do("lead", withdrawn_kits.choose_standard, work, "удобнее А4")
    for item in things(day):
        if item.kind == Kind.ENLARGED_SHEET:
            day.do("lead", single_things.put, defective, item.id)
    leave(day, defective)
    assert day.booklet("1А").holder_id == day.people["lead"].id
    standard = packet(day, Purpose.STANDARD)
    day.do("lead", works.pack, work, standard, "", {Kind.STANDARD_SHEET: 4})
    leave(day, standard)
    assert day.booklet("1А").holder_id == day.people["board"].id


def test_the_table_says_what_was_packed_and_shows_the_packets_of_every_day_that_have_not_left(
    day: Day, lead: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_page, "A_PAGE", 0)
    work = day.booklets["1А"]
    day.put_at("1А", "certified")
    made = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, work, *made, day.counts("1А"))
    with day.store.begin(Actor.system("test")) as uow:
        now = uow.get(Exam, day.exam)
        uow.add(
            Exam(date=now.date + dt.timedelta(days=3), kind=now.kind, subject="02",
                 site_code=now.site_code)
        )  # fmt: skip
        uow.record("test:exam", "exam:later")
    with day.store.read() as uow:
        codes = {spaced(uow.get(Item, key).code) for key in made}
    shown = lead.open(f"/packing/?packed={work}").text
    assert "Упакована работа" in shown and all(code in shown for code in codes)
    day.put_at("1А", "certified")
    assert "Упакована работа" not in lead.open(f"/packing/?packed={work}").text, (
        "taken out meanwhile"
    )
