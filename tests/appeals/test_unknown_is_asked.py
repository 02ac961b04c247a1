"""What the commission does not know is asked and never taken for known: steps without a record,
tasks that cannot be compared, experts without a name, works from before the program."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.appeals import diagnosis
from examday.domain.appeals.diagnosis import Diagnosis, Layer, Layers
from examday.domain.appeals.figures import CaseFigures, days_to_decision
from examday.domain.appeals.hearing import Asked, Capacity, Outcome
from examday.domain.appeals.reprocessing import Step
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, Invalid
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext as say
from examday.services.appeals import cases, closing, old_works
from examday.services.appeals.decision import centre
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.appeals.hearing import appointments, attendance, correcting, sitting
from examday.services.appeals.order import marking, orders, second_transfer
from examday.services.appeals.papers import order_paper, plain
from examday.services.appeals.views.casebook import open_case
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Person, Reading
from examday.storage.tables_appeal import Appeal, OrderStep
from tests import transfer_day
from tests.appeals import world
from tests.appeals.test_appeal_services import heard, sat_down, signed
from tests.appeals.test_outcomes import decide_all, to_the_recheck


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def test_a_step_without_a_record_is_shown_done_and_closed_like_the_others(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    decide_all(c, number, Diagnosis.RECOGNITION_ERROR, Outcome.SATISFY)
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    with c.store.begin(Actor.system("test")) as uow:
        lost = uow.session.query(OrderStep).filter_by(appeal_id=number, step=Step.APPROVE).one()
        due = lost.due
        uow.session.delete(lost)
        uow.record("test:lost", f"appeal:{number}")
    c.do("operator", orders.record_results, number, 61, 68)
    with c.store.read() as uow:
        order = orders.order_of(uow, uow.get(Appeal, number))
    assert order.next is Step.APPROVE and order.steps[Step.APPROVE].due == due
    with pytest.raises(Conflict, match="next step"):
        c.do("secretary", orders.record_notice, number, "лично")
    with pytest.raises(Conflict, match="cannot be closed"):
        c.do("secretary", closing.close, number)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)


@pytest.mark.parametrize(
    ("original", "copy", "found"),
    [
        (Layer("", "graphic"), Layer("", "graphic"), Diagnosis.UNKNOWN),
        (Layer("x", "graphic"), Layer("x"), Diagnosis.UNKNOWN),
        (Layer(""), Layer("", "illegible"), Diagnosis.UNKNOWN),
        (Layer("7"), Layer("", "illegible"), Diagnosis.UNKNOWN),
        (Layer("", "illegible"), Layer("7"), Diagnosis.OWN_ERROR),
        (Layer("", "crossed_out"), Layer("", "blank"), Diagnosis.NO_DIFFERENCE),
        (Layer("7", "outside_field"), Layer("7"), Diagnosis.OWN_ERROR),
    ],
)
def test_drawings_and_what_nobody_could_read_are_never_called_equal(
    original: Layer, copy: Layer, found: Diagnosis
) -> None:
    assert diagnosis.propose(Layers(original, copy)).diagnosis is found


def layers_with(c: world.Commission, source: str, value: dict[str, Any]) -> Layers:
    """The layers of task 9, which nobody has settled, with what the machine read on a paper."""
    for name, fields in ((source, {"9": value}), ("hearing:original", {"9": {"text": "41"}})):
        content = {"fields": fields}
        with c.store.begin(Actor.system("test")) as uow:
            uow.add(
                Reading(
                    booklet_id=c.booklet, version=3, source=name, content=content,
                    sha256=digest(content), at=uow.now(),
                )
            )  # fmt: skip
            uow.record("test:read", f"booklet:{c.booklet}")
    with c.store.read() as uow:
        return layers_of_work(uow, c.booklet, 3)["9"]


@pytest.mark.parametrize(
    ("value", "certainty"),
    [
        ({"text": "41", "confidence": 0.96}, 0.96),
        ({"text": "41", "confidence": 0.8}, 0.8),
        ({"text": "41", "confidence": 0}, 0),
        ({"text": "41", "confidence": 0.0, "certainty": 1.0}, 0),
        ({"text": "41"}, 0),
    ],
)
def test_what_a_machine_is_not_sure_of_is_not_a_persons_word(
    c: world.Commission, value: dict[str, Any], certainty: float
) -> None:
    found = layers_with(c, "machine:copy", value)
    assert found.copy is not None and found.copy.certainty == certainty
    proposed = diagnosis.propose(found).diagnosis
    assert proposed is (
        Diagnosis.NO_DIFFERENCE if certainty >= diagnosis.SURE else Diagnosis.UNKNOWN
    )


def test_a_field_that_the_machine_did_not_see_is_not_blank(c: world.Commission) -> None:
    content = {"fields": {"1": {"text": "ДОМ", "confidence": 0.9}}}
    with c.store.begin(Actor.system("test")) as uow:
        uow.add(
            Reading(
                booklet_id=c.booklet, version=3, source="machine:copy", content=content,
                sha256=digest(content), at=uow.now(),
            )
        )  # fmt: skip
        uow.record("test:read", f"booklet:{c.booklet}")
    found = layers_with(c, "machine:original", {"text": "41", "confidence": 0.9})
    assert found.copy is None and diagnosis.propose(found).diagnosis is Diagnosis.UNKNOWN


def test_a_part_of_the_centres_table_makes_no_blanks_of_the_rest(c: world.Commission) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).exam.tasks = 5
        uow.record("test:tasks", f"booklet:{c.booklet}")
    number = world.file_appeal(c)

    def table(*lines: str) -> io.BytesIO:
        return io.BytesIO("\n".join(("Задание;Распознано;Балл до", *lines)).encode())

    part = ("1;КИСЛОРОД;1", "2;153;0")
    with pytest.raises(Invalid, match="no line for the tasks 3, 4, 5"):
        c.do("secretary", centre.take_in_table, number, table(*part))
    whole = table(*part, "3;24;1", "4;МЕЛ;1", "5;;0")
    # Its text is known already; the marks are new.
    assert c.do("secretary", centre.take_in_table, number, whole).written == 1
    marks = io.BytesIO("Задание;Балл до\n1;1".encode())
    assert c.do("secretary", centre.take_in_table, number, marks).written == 1
    assert c.do("secretary", centre.take_in_table, number, table(*part), rest_blank=True).written


def test_one_person_never_enters_the_marks_of_both_experts(c: world.Commission) -> None:
    number = to_the_recheck(c)
    assert not c.do("secretary", marking.enter_marks, number, "Э-1", {"long:27": "14"})
    with pytest.raises(Conflict, match="marks of one expert"):
        c.do("secretary", marking.enter_marks, number, "Э-2", {"long:27": "14"})
    assert c.do("expert", marking.enter_marks, number, "Э-2", {"long:27": "14"})


def test_an_expert_is_known_by_the_code_under_which_they_marked_before(
    c: world.Commission,
) -> None:
    number = to_the_recheck(c)
    # In an earlier re-check of this work this person entered marks as Э-7, so must not mark it
    # again.
    c.do("expert", marking.enter_marks, number, "Э-7", {"long:27": "14"})
    c.do("secretary", marking.enter_marks, number, "Э-8", {"long:27": "14"})
    c.do("operator", orders.record_results, number, 61, 68)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)
    again = world.file_appeal(c, late_reason="по решению суда", filed=dt.date(2026, 6, 24),
                              reached=dt.date(2026, 6, 24))  # fmt: skip
    c.wait_until(dt.datetime(2026, 6, 24, 9, tzinfo=dt.UTC))
    sat_down_later(c, again)
    with pytest.raises(Conflict, match="marked this work before"):
        c.do("secretary", attendance.attend, again, Capacity.EXPERT, c.people["expert"].id)


def test_who_is_named_by_a_code_of_the_centre_is_barred(
    c: world.Commission, add_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = to_the_recheck(c)
    c.do("expert", marking.enter_marks, other, "Э-17", {"long:27": "14"})
    # Another work, which the centre says was marked by Э-17 the first time.
    old = old_work(code="2990000000613", candidate_code="C-9", tasks=5, long_tasks=(27,))
    work = c.do("secretary", old_works.take_in_old_work, old)
    number = world.file_appeal(c, booklet_id=work.id)
    c.do("secretary", centre.import_recognised, number, {}, {"long:27": "14"}, {}, [" э-17 "])
    sat_down_later(c, number)
    with pytest.raises(Conflict, match="marked this work before"):
        c.do("secretary", attendance.attend, number, Capacity.EXPERT, c.people["expert"].id)
    c.people["expert2"] = add_person(c.store, "expert2", Role.SUBJECT_EXPERT)
    other_expert, asked = c.people["expert2"].id, Asked(was_asked=True)
    c.do("secretary", attendance.attend, number, Capacity.EXPERT, other_expert, "", asked)


def sat_down_later(c: world.Commission, number: str) -> None:
    """A hearing on Friday 26 June, whose day has come."""
    moment = dt.datetime(2026, 6, 26, 8, tzinfo=dt.UTC)
    reason = "болезнь председателя"
    with c.store.read() as uow:
        late = cases.term(uow, uow.get(Appeal, number)).last_day < moment.date()
    c.do("secretary", appointments.schedule, number, moment, "каб. 5", "in_person",
         reason if late else "")  # fmt: skip
    c.wait_until(moment)


def test_earlier_marking_that_no_record_tells_is_asked(c: world.Commission) -> None:
    number = world.file_appeal(c)
    sat_down(c, number)
    marked = Asked(marked_work=True)
    with pytest.raises(Conflict, match="marked this work before"):
        c.do(
            "secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id, "",
            marked,
        )  # fmt: skip
    c.do("secretary", attendance.attend, number, Capacity.MEMBER, c.people["member2"].id)
    with c.store.read() as uow:
        rows = sitting.sitting_of(uow, uow.get(Appeal, number)).recorded
    row = next(one.id for one in rows if one.person_id == c.people["member2"].id)
    with pytest.raises(Conflict, match="marked this work before"):
        c.do(
            "secretary", correcting.correct_attendance, number, row, Capacity.CHAIR, "сказал сам",
            asked=marked,
        )  # fmt: skip


def test_a_page_without_its_picture_does_not_keep_an_expert_from_marking(
    c: world.Commission, browser: Any
) -> None:
    number = to_the_recheck(c)
    with c.store.begin(Actor.system("test")) as uow:
        for role in ("original", "copy"):
            transfer_day.add_page(uow, c.booklet, role)
            uow.session.flush()
        uow.record("test:pages", f"booklet:{c.booklet}")
    expert = browser()
    expert.log_in("expert")
    page = expert.get(f"/rechecks/{number}")
    assert page.status_code == 200
    assert "Снимка нет" in page.get_data(as_text=True)


def old_work(**changes: Any) -> old_works.OldWork:
    return old_works.OldWork(
        **{
            "date": dt.date(2026, 6, 4),
            "kind": "ege",
            "subject": "02",
            "region": "77",
            "site_code": "0009",
            "room": "0101",
            "place": "1А",
            "code": "2990000000613",
            "candidate_code": "",
            "surname": "Прежний",
            "medium": Medium.ENLARGED,
            "tasks": 12,
            "long_tasks": (13, 14),
            **changes,
        }
    )


def test_the_tasks_of_an_unknown_exam_are_asked_and_the_last_one_is_only_named(
    c: world.Commission,
) -> None:
    c.do("secretary", old_works.take_in_old_work, old_work(date=dt.date(2025, 6, 5)))
    for missing in ({"tasks": None}, {"long_tasks": None}, {"tasks": None, "long_tasks": None}):
        with pytest.raises(Invalid, match="not said how many") as asked:
            later = old_work(code="2990000000620", **missing)
            c.do("secretary", old_works.take_in_old_work, later)
        assert asked.value.advice % asked.value.params == (
            "Copy both from the task paper of that exam. The one of 05.06.2025 had 12 short "
            "answers, long answers: 13, 14."
        )
    work = c.do(
        "secretary", old_works.take_in_old_work, old_work(code="2990000000620", long_tasks=())
    )
    with c.store.read() as uow:
        exam = uow.get(Booklet, work.id).exam
        assert (exam.date, exam.tasks, exam.long_tasks) == (dt.date(2026, 6, 4), 12, [])


def test_a_known_exam_gives_its_tasks_and_contradicts_others(c: world.Commission) -> None:
    c.do("secretary", old_works.take_in_old_work, old_work())
    second = {"code": "2990000000620", "place": "2А", "surname": "Второй"}
    with pytest.raises(Conflict, match="with 12 short answers, long answers: 13, 14"):
        c.do("secretary", old_works.take_in_old_work, old_work(**second, long_tasks=()))
    asked = old_work(**second, tasks=None, long_tasks=None)
    work = c.do("secretary", old_works.take_in_old_work, asked)
    with c.store.read() as uow:
        assert uow.get(Booklet, work.id).exam.long_tasks == [13, 14]


def test_two_old_works_without_a_candidates_code_are_two_people(c: world.Commission) -> None:
    first = c.do("secretary", old_works.take_in_old_work, old_work())
    second = c.do(
        "secretary", old_works.take_in_old_work,
        old_work(code="2990000000620", place="2А", surname="Второй"),
    )  # fmt: skip
    with c.store.read() as uow:
        one, two = (uow.get(Booklet, work.id).seat.candidate for work in (first, second))
        assert one.id != two.id and (one.surname, two.surname) == ("Прежний", "Второй")


def test_a_known_code_is_the_same_person_and_gets_the_needs_of_the_paper(
    c: world.Commission,
) -> None:
    known = old_work(candidate_code="C-1", surname="Учебный", needs=("deaf",))
    with pytest.raises(Conflict, match="another surname"):
        c.do(
            "secretary", old_works.take_in_old_work,
            old_work(candidate_code="C-1", surname="Прежний"),
        )  # fmt: skip
    work = c.do("secretary", old_works.take_in_old_work, known)
    number = world.file_appeal(c, booklet_id=work.id)
    with c.store.read() as uow:
        assert uow.session.query(Candidate).filter_by(code="C-1").count() == 1
        called = sitting.sitting_of(uow, uow.get(Appeal, number)).called
    assert [one.capacity for one in called] == [Capacity.SIGN_INTERPRETER]


def test_a_place_is_one_persons_and_a_candidate_sits_once(c: world.Commission) -> None:
    c.do("secretary", old_works.take_in_old_work, old_work(candidate_code="C-9"))
    for wrong in (
        {"surname": "Второй"},
        {"candidate_code": "C-9", "place": "7Б"},
    ):
        with pytest.raises(Conflict, match="entered already: 0101-1А"):
            other = old_work(code="2990000000620", **wrong)
            c.do("secretary", old_works.take_in_old_work, other)
    for region in ("", "7", "МО"):
        with pytest.raises(Invalid, match="two digits"):
            other = old_work(code="2990000000637", region=region)
            c.do("secretary", old_works.take_in_old_work, other)
    with pytest.raises(Invalid, match="surname"):
        c.do("secretary", old_works.take_in_old_work, old_work(code="2990000000637", surname=" "))


def to_the_order(c: world.Commission) -> str:
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(c, number)
    c.do("secretary", orders.order_reprocessing, number)
    return number


def test_no_order_is_printed_before_its_hands_are_named(c: world.Commission, browser: Any) -> None:
    number = to_the_order(c)

    def texts(uow: Any) -> str:
        return plain.paper_text(uow, open_case(uow, number), say, "txt", "order")

    for read in (
        texts,
        lambda uow: order_paper.order(uow, open_case(uow, number), say, False),
    ):
        with pytest.raises(Conflict, match="Nobody is named"):
            c.do("secretary", read)
    secretary = browser()
    secretary.log_in("secretary")
    page = secretary.get(f"/appeals/{number}/order").get_data(as_text=True)
    assert "order.pdf" not in page and "можно напечатать, когда назначены" in page
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    assert "Fresh" in c.do("secretary", texts)
    page = secretary.get(f"/appeals/{number}/order").get_data(as_text=True)
    assert "order.pdf" in page


def test_the_median_is_not_the_days_of_one_case() -> None:
    def years(*days: int) -> list[CaseFigures]:
        start = dt.date(2026, 6, 1)
        return [
            CaseFigures("score", "0001", "decided", "reject", (), start, start + dt.timedelta(n))
            for n in days
        ]

    for few in ((), (4,), (2, 9, 11), (1, 2, 9, 11), (1, 2, 3, 9, 11)):
        assert days_to_decision(years(*few)) is None, few
    assert days_to_decision(years(1, 2, 3, 4, 9, 11)) == 3.5
