"""Where the last one completes: whoever acts at the same moment, the step is taken once.

On real PostgreSQL, where two transactions run side by side. Each race is run a second time with the
holds taken away, and must then fail: a race that passes without them proves nothing.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from examday.domain.appeals.case import Kind
from examday.domain.appeals.hearing import Outcome
from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor, Role
from examday.services.appeals.decision import decisions, signatures
from examday.services.appeals.hearing import withdrawal
from examday.services.braille.desk.hand_in import hand_in
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.packing import contents, handing_over, packets, sealing, works
from examday.services.people import accounts
from examday.services.people.directory import actor_of, people_with
from examday.services.scans.deciding import by_hand
from examday.services.scans.works import whole
from examday.services.transfer import assignments, copying, keyin, signing
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Assignment, Booklet, Item
from examday.storage.tables_appeal import Appeal
from tests import custody_day, day, transfer_day
from tests.appeals import world
from tests.appeals.test_appeal_services import heard
from tests.conftest import PIN
from tests.signed import verified_work

pytestmark = pytest.mark.slow

Act = tuple[Actor, Callable[[UnitOfWork], object]]
People = Callable[..., Any]
PATIENCE_S = 30.0
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True)
class Race:
    """What several people do at once, and what must have come of it."""

    acts: list[Act]
    found: Callable[[], object]
    wanted: object
    refusals: int = 0


def at_once(store: Store, acts: list[Act]) -> list[Exception]:
    """Each act in a transaction of its own; none ends before all have acted, were refused, or wait
    for a lock. What was refused."""
    acted: list[Actor] = []
    refused: list[Exception] = []
    broken: list[Exception] = []
    end = time.monotonic() + PATIENCE_S

    def one(actor: Actor, act: Callable[[UnitOfWork], object]) -> None:
        try:
            with store.begin(actor) as uow:
                act(uow)
                acted.append(actor)
                while len(acted) + len(refused) + len(broken) + waiting() < len(acts):
                    assert time.monotonic() < end, "somebody neither acts nor waits"
                    time.sleep(0.02)
        except (DomainError, SQLAlchemyError) as refusal:
            refused.append(refusal)
        except Exception as error:
            broken.append(error)

    def waiting() -> int:
        with store.engine.connect() as asking:
            return asking.execute(WAITING).scalar_one()

    threads = [threading.Thread(target=one, args=pair) for pair in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    assert broken == []
    return refused


def state_of(store: Store, booklet_id: str) -> Callable[[], str]:
    def state() -> str:
        with store.read() as uow:
            return uow.get(Booklet, booklet_id).state

    return state


def three_signatures(store: Store, add_person: People) -> Race:
    work = verified_work(store, add_person)
    content = work.content(store)

    def by(slot: str, person: Any) -> Act:
        return actor_of(person), lambda uow: signing.sign(
            uow, work.booklet_id, slot, person.id, PIN, content
        )

    acts = [
        by("transferrer", work.organiser),
        by("exam_board_member", work.member),
        by("observer", work.observer),
    ]
    return Race(acts, state_of(store, work.booklet_id), State.CERTIFIED)


def two_key_ins(store: Store, add_person: People) -> Race:
    crew = transfer_day.hands(store, add_person)
    work = crew.work()
    values = crew.values(work, t1="ДОМ")
    crew.do("anna", assignments.take, work, "first")
    crew.do("boris", assignments.take, work, "second")
    acts = [
        (crew.actor("anna"), lambda uow: keyin.submit(uow, work, "first", values)),
        (crew.actor("boris"), lambda uow: keyin.submit(uow, work, "second", values)),
    ]
    return Race(acts, state_of(store, work), State.SETTLED)


def two_braille_entries(store: Store, add_person: People) -> Race:
    crew = transfer_day.hands(store, add_person)
    people = [add_person(store, f"translator{n}", Role.BRAILLE_TRANSCRIBER) for n in (1, 2)]
    work = day.booklet(store, None, State.SCANNED, Medium.BRAILLE)
    with store.begin(Actor.system("test")) as uow:
        for person, part in zip(people, ("first", "second"), strict=True):
            uow.add(
                Assignment(booklet_id=work, version=1, part=part, person_id=person.id, at=uow.now())
            )
        uow.record("test:given", f"booklet:{work}")
    values = crew.values(work, t1="ДОМ")

    def by(person: Any) -> Act:
        return actor_of(person), lambda uow: hand_in(uow, work, "дом", values)

    return Race([by(person) for person in people], state_of(store, work), State.SETTLED)


def two_last_sheets(store: Store, add_person: People) -> Race:
    crew = transfer_day.hands(store, add_person)
    work = crew.work()
    crew.settled(work, long="СОЧИНЕНИЕ")
    crew.do("anna", assignments.take, work, "copier")
    crew.do("anna", copying.finish, work)
    with store.begin(Actor.system("test")) as uow:
        missing = whole.lack(uow, uow.get(Booklet, work))
        assert missing is not None and len(missing.forms) > 1
        pages = []
        for form in missing.forms:
            page = transfer_day.add_page(uow, work, "copy")
            page.sheet, page.state, page.booklet_id = f"{form}.2022", "exception", None
            uow.session.flush()
            pages.append(page.id)
        uow.record("test:pages", f"booklet:{work}")

    def by(page_id: str) -> Act:
        return crew.actor("head"), lambda uow: by_hand.attach_page(
            uow, page_id, uow.get(Booklet, work), "copy", "лежал отдельно"
        )

    return Race([by(page) for page in pages], state_of(store, work), State.COPY_SCANNED)


def two_packets(store: Store, add_person: People) -> Race:
    site = custody_day.make(store, add_person)
    site.do("lead", kits.issue, site.booklets["1А"], custody_day.number(1))
    site.do("lead", enlarging.enlarge, site.booklets["1А"], site.people["board"].id)
    site.do("lead", collecting.collect, site.booklets["1А"], site.counts("1А"))
    site.put_at("1А", "certified")
    made = [
        site.do("lead", packets.open_packet, site.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    ]
    site.do("lead", works.pack, site.booklets["1А"], *made, site.counts("1А"))
    counts = {}
    for packet in made:
        with store.read() as uow:
            counts[packet] = contents.contents(uow, uow.get(Item, packet))
        site.do("lead", sealing.seal, packet, counts[packet])

    def by(packet: str, to: str) -> Act:
        receiver = site.people[to].id
        return site.actor("head"), lambda uow: handing_over.hand_over(
            uow, packet, receiver, PIN, counts[packet]
        )

    acts = [by(made[0], "board"), by(made[1], "lead")]
    return Race(acts, state_of(store, site.booklets["1А"]), State.HANDED_OVER)


def commission(store: Store, add_person: People) -> world.Commission:
    store.clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


def protocol_signatures(store: Store, add_person: People) -> Race:
    made = commission(store, add_person)
    case = world.file_appeal(made)
    heard(made, case, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    protocol = made.do("secretary", decisions.decide, case, "оба согласны").sha256

    def by(login: str) -> Act:
        person = made.people[login].id
        return made.actor("secretary"), lambda uow: signatures.sign(
            uow, case, person, PIN, protocol
        )

    def state() -> str:
        with store.read() as uow:
            return uow.get(Appeal, case).state

    return Race([by("chair"), by("member")], state, "signed")


def two_last_cases(store: Store, add_person: People) -> Race:
    made = commission(store, add_person)
    numbers = [
        world.file_appeal(made),
        world.file_appeal(made, kind=Kind.PROCEDURE, late_reason="проверка"),
    ]

    def by(case: str) -> Act:
        return made.actor("secretary"), lambda uow: withdrawal.withdraw(uow, case, "передумал")

    def on_hold() -> bool:
        with store.read() as uow:
            return uow.get(Booklet, made.booklet).hold

    return Race([by(case) for case in numbers], on_hold, False)


def two_last_heads(store: Store, add_person: People) -> Race:
    """Two heads who close each other's account: one stays."""
    heads = [add_person(store, f"head{n}", Role.SITE_HEAD) for n in (1, 2)]

    def by(one: Any, other: Any) -> Act:
        return actor_of(one), lambda uow: accounts.disable(uow, other.id)

    def left() -> int:
        with store.read() as uow:
            return len(people_with(uow, {Role.SITE_HEAD}))

    return Race([by(*heads), by(*reversed(heads))], left, 1, refusals=1)


RACES = [
    three_signatures,
    two_key_ins,
    two_braille_entries,
    two_last_sheets,
    two_packets,
    protocol_signatures,
    two_last_cases,
    two_last_heads,
]


@pytest.fixture
def region(settings: Settings, clock: Any, postgres: Callable[[], str]) -> Iterator[Store]:
    """A store on PostgreSQL."""
    made = Store(replace(settings, database_url=postgres()), clock)
    yield made
    made.close()


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_the_last_one_completes(
    race: Callable[..., Race], region: Store, add_person: People
) -> None:
    run = race(region, add_person)
    refused = at_once(region, run.acts)
    assert (len(refused), run.found()) == (run.refusals, run.wanted), refused
    assert all(isinstance(one, DomainError) for one in refused)


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_without_the_hold_the_race_is_lost(
    race: Callable[..., Race],
    region: Store,
    add_person: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = race(region, add_person)
    monkeypatch.setattr(UnitOfWork, "hold", lambda uow, model, key: uow.get(model, key))
    monkeypatch.setattr(UnitOfWork, "queue", lambda uow, name: None)
    refused = at_once(region, run.acts)
    assert (len(refused), run.found()) != (run.refusals, run.wanted) or not all(
        isinstance(one, DomainError) for one in refused
    )
