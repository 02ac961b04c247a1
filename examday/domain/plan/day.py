"""The plan of one exam day as plain values, and its words: need codes, documents, room features.

Health is kept as codes of what the exam must provide, never as a diagnosis; the four seating
categories exist because the room limits count by them (R01–R03).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.rules.ruleset import RuleSet

NEED_NAMES: dict[str, str] = {
    "special_needs": N_("limited health abilities (certified by the commission)"),
    "disabled": N_("disabled person or disabled child"),
    "blind": N_("blind or late-blind"),
    "partially_sighted": N_("partially sighted"),
    "deaf": N_("deaf or late-deafened"),
    "hard_of_hearing": N_("hard of hearing"),
    "musculoskeletal": N_("musculoskeletal disorder"),
    "speech": N_("severe speech disorder"),
    "delay": N_("developmental delay"),
    "autism": N_("autism spectrum"),
    "a3": N_("forms enlarged to A3"),
    "braille": N_("answers in Braille"),
    "typed": N_("answers on a computer"),
    "extra_time": N_("extra time"),
    "wheelchair": N_("wheelchair access"),
    "assistant": N_("an assistant"),
    "sign_interpreter": N_("a sign interpreter"),
    "own_magnifier": N_("own magnifier"),
    "own_braille_device": N_("own device for writing Braille"),
    "meals": N_("meals and medical breaks"),
    "home": N_("exam at home"),
    "oral": N_("oral form"),
}
"""Conditions, not diagnoses: more people see a plan than may see a medical file."""
STATUSES = frozenset({"special_needs", "disabled"})
"""What grants special conditions by law (ОВЗ, disability); everything else is a condition
itself."""

DOCUMENT_NAMES: dict[str, str] = {
    "pmpc_conclusion": N_("conclusion of the psychological, medical and pedagogical commission"),
    "disability_certificate": N_("disability certificate"),
    "medical_grounds": N_("medical grounds for an exam at home"),
}
"""Documents that grant conditions: without one of them a condition does not count (R19, R20)."""
DOCUMENT_FORMS: dict[str, str] = {
    "original": N_("original"),
    "certified_copy": N_("certified copy"),
    "copy": N_("copy"),
}
"""A disability certificate counts only as an original or a certified copy (R19)."""

FEATURE_NAMES: dict[str, str] = {
    "light_lux": N_("light on the desk, lx"),
    "individual_light": N_("individual, even light"),
    "floor": N_("floor"),
    "lift": N_("lift"),
    "ramp": N_("ramp"),
    "handrails": N_("handrails"),
    "wide_doors": N_("wide doors"),
    "special_chairs": N_("special chairs"),
    "wheelchair_place": N_("wheelchair place"),
    "sound_collective": N_("sound amplification for the room"),
    "sound_individual": N_("individual sound amplifiers"),
    "enlarging": N_("means to enlarge to A3"),
    "magnifiers": N_("magnifiers"),
    "printed_rules": N_("printed rules for filling in the forms"),
    "braille_notebooks": N_("Braille notebooks"),
    "braille_sheets": N_("Braille draft sheets"),
    "braille_devices": N_("devices for writing Braille"),
    "computers": N_("computers"),
    "offline_checked": N_("computers checked: no internet, no subject information"),
    "common_start": N_("everybody starts together, after enlarging"),
    "meals_place": N_("place for meals and medical breaks"),
    "video": N_("video recording"),
}
"""What can be recorded of a room. A rule of the readiness board asks for each: nobody should look
at what nobody needs."""
ROOM_PURPOSES: dict[str, str] = {
    "exam": N_("exam room"),
    "commission": N_("room of the tiflo-translator commission"),
    "hq": N_("headquarters of the point"),
    "medical": N_("medical room"),
}
"""Rooms that the rules speak of. Others need no entry, as nothing is asked of them."""
SPEAKING_SUBJECTS = frozenset({"29", "30", "31", "33", "34"})
"""«Говорение» has a subject code of its own in five languages: these exams have no answers on
paper."""
EXAM_KINDS: dict[str, str] = {
    "ege": N_("Unified State Exam"),
    "oge": N_("Basic State Exam"),
    "gve": N_("State Graduation Exam"),
}
"""ЕГЭ, ОГЭ, ГВЭ: one subject may be taken in one of them only (R23)."""


@dataclass(frozen=True)
class ExamPlan:
    """One exam of the day.

    Times are "HH:MM" of the point; `minutes` = ordinary duration, 0 when not given. `braille_at`
    says where Braille works are transferred: "site" or "rcoi", empty when not given. What is left out
    is not given: a usual value is no fact of this exam.
    """

    subject: str
    kind: str
    tasks: int | None = None
    """Rows of short answers. None when not given: which rows are blank is then not known."""
    start: str = ""
    """Empty when not given: nothing can be held against it then, and nobody is told that it is
    late."""
    enlarge_at: str = ""
    """Empty counts as the start: nobody enlarges before it (R26)."""
    minutes: int = 0
    speaking: bool = False
    """Only where the list says so: the code of the subject tells it as well, so nothing is unknown."""
    braille_at: str = ""
    """Decides whether the point needs translators of its own; empty is not known: the head is asked."""

    @property
    def is_speaking(self) -> bool:
        """True for a speaking part, also where only its subject code says so."""
        return self.speaking or self.subject in SPEAKING_SUBJECTS


@dataclass(frozen=True)
class RoomPlan:
    """One room with what is known of it.

    A feature that is missing from `features` was not looked at.
    """

    number: str
    purpose: str = ""
    """Empty when the plan does not describe the room, which says nothing of what it is for."""
    seats: int | None = None
    """None when nobody counted them, which is another thing than no place."""
    features: Mapping[str, Any] = field(default_factory=dict)

    def has(self, feature: str) -> bool:
        """True when the feature is recorded as there."""
        # A feature nobody looked at counts as missing here; rules that must tell the two apart
        # look at `features`.
        return bool(self.features.get(feature))

    def count(self, feature: str) -> int:
        """How many are recorded; 0 when nothing is."""
        return int(self.features.get(feature) or 0)


@dataclass(frozen=True)
class SeatPlan:
    """One candidate of one exam at a place. `candidate` is the candidate's code, never the name."""

    candidate: str
    subject: str
    room: str
    place: str
    needs: frozenset[str]
    documents: tuple[Mapping[str, str], ...]
    """Conditions count only with the paper that grants them (R19, R20)."""
    medium: Medium
    """Not worked out from the needs each time: since 2024 the candidate may choose A4 instead
    (R36)."""
    kind: str

    def has_document(
        self, kind: str, forms: tuple[str, ...] = ("original", "certified_copy", "copy")
    ) -> bool:
        """Whether there is a document of this kind in one of these forms."""
        return any(
            row.get("kind") == kind and row.get("form", "copy") in forms for row in self.documents
        )


@dataclass(frozen=True)
class DutyPlan:
    """One duty of one person. `room` is empty for the whole point; `teaches` holds subject codes."""

    person: str
    role: str
    subject: str = ""
    room: str = ""
    present: bool = False
    """False also before the day begins, when nobody can have been ticked off."""
    teaches: frozenset[str] = frozenset()
    """Teachers of the subject may not be in its rooms."""


@dataclass(frozen=True)
class DayPlan:
    """All that the readiness rules look at. `planned_on` is the day the plan last changed."""

    date: dt.date
    rules: RuleSet
    exams: tuple[ExamPlan, ...] = ()
    rooms: tuple[RoomPlan, ...] = ()
    seats: tuple[SeatPlan, ...] = ()
    duties: tuple[DutyPlan, ...] = ()
    planned_on: dt.date | None = None
    """Plans have a last day: one changed later is late."""
    plan_due: dt.date | None = None
    """None where nobody has counted it, as in a plan that is only being read: then no lateness is told."""
    training: bool = False
    today: dt.date | None = None
    """Handed in, so that the rules ask no clock and can be tried for any day."""

    def room(self, number: str) -> RoomPlan:
        """The room, or one with nothing known when the plan does not describe it."""
        return next((room for room in self.rooms if room.number == number), RoomPlan(number))

    def seated(self, *needs: str) -> dict[str, list[SeatPlan]]:
        """Seats by room number of candidates with any of `needs` (all seats when none is named)."""
        found: dict[str, list[SeatPlan]] = {}
        for seat in self.seats:
            if not needs or seat.needs & set(needs):
                found.setdefault(seat.room, []).append(seat)
        return dict(sorted(found.items()))

    def candidates(self, *needs: str) -> dict[str, list[SeatPlan]]:
        """Like `seated`, with one seat for each candidate of a room.

        Whoever takes two exams of the day there needs one chair, one magnifier, one computer.
        """
        return {
            room: list({seat.candidate: seat for seat in seats}.values())
            for room, seats in self.seated(*needs).items()
        }

    def works(self, medium: Medium) -> list[SeatPlan]:
        """Seats whose answers stand on `medium`."""
        return [seat for seat in self.seats if seat.medium == medium]

    def read_here(self, medium: Medium) -> list[SeatPlan]:
        """Works on `medium` that the point transfers: Braille may go to the processing centre."""
        # Where nobody has said it, the point must be ready to do it.
        here = {(exam.subject, exam.kind) for exam in self.exams if exam.braille_at != "rcoi"}
        works = self.works(medium)
        if medium is not Medium.BRAILLE:
            return works
        return [work for work in works if (work.subject, work.kind) in here]

    def people(self, *roles: str) -> set[str]:
        """Who has a duty in one of `roles` on this day."""
        return {duty.person for duty in self.duties if duty.role in roles}


def medium_for(needs: frozenset[str]) -> Medium:
    """On what a candidate with these needs answers, where the plan does not say otherwise."""
    for need, medium in (
        # Whoever speaks may need Braille or A3 for the tasks, and writes nothing of the answer.
        ("oral", Medium.ORAL),
        # Braille before enlarged: who writes Braille may ask for A3 tasks as well.
        ("braille", Medium.BRAILLE),
        ("typed", Medium.TYPED),
        ("a3", Medium.ENLARGED),
    ):
        if need in needs:
            return medium
    return Medium.STANDARD
