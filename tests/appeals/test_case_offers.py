"""What the pages of the conflict commission offer, and to whom: state of the case by role."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.people.roles import Actor
from examday.services.appeals.decision import findings
from examday.services.appeals.hearing import appointments, opening, own_work
from examday.services.appeals.keeping import retention
from examday.services.appeals.order import orders, second_transfer
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from examday.storage.tables_appeal import Appeal
from tests import day
from tests.appeals import world
from tests.conftest import PIN, Browser
from tests.offers import Visitors, people, text_of, visitors

HEARING = dt.datetime(2026, 6, 24, 8, 0, tzinfo=dt.UTC)
COMMISSION = "chair member secretary operator"
"""Log-ins of those who open the pages of a case: each is offered something else."""


@dataclass
class Room(Visitors):
    """The people of the commission at their browsers, and one case."""

    c: world.Commission
    case: str

    def put_at(self, state: CaseState, **columns: Any) -> None:
        """Bring the case to a state that other pages lead to."""
        with self.c.store.begin(Actor.system("test")) as uow:
            appeal = uow.get(Appeal, self.case)
            appeal.state = state
            for name, value in columns.items():
                setattr(appeal, name, value)
            uow.record("test:state", f"appeal:{appeal.id}")

    def forms(self, page: str = "") -> dict[str, set[str]]:
        """What a page of the case offers to do → who is offered it."""
        found = self.offered(f"/appeals/{self.case}{page}")
        return {o.removeprefix("POST "): by for o, by in found.items() if o.startswith("POST ")}


@pytest.fixture
def commission(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    return world.make(store, add_person)


@pytest.fixture
def room(commission: world.Commission, app: Flask, browser: Callable[[], Browser]) -> Room:
    """A registered appeal; chair, member, secretary and operator are logged in."""
    seen = visitors(app, browser, world.PEOPLE, COMMISSION.split())
    return Room(app, world.PEOPLE, seen.at, commission, world.file_appeal(commission))


KEEPERS = people("chair secretary")
"""Who registers, appoints and takes a withdrawal: the others must not be offered it."""
DECIDERS = people("chair member")
"""Who has a vote: the secretary keeps the record, the operator carries out."""
EVERYBODY = people(COMMISSION)
CASE_PAGE = {
    # what is offered → (in which states, to whom), so that one offer too many fails too
    "findings.find": ({"hearing"}, DECIDERS),
    "findings.read": ({"hearing"}, DECIDERS),
    "print_outs.receipt": ({"registered"}, KEEPERS),
    "print_outs.text:txt": ({"registered"}, KEEPERS),
    "print_outs.text:brf": ({"registered"}, KEEPERS),
    "appeals.withdraw": ({"registered", "scheduled"}, KEEPERS),
    "findings.take_in": (set(CaseState) - {"closed", "withdrawn"}, EVERYBODY),
}


@pytest.mark.parametrize("state", list(CaseState))
def test_the_page_of_a_case_offers_what_its_state_and_the_role_allow(
    room: Room, state: CaseState
) -> None:
    room.put_at(state)
    wanted = {what: who for what, (states, who) in CASE_PAGE.items() if state in states}
    assert room.forms() == wanted
    second_screen = room.offered(f"/appeals/{room.case}").get("second_screen.present", set())
    assert second_screen == (EVERYBODY if state == "hearing" else set())


@pytest.mark.release
def test_the_hearing_offers_its_steps_in_their_order(room: Room) -> None:
    c, page = room.c, "/hearing"
    assert room.forms(page) == {"hearing_steps.appoint": KEEPERS}
    c.do("secretary", appointments.schedule, room.case, HEARING, "каб. 5", "in_person")
    appointed = dict.fromkeys(NOTICE, EVERYBODY) | {"hearing_steps.appoint": KEEPERS}
    assert room.forms(page) == appointed, "its day has not come"
    assert "24.06.2026" in text_of(room.at["member"].get(f"/appeals/{room.case}/hearing"))
    come_to_the_hearing(room)
    steps = ("attend", "correct_attendance", "open_")
    the_day = {f"hearing_steps.{step}": EVERYBODY for step in steps}
    assert room.forms(page) == appointed | the_day
    c.do("secretary", opening.open_hearing, room.case)
    steps = ("attend", "correct_attendance", "confirm_own_work")
    opened = dict.fromkeys((*NOTICE, *(f"hearing_steps.{step}" for step in steps)), EVERYBODY)
    assert room.forms(page) == opened, "votes come after the works are recognised"


NOTICE = ("print_outs.notice", "print_outs.text:txt", "print_outs.text:brf")


def come_to_the_hearing(room: Room) -> None:
    """The day has come; who votes and writes is recorded, and everybody logs in again."""
    world.come_to_hearing(room.c, room.case, HEARING)
    for login, browser in room.at.items():
        browser.log_in(login)


def test_votes_are_asked_of_those_who_have_one_and_only_once(room: Room) -> None:
    c = room.c
    c.do("secretary", appointments.schedule, room.case, HEARING, "каб. 5", "in_person")
    come_to_the_hearing(room)
    c.do("secretary", opening.open_hearing, room.case)
    url = f"/appeals/{room.case}/hearing"

    def asked() -> list[str]:
        html = room.at["secretary"].get(url).get_data(as_text=True)
        return [login for login in ("chair", "member", "secretary") if voter(c, login) in html]

    c.do("secretary", own_work.confirm_own, room.case, "absent", "")
    assert asked() == [], "a defect is found before it is voted on"
    assert "Сначала решите по заданиям" in text_of(room.at["secretary"].get(url))
    c.do(
        "member",
        findings.find,
        room.case,
        "2",
        Diagnosis.TRANSFER_DEFECT,
        category="digits_swapped",
    )
    c.do(
        "member", findings.find, room.case, "5", Diagnosis.OWN_ERROR, reason="пусто и на оригинале"
    )
    assert asked() == ["chair", "member"]
    sent = {"person": c.people["chair"].id, "outcome": "satisfy"}
    assert room.at["secretary"].post(f"{url}/vote", sent).status_code == 303
    assert asked() == ["member"]


def voter(c: world.Commission, login: str) -> str:
    return f'name="person" value="{c.people[login].id}"'


ORDER_OWNERS = [
    # the step → who closes it; before it the work must prove itself
    ("assign", KEEPERS),
    ("retransfer", KEEPERS),
    ("hand_over", people("secretary operator")),
    ("recalculate", people("secretary operator")),
    ("approve", people("chair")),
    ("inform", people("secretary")),
]


@pytest.mark.release
def test_each_step_of_an_order_is_offered_to_its_owners_when_the_work_proves_it(
    room: Room,
) -> None:
    c = room.c
    room.put_at(CaseState.SIGNED, defect=True, outcome="satisfy")
    assert room.forms("/order") == {"orders.start": EVERYBODY}
    c.do("secretary", orders.order_reprocessing, room.case)
    assert step_offered(room) == ("assign", KEEPERS)
    copier, reader = c.people["fresh"].id, c.people["fresh2"].id
    c.do("secretary", second_transfer.assign, room.case, copier, reader)
    assert not ready(room, "chair"), "the new form is not certified"
    put_work(c, "certified")
    assert step_offered(room) == ("retransfer", KEEPERS) and ready(room, "chair")
    c.do("secretary", second_transfer.finish_transfer, room.case)
    assert not ready(room, "secretary"), "the new form has not been handed over"
    put_work(c, "handed_over")
    assert step_offered(room) == ("hand_over", people("secretary operator"))
    assert ready(room, "operator")
    c.do("secretary", second_transfer.finish_hand_over, room.case)
    assert step_offered(room) == ("recalculate", people("secretary operator"))
    c.do("operator", orders.record_results, room.case, 61, 68)
    assert step_offered(room) == ("approve", people("chair"))
    c.do("chair", orders.approve, room.case)
    assert step_offered(room) == ("inform", people("secretary"))
    c.do("secretary", orders.record_notice, room.case, "лично")
    papers = ("print_outs.order", "print_outs.text:txt", "print_outs.text:brf")
    assert room.forms("/order") == dict.fromkeys(("orders.close", *papers), EVERYBODY)


def step_offered(room: Room) -> tuple[str, set[str]]:
    """The step that the order offers, and to whom; the others read whom it waits for."""
    url, found = f"/appeals/{room.case}/order", {}
    for login, browser in room.at.items():
        html = browser.get(url).get_data(as_text=True)
        step = html.partition(f'action="{url}/')[2].partition('"')[0]
        if step:
            found.setdefault(step, set()).add(login)
        else:
            assert "Ждёт: " in html, login
    assert len(found) == 1, found
    return next(iter(found.items()))


def ready(room: Room, login: str) -> bool:
    """Whether this person can close the step now."""
    html = room.at[login].get(f"/appeals/{room.case}/order").get_data(as_text=True)
    return "Этот шаг сделан" in html


def put_work(c: world.Commission, state: str) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = state
        uow.record("test:state", f"booklet:{c.booklet}")


def test_a_rejected_case_is_closed_once_the_appellant_was_told(room: Room) -> None:
    room.put_at(CaseState.SIGNED, defect=False, outcome="reject")
    assert room.forms("/order") == {"orders.start": EVERYBODY}
    room.c.do("secretary", orders.order_reprocessing, room.case)
    assert step_offered(room) == ("inform", people("secretary"))
    room.c.do("secretary", orders.record_notice, room.case, "лично")
    assert room.forms("/order") == {"orders.close": EVERYBODY}
    room.put_at(CaseState.CLOSED)
    assert room.forms("/order") == {}


def test_papers_of_a_case_and_figures_are_offered_to_those_who_may_take_them(room: Room) -> None:
    kit = room.forms("/kit")
    assert kit.pop("kit.take_bundle") == people("chair member secretary")
    assert set(map(frozenset, kit.values())) == {frozenset(EVERYBODY)}
    figures = room.offered("/appeals/figures")
    assert figures["POST figures.report"] == EVERYBODY
    assert room.offered("/appeals")["registration.new"] == KEEPERS


@pytest.fixture
def after_the_term(commission: world.Commission, clock: Any) -> world.Commission:
    """Long after the exam: its works may be destroyed."""
    with commission.store.read() as uow:
        until = retention.overview(uow)[0].until
    clock.now = dt.datetime.combine(until, dt.time(9), dt.UTC)
    return commission


def keeping(app: Flask, browser: Any) -> Visitors:
    return visitors(app, browser, world.PEOPLE, ["chair", "member", "secretary"])


def test_destruction_is_offered_after_the_term_and_not_under_appeal(
    after_the_term: world.Commission, app: Flask, browser: Any, clock: Any
) -> None:
    c = after_the_term
    assert "POST retention.destroy" not in keeping(app, browser).offered("/keeping"), "its last day"
    clock.forward(days=1)
    seen = keeping(app, browser)
    assert seen.offered("/keeping")["POST retention.destroy"] == people("secretary")
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).hold = True
        uow.record("test:hold", f"booklet:{c.booklet}")
    assert "POST retention.destroy" not in seen.offered("/keeping")


def test_a_refused_act_of_destruction_is_open_with_what_was_typed(
    after_the_term: world.Commission, browser: Any, clock: Any
) -> None:
    c = after_the_term
    clock.forward(days=1)
    secretary = browser()
    secretary.log_in("secretary")
    with c.store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, c.booklet).exam_id
        uow.record("test:exam", f"exam:{day.exam(uow, '02').id}")
    closed = secretary.get("/keeping").get_data(as_text=True)
    assert '<details class="fold">' in closed and '<details class="fold" open>' not in closed
    head = c.people["head"].id
    sent = {"basis": "приказ 17 от 01.03", "person": head, "pin": "0000"}
    nobody = secretary.post(f"/keeping/{exam}/destroy", {**sent, "person": ""})
    assert nobody.status_code == 400 and f'href="#person-{exam}"' in nobody.get_data(as_text=True)
    refused = secretary.post(f"/keeping/{exam}/destroy", sent)
    html = refused.get_data(as_text=True)
    assert refused.status_code == 403
    assert '<details class="fold" open>' in html, "nobody looks for the form again"
    assert f'value="{head}" selected' in html
    assert html.count('value="приказ 17 от 01.03"') == 1, "of this exam, and of no other"
    assert 'value="0000"' not in html, "a secret is never sent back"
    assert f'href="#pin-{exam}"' in html and "Ничего не уничтожено" in html
    assert "<title>Ошибка:" in html


def test_acts_of_destruction_stand_newest_first_with_both_signers(
    after_the_term: world.Commission, browser: Any, clock: Any
) -> None:
    c = after_the_term
    clock.forward(days=1)
    secretary = browser()
    secretary.log_in("secretary")
    names = secretary.get("/keeping").get_data(as_text=True)
    for login in ("head", "secretary", "chair"):
        offered = f'<option value="{c.people[login].id}"' in names
        assert offered == (login == "head"), "only another person who may destroy"
    with c.store.read() as uow:
        exam = uow.get(Booklet, c.booklet).exam_id
    sent = {"basis": "приказ", "person": c.people["head"].id, "pin": PIN}
    assert secretary.post(f"/keeping/{exam}/destroy", sent).status_code == 303
    page = secretary.get("/keeping")
    assert "Secretary, Head" in text_of(page)
    assert "Составить акт" not in text_of(page), "an exam is destroyed once"


def test_the_page_of_a_work_says_that_it_is_kept_and_names_the_candidate_to_few(
    room: Room,
) -> None:
    url, kept = f"/booklets/{room.c.booklet}", "хранить до закрытия апелляции"
    for login, sees in (("secretary", True), ("chair", True), ("member", False)):
        page = text_of(room.at[login].get(url))
        assert kept in page and ("Учебный" in page) == sees, login
    with room.c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, room.c.booklet).hold = False
        uow.record("test:hold", f"booklet:{room.c.booklet}")
    assert kept not in text_of(room.at["secretary"].get(url))


def test_only_people_who_may_see_names_are_found_by_surname(
    commission: world.Commission, app: Flask, browser: Any
) -> None:
    from examday.services.appeals import lookup

    for login, count in (("secretary", 1), ("member", 0)):
        with commission.store.read(commission.actor(login)) as uow:
            assert len(lookup.find_works(uow, "Учебн")) == count, login
            assert len(lookup.find_works(uow, "2675000181771")) == 1
