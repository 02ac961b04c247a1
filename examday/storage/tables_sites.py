"""The sites of an installation, and who serves where. A station has none: it is one site itself."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from examday.storage.base import SITE, Base


class Site(Base):
    """One exam point of a region."""

    __tablename__ = "site"
    key: Mapped[str] = mapped_column(SITE, primary_key=True)
    """Code of the region and of the point, as its people write it. Never used anew, since old works
    name it."""
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(40))
    """IANA name: the days and times that people of this point see."""


class PersonSite(Base):
    """A person serves at a site beside the one that keeps the account."""

    __tablename__ = "person_site"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.key"), primary_key=True)
    # Ended and never removed: works of the site go on naming the person.
    ended: Mapped[bool] = mapped_column(default=False)


class PersonSiteRole(Base):
    """A role that a person has at a site beside the one that keeps the account.

    Where somebody has any, these count there, and the account's own do not.
    """

    __tablename__ = "person_site_role"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("site.key"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
