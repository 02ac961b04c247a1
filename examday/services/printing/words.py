"""Words that all print-outs share.

Print-outs are always in Russian, whatever language the pages are read in: they go into the files of
the exam board and of the processing centre.
"""

import datetime as dt
from collections.abc import Mapping

from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.plan.findings import Word
from examday.i18n import catalogue
from examday.services.unit_of_work import UnitOfWork


def ru(message: str, **params: object) -> str:
    """Translate `message` into Russian and fill in `params`."""
    text = catalogue("ru").gettext(message) if message else ""
    return text % params if params else text


def ru_params(params: Mapping[str, object]) -> dict[str, object]:
    """Translate the parameters of a message that are words of the program; codes stay."""
    return {key: _ru_param(value) for key, value in params.items()}


def _ru_param(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(ru(part) for part in value)
    return ru(value) if isinstance(value, Word) else value


def role(of: Role) -> str:
    """Name a role."""
    return ru(ROLE_NAMES[of])


def agreed(counts_agree: bool) -> str:
    """Say whether counts agree; «НЕТ» in capitals, so that it is not overlooked in a column of «да»."""
    return ru(N_("yes")) if counts_agree else ru(N_("NO"))


def moment(uow: UnitOfWork, at: dt.datetime | None) -> str:
    """Day and time of the point: «04.06.2026 14:05»; empty for no time."""
    return uow.local(at).strftime("%d.%m.%Y %H:%M") if at else ""


def clock(uow: UnitOfWork, at: dt.datetime) -> str:
    """Time of day of the point: «14:05»."""
    return uow.local(at).strftime("%H:%M")
