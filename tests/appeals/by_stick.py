"""A work that is transferred at its point and comes to the centre by stick, where its case is heard."""

from pathlib import Path
from typing import Any

from examday.services.unit_of_work import Store
from tests.appeals import test_whole_case as whole
from tests.travel.two_ends import POINT, enrolled, sent, taken

AT_THE_POINT = ("anna", "boris")
"""Who transferred the work there: at the centre they are copies who cannot log in."""


def nobody() -> Any:
    """There is no browser at the point."""
    raise AssertionError("nobody opens a page of the point")


def transferred(centre: Store, station: Store, play: whole.Play, bundle: Path) -> str:
    """The first transfer at a station of the point; its work is taken in at the centre."""
    station.clock = play.clock
    play.day(play.year.exam)
    enrolled(centre, station, POINT)
    there = whole.Play(station, nobody, play.clock, play.year)
    there.picture = play.picture  # type: ignore[method-assign]
    work = whole.first_transfer(there)
    taken(centre, sent(station, bundle))
    play.people |= {login: there.people[login] for login in AT_THE_POINT}
    return work


def to_its_decision(play: whole.Play, work: str) -> None:
    """The appeal about the work is filed, heard and decided."""
    whole.file_the_appeal(play, work)
    whole.appoint(play)
    whole.sit(play)
    whole.find_and_decide(play)
