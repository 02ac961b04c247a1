"""One rule for everything that tells one thing from another.

It serves codes of candidates, rooms, seats, log-ins, form numbers and bar codes typed by hand.

People compare with their eyes. What looks the same is the same: composed and decomposed letters,
Latin and Cyrillic look-alikes, kinds of dashes and blanks, capitals. What cannot be seen does not
count. Things are shown as they were written; only the comparison folds.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
_LATIN, _GREEK = "ABCEHKMOPTXY", "ΑΒΕΗΚΜΟΡΤΥΧ"
"""Capitals that look the same in three alphabets. People type codes in whichever keyboard layout is
on."""
_CYRILLIC = {"latin": "АВСЕНКМОРТХУ", "greek": "АВЕНКМОРТУХ"}
"""The Russian twins in the order of the two rows above, because `_SAME` pairs them by place."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043"
"""Office programs put these in place of a typed hyphen: a code with one must still be found."""
_SAME = str.maketrans(
    _LATIN + _GREEK + "ІЈЅΙΖΝ" + _DASHES,
    # The rest of the look-alikes has no Russian twin, so those become Latin: one spelling for all.
    _CYRILLIC["latin"] + _CYRILLIC["greek"] + "IJSIZN" + "-" * len(_DASHES),
)
_LATIN_TWINS = str.maketrans(_CYRILLIC["latin"], _LATIN)
_UNSEEN = frozenset("\x7f\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0") | {
    chr(code)
    for first, last in (
        (0x80, 0x84),  # U+0085 between them ends a line
        (0x86, 0x9F),
        (0x180B, 0x180F),
        (0xFE00, 0xFE0F),
        (0xFFF0, 0xFFF8),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
}
"""Characters that show nothing although they are no format characters by their class."""
EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[EeЕе][+-]?\d{1,3}")
"""A number as office programs shorten it; the digits of a code are lost in it."""


_ORDINARY = re.compile(r"[ -~А-яЁё«»№–—]*")
"""Texts that need no second look: what nearly every cell is made of."""


def is_ordinary(text: str) -> bool:
    """Whether the text is made of plain letters, digits and marks alone."""
    return bool(_ORDINARY.fullmatch(text))


def is_unseen(character: str) -> bool:
    """Whether the character shows nothing at all, not even a blank."""
    return character in _UNSEEN or unicodedata.category(character) == "Cf"


def unseen(text: str) -> tuple[str, ...]:
    """The invisible characters of a text by their numbers, each once: "U+200B"."""
    if is_ordinary(text):
        return ()
    return tuple(dict.fromkeys(f"U+{ord(sign):04X}" for sign in text if is_unseen(sign)))


def clean(text: str) -> str:
    """The text as it is seen: composed letters, plain blanks, nothing invisible, no outer blanks."""
    if is_ordinary(text):
        return text.strip()
    seen = "".join(
        " " if unicodedata.category(sign) == "Zs" else sign for sign in text if not is_unseen(sign)
    )
    return unicodedata.normalize("NFC", seen).strip()


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """What two spellings of one thing have in common; for comparing only, never shown.

    >>> fold("a-1") == fold("А–1 ")  # Latin and Cyrillic, hyphen and dash
    True
    """
    plain = unicodedata.normalize("NFKC", clean(text)).upper()
    return " ".join(plain.translate(_SAME).split())


def spellings(text: str) -> frozenset[str]:
    """The text as written, and in large and small letters of each alphabet that look the same.

    For looking up what is stored as it was written; «1A» and «1А» are one place.
    """
    plain = fold(text)
    latin = plain.translate(_LATIN_TWINS)
    return frozenset({text, plain, latin, plain.lower(), latin.lower()})


def shortened(text: str) -> bool:
    """Is this a number in exponent form ("1,23457E+11")?"""
    return bool(EXPONENT.fullmatch(text))


def place_order(place: str) -> tuple[int, str]:
    """The order in which people walk through a room and read a list.

    >>> sorted(["10А", "2Б", "2А"], key=place_order)
    ['2А', '2Б', '10А']
    """
    number = re.match(r"\d*", place)
    digits = number.group() if number else ""
    return int(digits or 0), place


class ByIdentity(Generic[T]):
    """Things by their identity.

    What is asked for as written comes first; else the one thing that looks the same.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]] = ()) -> None:
        self._things: dict[str, dict[str, T]] = {}
        for written, thing in pairs:
            self.add(written, thing)

    def add(self, written: str, thing: T) -> None:
        """Put a thing in under its spelling."""
        self._things.setdefault(fold(written), {})[written] = thing

    def get(self, written: str) -> T | None:
        """The thing, or None where there is none or several look like it."""
        alike = self._things.get(fold(written), {})
        return alike.get(written) or (next(iter(alike.values())) if len(alike) == 1 else None)

    def unclear(self, written: str) -> tuple[str, ...]:
        """The spellings among which cannot be chosen; empty where `get` knows the answer."""
        alike = self._things.get(fold(written), {})
        return () if written in alike or len(alike) < 2 else tuple(sorted(alike))

    def doubles(self) -> Iterator[tuple[str, ...]]:
        """Spellings of things that look the same, a group each."""
        return (tuple(sorted(alike)) for alike in self._things.values() if len(alike) > 1)
