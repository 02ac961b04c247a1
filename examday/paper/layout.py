"""Form layouts in millimetres: where marks, codes and cells stand on a sheet.

One TOML file per form and year.

Units: millimetres, origin at the top-left corner of the page, x to the right, y down. A box is
(x0, y0, x1, y1). An enlarged A3 sheet is the same layout times `a3_scale`. Source: domain.md
section 19, [G2] (2022 sheet, 300 dpi).
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from examday.domain.custody.sheet_codes import NUMBER, PARTNER, ROLES
from examday.domain.transfer.fields import header_field, replacement_row
from examday.paper.layout_file import (
    AnswersToml,
    AreaToml,
    CodeToml,
    FormToml,
    HeaderRowToml,
    HeaderToml,
    MarkersToml,
    ReplacementsToml,
    RoleToml,
)
from examday.resources import TEMPLATES

FORMS = TEMPLATES / "forms"
"""Those of the program; a station may have its own beside them, so that a new year's form needs no
new version."""
log = logging.getLogger(__name__)
_own: Path | None = None
"""Folder of a station with forms of its own. Set once for each process, because a layout is asked
for on every page."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in mm from the top left corner of the page, as one measures with a ruler on
paper."""


@dataclass(frozen=True)
class Marker:
    """A solid black square; x, y = its top-left corner, mm."""

    id: str
    x: float
    y: float
    size: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the square, mm."""
        return self.x + self.size / 2, self.y + self.size / 2


@dataclass(frozen=True)
class Barcode:
    """A printed code: where it stands and which symbology.

    The number on it is the kit's, not the layout's. `role`: what it is
    (`domain.custody.sheet_codes`); `same`: for a partner, the first and last digit, from 1, that it
    shares with the sheet's number; `text`: for a constant, what stands in it.
    """

    id: str
    symbology: str
    box: Box
    """A code is looked for here first: a window takes a fraction of the whole page's time."""
    vertical: bool
    role: str = NUMBER
    same: tuple[int, int] | None = None
    text: str = ""


@dataclass(frozen=True)
class Comb:
    """One row of equal cells.

    `field` is the field's id everywhere in the program; `role` is header, answer, replacement-task,
    replacement or count; `alphabet` is digits, cyrillic, subject or reserved.
    """

    field: str
    role: str
    x: float
    y: float
    cells: int
    pitch: float
    """From one left border to the next; more than `width`, since the cells stand apart."""
    width: float
    height: float
    alphabet: str

    @property
    def box(self) -> Box:
        """The outline of all cells, mm."""
        return (
            self.x,
            self.y,
            self.x + self.pitch * (self.cells - 1) + self.width,
            self.y + self.height,
        )

    def cell(self, index: int) -> Box:
        """Box of cell `index`, counted from 0."""
        x0 = self.x + self.pitch * index
        return x0, self.y, x0 + self.width, self.y + self.height


@dataclass(frozen=True)
class Area:
    """Free writing: a long answer or a signature window."""

    field: str
    role: str
    label: str
    box: Box


@dataclass(frozen=True)
class Layout:
    """One form of one year, with everything a printer or a reader must know about it."""

    id: str
    name: str
    form: str
    year: int
    """Forms change from year to year, so the year is a part of the id and never left out."""
    # False for a form known from its description only: nobody has measured a sheet of it.
    measured: bool
    width: float
    height: float
    a3_scale: float
    """An enlarged sheet is the A4 form times this, so one layout serves both."""
    tolerance: float
    """How exactly its places are known, mm: those of the 2022 form were read off to 0.2 mm [G2]."""
    markers: tuple[Marker, ...]
    qr: Box | None
    """None for a form without one. Its text is opaque: nothing rests on it but equality."""
    barcodes: tuple[Barcode, ...]
    combs: tuple[Comb, ...]
    areas: tuple[Area, ...]
    lines: tuple[Box, ...]
    """Rules and dashes printed on the form: left out of the ink, or a dash reads as a minus."""
    texts: tuple[tuple[float, float, float, str], ...]
    alphabets: Mapping[str, str]
    """By the form's sample lines: what is not printed there may not be written in a cell."""
    subjects: Mapping[str, str]
    """Name of an alphabet → subject codes: where digits alone are asked a letter is a
    misreading."""
    qr_role: str = NUMBER
    number_rules: tuple[Box, ...] = ()
    """The short rule under each task's number, where the form has them: thick enough for a fax."""

    @property
    def codes(self) -> tuple[Barcode, ...]:
        """All printed codes of the form, the square one with them."""
        square = (Barcode("qr", "QR", self.qr, False, self.qr_role),) if self.qr else ()
        return square + self.barcodes

    def comb(self, field: str, role: str | None = None) -> Comb:
        """The comb of `field`; KeyError when the form has none."""
        for comb in self.combs:
            if comb.field == field and role in (None, comb.role):
                return comb
        raise KeyError(field)

    def alphabet(self, subject: str | None) -> str:
        """Return the characters that a short answer may hold in `subject` (two digits).

        All of them when the subject is unknown.
        """
        mark = self.alphabets.get("punctuation", "")
        for name, subjects in self.subjects.items():
            if subject is not None and subject in subjects:
                return "".join(self.alphabets[part] for part in name.split("_")) + mark
        # An unknown subject rules no character out: a wrong one would forbid the right ones.
        return (
            "".join(self.alphabets.get(part, "") for part in ("digits", "cyrillic", "latin")) + mark
        )


def load(path: Path) -> Layout:
    """Read one layout file. KeyError or ValueError when a needed entry is missing or wrong."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    form, page, sets = data["form"], data["page"], data.get("charset", {})
    square = data.get("qr", {})
    return Layout(
        id=f"{form['id']}.{form['source_year']}",
        name=form["name_ru"],
        form=form["id"],
        year=int(form["source_year"]),
        measured=bool(form["measured"]),
        width=float(page["width_mm"]),
        height=float(page["height_mm"]),
        a3_scale=float(page["a3_scale"]),
        tolerance=float(form["tolerance_mm"]),
        markers=tuple(_markers(data["markers"])),
        qr=_box(square["box"]) if square else None,
        qr_role=_role(square),
        barcodes=tuple(_barcodes(data.get("barcodes", []))),
        combs=tuple(_combs(cast(FormToml, data))),
        areas=tuple(_areas(data.get("areas", []))),
        lines=tuple(_box(line) for line in data.get("lines", {}).get("boxes_mm", [])),
        number_rules=tuple(_number_rules(data.get("answers"))),
        texts=tuple(
            (float(t["x"]), float(t["y"]), float(t["size_mm"]), str(t["text"]))
            for t in data.get("texts", [])
        ),
        alphabets={k: v for k, v in sets.items() if isinstance(v, str)},
        subjects=sets.get("subjects", {}),
    )


def use_folder(folder: Path) -> None:
    """Make this process also know the layouts in `folder`, from now on.

    A technician puts next year's forms there. The folder need not be there yet. One of the same id
    stands before the program's own.
    """
    global _own
    _own = folder


def layouts(folder: Path | None = None) -> Mapping[str, Layout]:
    """Return every layout file by id ("answer-form-1.2022").

    These are the layouts of `folder`, or the program's own and those of the folder in use. A file
    of the folder in use which is no layout is left out and said in the log: it must not stop an
    exam day.
    """
    if folder is not None:
        return {layout.id: layout for layout in map(load, sorted(folder.glob("*.toml")))}
    return _all(_stamps(FORMS), _stamps(_own) if _own is not None else ())


Stamps = tuple[tuple[Path, int, int], ...]
"""Path, time in ns and size: cheap to compare, where reading all files anew for each page is
not."""


def _stamps(folder: Path) -> Stamps:
    """The layout files of a folder with time and size: a new or changed one is read again."""
    found = [(path, path.stat()) for path in sorted(folder.glob("*.toml"))]
    return tuple((path, seen.st_mtime_ns, seen.st_size) for path, seen in found)


@lru_cache(maxsize=8)
def _all(program: Stamps, own: Stamps) -> Mapping[str, Layout]:
    found = {layout.id: layout for layout in (load(path) for path, _, _ in program)}
    for path, _, _ in own:
        try:
            layout = load(path)
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            # A broken file of the station must not stop an exam day.
            log.warning("%s is not a form layout and was left out: %r", path, error)
        else:
            # Later than the program's own: a technician's correction of a form counts.
            found[layout.id] = layout
    return found


def _box(values: list[float]) -> Box:
    x0, y0, x1, y1 = (float(v) for v in values)
    # Swapped corners are the usual slip of a form measured by hand.
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"not a box: {values}")
    return x0, y0, x1, y1


def _markers(data: MarkersToml) -> Iterator[Marker]:
    for item in data["items"]:
        yield Marker(str(item["id"]), float(item["x"]), float(item["y"]), float(data["size_mm"]))


def _barcodes(data: list[CodeToml]) -> Iterator[Barcode]:
    for item in data:
        yield Barcode(
            str(item["id"]),
            str(item["symbology"]),
            _box(item["box"]),
            item["orientation"] == "vertical",
            _role(item),
            _same(item),
            str(item.get("text", "")),
        )


def _role(item: RoleToml) -> str:
    """What a code is.

    A layout that does not say so is of the old kind: every code bears the sheet's number.
    """
    role = str(item.get("role", NUMBER))
    if role not in ROLES:
        raise ValueError(f"not a role of a code: {role}")
    return role


def _same(item: RoleToml) -> tuple[int, int] | None:
    """Return the digits that a partner shares with the sheet's number.

    A partner without such a rule proves nothing.
    """
    if item.get("role") != PARTNER:
        return None
    first, last = (int(value) for value in item["same_digits"])
    if not 1 <= first <= last:
        raise ValueError(f"not a range of digits: {item['same_digits']}")
    return first, last


def _areas(data: list[AreaToml]) -> Iterator[Area]:
    for item in data:
        yield Area(str(item["field"]), str(item["role"]), str(item["label_ru"]), _box(item["box"]))


def _combs(data: FormToml) -> Iterator[Comb]:
    header: HeaderToml = data.get("header", {})
    for item in header.get("fields", []):
        # A field may have cells of its own size.
        row: HeaderRowToml = {**header, **item}
        yield Comb(
            header_field(item["id"]),
            "header",
            float(item["x"]),
            float(row["y"] if "y" in row else row["cell_top_mm"]),
            int(item["cells"]),
            float(row["cell_pitch_mm"]),
            float(row["cell_width_mm"]),
            float(row["cell_height_mm"]),
            str(item["kind"]),
        )
    yield from _answers(data.get("answers"))
    yield from _replacements(data.get("replacement"))
    count = data.get("replacement_count")
    if count:
        yield Comb(
            header_field("replacements"),
            "count",
            count["x"],
            count["y"],
            1,
            # One cell alone has no pitch: its width stands in.
            count["cell_width_mm"],
            count["cell_width_mm"],
            count["cell_height_mm"],
            "digits",
        )


def _answers(data: AnswersToml | None) -> Iterator[Comb]:
    """Rows of answers. What a column does not say of itself holds for all columns."""
    if not data:
        return
    for own in data["column"]:
        column: AnswersToml = {**data, **own}
        for task in range(column["first_task"], column["last_task"] + 1):
            top = column["row_tops_mm"][task - column["first_task"]]
            yield Comb(
                str(task),
                "answer",
                column["x_first_cell_mm"],
                top,
                column["cells_per_row"],
                column["cell_pitch_mm"],
                column["cell_width_mm"],
                column["cell_height_mm"],
                "subject",
            )


def _number_rules(data: AnswersToml | None) -> Iterator[Box]:
    """The rule under each task's number, told from the corner of its row."""
    beside = (data or {}).get("number_rule_mm")
    if beside is None:
        return
    x0, y0, x1, y1 = _box(beside)
    for row in _answers(data):
        yield row.x + x0, row.y + y0, row.x + x1, row.y + y1


def _replacements(data: ReplacementsToml | None) -> Iterator[Comb]:
    if not data:
        return
    number = 0
    for own in data["column"]:
        # What a column does not say of itself holds for all columns.
        column: ReplacementsToml = {**data, **own}
        for top in column["row_tops_mm"]:
            number += 1
            size = column["cell_pitch_mm"], column["cell_width_mm"], column["cell_height_mm"]
            yield Comb(
                replacement_row(number),
                "replacement-task",
                column["x_first_task_cell_mm"],
                top,
                column["task_cells"],
                *size,
                "digits",
            )
            yield Comb(
                replacement_row(number),
                "replacement",
                column["x_first_answer_cell_mm"],
                top,
                column["answer_cells"],
                *size,
                "subject",
            )
