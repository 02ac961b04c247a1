"""Counting paper.

Expected numbers are held against counted ones; each thing has the place where it is and the
packet it belongs into (R26, R28).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.custody.kit import ORIGINALS, OUT_OF_USE, THING_NAMES, Kind, ThingState
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_

Counts = Mapping[Kind, int]
"""Kind → number. In a count by hand a missing kind was not counted, which is not zero."""


class Purpose(StrEnum):
    """What a packet is for. Evidence and standard forms never share one (source 26)."""

    STANDARD = "standard"
    """Goes to the scanners, so nothing else may be in it: a foreign sheet is read as an answer."""
    EVIDENCE = "evidence"
    """What the candidates wrote on: opened only for an appeal."""
    COMMISSION = "braille_commission"
    """A package of its own with the envelopes of notebooks [2]."""
    DEFECTIVE = "defective"
    """Apart from everything else [2]: nothing of it may be taken for an answer."""


PURPOSE_NAMES: dict[Purpose, str] = {
    Purpose.STANDARD: N_("return packet: standard forms"),
    Purpose.EVIDENCE: N_("evidence packet: originals"),
    Purpose.COMMISSION: N_("package for the tiflo-translator commission"),
    Purpose.DEFECTIVE: N_("packet of spoiled and unused materials"),
}
HOLDS: dict[Purpose, frozenset[Kind]] = {
    Purpose.STANDARD: frozenset({Kind.STANDARD_SHEET}),
    Purpose.EVIDENCE: frozenset(
        {Kind.ENVELOPE, *(kind for kinds in ORIGINALS.values() for kind in kinds)}
    ),
    Purpose.COMMISSION: frozenset({Kind.ENVELOPE}),
    Purpose.DEFECTIVE: frozenset(Kind) - {Kind.PACKET},
}
"""Only standard forms go where scanners are: any other sheet there is read as an answer (source
27)."""


@dataclass(frozen=True)
class Difference:
    """A count that does not agree."""

    kind: Kind
    expected: int
    counted: int


def tally(kinds: Iterable[Kind]) -> dict[Kind, int]:
    """Return how many of each kind, in the order of Kind; kinds that do not occur are left out."""
    found = Counter(kinds)
    return {kind: found[kind] for kind in Kind if found[kind]}


def differences(expected: Counts, counted: Counts) -> tuple[Difference, ...]:
    """Return every kind whose counts differ.

    A kind that stands on one side only counts as 0 on the other.
    """
    pairs = ((kind, expected.get(kind, 0), counted.get(kind, 0)) for kind in Kind)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def agree(expected: Counts, counted: Counts) -> bool:
    """Return whether everything that is expected was counted, and nothing differs."""
    # A number that was left out is not zero: nobody has counted.
    return set(expected) <= set(counted) and not differences(expected, counted)


@dataclass(frozen=True)
class Counted:
    """What came of counting several works at once: steps taken, seats whose numbers do not agree.

    The works of these seats stay where they are: each is counted once more on its own page.
    """

    done: int
    differing: tuple[str, ...]


def compare(expected: Counts, counted: Counts, note: str) -> tuple[Difference, ...]:
    """Return the differences of a hand-over (R28).

    Invalid when a count was not given, is below zero, or when the counts differ and nothing is said
    about it.
    """
    if missing := [kind for kind in expected if kind not in counted]:
        raise Invalid(
            N_("Not every number was given: count everything that is handed over."),
            code="count-missing",
            params={"kinds": ", ".join(missing)},
        )
    if any(number < 0 for number in counted.values()):
        raise Invalid(N_("A count cannot be below zero."), code="count-negative")
    found = differences(expected, counted)
    if found and not note.strip():
        raise Invalid(
            N_(
                "The counts do not agree. Count once more; if they still differ, write what happened."
            ),
            code="count-note",
            field="note",
            params={"differences": in_numbers(found)},
            advice=N_("Nothing was changed yet; your numbers are kept on the page."),
        )
    return found


def in_numbers(found: Iterable[Difference]) -> str:
    """Return differences for the ledger: "enlarged_sheet 4/3" = expected 4, counted 3."""
    return "; ".join(f"{d.kind} {d.expected}/{d.counted}" for d in found)


def from_numbers(text: str) -> tuple[Difference, ...]:
    """Return the differences that `in_numbers` wrote; ValueError for anything else."""
    found = []
    for part in text.split("; ") if text else ():
        kind, _sep, pair = part.partition(" ")
        expected, _slash, counted = pair.partition("/")
        found.append(Difference(Kind(kind), int(expected), int(counted)))
    return tuple(found)


class Place(StrEnum):
    """Where a thing is: each thing is in exactly one place, so the columns of every table add up."""

    IN_HAND = "in_hand"
    """With a person: the holder is the one who is asked."""
    ENVELOPE = "envelope"
    PACKET = "packet"
    HANDED_OVER = "handed_over"
    """Comes before the packet it lies in: the packet has gone as well."""
    VOID = "void"
    """A place too: a spoiled sheet that was in no column would look lost."""


def place(state: str, holders: Sequence[Kind]) -> Place:
    """Return where a thing is.

    It follows from the thing's own state and the kinds of what it lies in, innermost first.
    """
    # The order matters: a spoiled sheet in a packet is found in the packet.
    if state == ThingState.HANDED_OVER:
        return Place.HANDED_OVER
    if Kind.PACKET in holders:
        return Place.PACKET
    if state in OUT_OF_USE:
        return Place.VOID
    return Place.ENVELOPE if Kind.ENVELOPE in holders else Place.IN_HAND


@dataclass(frozen=True)
class Account:
    """One line of the account of a day: how many things of a kind there are, and where."""

    kind: Kind
    places: Mapping[Place, int]
    agreed: bool | None
    """Whether the last counts by hand found what the record says; None where nobody has counted: a
    record that is compared with itself always agrees."""

    @property
    def total(self) -> int:
        """How many there are by the record."""
        return sum(self.places.values())


def account(
    things: Iterable[tuple[Kind, Place]], counts: Iterable[tuple[Counts, Counts]] = ()
) -> tuple[Account, ...]:
    """Return where everything is, by kind.

    counts: what the record expected and what was found, of the last count of each work and packet.
    """
    found, last = list(things), list(counts)
    return tuple(
        Account(
            kind,
            {where: sum(1 for k, w in found if k is kind and w is where) for where in Place},
            _agreed(kind, last),
        )
        for kind in Kind
        if any(k is kind for k, _ in found) or _agreed(kind, last) is False
    )


def _agreed(kind: Kind, counts: Iterable[tuple[Counts, Counts]]) -> bool | None:
    of_kind = [(was.get(kind, 0), is_.get(kind, 0)) for was, is_ in counts if kind in {*was, *is_}]
    return all(was == is_ for was, is_ in of_kind) if of_kind else None


@dataclass(frozen=True)
class Check:
    """Codes that should be there against codes that were scanned."""

    present: tuple[str, ...]
    """In the order of what should be there, to be ticked off along the pile."""
    missing: tuple[str, ...]
    foreign: tuple[str, ...]
    """Worse than missing: a sheet of another candidate is in the wrong packet."""
    twice: tuple[str, ...]
    """Scanned again by mistake, or two sheets with one number (source 27), which only a look at the
    pile can tell."""

    @property
    def agrees(self) -> bool:
        """True when exactly what should be there is there, once."""
        return not (self.missing or self.foreign or self.twice)


def check_contents(expected: Iterable[str], scanned: Iterable[str]) -> Check:
    """Compare what should lie in an envelope or packet with what was scanned out of it."""
    wanted, seen = list(dict.fromkeys(expected)), Counter(scanned)
    return Check(
        tuple(c for c in wanted if seen[c]),
        tuple(c for c in wanted if not seen[c]),
        tuple(c for c in seen if c not in set(wanted)),
        tuple(c for c, times in seen.items() for _ in range(times - 1)),
    )


def may_enclose(
    kind: Kind,
    purpose: Purpose,
    *,
    void: bool,
    medium: Medium | None,
) -> None:
    """Refuse to lay a thing into a packet where it does not belong.

    An enlarged sheet among standard forms would be scanned as a second form with the same number
    (source 27).
    """
    # Both ways: a good form among spoiled ones would never be read.
    if void is not (purpose is Purpose.DEFECTIVE):
        raise Conflict(
            N_(
                "Spoiled and unused materials go into their own packet, and nothing else goes there."
            ),
            code="wrong-packet",
            advice=N_("Take it out of this pile and put it into the right packet."),
        )
    if kind not in HOLDS[purpose] or (
        purpose is Purpose.COMMISSION and medium is not Medium.BRAILLE
    ):
        raise Conflict(
            N_("«%(thing)s» does not belong in «%(packet)s»."),
            code="wrong-packet",
            params={"thing": THING_NAMES[kind], "packet": PURPOSE_NAMES[purpose]},
            advice=N_("Take it out of this pile and put it into the right packet."),
        )


def purpose_of(kind: Kind, medium: Medium) -> Purpose:
    """Return which packet a thing of a certified work belongs into."""
    return Purpose.EVIDENCE if kind in (*ORIGINALS[medium], Kind.ENVELOPE) else Purpose.STANDARD


def check_enlarging(
    now: dt.datetime,
    exam_day: dt.date,
    not_before: str,
    *,
    witnessed: bool,
    training: bool,
) -> None:
    """Refuse enlarging before its hour or without a witness (R26).

    It may not begin before the hour of the rule set (`not_before`: "10:00"; "" = the texts are
    silent), local time, and an exam-board member must be present. `now` is local time. In a
    training exam only the hour is waived.
    """
    # Where the texts name no hour, there is nothing to hold an enlarging against.
    if not not_before:
        return
    # The witness is asked for first: waiting for the hour does not make up for one.
    if not witnessed:
        raise Invalid(
            N_("Enlarging needs an exam-board member in the room: name who is present."),
            code="no-witness",
            field="witness",
            advice=N_("Choose the exam-board member. Nothing was enlarged in the record yet."),
        )
    start = dt.datetime.combine(exam_day, dt.time.fromisoformat(not_before), now.tzinfo)
    if now < start and not training:
        raise Conflict(
            N_("Enlarging may not begin before %(time)s local time on %(day)s."),
            code="too-early",
            params={"time": not_before, "day": exam_day.strftime("%d.%m.%Y")},
            advice=N_("Wait for the beginning of the exam. Nothing was changed."),
        )
