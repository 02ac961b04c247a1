"""What was sent of the pages of a notebook: what each is, and what was counted."""

from collections.abc import Mapping

from flask import request

from examday.domain.braille.notebook import Leaf, Part, Pile, sides_of
from examday.domain.custody.kit import Kind
from examday.services.braille.notebook.sorting import Sorting


def sent_leaves(shown: Sorting) -> list[Leaf]:
    """The pages that something was chosen for; a number that is none counts as not given."""
    found = []
    for page in shown.pages:
        part, number = (
            request.form.get(f"part:{page.id}", ""),
            request.form.get(f"number:{page.id}", "").strip(),
        )
        if part in set(Part):
            numbered = Part(part) in (Part.ANSWER, Part.BACK)
            found.append(
                Leaf(page.id, Part(part), whole_number(number) if numbered and number else 0)
            )
    return found


def whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def sent_counts(shown: Sorting) -> dict[str, int]:
    names = ["sheets", "sides", *shown.expected]
    return {name: whole_number(request.form.get(name, "").strip()) for name in names}


def counts_before(shown: Sorting) -> dict[str, int]:
    """What was counted last; nothing is filled in before that but how many sides were probably
    scanned."""
    return shown.counts or {"sides": sides_of(shown.looks)}


def pile_of(facts: Mapping[str, int]) -> Pile:
    return Pile(facts["sheets"], facts["sides"])


def counted_of(facts: Mapping[str, int]) -> dict[Kind, int]:
    return {
        Kind(name): number for name, number in facts.items() if name in set(Kind) and number >= 0
    }
