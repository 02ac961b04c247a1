"""Two-sided sheets: the back is read from the same picture, when somebody who has handed in asks
for it."""

from collections.abc import Callable

import pytest

from examday.domain.errors import NotFound
from examday.services.braille import cell_lines, machine_pages
from examday.services.braille.notebook import backs
from examday.services.recognition import braille
from examday.services.transfer import assignments
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.notebooks import draw, embossed, notebook
from tests.transfer_day import Hands, hands

FACE, BACK = ["1 река озеро", "2 135", "3 щавель"], ["4 серебряный", "5 кислород"]


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


@pytest.fixture
def work(crew: Hands) -> str:
    """A notebook of one two-sided sheet; Anna has handed in, Boris has only taken the second
    key-in."""
    made = notebook(crew, FACE, read=False)
    draw(crew.store, made, [embossed(FACE, BACK)])
    braille.process(crew.store, made)
    crew.key_in(made, "anna", "first", crew.values(made))
    crew.do("boris", assignments.take, made, "second")
    return made


def seen(crew: Hands, work: str, who: str, source: str) -> list[str]:
    with crew.store.read(crew.actor(who)) as uow:
        strips = cell_lines.machine_strips(uow, uow.get(Booklet, work), source)
    return ["".join(spot.piece.text for spot in strip.spots) for strip in strips]


def state(crew: Hands, work: str) -> str:
    with crew.store.read() as uow:
        return backs.backs_state(uow, uow.get(Booklet, work))


@pytest.mark.release
def test_the_back_is_read_when_asked_and_the_face_stays_as_it_was(crew: Hands, work: str) -> None:
    before = seen(crew, work, "anna", machine_pages.FRONT)
    assert state(crew, work) == "" and seen(crew, work, "anna", machine_pages.BACK) == []
    crew.do("anna", backs.ask_backs, work)
    assert state(crew, work) == "waits"
    braille.process_backs(crew.store, work)
    back = seen(crew, work, "anna", machine_pages.BACK)
    assert back == ["4серебряный", "5кислород"]
    assert seen(crew, work, "anna", machine_pages.FRONT) == before


def test_the_back_too_is_shown_to_nobody_who_has_not_handed_in(crew: Hands, work: str) -> None:
    with pytest.raises(NotFound):
        crew.do("boris", backs.ask_backs, work)
    crew.do("anna", backs.ask_backs, work)
    braille.process_backs(crew.store, work)
    assert seen(crew, work, "boris", machine_pages.BACK) == []
