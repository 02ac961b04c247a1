"""What a machine read on a paper is advice: where it is not sure, or has not seen the paper that is
there, a person looks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.appeals import diagnosis
from examday.domain.appeals.diagnosis import Diagnosis, Layer, Layers
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision import annexes
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.appeals.order import changed_answers
from examday.services.appeals.papers import answers, kit_tasks
from examday.services.appeals.views.tasks import CaseTask
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page, Person, Reading, ScanFile
from examday.storage.tables_appeal import Appeal, Finding
from tests.appeals import world
from tests.transfer_day import add_page

VERSION = 7
"""A version of the work on which nothing was read yet, so that each reading below is the only
one."""


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def read(c: world.Commission, source: str, fields: dict[str, Any], **more: Any) -> str:
    """Somebody or something reads these fields; the digest of the reading."""
    content = {"fields": fields, **more}
    with c.store.begin(Actor.system("test")) as uow:
        last = uow.session.query(Reading).filter_by(booklet_id=c.booklet, source=source)
        uow.add(
            Reading(
                booklet_id=c.booklet, version=VERSION, source=source, content=content,
                round=last.count() + 1, sha256=digest(content), at=uow.now(),
            )
        )  # fmt: skip
        uow.record("test:read", f"booklet:{c.booklet}")
    return digest(content)


def task(c: world.Commission, field: str = "9") -> Layers:
    """What the layers say of one task."""
    with c.store.read() as uow:
        return layers_of_work(uow, c.booklet, VERSION)[field]


def machine(text: str, certainty: float, mark: str = "") -> Layer:
    """What a machine read."""
    return Layer(text, mark, certainty, by_machine=True)


@pytest.mark.parametrize(
    ("original", "copy", "found"),
    [
        # A weak letter proves neither that the papers agree nor that they differ.
        (Layer("41"), machine("41", 0.9), Diagnosis.UNKNOWN),
        (Layer("41"), machine("47", 0.9), Diagnosis.UNKNOWN),
        (machine("41", 0.5), Layer("41"), Diagnosis.UNKNOWN),
        (Layer("41"), machine("41", 0.99), Diagnosis.NO_DIFFERENCE),
        (Layer("41"), machine("47", 0.99), Diagnosis.TRANSFER_DEFECT),
        # What a machine cannot read is not what the candidate wrote wrongly.
        (machine("", 0.99, "illegible"), Layer("41"), Diagnosis.UNKNOWN),
        (Layer("", "illegible"), Layer("41"), Diagnosis.OWN_ERROR),
    ],
)
def test_a_machine_that_is_not_sure_asks_people(
    original: Layer, copy: Layer, found: Diagnosis
) -> None:
    assert diagnosis.propose(Layers(original, copy)).diagnosis is found


def test_people_are_told_where_a_weak_reading_differs() -> None:
    said = diagnosis.propose(Layers(Layer("41"), machine("47", 0.9)))
    assert (said.pair, said.certainty) == ("A↔B", 0.9)


def test_a_comparison_counts_from_its_own_bound_on(c: world.Commission) -> None:
    settled = read(c, Source.SETTLED, {"9": {"text": "41"}, "10": {"text": "7"}})
    read(c, Source.MACHINE_COPY, {n: {"text": "1", "confidence": 0.4} for n in ("9", "10")})
    views = {"9": {"same": True, "confidence": 0.7}, "10": {"same": True, "confidence": 0.97}}
    read(c, Source.MACHINE_COMPARE, views, bound=0.95, settled=settled)
    assert diagnosis.propose(task(c, "9")).diagnosis is Diagnosis.UNKNOWN
    assert diagnosis.propose(task(c, "10")).diagnosis is Diagnosis.NO_DIFFERENCE


def test_a_comparison_without_its_bound_proves_nothing_however_certain(
    c: world.Commission,
) -> None:
    settled = read(c, Source.SETTLED, {"9": {"text": "41"}})
    view = {"9": {"same": True, "confidence": 1.0}}
    read(c, Source.MACHINE_COMPARE, view, settled=settled)
    assert diagnosis.propose(task(c, "9")).diagnosis is Diagnosis.UNKNOWN


def test_a_comparison_saw_the_settled_value_and_not_what_the_hearing_reads(
    c: world.Commission,
) -> None:
    # The key-in was wrong, and the copy repeats it: the machine finds both alike.
    settled = read(c, Source.SETTLED, {"9": {"text": "153"}})
    read(c, Source.MACHINE_COPY, {"9": {"text": "153", "confidence": 0.99}})
    view = {"9": {"same": True, "confidence": 0.99}}
    read(c, Source.MACHINE_COMPARE, view, bound=0.95, settled=settled)
    read(c, Source.HEARING_ORIGINAL, {"9": {"text": "135"}})
    found = task(c)
    assert found.copy is not None and found.copy.text == "153" and found.copy.by_machine
    assert diagnosis.propose(found).diagnosis is Diagnosis.TRANSFER_DEFECT


def test_a_comparison_with_values_settled_anew_says_nothing(c: world.Commission) -> None:
    settled = read(c, Source.SETTLED, {"9": {"text": "153"}})
    read(c, Source.MACHINE_COPY, {"9": {"text": "153", "confidence": 0.99}})
    view = {"9": {"same": True, "confidence": 0.99}}
    read(c, Source.MACHINE_COMPARE, view, bound=0.95, settled=settled)
    read(c, Source.SETTLED, {"9": {"text": "135"}})
    assert diagnosis.propose(task(c)).diagnosis is Diagnosis.TRANSFER_DEFECT


@pytest.mark.parametrize("source", [Source.MACHINE_COPY, Source.MACHINE_ORIGINAL])
def test_what_was_read_on_a_page_that_was_taken_back_is_not_what_is_there(
    c: world.Commission, source: str
) -> None:
    other = {Source.MACHINE_COPY: "hearing:original", Source.MACHINE_ORIGINAL: "hearing:copy"}
    read(c, other[Source(source)], {"9": {"text": "41"}})
    read(c, source, {"9": {"text": "41", "confidence": 0.99}}, page="gone")
    assert diagnosis.propose(task(c)).diagnosis is Diagnosis.UNKNOWN


def test_a_machine_that_is_certain_is_still_no_person(c: world.Commission) -> None:
    read(c, Source.MACHINE_COPY, {"long:27": {"text": "Война", "confidence": 1.0}})
    read(c, Source.SETTLED, {"long:27": {"text": "Война и мир"}})
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).version = VERSION
        uow.record("test:again", f"booklet:{c.booklet}")
    with c.store.read() as uow:
        # Nobody has read the long answer of the first form; the machine's word is none.
        assert changed_answers.long_answers_changed(uow, uow.get(Appeal, number)) == ["long:27"]
        said = kit_tasks.task(_as_task(uow, "long:27"), str)
    assert said["copy"] == "Война (read by the machine)"


def _as_task(uow: UnitOfWork, field: str) -> CaseTask:
    """One task of the version as the kit takes it."""
    appeal = uow.session.query(Appeal).one()
    layers = layers_of_work(uow, appeal.booklet_id, VERSION)[field]
    return CaseTask(field, layers, diagnosis.propose(layers), None, None, None)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (None, "no reading"),
        ({"text": "", "mark": "illegible"}, "[illegible]"),
        ({"text": "", "mark": "blank"}, "(empty)"),
        ({"text": "41", "mark": ""}, "41"),
    ],
)
def test_the_annex_tells_unread_illegible_and_blank_apart(
    layer: dict[str, str] | None, said: str
) -> None:
    row = Finding(
        field="9", decided="transfer_defect", category="omitted", cause="", reason="",
        layers={"original": {"text": "41", "mark": ""}, "copy": layer, "recognised": None},
    )  # fmt: skip
    (line,) = annexes.annexes([row], oral=False)["annex_1"]  # type: ignore[misc]
    assert answers.answer(line["was"], line["was_mark"], str) == said
    assert answers.answer(line["becomes"], line["becomes_mark"], str) == "41"


def test_the_second_screen_says_in_words_that_there_is_no_picture(
    c: world.Commission, browser: Any
) -> None:
    number = world.file_appeal(c)
    # The form was scanned, and its picture is not on this computer: that is not «not scanned».
    with c.store.begin(Actor.system("test")) as uow:
        file = uow.add(
            ScanFile(
                name="gone.jpg", source="hot_folder", sha256="a" * 64, size=1, received_at=uow.now()
            )
        )
        uow.session.flush()
        uow.add(
            Page(
                scan_file_id=file.id, number=1, booklet_id=c.booklet, role="copy", version=1,
                state="attached", sheet="form1", at=uow.now(),
            )
        )  # fmt: skip
        uow.record("test:page", f"booklet:{c.booklet}")
    secretary = browser()
    secretary.log_in("secretary")
    for path in (f"/appeals/{number}/show", f"/appeals/{number}"):
        page = secretary.get(path).get_data(as_text=True)
        assert "<img" not in page and "Снимка этого ответа нет" in page, path


def test_tasks_that_nobody_has_read_are_named_and_not_called_equal(
    c: world.Commission, browser: Any
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        appeal = uow.get(Appeal, number)
        appeal.version, appeal.exam.tasks, appeal.exam.long_tasks = VERSION, 11, [27]
        uow.record("test:old", f"booklet:{c.booklet}")
    secretary = browser()
    secretary.log_in("secretary")

    def page(part: str = "") -> str:
        return " ".join(secretary.get(f"/appeals/{number}{part}").get_data(as_text=True).split())

    assert "одно и то же" not in page("/show") and "Задания, которых никто не читал" in page(
        "/show"
    )
    for source in (Source.HEARING_ORIGINAL, Source.HEARING_COPY):
        read(c, source, {"9": {"text": "41"}, "10": {"text": "7"}})
    case, screen = page(), page("/show")
    assert "Во всех заданиях" not in case and "В прочитанных заданиях все чтения" in case
    assert "1–8, 11, 27" in case
    assert "В прочитанных заданиях на обоих листах одно и то же." in screen
    kit = secretary.post(f"/appeals/{number}/kit.txt", {})
    assert "Пока никто не читал: 1–8, 11, 27" in kit.get_data(as_text=True)


def test_an_answer_is_shown_from_the_page_whose_picture_is_here(
    c: world.Commission, browser: Any
) -> None:
    number = world.file_appeal(c)
    with c.store.begin(Actor.system("test")) as uow:
        gone, here = (add_page(uow, c.booklet, role) for role in ("original", "copy"))
        uow.record("test:page", f"booklet:{c.booklet}")
        uow.session.flush()
        ids, derived = (gone.id, here.id), c.store.settings.derived_of(here.file.sha256)
    derived.mkdir(parents=True)
    (derived / "1.grey.jpg").write_bytes(b"a picture")
    secretary = browser()
    secretary.log_in("secretary")
    for path in (f"/appeals/{number}/show", f"/appeals/{number}"):
        page = secretary.get(path).get_data(as_text=True)
        assert f"/image/{ids[1]}/field/" in page and f"/image/{ids[0]}/field/" not in page, path
