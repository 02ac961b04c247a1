"""A refusal that was written down while nobody looked, in the reader's language."""

from typing import Any

from examday.i18n import gettext as _
from examday.i18n import spoken


def refused_words(told: dict[str, Any]) -> tuple[str, str]:
    """Why it was refused, and what to do."""
    params = spoken(told["params"])
    return _(told["message"], **params), _(told["advice"], **params)
