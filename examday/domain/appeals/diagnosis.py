"""Four layers, one diagnosis per task: which pair differs says what went wrong.

A original, B standard form, R text recognised at the processing centre, E expert mark before and
after the conclusion. The program proposes; a person confirms or overrides with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.messages import N_
from examday.domain.transfer.fields import is_short

UNREADABLE = frozenset({"illegible", "outside_field"})


class Diagnosis(StrEnum):
    """What a task's layers say."""

    NO_DIFFERENCE = "no_difference"
    TRANSFER_DEFECT = "transfer_defect"
    RECOGNITION_ERROR = "recognition_error"
    MARKING_DISPUTE = "marking_dispute"
    OWN_ERROR = "own_error"
    UNKNOWN = "unknown"


DIAGNOSIS_NAMES: dict[Diagnosis, str] = {
    Diagnosis.NO_DIFFERENCE: N_("no difference"),
    Diagnosis.TRANSFER_DEFECT: N_("transfer defect"),
    Diagnosis.RECOGNITION_ERROR: N_("recognition error"),
    Diagnosis.MARKING_DISPUTE: N_("marking dispute"),
    Diagnosis.OWN_ERROR: N_("the candidate's own"),
    Diagnosis.UNKNOWN: N_("must be looked at"),
}


class Category(StrEnum):
    """Kinds of transfer defect (typical errors of the trade)."""

    ROW_SHIFT = "row_shift"
    OMITTED = "omitted"
    ADDED = "added"
    SWAPPED_SHEETS = "swapped_sheets"
    SUBSTITUTED = "substituted"
    DIGITS_SWAPPED = "digits_swapped"
    BRAILLE_CELL = "braille_cell"
    NUMBER_SIGN = "number_sign"
    REPLACEMENT_ZONE = "replacement_zone"
    IMPROVED = "improved"
    REGISTRATION_FIELD = "registration_field"
    OTHER = "other"


CATEGORY_NAMES: dict[Category, str] = {
    Category.ROW_SHIFT: N_("answers stand in a shifted row"),
    Category.OMITTED: N_("answer left out"),
    Category.ADDED: N_("answer added"),
    Category.SWAPPED_SHEETS: N_("sheets of two candidates swapped"),
    Category.SUBSTITUTED: N_("character changed, lost or added"),
    Category.DIGITS_SWAPPED: N_("characters transposed"),
    Category.BRAILLE_CELL: N_("Braille cell misread"),
    Category.NUMBER_SIGN: N_("number sign missed"),
    Category.REPLACEMENT_ZONE: N_("replacement zone wrongly copied"),
    Category.IMPROVED: N_("answer «improved»"),
    Category.REGISTRATION_FIELD: N_("registration field"),
    Category.OTHER: N_("other"),
}


@dataclass(frozen=True)
class Layer:
    """One reading of one task. `mark` as in a field's value; `certainty` 1.0 for a person, less
    for a machine; None in place of a Layer means: no such reading."""

    text: str
    mark: str = ""
    certainty: float = 1.0
    task: str = ""

    def same(self, other: "Layer") -> bool:
        """Do two readings say the same? Blank marks and empty text are one; the minus signs are
        one sign."""
        return self.key() == other.key()

    def key(self) -> tuple[str, str]:
        """What is compared: text with one kind of minus, and the task of a replacement row."""
        return self.text.replace("–", "-").replace("−", "-"), self.task.lstrip("0")


@dataclass(frozen=True)
class Layers:
    """All readings of one task: A original, B copy, R recognised; marks (E) before and after an
    expert's conclusion."""

    original: Layer | None
    copy: Layer | None
    recognised: Layer | None = None
    mark_before: str | None = None
    mark_after: str | None = None


@dataclass(frozen=True)
class Proposal:
    """What the program proposes for one task, with the pair that differs and how sure the readings
    are."""

    diagnosis: Diagnosis
    pair: str = ""
    category: Category | None = None
    certainty: float = 1.0


def propose(layers: Layers) -> Proposal:
    """The first differing pair from the paper outwards decides: A↔B, B↔R, marks; A itself
    unreadable is the candidate's own; with A or B missing nothing is proposed."""
    a, b, r = layers.original, layers.copy, layers.recognised
    if a is None or b is None:
        return Proposal(Diagnosis.UNKNOWN, certainty=0.0)
    certainty = min(a.certainty, b.certainty)
    if a.mark in UNREADABLE:
        return Proposal(Diagnosis.OWN_ERROR, "A", certainty=certainty)
    if not a.same(b):
        return Proposal(Diagnosis.TRANSFER_DEFECT, "A↔B", categorise(a, b), certainty)
    if r is not None and not b.same(r):
        return Proposal(Diagnosis.RECOGNITION_ERROR, "B↔R", certainty=min(certainty, r.certainty))
    if layers.mark_after is not None and layers.mark_after != layers.mark_before:
        return Proposal(Diagnosis.MARKING_DISPUTE, "B↔E", certainty=certainty)
    return Proposal(Diagnosis.NO_DIFFERENCE, certainty=certainty)


def categorise(original: Layer, copy: Layer) -> Category:
    """The kind of a single differing field, as far as it can be told without its neighbours."""
    a, b = original.key()[0], copy.key()[0]
    if original.task or copy.task:
        return Category.REPLACEMENT_ZONE
    if a and not b:
        return Category.OMITTED
    if b and not a:
        return Category.ADDED
    if sorted(a) == sorted(b):
        return Category.DIGITS_SWAPPED
    return Category.SUBSTITUTED


def propose_all(layers: Mapping[str, Layers]) -> dict[str, Proposal]:
    """Proposals for all tasks, neighbours considered: a run of answers that stand one row lower or
    higher is one row shift, not many unrelated substitutions."""
    proposals = {field: propose(one) for field, one in layers.items()}
    for field in _shifted(layers):
        old = proposals[field]
        if old.diagnosis is Diagnosis.TRANSFER_DEFECT:
            proposals[field] = Proposal(old.diagnosis, old.pair, Category.ROW_SHIFT, old.certainty)
    return proposals


def _shifted(layers: Mapping[str, Layers]) -> set[str]:
    """Numbered fields in which the copy holds a neighbour's different original answer, two or more
    in a row."""
    a = {
        int(f): v.original.key()[0]
        for f, v in layers.items()
        if is_short(f) and v.original is not None
    }
    b = {int(f): v.copy.key()[0] for f, v in layers.items() if is_short(f) and v.copy is not None}
    found: set[str] = set()
    for step in (1, -1):
        for run in _runs(a, b, step):
            # The row that the shift left without its answer belongs to it.
            left = run[0] - step if step > 0 else run[-1] - step
            found |= {str(n) for n in [*run, left] if n in a}
    return found


def _runs(originals: Mapping[int, str], copies: Mapping[int, str], step: int) -> list[list[int]]:
    """Runs of two or more numbers whose copy holds the original answer of `step` numbers before."""
    runs: list[list[int]] = [[]]
    for n in sorted(copies):
        if copies[n] and originals.get(n - step) == copies[n] != originals.get(n):
            runs[-1].append(n)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) >= 2]
