"""A document that can be printed: its name, and the function that builds its data."""

from collections.abc import Callable
from dataclasses import dataclass

from examday.services.unit_of_work import UnitOfWork

Builder = Callable[[UnitOfWork, str, bool], dict[str, object]]
"""Transaction, id of the thing, with the candidate's name → data for the typst template. Only data,
so that they can be digested."""


@dataclass(frozen=True)
class Document:
    """Name (a msgid) and builder of one document."""

    name: str
    build: Builder
