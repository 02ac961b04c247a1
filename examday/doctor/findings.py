"""A finding of the doctor: one thing looked at, how bad it is, what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.settings import Settings


class Level(StrEnum):
    """How bad it is: all well, something is switched off, the station cannot run."""

    OK = "ok"
    OFF = "off"
    FAIL = "fail"


SIGNS = {Level.OK: "✓", Level.OFF: "–", Level.FAIL: "✗"}
"""Shapes, not colours: a terminal may have none, and some people do not see them."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `message` and `advice` are msgids with places for `params`."""

    part: str
    level: Level
    message: str
    advice: str = ""
    params: dict[str, object] = field(default_factory=dict)

    @property
    def sign(self) -> str:
        """✓, – or ✗."""
        return SIGNS[self.level]

    def text(self) -> str:
        """What was found, in the reader's language."""
        return _(self.message) % self.params

    def remedy(self) -> str:
        """What to do about it, in the reader's language."""
        return _(self.advice) % self.params if self.advice else ""


Check = Callable[[Settings], Iterable[Finding]]
"""Looks at one part. Its name without the underscore names the part when the check itself breaks,
so that the others still speak."""


def findings_of(check: Check, settings: Settings) -> list[Finding]:
    """What a check finds; that it breaks is a finding too, and the other checks still run."""
    try:
        return list(check(settings))
    except Exception as error:
        params: dict[str, object] = {"part": check.__name__, "error": type(error).__name__}
        message = N_("This could not be looked at (%(part)s): %(error)s.")
        return [Finding(check.__name__, Level.FAIL, message, "", params)]


def standing_folder(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there: a station makes its own at the start."""
    while not folder.exists():
        folder = folder.parent
    return folder
