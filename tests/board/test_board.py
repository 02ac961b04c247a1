"""The board: who waits for whom, what stands still, counts that add up."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain import board
from examday.domain.board import Standing
from examday.domain.custody.lifecycle import (
    MOVES,
    WAITS_FOR,
    WAY,
    Medium,
    State,
    allowed,
    next_act,
    waits_for,
)

NOW = dt.datetime(2026, 6, 4, 11, 5, tzinfo=dt.UTC)


def standing(
    state: State,
    minutes: int = 1,
    room: str = "0101",
    number: int = 1,
    medium: Medium = Medium.ENLARGED,
) -> Standing:
    return Standing(
        f"w{number}",
        "",
        room,
        f"{number}А",
        medium,
        state,
        NOW - dt.timedelta(minutes=minutes),
    )


def test_only_enlarged_works_show_the_step_of_enlarging() -> None:
    assert State.ENLARGED in board.way_of(Medium.ENLARGED)
    assert State.ENLARGED not in board.way_of(Medium.BRAILLE)


def test_the_thread_says_what_is_done_where_it_is_and_what_is_to_come() -> None:
    line = board.thread(State.SETTLED, Medium.TYPED, NOW, NOW)
    places = [step.place for step in line.steps]
    assert places == ["done"] * 5 + ["here"] + ["todo"] * 6
    assert line.number == 6
    assert line.waits_for == WAITS_FOR[State.SETTLED]


def test_a_spoiled_work_stands_at_no_step_and_waits_for_nobody() -> None:
    line = board.thread(State.SPOILED, Medium.ENLARGED, NOW - dt.timedelta(hours=5), NOW)
    assert line.number == 0
    assert not line.waits_for
    assert not line.stuck


def test_whoever_still_writes_is_not_hurried_but_a_missing_signature_is() -> None:
    long_ago = NOW - dt.timedelta(hours=3)
    assert not board.is_stuck(State.ISSUED, long_ago, NOW)
    assert not board.is_stuck(State.ENLARGED, long_ago, NOW)
    assert board.is_stuck(State.VERIFIED, NOW - dt.timedelta(minutes=16), NOW)
    assert not board.is_stuck(State.VERIFIED, NOW - dt.timedelta(minutes=15), NOW)


def test_every_step_that_can_be_left_says_whom_it_waits_for() -> None:
    forward = {
        move.source
        for move in MOVES
        if move.target in WAY
        and move.source in WAY
        and WAY.index(move.target) > WAY.index(move.source)
    }
    assert forward == set(WAITS_FOR)
    assert set(board.STEP_LABELS) == set(WAY)


@pytest.mark.parametrize("medium", list(Medium))
def test_a_work_waits_for_enlarging_only_where_it_is_enlarged(medium: Medium) -> None:
    enlarged = any(move.action == "enlarge" for move in allowed(State.ISSUED, medium))
    for words in (waits_for(State.ISSUED, medium), next_act(State.ISSUED, medium)):
        assert ("nlarge" in words) == enlarged, words


def test_works_stand_in_one_queue_where_they_wait_for_the_same_act() -> None:
    queues = board.queues(
        [
            standing(State.ISSUED, number=1),
            standing(State.ISSUED, number=2, medium=Medium.BRAILLE),
            standing(State.ISSUED, number=3, medium=Medium.TYPED),
            standing(State.ENLARGED, number=4),
            standing(State.ISSUED, number=5, medium=Medium.ORAL),
        ],
        NOW,
    )
    found = [[s.id for s in queue.standings] for queue in queues]
    assert sorted(found) == [["w1"], ["w2", "w4"], ["w3"], ["w5"]], "what is the same stands once"
    assert len({queue.who for queue in queues}) == len(queues)


def test_works_that_came_together_stand_in_the_order_of_their_seats() -> None:
    """«2А» before «10А», room by room, as people walk and read."""
    came = [standing(State.ISSUED, number=n, room=room) for room, n in (("0102", 1), ("0101", 10))]
    queues = board.queues([*came, standing(State.ISSUED, number=2)], NOW)
    assert [(s.room, s.place) for s in queues[0].standings] == [
        ("0101", "2А"),
        ("0101", "10А"),
        ("0102", "1А"),
    ]


def test_queues_show_stuck_work_first_and_then_what_is_nearest_to_the_end() -> None:
    queues = board.queues(
        [
            standing(State.PACKED, 5, number=1),
            standing(State.COLLECTED, 31, number=2),
            standing(State.VERIFIED, 2, number=3),
            standing(State.VERIFIED, 9, number=4),
        ],
        NOW,
    )
    assert [WAY[queue.step] for queue in queues] == [State.COLLECTED, State.PACKED, State.VERIFIED]
    assert [s.id for s in queues[2].standings] == ["w4", "w3"]
    assert queues[0].stuck == 1


def test_rooms_run_down_and_keep_the_oldest_work_of_each_step() -> None:
    rows = board.rows(
        [
            standing(State.SCANNED, 3, "0102", 1),
            standing(State.SCANNED, 50, "0102", 2),
            standing(State.SPOILED, 1, "0101", 3),
        ],
        NOW,
    )
    assert [row.room for row in rows] == ["0101", "0102"]
    cell = rows[1].cells[State.SCANNED]
    assert cell.oldest == NOW - dt.timedelta(minutes=50)
    assert cell.stuck == 1
    assert rows[0].off == 1
    assert rows[1].through(State.COLLECTED)
    assert not rows[1].through(State.SCANNED)


def test_a_seat_without_a_work_does_not_add_up() -> None:
    counts = board.counts(3, [State.ISSUED, State.PACKED])
    assert counts[0].wrong
    assert (counts[0].value, counts[0].of) == (2, 3)


@given(st.lists(st.sampled_from(list(State))))
def test_counts_always_add_up(states: list[State]) -> None:
    counts = {count.key: count for count in board.counts(len(states), states)}
    assert not counts["expected"].wrong
    values = [
        counts[key].value
        for key in ("expected", "scanned", "keyed", "copied", "verified", "signed", "packed")
    ]
    assert values == sorted(values, reverse=True)
    rows = board.rows([standing(state, number=n) for n, state in enumerate(states)], NOW)
    assert sum(row.total for row in rows) == len(states)
    assert sum(len(cell.standings) for row in rows for cell in row.cells.values()) + sum(
        row.off for row in rows
    ) == len(states)
