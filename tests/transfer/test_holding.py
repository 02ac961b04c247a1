"""Two people at once, on both databases: one effect, the later one is told in words, and the last
one completes."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.appeals.case import Kind
from examday.domain.appeals.hearing import Outcome
from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import WrongStep
from examday.domain.errors import Conflict, DomainError
from examday.domain.people.roles import Actor
from examday.services.appeals import closing, registration
from examday.services.appeals.decision import decisions, signatures
from examday.services.appeals.hearing import votes, withdrawal
from examday.services.appeals.order import orders
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.packing import contents, handing_over, packets, sealing, works
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Handover, Item
from examday.storage.tables_appeal import Appeal, CaseVote, ProtocolSignature
from tests import custody_day, day
from tests.appeals.test_appeal_services import commission, heard, signed, state, world  # noqa: F401
from tests.conftest import PIN


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all acts at the same moment; each result, or whatever was raised: a raw error of a
    database is seen too."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def both_in(store: Any, actors: list[Any], act: Callable[..., Any]) -> list[Any]:
    """Each actor does `act` in a transaction of its own, and none commits before the other has
    acted, or waits."""
    inside = threading.Barrier(len(actors))

    def one(actor: Any) -> Any:
        with store.begin(actor) as uow:
            made = act(uow, actor)
            with contextlib.suppress(threading.BrokenBarrierError):
                inside.wait(0.7)
        return made

    return at_once(*(lambda actor=actor: one(actor) for actor in actors))


def refused(results: list[Any]) -> list[BaseException]:
    return [r for r in results if isinstance(r, BaseException)]


def test_two_members_who_sign_at_once_close_the_protocol(commission: world.Commission) -> None:  # noqa: F811
    number = world.file_appeal(commission)
    heard(commission, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    protocol = commission.do("secretary", decisions.decide, number, "оба согласны")
    signers = iter(("chair", "member"))

    def sign(uow: Any, _actor: Any) -> ProtocolSignature:
        return signatures.sign(
            uow, number, commission.people[next(signers)].id, PIN, protocol.sha256
        )

    assert refused(both_in(commission.store, [commission.actor("secretary")] * 2, sign)) == []
    assert state(commission, number) == "signed"


def test_one_member_who_signs_twice_at_once_has_signed_once(commission: world.Commission) -> None:  # noqa: F811
    number = world.file_appeal(commission)
    heard(commission, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    protocol = commission.do("secretary", decisions.decide, number, "оба согласны")
    results = at_once(
        *(
            lambda: commission.do(
                "secretary",
                signatures.sign,
                number,
                commission.people["chair"].id,
                PIN,
                protocol.sha256,
            )
            for _ in range(2)
        )
    )
    assert [type(r) for r in refused(results)] == [Conflict]
    with commission.store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(ProtocolSignature)) == 1


def test_two_secretaries_who_register_at_once_get_two_numbers(commission: world.Commission) -> None:  # noqa: F811
    kinds = iter((Kind.SCORE, Kind.PROCEDURE))
    day = world.dt.date(2026, 6, 19)

    def register(uow: Any, _actor: Any) -> str:
        kind = next(kinds)
        return registration.register(
            uow,
            registration.Filing(
                kind,
                commission.booklet,
                day,
                day,
                world.dt.date(2026, 6, 18),
                # The score appeal is in time: a reason would be one for nothing.
                late_reason="проверка" if kind is Kind.PROCEDURE else "",
            ),
        ).number

    results = both_in(commission.store, [commission.actor("secretary")] * 2, register)
    assert sorted(results) == ["77-01-0001", "77-01-0002"]


def test_one_appeal_registered_twice_at_once_is_one_case(commission: world.Commission) -> None:  # noqa: F811
    results = at_once(*(lambda: world.file_appeal(commission) for _ in range(2)))
    assert [r.code for r in refused(results) if isinstance(r, Conflict)] == ["open-appeal"]


def test_two_cases_of_one_work_withdrawn_at_once_end_the_legal_hold(
    commission: world.Commission,  # noqa: F811
) -> None:
    numbers = [
        world.file_appeal(commission),
        world.file_appeal(commission, kind=Kind.PROCEDURE, late_reason="проверка"),
    ]
    waiting = iter(numbers)
    results = both_in(
        commission.store,
        [commission.actor("secretary")] * 2,
        lambda uow, _actor: withdrawal.withdraw(uow, next(waiting), "передумал"),
    )
    assert refused(results) == []
    with commission.store.read() as uow:
        assert uow.get(Booklet, commission.booklet).hold is False


def test_the_legal_hold_lasts_while_another_case_on_the_work_is_open(
    commission: world.Commission,  # noqa: F811
) -> None:
    first = world.file_appeal(commission)
    second = world.file_appeal(commission, kind=Kind.PROCEDURE, late_reason="проверка")
    for number, held in ((first, True), (second, False)):
        commission.do("secretary", withdrawal.withdraw, number, "передумал")
        with commission.store.read() as uow:
            assert uow.get(Booklet, commission.booklet).hold is held


def test_a_vote_entered_twice_at_once_counts_once(commission: world.Commission) -> None:  # noqa: F811
    number = world.file_appeal(commission)
    heard(commission, number)
    results = at_once(
        *(
            lambda: commission.do(
                "secretary", votes.vote, number, commission.people["chair"].id, Outcome.SATISFY
            )
            for _ in range(2)
        )
    )
    assert [type(r) for r in refused(results)] == [Conflict]
    with commission.store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(CaseVote)) == 1


@pytest.mark.release
def test_two_who_order_reprocessing_or_close_at_once_do_it_once(
    commission: world.Commission,  # noqa: F811
) -> None:
    number = world.file_appeal(commission)
    heard(commission, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    signed(commission, number)
    with commission.store.read() as uow:
        defect = uow.get(Appeal, number).defect
    step = orders.order_reprocessing if defect else closing.close
    results = at_once(*(lambda: commission.do("secretary", step, number) for _ in range(2)))
    assert [type(r) for r in refused(results)] == [Conflict]


@pytest.mark.slow
@pytest.mark.parametrize("each_store", ["postgresql"], indirect=True)
def test_what_was_looked_at_before_it_was_held_is_seen_as_it_is_now(each_store: Any) -> None:
    work = day.booklet(each_store, None)
    with each_store.begin(Actor.system("one")) as one:
        exam = one.get(Booklet, work).exam
        with each_store.begin(Actor.system("other")) as other:
            other.hold(Exam, exam.id).tasks = 26
            other.record("test:tasks", f"exam:{exam.id}")
        assert exam.tasks != 26
        assert one.hold(Exam, exam.id).tasks == 26


def packed_day(each_store: Any, add_person: Any) -> tuple[custody_day.Day, dict[Purpose, str]]:
    """One certified enlarged work and an open packet of each purpose."""
    day = custody_day.make(each_store, add_person)
    day.do("lead", kits.issue, day.booklets["1А"], custody_day.number(1))
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    day.do("lead", collecting.collect, day.booklets["1А"], day.counts("1А"))
    day.put_at("1А", "certified")
    return day, {
        purpose: day.do("lead", packets.open_packet, day.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    }


def test_of_two_packers_one_packs_the_work(each_store: Any, add_person: Any) -> None:
    day, made = packed_day(each_store, add_person)
    counts = day.counts("1А")
    results = at_once(
        *(
            lambda: day.do(
                "lead",
                works.pack,
                day.booklets["1А"],
                made[Purpose.STANDARD],
                made[Purpose.EVIDENCE],
                counts,
            )
            for _ in range(2)
        )
    )
    assert [type(r) for r in refused(results)] == [WrongStep]
    assert day.booklet("1А").state == "packed"
    with each_store.read() as uow:
        assert (
            uow.session.scalar(
                select(func.count()).select_from(Handover).where(Handover.kind == "pack")
            )
            == 1
        )


def test_when_both_packets_of_a_work_go_at_once_the_work_is_handed_over(
    each_store: Any, add_person: Any
) -> None:
    day, made = packed_day(each_store, add_person)
    day.do(
        "lead",
        works.pack,
        day.booklets["1А"],
        made[Purpose.STANDARD],
        made[Purpose.EVIDENCE],
        day.counts("1А"),
    )
    counts = {}
    for packet in made.values():
        with each_store.read() as uow:
            counts[packet] = contents.contents(uow, uow.get(Item, packet))
        day.do("lead", sealing.seal, packet, counts[packet])
    waiting = iter(made.values())
    results = both_in(
        each_store,
        [day.actor("head")] * 2,
        lambda uow, _actor: handing_over.hand_over(
            uow, packet := next(waiting), day.people["board"].id, PIN, counts[packet]
        ),
    )
    assert all(isinstance(r, DomainError) for r in refused(results)) and refused(results) == []
    assert day.booklet("1А").state == "handed_over"


def test_who_wants_the_same_works_in_another_order_waits_in_no_circle(
    each_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [day.booklet(each_store, f"299000000{n:03}") for n in (1, 2)]
    hold, both = UnitOfWork.hold, threading.Barrier(2)

    def each_a_first_one(uow: UnitOfWork, model: Any, key: Any) -> Any:
        row = hold(uow, model, key)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # broken where the other one waits for this very work
        return row

    monkeypatch.setattr(UnitOfWork, "hold", each_a_first_one)

    def want(order: list[str]) -> int:
        with each_store.begin(Actor.system("test")) as uow:
            return len(uow.hold_all(Booklet, order))

    assert at_once(lambda: want(ids), lambda: want(ids[::-1])) == [2, 2]
