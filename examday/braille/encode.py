"""Russian text → cells, by the rules of the guide named in `tables`; deterministic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.braille.cells import BLANK
from examday.braille.tables import (
    ACCENT,
    ACCENT_SIGN,
    ALPHABETS,
    BEYOND,
    DECIMAL_COMMA,
    FORMULA_END,
    FRACTIONS,
    LOWER,
    NARROW_BLANKS,
    NUMBER,
    OPERATIONS,
    PARAGRAPH_SIGNS,
    PERCENT,
    PUNCTUATION,
    SAME,
    SEPARATOR,
    SET_APART,
    SIGNS,
    SUBSCRIPT,
    SUBSCRIPT_DIGITS,
    SUPERSCRIPT,
    SUPERSCRIPT_DIGITS,
    SUPERSCRIPT_SIGNS,
    THOUSANDS_POINT,
    UPPER,
    VOWELS,
    alphabet_of,
)

CAPITALS = ("word", "guide", "none")
"""Ways to mark capitals; all are right, because capital signs are optional."""
_SEPARATED = ",;!?«»"
"""After a digit these could be read as the denominator of a fraction, so dot 6 parts them."""
_DASHES = "-–—−"
_RAISED = {sign: character for character, sign in SUPERSCRIPT_SIGNS.items()}
_FRACTION_SLASH = "⁄"


class NoBraille(ValueError):
    """A character that the tables do not know, and where it stands, from 0."""

    def __init__(self, character: str, place: int) -> None:
        super().__init__(f"no Braille for {character!r} at {place + 1}")
        self.character = character
        self.place = place


def encode(text: str, capitals: str = "word") -> tuple[int, ...]:
    """Turn one line of Russian text (with Latin, Greek, numbers and arithmetic in it) into cells.

    `capitals`: "guide" puts one sign before a capital letter or a run of them, as the guide wants;
    "word" doubles the sign before a run, as newer software does, which keeps «РПЦ» and «Рпц» apart;
    "none" leaves optional signs out. Blanks around operations and after commas follow Braille's
    rules, not the print. Unicode Braille in the text stands for itself (the deletion mark ⠿).
    NoBraille names a character without cells.
    """
    if capitals not in CAPITALS:
        raise ValueError(f"capitals are {CAPITALS}, not {capitals!r}")
    return tuple(_Writer(_plain(text), capitals).write())


def _plain(text: str) -> str:
    """Return one quotation mark for all kinds, by its place; minus and dashes stay what they are."""
    out: list[str] = []
    for place, character in enumerate(text):
        if character == '"':
            opening = place == 0 or text[place - 1] in " (-–—\u00a0"
            character = "«" if opening else "»"
        out.append(SAME.get(character, character))
    spelled = "".join(out).replace("...", "…")
    # The accent stands before its vowel; of equal length, so that places stay what they are.
    return re.sub(f"([{''.join(VOWELS)}])({ACCENT})", r"\2\1", spelled, flags=re.IGNORECASE)


def _has_own_blank(text: str) -> bool:
    """Tell whether a sign begins here that brings its blank along: an operation, a dash."""
    if text.startswith("- ") or (text[:1] in OPERATIONS or text[:1] in SET_APART):
        return True
    return text[1:2] == " " and text[0] in "–—−"


@dataclass
class _Writer:
    """The writing of one line, with what is in force at its place."""

    text: str
    capitals: str
    cells: list[int] = field(default_factory=list)
    alphabet: str = "ru"
    in_number: bool = False
    """After a digit no new number sign is written, and a letter needs its sign: else it would be
    read as a digit."""
    place: int = 0
    whole_word: bool = False
    """A doubled capital sign holds until the word ends, so its capitals need no sign of their own.
    """

    def write(self) -> list[int]:
        """Write the whole line; NoBraille where nothing can be put down."""
        while self.place < len(self.text):
            before = self.place
            self._next(self.text[self.place])
            if self.place == before:
                raise NoBraille(self.text[self.place], self.place)
        return self.cells

    def _at(self, offset: int) -> str:
        """Return the character at an offset from the present one; "" outside the line."""
        place = self.place + offset
        return self.text[place] if 0 <= place < len(self.text) else ""

    def _put(
        self,
        cells: tuple[int, ...],
        used: int = 1,
        number: bool = False,
    ) -> None:
        """Put cells down and go on by `used` characters."""
        self.cells += cells
        self.place += used
        self.in_number = number
        self.whole_word = False

    def _next(self, character: str) -> None:
        """Write what begins with this character."""
        if character in UPPER:
            self._digit(character)
        elif alphabet_of(character):
            self._letter(character)
        elif character in " " + NARROW_BLANKS:
            self._blank(character)
        elif character in _DASHES:
            self._dash(character)
        elif character == ACCENT and self._at(1).lower() in VOWELS:
            self._put((ACCENT_SIGN,))
        elif character in OPERATIONS or character in SET_APART:
            self._operation(character)
        elif character in FRACTIONS or character == _FRACTION_SLASH:
            self._fraction(character)
        else:
            self._sign(character)

    def _digit(self, digit: str) -> None:
        """Write a digit, the first of a number with its sign."""
        sign: tuple[int, ...] = () if self.in_number else (NUMBER,)
        self._put((*sign, UPPER[digit]), number=True)

    def _letter(self, letter: str) -> None:
        """Write a letter with the signs that it needs."""
        alphabet = alphabet_of(letter) or "ru"
        capital = letter != letter.lower()
        in_word = self._in_capital_word(alphabet)
        begins = capital and not in_word
        doubled = begins and self.capitals == "word" and self._run(alphabet) >= 2
        signs: tuple[int, ...] = ()
        if self._needs_sign(alphabet, begins):
            sign = SIGNS[alphabet][0 if capital else 1]
            signs = (sign, sign) if doubled else (sign,)
        self._put((*signs, *ALPHABETS[alphabet][letter.lower()]))
        self.alphabet = alphabet
        self.whole_word = doubled or (in_word and capital)

    def _in_capital_word(self, alphabet: str) -> bool:
        """Tell whether a doubled capital sign still holds: not in another alphabet or a number."""
        return self.whole_word and alphabet == self.alphabet and not self.in_number

    def _needs_sign(self, alphabet: str, begins_capitals: bool) -> bool:
        """Tell whether a sign stands before a letter.

        For another alphabet, to part it from a number, or, where they are wanted, for capitals.
        """
        if alphabet != self.alphabet or self.in_number:
            return True
        return begins_capitals and self.capitals != "none" and self._starts_capitals()

    def _starts_capitals(self) -> bool:
        """Tell whether a capital has a sign of its own: with "guide" one serves a run of capitals."""
        before = self._at(-1)
        return not (
            self.capitals == "guide" and before.isupper() and alphabet_of(before) == self.alphabet
        )

    def _run(self, alphabet: str) -> int:
        """Return the length of the word of capitals that begins here; 0 for any other word."""
        if self._at(-1).isalpha() and alphabet_of(self._at(-1)) == alphabet:
            return 0
        end = self.place
        while end < len(self.text) and alphabet_of(self.text[end]) == alphabet:
            if not self.text[end].isupper():
                return 0
            end += 1
        return end - self.place

    def _blank(self, blank: str) -> None:
        """Write a blank, a thousands point, or nothing where the next sign brings its own blank."""
        if blank in NARROW_BLANKS and self.in_number and self._at(1).isdigit():
            self._put((THOUSANDS_POINT,), number=True)
            return
        ahead = self.text[self.place :].lstrip(" " + NARROW_BLANKS)
        if self.cells and _has_own_blank(ahead):
            self._put((), used=len(self.text) - self.place - len(ahead))
        else:
            self._put((BLANK,))

    def _dash(self, dash: str) -> None:
        """Write hyphen, minus or dash: one cell; only subtraction has a blank before it."""
        operation = dash == "−" and bool(self.cells) and self._at(-1) not in "(=+×÷<>≤≥≠[ "
        operation = operation or (dash == "−" and self._at(-1) == " " and self._at(1) == " ")
        if operation:
            self._operation(dash)
        else:
            self._put((*PUNCTUATION["-"],))

    def _operation(self, sign: str) -> None:
        """Write an operation or relation with its blanks."""
        blank = (BLANK,)
        follows_blank = bool(self.cells) and self.cells[-1] == BLANK
        if sign in SET_APART:
            cells = (*(() if follows_blank else blank), *SET_APART[sign], *blank)
        else:
            joined = not self.cells or follows_blank or self._at(-1) in "(["
            cells = (*(() if joined else blank), *OPERATIONS[sign])
        self._put(cells, 1 + self._blanks_after(" "))

    def _blanks_after(self, blanks: str) -> int:
        """Count how many of these blanks follow the present character."""
        used = 1
        while self._at(used) and self._at(used) in blanks:
            used += 1
        return used - 1

    def _fraction(self, character: str) -> None:
        """Write ½ (number sign, 1 above, 2 lowered), or «3⁄17» with the fraction slash likewise."""
        if character in FRACTIONS:
            above, below = FRACTIONS[character].split("/")
            self._put((NUMBER, *(UPPER[d] for d in above), *(LOWER[d] for d in below)))
            return
        end = 1
        while self._at(end) in LOWER and self._at(end):
            end += 1
        # The denominator has no number sign of its own: its digits are told by standing low.
        if self.in_number and end > 1:
            self._put(tuple(LOWER[self._at(i)] for i in range(1, end)), end)

    def _sign(self, character: str) -> None:
        """Write a sign that is neither letter, digit, blank nor operation."""
        if character in SUPERSCRIPT_DIGITS and not self._is_mixed_power():
            self._index(character, SUPERSCRIPT_DIGITS, SUPERSCRIPT)
        elif character in SUBSCRIPT_DIGITS:
            self._index(character, SUBSCRIPT_DIGITS, SUBSCRIPT)
        elif character in _RAISED:
            self._power()
        elif character in PERCENT:
            self._put(PERCENT[character])
        elif character in PARAGRAPH_SIGNS:
            used = 1 + self._blanks_after(" \u00a0")
            self._put(PARAGRAPH_SIGNS[character], used if self._at(used).isdigit() else 1)
        elif 0x2800 <= ord(character) <= 0x283F:
            self._put((ord(character) - 0x2800,))
        elif character in PUNCTUATION:
            self._punctuation(character)
        elif character in BEYOND:
            self._put(BEYOND[character])

    def _is_mixed_power(self) -> bool:
        """Tell whether the power that begins here is more than a whole number."""
        return any(sign not in SUPERSCRIPT_DIGITS for sign in self._whole_power())

    def _whole_power(self) -> str:
        """Return the raised characters from here on; "" in the middle of them."""
        end = 0
        while self._at(end) and self._at(end) in _RAISED:
            end += 1
        return self.text[self.place : self.place + end]

    def _power(self) -> None:
        """Write a power with signs or letters in it: its numbers have number signs, and it its end."""
        whole = self._whole_power()
        inner = "".join(_RAISED[sign] for sign in whole)
        writer = _Writer(inner.replace("−", "-"), self.capitals, alphabet=self.alphabet)
        # Inside a power an operation has no blank, which would end the power.
        written = [cell for cell in writer.write() if cell != BLANK]
        self._put((SUPERSCRIPT, *written, FORMULA_END), len(whole))

    def _index(
        self,
        character: str,
        digits: Mapping[str, str],
        sign: int,
    ) -> None:
        """Write a raised or lowered digit; the sign stands before the first."""
        first = () if self._at(-1) in digits else (sign,)
        self._put((*first, LOWER[digits[character]]))

    def _punctuation(self, character: str) -> None:
        """Write a mark of punctuation, with dot 6 where it could be read as something else."""
        before_digit = self._at(1) in UPPER
        if character == "," and self.in_number and before_digit:
            self._put((DECIMAL_COMMA,), number=True)
            return
        cells = PUNCTUATION[character]
        like_denominator = self.in_number and character in _SEPARATED and not before_digit
        if like_denominator or self._is_bracket_after_letter(character):
            cells = (SEPARATOR, *cells)
        self._put(cells, 2 if self._is_pause_in_print(character) else 1)

    def _is_pause_in_print(self, character: str) -> bool:
        """Tell whether a comma or semicolon has the one blank after it that Braille leaves out."""
        return character in ",;" and self._at(1) == " " and self._at(2) not in ("", " ")

    def _is_bracket_after_letter(self, character: str) -> bool:
        """Tell whether a square bracket follows a letter: bare it would be ъ or ь."""
        return character in "[]" and bool(alphabet_of(self._at(-1) or " "))
