"""Bundles of the ledger as a download."""

import re
import tempfile
from pathlib import Path
from typing import IO

from flask import g, request, send_file

from examday.services.ledger import bundle
from examday.web.access import access
from examday.web.acts import Answer, attempt
from examday.web.ledger.blueprint import bp
from examday.web.ledger.entries import entries_page
from examday.web.session import store


@bp.post("/ledger/export")
@access("ledger.export")
def export() -> Answer:
    """The bundle of a booklet or a day as a download."""
    what = request.form.get("what", "").strip()
    name = f"examday-{what if re.fullmatch('[0-9A-Za-z.-]+', what) else 'bundle'}.zip"
    return attempt(
        lambda: _bundle(what),
        done=lambda content: send_file(
            content,
            mimetype="application/zip",
            as_attachment=True,
            download_name=name,
        ),
        refused=entries_page,
    )


def _bundle(what: str) -> IO[bytes]:
    """Make the bundle and return it open, removed from its folder: it is gone when it was sent."""
    # The folder of the station and not the system's: the system's may be small, or in memory, and a
    # day's scans are gigabytes.
    with tempfile.TemporaryDirectory(prefix="export-", dir=store().settings.var) as folder:
        path = Path(folder) / "bundle.zip"
        bundle.export(store(), g.actor, what, path, names="names" in request.form)
        return path.open("rb")
