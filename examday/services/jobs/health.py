"""Whether everything that a page needs answers: what a proxy asks before it sends people here."""

from collections import Counter

import redis
from sqlalchemy.exc import SQLAlchemyError

from examday.domain.errors import DomainError
from examday.services.unit_of_work import Store
from examday.storage import broker
from examday.storage.database import form_of, newest_form
from examday.storage.objects.opened import originals


def not_ready(store: Store) -> list[str]:
    """Names of what does not answer: database, form (not the newest one), broker, originals.

    Empty when people can work. Each is asked by itself, so that all that is missing is named.
    """
    checks = {"broker": _broker_answers, "originals": _originals_there}
    found = _database(store)
    return found + [name for name, check in checks.items() if not check(store)]


def _database(store: Store) -> list[str]:
    try:
        with store.engine.connect() as connection:
            now = form_of(connection)
    except (SQLAlchemyError, DomainError):
        return ["database"]
    return [] if now == newest_form() else ["form"]


def _broker_answers(store: Store) -> bool:
    try:
        with broker.connect(broker.broker_url(store.settings)) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError, DomainError):
        return False


def workers(store: Store) -> Counter[str] | None:
    """How many workers of each queue have given a sign of life; None where the broker is silent."""
    try:
        with broker.connect(broker.broker_url(store.settings)) as client:
            return Counter(broker.signed_in(client))
    except (redis.RedisError, OSError, DomainError):
        return None


def _originals_there(store: Store) -> bool:
    return originals(store.settings).answers()
