"""What the station needs on this computer: what is there, what is missing, what to do."""

from examday.doctor.abilities import networks, printing, voice
from examday.doctor.computer import folders, packages, python, space, tesseract
from examday.doctor.connections import broker_server, database_server, objects
from examday.doctor.findings import Check, Finding, Level, findings_of
from examday.doctor.running import broker, database, doubles, pages, worker
from examday.settings import Settings

__all__ = ["CHECKS", "Finding", "Level", "examine"]

CHECKS: tuple[Check, ...] = (
    python,
    packages,
    folders,
    space,
    database,
    database_server,
    objects,
    doubles,
    broker,
    broker_server,
    worker,
    pages,
    printing,
    tesseract,
    voice,
    networks,
)
"""From what everything else stands on to what the day can do without: whoever reads the list mends
the first fault first."""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, also where something is broken."""
    return [finding for check in CHECKS for finding in findings_of(check, settings)]
