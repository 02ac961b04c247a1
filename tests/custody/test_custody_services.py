"""A kit from the seat to the packet, and everything that may go wrong on the way, on a real
database."""

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, Forbidden, Invalid, SamePerson, Stale
from examday.domain.people.roles import Actor
from examday.services.custody import handing, kits, papers
from examday.services.custody.room import (
    collecting,
    enlarging,
    form_numbers,
    more_paper,
    withdrawn_kits,
)
from examday.services.packing import (
    commission_packages,
    contents,
    enclosing,
    handing_over,
    packets,
    sealing,
    single_things,
    works,
)
from examday.services.people import log_in
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Handover, Item, Person, Seat
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number


@pytest.fixture
def day(each_store: Store, add_person: Callable[..., Any]) -> Day:
    """The small exam day, nothing issued."""
    return custody_day.make(each_store, add_person)


def things(day: Day, place: str) -> list[Item]:
    with day.store.read() as uow:
        return papers.of_booklet(uow, day.booklets[place])


def issue_all(day: Day) -> None:
    for n, place in enumerate(day.booklets, 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))


def collected(day: Day, place: str) -> None:
    """Bring one seat to «collected»."""
    medium = day.booklet(place).medium
    if medium == "enlarged":
        day.do("lead", enlarging.enlarge, day.booklets[place], day.people["board"].id)
    if medium == "typed":
        day.do("lead", more_paper.issue_extra, day.booklets[place], Kind.PRINT_OUT, 3)
    day.do("lead", collecting.collect, day.booklets[place], day.counts(place))


def certified(day: Day, place: str) -> None:
    collected(day, place)
    day.put_at(place, "certified")


def packet(day: Day, purpose: Purpose) -> str:
    made: Item = day.do("lead", packets.open_packet, day.exam, purpose)
    return made.id


def inside(day: Day, packet_id: str) -> dict[Kind, int]:
    with day.store.read() as uow:
        return contents.contents(uow, uow.get(Item, packet_id))


def test_an_issued_kit_has_its_sheets_by_its_own_number(day: Day) -> None:
    issue_all(day)
    assert [i.code for i in things(day, "1А")] == [
        f"{number(1)}/{s}" for s in ("registration", "form_1", "form_2_1", "form_2_2")
    ]
    assert [i.kind for i in things(day, "2А")][-1] == Kind.NOTEBOOK
    assert day.booklet("1А").holder_id == day.people["lead"].id


def test_one_number_is_never_issued_twice_on_a_day(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    with pytest.raises(form_numbers.DuplicateCode) as refused:
        day.do("second", kits.issue, day.booklets["2А"], number(1))
    assert refused.value.params == {"number": number(1), "room": "0101", "place": "1А"}
    assert day.booklet("2А").state == "registered" and day.booklet("2А").code is None
    day.do("second", form_numbers.report_duplicate, day.booklets["2А"], number(1))
    assert day.kinds()[-1] == "alarm:duplicate-code"


def test_a_neighbours_kit_that_still_waits_for_its_seat_is_no_number_met_twice(day: Day) -> None:
    """Taken from the pile for the wrong seat: nobody has seen two kits with this number yet."""
    day.do("head", kits.assign, day.booklets["2А"], number(2))
    with pytest.raises(form_numbers.OtherSeat) as refused:
        day.do("lead", kits.issue, day.booklets["1А"], number(2))
    assert refused.value.params == {"number": number(2), "room": "0101", "place": "2А"}
    day.do("lead", kits.issue, day.booklets["2А"], number(2))
    with pytest.raises(form_numbers.DuplicateCode):
        day.do("lead", kits.issue, day.booklets["1А"], number(2))


def on_another_day(day: Day, later: int = 4) -> str:
    """One work of the same room on an exam day some days later; its id."""
    with day.store.begin(Actor.system("test")) as uow:
        first = uow.get(Booklet, day.booklets["1А"])
        date = first.exam.date + dt.timedelta(days=later)
        exam = uow.add(
            Exam(
                date=date,
                kind="ege",
                subject="02",
                site_code="0001",
                region="77",
                training=first.exam.training,
            )
        )
        uow.session.flush()
        given = {"exam_id": exam.id, "room_id": day.room, "place": "1А"}
        seat = uow.add(Seat(candidate_id=first.seat.candidate_id, **given))
        uow.session.flush()
        work = uow.add(
            Booklet(seat_id=seat.id, exam_id=exam.id, medium="enlarged", since=uow.now())
        )
        uow.session.flush()
        uow.record("test:day", f"exam:{exam.id}")
    return str(work.id)


def test_a_kit_left_over_from_another_day_is_not_issued(day: Day) -> None:
    """A number of yesterday, on the kit itself or on an extra form, is stopped as one met twice."""
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(77))
    later = on_another_day(day)
    for used in (number(1), number(77)):
        with pytest.raises(form_numbers.OtherDay) as refused:
            day.do("lead", kits.issue, later, used)
        assert refused.value.params["day"] == "04.06.2026"
        assert refused.value.params["place"] == "1А"
    day.do("lead", form_numbers.report_duplicate, later, number(1))
    assert day.kinds()[-1] == "alarm:duplicate-code"
    day.do("lead", kits.issue, later, number(2))


def test_on_training_days_the_same_sheets_are_used_again(
    store: Store, add_person: Callable[..., Person]
) -> None:
    day = custody_day.make(store, add_person, training=True)
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    day.do("lead", kits.issue, on_another_day(day), number(1))


def test_the_number_of_an_extra_form_counts_as_used_too(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(77))
    with pytest.raises(form_numbers.DuplicateCode):
        day.do("lead", kits.issue, day.booklets["2А"], number(77))
    with pytest.raises(Conflict):
        day.do(
            "lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(77)
        )


def test_a_spoiled_kits_number_stays_used(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    replacement = day.do("lead", withdrawn_kits.spoil, day.booklets["1А"], "залит водой")
    assert (replacement.state, replacement.medium, replacement.code) == (
        "registered",
        "enlarged",
        None,
    )
    with pytest.raises(form_numbers.DuplicateCode):
        day.do("lead", kits.issue, replacement.id, number(1))
    day.do("lead", kits.issue, replacement.id, number(2))
    assert {i.state for i in things(day, "1А")} == {"spoiled"}


def test_a_seat_has_one_live_booklet(day: Day) -> None:
    booklet = day.booklet("1А")
    with pytest.raises(Conflict), day.store.begin(day.actor("lead")) as uow:
        uow.add(
            Booklet(
                seat_id=booklet.seat_id, exam_id=booklet.exam_id, medium="enlarged", since=uow.now()
            )
        )
        uow.record("test:second", "seat")


def test_the_planned_kit_must_be_the_one_in_hand(day: Day) -> None:
    day.do("head", kits.assign, day.booklets["1А"], number(5))
    with pytest.raises(Conflict) as refused:
        day.do("lead", kits.issue, day.booklets["1А"], number(6))
    assert refused.value.code == "other-kit"
    with pytest.raises(Invalid) as unseen:
        day.do("lead", kits.issue, day.booklets["1А"], " ")
    assert unseen.value.code == "no-code"
    assert day.do("lead", kits.issue, day.booklets["1А"], number(5)).code == number(5)
    with pytest.raises(Conflict):
        day.do("head", kits.assign, day.booklets["1А"], number(7))


def test_an_assistant_does_not_issue_kits(day: Day) -> None:
    with pytest.raises(Forbidden):
        day.do("helper", kits.issue, day.booklets["1А"], number(1))


def test_enlarged_sheets_have_their_own_codes_and_their_kits_number(day: Day) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    a3 = [i for i in things(day, "1А") if i.kind == Kind.ENLARGED_SHEET]
    assert [i.sheet for i in a3] == ["registration", "form_1", "form_2_1", "form_2_2"]
    assert {i.facts["form_code"] for i in a3} == {number(1)} and len({i.code for i in a3}) == 4
    assert all(i.code[0] == "L" and i.size == "A3" for i in a3)


def test_enlarging_before_ten_is_refused(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    day.store.clock.now = dt.datetime(2026, 6, 4, 6, 59, tzinfo=dt.UTC)  # type: ignore[attr-defined] # 09:59 in Moscow
    with pytest.raises(Conflict) as refused:
        day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    assert refused.value.code == "too-early"


def test_who_may_not_come_any_more_has_witnessed_nothing(day: Day) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    with day.store.begin(Actor.system("test")) as uow:
        uow.get(Person, day.people["board"].id).disabled = True
        uow.record("person:disable", f"person:{day.people['board'].id}")
    with pytest.raises(Invalid):
        day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)


@pytest.mark.parametrize("witness", ["", "observer"])
def test_enlarging_names_a_board_member(day: Day, witness: str) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    with pytest.raises(Invalid):
        day.do("lead", enlarging.enlarge, day.booklets["1А"], witness and day.people[witness].id)


def test_an_extra_form_of_an_enlarged_kit_is_enlarged_too(day: Day) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id, ("form_1",))
    made = day.do(
        "lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(50)
    )
    assert [(i.kind, i.sheet) for i in made] == [
        (Kind.STANDARD_SHEET, "extra_1"),
        (Kind.ENLARGED_SHEET, "extra_1"),
    ]
    assert day.counts("1А") == {Kind.STANDARD_SHEET: 5, Kind.ENLARGED_SHEET: 2}


def test_extra_paper_only_while_the_candidate_writes(day: Day) -> None:
    issue_all(day)
    shown = day.booklet("2А").row_version
    day.do("lead", more_paper.issue_extra, day.booklets["2А"], Kind.BRAILLE_SHEET, 4, "", shown)
    # the same button once more, from another tab, which still shows the old state
    with pytest.raises(Stale):
        day.do("lead", more_paper.issue_extra, day.booklets["2А"], Kind.BRAILLE_SHEET, 4, "", shown)
    with pytest.raises(Invalid):
        day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.NOTEBOOK)
    collected(day, "2А")
    with pytest.raises(Conflict):
        day.do("lead", more_paper.issue_extra, day.booklets["2А"], Kind.BRAILLE_SHEET, 1)


def test_the_candidate_who_takes_the_standard_form_leaves_the_way(day: Day) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    day.do("lead", withdrawn_kits.choose_standard, day.booklets["1А"], "удобнее А4")
    assert day.booklet("1А").state == "not_used"
    assert {i.state for i in things(day, "1А") if i.kind == Kind.ENLARGED_SHEET} == {"not_used"}
    assert {i.state for i in things(day, "1А") if i.kind == Kind.STANDARD_SHEET} == {"in_use"}


def test_a_mismatch_at_collecting_needs_a_note_and_raises_an_alarm(day: Day) -> None:
    issue_all(day)
    short = {**day.counts("2А"), Kind.NOTEBOOK: 0}
    with pytest.raises(Invalid):
        day.do("lead", collecting.collect, day.booklets["2А"], short)
    assert day.booklet("2А").state == "issued"
    day.do("lead", collecting.collect, day.booklets["2А"], short, "тетрадь не сдана")
    assert day.kinds()[-2:] == ["booklet:collect", "alarm:count-mismatch"]
    with day.store.read() as uow:
        line = uow.session.scalars(
            select(Handover).where(Handover.booklet_id == day.booklets["2А"])
        ).one()
        assert (
            line.agreed,
            line.expected["braille_notebook"],
            line.counted["braille_notebook"],
        ) == (False, 1, 0)


def test_a_braille_envelope_holds_notebooks_and_forms_an_a3_one_the_originals(day: Day) -> None:
    issue_all(day)
    for place in ("1А", "2А"):
        collected(day, place)
    for place, kept in (
        ("1А", {Kind.ENLARGED_SHEET}),
        ("2А", {Kind.STANDARD_SHEET, Kind.NOTEBOOK}),
    ):
        found = things(day, place)
        envelope = papers.envelope_of(found)
        assert envelope and {i.kind for i in found if i.parent_id == envelope.id} == kept


def test_a_typed_work_is_not_collected_without_its_print_out(day: Day) -> None:
    issue_all(day)
    with pytest.raises(Conflict):
        day.do("lead", collecting.collect, day.booklets["3А"], day.counts("3А"))


def test_the_receiver_confirms_with_the_own_pin(day: Day) -> None:
    issue_all(day)
    collected(day, "1А")
    with pytest.raises(Forbidden):
        day.do(
            "lead",
            handing.hand,
            day.booklets["1А"],
            day.people["helper"].id,
            "0000",
            day.counts("1А"),
        )
    assert day.booklet("1А").holder_id == day.people["lead"].id
    day.do("lead", handing.hand, day.booklets["1А"], day.people["helper"].id, PIN, day.counts("1А"))
    assert day.booklet("1А").holder_id == day.people["helper"].id
    assert {i.holder_id for i in things(day, "1А")} == {day.people["helper"].id}


def test_only_the_holder_gives_away_the_head_with_a_note(day: Day) -> None:
    issue_all(day)
    collected(day, "1А")
    args = (day.booklets["1А"], day.people["helper"].id, PIN)
    for who, note in (("second", ""), ("second", "очень надо"), ("head", "")):
        with pytest.raises(Conflict):
            day.do(who, handing.hand, *args, day.counts("1А"), note)
    day.do("head", handing.hand, *args, day.counts("1А"), "организатор ушёл")
    with day.store.read() as uow:
        line = uow.session.scalars(select(Handover).where(Handover.kind == "hand")).one()
        assert (line.from_id, line.to_id) == (day.people["lead"].id, day.people["helper"].id)


def test_nobody_hands_over_to_themselves(day: Day) -> None:
    issue_all(day)
    with pytest.raises((Invalid, SamePerson)):
        day.do(
            "lead", handing.hand, day.booklets["1А"], day.people["lead"].id, PIN, day.counts("1А")
        )


def test_a_page_that_is_too_old_changes_nothing(day: Day) -> None:
    old = day.booklet("1А").row_version
    day.do("lead", kits.issue, day.booklets["1А"], number(1), old)
    with pytest.raises(Stale):
        day.do("second", enlarging.enlarge, day.booklets["1А"], day.people["board"].id, None, old)


def test_packing_keeps_evidence_and_standard_forms_apart(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "AT_ONCE", 1)  # a region has more things than one question names
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    assert inside(day, standard) == {Kind.STANDARD_SHEET: 4} and inside(day, evidence) == {
        Kind.ENVELOPE: 1
    }
    assert day.booklet("1А").state == "packed"


def test_swapped_packets_are_refused(day: Day) -> None:
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    with pytest.raises(Conflict) as refused:
        day.do("lead", works.pack, day.booklets["1А"], evidence, standard, day.counts("1А"))
    assert refused.value.code == "wrong-packet"
    assert inside(day, standard) == {} == inside(day, evidence)


def test_an_uncertified_work_is_not_packed(day: Day) -> None:
    issue_all(day)
    collected(day, "1А")
    with pytest.raises(Conflict):
        day.do(
            "lead",
            works.pack,
            day.booklets["1А"],
            packet(day, Purpose.STANDARD),
            packet(day, Purpose.EVIDENCE),
            day.counts("1А"),
        )


@pytest.mark.release
def test_a_work_is_handed_over_when_its_last_packet_goes(day: Day) -> None:
    issue_all(day)
    for place in day.booklets:
        certified(day, place)
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    for place in day.booklets:
        day.do("lead", works.pack, day.booklets[place], standard, evidence, day.counts(place))
    to = day.people["board"].id
    with pytest.raises(Conflict):
        day.do("head", handing_over.hand_over, standard, to, PIN, inside(day, standard))
    for one in (standard, evidence):
        day.do("lead", sealing.seal, one, inside(day, one))
    with pytest.raises(Invalid) as oneself:
        own = day.people["head"].id
        day.do("head", handing_over.hand_over, standard, own, PIN, inside(day, standard))
    assert oneself.value.code == "same-hands"
    day.do("head", handing_over.hand_over, standard, to, PIN, inside(day, standard))
    assert {day.booklet(p).state for p in day.booklets} == {"packed"}
    day.do("head", handing_over.hand_over, evidence, to, PIN, inside(day, evidence))
    assert {day.booklet(p).state for p in day.booklets} == {"handed_over"}
    with day.store.read() as uow:
        lines = papers.accounts(uow, day.exam)
    assert all(line.places["handed_over"] == line.total for line in lines)


def test_a_sealed_packet_takes_nothing_more(day: Day) -> None:
    issue_all(day)
    certified(day, "1А")
    certified(day, "2А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    day.do("lead", sealing.seal, standard, inside(day, standard))
    with pytest.raises(Conflict) as refused:
        day.do("lead", works.pack, day.booklets["2А"], standard, evidence, day.counts("2А"))
    assert refused.value.code == "closed"
    with pytest.raises(Conflict):
        day.do("lead", works.unpack, day.booklets["1А"], "ошибка")
    day.do("lead", sealing.reopen, standard, "забыли работу")
    day.do("lead", works.unpack, day.booklets["1А"], "ошибка")
    assert day.booklet("1А").state == "certified" and inside(day, standard) == {} == inside(
        day, evidence
    )


def test_a_miscounted_packet_is_sealed_only_with_a_note_and_an_alarm(day: Day) -> None:
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    with pytest.raises(Invalid):
        day.do("lead", sealing.seal, standard, {Kind.STANDARD_SHEET: 3})
    day.do("lead", sealing.seal, standard, {Kind.STANDARD_SHEET: 3}, "нет бланка регистрации")
    assert day.kinds()[-1] == "alarm:count-mismatch"


def test_braille_envelopes_go_to_the_commission_and_stay_in_work(day: Day) -> None:
    issue_all(day)
    collected(day, "2А")
    package = packet(day, Purpose.COMMISSION)
    envelope = papers.envelope_of(things(day, "2А"))
    assert envelope
    day.do("lead", single_things.put, package, envelope.id)
    day.do("lead", sealing.seal, package, {Kind.ENVELOPE: 1})
    day.do(
        "board", handing_over.hand_over, package, day.people["chair"].id, PIN, {Kind.ENVELOPE: 1}
    )
    assert (
        day.booklet("2А").state == "collected"
        and day.booklet("2А").holder_id == day.people["chair"].id
    )
    with pytest.raises(Invalid):
        day.do("chair", commission_packages.empty, package, {})
    with pytest.raises(Invalid):
        day.do("chair", commission_packages.empty, package, {Kind.ENVELOPE: 2})
    day.do("chair", commission_packages.empty, package, {Kind.ENVELOPE: 1})
    assert inside(day, package) == {}
    day.put_at("2А", "certified")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("chair", works.pack, day.booklets["2А"], standard, evidence, day.counts("2А"))
    assert inside(day, standard) == {Kind.STANDARD_SHEET: 4}


def test_spoiled_things_go_into_their_own_packet(day: Day) -> None:
    issue_all(day)
    day.do("lead", withdrawn_kits.spoil, day.booklets["1А"], "порван")
    spoiled = things(day, "1А")[0]
    with pytest.raises(Conflict):
        day.do("lead", single_things.put, packet(day, Purpose.STANDARD), spoiled.id)
    defective = packet(day, Purpose.DEFECTIVE)
    day.do("lead", single_things.put, defective, spoiled.id)
    with pytest.raises(Invalid):
        day.do("lead", single_things.take_out, spoiled.id, "")
    day.do("lead", single_things.take_out, spoiled.id, "не туда")
    assert inside(day, defective) == {}


def test_an_envelope_with_forms_in_it_does_not_slip_into_the_evidence(day: Day) -> None:
    issue_all(day)
    collected(day, "2А")
    envelope = papers.envelope_of(things(day, "2А"))
    assert envelope
    with pytest.raises(Conflict) as refused:
        day.do("lead", single_things.put, packet(day, Purpose.EVIDENCE), envelope.id)
    assert refused.value.code == "not-singly"
    assert [i.parent_id for i in things(day, "2А") if i.kind == Kind.ENVELOPE] == [None]


def test_an_unused_kit_packs_its_standard_forms_only(day: Day) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    day.do("lead", withdrawn_kits.choose_standard, day.booklets["1А"], "удобнее А4")
    standard = packet(day, Purpose.STANDARD)
    day.do("lead", works.pack, day.booklets["1А"], standard, "", {Kind.STANDARD_SHEET: 4})
    assert (
        inside(day, standard) == {Kind.STANDARD_SHEET: 4} and day.booklet("1А").state == "not_used"
    )


def test_the_account_of_a_day_knows_a_place_for_every_form(day: Day) -> None:
    issue_all(day)
    day.do("lead", withdrawn_kits.spoil, day.booklets["3А"], "порван")
    collected(day, "2А")
    with day.store.read() as uow:
        lines = {line.kind: line for line in papers.accounts(uow, day.exam)}
    forms = lines[Kind.STANDARD_SHEET]
    assert (
        forms.total,
        forms.places["in_hand"],
        forms.places["envelope"],
        forms.places["void"],
    ) == (12, 4, 4, 4)


@pytest.mark.release
def test_our_codes_find_their_things(day: Day) -> None:
    issue_all(day)
    notebook = things(day, "2А")[-1]
    with day.store.read() as uow:
        assert papers.find(uow, notebook.code.lower().replace("n", "т")).id == notebook.id


def test_two_who_issue_one_number_at_once_get_one_kit_between_them(day: Day) -> None:
    ready, refused = Barrier(2), []

    def scan(who: str, place: str) -> None:
        ready.wait()
        try:
            day.do(who, kits.issue, day.booklets[place], number(1))
        except Conflict as error:
            refused.append(error)

    threads = [Thread(target=scan, args=pair) for pair in (("lead", "1А"), ("second", "2А"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (
        sorted(day.booklet(p).state for p in ("1А", "2А")) == ["issued", "registered"]
        and len(refused) == 1
    )


def test_a_packet_that_changed_while_the_pin_was_typed_is_not_handed_over(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    day.do("lead", sealing.seal, standard, inside(day, standard))
    with day.store.read() as uow:
        seen = contents.fingerprint(uow, uow.get(Item, standard))
    prove = log_in.prove_oneself

    def exchanged_meanwhile(*args: Any) -> Any:
        proven = prove(*args)
        with day.store.begin(day.actor("lead")) as uow:
            old = uow.session.scalars(select(Item).where(Item.parent_id == standard)).first()
            assert old
            uow.add(
                Item(
                    code="another form",
                    kind=old.kind,
                    exam_id=old.exam_id,
                    booklet_id=old.booklet_id,
                    sheet=old.sheet,
                    parent_id=standard,
                )
            )
            old.parent_id = None
            uow.record("test:exchanged", f"item:{old.id}")
        return proven

    monkeypatch.setattr(log_in, "prove_oneself", exchanged_meanwhile)
    to, counts = day.people["board"].id, inside(day, standard)
    with pytest.raises(Stale):
        day.do("head", handing_over.hand_over, standard, to, PIN, counts, "", seen)
    with day.store.read() as uow:
        assert uow.get(Item, standard).state == "sealed"


def test_a_packet_that_changed_meanwhile_is_not_sealed(day: Day) -> None:
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    with day.store.read() as uow:
        seen = contents.fingerprint(uow, uow.get(Item, standard))
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    with pytest.raises(Stale):
        day.do("lead", sealing.seal, standard, inside(day, standard), "", seen)
    with day.store.read() as uow:
        shown_open = contents.fingerprint(uow, uow.get(Item, standard))
    day.do("lead", sealing.seal, standard, inside(day, standard), "", shown_open)
    # With the same things in it, and closed by a colleague: the page shows an open one.
    with pytest.raises(Stale):
        day.do("lead", sealing.seal, standard, inside(day, standard), "", shown_open)


def test_what_has_left_in_an_envelope_is_laid_into_no_other_packet(day: Day) -> None:
    issue_all(day)
    certified(day, "1А")
    standard, evidence = packet(day, Purpose.STANDARD), packet(day, Purpose.EVIDENCE)
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    day.do("lead", sealing.seal, evidence, inside(day, evidence))
    day.do(
        "board",
        handing_over.hand_over,
        evidence,
        day.people["chair"].id,
        PIN,
        inside(day, evidence),
    )
    envelope = papers.envelope_of(things(day, "1А"))
    assert envelope
    gone = next(i for i in things(day, "1А") if i.parent_id == envelope.id)
    other = packet(day, Purpose.EVIDENCE)
    with pytest.raises(Conflict) as refused:
        day.do(
            "lead",
            lambda uow: enclosing.enclose(uow, uow.get(Item, other), [uow.get(Item, gone.id)]),
        )
    assert refused.value.code == "foreign"
