"""What travels between a station and the centre: who they are to each other, what came in, what was
confirmed, and who may write a work.

`station`, `station_key` and `arrival` are the centre's, `centre` and `receipt` a station's; a
`work_keeper` row is made at the station and comes along in its bundles.
"""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import SITE, Base, JsonObject, OfSite, WithId

STAYS = frozenset(
    {
        *("person", "person_role", "site", "person_site", "person_site_role"),
        *("station", "station_key", "arrival", "centre", "receipt", "rule_text"),
    }
)
"""Recorded tables whose rows do not travel: secrets, and what each end keeps for itself."""


def travels(table: str) -> bool:
    """Whether the rows of this table go to the centre as they are."""
    return table not in STAYS


class Station(Base):
    """One laptop of an exam point, as the centre knows it. A point may have another one later."""

    __tablename__ = "station"
    id: Mapped[str] = mapped_column(SITE, primary_key=True)
    """Given by the centre; the name of its chain here (`EventRow.chain`), so it never changes."""
    point: Mapped[str] = mapped_column(ForeignKey("site.key"))
    invited_at: Mapped[dt.datetime]
    # None: nobody has compared the words of its key yet, and nothing of it is taken in.
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class StationKey(Base):
    """A public key of a station. The last one counts; earlier ones prove what was signed before."""

    __tablename__ = "station_key"
    sealed = True
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The keys before it stay, so that what they signed can still be checked."""
    public_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Ed25519, hex. Of one station alone: a copy of a laptop is no second station."""
    at: Mapped[dt.datetime]


class Arrival(WithId, OfSite, Base):
    """One bundle that was taken in: the entries `first` … `last` of a station's ledger."""

    __tablename__ = "arrival"
    sealed = True
    __table_args__ = (UniqueConstraint("station_id", "last"),)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"))
    first: Mapped[int]
    last: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    """Hash of entry `last`: two histories of one length differ in it."""
    bundle: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the manifest: the same bundle on two sticks is known by it."""
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    """What the receipt says beside the range, and how far the station's clock was off: as signed,
    for a later dispute."""
    at: Mapped[dt.datetime]


class Centre(Base):
    """The centre that a station sends to. The one that was joined last counts."""

    __tablename__ = "centre"
    id: Mapped[str] = mapped_column(SITE, primary_key=True)
    """What the centre calls this station: its letters are to that name."""
    point: Mapped[str] = mapped_column(SITE)
    """Its site there. Here all rows are of the installation itself, so it is kept apart."""
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class Receipt(WithId, Base):
    """What the centre has confirmed: that it holds the ledger up to entry `last`."""

    __tablename__ = "receipt"
    sealed = True
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    last: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    said: Mapped[JsonObject]
    """Word for word as the centre signed it, else its signature could not be checked any more."""
    signature: Mapped[str] = mapped_column(String(200))
    at: Mapped[dt.datetime]


class WorkKeeper(OfSite, Base):
    """Who may write a work: one writer at a time. Without a row it is the station that made it."""

    __tablename__ = "work_keeper"
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"), primary_key=True)
    keeper: Mapped[str] = mapped_column(String(8))
    """«centre» or «station»: of two writers one would be refused only after the work was done."""
    at: Mapped[dt.datetime]
