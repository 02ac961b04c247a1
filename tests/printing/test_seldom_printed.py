"""What papers seldom have to say: a spoken answer, a place of a mark, a thing by its code, a refusal."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Conflict, Invalid
from examday.services.board import remarks
from examday.services.custody import kits
from examday.services.custody.room import recording
from examday.services.packing import handing_over, packets, sealing, works
from examday.services.printing import field_words, prints, room, things, views, words
from examday.services.printing.papers import scan_cover
from examday.services.printing.papers.commission import words as commission_words
from examday.services.printing.works import step_line, steps_of
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Item
from examday.storage.troubles import Unavailable
from tests import custody_day
from tests.conftest import PIN
from tests.custody.test_spoken_answers import said, sound
from tests.custody_day import Day, number
from tests.printing.test_prints import day, printed, text_of
from tests.transfer_day import add_page

__all__ = ["day"]


@pytest.fixture
def oral(store: Store, add_person: Callable[..., Any]) -> Day:
    """A spoken answer with its recording."""
    made = custody_day.make(store, add_person, ("oral",))
    work = made.booklets["1А"]
    made.do("lead", kits.issue, work, number(1))
    made.do("lead", recording.record, work, sound(), said(made))
    return made


def test_the_papers_of_a_spoken_answer_name_its_recording_by_its_digest(oral: Day) -> None:
    oral.put_at("1А", "scanned")
    text = text_of(printed(oral, "transfer-act", f"booklet:{oral.booklets['1А']}")).replace(
        "\n", ""
    )
    assert "otvet.wav" in text and "Код файла" in text


def test_the_label_of_one_thing_is_printed_by_itself(day: Day) -> None:
    with day.store.read() as uow:
        envelope = uow.session.query(Item).filter(Item.kind == Kind.ENVELOPE).first()
    assert envelope is not None
    assert spaced(envelope.code) in text_of(printed(day, "labels", f"item:{envelope.id}"))


def test_a_packet_that_went_stands_in_the_custody_journal_by_its_code(day: Day) -> None:
    work = day.booklets["1А"]
    day.put_at("1А", "certified")
    standard, evidence = (
        day.do("lead", packets.open_packet, day.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    )
    day.do("lead", works.pack, work, standard, evidence, day.counts("1А"))
    with day.store.read() as uow:
        inside = dict.fromkeys((Kind.ENVELOPE,), 1)
    day.do("lead", sealing.seal, evidence, inside)
    day.do("head", handing_over.hand_over, evidence, day.people["board"].id, PIN, inside)
    with day.store.read() as uow:
        code = uow.get(Item, evidence).code
    assert spaced(code) in text_of(printed(day, "custody-journal", f"exam:{day.exam}"))


def test_the_cover_sheets_of_a_room_are_asked_for_with_the_room(day: Day) -> None:
    with day.store.read() as uow, pytest.raises(Invalid):
        scan_cover.of_room(uow, day.exam, names=False)


def test_a_print_out_is_given_as_words_too(day: Day) -> None:
    sha = day.do("head", prints.make, "transfer-act", f"booklet:{day.booklets['1А']}")
    with day.store.read(day.actor("head")) as uow:
        name, text = views.file(uow, [sha], "txt")
    assert (
        name.startswith("transfer-act-") and name.endswith(".txt") and "КИСЛОРОД" in text.decode()
    )


def test_a_refused_paper_of_a_room_keeps_no_other_from_being_printed(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = day.actor("head")
    with day.store.read(actor) as uow:
        shown = room.preview(uow, day.exam, day.room, "transfer-act")
    ids = [work.id for work in shown.works]

    def refused(*_arguments: object) -> str:
        raise Conflict()

    def away(*_arguments: object) -> str:
        raise Unavailable()

    monkeypatch.setattr(room, "_make_one", refused)
    made = room.make(day.store, actor, shown, ids)
    assert made.files == [] and [place for place, _why in made.refused] == ["1А", "2А"]
    monkeypatch.setattr(room, "_make_one", away)
    with pytest.raises(Unavailable):
        room.make(day.store, actor, shown, ids)


def test_a_spoiled_work_stands_at_no_step(day: Day) -> None:
    day.put_at("1А", State.SPOILED)
    steps, said = step_line(day.booklet("1А"), dt.datetime.now(dt.UTC))
    assert steps == [] and said == "испорчена"


def test_works_that_left_the_way_stand_on_paper_in_one_order() -> None:
    rows = steps_of(["absent", "packed", "spoiled", "not_used", "absent"])
    assert [number for _name, number in rows] == ["1", "1", "1", "2"]
    ended = ["не использована", "испорчена", "участник не явился"]
    assert [name for name, _number in rows[1:]] == ended


def test_a_scanned_sheet_is_called_by_the_name_of_its_form() -> None:
    assert things.sheet("answer-form-1.2022").startswith("Бланк ответов № 1")


def test_people_stand_on_paper_by_their_names() -> None:
    said = words.ru_params(
        {"who": words.Login("anna"), "at": dt.date(2026, 6, 4)}, {"anna": "Анна"}
    )
    assert said == {"who": "Анна", "at": "04.06.2026"}


def test_a_place_of_which_only_the_mark_differed_is_printed_in_words() -> None:
    def value(text: str) -> dict[str, str]:
        return {"text": text, "mark": ""}

    kept = {
        "place": "long:27/1", "of_mark": True, "before": "", "after": "",
        "first": value("illegible"), "second": value(""), "value": value("illegible"),
        "decision": {"own": value("illegible"), "reason": "", "choice": "own"},
    }  # fmt: skip
    [row] = field_words.places({"places": [kept]})
    assert row[1] == "ответ в целом" and row[2] == "неразборчиво" and row[3] == "—"


def test_pages_of_a_notebook_are_counted_and_unstated_ones_said_to_be_so(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = day.booklets["2А"]
    with day.store.begin(day.actor("head")) as uow:
        booklet = uow.get(Booklet, work)
        assert commission_words.pages(uow, booklet) == "—"
        add_page(uow, work, "original")
        uow.session.flush()
        uow.record("test:page", f"booklet:{work}")
        assert "не составлена" in commission_words.pages(uow, booklet)
        leaves = {"a": SimpleNamespace()}
        monkeypatch.setattr(commission_words.commission, "leaves", lambda *_: leaves)
        monkeypatch.setattr(commission_words, "answers", lambda _leaves: [1])
        assert commission_words.pages(uow, booklet).startswith("1")


def test_a_remark_of_another_day_is_none_of_this_one_and_a_packet_is_named_by_its_code(
    day: Day,
) -> None:
    packet = day.do("lead", packets.open_packet, day.exam, Purpose.DEFECTIVE)
    with day.store.begin(day.actor("head")) as uow:
        uow.record("alarm:count-mismatch", f"item:{packet.id}")
        uow.record("alarm:count-mismatch", f"item:{'0' * 32}")
    with day.store.read() as uow:
        found = remarks.of_exams(uow, [uow.get(Exam, day.exam)])
    assert [one.where for one in found] == [spaced(packet.code)]


def test_a_sheet_is_named_by_size_and_form_and_everything_else_by_its_kind() -> None:
    sheet = Item(kind=Kind.ENLARGED_SHEET, size="A3", sheet="registration")
    assert things.thing(sheet) == "A3 · бланк регистрации"
    # Told as a word: the purpose stands where a sheet has its form.
    packet = Item(kind=Kind.PACKET, size="", sheet=Purpose.EVIDENCE)
    assert things.thing(packet) == "пакет"
    assert things.thing(Item(kind=Kind.NOTEBOOK, size="", sheet="")) == "тетрадь Брайля"
