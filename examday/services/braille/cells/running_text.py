"""Running text of several lines, each of cells or of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from examday.braille.cells import BLANK, to_unicode
from examday.braille.joining import Joint, Kind
from examday.braille.languages import readings_in

_BEAM = 8
"""A long answer has too many readings to choose from: only the likeliest is kept, and the person
reads it over."""


@dataclass(frozen=True)
class Written:
    """One line without its outer blanks: cells, or plain text."""

    cells: tuple[int, ...] | None = None
    """None where the line was entered as text: its cells are not known, and are never made from
    it."""
    text: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything stands on the line."""
        return bool(self.cells or self.text)

    def before(self, joint: Joint) -> "Written":
        """Return the line as it stands in the text before this joint."""
        kind = joint.kind
        if kind in (Kind.WORD, Kind.NOTHING):
            return Written(None if self.cells is None else self.cells[:-1], self.text[:-1])
        if kind in (Kind.HYPHEN, Kind.PARAGRAPH):
            return self
        if self.cells is not None:
            return Written((*self.cells, BLANK))
        # One blank before and one after it: print has both around a dash, Braille only the second.
        dash = kind is Kind.DASH and self.text[-1:] == "-"
        return Written(None, (f"{self.text[:-1].rstrip()} —" if dash else self.text) + " ")

    def joined(self, other: "Written") -> "Written | None":
        """Return both as one; None where one is cells and the other is text."""
        if self.cells is None and other.cells is None:
            return Written(None, self.text + other.text)
        if self.cells is not None and other.cells is not None:
            return Written((*self.cells, *other.cells))
        return None


def text_of(
    parts: Sequence[Written],
    between: Sequence[Joint],
    language: str,
    paragraphs: bool,
) -> tuple[str, str | None]:
    """Return the text of the lines, and its cells as Unicode Braille (None with plain text in it).

    `between`: the joint after each line but the last. `paragraphs`: keep them as new lines with
    their indent; else each is a blank, because a row of cells has none.
    """
    runs = _runs(parts, between, paragraphs)
    text = "".join(run if isinstance(run, str) else _read(run, language) for run in runs)
    return text, _cells_of(runs)


def _runs(
    parts: Sequence[Written], between: Sequence[Joint], paragraphs: bool
) -> list[Written | str]:
    """Return the lines, neighbours of one kind joined, and the beginnings of new lines."""
    runs: list[Written | str] = []
    for part, joint in zip_longest(parts, between):
        if joint is None:
            _append(runs, part)
        elif joint.kind is Kind.PARAGRAPH and paragraphs:
            _append(runs, part.before(joint))
            runs.append("\n" + " " * joint.indent)
        else:
            broken = joint.kind is Kind.PARAGRAPH
            _append(runs, part.before(Joint(Kind.BLANK) if broken else joint))
    return runs


def _append(runs: list[Written | str], part: Written) -> None:
    """Add a line to the last run, or begin a new run with it."""
    last = runs[-1] if runs else None
    both = last.joined(part) if isinstance(last, Written) else None
    if both is None:
        runs.append(part)
    else:
        runs[-1] = both


def _cells_of(runs: Sequence[Written | str]) -> str | None:
    """Return all cells as Unicode Braille; None where a run is plain text."""
    cells = [run.cells for run in runs if isinstance(run, Written)]
    # Half a text in cells would pass for the whole of it.
    if any(one is None for one in cells):
        return None
    return to_unicode([BLANK]).join(to_unicode(one or ()) for one in cells)


def _read(run: Written, language: str) -> str:
    """Return the likeliest text of a run; its last blank belongs to the joint."""
    if run.cells is None:
        return run.text
    return readings_in(language, run.cells, most=1, beam=_BEAM)[0].text if run.cells else ""
