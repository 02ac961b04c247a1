"""What stands in a layout file (TOML), see docs/form-layouts.md. All lengths in millimetres."""

from typing import NotRequired, TypedDict


class PointToml(TypedDict):
    """A black square by its left upper corner, mm."""

    id: str
    x: float
    y: float


class MarkersToml(TypedDict):
    """The black squares of a form, all of one size."""

    size_mm: float
    items: list[PointToml]


class RoleToml(TypedDict, total=False):
    """What a code is; `same_digits` for a partner only."""

    role: str
    same_digits: list[int]
    """First and last digit, from 1: a partner that shares none with the number proves nothing."""


class CodeToml(RoleToml):
    """One printed code."""

    id: str
    symbology: str
    box: list[float]
    orientation: str
    text: NotRequired[str]
    """Only where it is the same on every sheet: then another text shows another form or year."""


class AreaToml(TypedDict):
    """One frame for free writing."""

    field: str
    role: str
    label_ru: str
    box: list[float]


class CellsToml(TypedDict, total=False):
    """Size of cells, mm."""

    cell_pitch_mm: float
    cell_width_mm: float
    cell_height_mm: float


class FieldToml(CellsToml):
    """One row of the header; a size of its own, or that of the header."""

    id: str
    kind: str
    cells: int
    x: float
    y: NotRequired[float]
    """Left out where the row stands with all others, so that each height is written once."""


class HeaderToml(CellsToml, total=False):
    """The rows of the header, with what holds for all."""

    cell_top_mm: float
    fields: list[FieldToml]


class HeaderRowToml(HeaderToml, FieldToml):
    """One row of the header, with what holds for all rows."""


class AnswersToml(CellsToml, total=False):
    """A column of answers; the table of all columns says what they have in common."""

    first_task: int
    last_task: int
    row_tops_mm: list[float]
    """One by one, not by a pitch: after every fifth row the form leaves a wider gap."""
    x_first_cell_mm: float
    cells_per_row: int
    number_rule_mm: list[float]
    column: "list[AnswersToml]"
    """The form has two: what they have in common is written once above them, so that the two cannot
    differ by a slip."""


class ReplacementsToml(CellsToml, total=False):
    """A column of replacements; the table of all columns says what they have in common."""

    row_tops_mm: list[float]
    x_first_task_cell_mm: float
    x_first_answer_cell_mm: float
    task_cells: int
    answer_cells: int
    column: "list[ReplacementsToml]"


class CountToml(TypedDict):
    """The cell for the number of replacements."""

    x: float
    y: float
    cell_width_mm: float
    cell_height_mm: float


class FormToml(TypedDict, total=False):
    """The rows of a form as its layout file has them."""

    header: HeaderToml
    answers: AnswersToml
    replacement: ReplacementsToml
    replacement_count: CountToml
