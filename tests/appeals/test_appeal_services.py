"""An appeal from filing to the closed reprocessing, on real databases; every forbidden shortcut is
refused."""

import datetime as dt
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.appeals.reprocessing import Step
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, SamePerson, Stale
from examday.domain.people.roles import Actor
from examday.services.appeals import closing, registration
from examday.services.appeals.decision import centre, decisions, findings, readings, signatures
from examday.services.appeals.hearing import (
    appointments,
    attendance,
    opening,
    own_work,
    votes,
    withdrawal,
)
from examday.services.appeals.order import hands, orders, second_transfer
from examday.services.transfer import hands as transfer_hands
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Assignment, Booklet, Candidate, Person, Reading, Seat
from examday.storage.tables_appeal import Appeal

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import day
from tests.appeals import world

HEARING = dt.datetime(2026, 6, 24, 8, 0, tzinfo=dt.UTC)
PIN = "2580"


@pytest.fixture
def commission(
    each_store: Store, add_person: Callable[..., Person], clock: object
) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(each_store, add_person)


def sat_down(c: world.Commission, number: str) -> None:
    """Appointed, and on the day everybody has come."""
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    world.come_to_hearing(c, number, HEARING)
    c.do("secretary", attendance.attend, number, Capacity.APPELLANT, None, "апеллянт")


def heard(c: world.Commission, number: str, *outcomes: tuple[str, Outcome]) -> None:
    """Appointed, attended, opened, confirmed, tasks found, voted."""
    sat_down(c, number)
    c.do("secretary", opening.open_hearing, number)
    c.do("secretary", own_work.confirm_own, number, "yes", "print")
    for field, proposal in c.do(
        "member", lambda uow: findings.proposals(uow, uow.get(Appeal, number))
    ).items():
        if proposal.diagnosis is not Diagnosis.NO_DIFFERENCE:
            c.do(
                "member",
                findings.find,
                number,
                field,
                proposal.diagnosis,
                category=str(proposal.category or ""),
            )
    for login, outcome in outcomes:
        c.do("secretary", votes.vote, number, c.people[login].id, outcome)


def signed(c: world.Commission, number: str) -> None:
    protocol = c.do("secretary", decisions.decide, number, "Перенос не соответствует оригиналу.")
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, number, c.people[login].id, PIN, protocol.sha256)


def state(c: world.Commission, number: str) -> str:
    with c.store.read() as uow:
        return uow.get(Appeal, number).state


@pytest.mark.release
def test_the_diagnosis_names_exactly_the_planted_fields(commission: world.Commission) -> None:
    number = world.file_appeal(commission)
    with commission.store.read() as uow:
        found = findings.proposals(uow, uow.get(Appeal, number))
    assert {
        f for f, p in found.items() if p.diagnosis is Diagnosis.TRANSFER_DEFECT
    } == world.PLANTED
    assert {p.diagnosis for f, p in found.items() if f not in world.PLANTED} == {
        Diagnosis.NO_DIFFERENCE
    }


def test_an_appeal_goes_from_filing_to_the_closed_reprocessing(
    commission: world.Commission,
) -> None:
    c = commission
    number = world.file_appeal(c)
    with c.store.read() as uow:
        assert uow.get(Booklet, c.booklet).hold, "a work under appeal must not be destroyed"
        assert uow.get(Appeal, number).number == "77-01-0001"
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.REJECT))
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    with pytest.raises(SamePerson):
        c.do(
            "secretary",
            second_transfer.assign,
            number,
            c.people["organiser"].id,
            c.people["fresh"].id,
        )
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    with c.store.read() as uow:
        booklet = uow.get(Booklet, c.booklet)
        assert (booklet.version, booklet.state) == (2, "scanned")
        assert uow.session.scalar(
            select(Reading).where(Reading.version == 1, Reading.source == "settled")
        )
        first = {c.people[one].id for one in ("organiser", "organiser2")}
        assert first <= transfer_hands.earlier_hands(uow, booklet)
        assert c.people["fresh"].id not in transfer_hands.earlier_hands(uow, booklet)
    with pytest.raises(Conflict, match="not certified"):
        c.do("secretary", second_transfer.finish_transfer, number)
    with pytest.raises(Conflict, match="cannot be closed"):
        c.do("secretary", closing.close, number)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "handed_over"
        uow.record("test:transferred", f"booklet:{c.booklet}")
    c.do("secretary", second_transfer.finish_transfer, number)
    c.do("secretary", second_transfer.finish_hand_over, number)
    c.do("operator", orders.record_results, number, 61, 68)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)
    assert state(c, number) == "closed"
    with c.store.read() as uow:
        rows = orders.steps(uow, uow.get(Appeal, number))
        assert rows[Step.EXPERT_RECHECK].state == "skipped", "no long answer changed"
        assert not uow.get(Booklet, c.booklet).hold


@pytest.mark.parametrize(
    ("medium", "able"),
    [("enlarged", {"fresh", "fresh2", "translator"}), ("braille", {"translator"})],
)
def test_only_other_hands_that_may_sign_the_copy_are_offered_for_it(
    commission: world.Commission, medium: str, able: set[str]
) -> None:
    number = world.file_appeal(commission)
    with commission.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, commission.booklet).medium = medium
        uow.record("test:medium", f"booklet:{commission.booklet}")
    with commission.store.read() as uow:
        appeal = uow.get(Appeal, number)
        named = hands.hands(uow, appeal.booklet, appeal.version)
    assert {person.login for person in named.copiers} == able
    assert {person.login for person in named.readers} == able, "others read no Braille"
    assert {person.login: parts for person, parts in named.barred} == {
        "organiser": ["first key-in", "copying"],
        "organiser2": ["second key-in"],
    }


def test_whoever_is_disabled_carries_nothing_out(commission: world.Commission) -> None:
    number = world.file_appeal(commission)
    with commission.store.begin(Actor.system("test")) as uow:
        uow.get(Person, commission.people["fresh"].id).disabled = True
        uow.record("test:disabled", f"person:{commission.people['fresh'].id}")
    with commission.store.read() as uow:
        appeal = uow.get(Appeal, number)
        named = hands.hands(uow, appeal.booklet, appeal.version)
    assert {person.login for person in named.readers} == {"fresh2", "translator"}
    assert "fresh" not in {person.login for person in named.copiers}


def test_a_part_in_this_very_work_bars_from_the_hearing_and_one_in_another_does_not(
    commission: world.Commission,
) -> None:
    c, number = commission, world.file_appeal(commission)
    other = day.booklet(c.store, "2675000182788")
    with c.store.begin(Actor.system("test")) as uow:
        for login, work in (("member", c.booklet), ("member2", other)):
            given = {"booklet_id": work, "version": 1, "part": "verifier", "at": uow.now()}
            uow.add(Assignment(person_id=c.people[login].id, **given))
        uow.record("test:parts", f"booklet:{c.booklet}")
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    c.wait_until(HEARING)
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id)
    with pytest.raises(Conflict, match="may not attend"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member"].id)


def test_a_late_appeal_needs_its_reason(commission: world.Commission) -> None:
    commission.wait_until(dt.datetime(2026, 6, 26, 7, tzinfo=dt.UTC))
    late = {"filed": dt.date(2026, 6, 26), "reached": dt.date(2026, 6, 26)}
    with pytest.raises(Invalid, match="filing window"):
        world.file_appeal(commission, **late)
    world.file_appeal(commission, **late, late_reason="болезнь, справка")


def test_one_work_has_one_open_appeal_on_the_score(commission: world.Commission) -> None:
    number = world.file_appeal(commission)
    with pytest.raises(Conflict, match="already has an open appeal"):
        world.file_appeal(commission)
    commission.do("secretary", withdrawal.withdraw, number, "передумал")
    world.file_appeal(commission)


def test_of_two_appeals_that_are_registered_at_once_each_has_a_number_of_its_own(
    commission: world.Commission,
) -> None:
    c = commission
    with c.store.begin(Actor.system("test")) as uow:
        first = uow.get(Booklet, c.booklet)
        candidate = uow.add(Candidate(code="T9", surname="Участник"))
        uow.session.flush()
        seat = uow.add(
            Seat(
                exam_id=first.exam_id,
                room_id=first.seat.room_id,
                candidate_id=candidate.id,
                place="9",
            )
        )
        uow.session.flush()
        second = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=first.exam_id,
                medium=first.medium,
                state=first.state,
                since=uow.now(),
            )
        )
        uow.session.flush()
        uow.record("test:work", f"booklet:{second.id}")
    filed = dt.date(2026, 6, 19)
    c.wait_until(dt.datetime(2026, 6, 22, 7, tzinfo=dt.UTC))

    def number(uow: UnitOfWork, booklet: str) -> str:
        filing = registration.Filing(case.Kind.SCORE, booklet, filed, filed, dt.date(2026, 6, 18))
        return registration.register(uow, filing).number

    with ThreadPoolExecutor(1) as colleague:
        with c.store.begin(c.actor("secretary")) as uow:
            mine = number(uow, c.booklet)
            other = colleague.submit(c.do, "secretary", number, second.id)
            wait([other], timeout=0.5)
            assert not other.done(), "waits until it is known which numbers are taken"
        assert other.result() != mine


def test_an_appeal_cannot_be_withdrawn_on_the_hearing_day(
    commission: world.Commission, clock: object
) -> None:
    number = world.file_appeal(commission)
    commission.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "remote")
    clock.now = dt.datetime(2026, 6, 24, 5, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="withdrawn until"):
        commission.do("secretary", withdrawal.withdraw, number, "поздно")


def test_who_transferred_the_work_may_neither_sit_nor_advise(commission: world.Commission) -> None:
    c = commission
    number = world.file_appeal(c)
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    c.wait_until(HEARING)
    with pytest.raises(Conflict, match="may not attend"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["organiser"].id)
    with pytest.raises(Invalid, match="office"):
        c.do("secretary", attendance.attend, number, Capacity.CHAIR, c.people["member"].id)
    with pytest.raises(Invalid, match="staff list"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, None, "кто-то")
    c.do("secretary", attendance.attend, number, Capacity.TRANSCRIBER, c.people["translator"].id)


def test_nobody_is_recorded_as_present_twice(commission: world.Commission) -> None:
    c, number = commission, world.file_appeal(commission)
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    c.wait_until(HEARING)
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member"].id)
    with pytest.raises(Conflict, match="already"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member"].id)


def test_no_vote_without_presence_no_decision_without_votes(commission: world.Commission) -> None:
    c = commission
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY))
    with pytest.raises(Conflict, match="present vote"):
        c.do("secretary", votes.vote, number, c.people["member2"].id, Outcome.REJECT)
    with pytest.raises(Conflict, match="has voted"):
        c.do("secretary", decisions.decide, number, "основания")
    with pytest.raises(Conflict, match="recorded already"):
        c.do("secretary", votes.vote, number, c.people["chair"].id, Outcome.REJECT)


def test_who_is_present_without_a_vote_has_none(commission: world.Commission) -> None:
    c = commission
    number = world.file_appeal(c)
    sat_down(c, number)
    translator = c.people["translator"].id
    c.do("secretary", attendance.attend, number, Capacity.TRANSCRIBER, translator)
    c.do("secretary", opening.open_hearing, number)
    with pytest.raises(Conflict, match="present vote"):
        c.do("secretary", votes.vote, number, translator, Outcome.SATISFY)


def test_a_found_defect_is_rejected_only_with_the_reason_of_the_commission(
    commission: world.Commission,
) -> None:
    c, number = commission, world.file_appeal(commission)
    heard(c, number, ("chair", Outcome.REJECT), ("member", Outcome.REJECT))
    with pytest.raises(Conflict, match="in the appellant's favour"):
        c.do("secretary", decisions.decide, number, "основания")
    made = c.do("secretary", decisions.decide, number, "основания", "описка самого участника")
    assert made.content["against_findings"] == "описка самого участника"
    with c.store.read() as uow:
        case_row = uow.get(Appeal, number)
        assert (case_row.outcome, case_row.defect) == ("reject", True)


def test_an_override_needs_a_reason_and_both_findings_stay(commission: world.Commission) -> None:
    c = commission
    number = world.file_appeal(c)
    heard(c, number)
    with pytest.raises(Invalid, match="needs a reason"):
        c.do("member", findings.find, number, "2", Diagnosis.NO_DIFFERENCE)
    c.do("member", findings.find, number, "2", Diagnosis.NO_DIFFERENCE, reason="на снимке 135")
    with c.store.read() as uow:
        assert findings.findings(uow, uow.get(Appeal, number))["2"].round == 2


def test_a_protocol_is_signed_with_ones_own_secret_on_its_present_content(
    commission: world.Commission,
) -> None:
    c = commission
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    protocol = c.do("secretary", decisions.decide, number, "основания")
    with pytest.raises(Stale):
        c.do("secretary", signatures.sign, number, c.people["chair"].id, PIN, "0" * 64)
    with pytest.raises(Forbidden):
        c.do("secretary", signatures.sign, number, c.people["chair"].id, "1111", protocol.sha256)
    with pytest.raises(Forbidden, match="took part"):
        c.do("secretary", signatures.sign, number, c.people["member2"].id, PIN, protocol.sha256)
    c.do("secretary", signatures.sign, number, c.people["chair"].id, PIN, protocol.sha256)
    assert state(c, number) == "decided"
    with pytest.raises(Conflict):
        c.do("secretary", signatures.sign, number, c.people["chair"].id, PIN, protocol.sha256)
    c.do("secretary", signatures.sign, number, c.people["member"].id, PIN, protocol.sha256)
    assert state(c, number) == "signed"


def test_a_blind_appellant_does_not_confirm_a_printed_image(
    each_store: Store, add_person: Callable[..., Person], clock: object
) -> None:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    c = world.make(each_store, add_person, needs=("blind",))
    number = world.file_appeal(c)
    sat_down(c, number)
    c.do("secretary", opening.open_hearing, number)
    with pytest.raises(Invalid, match="printed image"):
        c.do("secretary", own_work.confirm_own, number, "yes", "print")
    c.do("secretary", own_work.confirm_own, number, "yes", "read_aloud")


def test_readings_at_the_hearing_serve_works_from_before_the_system(
    commission: world.Commission,
) -> None:
    c = commission
    number = world.file_appeal(c)
    heard(c, number)
    c.do("member", readings.read_at_hearing, number, "copy", {"3": {"text": "42"}})
    with c.store.read() as uow:
        assert (
            findings.proposals(uow, uow.get(Appeal, number))["3"].diagnosis
            is Diagnosis.TRANSFER_DEFECT
        )


def test_the_same_file_of_the_centre_twice_changes_nothing(commission: world.Commission) -> None:
    number = world.file_appeal(commission)
    given = ({"1": {"text": "КИСЛОРОД"}}, {"1": "0"}, {"1": "1"}, ["Э-17"])
    assert commission.do("operator", centre.import_recognised, number, *given) == 2
    assert commission.do("operator", centre.import_recognised, number, *given) == 0


@pytest.mark.parametrize("login", ["organiser", "member", "expert", "translator"])
def test_only_the_secretary_or_chair_registers(commission: world.Commission, login: str) -> None:
    day = dt.date(2026, 6, 19)
    filing = registration.Filing(
        case.Kind.SCORE, commission.booklet, day, day, dt.date(2026, 6, 18)
    )
    with pytest.raises(DomainError):
        commission.do(login, registration.register, filing)
