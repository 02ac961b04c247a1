"""Words of the conflict commission's pages: names of closed lists, of sources and marks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TypeVar

from examday.domain.appeals.case import CASE_NAMES, KIND_NAMES
from examday.domain.appeals.diagnosis import CATEGORY_NAMES, DIAGNOSIS_NAMES
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES
from examday.domain.appeals.reprocessing import STEP_NAMES
from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.domain.transfer.readings import SOURCE_NAMES
from examday.i18n import gettext as _

Code = TypeVar("Code", bound=str)


def _by_code(names: Mapping[Code, str]) -> dict[str, str]:
    """Return names by stored code: templates compare plain strings."""
    return {str(code): name for code, name in names.items()}


WORDS: dict[str, Mapping[str, str]] = {
    "states": _by_code(CASE_NAMES),
    "kinds": _by_code(KIND_NAMES),
    "diagnoses": _by_code(DIAGNOSIS_NAMES),
    "categories": _by_code(CATEGORY_NAMES),
    "capacities": _by_code(CAPACITY_NAMES),
    "outcomes": _by_code(OUTCOME_NAMES),
    "step_names": _by_code(STEP_NAMES),
    "media": _by_code(MEDIUM_NAMES),
    "mark_names": _by_code(MARK_NAMES),
}
"""Stored code → msgid: templates say codes with these alone, so that no code is ever shown."""


def options(
    names: Mapping[str, str], only: Iterable[str] | None = None, blank: str = ""
) -> list[tuple[str, str]]:
    """Return (value, words) of a closed list for a select; `only` chooses and orders them."""
    chosen = [str(key) for key in names] if only is None else list(only)
    # No choice is made beforehand: a decision that nobody took must not be sent by accident.
    return [("", blank or _("choose")), *((key, _(names[key])) for key in chosen)]


def mark_word(mark: str) -> str:
    """Return what a reader saw instead of characters, in words."""
    return _(MARK_NAMES[Mark(mark)]) if mark else ""


def source_word(source: str) -> str:
    """Return a reading's source in the words of the trade."""
    return _(SOURCE_NAMES.get(source, source))


def iso_day(text: str) -> str:
    """Return a day that is stored as ISO text as people write it."""
    return dt.date.fromisoformat(text).strftime("%d.%m.%Y") if text else ""
