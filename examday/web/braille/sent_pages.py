"""What was sent of the pages of a notebook: what each is, and what was counted."""

from collections.abc import Mapping

from flask import request

from examday.domain.braille.notebook import Leaf, Part, Pile, sides_of
from examday.domain.custody.kit import Kind
from examday.domain.numbers import typed_number
from examday.services.braille.notebook.sorting import Sorting


def sent_leaves(shown: Sorting) -> list[Leaf]:
    """Return the pages that something was chosen for."""
    found = []
    for page in shown.pages:
        part = request.form.get(f"part:{page.id}", "")
        number = request.form.get(f"number:{page.id}", "").strip()
        if part in set(Part):
            numbered = Part(part) in (Part.ANSWER, Part.BACK)
            found.append(
                Leaf(page.id, Part(part), whole_number(number) if numbered and number else 0)
            )
    return found


def whole_number(text: str) -> int:
    """Return a number as typed; -1 for anything else, which the rules refuse."""
    number = typed_number(text)
    return -1 if number is None else number


def sent_counts(shown: Sorting) -> dict[str, int]:
    """Return what was counted: sheets, sides, and each kind of thing in the envelope."""
    names = ["sheets", "sides", *shown.expected]
    return {name: whole_number(request.form.get(name, "").strip()) for name in names}


def counts_before(shown: Sorting) -> dict[str, int]:
    """Return what was counted last."""
    # Nothing is filled in before but the sides: a figure that stands there already is not counted.
    return shown.counts or {"sides": sides_of(shown.looks)}


def pile_of(facts: Mapping[str, int]) -> Pile:
    """Return the counted sheets and sides."""
    return Pile(facts["sheets"], facts["sides"])


def counted_of(facts: Mapping[str, int]) -> dict[Kind, int]:
    """Return what was counted of each kind; what was not given is left out."""
    return {
        Kind(name): number for name, number in facts.items() if name in set(Kind) and number >= 0
    }
