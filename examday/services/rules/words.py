"""Values and terms of rule sets, and what another set changes, in the reader's language."""

import re

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.rules.differing import Difference
from examday.domain.rules.names import TERM_NAMES, TEXTS, VALUE_NAMES
from examday.domain.rules.ruleset import SLOT_NAMES, Count, Plain, Term
from examday.i18n import gettext as _
from examday.i18n import ngettext


def value_name(key: str) -> str:
    """Name a rule value; next year's key without a name is shown as it is."""
    return _(VALUE_NAMES.get(key, key))


def term_name(key: str) -> str:
    """Name a term; next year's key without a name is shown as it is."""
    return _(TERM_NAMES.get(key, key))


def spoken(value: Plain) -> str:
    """Put a plain value into words; a code that has no name stays as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(_(TEXTS.get(part, part)) for part in value)
    if isinstance(value, str):
        return _until(value) or _(TEXTS.get(value, value))
    return str(value)


def _until(value: str) -> str:
    """«12-31» and «next 03-01» (a day of the year, or of the next one) as people write them."""
    found = re.fullmatch(r"(next )?(\d\d)-(\d\d)", value)
    if found is None:
        return ""
    day = f"{found[3]}.{found[2]}"
    return (
        _("%(day)s of the next year", day=day)
        if found[1]
        else _("%(day)s of the exam year", day=day)
    )


def length(days: int, count: Count) -> str:
    """Put a term into words; days before the exam are negative in the rules and positive here."""
    if count is Count.SAME_DAY:
        return _("on the same day")
    if count is Count.WORKING:
        return ngettext("%(n)s working day", "%(n)s working days", abs(days))
    return ngettext("%(n)s calendar day", "%(n)s calendar days", abs(days))


def changed(row: Difference) -> tuple[str, str, str]:
    """Name a rule that changes, and what it says before and after."""
    return _named(row.key), _said(row.before), _said(row.after)


def _named(key: str) -> str:
    medium, _blank, slot = key.partition(" ")
    if slot:
        return f"{_(MEDIUM_NAMES[Medium(medium)])}: {_(SLOT_NAMES[slot])}"
    return value_name(key) if key in VALUE_NAMES else term_name(key)


def _said(value: Plain | Term) -> str:
    if isinstance(value, Term):
        return length(value.days, value.count)
    return spoken(value) or _("not stated")
