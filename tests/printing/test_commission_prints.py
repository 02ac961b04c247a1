"""Papers of the tiflo-translator commission: the progress report, and the act with the protocol of
«Копия верна»."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.people.roles import Actor
from examday.domain.transfer.readings import Source
from examday.paper.readout import as_brf, pdf_text
from examday.services.braille import notes
from examday.services.custody import journal, kits, papers
from examday.services.custody.room import collecting
from examday.services.printing import print_files, prints
from examday.services.transfer import readings
from examday.services.unit_of_work import Store
from examday.storage.objects.folder import Folder
from examday.storage.tables import Assignment, Booklet, Signoff
from examday.storage.tables_braille import CommissionNote
from tests import custody_day
from tests.custody_day import Day, number


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any], clock: Any) -> Day:
    """Three Braille works: one under «Копия верна», one just collected, one still in the room; a
    translator who was there
    for 50 minutes."""
    made = custody_day.make(store, add_person, ("braille", "braille", "braille"))
    me = made.people["translator"].id
    made.do("translator", notes.attend, "come", me)
    for n, place in enumerate(list(made.booklets)[:2], 1):
        made.do("lead", kits.issue, made.booklets[place], number(n))
        made.do("lead", collecting.collect, made.booklets[place], made.counts(place))
    clock.forward(minutes=50)
    made.do("translator", notes.attend, "go", me)
    made.do("chair", notes.incident, "лопнула тетрадь", made.booklets["2А"])
    made.put_at("1А", "certified")
    with store.begin(Actor.system("test")) as uow:
        uow.add(
            Assignment(
                booklet_id=made.booklets["1А"], version=1, part="first", person_id=me, at=uow.now()
            )
        )
        for slot, person in (("translator", me), ("chair", made.people["chair"].id)):
            uow.add(
                Signoff(
                    booklet_id=made.booklets["1А"],
                    version=1,
                    slot=slot,
                    role="x",
                    person_id=person,
                    recorded_by=person,
                    content_sha256="ab" * 32,
                    at=uow.now(),
                )
            )
        booklet = uow.get(Booklet, made.booklets["1А"])
        kept = {"7": {"text": "Ѣ", "mark": None, "override": "так написано в тетради"}}
        readings.seal(uow, booklet, Source.SETTLED, {"fields": kept})
        uow.record("test:signed", f"booklet:{made.booklets['1А']}")
    return made


def words(day: Day, document: str, who: str = "chair") -> str:
    sha256 = day.do(who, prints.make, document, f"exam:{day.exam}")
    with day.store.read(day.actor(who)) as uow:
        return " ".join(pdf_text(print_files.pdf(uow, sha256)).split())


def test_the_progress_report_has_works_hands_time_and_incidents(day: Day) -> None:
    text = words(day, "commission-progress")
    for said in (
        "Получено комиссией 2",
        "Подписано «Копия верна» 1",
        "Получено, ещё не закончено 1",
        "Роздано тифлопереводчикам 1",
        "0 ч 50 мин",
        "лопнула тетрадь",
        "0101-2А",
        "первый ввод: Translator",
    ):
        assert said in text, said
    assert "Учебный" not in text, "candidates have no name on the commission's papers"


def test_the_act_hands_over_what_is_signed_and_names_what_remains(day: Day) -> None:
    text = words(day, "commission-act")
    given, _head, rest = text.partition("Остаются в комиссии")
    assert "0101-1А" in given and "0101-2А" in rest and "0101-1А" not in rest
    assert f"0101-{list(day.booklets)[2]}" not in text, "it never came to the commission"
    assert "так написано в тетради" in given
    for said in (
        "Протокол «Копия верна»",
        "Translator",
        "Chair",
        "abababababab",
        "тетради для ответов (Брайль) 1",
    ):
        assert said in given, said


def test_no_reason_that_somebody_gave_is_missing_in_the_act(day: Day) -> None:
    with day.store.begin(day.actor("chair")) as uow:
        packet = papers.make(
            uow, day.exam, Kind.PACKET, sheet=str(Purpose.COMMISSION), state="handed_over"
        )
        uow.session.flush()
        opened = journal.Count({Kind.ENVELOPE: 2}, {Kind.ENVELOPE: 1}, "конверт везут отдельно", ())
        journal.enter(uow, "open", opened, packet)
        uow.add(
            CommissionNote(
                kind="pages",
                booklet_id=day.booklets["1А"],
                text="титула нет",
                recorded_by=day.people["chair"].id,
                facts={"pages": [], "sheets": 1, "sides": 1, "counted": {}},
                at=uow.now(),
            )
        )
        uow.record("test:reasons", f"booklet:{day.booklets['1А']}")
    text = words(day, "commission-act")
    for said in ("конверт везут отдельно", "титула нет", "так написано в тетради"):
        assert said in text, said
    assert "Замечаний нет" not in text


def test_the_reason_of_an_entry_stands_on_the_copying_sheet(day: Day) -> None:
    sheet = day.do("chair", prints.make, "copying-sheet", f"booklet:{day.booklets['1А']}")
    with day.store.read(day.actor("chair")) as uow:
        text = pdf_text(print_files.pdf(uow, sheet))
    assert "Замечания при вводе" in text and "так написано в тетради" in text


def test_both_sides_count_and_pages_that_nobody_stated_are_no_number(day: Day) -> None:
    text = words(day, "commission-act")
    assert "Передано по счёту" in text and "Принято по счёту" in text
    assert "страницы тетрадей с ответами —" in text
    with day.store.begin(day.actor("chair")) as uow:
        pages = [
            {"page": "p1", "part": "answer", "number": 1},
            {"page": "p2", "part": "answer", "number": 2},
            {"page": "p3", "part": "back", "number": 1},
        ]
        uow.add(
            CommissionNote(
                kind="pages",
                booklet_id=day.booklets["1А"],
                text="",
                recorded_by=day.people["chair"].id,
                facts={"pages": pages, "sheets": 2, "sides": 3, "counted": {}},
                at=uow.now(),
            )
        )
        uow.record("test:pages", f"booklet:{day.booklets['1А']}")
    assert "страницы тетрадей с ответами 2" in words(day, "commission-act")


def test_a_blind_chair_can_read_the_act_before_signing(day: Day) -> None:
    sha256 = day.do("chair", prints.make, "commission-act", f"exam:{day.exam}", large=True)
    with day.store.read(day.actor("chair")) as uow:
        text = pdf_text(print_files.pdf(uow, sha256))
    assert len(as_brf(text)) > 500 and "Остаются в комиссии" in text
    with pypdfium2.PdfDocument(Folder(day.store.settings.prints).path(sha256)) as document:
        assert len(document) >= 2
