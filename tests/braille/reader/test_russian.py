"""Russian Braille both ways, by the guide of 2015; cells are given as dot numbers."""

import pytest

from examday.braille.cells import from_unicode, to_numbers
from examday.braille.decode import readings
from examday.braille.encode import NoBraille, encode


@pytest.mark.parametrize(
    ("text", "dots"),
    [
        ("ёж", "16-245"),
        ("0,5", "3456-245-2-15"),
        ("½", "3456-1-23"),
        ("1½", "3456-1-3456-1-23"),
        ("1/2", "3456-1-6-34-3456-12"),
        ("31.12.2012", "3456-14-1-256-3456-1-12-256-3456-12-245-1-12"),
        ("50%", "3456-15-245-3456-356"),
        ("м³", "134-34-25"),
        ("5+3=8", "3456-15-0-235-3456-14-0-2356-3456-125"),
        ("5 > 3", "3456-15-0-135-0-3456-14"),
        ("-5", "36-3456-15"),
        ("№ 5", "1345-3456-15"),
        ("2а", "3456-12-5-1"),
        ("2x", "3456-12-6-1346"),
        ("[2; 5)", "12356-3456-12-6-23-3456-15-345"),
        ("5!", "3456-15-6-235"),
        ("да, нет", "145-1-2-1345-15-2345"),
        ("А2Б1В3", "45-1-3456-12-45-12-3456-1-45-2456-3456-14"),
        ("РПЦ", "45-45-1235-1234-14"),
        ("pH", "6-1234-46-125"),
        ("π", "56-1234"),
        ("«да»", "236-145-1-356"),
        ("50 ₽", "3456-15-245-0-4-1235"),
        ("$5", "4-145-3456-15"),
        ("(-∞; 5]", "126-36-12456-23-3456-15-23456"),
        ("№№ 5, 6", "1345-1345-3456-15-6-2-3456-124"),
    ],
)
def test_text_is_written_as_the_guide_wants(text: str, dots: str) -> None:
    assert to_numbers(encode(text)) == dots


def test_capital_signs_are_optional_and_may_follow_the_guide() -> None:
    assert to_numbers(encode("РПЦ", "guide")) == "45-1235-1234-14"
    assert to_numbers(encode("РПЦ", "none")) == "1235-1234-14"


@pytest.mark.parametrize(
    ("braille", "offered"),
    [
        ("⠼⠁⠃⠉⠛⠕⠙", {"123год", "1237од"}),
        ("⠼⠉⠤⠊⠯", {"3-ий", "3-9й"}),
        ("⠖", {"!", "+"}),
        ("⠼⠑⠀⠕⠀⠼⠉", {"5>3", "5 о 3"}),
        ("⠁⠃⠉", {"абц", "123", "abc"}),
        ("⠝⠼⠑", {"№ 5", "н5"}),
        ("⠼⠃⠁", {"21", "2а"}),
        ("⠼⠑⠖⠼⠉", {"5+3"}),
        ("⠘⠗⠏⠉", {"РПЦ", "Рпц"}),
        ("⠼⠁⠄⠚⠚⠚", {"1\u00a0000"}),
        ("⠅⠛⠌⠍", {"кг/м"}),
    ],
)
def test_all_readings_of_an_ambiguous_line_are_offered(braille: str, offered: set[str]) -> None:
    found = {reading.text for reading in readings(from_unicode(braille))}
    assert offered <= found


def test_the_kind_of_answer_decides_the_order_but_not_the_set() -> None:
    cells = from_unicode("⠁⠃⠉")
    assert [readings(cells, kind)[0].text for kind in (None, "digits", "latin")] == [
        "абц",
        "123",
        "abc",
    ]


def test_a_forgotten_number_sign_is_said() -> None:
    reading = next(r for r in readings(from_unicode("⠁⠃⠉")) if r.text == "123")
    assert reading.notes == ("number sign missing",)
    assert not reading.exact


def test_the_capital_sign_ends_a_number() -> None:
    assert readings(from_unicode("⠘⠁⠼⠃⠘⠃⠼⠁⠘⠺⠼⠉"))[0].text == "А2Б1В3"


def test_a_deletion_mark_is_kept_in_the_text() -> None:
    assert readings(from_unicode("⠗⠿⠑⠅⠁"))[0].text == "р⠿ека"
    assert encode("р⠿ека") == tuple(from_unicode("⠗⠿⠑⠅⠁"))


def test_nonsense_still_has_a_reading() -> None:
    assert readings(from_unicode("⠨⠼⠸"))


def test_an_unknown_character_is_named_with_its_place() -> None:
    with pytest.raises(NoBraille) as refused:
        encode("да😀")
    assert (refused.value.character, refused.value.place) == ("😀", 2)


@pytest.mark.parametrize(
    "answer",
    [
        "a+b",
        "x²+y²=25",
        "y=kx+b",
        "α+β",
        "(a+b)²",
        "А+Б",
        "18+",
        "Rh+",
        "C++",
        "x>y",
        "a·b",
        "3 · 5",
        "≈3,14",
        "±0,5",
        "№№ 5, 6",
        "ъ",
        "ь",
        "⅔",
        "1⅔+⅓=2",
        "[1; 2]",
        "Нет!",
        "«Да!»",
        "Кто?!",
        "5!",
        "5! = 120",
        "50 €",
        "100 ₽",
        "(-∞; 5]",
        "[1; 2] ∪ (3; 4)",
        "∠ABC=30°",
    ],
)
def test_the_likeliest_reading_is_the_one_that_people_write(answer: str) -> None:
    first = readings(encode(answer))[0].text
    assert first.replace(" ", "") == answer.replace(" ", ""), first
