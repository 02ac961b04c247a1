"""Who signs «Копия верна» by the rules of the exam date, and what a signature is bound to."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.errors import Forbidden, Invalid, SamePerson, Stale
from examday.domain.people.roles import Role
from examday.domain.transfer import signing
from examday.domain.transfer.answers import Mark, Value
from examday.domain.transfer.signing import Content, Given, Hands
from tests.own_rules import for_date

OLD, MIDDLE, NEW = dt.date(2015, 6, 4), dt.date(2021, 6, 4), dt.date(2026, 6, 4)
HANDS = Hands({"first": {"a"}, "second": {"b"}, "copier": {"c"}, "verifier": {"d"}}, "c")
CONTENT = Content(
    "b1", "2990000000019", 1, 1, {"1": {"text": "17", "mark": None}}, "f" * 64, ("o",), ("k",)
)


@pytest.mark.parametrize(
    ("day", "medium", "slots"),
    [
        (OLD, "enlarged", ["transferrer", "exam_board_member", "observer"]),
        (NEW, "enlarged", ["transferrer", "exam_board_member", "observer"]),
        (NEW, "braille", ["translator", "chair"]),
        (NEW, "typed", ["transferrer", "exam_board_member", "observer"]),
        (NEW, "standard", []),
    ],
)
def test_the_slots_of_a_work(day: dt.date, medium: str, slots: list[str]) -> None:
    assert [rule.slot for rule in for_date(day).signers(medium)] == slots


def test_until_2018_only_an_organiser_signs_for_the_copy() -> None:
    rule = signing.rule_of(for_date(OLD).signers("enlarged"), "transferrer")
    assert signing.check_signer(rule, "c", {Role.ROOM_ORGANISER}, HANDS, []) is Role.ROOM_ORGANISER
    with pytest.raises(Forbidden):
        signing.check_signer(rule, "c", {Role.ASSISTANT}, HANDS, [])


def test_since_2019_the_assistant_may_and_the_observer_may_be_absent() -> None:
    rules = for_date(MIDDLE).signers("enlarged")
    assert signing.check_signer(rules[0], "c", {Role.ASSISTANT}, HANDS, []) is Role.ASSISTANT
    signing.check_absence(
        signing.rule_of(rules, "observer"), {Role.EXAM_BOARD_MEMBER}, "не прибыл в пункт"
    )
    with pytest.raises(Invalid):
        signing.check_absence(
            signing.rule_of(for_date(OLD).signers("enlarged"), "observer"),
            {Role.EXAM_BOARD_MEMBER},
            "не прибыл в пункт",
        )


def test_braille_works_are_signed_by_the_translator_and_the_chair() -> None:
    rules = for_date(NEW).signers("braille")
    translator = signing.check_signer(rules[0], "c", {Role.BRAILLE_TRANSCRIBER}, HANDS, [])
    chair = signing.check_signer(rules[1], "x", {Role.BRAILLE_DEPUTY}, HANDS, [])
    assert (translator, chair) == (Role.BRAILLE_TRANSCRIBER, Role.BRAILLE_DEPUTY)
    assert signing.complete(rules, [Given("translator", "c", "h"), Given("chair", "x", "h")])


@pytest.mark.parametrize("person", ["a", "b", "c", "d"])
def test_nobody_witnesses_the_own_work(person: str) -> None:
    for rule in for_date(NEW).signers("enlarged")[1:]:
        with pytest.raises(SamePerson):
            signing.check_signer(rule, person, set(Role), HANDS, [])


def test_whoever_could_not_sign_for_the_copy_is_told_before_copying() -> None:
    signing.check_may_copy(for_date(NEW).signers("enlarged"), {Role.ASSISTANT})
    signing.check_may_copy(for_date(NEW).signers("standard"), {Role.MEDICAL_WORKER})
    with pytest.raises(Forbidden):
        signing.check_may_copy(for_date(OLD).signers("enlarged"), {Role.ASSISTANT})
    with pytest.raises(Forbidden):
        signing.check_may_copy(for_date(NEW).signers("braille"), {Role.BRAILLE_CHAIR})


@pytest.mark.parametrize(
    "change",
    [
        {"code": "2990000000026"},
        {"version": 2},
        {"round": 2},
        {"fields": {"1": {"text": "71", "mark": None}}},
        {"verified_sha256": "e" * 64},
        {"originals": ("o", "o2")},
        {"copies": ("k2",)},
        {"booklet_id": "b2"},
        {"originals": ("k",), "copies": ("o",)},
    ],
)
def test_any_change_makes_other_content(change: dict[str, object]) -> None:
    other = replace(CONTENT, **change)
    assert other.sha256 != CONTENT.sha256
    with pytest.raises(Stale):
        signing.check_present(other, CONTENT.sha256)
    signing.check_present(CONTENT, CONTENT.sha256)


def test_the_read_back_counts_what_stands_on_the_copy() -> None:
    values = {
        "header:region": Value("77"),
        "1": Value("17"),
        "2": Value(mark=Mark.BLANK),
        "3": Value("4?", Mark.ILLEGIBLE),
        "replacement:1": Value("19", task="1"),
        "replacement:2": Value(mark=Mark.BLANK),
        "long:27": Value("текст"),
        "long:28": Value(mark=Mark.BLANK),
    }
    said = signing.read_back(CONTENT, values)
    assert (said.answers, said.blank, said.replaced, said.long_answers) == (2, 1, 1, 1)
    assert said.marked == {Mark.ILLEGIBLE: 1} and (said.originals, said.copies) == (1, 1)


@given(st.lists(st.sampled_from(["transferrer", "exam_board_member", "observer"]), unique=True))
def test_a_work_is_complete_exactly_when_no_slot_is_open(signed: list[str]) -> None:
    rules = for_date(NEW).signers("enlarged")
    given_ = [Given(slot, slot, "h") for slot in signed]
    assert (
        signing.complete(rules, given_)
        is (not signing.open_slots(rules, given_))
        is (len(signed) == 3)
    )


def test_a_work_without_signers_is_never_certified_by_nobody() -> None:
    assert not signing.complete((), [])


def test_two_witnesses_are_two_people() -> None:
    slots = [
        replace(for_date(NEW).signers("enlarged")[1], slot=slot, roles=roles)
        for slot, roles in (
            ("one", (Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY)),
            ("other", (Role.BRAILLE_CHAIR,)),
        )
    ]
    people = {"c": {Role.BRAILLE_CHAIR}, "d": {Role.BRAILLE_DEPUTY}}
    assert not signing.unsignable(slots, people, ()), "the chair gives way to the deputy"
    assert [rule.slot for rule in signing.unsignable(slots, people, {"d"})] == ["other"]
