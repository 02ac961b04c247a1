"""Browsers whose every press of a button goes through the hands of a campaign first."""

import io
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow
from tests.conftest import Browser

Form = dict[str, Any]
Hand = Callable[[FlaskClient, str, Form], Any]
"""What is done in place of sending this form with this client; its answer is shown to the person."""
DOOR = "/login"


class Watched(Browser):
    """A browser that hands each form to `hand` instead of sending it; log-ins are left alone."""

    def __init__(self, app: Any, hand: Hand) -> None:
        super().__init__(app)
        self.client = _Client(self.client, hand)


class _Client:
    def __init__(self, real: FlaskClient, hand: Hand) -> None:
        self.real, self.hand = real, hand

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def post(self, url: str, data: Form | None = None, **options: Any) -> Any:
        if url == DOOR:
            return self.real.post(url, data=data, **options)
        return self.hand(self.real, url, kept(data or {}))


def kept(form: Form) -> Form:
    """The form with the bytes of its files, so that it can be sent many times."""
    return {name: _each(value, _bytes) for name, value in form.items()}


def send(client: FlaskClient, url: str, form: Form) -> Any:
    """Send a form that was kept, and read the answer to its end."""
    answer = client.post(url, data={name: _each(value, _stream) for name, value in form.items()})
    answer.get_data()
    return answer


def same_person(client: FlaskClient) -> FlaskClient:
    """One more tab of this browser."""
    tab = client.application.test_client()
    tab._cookies = dict(client._cookies or {})
    return tab


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment; what came of each. What one of them raises is raised here."""
    gate, told, wrong = threading.Barrier(len(jobs)), list[Any](), list[BaseException]()

    def run(job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            told.append(job())
        except BaseException as error:
            wrong.append(error)

    crew = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    if wrong:
        raise wrong[0]
    return told


def entries(store: Store) -> Counter[str]:
    """What the ledger tells, without who came and went."""
    with store.read() as uow:
        found = uow.session.execute(select(EventRow.kind, EventRow.subject)).all()
    said = (f"{kind} {subject}" for kind, subject in found)
    return Counter(one for one in said if not one.startswith(("person:", "test:")))


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _bytes(value: Any) -> Any:
    if isinstance(value, tuple) and hasattr(value[0], "read"):
        return (value[0].read(), *value[1:])
    return value


def _stream(value: Any) -> Any:
    if isinstance(value, tuple) and isinstance(value[0], bytes):
        return (io.BytesIO(value[0]), *value[1:])
    return value
