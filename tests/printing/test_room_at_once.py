"""One kind of paper for a whole room: who can have it, the odd ones taken out, each its own record."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from examday.domain.people.roles import Actor
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.ledger import audit
from examday.services.transfer import readings
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.custody_day import Day, number

VALUES = {"1": {"text": "КИСЛОРОД", "mark": None}, "2": {"text": "", "mark": "blank"}}


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Three kits collected, two of them settled; a fourth seat has no kit yet."""
    made = custody_day.make(store, add_person, ("enlarged",) * 4)
    for n, place in enumerate(("1А", "2А", "3А"), 1):
        work = made.booklets[place]
        made.do("lead", kits.issue, work, number(n))
        made.do("lead", enlarging.enlarge, work, made.people["board"].id)
        made.do("lead", collecting.collect, work, made.counts(place))
    with store.begin(Actor.system("test")) as uow:
        for place in ("1А", "3А"):
            booklet = uow.get(Booklet, made.booklets[place])
            readings.seal(uow, booklet, "settled", {"fields": VALUES, "decisions": {}})
            booklet.state = "settled"
            uow.record("test:settled", f"booklet:{booklet.id}")
    return made


@pytest.fixture
def lead(day: Day, browser: Callable[[], Browser]) -> Clerk:
    return Clerk(browser(), "lead")


def room(day: Day, document: str = "copying-sheet") -> str:
    return f"/print/room/{day.exam}/{day.room}?document={document}"


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_the_copying_sheets_of_a_room_come_as_one_file(day: Day, lead: Clerk) -> None:
    shown = lead.open(room(day))
    assert "(2)" in shown.text
    assert "места 2А" in shown.text and "4А" not in shown.text
    lead.press()
    assert lead.page and "Готовы 2 документа" in lead.page.text
    assert day.kinds().count("print:copying-sheet") == 2, "each work has its own record"
    file = lead.browser.get(lead.page.primary())
    texts = pages(file.data)
    assert len(texts) == 2 and "0101-1А" in texts[0] and "0101-3А" in texts[1]
    assert audit.verify(day.store).ok


def test_the_odd_one_is_taken_out(day: Day, lead: Clerk) -> None:
    lead.open(room(day))
    lead.press(fields={"work": [day.booklets["3А"]]})
    assert lead.page and "Готов 1 документ" in lead.page.text
    assert day.kinds().count("print:copying-sheet") == 1
    shown = lead.open(f"/print/booklet/{day.booklets['1А']}")
    assert "Напечатано раньше" not in shown.text


def test_the_labels_of_a_room_stand_on_common_sheets(day: Day, lead: Clerk) -> None:
    lead.open(room(day, "labels"))
    lead.press()
    assert day.kinds().count("print:labels") == 1
    assert lead.page
    text = "\n".join(pages(lead.browser.get(lead.page.primary()).data))
    assert all(f"0101-{place}" in text for place in ("1А", "2А", "3А"))


def test_a_work_that_cannot_have_the_paper_is_not_printed_for(day: Day, lead: Clerk) -> None:
    lead.open(room(day))
    shown = lead.press(fields={"work": [day.booklets["2А"]]})
    assert shown.status == 400 and "Отметьте хотя бы одну работу" in shown.text
    assert "print:copying-sheet" not in day.kinds()


@pytest.mark.parametrize("document", ["handover-act", "../labels"])
def test_there_is_no_other_document_of_a_room(day: Day, lead: Clerk, document: str) -> None:
    assert lead.open(room(day, document)).status == 404


def test_who_may_not_print_labels_is_not_offered_them(
    day: Day, browser: Callable[[], Browser]
) -> None:
    helper = Clerk(browser(), "helper")
    assert "Наклейки" not in helper.open(room(day)).text
    assert helper.open(room(day, "labels")).status == 404
