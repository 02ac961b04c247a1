"""Readiness of the rooms: seats, neighbours, light, floor, access (rules R01–R08)."""

from dataclasses import replace

from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.plan.checks.unrecorded import in_room
from examday.domain.plan.day import FEATURE_NAMES, STATUSES, DayPlan, RoomPlan
from examday.domain.plan.findings import Finding, Said, Word, idle, judge, within

_SEATS = Said(
    N_("Room %(room)s: %(count)s seated, limit %(limit)s."),
    N_("Room %(room)s: %(count)s seated, but the limit is %(limit)s."),
    N_("Move candidates to another room or open one more."),
)
_CAPACITY = Said(
    N_("Room %(room)s: %(count)s seated at %(seats)s places."),
    N_("Room %(room)s: %(count)s seated, but there are only %(seats)s places."),
    N_("Correct the number of places of the room or move candidates."),
)


_PLACES_UNKNOWN = Said(
    "",
    N_("Room %(room)s: it is not recorded how many places it has; %(count)s seated."),
    N_("Count the places and enter their number."),
)


def seats(day: DayPlan) -> list[Finding]:
    """Return the findings on the number of seats in use (R01).

    A room with special seating may have no more than the limit, and no more than there are places.
    """
    found = []
    for number, seated in day.candidates().items():
        room = day.room(number)
        # Asked first, because the limits are those of rooms with special seating only.
        if any(seat.needs for seat in seated):
            key = (
                "seats_partially_sighted"
                if all("partially_sighted" in s.needs for s in seated)
                else "seats_special_room"
            )
            row = within(day.rules, key, f"room:{number}", len(seated), _SEATS, room=number)
            found.append(replace(row, cause=f"seats:{number}"))
        # More people than places fails whatever the texts allow.
        if room.seats is None or len(seated) > room.seats:
            found.append(_places(day, number, len(seated), room.seats))
    return found or [idle(day.rules, "seats_special_room")]


def _places(day: DayPlan, number: str, count: int, seats: int | None) -> Finding:
    """Return the finding on a room with too few places, or with a number that nobody knows."""
    return judge(
        day.rules,
        "seats_special_room",
        f"room:{number}",
        False,
        _CAPACITY if seats is not None else _PLACES_UNKNOWN,
        soft=seats is None,
        cause=f"seats:{number}",
        room=number,
        count=count,
        seats=seats,
    )


def category_limits(day: DayPlan) -> list[Finding]:
    """R02, R03: blind, and candidates with musculoskeletal disorders, per room.

    Where a later, looser limit is not confirmed, the commissioning text's speaks as well.
    """
    found = []
    for need, key in (("blind", "seats_blind"), ("musculoskeletal", "seats_musculoskeletal")):
        rooms = day.candidates(need)
        found += [
            within(day.rules, key, f"room:{number}", len(seated), _SEATS, room=number)
            for number, seated in rooms.items()
        ]
        if not rooms:
            found.append(idle(day.rules, key))
    return found


_APART = Said(
    N_("Room %(room)s: blind and partially sighted candidates sit apart."),
    N_("Room %(room)s: blind and partially sighted candidates sit together."),
    N_(
        "Separate rooms are recommended; together is allowed when there are few. Write down the decision."
    ),
)
_START = Said(
    N_("Room %(room)s: everybody starts together, after enlarging."),
    N_("Room %(room)s is mixed: the common start after enlarging is not planned."),
    N_("Plan that everybody starts together, when enlarging is finished, and mark it in the room."),
)


def mixed_rooms(day: DayPlan) -> list[Finding]:
    """R04: blind and partially sighted apart (recommended).

    R05: a mixed room starts together, after enlarging.
    """
    found = []
    blind, sighted = day.seated("blind"), day.seated("partially_sighted")
    rooms = sorted(set(blind) | set(sighted))
    found += [
        judge(
            day.rules,
            "blind_and_partially_sighted_apart",
            f"room:{number}",
            not (number in blind and number in sighted),
            _APART,
            soft=True,
            room=number,
        )
        for number in rooms
    ]
    mixed = [
        number
        for number, seated in day.seated().items()
        # Mixed: some wait for enlarged forms while others could already write.
        if len({seat.medium == Medium.ENLARGED for seat in seated}) > 1
    ]
    if not day.rules.flag("common_start_in_mixed_room") or not mixed:
        found.append(idle(day.rules, "common_start_in_mixed_room"))
    else:
        found += [
            judge(
                day.rules,
                "common_start_in_mixed_room",
                f"room:{number}",
                day.room(number).has("common_start"),
                _START,
                soft=True,
                room=number,
            )
            for number in mixed
        ]
    return found


_LIGHT = Said(
    N_("Room %(room)s: %(lux)s lx on the desks, at least %(limit)s needed."),
    N_("Room %(room)s: %(lux)s lx on the desks, at least %(limit)s are needed."),
    N_("Put lamps on the desks and measure again."),
)
_LIGHT_UNKNOWN = Said(
    "",
    N_("Room %(room)s: the light on the desks was not measured."),
    N_("Measure the light on each desk and enter the lowest value."),
)
_LIGHT_EVEN = Said(
    "",
    N_("Room %(room)s: individual, even light is not confirmed."),
    N_("See that each desk has its own lamp without glare and mark it in the room."),
)


def light(day: DayPlan) -> list[Finding]:
    """R06: at least 300 lx, individual and even, for partially sighted candidates."""
    limit = day.rules.number("desk_light_lux")
    found = []
    for number in day.seated("partially_sighted"):
        room, about = day.room(number), f"room:{number}"
        lux = room.count("light_lux")
        # Not measured is no zero: a person is asked to measure, nobody is told that it is dark.
        if "light_lux" not in room.features:
            found.append(
                judge(
                    day.rules,
                    "desk_light_lux",
                    about,
                    False,
                    _LIGHT_UNKNOWN,
                    soft=True,
                    room=number,
                )
            )
        else:
            found.append(
                judge(
                    day.rules,
                    "desk_light_lux",
                    about,
                    lux >= limit,
                    _LIGHT,
                    room=number,
                    lux=lux,
                    limit=limit,
                )
            )
        if not room.has("individual_light"):
            found.append(
                judge(
                    day.rules, "desk_light_lux", about, False, _LIGHT_EVEN, soft=True, room=number
                )
            )
    return found or [idle(day.rules, "desk_light_lux")]


_FLOOR = Said(
    N_("Room %(room)s: floor %(floor)s, the way is open."),
    N_("Room %(room)s is on floor %(floor)s and there is no lift."),
    N_("Use a room on the ground floor."),
)
_FLOOR_UNKNOWN = Said(
    "",
    N_("Room %(room)s: the floor is not recorded."),
    N_("Enter the floor and whether there is a lift."),
)
_LIFT_UNKNOWN = Said(
    "",
    N_("Room %(room)s is on floor %(floor)s, and it is not recorded whether there is a lift."),
    N_("Enter whether there is a lift, or use a room on the ground floor."),
)
_ACCESS = Said(
    N_("Room %(room)s: access is barrier-free."),
    N_("Room %(room)s lacks: %(missing)s."),
    N_("Put it right or use another room."),
)
ACCESS_FEATURES = ("ramp", "handrails", "wide_doors", "special_chairs", "wheelchair_place")
"""In the order in which somebody in a wheelchair meets them: the first that is missing is where the
way ends."""


def access(day: DayPlan) -> list[Finding]:
    """R07: without a lift the rooms are on the ground floor.

    R08: ramps, handrails, doors, chairs, wheelchair place.
    """
    return [*_ground_floor(day), *_without_barriers(day)]


def _ground_floor(day: DayPlan) -> list[Finding]:
    found = []
    for number, seated in day.seated().items():
        room = day.room(number)
        # A status alone says nothing about stairs.
        if not any(seat.needs - STATUSES for seat in seated):
            continue
        floor = room.count("floor")
        # Russian counting: the ground floor is floor 1.
        high = floor > 1
        said, unknown = _unseen_way(room, high)
        found.append(
            judge(
                day.rules,
                "ground_floor_without_lift",
                f"room:{number}",
                not unknown and (not high or room.has("lift")),
                said,
                soft=unknown,
                room=number,
                floor=floor,
            )
        )
    return found or [idle(day.rules, "ground_floor_without_lift")]


def _unseen_way(room: RoomPlan, high: bool) -> tuple[Said, bool]:
    """What is said of the way to a room, and whether nobody recorded what matters of it."""
    if "floor" not in room.features:
        return _FLOOR_UNKNOWN, True
    unknown = high and "lift" not in room.features
    return (_LIFT_UNKNOWN if unknown else _FLOOR), unknown


def _without_barriers(day: DayPlan) -> list[Finding]:
    return [
        in_room(
            day,
            "barrier_free_access",
            number,
            {name: room.has(name) for name in ACCESS_FEATURES},
            _ACCESS,
            missing=tuple(
                Word(FEATURE_NAMES[name])
                for name in ACCESS_FEATURES
                # What nobody looked at may be there.
                if name in room.features and not room.has(name)
            ),
        )
        for number in day.seated("musculoskeletal", "wheelchair")
        for room in (day.room(number),)
    ] or [idle(day.rules, "barrier_free_access")]


ROOM_CHECKS = (
    seats,
    category_limits,
    mixed_rooms,
    light,
    access,
)
