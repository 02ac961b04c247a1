"""Readiness of the rooms: seats, light, floor, access, sound, supplies (rules R01–R09, R11–R15,
R22, R25, R26)."""

from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.plan.day import FEATURE_NAMES, STATUSES, DayPlan, SeatPlan
from examday.domain.plan.findings import Finding, Said, Word, idle, joined, judge

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


def seats(day: DayPlan) -> list[Finding]:
    """R01: no more than the limit in a room with special seating, and no more than there are
    places."""
    found = []
    for number, seated in day.seated().items():
        room = day.room(number)
        if any(seat.needs for seat in seated):
            key = (
                "seats_partially_sighted"
                if all("partially_sighted" in s.needs for s in seated)
                else "seats_special_room"
            )
            limit = day.rules.number(key)
            found.append(
                judge(
                    day.rules,
                    key,
                    f"room:{number}",
                    len(seated) <= limit,
                    _SEATS,
                    room=number,
                    count=len(seated),
                    limit=limit,
                )
            )
        if len(seated) > room.seats:
            found.append(
                judge(
                    day.rules,
                    "seats_special_room",
                    f"room:{number}",
                    False,
                    _CAPACITY,
                    room=number,
                    count=len(seated),
                    seats=room.seats,
                )
            )
    return found or [idle(day.rules, "seats_special_room")]


def category_limits(day: DayPlan) -> list[Finding]:
    """R02, R03: blind, and candidates with musculoskeletal disorders, per room."""
    found = []
    for need, key in (("blind", "seats_blind"), ("musculoskeletal", "seats_musculoskeletal")):
        limit = day.rules.number(key)
        rooms = day.seated(need)
        found += [
            judge(
                day.rules,
                key,
                f"room:{number}",
                len(seated) <= limit,
                _SEATS,
                room=number,
                count=len(seated),
                limit=limit,
            )
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
    """R04: blind and partially sighted apart (recommended). R05: a mixed room starts together,
    after enlarging."""
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
_ACCESS = Said(
    N_("Room %(room)s: access is barrier-free."),
    N_("Room %(room)s lacks: %(missing)s."),
    N_("Put it right or use another room."),
)
ACCESS_FEATURES = ("ramp", "handrails", "wide_doors", "special_chairs", "wheelchair_place")


def access(day: DayPlan) -> list[Finding]:
    """R07: without a lift the rooms are on the ground floor. R08: ramps, handrails, doors, chairs,
    wheelchair place."""
    found = []
    for number, seated in day.seated().items():
        room = day.room(number)
        if not any(seat.needs - STATUSES for seat in seated):
            continue
        if "floor" not in room.features:
            found.append(
                judge(
                    day.rules,
                    "ground_floor_without_lift",
                    f"room:{number}",
                    False,
                    _FLOOR_UNKNOWN,
                    soft=True,
                    room=number,
                )
            )
        else:
            floor = room.count("floor")
            found.append(
                judge(
                    day.rules,
                    "ground_floor_without_lift",
                    f"room:{number}",
                    floor <= 1 or room.has("lift"),
                    _FLOOR,
                    room=number,
                    floor=floor,
                )
            )
    found = found or [idle(day.rules, "ground_floor_without_lift")]
    moving = day.seated("musculoskeletal", "wheelchair")
    for number in moving:
        missing = tuple(
            Word(FEATURE_NAMES[name]) for name in ACCESS_FEATURES if not day.room(number).has(name)
        )
        found.append(
            judge(
                day.rules,
                "barrier_free_access",
                f"room:{number}",
                not missing,
                _ACCESS,
                room=number,
                missing=missing,
            )
        )
    return found if moving else [*found, idle(day.rules, "barrier_free_access")]


_SOUND = Said(
    N_("Room %(room)s: amplification for the room and for %(count)s candidates."),
    N_("Room %(room)s: amplification for the room or for some of %(count)s candidates is missing."),
    N_("Bring collective and individual amplifiers and try them out."),
)
_PRINTED = Said(
    N_("Room %(room)s: printed rules are there for %(count)s candidates."),
    N_("Room %(room)s: %(there)s printed rules for %(count)s candidates."),
    N_("Print the filling-in rules, one for each candidate."),
)


def hearing(day: DayPlan) -> list[Finding]:
    """R09: collective and individual amplification. R11: printed rules for each candidate who may
    not hear them."""
    found = []
    for number, seated in day.seated("hard_of_hearing").items():
        room = day.room(number)
        ok = room.has("sound_collective") and room.count("sound_individual") >= len(seated)
        found.append(
            judge(
                day.rules,
                "sound_amplification",
                f"room:{number}",
                ok,
                _SOUND,
                room=number,
                count=len(seated),
            )
        )
    found = found or [idle(day.rules, "sound_amplification")]
    readers = day.seated(*day.rules.words("printed_rules_for"))
    found += [
        judge(
            day.rules,
            "printed_rules_for",
            f"room:{number}",
            day.room(number).count("printed_rules") >= len(seated),
            _PRINTED,
            room=number,
            there=day.room(number).count("printed_rules"),
            count=len(seated),
        )
        for number, seated in readers.items()
    ]
    return found if readers else [*found, idle(day.rules, "printed_rules_for")]


_ENLARGE = Said(
    N_("Enlarging for room %(room)s: the means are there."),
    N_("Room %(room)s: there is nothing to enlarge forms to A3 with."),
    N_("Put an A3 copier into the room or into the headquarters and make a trial copy."),
)
_LOUPES = Said(
    N_("Room %(room)s: magnifiers for %(count)s candidates."),
    N_("Room %(room)s: magnifiers %(there)s, candidates %(count)s."),
    N_("Bring magnifiers; a candidate's own magnifier is allowed."),
)


def sight(day: DayPlan) -> list[Finding]:
    """R12: means to enlarge to A3. R13: magnifiers, where candidates do not bring their own."""
    at_hq = any(room.has("enlarging") for room in day.rooms if room.purpose == "hq")
    enlarged = sorted({seat.room for seat in day.works(Medium.ENLARGED)})
    found = [
        judge(
            day.rules,
            "enlarging_means",
            f"room:{number}",
            at_hq or day.room(number).has("enlarging"),
            _ENLARGE,
            room=number,
        )
        for number in enlarged
    ] or [idle(day.rules, "enlarging_means")]
    sighted = day.seated("partially_sighted")
    for number, seated in sighted.items():
        needed = sum("own_magnifier" not in seat.needs for seat in seated)
        there = day.room(number).count("magnifiers")
        found.append(
            judge(
                day.rules,
                "magnifiers",
                f"room:{number}",
                there >= needed,
                _LOUPES,
                soft=there > 0,
                room=number,
                there=there,
                count=needed,
            )
        )
    return found if sighted else [*found, idle(day.rules, "magnifiers")]


_BRAILLE = Said(
    N_("Room %(room)s: %(there)s of %(needed)s: %(what)s."),
    N_("Room %(room)s: only %(there)s of %(needed)s: %(what)s."),
    N_("Bring the missing supplies, with a reserve."),
)


def braille_supplies(day: DayPlan) -> list[Finding]:
    """R14: enough notebooks and draft sheets for those who write Braille."""
    rooms: dict[str, list[SeatPlan]] = {}
    for seat in day.works(Medium.BRAILLE):
        rooms.setdefault(seat.room, []).append(seat)
    found = []
    for number, seated in sorted(rooms.items()):
        for key, feature in (
            ("braille_notebooks_per_candidate", "braille_notebooks"),
            ("braille_draft_sheets_per_candidate", "braille_sheets"),
        ):
            needed = day.rules.number(key) * len(seated)
            there = day.room(number).count(feature)
            found.append(
                judge(
                    day.rules,
                    key,
                    f"room:{number}",
                    there >= needed,
                    _BRAILLE,
                    room=number,
                    there=there,
                    needed=needed,
                    what=Word(FEATURE_NAMES[feature]),
                )
            )
    return found or [idle(day.rules, "braille_notebooks_per_candidate")]


_COMMISSION = Said(
    N_("The commission works in room %(room)s."),
    N_("There is no room for the commission."),
    N_("Name a room with restricted access, or plan this work at the processing centre."),
)
_VIDEO = Said(
    "",
    N_("Commission room %(room)s: video recording is not confirmed."),
    N_("Switch the recording on and mark it in the room."),
)


def commission_room(day: DayPlan) -> list[Finding]:
    """R15: a room (with video) where Braille is transferred at the point."""
    at_site = {exam.subject for exam in day.exams if exam.braille_at == "site"}
    if not any(seat.subject in at_site for seat in day.works(Medium.BRAILLE)):
        return [idle(day.rules, "commission_room")]
    rooms = [room for room in day.rooms if room.purpose == "commission"]
    found = [
        judge(
            day.rules,
            "commission_room",
            "point",
            bool(rooms),
            _COMMISSION,
            room=joined(room.number for room in rooms),
        )
    ]
    return found + [
        judge(
            day.rules,
            "commission_room",
            f"room:{room.number}",
            False,
            _VIDEO,
            soft=True,
            room=room.number,
        )
        for room in rooms
        if not room.has("video")
    ]


_MEALS = Said(
    N_("Room %(room)s: a place for meals and breaks is there."),
    N_("Room %(room)s: %(count)s candidates need meals or medical breaks, no place is planned."),
    N_("Set up a place in the room; absences are written down."),
)
_OFFLINE = Said(
    N_("Room %(room)s: %(count)s checked computers for %(needed)s candidates."),
    N_(
        "Room %(room)s: computers %(count)s, candidates %(needed)s, checked (no internet, no subject "
        "information): %(checked)s."
    ),
    N_("Set up and check the computers the day before and mark it in the room."),
)


def equipment(day: DayPlan) -> list[Finding]:
    """R22: a place for meals and medical breaks. R25: a checked computer for everybody who types."""
    found = [
        judge(
            day.rules,
            "meals_and_medical_breaks",
            f"room:{number}",
            day.room(number).has("meals_place"),
            _MEALS,
            room=number,
            count=len(seated),
        )
        for number, seated in day.seated("meals").items()
    ]
    found = found or [idle(day.rules, "meals_and_medical_breaks")]
    rooms: dict[str, int] = {}
    for seat in day.works(Medium.TYPED):
        rooms[seat.room] = rooms.get(seat.room, 0) + 1
    for number, needed in sorted(rooms.items()):
        room = day.room(number)
        checked = room.has("offline_checked")
        found.append(
            judge(
                day.rules,
                "offline_computer",
                f"room:{number}",
                checked and room.count("computers") >= needed,
                _OFFLINE,
                room=number,
                count=room.count("computers"),
                needed=needed,
                checked=Word(N_("yes") if checked else N_("no")),
            )
        )
    return found if rooms else [*found, idle(day.rules, "offline_computer")]


ROOM_CHECKS = (
    seats,
    category_limits,
    mixed_rooms,
    light,
    access,
    hearing,
    sight,
    braille_supplies,
    commission_room,
    equipment,
)
