"""Works of every medium, carried through the pages: each press of a button is cut off before and after each act by
which it leaves a trace, and pressed again."""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from examday.services.unit_of_work import Store
from tests import one_work
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.every_medium import WAYS
from tests.one_work import Work
from tests.soak.acts import Acts
from tests.soak.ground import Ground

PRESSED = (
    "issue",
    "enlarge",
    "add",
    "record",
    "collect",
    "attach",
    "key_in",
    "copy",
    "verify",
    "sign",
    "pack",
)
SENT = ("send", "hand_over")
"""Several transactions: each is there whole or not at all, and a cut in the middle is gone on from by other ways."""
STEPS = 24
"""Of a work, about: each gets the same share of the time."""


@pytest.mark.parametrize("way", WAYS)
def test_a_button_that_is_cut_off_has_done_all_or_nothing(
    app: Flask,
    store: Store,
    browser: Callable[[], Browser],
    without_children: None,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    dice: random.Random,
    seconds: float,
    way: str,
) -> None:
    # A compiled template that is kept is no trace of a step; the second time there is none to write.
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", None)
    ground = Ground(store, tmp_path_factory.mktemp("kept"))
    points, faults, inside = Counter[str](), list[str](), list[str]()

    def hurt(whose: type[Any], name: str) -> None:
        real = getattr(whose, name)

        def done(one: Any, *given: Any, **named: Any) -> Any:
            act = lambda: real(one, *given, **named)  # noqa: E731
            if inside:  # a button of a step that is cut off as a whole
                return act()
            inside.append(name)
            for fault in cut(ground, act, name not in SENT, dice, seconds / STEPS, points):
                faults.append(f"{name}: {fault}")
                print(faults[-1], flush=True)
            said = act()
            inside.clear()
            return said

        monkeypatch.setattr(whose, name, done)

    for name in (*PRESSED, *SENT):
        hurt(Work, name)
    hurt(Clerk, "press")  # of a notebook: its pages, its answers, handing in
    WAYS[way](one_work.maker(store, browser))
    print(f"\n{way}: {sum(points.values())} points of {len(points)} steps")
    assert faults == []
    assert ground.wrong() == []


def cut(
    ground: Ground,
    act: Callable[[], object],
    again: bool,
    dice: random.Random,
    seconds: float,
    points: Counter[str],
) -> list[str]:
    """Cut the step off at its points, as many as there is time for; what is wrong then."""
    ground.keep()
    ground.put_back()
    clean, faults, end = ground.child(act, figures=True), list[str](), time.monotonic() + seconds
    assert clean.code == 0, clean.trace
    after = ground.figures()
    order = list(enumerate(clean.acts.passed, 1))
    dice.shuffle(order)
    for number, name in order:
        ground.put_back()
        told = ground.child(act, Acts(cut_at=number))
        points[name] += 1
        if not told.cut or ground.figures() != clean.seen[told.acts.commits]:
            faults.append(f"{name}: not as after {told.acts.commits} transactions {told.trace}")
        if again and ground.figures() == clean.seen[0] != after:
            repeated = ground.child(act)
            if repeated.code or ground.figures() != after:
                faults.append(f"{name}: not done again {repeated.trace}")
        faults += [f"{name}: {fault}" for fault in ground.wrong()]
        if time.monotonic() > end:
            break
    ground.put_back()
    return faults
