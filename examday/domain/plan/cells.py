"""Cells of the plan's files.

The text of one cell becomes a value, or Invalid with the reason in the words of the trade.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Invalid
from examday.domain.identity import clean, shortened
from examday.domain.messages import N_
from examday.domain.plan.columns import Column, named
from examday.domain.plan.dates import day_written
from examday.domain.plan.signs import why_unread

_TIME = re.compile(r"(\d{1,2})(?:[:.\-]|\s*ч\.?\s*)(\d{2})(?::00|\s*(?:ч|мин)\.?)?", re.A | re.I)
"""Schools write 10.00, 10:00, 10-00 and 10 ч 00 мин; a table program adds seconds."""
_DURATION = re.compile(
    r"(\d{1,2})(?::([0-5]\d)(?::00)?|\s*ч\.?(?:\s*([0-5]?\d)\s*мин\.?)?)", re.A | re.I
)
"""Minutes of an exam as hours: «3 ч 55 мин», «4 ч», «3:55». «3.55» may be a fraction and is refused."""
_UNIT = re.compile(r"(.*?\d)\s*-?([а-яёa-z ]+)\.?", re.I)
"""«280 лк», «3-й этаж»: schools write the unit into the cell, and the number alone is wanted."""
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0+)?", re.A)
"""«26,0»: a table program has made a number with a fraction of the code. At most nine digits: no
count or code of the plan is longer."""
_MADE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{2}:\d{2}:\d{2}", re.A)
"""What a code like «1-2» becomes in a table program: it is named as damaged, since the code is
gone."""
_LEAST_LIKE = 0.75
"""Similarity (0…1, difflib) from which a misspelt word is proposed. Low, because a person chooses
and nothing is taken by itself."""
_LOGIN = re.compile(r"[a-zа-яё0-9][a-zа-яё0-9._-]{1,63}")
"""Lower case only: two log-ins that differ in capitals cannot be told apart when read aloud."""
_DOCUMENT = re.compile(r"(?P<form>[^№\d]*?)\s*(?:(?:№|N)\s*(?P<number>.+))?")
"""«заверенная копия № 12»: schools write form and number into one cell, and R19 asks for the
form."""


class Unclear(Invalid):
    """Words that are not in the list but may mean some of it; `proposals` says which.

    A person answers; nothing is guessed.
    """

    code = "unclear"
    message = N_("«%(words)s» is not a word of the list. Is meant: %(likely)s?")

    def __init__(self, proposals: Mapping[str, tuple[str, ...]], column: Column) -> None:
        likely = dict.fromkeys(value for values in proposals.values() for value in values)
        super().__init__(
            params={
                "words": "; ".join(proposals),
                "likely": ", ".join(column.said.get(value, value) for value in likely),
            }
        )
        self.proposals = proposals


def read_text(column: Column, text: str) -> str:
    """Text as it stands, within its length; no line breaks or control characters.

    A code is no date that an office program made of it.
    """
    if column.code and _MADE_DATE.fullmatch(text):
        raise Invalid(
            N_("«%(text)s» is a date or a time, not a code: the office program has changed it."),
            params={"text": text[:40]},
        )
    # Control characters would break lines of print-outs and of the ledger's screen.
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise Invalid(N_("There are invisible control characters or line breaks in the cell."))
    if column.length and len(text) > column.length:
        raise Invalid(
            N_("Too long: %(length)s characters, at most %(limit)s."),
            params={"length": len(text), "limit": column.length},
        )
    return text


def read_digits(column: Column, text: str) -> str:
    """A code of fixed length; zeros that an office program took away come back.

    «ауд. 201» is the room 0201. A word that may mean a code is asked about (`Unclear`).
    """
    whole = _WHOLE.fullmatch(_without_word(column, text))
    if not whole and column.words:
        return read_one(column, text)
    if not whole or len(whole[1]) > column.length:
        raise Invalid(
            N_("«%(text)s» is not a code of %(length)s digits."),
            params={"text": text[:40], "length": column.length},
        )
    # «01» becomes 1 in every table program: the zeros are the most frequent damage of all.
    return whole[1].zfill(column.length)


def _without_word(column: Column, text: str) -> str:
    """A code without the word before it that says what it is a code of."""
    words = "|".join(re.escape(word) for word in column.before)
    return re.sub(rf"^(?:{words})\.?\s*(?=\d)", "", text, flags=re.I) if words else text


def _without_unit(column: Column, text: str) -> str:
    """A number without the unit of its column: another unit is another column's number."""
    match = _UNIT.fullmatch(text)
    return match[1] if match and named(match[2]) in map(named, column.units) else text


def read_number(column: Column, text: str) -> int:
    """A whole number within its limit; the unit of the column may stand behind it."""
    whole = _WHOLE.fullmatch(_without_unit(column, text))
    if not whole:
        raise Invalid(N_("«%(text)s» is not a whole number."), params={"text": text[:40]})
    if column.most and int(whole[1]) > column.most:
        raise Invalid(
            N_("%(number)s is too many; at most %(limit)s."),
            params={"number": whole[1], "limit": column.most},
        )
    return int(whole[1])


def read_minutes(column: Column, text: str) -> int:
    """A duration in minutes, also written in hours and minutes."""
    hours = _DURATION.fullmatch(text)
    if not hours:
        return read_number(column, text)
    return read_number(column, str(int(hours[1]) * 60 + int(hours[2] or hours[3] or 0)))


def read_date(column: Column, text: str) -> dt.date:
    """A day, in any of the ways in which people write one (`dates`)."""
    return day_written(text)


def read_time(column: Column, text: str) -> str:
    """A time of day as "HH:MM"."""
    match = _TIME.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise Invalid(N_("«%(text)s» is not a time; write HH:MM."), params={"text": text[:40]})
    return f"{int(match[1]):02d}:{match[2]}"


def read_one(column: Column, text: str) -> str:
    """One of the known words."""
    try:
        return column.words[named(text)]
    except KeyError:
        likely = proposals(column, text)
        if likely:
            # Never guessed: a wrong need would give a candidate the wrong kit.
            raise Unclear({text[:60]: likely}, column) from None
        raise Invalid(N_("«%(text)s» is not known here."), params={"text": text[:60]}) from None


def read_flag(column: Column, text: str) -> bool:
    """Yes or no."""
    try:
        return column.words[named(text)] == "yes"
    except KeyError:
        raise Invalid(N_("«%(text)s»: write «да» or «нет»."), params={"text": text[:40]}) from None


def read_many(column: Column, text: str) -> list[str]:
    """Known words, separated by semicolons or commas; all unknown ones are named at once."""
    # A known word may hold a comma itself: «бланки, увеличенные до А3».
    return _several(
        column,
        [
            word
            for part in re.split(r"[;\n]", text)
            for word in ([part.strip()] if named(part) in column.words else pieces(part))
        ],
    )


def _several(column: Column, words: Sequence[str]) -> list[str]:
    strange = {word: proposals(column, word) for word in words if named(word) not in column.words}
    # Unknown words come before unclear ones: the person has to open the file anyway.
    unknown = [word for word, likely in strange.items() if not likely]
    if unknown:
        raise Invalid(N_("Not known here: %(words)s."), params={"words": "; ".join(unknown)})
    if strange:
        raise Unclear(strange, column)
    return sorted({column.words[named(word)] for word in words})


def pieces(text: str) -> list[str]:
    """The words of a cell that holds several."""
    return [word.strip() for word in re.split(r"[;,\n/]", text) if word.strip()]


def proposals(column: Column, word: str) -> tuple[str, ...]:
    """Return the values that somebody may have meant by a word that is not in the list.

    These are what people call them, and words spelled almost alike.
    """
    asked = named(word)
    found = [value for stem, values in column.likely.items() if stem in asked for value in values]
    # In short words one letter changes everything: «да» and «на» are not the same slip.
    near = get_close_matches(asked, column.words, 3, _LEAST_LIKE) if len(asked) > 3 else []
    return tuple(dict.fromkeys([*found, *(column.words[each] for each in near)]))


def read_document(column: Column, text: str) -> dict[str, str]:
    """Read "копия № 12": the form of the document and, when given, its number."""
    match = _DOCUMENT.fullmatch(read_text(Column("", "", length=120), text))
    form = named(match["form"]) if match else ""
    if not match or form not in column.words:
        raise Invalid(
            N_(
                "«%(text)s»: write «оригинал», «заверенная копия» or «копия», and the number after «№»."
            ),
            params={"text": text[:60]},
        )
    return {
        "form": column.words[form],
        **({"number": match["number"].strip()} if match["number"] else {}),
    }


def read_form_code(column: Column, text: str) -> str:
    """The form number of a kit: EAN-13."""
    # The ending goes, because a table program keeps thirteen digits as a number with a fraction.
    return form_code(text.removesuffix(".0"))


def read_numbers(column: Column, text: str) -> list[int]:
    """Task numbers: "27" or "13, 14, 15" or "13-19"."""
    found: set[int] = set()
    for part in re.split(r"[;,\s]+", text.removesuffix(".0")):
        match = re.fullmatch(r"(\d{1,2})(?:[-–](\d{1,2}))?", part)
        if not match or int(match[1]) < 1 or int(match[2] or match[1]) < int(match[1]):
            raise Invalid(
                N_("«%(text)s» is not a list of task numbers."), params={"text": text[:40]}
            )
        found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(found)


def read_subjects(column: Column, text: str) -> list[str]:
    """Subject codes of two digits each; names of subjects are asked about."""
    words = [part for part in re.split(r"[;,\s]+", text) if part]
    if all(_WHOLE.fullmatch(word) for word in words):
        return sorted({read_digits(Column("", "", length=2), word) for word in words})
    return _several(column, pieces(text))


def read_login(column: Column, text: str) -> str:
    """A login: small letters, digits, dot, dash, underline."""
    login = text.lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            N_("«%(text)s» cannot be a login: 2 to 64 letters, digits, dots or dashes."),
            params={"text": text[:40]},
        )
    return login


_STRANGE = re.compile(r"[а-яё][А-ЯЁ]{2}|[^ -~А-яЁё«»№–—…“”„°±§\u00a0\s\u200b-\u200f\ufeff\u00ad]")
"""What Russian text of an office does not hold: other alphabets, frames, capitals inside words."""


def reads_well(text: str) -> bool:
    """Whether the text looks like Russian or Latin words and numbers, as far as letters can tell."""
    return not _STRANGE.search(text)


READERS: dict[str, Callable[[Column, str], object]] = {
    "text": read_text,
    "digits": read_digits,
    "number": read_number,
    "minutes": read_minutes,
    "date": read_date,
    "time": read_time,
    "one": read_one,
    "flag": read_flag,
    "many": read_many,
    "document": read_document,
    "form_code": read_form_code,
    "numbers": read_numbers,
    "subjects": read_subjects,
    "login": read_login,
}
"""Kind of a column (examday/rules/plan_files.toml) → reader of its cells: a new column of a
known kind needs no code."""


def read_cell(column: Column, cell: str) -> object:
    """The value of one cell; Invalid says what is wrong with it.

    An empty cell gives the column's default.
    """
    text = clean(cell)
    # Before anything else: an error of the office program is not an empty cell.
    unread = why_unread(text)
    if unread:
        raise Invalid(unread, params={"text": text[:40]}, code="unread")
    if not text:
        if column.required:
            raise Invalid(N_("The cell is empty."))
        return column.default
    # «4,6E+12»: the digits are gone, and a form number must not be made up.
    if shortened(text):
        raise Invalid(
            N_("«%(text)s» is a shortened number: its digits are lost. Make the column text."),
            params={"text": text[:40]},
        )
    return READERS[column.kind](column, text)
