"""Alphabets of the language exams."""

import pytest

from examday.braille.cells import FULL, to_numbers
from examday.braille.languages import deletes, encode_in, readings_in

WORDS = [
    ("en", "I am 15, Ann", "6-24-0-1-134-0-3456-1-15-2-0-6-1-1345-1345"),
    ("de", "Straße", "46-234-2345-1235-1-2346-15"),
    ("fr", "été", "123456-2345-123456"),
    ("fr", "à 15", "12356-0-6-16-156"),
    ("es", "¿Qué?", "26-46-12345-136-2346-26"),
    ("en", "$5 or £10", "4-234-3456-15-0-135-1235-0-4-123-3456-1-245"),
    ("en", "me@mail.com", "134-15-4-1-134-1-24-123-256-14-135-134"),
    ("en", "yes — no", "13456-15-234-0-6-36-0-1345-135"),
    ("de", "5 €", "3456-15-0-4-15"),
    ("fr", "3 + 5 = 8", "6-146-0-6-235-0-6-156-0-6-2356-0-6-1256"),
    ("es", "100 €", "3456-1-245-245-0-456-15"),
]


@pytest.mark.parametrize(("language", "text", "dots"), WORDS)
def test_words_are_written_by_the_rules_of_their_language(
    language: str, text: str, dots: str
) -> None:
    cells = encode_in(language, text)
    assert to_numbers(cells) == dots
    assert readings_in(language, cells)[0].text == text


def test_the_full_cell_is_a_letter_in_french_and_a_deletion_elsewhere() -> None:
    assert not deletes("fr", FULL)
    assert all(deletes(language, FULL) for language in ("ru", "en", "de", "es"))
    assert readings_in("fr", [FULL])[0].text == "é"
    assert readings_in("en", [FULL])[0].text == "⠿"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language"):
        encode_in("xx", "a")
