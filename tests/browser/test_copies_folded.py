"""How much of the copy of a notebook or a print-out is shown to whoever verifies it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Shown
from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Value
from examday.paper import trial
from examday.services.braille.desk.hand_in import hand_in
from examday.services.recognition import readers
from examday.services.transfer import assignments, keyin
from examday.storage.tables import Booklet, Page
from tests.browser.test_desks import Desks
from tests.notebooks import describe_scans
from tests.one_work import head

pytestmark = pytest.mark.slow
CODE = trial.kit_code(501)
WORDS = ("ПОЭТОМУ", "ТАКЖЕ", "ЖИЗНЕННЫЙ", "ИЗБЫТОК", "ЛЯГТЕ", "НЕВЗИРАЯ", "ОКНО", "2,5")
FIGURES = ("135", "24", "94513", "234", "125", "14", "35", "1347", "25", "123", "52134")
ANSWERS = {str(n): text for n, text in enumerate((*WORDS, *FIGURES, *WORDS[:7]), 1)}
"""Short answers of a usual work: the figures below are measured with them."""
LONG = "Автор рассуждает о прошлом. Добро не ждёт награды."
TASKS = len(ANSWERS)
FORM_1 = 3 + TASKS + 6
"""Fields of form № 1, header, answers and rows for replacements: each must be confirmed or looked
at."""


@pytest.fixture
def point(chromium: Browser, tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path, chromium)
    yield made
    made.close()


def keyed_in(point: Desks, medium: Medium, long_tasks: list[int]) -> str:
    """A work whose two key-ins agree; the first long answer is written, the others are not."""
    crew = point.crew
    work = crew.work(CODE, tasks=TASKS, medium=medium)
    with crew.store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, work).exam
        exam.region, exam.long_tasks = "77", long_tasks
        uow.record("test:exam", f"booklet:{work}")
    values = {f: Value(text) for f, text in (ANSWERS | {f"long:{long_tasks[0]}": LONG}).items()}
    for login, part in (("anna", "first"), ("boris", "second")):
        crew.do(login, assignments.take, work, part)
        if medium is Medium.BRAILLE:
            describe_scans(crew, work)
            crew.do(login, hand_in, work, "1 12", values)
        else:
            entries = values | {f: Value(text) for f, text in head().items()}
            crew.do(login, keyin.submit, work, part, crew.values(work) | entries)
    return work


def copied(point: Desks, work: str, on_it: Mapping[str, str], read: bool = True) -> Shown:
    """The copy bears `on_it`; its verification, as the desk opens."""
    point.crew.copied(work, "vera")
    with point.store.read() as uow:
        copies = select(Page).where(Page.booklet_id == work, Page.role == "copy")
        pages = [(page.id, page.sheet, page.file.sha256) for page in uow.session.scalars(copies)]
    for page_id, form, sha in pages:
        folder = point.store.settings.derived / sha[:2] / sha
        folder.mkdir(parents=True)
        answers = on_it if form.startswith("answer-form-1") else {}
        trial.draw(CODE, "A4", 300, answers=answers, form=form).save(folder / "1.grey.jpg")
        if read:
            readers.process_page(point.store, page_id)
    point.crew.do("boris", assignments.take, work, "verifier")
    return point.at("boris", f"/verify/{work}")


def counted(page: Shown) -> dict[str, Any]:
    """Fields that lie open, fields that are folded away, and the height of the page in px."""
    cards, opened = page.locator(".field-card"), page.locator(".field-card:visible")
    # Pictures are fetched when they come into sight, and only then take their room.
    page.locator(".field-card:visible img").evaluate_all(
        "all => Promise.all(all.map(one => { one.loading = 'eager'; return one.decode(); }))"
    )
    high = page.evaluate("document.documentElement.scrollHeight")
    return {"open": opened.count(), "folded": cards.count() - opened.count(), "px": high}


def names(page: Shown) -> list[str]:
    """What the fields that lie open are called, in their order."""
    return [text.strip() for text in page.locator(".field-card:visible legend").all_inner_texts()]


@pytest.mark.parametrize(
    "medium", [Medium.BRAILLE, pytest.param(Medium.TYPED, marks=pytest.mark.release)]
)
@pytest.mark.parametrize(
    ("long_tasks", "most_px"),
    [([27], 2_400), pytest.param([29, 30, 31, 32, 33, 34], 3_600, marks=pytest.mark.release)],
)
def test_a_true_copy_leaves_the_long_answers_and_one_folded_line(
    point: Desks, medium: Medium, long_tasks: list[int], most_px: int
) -> None:
    """The header is the plan's, so nothing of it is settled as blank; forty-five cards on 15,000 px
    lay open before."""
    page = copied(point, keyed_in(point, medium, long_tasks), head() | ANSWERS)
    found = counted(page)
    print(f"{medium}, {len(long_tasks)} long answers: {found}")
    assert names(page) == [f"Развёрнутый ответ, задание {n}" for n in long_tasks]
    assert found["folded"] == FORM_1
    assert found["px"] <= most_px
    folded = page.locator(".fold .field-card").evaluate_all("all => all.map(one => one.innerText)")
    assert not any("пусто" in text for text in folded[:3]), "the header"
    assert page.locator(".field-card:visible img").count() == 1, "one sheet is shown once"


def test_what_differs_lies_open_and_is_asked_first(point: Desks) -> None:
    on_it = head() | ANSWERS | {"3": "ЖИЗНЕНЫЙ", "11": "94531"}
    page = copied(point, keyed_in(point, Medium.BRAILLE, [27]), on_it)
    assert names(page) == ["Задание 3", "Задание 11", "Развёрнутый ответ, задание 27"]


def test_nothing_is_folded_that_the_machine_has_not_seen(point: Desks) -> None:
    work = keyed_in(point, Medium.TYPED, [27])
    page = copied(point, work, head() | ANSWERS, read=False)
    block, six_rows = 1, 6
    assert counted(page)["open"] == FORM_1 + 1 - six_rows + block
    assert page.locator("#together").count() == 0
    rows = page.locator(".compare-block img")
    expect(rows).to_have_count(1)  # a print-out has no rows: of it the whole page is offered
    wide, high = rows.evaluate("one => [one.naturalWidth, one.naturalHeight]")
    assert wide > 600 and 100 < high < wide, "the block of rows and nothing else of the sheet"
