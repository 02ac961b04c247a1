"""Wrong tries: pauses grow, five a minute at most, ten and the account is locked."""

import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from examday.domain.people.throttle import (
    LOCK_AFTER,
    PER_MINUTE,
    STRANGERS_PER_MINUTE,
    Ruling,
    crowd,
    rule,
)

START = dt.datetime(2026, 6, 4, 11, tzinfo=dt.UTC)


def wrong(number: int, every_s: int = 0) -> list[tuple[dt.datetime, bool]]:
    """So many wrong tries, newest first, the newest at START."""
    return [(START - dt.timedelta(seconds=every_s * n), False) for n in range(number)]


def test_the_first_tries_need_no_waiting() -> None:
    assert [rule(wrong(n, 30), START).wait for n in range(3)] == [0, 0, 0]


def test_pauses_grow() -> None:
    waits = [rule(wrong(n, 60), START).wait for n in range(3, LOCK_AFTER)]
    assert waits == sorted(waits) and waits[0] == 5 and waits[-1] == 60


def test_ten_wrong_tries_lock_and_then_allow_one_a_minute() -> None:
    assert rule(wrong(LOCK_AFTER, 60), START).locked
    assert rule(wrong(LOCK_AFTER, 60), START).wait == 0
    assert rule(wrong(LOCK_AFTER + 1, 60), START).wait == 60


def test_a_good_try_forgives_earlier_ones() -> None:
    tries = [(START, True), *wrong(9, 1)]
    assert rule(tries, START) == rule([], START)


def test_five_in_a_minute_wait_until_the_first_of_them_is_a_minute_old() -> None:
    tries = wrong(PER_MINUTE, 10)
    assert rule(tries, START).wait == 20, "the longer of pause and minute: 60 - 40"
    assert rule(tries, START + dt.timedelta(seconds=20)) == Ruling(0, False)
    assert rule([*wrong(PER_MINUTE - 1, 1), (START, True)], START).wait == 10, "the pause alone"


def test_a_part_of_a_second_is_waited_for_whole() -> None:
    tries = wrong(3)
    assert rule(tries, START + dt.timedelta(seconds=0.5)).wait == 5
    assert rule(tries, START + dt.timedelta(seconds=4.1)).wait == 1
    assert rule(tries, START + dt.timedelta(seconds=5)).wait == 0


def test_a_crowd_waits_until_fewer_than_its_limit_lie_within_a_minute() -> None:
    times = [at for at, _good in wrong(STRANGERS_PER_MINUTE, 1)]
    assert crowd(times, START) == 60 - (STRANGERS_PER_MINUTE - 1)
    assert crowd(times[:-1], START) == 0
    assert crowd(times, START, most=2) == 59
    assert crowd(times, START + dt.timedelta(minutes=1)) == 0
    assert crowd([], START) == 0


def test_a_clock_set_back_locks_nobody_out() -> None:
    assert rule(wrong(5), START - dt.timedelta(days=1)).wait == 0


@given(st.lists(st.integers(0, 40), min_size=30, max_size=120))
@example([1] * 120)
def test_however_one_hurries_never_more_than_five_checks_reach_the_hash_in_a_minute(
    gaps: list[int],
) -> None:
    tries: list[tuple[dt.datetime, bool]] = []
    now = START
    for gap in gaps:
        now += dt.timedelta(seconds=gap)
        if not rule(tries, now).wait:
            tries.insert(0, (now, False))
    for newest, _ in tries:
        within = [
            at for at, _ in tries if dt.timedelta(0) <= newest - at < dt.timedelta(seconds=60)
        ]
        assert len(within) <= PER_MINUTE
