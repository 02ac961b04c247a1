"""What a transfer was made from, and by whom: scanned sheets and assigned parts."""

from examday.domain.transfer.duties import PART_NAMES
from examday.services.custody.dossier import Dossier
from examday.services.printing.things import sheet
from examday.services.printing.words import clock, moment, ru
from examday.services.unit_of_work import UnitOfWork

DIGITS = 12
"""Digits of a picture's SHA-256 on paper: enough to find the picture among those of a region, and
short enough to be compared by eye."""


def parts(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List who does which part of the transfer, and since when."""
    return [
        [ru(PART_NAMES.get(a.part, a.part)), d.names.get(a.person_id, ""), moment(uow, a.at)]
        for a in d.assignments
    ]


def scanned(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List the sheets with the scans of original and copy: digest of the picture, time.

    Copies of earlier versions stay attached as their evidence; this paper is not about them.
    """
    pages = [p for p in d.pages if p.role != "copy" or p.version == d.booklet.version]
    sheets = list(dict.fromkeys(page.sheet for page in pages))
    found = []
    for name in sheets:
        sides = [
            ", ".join(
                f"{p.image_sha256[:DIGITS]} · {clock(uow, p.at)}"
                for p in pages
                if p.sheet == name and p.role == role
            )
            for role in ("original", "copy")
        ]
        found.append([sheet(name) or "—", *sides])
    return found
