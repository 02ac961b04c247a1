"""The plan changes by an order: its tables are judged as if somebody had sent them in here."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from examday.domain.errors import Conflict, Stale
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.plan.rows import Answers
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import tables_of
from examday.services.plan.proposals.proposal import ASKED, WRONG
from examday.services.plan.tables import parts, sets
from examday.services.plan.tables.parts import Part
from examday.services.plan.tables.sets import Found
from examday.services.travel.orders.obeying import Order, note
from examday.services.unit_of_work import Store, UnitOfWork


@contextmanager
def laid_out(store: Store, letter: Letter) -> Iterator[list[Part]]:
    """The tables of an order as files, which are thrown away."""
    with tempfile.TemporaryDirectory(prefix="order-", dir=store.settings.var) as folder:
        found = list[Part]()
        for number, (name, text) in enumerate(sorted(tables_of(letter).items())):
            path = Path(folder) / f"{number}.csv"
            path.write_text(text, encoding="utf-8")
            found += parts.parts_of(name[:120], path)
        yield found


def look(store: Store, actor: Actor, order: Order) -> list[Found]:
    """Say row by row what would change; nothing does."""
    with laid_out(store, order.letter) as tables:
        return sets.examine(store, actor, tables)


def verdict(found: Sequence[Found]) -> tuple[int, int]:
    """Rows that are wrong here (also those that papers of a candidate stand against), and those that
    would take something away.
    """
    rows = [row.what for one in found if one.report for row in one.report.rows]
    unread = sum(1 for one in found if one.report is None)
    return rows.count(WRONG) + unread, rows.count(ASKED)


def report(found: Sequence[Found]) -> str:
    """What the tables would do, as a digest: a yes is to one report and to no other."""
    return sets.fingerprint(found)


def agreed(
    store: Store,
    actor: Actor,
    tables: Sequence[Part],
    take_away: bool,
    seen: str,
) -> str:
    """The fingerprint of what will be done, when the yes was said to what the tables would do now.

    `seen`: the `report` that was read. Conflict where something would be taken away and nobody
    has said yes to that; Stale where the plan has changed since.
    """
    found = sets.examine(store, actor, tables)
    asked = verdict(found)[1]
    if asked and not take_away:
        raise Conflict(
            N_("The order takes something away from the plan: %(count)s rows."),
            code="takes-away",
            advice=N_(
                "Nothing was changed. Look at the rows, and say yes to that too: --take-away."
            ),
            params={"count": asked},
        )
    if seen != report(found):
        raise Stale(
            N_("The plan has changed since you read the report."),
            advice=N_("Nothing was brought in. Read the report once more; it is a new one."),
        )
    return sets.fingerprint(sets.examine(store, actor, tables, Answers(take_away=take_away)))


def carry_out(
    uow: UnitOfWork,
    order: Order,
    tables: Sequence[Part],
    take_away: bool,
    said: str,
) -> list[Found]:
    """Bring the tables in, all or none. `said`: what `agreed` has given.

    Invalid while a row is wrong; Stale where the plan has changed since.
    """
    found = sets.bring_in(uow, tables, Answers(take_away=take_away), said)
    note(uow, order, f"centre:{order.letter['station']}")
    return found
