"""Texts for people: English msgids and Russian catalogues.

The catalogues (examday/locale/<language>/*.po) are read once at first use.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import Msgid

LANGUAGES = {"ru": "Русский", "en": "English"}
LOCALE = Path(__file__).parent / "locale"
language: ContextVar[str] = ContextVar("language", default="ru")
"""Of the request and not of the program: two people at one station may read two languages."""


@cache
def catalogue(code: str) -> NullTranslations:
    """All .po files of one language merged; English needs none, because msgids are English."""
    merged: Translations | None = None
    for path in sorted((LOCALE / code).glob("*.po")):
        with path.open("rb") as source:
            compiled = BytesIO()
            write_mo(compiled, read_po(source, locale=code))
        part = Translations(BytesIO(compiled.getvalue()))
        merged = part if merged is None else merged.merge(part)
    return merged or NullTranslations()


def gettext(message: str, **params: object) -> str:
    """`message` in the present language, with %(name)s places filled from `params`."""
    text = catalogue(language.get()).gettext(message) if message else ""
    return text % params if params else text


def decimal(value: float, places: int = 1, code: str = "") -> str:
    """Return a number with `places` decimals at most, as it is written in `code`.

    Without `code` in the present language.
    """
    pattern = "0." + "#" * places
    return str(format_decimal(value, format=pattern, locale=code or language.get()))


def spoken(params: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a message in the present language.

    Texts of the program (`Msgid`), also in lists, are translated, and a number with a fraction gets
    the sign of the language (1,5 in Russian); codes stand in groups of digits, as on papers. What
    people typed stays as typed.
    """
    return {key: _spoken(value) for key, value in params.items()}


def _spoken(value: object) -> object:
    if isinstance(value, Msgid):
        return gettext(value)
    if isinstance(value, list | tuple) and any(isinstance(part, Msgid) for part in value):
        return ", ".join(str(_spoken(part)) for part in value)
    if isinstance(value, str):
        return ", ".join(spaced(part) for part in value.split(", "))
    return decimal(value, 2) if isinstance(value, float) else value


def ngettext(
    singular: str,
    plural: str,
    number: int,
    **params: object,
) -> str:
    """The right plural form for `number`; `%(n)s` and `%(num)s` stand for the number itself."""
    text = catalogue(language.get()).ngettext(singular, plural, number)
    return text % {"n": number, "num": number, **params}
