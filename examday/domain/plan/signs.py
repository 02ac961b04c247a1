"""Cells that could not be read.

Such a cell carries a sign instead of a value, so that nothing takes it for an empty one.
"""

import re
import unicodedata

from examday.domain.identity import is_ordinary
from examday.domain.messages import N_, Msgid

NO_VALUE, NO_MEMO, MERGED, DIGITS_LOST = "#FORMULA!", "#MEMO!", "#MERGED!", "#DIGITS!"
"""Put in place of a value that could not be read: an empty cell would take something out of the
plan."""
TOO_NARROW = "#####"
"""How a column too narrow for its number is shown; the others stand as the office programs write
them."""
_OURS: dict[str, Msgid] = {
    NO_VALUE: N_("There is a formula in the cell, and no value was saved with it."),
    NO_MEMO: N_("The text of the cell stands in a second file (DBT, FPT) that was not sent."),
    MERGED: N_("The cell is merged with others; whose value it is cannot be told."),
    DIGITS_LOST: N_("The number is too long for a table: its last digits are lost."),
}
_ERRORS = frozenset(
    [
        "#N/A",
        "#Н/Д",
        "#REF!",
        "#ССЫЛКА!",
        "#VALUE!",
        "#ЗНАЧ!",
        "#NAME?",
        "#ИМЯ?",
        "#DIV/0!",
        "#ДЕЛ/0!",
        "#NUM!",
        "#ЧИСЛО!",
        "#NULL!",
        "#ПУСТО!",
        "#SPILL!",
        "#ПЕРЕНОС!",
        "#CALC!",
        "#ВЫЧИСЛ!",
        "#FIELD!",
        "#ПОЛЕ!",
        "#BLOCKED!",
        "#CONNECT!",
        "#BUSY!",
        "#GETTING_DATA",
        "#ОЖИДАНИЕ_ДАННЫХ",
        "#UNKNOWN!",
        "#EXTERNAL!",
        "#PYTHON!",
        "#ERROR!",
        "#ОШИБКА!",
    ]
)
"""Errors as office programs write them, in English and in Russian. Taken for text, «#Н/Д» would
become a surname."""
_ERROR_NUMBER = re.compile(r"(?:ERR|ОШИБКА):\d{3}")
"""LibreOffice writes «Err:502» or «Ошибка:502»: an error, and no text of a plan."""
_TOO_NARROW = re.compile(r"#{3,}")
"""A saved CSV holds what the screen showed: ### where the column was too narrow."""
_LOST_LETTERS = re.compile(r"(?:\?{2,}[\s\-.]*)+|\w*\?{3,}\w*")
"""Question marks that replace Russian letters after saving in an encoding without them: the names
are gone."""


def why_unread(text: str) -> Msgid | None:
    """Why the cell could not be read; None for a value."""
    # Nearly all cells leave here, before the slower checks.
    if "#" not in text and "?" not in text and ":" not in text and is_ordinary(text):
        return None
    upper = text.strip().upper()
    if upper in _OURS:
        return _OURS[upper]
    if upper in _ERRORS or _ERROR_NUMBER.fullmatch(upper):
        return N_("There is an error of the office program in the cell: «%(text)s».")
    if _TOO_NARROW.fullmatch(upper):
        return N_("The column was too narrow when the table was saved: only «%(text)s» is left.")
    if any(_no_character(sign) for sign in text) or _LOST_LETTERS.fullmatch(upper):
        return N_("Some characters of the cell could not be read: «%(text)s».")
    return None


def _no_character(sign: str) -> bool:
    """Stands for bytes that mean nothing, or for a picture of somebody's own font."""
    return sign == "\ufffd" or unicodedata.category(sign) in ("Cs", "Co")
