"""Where a check begins that goes on from an earlier one: behind the entry whose code is on paper."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from examday.domain import ledger
from examday.domain.errors import DiskTrouble, Invalid
from examday.domain.messages import N_
from examday.services.ledger import writing
from examday.services.ledger.checking.tables import Look
from examday.services.ledger.checking.walk import Start, Walk
from examday.storage.tables import EventRow

Told = tuple[int, str]
"""A code from paper: the number of its entry, and the code."""


def starts(look: Look, site: str, told: Told | None) -> Mapping[str, Start]:
    """Return by chain behind which entry a check of this site begins; nothing for a check of all.

    A chain of a station begins where that had come in by then. Nothing, too, when the site's
    chain has no entry with this code: then all is checked, and the code is a finding.
    """
    if told is None or (root := _hash_of(look, site, told[0])) is None:
        return {}
    begin = Start(told[0], root)
    if _code_of(begin) != told[1]:
        return {}
    own = Walk(site, frozenset(), begin)
    own.remember(look.connection)
    ends = {came.station: came.last for came in own.arrivals if isinstance(came.last, int)}
    came_in = {
        name: Start(last, root)
        for station, last in ends.items()
        for name in [writing.chain_of(site, station)]
        if (root := _hash_of(look, name, last)) is not None
    }
    return {site: begin, **came_in}


def typed(code: str | None, since: str | None) -> tuple[Told | None, Told | None]:
    """Return the code to be found and the one behind which the check begins.

    Invalid when one of them is no code, or the first would be looked for where nothing is looked at.
    """
    on_paper = ledger.parse_code(code, "code") if code else None
    told = ledger.parse_code(since, "since") if since else None
    if on_paper and told and on_paper[0] < told[0]:
        raise Invalid(
            N_("The code from paper is older than the check that is to be gone on with."),
            code="checkpoint-code",
            field="since",
            advice=N_("Leave this empty: then everything is checked."),
        )
    return on_paper, told


def _code_of(start: Start) -> str:
    try:
        return ledger.checkpoint_code(*start)
    except ValueError:  # the entry's hash is no hash
        return ""


def _hash_of(look: Look, chain: str, seq: int) -> str | None:
    asked = select(EventRow.hash).where(writing.of_chain(EventRow, chain), EventRow.seq == seq)
    try:
        found = look.connection.scalar(asked)
    except (SQLAlchemyError, DiskTrouble):
        return None  # a check of all names the table
    return found if isinstance(found, str) else None
