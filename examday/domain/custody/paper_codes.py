"""Codes on paper.

There are two kinds: the form number of a kit (EAN-13), and our own short codes for things that
have none.

A photocopy of a form carries a live number, and forms with one number have made pupils resit
(source 27), so nothing that this program prints ever bears one. Our own codes are one letter, six
digits and a Damm check digit ("N0412774"), printed as Code 128: no reader takes them for a form.
"""

import re

from examday.domain.errors import Invalid
from examday.domain.identity import clean, fold, shortened
from examday.domain.messages import N_

LETTERS: dict[str, str] = {
    "braille_notebook": "N",
    "braille_sheet": "B",
    "enlarged_sheet": "L",
    "print_out": "G",
    "oral_protocol": "R",
    "recording": "S",
    "envelope": "E",
    "packet": "P",
}
"""Kind of thing → first letter. Chosen so that neither a hand scanner typing through the Russian
keyboard layout (N arrives as «Т») nor a person typing the look-alike («Е») can turn one letter
into another."""

_BY_KEY = dict(zip("ТИДПКЫУЗ", "NBLGRSEP", strict=True))
"""What arrives when a hand scanner types through the Russian keyboard layout: the code is meant all
the same."""
_BY_LOOK = dict(zip("ВЕР", "BEP", strict=True))
"""What a person types who reads the code from the sheet while the Russian layout is on: the code is
meant all the same."""
# Quasigroup of H. M. Damm (2004). A check digit by weights would miss some swaps; ours are typed by
# hand.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


FORM_DIGITS = 13
"""EAN-13 [G2]: twelve digits and the check digit, by which a slip of the hand shows."""
_WRONG_LENGTH = N_("A form number has 13 digits; «%(typed)s» has %(count)s.")
_LOOKED_FOR = N_(
    "Scan the code, or type all its characters from the paper. Nothing is completed or guessed."
)
_NOT_DIGITS = N_("A form number has 13 digits and nothing else; «%(typed)s» is none.")


def check_digit(twelve: str) -> str:
    """Return the thirteenth digit of an EAN-13 (GS1: weights 1 and 3 from the left).

    >>> check_digit("400638133393")
    '1'
    """
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return str(-total % 10)


def form_code(typed: str) -> str:
    """Return the 13 digits of a form number as scanned or typed; Invalid otherwise.

    A number with a digit missing is never completed: nobody knows which digit it is.
    """
    if not clean(typed):
        raise Invalid(
            N_("No form number was scanned or typed."),
            code="form-code-length",
            field="code",
            advice=N_(
                "Scan the bar code of the form once more, or type its digits. Nothing was changed."
            ),
        )
    # «2,61011E+12» is what a spreadsheet makes of a number: the last digits are gone for good.
    if shortened(clean(typed)):
        raise Invalid(
            N_("«%(text)s» is a shortened number: its digits are lost. Make the column text."),
            code="form-code-length",
            field="code",
            params={"text": typed[:40]},
            advice=N_(
                "Scan the bar code of the form once more, or type its digits. Nothing was changed."
            ),
        )
    digits = "".join(fold(typed).split()).replace("-", "")
    numeric = digits.isascii() and digits.isdigit()
    if not numeric or len(digits) != FORM_DIGITS:
        raise Invalid(
            _WRONG_LENGTH if numeric else _NOT_DIGITS,
            code="form-code-length",
            field="code",
            params={"typed": typed[:40], "count": len(digits)},
            advice=N_(
                "Scan the bar code of the form once more, or type its digits. Nothing was changed."
            ),
        )
    if digits[12] != check_digit(digits[:12]):
        raise Invalid(
            N_(
                "The check digit of «%(typed)s» is wrong: a digit was misread, or two changed places."
            ),
            code="form-code-check",
            field="code",
            params={"typed": digits},
            advice=N_(
                "Scan the bar code of the form once more, or type its digits. Nothing was changed."
            ),
        )
    return digits


_LEAST_OF_A_NUMBER = 7
"""Digits from which it is a form number: fewer may be the code of a room, a seat or a candidate."""
_OF_A_CHECKPOINT = range(16, 22)
"""Digits of a checkpoint code: four groups of four, the first of which grows with the ledger."""
_BEFORE_A_CHECKPOINT = fold("EXAMDAYLEDGER")
"""What its QR code says first, as it comes from a hand scanner, without hyphens."""
_LIKE_OURS = re.compile(r"[A-ZА-ЯЁ]\d{5,9}", re.A)
"""A letter of either layout and about seven digits: too long for a seat («0101-3А»), which ends
with its letter."""


def misread(typed: str) -> Invalid | None:
    """Return what is wrong with a form number or a code of ours that somebody looks for.

    None for a right one, and for what is meant as neither. A digit too few, too many or in another
    place is said, and never mended: two forms may differ in that very digit. The checkpoint code of
    a print-out is called that, and not a form number with digits too many.
    """
    plain = "".join(fold(typed).split()).replace("-", "").removeprefix(_BEFORE_A_CHECKPOINT)
    if plain.isascii() and plain.isdigit() and len(plain) in _OF_A_CHECKPOINT:
        return Invalid(
            N_(
                "«%(typed)s» is the checkpoint code at the foot of a print-out, and no form number."
            ),
            code="paper-code",
            field="code",
            params={"typed": typed.strip()[:40]},
            advice=N_(
                "Whether the paper still counts is said by the check of the ledger. If it is not in "
                "your menu, ask the head."
            ),
        )
    if plain.isascii() and plain.isdigit() and len(plain) >= _LEAST_OF_A_NUMBER:
        return _refusal(typed)
    if not _LIKE_OURS.fullmatch(plain) or read_item_code(plain) is not None:
        return None
    return Invalid(
        N_("No label has the code «%(typed)s»: one of its digits is wrong, missing or too many."),
        code="item-code",
        field="code",
        params={"typed": typed.strip()[:40]},
        advice=_LOOKED_FOR,
    )


def _refusal(typed: str) -> Invalid | None:
    """Return why this is no form number, with the advice for a search; None when it is one."""
    try:
        form_code(typed)
    except Invalid as error:
        return Invalid(
            error.message,
            code=error.code,
            field="code",
            params=error.params,
            advice=_LOOKED_FOR,
        )
    return None


def item_code(kind: str, number: int) -> str:
    """Return our code for thing number `number` (0…999999) of this kind.

    KeyError for a kind that gets none.
    """
    body = f"{LETTERS[kind]}{number % 10**6:06d}"
    return body + _damm(body)


def read_item_code(typed: str) -> str | None:
    """Return a correct code of ours in what was scanned or typed, else None.

    Either keyboard layout and any case will do.
    """
    plain = "".join(clean(typed).upper().split()).replace("-", "")
    if len(plain) != 8 or not (plain[1:].isascii() and plain[1:].isdigit()):
        return None
    letters = {plain[0], _BY_KEY.get(plain[0], ""), _BY_LOOK.get(plain[0], "")} & set(
        LETTERS.values()
    )
    fitting = [
        letter + plain[1:] for letter in sorted(letters) if _damm(letter + plain[1:7]) == plain[7]
    ]
    # Two fitting codes decide nothing: the sheet is scanned once more.
    return fitting[0] if len(fitting) == 1 else None


def spaced(code: str) -> str:
    """Return a code as people read it; anything else unchanged.

    >>> spaced("N0412774"), spaced("2610114090019"), spaced("0101-1А")
    ('N 041 277 4', '2 610114 090019', '0101-1А')
    """
    if len(code) == 8 and code[0].isalpha() and code[1:].isdigit():
        return f"{code[0]} {code[1:4]} {code[4:7]} {code[7]}"
    return f"{code[0]} {code[1:7]} {code[7:]}" if len(code) == 13 and code.isdigit() else code


def _damm(body: str) -> str:
    """Damm check digit; finds every wrong digit and every swap of neighbours.

    The letter counts as its place.
    """
    state = 0
    for character in str(sorted(LETTERS.values()).index(body[0]) + 1) + body[1:]:
        state = int(_DAMM[state][int(character)])
    return str(state)
