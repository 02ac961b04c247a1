"""Grouping of lines: what a person said of line ends and of numbers at the head of a line.

It is kept with the draft and with the reading, so that a question is asked once and the machine's
comparison uses the person's own grouping.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from examday.braille.joining import BREAKS, Kind


class GroupingData(TypedDict, total=False):
    """A grouping as stored."""

    on: list[str]
    breaks: dict[str, str]


@dataclass(frozen=True)
class Grouping:
    """What a person said of the lines of an entry."""

    on: frozenset[str] = frozenset()
    """Lines, as typed, that begin with a number and go on with the answer before them. By their
    text and not by number: lines that are inserted above change nothing."""
    breaks: Mapping[str, Kind] = field(default_factory=dict)
    """Halves of a word («кое|кто») → what the hyphen between them is: said once, it holds wherever
    they meet again."""

    def plain(self) -> GroupingData:
        """Return the grouping as stored."""
        return {
            "on": sorted(self.on),
            "breaks": {halves: kind.value for halves, kind in sorted(self.breaks.items())},
        }

    def with_more(self, on: frozenset[str], breaks: Mapping[str, Kind]) -> "Grouping":
        """Return the grouping with what was said now; the newer answer counts."""
        return Grouping(self.on | on, {**self.breaks, **breaks})


NONE_SAID = Grouping()
"""Nothing was said of any line: one value, since nobody changes it."""


def read_grouping(stored: GroupingData | None) -> Grouping:
    """Return a stored grouping; an entry without one has none."""
    kept = stored or {}
    breaks = {
        halves: Kind(kind)
        for halves, kind in kept.get("breaks", {}).items()
        if kind in [one.value for one in BREAKS]
    }
    return Grouping(frozenset(kept.get("on", [])), breaks)
