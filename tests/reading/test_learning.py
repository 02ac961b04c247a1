"""A form of another year is learned from a few filled sheets, and its sheets are then read with
the file: on forms that these tests make up, with other squares, rows and codes than any that the
program knows."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from sheet_paper import Damage, blank, font_hand, spoil, write

from examday.cli import main
from examday.domain.custody.paper_codes import check_digit
from examday.paper.layout import Layout, load
from examday.reading.combs import cells_in, grids_in
from tests.sheets import Chance

CHARSET = (
    '[charset]\ndigits = "1234567890"\npunctuation = ",-"\n[charset.subjects]\ndigits = ["02"]\n'
)
PAGE = "[page]\nwidth_mm = 210.0\nheight_mm = 297.0\na3_scale = 1.4142\n"


def form_text(year: int, squares: str, size: float, rest: str) -> str:
    return (
        f'[form]\nid = "made-up"\nname_ru = "Бланк"\nsource_year = {year}\nmeasured = true\ntolerance_mm = 0.2\n'
        f"{PAGE}[markers]\nsize_mm = {size}\nitems = [{squares}]\n{rest}\n{CHARSET}"
    )


def ean(twelve: str) -> str:
    return twelve + check_digit(twelve)


TWO_COLUMNS = form_text(
    2031,
    """{ id = "a", x = 12, y = 12 }, { id = "b", x = 150, y = 9 },
  { id = "c", x = 190, y = 80 }, { id = "d", x = 10, y = 275 }, { id = "e", x = 120, y = 281 },
  { id = "f", x = 190, y = 270 }""",
    6.5,
    """
[qr]
box = [166, 14, 196, 44]
role = "constant"
[[barcodes]]
id = "upright"
orientation = "vertical"
symbology = "EAN-13"
box = [198, 100, 205, 142]
role = "partner"
same_digits = [5, 12]
[[barcodes]]
id = "level"
orientation = "horizontal"
symbology = "EAN-13"
box = [60, 20, 108, 31]
role = "number"
[answers]
cells_per_row = 12
cell_width_mm = 5.0
cell_height_mm = 7.0
cell_pitch_mm = 6.0
row_tops_mm = [70, 80, 90, 100, 115, 125, 135, 145]
[[answers.column]]
id = "left"
first_task = 1
last_task = 8
x_first_cell_mm = 20
[[answers.column]]
id = "right"
first_task = 9
last_task = 16
x_first_cell_mm = 112
[replacement]
task_cells = 2
answer_cells = 10
cell_width_mm = 4.5
cell_height_mm = 6.5
cell_pitch_mm = 5.2
row_tops_mm = [200, 210]
[[replacement.column]]
id = "left"
x_first_task_cell_mm = 20
x_first_answer_cell_mm = 35
""",
)

ONE_COLUMN = form_text(
    2032,
    """{ id = "a", x = 10, y = 10 }, { id = "b", x = 196, y = 10 },
  { id = "c", x = 10, y = 283 }, { id = "d", x = 196, y = 283 }""",
    4.0,
    """
[[barcodes]]
id = "number"
orientation = "horizontal"
symbology = "Code 128"
box = [70, 14, 140, 26]
role = "number"
[[barcodes]]
id = "matrix"
orientation = "horizontal"
symbology = "DataMatrix"
box = [170, 30, 188, 48]
role = "opaque"
[answers]
cells_per_row = 20
cell_width_mm = 6.0
cell_height_mm = 8.0
cell_pitch_mm = 6.0
row_tops_mm = [60, 72, 84, 96, 108, 120, 132, 144, 156, 168]
[[answers.column]]
id = "only"
first_task = 1
last_task = 10
x_first_cell_mm = 40
""",
)

Maker = Callable[[Layout, int], dict[str, str]]


def two_columns_codes(layout: Layout, sheet: int) -> dict[str, str]:
    tail = f"{57213 + 7919 * sheet:08d}"
    return {"qr": "FORM-2031-A", "level": ean("2711" + tail), "upright": ean("2742" + tail)}


def one_column_codes(layout: Layout, sheet: int) -> dict[str, str]:
    return {"number": f"K{30117 + 911 * sheet:07d}", "matrix": f"{sheet * 77777 + 5:032X}"}


@pytest.fixture(
    scope="module", params=["two-columns", pytest.param("one-column", marks=pytest.mark.release)]
)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Layout, Maker, Path]:
    """A made-up form, its codes by sheet, and a folder with three filled sheets and a fourth that
    is not shown."""
    text, codes, solid = {
        "two-columns": (TWO_COLUMNS, two_columns_codes, None),
        "one-column": (ONE_COLUMN, one_column_codes, 185),
    }[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "truth.toml").write_text(text, "utf-8")
    layout = load(folder / "truth.toml")
    for sheet in range(4):
        rng = Chance(sheet + 40)
        page = blank(layout, "261234567890", "02", codes=codes(layout, sheet), solid=solid)
        for comb in layout.combs:
            if comb.role == "answer" and comb.field != "2" and rng.random() < 0.8:
                write(page, comb, str(rng.integers(10, 99_999)), font_hand, rng)
        write(page, layout.comb("2"), "2468", font_hand, rng)
        damage = Damage(
            turn=(0.6, -0.4, 0.3, 0.8)[sheet], noise=3.0, quarters=2 if sheet == 1 else 0
        )
        scanned = Image.fromarray(spoil(page, layout, damage, rng))
        # Hardly packed: packing eight million pixels well takes longer than reading them.
        scanned.save(folder / f"{sheet}.png", dpi=(300, 300), compress_level=1)
    return layout, codes, folder


@pytest.fixture(scope="module")
def learned(made: tuple[Layout, Maker, Path]) -> tuple[Layout, str, str]:
    """The layout that three sheets gave, its text, and what was said."""
    folder = made[2]
    run = CliRunner().invoke(
        main,
        [
            "layout",
            "learn",
            *(str(folder / f"{i}.png") for i in range(3)),
            "--to",
            str(folder / "made-up.2033.toml"),
        ],
    )
    assert run.exit_code == 0, run.output
    text = (folder / "made-up.2033.toml").read_text("utf-8")
    return load(folder / "made-up.2033.toml"), text, run.output


@pytest.mark.release
def test_squares_codes_and_rows_are_where_they_were_printed(
    made: tuple[Layout, Maker, Path], learned: tuple[Layout, str, str]
) -> None:
    truth, seen = made[0], learned[0]
    assert len(seen.markers) == len(truth.markers)
    # Where the page's corner lay on the glass is not printed: distances count, not the corner.
    places = [np.array(sorted(m.centre for m in form.markers)) for form in (truth, seen)]
    offset = (places[1] - places[0]).mean(axis=0)
    assert np.abs(places[1] - places[0] - offset).max() < 0.6
    assert sorted(b.role for b in seen.codes) == sorted(b.role for b in truth.codes)
    assert [b.same for b in seen.codes if b.role == "partner"] == [
        b.same for b in truth.codes if b.role == "partner"
    ]
    for role in ("answer", "replacement-task", "replacement"):
        there, here = ([c for c in form.combs if c.role == role] for form in (truth, seen))
        assert [c.cells for c in here] == [c.cells for c in there]
        for one, other in zip(here, there, strict=True):
            assert np.abs(np.subtract(one.box, other.box) - [*offset, *offset]).max() < 0.8, (
                one,
                other,
            )


def test_what_no_sheet_shows_is_named_and_left_blank(learned: tuple[Layout, str, str]) -> None:
    _layout, text, said = learned
    assert text.count("NOT SEEN") >= 3
    assert "NOT SEEN" in said
    assert tomllib.loads(text)["form"]["name_ru"] == ""


def test_a_sheet_never_shown_is_read_with_the_file(
    made: tuple[Layout, Maker, Path], learned: tuple[Layout, str, str]
) -> None:
    import json

    layout, codes, folder = made
    run = CliRunner().invoke(
        main,
        [
            "read",
            str(folder / "3.png"),
            "--layout",
            str(folder / "made-up.2033.toml"),
            "--subject",
            "02",
            "--json",
        ],
    )
    [page] = json.loads(run.stdout)
    number = next(b.id for b in layout.codes if b.role == "number")
    assert (page["layout"], page["size"], page["code"]) == (
        "made-up.2033",
        "A4",
        codes(layout, 3)[number],
    )
    assert page["answers"]["2"]["text"] == "2468"
    assert not {w["code"] for w in page["warnings"]} & {
        "codes-differ",
        "one-code",
        "weak-registration",
    }


def test_a_sheet_upside_down_is_told_by_its_codes_where_the_squares_lie_alike(
    made: tuple[Layout, Maker, Path], learned: tuple[Layout, str, str]
) -> None:
    from examday.reading.identify import identify

    page = cv2.imread(str(made[2] / "3.png"), cv2.IMREAD_GRAYSCALE)
    assert page is not None
    found = identify(np.ascontiguousarray(np.rot90(page, 2)), 300, {learned[0].id: learned[0]})
    assert (found.turned, found.layout) == (180, learned[0].id)


@pytest.mark.release
def test_one_sheet_gives_no_code_a_role(made: tuple[Layout, Maker, Path]) -> None:
    run = CliRunner().invoke(main, ["layout", "learn", str(made[2] / "0.png")])
    assert run.exit_code == 0, run.output
    roles = {code["role"] for code in tomllib.loads(run.stdout)["barcodes"]}
    assert roles == {"opaque"}
    assert tomllib.loads(run.stdout)["form"]["measured"] is False


def row_of_cells(grey: int = 205, thick: int = 3) -> np.ndarray:
    """A page with two rows of eight cells, 6 mm square, 7 mm apart, from 40 mm and 50 mm on."""
    page = np.full((1200, 1400), 250, np.uint8)
    for top in (50, 60):
        for index in range(8):
            edges = [40 + 7 * index, top, 46 + 7 * index, top + 6]
            x0, y0, x1, y1 = (round(v * 300 / 25.4) for v in edges)
            cv2.rectangle(page, (x0, y0), (x1, y1), (grey,), thick)
    return page


@pytest.mark.parametrize("thick", [1, 3, 5])
def test_the_outline_of_a_cell_is_the_middle_of_its_line(thick: int) -> None:
    page = row_of_cells(thick=thick)
    [grid] = grids_in(page, cells_in(page))
    seen = [grid.x, *grid.tops, grid.width, grid.height, grid.pitch]
    assert np.abs(np.subtract(seen, [40, 50, 60, 6, 6, 7])).max() < 0.15


def test_a_wrong_cell_that_writing_makes_in_a_row_is_no_row_of_its_own() -> None:
    page = row_of_cells()
    [grid] = grids_in(page, [*cells_in(page), (47.2, 48.9, 52.8, 54.6)])
    assert grid.cells == 8 and len(grid.tops) == 2
