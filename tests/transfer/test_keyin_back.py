"""A key-in handed in by mistake is taken back with a reason while nothing rests on it."""

from collections.abc import Callable

import pytest

from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.transfer.answers import Value
from examday.services.board import overview
from examday.services.ledger import audit
from examday.services.transfer import assignments, drafts, keyin, offers, readings
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.going_back import keyin_back
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.transfer_day import Hands, hands

WHY = "нажато раньше, чем прочитан оборот"


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def handed_in(crew: Hands, login: str, part: str, work: str, answer: str = "12") -> None:
    crew.do(login, assignments.take, work, part)
    again(crew, login, part, work, answer)


def again(crew: Hands, login: str, part: str, work: str, answer: str) -> None:
    values = crew.values(work, t1=answer)
    crew.do(login, keyin.submit, work, part, values)


def back(crew: Hands, work: str, login: str = "anna") -> None:
    crew.do(login, keyin_back.take_back, work, WHY)


def test_the_author_goes_on_from_the_same_values_and_hands_in_anew(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work, "17")
    back(crew, work)
    desk = crew.look("anna", lambda uow: keyin_desk.desk(uow, work))
    assert not desk.handed_in and desk.values["1"] == Value("17")
    assert [o.held for o in crew.look("anna", lambda uow: offers.offers(uow, "keyin"))] == [True]
    again(crew, "anna", "first", work, "12")
    handed_in(crew, "boris", "second", work, "12")
    assert crew.state(work) == "settled", "the first hand-in is held against nothing"
    with crew.store.read() as uow:
        settled = readings.settled(uow, uow.get(Booklet, work))
        assert readings.values_of(settled)["1"].text == "12"
    assert audit.verify(crew.store).ok


def test_the_other_key_in_alone_completes_nothing_while_one_is_taken_back(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work)
    back(crew, work)
    handed_in(crew, "boris", "second", work)
    assert crew.state(work) == "scanned"
    again(crew, "anna", "first", work, "12")
    assert crew.state(work) == "settled"


def test_it_can_be_taken_back_twice_but_never_twice_without_a_new_one(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work)
    back(crew, work)
    with pytest.raises(NotFound):
        back(crew, work)
    again(crew, "anna", "first", work, "3")
    back(crew, work)
    assert not crew.look("anna", lambda uow: keyin_desk.desk(uow, work)).handed_in


def test_what_was_compared_is_not_taken_back(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work, "12")
    handed_in(crew, "boris", "second", work, "13")
    assert crew.state(work) == "keyed"
    with pytest.raises(Conflict):
        back(crew, work)


def test_nobody_takes_back_without_a_reason_or_for_another(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work)
    with pytest.raises(Invalid):
        crew.do("anna", keyin_back.take_back, work, "  ")
    with pytest.raises(NotFound):
        back(crew, work, "boris")
    assert crew.look("anna", keyin_back.mine) and not crew.look("boris", keyin_back.mine)


def test_who_has_read_the_sheet_is_not_its_third_reader(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work)
    back(crew, work)
    crew.do("anna", assignments.release, work, "first")
    handed_in(crew, "boris", "first", work, "12")
    handed_in(crew, "vera", "second", work, "13")
    with pytest.raises(Conflict):
        crew.do("anna", assignments.take, work, "arbiter")


def test_a_late_autosave_does_not_undo_a_new_hand_in(crew: Hands) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work)
    back(crew, work)
    again(crew, "anna", "first", work, "12")
    with pytest.raises(Conflict):
        again(crew, "anna", "first", work, "13")
    assert not crew.look("anna", lambda uow: drafts.values(uow, uow.get(Booklet, work), "first"))


def test_the_page_asks_why_and_leads_back_to_the_desk(
    crew: Hands, browser: Callable[[], Browser]
) -> None:
    work = crew.work()
    handed_in(crew, "anna", "first", work, "17")
    anna = Clerk(browser(), "anna")
    assert f"/keyin/{work}/done" in anna.open("/work").html
    anna.open(f"/keyin/{work}/done")
    refused = anna.press("/back")
    assert refused.status == 400 and "Напишите причину" in refused.text
    desk = anna.press("/back", fields={"reason": WHY})
    assert desk.url == f"/keyin/{work}" and "Ввод снова у вас" in desk.text
    assert 'value="17"' in desk.html


def test_after_the_first_hand_in_one_reader_is_waited_for_and_no_longer_two(
    crew: Hands, add_person: Callable[..., Person], browser: Callable[[], Browser]
) -> None:
    work = crew.work()
    head = Clerk(browser(), "head")

    def waited_for() -> tuple[set[str], bool]:
        with crew.store.read() as uow:
            queues = {queue.who for queue in overview.show(uow).queues}
        return queues, "второй читающий" in head.open(f"/booklets/{work}").text

    assert waited_for() == ({"readers: key the answers in"}, False)
    handed_in(crew, "anna", "first", work)
    assert waited_for() == ({"second reader: key the answers in"}, True)
    back(crew, work)
    assert waited_for() == ({"readers: key the answers in"}, False)
