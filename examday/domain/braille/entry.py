"""How somebody keys a notebook in: with which keys, and what is spoken of a cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Keys(StrEnum):
    """With which keys cells are entered."""

    SIX = "six"
    """All dots of a cell at once, as a Brailler is typed on: the quickest for whoever learned
    it."""
    SINGLE = "single"
    """One dot after another: for keyboards and hands that cannot do six at once."""
    NUMBERS = "numbers"
    TEXT = "text"


class Echo(StrEnum):
    """What is spoken for a cell."""

    NONE = "none"
    LETTER = "letter"
    DOTS = "dots"
    BOTH = "both"


@dataclass(frozen=True)
class Way:
    """The way of one person. `rolling`: keys that overlap shortly belong to the next cell."""

    keys: Keys = Keys.TEXT
    echo: Echo = Echo.LETTER
    rolling: bool = False


def way_of(said: Mapping[str, object]) -> Way:
    """Read a way that was sent or kept; what is unknown is the way of somebody new."""
    keys, echo = str(said.get("mode", "")), str(said.get("echo", ""))
    return Way(
        Keys(keys) if keys in set(Keys) else Keys.TEXT,
        Echo(echo) if echo in set(Echo) else Echo.LETTER,
        str(said.get("roll", "")) == "1",
    )


def as_kept(way: Way) -> dict[str, str]:
    """Return a way as it is stored: `way_of` reads it."""
    return {"mode": way.keys, "echo": way.echo, "roll": "1" if way.rolling else ""}
