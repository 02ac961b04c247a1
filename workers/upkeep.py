"""Tasks for which nobody waits: open the store, call one use case. Twice has the effect of once."""

from examday.domain.jobs import Task
from examday.services.jobs import outbox, upkeep
from examday.services.ledger import checkpoints
from examday.services.plan.tables import kept
from examday.services.scans import matching
from examday.services.travel.waiting import keeping
from examday.storage import broker
from workers.app import LONG_LIMIT_S, app, store


@app.task(name=Task.MATCH_PAGES)
def match_pages() -> None:
    """Try pages with unknown codes again."""
    for site in store().points():
        matching.match_again(store().at(site))


@app.task(name=Task.VERIFY_OBJECTS, time_limit=LONG_LIMIT_S, acks_late=False)
def verify_objects() -> None:
    """Compare stored originals with their digests; make missing pictures again."""
    upkeep.verify_objects(store())
    upkeep.remake_pictures(store())


@app.task(name=Task.MAKE_PICTURES)
def make_pictures(station_id: str) -> None:
    """Make the pictures of a point's originals that came in with a bundle of this station."""
    outbox.run(
        store(),
        Task.MAKE_PICTURES,
        station_id,
        upkeep.pictures_of_point,
        upkeep.leave_to_the_clock,
    )


@app.task(name=Task.SIGN_CHECKPOINTS)
def keep_checkpoints() -> None:
    """Sign the ledger every hundred entries."""
    checkpoints.keep_checkpoints(store())


@app.task(name=Task.TIDY)
def tidy() -> None:
    """Remove what nobody needs any more."""
    outbox.tidy(store())
    kept.sweep(store())
    keeping.sweep(store())


@app.task(name=Task.ANSWER)
def answer(word: str) -> None:
    """Tell the one who waits for this word that a worker takes jobs and reaches its database."""
    with store().read():
        broker.answer(broker.broker_url(store().settings), word)
