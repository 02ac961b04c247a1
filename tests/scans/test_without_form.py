"""Pages of paper that bear neither code nor measured form: whose they are is said in one press, and
nobody is asked why."""

from collections.abc import Callable

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import BY_EYE
from examday.services.unit_of_work import Store
from examday.storage.tables import Page
from tests import one_work, sheets
from tests.conftest import Browser
from tests.one_work import written_page

pytestmark = pytest.mark.usefixtures("without_children")


@pytest.fixture
def make(store: Store, browser: Callable[[], Browser]) -> Callable[..., one_work.Work]:
    return one_work.maker(store, browser)


def last_page(work: one_work.Work) -> str:
    """Id of the page that waits."""
    with work.store.read() as uow:
        return next(p.id for p in uow.session.query(Page).order_by(Page.at.desc()))


def test_a_print_out_is_given_to_its_work_in_one_press(make: Callable[..., one_work.Work]) -> None:
    work = make(Medium.TYPED)
    work.issue()
    work.add("print_out", 1)
    work.collect()
    work.send(written_page("1 ЛЕС", 0), dpi=150)
    page = last_page(work)
    tech = work.at("tech", f"/scans/exceptions/{page}")
    shown = tech.page
    assert shown is not None and "0101-1А" in shown.text and "лист распечатки" in shown.text
    assert "Почему вручную" not in shown.text
    assert "трёх чёрных квадратов" not in shown.text, "a print-out has none"
    tech.press(having=("wanted", work.code))
    assert work.state() is State.SCANNED
    with work.store.read() as uow:
        assert uow.get(Page, page).reason == BY_EYE


def test_a_form_nobody_measured_is_told_by_its_code_and_its_sheet(
    make: Callable[..., one_work.Work],
) -> None:
    work = make(Medium.ENLARGED, kind="gve", subject="52", tasks=3)
    work.issue()
    work.enlarge("answer_form")
    work.collect()
    sheet = written_page("1 12", 2)
    sheet.paste(sheets.draw(work.code, "A4", 150).crop((120, 250, 420, 340)), (700, 40))
    work.send(sheet, dpi=150)
    tech = work.at("tech", f"/scans/exceptions/{last_page(work)}")
    shown = tech.page
    assert shown is not None and "не измерен" in shown.text, shown and shown.text
    assert "Отсканируйте сторону с ответами" not in shown.text, "another scan shows no more"
    tech.press(having=("sheet", "answer_form"))
    assert work.state() is State.SCANNED, work.pages()


def test_a_measured_form_attached_by_eye_still_needs_a_reason(
    make: Callable[..., one_work.Work],
) -> None:
    work = make(Medium.ENLARGED)
    work.issue()
    work.enlarge("form_1")
    work.collect()
    work.send(written_page("1 ЛЕС", 1), dpi=150)
    tech = work.at("tech", f"/scans/exceptions/{last_page(work)}")
    said = {"wanted": "0101-1A", "role": "original"}
    shown = tech.press(fields=said, having=("act", "attach"))
    assert shown.status == 400 and "Почему вручную" in shown.text, "the place in the Latin layout"
    shown = tech.press(
        fields={**said, "sheet": "form_1", "reason": "штрихкод смазан"}, having=("act", "attach")
    )
    assert work.state() is State.SCANNED, shown.text


@pytest.mark.release
def test_further_pages_of_a_notebook_are_offered_to_it_as_the_first_was(
    make: Callable[..., one_work.Work],
) -> None:
    work = make(Medium.BRAILLE, needs=["braille"])
    work.issue()
    work.collect()
    for number in (0, 3):
        work.send(written_page(f"Тетрадь, лист {number}", number), dpi=150)
        tech = work.at("tech", f"/scans/exceptions/{last_page(work)}")
        assert tech.page is not None and "Почему вручную" not in tech.page.text
        tech.press(having=("wanted", work.code))
        assert work.state() is State.SCANNED
    assert [role for _sheet, role, state, _why in work.pages()] == ["original", "original"]


@pytest.mark.parametrize("hidden", ["part-of-sheet", "two-sheets"])
def test_a_picture_that_may_hide_a_form_is_offered_to_no_print_out(
    make: Callable[..., one_work.Work], hidden: str
) -> None:
    work = make(Medium.TYPED)
    work.issue()
    work.add("print_out", 1)
    work.collect()
    work.send(written_page("1 ЛЕС", 0), dpi=150)
    page_id = last_page(work)
    with work.store.begin(Actor.system("test")) as uow:
        page = uow.get(Page, page_id)
        page.identity = {**page.identity, "because": [hidden]}
        uow.record("test:doubt", f"page:{page_id}")
    tech = work.at("tech", f"/scans/exceptions/{page_id}")
    assert tech.page is not None and "Чья это страница?" not in tech.page.text
    said = {"wanted": work.code, "role": "original", "reason": ""}
    shown = tech.press(fields=said, having=("act", "attach"))
    assert shown.status == 400 and work.state() is State.COLLECTED
