"""The page that quotes the rule sets has a name for every value, term and word of them."""

from examday.domain.custody.kit import REGISTRATION_ONLY, WITHOUT_LONG_ANSWERS, WRITING
from examday.domain.rules.languages import FOREIGN_LANGUAGE
from examday.domain.rules.names import TERM_NAMES, TEXTS, VALUE_NAMES
from examday.services.rules.rulesets import all_sets, subject, subjects

PLAIN = {
    "quorum",
    "appeal_body",
    "appeal_body_short",
    "transfer_error_name",
    "form_set",
    "retention_forms",
    "enlarging_not_before",
}


def test_every_value_and_term_has_a_name() -> None:
    for rule_set in all_sets():
        assert set(rule_set.values) == set(VALUE_NAMES)
        assert set(rule_set.terms) == set(TERM_NAMES)


def test_every_word_of_a_value_is_spoken() -> None:
    for rule_set in all_sets():
        for row in rule_set.values.values():
            words = (
                row.value
                if isinstance(row.value, tuple)
                else (row.value,)
                if isinstance(row.value, str)
                else ()
            )
            assert row.key in PLAIN or set(words) <= set(TEXTS), row.key


def test_every_subject_that_the_kits_know_has_a_name_and_no_name_is_guessed() -> None:
    assert subject("01") == "Русский язык (01)"
    assert subject("51") == "51", "ГВЭ has codes of its own"
    known = REGISTRATION_ONLY | WITHOUT_LONG_ANSWERS | WRITING | set(FOREIGN_LANGUAGE)
    assert known <= set(subjects())
