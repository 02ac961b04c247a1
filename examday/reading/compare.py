"""Compare a copy with its original: which fields agree, which differ, and by what kind of slip.

Classes are compared, never hands: two people wrote the two sheets. Nothing is decided here; a
person looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from examday.domain.messages import N_
from examday.paper.layout import Layout
from examday.reading.field import Field, without_struck
from examday.reading.glyph import CYRILLIC, DIGITS
from examday.reading.identify import PageWarning
from examday.reading.page import PageReading, field_boxes
from examday.reading.pairing import same_sheet
from examday.reading.patterns import Pattern, name_patterns
from examday.reading.row_comparison import Likeness, bound, likeness, slip

Crop = tuple[float, float, float, float]


@dataclass(frozen=True)
class Difference:
    """One field that needs a person.

    `certainty`: 0…1 that the two are really different; `original_box` and `copy_box`: px of each
    scan; `message` with `params` says in words what it looks like.
    """

    field: str
    original: str
    copy: str
    kind: str
    certainty: float
    message: str
    params: Mapping[str, object]
    original_box: Crop | None = None
    copy_box: Crop | None = None


@dataclass(frozen=True)
class Comparison:
    """What was found on a pair of sheets.

    `differences` most certain first; `agreement`: chance that every compared field says the same;
    `patterns`: slips over several fields, named.
    """

    same_code: bool | None
    """None where a sheet has no code to compare: that is not «the same»."""
    differences: tuple[Difference, ...]
    agreement: Mapping[str, float]
    patterns: tuple[PageWarning, ...]

    @property
    def checked(self) -> int:
        """How many fields, filled on either sheet, were compared."""
        return len(self.agreement)


MESSAGES = {
    "omitted": N_("Something written on the original is missing in the copy."),
    "added": N_("Something in the copy does not stand on the original."),
    "doubled": N_("A character was written twice in the copy."),
    "transposed": N_("Two characters changed places in the copy."),
    "substituted": N_("One or two characters differ."),
    "comma": N_("A comma was lost or added."),
    "minus": N_("A minus or hyphen was lost or added."),
    "rewritten": N_("The two answers have little in common."),
    "task": N_("The task numbers in the replacement zone differ."),
    "unsure": N_("The writing could not be read surely on one of the sheets; compare by eye."),
    "settled_differs": N_("The original seems to say something else than what two people settled."),
    "crossed_out": N_(
        "A cell is struck out on one of the sheets; the rest agrees. Compare by eye."
    ),
    "through_cells": N_("The answer is written across the cells; compare it by eye."),
    "row_shift": N_("This answer stands in another row of the copy."),
    "swapped_rows": N_("This answer and that of task %(other)s changed places."),
    "replacement_merged": N_(
        "The replacement was written over the answer instead of into the replacement zone."
    ),
    "replacement_moved": N_("This replacement stands in another row of the replacement zone."),
    "other_sheet": N_(
        "The two sheets hardly agree anywhere: one may belong to another participant."
    ),
}


def compare_pages(original: PageReading, copy: PageReading) -> Comparison:
    """Compare the pictures of two pages that were both laid under a form (`readable`).

    Raises ValueError when a page is not readable or the forms differ.
    """
    if (
        original.flat is None
        or copy.flat is None
        or original.identity.layout != copy.identity.layout
    ):
        raise ValueError("both pages must be readable and of one form")
    layout = original.flat.fit.layout
    rows = _Rows.of(original, copy, alphabets_of(layout, original.subject or copy.subject))
    found = rows.differences()
    patterns = name_patterns(original, copy, rows.alphabets, set(found))
    boxes = field_boxes(original), field_boxes(copy)
    shown = [
        replace(d, original_box=boxes[0][d.field], copy_box=boxes[1][d.field])
        for d in named(found, patterns).values()
    ]
    shown.sort(key=lambda d: -d.certainty)
    return Comparison(
        same_sheet(original, copy),
        tuple(shown),
        rows.agreement,
        tuple(p.note for p in patterns),
    )


@dataclass(frozen=True)
class _Rows:
    """All compared fields of two pages.

    How alike the rows of cells are, and the rows with the task numbers of replacements.
    """

    original: PageReading
    copy: PageReading
    alphabets: Mapping[str, str]
    likes: Mapping[str, Likeness]
    tasks: Mapping[str, Likeness]

    @staticmethod
    def of(original: PageReading, copy: PageReading, alphabets: Mapping[str, str]) -> _Rows:
        likes = {
            name: likeness(original.fields[name], copy.fields[name], alphabet)
            for name, alphabet in alphabets.items()
        }
        tasks = {
            name: likeness(original.tasks[name], copy.tasks[name], DIGITS)
            for name in original.tasks
        }
        return _Rows(original, copy, alphabets, likes, tasks)

    @cached_property
    def filled(self) -> list[str]:
        """Fields with something on either sheet."""
        return [name for name in self.alphabets if self._is_filled(name)]

    def _is_filled(self, name: str) -> bool:
        like, task = self.likes[name], self.tasks.get(name)
        return bool(like.same.size or any(like.texts) or (task and any(task.texts)))

    @cached_property
    def through(self) -> set[str]:
        """Fields written across their cells on either sheet."""
        return {
            name
            for name in self.filled
            if "through_cells" in (self.original.fields[name].mark, self.copy.fields[name].mark)
        }

    @cached_property
    def agreement(self) -> dict[str, float]:
        """Chance that both sheets say the same; 0 for what is written across the cells."""
        return {
            name: 0.0 if name in self.through else self._agreement(name) for name in self.filled
        }

    def _agreement(self, name: str) -> float:
        task = self.tasks.get(name)
        return min(self.likes[name].agreement, task.agreement if task else 1.0)

    def differences(self) -> dict[str, Difference]:
        """The fields that a person is to look at."""
        return {
            name: self._difference(name) for name in self.filled if self.agreement[name] < bound()
        }

    def _difference(self, name: str) -> Difference:
        like, task = self.likes[name], self.tasks.get(name)
        one, other = self.original.fields[name], self.copy.fields[name]
        if name in self.through:
            return say(name, _shown(like, task), "through_cells", 0.5)
        if _struck_only(one, other, self.alphabets[name]):
            return say(name, _shown(like, task), "crossed_out", 0.5)
        return difference_of(name, like, task)


def _alphabet(layout: Layout, kind: str, subject: str | None) -> str:
    return {"digits": DIGITS, "cyrillic": CYRILLIC}.get(kind) or layout.alphabet(subject)


def _struck_only(one: Field, other: Field, alphabet: str) -> bool:
    """Tell whether struck-out cells are all that tells two rows apart.

    What was struck out is not copied.
    """
    kept = [without_struck(field) for field in (one, other)]
    return (
        len(kept[0].scores) + len(kept[1].scores) < len(one.scores) + len(other.scores)
        and likeness(kept[0], kept[1], alphabet).agreement >= bound()
    )


def difference_of(name: str, like: Likeness, task: Likeness | None) -> Difference:
    """What differs in one field, and how surely."""
    if task is not None and task.agreement < bound() and like.agreement >= bound():
        return say(name, _shown(like, task), "task", 1 - task.agreement)
    kind = slip(like) if any(like.texts) else "unsure"
    if kind == "substituted" and like.texts[0] == like.texts[1]:
        # Both rows read the same: only the certainty is missing.
        kind = "unsure"
    return say(name, _shown(like, task), kind, 1 - like.agreement)


def _shown(like: Likeness, task: Likeness | None) -> tuple[str, str]:
    if task is None:
        return like.texts
    one, other = (f"{t}:{v}" if t or v else "" for t, v in zip(task.texts, like.texts, strict=True))
    return one, other


def say(
    name: str,
    texts: tuple[str, str],
    kind: str,
    certainty: float,
    **params: object,
) -> Difference:
    """Return a difference with the sentence of its kind; `texts`: original or settled, and copy."""
    return Difference(name, texts[0], texts[1], kind, round(certainty, 4), MESSAGES[kind], params)


def named(found: dict[str, Difference], patterns: tuple[Pattern, ...]) -> dict[str, Difference]:
    """Differences that belong to a slip over several fields carry its name."""
    out = dict(found)
    for pattern in patterns:
        for name, params in pattern.fields.items():
            if name in out:
                out[name] = replace(
                    out[name],
                    kind=pattern.kind,
                    message=MESSAGES[pattern.kind],
                    params=params,
                )
    return out


def alphabets_of(layout: Layout, subject: str | None) -> dict[str, str]:
    """The fields that are compared, and what may stand in each."""
    return {
        c.field: _alphabet(layout, c.alphabet, subject)
        for c in layout.combs
        if c.role not in ("count", "replacement-task") and c.alphabet != "reserved"
    }
