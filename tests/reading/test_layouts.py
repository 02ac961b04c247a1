"""Every layout file is sound, and every form is known from every other by its squares alone."""

from pathlib import Path

import numpy as np
import pytest
from sheet_paper import Damage, blank, font_hand, spoil, write

from examday.domain.transfer.alphabet import fold
from examday.paper import layout as layout_module
from examday.paper.layout import FORMS, layouts, load
from examday.reading.identify import identify
from examday.reading.page import field_boxes, read_page
from examday.reading.page_json import as_json
from tests.sheets import Chance

IDS = sorted(layouts())


def test_the_five_forms_of_the_trade_are_there() -> None:
    assert {layouts()[i].name for i in IDS} == {
        "Бланк ответов № 1",
        "Бланк ответов № 2, лист 1",
        "Бланк ответов № 2, лист 2",
        "Дополнительный бланк ответов № 2",
        "Бланк регистрации",
    }
    assert "answer-form-1.2022" in [i for i in IDS if layouts()[i].measured]


@pytest.mark.parametrize("name", IDS)
def test_everything_lies_on_the_page_and_nothing_on_a_mark(name: str) -> None:
    layout = layouts()[name]
    boxes = [comb.box for comb in layout.combs] + [area.box for area in layout.areas]
    codes = [b.box for b in layout.barcodes] + ([layout.qr] if layout.qr else [])
    for x0, y0, x1, y1 in boxes + codes:
        assert 0 < x0 < x1 < layout.width and 0 < y0 < y1 < layout.height
        for mark in layout.markers:
            clear = x1 < mark.x or x0 > mark.x + mark.size or y1 < mark.y or y0 > mark.y + mark.size
            assert clear, f"{mark.id} lies on {x0, y0, x1, y1}"
    assert len(layout.markers) == 5 and len({c.field + c.role for c in layout.combs}) == len(
        layout.combs
    )


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        # Each form and each mark once in a push, all pairs in a release.
        pytest.param(name, covered, marks=() if covered == place else pytest.mark.release)
        for place, name in enumerate(IDS)
        for covered in range(5)
    ],
)
@pytest.mark.release
def test_a_form_is_known_by_four_of_its_five_squares(name: str, covered: int) -> None:
    layout = layouts()[name]
    damage = Damage(covered=layout.markers[covered].id, turn=1.0, quarters=covered % 4)
    page = spoil(blank(layout, "261234567890", "01", 0.5), layout, damage, Chance(covered))
    assert identify(page, 150).layout == name


def test_a_long_answer_is_shown_but_not_read() -> None:
    layout = layouts()["answer-form-2-sheet-1.2022"]
    reading = read_page(blank(layout, "261234567890", "01"), 300)
    assert set(field_boxes(reading)) == {"header:region", "header:subject", "header:name", "long:1"}
    assert "long:1" not in reading.fields


@pytest.mark.parametrize("name", [i for i in IDS if not layouts()[i].measured])
def test_a_form_that_was_not_measured_says_so_and_shows_its_frames(name: str) -> None:
    layout = layouts()[name]
    page = as_json(read_page(blank(layout, "261234567890", "01"), 300))
    assert [w["code"] for w in page["warnings"]] == ["form-not-measured"]
    seen = {area["field"]: np.array(area["box"]) / 300 * 25.4 for area in page["areas"]}
    assert seen.keys() == {area.field for area in layout.areas}
    for area in layout.areas:
        assert np.abs(seen[area.field] - area.box).max() < 0.5


def test_the_measured_form_has_no_such_doubt() -> None:
    page = as_json(read_page(blank(layouts()["answer-form-1.2022"], "261234567890", "01"), 300))
    assert page["warnings"] == [] and len(page["areas"]) == 2


def test_the_registration_form_shows_its_fields() -> None:
    layout = layouts()["registration-form.2022"]
    page = blank(layout, "261234567890", "01")
    write(
        page,
        layout.comb("header:document_number"),
        "1234567890",
        font_hand,
        np.random.default_rng(3),
    )
    header = as_json(read_page(page, 300))["header"]
    assert set(header) == {c.field.removeprefix("header:") for c in layout.combs}
    assert header["document_number"] == "1234567890"
    assert all(text == "" for name, text in header.items() if name != "document_number")


def test_a_new_year_is_a_new_file(tmp_path: Path) -> None:
    text = (
        (FORMS / "answer-form-1.2022.toml")
        .read_text("utf-8")
        .replace("source_year = 2022", "source_year = 2031")
    )
    (tmp_path / "next.toml").write_text(text, "utf-8")
    assert list(layouts(tmp_path)) == ["answer-form-1.2031"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("box = [8.4, 9.3, 37.0, 38.0]", "box = [37.0, 9.3, 8.4, 38.0]"),
        ('id = "answer-form-1"', ""),
        ("size_mm = 5.08", "size_mm = 'big'"),
    ],
)
def test_a_wrong_layout_file_is_refused_when_it_is_loaded(
    tmp_path: Path, old: str, new: str
) -> None:
    text = (FORMS / "answer-form-1.2022.toml").read_text("utf-8").replace(old, new)
    (tmp_path / "wrong.toml").write_text(text, "utf-8")
    with pytest.raises((KeyError, ValueError)):
        load(tmp_path / "wrong.toml")


def test_subjects_have_their_own_characters() -> None:
    layout = layouts()["answer-form-1.2022"]
    assert set(layout.alphabet("02")) == set("1234567890,-")
    assert "Ё" in layout.alphabet("01") and "Q" not in layout.alphabet("01")
    assert "Q" in layout.alphabet("09") and "Ё" not in layout.alphabet("09")
    assert {"Ё", "Q", "7"} <= set(layout.alphabet(None))


def test_the_stations_own_folder_is_looked_at_again_when_a_file_comes_and_a_bad_one_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "_own", None)
    layout_module.use_folder(tmp_path / "forms")
    assert "answer-form-1.2031" not in layouts()
    (tmp_path / "forms").mkdir()
    text = (FORMS / "answer-form-1.2022.toml").read_text("utf-8")
    (tmp_path / "forms" / "bad.toml").write_text("[form]\nid = 1\n", "utf-8")
    (tmp_path / "forms" / "next.toml").write_text(
        text.replace("source_year = 2022", "source_year = 2031"), "utf-8"
    )
    assert "answer-form-1.2031" in layouts()
    assert "answer-form-1.2022" in layouts()


def test_a_code_with_an_unknown_role_or_a_partner_without_a_rule_is_refused(tmp_path: Path) -> None:
    text = (FORMS / "answer-form-1.2022.toml").read_text("utf-8")
    for wrong in (
        text.replace('role = "opaque"', 'role = "guess"'),
        text.replace("same_digits = [4, 12]\n", ""),
    ):
        (tmp_path / "wrong.toml").write_text(wrong, "utf-8")
        with pytest.raises((ValueError, KeyError)):
            load(tmp_path / "wrong.toml")


@pytest.mark.parametrize(("subject", "word"), [("10", "STRAßE"), ("10", "SCHÖN"), ("11", "ÉTÉ")])
def test_german_and_french_answers_hold_the_letters_of_the_sample_lines(
    subject: str, word: str
) -> None:
    alphabet = layouts()["answer-form-1.2022"].alphabet(subject)
    assert set(word) <= set(alphabet), "else every such answer asks for a reason"
    assert fold(word.lower(), alphabet) == word
