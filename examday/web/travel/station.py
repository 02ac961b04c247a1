"""«Отправить в центр»: what will go, and what the centre has confirmed."""

from flask import render_template

from examday.domain.errors import DomainError
from examday.domain.travel.delivery import Step
from examday.services.travel.confirmed import confirmed
from examday.services.travel.exchange import asked
from examday.services.travel.outgoing import outlook
from examday.web.acts import look
from examday.web.errors import refused_words, translate


def station_page(error: DomainError | None = None, at: str = "") -> str:
    """The page of a station; `at`: the entry that was refused."""
    return render_template(
        "travel/station.html",
        outlook=look(outlook.outlook),
        confirmed=look(confirmed),
        error=error and translate(error),
        at=at,
        **posting_values(look(asked.network)),
    )


def posting_values(network: asked.Network) -> dict[str, object]:
    """What the page says of the way over the network."""
    last = network.last
    refused = last is not None and last.step == Step.REFUSED
    return {
        "network": network,
        "posted": last,
        "posted_refusal": refused_words(last.told) if last and refused else None,
        "Step": Step,
    }
