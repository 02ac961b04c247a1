"""Printing a document: checkpoint, data, file, entry «print:<document>» in the ledger."""

import io
from collections.abc import Callable, Iterable

from examday.domain.events import print_event
from examday.domain.ledger import Subject
from examday.paper.printing import render
from examday.services.custody.booklets import require
from examday.services.ledger.checkpoints import checkpoint
from examday.services.printing.documents import build
from examday.services.printing.papers import label_papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.objects.opened import prints
from examday.storage.tables import Booklet


def make(
    uow: UnitOfWork,
    document: str,
    subject: str,
    large: bool = False,
    names: bool = False,
) -> str:
    """Print one document of `subject` ("booklet:<id>", "exam:<id>", "item:<id>").

    `large`: in large type; `names`: with the candidate's name, for people who may see it. Returns
    the digest of the PDF. Invalid when there is no such document of such a thing.
    """
    require(uow, "custody.label" if document == "labels" else "print")
    if names:
        require(uow, "names.see")
    kind, key = Subject.parse(subject)
    # The point's own ledger: the code on the paper of a work must be found where the work stands.
    site = uow.get(Booklet, key).site if kind == "booklet" else uow.site
    with uow.looking_at(site):
        return _keep(
            uow, document, subject, lambda: build(uow, document, kind, key, names), large, names
        )


def labels_of_works(
    uow: UnitOfWork,
    subject: str,
    booklet_ids: Iterable[str],
    large: bool = False,
) -> str:
    """Print the labels of several works of a room on common sheets; as `make`."""
    require(uow, "custody.label")
    return _keep(uow, "labels", subject, lambda: label_papers.of_works(uow, booklet_ids), large)


def _keep(
    uow: UnitOfWork,
    document: str,
    subject: str,
    build_it: Callable[[], dict[str, object]],
    large: bool,
    names: bool = False,
) -> str:
    # The checkpoint comes first: its code stands on the paper and witnesses everything before it.
    mark = checkpoint(uow, f"print:{document}")
    data = build_it() | {
        "code": mark.code,
        "printed_at": uow.local(uow.now()),
    }
    stored = prints(uow.settings).put(io.BytesIO(render(document, data, large)))
    uow.record(
        print_event(document),
        subject,
        code=mark.code,
        sha256=stored.sha256,
        large=large,
        names=names,
    )
    return stored.sha256
