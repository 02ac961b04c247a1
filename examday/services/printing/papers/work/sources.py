"""What a transfer was made from, and by whom: scanned sheets and assigned parts."""

from examday.domain.custody.kit import ORIGINALS, THING_NAMES
from examday.domain.custody.lifecycle import BY_PAGES, Medium
from examday.domain.messages import N_
from examday.domain.scans.pages import ORIGINAL
from examday.domain.transfer.duties import PART_NAMES
from examday.services.custody.dossier import Dossier
from examday.services.custody.room.sound import of_work
from examday.services.printing.things import sheet
from examday.services.printing.words import clock, moment, ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page

DIGITS = 12
"""Digits of a picture's SHA-256 on paper: enough to find the picture among those of a region, and
short enough to be compared by eye."""


def parts(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List who does which part of the transfer, and since when."""
    return [
        [ru(PART_NAMES.get(a.part, a.part)), d.names.get(a.person_id, ""), moment(uow, a.at)]
        for a in d.assignments
    ]


def recording(d: Dossier) -> list[list[str]]:
    """List what is known of a spoken answer: the file by its digest, and who answers for its protocol.

    The digest stands in full: by it the file on the carrier is proven later.
    """
    carrier = of_work(d.items)
    if carrier is None:
        return []
    facts, people = carrier.facts, d.names
    return [
        [ru(N_("File")), str(facts.get("file", ""))],
        [ru(N_("Code of the file")), str(facts.get("sha256", ""))],
        [ru(N_("Carrier")), carrier.code],
        [ru(N_("Recorded by")), people.get(facts.get("recorded_by", ""), "")],
        [ru(N_("Protocol written by")), people.get(facts.get("written_by", ""), "")],
        [ru(N_("Compared with the recording by")), people.get(facts.get("compared_by", ""), "")],
    ]


def scanned(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List the sheets with the scans of original and copy: digest of the picture, time.

    Copies of earlier versions stay attached as their evidence; this paper is only about those that
    their copier let stand.
    """
    pages = [p for p in d.pages if p.id in d.present]
    sheets = list(dict.fromkeys(page.sheet for page in pages))
    found = []
    for name in sheets:
        sides = [
            ", ".join(
                f"{p.image_sha256[:DIGITS]} · {clock(uow, p.at)}{_stays(d, p)}"
                for p in pages
                if p.sheet == name and p.role == role
            )
            for role in ("original", "copy")
        ]
        found.append([sheet(name) or _paper(d), *sides])
    return found


def _stays(d: Dossier, page: Page) -> str:
    """Say of a sheet that an earlier version was signed with that it counts in this one too."""
    if page.role == ORIGINAL or page.version == d.booklet.version:
        return ""
    return " · " + ru(N_("stays of version %(n)s"), n=page.version)


def _paper(d: Dossier) -> str:
    """Name a page that lies under no form: of a notebook, a print-out, a protocol."""
    medium = Medium(d.booklet.medium)
    return ru(THING_NAMES[ORIGINALS[medium][0]]) if medium in BY_PAGES else "—"
