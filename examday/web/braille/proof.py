"""The entry as BRF files, to be proofread by finger."""

from collections.abc import Callable

from flask import Response

from examday.domain.errors import Invalid
from examday.services.braille.desk import proof, transcription
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, seek
from examday.web.braille.desk import bp, desk_page


def _file(data: str, name: str) -> Response:
    """Return a BRF file that a browser saves."""
    return Response(
        data,
        mimetype="text/plain",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.brf"',
            # Answers: a shared computer must not keep them.
            "Cache-Control": "no-store",
        },
    )


@bp.get("/braille/<booklet_id>/entry.brf")
@access("braille.desk")
def entry_brf(booklet_id: str) -> Answer:
    """Give the own entry as it was keyed in."""

    def draw(uow: UnitOfWork) -> str:
        return proof.entry_brf(transcription.desk(uow, booklet_id))

    return _proof(booklet_id, draw, "entry")


@bp.get("/braille/<booklet_id>/answer-<field>.brf")
@access("braille.desk")
def long_brf(booklet_id: str, field: str) -> Answer:
    """Give a long answer as it was put together."""

    def draw(uow: UnitOfWork) -> str:
        return proof.long_brf(transcription.desk(uow, booklet_id), field)

    return _proof(booklet_id, draw, "answer")


def _proof(booklet_id: str, draw: Callable[[UnitOfWork], str], name: str) -> Answer:
    """Return the file; a line that is no Braille is named on the desk, where it is corrected."""
    return seek(
        draw,
        done=lambda data: _file(data, name),
        refused=lambda unread: desk_page(booklet_id, unread),
        kinds=(Invalid,),
    )
