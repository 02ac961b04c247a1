"""Counts and alarms of the day in the reader's language."""

from typing import NamedTuple

from flask import current_app, url_for

from examday.domain.board import Count
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.board.alarms import Alarm
from examday.web.access import may_open
from examday.web.words import Figure

COUNT_LABELS = {
    "expected": N_("works in all"),
    "scanned": N_("scanned"),
    "keyed": N_("keyed in"),
    "copied": N_("copied out"),
    "verified": N_("checked"),
    "signed": N_("signed off"),
    "packed": N_("packed up"),
}
PLACES = {
    "scans": "scans.exceptions",
    "undone": "undone.index",
    "custody": "custody.index",
    "sign": "sign.index",
    "plan": "plan.index",
    "people": "people.index",
}
"""Which page of the program helps against an alarm; a page that is not there, or
that the reader may not open, is not linked."""


def spoken_counts(counts: tuple[Count, ...]) -> list[Figure]:
    """Return the counts for ui.counts, in the reader's language."""
    return [
        Figure(
            _(COUNT_LABELS[c.key]),
            c.value,
            # «13 of 13» says nothing at the figure that all others are measured by.
            None if c.key == "expected" and c.value == c.of else c.of,
            bool(c.wrong),
            _(c.wrong) if c.wrong else "",
        )
        for c in counts
    ]


class SpokenAlarm(NamedTuple):
    """An alarm in the reader's language, with the address of the page that helps, if there is one."""

    code: str
    title: str
    advice: str
    ids: tuple[str, ...]
    url: str


def spoken_alarm(alarm: Alarm) -> SpokenAlarm:
    """Return the words of an alarm."""
    return SpokenAlarm(
        alarm.code,
        _(alarm.message, **spoken(alarm.params)),
        _(alarm.advice),
        alarm.ids,
        _place_of(alarm),
    )


def _place_of(alarm: Alarm) -> str:
    """Return the address of the page that helps: the packet that was counted, or that of a kind."""
    if alarm.packet:
        return url_for("packing.packet", id=alarm.packet)
    endpoint = PLACES.get(alarm.place, "")
    return url_for(endpoint) if endpoint and may_open(current_app, endpoint) else ""
