"""The tiflo-translator commission: size, impartiality, working time."""

import datetime as dt

import pytest

from examday.domain.braille import commission as c
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict


@pytest.mark.parametrize(
    ("works", "rule", "needed"),
    [(0, 2, 0), (1, 2, 1), (2, 2, 1), (3, 2, 2), (12, 2, 6), (5, 0, 3), (4, 1, 4)],
)
def test_one_translator_for_two_works(works: int, rule: int, needed: int) -> None:
    assert c.size_needed(works, rule) == needed


@pytest.mark.parametrize(
    ("translator", "reason"),
    [
        (c.Translator("a", suspended=True), "is suspended"),
        (c.Translator("a", relatives=frozenset({"C-1"})), "related"),
        (c.Translator("a", subjects=frozenset({"01"})), "teaches"),
        (c.Translator("a", schools=frozenset({"000417"})), "school"),
        (c.Translator("b"), "other part"),
    ],
)
def test_who_may_not_get_a_work(translator: c.Translator, reason: str) -> None:
    work = c.Work("w", "000417", "01", "C-1", {"first": "b"})
    assert reason in c.objections(translator, work)[0]
    with pytest.raises(Conflict, match="may not get"):
        c.check_given(translator, work)


def test_an_impartial_translator_gets_the_work() -> None:
    fine = c.Translator("a", frozenset({"000001"}), frozenset({"02"}), frozenset({"C-9"}))
    assert not c.objections(fine, c.Work("w", "000417", "01", "C-1", {"first": "b"}))


def test_working_time_is_what_lies_between_coming_and_going() -> None:
    def at(hour: int) -> dt.datetime:
        return dt.datetime(2026, 6, 4, hour, tzinfo=dt.UTC)

    stays = c.shifts(
        [
            ("come", "a", at(8)),
            ("come", "a", at(9)),
            ("go", "a", at(10)),
            ("come", "b", at(9)),
            ("go", "c", at(9)),
            ("come", "a", at(12)),
        ]
    )
    assert c.worked(stays, at(13)) == {"a": dt.timedelta(hours=3), "b": dt.timedelta(hours=4)}


def test_the_report_counts_every_work_once_by_the_step_it_has_reached() -> None:
    state = c.progress(
        [
            (State.ISSUED, 0),
            (State.COLLECTED, 0),
            (State.SCANNED, 1),
            (State.KEYED, 2),
            (State.CERTIFIED, 2),
            (State.HANDED_OVER, 2),
            (State.SPOILED, 0),
        ]
    )
    assert (state.planned, state.received, state.given_out, state.read) == (6, 5, 4, 3)
    assert (state.settled, state.done, state.handed_over, state.waiting) == (2, 2, 1, 3)
