"""What a case seldom has to say, and says all the same: nothing there yet, nothing left, read otherwise."""

import datetime as dt
import re
import shutil
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.diagnosis import Layer, Layers
from examday.domain.appeals.hearing import Outcome
from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor
from examday.i18n import gettext as say
from examday.services.appeals import statistics
from examday.services.appeals.decision import decisions, layers, readings
from examday.services.appeals.keeping import removal
from examday.services.appeals.order import changed_answers
from examday.services.appeals.papers import (
    kit_pictures,
    letters,
    order_paper,
    print_outs,
    protocol_paper,
    task_pictures,
)
from examday.services.appeals.papers import year as year_paper
from examday.services.appeals.views import tasks
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.outcome import outcome_of
from examday.services.appeals.views.terms import all_cases
from examday.services.printing.words import ru_decimal
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Person
from examday.storage.tables_appeal import Appeal
from tests import sheets
from tests.appeals import world
from tests.appeals.test_appeal_services import heard
from tests.transfer_day import add_page

SATISFIED = (("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


@pytest.mark.parametrize(
    "paper", [letters.notice_data, order_paper.order_data, protocol_paper.protocol_data]
)
def test_a_paper_that_comes_later_is_not_printed_before(
    c: world.Commission, paper: Callable[..., Any]
) -> None:
    number = world.file_appeal(c)
    with c.store.read(c.actor("secretary")) as uow, pytest.raises(NotFound):
        paper(uow, open_case(uow, number), say)


def test_a_day_that_is_not_known_stays_empty_on_paper() -> None:
    assert print_outs.day(None) == print_outs.day("") == ""
    assert print_outs.day("2026-06-24") == "24.06.2026"


def test_a_reading_that_was_corrected_and_marks_that_changed_stand_in_the_protocol(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    heard(c, number, *SATISFIED)
    c.do("member", readings.read_at_hearing, number, "copy", {"3": {"text": "42"}})
    corrected = ("copy", {"3": {"text": "24"}}, "свет падал на бланк")
    c.do("member", readings.read_at_hearing, number, *corrected)
    c.do("secretary", decisions.decide, number, "Бланк не совпадает с оригиналом.")
    with c.store.read(c.actor("secretary")) as uow:
        case = open_case(uow, number)
        content = case.signing.protocol.content  # type: ignore[union-attr]
        row = {"task": "long:27", "was": 2, "becomes": 3, "reason": "не учтён вывод"}
        content.update(annex_2=[row], annex_3=[row | {"was": None}])
        data = protocol_paper.protocol_data(uow, case, say)
    said = str(data["corrections"])
    assert "42" in said and "24" in said and "свет падал на бланк" in said
    [[field, was, becomes, why]] = data["annex_2"]  # type: ignore[misc]
    assert (was, becomes, why) == ("2", "3", "не учтён вывод") and "27" in field
    assert data["annex_3"][0][1] == "", "an unknown mark is no zero"  # type: ignore[index]


def picture_of_page(c: world.Commission, sha: str, number: int) -> None:
    folder = c.store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    sheet = sheets.draw(sheets.kit_code(1), "A4", 300).resize((2480, 3508))
    sheet.convert("L").save(folder / f"{number}.grey.jpg")


def test_the_kit_shows_the_pages_and_the_tasks_of_which_there_are_pictures(
    c: world.Commission,
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        pages = [add_page(uow, c.booklet, role) for role in ("original", "copy", "copy")]
        for page in pages[1:]:
            page.identity = {**page.identity, "proven": False}
        uow.record("test:pages", f"booklet:{c.booklet}")
        shown = [(page.file.sha256, page.number) for page in pages[:2]]
    for sha, page_number in shown:
        picture_of_page(c, sha, page_number)
    with c.store.read(c.actor("secretary")) as uow:
        lines = open_case(uow, number).tasks
        assert all(line.original for line in lines), "this page has a picture"
    shutil.rmtree(c.store.settings.derived_of(shown[0][0]))
    with c.store.read(c.actor("secretary")) as uow:
        assert not any(line.original for line in open_case(uow, number).tasks)
    picture_of_page(c, *shown[0])
    with c.store.read(c.actor("secretary")) as uow:
        made = kit_pictures.kit(uow, open_case(uow, number), say, large=False, names=True)
    document = pypdfium2.PdfDocument(made)
    pictures = [one for page in document for one in page.get_objects() if one.type == 3]
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert len(pictures) >= 4, "two pages, and both disputed tasks on the original"
    [unseen] = re.findall(
        r"Изображений этих листов.*?: (\d\. стандартный\s+бланк)", text, re.DOTALL
    )
    assert text.count(unseen) == 1, "a page without a picture is named and has no page of its own"


def test_a_case_without_places_of_its_tasks_is_heard_without_pictures(
    c: world.Commission, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.file_appeal(c)

    def lost(*_arguments: object, **_named: object) -> None:
        raise NotFound()

    monkeypatch.setattr(tasks, "places", lost)
    with c.store.read(c.actor("secretary")) as uow:
        lines = open_case(uow, number).tasks
    assert lines and all(line.original is None and line.copy is None for line in lines)


def test_files_of_an_act_that_stayed_are_told_to_a_person(c: world.Commission) -> None:
    removal.report_failed(c.store, "a" * 32)
    with c.store.read() as uow:
        last = uow.session.query(EventRow).order_by(EventRow.seq.desc()).first()
    assert last is not None and last.kind == "retention:remove-failed"


def test_a_closed_case_without_its_notice_is_doubted(c: world.Commission) -> None:
    number = world.file_appeal(c)
    heard(c, number, *SATISFIED)
    c.do("secretary", decisions.decide, number, "Бланк не совпадает с оригиналом.")
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, number)
        appeal.state, appeal.closed_at = CaseState.CLOSED, uow.now()
        uow.record("test:closed", f"appeal:{number}")
    with c.store.read(c.actor("secretary")) as uow:
        found = outcome_of(uow, uow.get(Appeal, number))
    assert found is not None
    assert "It is not recorded that the appellant was informed." in found.doubts


def test_the_list_goes_on_behind_the_closed_case_that_was_last(c: world.Commission) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, number)
        appeal.state, appeal.closed_at = CaseState.CLOSED, uow.now()
        uow.record("test:closed", f"appeal:{number}")
        closed, name = appeal.closed_at, appeal.number
    for after, there in (
        (f"{(closed + dt.timedelta(days=1)).isoformat()} {name}", True),
        (f"{closed.isoformat()} {name}", False),
        (f"{closed.isoformat()} 0", True),
        (f"{(closed - dt.timedelta(days=1)).isoformat()} 0", False),
    ):
        with c.store.read(c.actor("secretary")) as uow:
            rows = all_cases(uow, after=after).rows
        assert bool(rows) is there, after


@pytest.mark.parametrize(
    ("was", "now", "changed"),
    [
        (Layers(Layer("дом"), None), Layers(Layer("дом"), None), False),
        (Layers(Layer("дом"), Layer("дам")), Layers(Layer("дом"), None), True),
        (Layers(Layer("дом"), None), Layers(None, None), True),
        (Layers(Layer("дом"), None), Layers(Layer("дом", by_machine=True), None), True),
        (Layers(Layer("дам", by_machine=True), None), Layers(Layer("дом"), None), True),
        (None, Layers(Layer(""), None), False),
    ],
    ids=["same", "copy was wrong", "gone", "nobody settled it", "nobody read it", "still empty"],
)
def test_a_long_answer_is_unchanged_only_where_people_read_the_same_twice(
    c: world.Commission,
    monkeypatch: pytest.MonkeyPatch,
    was: Layers | None,
    now: Layers,
    changed: bool,
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).version = 2
        uow.record("test:again", f"booklet:{c.booklet}")
    found = {1: {"long:27": was} if was else {}, 2: {"long:27": now}}
    monkeypatch.setattr(changed_answers, "layers_of_work", lambda _uow, _id, v: found[v])
    with c.store.read() as uow:
        answers = changed_answers.long_answers_changed(uow, uow.get(Appeal, number))
    assert answers == (["long:27"] if changed else [])


def test_a_layer_that_is_not_there_is_kept_as_nothing() -> None:
    kept = layers.as_plain(Layers(Layer("дом"), None))
    assert kept["copy"] is None and kept["original"] is not None


def test_a_task_whose_page_lost_its_picture_is_printed_without_it(
    c: world.Commission, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        pages = [add_page(uow, c.booklet, role) for role in ("original", "copy")]
        uow.session.flush()
        uow.record("test:pages", f"booklet:{c.booklet}")
        shown = [(page.file.sha256, page.number) for page in pages]
    for sha, page_number in shown:
        picture_of_page(c, sha, page_number)
    with c.store.read(c.actor("secretary")) as uow:
        case = open_case(uow, number)
        line = next(one for one in case.tasks if one.differs and one.original)
        for sha, _number in shown:
            shutil.rmtree(c.store.settings.derived_of(sha))
        pictures: dict[str, bytes] = {}
        row = task_pictures.task_with_pictures(uow, case, line, say, pictures)
    assert pictures == {} and row["original-picture"] == ""


def test_a_year_without_transfers_prints_no_rate(c: world.Commission) -> None:
    with c.store.read(c.actor("secretary")) as uow:
        empty = statistics.year(uow, 2020)
    said = " ".join(str(row[0]) for row in year_paper.facts(empty, say, ru_decimal))
    assert empty.rate is None and "1" not in said
