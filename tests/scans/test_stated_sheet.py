"""A person who attaches a page on which no form was seen says which sheet it is."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.people.roles import Actor
from examday.services.scans.deciding import by_hand, taking_back
from examday.services.scans.showing.places import places
from examday.services.scans.works import work_sheets
from examday.services.transfer import assignments, copying
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Item, Page
from tests import day, sheets
from tests.transfer_day import Hands, add_page

REASON = "сверено с бумагой"
ESSAY_KIT = ("registration", "form_1", "form_2_1")


@pytest.fixture
def essay(crew: Hands) -> str:
    """A work with an essay whose copy is awaited."""
    work = crew.work(sheets.kit_code(90))
    give_kit(crew.store, work, "standard_sheet", {name: "" for name in ESSAY_KIT})
    crew.settled(work, long="Сочинение")
    crew.do("anna", assignments.take, work, "copier")
    crew.do("anna", copying.finish, work)
    return work


def give_kit(store: Store, work: str, kind: str, numbers: dict[str, str]) -> None:
    """The kit has these sheets; a number where the sheet bears one of its own."""
    with store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, work).exam_id
        for name, number in numbers.items():
            code = f"{number or sheets.kit_code(90)}/{name}"
            uow.add(Item(code=code, kind=kind, exam_id=exam, booklet_id=work, sheet=name))
        uow.record("test:kit", f"booklet:{work}")  # type: ignore[arg-type]


def waiting_page(store: Store, work: str, picture: str = "") -> str:
    """A picture on which neither code nor form was read."""
    with store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, "")
        page.state, page.sheet, page.booklet_id, page.problems = "exception", "", None, ["no-code"]
        page.image_sha256 = picture or page.image_sha256
        uow.session.flush()
        uow.record("test:page", f"page:{page.id}")  # type: ignore[arg-type]
        return str(page.id)


def attach(
    store: Store, actor: Actor, page: str, work: str, role: str = "copy", sheet: str = ""
) -> None:
    with store.begin(actor) as uow:
        by_hand.attach_page(uow, page, uow.get(Booklet, work), role, REASON, sheet)


def test_without_a_word_on_the_sheet_nothing_is_attached(
    crew: Hands, head: Actor, essay: str
) -> None:
    with pytest.raises(Invalid) as refused:
        attach(crew.store, head, waiting_page(crew.store, essay), essay)
    assert (refused.value.code, refused.value.field) == ("which-sheet", "sheet")


def test_a_second_picture_of_form_1_never_stands_for_form_2(
    crew: Hands, head: Actor, essay: str
) -> None:
    attach(crew.store, head, waiting_page(crew.store, essay), essay, sheet="form_1")
    with pytest.raises(Invalid):
        attach(crew.store, head, waiting_page(crew.store, essay), essay, sheet="form_1")
    attach(crew.store, head, waiting_page(crew.store, essay), essay, sheet="other")
    assert crew.state(essay) == State.COPIED
    attach(crew.store, head, waiting_page(crew.store, essay), essay, sheet="form_2_1")
    assert crew.state(essay) == State.COPY_SCANNED


def test_a_stated_sheet_is_shown_whole_and_without_frames(
    crew: Hands, head: Actor, essay: str
) -> None:
    page = waiting_page(crew.store, essay)
    attach(crew.store, head, page, essay, sheet="form_2_1")
    with crew.store.read() as uow:
        shown = places(uow, uow.get(Booklet, essay), "copy")
    assert set(shown) == {"long:27"}
    assert shown["long:27"].page_id == page


def test_an_additional_form_takes_the_number_of_the_kit(
    crew: Hands, head: Actor, essay: str
) -> None:
    give_kit(crew.store, essay, "standard_sheet", {"extra_1": sheets.kit_code(91)})
    page = waiting_page(crew.store, essay)
    attach(crew.store, head, page, essay, sheet="extra_1")
    with crew.store.read() as uow:
        assert uow.get(Page, page).code == sheets.kit_code(91)
        left = work_sheets.open_sheets_of(uow, uow.get(Booklet, essay), "copy")
    assert [sheet.name for sheet in left] == list(ESSAY_KIT)


def test_one_sheet_of_the_original_attached_twice_by_hand_is_one_of_those_counted(
    crew: Hands, head: Actor
) -> None:
    work = day.booklet(crew.store, sheets.kit_code(92), State.COLLECTED)
    give_kit(crew.store, work, "enlarged_sheet", {"form_1": "", "form_2_1": ""})
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).counts = {"enlarged_sheet": 2}
        uow.record("test:counted", f"booklet:{work}")  # type: ignore[arg-type]
    attach(crew.store, head, waiting_page(crew.store, work), work, "original", "form_1")
    attach(crew.store, head, waiting_page(crew.store, work), work, "original", "other")
    assert crew.state(work) == State.COLLECTED
    attach(crew.store, head, waiting_page(crew.store, work), work, "original", "form_2_1")
    assert crew.state(work) == State.SCANNED


@pytest.mark.parametrize("medium", [Medium.BRAILLE, Medium.TYPED])
def test_a_page_of_a_notebook_or_print_out_is_no_sheet_of_the_kit(
    crew: Hands, head: Actor, medium: Medium
) -> None:
    work = day.booklet(crew.store, sheets.kit_code(93), State.COLLECTED, medium)
    attach(crew.store, head, waiting_page(crew.store, work), work, "original")
    assert crew.state(work) == State.SCANNED


def test_the_very_same_picture_is_not_attached_twice(crew: Hands, head: Actor) -> None:
    work = day.booklet(crew.store, sheets.kit_code(94), State.COLLECTED, Medium.TYPED)
    attach(crew.store, head, waiting_page(crew.store, work, "f" * 64), work, "original")
    with pytest.raises(Conflict) as refused:
        attach(crew.store, head, waiting_page(crew.store, work, "f" * 64), work, "original")
    assert refused.value.code == "same-picture"


def test_what_was_stated_goes_when_the_page_is_taken_back(
    crew: Hands, head: Actor, essay: str
) -> None:
    page = waiting_page(crew.store, essay)
    attach(crew.store, head, page, essay, sheet="form_1")
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, page, "не тот лист")
        assert uow.get(Page, page).sheet == ""


def test_a_page_that_takes_a_place_is_the_sheet_whose_place_it_takes(
    crew: Hands, head: Actor, essay: str
) -> None:
    wrong, better = waiting_page(crew.store, essay), waiting_page(crew.store, essay)
    attach(crew.store, head, wrong, essay, sheet="form_1")
    with crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, wrong, "первый снимок нерезкий")
        assert uow.get(Page, better).sheet == "answer-form-1.2022"


def test_between_two_unknown_pages_the_exchange_asks_too(
    crew: Hands, head: Actor, essay: str
) -> None:
    wrong, better = waiting_page(crew.store, essay), waiting_page(crew.store, essay)
    attach(crew.store, head, wrong, essay, sheet="other")
    with pytest.raises(Invalid), crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, wrong, REASON)
    with crew.store.begin(head) as uow:
        taking_back.exchange(uow, better, wrong, REASON, "form_1")
        assert uow.get(Page, better).sheet == "answer-form-1.2022"


def test_a_spare_page_of_the_copy_goes_and_the_work_goes_on(
    crew: Hands, head: Actor, essay: str
) -> None:
    spare = waiting_page(crew.store, essay)
    attach(crew.store, head, spare, essay, sheet="other")
    for name in ("form_1", "form_2_1"):
        attach(crew.store, head, waiting_page(crew.store, essay), essay, sheet=name)
    with crew.store.begin(head) as uow:
        taking_back.detach(uow, spare, "лист другой работы")
    assert crew.state(essay) == State.COPY_SCANNED


def test_of_a_page_of_unknown_form_no_role_is_chosen_beforehand(
    crew: Hands, essay: str, browser: Callable[[], Any]
) -> None:
    page = waiting_page(crew.store, essay)
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Page, page).role = "copy"  # set by hand, as earlier versions guessed it
        uow.record("test:page", f"page:{page}")
    person = browser()
    person.log_in("head")
    text = person.get(f"/scans/exceptions/{page}").get_data(as_text=True)
    offered = re.findall(r'name="role" value="(\w+)"( checked)?', text)
    assert offered == [("original", ""), ("copy", "")]


def test_the_page_offers_what_is_missing_and_preselects_nothing(
    crew: Hands, essay: str, browser: Callable[[], Any]
) -> None:
    page = waiting_page(crew.store, essay)
    person = browser()
    person.log_in("head")
    address = f"/scans/exceptions/{page}"
    said = {"act": "attach", "wanted": sheets.kit_code(90), "role": "copy", "reason": REASON}
    refused = person.post(address, said)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 400 and "Укажите, какой это лист" in text
    offered = re.findall(r'name="sheet" value="(\w+)"( checked)?', text)
    assert offered == [(name, "") for name in (*ESSAY_KIT, "other")]
    assert person.post(address, {**said, "sheet": "form_1"}).status_code == 303
    again = waiting_page(crew.store, essay)
    address = f"/scans/exceptions/{again}"
    text = person.post(address, said).get_data(as_text=True)
    assert 'value="form_1"' not in text and 'value="form_2_1"' in text
