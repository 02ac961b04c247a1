"""Works of every medium go through the pages, and before each press of a button the same form, filled in as it is,
comes from somebody of every role that may not do it, logged in by the real page: refused, and nothing changes."""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from examday.domain.people.roles import Role, may
from examday.services.unit_of_work import Store
from examday.web.access import rule_of
from tests import one_work, people_at_once
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.every_medium import WAYS
from tests.people.test_permissions import ROLES, contents
from tests.soak.pressing import Form, Watched, send

ANYBODY = ("public", "logged-in")


@pytest.mark.parametrize("way", WAYS)
def test_nobody_takes_a_step_of_another_role(
    app: Flask,
    store: Store,
    browser: Callable[[], Browser],
    without_children: None,
    dice: random.Random,
    seconds: float,
    way: str,
) -> None:
    logins = {f"other-{role}".replace("_", "-"): role for role in ROLES}
    people_at_once.add_all(store, {login: (role,) for login, role in logins.items()})
    others: dict[Role, tuple[Browser, str]] = {}
    for login, role in logins.items():
        one = browser()
        one.log_in(login)
        others[role] = one, one.token()
    tried, wrong, end = Counter[int](), list[str](), time.monotonic() + seconds

    def first_the_others(client: Any, url: str, form: Form) -> Any:
        endpoint, _args = app.url_map.bind("localhost").match(urlsplit(url).path, "POST")
        rule = str(rule_of(app, endpoint))
        strangers = [r for r in others if rule not in ANYBODY and not may({r}, rule)]
        if tried and time.monotonic() > end:
            strangers = strangers[:1]
        before = contents(store)
        for role in dice.sample(strangers, len(strangers)):
            one, token = others[role]
            answer = send(one.client, url, {**form, "csrf_token": token})
            tried[answer.status_code] += 1
            if answer.status_code not in (403, 404):
                wrong.append(f"{role} at {url}: {answer.status_code}")
        if contents(store) != before:
            wrong.append(f"{url}: something changed")
        return send(client, url, form)

    WAYS[way](
        one_work.maker(store, window=lambda login: Clerk(Watched(app, first_the_others), login))
    )
    print(f"\n{way}: {sum(tried.values())} forms of others: {dict(tried)}")
    assert wrong == []
    assert tried
