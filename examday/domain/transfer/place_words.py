"""What a third witness has at the places of a long answer, found by the agreed words beside them."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from examday.domain.transfer.text_places import Cut, Place

MOST_MORE = 3
"""Words that a witness may have at a place beyond the longer entry; with more it is another passage."""


def read_at(cut: Cut, said: str) -> dict[str, str]:
    """Return place → the words of `said` between the agreed words that touch the place.

    A place is left out where one of these two words is not found, at the head and the end of the
    answer, and where nothing stands between: what a witness did not see is no reading.
    """
    pieces = [piece.split() for piece in cut.pieces]
    heard = said.split()
    at = _matched([word for piece in pieces for word in piece], heard)
    found, behind = {}, 0
    for place, piece, following in zip(cut.in_text, pieces, pieces[1:], strict=False):
        behind += len(piece)
        before, after = at.get(behind - 1), at.get(behind)
        if piece and following and before is not None and after is not None:
            found[place.id] = _fitting(place, heard[before + 1 : after])
    return {place: words for place, words in found.items() if words}


def _matched(known: Sequence[str], heard: Sequence[str]) -> dict[int, int]:
    """Return which of the known words is which of those that were heard."""
    blocks = SequenceMatcher(None, known, heard, autojunk=False).get_matching_blocks()
    return {one.a + n: one.b + n for one in blocks for n in range(one.size)}


def _fitting(place: Place, words: Sequence[str]) -> str:
    """Return these words as one text; "" when they are too many for the place."""
    longest = max(len(value.text.split()) for value in (place.first, place.second))
    return " ".join(words) if len(words) <= longest + MOST_MORE else ""
