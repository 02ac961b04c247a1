"""Every outcome has its way to the end: rejected, satisfied without a defect, with a long answer in
dispute, on procedure; and the calendar that terms are counted by."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.appeals.reprocessing import Step
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.domain.rules.calendar import Transfer
from examday.services.appeals import (
    calendar_check,
    cases,
    closing,
    lookup,
    moved_terms,
    old_works,
    statistics,
)
from examday.services.appeals.calendar_check import Decree
from examday.services.appeals.decision import decisions, findings, procedure_check, signatures
from examday.services.appeals.hearing import opening, own_work, votes, withdrawal
from examday.services.appeals.order import (
    changed_answers,
    marking,
    orders,
    reviews,
    second_transfer,
    similar,
)
from examday.services.appeals.views import outcome, recheck, recheck_open, terms
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Exam, Person, Reading, Room, Seat
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import heard, sat_down, signed, state


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def steps_of(c: world.Commission, number: str) -> list[str]:
    with c.store.read() as uow:
        return [str(step) for step in orders.steps(uow, uow.get(Appeal, number))]


def decide_all(c: world.Commission, number: str, decided: Diagnosis, outcome: Outcome) -> None:
    """Everything in dispute is found to be `decided`, and both vote for `outcome`."""
    heard(c, number, ("chair", outcome), ("member", outcome))
    for field in world.PLANTED:
        c.do("member", findings.find, number, field, decided, reason="видно на снимке")


def test_a_rejected_appeal_is_told_to_the_appellant_before_it_is_closed(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    with pytest.raises(Conflict):
        c.do("secretary", orders.order_reprocessing, number)
    decide_all(c, number, Diagnosis.OWN_ERROR, Outcome.REJECT)
    signed(c, number)
    with pytest.raises(DomainError):
        c.do("secretary", closing.close, number)
    c.do("secretary", orders.order_reprocessing, number)
    assert steps_of(c, number) == ["inform"]
    assert doubts_of(c, number) == [], "what is still to come contradicts nothing"
    with pytest.raises(Invalid, match="told between"):
        c.do("secretary", orders.record_notice, number, "почтой", "мать", dt.date(2026, 6, 20))
    c.do("secretary", orders.record_notice, number, "лично", "апеллянт")
    c.do("secretary", closing.close, number)
    with c.store.read() as uow:
        came = outcome.outcome_of(uow, uow.get(Appeal, number))
    assert came is not None and not came.doubts
    assert (came.outcome, came.told_whom, came.told_way) == ("reject", "апеллянт", "лично")


def doubts_of(c: world.Commission, number: str) -> list[str]:
    with c.store.read() as uow:
        came = outcome.outcome_of(uow, uow.get(Appeal, number))
    assert came is not None
    return [str(doubt) for doubt in came.doubts]


def test_what_contradicts_itself_in_an_old_case_is_said(c: world.Commission) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.RECOGNITION_ERROR, Outcome.SATISFY)
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    c.do("operator", orders.record_results, number, 61, 68)
    # Readings of other years: a program of another year wrote it so.
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, number)
        row = orders.steps(uow, appeal)[Step.RECALCULATE]
        row.facts = {**row.facts, "after": 50}
        appeal.state, appeal.closed_at = "closed", uow.now() - dt.timedelta(days=9)
        appeal.reached += dt.timedelta(days=9)
        uow.record("test:old", f"appeal:{number}")
    assert doubts_of(c, number) == [
        "The case was closed before the day on which it was considered.",
        "The case was considered before it reached the commission.",
        "The score fell, and nobody has said why.",
        "The case is closed, and not every step of it is recorded as done.",
    ]


def test_an_error_of_the_centre_goes_to_recalculation_without_a_second_transfer(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.RECOGNITION_ERROR, Outcome.SATISFY)
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    assert steps_of(c, number) == ["recalculate", "approve", "inform"]
    with pytest.raises(Invalid, match="fell from 68 to 61"):
        c.do("operator", orders.record_results, number, 68, 61)
    c.do("operator", orders.record_results, number, 61, 68)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)
    with c.store.read() as uow:
        assert uow.get(Booklet, c.booklet).version == 1
        came = outcome.outcome_of(uow, uow.get(Appeal, number))
    assert came is not None and (came.before, came.after, came.changed) == (61, 68, [])
    assert audit.verify(c.store).ok


def test_an_order_given_late_has_the_terms_of_the_decision(c: world.Commission) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.OWN_ERROR, Outcome.REJECT)
    signed(c, number)
    with c.store.read() as uow:
        decided = orders.decided_on(uow, uow.get(Appeal, number))
        waits = terms.due(uow, uow.get(Appeal, number))
    assert waits and waits.until.last_day == decided + dt.timedelta(days=2), "no order yet"
    # Four days later the secretary comes to it: two calendar days after the decision are over.
    c.wait_until(c.store.clock() + dt.timedelta(days=4))
    c.do("secretary", orders.order_reprocessing, number)
    with c.store.read() as uow:
        (row,) = orders.steps(uow, uow.get(Appeal, number)).values()
    assert row.due == decided + dt.timedelta(days=2)


def test_satisfied_though_nothing_was_found_needs_the_reason_and_is_obeyed(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.OWN_ERROR, Outcome.SATISFY)
    with pytest.raises(Conflict, match="Nothing was found"):
        c.do("secretary", decisions.decide, number, "основания")
    c.do("secretary", decisions.decide, number, "основания", "запись видеонаблюдения")
    with c.store.read() as uow:
        assert uow.get(Appeal, number).outcome == "satisfy"


def test_a_procedural_appeal_goes_from_the_check_to_the_reserve_day(c: world.Commission) -> None:
    exam_day = dt.date(2026, 6, 4)
    number = world.file_appeal(
        c, kind=Kind.PROCEDURE, filed=exam_day, reached=dt.date(2026, 6, 22), result_day=None
    )
    sat_down(c, number)
    c.do("secretary", opening.open_hearing, number)
    c.do("secretary", own_work.confirm_own, number, "yes", "print")
    for login in ("chair", "member"):
        c.do("secretary", votes.vote, number, c.people[login].id, Outcome.SATISFY)
    with pytest.raises(Conflict, match="check is missing"):
        c.do("secretary", decisions.decide, number, "основания")
    check = (dt.date(2026, 6, 22), "Орлова, Седов", "yes", "Бланки увеличены после начала.")
    with pytest.raises(Invalid, match="between the filing and today"):
        c.do("secretary", procedure_check.record_check, number, exam_day.replace(day=3), *check[1:])
    c.do("secretary", procedure_check.record_check, number, *check)
    made = c.do("secretary", decisions.decide, number, "основания")
    assert made.content["check"]["by"] == "Орлова, Седов"
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, number, c.people[login].id, "2580", made.sha256)
    c.do("secretary", orders.order_reprocessing, number)
    assert steps_of(c, number) == ["annul", "reserve_day", "inform"]
    with pytest.raises(Invalid, match="Name the paper"):
        c.do("secretary", orders.record_annulment, number, " ")
    c.do("secretary", orders.record_annulment, number, "протокол ГЭК № 14 от 25.06.2026")
    with pytest.raises(Invalid, match="after the decision"):
        c.do("secretary", orders.record_reserve_day, number, exam_day)
    c.do("secretary", orders.record_reserve_day, number, dt.date(2026, 6, 29))
    c.do("secretary", orders.record_notice, number, "лично", "апеллянт")
    c.do("secretary", closing.close, number)
    assert state(c, number) == "closed"


def test_a_withdrawn_appeal_is_closed_as_withdrawn_and_counted_apart(c: world.Commission) -> None:
    number = world.file_appeal(c)
    with pytest.raises(Invalid, match="statement"):
        c.do("secretary", withdrawal.withdraw, number, " ")
    c.do("secretary", withdrawal.withdraw, number, "передумал, заявление от 22.06")
    with c.store.read() as uow:
        assert (
            withdrawal.statement_of(uow, uow.get(Appeal, number)) == "передумал, заявление от 22.06"
        )
    year = c.do("secretary", statistics.year, 2026)
    assert dict(year.tables["outcome"].rows) == {"withdrawn": 1}


def with_long_answer(c: world.Commission) -> None:
    """The work has a long answer; the key-in was right, the copy of it was not."""
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).exam.long_tasks = [27]
        content = {"fields": {"long:27": {"text": "Война и мир"}}}
        for source, version in (("settled", 1), ("settled", 2)):
            row = uow.session.query(Reading).filter_by(source=source, version=version).first()
            fields = dict(row.content["fields"]) if row else {}
            made = {"fields": {**fields, **content["fields"]}}
            uow.add(
                Reading(
                    booklet_id=c.booklet,
                    version=version,
                    source=source,
                    round=2,
                    content=made,
                    sha256=digest(made),
                    at=uow.now(),
                )
            )
        made = {"fields": {**world_copy(), "long:27": {"text": "Война и ми"}}}
        uow.add(
            Reading(
                booklet_id=c.booklet,
                version=1,
                source="recognised",
                round=2,
                content=made,
                sha256=digest(made),
                at=uow.now(),
            )
        )
        uow.record("test:long", f"booklet:{c.booklet}")


def world_copy() -> dict[str, dict[str, str]]:
    return {field: {"text": text} for field, text in world.COPY.items() if text}


def to_the_recheck(c: world.Commission) -> str:
    with_long_answer(c)
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "handed_over"
        uow.record("test:transferred", f"booklet:{c.booklet}")
    c.do("secretary", second_transfer.finish_transfer, number)
    c.do("secretary", second_transfer.finish_hand_over, number)
    return number


def test_a_wrong_copy_of_a_long_answer_brings_the_recheck_though_the_key_in_was_right(
    c: world.Commission,
) -> None:
    number = to_the_recheck(c)
    with c.store.read() as uow:
        appeal = uow.get(Appeal, number)
        assert changed_answers.long_answers_changed(uow, appeal) == ["long:27"]
        assert orders.order_of(uow, appeal).next is Step.EXPERT_RECHECK


def test_a_long_answer_that_nobody_read_on_the_first_form_is_not_taken_for_unchanged(
    c: world.Commission,
) -> None:
    # Transferred before this program was used: nobody has read the long answer of that form.
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).exam.long_tasks = [27]
        for source, version, text in (
            ("machine:copy", 1, {"text": "Война", "confidence": 0.4}),
            ("settled", 2, {"text": "Война и мир"}),
        ):
            made = {"fields": {"long:27": text}}
            uow.add(
                Reading(
                    booklet_id=c.booklet,
                    version=version,
                    source=source,
                    round=2,
                    content=made,
                    sha256=digest(made),
                    at=uow.now(),
                )
            )
        uow.record("test:old", f"booklet:{c.booklet}")
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, number)
        appeal.booklet.version = 2
        uow.record("test:again", f"booklet:{c.booklet}")
        assert changed_answers.long_answers_changed(uow, appeal) == ["long:27"]


def test_two_experts_mark_with_their_own_log_in_and_a_third_decides(
    c: world.Commission, add_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = to_the_recheck(c)
    for login in ("expert2", "expert3"):
        c.people[login] = add_person(c.store, login, Role.SUBJECT_EXPERT)
        monkeypatch.setitem(world.PEOPLE, login, (Role.SUBJECT_EXPERT,))
    assert [one.id for one in c.do("expert", recheck_open.waiting_cases)] == [number]
    page = c.do("expert", recheck.recheck_page, number)
    assert [answer.field for answer in page.answers] == ["long:27"]
    # The centre has sent no codes of experts: only the expert knows who marked it before.
    assert not page.first_known
    assert (
        page.answers[0].first.text == "Война и ми" and page.answers[0].second.text == "Война и мир"
    )
    c.do("expert", marking.enter_marks, number, "Э-1", {"long:27": "14"})
    with pytest.raises(Conflict, match="already"):
        c.do("expert", marking.enter_marks, number, "Э-9", {"long:27": "14"})
    with pytest.raises(Conflict, match="other than the first"):
        c.do("expert2", marking.enter_marks, number, "э-1", {"long:27": "12"})
    assert not c.do("expert2", marking.enter_marks, number, "Э-2", {"long:27": "12"})
    for wrong in ("много", "", "9" * 5000):
        with pytest.raises(Invalid, match="whole number"):
            c.do("expert3", marking.enter_marks, number, "Э-3", {"long:27": wrong})
    assert c.do("expert3", marking.enter_marks, number, "Э-3", {"long:27": "13"})
    with c.store.read() as uow:
        row = orders.steps(uow, uow.get(Appeal, number))[Step.EXPERT_RECHECK]
        assert row.facts == {"experts": ["Э-1", "Э-2", "Э-3"], "marks": {"long:27": 13}}
    with pytest.raises(NotFound):
        c.do("expert", recheck.recheck_page, number)
    with pytest.raises(Forbidden):
        c.do("member", recheck_open.waiting_cases)
    assert audit.verify(c.store).ok


def test_a_room_shifted_by_one_row_is_found_from_one_case_and_reviewed_work_by_work(
    c: world.Commission,
) -> None:
    answers = {"1": "А1", "2": "Б2", "3": "В3", "4": "Г4"}
    shifted = {"1": "", "2": "А1", "3": "Б2", "4": "В3"}
    with c.store.begin(Actor.system("test")) as uow:
        first = uow.get(Booklet, c.booklet)
        others = []
        for place in ("2А", "3А"):
            who = uow.add(Candidate(code=f"C-{place}", surname="Сосед", needs=["a3"]))
            uow.session.flush()
            seat = uow.add(
                Seat(
                    exam_id=first.exam_id,
                    room_id=first.seat.room_id,
                    candidate_id=who.id,
                    place=place,
                )
            )
            uow.session.flush()
            others.append(
                uow.add(
                    Booklet(
                        seat_id=seat.id,
                        exam_id=first.exam_id,
                        medium="enlarged",
                        code=f"267500018{place[0]}788",
                        state="handed_over",
                        since=uow.now(),
                    )
                )
            )
        uow.session.flush()
        ids = [one.id for one in others]
        for source, fields in (("settled", answers), ("recognised", shifted)):
            content = {"fields": {field: {"text": text} for field, text in fields.items() if text}}
            uow.add(
                Reading(
                    booklet_id=ids[0],
                    version=1,
                    source=source,
                    content=content,
                    sha256=digest(content),
                    at=uow.now(),
                )
            )
        uow.record("test:room", f"booklet:{ids[0]}")
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(c, number)
    with c.store.read() as uow:
        found = similar.similar(uow, uow.get(Appeal, number))
    assert [(one.booklet.id, one.shifted) for one in found] == [(ids[0], 4), (ids[1], 0)]
    assert {one.reasons for one in found} == {("written in the same room",)}
    with pytest.raises(Conflict, match="may carry the defect"):
        c.do("secretary", reviews.open_reviews, number, [c.booklet])
    made = c.do("secretary", reviews.open_reviews, number, [ids[0]])
    with c.store.read() as uow:
        case = uow.get(Appeal, made[0].id)
        assert (case.number, case.state) == ("77-01-0002", "registered")
        assert case.facts["late_reason"] == "проверка комиссией по делу 77-01-0001"
        together = reviews.reviews_of(uow, uow.get(Appeal, number))
        assert [one.number for one in together] == ["77-01-0001", "77-01-0002"]


def test_a_work_of_another_room_is_looked_at_only_when_the_same_person_copied_it(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, c.booklet).exam_id
        room = uow.add(Room(site_code="0001", number="0102"))
        who = [uow.add(Candidate(code=code, surname="Сосед")) for code in ("C-8", "C-9")]
        uow.session.flush()
        works = []
        for one in who:
            seat = uow.add(Seat(exam_id=exam, room_id=room.id, candidate_id=one.id, place=one.code))
            uow.session.flush()
            works.append(
                uow.add(
                    Booklet(
                        seat_id=seat.id,
                        exam_id=exam,
                        medium="enlarged",
                        state="handed_over",
                        since=uow.now(),
                    )
                )
            )
        uow.session.flush()
        copied = [(c.booklet, "organiser"), (works[0].id, "organiser"), (works[1].id, "fresh")]
        for work, copier in copied:
            uow.add(
                Reading(
                    booklet_id=work,
                    version=1,
                    source="copied",
                    person_id=c.people[copier].id,
                    content={},
                    sha256=digest({}),
                    at=uow.now(),
                )
            )
        uow.record("test:room", f"booklet:{works[0].id}")
        same = works[0].id
    with c.store.read() as uow:
        [found] = similar.similar(uow, uow.get(Appeal, number))
    assert (found.booklet.id, found.reasons) == (same, ("the same person copied it",))


def test_a_case_is_found_by_number_code_and_by_surname_for_who_may(c: world.Commission) -> None:
    number = world.file_appeal(c)
    for wanted in ("77-01-0001", "1", "2675000181771", "C-1", "учебн"):
        found = c.do("secretary", lookup.find_cases, wanted)
        assert [one.id for one in found] == [number], wanted
    assert c.do("member", lookup.find_cases, "Учебный") == []
    assert c.do("organiser", lookup.find_cases, "77-01-0001") == []
    assert c.do("secretary", lookup.find_cases, "²") == [], "a digit that is no number"


def test_terms_of_open_cases_move_with_a_year_that_was_compared(c: world.Commission) -> None:
    number = world.file_appeal(c)
    with c.store.read() as uow:
        before = cases.term(uow, uow.get(Appeal, number))
    assert before.last_day == dt.date(2026, 6, 25) and not before.certain
    moved_off = (Transfer(dt.date(2026, 6, 27), dt.date(2026, 6, 24)),)
    with pytest.raises(Invalid, match="Name the decree"):
        c.do("secretary", calendar_check.check_year, 2026, Decree(" ", None, moved_off))
    with pytest.raises(Invalid, match="cannot be moved"):
        wrong = (Transfer(dt.date(2026, 6, 23), dt.date(2026, 6, 24)),)
        c.do(
            "secretary",
            calendar_check.check_year,
            2026,
            Decree("1", dt.date(2025, 9, 1), wrong),
        )
    with pytest.raises(Invalid, match="No day off was entered"):
        c.do("secretary", calendar_check.check_year, 2027, Decree("1", dt.date(2026, 6, 1), ()))
    with pytest.raises(Forbidden):
        decree = Decree("1", dt.date(2025, 9, 1), moved_off)
        c.do("member", calendar_check.check_year, 2026, decree)
    row = c.do(
        "secretary",
        calendar_check.check_year,
        2026,
        Decree("№ 1", dt.date(2025, 9, 1), moved_off),
    )
    assert row.moved == [["77-01-0001", "consider the appeal", "2026-06-25", "2026-06-26"]]
    with c.store.read() as uow:
        after = cases.term(uow, uow.get(Appeal, number))
    assert after.last_day == dt.date(2026, 6, 26) and after.certain, "the warning goes"
    c.do("secretary", calendar_check.take_back, 2026, "сверено не с тем постановлением")
    with c.store.read() as uow:
        assert not cases.term(uow, uow.get(Appeal, number)).certain
    assert audit.verify(c.store).ok


def test_open_steps_of_an_order_get_their_new_last_day(c: world.Commission) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.RECOGNITION_ERROR, Outcome.SATISFY)
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    with c.store.read() as uow:
        before = orders.steps(uow, uow.get(Appeal, number))[Step.RECALCULATE].due
    moved_off = (Transfer(dt.date(2026, 7, 11), dt.date(2026, 6, 30)),)
    decree = Decree("№ 1", dt.date(2025, 9, 1), moved_off)
    row = c.do("secretary", calendar_check.check_year, 2026, decree)
    with c.store.read() as uow:
        after = orders.steps(uow, uow.get(Appeal, number))[Step.RECALCULATE].due
    assert after > before
    assert {what for _number, what, _was, _now in row.moved} >= {"results before and after"}
    with c.store.begin(Actor.system("test")) as uow:
        case, now = uow.get(Appeal, number), calendar_check.calendar_of(uow)
        assert moved_terms.move_terms(uow, [case], now, now) == [], "nothing moves twice"
    assert audit.verify(c.store).ok


def test_a_training_exam_gives_an_old_work_neither_its_place_nor_its_shape(
    c: world.Commission,
) -> None:
    day = dt.date(2025, 6, 5)
    with c.store.begin(Actor.system("test")) as uow:
        uow.add(
            Exam(
                date=day, kind="ege", subject="02", site_code="0009", region="77", tasks=3,
                long_tasks=[4], training=True,
            )
        )  # fmt: skip
        uow.record("test:training", "plan:test")
    old = old_works.OldWork(
        date=day, kind="ege", subject="02", region="77", site_code="0009", room="0101", place="1А",
        code="2990000000613", candidate_code="C-9", surname="Учебный", medium=Medium.ENLARGED,
    )  # fmt: skip
    with pytest.raises(Invalid, match="not said how many") as asked:
        c.do("secretary", old_works.take_in_old_work, old)
    assert "day" not in asked.value.params, "no training exam is named as a help"
    old = replace(old, tasks=12, long_tasks=())
    work = c.do("secretary", old_works.take_in_old_work, old)
    with c.store.read() as uow:
        exam = uow.get(Booklet, work.id).exam
        assert (exam.training, exam.tasks, exam.long_tasks) == (False, 12, [])
