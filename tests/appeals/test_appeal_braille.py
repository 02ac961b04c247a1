"""The appeal of somebody who wrote in Braille: the cells of the own answers can be read, and
nothing else."""

from collections.abc import Callable

import pytest

from examday.braille.encode import encode
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.i18n import gettext as say
from examday.services.appeals.papers import kit, plain
from examday.services.appeals.views import casebook
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Reading
from examday.storage.tables_braille import CommissionNote
from tests.appeals import world

PAGES = {
    "data": ["учебный"],
    "second": ["2 мир"],
    "draft": ["черновик"],
    "first": ["1 дом"],
    "unread": [],
}
STATED = (
    ("data", "data", 0),
    ("first", "answer", 1),
    ("second", "answer", 3),
    ("draft", "draft", 0),
    ("unread", "answer", 4),
)


@pytest.fixture
def commission(store: Store, add_person: Callable[..., Person]) -> world.Commission:
    """A notebook that was scanned out of order, with the candidate's data and a draft between the
    answers."""
    found = world.make(store, add_person, needs=("braille",))
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, found.booklet).medium = "braille"
        content = {
            "fields": {},
            "pages": [
                {
                    "page": page,
                    "kind": "braille",
                    "warnings": [],
                    "lines": [{"cells": [{"d": cell} for cell in encode(line)]} for line in lines],
                }
                for page, lines in PAGES.items()
            ],
        }
        uow.add(
            Reading(
                booklet_id=found.booklet,
                version=1,
                source="machine:original",
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
        )
        uow.record("test:notebook", f"booklet:{found.booklet}")
    return found


def state_pages(commission: world.Commission) -> None:
    with commission.store.begin(Actor.system("test")) as uow:
        uow.add(
            CommissionNote(
                kind="pages",
                booklet_id=commission.booklet,
                at=uow.now(),
                recorded_by=commission.people["chair"].id,
                facts={
                    "pages": [
                        {"page": page, "part": part, "number": number}
                        for page, part, number in STATED
                    ]
                },
            )
        )
        uow.record("commission:pages", f"booklet:{commission.booklet}")


def test_drafts_and_personal_data_are_left_out_of_the_cells_of_an_appellant(
    commission: world.Commission,
) -> None:
    state_pages(commission)
    number = world.file_appeal(commission)
    data, text = commission.do("secretary", the_kit, number)
    assert [row[:2] for row in data["cells"]] == [["1", "1"], ["3", "1"]], (
        "pages bear the numbers of the notebook"
    )
    assert data["cells"][0][2] == "3456-1-0-145-135-134"
    assert "Лист: 3; Строка: 1; Клетки: 3456-12-0-134-24-1235" in text
    for left_out in PAGES["data"] + PAGES["draft"]:
        assert "-".join(dots(left_out)) not in text


def test_before_the_pages_were_stated_they_count_as_they_were_scanned(
    commission: world.Commission,
) -> None:
    number = world.file_appeal(commission)
    data, _text = commission.do("secretary", the_kit, number)
    assert [row[0] for row in data["cells"]] == ["1", "2", "3", "4"]


def test_what_the_experts_gave_is_read_as_the_pdf_prints_it() -> None:
    task = dict.fromkeys(("diagnosis", "by", "original", "copy", "recognised"), "—")
    data = {
        "tasks": [{**task, "field": "27", "marks": "1 → 2"}, {**task, "field": "1", "marks": ""}]
    }
    text = plain.as_text("", "", data, say)
    assert "оценка экспертов: 1 → 2" in text and text.count("оценка экспертов") == 1


def dots(text: str) -> list[str]:
    return ["".join(str(dot + 1) for dot in range(6) if cell >> dot & 1) for cell in encode(text)]


def the_kit(uow, number: str):  # type: ignore[no-untyped-def]
    case = casebook.open_case(uow, number)
    data = kit.kit_data(uow, case, say, names=True)
    return data, plain.as_text("", "", data, say)
