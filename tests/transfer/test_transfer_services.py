"""Key-in, settling, copying, verification: who may, when, and what nobody can see or skip."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound, SamePerson, Stale
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import BLANK, Check, Choice, Mark, Ruling, Seen, Value
from examday.domain.transfer.fields import replacement_row
from examday.services.custody.booklets import advance
from examday.services.scans import pictures
from examday.services.scans.showing.sight import may_see
from examday.services.transfer import (
    assignments,
    copying,
    drafts,
    keyin,
    offers,
    readings,
    reopening,
    verification,
)
from examday.services.transfer.desks import copying as copying_desk
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.desks import settle as settle_desk
from examday.services.transfer.desks import verification as verification_desk
from examday.services.transfer.readings import seal
from examday.services.transfer.settling import decision, own_reading
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Page, Person, Reading
from examday.storage.tables_draft import Draft
from examday.web.transfer.desks.comparison import read_checks
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def sources(crew: Hands, booklet_id: str) -> list[str]:
    with crew.store.read() as uow:
        return sorted(
            uow.session.scalars(select(Reading.source).where(Reading.booklet_id == booklet_id))
        )


def seen_by(crew: Hands, login: str, booklet_id: str) -> list[str]:
    return [
        r.source
        for r in crew.look(login, lambda u: readings.visible(u, u.get(Booklet, booklet_id)))
    ]


def test_where_both_agree_nobody_is_bothered(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="КИСЛОРОД", t3="145", long="Долгий ответ\fвторой лист")
    assert crew.state(work) == "settled"
    assert sources(crew, work) == ["first", "second", "settled"]
    with crew.store.read() as uow:
        settled = readings.find(uow, uow.get(Booklet, work), "settled")
        assert settled is not None and settled.person_id is None
        assert settled.content["fields"]["long:27"]["text"] == "Долгий ответ\fвторой лист"


def test_one_person_cannot_key_in_twice(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(SamePerson):
        crew.do("anna", assignments.take, work, "second")


def test_a_taken_part_is_refused_to_the_next(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Conflict) as refused:
        crew.do("boris", assignments.take, work, "first")
    assert refused.value.code == "taken"


def test_taking_twice_is_taking_once(crew: Hands) -> None:
    work = crew.work()
    assert (
        crew.do("anna", assignments.take, work, "first").id
        == crew.do("anna", assignments.take, work, "first").id
    )


def test_the_program_offers_what_is_still_open(crew: Hands) -> None:
    work = crew.work()
    assert crew.do("anna", offers.next_work, "keyin").part == "first"
    assert crew.do("boris", offers.next_work, "keyin").part == "second"
    assert crew.do("vera", offers.next_work, "keyin") is None
    assert (
        crew.do("anna", offers.next_work, "keyin").booklet_id == work
    )  # what one holds comes first


def test_a_part_can_be_given_back_before_handing_in_and_not_after(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    crew.do("anna", assignments.release, work, "first")
    crew.key_in(work, "boris", "first", crew.values(work))
    with pytest.raises(Conflict):
        crew.do("boris", assignments.release, work, "first")


def test_only_the_head_gives_back_for_a_colleague_who_left(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Forbidden):
        crew.do("boris", assignments.release, work, "first")
    crew.do("head", assignments.release, work, "first")
    assert crew.do("boris", assignments.take, work, "first").part == "first"


def test_the_second_never_sees_the_first(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work, t1="ТАЙНА"))
    crew.do("boris", assignments.take, work, "second")
    assert seen_by(crew, "boris", work) == []
    assert crew.look("boris", keyin_desk.desk, work).values == {}
    for person in ("vera", "head", "member", "observer", "tech"):
        assert seen_by(crew, person, work) == []
    assert seen_by(crew, "anna", work) == ["first"]


def test_the_ledger_never_holds_an_answer(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work, t1="СЕКРЕТНЫЙ"))
    crew.key_in(work, "boris", "second", crew.values(work, t1="СЕКРЕТНЫЕ"))
    with crew.store.read() as uow:
        assert not any("СЕКРЕТН" in data for data in uow.session.scalars(select(EventRow.data)))


def test_a_draft_is_for_its_author_only_and_goes_when_handed_in(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    crew.do("anna", drafts.save, work, "first", {"1": Value("полка")})
    assert crew.look("anna", keyin_desk.desk, work).values == {"1": Value("ПОЛКА")}
    with pytest.raises(NotFound):
        crew.do("boris", drafts.save, work, "first", {"1": Value("5")})
    crew.do("anna", keyin.submit, work, "first", crew.values(work, t1="ПОЛКА"))
    with crew.store.read() as uow:
        assert uow.session.scalars(select(Draft)).all() == []


def test_empty_fields_are_blank_only_when_somebody_says_so(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Invalid) as refused:
        crew.do("anna", keyin.submit, work, "first", {"1": Value("5")})
    assert "2" in refused.value.params["fields"]
    asked = refused.value.params["fields"]
    with pytest.raises(Invalid) as refused:
        crew.do("anna", keyin.submit, work, "first", {}, blanks=asked)
    assert refused.value.params["fields"] == ["1"], "nobody was asked about this one"
    done = crew.do("anna", keyin.submit, work, "first", {"1": Value("5")}, blanks=asked)
    assert done.content["fields"]["2"] == {"text": "", "mark": "blank"}


def test_a_character_the_form_lacks_needs_a_reason_and_is_then_kept(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Invalid) as refused:
        crew.do("anna", keyin.submit, work, "first", crew.values(work, t1="КАК БУДТО"))
    assert refused.value.code == "unusual" and refused.value.params["fields"] == ["1"]
    kept = crew.values(work, t1=Value("КАК БУДТО", override="a gap is left"))
    stored = crew.do("anna", keyin.submit, work, "first", kept).content["fields"]["1"]
    assert stored == {"text": "КАК БУДТО", "mark": None, "override": "a gap is left"}


def test_a_reading_is_handed_in_once(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work))
    with pytest.raises(Conflict):
        crew.do("anna", keyin.submit, work, "first", crew.values(work, t1="5"))


def test_the_third_person_reads_the_sheet_before_seeing_both(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    assert crew.state(work) == "keyed"
    crew.do("vera", assignments.take, work, "arbiter")
    before = crew.look("vera", settle_desk.table, work)
    assert before.differing == ("2",) and before.revealed is None
    assert seen_by(crew, "vera", work) == []
    with pytest.raises(Conflict) as refused:
        crew.do("vera", decision.decide, work, {"2": Ruling(Choice.FIRST)})
    assert refused.value.code == "own-first"
    crew.do("vera", own_reading.give_own, work, {"2": Value("7")})
    after = crew.look("vera", settle_desk.table, work)
    assert after.revealed.readings("2") == {
        Choice.OWN: Value("7"),
        Choice.FIRST: Value("1"),
        Choice.SECOND: Value("7"),
    }
    crew.do("vera", decision.decide, work, {"2": Ruling(Choice.OWN)}, after.revealed.content)
    assert crew.state(work) == "settled"


def test_an_own_reading_once_given_cannot_be_changed(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    with pytest.raises(Conflict):
        crew.do("vera", own_reading.give_own, work, {"2": Value("1")})


def test_a_new_third_person_starts_blind_again(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    crew.do("vera", assignments.release, work, "arbiter")
    crew.do("gleb", assignments.take, work, "arbiter")
    assert crew.look("gleb", settle_desk.table, work).revealed is None
    assert seen_by(crew, "gleb", work) == []


@pytest.mark.parametrize("person", ["anna", "boris"])
def test_neither_of_the_two_settles_their_own_difference(crew: Hands, person: str) -> None:
    work = crew.work()
    crew.differing(work)
    with pytest.raises(SamePerson):
        crew.do(person, assignments.take, work, "arbiter")


def test_what_was_decided_and_why_is_kept(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    crew.do(
        "vera",
        decision.decide,
        work,
        {"2": Ruling(Choice.FIRST, reason="the stroke has no bar")},
    )
    with crew.store.read() as uow:
        settled = readings.find(uow, uow.get(Booklet, work), "settled")
    assert settled is not None and settled.content["fields"]["2"]["text"] == "1"
    assert settled.content["decisions"]["2"] == {
        "choice": "first",
        "own": {"text": "7", "mark": None},
        "reason": "the stroke has no bar",
    }


def test_a_decision_made_on_an_old_page_is_refused(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    with pytest.raises(Stale):
        crew.do("vera", decision.decide, work, {"2": Ruling(Choice.OWN)}, "0" * 64)


def test_agreed_fields_cannot_be_slipped_into_a_decision(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    with pytest.raises(Invalid):
        crew.do(
            "vera",
            decision.decide,
            work,
            {"2": Ruling(Choice.OWN), "1": Ruling(Choice.FIRST)},
        )


def test_the_copying_sheet_is_for_the_copier_alone(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ", replacement_1=Value("5", task="2"))
    with pytest.raises(NotFound):
        crew.look("gleb", copying_desk.sheet, work)
    crew.do("gleb", assignments.take, work, "copier")
    sheet = crew.look("gleb", copying_desk.sheet, work)
    assert sheet.values["1"] == Value("ДОМ") and sheet.replacements == 1 and sheet.round == 1
    with pytest.raises(Stale):
        crew.do("gleb", copying.finish, work, "0" * 64)
    crew.do("gleb", copying.finish, work, sheet.content)
    assert crew.state(work) == "copied"


def test_the_whole_way_to_a_verified_copy(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ", long="Ответ")
    crew.copied(work, "anna")
    with pytest.raises(SamePerson):
        crew.do("anna", assignments.take, work, "verifier")
    crew.verified(work, "boris")
    assert crew.state(work) == "verified"
    assert sources(crew, work) == ["copied", "first", "second", "settled", "verified"]


def test_a_wrong_copy_goes_back_with_the_list_of_what_is_wrong(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ", t2="5")
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    assert crew.do("boris", verification.submit, work, crew.checks(work, t2="6")) == ["2"]
    assert crew.state(work) == "settled"
    sheet = crew.look("anna", copying_desk.sheet, work)
    assert (
        sheet.round == 2
        and list(sheet.corrections) == ["2"]
        and sheet.corrections["2"] == Value("6")
    )
    with crew.store.read() as uow:
        assert pictures.pages_of(uow, uow.get(Booklet, work), "copy") == []
        assert len(uow.session.scalars(select(Page).where(Page.role == "copy")).all()) == 1
    crew.copied(work)
    crew.verified(work)
    assert crew.state(work) == "verified"


def test_a_field_that_cannot_be_seen_is_not_verified(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    checks = {**crew.checks(work), "1": Check(Seen.CANNOT_SEE)}
    assert crew.do("boris", verification.submit, work, checks) == ["1"]


def test_without_a_machine_reading_nothing_is_confirmed_in_bulk(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    desk = crew.look("boris", verification_desk.desk, work)
    assert desk.folded == ()
    assert set(desk.first) == set(desk.fields.ids) - set(BLANK_ROWS), "but blank rows"
    with pytest.raises(Invalid):
        crew.do(
            "boris",
            verification.submit,
            work,
            {**crew.checks(work), "1": Check(Seen.OK, bulk=True)},
        )


BLANK_ROWS = tuple(replacement_row(n) for n in range(1, 7))


def test_replacement_rows_that_must_be_blank_are_one_look_where_no_machine_compared(
    crew: Hands,
) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    assert crew.look("boris", verification_desk.desk, work).blank_rows == BLANK_ROWS
    together = dict.fromkeys(BLANK_ROWS, Check(Seen.OK, bulk=True))
    assert crew.do("boris", verification.submit, work, {**crew.checks(work), **together}) == []
    with crew.store.read() as uow:
        kept = readings.find(uow, uow.get(Booklet, work), "verified")
        assert kept and kept.content["checks"][BLANK_ROWS[0]]["bulk"] is True
        assert kept.content["bound"] is None, "no machine vouches for them"


def test_a_replacement_row_that_is_filled_is_looked_at_by_itself(crew: Hands) -> None:
    work, filled = crew.work(), BLANK_ROWS[0]
    crew.settled(work, **{filled: Value("12", task="1")})
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    desk = crew.look("boris", verification_desk.desk, work)
    assert desk.blank_rows == BLANK_ROWS[1:] and filled in desk.first
    checks = {**crew.checks(work), filled: Check(Seen.OK, bulk=True)}
    with pytest.raises(Invalid) as caught:
        crew.do("boris", verification.submit, work, checks)
    assert caught.value.code == "not-together"


def test_a_row_the_machine_looked_at_is_sorted_by_the_machine(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    seen = dict(zip(BLANK_ROWS, (-0.9, 0.5, 0.999), strict=False))
    machine_looked(crew, work, **{f"t{row}": sure for row, sure in seen.items()})
    desk = crew.look("boris", verification_desk.desk, work)
    assert desk.blank_rows == BLANK_ROWS[3:]
    assert set(BLANK_ROWS[:2]) < set(desk.first) and desk.folded == BLANK_ROWS[2:3]


def test_one_look_at_the_blank_rows_counts_also_where_the_machine_finished_meanwhile(
    crew: Hands,
) -> None:
    """But not for a row that it doubts: that one is looked at by itself."""
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    sent = {"blank_rows": " ".join(BLANK_ROWS[1:])}
    desk = crew.look("boris", verification_desk.desk, work)
    assert set(read_checks(desk, sent)) == set(BLANK_ROWS[1:]), (
        "of no row that it did not stand under"
    )
    seen = dict.fromkeys(BLANK_ROWS, 0.999) | {BLANK_ROWS[4]: -0.9}
    machine_looked(crew, work, **{f"t{row}": sure for row, sure in seen.items()})
    desk = crew.look("boris", verification_desk.desk, work)
    assert desk.blank_rows == ()
    said = read_checks(desk, sent)
    assert set(said) == set(BLANK_ROWS[1:]) - {BLANK_ROWS[4]}
    checks = {**crew.checks(work), **said, BLANK_ROWS[4]: Check(Seen.OK)}
    assert crew.do("boris", verification.submit, work, checks) == []


def machine_looked(crew: Hands, work: str, **confidence: float) -> None:
    """The machine has compared the copy: `confidence` of «same», negative for «differs»."""
    with crew.store.begin(crew.actor("head")) as uow:
        booklet = uow.get(Booklet, work)
        settled = readings.find(uow, booklet, "settled")
        [page] = pictures.pages_of(uow, booklet, "copy")
        assert settled is not None
        seal(
            uow,
            booklet,
            "machine:compare",
            {
                "fields": {
                    k[1:]: {"same": c > 0, "confidence": abs(c)} for k, c in confidence.items()
                },
                "bound": 0.99,
                "measured": {"fields": 1000, "missed": 0},
                "settled": settled.sha256,
                "page": page.id,
            },
        )
        uow.record("machine:compare", f"booklet:{work}")


def test_the_machine_sorts_the_verification_and_confirms_nothing(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ", t2="5", t3="6")
    crew.copied(work)
    machine_looked(crew, work, t1=0.999, t2=-0.9, t3=0.98)
    crew.do("boris", assignments.take, work, "verifier")
    desk = crew.look("boris", verification_desk.desk, work)
    assert desk.folded == ("1",) and desk.first[0] == "2"
    checks = crew.checks(work)
    with pytest.raises(Invalid):
        crew.do("boris", verification.submit, work, {**checks, "3": Check(Seen.OK, bulk=True)})
    del checks["1"]
    with pytest.raises(
        Invalid
    ):  # what nobody confirmed is not verified, however sure the machine is
        crew.do("boris", verification.submit, work, checks)
    assert (
        crew.do("boris", verification.submit, work, {**checks, "1": Check(Seen.OK, bulk=True)})
        == []
    )


def test_a_comparison_of_an_earlier_copy_sorts_nothing(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    machine_looked(crew, work, t1=0.999)
    crew.do("boris", assignments.take, work, "verifier")
    crew.do("boris", verification.submit, work, crew.checks(work, t2="6"))
    crew.copied(work)
    assert crew.look("boris", verification_desk.desk, work).folded == ()


def test_reopening_needs_a_reason_and_erases_nothing(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    with pytest.raises(Invalid):
        crew.do("head", reopening.reopen, work, " ")
    with pytest.raises(Forbidden):
        crew.do("anna", reopening.reopen, work, "a sheet was missing")
    crew.do("head", reopening.reopen, work, "a sheet was missing")
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == ("scanned", 2)
    assert sources(crew, work) == ["first", "second", "settled"]


def test_after_reopening_the_earlier_readings_are_hidden_until_settled_again(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.do("head", reopening.reopen, work, "a sheet was missing")
    for person in ("anna", "boris", "vera", "head"):
        assert seen_by(crew, person, work) == []
    assert crew.do("gleb", offers.next_work, "keyin").version == 2
    assert crew.look("gleb", keyin_desk.desk, work).values == {}


def test_a_page_sent_from_before_the_reopening_is_refused(crew: Hands) -> None:
    work = crew.work()
    seen = crew.booklet(work).row_version
    crew.settled(work)
    crew.do("head", reopening.reopen, work, "again")
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Stale):
        crew.do("anna", keyin.submit, work, "first", crew.values(work), row_version=seen)


def test_after_a_defect_other_people_transfer_even_when_the_new_version_is_reopened(
    crew: Hands,
) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.copied(work, "anna")
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        booklet.state = "handed_over"
        advance(uow, booklet, "retransfer")
    for version in (2, 3):
        for person, part in (("anna", "first"), ("boris", "second")):
            with pytest.raises(SamePerson):
                crew.do(person, assignments.take, work, part)
        assert crew.do("anna", offers.next_work, "keyin") is None
        crew.settled(work, ("vera", "gleb"), t1="ДЫМ")
        with pytest.raises(SamePerson):
            crew.do("anna", assignments.take, work, "copier")
        assert crew.do("anna", offers.next_work, "copying") is None
        if version == 2:
            crew.do("head", reopening.reopen, work, "a sheet was missing")
    assert crew.do("gleb", assignments.take, work, "copier").version == 3


def test_roles_without_a_part_cannot_take_one(crew: Hands) -> None:
    work = crew.work()
    for person in ("observer", "tech", "member"):
        with pytest.raises(Forbidden):
            crew.do(person, assignments.take, work, "first")


def page_of(crew: Hands, work: str, role: str) -> str:
    with crew.store.read() as uow:
        return uow.session.scalars(
            select(Page.id).where(Page.booklet_id == work, Page.role == role)
        ).one()


def sees(crew: Hands, login: str, page_id: str) -> bool:
    return crew.look(login, lambda u: may_see(u, u.get(Page, page_id)))


def test_a_picture_is_seen_by_whoever_has_a_part_in_the_work(crew: Hands) -> None:
    work = crew.work()
    page = page_of(crew, work, "original")
    assert not sees(crew, "anna", page)
    crew.do("anna", assignments.take, work, "first")
    assert sees(crew, "anna", page) and sees(crew, "head", page) and not sees(crew, "tech", page)


def test_an_earlier_copy_is_hidden_from_whoever_could_key_in_again(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work, "anna")
    copy = page_of(crew, work, "copy")
    assert sees(crew, "anna", copy)
    crew.do("head", reopening.reopen, work, "again")
    crew.do("gleb", assignments.take, work, "first")
    assert not any(sees(crew, person, copy) for person in ("anna", "boris", "gleb", "head"))


def test_nothing_is_lost_on_the_way(crew: Hands) -> None:
    work = crew.work()
    answers = {
        "t1": "ДОМ",
        "t2": Value(mark=Mark.ILLEGIBLE),
        "t3": Value("5", Mark.OUTSIDE_FIELD),
        "replacement_2": Value("41", task="03"),
        "long": "Абзац один\n\nАбзац два\fЛист 2",
    }
    crew.settled(work, **answers)
    crew.copied(work)
    crew.verified(work)
    with crew.store.read() as uow:
        final = readings.find(uow, uow.get(Booklet, work), "verified")
    assert final is not None
    assert readings.values_of(final) == crew.values(work, **answers)
    assert json.dumps(final.content)
    assert final.content["fields"]["4"] == BLANK.plain("4")


def test_drafts_of_a_step_that_is_over_are_refused(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    with pytest.raises(Conflict):
        crew.do("anna", drafts.save, work, "first", {"1": Value("5")})
