"""Separation of duties: the parts of a transfer, and which of them need different people.

Bases: United States programmes and the papers on double entry (two people, apart; a new person
settles); the separation of transferrer and second reader is not in the Russian texts but is kept
here for every work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, SamePerson
from examday.domain.messages import N_

# In the order of the day. Stored with assignments and drafts, so these words never change.
FIRST, SECOND, ARBITER, COPIER, VERIFIER = PARTS = (
    "first",
    "second",
    "arbiter",
    "copier",
    "verifier",
)

PART_NAMES: dict[str, str] = {
    FIRST: N_("first key-in"),
    SECOND: N_("second key-in"),
    ARBITER: N_("settling of differences"),
    COPIER: N_("copying"),
    VERIFIER: N_("verification of the copy"),
}


@dataclass(frozen=True)
class Part:
    """When a part is done, and which row of the permission matrix it needs."""

    state: State
    permission: str
    """Asked when the part is taken and at every step of it: roles may change in between."""


PART_RULES: dict[str, Part] = {
    FIRST: Part(State.SCANNED, "keyin.enter"),
    SECOND: Part(State.SCANNED, "keyin.enter"),
    ARBITER: Part(State.KEYED, "settle.decide"),
    COPIER: Part(State.SETTLED, "copy.write"),
    VERIFIER: Part(State.COPY_SCANNED, "verify.decide"),
}


class Taken(Conflict):
    """Somebody else has this part of the work."""

    code = "taken"
    message = N_("A colleague has taken this work already.")
    advice = N_("Take another one, or let the colleague give this one back first.")


@dataclass(frozen=True)
class Apart:
    """Two parts of one transfer version that two people must do.

    `unless`: a value of the rule set that lifts it.
    """

    one: str
    other: str
    basis: str
    """The source: rules without a Russian text must be told from those with one."""
    unless: str = ""
    """Named after the rule set, so that a region that lets the two settle together needs no code."""


APART: tuple[Apart, ...] = (
    Apart(FIRST, SECOND, "[31], [33]: two persons, apart"),
    Apart(
        FIRST,
        ARBITER,
        "Barchard 2008; doi 10.3758/s13428-019-01207-3: a new person settles",
        "two_together",
    ),
    Apart(
        SECOND,
        ARBITER,
        "Barchard 2008; doi 10.3758/s13428-019-01207-3: a new person settles",
        "two_together",
    ),
    Apart(COPIER, VERIFIER, "[31], [33]: the transferrer is not the second reader"),
)
"""Pairs of parts, not of roles: who has read one work may copy another."""


def apart_from(part: str, settling: str = "third_person") -> frozenset[str]:
    """Return the parts that whoever does `part` must not have done in the same transfer version."""
    return frozenset(
        pair.other if pair.one == part else pair.one
        for pair in APART
        if part in (pair.one, pair.other) and (not pair.unless or pair.unless != settling)
    )


def check_apart(
    part: str,
    person_id: str,
    done_by: Mapping[str, Iterable[str]],
    *,
    settling: str = "third_person",
    earlier_hands: Iterable[str] = (),
) -> None:
    """Raise SamePerson when `person_id` may not take `part`.

    `done_by`: part → everybody who did or does it in this version. `earlier_hands`: who took part
    in the version that turned out defective (only when this version is a re-transfer; (i): after a
    defect other people do the whole of it).
    """
    for other in PARTS:
        if other in apart_from(part, settling) and person_id in set(done_by.get(other, ())):
            raise SamePerson(params={"role": PART_NAMES[other]})
    # After a defect, people who made it would look for what they expect to find.
    if person_id in set(earlier_hands):
        raise SamePerson(
            N_("You took part in the transfer that turned out defective: this time others do it.")
        )
