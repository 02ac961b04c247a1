"""Places of a long answer: where two entries differ, so that only these are read and decided anew.

Both entries are cut into pieces on which they agree and places where they do not. A place holds
whole words of both, also where one left a word out: then the word before belongs to it. So whoever
reads it has something to find on the paper and to type, and never says «nothing» by an empty input.
Joining the decided places with the agreed pieces gives the whole answer, sign by sign.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from examday.domain.errors import Invalid
from examday.domain.messages import N_, Msgid
from examday.domain.transfer.answers import (
    PAGE_BREAK,
    WITHOUT_TEXT,
    Choice,
    Deciding,
    Decision,
    Mark,
    Value,
    Values,
    together,
)
from examday.domain.transfer.fields import field_of, is_long, place_of
from examday.domain.transfer.readings import DecisionData, PlaceData

LEAST_AGREED = 0.5
"""Share of words on which two entries must agree to be cut: below it the «places» would be most of
the text, with nothing between them to find them by."""
LEAST_BETWEEN = 2
"""Agreed words between two places; with fewer they are one place, because a place is found by the
words around it."""
AROUND = 6
"""Agreed words that are shown and kept on either side of a place: about a line, enough to find
it in the picture."""
AS_ENTERED = "as entered"
"""How the place of the mark says «no mark»: an empty value would be no reading at all."""
EMPTY = N_("Only one of the two entries holds text.")
SHEETS = N_("The entries differ in where a new sheet begins.")
UNLIKE = N_("The entries have too little in common to be cut into places.")
OTHERWISE = N_("Your own reading was given of the whole text.")
_WORD = re.compile(r"\s*\S+|\s+\Z")
"""A word with the blanks and line ends before it, so that no sign of the text is between words and
gets lost; what stands behind the last word is one too."""
Span = tuple[int, int, int, int]
"""Words of the first entry from, to; of the second from, to. Counted in words, because a place is
found by the words around it."""


@dataclass(frozen=True)
class Place:
    """One place: what both entries have there, and the agreed text before and after it."""

    id: str
    number: int
    """From 1, in the order of the text, as the page names it."""
    first: Value
    second: Value
    before: str = ""
    after: str = ""
    of_mark: bool = False
    """The question is what is seen of the answer as a whole: the value is a `Mark` or `AS_ENTERED`,
    which no stretch of text could hold."""


@dataclass(frozen=True)
class Cut:
    """A long answer in pieces on which both entries agree, and the places between them."""

    field: str
    pieces: tuple[str, ...]
    """One more than there are places, so that the text is put together again without a special
    case; the first and the last may be empty."""
    places: tuple[Place, ...]
    mark: Mark | None = None
    """On which both agree; None also where a place asks for it, so that nobody takes it for
    settled."""

    @property
    def in_text(self) -> tuple[Place, ...]:
        """The places that are stretches of the text."""
        return tuple(place for place in self.places if not place.of_mark)

    def spans(self, values: Values) -> dict[str, tuple[int, int]]:
        """Return where each place stands in the text that is joined from these values.

        Place → index of its first character and of the one behind its last.
        """
        found, at = {}, 0
        for place, piece in zip(self.in_text, self.pieces, strict=False):
            start = at + len(piece)
            at = start + len(values[place.id].text)
            found[place.id] = (start, at)
        return found

    def join(self, decided: Values) -> Value:
        """Return the whole answer with these values at its places.

        A place that cannot be read makes the answer «illegible»: nothing illegible gets lost in a
        text that looks whole. Invalid for another mark at a place, or an unknown mark.
        """
        texts = [decided[place.id] for place in self.in_text]
        if any(value.mark not in (None, Mark.ILLEGIBLE) for value in texts):
            raise Invalid()
        found = [self.pieces[0]]
        for value, piece in zip(texts, self.pieces[1:], strict=True):
            found += [value.text, piece]
        if any(value.mark for value in texts):
            return Value("".join(found), Mark.ILLEGIBLE)
        return Value("".join(found), self._mark(decided))

    def _mark(self, decided: Values) -> Mark | None:
        asked = next((place for place in self.places if place.of_mark), None)
        return self.mark if asked is None else _mark_said(decided[asked.id].text)


def _mark_said(said: str) -> Mark | None:
    if said == AS_ENTERED:
        return None
    # A text without mark may not become «blank»: that would be two statements.
    if said not in set(Mark) or said in WITHOUT_TEXT:
        raise Invalid()
    return Mark(said)


def cut(field_id: str, first: Value, second: Value) -> Cut | Msgid:
    """Cut two entries of a long answer; where they cannot be cut, return why (a msgid)."""
    if not (first.text.strip() and second.text.strip()):
        return EMPTY
    if WITHOUT_TEXT & {first.mark, second.mark}:
        return EMPTY
    one, other = _WORD.findall(first.text), _WORD.findall(second.text)
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    agreed = sum(block.size for block in blocks)
    if agreed < LEAST_AGREED * max(len(one), len(other)):
        return UNLIKE
    return _cut(field_id, first, second, _widened(one, other, _between(blocks)))


def _between(blocks: Sequence[tuple[int, int, int]]) -> list[Span]:
    """Return the spans between matching blocks."""
    spans, a, b = [], 0, 0
    for start, other, size in blocks:
        if (a, b) != (start, other):
            spans.append((a, start, b, other))
        a, b = start + size, other + size
    return spans


def _widened(one: Sequence[str], other: Sequence[str], spans: Iterable[Span]) -> list[Span]:
    """Return the spans with a word on either side, the same blank before them, and words between."""
    found: list[Span] = []
    for span in spans:
        a, b, c, d = _with_words(one, other, span)
        # Widening to the left may run into the place before; then they are one.
        while found and a - found[-1][1] < LEAST_BETWEEN:
            a, c = found[-1][0], found[-1][2]
            found.pop()
        found.append((a, b, c, d))
    return found


def _with_words(one: Sequence[str], other: Sequence[str], span: Span) -> Span:
    """Take in the word before where an entry has none here, or other blanks before it."""
    a, b, c, d = span
    here, there = one[a:b], other[c:d]
    worded = "".join(here).strip() and "".join(there).strip()
    if a and c and not (worded and _lead(here[0]) == _lead(there[0])):
        return a - 1, b, c - 1, d
    # At the very head there is no word before: the one behind is taken in.
    return (a, b, c, d) if worded else (a, b + 1, c, d + 1)


def _lead(word: str) -> str:
    return word[: len(word) - len(word.lstrip())]


def _cut(
    field_id: str,
    first: Value,
    second: Value,
    spans: Sequence[Span],
) -> Cut | Msgid:
    """Put pieces and places together."""
    one, other = _WORD.findall(first.text), _WORD.findall(second.text)
    pieces, pairs, at = [], [], 0
    for a, b, c, d in spans:
        here, there = "".join(one[a:b]), "".join(other[c:d])
        # The same blank before both belongs to what is agreed: nobody has to type it.
        blank = _lead(here) if _lead(here) == _lead(there) else ""
        pieces.append("".join(one[at:a]) + blank)
        pairs.append((here[len(blank) :], there[len(blank) :]))
        at = b
    pieces.append("".join(one[at:]))
    if any(PAGE_BREAK in text for pair in pairs for text in pair):
        return SHEETS
    places = [
        Place(
            place_of(field_id, n),
            n,
            Value(here),
            Value(there),
            pieces[n - 1],
            pieces[n],
        )
        for n, (here, there) in enumerate(pairs, 1)
    ]
    if first.mark == second.mark:
        return Cut(field_id, tuple(pieces), tuple(places), first.mark)
    places.append(_of_mark(field_id, len(places) + 1, first, second))
    return Cut(field_id, tuple(pieces), tuple(places))


def _of_mark(
    field_id: str,
    number: int,
    first: Value,
    second: Value,
) -> Place:
    one, other = (Value(value.mark or AS_ENTERED) for value in (first, second))
    return Place(
        place_of(field_id, number),
        number,
        one,
        other,
        of_mark=True,
    )


@dataclass(frozen=True)
class ByPlace:
    """The decision on a long answer, place by place. `own`: the own reading of the whole."""

    cut: Cut
    own: Value
    by: Mapping[str, Decision]

    @property
    def missing(self) -> Sequence[str]:
        """Places that nobody has decided yet."""
        return [place.id for place in self.cut.places if place.id not in self.by]

    def result(self, _first: Value, _second: Value) -> Value:
        """Return the whole answer; Invalid names all places whose decisions lack the same."""
        found, refused = dict[str, Value](), list[Invalid]()
        for place in self.cut.places:
            try:
                found[place.id] = self._at(place)
            except Invalid as error:
                refused.append(error)
        if refused:
            raise together(refused)
        return self.cut.join(found)

    def _at(self, place: Place) -> Value:
        try:
            return self.by[place.id].result(place.first, place.second)
        except Invalid as refused:
            refused.params["fields"] = [place.id]
            raise

    def plain(self, field_id: str) -> DecisionData:
        """Return the decision as stored: each place with the agreed words around it."""
        return {
            "choice": Choice.PLACES.value,
            "own": self.own.plain(field_id),
            "reason": "",
            "places": [self._plain(place) for place in self.cut.places],
        }

    def _plain(self, place: Place) -> PlaceData:
        return {
            "place": place.id,
            "before": words(place.before, -AROUND),
            "after": words(place.after, AROUND),
            "of_mark": place.of_mark,
            "first": place.first.plain(place.id),
            "second": place.second.plain(place.id),
            "value": self._at(place).plain(place.id),
            "decision": self.by[place.id].plain(place.id),
        }


def words(text: str, most: int) -> str:
    """Return the first words of a text, or with a negative number the last ones, verbatim."""
    found = _WORD.findall(text)
    return "".join(found[:most] if most > 0 else found[most:])


@dataclass(frozen=True)
class Asked:
    """What is asked of the person who settles: differing fields, long ones place by place."""

    ids: tuple[str, ...]
    """Of fields and of places, in the order of the sheet: the eye goes down it once."""
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    whole: Mapping[str, Msgid] = field(default_factory=dict)
    """Long answers that are asked about as a whole, and why: whoever settles is told why there
    are no places."""

    @property
    def places(self) -> dict[str, Place]:
        """The places by their id."""
        return {place.id: place for one in self.cuts.values() for place in one.places}

    def joined(self, values: Values) -> dict[str, Value]:
        """Return values of fields, the places of each long answer joined."""
        apart = {f: value for f, value in values.items() if field_of(f) not in self.cuts}
        return apart | {f: one.join(values) for f, one in self.cuts.items()}

    def decisions(
        self,
        decided: Mapping[str, Decision],
        own: Values,
    ) -> dict[str, Deciding]:
        """Return the decisions by field, those of places together. `own`: the own reading by field."""
        apart: dict[str, Deciding] = {
            f: one for f, one in decided.items() if field_of(f) not in self.cuts
        }
        return apart | {
            f: ByPlace(one, own[f], {p: decided[p] for p in decided if field_of(p) == f})
            for f, one in self.cuts.items()
        }

    def given_as(self, fields: Values, places: Values) -> "Asked":
        """Return what is still asked place by place after an own reading of these fields and places.

        An own reading of the whole text, or one that was cut otherwise, is decided as a whole: it
        is sealed and cannot be cut anew.
        """
        lost = [
            f
            for f, one in self.cuts.items()
            if {p for p in places if field_of(p) == f} != {p.id for p in one.places}
            or one.join(places) != fields.get(f)
        ]
        return self._as_a_whole(lost) if lost else self

    def _as_a_whole(self, lost: Sequence[str]) -> "Asked":
        kept = {f: one for f, one in self.cuts.items() if f not in lost}
        ids = dict.fromkeys(field_of(i) if field_of(i) in lost else i for i in self.ids)
        return Asked(tuple(ids), kept, {**self.whole, **dict.fromkeys(lost, OTHERWISE)})


def asked(differing: Iterable[str], first: Values, second: Values) -> Asked:
    """Return what is asked where two key-ins differ in these fields."""
    found = {f: cut(f, first[f], second[f]) for f in differing if is_long(f)}
    cuts = {f: one for f, one in found.items() if isinstance(one, Cut)}
    whole = {f: one for f, one in found.items() if not isinstance(one, Cut)}
    return Asked(tuple(_ids(differing, cuts)), cuts, whole)


def _ids(differing: Iterable[str], cuts: Mapping[str, Cut]) -> Iterator[str]:
    for f in differing:
        yield from (place.id for place in cuts[f].places) if f in cuts else (f,)
