"""What the commission is refused, in words, and what nobody is asked about twice."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from examday.braille.answers import head_of
from examday.braille.cells import from_brf
from examday.braille.encode import encode
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.people.roles import Actor, Role
from examday.services.braille import distribution, notes, release, suspension
from examday.services.braille.cells.answers import parse
from examday.services.braille.cells.signs import spoken_tables
from examday.services.braille.cells.typed_lines import strip_of_line
from examday.services.braille.desk import proof, transcription
from examday.services.braille.keyins import own_values
from examday.services.braille.opinion import continued
from examday.services.transfer import assignments
from examday.storage.tables import Assignment, Booklet, Exam, Person
from tests.conftest import PIN
from tests.transfer_day import Hands, hands

EXAM = Exam(
    date=dt.date(2026, 6, 4), kind="ege", subject="01", site_code="0001", region="77", tasks=26,
    long_tasks=[27],
)  # fmt: skip


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Person]) -> Hands:
    made = hands(store, add_person)
    made.people["chair"] = add_person(store, "chair", Role.BRAILLE_CHAIR)
    return made


def notebook(crew: Hands, state: State = State.SCANNED) -> str:
    return crew.work(medium=Medium.BRAILLE, state=state)


def holders(crew: Hands) -> list[str]:
    with crew.store.read() as uow:
        return [row.person_id for row in uow.session.query(Assignment)]


def test_a_work_that_is_not_there_to_be_read_is_given_to_nobody(crew: Hands) -> None:
    printed = crew.work(medium=Medium.TYPED)
    for work in (notebook(crew, State.SETTLED), printed):
        with pytest.raises(Conflict):
            crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    assert holders(crew) == []


def test_a_part_is_given_to_one_person(crew: Hands) -> None:
    work = notebook(crew)
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    with pytest.raises(Conflict) as refused:
        crew.do("chair", distribution.give, work, "first", crew.people["boris"].id)
    assert refused.value.code == "taken"
    assert holders(crew) == [crew.people["anna"].id]


def test_a_suspension_needs_its_reason_and_a_return_frees_nothing(crew: Hands) -> None:
    work, anna, member = notebook(crew), crew.people["anna"].id, crew.people["member"].id
    with pytest.raises(Invalid) as refused:
        crew.do("chair", suspension.suspend, anna, "  ", member, PIN)
    assert refused.value.field == "reason"
    crew.do("chair", suspension.suspend, anna, "спор", member, PIN)
    with pytest.raises(Conflict, match="may not get"):
        crew.do("chair", distribution.give, work, "first", anna)
    crew.do("chair", suspension.suspend, anna, "улажено", member, PIN, resume=True)
    crew.do("chair", distribution.give, work, "first", anna)
    crew.do("chair", suspension.suspend, anna, "улажено", member, PIN, resume=True)
    assert holders(crew) == [anna], "whoever works stays at work"


def test_parts_of_an_earlier_version_or_of_works_gone_on_are_not_given_back(crew: Hands) -> None:
    earlier, further, waiting, printed = (
        notebook(crew), notebook(crew), notebook(crew), crew.work(medium=Medium.TYPED)
    )  # fmt: skip
    for work in (earlier, further, waiting, printed):
        crew.do("anna", assignments.take, work, "first")
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, earlier).version = 2
        uow.get(Booklet, further).state = State.VERIFIED
        uow.record("test:on", f"booklet:{further}")
    crew.do("chair", release.free, crew.people["anna"].id)
    with crew.store.read() as uow:
        left = {row.booklet_id for row in uow.session.query(Assignment)}
    assert left == {earlier, further, printed}


def test_an_incident_is_told_in_words(crew: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        crew.do("chair", notes.incident, " ")
    assert refused.value.field == "text"
    with pytest.raises(Invalid):
        crew.do("chair", notes.attend, "applause", crew.people["chair"].id)


def test_before_the_own_hand_in_there_are_no_own_values(crew: Hands) -> None:
    work = notebook(crew)
    crew.do("anna", assignments.take, work, "first")
    assert crew.look("anna", lambda uow: own_values(uow, uow.get(Booklet, work))) is None


def test_only_a_notebook_has_a_desk_for_braille(crew: Hands) -> None:
    printed = crew.work(medium=Medium.TYPED)
    crew.do("anna", assignments.take, printed, "first")
    with pytest.raises(NotFound):
        crew.look("anna", transcription.desk, printed)


def test_a_long_answer_that_was_not_entered_is_not_embossed(crew: Hands) -> None:
    work = notebook(crew)
    crew.do("anna", assignments.take, work, "first")
    desk = crew.look("anna", transcription.desk, work)
    with pytest.raises(NotFound):
        proof.long_brf(desk, "long:27")
    [line] = proof.entry_brf(replace(desk, text="1 а▣б")).splitlines()
    assert 0b111111 in from_brf(line), "a character without Braille is felt as a full cell"


def test_an_entry_longer_than_any_work_is_not_read() -> None:
    with pytest.raises(Invalid) as refused:
        parse("⠁" * 40_001, EXAM)
    assert refused.value.code == "too-long"
    with pytest.raises(Invalid):
        strip_of_line("⠁" * 20_001, 1, EXAM, "⠃" * 20_001)


def test_blank_cells_at_the_end_of_a_line_are_no_part_of_the_answer() -> None:
    [answer] = parse("3456-1-0-12-0-0", EXAM)
    assert (answer.task, answer.cells) == ("1", "⠃")


@pytest.mark.parametrize("language", ["ru", "en", "de", "fr", "es"])
def test_single_cells_of_every_language_have_their_names_while_they_are_typed(
    language: str,
) -> None:
    tables = spoken_tables(language)
    assert tables.letters[0b1] in "aа", "⠁ is the first letter in all of them"
    assert sorted(tables.digits.values()) == list("0123456789")
    assert tables.number in tables.roles and tables.number not in tables.letters
    assert (0b111111 in tables.roles) is (language != "fr"), "⠿ is a letter in French"


def test_a_line_that_has_no_cells_is_looked_for_on_no_page(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"grouping": {"on": ["12 апреля", "▣ знак"]}}
    monkeypatch.setattr(continued, "find", lambda *_: SimpleNamespace(content=said))
    heads = crew.look("anna", lambda uow: continued.heads_said_to_go_on(uow, Booklet(), "ru"))
    assert heads == {head_of(encode("12 апреля", "none"))}


def test_answers_of_a_language_exam_are_not_taken_for_numbers() -> None:
    english = Exam(
        date=EXAM.date, kind="ege", subject="09", site_code="0001", region="77", tasks=26,
        long_tasks=[],
    )  # fmt: skip
    [answer] = parse("⠼⠁ ⠃⠑", english)
    assert answer.text == "be"
