"""Readiness of equipment.

Sound, enlarging and optical aids, Braille supplies, the commission's room, meals and computers
(rules R09, R11–R15, R22, R25).
"""

from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.plan.checks.people import HARD_TO_HEAR
from examday.domain.plan.checks.unrecorded import in_room, recorded
from examday.domain.plan.day import FEATURE_NAMES, DayPlan, SeatPlan
from examday.domain.plan.findings import Finding, Said, SubjectCode, Word, idle, joined, judge

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
    """R09: collective and individual amplification, for deaf as for hard of hearing.

    R11: printed rules for each candidate who may not hear them.
    """
    return [*_sound(day), *_printed_rules(day)]


def _sound(day: DayPlan) -> list[Finding]:
    # Both kinds are demanded: the room's own for announcements, a personal one for each candidate.
    return [
        in_room(
            day,
            "sound_amplification",
            number,
            {
                "sound_collective": (room := day.room(number)).has("sound_collective"),
                "sound_individual": room.count("sound_individual") >= len(seated),
            },
            _SOUND,
            count=len(seated),
        )
        for number, seated in day.candidates(*HARD_TO_HEAR).items()
    ] or [idle(day.rules, "sound_amplification")]


def _printed_rules(day: DayPlan) -> list[Finding]:
    return [
        in_room(
            day,
            "printed_rules_for",
            number,
            {"printed_rules": (there := day.room(number).count("printed_rules")) >= len(seated)},
            _PRINTED,
            there=there,
            count=len(seated),
        )
        for number, seated in day.candidates(*day.rules.words("printed_rules_for")).items()
    ] or [idle(day.rules, "printed_rules_for")]


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
    return [*_enlarging(day), *_magnifiers(day)]


def _enlarging(day: DayPlan) -> list[Finding]:
    # Forms may be enlarged in the headquarters and carried into the room.
    at_hq = any(room.has("enlarging") for room in day.rooms if room.purpose == "hq")
    enlarged = sorted({seat.room for seat in day.works(Medium.ENLARGED)})
    return [
        in_room(
            day,
            "enlarging_means",
            number,
            {"enlarging": at_hq or day.room(number).has("enlarging")},
            _ENLARGE,
        )
        for number in enlarged
    ] or [idle(day.rules, "enlarging_means")]


def _magnifiers(day: DayPlan) -> list[Finding]:
    found = []
    for number, seated in day.candidates("partially_sighted").items():
        # A candidate may bring an own magnifier (R13), so none is needed for that one.
        needed = sum("own_magnifier" not in seat.needs for seat in seated)
        there = day.room(number).count("magnifiers")
        found.append(
            in_room(
                day,
                "magnifiers",
                number,
                {"magnifiers": there >= needed},
                _LOUPES,
                # Some magnifiers are a matter of sharing; none at all is a failure.
                soft=there > 0,
                there=there,
                count=needed,
            )
        )
    return found or [idle(day.rules, "magnifiers")]


_DEVICES = Said(
    N_("Room %(room)s: everybody has a device for writing Braille."),
    N_(
        "Room %(room)s: devices for writing Braille %(there)s, candidates without an own one %(count)s."
    ),
    N_("Bring slates or Braille typewriters; a candidate's own device is allowed."),
)
_DEVICES_UNKNOWN = Said(
    "",
    N_("Room %(room)s: it is not recorded what %(count)s candidates write Braille with."),
    N_(
        "Count slates and Braille typewriters in the room and enter the number, or enter that the "
        "candidates bring their own."
    ),
)
_BRAILLE = Said(
    N_("Room %(room)s: %(there)s of %(needed)s: %(what)s."),
    N_("Room %(room)s: only %(there)s of %(needed)s: %(what)s."),
    N_("Bring the missing supplies, with a reserve."),
)


def braille_supplies(day: DayPlan) -> list[Finding]:
    """R14: enough notebooks, draft sheets and devices for those who write Braille."""
    rooms: dict[str, list[SeatPlan]] = {}
    for seat in day.works(Medium.BRAILLE):
        rooms.setdefault(seat.room, []).append(seat)
    found = []
    for number, seated in sorted(rooms.items()):
        for key, feature in (
            ("braille_notebooks_per_candidate", "braille_notebooks"),
            ("braille_draft_sheets_per_candidate", "braille_sheets"),
        ):
            # Per candidate, as the texts say; a reserve is advice and no rule.
            needed = day.rules.number(key) * len(seated)
            there = day.room(number).count(feature)
            found.append(
                in_room(
                    day,
                    key,
                    number,
                    {feature: there >= needed},
                    _BRAILLE,
                    there=there,
                    needed=needed,
                    what=Word(FEATURE_NAMES[feature]),
                )
            )
        found.append(_devices(day, number, seated))
    return found or [idle(day.rules, "braille_notebooks_per_candidate")]


def _devices(day: DayPlan, number: str, seated: list[SeatPlan]) -> Finding:
    """The finding on slates and typewriters: own devices are allowed, so only the rest is counted."""
    needed = sum("own_braille_device" not in seat.needs for seat in seated)
    room = day.room(number)
    there = room.count("braille_devices")
    unknown = needed > 0 and "braille_devices" not in room.features
    return judge(
        day.rules,
        "braille_notebooks_per_candidate",
        f"room:{number}",
        there >= needed,
        _DEVICES_UNKNOWN if unknown else _DEVICES,
        # Not counted is not «none»: a person is asked to look.
        soft=unknown,
        room=number,
        there=there,
        count=needed,
    )


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
_WHERE = Said(
    "",
    N_("Subject %(subject)s: it is not recorded where the Braille works are transferred."),
    N_("Enter it in the exam: at the exam point, or at the processing centre."),
)


def commission_room(day: DayPlan) -> list[Finding]:
    """R15: a room (with video) where Braille is transferred at the point."""
    # Where Braille goes to the processing centre, the point needs no commission room.
    if not day.read_here(Medium.BRAILLE):
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
    works = {(work.subject, work.kind) for work in day.read_here(Medium.BRAILLE)}
    found += [
        judge(
            day.rules,
            "commission_room",
            f"exam:{exam.subject}",
            False,
            _WHERE,
            soft=True,
            subject=SubjectCode(exam.subject),
        )
        for exam in day.exams
        if not exam.braille_at and (exam.subject, exam.kind) in works
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
    return [*_meals(day), *_computers(day)]


def _meals(day: DayPlan) -> list[Finding]:
    return [
        in_room(
            day,
            "meals_and_medical_breaks",
            number,
            {"meals_place": day.room(number).has("meals_place")},
            _MEALS,
            count=len(seated),
        )
        for number, seated in day.candidates("meals").items()
    ] or [idle(day.rules, "meals_and_medical_breaks")]


def _computers(day: DayPlan) -> list[Finding]:
    found: list[Finding] = []
    rooms: dict[str, set[str]] = {}
    for seat in day.works(Medium.TYPED):
        rooms.setdefault(seat.room, set()).add(seat.candidate)
    for number, typing in sorted(rooms.items()):
        room, needed = day.room(number), len(typing)
        found.append(
            in_room(
                day,
                "offline_computer",
                number,
                {
                    "computers": room.count("computers") >= needed,
                    "offline_checked": room.has("offline_checked"),
                },
                _OFFLINE,
                count=recorded(room, "computers"),
                needed=needed,
                checked=recorded(room, "offline_checked"),
            )
        )
    return found or [idle(day.rules, "offline_computer")]


EQUIPMENT_CHECKS = (
    hearing,
    sight,
    braille_supplies,
    commission_room,
    equipment,
)
