"""The recording of a spoken answer and its protocol."""

from collections.abc import Mapping

from flask import request

from examday.domain.custody.recording import Protocol, Recording
from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.i18n import gettext as _
from examday.services.custody.room import recording, sound
from examday.web.access import access
from examday.web.acts import Answer, attempt, go_on, seek
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import version
from examday.web.custody.work import page, run


@bp.post("/work/<id>/record")
@access("custody.issue")
def record(id: str) -> Answer:
    """Enter the recording and its protocol; the file itself is not kept."""
    sent = request.form

    def enter(sound: Recording) -> Answer:
        said, why, seen = _protocol(sent), sent.get("reason", ""), version(sent)
        return run(
            id,
            "record",
            lambda uow: recording.record(uow, id, sound, said, why, seen),
            _("The recording and its protocol are entered."),
        )

    # A long file is counted before the transaction: others write meanwhile.
    return attempt(_sound, done=enter, refused=lambda error: page(id, "record", error))


@bp.post("/work/<id>/same-sound")
@access("custody.see")
def same_sound(id: str) -> Answer:
    """Tell whether a file given again is the recording that was entered; nothing is changed."""

    def compare(given: Recording) -> Answer:
        return seek(
            lambda uow: sound.compare(uow, id, given),
            done=lambda carrier: go_on(
                "custody.booklet",
                _(
                    "This is the recording of the work: the file is the same to the last byte (%(name)s).",
                    name=carrier.facts["file"],
                ),
                id=id,
            ),
            refused=other,
        )

    def other(error: DomainError) -> str:
        # Moved to the entry of the recording itself, which is the one for a file on this page.
        error.field = "same"
        return page(id, "", error)

    return attempt(_sound, done=compare, refused=other)


def _sound() -> Recording:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(N_("Choose the file of the recording."), code="no-file", field="file")
    return sound.listen_in(file.stream, file.filename)


def _protocol(sent: Mapping[str, str]) -> Protocol:
    return Protocol(
        sent.get("recorded_by", ""),
        sent.get("written_by", ""),
        sent.get("compared_by", ""),
        typed_number(sent.get("pages", "").strip()) or 0,
    )
