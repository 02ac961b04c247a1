"""People who sign at once, while content changes or the work is reopened: one winner per slot,
never stale content."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, DomainError, Forbidden, SamePerson, Stale
from examday.domain.people.roles import Actor, Role
from examday.services.ledger import audit
from examday.services.people import directory
from examday.services.transfer import readings, reopening, signing
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Signoff
from tests.conftest import PIN
from tests.signed import Waiting, verified_work

CODES = [f"29900000{number:05d}" for number in range(10, 99)]


def together(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs at the same moment; each result, or the refusal it met."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        gate.wait()
        try:
            return job()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def signing_job(
    store: Store, work: Waiting, slot: str, person: Person, content: str
) -> Callable[[], object]:
    def sign() -> str:
        with store.begin(directory.actor_of(person)) as uow:
            return signing.sign(uow, work.booklet_id, slot, person.id, PIN, content).slot

    return sign


def given(store: Store, work: Waiting) -> list[Signoff]:
    with store.read() as uow:
        return list(
            uow.session.scalars(select(Signoff).where(Signoff.booklet_id == work.booklet_id))
        )


def state(store: Store, work: Waiting) -> tuple[str, int]:
    with store.read() as uow:
        row = uow.get(Booklet, work.booklet_id)
        return row.state, row.version


def test_of_many_who_sign_one_slot_at_once_exactly_one_wins(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    work = verified_work(each_store, add_person)
    observers = [add_person(each_store, f"observer{n}", Role.PUBLIC_OBSERVER) for n in range(6)]
    content = work.content(each_store)
    results = together(
        [signing_job(each_store, work, "observer", person, content) for person in observers]
    )
    assert Counter(type(r) for r in results) == {str: 1, Conflict: 5}
    assert len(given(each_store, work)) == 1


def test_three_signers_at_once_all_count_and_the_work_is_certified_once(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    first = verified_work(each_store, add_person, CODES[0])
    for code in CODES[1:5]:
        work = verified_work(each_store, add_person, code, first)
        content = work.content(each_store)
        results = together(
            [
                signing_job(each_store, work, slot, person, content)
                for slot, person in (
                    ("transferrer", work.organiser),
                    ("exam_board_member", work.member),
                    ("observer", work.observer),
                )
            ]
        )
        assert results == ["transferrer", "exam_board_member", "observer"]
        assert state(each_store, work)[0] == State.CERTIFIED
    assert audit.verify(each_store).ok


def test_one_person_at_two_computers_fills_one_slot(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    work = verified_work(each_store, add_person)
    both = add_person(each_store, "both", Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
    content = work.content(each_store)
    results = together(
        [
            signing_job(each_store, work, slot, both, content)
            for slot in ("exam_board_member", "observer")
        ]
    )
    assert sorted(type(r).__name__ for r in results) in (["SamePerson", "str"], ["Conflict", "str"])
    assert len(given(each_store, work)) == 1


@pytest.mark.parametrize("seed", range(6))
def test_signing_while_the_content_changes_or_the_work_is_reopened(
    each_store: Store, seed: int, add_person: Callable[..., Person]
) -> None:
    """Every signature that stands was given on the content of its own version; whoever was late
    was told."""
    work = verified_work(each_store, add_person, CODES[seed])
    head = add_person(each_store, "head", Role.SITE_HEAD)
    content = work.content(each_store)

    def settle_again() -> str:
        with each_store.begin(Actor.system("test")) as uow:
            booklet = uow.hold(Booklet, work.booklet_id)
            old = readings.find(uow, booklet, "settled")
            assert old
            changed = {**old.content["fields"], "1": {"text": f"{seed}", "mark": None}}
            readings.seal(uow, booklet, "settled", {"fields": changed}, number=2)
            uow.record("test:settled-again", f"booklet:{booklet.id}")
        return "settled"

    def reopen() -> str:
        with each_store.begin(directory.actor_of(head)) as uow:
            reopening.reopen(uow, work.booklet_id, "Опечатка в третьем ответе")
        return "reopened"

    jobs = [
        signing_job(each_store, work, slot, person, content)
        for slot, person in (
            ("transferrer", work.organiser),
            ("exam_board_member", work.member),
            ("observer", work.observer),
        )
    ]
    jobs.append(settle_again if seed % 2 else reopen)
    random.Random(seed).shuffle(jobs)
    results = together(jobs)
    refused = [r for r in results if isinstance(r, DomainError)]
    assert all(isinstance(r, Stale | Conflict | SamePerson | Forbidden) for r in refused)
    rows = given(each_store, work)
    assert len({row.slot for row in rows}) == len(rows) == len({row.person_id for row in rows})
    assert {row.content_sha256 for row in rows} <= {content}
    assert len(rows) + len(refused) + ("settled" in results) + ("reopened" in results) == 4
    if state(each_store, work)[0] == State.CERTIFIED:
        assert len(rows) == 3
    assert audit.verify(each_store).ok
