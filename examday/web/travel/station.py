"""«Отправить в центр»: what will go, and what the centre has confirmed."""

from flask import render_template

from examday.domain.errors import DomainError
from examday.services.travel.confirmed import confirmed
from examday.services.travel.outgoing import outlook
from examday.web.acts import look
from examday.web.errors import translate


def station_page(error: DomainError | None = None, at: str = "") -> str:
    """The page of a station; `at`: the entry that was refused."""
    return render_template(
        "travel/station.html",
        outlook=look(outlook.outlook),
        confirmed=look(confirmed),
        error=error and translate(error),
        at=at,
    )
