"""Write what was learned of a form as a layout file.

What was seen stands as figures, what was not as a comment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examday.paper.layout import Barcode, Layout
from examday.reading.combs import FEWEST, Grid
from examday.reading.learn import Learned

BESIDE_MM = 9.0  # further to the left of an answer stands no number of its task but another entry
ANSWER_CELLS = 4  # narrower rows hold entries of the header, no answers


@dataclass(frozen=True)
class Parts:
    """The grids of a form by what they look like.

    `answers`: columns of rows; `replacements`: (task number, answer); `fields`: everything else.
    """

    answers: tuple[Grid, ...]
    replacements: tuple[tuple[Grid, Grid], ...]
    fields: tuple[Grid, ...]


def parts_of(grids: Sequence[Grid]) -> Parts:
    """Sort the grids into replacements and answers.

    Pairs of a short and a long row side by side are replacements, other blocks answers.
    """
    pairs = [(task, answer) for answer in grids for task in grids if _is_replacement(task, answer)]
    paired = [grid for pair in pairs for grid in pair]
    answers = [
        grid
        for grid in grids
        if grid not in paired and len(grid.tops) >= FEWEST and grid.cells >= ANSWER_CELLS
    ]
    rest = [grid for grid in grids if grid not in paired and grid not in answers]
    return Parts(
        tuple(sorted(answers, key=lambda g: g.x)),
        tuple(sorted(pairs, key=lambda p: p[1].x)),
        tuple(rest),
    )


def _is_replacement(task: Grid, answer: Grid) -> bool:
    """Whether a short block stands close to the left of a long one, row by row."""
    return (
        task is not answer
        and len(answer.tops) > 1
        and task.cells <= 3 < answer.cells
        and 0 < answer.x - task.right < BESIDE_MM
        and len(task.tops) == len(answer.tops)
        and all(abs(a - b) < 1 for a, b in zip(task.tops, answer.tops, strict=True))
    )


def layout_text(
    seen: Learned,
    form: str,
    year: int,
    name: str,
    model: Layout | None,
) -> str:
    """The layout file (TOML).

    `model`: a known form whose characters are taken over, as no sheet shows them.
    """
    parts = parts_of(seen.grids)
    measured = seen.sized and seen.sheets > 1 and bool(seen.grids)
    lines = [
        f"# Made by `examday layout learn` from {seen.sheets} sheet(s). Millimetres, origin at the top-left",
        "# corner of the page, x to the right, y down; boxes are [x0, y0, x1, y1]. Lines marked NOT SEEN are for",
        "# a person to fill in. Look at it with: examday layout check SCAN --layout THIS_FILE",
        "#",
        *(f"# - {note.message % dict(note.params)}" for note in seen.notes),
        "",
        "[form]",
        f"id = {_text(form)}",
        f"name_ru = {_text(name)}" + ("" if name else "  # NOT SEEN"),
        f"source_year = {year}" + ("" if year else "  # NOT SEEN: the year of the form"),
        f"measured = {str(measured).lower()}",
        "tolerance_mm = 0.3",
        "",
        "[page]",
        "width_mm = 210.0",
        "height_mm = 297.0",
        "a3_scale = 1.4142",
        "",
        "[markers]",
        f"size_mm = {seen.markers[0].size:.2f}",
        "items = [",
        *(f'  {{ id = "{m.id}", x = {m.x:.2f}, y = {m.y:.2f} }},' for m in seen.markers),
        "]",
        "",
    ]
    for code in seen.codes:
        lines += _code(code)
    lines += _fields(parts.fields) + _answers(parts.answers) + _replacements(parts.replacements)
    for index, box in enumerate(seen.windows):
        lines += [
            "[[areas]]",
            f'field = "long:{index + 1}"',
            'role = "long"',
            'label_ru = ""  # NOT SEEN',
            f"box = {json.dumps(list(box))}",
            "",
        ]
    return "\n".join(lines + _characters(model)) + "\n"


def _text(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)


def _code(code: Barcode) -> list[str]:
    out = [
        "[[barcodes]]",
        f'id = "{code.id}"',
        f'orientation = "{"vertical" if code.vertical else "horizontal"}"',
        f'symbology = "{code.symbology}"',
        f"box = {json.dumps(list(code.box))}",
        f'role = "{code.role}"',
    ]
    if code.same:
        out.append(f"same_digits = {json.dumps(list(code.same))}")
    if code.text:
        out.append(f"text = {_text(code.text)}")
    return [*out, ""]


def _size(grid: Grid) -> str:
    return (
        f"cell_width_mm = {grid.width:.2f}, cell_height_mm = {grid.height:.2f}, "
        f"cell_pitch_mm = {grid.pitch:.3f}"
    )


def _fields(grids: Sequence[Grid]) -> list[str]:
    rows = [(grid, top) for grid in grids for top in grid.tops]
    if not rows:
        return []
    rows.sort(key=lambda row: (round(row[1] / 4), row[0].x))
    out = [
        "# Single rows. NOT SEEN: what each is for. The program knows the ids region, subject, name and reserve;",
        "# kind is digits, cyrillic or reserved (not a value of the record).",
        "[header]",
        "fields = [",
    ]
    for index, (grid, top) in enumerate(rows):
        out.append(
            f'  {{ id = "field_{index + 1}", label_ru = "", cells = {grid.cells}, x = {grid.x:.2f}, '
            f'y = {top:.2f}, {_size(grid)}, kind = "reserved" }},'
        )
    return [*out, "]", ""]


def _answers(grids: Sequence[Grid]) -> list[str]:
    if not grids:
        return ["# [answers] NOT SEEN: no block of rows of cells was found.", ""]
    out = [
        "# NOT SEEN: the printed numbers of the rows. They were counted from 1, column by column from the left.",
        "[answers]",
        "",
    ]
    task = 1
    for index, grid in enumerate(grids):
        out += [
            "[[answers.column]]",
            f'id = "column_{index + 1}"',
            f"first_task = {task}",
            f"last_task = {task + len(grid.tops) - 1}",
            f"x_first_cell_mm = {grid.x:.2f}",
            f"cells_per_row = {grid.cells}",
            *_size(grid).split(", "),
            f"row_tops_mm = {json.dumps(list(grid.tops))}",
            "",
        ]
        task += len(grid.tops)
    return out


def _replacements(pairs: Sequence[tuple[Grid, Grid]]) -> list[str]:
    if not pairs:
        return []
    out = [
        "# Short rows beside long ones: taken for replacements (number of the task, then the answer).",
        "[replacement]",
        "",
    ]
    for index, (task, answer) in enumerate(pairs):
        out += [
            "[[replacement.column]]",
            f'id = "column_{index + 1}"',
            f"task_cells = {task.cells}",
            f"answer_cells = {answer.cells}",
            f"x_first_task_cell_mm = {task.x:.2f}",
            f"x_first_answer_cell_mm = {answer.x:.2f}",
            *_size(answer).split(", "),
            f"row_tops_mm = {json.dumps(list(answer.tops))}",
            "",
        ]
    return out


def _characters(model: Layout | None) -> list[str]:
    if model is None:
        return ["# [charset] NOT SEEN: the characters that the form allows."]
    out = [
        f"# NOT SEEN: which characters the form allows. Taken over from {model.id}; compare with its sample lines.",
        "[charset]",
        *(f"{key} = {_text(value)}" for key, value in model.alphabets.items()),
        "",
        "[charset.subjects]",
    ]
    subjects: Mapping[str, Sequence[str]] = model.subjects
    return out + [f"{key} = {json.dumps(list(value))}" for key, value in subjects.items()]
