"""Four layers, one diagnosis per task: which pair differs says what went wrong.

A original, B standard form, R text recognised at the processing centre, E expert mark before and
after the conclusion (domain.md 10.4). The program proposes; a person confirms or overrides with a
reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.messages import N_
from examday.domain.transfer.fields import is_short

UNSEEN = frozenset({"illegible", "graphic"})
"""Marks that stand for something which nobody has put into characters, so which no program can
compare: such an answer is looked at by people."""
UNREADABLE = frozenset({"illegible", "outside_field"})
"""Marks of the original that no copy could get right: such an answer is lost by the candidate."""
SURE = 0.95
"""A machine's reading below this certainty counts as not seen. It is the bound above which the
comparison of a copy lets fields be confirmed together: measured, no error was missed from there on.
"""


class Diagnosis(StrEnum):
    """What the layers of a task say."""

    NO_DIFFERENCE = "no_difference"
    """Nothing went wrong between the original and the recognised text, and no mark has changed: the
    appeal has no ground here."""
    TRANSFER_DEFECT = "transfer_defect"
    """A ↔ B: a technical defect; the work is transferred again by other hands."""
    RECOGNITION_ERROR = "recognition_error"
    """B ↔ R: corrected at the centre, without a second transfer."""
    MARKING_DISPUTE = "marking_dispute"
    """B ↔ E: the experts' conclusion changes the mark."""
    OWN_ERROR = "own_error"
    """A itself is wrong or unreadable: the appeal is rejected in this task."""
    UNKNOWN = "unknown"
    """A or B is missing or not surely read: what could not be read is never taken for equal."""


DIAGNOSIS_NAMES: dict[Diagnosis, str] = {
    Diagnosis.NO_DIFFERENCE: N_("no difference"),
    Diagnosis.TRANSFER_DEFECT: N_("transfer defect"),
    Diagnosis.RECOGNITION_ERROR: N_("recognition error"),
    Diagnosis.MARKING_DISPUTE: N_("marking dispute"),
    Diagnosis.OWN_ERROR: N_("the candidate's own"),
    Diagnosis.UNKNOWN: N_("must be looked at"),
}


IN_FAVOUR = frozenset(
    {Diagnosis.TRANSFER_DEFECT, Diagnosis.RECOGNITION_ERROR, Diagnosis.MARKING_DISPUTE}
)
"""Findings that speak for the appellant: an error of somebody else than the candidate."""


class Category(StrEnum):
    """Kinds of transfer defect, as the trade knows them (domain.md 16.1)."""

    ROW_SHIFT = "row_shift"
    """Answer 7 in row 8: every answer was copied, and all that follow count as wrong."""
    OMITTED = "omitted"
    ADDED = "added"
    SWAPPED_SHEETS = "swapped_sheets"
    SUBSTITUTED = "substituted"
    DIGITS_SWAPPED = "digits_swapped"
    BRAILLE_CELL = "braille_cell"
    """One dot more or less usually makes another letter."""
    NUMBER_SIGN = "number_sign"
    """Without the number sign 1234567890 reads АБЦДЕФГХИЖ (domain.md 4.7)."""
    REPLACEMENT_ZONE = "replacement_zone"
    """Ignored, merged into the answer, or copied beside the old one (domain.md 16.1)."""
    IMPROVED = "improved"
    """Spelling corrected or a word shortened: forbidden, because literacy is scored."""
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
    """One reading of one task; None in place of a Layer means that there is no such reading."""

    text: str
    mark: str = ""
    """What stood there instead of characters, as in a field's value: crossed out, illegible, blank.
    Two of them can agree without a letter."""
    certainty: float = 1.0
    """1.0 for a person; what a machine gives itself: the least of a pair goes with its diagnosis."""
    task: str = ""
    """Of a replacement row: which task it replaces. Two rows with one text for two tasks are not
    the same."""
    by_machine: bool = False
    """Kept apart from `certainty`: a machine that is certain is still no person."""

    @property
    def seen(self) -> bool:
        """Tell whether this reading may be held for what stands on the paper."""
        return not self.by_machine or self.certainty >= SURE

    def same(self, other: "Layer") -> bool:
        """Tell whether two readings say the same.

        Blank marks and empty text are one; all minus signs are one sign.
        """
        return self.key() == other.key()

    def key(self) -> tuple[str, str]:
        """Return what is compared: text with one kind of minus, and the task of a replacement row."""
        return self.text.replace("–", "-").replace("−", "-"), self.task.lstrip("0")


@dataclass(frozen=True)
class Layers:
    """All readings of one task: A original, B copy, R recognised, marks (E)."""

    original: Layer | None
    """None: nobody has read it, which is not «blank»."""
    copy: Layer | None
    recognised: Layer | None = None
    mark_before: str | None = None
    """None until the centre has told it: no mark is another thing than a mark of nought."""
    mark_after: str | None = None
    """After the expert's conclusion for the appeal; None while there is none, so that no gain is
    told beforehand."""


@dataclass(frozen=True)
class Proposal:
    """What the program proposes for one task."""

    diagnosis: Diagnosis
    pair: str = ""
    """The pair of layers that differs: it tells people where to look."""
    category: Category | None = None
    """Of a transfer defect alone: other diagnoses need no cause from the transfer."""
    certainty: float = 1.0
    """Of the weakest reading of the pair: a proposal is no surer than that."""


def propose(layers: Layers) -> Proposal:
    """Return the diagnosis by the first differing pair, from the paper outwards: A↔B, B↔R, marks."""
    a = layers.original
    b = layers.copy
    r = layers.recognised
    if a is None or b is None:
        return Proposal(Diagnosis.UNKNOWN, certainty=0.0)
    certainty = min(a.certainty, b.certainty)
    # Before the pairs: a copy that differs from something illegible is no defect of the transfer.
    # That a machine cannot read it says nothing of the candidate.
    if a.mark in UNREADABLE and not a.by_machine:
        return Proposal(Diagnosis.OWN_ERROR, "A", certainty=certainty)
    # Two drawings have no characters that could differ, and neither has what nobody could read.
    if a.mark in UNSEEN or b.mark in UNSEEN or a.mark in UNREADABLE:
        return Proposal(Diagnosis.UNKNOWN, certainty=0.0)
    # A weak letter proves neither that the papers agree nor that they differ.
    if not (a.seen and b.seen):
        return Proposal(Diagnosis.UNKNOWN, "" if a.same(b) else "A↔B", certainty=certainty)
    if not a.same(b):
        return Proposal(Diagnosis.TRANSFER_DEFECT, "A↔B", categorise(a, b), certainty)
    if r is not None and not b.same(r):
        return Proposal(Diagnosis.RECOGNITION_ERROR, "B↔R", certainty=min(certainty, r.certainty))
    if layers.mark_after is not None and layers.mark_after != layers.mark_before:
        return Proposal(Diagnosis.MARKING_DISPUTE, "B↔E", certainty=certainty)
    return Proposal(Diagnosis.NO_DIFFERENCE, certainty=certainty)


def categorise(original: Layer, copy: Layer) -> Category:
    """Return the kind of a single differing field, as far as it shows without its neighbours."""
    a = original.key()[0]
    b = copy.key()[0]
    if original.task or copy.task:
        return Category.REPLACEMENT_ZONE
    if a and not b:
        return Category.OMITTED
    if b and not a:
        return Category.ADDED
    # Told apart from other differences, because transposed digits are the typical slip in sequence
    # answers (13524).
    if sorted(a) == sorted(b):
        return Category.DIGITS_SWAPPED
    return Category.SUBSTITUTED


def propose_all(layers: Mapping[str, Layers]) -> dict[str, Proposal]:
    """Return proposals for all tasks, with their neighbours considered."""
    proposals = {field: propose(one) for field, one in layers.items()}
    # A run of answers one row lower or higher is one row shift, not many unrelated changes.
    for field in _shifted(layers):
        old = proposals[field]
        if old.diagnosis is Diagnosis.TRANSFER_DEFECT:
            proposals[field] = Proposal(old.diagnosis, old.pair, Category.ROW_SHIFT, old.certainty)
    return proposals


def _shifted(layers: Mapping[str, Layers]) -> set[str]:
    """Return the numbered fields in which the copy holds a neighbour's answer.

    Only two or more such fields in a row count.
    """
    a = {
        int(f): v.original.key()[0]
        for f, v in layers.items()
        if is_short(f) and v.original is not None
    }
    b = {int(f): v.copy.key()[0] for f, v in layers.items() if is_short(f) and v.copy is not None}
    found: set[str] = set()
    for step in (1, -1):
        for run in _runs(a, b, step):
            # The row that the shift left without its answer belongs to it: by itself it would look
            # like an answer that was left out.
            left = run[0] - step if step > 0 else run[-1] - step
            found |= {str(n) for n in [*run, left] if n in a}
    return found


def _runs(originals: Mapping[int, str], copies: Mapping[int, str], step: int) -> list[list[int]]:
    """Return runs of two or more numbers whose copy holds the original answer of `step` before."""
    runs: list[list[int]] = [[]]
    for n in sorted(copies):
        if copies[n] and originals.get(n - step) == copies[n] != originals.get(n):
            runs[-1].append(n)
        elif runs[-1]:
            runs.append([])
    # A single match is chance: short answers of one digit often repeat.
    return [run for run in runs if len(run) >= 2]
