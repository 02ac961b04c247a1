"""Where a machine has nothing to read or to compare, nothing is kept: never the reading of an empty page."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import MachineTrouble
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Mark, Value
from examday.domain.transfer.readings import Source
from examday.reading.judgement import PageWarning
from examday.reading.page import read_page
from examday.services.recognition import (
    braille_pages,
    copyist,
    doubts,
    ink,
    likeness,
    print_sheets,
    typed,
)
from examday.services.recognition.forms import readings as form_readings
from examday.services.recognition.forms import sheets as form_sheets
from examday.services.rules.exam_forms import fields_for
from examday.services.scans.pictures import grey_of
from examday.services.transfer.readings import find
from examday.services.unit_of_work import WORKER, Store
from examday.storage.tables import Booklet, Page, Person, Reading
from tests.recognition.test_recognition import give_picture, sources, truth
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def page_of(crew: Hands, work: str) -> str:
    with crew.store.read() as uow:
        return uow.session.scalars(select(Page.id).where(Page.booklet_id == work)).first() or ""


def test_a_page_that_was_taken_back_while_it_was_read_gets_no_reading(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = crew.work(tasks=12, subject="02")
    page = give_picture(crew, work, "original", "original-A3")
    for state, booklet in (("exception", work), ("exception", None)):
        with crew.store.begin(Actor.system("test")) as uow:
            row = uow.get(Page, page)
            row.state, row.booklet_id = state, booklet
            uow.record("test:back", f"page:{page}")
        form_readings.keep(crew.store, WORKER, page, {"fields": {}, "model": ""}, None, "")
    assert sources(crew, work) == []


def test_a_page_of_another_kind_is_no_print_out_and_a_lost_one_is_no_notebook(
    crew: Hands,
) -> None:
    work = crew.work(medium=Medium.TYPED)
    typed.process(crew.store, "0" * 32)
    with crew.store.read() as uow:
        assert braille_pages.new_sheets(uow, "0" * 32, Source.MACHINE_ORIGINAL) == []
        assert braille_pages.new_sheets(uow, work, Source.MACHINE_ORIGINAL) == []
        with pytest.raises(MachineTrouble):
            print_sheets.print_out(uow, work, Source.MACHINE_ORIGINAL)


def test_a_print_out_on_which_no_line_was_read_is_not_called_empty(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = crew.work(medium=Medium.TYPED)
    monkeypatch.setattr(
        print_sheets, "grey_of", lambda *_: np.full((600, 900), 255, dtype=np.uint8)
    )
    monkeypatch.setattr(typed, "content_of", lambda _sheets: {"lines": []})
    typed.read_all(crew.store, work)
    assert sources(crew, work) == []


@pytest.fixture
def compared(crew: Hands) -> tuple[Hands, str, str]:
    """A settled work with the picture of its copy; ids of the work and of the copy's page."""
    work = crew.work(tasks=12, subject="02")
    give_picture(crew, work, "original", "original-A3")
    values = truth(crew, work)
    crew.key_in(work, "anna", "first", values)
    crew.key_in(work, "boris", "second", values)
    crew.copied(work, "anna")
    return crew, work, give_picture(crew, work, "copy", "copy-A4")


def test_a_page_on_which_no_form_is_seen_gets_no_reading(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = crew.work(tasks=12, subject="02")
    page = give_picture(crew, work, "original", "original-A3")
    blank, sheet_of = np.full((1200, 900), 255, dtype=np.uint8), form_sheets.sheet_of
    monkeypatch.setattr(
        ink, "sheet_of", lambda uow, page_id: replace(sheet_of(uow, page_id), grey=blank)
    )
    ink.process(crew.store, page)
    assert sources(crew, work) == []


def test_a_copy_whose_original_cannot_be_read_is_compared_with_nothing(
    compared: tuple[Hands, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, work, copy = compared
    sheet_of = form_sheets.sheet_of
    blank = np.full((1200, 900), 255, dtype=np.uint8)
    for original in (None, blank):
        monkeypatch.setattr(
            ink,
            "sheet_of",
            lambda uow, page, original=original: replace(sheet_of(uow, page), original=original),
        )
        ink.process(crew.store, copy)
        assert sources(crew, work).count("machine:compare") == 0


@pytest.mark.release
def test_a_comparison_with_other_values_or_on_a_sheet_that_fits_badly_sorts_nothing(
    compared: tuple[Hands, str, str],
) -> None:
    crew, work, copy = compared
    ink.process(crew.store, copy)
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        assert doubts.presort(uow, booklet).fields
        seen = read_page(grey_of(crew.store.settings, uow.get(Page, copy)), 300, "02")
        bad = replace(seen, warnings=(*seen.warnings, PageWarning(next(iter(likeness.UNFIT)), "")))
        view = likeness.likeness(bad, truth(crew, work), fields_for(booklet.exam))
        assert view["measured"] == {}, "the bound was measured on sheets that fit"
        unclear = truth(crew, work) | {"3": Value("", mark=Mark.ILLEGIBLE)}
        fields = likeness.likeness(seen, unclear, fields_for(booklet.exam))["fields"]
        assert "3" not in fields and "4" in fields, "no witness speaks for an illegible answer"
    with crew.store.begin(Actor.system("test")) as uow:
        reading = find(uow, uow.get(Booklet, work), Source.MACHINE_COMPARE)
        assert reading is not None
        uow.add(
            Reading(
                booklet_id=work,
                version=reading.version,
                source=reading.source,
                content={**reading.content, "settled": "of other values"},
                sha256="f" * 64,
                round=reading.round + 1,
                at=uow.now(),
            )
        )
        uow.record("test:reading", f"booklet:{work}")
    with crew.store.read() as uow:
        assert not doubts.presort(uow, uow.get(Booklet, work)).fields


def test_a_hand_is_learned_from_so_many_copies_and_from_none_without_its_picture(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [crew.work(tasks=2, subject="02") for _ in range(3)]
    for work in works:
        crew.settled(work, t1="1", t2="2")
        crew.copied(work, "vera")
    for work in works[1:]:
        crew.verified(work, "gleb")
    monkeypatch.setattr(copyist, "MOST_SHEETS", 1)
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, works[0])
        assert copyist.earlier_copies(uow, booklet) == [], "no picture, no hand"
        monkeypatch.setattr(copyist, "grey_of", lambda *_: np.zeros((9, 9), dtype=np.uint8))
        assert len(copyist.earlier_copies(uow, booklet) or []) == 1
