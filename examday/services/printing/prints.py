"""Printing: build the data, take a checkpoint, render, keep the file under its digest, record
«print:<document>»."""

import datetime as dt
import io
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.errors import Broken, Forbidden, NotFound
from examday.domain.events import PREFIX_OF_PRINTS, print_event, read_data
from examday.domain.messages import N_
from examday.paper.printing import render
from examday.paper.readout import as_brf, pdf_text
from examday.services.custody.booklets import require
from examday.services.ledger.checkpoints import checkpoint
from examday.services.printing.documents import build
from examday.services.unit_of_work import UnitOfWork
from examday.settings import Settings
from examday.storage.objects import Objects
from examday.storage.tables import EventRow


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
