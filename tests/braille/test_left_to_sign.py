"""A Braille work with the people of one small commission: who may still sign is asked early."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Forbidden, Invalid, SamePerson
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Mark, Value
from examday.services.board import overview as board
from examday.services.braille import distribution
from examday.services.braille.desk.hand_in import hand_in
from examday.services.custody.booklets import advance
from examday.services.people.directory import actor_of
from examday.services.transfer import assignments, keyin, offers, readings, reopening, signing
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.hands import holders
from examday.storage.tables import Booklet, Person, PersonRole
from tests.conftest import PIN
from tests.notebooks import describe_scans
from tests.signed import verified_work
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    made = hands(store, add_person)
    made.people["chair"] = add_person(store, "chair", Role.BRAILLE_CHAIR)
    return made


def test_the_only_chair_neither_takes_a_part_nor_gets_one(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    with pytest.raises(Conflict) as refused:
        crew.do("chair", assignments.take, work, "first")
    assert refused.value.code == "last-signer"
    with pytest.raises(Conflict) as refused:
        crew.do("chair", distribution.give, work, "first", crew.people["chair"].id)
    assert refused.value.code == "last-signer"
    assert not crew.look("chair", offers.offers, "keyin")
    with pytest.raises(Invalid, match="Nobody is chosen"):
        crew.do("chair", distribution.give, work, "first", "")
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)


def test_after_a_defect_the_chair_cannot_give_the_work_to_who_made_it(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("anna", assignments.take, work, "first")
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        booklet.state = State.HANDED_OVER
        advance(uow, booklet, "retransfer")
    with pytest.raises(SamePerson):
        crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    crew.do("chair", distribution.give, work, "first", crew.people["boris"].id)


def test_with_a_deputy_the_chair_may_settle(crew: Hands, add_person: Callable[..., Any]) -> None:
    crew.people["deputy"] = add_person(crew.store, "deputy", Role.BRAILLE_DEPUTY)
    work = crew.work(medium=Medium.BRAILLE)
    crew.differing(work)
    crew.do("chair", assignments.take, work, "arbiter")


def test_who_reads_no_braille_is_not_sent_to_a_notebook(
    crew: Hands, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    crew.people["helper"] = add_person(crew.store, "helper", Role.ASSISTANT)
    work = crew.work(medium=Medium.BRAILLE)
    assert not crew.look("helper", offers.offers, "keyin")
    with pytest.raises(Forbidden) as refused:
        crew.do("helper", assignments.take, work, "first")
    assert refused.value.code == "reads-no-braille" and refused.value.advice
    visit = browser()
    visit.log_in("helper")
    assert f"/keyin/{work}" not in visit.get(f"/booklets/{work}").get_data(as_text=True)


def test_the_head_reads_no_braille_and_does_not_settle_it(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.differing(work)
    with pytest.raises(Forbidden) as refused:
        crew.do("head", assignments.take, work, "arbiter")
    assert refused.value.code == "reads-no-braille"


def test_the_board_says_at_once_that_nobody_can_sign(
    store: Any, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    made = hands(store, add_person)
    work = made.work(medium=Medium.BRAILLE)
    with store.read() as uow:
        alarm = next(a for a in board.show(uow).alarms if a.code == "unstaffed")
    assert alarm.ids == (work,)
    visit = browser()
    visit.log_in("head")
    page = re.sub(r"\s+", " ", visit.get("/board/").get_data(as_text=True))
    assert "Подписать некому" in page and "председатель комиссии тифлопереводчиков" in page
    add_person(store, "chair", Role.BRAILLE_CHAIR)
    with store.read() as uow:
        assert not [a for a in board.show(uow).alarms if a.code == "unstaffed"]


def test_an_enlarged_work_whose_last_witness_has_read_is_on_the_board(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work))
    with crew.store.read() as uow:
        assert not [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    with crew.store.begin(crew.actor("head")) as uow:
        uow.get(Person, crew.people["member"].id).disabled = True
        uow.record("person:disable", f"person:{crew.people['member'].id}")
    with crew.store.read() as uow:
        found = [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    assert found and found[0].ids == (work,)


def test_whoever_has_signed_one_place_is_nobody_for_another(
    store: Any, add_person: Callable[..., Any]
) -> None:
    made = verified_work(store, add_person)
    with store.begin(Actor.system("test")) as uow:
        uow.add(PersonRole(person_id=made.member.id, role=Role.PUBLIC_OBSERVER))
        uow.record("test:people", f"person:{made.member.id}")
    second = add_person(store, "second", Role.EXAM_BOARD_MEMBER)
    content, member = made.content(store), made.member
    with store.begin(actor_of(member)) as uow:
        signing.sign(uow, made.booklet_id, "observer", member.id, PIN, content)
    with store.read() as uow:
        assert not [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    with store.begin(Actor.system("test")) as uow:
        uow.get(Person, second.id).disabled = True
        uow.record("test:people", f"person:{second.id}")
    with store.read() as uow:
        [found] = [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    assert found.ids == (made.booklet_id,)


def test_two_queues_at_one_step_name_those_who_may_do_it(crew: Hands) -> None:
    crew.work()
    crew.work(code="2675000181771", medium=Medium.BRAILLE)
    with crew.store.read() as uow:
        queues = board.show(uow).queues
    waits = [q.who for q in queues if {s.state for s in q.standings} == {State.SCANNED}]
    assert set(waits) == {
        "readers: key the answers in",
        "tiflo-translators: read the notebook",
    }


def test_a_work_given_before_its_scan_is_visible_at_once_with_what_it_waits_for(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = crew.work(state=State.COLLECTED, medium=Medium.BRAILLE)
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    anna, boris = browser(), browser()
    anna.log_in("anna")
    boris.log_in("boris")
    page = re.sub(r"\s+", " ", anna.get("/work").get_data(as_text=True))
    assert "Выданы вам, ещё не готовы" in page and f"/booklets/{work}" in page
    assert "сканировать оригинал" in page
    assert "Выданы вам" not in boris.get("/work").get_data(as_text=True)


@pytest.mark.parametrize(("subject", "name"), [("07", "ИСТ"), ("22", "МАТ")])
def test_the_header_that_a_notebook_cannot_have_is_taken_from_the_plan(
    crew: Hands, subject: str, name: str
) -> None:
    work = crew.work(medium=Medium.BRAILLE, subject=subject)
    with crew.store.begin(crew.actor("head")) as uow:
        uow.get(Booklet, work).exam.region = "77"
        uow.record("test:exam", f"booklet:{work}")
    for login, part in (("anna", "first"), ("boris", "second")):
        crew.do(login, assignments.take, work, part)
        describe_scans(crew, work)
        crew.do(login, hand_in, work, "1 12", {"1": Value("12")})
    with crew.store.read() as uow:
        settled = readings.values_of(readings.settled(uow, uow.get(Booklet, work)))
    head = [settled[f].text for f in ("header:region", "header:subject", "header:name")]
    assert head == ["77", subject, name]


def test_what_the_plan_does_not_know_of_the_header_is_asked_and_not_taken_for_blank(
    crew: Hands,
) -> None:
    work = crew.work(medium=Medium.BRAILLE, subject="77")
    with crew.store.begin(crew.actor("head")) as uow:
        uow.get(Booklet, work).exam.region = ""
        uow.record("test:exam", f"booklet:{work}")
    blank = Value(mark=Mark.BLANK)
    for login, part in (("anna", "first"), ("boris", "second")):
        crew.do(login, assignments.take, work, part)
        describe_scans(crew, work)
        values = {"1": Value("12")}
        for field, said in (("header:region", Value("50")), ("header:name", blank)):
            with pytest.raises(Invalid) as asked:
                crew.do(login, hand_in, work, "1 12", values)
            assert (asked.value.code, asked.value.field) == ("header-unknown", f"v:{field}")
            values |= {field: said}
        both = values | {"header:region": Value("50", mark=Mark.BLANK)}
        with pytest.raises(Invalid):
            crew.do(login, hand_in, work, "1 12", both)
        crew.do(login, hand_in, work, "1 12", values)
    with crew.store.read() as uow:
        settled = readings.values_of(readings.settled(uow, uow.get(Booklet, work)))
    assert settled["header:region"] == Value("50") and settled["header:name"] == blank


def test_a_print_out_begins_with_the_header_of_the_plan(crew: Hands) -> None:
    work = crew.work(medium=Medium.TYPED, subject="07")
    crew.do("anna", assignments.take, work, "first")
    shown = crew.look("anna", keyin_desk.desk, work)
    assert shown.values["header:subject"] == Value("07")
    assert shown.values["header:name"] == Value("ИСТ")
    enlarged = crew.work(code="2675000181771")
    crew.do("anna", assignments.take, enlarged, "first")
    assert not crew.look("anna", keyin_desk.desk, enlarged).values


@pytest.mark.parametrize("medium", [Medium.TYPED, Medium.ORAL])
def test_blank_on_the_sheet_says_nothing_of_a_header_that_no_page_has(
    crew: Hands, medium: Medium
) -> None:
    work = crew.work(medium=medium, subject="77")
    crew.do("anna", assignments.take, work, "first")
    asked = list(crew.values(work))
    hand_in_blank = partial(crew.do, "anna", keyin.submit, work, "first", blanks=asked)
    said = {"header:subject": Value("77"), "1": Value("12")}
    with pytest.raises(Invalid) as asked:
        hand_in_blank(said)
    assert asked.value.code == "header-unknown"
    assert asked.value.params["fields"] == ["header:region", "header:name"]
    reading = hand_in_blank(
        said | {"header:region": Value("50"), "header:name": Value(mark=Mark.BLANK)}
    )
    fields = reading.content["fields"]
    assert (fields["header:region"]["text"], fields["header:name"]["mark"]) == ("50", "blank")
    assert fields["2"]["mark"] == "blank", "the tasks are on the sheet, and said by one button"


def test_reopening_keeps_the_distribution_of_the_chair(crew: Hands) -> None:
    work, enlarged = crew.work(medium=Medium.BRAILLE), crew.work(code="2675000181771")
    for one in (work, enlarged):
        crew.differing(one)
        crew.do("head", reopening.reopen, one, "пропущена страница")
    with crew.store.read() as uow:
        kept = holders(uow, uow.get(Booklet, work))
        assert kept == {"first": crew.people["anna"].id, "second": crew.people["boris"].id}
        assert not holders(uow, uow.get(Booklet, enlarged)), "others may read it as well"
    assert [o.held for o in crew.look("anna", offers.offers, "keyin") if o.booklet.id == work] == [
        True
    ]
