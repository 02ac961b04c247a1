"""Reading aloud by the computer's own voice, where one is installed (RHVoice or espeak-ng of Debian).

Without a voice nothing is lost: a person reads the work aloud, or the browser's voice does.
"""

import io
import shutil
import subprocess
import wave
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

PART = 1500
"""Characters that are spoken at once: a longer text would take longer than SECONDS. It is cut at
blanks."""
SECONDS = 30
"""A voice that takes longer for one part is stuck: it speaks a hundred times faster than it sounds."""
VOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("RHVoice-test", ("-p", "Anna", "-o")),
    ("espeak-ng", ("-v", "ru", "-s", "130", "--stdin", "-w")),
)
"""Program and its arguments, the last of which is followed by the name of the sound file.

The text comes from standard input. Sound on the standard output would have no length in its head:
browsers then show a player of thirteen hours, or none.
"""
PUNCTUATION = {
    ",": "запятая",
    ".": "точка",
    "-": "дефис или минус",
    "–": "дефис или минус",
    "−": "дефис или минус",
    "—": "тире",
    " ": "пробел",
    "(": "скобка открывается",
    ")": "скобка закрывается",
    ":": "двоеточие",
    ";": "точка с запятой",
    "?": "вопросительный знак",
    "!": "восклицательный знак",
    "…": "многоточие",
    "«": "кавычка открывается",
    "»": "кавычка закрывается",
    "“": "кавычка",
    "”": "кавычка",
    "„": "кавычка",
    '"': "кавычка",
    "'": "апостроф",
    "’": "апостроф",
}
"""Signs that a voice makes a mere pause of; in a short answer each of them counts."""
SIGNS = {
    "%": "процент",
    "/": "дробная черта",
    "⁄": "дробная черта",
    "=": "равно",
    "≠": "не равно",
    "≈": "приблизительно равно",
    "+": "плюс",
    "±": "плюс минус",
    "×": "умножить",
    "·": "умножить",
    "÷": "разделить",
    "*": "звёздочка",
    "<": "меньше",
    ">": "больше",
    "≤": "меньше или равно",
    "≥": "больше или равно",
    "√": "корень",
    "∞": "бесконечность",
    "∫": "интеграл",
    "∑": "сумма",
    "∈": "принадлежит",
    "∉": "не принадлежит",
    "∪": "объединение",
    "∩": "пересечение",
    "⊂": "входит в",
    "∅": "пустое множество",
    "→": "стрелка",
    "⇒": "следует",
    "⇔": "равносильно",
    "∠": "угол",
    "⊥": "перпендикулярно",
    "∥": "параллельно",
    "△": "треугольник",
    "°": "градус",
    "′": "штрих",
    "″": "два штриха",
    "[": "квадратная скобка открывается",
    "]": "квадратная скобка закрывается",
    "{": "фигурная скобка открывается",
    "}": "фигурная скобка закрывается",
    "|": "вертикальная черта",
    "_": "подчёркивание",
    "^": "степень",
    "\\": "обратная черта",
    "§": "параграф",
    "№": "номер",
    "²": "в квадрате",
    "³": "в кубе",
}
"""Signs that a voice leaves out or says in another language; they count in every answer."""
ACCENTS = {
    "\u0300": "с грависом",
    "\u0301": "с акутом",
    "\u0302": "с циркумфлексом",
    "\u0303": "с тильдой",
    "\u0308": "с умлаутом",
    "\u0327": "с седилью",
}
"""Named, because À and A are two letters on the form [G2]."""
UNNAMED = "знак, которого голос не читает"
"""Said rather than left out: who listens must not take a text with a gap for the whole."""


@cache
def voice() -> str:
    """Return the name of the first installed voice that really speaks; empty without one."""
    for program, _arguments in VOICES:
        if shutil.which(program) and _sound(program, "проба"):
            return program
    return ""


def spelled(text: str) -> str:
    """Return a short answer sign by sign, as it has to be heard: «135» is not a number."""
    return ", ".join(_sign(sign) for sign in text)


def told(text: str) -> str:
    """Return a long answer as it is read: words as they stand, signs of formulas by their names."""
    return "".join(_in_text(sign) for sign in text)


def spoken(text: str) -> bytes:
    """Return the text as one sound (WAV); empty when there is no voice or a part of it fails."""
    program = voice()
    if not program:
        return b""
    sounds = [_sound(program, part) for part in parts(text)]
    return _joined(sounds) if sounds and all(sounds) else b""


def parts(text: str) -> list[str]:
    """Return the text in parts of at most `PART` characters, cut at blanks where there is one."""
    return list(_cut(text.strip()))


def _cut(rest: str) -> Iterator[str]:
    while len(rest) > PART:
        end = rest.rfind(" ", 0, PART + 1)
        end = end if end > 0 else PART
        yield rest[:end]
        rest = rest[end:].lstrip()
    if rest:
        yield rest


def _sign(sign: str) -> str:
    """Return the name of one sign of a short answer."""
    known = PUNCTUATION.get(sign) or SIGNS.get(sign)
    if known:
        return known
    # «А» and «A» look alike, and the form holds both.
    if sign.isalpha():
        return _latin(sign) or sign
    return sign if sign.isdecimal() and sign.isascii() else _composed(sign)


def _latin(sign: str) -> str:
    """Return a Latin letter by name, with its accent; empty for a letter of another alphabet."""
    if sign in "ßẞ":
        return "латинская эсцет"
    letter, *marks = list(normalize("NFD", sign))
    if not (letter.isascii() and letter.isalpha()):
        return ""
    return " ".join((f"латинская {letter}", *(ACCENTS.get(mark, UNNAMED) for mark in marks)))


def _composed(sign: str) -> str:
    """Return a sign that stands for several, such as «½»; say that a voice cannot read it else."""
    simple = normalize("NFKC", sign)
    if simple != sign and all(one.isdecimal() or one in SIGNS for one in simple):
        return " ".join(SIGNS.get(one, one) for one in simple)
    return UNNAMED


def _in_text(sign: str) -> str:
    """Return one sign of a long answer; a name gets blanks around it."""
    if sign in SIGNS:
        return f" {SIGNS[sign]} "
    # Accents that stand apart belong to the letter before them.
    if sign.isalpha() or sign.isspace() or sign in PUNCTUATION or sign in ACCENTS:
        return sign
    return sign if sign.isdecimal() and sign.isascii() else f" {_composed(sign)} "


def _sound(program: str, text: str) -> bytes:
    """Return what one voice makes of a text (WAV); empty when it fails or stays silent."""
    command, arguments = shutil.which(program), dict(VOICES)[program]
    if not command:
        return b""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "said.wav"
        try:
            subprocess.run(
                (command, *arguments, str(out)),
                input=text.encode(),
                capture_output=True,
                timeout=SECONDS,
                check=True,
            )
            made = out.read_bytes()
            with wave.open(io.BytesIO(made)) as sound:
                # A voice that lacks Russian may run without an error and stay silent.
                heard = any(sound.readframes(sound.getnframes()))
        except (OSError, EOFError, subprocess.SubprocessError, wave.Error):
            return b""
    return made if heard else b""


def _joined(sounds: list[bytes]) -> bytes:
    """Return several sounds of one voice as one."""
    out = io.BytesIO()
    with wave.open(out, "wb") as whole:
        for number, one in enumerate(sounds):
            with wave.open(io.BytesIO(one)) as part:
                if not number:
                    whole.setparams(part.getparams())
                whole.writeframes(part.readframes(part.getnframes()))
    return out.getvalue()
