"""Does a station run on this data folder, and where?"""

from urllib.parse import urlsplit

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.settings import Settings
from examday.station.launch import running_station
from examday.storage.broker import answers, broker_url


class NotRunning(DomainError):
    """Nothing to rehearse on."""

    code = "not-running"
    message = N_("No station runs on this data folder (%(folder)s): %(part)s does not answer.")
    advice = N_("Start it first: `examday station --data %(folder)s`.")


def check_running(settings: Settings) -> None:
    """NotRunning unless the broker of this data folder answers."""
    if not answers(broker_url(settings), 2):
        raise NotRunning(params={"folder": settings.data, "part": "broker"})


def web_address(settings: Settings) -> tuple[str, int]:
    """Host and port of the station that runs on this folder: as it says itself, else as set."""
    said = urlsplit(str(running_station(settings)["address"]))
    return said.hostname or settings.host, said.port or settings.port
