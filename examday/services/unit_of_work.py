"""The unit of work: one transaction, its events, its outbox rows; all or nothing."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy import event as sa_event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from examday.domain.errors import Conflict, NotFound
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Proof
from examday.domain.people.sites import EVERYWHERE
from examday.paper import layout
from examday.services.ledger import writing
from examday.services.ledger.writing import Said
from examday.settings import Settings
from examday.storage import keepers
from examday.storage.base import Base, row_key, row_values
from examday.storage.database import make_engine
from examday.storage.objects import shared_keys
from examday.storage.sites import has_sites, looking_at, of_site, site_of
from examday.storage.tables import Outbox
from examday.storage.tables_sites import Site

T = TypeVar("T", bound=Base)
WORKER = Actor.system("worker")
"""Who does what the program does by itself in the background: never a person."""
A_PAGE = 100
"""Works of all points in one list, the longest wait first: what is cut off has waited least."""
QUEUES = 4_122  # any fixed number: the family of advisory locks of `queue`


def utc_now() -> dt.datetime:
    """The present time; the only clock of the program."""
    return dt.datetime.now(dt.UTC)


class UnitOfWork:
    """What a service works with. Changed recorded rows need an event in the same transaction."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        settings: Settings,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.session, self.actor, self.settings, self._clock = session, actor, settings, clock
        self.proof: Proof | None = None
        """Set when somebody gave their own secret here; each later entry names signer and computer."""
        self._events: list[Said] = []
        self._sites: set[str] = set()
        self._by_itself: Actor | None = None
        # Rows and not digests: what is flushed last counts.
        self._touched: dict[str, Base] = {}
        self._deleted: dict[str, Base] = {}
        # True once this transaction has waited for something: what it had read before may be old.
        self._holding = False
        sa_event.listen(session, "before_flush", self._note)
        sa_event.listen(session, "do_orm_execute", self._look_anew)

    def now(self) -> dt.datetime:
        """The time of this transaction's clock (aware, UTC)."""
        return self._clock()

    @property
    def site(self) -> str:
        """Whose transaction it is; "" for the installation, which a station is as a whole."""
        return site_of(self.session)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the point: the days and times of day that people see are counted in it."""
        if self.site == EVERYWHERE:
            return self.settings.time_zone
        return ZoneInfo(self.get(Site, self.site).zone)

    @contextmanager
    def looking_at(self, site: str = EVERYWHERE) -> Iterator[None]:
        """Read and write as another site inside the block: "" for what is one in the whole
        installation (log-ins), a point for whoever has just proved to be of it.
        """
        with looking_at(self.session, site):
            yield

    @property
    def at_once(self) -> int | None:
        """How many works a list may hold: `A_PAGE` where a region is looked at as a whole, else None.

        A point's own list is never cut: what is not on it would be forgotten. The centre chooses a
        point.
        """
        return A_PAGE if self.site == EVERYWHERE and has_sites(self.session) else None

    def local(self, at: dt.datetime) -> dt.datetime:
        """A time as the clock on the wall of the point shows it."""
        return at.astimezone(self.zone)

    def today(self) -> dt.date:
        """The present day at the point."""
        return self.local(self.now()).date()

    def get(self, model: type[T], key: Any) -> T:
        """The row, or NotFound: the same answer for «not there» and «not yours»."""
        # An empty key comes from a form; databases would look for it.
        row = self.session.get(model, key) if key else None
        if row is None:
            raise NotFound()
        return row

    def count(self, query: Select[int]) -> int:
        """The number that a query of one count or sum gives; such a query has always one row."""
        return int(self.session.scalars(query).one())

    @property
    def written_here(self) -> ColumnElement[bool]:
        """Whether a work (`Booklet`) is written at this end: lists of what can be done ask it."""
        return keepers.written_here(self.session)

    def hold(self, model: type[T], key: Any) -> T:
        """The row as it is now, held for this transaction: whoever wants it too waits until the
        end of ours.

        A use case holds the root of what it changes before it looks at anything that it decides
        on. NotFound as `get`. Order, against deadlocks: docs/architecture.md, «Who holds what».
        """
        self.session.flush()  # what was changed here must not be overwritten by what is read now
        # FOR NO KEY UPDATE keeps others from holding and changing the row; rows that only point to
        # it may be written.
        row = (
            self.session.get(
                model, key, with_for_update={"key_share": True}, populate_existing=True
            )
            if key
            else None
        )
        if row is None:
            raise NotFound()
        self._wait_is_over(row)
        return row

    def hold_all(self, model: type[T], keys: Iterable[Any]) -> list[T]:
        """Several rows of one table, held in the order of their keys, so that nobody waits in a
        circle.
        """
        # One order for everybody: two transactions that want the same rows cannot each hold what
        # the other needs.
        return [self.hold(model, key) for key in sorted(set(keys))]

    def queue(self, name: str) -> None:
        """Wait in line for something that has no row of its own yet (the next number, the first
        account). Comes before any row is held; ends with the transaction. SQLite has one writer at
        a time, which is a line already.
        """
        self._wait_is_over()
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(
                text("SELECT pg_advisory_xact_lock(:family, hashtext(:name))"),
                {"family": QUEUES, "name": name},
            )

    def _wait_is_over(self, *fresh: Base) -> None:
        """From now on queries read anew what had been looked at before.

        Nothing to do where nothing had.
        """
        self._holding = self._holding or any(
            row not in fresh for row in self.session.identity_map.values()
        )

    def _look_anew(self, state: ORMExecuteState) -> None:
        """What was looked at before the hold may have changed while we waited: queries read it
        again.
        """
        if (
            self._holding
            and state.is_select
            and not state.is_column_load
            and not state.is_relationship_load
        ):
            state.update_execution_options(populate_existing=True)

    def add(self, row: T) -> T:
        """Put a new row into the transaction."""
        self.session.add(row)
        return row

    def record(
        self,
        kind: Event,
        subject: str,
        **data: object,
    ) -> None:
        """Write one event.

        `subject` is "booklet:<id>" and the like; `data` holds codes and ids, never names. Who
        proved themselves here, and at whose computer, is added to it: no use case can forget that.
        """
        # Written at the end: only then are the digests of all changed rows known.
        proof = self.proof.words() if self.proof else {}
        doer = self._by_itself or self.actor
        if self.site:
            # What the centre prints of a point's case changes no row, and is of the point all the same.
            self._sites.add(self.site)
        self._events.append(Said(str(kind), subject, {**proof, **data}, doer.person_id))

    @contextmanager
    def by_program(self, part: str) -> Iterator[None]:
        """Events written inside are the program's own («agreement»), not the acting person's.

        Nobody is named in the ledger for what they did not decide.
        """
        self._by_itself = Actor.system(part)
        try:
            yield
        finally:
            self._by_itself = None

    def enqueue(self, task: Task, arg: str) -> None:
        """Ask for background work: an outbox row in the same transaction, sent to the broker by
        the relay.
        """
        self.add(
            Outbox(
                task=task,
                arg=arg,
                created_at=self.now(),
            )
        )

    @property
    def untouched(self) -> bool:
        """True while nothing has been changed here: the transaction may still be ended without
        losing anything.
        """
        return not (
            self._changed()
            or self._events
            or self.session.new
            or self.session.dirty
            or self.session.deleted
        )

    def _note(
        self,
        session: Session,
        _context: Any,
        _instances: Any,
    ) -> None:
        # Before the flush: afterwards the session no longer knows what was new.
        for row in [*session.new, *session.dirty]:
            if row.ledgered and (row in session.new or session.is_modified(row)):
                # By a mark of its own, because a new row has no key before the flush.
                self._touched[f"new:{id(row)}"] = row
        self._deleted |= {row_key(row): row for row in session.deleted if row.ledgered}

    def commit(self) -> None:
        """Flush, chain the events with the digests of every changed row, commit."""
        self.session.flush()
        # A change that no entry records would look like tampering at the next verification.
        if self._changed() and not self._events:
            raise RuntimeError(
                "recorded rows were changed without an event: "
                + ", ".join(type(row).__name__ for row in self._changed())
            )
        if self._events:
            self._write_events()
        self.session.commit()

    def _write_events(self) -> None:
        # What the installation does with the works of a point stands in the chain of that point;
        # what a person changes of the own account while serving elsewhere, in that of the own point.
        chains = {*map(_chain_of, self._changed()), *self._sites}
        if self.site or not chains:
            chains.add(self.site)
        for chain in sorted(chains):
            with self.looking_at(chain):
                writing.write(self.session, chain, self._events, self._digests(chain), self.now)
        self._events, self._sites, self._touched, self._deleted = [], set(), {}, {}
        self.session.flush()

    def _changed(self) -> list[Base]:
        return [*self._touched.values(), *self._deleted.values()]

    def _digests(self, chain: str) -> dict[str, str]:
        """The digest of each changed row that is of this chain; "" of one that is gone."""
        gone = {key: "" for key, row in self._deleted.items() if _chain_of(row) == chain}
        changed = (row for row in self._touched.values() if _chain_of(row) == chain)
        return gone | {row_key(row): digest(row_values(row)) for row in changed}


def _chain_of(row: Base) -> str:
    """In whose chain a changed row is recorded."""
    return str(getattr(row, "site", EVERYWHERE))


class Store:
    """The door to the database: `begin` to change, `read` to look. One per process, and `at` a site
    a view of it.
    """

    def __init__(self, settings: Settings, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.settings, self.clock, self.site = settings, clock, EVERYWHERE
        layout.use_folder(settings.forms)
        shared_keys.bring(settings)
        self.engine = make_engine(settings.database_url)
        # Rows stay readable after the commit: pages show what was done.
        self._writer = sessionmaker(self.engine, expire_on_commit=False)
        self._reader = sessionmaker(
            self.engine.execution_options(read_only=True), expire_on_commit=False
        )

    def at(self, site: str) -> "Store":
        """The same database as a site sees it; "" for all sites."""
        view = copy(self)
        view.site = site
        return view

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end of the block, rolled back whole when anything is
        raised. Conflict when somebody was faster (a unique place is taken, a row has a newer
        version).
        """
        with self._writer() as session:
            of_site(session, self.site)
            uow = UnitOfWork(session, actor, self.settings, self.clock)
            try:
                yield uow
                uow.commit()
            except (StaleDataError, IntegrityError) as error:
                session.rollback()
                raise Conflict() from error

    @contextmanager
    def read(self, actor: Actor | None = None) -> Iterator[UnitOfWork]:
        """A look at the data; whatever is changed inside is thrown away."""
        with self._reader() as session:
            of_site(session, self.site)
            yield UnitOfWork(session, actor or Actor.system("read"), self.settings, self.clock)
            session.expunge_all()  # a rollback alone would empty the rows that the caller still holds
            session.rollback()

    def sites(self) -> list[str]:
        """Every site that has rows of its own; the installation itself first."""
        with self.read() as uow:
            return [EVERYWHERE, *uow.session.scalars(select(Site.key).order_by(Site.key))]

    def points(self) -> list[str]:
        """Where works are: the points of a region, or the station itself."""
        installation, *points = self.sites()
        return points or [installation]

    def last_seq(self) -> int:
        """Number of the last entry in the site's own chain."""
        with self.read() as uow:
            last = writing.last_entry(uow.session, uow.site)
        return last.seq if last else 0

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
