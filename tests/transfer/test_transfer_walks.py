"""Random walks: whatever people try in whatever order, no step is skipped, nobody does two parts
that must be apart, and nothing that was handed in disappears."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from examday.domain.custody.lifecycle import MOVES, State
from examday.domain.errors import DomainError
from examday.domain.people.roles import Role
from examday.domain.transfer.answers import Check, Choice, Ruling, Seen, Value
from examday.domain.transfer.duties import PARTS
from examday.services.people import directory
from examday.services.transfer import (
    assignments,
    copying,
    keyin,
    offers,
    reopening,
    verification,
)
from examday.services.transfer.hands import done_by
from examday.services.transfer.readings import values_of, visible
from examday.services.transfer.settling import decision, own_reading
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Assignment, Booklet, EventRow, Reading
from tests import day
from tests.transfer_day import Hands

PEOPLE = ("anna", "boris", "vera", "gleb")
WHO = st.sampled_from(PEOPLE)
PART = st.sampled_from(PARTS)
ARROWS = {(m.source, m.target) for m in MOVES}
APART = (("first", "second"), ("first", "arbiter"), ("second", "arbiter"), ("copier", "verifier"))


class Walk(RuleBasedStateMachine):
    """One work and four people who try things."""

    migrated: Path
    reached: set[State] = set()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        made = Settings.from_env({}, data=self.folder, argon2_cost=1)
        made.make_folders()
        shutil.copy(self.migrated, made.var / "examday.sqlite")
        self.store = Store(made)
        crew = {who: day.person(self.store, who, Role.ASSISTANT) for who in PEOPLE}
        self.crew = Hands(
            self.store, {**crew, "head": day.person(self.store, "head", Role.SITE_HEAD)}
        )
        self.work = self.crew.work(tasks=2)
        self.kept: set[tuple[str, str]] = set()
        self.state = State.SCANNED

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def attempt(self, who: str, service: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Try it; a refusal must leave everything as it was."""
        before = self.crew.state(self.work)
        try:
            return self.crew.do(who, service, self.work, *args, **named)
        except DomainError:
            assert self.crew.state(self.work) == before
            return None

    @rule(who=WHO, part=PART)
    def take(self, who: str, part: str) -> None:
        self.attempt(who, assignments.take, part)

    @rule(who=WHO, part=PART)
    def give_back(self, who: str, part: str) -> None:
        self.attempt(who, assignments.release, part)

    @rule(
        who=WHO, part=st.sampled_from(["first", "second"]), answer=st.sampled_from(["ДОМ", "ДЫМ"])
    )
    def hand_in(self, who: str, part: str, answer: str) -> None:
        self.attempt(who, keyin.submit, part, self.crew.values(self.work, t1=answer))

    @rule(who=WHO, answer=st.sampled_from(["ДОМ", "ДЫМ", "ДУМ"]))
    def read_apart(self, who: str, answer: str) -> None:
        self.attempt(who, own_reading.give_own, {"1": Value(answer)})

    @rule(who=WHO, choice=st.sampled_from(list(Choice)), reason=st.sampled_from(["", "видно"]))
    def decide(self, who: str, choice: Choice, reason: str) -> None:
        self.attempt(who, decision.decide, {"1": Ruling(choice, Value("ДЕМ"), reason)})

    @rule(who=WHO)
    def copy(self, who: str) -> None:
        self.attempt(who, copying.finish)

    @rule()
    def scan(self) -> None:
        if self.crew.state(self.work) == State.COPIED:
            self.crew.scan_copy(self.work)

    @rule(who=WHO, right=st.booleans())
    def verify(self, who: str, right: bool) -> None:
        checks = self.crew.checks(self.work)
        if not right:
            checks["1"] = Check(Seen.DIFFERS, Value("ДЯМ"))
        self.attempt(who, verification.submit, checks)

    @rule(who=st.sampled_from(["anna", "head"]))
    def reopen(self, who: str) -> None:
        if self.crew.state(self.work) != State.SCANNED:
            self.attempt(who, reopening.reopen, "лист был не тот")

    @rule(who=WHO)
    def go_on(self, who: str) -> None:
        """The program's own offers are always ones it then accepts."""
        for kind in offers.KINDS:
            self.crew.do(who, offers.next_work, kind)

    @rule(answer=st.sampled_from(["ДОМ", "ДЫМ"]), right=st.booleans())
    def work_as_meant(self, answer: str, right: bool) -> None:
        """Whoever may do what comes next does it, so that walks come far."""
        for who in PEOPLE:
            self.go_on(who)
            with self.store.read(directory.actor_of(self.crew.people[who])) as uow:
                mine = assignments.my_parts(uow, uow.get(Booklet, self.work))
            for part in sorted(mine):
                self.do_part(who, part, answer, right)
        self.scan()

    def do_part(self, who: str, part: str, answer: str, right: bool) -> None:
        """The work of one part."""
        if part in ("first", "second"):
            self.hand_in(who, part, answer if right or part == "first" else "ДУМ")
        elif part == "arbiter":
            self.read_apart(who, answer)
            self.decide(who, Choice.OWN, "")
        elif part == "copier":
            self.copy(who)
        else:
            self.verify(who, right)

    @invariant()
    def only_arrows_of_the_table(self) -> None:
        now = State(self.crew.state(self.work))
        with self.store.read() as uow:
            events = uow.session.execute(
                select(EventRow.kind, EventRow.data)
                .where(EventRow.kind.like("booklet:%"))
                .order_by(EventRow.seq)
            ).all()
        walked = [
            (json.loads(data)["source"], json.loads(data)["target"]) for _kind, data in events
        ]
        assert set(walked) <= ARROWS
        assert all(before[1] == after[0] for before, after in zip(walked, walked[1:], strict=False))
        assert not walked or walked[-1][1] == now
        self.state = now
        type(self).reached.update(State(target) for _source, target in walked)

    @invariant()
    def people_stay_apart(self) -> None:
        with self.store.read() as uow:
            done = done_by(uow, uow.get(Booklet, self.work))
            for row in uow.session.scalars(
                select(Assignment).where(Assignment.version == uow.get(Booklet, self.work).version)
            ):
                done[row.part].add(row.person_id)
        for one, other in APART:
            assert not done[one] & done[other], (one, other)

    @invariant()
    def nothing_handed_in_is_lost(self) -> None:
        with self.store.read() as uow:
            now = {(r.id, r.sha256) for r in uow.session.scalars(select(Reading))}
        assert self.kept <= now
        self.kept = now

    @invariant()
    def nobody_sees_a_strangers_reading_before_it_is_settled(self) -> None:
        for who in PEOPLE:
            actor = directory.actor_of(self.crew.people[who])
            with self.store.read(actor) as uow:
                booklet = uow.get(Booklet, self.work)
                seen = visible(uow, booklet)
                own = {
                    r.source
                    for r in seen
                    if r.person_id == actor.person_id and r.version == booklet.version
                }
            if booklet.state == State.SCANNED:
                assert all(r.person_id == actor.person_id for r in seen)
            if booklet.state == State.KEYED and "arbiter" not in own:
                assert all(r.person_id == actor.person_id for r in seen)

    @invariant()
    def what_is_verified_was_read_by_somebody(self) -> None:
        if self.state != State.VERIFIED:
            return
        with self.store.read() as uow:
            version = uow.get(Booklet, self.work).version
            rows = list(uow.session.scalars(select(Reading).where(Reading.version == version)))
        final = values_of(next(r for r in rows if r.source == "verified"))["1"]
        read = {values_of(r)["1"] for r in rows if r.source in ("first", "second", "arbiter")} | {
            Value("ДЕМ")
        }
        assert final in read


@pytest.fixture(scope="module")
def _pattern(migrated: Path) -> None:
    Walk.migrated = migrated


@pytest.mark.release
def test_no_walk_breaks_the_rules(_pattern: None) -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {State.KEYED, State.SETTLED, State.COPY_SCANNED, State.VERIFIED} <= Walk.reached
