"""Image, cells and text in step: before the hand-in only places, after it every cell with its
reading and its doubt."""

from collections.abc import Callable

import pytest

from examday.braille.encode import encode
from examday.domain.errors import Invalid
from examday.services.braille import cell_lines, line_places
from examday.services.braille.cells import typed_lines, written
from examday.services.braille.cells.strips import Strip
from examday.services.scans.showing.desk_order import working_pages
from examday.services.transfer import assignments
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.notebooks import notebook
from tests.transfer_day import Hands, hands

LINES = ["1 кислород", "2 135", "3 щавель"]


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def places(crew: Hands, work: str) -> list[list[tuple[float, ...]]]:
    with crew.store.read(crew.actor("anna")) as uow:
        booklet = uow.get(Booklet, work)
        return line_places.line_places(uow, booklet, working_pages(uow, booklet, "original"))


def strips(crew: Hands, work: str, who: str = "anna") -> list[Strip]:
    with crew.store.read(crew.actor(who)) as uow:
        return cell_lines.machine_strips(uow, uow.get(Booklet, work))


def test_the_places_of_lines_tell_neither_cells_nor_lengths(crew: Hands) -> None:
    work = notebook(crew, LINES)
    [page] = places(crew, work)
    assert len(page) == 3 and [box[1] for box in page] == sorted(box[1] for box in page)
    assert len({(box[0], box[2]) for box in page}) == 1, "every line reaches from side to side"


def test_cells_are_given_out_after_ones_own_hand_in_and_to_nobody_else(crew: Hands) -> None:
    work = notebook(crew, LINES)
    crew.do("anna", assignments.take, work, "first")
    assert strips(crew, work) == []
    crew.key_in(work, "boris", "second", crew.values(work))
    assert strips(crew, work) == [] and strips(crew, work, "vera") == []
    assert [s.line for s in strips(crew, work, "boris")] == [1, 2, 3]


def test_every_cell_has_its_dots_its_reading_and_its_box(crew: Hands) -> None:
    work = notebook(crew, LINES)
    crew.key_in(work, "anna", "first", crew.values(work))
    second = strips(crew, work)[1]
    assert [spot.piece.dots for spot in second.spots] == list(encode("2 135"))
    assert [spot.piece.text for spot in second.spots] == ["", "2", "", "", "1", "3", "5"]
    boxes = [spot.box for spot in second.spots if spot.box]
    assert [box[0] for box in boxes] == sorted(box[0] for box in boxes) and len(boxes) == 6


@pytest.mark.parametrize("turned", [1, 2])
@pytest.mark.release
def test_on_a_turned_scan_boxes_are_those_of_the_upright_picture(crew: Hands, turned: int) -> None:
    upright, laid = notebook(crew, LINES), notebook(crew, LINES, turned=turned)
    for one, other in zip(places(crew, upright)[0], places(crew, laid)[0], strict=True):
        assert one == pytest.approx(other, abs=8)


@pytest.mark.release
def test_answers_know_their_cells_on_the_pages(crew: Hands) -> None:
    work = notebook(crew, LINES[:2], LINES[2:])
    crew.key_in(work, "anna", "first", crew.values(work))
    with crew.store.read(crew.actor("anna")) as uow:
        exam = uow.get(Booklet, work).exam
        found = written.answers_of(cell_lines.machine_strips(uow, uow.get(Booklet, work)), exam)
    assert ["".join(spot.piece.text for spot in found[f].spots) for f in "123"] == [
        "кислород",
        "135",
        "щавель",
    ]
    assert [found[f].strips[0].page for f in "123"] == [1, 1, 2]


@pytest.mark.release
def test_a_task_answered_twice_shows_both_and_names_no_single_place(crew: Hands) -> None:
    work = notebook(crew, ["1 река", "1 мел"])
    crew.key_in(work, "anna", "first", crew.values(work))
    with crew.store.read(crew.actor("anna")) as uow:
        found = written.answers_of(strips(crew, work), uow.get(Booklet, work).exam)
    assert len(found["1"].strips) == 2 and found["1"].spots == ()


def test_a_page_that_nothing_has_read_is_stepped_through_evenly(crew: Hands) -> None:
    [page] = places(crew, notebook(crew, LINES, read=False))
    assert len(page) == line_places.SLATE_LINES
    assert len({round(box[3] - box[1], 3) for box in page}) == 1


def test_typed_lines_show_the_same_cells_in_every_alphabet(crew: Hands) -> None:
    with crew.store.read() as uow:
        exam = uow.get(Booklet, crew.work()).exam
    whole = [
        typed_lines.strip_of_line(line, 3, exam)
        for line in ("2 мел", "⠼⠃⠀⠍⠑⠇", "3456-12-0-134-15-123", "#B MEL")
    ]
    assert len({strip.spots for strip in whole}) == 1
    assert {spot.line for spot in whole[0].spots} == {3} and all(
        spot.box is None for spot in whole[0].spots
    )
    with pytest.raises(Invalid):
        typed_lines.strip_of_line("2 日", 4, exam)
