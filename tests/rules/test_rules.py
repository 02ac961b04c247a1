"""The rule sets say what the texts say, and which text it was."""

import datetime as dt
from dataclasses import replace

import pytest

from examday.domain.errors import Invalid
from examday.domain.people.roles import Role
from examday.domain.rules.fitting import unfit
from examday.domain.rules.ruleset import SLOT_NAMES, Confidence, RuleSet
from examday.services.rules import rulesets
from tests.own_rules import for_date


def on(year: int, month: int = 6, day: int = 1) -> RuleSet:
    return for_date(dt.date(year, month, day))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2010, 1, 1), "2010–2018"),
        (dt.date(2018, 12, 31), "2010–2018"),
        (dt.date(2019, 1, 1), "2019–2022"),
        (dt.date(2023, 8, 31), "2019–2022"),
        (dt.date(2023, 9, 1), "2023+"),
        (dt.date(2030, 6, 1), "2023+"),
    ],
)
def test_the_exam_date_chooses_the_rule_set(day: dt.date, name: str) -> None:
    assert for_date(day).name == name


def test_an_exam_before_the_first_rule_set_is_refused_with_the_day() -> None:
    with pytest.raises(Invalid) as refused:
        on(2009)
    assert refused.value.params["day"] == "2009-06-01"


def test_the_sets_follow_each_other_without_a_gap_or_overlap() -> None:
    sets = rulesets.all_sets()
    for earlier, later in zip(sets, sets[1:], strict=False):
        assert earlier.until is not None
        assert later.since == earlier.until + dt.timedelta(days=1)
    assert sets[-1].until is None


def test_blind_per_room_rose_from_six_to_eight() -> None:
    assert [on(year).number("seats_blind") for year in (2015, 2021, 2025)] == [6, 8, 8]


def test_a_silent_later_text_carries_the_first_set_over_and_says_so() -> None:
    later = on(2025)
    assert later.number("desk_light_lux") == 300
    assert later.carried_over("desk_light_lux")
    assert not later.carried_over("appeal_body")


def test_an_organiser_signs_the_true_copy_until_2018_and_an_assistant_may_later() -> None:
    first = {rule.slot: rule for rule in on(2017).signers("enlarged")}
    later = {rule.slot: rule for rule in on(2025).signers("enlarged")}
    assert Role.ASSISTANT not in first["transferrer"].roles
    assert Role.ROOM_ORGANISER in first["transferrer"].roles
    assert Role.ASSISTANT in later["transferrer"].roles


def test_the_observer_is_required_until_2018_and_if_any_later() -> None:
    observers = [
        {r.slot: r for r in on(year).signers("enlarged")}["observer"] for year in (2018, 2019, 2024)
    ]
    assert [observer.absence_allowed for observer in observers] == [False, True, True]


def test_the_exam_board_member_can_never_be_missing() -> None:
    for rule_set in rulesets.all_sets():
        for medium in ("enlarged", "typed"):
            board = {rule.slot: rule for rule in rule_set.signers(medium)}["exam_board_member"]
            assert not board.absence_allowed


def test_braille_is_signed_by_translator_and_chair() -> None:
    for rule_set in rulesets.all_sets():
        assert [rule.slot for rule in rule_set.signers("braille")] == ["translator", "chair"]


def test_nobody_signs_a_true_copy_of_a_standard_form() -> None:
    assert on(2025).signers("standard") == ()


def test_every_slot_has_a_name_and_only_one_person_signs_on_the_form_first() -> None:
    for rule_set in rulesets.all_sets():
        for medium in ("enlarged", "typed", "braille"):
            rules = rule_set.signers(medium)
            assert {rule.slot for rule in rules} <= set(SLOT_NAMES)
            assert [rule.on_form for rule in rules][0]


def test_body_and_error_change_their_names() -> None:
    assert [on(y).text("appeal_body_short") for y in (2018, 2022, 2024)] == ["КК", "КК", "АК"]
    assert [on(y).text("transfer_error_name") for y in (2018, 2022, 2024)] == [
        "технический брак",
        "техническая ошибка",
        "техническая ошибка",
    ]


def test_the_tiflo_translator_must_come_to_the_hearing_until_2018_and_may_later() -> None:
    assert [on(y).text("transcriber_at_hearing") for y in (2018, 2021, 2024)] == [
        "must",
        "may",
        "may",
    ]


@pytest.mark.parametrize(("members", "needed"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (12, 4)])
def test_quorum_is_a_third_rounded_up(members: int, needed: int) -> None:
    assert on(2021).quorum(members) == needed


def test_forms_are_kept_to_the_end_of_the_year_and_later_to_the_first_of_march() -> None:
    assert on(2015).retention_end(dt.date(2015, 6, 1)) == dt.date(2015, 12, 31)
    assert on(2024).retention_end(dt.date(2024, 6, 1)) == dt.date(2025, 3, 1)
    assert on(2024, 2, 1).retention_end(dt.date(2024, 2, 1)) == dt.date(2025, 3, 1)


def test_every_value_without_a_source_admits_it() -> None:
    for rule_set in rulesets.all_sets():
        for row in (*rule_set.values.values(), *rule_set.terms.values()):
            assert row.sources or row.confidence in (Confidence.BELIEVED, Confidence.UNKNOWN), (
                row.key
            )


def test_texts_after_2025_must_be_checked_by_a_person() -> None:
    assert not on(2025).needs_check(dt.date(2025, 12, 31))
    assert on(2026).needs_check(dt.date(2026, 1, 1))
    read = replace(on(2026), checked_until=dt.date(2026, 6, 1))
    assert not read.needs_check(dt.date(2026, 6, 1)) and read.needs_check(dt.date(2026, 6, 2))


def test_asking_for_the_wrong_kind_of_value_is_a_programming_error() -> None:
    with pytest.raises(TypeError):
        on(2025).number("appeal_body")
    for other in (on(2025).flag, on(2025).text, on(2025).words):
        with pytest.raises(TypeError):
            other("seats_blind")
    with pytest.raises(KeyError):
        on(2025).rule("no_such_rule")


def test_beside_an_unconfirmed_signature_only_a_text_that_was_read_speaks() -> None:
    """What an earlier set holds by custom is no second text."""
    now = on(2025)
    assert now.first is not None
    medium, rule = next((m, rows[0]) for m, rows in now.first.signing.items() if rows)
    doubtful = replace(rule, confidence=Confidence.UNKNOWN)
    for stated, speaks in ((Confidence.COMMISSIONED, True), (Confidence.INFERRED, False)):
        first = replace(now.first, signing={medium: (replace(rule, confidence=stated),)})
        found = replace(now, first=first).commissioned_signer(medium, doubtful)
        assert (found is not None) is speaks


def test_a_set_from_outside_names_a_day_and_an_hour_that_are_none() -> None:
    own = on(2026)
    late = replace(own.values["enlarging_not_before"], value="после девяти")
    other = replace(own, id="other", values={**own.values, "enlarging_not_before": late})
    assert list(unfit(other, [own])) == ["enlarging_not_before"]
    assert "from" in list(unfit(replace(other, since="весной"), [own]))  # type: ignore[arg-type]
