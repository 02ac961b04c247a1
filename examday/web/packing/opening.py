"""From the packing table to a work or a packet: by a scanned code, or to a new packet."""

from flask import request
from werkzeug.wrappers import Response

from examday.domain.custody.counts import Purpose
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.custody import search
from examday.services.packing import packets
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, seek
from examday.web.packing import table
from examday.web.packing.blueprint import bp


@bp.post("/scan")
@access("pack")
def scan() -> Answer:
    """A scanned code opens the packing of its work, or its packet."""

    def done(found: search.Found) -> Response:
        # A work first: its envelope and its forms carry codes too.
        if found.booklet_id:
            return go_on("packing.work", id=found.booklet_id)
        return go_on("packing.packet", id=found.packet_id)

    typed = request.form.get("code", "")
    return seek(lambda uow: search.by_code(uow, typed), done, refused=table.page)


@bp.post("/packets")
@access("pack")
def open_packet() -> Answer:
    """Begin a new packet."""
    sent = request.form

    def said(code: str) -> str:
        return _("Packet %(code)s is open. Print its label and stick it on.", code=spaced(code))

    return act(
        lambda uow: packets.open_packet(
            uow, sent.get("exam", ""), _purpose(sent.get("purpose", ""))
        ),
        done=lambda made: go_on("packing.packet", said(made.code), id=made.id),
        refused=table.page,
    )


def _purpose(typed: str) -> Purpose:
    if typed not in set(Purpose):
        raise Invalid(N_("Choose what the packet is for."), code="purpose")
    return Purpose(typed)
