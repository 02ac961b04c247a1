"""Works of every medium go through the pages, and each button is pressed by a crowd at the same moment (a double
click, two tabs, a slow network): it is done once, and nobody sees a fault of program or database."""

import random
import time
from collections import Counter
from typing import Any

import pytest
from flask import Flask

from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.web.app import attach
from tests import one_work
from tests.at_desks import Clerk
from tests.conftest import Clock
from tests.every_medium import WAYS
from tests.soak.pressing import Form, Watched, at_once, entries, same_person, send

CROWDS = (2, 2, 3, 8, 30, 100)


@pytest.mark.parametrize("way", WAYS)
def test_a_button_that_many_press_at_once_has_done_its_step_once(
    pages: Flask,
    each_store: Store,
    clock: Clock,
    without_children: None,
    dice: random.Random,
    seconds: float,
    way: str,
) -> None:
    attach(pages, each_store)
    pressed, wrong, end = Counter[int](), list[str](), time.monotonic() + seconds

    def crowd(client: Any, url: str, form: Form) -> Any:
        # As many as there is time for; the way goes to its end all the same.
        many = dice.choice(CROWDS) if time.monotonic() < end or not pressed else 2
        before = entries(each_store)
        answers = at_once([lambda: send(same_person(client), url, form) for _ in range(many)])
        pressed[many] += 1
        said = Counter(answer.status_code for answer in answers)
        # With a hundred at once 503 tells some that others are at it: connections are few.
        calm = {503} if many == max(CROWDS) else set()
        if any(status >= 500 and status not in calm for status in said) or set(said) <= calm:
            wrong.append(f"{url}, {many} at once: {dict(said)}")
        once = entries(each_store) - before
        twice = {said: n for said, n in once.items() if n > 1}
        wrong.extend(f"{url}, {many} at once: {n} times {what}" for what, n in twice.items())
        return min(answers, key=lambda answer: answer.status_code // 100 in (4, 5))

    def window(login: str) -> Clerk:
        return Clerk(Watched(pages, crowd), login)

    WAYS[way](one_work.maker(each_store, window=window))
    print(
        f"\n{way}, {each_store.engine.dialect.name}: {sum(pressed.values())} buttons pressed by {dict(pressed)}"
    )
    assert wrong == []
    assert audit.verify(each_store).ok
