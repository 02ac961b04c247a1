"""The training appeal: a work of an earlier training day, handed over with planted transfer
errors, now disputed.
"""

import datetime as dt

from sqlalchemy import select

from examday.domain.appeals.case import Kind
from examday.domain.custody.lifecycle import State
from examday.services.appeals import registration
from examday.services.appeals.decision import centre
from examday.services.people.directory import actor_of, by_login
from examday.services.training.demo_files import disputed_work, recognised
from examday.services.training.demo_works import Player
from examday.services.training.earlier_day import earlier_booklet
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal


def seed_appeal(store: Store, pin: str) -> str:
    """Play the disputed work to its hand-over and register the appeal on it; once.

    Returns the appeal's id.
    """
    given = disputed_work()
    booklet_id = earlier_booklet(store, given)
    Player(store, pin, given).run()
    with store.read() as uow:
        known = uow.session.scalars(
            select(Appeal.id).where(Appeal.booklet_id == booklet_id)
        ).first()
        secretary = by_login(uow, "secretary")
        handed_over = uow.get(Booklet, booklet_id).state == State.HANDED_OVER
    # Without the sample sheets the work has not got so far: no appeal then.
    if known or secretary is None or not handed_over:
        return known or ""
    with store.begin(actor_of(secretary)) as uow:
        appeal = registration.register(uow, _filing(booklet_id, uow.today()))
    with store.begin(actor_of(secretary)) as uow:
        centre.import_recognised(uow, appeal.id, recognised(given), {}, {}, [])
    return str(appeal.id)


def _filing(booklet_id: str, day: dt.date) -> registration.Filing:
    """An appeal on the score, filed in person on the day the results came."""
    return registration.Filing(
        Kind.SCORE,
        booklet_id,
        filed=day,
        reached=day,
        result_day=day,
        facts={"presence": "own", "text": "Пересмотреть краткие ответы."},
    )
