"""What the codes printed on a sheet say together.

They tell which number the sheet has, and how far that can be believed.

A form's layout says what each of its codes is. On the form of 2022 the two bar codes are different
numbers that share nine digits, and the square code holds text whose meaning nobody has told us.
Codes that were read are witnesses for a number; so is the plan of the day. A number that all
witnesses share is taken. Where they differ, two agreeing witnesses outvote one, and it is said;
one against one decides nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.paper_codes import check_digit
from examday.domain.messages import N_

NUMBER, PARTNER, OPAQUE, CONSTANT = "number", "partner", "opaque", "constant"
ROLES = (NUMBER, PARTNER, OPAQUE, CONSTANT)
"""What a code may be: the sheet's number; a second number that belongs to it by a rule; text that
means nothing to us and may only be compared between pages; text that is the same on every sheet of
the form."""


@dataclass(frozen=True)
class Witness:
    """One code as read.

    `id`: its place in the layout; `same`: for a partner, the first and last of the digits, counted
    from 1, that it shares with the sheet's number.
    """

    id: str
    role: str
    text: str
    same: tuple[int, int] | None = None

    @property
    def number(self) -> str:
        """Return the number in the text.

        It is the 13 digits of an EAN-13 where there are such, else the text itself.
        """
        return sheet_number(self.text) or self.text

    def agrees(self, number: str) -> bool:
        """Return whether this code, by its role, belongs to a sheet with this number."""
        if self.role == NUMBER:
            return self.number == number
        if self.role == PARTNER:
            part = self.shared(self.number)
            return len(self.number) == len(number) and bool(part) and part == self.shared(number)
        return self.role == OPAQUE and self.text != number and sheet_number(self.text) == number

    def shared(self, number: str) -> str:
        """Return the digits of `number` that a partner has in common with it; "" without a rule."""
        return number[self.same[0] - 1 : self.same[1]] if self.same else ""

    @property
    def pattern(self) -> str:
        """Return the pattern of the numbers that this partner belongs to.

        Each free place is "_" (SQL LIKE). Other roles have "".
        """
        part = self.shared(self.number) if self.role == PARTNER else ""
        if not part or self.same is None or not self.number.isalnum():
            return ""
        return "_" * (self.same[0] - 1) + part + "_" * (len(self.number) - self.same[1])


VERDICTS = {
    "no-code": N_("No code of the sheet could be read; enter its number by hand."),
    "codes-differ": N_(
        "The codes on the sheet name different numbers, and nothing tells which of them is its own: "
        "%(codes)s."
    ),
    "codes-outvoted": N_(
        "One of the sheet's codes contradicts the others, which agree: %(codes)s. Compare with the "
        "printed digits."
    ),
    "one-code": N_(
        "Only one of the sheet's codes could be read; there was nothing to check it against."
    ),
    "partner-only": N_(
        "The code that bears the sheet's number could not be read, only the one that goes with it: "
        "%(codes)s. Enter the number by hand."
    ),
    "number-from-plan": N_(
        "The code that bears the sheet's number could not be read. The number is the only one of "
        "the plan that goes with the other code: %(codes)s."
    ),
}
"""Each says what is left to do: where the program doubts, a person can look at the paper."""


@dataclass(frozen=True)
class Verdict:
    """The sheet's number, or None.

    `note` is a stable word for what a person should know, "" when all is well. `numbers` are the
    numbers that were in question.
    """

    number: str | None
    """None where the codes do not agree, or none was read: no number is ever made up."""
    note: str = ""
    numbers: tuple[str, ...] = ()


def sheet_number(text: str) -> str | None:
    """Return the 13 digits of the sheet in a code's text, or None.

    Twelve digits get their check digit; thirteen must have a right one.
    """
    for digits in re.findall(r"(?<!\d)\d{12,13}(?!\d)", text):
        if len(digits) == 12:
            return str(digits) + check_digit(digits)
        if digits[12] == check_digit(digits[:12]):
            return str(digits)
    return None


def settle(witnesses: Sequence[Witness], voting: int = 2, planned: Iterable[str] = ()) -> Verdict:
    """Return the number that the witnesses speak for.

    `voting`: how many codes of the form could speak for it; `planned`: numbers of the plan that any
    of the codes may mean, each of them a further witness.

    Notes: no-code, partner-only (its number is not known), codes-differ, codes-outvoted, one-code,
    number-from-plan.
    """
    plan = frozenset(planned)
    speaking = [w for w in witnesses if w.role in (NUMBER, PARTNER)]
    # Opaque and constant texts may not speak: nobody knows what they mean.
    if not speaking:
        return Verdict(None, "no-code")
    votes = _votes(speaking, witnesses, plan)
    if not votes:
        return Verdict(None, "partner-only", tuple(sorted(w.number for w in speaking)))
    return _count_out(votes, speaking, voting)


def _count_out(votes: Mapping[str, int], speaking: Sequence[Witness], voting: int) -> Verdict:
    """Return the number with the most votes.

    None where two have as many, or where a code speaks against the only one that speaks for it.
    """
    most = max(votes.values())
    best = [number for number, count in votes.items() if count == most]
    on_codes = {w.number for w in speaking}
    numbers = tuple(sorted(on_codes | set(best)))
    # A tie even if only one of the two codes names a number: a code that contradicts counts as
    # much.
    contradicted = not all(w.agrees(best[0]) for w in speaking)
    if len(best) > 1 or (contradicted and most < 2):
        known = any(w.role == NUMBER for w in speaking)
        return Verdict(None, "codes-differ" if known else "partner-only", numbers)
    return Verdict(best[0], _note(best[0], on_codes, contradicted, most < 2 <= voting), numbers)


def _note(
    number: str,
    on_codes: Collection[str],
    outvoted: bool,
    alone: bool,
) -> str:
    """Return what a person should know of the number that was taken."""
    if outvoted:
        return "codes-outvoted"
    if number not in on_codes:
        return "number-from-plan"
    return "one-code" if alone else ""


def _votes(
    speaking: Sequence[Witness], witnesses: Sequence[Witness], plan: frozenset[str]
) -> dict[str, int]:
    """Return how many witnesses speak for each number in question."""
    candidates = {w.number for w in speaking if w.role == NUMBER}
    # Training sheets bear one number on all their codes: a partner that another code repeats is the
    # number itself.
    candidates |= {
        w.number
        for w in speaking
        if any(o.role == OPAQUE and o.agrees(w.number) for o in witnesses)
    }
    candidates |= {number for number in plan if any(w.agrees(number) for w in speaking)}
    return {
        number: sum(w.agrees(number) for w in witnesses) + (number in plan)
        for number in sorted(candidates)
    }
