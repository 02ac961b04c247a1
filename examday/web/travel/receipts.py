"""The centre's receipt as a file that is carried back to the point."""

import io

from flask import Response, send_file

from examday.services.travel import receipts
from examday.services.travel.putting import as_text
from examday.web.access import access
from examday.web.session import store
from examday.web.travel.blueprint import bp


@bp.get("/receipts/<station>")
@access("travel.carry")
def receipt(station: str) -> Response:
    """The centre's receipt for all that it holds of a station, to be carried back."""
    letter = receipts.write(store(), station)
    return send_file(
        io.BytesIO(as_text(letter).encode()),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"{letter['site']}-receipt.json",
    )
