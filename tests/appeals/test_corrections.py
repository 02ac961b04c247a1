"""People make mistakes at a hearing: a wrong entry is corrected with a reason, and both stay visible
until the protocol is composed and in it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Asked, Capacity, Outcome
from examday.domain.errors import Conflict, Invalid
from examday.domain.people.roles import Actor
from examday.services.appeals.decision import decisions, findings, readings
from examday.services.appeals.hearing import (
    appointments,
    attendance,
    correcting,
    opening,
    own_work,
    sitting,
    votes,
)
from examday.services.ledger import bundle
from examday.services.unit_of_work import Store
from examday.storage.tables import Assignment, Duty, Person
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import HEARING, heard, sat_down
from tests.ledger.test_bundles_left_short import foreign, rows, without
from tests.ledger.test_export import HEAD, check, members, repack


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def now(c: world.Commission, number: str) -> sitting.Sitting:
    with c.store.read() as uow:
        return sitting.sitting_of(uow, uow.get(Appeal, number))


def row_of(c: world.Commission, number: str, login: str) -> str:
    return next(row.id for row in now(c, number).recorded if row.person_id == c.people[login].id)


def test_somebody_recorded_by_mistake_is_taken_out_and_stays_visible(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id)
    wrong = row_of(c, number, "member2")
    with pytest.raises(Invalid, match="needs its reason"):
        c.do("secretary", correcting.correct_attendance, number, wrong, None, " ")
    c.do("secretary", correcting.correct_attendance, number, wrong, None, "перепутаны однофамильцы")
    found = now(c, number)
    assert c.people["member2"].id not in {row.person_id for row in found.attendance}
    kept = next(row for row in found.recorded if row.id == wrong)
    assert kept.corrections[-1].facts["before"]["capacity"] == "member"
    assert kept.corrections[-1].reason == "перепутаны однофамильцы"
    with pytest.raises(Conflict, match="recorded as present already"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id)
    c.do("secretary", correcting.correct_attendance, number, wrong, Capacity.MEMBER, "пришёл позже")
    assert c.people["member2"].id in {row.person_id for row in now(c, number).attendance}


def test_a_corrected_record_stands_before_the_records_of_the_exam_too(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    guest = next(row.id for row in now(c, number).recorded if row.name == "апеллянт")
    with pytest.raises(Invalid, match="staff list"):
        c.do("secretary", correcting.correct_attendance, number, guest, Capacity.MEMBER, "описка")


def test_a_wrong_vote_is_corrected_and_the_right_one_counts(c: world.Commission) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.REJECT))
    wrong = next(row.id for row in now(c, number).votes if row.person_id == c.people["member"].id)
    with pytest.raises(Invalid, match="changes nothing"):
        c.do("secretary", correcting.correct_vote, number, wrong, Outcome.REJECT, "описка")
    c.do("secretary", correcting.correct_vote, number, wrong, Outcome.SATISFY, "не та кнопка")
    made = c.do("secretary", decisions.decide, number, "основания")
    assert not made.content["casting_vote"]
    assert [row["outcome"] for row in made.content["votes"]] == ["satisfy", "satisfy"]
    assert made.content["corrections"][-1]["before"]["outcome"] == "reject"
    with pytest.raises(Conflict, match="composed"):
        c.do("secretary", correcting.correct_vote, number, wrong, Outcome.REJECT, "поздно")


def test_a_bundle_without_names_says_that_a_vote_was_corrected(
    c: world.Commission, tmp_path: Path
) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.REJECT))
    wrong = next(row.id for row in now(c, number).votes if row.outcome == "reject")
    c.do("secretary", correcting.correct_vote, number, wrong, Outcome.SATISFY, "не та строка")
    made = bundle.export(c.store, HEAD, c.booklet, tmp_path / "case.zip")
    assert check(made.path)[0] == 0
    files = members(made.path)
    [note] = rows(files, "case_note")
    rc, said = check(repack(made.path, foreign(without(files, note.__eq__))))
    assert rc == 1 and note in said


def test_the_vote_of_somebody_who_was_not_there_does_not_count(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id)
    c.do("secretary", opening.open_hearing, number)
    c.do("secretary", votes.vote, number, c.people["member2"].id, Outcome.REJECT)
    wrong = row_of(c, number, "member2")
    c.do("secretary", correcting.correct_attendance, number, wrong, None, "был в другой комиссии")
    assert now(c, number).votes == []


def test_a_correction_that_takes_the_chair_out_stops_the_decision(c: world.Commission) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    chair = row_of(c, number, "chair")
    c.do("secretary", correcting.correct_attendance, number, chair, None, "председатель болен")
    with pytest.raises(Conflict, match="exactly one chair"):
        c.do("secretary", decisions.decide, number, "основания")


def test_the_answer_of_the_appellant_fits_who_was_there(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    with pytest.raises(Conflict, match="not open"):
        c.do("secretary", own_work.confirm_own, number, "yes", "print")
    c.do("secretary", opening.open_hearing, number)
    with pytest.raises(Conflict, match="recorded as present, but"):
        c.do("secretary", own_work.confirm_own, number, "absent", "")
    with pytest.raises(Invalid, match="what the appellant answered"):
        c.do("secretary", own_work.confirm_own, number, "", "")
    c.do("secretary", own_work.confirm_own, number, "yes", "print")
    with pytest.raises(Conflict, match="recorded already"):
        c.do("secretary", own_work.confirm_own, number, "yes", "print")
    c.do(
        "secretary", correcting.correct_own_work, number, "yes", "read_aloud", "", "показали не так"
    )
    own = now(c, number).own_work
    assert own is not None and own.way == "read_aloud" and own.corrections[0].reason


def test_an_answer_that_no_longer_fits_who_was_there_stops_the_decision(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    appellant = next(row.id for row in now(c, number).recorded if row.capacity == "appellant")
    c.do("secretary", correcting.correct_attendance, number, appellant, None, "не пришёл")
    with pytest.raises(Conflict, match="Neither the appellant nor"):
        c.do("secretary", decisions.decide, number, "основания")


def test_kinship_is_asked_again_when_a_record_is_corrected(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    member = row_of(c, number, "member")
    with pytest.raises(Conflict, match="is related to the appellant"):
        c.do(
            "secretary", correcting.correct_attendance, number, member, Capacity.CHAIR,
            "записан не тем", asked=Asked(related=True),
        )  # fmt: skip


def test_a_wrong_reading_is_corrected_with_its_reason(c: world.Commission) -> None:
    number = world.file_appeal(c)
    heard(c, number)
    c.do("member", readings.read_at_hearing, number, "copy", {"3": {"text": "42"}})
    with pytest.raises(Invalid, match="needs its reason"):
        c.do("member", readings.read_at_hearing, number, "copy", {"3": {"text": "24"}})
    c.do("member", readings.read_at_hearing, number, "copy", {"3": {"text": "24"}}, "не та строка")
    with c.store.read() as uow:
        proposal = findings.proposals(uow, uow.get(Appeal, number))["3"]
        assert proposal.diagnosis is Diagnosis.NO_DIFFERENCE
    with pytest.raises(Invalid, match="no task"):
        c.do("member", readings.read_at_hearing, number, "copy", {"replacement:7": {"text": "1"}})


def test_a_finding_made_anew_needs_a_reason_and_the_old_one_stays(c: world.Commission) -> None:
    number = world.file_appeal(c)
    heard(c, number)
    c.do("member", findings.find, number, "2", Diagnosis.OWN_ERROR, reason="описка участника")
    with pytest.raises(Invalid, match="needs its reason"):
        c.do(
            "member",
            findings.find,
            number,
            "2",
            Diagnosis.TRANSFER_DEFECT,
            category="digits_swapped",
        )
    with c.store.read() as uow:
        kept = findings.earlier(uow, uow.get(Appeal, number))["2"]
        assert [row.decided for row in kept] == ["transfer_defect"]


def test_nobody_has_come_before_the_day_of_the_hearing(c: world.Commission) -> None:
    number = world.file_appeal(c)
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    with pytest.raises(Conflict, match="before that day"):
        c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member"].id)


def test_a_hearing_after_the_term_is_appointed_with_its_reason_alone(c: world.Commission) -> None:
    number = world.file_appeal(c)
    late = dt.datetime(2026, 6, 29, 8, tzinfo=dt.UTC)
    with pytest.raises(Conflict, match="to be considered by 25.06.2026"):
        c.do("secretary", appointments.schedule, number, late, "каб. 5", "in_person")
    c.do("secretary", appointments.schedule, number, late, "каб. 5", "in_person", "нет кворума")
    assert now(c, number).late == ["нет кворума"]


def test_the_day_of_a_hearing_is_that_of_the_point(c: world.Commission) -> None:
    """Late in the evening of the last day in London is the day after it in Moscow."""
    number = world.file_appeal(c)
    late = dt.datetime(2026, 6, 25, 22, tzinfo=dt.UTC)
    with pytest.raises(Conflict, match="to be considered by 25.06.2026"):
        c.do("secretary", appointments.schedule, number, late, "каб. 5", "remote")


def test_a_hearing_opened_on_another_day_says_why_and_the_protocol_names_that_day(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    c.wait_until(dt.datetime(2026, 6, 25, 8, tzinfo=dt.UTC))
    with pytest.raises(Conflict, match="appointed for 24.06.2026"):
        c.do("secretary", opening.open_hearing, number)
    c.do("secretary", opening.open_hearing, number, "накануне отключили свет")
    assert now(c, number).late == ["накануне отключили свет"]


def test_where_no_record_names_the_people_of_an_exam_everybody_is_asked(
    c: world.Commission, browser: Any
) -> None:
    number = world.file_appeal(c)
    world_of_no_records(c)
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    c.wait_until(HEARING)
    secretary = browser()
    secretary.log_in("secretary")
    page = f"/appeals/{number}/hearing"
    said = " ".join(secretary.get(page).get_data(as_text=True).split())
    assert (
        "Спросите каждого, кто пришёл" in said
        and "кто переносил работу" in said
        and "кто проводил экзамен" in said
    )
    sent = {"capacity": "member", "person": c.people["member"].id}
    for tick, why in (
        ("organised", "участвовал(а) в организации этого экзамена."),
        ("transferred", "участвовал(а) в переносе этой работы."),
    ):
        answer = secretary.post(f"{page}/attend", {**sent, tick: "1"})
        assert answer.status_code == 409 and why in answer.get_data(as_text=True)
    # A box that was left empty is no answer to a question that nobody put.
    silent = secretary.post(f"{page}/attend", sent)
    assert silent.status_code == 409 and "отметьте, что спросили" in silent.get_data(as_text=True)
    answered = secretary.post(f"{page}/attend", {**sent, "was_asked": "1"})
    assert answered.status_code == 303


def test_what_a_named_adviser_says_of_their_part_counts_too(c: world.Commission) -> None:
    number = world.file_appeal(c)
    c.do("secretary", appointments.schedule, number, HEARING, "каб. 5", "in_person")
    c.wait_until(HEARING)
    with pytest.raises(Conflict, match="may not attend"):
        c.do(
            "secretary", attendance.attend, number, Capacity.EXPERT, None, "эксперт из другой области",
            Asked(transferred=True),
        )  # fmt: skip


def world_of_no_records(c: world.Commission) -> None:
    """The exam was held before the program was used: no record names its people."""
    with c.store.begin(Actor.system("test")) as uow:
        for duty in uow.session.query(Duty):
            uow.session.delete(duty)
        for row in uow.session.query(Assignment).filter_by(booklet_id=c.booklet):
            uow.session.delete(row)
        uow.record("test:old", f"booklet:{c.booklet}")
