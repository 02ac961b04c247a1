"""What the machine could not read of a notebook is said beside its opinion."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.braille.render import render
from examday.services.recognition import braille
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests.braille.reader.test_cover import LINES, LOOK, SPREAD, blurred
from tests.notebooks import draw, notebook
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


@pytest.mark.release
def test_the_page_of_the_own_entry_names_the_page_and_the_place(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = notebook(crew, ["1 река"], read=False)
    draw(crew.store, work, [blurred(render(LINES, LOOK, seed=5), 0.35, SPREAD)])
    braille.process(crew.store, work)
    crew.key_in(work, "anna", "first", crew.values(work))
    visit = browser()
    visit.log_in("anna")
    page = re.sub(r"\s+", " ", visit.get(f"/braille/{work}/done").get_data(as_text=True))
    assert "Часть тетради программа не прочитала" in page
    assert re.search(r"<li>страница 1: вверху( слева| справа)?</li>", page)
