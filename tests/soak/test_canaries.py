"""A name of its own for each candidate, looked for in every page, export, print-out and log that anybody may open
of a day in use: who may see no names meets none."""

import io
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import select

from examday.domain.people.roles import Actor, may
from examday.paper.readout import pdf_text
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Candidate
from examday.web.app import attach
from tests import people_at_once
from tests.conftest import Browser, Clock
from tests.jobs.test_log import lines
from tests.ledger.test_midday import unpack
from tests.ledger.test_page_costs import NOW
from tests.people.test_permissions import ROLES

__all__ = ["lines"]  # a fixture, used by its name alone
FIELDS = ("surname", "name", "patronymic", "document")
MOST = 250
"""Addresses that one role opens: a day has thousands, most of them alike."""
LINK = re.compile(r"""(?:href|src|data-src)="(/[^"#]*)""")
LEAVES = ("/logout", "/static/", "/lang")


@pytest.fixture
def day(tmp_path: Path, dice: random.Random) -> Iterator[tuple[Store, list[str]]]:
    """A day in use whose candidates bear names that stand nowhere else."""
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"), argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    store = Store(settings, Clock(NOW))
    names = []
    with store.begin(Actor.system("test")) as uow:
        for candidate in uow.session.scalars(select(Candidate)):
            for field in FIELDS:
                names.append("".join(dice.choices("бвгджзклмнпрст", k=9)).capitalize())
                setattr(candidate, field, names[-1])
            uow.record("test:names", f"candidate:{candidate.id}")  # type: ignore[arg-type]
    assert names
    yield store, names
    store.close()


def test_who_may_see_no_names_meets_none(
    pages: Flask,
    day: tuple[Store, list[str]],
    lines: io.StringIO,
    dice: random.Random,
    seconds: float,
) -> None:
    store, names = day
    attach(pages, store)
    people = {f"eye-{role.value}".replace("_", "-"): (role,) for role in ROLES}
    people_at_once.add_all(store, people)
    opened, met, wrong = Counter[str](), Counter[str](), []
    end, (head, *others) = time.monotonic() + seconds, people
    # The head first: what nobody meets would be looked for in vain.
    for login in [head, *dice.sample(others, len(others))]:
        (role,), client = people[login], Browser(pages)
        if len(opened) > 1 and time.monotonic() > end:
            break
        client.log_in(login)
        for address, text in walk(client):
            opened[login] += 1
            if found := [name for name in names if name.casefold() in text.casefold()]:
                met[login] += 1
                if not may({role}, "names.see"):
                    wrong.append((login, address, len(found)))
    print(f"\n{sum(opened.values())} pages of {len(opened)} roles, names on {dict(met)}")
    assert wrong == []
    assert met[head], "a name that nobody meets"
    assert not [name for name in names if name in lines.getvalue()], "a name stands in the log"


def walk(client: Browser) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from the board and the menu, and what stands in it."""
    waiting, seen = (
        ["/", "/day", "/plan/", "/ledger/", "/print/", "/scans/", "/appeals/"],
        set[str](),
    )
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        if address in seen or address.startswith(LEAVES):
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code in (301, 302, 303):
            waiting.append(urljoin(address, answer.location))
            continue
        data = answer.get_data()
        answer.close()
        assert answer.status_code < 500 or address.startswith("/health"), address
        html = answer.mimetype == "text/html"
        if html:
            text = data.decode()
            waiting += [found.replace("&amp;", "&") for found in LINK.findall(text)]
        yield address, text if html else words(data, answer.mimetype)
        yield address, str(answer.headers)


def words(data: bytes, kind: str) -> str:
    """What can be read in a file that was sent."""
    if data[:4] == b"%PDF":
        return pdf_text(data)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return "\n".join(
                [*file.namelist(), *(words(file.read(n), "") for n in file.namelist())]
            )
    return data.decode("utf-8", "replace") + data.decode("cp1251", "replace")
