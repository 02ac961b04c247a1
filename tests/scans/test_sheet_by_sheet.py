"""A sheet of the original is taken back or exchanged: what was read from the other sheets stays."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid, SamePerson
from examday.domain.people.roles import Actor
from examday.domain.scans.sheets import fields_on
from examday.domain.transfer.answers import Choice, Ruling, Value
from examday.services.scans.deciding import by_hand, taking_back
from examday.services.transfer import assignments, drafts, keyin, readings
from examday.services.transfer.crew import may_take
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.desks import keyin_shown, settle
from examday.services.transfer.going_back import kept, keyin_back
from examday.services.transfer.settling import companion, decision
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page
from tests import sheets
from tests.transfer_day import Hands, add_page

FORM_2, EXTRA = "answer-form-2-sheet-1.2022", "extra-answer-form.2022"
LONG = "long:27"


def work_of_two(crew: Hands) -> str:
    """A work whose original is form № 1 and form № 2."""
    work = crew.work(sheets.kit_code(83))
    further(crew, work, FORM_2)
    return work


def further(crew: Hands, work: str, sheet: str) -> str:
    with crew.store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, "original")
        page.sheet, page.order = sheet, 2
        page.identity = {**page.identity, "layout": sheet}
        uow.session.flush()
        uow.record("test:sheet", f"page:{page.id}")
        return str(page.id)


def page_on(crew: Hands, work: str, sheet: str) -> str:
    with crew.store.read() as uow:
        [page] = uow.session.query(Page).where(
            Page.booklet_id == work,
            Page.sheet == sheet,
            Page.role == "original",
            Page.state == "attached",
        )
        return str(page.id)


def spare(crew: Hands, work: str, sheet: str) -> str:
    """Another picture of the sheet, set aside as a duplicate."""
    page_id = further(crew, work, sheet)
    with crew.store.begin(Actor.system("test")) as uow:
        page = uow.get(Page, page_id)
        page.state, page.booklet_id, page.problems = "exception", None, ["duplicate"]
        uow.record("test:duplicate", f"page:{page.id}")
    return page_id


def exchanged(crew: Hands, head: Actor, work: str, sheet: str) -> None:
    better = spare(crew, work, sheet)
    with crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, page_on(crew, work, sheet), "первый снимок нерезкий")


def asked(crew: Hands, login: str, work: str) -> tuple[str, ...]:
    """The fields that the desk of this person asks for."""
    desk: keyin_shown.Desk = crew.look(login, keyin_desk.desk, work)
    return desk.ids


def sealed(crew: Hands, work: str, source: str) -> Mapping[str, Value]:
    with crew.store.read() as uow:
        found = readings.find(uow, uow.get(Booklet, work), readings.Source(source))
        assert found is not None
        return readings.values_of(found)


def by_arbiter(crew: Hands, work: str) -> None:
    """Two key-ins that differ in task 2, settled as «7» by a third person."""
    crew.differing(work)
    crew.own_reading(work)
    crew.do("vera", decision.decide, work, {"2": Ruling(Choice.OWN)})


def test_form_2_takes_the_long_answers_alone(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ", long="старое")
    crew.copied(work)
    crew.verified(work)
    exchanged(crew, head, work, FORM_2)
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == (State.SCANNED, 2)
    for login, part in (("anna", "first"), ("boris", "second")):
        crew.do(login, assignments.take, work, part)
        assert asked(crew, login, work) == (LONG,)
        crew.do(login, keyin.submit, work, part, {LONG: Value("новое")})
    assert crew.state(work) == State.SETTLED
    settled = sealed(crew, work, "settled")
    assert (settled["1"].text, settled[LONG].text) == ("ДОМ", "новое")


def test_form_1_takes_all_but_the_long_answers(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ", long="старое")
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page_on(crew, work, "answer-form-1.2022"), "чужой лист")
    assert crew.booklet(work).version == 2
    further(crew, work, "answer-form-1.2022")
    crew.do("anna", assignments.take, work, "first")
    assert set(asked(crew, "anna", work)) == set(crew.values(work)) - {LONG}


def test_what_a_third_person_decided_on_another_sheet_stays_decided(
    crew: Hands, head: Actor
) -> None:
    work = work_of_two(crew)
    by_arbiter(crew, work)
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "anna", "first", {LONG: Value("новое")})
    crew.key_in(work, "boris", "second", {LONG: Value("новое")})
    assert crew.state(work) == State.SETTLED
    assert sealed(crew, work, "settled")["2"].text == "7"
    with crew.store.read() as uow:
        content = readings.settled(uow, uow.get(Booklet, work)).content
        assert content["decisions"]["2"]["choice"] == "own"


def test_a_difference_nobody_had_decided_is_still_to_be_decided(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.differing(work)
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "anna", "first", {LONG: Value("новое")})
    crew.key_in(work, "boris", "second", {LONG: Value("новое")})
    assert crew.state(work) == State.KEYED
    crew.do("vera", assignments.take, work, "arbiter")
    assert crew.look("vera", settle.table, work).differing == ("2",)


def test_who_read_what_stays_may_not_read_for_the_other_side(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work)
    exchanged(crew, head, work, FORM_2)
    with pytest.raises(SamePerson):
        crew.do("boris", assignments.take, work, "first")
    with pytest.raises(SamePerson):
        crew.do("anna", assignments.take, work, "second")
    crew.do("vera", assignments.take, work, "first")
    assert asked(crew, "vera", work) == (LONG,)
    crew.do("vera", keyin.submit, work, "first", {LONG: Value("новое")})
    desk = crew.look("vera", keyin_desk.desk, work)
    assert set(desk.values) == {LONG}, "a colleague's entries are shown to nobody"


def test_who_read_what_stays_twice_is_kept_apart_in_the_third_version_too(
    crew: Hands, head: Actor
) -> None:
    work = work_of_two(crew)
    crew.differing(work)
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "vera", "first", {LONG: Value("новое")})
    crew.key_in(work, "gleb", "second", {LONG: Value("новое")})
    exchanged(crew, head, work, FORM_2)
    assert crew.booklet(work).version == 3
    # Task 2 differs as anna and boris have read it: neither of them reads for the other side.
    with pytest.raises(SamePerson):
        crew.do("boris", assignments.take, work, "first")
    with pytest.raises(SamePerson):
        crew.do("anna", assignments.take, work, "second")
    with pytest.raises(SamePerson):
        crew.do("gleb", assignments.take, work, "first")


def test_what_the_program_took_over_stands_in_no_later_reader_s_name(
    crew: Hands, head: Actor
) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ")
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "vera", "first", {LONG: Value("новое")})
    crew.key_in(work, "gleb", "second", {LONG: Value("новое")})
    # One field goes: of the rest, each field is still its own reader's.
    with crew.store.begin(head) as uow:
        booklet = uow.get(Booklet, work)
        booklet.version = 3
        uow.session.flush()
        kept.keep(uow, booklet, 2, {"2"})
        uow.record("test:kept", f"booklet:{work}")
    people = {login: crew.people[login].id for login in ("anna", "vera")}
    with crew.store.read() as uow:
        row = readings.find(uow, uow.get(Booklet, work), readings.Source.FIRST_KEPT)
        assert row is not None and row.person_id is None
        by = row.content["by"]
    assert by[people["vera"]] == [LONG]
    assert "1" in by[people["anna"]] and "2" not in by[people["anna"]]


def test_the_sheet_exchanged_twice_stays_in_its_reader_s_name(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work)
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "vera", "first", {LONG: Value("новое")})
    exchanged(crew, head, work, FORM_2)
    with crew.store.read() as uow:
        row = readings.find(uow, uow.get(Booklet, work), readings.Source.FIRST_KEPT)
        assert row is not None and row.person_id == crew.people["anna"].id
        assert "by" not in row.content


def test_of_two_who_settle_together_the_other_one_has_read_the_other_part(
    crew: Hands, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(may_take, "settling", lambda _booklet: "two_together")
    work = work_of_two(crew)
    crew.differing(work)
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "vera", "first", {LONG: Value("новое")})
    crew.key_in(work, "boris", "second", {LONG: Value("новое")})

    def beside(login: str, _work: str = work) -> str:
        found: str = crew.look(login, companion_of, _work)
        return found

    people = {login: crew.people[login].id for login in ("anna", "boris", "vera", "gleb")}
    # Both stand beside her: «anna» has read what stays of the first key-in.
    assert beside("vera") == beside("anna") == people["boris"]
    assert (beside("boris"), beside("gleb")) == (people["vera"], "")


def companion_of(uow: UnitOfWork, work: str) -> str:
    return companion.other_of_the_two(uow, uow.get(Booklet, work))


def test_an_entry_for_a_sheet_that_stays_changes_nothing(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ")
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "anna", "first", {LONG: Value("новое"), "1": Value("ДЫМ")})
    assert sealed(crew, work, "first")["1"].text == "ДОМ"


def test_the_field_of_the_new_picture_must_be_read(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, long="старое")
    exchanged(crew, head, work, FORM_2)
    crew.do("anna", assignments.take, work, "first")
    with pytest.raises(Invalid) as refused:
        crew.do("anna", keyin.submit, work, "first", {})
    assert refused.value.params["fields"] == [LONG]


def test_what_one_reader_has_begun_on_another_sheet_stays_begun(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.key_in(work, "anna", "first", crew.values(work, t1="ДОМ", long="старое"))
    crew.do("boris", assignments.take, work, "second")
    crew.do("boris", drafts.save, work, "second", {"1": Value("ДОМ"), LONG: Value("ста")})
    exchanged(crew, head, work, FORM_2)
    crew.do("boris", assignments.take, work, "second")
    desk = crew.look("boris", keyin_desk.desk, work)
    assert {f: v.text for f, v in desk.values.items()} == {"1": "ДОМ"}
    crew.do("anna", assignments.take, work, "first")
    assert asked(crew, "anna", work) == (LONG,)


def test_before_any_key_in_the_drafts_lose_that_sheet_alone(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.do("anna", assignments.take, work, "first")
    crew.do("anna", drafts.save, work, "first", {"1": Value("ДОМ"), LONG: Value("ста")})
    exchanged(crew, head, work, FORM_2)
    assert crew.booklet(work).version == 1
    assert set(crew.look("anna", keyin_desk.desk, work).values) == {"1"}


def test_a_second_sheet_exchanged_before_anybody_read_the_first_adds_to_it(
    crew: Hands, head: Actor
) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ", long="старое")
    exchanged(crew, head, work, FORM_2)
    exchanged(crew, head, work, "answer-form-1.2022")
    assert crew.booklet(work).version == 2
    crew.do("anna", assignments.take, work, "first")
    assert {"1", LONG} < set(asked(crew, "anna", work))


def test_a_key_in_of_one_sheet_can_be_taken_back_like_any_other(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ")
    exchanged(crew, head, work, FORM_2)
    crew.key_in(work, "anna", "first", {LONG: Value("новое")})
    crew.do("anna", keyin_back.take_back, work, "опечатка")
    desk = crew.look("anna", keyin_desk.desk, work)
    assert (desk.ids, set(desk.values)) == ((LONG,), {LONG})
    crew.do("anna", keyin.submit, work, "first", {LONG: Value("новое!")})
    assert sealed(crew, work, "first")["1"].text == "ДОМ"


def test_a_registration_form_takes_nothing_with_it(crew: Hands, head: Actor) -> None:
    work = crew.work(sheets.kit_code(84))
    page = further(crew, work, "registration-form.2022")
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    crew.verified(work)
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page, "чужой бланк")
    booklet = crew.booklet(work)
    assert (booklet.state, booklet.version) == (State.VERIFIED, 1)


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_sheet_that_no_answer_was_read_from_begins_no_empty_version(
    crew: Hands, head: Actor, monkeypatch: pytest.MonkeyPatch, handed_in: bool
) -> None:
    work = work_of_two(crew)
    if handed_in:
        crew.settled(work)
    page = page_on(crew, work, FORM_2)
    # An exam without long answers, whose sheets were counted: two.
    monkeypatch.setattr(taking_back, "resting_on", lambda *_: frozenset())
    with crew.store.begin(head) as uow:
        booklet = uow.get(Booklet, work)
        booklet.counts = {"enlarged_sheet": 2}
        uow.record("test:counted", f"booklet:{work}")
        taking_back.detach(uow, page, "чужой лист")
    booklet = crew.booklet(work)
    state = State.SETTLED if handed_in else State.COLLECTED
    assert (booklet.state, booklet.version) == (state, 1)


def test_before_a_key_in_is_handed_in_the_page_promises_no_new_version(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = work_of_two(crew)
    person = browser()
    person.log_in("head")
    address = f"/scans/wrong/{page_on(crew, work, FORM_2)}"
    text = person.get(address).get_data(as_text=True)
    assert "новая версия не начнётся" in text and "начнётся новая версия" not in text
    assert person.post(address, {"reason": "чужой"}).status_code == 303
    assert crew.booklet(work).version == 1


def test_an_additional_sheet_takes_the_long_answers_that_go_on_over_it() -> None:
    fields = ("header:name", "1", "replacement:1", LONG)
    assert fields_on(EXTRA, fields) == {LONG}
    assert fields_on("answer-form-2-sheet-2.2022", fields) == {LONG}
    assert fields_on("answer-form-1.2022", fields) == set(fields) - {LONG}
    assert fields_on("", fields) == set(fields), "of an unknown sheet nobody can say what was read"
    assert fields_on("writing_form", fields) == set(fields)


def test_the_page_says_which_entries_go_and_the_desk_asks_for_them_alone(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ", long="старое")
    better = spare(crew, work, FORM_2)
    address = f"/scans/wrong/{page_on(crew, work, FORM_2)}/for/{better}"
    person = browser()
    person.log_in("head")
    text = person.get(address).get_data(as_text=True)
    assert "развёрнутые ответы. Их заново прочитают двое" in text
    assert "Всё остальное введённое и разобранное остаётся" in text
    assert person.post(address, {"reason": "нерезко"}).status_code == 303
    reader = browser()
    reader.log_in("anna")
    crew.do("anna", assignments.take, work, "first")
    desk = reader.get(f"/keyin/{work}").get_data(as_text=True)
    assert 'name="v:long:27"' in desk and 'name="v:1"' not in desk
    assert "Снимок одного листа заменили" in desk and "ДОМ" not in desk
    version = str(crew.booklet(work).row_version)
    sent = {"v:long:27": "новое", "action": "hand_in_stop", "row_version": version}
    assert reader.post(f"/keyin/{work}", sent).status_code == 303
    done = reader.get(f"/keyin/{work}/done").get_data(as_text=True)
    assert "новое" in done and "ДОМ" not in done


def test_a_wrong_sheet_is_decided_again_and_its_work_goes_on(crew: Hands, head: Actor) -> None:
    work = work_of_two(crew)
    crew.settled(work, t1="ДОМ", long="старое")
    page = page_on(crew, work, FORM_2)
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page, "не та работа")
    # Nothing was counted for this work, so form № 1 is enough for the step.
    assert crew.state(work) == State.SCANNED
    with crew.store.begin(head) as uow:
        by_hand.attach_page(uow, page, uow.get(Booklet, work), "original", "всё же та")
    crew.do("anna", assignments.take, work, "first")
    assert asked(crew, "anna", work) == (LONG,)
