"""The bundle for the centre as a download."""

import tempfile
from pathlib import Path
from typing import IO

from flask import g, request, send_file

from examday.services.people import log_in
from examday.services.travel.outgoing import outlook, sending
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, attempt, change
from examday.web.session import store
from examday.web.travel.blueprint import bp
from examday.web.travel.station import station_page


@bp.post("/send")
@access("travel.carry")
def send() -> Answer:
    """The bundle for the centre as a download, when the person has given their own secret."""
    return attempt(
        _bundle,
        done=lambda content: send_file(
            content,
            mimetype="application/zip",
            as_attachment=True,
            download_name=_name(),
        ),
        refused=lambda error: station_page(error, "secret"),
    )


def _bundle() -> IO[bytes]:
    """Write the bundle and return it open, removed from its folder: it is gone when it was sent."""
    change(prove)
    # The station's own folder: the system's may be small, or in memory.
    with tempfile.TemporaryDirectory(prefix="send-", dir=store().settings.var) as folder:
        path = Path(folder) / "bundle.zip"
        sending.send(store(), g.actor, path)
        return path.open("rb")


def prove(uow: UnitOfWork) -> None:
    """The own secret of whoever is logged in; Forbidden where it is another."""
    log_in.enter_anew(uow, g.person.id, request.form.get("secret", ""))


def _name() -> str:
    """Point and day, so that nobody mixes two files on one stick up."""
    with store().read() as uow:
        told = outlook.outlook(uow)
        return f"{told.point if told else 'station'}-{uow.today()}.zip"
