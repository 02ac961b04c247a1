"""Hold a copy against what people settled: does each cell show the settled character?

Three witnesses speak on a field: the settled value (two people agreed on it), the picture of the
copy, and the picture of the original where it has cells. A copy of a Braille or typed work has two.
The copy's hand is learned from cells on which all witnesses agree, on this sheet and on earlier
ones, never from the field that is judged. Nothing is decided here; doubt only orders a person's
work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from examday.domain.transfer.fields import is_replacement
from examday.reading import network
from examday.reading.compare import (
    Comparison,
    Difference,
    alphabets_of,
    compare_pages,
    difference_of,
    named,
    say,
)
from examday.reading.field import Field
from examday.reading.glyph import CROSSED, DIGITS
from examday.reading.hand import NOBODY, Hand, examples, together
from examday.reading.page import PageReading, field_boxes
from examday.reading.pairing import same_sheet
from examday.reading.patterns import Pattern, name_patterns
from examday.reading.row_comparison import Likeness, bound, likeness, settled_likeness

CONTRADICTS = 0.02
"""Chance below which the original's picture speaks against what two people settled. Two readers
seldom err alike, so the picture must be sure; above it the original is no reason to ask."""
THIS = "this"
"""The judged sheet is told by it: a field must not be a witness of itself."""


@dataclass(frozen=True)
class Checked:
    """A copy held against the settled values.

    `hand`: how many cells of its hand were known; `changed`: fields that are asked about, or are no
    longer, because of them.
    """

    comparison: Comparison
    bound: float
    blank: frozenset[str]
    """Fields that were settled as blank and in which no cell of any sheet holds ink: there is
    nothing to compare, and nothing that could be wrong."""
    hand: int
    changed: tuple[str, ...]


def check_copy(
    copy: PageReading,
    settled: Mapping[str, str],
    original: PageReading | None = None,
    earlier: Hand | None = NOBODY,
) -> Checked:
    """Hold the readable page of a copy against what people settled.

    `settled`: text by field id, "task:text" for a replacement; a field that is not named is
    compared by pictures alone, or not at all. `earlier`: confirmed cells of the copyist's earlier
    sheets; None: no hand is learned, not even this sheet's own. Raises ValueError when a page is
    not readable or the forms differ.
    """
    sheets = _Sheets.of(copy, settled, original)
    plain = {name: sheets.verdict(name, NOBODY) for name in sheets.texts}
    cold = network.settled_bound(hands=False)
    hand = NOBODY
    if earlier is not None:
        own = examples(THIS, copy.fields, _agreed(sheets, plain, cold))
        hand = together([earlier, own])
    if not len(hand):
        return sheets.checked(plain, cold, 0, ())
    warm = network.settled_bound(hands=True)
    # The hand is never learned from the field that is judged.
    known = {name: sheets.verdict(name, hand.without(f"{THIS}/{name}")) for name in sheets.texts}
    changed = tuple(
        name
        for name in sheets.texts
        if (plain[name].agreement < cold) != (known[name].agreement < warm)
    )
    return sheets.checked(known, warm, len(hand), changed)


@dataclass(frozen=True)
class _Verdict:
    """What the witnesses say of one field.

    `copy` and `task`: the settled value beside the copy's cells; `original`: chance that the
    original shows it, None where there is no original with cells; `pair`: chance that both pictures
    show the same, 1 without an original.
    """

    copy: Likeness
    task: Likeness | None
    original: float | None
    pair: float
    unseen: str = ""
    """Why a witness that should speak cannot: "through_cells" or "crossed_out"; empty when all do."""
    blank: bool = False
    """Nothing was settled, and no cell of any sheet holds ink: there is nothing that could
    differ."""

    @property
    def agreement(self) -> float:
        """Chance that the copy shows what was settled; at most what the original leaves of it.

        0 where a witness cannot speak: what it would say is not known, so a person looks.
        """
        if self.unseen:
            return 0.0
        shown = min(self.copy.agreement, self.task.agreement if self.task else 1.0)
        if self.original is not None and self.original < CONTRADICTS:
            return min(shown, self.original)
        return shown

    @property
    def contradicted(self) -> bool:
        """Whether the original's picture surely says something else than what was settled."""
        return self.original is not None and self.original < CONTRADICTS

    def agreed(self, limit: float) -> bool:
        """Whether every witness that there is agrees above its bound."""
        least = self.agreement if self.original is None else min(self.agreement, self.original)
        return least >= limit and self.pair >= bound()


@dataclass(frozen=True)
class _Sheets:
    """The copy, the original where it has cells, and the settled texts of the fields judged."""

    copy: PageReading
    original: PageReading | None
    alphabets: Mapping[str, str]
    texts: Mapping[str, str]

    @staticmethod
    def of(copy: PageReading, settled: Mapping[str, str], original: PageReading | None) -> _Sheets:
        if copy.flat is None:
            raise ValueError("the page of the copy must be readable")
        if original is not None and original.identity.layout != copy.identity.layout:
            raise ValueError("both pages must be readable and of one form")
        subject = (original.subject if original else None) or copy.subject
        alphabets = alphabets_of(copy.flat.fit.layout, subject)
        texts = {name: settled[name] for name in alphabets if name in settled}
        return _Sheets(copy, original, alphabets, texts)

    def verdict(self, name: str, hand: Hand) -> _Verdict:
        task, text = _parts(name, self.texts[name])
        alphabet = self.alphabets[name]
        shown = settled_likeness(self.copy.fields[name], text, alphabet, hand)
        number = None
        if name in self.copy.tasks:
            number = settled_likeness(self.copy.tasks[name], task, DIGITS, hand)
        unseen = "through_cells" if self.copy.fields[name].mark == "through_cells" else ""
        blank = not self.texts[name] and _is_bare(self.copy, name)
        if self.original is None:
            return _Verdict(shown, number, None, 1.0, unseen, blank)
        return _Verdict(
            shown,
            number,
            _shows(self.original, name, task, text, alphabet),
            likeness(self.original.fields[name], self.copy.fields[name], alphabet).agreement,
            unseen or _cannot_speak(self.original.fields[name]),
            blank and _is_bare(self.original, name),
        )

    def _by_pictures(self) -> list[Difference]:
        """Differences of the fields that nobody settled, where there is an original to compare."""
        if self.original is None or self.texts.keys() == self.alphabets.keys():
            return []
        compared = compare_pages(self.original, self.copy)
        return [d for d in compared.differences if d.field not in self.texts]

    def checked(
        self,
        verdicts: Mapping[str, _Verdict],
        limit: float,
        hand: int,
        changed: tuple[str, ...],
    ) -> Checked:
        spoken = {name: verdict for name, verdict in verdicts.items() if not verdict.blank}
        found = {
            name: _difference(name, verdict)
            for name, verdict in spoken.items()
            if verdict.agreement < limit
        }
        patterns: tuple[Pattern, ...] = ()
        if self.original is not None:
            patterns = name_patterns(self.original, self.copy, self.alphabets, set(found))
        ours = field_boxes(self.copy)
        theirs = field_boxes(self.original) if self.original is not None else {}
        shown = [
            replace(d, original_box=theirs.get(d.field), copy_box=ours.get(d.field))
            for d in named(found, patterns).values()
        ]
        shown += self._by_pictures()
        shown.sort(key=lambda d: -d.certainty)
        comparison = Comparison(
            same_sheet(self.original, self.copy) if self.original is not None else None,
            tuple(shown),
            {name: verdict.agreement for name, verdict in spoken.items()},
            tuple(p.note for p in patterns),
        )
        blank = frozenset(verdicts.keys() - spoken.keys())
        return Checked(comparison, limit, blank, hand, changed)


def confirmed_cells(
    sheet: str,
    copy: PageReading,
    settled: Mapping[str, str],
    original: PageReading | None,
) -> Hand:
    """The cells of an earlier sheet of the same copyist on which all witnesses agree.

    `sheet` names the sheet among the places of the hand. Raises as `check_copy`.
    """
    sheets = _Sheets.of(copy, settled, original)
    verdicts = {name: sheets.verdict(name, NOBODY) for name in sheets.texts}
    agreed = _agreed(sheets, verdicts, network.settled_bound(hands=False))
    return examples(sheet, copy.fields, agreed)


def _agreed(sheets: _Sheets, verdicts: Mapping[str, _Verdict], limit: float) -> dict[str, str]:
    """The settled texts of the fields on which all witnesses agree above their bounds."""
    return {
        name: _parts(name, sheets.texts[name])[1]
        for name, verdict in verdicts.items()
        if verdict.agreed(limit)
    }


def _parts(name: str, settled: str) -> tuple[str, str]:
    """Task number and text of a settled value; only replacements have a number."""
    task, _, text = settled.partition(":") if is_replacement(name) else ("", "", settled)
    return task, text


def _is_bare(page: PageReading, name: str) -> bool:
    """Whether no cell of the field, nor of its task number, holds ink, struck out or not."""
    task = page.tasks.get(name)
    return not len(page.fields[name].scores) and (task is None or not len(task.scores))


def _cannot_speak(field: Field) -> str:
    """Why the writing of the original says nothing of what was settled; empty when it does.

    Across the cells its characters cannot be told apart; struck-out cells are no part of a value,
    and which ones are struck out is itself only read.
    """
    if field.mark == "through_cells":
        return "through_cells"
    return "crossed_out" if any(cell.char == CROSSED for cell in field.cells) else ""


def _shows(
    page: PageReading,
    name: str,
    task: str,
    text: str,
    alphabet: str,
) -> float:
    """Return the chance that the original shows the settled value."""
    shown = settled_likeness(page.fields[name], text, alphabet, NOBODY).agreement
    if name not in page.tasks:
        return shown
    return min(shown, settled_likeness(page.tasks[name], task, DIGITS, NOBODY).agreement)


def _difference(name: str, verdict: _Verdict) -> Difference:
    if verdict.unseen:
        return say(name, verdict.copy.texts, verdict.unseen, 0.5)
    if verdict.contradicted and verdict.agreement == verdict.original:
        return say(name, verdict.copy.texts, "settled_differs", 1 - verdict.agreement)
    return difference_of(name, verdict.copy, verdict.task)
