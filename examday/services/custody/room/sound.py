"""What is asked before a recording is entered: the file, the work, and whose it may be."""

import hashlib
from collections.abc import Iterable
from typing import IO

from sqlalchemy import select

from examday.domain.custody.kit import Kind
from examday.domain.custody.recording import (
    FIRST_BYTES,
    KNOWN_FORMATS,
    LEAST_BYTES,
    Recording,
    is_sound,
)
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import PERMISSIONS
from examday.services.custody import papers, steps
from examday.services.people import directory
from examday.services.scans.storing import plain_name
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Person

_PIECE = 1024 * 1024
"""A recording has hundreds of megabytes and is never whole in memory."""


def listen_in(stream: IO[bytes], name: str) -> Recording:
    """Return name, size and digest of a sound file; Invalid when it is none, or holds no answer.

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
    if size < LEAST_BYTES:
        raise Invalid(
            N_("«%(name)s» is the beginning of a recording, and no answer is in it."),
            code="empty-sound",
            field="file",
            params={"name": plain_name(name)},
            advice=N_("Listen to the file on its carrier, and choose the one that can be heard."),
        )
    return Recording(plain_name(name), size, digest.hexdigest())


def need_oral(booklet: Booklet) -> None:
    """Raise Conflict unless the work is an oral one that its candidate has not handed in yet."""
    if not steps.possible(booklet, "record"):
        raise Conflict(
            N_("A recording is entered for an oral work that its candidate has not handed in yet."),
            code="not-oral",
            params={"booklet": booklet.id},
            advice=N_("Check the seat: oral works are marked in the list of the room."),
        )


def scribes(uow: UnitOfWork) -> list[Person]:
    """Return who may record and write a protocol: whoever may read works, so no witness."""
    return directory.people_with(uow, PERMISSIONS["keyin.enter"])


def need_own_sound(uow: UnitOfWork, booklet: Booklet, sound: Recording) -> None:
    """Refuse the sound of another work, of any exam: two candidates never said the same bytes."""
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


class OtherSound(Conflict):
    """A file that is given again is not the one that was entered for this work."""

    code = "other-sound"
    message = N_("«%(given)s» is not the recording of this work.")
    advice = N_(
        "Entered is «%(entered)s». Look for that file on the carrier in the envelope; if it is not there, "
        "tell the head of the point. Nothing was changed."
    )


def compare(uow: UnitOfWork, booklet_id: str, given: Recording) -> Item:
    """Return the carrier whose recording this very file is, whatever it is called now.

    NotFound when no recording is entered, OtherSound when it is another file. Nothing is changed.
    """
    carrier = carrier_of(uow, booklet_id)
    if carrier is None:
        raise NotFound()
    if carrier.facts["sha256"] != given.sha256:
        raise OtherSound(
            field="same",
            params={
                "given": given.name,
                "entered": carrier.facts["file"],
                "size": carrier.facts["bytes"],
            },
        )
    return carrier


def of_work(items: Iterable[Item]) -> Item | None:
    """Return the carrier of a work's recording; its facts hold digest and people."""
    return next((i for i in items if i.kind == Kind.RECORDING and i.state not in papers.VOID), None)


def carrier_of(uow: UnitOfWork, booklet_id: str) -> Item | None:
    """Return the carrier of this work's recording, looked up among its papers."""
    return of_work(papers.of_booklet(uow, booklet_id))
