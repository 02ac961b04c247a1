"""Roles of the trade and the permission matrix.

The matrix is role × action. The roles are from the domain glossary and the ГИА recommendations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Forbidden
from examday.domain.messages import N_


class Role(StrEnum):
    """Who a person is on the exam day; one person may hold several roles."""

    SITE_HEAD = "site_head"
    """Answers for the point: alone keeps accounts, and stands in where a holder is gone."""
    LEAD_ORGANISER = "lead_organiser"
    """Signs for the room, and writes the number of replaced answers into the box [G2]."""
    ROOM_ORGANISER = "room_organiser"
    """Issues, enlarges and collects; until 2018 also copied A3 answers (R35)."""
    CORRIDOR_ORGANISER = "corridor_organiser"
    """Escorts candidates [8]; appears in no permission, because no work passes these hands."""
    EXAM_BOARD_MEMBER = "exam_board_member"
    """Must be present at enlarging and copying (R17, R26), and takes packets away."""
    PUBLIC_OBSERVER = "public_observer"
    """Witnesses the transfer (R17); sees and signs, but changes nothing."""
    ASSISTANT = "assistant"
    """Since 2019 the person who copies A3 answers onto the standard form (R35, [1], [8])."""
    SIGN_INTERPRETER = "sign_interpreter"
    """Called to rooms and hearings for the deaf (R10); needs a name in the record, no rights."""
    BRAILLE_TRANSCRIBER = "braille_transcriber"
    """Reads notebooks. Scarce: even in special schools few teachers read Braille [37]."""
    BRAILLE_CHAIR = "braille_commission_chair"
    """Distributes works, keeps working times, hands originals and transcripts on [12]."""
    BRAILLE_DEPUTY = "braille_commission_deputy"
    """Has the rights of the chair, because a commission works on when its chair is away."""
    TECHNICAL_SPECIALIST = "technical_specialist"
    """Runs stations and scanners [13], so sees pictures and plan, but keys in nothing."""
    MEDICAL_WORKER = "medical_worker"
    """Listed so that the people of the day are complete; touches no work."""
    SUBJECT_EXPERT = "subject_expert"
    """Speaks for the conflict commission on the answers of one appeal, and sees nothing else."""
    APPEAL_CHAIR = "appeal_chair"
    """Has the vote that decides a tie [17]."""
    APPEAL_DEPUTY = "appeal_deputy"
    """Stands in for the chair: the four working days of an appeal do not wait [56]."""
    APPEAL_SECRETARY = "appeal_secretary"
    """Keeps the record and the dates [16b], and has no vote [17]."""
    APPEAL_MEMBER = "appeal_member"
    """Neither of the exam board nor of a subject commission [22][23]."""
    APPEAL_OPERATOR = "appeal_operator"
    """Carries out what the commission decided, so never decides."""
    SYSTEM = "system"
    """Tasks and commands. No person may hold it: `check_roles` refuses it for accounts."""


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
"""Through whose hands works go: whoever may read them may copy and pass them on too."""
_BRAILLE = (_R.BRAILLE_CHAIR, _R.BRAILLE_DEPUTY)
_TECH = (_R.TECHNICAL_SPECIALIST,)
_APPEAL = (_R.APPEAL_CHAIR, _R.APPEAL_DEPUTY, _R.APPEAL_SECRETARY, _R.APPEAL_MEMBER)
_WITNESS = (_R.EXAM_BOARD_MEMBER, _R.PUBLIC_OBSERVER)
"""They must see the transfer (R17) and change nothing."""
_POINT = (*_HEAD, *_HANDS, *_TECH, *_WITNESS)
"""On duty at the point. The commissions are not: they see a work when it is appealed."""

PERMISSIONS: dict[str, frozenset[Role]] = {
    action: frozenset(roles)
    for action, roles in {
        # The day. The board names no candidate, so everybody on duty may see how far the works are.
        "day.see": _POINT,
        # The head answers for the point; closing locks nothing, so it can be given to one alone.
        "day.close": _HEAD,
        "plan.see": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER),
        "plan.edit": (*_HEAD, *_TECH),
        # The head alone: rights over accounts are rights over every signature.
        "people.edit": _HEAD,
        # The candidate stays a number for everybody who reads or copies answers.
        "names.see": (
            *_HEAD,
            _R.LEAD_ORGANISER,
            _R.EXAM_BOARD_MEMBER,
            _R.APPEAL_SECRETARY,
            _R.APPEAL_CHAIR,
        ),
        "find": (*_POINT, *_APPEAL, _R.APPEAL_OPERATOR),
        "work.see": (*_POINT, *_APPEAL, _R.APPEAL_OPERATOR),
        # Papers: who holds a thing is no secret in the point, a lost one is looked for by all.
        "custody.see": _POINT,
        "custody.issue": (*_HEAD, *_ROOM),
        # Organisers, in the room, before the candidates [3], [5].
        "custody.enlarge": _ROOM,
        # A notebook goes on to the commission, which may take it over in the room.
        "custody.collect": (*_ROOM, *_BRAILLE),
        "custody.hand": (*_HEAD, *_HANDS, _R.EXAM_BOARD_MEMBER),
        "custody.label": (*_HEAD, *_TECH, *_ROOM),
        # Scans: whoever reads or copies looks for a missing page too, and may send it in anew.
        "scans.see": (*_HEAD, *_HANDS, *_TECH),
        "scans.upload": (*_HEAD, *_HANDS, *_TECH),
        # Not whoever reads answers: where a page belongs is settled before anybody reads it.
        "scans.decide": (*_HEAD, *_TECH, *_BRAILLE),
        "image.see": (*_HEAD, *_HANDS, *_WITNESS, *_TECH, *_APPEAL),
        # Transfer: who did which part already is asked for each work, not here (`duties`).
        "keyin.enter": _HANDS,
        # The head too: in a small point there may be no third pair of hands.
        "settle.decide": (*_HANDS, *_HEAD),
        "copy.write": _HANDS,
        "verify.decide": (*_HANDS, *_HEAD),
        # Three sign «Копия верна», one of whom has had no part in the transfer.
        "sign": (*_HANDS, *_HEAD, *_WITNESS),
        # Not everybody who keys in: starting anew would be a way around a difference.
        "reopen": (*_HEAD, *_BRAILLE, _R.EXAM_BOARD_MEMBER),
        # Packing and proof: packets are closed where the works lie, in the room or the commission.
        "pack": (*_HEAD, *_ROOM, *_BRAILLE),
        "handover": (*_HEAD, *_BRAILLE, _R.EXAM_BOARD_MEMBER),
        "print": (*_HEAD, *_HANDS, *_TECH, _R.EXAM_BOARD_MEMBER),
        "ledger.see": (*_HEAD, *_TECH, *_WITNESS, *_BRAILLE, *_APPEAL),
        # A bundle holds answers with pictures: those alone who answer for it or judge by it.
        "ledger.export": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER, *_APPEAL),
        # Evidence leaves its point and comes to the centre by those who answer for it or carry it.
        "travel.carry": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER),
        # The centre orders at a point: its head, and the commission whose decision is carried out there.
        "travel.order": (*_HEAD, *_TECH, *_APPEAL, _R.APPEAL_OPERATOR),
        # The Braille commission: the chair gives works out, so a translator cannot choose a work.
        "braille.lead": _BRAILLE,
        "braille.desk": (*_BRAILLE, _R.BRAILLE_TRANSCRIBER),
        # The conflict commission: a paper that comes in is entered by whoever keeps its register.
        "appeal.register": (_R.APPEAL_SECRETARY, _R.APPEAL_CHAIR),
        "appeal.see": (*_APPEAL, _R.APPEAL_OPERATOR),
        # The secretary keeps the record and has no vote [17].
        "appeal.decide": (_R.APPEAL_CHAIR, _R.APPEAL_DEPUTY, _R.APPEAL_MEMBER),
        "appeal.process": (*_APPEAL, _R.APPEAL_OPERATOR),
        # An expert sees one work without a name, and nothing else of the case.
        "appeal.expert": (_R.SUBJECT_EXPERT,),
        "calendar.see": (*_HEAD, *_TECH, _R.EXAM_BOARD_MEMBER, *_APPEAL, _R.APPEAL_OPERATOR),
        # Whoever answers for terms compares the year with its decree, since every term depends on
        # it.
        "calendar.check": (*_HEAD, _R.APPEAL_SECRETARY, _R.APPEAL_CHAIR, _R.APPEAL_DEPUTY),
        # By act of several people, when the retention time (R38) is over and no appeal is open.
        "retention.destroy": (*_HEAD, _R.APPEAL_SECRETARY, _R.EXAM_BOARD_MEMBER),
    }.items()
}
"""Without a row here no use case can be asked for and no page served: both raise KeyError."""


PROGRAM = "system:"
"""Ids of the program begin so where a person's would stand. A person's id is hexadecimal, so the
two never meet."""


def is_program(actor: str) -> bool:
    """Return whether an entry's actor is the program itself (worker, schedule, command line)."""
    return actor.startswith(PROGRAM)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the roles held at log-in, or the program itself."""

    person_id: str
    roles: frozenset[Role]
    """As they were at the log-in: whoever loses a role is logged out."""
    login: str = ""

    @staticmethod
    def system(name: str) -> "Actor":
        """Return the program acting by itself (worker, schedule, command line)."""
        return Actor(f"{PROGRAM}{name}", frozenset({Role.SYSTEM}), name)

    @property
    def is_program(self) -> bool:
        """Whether the program acts by itself, so that no person answers for it."""
        return is_program(self.person_id)

    def may(self, action: str) -> bool:
        """Return whether one of the actor's roles allows `action`.

        An unknown action is a programming error.
        """
        return may(self.roles, action)


@dataclass(frozen=True)
class Proof:
    """Who has just given their own secret, and who was logged in at the computer where they did."""

    signer: str
    computer_of: str
    """One laptop serves a whole room, so the two are often different people."""

    def words(self) -> dict[str, str]:
        """What each ledger entry says of it."""
        return {"signer": self.signer, "computer_of": self.computer_of}


def forbidden(action: str) -> Forbidden:
    """Return the refusal of `action` that says whose it is: the reader has to know whom to call."""
    who = tuple(ROLE_NAMES[role] for role in Role if role in PERMISSIONS[action])
    return Forbidden(
        advice=N_("This is done by: %(who)s. Let one of them log in; nothing was changed."),
        params={"who": who},
    )


def may(roles: Iterable[Role], action: str) -> bool:
    """Return whether the permission matrix allows `action` to somebody with `roles`.

    Raises KeyError for an unknown action.
    """
    return bool(PERMISSIONS[action] & frozenset(roles))
