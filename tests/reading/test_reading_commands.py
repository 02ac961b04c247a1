"""The commands scripts rely on: one JSON object a page or a pair, and an exit code that can be
believed."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from make_sheets import save
from PIL import Image
from sheet_paper import Damage

from examday.commands.read import read
from examday.domain.errors import MachineTrouble, NoWeights
from examday.domain.scans.pages import PROBLEMS
from examday.reading.bad_files import BadFile
from examday.reading.compare_command import compare
from examday.reading.judgement import STOPS
from examday.reading.layout_commands import layout
from examday.reading.printed import installed
from examday.services.scans.asking import BACK, COVER, SAME_FILE

Sheet = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory, sheet: Sheet) -> Path:
    """Three pairs: a true copy, one with an error, and one whose copy is missing. Nothing is
    changed here."""
    folder = tmp_path_factory.mktemp("scanned")
    for number, (one, other) in enumerate([("135", "135"), ("ЯДРО", "ЯДР"), ("7", None)]):
        code = f"26000000000{number}"
        save(sheet({"1": one}, code=code, seed=1), folder / f"n{number}-original-A3.jpg", 85)
        if other is not None:
            save(sheet({"1": other}, code=code, seed=2), folder / f"n{9 - number}-copy-A4.jpg", 85)
    return folder


@pytest.fixture
def folder(scanned: Path, tmp_path: Path) -> Path:
    """The three pairs in a folder of the test's own."""
    return Path(shutil.copytree(scanned, tmp_path, dirs_exist_ok=True))


def test_read_gives_one_object_a_page_with_all_keys(folder: Path) -> None:
    done = CliRunner().invoke(read, [str(folder / "n0-original-A3.jpg"), "--json"])
    assert done.exit_code == 0, done.output
    (page,) = json.loads(done.output)
    assert set(page) >= {
        "file",
        "page",
        "layout",
        "size",
        "turned",
        "code",
        "residual_mm",
        "header",
        "answers",
        "replacements",
        "warnings",
        "seconds",
    }
    assert page["answers"]["1"]["text"] == "135"
    assert (page["layout"], page["page"], page["turned"]) == ("answer-form-1.2022", 1, 0)
    assert page["code"][:12] == "260000000000"


def test_the_docs_list_all_codes_and_no_other() -> None:
    """Scripts go by the codes: each that a page or file can be given is explained, and each
    explained one can be given."""
    text = (Path(__file__).parents[2] / "docs/form-layouts.md").read_text(encoding="utf-8")
    part = text[text.index("## For scripts") :].partition("\n## ")[0]
    firsts = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    listed = [code for first in firsts for code in re.findall("`([^`]+)`", first)]
    of_files = {
        kind.code for kind in (BadFile, MachineTrouble, NoWeights, *BadFile.__subclasses__())
    }
    by_people_or_before = {"taken-back", "not-this-exam"}
    of_pages = set(STOPS) | set(PROBLEMS) - by_people_or_before | {SAME_FILE, COVER, BACK}
    assert sorted(listed) == sorted(of_pages | of_files)


@pytest.mark.release
def test_frames_are_in_pixels_of_the_file_where_those_are_not_square(
    sheet: Sheet, tmp_path: Path
) -> None:
    page = sheet({"1": "135"}, code="260000000000", seed=1)
    low = Image.fromarray(
        page[::2] if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)[::2]
    )
    dpi = round(page.shape[1] / 11.69)  # by the width of an A3 sheet, since the file states none
    square, fax, lying = (tmp_path / name for name in ("square.png", "fax.tif", "lying.tif"))
    Image.fromarray(page).save(square, dpi=(dpi, dpi))
    low.save(fax, dpi=(dpi, dpi / 2))
    low.transpose(Image.Transpose.ROTATE_90).save(lying, dpi=(dpi / 2, dpi), tiffinfo={274: 6})
    done = CliRunner().invoke(read, [*map(str, (square, fax, lying)), "--json"])
    straight, *others = [np.array(one["frames"]["1"]) for one in json.loads(done.output)]
    for other in others:
        assert other == pytest.approx(straight * (1, 0.5), abs=1.5)


def test_photos_of_a_phone_in_a_folder_are_not_passed_over(tmp_path: Path) -> None:
    for name in ("a.HEIC", "b.heif", "c.jfif"):
        (tmp_path / name).write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no scan")
    pages = json.loads(CliRunner().invoke(read, [str(tmp_path), "--json"]).output)
    assert [Path(page["file"]).name for page in pages] == ["a.HEIC", "b.heif", "c.jfif"]


@pytest.mark.release
def test_read_takes_a_folder_and_says_which_file_is_no_scan(folder: Path) -> None:
    (folder / "zz.jpg").write_bytes(b"no picture")
    done = CliRunner().invoke(read, [str(folder), "--json"])
    pages = json.loads(done.output)
    assert done.exit_code == 2
    assert len(pages) == 6
    assert pages[-1]["error"]["code"] == "not-an-image"
    assert all("error" not in page for page in pages[:-1])


def test_compare_ends_with_0_1_or_2(folder: Path, sheet: Sheet) -> None:
    run = CliRunner()
    same = run.invoke(
        compare, [str(folder / "n0-original-A3.jpg"), str(folder / "n9-copy-A4.jpg"), "--json"]
    )
    assert same.exit_code == 0 and json.loads(same.output)[0]["differences"] == []
    other = run.invoke(
        compare, [str(folder / "n1-original-A3.jpg"), str(folder / "n8-copy-A4.jpg"), "--json"]
    )
    (pair,) = json.loads(other.output)
    assert other.exit_code == 1
    assert [(d["field"], d["original"], d["copy"], d["kind"]) for d in pair["differences"]] == [
        ("1", "ЯДРО", "ЯДР", "omitted")
    ]
    assert pair["same_code"] is True
    save(np.full((900, 700), 250, np.uint8), folder / "white.jpg", 80)
    blind = run.invoke(
        compare, [str(folder / "n0-original-A3.jpg"), str(folder / "white.jpg"), "--json"]
    )
    assert blind.exit_code == 2 and json.loads(blind.output)[0]["error"]["code"] == "unreadable"


@pytest.mark.release
def test_a_folder_is_paired_by_code_and_not_by_name(folder: Path) -> None:
    done = CliRunner().invoke(compare, ["--folder", str(folder), "--json"])
    pairs = {Path(p["original"]).name: p for p in json.loads(done.output)}
    assert Path(pairs["n0-original-A3.jpg"]["copy"]).name == "n9-copy-A4.jpg"
    assert Path(pairs["n1-original-A3.jpg"]["copy"]).name == "n8-copy-A4.jpg"
    assert pairs["n2-original-A3.jpg"]["error"]["code"] == "unpaired"
    assert done.exit_code == 2


@pytest.mark.release
def test_the_same_code_on_two_originals_is_an_alarm(folder: Path, sheet: Sheet) -> None:
    save(sheet({"1": "135"}, code="260000000000", seed=7), folder / "n7-original-A3.jpg", 85)
    done = CliRunner().invoke(compare, ["--folder", str(folder), "--json"])
    assert "code-twice" in [p["error"]["code"] for p in json.loads(done.output) if p.get("error")]
    assert done.exit_code == 2


def test_a_sheet_with_another_code_is_reported_even_if_all_answers_agree(
    folder: Path, sheet: Sheet
) -> None:
    save(sheet({"1": "135"}, code="261111111111", seed=4), folder / "other.jpg", 85)
    done = CliRunner().invoke(
        compare, [str(folder / "n0-original-A3.jpg"), str(folder / "other.jpg"), "--json"]
    )
    assert done.exit_code == 1 and json.loads(done.output)[0]["same_code"] is False


def test_people_get_sentences_instead_of_json(folder: Path) -> None:
    done = CliRunner().invoke(
        compare, [str(folder / "n1-original-A3.jpg"), str(folder / "n8-copy-A4.jpg")]
    )
    assert "ЯДРО" in done.output and "В копии нет" in done.output


@pytest.mark.release
def test_layout_check_draws_the_form_over_a_tilted_scan(tmp_path: Path, sheet: Sheet) -> None:
    from PIL import Image

    save(sheet({"1": "5"}, Damage(turn=2.0)), tmp_path / "scan.jpg", 85)
    done = CliRunner().invoke(
        layout, ["check", str(tmp_path / "scan.jpg"), "--out", str(tmp_path / "drawn.jpg")]
    )
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "drawn.jpg") as drawn:
        colours = np.asarray(drawn.convert("RGB")).astype(int)
    assert (np.abs(colours[:, :, 0] - colours[:, :, 2]) > 60).mean() > 0.005


@pytest.mark.release
def test_a_printed_practice_form_lies_under_its_own_layout_and_carries_no_live_code(
    tmp_path: Path,
) -> None:
    for options, size in ((["--a3"], "A3"), ([], "A4")):
        target = tmp_path / "form.pdf"
        done = CliRunner().invoke(
            layout, ["print", "answer-form-1.2022", "--out", str(target), *options]
        )
        assert done.exit_code == 0, done.output
        result = CliRunner().invoke(read, [str(target), "--json"])
        (page,) = json.loads(result.output)
        assert page["layout"] == "answer-form-1.2022" and page["code"] is None
        assert page["residual_mm"] < 0.1 and page["answers"] == {}
        assert page["size"] == size


def pages_in_one_file(path: Path, first: Path, second: Path, spoilt: bool = False) -> Path:
    """A TIFF of two scans; `spoilt`: the second page cannot be decoded."""
    from PIL import Image

    with Image.open(first) as one, Image.open(second) as two:
        one.save(path, save_all=True, append_images=[two], compression="tiff_lzw", dpi=(300, 300))
    if spoilt:
        data = bytearray(path.read_bytes())
        data[int(len(data) * 0.7) : int(len(data) * 0.95)] = b"\xff" * (
            int(len(data) * 0.95) - int(len(data) * 0.7)
        )
        path.write_bytes(data)
    return path


@pytest.mark.release
def test_a_damaged_second_page_does_not_move_the_pairs_that_follow(folder: Path) -> None:
    names = [
        folder / name
        for name in ("n0-original-A3.jpg", "n9-copy-A4.jpg", "n1-original-A3.jpg", "n8-copy-A4.jpg")
    ]
    both = pages_in_one_file(folder / "both.tif", names[0], names[2], spoilt=True)
    done = CliRunner().invoke(
        compare, [str(p) for p in (both, names[1], names[2], names[3])] + ["--json"]
    )
    first, second = json.loads(done.stdout)
    assert (Path(first["original"]).name, Path(first["copy"]).name) == (
        "both.tif",
        "n9-copy-A4.jpg",
    )
    assert first["same_code"] is True and not first["differences"]
    assert [d["field"] for d in second["differences"]] == ["1"] and done.exit_code == 1


@pytest.mark.release
def test_a_damaged_page_of_a_file_is_named_by_its_number_and_keeps_every_key(folder: Path) -> None:
    both = pages_in_one_file(
        folder / "both.tif", folder / "n0-original-A3.jpg", folder / "n1-original-A3.jpg", True
    )
    good, bad = json.loads(CliRunner().invoke(read, [str(both), "--json"]).stdout)
    assert (good["page"], bad["page"], bad["error"]["code"]) == (1, 2, "damaged-file")
    assert bad["header"] == {"region": "", "subject": "", "name": ""}
    assert not good["attach"] and "damaged-file" in good["because"], "never half of a file"


@pytest.mark.release
def test_a_cover_page_before_the_form_is_passed_over(folder: Path) -> None:
    save(np.full((900, 700), 250, np.uint8), folder / "white.jpg", 80)
    file = pages_in_one_file(
        folder / "cover.tif", folder / "white.jpg", folder / "n0-original-A3.jpg"
    )
    done = CliRunner().invoke(compare, [str(file), str(folder / "n9-copy-A4.jpg"), "--json"])
    assert done.exit_code == 0, done.output


@pytest.mark.release
def test_sheets_given_the_wrong_way_round_end_with_an_alarm(folder: Path, sheet: Sheet) -> None:
    save(sheet({"1": "135"}, code="260000000000", seed=3, scale=2**0.5), folder / "large.jpg", 85)
    done = CliRunner().invoke(
        compare, [str(folder / "n9-copy-A4.jpg"), str(folder / "large.jpg"), "--json"]
    )
    (pair,) = json.loads(done.output)
    assert done.exit_code == 1 and [w["code"] for w in pair["warnings"]] == ["roles-swapped"]


def test_an_original_held_against_itself_is_no_silent_agreement(folder: Path) -> None:
    done = CliRunner().invoke(compare, [str(folder / "n0-original-A3.jpg")] * 2)
    assert "одного формата" in done.output


@pytest.mark.release
def test_a_folder_alone_is_paired_by_code_and_folders_are_no_sheets(folder: Path) -> None:
    alone = CliRunner().invoke(compare, [str(folder), "--json"])
    assert {Path(p["original"]).name for p in json.loads(alone.output)} == {
        f"n{n}-original-A3.jpg" for n in range(3)
    }
    assert CliRunner().invoke(compare, [str(folder), str(folder)]).exit_code == 2


@pytest.mark.release
def test_one_code_on_two_originals_is_an_alarm_however_the_files_are_given(
    folder: Path, sheet: Sheet
) -> None:
    save(sheet({"1": "135"}, code="260000000000", seed=7), folder / "other.jpg", 85)
    copy = str(folder / "n9-copy-A4.jpg")
    given = [str(folder / "n0-original-A3.jpg"), copy, str(folder / "other.jpg"), copy]
    done = CliRunner().invoke(compare, [*given, "--json"])
    first, second = json.loads(done.output)
    assert "code-twice" not in [w["code"] for w in first["warnings"]]
    assert "code-twice" in [w["code"] for w in second["warnings"]] and done.exit_code == 1
    pages = json.loads(CliRunner().invoke(read, [given[0], given[2], "--json"]).output)
    assert [[w["code"] for w in page["warnings"]].count("code-twice") for page in pages] == [0, 1]


def test_people_are_told_that_nothing_was_seen_and_how_much_was_looked_at(folder: Path) -> None:
    done = CliRunner().invoke(
        compare, [str(folder / "n0-original-A3.jpg"), str(folder / "n9-copy-A4.jpg")]
    )
    assert "Расхождений не видно" in done.output


@pytest.mark.skipif("rus" not in installed(), reason="no Russian data of Tesseract on this machine")
def test_read_takes_a_typed_print_out_too(tmp_path: Path) -> None:
    page = np.full((700, 1800), 252, np.uint8)
    for number, line in enumerate(["1. кислород", "2. подъезд", "Автор рассуждает о прошлом"]):
        cv2.putText(page, line, (90, 160 + 110 * number), (25,), cv2.FontFace("sans"), 56, 400)
    save(page, tmp_path / "typed.jpg", 90)
    done = CliRunner().invoke(read, [str(tmp_path / "typed.jpg"), "--json"])
    (found,) = json.loads(done.output)
    assert done.exit_code == 0 and found["layout"] is None
    assert {task: answer["text"] for task, answer in found["answers"].items()} == {
        "1": "кислород",
        "2": "подъезд",
    }
    assert [line["text"] for line in found["printed"]][-1] == "Автор рассуждает о прошлом"
    assert [w["code"] for w in found["warnings"]] == ["print-out"]
