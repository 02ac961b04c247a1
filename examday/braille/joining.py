"""Joining of lines: what a line end of the paper stands for in the text.

One rule for everything that puts lines together: the machine's pages, six keys, typed text, the
comparison and the papers. A line ends because the paper does, so its end is no part of the text:

- a line that is indented by two blanks or more, or follows an empty line, begins a paragraph;
- a hyphen after a letter at the end of a line breaks a word, and goes when the word is put
  together. It may be a hyphen of the word («кое-кто») or a dash as well, because Braille has no
  blank before a dash: where that could be so, a person is asked (`Joint.open`);
- dot 5 at the end of a line goes on with a formula without a blank, dot 6 with one [G];
- every other line end stands for one blank.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from examday.braille.cells import BLANK, mask
from examday.braille.languages import FOREIGN
from examday.braille.tables import LATIN, NUMBER, PUNCTUATION, RUSSIAN, SIGNS

HYPHEN = PUNCTUATION["-"][0]
INDENT = 2
"""Blanks at the head of a line that begin a paragraph: a single one is a slip of the slate."""
LONGEST_LINE = 40
"""Cells of the widest paper (BRF files, A4 machines). A longer line was not broken by paper, so its
end was meant: a new paragraph."""
_GOES_ON, _GOES_ON_AFTER_BLANK = mask("5"), mask("6")
_TEXT_HYPHENS = "-\u2010\u2011"
_SOFT_HYPHEN = "\u00ad"


def _listed(words: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(words.split())


_FIRST_PARTS = _listed(
    "кое кой вице экс обер унтер штаб мини макси онлайн северо юго западно восточно южно северно тёмно темно"
    " светло бледно ярко чёрно черно красно сине жёлто желто зелено серо бело научно общественно социально"
    " военно русско англо немецко санкт нью лос сан еле чуть точь жили диван плащ"
)
"""First parts that are written with a hyphen: after them the sign is hardly a broken word."""
_ASKING = _listed(
    "кто кого кому кем ком что чего чему чем чём где куда откуда когда как какой какая какое какие какого какому"
    " каким какую каком каких какими чей чья чьё чьи сколько почему зачем отчего так там тут тот"
)
_IMPERATIVES = _listed("дай скажи давай ну посмотри смотри на иди пойди взгляни нет")
_PARTICLES = {"то": _ASKING, "ка": _IMPERATIVES}
"""A particle with a hyphen → the words that take it: «то» and «ка» also end words that were
broken."""
_ENDS_AFTER = {
    "по": ("ему", "ому", "ски", "цки", "ьи"),
    "во": ("ых", "их"),
    "в": ("ых", "их"),
}
"""The first part of an adverb with a hyphen → how the adverb may end: «по» alone begins a thousand
other words."""
_LAST_PARTS = _listed("либо нибудь таки запад восток")
_STRONG_AFTER_DASH = _listed("это этот эта эти вот значит они только лишь тоже")
"""Words that stand after a dash and are hardly the end of a broken word: before them the sign
is taken for a dash."""
_WEAK_AFTER_DASH = _listed(
    "не но и а он она оно я мы вы ты все всё как что кто нет да там тут тот та те его её их мой моя"
    " наш так то"
)
"""These are common last syllables too («важ-но»): a dash only after what the work has as a word."""
_VOWELS = frozenset("аеёиоуыэюяaeiouyäöüáéíóúàèùâêîôûœ")


class Kind(StrEnum):
    """What a line end stands for."""

    BLANK = "blank"
    PARAGRAPH = "paragraph"
    WORD = "word"
    """A broken word: its parts are put together, because print has no line end there."""
    HYPHEN = "hyphen"
    DASH = "dash"
    NOTHING = "nothing"
    """A formula goes on: nothing, not even a blank, comes between its halves."""


BREAKS = (Kind.WORD, Kind.HYPHEN, Kind.DASH)
"""What a person may choose among. Not «nothing»: a formula that goes on has a sign of its own."""


@dataclass(frozen=True)
class Edge:
    """A line as far as the joining depends on it."""

    indent: int
    length: int
    mark: str
    """How it ends: "-" hyphen, "~" soft hyphen (surely a broken word), "5" or "6" a formula that
    goes on, "" anything else. The sign tells how sure a break is."""
    before_mark: str
    """"letter", "digit" or "": after a digit a hyphen breaks no word."""
    tail: str
    """The letters before the hyphen, in lower case, because they are looked for among the words of
    the work."""
    head: str
    """The letters with which the line begins, in lower case for the same reason."""
    capital: bool
    """The head begins with a capital letter, as the second half of a broken word never does."""
    digit: bool = False
    """A number begins the line: numbers are never broken, so the hyphen before it stays."""
    blank_after: bool = False
    """Braille has a blank after a dash, so a blank that was entered speaks for one."""
    words: tuple[str, ...] = ()
    """Whole words of the line, in lower case: they tell that a half is a word of its own."""


@dataclass(frozen=True)
class Joint:
    """What stands between two lines."""

    kind: Kind
    open: bool = False
    """It could be a hyphen or a dash as well: the person is asked once."""
    tail: str = ""
    head: str = ""
    indent: int = 0
    """Blanks at the head of a new paragraph: they stay, since the writer set it in."""


def edge_of_cells(cells: Sequence[int], language: str = "ru", indent: int = 0) -> Edge:
    """Return the edges of a line of cells. `indent`: blanks that are not among the cells."""
    body, own_indent = _without_outer_blanks(cells)
    letters = _letters(language)
    mark, core = _end_of_cells(body, language)
    tail = _letters_back(core, letters)
    before = "letter" if tail else "digit" if _ends_in_number(core, letters) else ""
    start = 1 if body and body[0] in _capital_signs(language) else 0
    return Edge(
        indent + own_indent,
        len(body),
        mark,
        before,
        tail,
        _letters_from(body[start:], letters),
        bool(start),
        bool(body) and body[0] == NUMBER,
        bool(cells) and cells[-1] == BLANK,
        _words(body, letters),
    )


def edge_of_text(text: str) -> Edge:
    """Return the edges of a line of plain text."""
    body = text.strip(" \t\u00a0")
    mark = "-" if body[-1:] in tuple(_TEXT_HYPHENS) else "~" if body[-1:] == _SOFT_HYPHEN else ""
    core = body[:-1] if mark else ""
    tail = core[len(core.rstrip("".join(c for c in set(core) if c.isalpha()))) :] if core else ""
    before = "letter" if tail else "digit" if core[-1:].isdigit() else ""
    head = _alphabetic_head(body)
    words = tuple(_alphabetic_head(part.lstrip('«("')).lower() for part in body.split())
    return Edge(
        len(text) - len(text.lstrip(" \t\u00a0")),
        len(body),
        mark,
        before,
        tail.lower(),
        head.lower(),
        head[:1].isupper(),
        body[:1].isdigit(),
        text[-1:] in tuple(" \u00a0"),
        words,
    )


def joints(edges: Sequence[Edge], empty: Collection[int] = ()) -> list[Joint]:
    """Return what stands between each two neighbouring lines.

    `empty`: indices of lines that follow an empty line.
    """
    words = frozenset(
        word
        for edge in edges
        # Left out: the outermost words may be halves, and would prove themselves.
        for word in edge.words[1 : -1 if edge.mark else None]
    )
    return [_joint(edges[n], edges[n + 1], n + 1 in empty, words) for n in range(len(edges) - 1)]


def decided(joint: Joint, way: str | None) -> Joint:
    """Return the joint as a person said that it is; None leaves it as it was."""
    if way is None or joint.kind not in BREAKS or not joint.tail:
        return joint
    return Joint(Kind(way), False, joint.tail, joint.head)


def _joint(
    before: Edge,
    after: Edge,
    gap: bool,
    words: Collection[str],
) -> Joint:
    """Return what stands between two lines."""
    if gap or after.indent >= INDENT:
        return Joint(Kind.PARAGRAPH, indent=after.indent if after.indent >= INDENT else 0)
    if before.mark == "5":
        return Joint(Kind.NOTHING)
    if before.mark == "-":
        return _hyphen(before, after, words)
    if before.mark == "~":
        return Joint(Kind.WORD, False, before.tail, after.head)
    if before.length > LONGEST_LINE:
        return Joint(Kind.PARAGRAPH)
    return Joint(Kind.BLANK)


def _hyphen(before: Edge, after: Edge, words: Collection[str]) -> Joint:
    """Return what a hyphen at the end of a line is."""
    if before.before_mark == "digit":
        # Numbers are not broken: «1941-1945», «3-й».
        return Joint(Kind.HYPHEN if after.digit or after.head else Kind.DASH)
    if before.before_mark != "letter" or not after.head:
        return Joint(Kind.HYPHEN if before.before_mark and after.digit else Kind.DASH)
    if after.capital:
        # No word has a capital letter inside it, so it stays open: «Санкт-Петербург», or a dash
        # before a name.
        return Joint(Kind.HYPHEN, True, before.tail, after.head)
    may_be_more = before.blank_after or _may_be_more(before.tail, after.head, words)
    return Joint(Kind.WORD, may_be_more, before.tail, after.head)


def _may_be_more(tail: str, head: str, words: Collection[str]) -> bool:
    """Tell whether a broken word could be two words with a hyphen or a dash between them."""
    if tail + head in words:
        # A word that the work has elsewhere was broken here: nothing is left to ask.
        return False
    if _has_own_hyphen(tail, head) or head in _STRONG_AFTER_DASH:
        return True
    if tail in words and (head in words or head in _WEAK_AFTER_DASH or head == "ка"):
        return True
    # «тихо-тихо», «видимо-невидимо»: a repetition has its own hyphen, and no word breaks into two
    # alike.
    repeated = len(tail) > 2 and (head.startswith(tail[:4]) or head.endswith(tail))
    return repeated or not (_is_syllable(tail) and _is_syllable(head))


def _is_syllable(part: str) -> bool:
    """Tell whether a word may be broken beside this part.

    Words are broken between syllables, so each part has a vowel and more than one letter.
    """
    return len(part) != 1 and bool(set(part) & _VOWELS)


def _has_own_hyphen(tail: str, head: str) -> bool:
    """Tell whether words made of these parts are usually written with a hyphen."""
    if tail in _FIRST_PARTS or head in _LAST_PARTS:
        return True
    # «кто-то», «дай-ка»: only after the words that take it, since «то» and «ка» also end broken
    # words.
    if head in _PARTICLES:
        return tail in _PARTICLES[head]
    # «по-моему», «во-первых»: only before these ends, since «по» begins a thousand other words.
    if tail in _ENDS_AFTER:
        return head.endswith(_ENDS_AFTER[tail])
    if tail == "из":
        return head in ("за", "под")
    # «пол-яблока», «пол-лимона», but «полчаса»: the rule of spelling goes by the next letter.
    return tail == "пол" and head[0] in _VOWELS | {"л"}


def _without_outer_blanks(cells: Sequence[int]) -> tuple[list[int], int]:
    """Return the cells without outer blanks, and how many stood before them."""
    body = list(cells)
    while body and body[-1] == BLANK:
        body.pop()
    indent = next((n for n, cell in enumerate(body) if cell != BLANK), 0)
    return body[indent:], indent


def _letters(language: str) -> dict[int, str]:
    """Return dots → letter of a language."""
    table = RUSSIAN if language == "ru" else FOREIGN[language].letters
    return {cells[0]: letter for letter, cells in table.items()}


def _capital_signs(language: str) -> Collection[int]:
    """Return the cells that make the next letter a capital."""
    if language == "ru":
        return (SIGNS["ru"][0], SIGNS["la"][0])
    return FOREIGN[language].capital


def _end_of_cells(body: Sequence[int], language: str) -> tuple[str, Sequence[int]]:
    """Return how a line of cells ends, and what stands before that."""
    if len(body) < 2:
        return "", ()
    if body[-1] == HYPHEN and body[-2] != BLANK:
        return "-", body[:-1]
    formula = {_GOES_ON: "5", _GOES_ON_AFTER_BLANK: "6"} if language == "ru" else {}
    return formula.get(body[-1], ""), body[:-1]


def _letters_back(cells: Sequence[int], letters: dict[int, str]) -> str:
    """Return the letters at the end of these cells; none where they are digits of a number."""
    found = ""
    for cell in reversed(cells):
        if cell not in letters:
            return "" if cell == NUMBER and _all_digits(found) else found
        found = letters[cell] + found
    return found


def _all_digits(letters: str) -> bool:
    """Tell whether these letters are the digits 1…0 of a number."""
    digits = {
        letter for letter, cells in RUSSIAN.items() if cells in [LATIN[d] for d in "abcdefghij"]
    }
    return set(letters) <= digits | set("abcdefghij")


def _ends_in_number(cells: Sequence[int], letters: dict[int, str]) -> bool:
    """Tell whether the cells end in a number with its sign."""
    place = len(cells)
    while place and cells[place - 1] in letters:
        place -= 1
    return 0 < place < len(cells) and cells[place - 1] == NUMBER


def _letters_from(cells: Sequence[int], letters: dict[int, str]) -> str:
    """Return the letters with which these cells begin."""
    found = ""
    for cell in cells:
        if cell not in letters:
            break
        found += letters[cell]
    return found


def _words(cells: Sequence[int], letters: dict[int, str]) -> tuple[str, ...]:
    """Return the words between blanks, each up to its first cell that is no letter."""
    found, word = [], list[int]()
    for cell in [*cells, BLANK]:
        if cell != BLANK:
            word.append(cell)
            continue
        found.append(_letters_from(word, letters))
        word = []
    return tuple(found)


def _alphabetic_head(text: str) -> str:
    """Return the letters with which a text begins."""
    for place, character in enumerate(text):
        if not character.isalpha():
            return text[:place]
    return text
