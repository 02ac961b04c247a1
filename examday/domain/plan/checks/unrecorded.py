"""Findings on things of a room: what nobody recorded is for a person to look at, never «none»."""

from collections.abc import Mapping
from dataclasses import replace

from examday.domain.messages import N_
from examday.domain.plan.day import FEATURE_NAMES, DayPlan, RoomPlan
from examday.domain.plan.findings import Finding, Said, Word, judge

_NOT_RECORDED = Said(
    "",
    N_("Room %(room)s: it is not recorded what is there: %(what)s."),
    N_("Look in the room and enter what is there."),
)


def recorded(room: RoomPlan, feature: str) -> object:
    """Return what is recorded of a feature as a parameter of a sentence: a number, yes, no, or that
    nothing is. What nobody recorded is no zero.
    """
    value = room.features.get(feature)
    if value is None:
        return Word(N_("nothing is recorded"))
    return Word(N_("yes") if value else N_("no")) if isinstance(value, bool) else value


def in_room(
    day: DayPlan,
    key: str,
    number: str,
    enough: Mapping[str, bool],
    said: Said,
    /,
    *,
    soft: bool = False,
    **params: object,
) -> Finding:
    """Return the finding of the rule value `key` on features of a room.

    `enough`: feature → whether the room has enough of it. One that is recorded and is not enough
    fails; else one that is not recorded is to be looked at.
    """
    features, about = day.room(number).features, f"room:{number}"
    wanting = [name for name, ok in enough.items() if not ok]
    unknown = [name for name in wanting if name not in features]
    if not unknown or len(unknown) < len(wanting):
        row = judge(day.rules, key, about, not wanting, said, soft=soft)
        return replace(row, params={"room": number, **params})
    what = tuple(Word(FEATURE_NAMES[name]) for name in unknown)
    return judge(day.rules, key, about, False, _NOT_RECORDED, soft=True, room=number, what=what)
