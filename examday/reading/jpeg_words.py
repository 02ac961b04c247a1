"""Whether the code words of a JPEG stand for what its writer meant by them.

Two words of equal weight that were exchanged move what they stand for to another place of their blocks: the
code stays as long as it was, no decoder finds a fault, and the page is speckled or loses strokes. But
writers put words of equal length in the order of what they stand for: those that take the standard's (T.81,
K.3), and those that count for each picture. The few others have an order of their own, which looks like
none. So a list that is in order but for a word or two was hurt.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise

from examday.reading.bad_files import Damaged
from examday.reading.jpeg_steps import segments

WORDS = 0xC4
LENGTHS = 16  # longest code word, in bits: each list begins with one number for every length
# kind of the words for all of a block but its mean: the other lists are too short to be judged
FINE = 0x10
STANDARD = (
    bytes.fromhex("0002010303020403050504040000017d"),
    bytes.fromhex("00020102040403040705040400010277"),
)
"""The standard's own lists (annex K): as they are known to the longest word, all lengths are judged."""
COUNTED = 11
"""Bits of the words that are in order too where a writer counted: it shortens the longest to sixteen bits, and
some that follow them move along."""
FEW = 2  # words out of place: an exchange of two gives so many
MANY = 40
"""Words a list must have so that so few out of place are no writer's own order: of a widespread program's
own list a third of the short ones is out of place."""


def check_words(data: bytes) -> None:
    """Raise Damaged where a list of code words is one that a writer makes, but for a few of them.

    `data`: a JPEG with its end mark, whose segments have been walked before.
    """
    for kind, numbers, words in _lists(data):
        if kind & FINE and len(words) >= MANY and 0 < _out_of_place(numbers, words) <= FEW:
            raise Damaged


def _lists(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Kind of each list, how many words there are of each length, and what they stand for."""
    for part in segments(data, WORDS):
        while part:
            numbers = part[1 : 1 + LENGTHS]
            end = 1 + LENGTHS + sum(numbers)
            if len(part) < end:
                raise Damaged
            yield part[0], numbers, part[1 + LENGTHS : end]
            part = part[end:]


def _out_of_place(numbers: bytes, words: bytes) -> int:
    """How many words must go so that the others of each length ascend."""
    bounds = [0, *accumulate(numbers)]
    of_one_length = [words[start:end] for start, end in pairwise(bounds)]
    return sum(map(_unordered, of_one_length[: LENGTHS if numbers in STANDARD else COUNTED]))


def _unordered(words: bytes) -> int:
    """All of them but the longest row of words that ascend."""
    ends: list[int] = []
    for word in words:
        place = bisect_left(ends, word)
        ends[place : place + 1] = [word]
    return len(words) - len(ends)
