"""Printing: build the data, take a checkpoint, render, keep the file under its digest, record
«print:<document>»."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.errors import Broken, Forbidden, Invalid, NotFound
from examday.domain.events import PREFIX_OF_PRINTS, print_event, read_data
from examday.domain.messages import N_
from examday.paper.printing import render
from examday.paper.readout import as_brf, pdf_text
from examday.services.custody.booklets import require
from examday.services.ledger.checkpoints import checkpoint
from examday.services.printing import booklet_papers, commission_papers, day_papers
from examday.services.unit_of_work import UnitOfWork
from examday.settings import Settings
from examday.storage.objects import Objects
from examday.storage.tables import EventRow

Builder = Callable[[UnitOfWork, str, bool], dict[str, object]]

OF_BOOKLET: dict[str, Builder] = {
    "transfer-act": booklet_papers.transfer_act,
    "copying-sheet": booklet_papers.copying_sheet,
    "true-copy": booklet_papers.true_copy,
    "cover": booklet_papers.cover,
}
OF_EXAM: dict[str, Builder] = {
    "custody-journal": day_papers.custody_journal,
    "observers": day_papers.observers,
    "readiness": day_papers.readiness,
    "day-summary": day_papers.day_summary,
    "commission-progress": commission_papers.progress,
    "commission-act": commission_papers.act,
}
OF_ITEM: dict[str, Builder] = {
    "packet-contents": day_papers.packet_contents,
    "handover-act": day_papers.handover_act,
}
OF_COMMISSION = ("commission-progress", "commission-act")
SUBJECTS = {"booklet": OF_BOOKLET, "exam": OF_EXAM, "item": OF_ITEM}
DOCUMENT_NAMES: dict[str, str] = {
    "transfer-act": N_("Transfer act"),
    "copying-sheet": N_("Copying sheet"),
    "true-copy": N_("«Копия верна»: sign-off sheet"),
    "cover": N_("Cover sheet: original and copy"),
    "custody-journal": N_("Custody journal"),
    "observers": N_("List of observers and witnesses"),
    "readiness": N_("Readiness protocol"),
    "day-summary": N_("Summary of the day"),
    "commission-progress": N_("Progress report of the commission of tiflo-translators"),
    "commission-act": N_("Hand-over act of originals and transcripts"),
    "packet-contents": N_("Contents of a packet"),
    "handover-act": N_("Hand-over act"),
    "labels": N_("Labels"),
}


@dataclass(frozen=True)
class Printed:
    """One print-out: entry of the ledger, what of, checkpoint code on it, digest of the file."""

    seq: int
    at: dt.datetime
    actor: str
    document: str
    subject: str
    code: str
    sha256: str
    large: bool
    names: bool


def make(
    uow: UnitOfWork, document: str, subject: str, large: bool = False, names: bool = False
) -> str:
    """Print one document of `subject` ("booklet:<id>", "exam:<id>", "item:<id>"); the digest of
    the PDF. `names`: with the candidate's name, for those who may see it. Invalid when there is no
    such document of such a thing."""
    require(uow, "custody.label" if document == "labels" else "print")
    if names:
        require(uow, "names.see")
    kind, _sep, key = subject.partition(":")
    mark = checkpoint(uow, f"print:{document}")
    data = build(uow, document, kind, key, names) | {
        "code": mark.code,
        "printed_at": uow.local(uow.now()),
    }
    stored = folder(uow.settings).put(io.BytesIO(render(document, data, large)))
    uow.record(
        print_event(document),
        subject,
        code=mark.code,
        sha256=stored.sha256,
        large=large,
        names=names,
    )
    return stored.sha256


def build(
    uow: UnitOfWork, document: str, kind: str, key: str, names: bool = False
) -> dict[str, object]:
    """The data of a document."""
    if document == "labels" and kind in SUBJECTS:
        return day_papers.labels(uow, kind, key)
    builder = SUBJECTS.get(kind, {}).get(document)
    if builder is None:
        raise Invalid(N_("There is no such document of this thing."), code="no-document")
    return builder(uow, key, names)


def folder(settings: Settings) -> Objects:
    """Where print-outs are kept: as printed, so that a paper can be compared with what was
    printed."""
    return Objects(settings.var / "prints")


def find(uow: UnitOfWork, sha256: str) -> Printed:
    """The newest print-out with this digest; NotFound, or Forbidden when it bears a name this
    person must not see."""
    rows = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind.startswith(PREFIX_OF_PRINTS), EventRow.data.contains(sha256))
        .order_by(EventRow.seq.desc())
    )
    row = next((printed(r) for r in rows), None)
    if row is None or row.sha256 != sha256:
        raise NotFound()
    if row.names and not uow.actor.may("names.see"):
        raise Forbidden()
    return row


def pdf(uow: UnitOfWork, sha256: str) -> bytes:
    """The file of a print-out, exactly as it was printed. Broken when it is no longer the same."""
    find(uow, sha256)
    store = folder(uow.settings)
    if not store.intact(sha256):
        raise Broken(
            N_("The file of this print-out is gone or was changed."),
            advice=N_("Print the document once more; the entry in the journal stays."),
        )
    return store.path(sha256).read_bytes()


def read_out(uow: UnitOfWork, sha256: str, kind: str) -> bytes:
    """The words of a print-out: as text (UTF-8), or for `kind` «brf» as a Braille file for an
    embosser."""
    text = pdf_text(pdf(uow, sha256))
    return as_brf(text).encode("ascii") if kind == "brf" else text.encode()


def recent(uow: UnitOfWork, subject: str = "", most: int = 30) -> list[Printed]:
    """The newest print-outs, of one subject if given; those with names only for people who may see
    names."""
    wanted = (
        select(EventRow)
        .where(EventRow.kind.startswith(PREFIX_OF_PRINTS))
        .order_by(EventRow.seq.desc())
        .limit(most)
    )
    rows = uow.session.scalars(wanted.where(EventRow.subject == subject) if subject else wanted)
    return [p for p in map(printed, rows) if not p.names or uow.actor.may("names.see")]


def printed(row: EventRow) -> Printed:
    """A ledger entry «print:…» as a print-out."""
    data = read_data(row.data)
    return Printed(
        row.seq,
        dt.datetime.fromisoformat(row.at),
        row.actor,
        row.kind.removeprefix(PREFIX_OF_PRINTS),
        row.subject,
        data["code"],
        data["sha256"],
        data["large"],
        data["names"],
    )
