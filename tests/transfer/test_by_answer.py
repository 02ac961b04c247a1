"""Verification by answer: one task on all copies that wait, the same answers beside each other."""

from collections.abc import Callable

import pytest

from examday.domain.transfer.answers import Check, Seen
from examday.domain.transfer.duties import VERIFIER
from examday.services.ledger import audit
from examday.services.transfer import assignments, drafts, verification
from examday.services.transfer.desks import answers_confirmed, by_answer
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def scanned(crew: Hands, answer: str) -> str:
    work = crew.work()
    crew.settled(work, readers=("vera", "gleb"), t1="ДОМ", t2=answer)
    crew.copied(work, "anna")
    return work


@pytest.fixture
def works(crew: Hands) -> list[str]:
    """Four copies that Boris has taken: in task 2 stand three sevens and a one."""
    made = [scanned(crew, answer) for answer in ("7", "7", "1", "7")]
    assert crew.do("boris", answers_confirmed.take_all, exam_of(crew, made[0])) == 4
    return made


def exam_of(crew: Hands, work: str) -> str:
    return crew.booklet(work).exam_id


def shown(crew: Hands, work: str, field: str = "", after: str = "") -> by_answer.Answers:
    found: by_answer.Answers = crew.look(
        "boris", by_answer.answers, exam_of(crew, work), field, after
    )
    return found


def seen(crew: Hands, works: list[str], field: str = "2") -> dict[str, str]:
    groups = shown(crew, works[0], field).groups
    return {tile.booklet.id: tile.seen for group in groups for tile in group.tiles}


def checks(crew: Hands, work: str) -> dict[str, Check]:
    with crew.store.read(crew.actor("boris")) as uow:
        return drafts.checks(uow, uow.get(Booklet, work), VERIFIER)


@pytest.mark.release
def test_the_same_answers_of_a_task_stand_beside_each_other(crew: Hands, works: list[str]) -> None:
    page = shown(crew, works[0], "2")
    assert [(g.value.text, len(g.tiles)) for g in page.groups] == [("7", 3), ("1", 1)]
    assert page.open == {str(n): 4 for n in range(1, 6)}
    assert shown(crew, works[0]).field == "1" and shown(crew, works[0], after="3").field == "4"
    assert shown(crew, works[0], after="5").field == ""


def test_it_is_offered_where_many_copies_wait_and_not_to_who_copied(
    crew: Hands, works: list[str]
) -> None:
    (exam, number), *rest = crew.look("boris", by_answer.exams)
    assert (exam.id, number, rest) == (exam_of(crew, works[0]), 4, [])
    assert crew.look("anna", by_answer.exams) == [], "nobody verifies the own copy"
    assert crew.do("anna", answers_confirmed.take_all, exam_of(crew, works[0])) == 0
    left = crew.look("head", by_answer.answers, exam_of(crew, works[0]))
    assert not left.open, "pictures are shown only to who has taken the work"


@pytest.mark.release
def test_what_is_confirmed_stands_at_the_desk_and_what_was_taken_out_is_open(
    crew: Hands, works: list[str]
) -> None:
    said = seen(crew, works)
    odd = said.pop(works[2])
    assert (
        crew.do("boris", answers_confirmed.confirm, exam_of(crew, works[0]), "2", said).done == 3
        and odd
    )
    assert checks(crew, works[0]) == {"2": Check(Seen.OK)} and checks(crew, works[2]) == {}
    assert shown(crew, works[0]).open["2"] == 1, "the odd one is still open"
    crew.do("boris", verification.submit, works[0], crew.checks(works[0]))
    assert crew.state(works[0]) == "verified" and audit.verify(crew.store).ok


def test_a_work_that_was_given_back_meanwhile_is_passed_over(crew: Hands, works: list[str]) -> None:
    said = seen(crew, works)
    crew.do("boris", assignments.release, works[1], VERIFIER)
    crew.do("head", assignments.take, works[1], VERIFIER)
    assert crew.do("boris", answers_confirmed.take_all, exam_of(crew, works[0])) == 3
    found = crew.do("boris", answers_confirmed.confirm, exam_of(crew, works[0]), "2", said)
    assert (found.done, len(found.passed_over)) == (3, 1)


def test_a_picture_or_value_that_nobody_was_shown_is_not_confirmed(
    crew: Hands, works: list[str]
) -> None:
    said = seen(crew, works)
    wrong = {work: f"0{token[1:]}x" for work, token in said.items()}
    assert (
        crew.do("boris", answers_confirmed.confirm, exam_of(crew, works[0]), "2", wrong).done == 0
    )
    assert (
        crew.do("boris", answers_confirmed.confirm, exam_of(crew, works[0]), "27", said).done == 0
    ), "no short answer"


@pytest.mark.release
def test_a_whole_task_is_gone_through_on_one_page(
    crew: Hands, works: list[str], browser: Callable[[], Browser]
) -> None:
    boris = Clerk(browser(), "boris")
    boris.open("/verify")
    first = boris.press("/take")
    boris.open(f"{first.url}?field=2")
    assert boris.page and boris.page.html.count("<img") == 4
    boris.press(fields={"odd": [works[2]]})
    assert "Подтверждено 3" in boris.page.text or "Подтверждены 3" in boris.page.text
    assert boris.page.url.endswith("after=2")
    assert checks(crew, works[3]) == {"2": Check(Seen.OK)} and checks(crew, works[2]) == {}
