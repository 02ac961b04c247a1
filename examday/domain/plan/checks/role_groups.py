"""Groups of roles that the readiness rules speak of."""

from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Role

BY_HAND = (Medium.ENLARGED, Medium.TYPED, Medium.ORAL)
"""Media copied in the room, before witnesses: the rules ask for them where paper is copied by
hand."""
ORGANISERS = (Role.LEAD_ORGANISER, Role.ROOM_ORGANISER)
"""Both stay in the room through the exam, so neither can be needed elsewhere meanwhile."""
COPYING = (*ORGANISERS, Role.ASSISTANT, Role.BRAILLE_TRANSCRIBER)
WITNESSES = (Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
"""Both watch a transfer, so neither may take part in it."""
BRAILLE_HEADS = (Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY)
"""The deputy heads the commission when the chair is away, so either will do."""
APPEAL = (Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY, Role.APPEAL_SECRETARY, Role.APPEAL_MEMBER)
"""Members of the conflict commission. Not the operator, who only prepares files and decides
nothing."""


def nobody_as(*roles: str) -> str:
    """The cause of findings that say the same: nobody at the point has one of these duties."""
    return f"duty:{roles[0]}"
