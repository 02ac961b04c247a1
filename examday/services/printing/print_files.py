"""The files of print-outs that were made."""

from collections.abc import Iterable

from examday.domain.errors import Broken
from examday.domain.messages import N_
from examday.paper.joining import joined
from examday.paper.readout import as_brf, pdf_text
from examday.services.printing.print_entries import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.objects.base import Lost
from examday.storage.objects.opened import prints


def pdf(uow: UnitOfWork, sha256: str) -> bytes:
    """Read the file of a print-out; Broken when it is no longer the file that was printed."""
    find(uow, sha256)
    try:
        return prints(uow.settings).content(sha256)
    except Lost as lost:
        raise Broken(
            N_("The file of this print-out is gone or was changed."),
            advice=N_("Print the document once more; the entry in the journal stays."),
        ) from lost


def together(uow: UnitOfWork, digests: Iterable[str]) -> bytes:
    """Read several print-outs as one file for the printer; as `pdf`. One alone stays as it is."""
    files = [pdf(uow, sha256) for sha256 in digests]
    # One alone is given as it is: its bytes are those whose digest the ledger holds.
    return files[0] if len(files) == 1 else joined(files)


def read_out(uow: UnitOfWork, sha256: str, kind: str) -> bytes:
    """Read out a print-out: as UTF-8 text, or as a file for an embosser where `kind` is «brf»."""
    in_cells = find(uow, sha256).document == "copying-sheet"
    text = pdf_text(pdf(uow, sha256), in_cells)
    return as_brf(text).encode("ascii") if kind == "brf" else text.encode()
