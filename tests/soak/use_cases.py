"""The steps of whole days, one after the other, for campaigns that hurt each of them."""

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import backup
from examday.services.ledger import bundle, checkpoints
from examday.services.plan.tables import kept
from examday.services.scans.files import special
from examday.services.training.rehearsal.appeal import AppealTrial
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.durable import put_in_place
from examday.storage.tables import Exam
from tests.soak.ground import come_to_rest

HEAD = Actor("head", frozenset({Role.SITE_HEAD}))
PLACES = (
    "commit examday.services.unit_of_work:commit",
    "fsync examday.storage.durable:sync_file",
    "fsync examday.storage.durable:sync_folder",
    "fsync examday.storage.objects.base:spool",
    "fsync examday.storage.keys:kept_key",
    "link examday.storage.objects.folder:_name",
    "link examday.storage.keys:kept_key",
    "rename examday.storage.objects.pictures:keep",
    "rename examday.services.scans.files.special:refuse_special",
    "replace examday.storage.durable:put_in_place",
)
"""Where the program leaves a trace that a cut may tear; `tests/contract/test_points.py` finds new ones."""

ELSEWHERE = {
    "rename examday.storage.objects.pictures:remove": "the act of destruction goes on where it was cut off",
    "rename examday.rehearse:_drop": "the rehearsal puts a sheet into the hot folder, as a scanner does",
    "rename examday.station.broker:set_aside": "the broker's own memory, of which nothing is needed",
    "rename examday.services.plan.tables.kept:_lay_out": "a copy of what lies among the uploads, made again when it is missing",
    "link examday.services.plan.tables.upload:_with_memo": "inside a set that has no name yet",
}
"""Places that need no cut, each with the reason: a new one has to be argued for."""


@dataclass(frozen=True)
class Case:
    """One step that people or the station take."""

    name: str
    act: Callable[[], object]
    again: Callable[[], object]
    """What is done after a cut; for most steps the same, as a person would press again."""
    always_again: bool = False
    """It may be repeated from any place inside it, so no cut needs a look of its own."""
    check: Callable[[], list[str]] | None = None


def step(name: str, act: Callable[[], object], **more: object) -> Case:
    return Case(name, act, **{"again": act, **more})  # type: ignore[arg-type]


def the_day(store: Store) -> Iterator[Case]:
    """The way of a work with a defective copy to the closed case about it, and what else a day brings."""
    yield step("the station begins", lambda: checkpoints.signing_key(store.settings.keys))
    trial = trial_of(store)
    while (state := trial.state()) != State.HANDED_OVER:
        yield step(f"after {state}", trial.steps()[state])
        if trial.state() == State.CERTIFIED:
            yield step("transfer act printed", trial.print_act)
    for name, act in trial.case():
        yield step(str(name), act)
    yield from around_the_day(store)


def trial_of(store: Store) -> AppealTrial:
    """The rehearsal's player, whose sheets go through the hot folder."""

    def drop(size: str) -> None:
        part = store.settings.inbox / f"{trial.code}-{size}.jpg.part"
        part.write_bytes(trial.sheet(size))
        # The scanner's own care: what it has not brought onto the disk is not the station's.
        put_in_place(part, part.with_suffix(""))
        come_to_rest(store)

    trial = AppealTrial(store, drop)
    return trial


def around_the_day(store: Store) -> Iterator[Case]:
    """What the technician does with a whole day."""
    stick = store.settings.data / "stick"
    stick.mkdir()
    first, second = stick / "first", stick / "second"
    fresh = Settings.from_env({}, data=stick / "fresh", argon2_cost=1)
    other = Settings.from_env({}, data=stick / "other", argon2_cost=1)
    with store.read() as uow:
        day = str(uow.session.scalars(select(Exam.date)).first())

    def no_half_station() -> list[str]:
        """What a backup that was cut off restores is whole, or is refused."""
        with contextlib.suppress(DomainError):
            backup.restore(first, fresh)
        return []

    def put_aside() -> None:
        link = store.settings.inbox / "link.jpg"
        if not link.is_symlink():
            link.symlink_to("/etc/passwd")
        special.refuse_special(store, link)

    def send_table() -> None:
        kept.keep(store, HEAD, [("plan.csv", io.BytesIO("а;б\n1;2\n".encode()))])

    yield step("link in the hot folder", put_aside)
    yield step("table of the plan sent in", send_table)
    yield step("bundle of the day", lambda: bundle.export(store, HEAD, day, stick / "day.zip"))
    yield step(
        "backup",
        lambda: backup.backup(store, first),
        again=lambda: backup.backup(store, second),
        always_again=True,
        check=no_half_station,
    )
    yield step(
        "restore",
        lambda: backup.restore(first, fresh),
        again=lambda: backup.restore(first, other),
        always_again=True,
    )
