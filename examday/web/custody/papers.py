"""Words and hidden fields that the pages of papers share."""

from typing import Any

from examday.domain.custody.kit import THING_NAMES, Kind, sheet_name
from examday.i18n import gettext as _
from examday.storage.tables import Item


def thing_name(item: Item) -> str:
    """A thing in words, with its sheet."""
    if item.sheet and item.kind != Kind.PACKET:
        return f"{item.size} · {sheet_words(item.sheet)}"
    return _(THING_NAMES[Kind(item.kind)])


def sheet_words(sheet: str) -> str:
    """A sheet in words; additional forms carry their number."""
    return _(sheet_name(sheet)) + (
        " " + sheet.partition("_")[2] if sheet.startswith("extra_") else ""
    )


def version(sent: Any) -> int | None:
    """The row version that the page was made of."""
    return int(sent["row_version"]) if sent.get("row_version", "").isdigit() else None
