"""How much background work a store still has to do."""

from examday.services.jobs.backlog import backlog
from examday.services.unit_of_work import Store


def open_jobs(store: Store) -> int:
    """How many jobs are not done yet."""
    return sum(backlog(store).waiting.values())
