"""Braille notebooks for tests: pages rendered by the project, laid where the intake puts pictures."""

from collections.abc import Sequence

import cv2
import numpy as np
from sqlalchemy import select

from examday.braille.encode import encode
from examday.braille.render import Look, render
from examday.domain.braille.notebook import Leaf, Part, Pile
from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Actor
from examday.services.braille.notebook import statement
from examday.services.braille.notebook.completeness import is_stated
from examday.services.braille.notebook.sorting import sorting
from examday.services.recognition import braille
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page
from tests.transfer_day import Hands, add_page

LOOK = Look(page_mm=(200, 120), margin_mm=(20, 25))


def embossed(lines: Sequence[str], back: Sequence[str] = ()) -> np.ndarray:
    """A picture of a page with these lines in Braille; `back`: lines embossed from the other side,
    so that seen from here they run from right to left."""
    verso = [encode(line)[::-1] for line in back]
    widest = max(map(len, verso), default=0)
    return np.asarray(
        render(
            [encode(line) for line in lines],
            LOOK,
            seed=3,
            verso=[(0,) * (widest - len(line)) + line for line in verso],
        ).grey
    )


def notebook(crew: Hands, *pages: Sequence[str], turned: int = 0, read: bool = True) -> str:
    """A scanned Braille work with these pages; the machine has read it unless `read` is False.
    `turned`: how many quarters clockwise the pictures lay on the scanner, as the intake has noted.
    """
    work = crew.work(medium=Medium.BRAILLE)
    with crew.store.begin(Actor.system("test")) as uow:
        for _ in pages[1:]:
            add_page(uow, work, "original")
        uow.record("test:page", f"booklet:{work}")
    draw(
        crew.store, work, [np.rot90(embossed(lines), -turned) for lines in pages], turned * 90 % 360
    )
    if read:
        braille.process(crew.store, work)
    return work


def draw(store: Store, work: str, pictures: Sequence[np.ndarray], turned: int = 0) -> None:
    """Puts pictures under the scanned pages of a work, in their order."""
    with store.begin(Actor.system("test")) as uow:
        rows = uow.session.scalars(
            select(Page).where(Page.booklet_id == work).order_by(Page.order, Page.id)
        )
        for page, grey in zip(rows, pictures, strict=True):
            # No form lies on a page of a notebook.
            page.sheet = ""
            page.identity = {"width": grey.shape[1], "height": grey.shape[0], "turned": turned}
            sha = page.file.sha256
            folder = store.settings.derived / sha[:2] / sha
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f"{page.number}.grey.jpg"), np.ascontiguousarray(grey))
        uow.record("test:pictures", f"booklet:{work}")


def describe_scans(crew: Hands, work: str) -> None:
    """Every scanned page is stated as a page of answers, by whoever came first."""
    with crew.store.begin(crew.actor("anna")) as uow:
        if is_stated(uow, uow.get(Booklet, work)):
            return
        shown = sorting(uow, work)
        leaves = [Leaf(page.id, Part.ANSWER, n) for n, page in enumerate(shown.pages, 1)]
        statement.state(uow, work, leaves, Pile(len(leaves), 1), dict(shown.expected), "по описи")
