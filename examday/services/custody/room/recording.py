"""A spoken answer (R24): its recording is entered by digest, with the protocol written of it.

The sound itself is not kept here. It lies on a carrier of its own in the envelope of the work; what
is transferred onto the forms is the protocol, whose pages are scanned like those of a print-out.
"""

import hashlib
from collections.abc import Iterable
from typing import IO

from sqlalchemy import select

from examday.domain.custody.kit import Kind, Piece
from examday.domain.custody.recording import (
    FIRST_BYTES,
    KNOWN_FORMATS,
    Protocol,
    Recording,
    check_protocol,
    is_sound,
)
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import PERMISSIONS
from examday.services.custody import journal, papers, steps
from examday.services.custody.booklets import require
from examday.services.custody.room.more_paper import MOST_AT_ONCE
from examday.services.people import directory
from examday.services.scans.storing import plain_name
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Person

_PIECE = 1024 * 1024


def listen_in(stream: IO[bytes], name: str) -> Recording:
    """Return name, size and digest of a sound file; Invalid when it is none.

    The file is not opened, only counted: whatever is in it can do no harm here.
    """
    first = stream.read(FIRST_BYTES)
    if not is_sound(first):
        raise Invalid(
            N_("«%(name)s» is no sound recording that the program knows: %(formats)s."),
            code="no-sound",
            field="file",
            params={"name": plain_name(name), "formats": KNOWN_FORMATS},
            advice=N_("Choose the file of the recording. Nothing was changed."),
        )
    digest, size = hashlib.sha256(first), len(first)
    while piece := stream.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return Recording(plain_name(name), size, digest.hexdigest())


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
    if not steps.possible(booklet, "record"):
        raise Conflict(
            N_("A recording is entered for an oral work that its candidate has not handed in yet."),
            code="not-oral",
            advice=N_("Check the seat: oral works are marked in the list of the room."),
        )
    check_protocol(said, MOST_AT_ONCE)
    _need_own_sound(uow, booklet, sound)
    gone = _former(papers.of_booklet(uow, booklet.id))
    why = journal.need_reason(reason) if gone else ""
    for thing in gone:
        uow.session.delete(thing)
    pieces = [Piece(Kind.RECORDING), *[Piece(Kind.PROTOCOL)] * said.pages]
    carrier, *pages = papers.make_pieces(uow, booklet, pieces, booklet.code or "")
    carrier.facts = {**carrier.facts, **_facts(sound, said)}
    uow.record(
        Event.CUSTODY_RECORD_ANEW if gone else Event.CUSTODY_RECORD,
        f"booklet:{booklet.id}",
        **_facts(sound, said),
        items=papers.codes([carrier, *pages]),
        gone=papers.codes(gone),
        reason=why,
    )
    return carrier


def of_work(items: Iterable[Item]) -> Item | None:
    """Return the carrier of a work's recording; its facts hold digest and people."""
    return next((i for i in items if i.kind == Kind.RECORDING and i.state not in papers.VOID), None)


def scribes(uow: UnitOfWork) -> list[Person]:
    """Return who may record and write a protocol: whoever may read works, so no witness."""
    return directory.people_with(uow, PERMISSIONS["keyin.enter"])


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


def _need_own_sound(uow: UnitOfWork, booklet: Booklet, sound: Recording) -> None:
    """Refuse the sound of another work of the exam: two candidates never said the same bytes."""
    uow.queue(f"recording {sound.sha256}")
    rows = uow.session.scalars(
        select(Item).where(Item.kind == Kind.RECORDING, Item.booklet_id != booklet.id)
    )
    other = next((i for i in rows if i.facts.get("sha256") == sound.sha256), None)
    if other is not None and other.booklet_id:
        seat = uow.get(Booklet, other.booklet_id).seat
        raise Conflict(
            N_("This recording is entered already: room %(room)s, seat %(place)s."),
            code="recording-twice",
            params={"room": seat.room.number, "place": seat.place},
            advice=N_("Choose the file of this candidate. Nothing was changed in either record."),
        )
