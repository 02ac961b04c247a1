"""Roles of the trade and the permission matrix: role × action (roles: domain glossary, ГИА
recommendations)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.messages import N_


class Role(StrEnum):
    """Who a person is on the exam day; one person may hold several roles."""

    SITE_HEAD = "site_head"
    LEAD_ORGANISER = "lead_organiser"
    ROOM_ORGANISER = "room_organiser"
    CORRIDOR_ORGANISER = "corridor_organiser"
    EXAM_BOARD_MEMBER = "exam_board_member"
    PUBLIC_OBSERVER = "public_observer"
    ASSISTANT = "assistant"
    SIGN_INTERPRETER = "sign_interpreter"
    BRAILLE_TRANSCRIBER = "braille_transcriber"
    BRAILLE_CHAIR = "braille_commission_chair"
    BRAILLE_DEPUTY = "braille_commission_deputy"
    TECHNICAL_SPECIALIST = "technical_specialist"
    MEDICAL_WORKER = "medical_worker"
    SUBJECT_EXPERT = "subject_expert"
    APPEAL_CHAIR = "appeal_chair"
    APPEAL_DEPUTY = "appeal_deputy"
    APPEAL_SECRETARY = "appeal_secretary"
    APPEAL_MEMBER = "appeal_member"
    APPEAL_OPERATOR = "appeal_operator"
    SYSTEM = "system"


ROLE_NAMES: dict[str, str] = {
    Role.SITE_HEAD: N_("head of the exam point"),
    Role.LEAD_ORGANISER: N_("lead organiser"),
    Role.ROOM_ORGANISER: N_("room organiser"),
    Role.CORRIDOR_ORGANISER: N_("corridor organiser"),
    Role.EXAM_BOARD_MEMBER: N_("exam-board member"),
    Role.PUBLIC_OBSERVER: N_("public observer"),
    Role.ASSISTANT: N_("assistant"),
    Role.SIGN_INTERPRETER: N_("sign interpreter"),
    Role.BRAILLE_TRANSCRIBER: N_("tiflo-translator"),
    Role.BRAILLE_CHAIR: N_("chair of the tiflo-translator commission"),
    Role.BRAILLE_DEPUTY: N_("deputy chair of the tiflo-translator commission"),
    Role.TECHNICAL_SPECIALIST: N_("technical specialist"),
    Role.MEDICAL_WORKER: N_("medical worker"),
    Role.SUBJECT_EXPERT: N_("subject expert"),
    Role.APPEAL_CHAIR: N_("chair of the conflict commission"),
    Role.APPEAL_DEPUTY: N_("deputy chair of the conflict commission"),
    Role.APPEAL_SECRETARY: N_("secretary of the conflict commission"),
    Role.APPEAL_MEMBER: N_("member of the conflict commission"),
    Role.APPEAL_OPERATOR: N_("appeal operator of the processing centre"),
    Role.SYSTEM: N_("the program itself"),
}

_R = Role
_HEAD = (_R.SITE_HEAD,)
_ROOM = (_R.LEAD_ORGANISER, _R.ROOM_ORGANISER)
_HANDS = (*_ROOM, _R.ASSISTANT, _R.BRAILLE_TRANSCRIBER, _R.BRAILLE_CHAIR, _R.BRAILLE_DEPUTY)
_BRAILLE = (_R.BRAILLE_CHAIR, _R.BRAILLE_DEPUTY)
_TECH = (_R.TECHNICAL_SPECIALIST,)
_APPEAL = (_R.APPEAL_CHAIR, _R.APPEAL_DEPUTY, _R.APPEAL_SECRETARY, _R.APPEAL_MEMBER)
_WITNESS = (_R.EXAM_BOARD_MEMBER, _R.PUBLIC_OBSERVER)
_POINT = (*_HEAD, *_HANDS, *_TECH, *_WITNESS)

PERMISSIONS: dict[str, frozenset[Role]] = {
    action: frozenset(roles)
    for action, roles in {
        # the day
        "day.see": _POINT,
        "plan.see": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER),
        "plan.edit": (*_HEAD, *_TECH),
        "people.edit": _HEAD,
        "names.see": (
            *_HEAD,
            _R.LEAD_ORGANISER,
            _R.EXAM_BOARD_MEMBER,
            _R.APPEAL_SECRETARY,
            _R.APPEAL_CHAIR,
        ),
        "find": (*_POINT, *_APPEAL),
        "work.see": (*_POINT, *_APPEAL, _R.APPEAL_OPERATOR),
        # custody
        "custody.see": _POINT,
        "custody.issue": (*_HEAD, *_ROOM),
        "custody.enlarge": _ROOM,
        "custody.collect": (*_ROOM, *_BRAILLE),
        "custody.hand": (*_HEAD, *_HANDS, _R.EXAM_BOARD_MEMBER),
        "custody.label": (*_HEAD, *_TECH, *_ROOM),
        # scans
        "scans.see": (*_HEAD, *_HANDS, *_TECH),
        "scans.upload": (*_HEAD, *_HANDS, *_TECH),
        "scans.decide": (*_HEAD, *_TECH, *_BRAILLE),
        "image.see": (*_HEAD, *_HANDS, *_WITNESS, *_TECH, *_APPEAL),
        # transfer
        "keyin.enter": _HANDS,
        "settle.decide": (*_HANDS, *_HEAD),
        "copy.write": _HANDS,
        "verify.decide": (*_HANDS, *_HEAD),
        "sign": (*_HANDS, *_HEAD, *_WITNESS),
        "reopen": (*_HEAD, *_BRAILLE, _R.EXAM_BOARD_MEMBER),
        # packing and proof
        "pack": (*_HEAD, *_ROOM, *_BRAILLE),
        "handover": (*_HEAD, *_BRAILLE, _R.EXAM_BOARD_MEMBER),
        "print": (*_HEAD, *_HANDS, *_TECH, _R.EXAM_BOARD_MEMBER),
        "ledger.see": (*_HEAD, *_TECH, *_WITNESS, *_BRAILLE, *_APPEAL),
        "ledger.export": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER, *_APPEAL),
        # the Braille commission
        "braille.lead": _BRAILLE,
        "braille.desk": (*_BRAILLE, _R.BRAILLE_TRANSCRIBER),
        # the conflict commission
        "appeal.register": (_R.APPEAL_SECRETARY, _R.APPEAL_CHAIR),
        "appeal.see": (*_APPEAL, _R.APPEAL_OPERATOR),
        "appeal.decide": (_R.APPEAL_CHAIR, _R.APPEAL_DEPUTY, _R.APPEAL_MEMBER),
        "appeal.process": (*_APPEAL, _R.APPEAL_OPERATOR),
        "appeal.expert": (_R.SUBJECT_EXPERT,),
        "retention.destroy": (*_HEAD, _R.APPEAL_SECRETARY, _R.EXAM_BOARD_MEMBER),
    }.items()
}


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the roles held at log-in, or the program itself."""

    person_id: str
    roles: frozenset[Role]
    login: str = ""

    @staticmethod
    def system(name: str) -> "Actor":
        """The program acting by itself (worker, schedule, command line)."""
        return Actor(f"system:{name}", frozenset({Role.SYSTEM}), name)

    def may(self, action: str) -> bool:
        """True when one of the actor's roles allows `action`; an unknown action is a programming
        error."""
        return may(self.roles, action)


def may(roles: Iterable[Role], action: str) -> bool:
    """The permission matrix: is `action` allowed to somebody with `roles`? Raises KeyError for an
    unknown action."""
    return bool(PERMISSIONS[action] & frozenset(roles))
