"""What a reading says of one answer, as the papers of the commission print it."""

from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.services.appeals.decision.annexes import NOT_READ
from examday.services.appeals.papers.print_outs import Words


def answer(text: str, mark: str, say: Words) -> str:
    """Return what a reading says: its characters, and in words what stands in their place.

    That nobody has read it (NOT_READ) is said, and never looks like a blank.
    """
    if mark == NOT_READ:
        return say(N_("no reading"))
    if mark in ("", Mark.BLANK):
        return text or say(N_("(empty)"))
    return " ".join(filter(None, (text, f"[{say(MARK_NAMES[Mark(mark)])}]")))
