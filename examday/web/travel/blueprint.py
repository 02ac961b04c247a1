"""The blueprint that the pages between point and centre share, and how they say sizes and days."""

import datetime as dt

from flask import Blueprint

from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.services.plan.proposals.proposal import VERDICT_NAMES
from examday.services.rules.words import changed
from examday.web.session import zone

bp = Blueprint("travel", __name__, url_prefix="/travel")


@bp.context_processor
def _words() -> dict[str, object]:
    words = {"changed": changed, "verdicts": VERDICT_NAMES}
    return words | {
        "megabytes": megabytes,
        "iso_day": iso_day,
        "iso_time": iso_time,
        "entries": entries,
    }


def megabytes(size: int) -> str:
    """A size as people compare it with a stick: below 0.1 MB in KB, a file is never «0 MB»."""
    if 0 < size < 100_000:
        return f"{max(size // 1000, 1)} {_('KB')}"
    return _("%(n)s MB", n=decimal(size / 1_000_000))


def entries(first: int, last: int) -> str:
    """Numbers of entries of the ledger: «8», «1–6»."""
    return str(first) if first == last else f"{first}–{last}"


def iso_day(day: str) -> str:
    """A stored day as people write it."""
    return dt.date.fromisoformat(day).strftime("%d.%m.%Y")


def iso_time(at: str) -> str:
    """A stored moment by the clock of the reader's place; as it stands where it is none."""
    try:
        found = dt.datetime.fromisoformat(at)
    except ValueError:
        return at
    return found.astimezone(zone()).strftime("%d.%m.%Y %H:%M")
