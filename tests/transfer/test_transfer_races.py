"""Two people at once: exactly one wins, the other is told, and nothing is doubled or lost. On both
databases."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.errors import Conflict, DomainError, SamePerson
from examday.domain.transfer.answers import Choice, Ruling
from examday.services.transfer import (
    assignments,
    copying,
    keyin,
    offers,
    reopening,
    verification,
)
from examday.services.transfer.settling import decision
from examday.services.unit_of_work import Store
from examday.storage.tables import Assignment, EventRow, Person, Reading
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(each_store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(each_store, add_person)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same moment; each result or the refusal."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = act()
        except DomainError as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def refused(results: list[Any]) -> list[DomainError]:
    return [r for r in results if isinstance(r, DomainError)]


def count(crew: Hands, model: type[Any]) -> int:
    with crew.store.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(model)) or 0


def test_of_four_people_who_take_the_same_part_one_gets_it(crew: Hands) -> None:
    work = crew.work()
    people = ("anna", "boris", "vera", "gleb")
    results = at_once(
        *(lambda who=who: crew.do(who, assignments.take, work, "first") for who in people)
    )
    assert len(refused(results)) == 3 and all(isinstance(r, Conflict) for r in refused(results))
    assert count(crew, Assignment) == 1


def test_one_person_with_two_windows_does_not_get_both_key_ins(crew: Hands) -> None:
    work = crew.work()
    results = at_once(
        lambda: crew.do("anna", assignments.take, work, "first"),
        lambda: crew.do("anna", assignments.take, work, "second"),
    )
    assert [type(r) for r in refused(results)] in ([SamePerson], [Conflict])
    assert count(crew, Assignment) == 1


def test_when_both_hand_in_at_the_same_moment_the_work_moves_on_once(crew: Hands) -> None:
    for answer in ("ДОМ", "ДЫМ"):
        work = crew.work()
        crew.do("anna", assignments.take, work, "first")
        crew.do("boris", assignments.take, work, "second")
        one, other = crew.values(work, t1="ДОМ"), crew.values(work, t1=answer)
        results = at_once(
            lambda: crew.do("anna", keyin.submit, work, "first", one),  # noqa: B023
            lambda: crew.do("boris", keyin.submit, work, "second", other),  # noqa: B023
        )
        assert refused(results) == []
        assert crew.state(work) == ("settled" if answer == "ДОМ" else "keyed")


def test_handing_in_twice_at_once_counts_once(crew: Hands) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    values = crew.values(work, t1="ДОМ")
    results = at_once(
        *(lambda: crew.do("anna", keyin.submit, work, "first", values) for _ in range(3))
    )
    assert len(refused(results)) == 2 and count(crew, Reading) == 1


def test_two_clicks_on_settle_settle_once(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)
    ruling = {"2": Ruling(Choice.OWN)}
    results = at_once(*(lambda: crew.do("vera", decision.decide, work, ruling) for _ in range(2)))
    assert len(refused(results)) == 1 and crew.state(work) == "settled"


def test_verification_against_reopening_has_one_winner(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    seen, checks = crew.booklet(work).row_version, crew.checks(work)
    results = at_once(
        lambda: crew.do("boris", verification.submit, work, checks, row_version=seen),
        lambda: crew.do("head", reopening.reopen, work, "a sheet is missing", row_version=seen),
    )
    assert len(refused(results)) == 1
    assert crew.state(work) in ("verified", "scanned")


def test_finishing_the_copy_twice_is_one_copy(crew: Hands) -> None:
    work = crew.work()
    crew.settled(work)
    crew.do("anna", assignments.take, work, "copier")
    results = at_once(*(lambda: crew.do("anna", copying.finish, work) for _ in range(3)))
    assert len(refused(results)) == 2 and crew.state(work) == "copied"
    with crew.store.read() as uow:
        kinds = list(
            uow.session.scalars(select(EventRow.kind).where(EventRow.kind == "booklet:copy"))
        )
    assert kinds == ["booklet:copy"]


def test_many_people_asking_for_the_next_work_each_get_another_one(crew: Hands) -> None:
    works = [crew.work(f"29900000000{n}0") for n in range(4)]
    people = ("anna", "boris", "vera", "gleb")
    at_once(*(lambda who=who: crew.do(who, offers.next_work, "keyin") for who in people))
    with crew.store.read() as uow:
        taken = uow.session.execute(
            select(Assignment.booklet_id, Assignment.part, Assignment.person_id)
        ).all()
    assert len({(b, part) for b, part, _ in taken}) == len(taken) >= 1
    assert len({(b, person) for b, _, person in taken}) == len(taken)
    assert {b for b, _, _ in taken} <= set(works)
