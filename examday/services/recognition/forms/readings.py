"""Seal what the machine read on a form: the page's content, and the copy beside what it should say."""

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import PageState
from examday.domain.transfer.readings import Source, machine_source
from examday.services.recognition.likeness import Likeness, PageContent
from examday.services.transfer.readings import rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page, Reading


def keep(
    store: Store,
    worker: Actor,
    page_id: str,
    content: PageContent,
    compared: Likeness | None,
    settled: str,
) -> None:
    """Seal what was read on a page and the comparison, if the page is still attached where it was.

    `settled` is the digest of the settled reading that the copy was held against, or "".
    """
    with store.begin(worker) as uow:
        page = uow.get(Page, page_id)
        if page.booklet_id is None:
            return
        # The work before its page, as everywhere: docs/architecture.md, «Who holds what».
        booklet = uow.hold(Booklet, page.booklet_id)
        page = uow.hold(Page, page_id)
        # Reading takes seconds: meanwhile somebody may have taken the page back.
        if page.booklet_id != booklet.id or page.state != PageState.ATTACHED:
            return
        about = {"page": page.id, "image": page.image_sha256}
        sealed = [_seal_once(uow, booklet, machine_source(page.role), {**content, **about})]
        if compared is not None:
            beside = {**compared, **about, "settled": settled}
            sealed.append(_seal_once(uow, booklet, Source.MACHINE_COMPARE, beside))
        _record(uow, page, content["model"], [r.source for r in sealed if r is not None])


def _record(
    uow: UnitOfWork,
    page: Page,
    model: str,
    sources: list[str],
) -> None:
    if sources:
        uow.record(
            Event.MACHINE_READ,
            f"booklet:{page.booklet_id}",
            page=page.id,
            model=model,
            sources=sources,
        )


def _seal_once(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    content: dict[str, object],
) -> Reading | None:
    """The reading, or None when the same page was read for the same values before."""
    rows = uow.session.scalars(
        select(Reading).where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source == source,
        )
    )
    # With the model: better weights read the same page anew.
    names = ("page", "image", "settled", "model")
    key = [content.get(name) for name in names]
    if any([row.content.get(name) for name in names] == key for row in rows):
        return None
    return seal(uow, booklet, source, content, number=rounds(uow, booklet, source) + 1)
