"""A copy is held against what was settled: three witnesses, and a hand that becomes known."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from examday.reading import network
from examday.reading.compare_command import compare
from examday.reading.glyph import CLASSES, CROSSED, DIGITS
from examday.reading.hand import Hand, examples, together
from examday.reading.page import PageReading
from examday.reading.settled_file import NoSettledValues, settled_texts
from examday.reading.witnesses import Checked, check_copy

Sheet = Callable[..., np.ndarray]
ANSWERS = {"1": "ВСКОРЕ", "2": "135", "3": "24", "4": "ЯДРО", "5": "2413", "6": "КИСЛОРОД"}
BLANK = {str(task): "" for task in range(7, 41)}
SETTLED = {**ANSWERS, **BLANK}


@pytest.fixture
def read(read_sheet: Callable[..., PageReading]) -> Callable[..., PageReading]:
    def page(answers: dict[str, str], seed: int) -> PageReading:
        return read_sheet(answers, seed=seed)

    return page


def kinds(checked: Checked) -> dict[str, str]:
    return {d.field: d.kind for d in checked.comparison.differences}


@pytest.mark.release
def test_a_true_copy_of_what_was_settled_raises_nothing(read: Callable[..., PageReading]) -> None:
    checked = check_copy(read(ANSWERS, 22), SETTLED, read(ANSWERS, 11))
    assert kinds(checked) == {}
    assert checked.comparison.checked == len(ANSWERS), "blank fields are no fields that agree"


@pytest.mark.parametrize(
    ("task", "copied", "kind"),
    [
        ("6", "КИСЛОРД", "omitted"),
        ("5", "2431", "transposed"),
        ("2", "1385", "added"),
        ("3", "27", "substituted"),
        ("9", "5", "added"),
    ],
)
def test_a_copy_that_does_not_show_what_was_settled_is_named(
    read: Callable[..., PageReading], task: str, copied: str, kind: str
) -> None:
    copy = read({**ANSWERS, task: copied}, 22)
    for original in (read(ANSWERS, 11), None):
        assert kinds(check_copy(copy, SETTLED, original)) == {task: kind}


def test_an_original_that_surely_says_otherwise_is_named_though_copy_and_settled_agree(
    read: Callable[..., PageReading],
) -> None:
    """Two people may have made the same slip when they keyed in, and the copy followed them."""
    settled = {**SETTLED, "5": "2418"}
    checked = check_copy(
        read({**ANSWERS, "5": "2418"}, 22), settled, read({**ANSWERS, "5": "2413"}, 11)
    )
    assert kinds(checked) == {"5": "settled_differs"}


def test_ink_on_the_original_where_blank_was_settled_is_named(
    read: Callable[..., PageReading],
) -> None:
    checked = check_copy(read(ANSWERS, 22), SETTLED, read({**ANSWERS, "8": "345"}, 11))
    assert set(kinds(checked)) == {"8"}


def struck(page: PageReading, task: str) -> PageReading:
    """The page with everything in one field read as struck out."""
    field = page.fields[task]
    cells = tuple(replace(cell, char=CROSSED) for cell in field.cells)
    out = replace(field, cells=cells, text="", mark="crossed_out")
    return replace(page, fields={**page.fields, task: out})


def through(page: PageReading, task: str) -> PageReading:
    """The page with one field written across its cells."""
    out = replace(page.fields[task], mark="through_cells")
    return replace(page, fields={**page.fields, task: out})


def test_struck_out_cells_on_the_copy_are_not_blank(read: Callable[..., PageReading]) -> None:
    """Blank was settled; the copyist began to write, and struck it out. A person looks."""
    copy = struck(read({**ANSWERS, "8": "345"}, 22), "8")
    checked = check_copy(copy, SETTLED, read(ANSWERS, 11))
    assert "8" not in checked.blank
    assert set(kinds(checked)) == {"8"}


@pytest.mark.parametrize(("spoiled", "kind"), [(struck, "crossed_out"), (through, "through_cells")])
def test_an_original_that_cannot_speak_is_no_witness_for_the_copy(
    read: Callable[..., PageReading],
    spoiled: Callable[[PageReading, str], PageReading],
    kind: str,
) -> None:
    original, copy = read(ANSWERS, 11), read(ANSWERS, 22)
    checked = check_copy(copy, SETTLED, spoiled(original, "6"))
    assert kinds(checked) == {"6": kind}
    whole = check_copy(copy, SETTLED, original)
    assert checked.hand < whole.hand, "and its cells teach nothing of the hand"


@pytest.mark.parametrize("spoiled", [struck, through])
def test_ink_on_the_original_that_cannot_be_read_is_not_blank(
    read: Callable[..., PageReading], spoiled: Callable[[PageReading, str], PageReading]
) -> None:
    original = spoiled(read({**ANSWERS, "8": "345"}, 11), "8")
    checked = check_copy(read(ANSWERS, 22), SETTLED, original)
    assert "8" not in checked.blank and "8" in kinds(checked)
    assert "9" in checked.blank


def test_the_sheets_own_cells_are_examples_only_where_all_witnesses_agree(
    read: Callable[..., PageReading],
) -> None:
    original, copy = read(ANSWERS, 11), read({**ANSWERS, "5": "2418"}, 22)
    checked = check_copy(copy, SETTLED, original)
    true_cells = sum(len(text) for task, text in ANSWERS.items() if task != "5")
    assert 0 < checked.hand <= true_cells
    assert set(kinds(checked)) == {"5"}


def test_an_error_that_the_copyist_repeats_stays_found(read: Callable[..., PageReading]) -> None:
    """Whoever always copies a 3 as an 8 teaches nothing: those cells disagree with the settled."""
    wrong = {task: text.replace("3", "8") for task, text in ANSWERS.items()}
    agreed = {task: text for task, text in ANSWERS.items() if wrong[task] == text}
    hand = together(examples(str(seed), read(wrong, seed).fields, agreed) for seed in (31, 32, 33))
    checked = check_copy(read(wrong, 34), SETTLED, read(ANSWERS, 11), hand)
    assert set(kinds(checked)) == {"2", "5"}


def scores_of(*likely: dict[str, float]) -> np.ndarray:
    """Log-probabilities of cells that hold digits, as the network would give them."""
    out = np.full((len(likely), len(CLASSES)), network.NEVER)
    for row, chances in enumerate(likely):
        rest = (1 - sum(chances.values())) / (len(DIGITS) - len(chances))
        for digit in DIGITS:
            out[row, CLASSES.index(digit)] = np.log(chances.get(digit, rest))
    return out


ALLOWED = np.array([CLASSES.index(c) for c in DIGITS])


def test_a_cell_that_looks_like_a_confirmed_one_is_taken_for_the_same() -> None:
    """This hand writes a 1 with a foot, which strangers read as a 2."""
    odd = {"2": 0.7, "1": 0.2}
    known = Hand(scores_of(odd), np.array([CLASSES.index("1")]), ("a/1",))
    cell = scores_of(odd)
    before = np.exp(cell)
    after = known.applied(before, cell, ALLOWED)
    assert before[0].argmax() == CLASSES.index("2")
    assert after[0].argmax() == CLASSES.index("1")
    assert after.sum() == pytest.approx(1)


def test_a_cell_that_looks_like_no_example_stays_as_the_network_read_it() -> None:
    known = Hand(scores_of({"2": 0.7, "1": 0.2}), np.array([CLASSES.index("1")]), ("a/1",))
    cell = scores_of({"7": 0.9, "4": 0.05})
    before = np.exp(cell)
    assert np.abs(known.applied(before, cell, ALLOWED) - before).max() < 0.01


def test_a_field_is_never_judged_by_its_own_cells() -> None:
    two = np.concatenate([scores_of({"1": 0.9}), scores_of({"7": 0.9})])
    hand = Hand(two, np.array([CLASSES.index("1"), CLASSES.index("7")]), ("this/1", "this/2"))
    left = hand.without("this/1")
    assert left.places == ("this/2",) and len(left) == 1
    assert left.classes.tolist() == [CLASSES.index("7")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"answers": []}',
        '{"answers": {"41": "1"}}',
        '{"answers": {"1": 2}}',
        '{"answers": {}, "replacements": [["03"]]}',
        '{"answers": {}, "replacements": [[3, "60"]]}',
        '{"answers": {}, "replacements": [["1","1"],["1","1"],["1","1"],["1","1"],["1","1"],["1","1"],["1","1"]]}',
    ],
)
def test_a_file_without_settled_values_is_refused_with_its_reason(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "settled.json"
    file.write_text(text, "utf-8")
    with pytest.raises(NoSettledValues) as refused:
        settled_texts(file)
    assert refused.value.params["file"] == "settled.json" and refused.value.params["why"]


@pytest.mark.release
def test_the_command_takes_earlier_sheets_of_the_copyist(tmp_path: Path, sheet: Sheet) -> None:
    import cv2

    def put(folder: Path, stem: str, answers: dict[str, str], copied: dict[str, str]) -> None:
        folder.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / f"{stem}-original-A3.png"), sheet(answers, seed=41))
        cv2.imwrite(str(folder / f"{stem}-copy-A4.png"), sheet(copied, seed=42))
        settled = {"answers": answers, "replacements": []}
        (folder / f"{stem}-settled.json").write_text(json.dumps(settled), "utf-8")

    put(tmp_path / "earlier", "one", ANSWERS, ANSWERS)
    put(tmp_path / "now", "two", ANSWERS, {**ANSWERS, "5": "2418"})
    now = tmp_path / "now"
    given = [str(now / "two-original-A3.png"), str(now / "two-copy-A4.png")]
    given += ["--settled", str(now / "two-settled.json"), "--json"]
    cells = {}
    for name, more, of_station in (
        ("earlier", ["--hands", str(tmp_path / "earlier")], "yes"),
        ("own", [], "yes"),
        ("none", ["--no-hands"], "yes"),
        ("switched off", [], "no"),
    ):
        done = CliRunner(env={"EXAMDAY_HANDS": of_station}).invoke(compare, given + more)
        assert done.exit_code == 1, done.output
        (pair,) = json.loads(done.output)
        assert [d["field"] for d in pair["differences"]] == ["5"]
        cells[name] = pair["hand"]["cells"]
    assert cells["switched off"] == cells["none"] == 0 < cells["own"] < cells["earlier"]


def test_hands_without_settled_values_are_a_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(compare, ["a", "b", "--hands", str(tmp_path)])
    assert done.exit_code == 2
