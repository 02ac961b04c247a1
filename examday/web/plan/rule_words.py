"""The values, terms and sources of a rule set in words."""

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.rules.ruleset import (
    CONFIDENCE_NAMES,
    SLOT_NAMES,
    Confidence,
    RuleSet,
    RuleValue,
)
from examday.i18n import gettext as _
from examday.services.rules.words import spoken


def known(row: RuleValue) -> str:
    """Put a rule value into words; an empty one that is not known is «not stated»."""
    return (
        _("not stated")
        if not row.value and row.confidence is Confidence.UNKNOWN
        else spoken(row.value)
    )


def basis(
    source: str,
    confidence: Confidence,
    carried: bool,
    note: str = "",
) -> str:
    """Say what a value rests on: source, how sure it is, whether a later text is silent; the note."""
    later = _("carried over from an earlier rule set") if carried else ""
    parts = (source, _(CONFIDENCE_NAMES[confidence]), later, note)
    return " · ".join(part for part in parts if part)


def signers(shown: RuleSet) -> list[dict[str, object]]:
    """List who signs «Копия верна» by the rule set, for each form of the answers."""
    return [
        {
            "medium": _(MEDIUM_NAMES[medium]),
            "slot": _(SLOT_NAMES[row.slot]),
            "roles": ", ".join(_(ROLE_NAMES[role]) for role in row.roles),
            "absence": _("may be absent, with a recorded reason")
            if row.absence_allowed
            else _("required"),
            "basis": basis(row.source, row.confidence, False),
        }
        for medium in Medium
        for row in shown.signers(medium)
    ]
