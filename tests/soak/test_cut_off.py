"""Each step of a day, an appeal included, is cut off before and after each act by which it leaves a trace; once
as a kill does it, once with the power."""

import random
import time
from collections import Counter

import pytest

from examday.services.unit_of_work import Store
from tests.conftest import Clock
from tests.soak.acts import Acts
from tests.soak.ground import Ground, Told, come_to_rest
from tests.soak.use_cases import PLACES, Case, the_day

STEPS = 26
"""Of a whole day: each gets the same share of the time, and at least one point."""


@pytest.fixture
def ground(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(store, tmp_path_factory.mktemp("kept"))


@pytest.mark.parametrize("power", [False, True], ids=["killed", "no power"])
def test_a_step_that_is_cut_off_is_done_whole_or_not_at_all(
    ground: Ground,
    clock: Clock,
    without_children: None,
    dice: random.Random,
    seconds: float,
    power: bool,
) -> None:
    points, reached, faults, left = Counter[str](), set[str](), list[str](), 0
    for case in the_day(ground.store):
        ground.keep()
        ground.put_back()
        clean = ground.child(case.act, figures=True)
        assert clean.code == 0, f"{case.name}: {clean.trace}"
        after = ground.figures()
        reached |= set(clean.acts.reached)
        end = time.monotonic() + seconds / STEPS
        # The last cut: the power goes when the step is done and everything was acknowledged, so
        # nothing may be lost.
        order = list(enumerate([*clean.acts.passed, "all is done"], 1))
        dice.shuffle(order)
        for tried, (number, name) in enumerate(order):
            if tried and time.monotonic() > end:
                left += len(order) - tried
                break
            ground.put_back()
            points[name.partition(" · ")[0]] += 1
            for fault in cut(ground, clock, case, number, clean, after, dice if power else None):
                faults.append(f"{case.name}, {name}: {fault}")
                print(faults[-1], flush=True)
        ground.put_back()
        case.act()
    print(f"\n{sum(points.values())} points, {left} left for want of time: {dict(points)}")
    assert faults == []
    assert set(PLACES) <= reached, set(PLACES) - reached


def cut(
    ground: Ground,
    clock: Clock,
    case: Case,
    number: int,
    clean: Told,
    after: Counter[str],
    dice: random.Random | None,
) -> list[str]:
    """Cut the step off at this point and go on; what is wrong then."""
    told = ground.child(case.act, Acts(cut_at=number))
    if not told.cut and number <= len(clean.acts.passed):
        return [f"was not reached: {told.code} {told.trace}"]
    lost = ground.disk.cut_power(told.acts, dice) if dice else []
    clock.forward(minutes=1)  # later, since a lease of who was killed is over then
    faults = ground.wrong()
    if ground.figures() != clean.seen[told.acts.commits]:
        faults.append(
            f"not as after {told.acts.commits} transactions: {differ(ground, clean.seen[told.acts.commits])}"
        )
    done = told.acts.commits == clean.acts.commits
    rest = ground.child(lambda: come_to_rest(ground.store))
    if rest.code:
        return [*faults, f"the station does not come to rest: {rest.trace}"]
    if (
        ground.figures() == clean.seen[0]
        and clean.seen[0] != after
        or case.always_again
        and not done
    ):
        again = ground.child(case.again)
        if again.code:
            return [*faults, f"cannot be done again: {again.trace}"]
        done = True
    if done and ground.figures() != after:
        faults.append(f"not as after a step that was not cut off: {differ(ground, after)}")
    faults += ground.accounted() + (case.check() if case.check else [])
    return [f"{fault} (lost: {lost})" if lost else fault for fault in faults]


def differ(ground: Ground, wanted: Counter[str]) -> str:
    """What there is too much, and what is missing."""
    there = ground.figures()
    return f"{dict(there - wanted)} too much, {dict(wanted - there)} missing"
