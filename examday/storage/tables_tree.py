"""What is kept of the hash tree over a chain, so that one work can be proved without all the rest.

Made from the entries of whole blocks, long after these were written: nobody waits for it.
"""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import SITE, Base


class TreeBlock(Base):
    """The root over one block of a chain's entries."""

    __tablename__ = "tree_block"
    ledgered = False
    sealed = True
    site: Mapped[str] = mapped_column(SITE, primary_key=True)
    chain: Mapped[str] = mapped_column(SITE, primary_key=True, default="", server_default="")
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 0, as hash trees count (RFC 9162): one number for every verifier."""
    hash: Mapped[str] = mapped_column(String(64))


class RowEntry(Base):
    """Which entries of whole blocks recorded a row.

    Only leads there: what the entry says is read from the entry.
    """

    __tablename__ = "row_entry"
    ledgered = False
    sealed = True
    site: Mapped[str] = mapped_column(SITE, primary_key=True)
    chain: Mapped[str] = mapped_column(SITE, primary_key=True, default="", server_default="")
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """A number made of the row's key: a ledger names millions."""
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
