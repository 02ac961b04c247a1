"""Words of pages that several of them need: names of fields, of marks and of ledger events."""

from collections.abc import Sequence
from typing import NamedTuple

from examday.domain.events import event_words
from examday.domain.messages import N_
from examday.domain.scans.pages import PROGRAM_REASONS
from examday.domain.transfer.answers import MARK_NAMES, Value
from examday.domain.transfer.fields import field_words
from examday.i18n import gettext as _
from examday.services.transfer.rejected_copies import COPY_DIFFERS


class Figure(NamedTuple):
    """A number with its label, for `ui.counts`.

    `of`: how many there should be; `wrong`: it calls for help.
    """

    label: str
    value: int
    of: int | None = None
    wrong: bool = False
    """Said in words beside the figure too: colour alone does not reach everybody."""
    note: str = ""


MOST_NAMED = 4
"""Names in a line; more would not be read."""
NOT_MEASURED = N_(
    "The places of this form were not measured on a real sheet: compare on the whole page."
)
"""Said in place of a crop: a wrong place shown as the right one would be believed."""
NOT_PROVEN = N_(
    "Where the fields lie cannot be told surely from this picture, so none is framed: compare on the "
    "whole page, or have the sheet taken again, flat, from straight above, in even light."
)
"""Said where frames are missed: of a page that a person attached though its picture is in doubt."""


def field_name(field_id: str) -> str:
    """A field as people call it: «Task 7», «Replacement, row 2»."""
    words, values = field_words(field_id)
    return _(words, **values)


def who_may(people: Sequence[str]) -> str:
    """The people who may take a step, as a sentence; "" where nobody is on duty for it."""
    named, more = ", ".join(people[:MOST_NAMED]), len(people) - MOST_NAMED
    if more > 0:
        return _("Who may: %(people)s and %(n)s more", people=named, n=more)
    return _("Who may: %(people)s", people=named) if named else ""


def event_name(kind: str) -> str:
    """A ledger entry in words."""
    return _(event_words(kind))


def reason_words(reason: str) -> str:
    """Return why a page does not count, in words.

    The sentences of the program are translated, people's words stay as typed.
    """
    return _(reason) if reason in (COPY_DIFFERS, *PROGRAM_REASONS) else reason


def mark_name(value: Value) -> str:
    """What a reader saw instead of characters; empty for plain characters."""
    return _(MARK_NAMES[value.mark]) if value.mark else ""
