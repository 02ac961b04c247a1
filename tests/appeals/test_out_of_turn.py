"""Steps of a case at the wrong time, by the wrong person or said by halves: each is refused in
words of its own, and the case stays as it was."""

import datetime as dt
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.appeals.reprocessing import Step
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, SamePerson
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import PageState, ScanState
from examday.services.appeals import old_works
from examday.services.appeals.decision import (
    decisions,
    findings,
    procedure_check,
    readings,
    signatures,
)
from examday.services.appeals.hearing import (
    appointments,
    correcting,
    opening,
    own_work,
    sitting,
    votes,
)
from examday.services.appeals.keeping import removal, retention
from examday.services.appeals.order import orders, second_transfer
from examday.services.appeals.papers import destruction
from examday.services.unit_of_work import Store
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, Candidate, Page, Person, ScanFile, Seat
from examday.storage.tables_appeal import Appeal

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import day
from tests.appeals import world
from tests.appeals.test_appeal_services import HEARING, PIN, heard, sat_down, signed, state

DAY = dt.date(2026, 6, 19)


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    return world.make(store, add_person)


def refused(kind: type[DomainError], code: str, act: Callable[..., Any], *args: Any) -> None:
    """This step is refused with this code."""
    with pytest.raises(kind) as told:
        act(*args)
    assert told.value.code == code, told.value


def test_nothing_of_a_hearing_is_recorded_before_it_is_opened(c: world.Commission) -> None:
    case = world.file_appeal(c)
    chair = c.people["chair"].id
    vote = ("secretary", votes.vote, case, chair, Outcome.SATISFY)
    refused(Conflict, "no-hearing", c.do, *vote)
    refused(Conflict, "no-hearing", c.do, "secretary", decisions.decide, case, "основания")
    digest = "0" * 64
    sign = ("secretary", signatures.sign, case, chair, PIN, digest)
    refused(Conflict, "no-protocol", c.do, *sign)
    sat_down(c, case)
    refused(Conflict, "not-open", c.do, *vote)
    found = ("member", findings.find, case, "2", Diagnosis.TRANSFER_DEFECT)
    refused(Conflict, "not-open", c.do, *found)
    read = ("member", readings.read_at_hearing, case, "copy", {"3": {"text": "42"}})
    refused(Conflict, "not-open", c.do, *read)
    with c.store.read() as uow:
        seen = sitting.sitting_of(uow, uow.get(Appeal, case))
        assert not seen.votes and not findings.findings(uow, uow.get(Appeal, case))


def test_a_finding_says_which_task_and_what_happened_with_it(c: world.Commission) -> None:
    case = world.file_appeal(c)
    heard(c, case)
    find = ("member", findings.find, case)
    refused(Invalid, "no-field", c.do, *find, "77", Diagnosis.NO_DIFFERENCE)
    refused(Invalid, "undecided", c.do, *find, "2", Diagnosis.UNKNOWN)
    named = {"category": "", "reason": "видно на снимке"}
    with pytest.raises(Invalid) as told:
        c.do(*find, "2", Diagnosis.TRANSFER_DEFECT, **named)
    assert (told.value.code, told.value.field) == ("category", "category")
    with c.store.read() as uow:
        assert findings.findings(uow, uow.get(Appeal, case))["2"].round == 1


@pytest.mark.parametrize("field", ["nonsense", "99", "long:61", "replacement:40", "header:pet"])
def test_what_no_form_has_is_not_read_at_a_hearing(c: world.Commission, field: str) -> None:
    case = world.file_appeal(c)
    heard(c, case)
    read = ("member", readings.read_at_hearing, case, "copy")
    refused(Invalid, "no-field", c.do, *read, {field: {"text": "1"}})
    with pytest.raises(Invalid):
        c.do(*read, {"3": {"mark": "smudge"}})


def test_a_decision_needs_its_reasons(c: world.Commission) -> None:
    case = world.file_appeal(c)
    heard(c, case, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    refused(Invalid, "reasons", c.do, "secretary", decisions.decide, case, "  ")
    assert state(c, case) == "hearing"


def test_a_hearing_needs_its_place_and_its_form(c: world.Commission) -> None:
    case = world.file_appeal(c)
    schedule = ("secretary", appointments.schedule, case, HEARING)
    refused(Invalid, "hearing", c.do, *schedule, " ", "in_person")
    refused(Invalid, "hearing", c.do, *schedule, "каб. 5", "")
    assert state(c, case) == "registered"


def test_what_the_appellant_answered_is_said_and_not_supposed(c: world.Commission) -> None:
    case = world.file_appeal(c)
    sat_down(c, case)
    c.do("secretary", opening.open_hearing, case)
    confirm = ("secretary", own_work.confirm_own, case)
    refused(Invalid, "own-work-answer", c.do, *confirm, "", "print")
    refused(Invalid, "own-work-answer", c.do, *confirm, "yes", "")
    refused(Invalid, "own-work-note", c.do, *confirm, "no", "print")
    decide = ("secretary", decisions.decide, case, "основания")
    refused(Conflict, "own-work", c.do, *decide)
    why = "описка"
    own = ("secretary", correcting.correct_own_work, case, "yes", "print", "", why)
    with pytest.raises(NotFound):
        c.do(*own)
    with pytest.raises(NotFound):
        c.do("secretary", correcting.correct_vote, case, "0" * 32, Outcome.REJECT, why)
    with pytest.raises(NotFound):
        c.do("secretary", correcting.correct_attendance, case, "0" * 32, None, why)


def test_a_score_appeal_waits_until_the_work_is_at_the_centre(c: world.Commission) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "certified"
        uow.record("test:back", f"booklet:{c.booklet}")
    refused(Conflict, "not-handed-over", world.file_appeal, c)


def test_a_check_of_the_procedure_is_dated_and_concludes_something(c: world.Commission) -> None:
    about = {"kind": Kind.PROCEDURE, "filed": dt.date(2026, 6, 4), "reached": dt.date(2026, 6, 4)}
    case = world.file_appeal(c, **about, result_day=None)
    check = ("secretary", procedure_check.record_check, case)
    today = dt.date(2026, 6, 22)
    to_come = today + dt.timedelta(days=1)
    refused(Invalid, "check-day", c.do, *check, to_come, "комиссия", "yes", "да")
    refused(Invalid, "check", c.do, *check, today, "комиссия", "", "да")
    refused(Invalid, "check", c.do, *check, today, "комиссия", "yes", " ")
    other = world.file_appeal(c)
    late = ("secretary", procedure_check.record_check, other, today, "комиссия", "yes", "да")
    refused(Conflict, "no-check-here", c.do, *late)


def test_an_order_is_carried_out_by_its_owners_and_says_what_was_done(c: world.Commission) -> None:
    case = world.file_appeal(c)
    results = (orders.record_results, case, 61, 68)
    refused(Conflict, "no-order", c.do, "operator", *results)
    heard(c, case, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(c, case)
    c.do("secretary", orders.order_reprocessing, case)
    with pytest.raises(Forbidden):
        c.do("member", *results)
    fresh, expert = c.people["fresh"].id, c.people["expert"].id
    assign = ("secretary", second_transfer.assign, case)
    refused(Invalid, "two-people", c.do, *assign, fresh, "")
    refused(Conflict, "two-people", c.do, *assign, fresh, fresh)
    refused(Conflict, "role", c.do, *assign, fresh, expert)
    c.do(*assign, fresh, c.people["fresh2"].id)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "certified"
        uow.record("test:transferred", f"booklet:{c.booklet}")
    c.do("secretary", second_transfer.finish_transfer, case)
    hand_over = ("secretary", second_transfer.finish_hand_over, case)
    refused(Conflict, "not-handed-over", c.do, *hand_over)


def test_a_rejected_appellant_is_told_in_some_way(c: world.Commission) -> None:
    case = world.file_appeal(c)
    heard(c, case, ("chair", Outcome.REJECT), ("member", Outcome.REJECT))
    decide = (case, "основания", "описка самого участника")
    protocol = c.do("secretary", decisions.decide, *decide)
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, case, c.people[login].id, PIN, protocol.sha256)
    c.do("secretary", orders.order_reprocessing, case)
    refused(Invalid, "way", c.do, "secretary", orders.record_notice, case, "  ")
    with c.store.read() as uow:
        order = orders.order_of(uow, uow.get(Appeal, case))
        assert order.next is Step.INFORM


def paper_work(**changes: Any) -> old_works.OldWork:
    """A work of before the program as its papers tell."""
    told: dict[str, Any] = {
        "date": dt.date(2026, 6, 4),
        "kind": "ege",
        "subject": "01",
        "region": "77",
        "site_code": "0001",
        "room": "0102",
        "place": "2Б",
        "code": "2675000181998",
        "candidate_code": "C-9",
        "surname": "Учебный",
        "medium": Medium.ENLARGED,
        "tasks": 5,
        "long_tasks": (),
    }
    return old_works.OldWork(**told | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "26750001819"}, "code"),
        ({"code": "267500018199٣"}, "code"),
        ({"date": dt.date(2027, 6, 4)}, "date"),
        ({"kind": ""}, "exam_kind"),
        ({"tasks": 400}, "tasks"),
        ({"tasks": -1}, "tasks"),
        ({"long_tasks": (0,)}, "tasks"),
    ],
)
def test_an_old_work_is_entered_as_its_papers_can_say(
    c: world.Commission, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        c.do("secretary", old_works.take_in_old_work, paper_work(**changes))
    assert told.value.field == field and told.value.advice
    for typed in ("2675000181771", "2675 0001 81771", "2675-0001-81771"):
        known = paper_work(code=typed)
        refused(Conflict, "known-work", c.do, "secretary", old_works.take_in_old_work, known)


def test_the_number_of_an_old_work_is_kept_as_the_readers_give_it(c: world.Commission) -> None:
    spaced = paper_work(code="2675 0001 81998", date=dt.date(2026, 6, 5))
    assert c.do("secretary", old_works.take_in_old_work, spaced).code == "2675000181998"


def with_scan(c: world.Commission, booklet: str, content: bytes) -> str:
    """A scan of this work in the store; its digest."""
    kept = Folder(c.store.settings.objects).put(io.BytesIO(content)).sha256
    with c.store.begin(Actor.system("test")) as uow:
        scan = uow.add(
            ScanFile(
                name="1.jpg",
                source="upload",
                sha256=kept,
                size=len(content),
                state=ScanState.DONE,
                received_at=uow.now(),
            )
        )
        uow.session.flush()
        uow.add(
            Page(
                scan_file_id=scan.id,
                number=1,
                booklet_id=booklet,
                role="original",
                state=PageState.ATTACHED,
                at=uow.now(),
            )
        )
        uow.record("test:scan", f"scan:{scan.id}")
    return kept


def test_one_work_under_appeal_keeps_all_works_of_its_exam(c: world.Commission, clock: Any) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        held = uow.get(Booklet, c.booklet)
        held.hold = True
        other = uow.add(Candidate(code="C-2", surname="Учебный-2"))
        uow.session.flush()
        seat = uow.add(
            Seat(
                exam_id=held.exam_id,
                room_id=held.seat.room_id,
                candidate_id=other.id,
                place="9А",
            )
        )
        uow.session.flush()
        uow.add(Booklet(seat_id=seat.id, exam_id=held.exam_id, medium=held.medium, since=uow.now()))
        uow.record("test:held", f"booklet:{c.booklet}")
        exam = held.exam_id
    with c.store.read() as uow:
        [kept] = [kept for kept in retention.overview(uow) if kept.exam.id == exam]
    assert (kept.works, kept.held) == (2, 1)
    clock.now = dt.datetime.combine(kept.until + dt.timedelta(days=1), dt.time(9), dt.UTC)
    second = c.people["head"].id
    destroy = ("secretary", retention.destroy, exam)
    refused(Conflict, "legal-hold", c.do, *destroy, "приказ 17", second, PIN)


def test_every_exam_of_one_day_stands_on_a_page_of_what_is_kept(
    c: world.Commission, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("02", "03"):
        day.booklet(c.store, None, subject=subject)
    with c.store.read() as uow:
        whole = [kept.exam.id for kept in retention.overview(uow)]
        monkeypatch.setattr(retention, "A_PAGE", 1)
        shown, after = list[str](), ""
        while rows := retention.overview(uow, after):
            shown += [kept.exam.id for kept in rows]
            after = f"{rows[-1].exam.date.isoformat()} {rows[-1].exam.id}"
    assert len(whole) == 3 and shown == whole


def test_works_are_destroyed_once_by_two_and_the_scans_alone_go(
    c: world.Commission, clock: Any
) -> None:
    secretary = c.people["secretary"].id
    other = c.do("secretary", old_works.take_in_old_work, paper_work(date=dt.date(2026, 6, 5)))
    with c.store.read() as uow:
        kept = retention.overview(uow)[0]
        exam, until = kept.exam.id, kept.until
    scan, shared = with_scan(c, c.booklet, b"one page"), with_scan(c, c.booklet, b"two works")
    with_scan(c, other.id, b"two works")
    pictures = {kept: c.store.settings.derived_of(kept) for kept in (scan, shared)}
    for folder in pictures.values():
        folder.mkdir(parents=True)
        (folder / "1.grey.jpg").write_bytes(b"what was written on the page")
    destroy = ("secretary", retention.destroy, exam)
    clock.now = dt.datetime.combine(until, dt.time(9), dt.UTC)
    second = c.people["head"].id
    refused(Conflict, "retention", c.do, *destroy, "приказ 17", second, PIN)
    clock.forward(days=1)
    refused(Invalid, "basis", c.do, *destroy, " ", second, PIN)
    with pytest.raises(SamePerson):
        c.do(*destroy, "приказ 17", secretary, PIN)
    with pytest.raises(Forbidden):
        c.do(*destroy, "приказ 17", c.people["member"].id, PIN)
    with c.store.begin(Actor.system("test")) as uow:
        file = uow.session.scalars(select(ScanFile).where(ScanFile.sha256 == scan)).one()
        page = uow.add(
            Page(scan_file_id=file.id, number=2, state=PageState.EXCEPTION, at=uow.now())
        )
        uow.record("test:page", "scan:1")
    refused(Conflict, "page-waits", c.do, *destroy, "приказ 17", second, PIN)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Page, page.id).state = PageState.REJECTED
        uow.record("test:page", "scan:1")
    act = c.do(*destroy, "приказ 17", second, PIN)
    assert act.hashes == sorted([scan, shared])
    refused(Conflict, "destroyed", c.do, *destroy, "приказ 17", second, PIN)
    objects = Folder(c.store.settings.objects)
    assert objects.path(scan).exists(), "files go after the act is certain"
    for _twice in range(2):
        removal.remove(c.store, act.id)
        assert not objects.path(scan).exists()
        assert not pictures[scan].exists(), "the pictures show the page too"
        assert not list(c.store.settings.derived.glob(".*"))
    for kept in (objects.path(shared), pictures[shared]):
        assert kept.exists(), "a work of another exam lies on the same file"
    with c.store.read() as uow:
        assert exam not in {kept.exam.id for kept in retention.overview(uow)}
        paper = destruction.act(uow, act.id, str)
    assert paper.startswith(b"%PDF")
