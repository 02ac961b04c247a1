"""A spoken answer: its recording is entered by digest, its protocol by two people."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.custody.recording import LEAST_BYTES, Protocol, Recording, is_sound
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.people.roles import Actor, Role
from examday.domain.plan.checks.papers import forms_of_exam
from examday.domain.plan.day import SeatPlan, medium_for
from examday.domain.plan.findings import Level
from examday.services.custody import kits, papers
from examday.services.custody.pages import work_page
from examday.services.custody.room import collecting, recording, taking_back, withdrawn_kits
from examday.services.custody.room import sound as sounds
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.storage.tables import Duty, EventRow, Item, Person, Room
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.custody_day import Day, number
from tests.own_rules import for_date
from tests.plan.test_readiness import ready

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    return custody_day.make(store, add_person, ("oral", "oral", "typed"))


def sound(tail: bytes = b"one") -> Recording:
    return sounds.listen_in(io.BytesIO(WAV + bytes(LEAST_BYTES) + tail), "otvet.wav")


def said(day: Day, **other: Any) -> Protocol:
    people = {name: day.people[name].id for name in ("lead", "helper", "second")}
    usual = {
        "recorded_by": people["lead"],
        "written_by": people["helper"],
        "compared_by": people["second"],
        "pages": 2,
    }
    return Protocol(**{**usual, **other})


def issued(day: Day, place: str) -> str:
    day.do("lead", kits.issue, day.booklets[place], number(int(place[0])))
    return day.booklets[place]


def recorded(day: Day, place: str = "1А", tail: bytes = b"one", why: str = "") -> str:
    work = issued(day, place) if day.booklet(place).state == "registered" else day.booklets[place]
    day.do("lead", recording.record, work, sound(tail), said(day), why)
    return work


def things(day: Day, place: str = "1А") -> list[Item]:
    with day.store.read() as uow:
        return papers.of_booklet(uow, day.booklets[place])


@pytest.mark.parametrize(
    "first",
    [
        WAV,
        b"FORM\x00\x00\x00\x00AIFFCOMM",
        b"ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        b"\xff\xfb\x90\x44" + bytes(12),
        b"OggS" + bytes(12),
        b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00",
    ],
)
def test_files_of_sound_are_known_by_how_they_begin(first: bytes) -> None:
    assert is_sound(first)


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"\xff",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01",
        b"%PDF-1.7\n%abcdef",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        *(
            b"\x00\x00\x00\x20ftyp" + kind + bytes(4)
            for kind in (b"heic", b"heis", b"avis", b"crx ")
        ),
        b"\xff\xfeP\x00r\x00o\x00t\x00o\x00k\x00o\x00",
    ],
)
def test_what_is_no_sound_is_refused(first: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        sounds.listen_in(io.BytesIO(first), "скан.jpg")
    assert refused.value.code == "no-sound"


def test_the_beginning_of_a_file_is_no_answer() -> None:
    with pytest.raises(Invalid) as refused:
        sounds.listen_in(io.BytesIO(WAV.ljust(44, b"\0")), "otvet.wav")
    assert refused.value.code == "empty-sound"


def test_who_may_not_come_any_more_has_compared_nothing(day: Day) -> None:
    work = issued(day, "1А")
    with day.store.begin(Actor.system("test")) as uow:
        uow.get(Person, day.people["second"].id).disabled = True
        uow.record("person:disable", f"person:{day.people['second'].id}")
    with pytest.raises(Invalid) as refused:
        day.do("lead", recording.record, work, sound(), said(day))
    assert refused.value.field == "compared_by"


def test_the_digest_is_that_of_the_whole_file() -> None:
    long = bytes(3 * 1024 * 1024)
    one, other = sound(long + b"a"), sound(long + b"b")
    assert one.size == len(WAV) + LEAST_BYTES + len(long) + 1 and one.sha256 != other.sha256


def test_a_recording_and_its_protocol_are_things_of_the_work(day: Day) -> None:
    work = recorded(day)
    with pytest.raises(Conflict):
        day.do("lead", recording.record, issued(day, "3А"), sound(b"two"), said(day))
    counted = day.counts("1А")
    assert (counted[Kind.RECORDING], counted[Kind.PROTOCOL]) == (1, 2)
    day.do("lead", collecting.collect, work, counted)
    carrier = sounds.of_work(things(day))
    assert carrier and carrier.facts["sha256"] == sound().sha256
    assert carrier.facts["written_by"] == day.people["helper"].id
    assert audit.verify(day.store).ok


def test_nothing_is_collected_without_a_recording(day: Day) -> None:
    work = issued(day, "1А")
    with pytest.raises(Conflict) as refused:
        day.do("lead", collecting.collect, work, day.counts("1А"))
    assert refused.value.code == "first-record"


@pytest.mark.parametrize(
    "other",
    [
        {"pages": 0},
        {"pages": 101},
        {"recorded_by": ""},
        {"written_by": ""},
        {"compared_by": ""},
        {"written_by": "nobody"},
        {"compared_by": "observer"},
    ],
    ids=str,
)
def test_a_protocol_needs_its_people_and_pages(day: Day, other: dict[str, Any]) -> None:
    work = issued(day, "1А")
    # A person of the point who is no scribe by their id, as a page that was tampered with sends it.
    other = {f: day.people[p].id if p in day.people else p for f, p in other.items()}
    with pytest.raises(Invalid) as refused:
        day.do("lead", recording.record, work, sound(), said(day, **other))
    assert refused.value.field == next(iter(other))


def test_who_is_on_duty_in_another_room_is_named_behind_those_who_may_be_here(day: Day) -> None:
    work = issued(day, "1А")

    def scribes() -> list[str]:
        with day.store.read(day.actor("lead")) as uow:
            return [person.login for person in work_page.work(uow, work, "record").scribes]

    first, *rest = scribes()
    with day.store.begin(Actor.system("test")) as uow:
        other = uow.add(Room(site_code="0001", number="0204"))
        uow.session.flush()
        duty = {"person_id": day.people[first].id, "role": Role.ASSISTANT, "room_id": other.id}
        uow.add(Duty(exam_id=day.exam, **duty))
        uow.record("test:room", "plan:test")
    assert scribes() == [*rest, first]


def test_all_that_was_left_empty_is_named_at_once(day: Day, browser: Callable[[], Browser]) -> None:
    """The file has to be chosen anew each time: told one after the other, that is five times."""
    lead = Clerk(browser(), "lead")
    lead.open(f"/custody/work/{issued(day, '1А')}/record")
    refused = lead.press("/record", fields={"written_by": day.people["helper"].id})
    assert refused.status == 400
    for sentence in (
        "Выберите файл записи.",
        "Выберите, кто записал ответ.",
        "Выберите, кто сверил протокол с записью.",
        "Впишите, сколько листов в протоколе.",
    ):
        assert refused.text.count(sentence) == 2, "in the summary and beside its entry"
    assert "Выберите, кто написал протокол." not in refused.text


def test_whoever_wrote_the_protocol_does_not_compare_it(day: Day) -> None:
    work, writer = issued(day, "1А"), day.people["helper"].id
    with pytest.raises(Invalid):
        day.do("lead", recording.record, work, sound(), said(day, compared_by=writer))


def test_one_recording_is_not_that_of_two_candidates(day: Day) -> None:
    recorded(day)
    with pytest.raises(Conflict) as refused:
        recorded(day, "2А")
    assert refused.value.params["place"] == "1А"
    recorded(day, "2А", b"two")


def test_a_wrong_recording_is_entered_anew_with_a_reason_and_stays_in_the_ledger(day: Day) -> None:
    work = recorded(day, tail=b"wrong")
    with pytest.raises(Invalid):
        recorded(day)
    recorded(day, why="выбран чужой файл")
    assert [i.kind for i in things(day)].count(Kind.RECORDING) == 1
    with day.store.read() as uow:
        lines = [
            row.data
            for row in uow.session.query(EventRow).filter(
                EventRow.kind.startswith("custody:record"), EventRow.subject == f"booklet:{work}"
            )
        ]
    assert [
        sound(tail).sha256 in line for tail, line in zip((b"wrong", b"one"), lines, strict=True)
    ]
    assert audit.verify(day.store).ok


def test_a_recording_of_somebody_else_is_taken_back_before_the_issue_itself(day: Day) -> None:
    work = recorded(day)
    day.do("lead", taking_back.take_back, work, "не тому")
    assert day.booklet("1А").state == "issued" and sounds.of_work(things(day)) is None
    day.do("lead", taking_back.take_back, work, "не тому")
    assert day.booklet("1А").state == "registered"


def test_collecting_is_taken_back_and_the_recording_stays(day: Day) -> None:
    work = recorded(day)
    day.do("lead", collecting.collect, work, day.counts("1А"))
    day.do("lead", taking_back.take_back, work, "рано собрана")
    assert day.booklet("1А").state == "issued"
    assert sounds.of_work(things(day)) is not None


def test_who_writes_instead_of_speaking_leaves_no_recording_in_use(day: Day) -> None:
    work = recorded(day)
    day.do("lead", withdrawn_kits.choose_standard, work, "решил писать")
    assert sounds.of_work(things(day)) is None


def test_only_people_of_the_room_enter_a_recording(day: Day) -> None:
    work = issued(day, "1А")
    with pytest.raises(Forbidden):
        day.do("observer", recording.record, work, sound(), said(day))


def test_an_oral_candidate_gets_an_oral_work_whatever_the_tasks_stand_on() -> None:
    assert medium_for(frozenset({"oral", "a3", "braille"})) is Medium.ORAL
    assert medium_for(frozenset({"a3"})) is Medium.ENLARGED


@pytest.mark.parametrize(
    ("kind", "subject", "allowed"),
    [("gve", "51", True), ("ege", "20", True), ("ege", "21", True), ("ege", "01", False)],
)
def test_the_oral_form_exists_in_gve_essay_and_exposition(
    kind: str, subject: str, allowed: bool
) -> None:
    speaks = SeatPlan("U1", subject, "0003", "9A", frozenset({"oral"}), (), Medium.ORAL, kind)
    found = [f for f in forms_of_exam(replace(ready(), seats=(speaks,))) if f.rule == "R24"]
    assert [f.level is Level.PASS for f in found] == [allowed]


def test_signatures_of_an_oral_work_are_demanded_like_those_of_a_print_out() -> None:
    rules = for_date(dt.date(2026, 6, 4))
    assert [r.slot for r in rules.signers(Medium.ORAL)] == [
        r.slot for r in rules.signers(Medium.TYPED)
    ]


def test_a_file_given_again_is_told_to_be_the_recording_or_not(
    day: Day, browser: Callable[[], Any]
) -> None:
    work = recorded(day)
    lead = browser()
    lead.log_in("lead")

    def compare(tail: bytes, name: str) -> tuple[int, str]:
        file = io.BytesIO(WAV + bytes(LEAST_BYTES) + tail)
        told = lead.post(f"/custody/work/{work}/same-sound", data={"file": (file, name)})
        shown = told if told.status_code != 303 else lead.get(f"/custody/work/{work}")
        return told.status_code, shown.get_data(as_text=True)

    code, same = compare(b"one", "копия.wav")
    assert code == 303 and "ничего в нём не изменено (otvet.wav)" in same
    code, other = compare(b"two", "другой.wav")
    assert code == 409 and "другой.wav» — не запись этой работы" in other
    assert "Внесён файл «otvet.wav»" in other
