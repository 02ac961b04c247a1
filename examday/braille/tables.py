"""Russian Braille as tables: letters of three alphabets, digits, signs, punctuation, arithmetic.

Source: «Руководство по выпуску брайлевских изданий массового распространения», «Чтение» ВОС, 2015;
the letters agree with `ru-litbrl.ctb` of liblouis. Cells are dots 0…63 (`cells.mask`); strings
here list dot numbers joined by hyphens.
"""

from collections.abc import Mapping
from types import MappingProxyType

from examday.braille.cells import masks

Cells = tuple[int, ...]


def _cells(table: str) -> Mapping[str, Cells]:
    """Read a table of «character=dots» entries."""
    pairs = (entry.split("=") for entry in table.split())
    return MappingProxyType({character: masks(dots) for character, dots in pairs})


RUSSIAN = _cells(
    "а=1 б=12 в=2456 г=1245 д=145 е=15 ё=16 ж=245 з=1356 и=24 й=12346 к=13 л=123 м=134 н=1345 о=135 п=1234 р=1235"
    " с=234 т=2345 у=136 ф=124 х=125 ц=14 ч=12345 ш=156 щ=1346 ъ=12356 ы=2346 ь=23456 э=246 ю=1256 я=1246"
)
LATIN = _cells(
    "a=1 b=12 c=14 d=145 e=15 f=124 g=1245 h=125 i=24 j=245 k=13 l=123 m=134 n=1345 o=135 p=1234 q=12345 r=1235 s=234"
    " t=2345 u=136 v=1236 w=2456 x=1346 y=13456 z=1356"
)
GREEK = _cells(
    "α=1 β=12 γ=1245 δ=145 ε=15 ζ=1356 η=245 θ=125 ι=24 κ=13 λ=123 μ=134 ν=1345 ξ=1346 ο=135 π=1234 ρ=1235 σ=234"
    " τ=2345 υ=136 φ=124 χ=14 ψ=13456"
)
ALPHABETS = MappingProxyType({"ru": RUSSIAN, "la": LATIN, "el": GREEK})

NUMBER = masks("3456")[0]
# Alphabet signs: (capital, small). A sign holds until another comes, so single letters need none.
SIGNS = MappingProxyType({"ru": masks("45-5"), "la": masks("46-6"), "el": masks("456-56")})
SEPARATOR = masks("6")[0]
"""Dot 6, between a number and a mark: without it the mark would be a lowered digit."""

UPPER = dict(zip("1234567890", masks("1-12-14-145-15-124-1245-125-24-245"), strict=True))
"""Digits are the cells of a–j: only the number sign tells them apart."""
LOWER = dict(zip("1234567890", masks("2-23-25-256-26-235-2356-236-35-356"), strict=True))
"""The same cells one row lower: denominators, powers and indices."""
DECIMAL_COMMA, THOUSANDS_POINT = masks("2-3")
SUPERSCRIPT, SUBSCRIPT = masks("34-16")
SUPERSCRIPT_DIGITS = dict(zip("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890", strict=True))
SUBSCRIPT_DIGITS = dict(zip("₁₂₃₄₅₆₇₈₉₀", "1234567890", strict=True))
SUPERSCRIPT_SIGNS = dict(
    zip(
        "1234567890+−=()nixyabcdefghjklmoprstuvwz",
        "¹²³⁴⁵⁶⁷⁸⁹⁰⁺⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷᶻ",
        strict=True,
    )
)
"""Characters of a power → their signs in Unicode, where it has one: an answer has to fit the form.
Else «^(…)»."""
SUBSCRIPT_SIGNS = dict(
    zip("1234567890+−=()aehijklmnoprstuvx", "₁₂₃₄₅₆₇₈₉₀₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
FORMULA_END = masks("156")[0]
"""Ends an index, a power and the index of a root: without it they would go on to the end of the
line."""
ROOT, ROOT_END = masks("146-1456")
FRACTION_BEGIN, FRACTION_BAR, FRACTION_END = masks("23-1256-56")
FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅐": "1/7", "⅑": "1/9", "⅒": "1/10",
}  # fmt: skip

PUNCTUATION = _cells(
    ".=256 ,=2 ;=23 :=25 …=256-256-256 !=235 ?=26 -=36 «=236 »=356 (=126 )=345 '=3 *=35 /=6-34 @=146 &=6-12346 #=1456"
    " °=46-356 ′=46-35 ″=46-35-35 √=146-156 ·=3 [=12356 ]=23456"
)
# Signs beyond the guide, as `ru-litbrl.ctb` has them; money is dot 4 and the first letter, which
# the guide has too.
BEYOND = _cells(
    "$=4-145 €=4-15 £=4-123 ¥=4-13456 ₽=4-1235 ∞=12456 ∪=56-356 ∩=56-256 ∠=456-246 ⊥=3456-3 ∥=456-456 →=25-135 ∈=5-246"
    " {=4-246 }=4-135"
)
MONEY = "$€£¥₽"
"""Dot 4 and the first letter: before a letter dot 4 is an accent."""
ACCENT, ACCENT_SIGN = "\u0301", masks("4")[0]
"""Print puts the accent behind its vowel, Braille before it."""
VOWELS = frozenset("аеёиоуыэюя")
PERCENT = MappingProxyType({"%": masks("3456-356"), "‰": masks("3456-356-356")})
PARAGRAPH_SIGNS = _cells("№=1345 §=346")
# Operations and relations: a blank before and none after, which tells them from the same cells as
# punctuation.
OPERATIONS = MappingProxyType(
    {
        **_cells("+=235 −=36 ±=235-36 ×=236 ÷=256 ≠=23456 ≈=26-26 ≥=135-2356 ≤=246-2356"),
        "=": masks("2356"),
    }
)
# Relations whose cells are letters too: only a blank on both sides tells them apart.
SET_APART = _cells(">=135 <=246")

# Print that is written alike in Braille → what the tables know: they need each sign once.
SAME = MappingProxyType(
    {
        "∆": "Δ",
        "△": "Δ",
        "‐": "-",
        "‑": "-",
        "„": "«",
        "“": "»",
        "”": "»",
        "’": "'",
        "\u2009": " ",
        "\t": " ",
    }
)
NARROW_BLANKS = "\u00a0\u202f"
"""Print's thousands separators: between digits they become the thousands point."""

_LETTER_OF = {letter: name for name, table in ALPHABETS.items() for letter in table}


def alphabet_of(character: str) -> str | None:
    """Return "ru", "la" or "el" for a letter of either case, else None."""
    return _LETTER_OF.get(character.lower()) if len(character.lower()) == 1 else None
