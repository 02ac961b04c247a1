"""Words that all print-outs share.

Print-outs are always in Russian, whatever language the pages are read in: they go into the files of
the exam board and of the processing centre.
"""

import datetime as dt
from collections.abc import Mapping

from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.findings import Login, SubjectCode, Word
from examday.i18n import catalogue, decimal
from examday.services.rules.rulesets import subject
from examday.services.unit_of_work import UnitOfWork

NOBODY: Mapping[str, str] = {}
"""No names known: people stand by their log-in."""


def ru(message: str, **params: object) -> str:
    """Translate `message` into Russian and fill in `params`."""
    text = catalogue("ru").gettext(message) if message else ""
    return text % params if params else text


def ru_decimal(value: float, places: int = 1) -> str:
    """Return a number with `places` decimals at most, with the comma of Russian papers."""
    return decimal(value, places, "ru")


def ru_params(
    params: Mapping[str, object], people: Mapping[str, str] = NOBODY
) -> dict[str, object]:
    """Translate the parameters of a message: words of the program, dates, people (login → name)."""
    return {key: _ru_param(value, people) for key, value in params.items()}


def _ru_param(value: object, people: Mapping[str, str]) -> object:
    if isinstance(value, tuple):
        return ", ".join(str(_ru_param(part, people)) for part in value)
    if isinstance(value, Login):
        return people.get(value, str(value))
    if isinstance(value, SubjectCode):
        return subject(value)
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    return ru(value) if isinstance(value, Word) else value


def role(of: Role) -> str:
    """Name a role."""
    return ru(ROLE_NAMES[of])


def agreed(counts_agree: bool) -> str:
    """Say whether counts agree; «НЕТ» in capitals, so that it is not overlooked in a column of «да»."""
    return ru(N_("yes")) if counts_agree else ru(N_("NO"))


def counted(counts_agree: bool | None) -> str:
    """Say whether the last counts agreed, or that nobody has counted yet."""
    return ru(N_("not counted")) if counts_agree is None else agreed(counts_agree)


def moment(uow: UnitOfWork, at: dt.datetime | None) -> str:
    """Day and time of the point: «04.06.2026 14:05»; empty for no time."""
    return uow.local(at).strftime("%d.%m.%Y %H:%M") if at else ""


def clock(uow: UnitOfWork, at: dt.datetime) -> str:
    """Time of day of the point: «14:05»."""
    return uow.local(at).strftime("%H:%M")
