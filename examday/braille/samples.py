"""Answers as pupils write them, made up by chance: for measuring, tests and practice pages.

Every kind of short answer that forms hold is there: numbers, sequences, words, pairs of letters and
digits, formulas, units, dates; with Latin and Greek letters where subjects want them.
"""

import random
from collections.abc import Callable

_WORDS = (  # noqa: SIM905
    "аллегория антитеза эпитет метафора вотум федерация ёлка подъезд съёмка конституция реформа сословие варяги юг"
    " экватор щёлочь цинк хлорид объём жёлудь вьюга шасси чашечка имение этаж якорь рожь музыка фонтан бюджет йод зной"
    " мышь тайга дворец закон орёл пьеса счёт утёс хвощ щавель"
).split()
_NAMES = "Пушкин Москва Байкал Россия Лермонтов Волга Урал Ёжиков Чехов Щусев Хабаровск Юрьев Эльбрус".split()  # noqa: SIM905
_SHORT = "РПЦ СССР ООН США МИД ДНК АТФ НЭП ВТО ЦИК".split()  # noqa: SIM905
_LATIN = "pH NaCl CO2 H₂O FeSO₄ x y DNA online read went much Rh XXI XIV IV mp3 km".split()  # noqa: SIM905
_UNITS = "кг см м³ км м² г л ч мин °C руб. Дж".split()  # noqa: SIM905


def _number(chance: random.Random) -> str:
    """Return a number, some negative, some with a decimal comma."""
    whole = str(chance.randint(0, 10 ** chance.randint(1, 5)))
    tail = f",{chance.randint(1, 999)}" if chance.random() < 0.35 else ""
    return ("-" if chance.random() < 0.2 else "") + whole + tail


def _sequence(chance: random.Random) -> str:
    """Return a sequence of different digits."""
    return "".join(chance.sample("123456789", chance.randint(2, 6)))


def _matching(chance: random.Random) -> str:
    """Return pairs of letters and digits."""
    return "".join(f"{letter}{chance.randint(1, 9)}" for letter in "АБВГД"[: chance.randint(2, 5)])


def _phrase(chance: random.Random) -> str:
    """Return a few words, some with a mark at the end."""
    words = [chance.choice(_WORDS) for _ in range(chance.randint(2, 4))]
    return chance.choice((" ", ", ")).join(words) + chance.choice(("", "", ".", "!", "?"))


def _date(chance: random.Random) -> str:
    """Return a date."""
    return f"{chance.randint(1, 31)}.{chance.randint(1, 12):02}.{chance.randint(1800, 2026)}"


def _sum(chance: random.Random) -> str:
    """Return an equation or inequality."""
    sign = chance.choice("+=×÷<>≤≥")
    left = chance.choice((_number(chance), f"{chance.randint(2, 9)}x", "x"))
    return f"{left.lstrip('-')}{sign}{chance.randint(0, 99)}"


def _interval(chance: random.Random) -> str:
    """Return an interval."""
    low = chance.randint(-9, 5)
    return f"{chance.choice('[(')}{low}; {low + chance.randint(1, 9)}{chance.choice('])')}"


def _fraction(chance: random.Random) -> str:
    """Return a fraction in one of its ways."""
    return chance.choice(
        ("½", "1½", "¾", "2⅓", f"{chance.randint(1, 9)}/{chance.randint(2, 99)}", "3⁄17")
    )


def _measure(chance: random.Random) -> str:
    """Return a number with its unit."""
    return f"{_number(chance)} {chance.choice(_UNITS)}"


def _other(chance: random.Random) -> str:
    """Return one of the rarer ways to write a number or a word."""
    n = chance.randint(1, 99)
    word = chance.choice(_WORDS)
    made = (
        f"{n}%",
        f"{n}-й",
        f"№ {n}",
        f"§ {n}",
        f"{n}:{n % 60:02}",
        f"{n}а",
        f"{n}Б",
        f"{n})",
        f"в {n} раз",
        f"{n}°",
    )
    return chance.choice(
        (
            *made,
            f"x{chance.choice('²³')}",
            f"{n} и {n + 1}",
            f"«{word}»",
            f"{word} — это",
            "α",
            "2π",
        )
    )


_KINDS: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (_number, 20),
    (_sequence, 14),
    (_matching, 6),
    (lambda chance: chance.choice(_WORDS), 16),
    (lambda chance: chance.choice(_WORDS).upper(), 8),
    (lambda chance: chance.choice(_NAMES), 6),
    (lambda chance: chance.choice(_SHORT), 4),
    (lambda chance: chance.choice(_LATIN), 6),
    (_phrase, 8),
    (_date, 3),
    (_sum, 6),
    (_interval, 2),
    (_fraction, 3),
    (_measure, 5),
    (_other, 9),
)
"""Kind → weight: numbers and sequences are most of the short answers of a form."""


def answers(count: int, seed: int = 0) -> list[str]:
    """Return `count` answers; the same seed gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - samples, not secrets
    kinds, weights = zip(*_KINDS, strict=True)
    return [kind(chance) for kind in chance.choices(kinds, weights, k=count)]
