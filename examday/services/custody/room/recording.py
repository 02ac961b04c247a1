"""A spoken answer (R24): its recording is entered by digest, with the protocol written of it.

The sound itself is not kept here. It lies on a carrier of its own in the envelope of the work; what
is transferred onto the forms is the protocol, whose pages are scanned like those of a print-out.
"""

from collections.abc import Iterable

from examday.domain.custody.kit import Kind, Piece
from examday.domain.custody.recording import Protocol, Recording, check_protocol
from examday.domain.events import Event
from examday.services.custody import journal, papers
from examday.services.custody.booklets import require
from examday.services.custody.room.more_paper import MOST_AT_ONCE
from examday.services.custody.room.sound import need_oral, need_own_sound, scribes
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def record(
    uow: UnitOfWork,
    booklet_id: str,
    sound: Recording,
    said: Protocol,
    reason: str = "",
    row_version: int | None = None,
) -> Item:
    """Enter the recording of a spoken answer and the pages of its protocol.

    Entered once more it takes the place of what was entered before, with a reason. Invalid as
    `check_protocol`; Conflict at another step, or when the same sound is another work's.
    """
    require(uow, "custody.issue")
    booklet = papers.load_here(uow, booklet_id, row_version)
    need_oral(booklet)
    check_protocol(said, [person.id for person in scribes(uow)], MOST_AT_ONCE)
    need_own_sound(uow, booklet, sound)
    gone = _former(papers.of_booklet(uow, booklet.id))
    why = journal.need_reason(reason) if gone else ""
    gone_codes = papers.drop(uow, booklet, gone)
    pieces = [Piece(Kind.RECORDING), *[Piece(Kind.PROTOCOL)] * said.pages]
    carrier, *pages = papers.make_pieces(uow, booklet, pieces, booklet.code or "")
    carrier.facts = {**carrier.facts, **_facts(sound, said)}
    uow.record(
        Event.CUSTODY_RECORD_ANEW if gone else Event.CUSTODY_RECORD,
        f"booklet:{booklet.id}",
        **_facts(sound, said),
        items=papers.codes([carrier, *pages]),
        gone=gone_codes,
        reason=why,
    )
    return carrier


def _facts(sound: Recording, said: Protocol) -> dict[str, object]:
    return {
        "file": sound.name,
        "bytes": sound.size,
        "sha256": sound.sha256,
        "recorded_by": said.recorded_by,
        "written_by": said.written_by,
        "compared_by": said.compared_by,
    }


def _former(things: Iterable[Item]) -> list[Item]:
    return [i for i in things if i.kind in (Kind.RECORDING, Kind.PROTOCOL)]
