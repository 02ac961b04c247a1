"""A hundred people at once sign, settle anew and reopen the same work, on both databases."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.readings import Source
from examday.paper.trial import kit_code
from examday.services.ledger import audit
from examday.services.people import directory
from examday.services.transfer import readings, reopening, signing
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Signoff
from tests.conftest import PIN
from tests.signed import Waiting, verified_work

CROWD = 100
SLOTS = {"transferrer": 1, "exam_board_member": 12, "observer": 12}
"""Slot → how many people may fill it, so that most of them must be refused; the copy was written by
one."""


def test_one_signature_a_slot_and_none_on_stale_content(
    each_store: Store,
    add_person: Callable[..., Person],
    dice: random.Random,
    seconds: float,
) -> None:
    store = each_store
    head = add_person(store, "head", Role.SITE_HEAD)
    first = verified_work(store, add_person, kit_code(1))
    people = {
        "transferrer": [first.organiser],
        "exam_board_member": [
            add_person(store, f"member{n}", Role.EXAM_BOARD_MEMBER)
            for n in range(SLOTS["exam_board_member"])
        ],
        "observer": [
            add_person(store, f"observer{n}", Role.PUBLIC_OBSERVER)
            for n in range(SLOTS["observer"])
        ],
    }
    end, rounds, said = time.monotonic() + seconds, 0, Counter[str]()
    while not rounds or time.monotonic() < end:
        rounds += 1
        work = verified_work(store, add_person, kit_code(rounds + 1), first)
        jobs = [_job(store, work, people, head, dice) for _n in range(CROWD)]
        said += Counter(_at_once(jobs))
        _check(store, work)
    assert audit.verify(store).ok
    assert "refused: broken" not in said, "somebody is told that records are damaged"
    print(f"\n{rounds} rounds of {CROWD}: {dict(said)}")


def _job(
    store: Store,
    work: Waiting,
    people: dict[str, list[Person]],
    head: Person,
    dice: random.Random,
) -> Callable[[], str]:
    content = work.content(store)
    what = dice.choices(("sign", "anew", "reopen"), (96, 3, 1))[0]
    slot = dice.choice(list(people))
    person = dice.choice(people[slot])

    def sign() -> str:
        with store.begin(directory.actor_of(person)) as uow:
            signing.sign(uow, work.booklet_id, slot, person.id, PIN, content)
        return "signed"

    def anew() -> str:
        with store.begin(Actor.system("test")) as uow:
            booklet = uow.hold(Booklet, work.booklet_id)
            old = readings.find(uow, booklet, Source.SETTLED)
            if old is None:
                return "reopened before"
            fields = {**old.content["fields"], "1": {"text": dice.choice("123"), "mark": None}}
            number = readings.rounds(uow, booklet, old.source) + 1
            readings.seal(uow, booklet, old.source, {"fields": fields}, number=number)
            uow.record("test:settled-again", f"booklet:{booklet.id}")
        return "settled anew"

    def reopen() -> str:
        with store.begin(directory.actor_of(head)) as uow:
            reopening.reopen(uow, work.booklet_id, "Опечатка в третьем ответе")
        return "reopened"

    return {"sign": sign, "anew": anew, "reopen": reopen}[what]


def _at_once(jobs: list[Callable[[], str]]) -> list[str]:
    """Run all jobs at the same moment; what came of each. A raw error of a database fails the test."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], str]) -> str:
        gate.wait()
        try:
            return job()
        except DomainError as refusal:
            return f"refused: {refusal.code}"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def _check(store: Store, work: Waiting) -> None:
    with store.read() as uow:
        rows = uow.session.scalars(
            select(Signoff).where(Signoff.booklet_id == work.booklet_id)
        ).all()
        assert max(Counter((r.version, r.slot) for r in rows).values(), default=0) <= 1
        for version in {r.version for r in rows}:
            signers = [r.person_id for r in rows if r.version == version]
            assert len(set(signers)) == len(signers), "one person signed twice"
        booklet = uow.get(Booklet, work.booklet_id)
        present = [r for r in rows if r.version == booklet.version]
        if booklet.state == "certified":
            assert {r.slot for r in present} == set(SLOTS)
            assert len({r.content_sha256 for r in present}) == 1, "signed on different contents"
        else:
            assert {r.slot for r in present} != set(SLOTS), "all signatures and not certified"
