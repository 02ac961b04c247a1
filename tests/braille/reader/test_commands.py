"""The commands, as a script or a technician calls them."""

import json
from pathlib import Path

import cv2
from click.testing import CliRunner

from examday.braille.commands import braille
from examday.braille.encode import encode
from examday.braille.render import Look, render

LOOK = Look(page_mm=(200, 120), margin_mm=(20, 25))


def run(*arguments: str, typed: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(braille, list(arguments), input=typed)
    return done.exit_code, done.stdout


def test_text_goes_to_dot_numbers_braille_ascii_and_unicode() -> None:
    assert run("text", "--to-dots", "½ б") == (0, "3456-1-23-0-12\n")
    assert run("text", "--to-brf", "5") == (0, "#E\n")
    assert run("text", "--to-unicode", "да") == (0, "⠙⠁\n")


def test_every_line_of_the_input_is_one_line_of_the_output_and_comes_back() -> None:
    lines = "А2Б1В3\n-12,5\n\nСеребряный век\n12\nа\n"
    for target in ("--to-dots", "--to-brf", "--to-unicode"):
        code, dots = run("text", target, typed=lines)
        assert code == 0
        assert run("text", "--to-text", typed=dots) == (0, lines), target


def test_all_readings_are_parted_by_tabs() -> None:
    _, out = run("text", "--to-text", "--all", "⠼⠁⠃⠉⠛⠕⠙")
    assert {"123год", "1237од"} <= set(out.strip().split("\t"))


def test_a_character_without_braille_is_refused_by_name() -> None:
    done = CliRunner().invoke(braille, ["text", "--to-dots", "5♥"])
    assert done.exit_code == 1
    assert "♥" in done.output


def test_a_command_without_a_target_says_what_it_can_do() -> None:
    done = CliRunner().invoke(braille, ["text", "да"])
    assert done.exit_code == 2
    assert "--to-dots" in done.output


def test_reading_gives_one_object_a_page_and_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "page.jpg", tmp_path / "bad.jpg"
    lines = [encode("1 река"), encode("2 пятьдесят лет")]
    cv2.imwrite(str(good), render(lines, LOOK, seed=2).grey)
    bad.write_bytes(b"no picture")
    done = CliRunner().invoke(braille, ["read", str(bad), str(good), "--json"])
    assert done.exit_code == 2
    assert str(bad) in done.stderr
    (page,) = json.loads(done.stdout)
    promised = {
        "file",
        "page",
        "turned",
        "mirrored",
        "kind",
        "width",
        "height",
        "lines",
        "warnings",
        "seconds",
    }
    assert promised <= set(page)
    assert [line["text"] for line in page["lines"]] == ["1 река", "2 пятьдесят лет"]
    first = page["lines"][0]["cells"][0]
    assert first["dots"] == "3456"
    assert len(first["p"]) == 6
    assert page["lines"][0]["cells"][2]["dots"] == ""


def test_pages_of_a_braille_file_stay_pages_in_every_format() -> None:
    typed = "#a da\n\f#b net\n\f\n"
    _, dots = run("text", "--to-dots", "--from", "brf", typed=typed)
    assert dots == "3456-1-0-145-1\n\f3456-12-0-1345-15-2345\n\f\n"
    assert run("text", "--to-brf", "--from", "numbers", typed=dots) == (0, typed.upper())
    assert run("text", "--to-text", "--from", "brf", typed=typed) == (0, "1 да\n\f2 нет\n\f\n")


def test_a_line_that_cannot_be_written_does_not_stop_the_others() -> None:
    done = CliRunner().invoke(braille, ["text", "--to-dots"], input="10⁻³\nx^2\nда😀\nx=5\n")
    lines = done.stdout.split("\n")
    assert lines[0] == "3456-1-245-34-36-3456-14-156"
    assert lines[1:3] == ["", ""] and lines[3] == "6-1346-0-2356-3456-15"
    assert done.exit_code == 1 and "2" in done.stderr and "3" in done.stderr
