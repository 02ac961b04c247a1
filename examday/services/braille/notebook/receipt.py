"""Receipt of envelopes: nothing is read from a notebook that still lies in its package."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from examday.domain.braille.commission import PACKAGE_WAITS_FOR
from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict
from examday.domain.messages import N_, Msgid
from examday.domain.transfer.duties import ARBITER, FIRST, PART_RULES, SECOND
from examday.services.custody.papers import GONE, VOID
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

READS = (FIRST, SECOND, ARBITER)
"""Parts that say what stands in a notebook: none of them begins before its package was opened."""
READ_AT = frozenset(PART_RULES[part].state for part in READS)
"""Where a work waits for one of them: elsewhere its package holds up nobody."""


@dataclass(frozen=True)
class Package:
    """A package for the commission, with envelopes that nobody has taken over yet."""

    id: str
    code: str
    state: str

    @property
    def waits_for(self) -> Msgid:
        """Who acts next with it, and what the act is."""
        return Msgid(PACKAGE_WAITS_FOR[self.state])

    @property
    def to_open(self) -> bool:
        """Whether it has come to the commission, where it is opened against a count."""
        return self.state == GONE


def packages(uow: UnitOfWork, works: Iterable[Booklet]) -> dict[str, Package]:
    """Return the package that the envelope of each Braille work lies in, by the id of the work.

    The package is opened by the commission against a count, which takes the envelopes out. A
    commission that sits in the point and gets its envelopes without a package has nothing to open.
    """
    notebooks = [work.id for work in works if work.is_braille]
    if not notebooks:
        return {}
    package = aliased(Item)
    rows = uow.session.execute(
        select(Item.booklet_id, package.id, package.code, package.state)
        .join(package, Item.parent_id == package.id)
        .where(
            Item.booklet_id.in_(notebooks),
            Item.kind == Kind.ENVELOPE,
            Item.state.not_in(VOID),
            package.kind == Kind.PACKET,
            package.sheet == Purpose.COMMISSION,
        )
        .order_by(package.code.desc())
    )
    return {str(work): Package(id, code, state) for work, id, code, state in rows}


def package_of(uow: UnitOfWork, booklet: Booklet) -> Package | None:
    """Return the package that keeps this work from being read; None when nothing does."""
    return packages(uow, [booklet]).get(booklet.id)


def need_taken_over(uow: UnitOfWork, booklet: Booklet, part: str) -> None:
    """Conflict while the envelope of a Braille work lies in a package for the commission.

    Says which package it is and for whom it waits.
    """
    package = package_of(uow, booklet) if part in READS else None
    if package is not None:
        raise Conflict(
            N_("The envelope of this work lies in the package %(code)s, which is not opened yet."),
            code="not-received",
            advice=N_(
                "The package waits for %(who)s. After that the work can be keyed in. If it is not to"
                " go in a package, take the envelope out."
            ),
            params={"code": package.code, "who": package.waits_for, "package": package.id},
        )
