"""Where a check begins that goes on from an earlier one: behind the entry whose code is on paper."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from examday.domain import ledger
from examday.domain.errors import DiskTrouble, Invalid
from examday.domain.messages import N_
from examday.services.ledger import writing
from examday.services.ledger.checking.tables import Look
from examday.services.ledger.checking.walk import Start, Walk
from examday.services.unit_of_work import Store
from examday.storage.sites import has_sites
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

    Invalid when one of them is no code.
    """
    on_paper = ledger.parse_code(code, "code") if code else None
    return on_paper, ledger.parse_code(since, "since") if since else None


def require_one_site(store: Store) -> None:
    """Invalid where several points are looked at together: the chain of which of them goes on, an
    earlier check does not say.
    """
    with store.read() as uow:
        several = not store.site and has_sites(uow.session)
    if several:
        raise Invalid(
            N_("Each point has a ledger of its own, and a check goes on in one of them."),
            code="no-point",
            field="since",
            advice=N_("Choose the point beside your name, or name it: --site."),
        )


def require_looked_at(on_paper: Told | None, begin: Start | None, chains: Collection[str]) -> None:
    """Invalid when a code would be looked for where nothing is looked at: before the beginning, or,
    as a code does not say of which chain it is, perhaps in another.
    """
    if on_paper is None or begin is None or (len(chains) == 1 and on_paper[0] >= begin.seq):
        return
    raise Invalid(
        N_("The code from paper is older than the check that is to be gone on with.")
        if len(chains) == 1
        else N_(
            "The code from paper does not say whether it is of the point or of one of its stations."
        ),
        code="checkpoint-code",
        field="since",
        advice=N_("Leave this empty: then everything is checked."),
    )


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
