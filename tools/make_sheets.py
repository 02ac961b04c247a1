"""Make pairs of filled sheets with known errors of transfer.

Writes A3 originals, A4 copies and truth.json.

    python tools/make_sheets.py --data DIR --out DIR --pairs 40 --seed 1        hands kept for measuring
    python tools/make_sheets.py --fonts --out scans/samples --pairs 2           no data needed: printed type

Half of the pairs are hard (see sheet_paper.any_damage, sheet_hands.style). The hands are never
those the network was trained on, and each sheet is by one of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import cv2
import numpy as np
from sheet_paper import Hand, any_damage, blank, font_hand, spoil, write

from examday.paper.layout import Layout, layouts
from examday.reading.glyph import CLASSES

if TYPE_CHECKING:
    from ink_data import Hands

# a hand for the next sheet, and whether it is to be a hard one: easy series flatter the reader
Deal = Callable[[bool], Hand]
CYRILLIC_WORDS = """НЕЗАЧЕМ ОЛИЦЕТВОРЕНИЕ КИСЛОРОД МЕТАФОРА ЭПИТЕТ ЯДРО ПАРЛАМЕНТ СЛОВНО ЩЕЛОЧЬ ГРАДАЦИЯ СТРОЕНИЕ
ШАХМАТЫ ДИФФУЗИЯ ВСКОРЕ ЭВОЛЮЦИЯ ОБЪЁМ СЪЕЗД ЮРИСДИКЦИЯ ФОТОСИНТЕЗ ЖЁЛУДЬ ЦИТАТА ВЬЮГА ЧЕШУЯ ЗАЙЦЫ ПОДЪЕЗД ХЛОРОФИЛЛ
ЩУКА ЭНЕРГИЯ БЮДЖЕТ ЙОД ГЛАГОЛ МЫШЦЫ ВЗДОХ ЖИЗНЬ"""
LATIN_WORDS = """FAMOUS DISCOVERED QUICKLY LARGEST BEAUTIFUL UNABLE CHOICE HIMSELF WRITTEN JOURNEY EXPENSIVE WAVE FROZEN
PUZZLE KNOWLEDGE BEHAVIOUR TEXTBOOK"""
LOOKALIKES = "О0 З3 Ч4 Б6 В8 ИЙ ЕЁ ШЩ ЦЩ ЬЪ ПЛ 17 56 38 49 CG OQ UV MN ЛД ГТ"
"""What people take for each other (domain.md 16.1): random errors alone would flatter the
reader."""
WORDS = {"cyrillic": CYRILLIC_WORDS.split(), "latin": LATIN_WORDS.split()}
SUBJECTS = {"01": "РУС", "02": "МАТ", "03": "ФИЗ", "06": "БИО", "09": "АНГ"}
ALIKE = {pair[i]: pair[1 - i] for pair in LOOKALIKES.split() for i in (0, 1)}


def dealt_hands(folder: Path, part: int | None = None) -> Deal:
    """Hands kept for measuring, a new one for every sheet.

    `part` 0 or 1 takes one half of them, so that a threshold is not set and measured on the same
    pictures.
    """
    from sheet_hands import Dealer

    return Dealer(folder, part).hand


def type_hands(hard: bool) -> Hand:
    """Printed type for every sheet, where no hands are at hand."""
    return font_hand


def hand_of(hands: Hands, harsh: float, part: int | None = None) -> Hand:
    """Return a hand that draws each character as one of `hands` did, all of them or half.

    `harsh`: see ink_data.pen.
    """
    from ink_data import pen, stroke_mark

    by_class = {
        CLASSES[c]: hands.x[hands.y == c][part :: 2 if part is not None else 1]
        for c in np.unique(hands.y)
    }

    def draw(character: str, rng: np.random.Generator) -> np.ndarray:
        if character in ",-":
            return tight(pen(stroke_mark(character, rng), rng, 0))
        pictures = by_class[character]
        return tight(pen(pictures[rng.integers(0, len(pictures))], rng, harsh))

    return draw


def tight(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero((ink > 0.3).any(1)), np.flatnonzero((ink > 0.3).any(0))
    return (
        ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if len(rows)
        else np.ones((8, 4), np.float32)
    )


def answers_for(subject: str, rng: np.random.Generator) -> dict[str, str]:
    """Return answers as candidates of `subject` write them.

    They are numbers with comma and minus, digit rows, words.
    """
    words = WORDS["latin"] if subject == "09" else WORDS["cyrillic"]
    out = {}
    for task in range(1, int(rng.integers(12, 37))):
        if rng.random() < 0.08:
            continue
        if subject in ("02", "03"):
            value = str(rng.integers(1, 1000))
            value += f",{rng.integers(1, 100)}" if rng.random() < 0.4 else ""
            value = ("-" if rng.random() < 0.15 else "") + value
        elif rng.random() < 0.5:
            value = "".join(
                sorted(rng.choice(list("1234567"), int(rng.integers(1, 7)), replace=False))
            )
        else:
            value = str(rng.choice(words))
        out[str(task)] = value
    return out


def spoil_text(text: str, kind: str, rng: np.random.Generator) -> str | None:
    """`text` with one error of `kind`, or None where it cannot be made."""
    at = int(rng.integers(0, len(text)))
    if kind in ERRORS:
        return ERRORS[kind](text, rng)
    if kind == "drop" and len(text) > 1:
        return text[:at] + text[at + 1 :]
    # Only then: a row has 17 cells.
    if kind == "add" and len(text) < 17:
        return text[:at] + text[at] + text[at:]
    return None


def _swapped(text: str, rng: np.random.Generator) -> str | None:
    pairs = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
    if not pairs:
        return None
    i = int(rng.choice(pairs))
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _with_look_alike(text: str, rng: np.random.Generator) -> str | None:
    same = [i for i, c in enumerate(text) if c in ALIKE and ALIKE[c].isdigit() == c.isdigit()]
    if not same:
        return None
    i = int(rng.choice(same))
    return text[:i] + ALIKE[text[i]] + text[i + 1 :]


def _with_other_digit(text: str, rng: np.random.Generator) -> str | None:
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    if not digits:
        return None
    i = int(rng.choice(digits))
    return text[:i] + str((int(text[i]) + int(rng.integers(1, 10))) % 10) + text[i + 1 :]


def _without_comma(text: str, _rng: np.random.Generator) -> str | None:
    return text.replace(",", "", 1) if "," in text else None


def _without_minus(text: str, _rng: np.random.Generator) -> str | None:
    return text[1:] if text.startswith("-") else None


ERRORS: dict[str, Callable[[str, np.random.Generator], str | None]] = {
    "swap": _swapped,
    "alike": _with_look_alike,
    "digit": _with_other_digit,
    "comma": _without_comma,
    "minus": _without_minus,
}


class Sheet(TypedDict):
    """What stands on one sheet; `replacements`: task number and answer."""

    region: str
    subject: str
    name: str
    answers: dict[str, str]
    replacements: list[list[str]]


class Truth(TypedDict):
    """One pair as made: both sheets, and the fields that differ with the kind of error."""

    pair: str
    code: str
    hard: bool
    original: Sheet
    copy: Sheet
    differences: list[str]
    kinds: dict[str, str]


def copy_of(original: Sheet, rng: np.random.Generator) -> tuple[Sheet, dict[str, str]]:
    """What the transferrer wrote, and the kind of error by field."""
    copy: Sheet = {
        **original,
        "answers": dict(original["answers"]),
        "replacements": [list(row) for row in original["replacements"]],
    }
    kinds: dict[str, str] = {}
    # False flags are counted on copies without an error too.
    if rng.random() < 0.25:
        return copy, kinds
    for task, text in original["answers"].items():
        if rng.random() > 0.16:
            continue
        kind = str(
            rng.choice(
                [
                    "drop",
                    "add",
                    "swap",
                    "alike",
                    "alike",
                    "comma",
                    "minus",
                    "digit",
                    "digit",
                    "skip",
                ]
            )
        )
        if kind == "skip":
            del copy["answers"][task]
            kinds[task] = kind
            continue
        changed = spoil_text(text, kind, rng)
        if changed is not None:
            copy["answers"][task], kinds[task] = changed, kind
    return copy, kinds


def fill(
    layout: Layout,
    sheet: Sheet,
    code: str,
    hand: Hand,
    rng: np.random.Generator,
    scale: float,
) -> np.ndarray:
    page = blank(layout, code, sheet["subject"], scale)
    for name in ("region", "subject", "name"):
        write(page, layout.comb(f"header:{name}"), sheet[name], hand, rng, scale)
    for task, text in sheet["answers"].items():
        write(page, layout.comb(task), text, hand, rng, scale)
    for number, (task, text) in enumerate(sheet["replacements"], 1):
        write(
            page, layout.comb(f"replacement:{number}", "replacement-task"), task, hand, rng, scale
        )
        write(page, layout.comb(f"replacement:{number}", "replacement"), text, hand, rng, scale)
    return page


def make_pair(
    layout: Layout,
    name: str,
    hard: bool,
    deal: Deal,
    out: Path,
    rng: np.random.Generator,
) -> Truth:
    subject = str(rng.choice(list(SUBJECTS)))
    answers = answers_for(subject, rng)
    chosen = rng.choice(list(answers), int(rng.integers(0, 3)))
    replaced = [[f"{int(task):02d}", str(rng.integers(1, 100))] for task in chosen]
    original: Sheet = {
        "region": f"{rng.integers(1, 90):02d}",
        "subject": subject,
        "name": SUBJECTS[subject],
        "answers": answers,
        "replacements": replaced,
    }
    copy, kinds = copy_of(original, rng)
    # Begun so, as the one real number that is known does.
    code = f"26{rng.integers(0, 10**10):010d}"
    marks = {mark.id: mark for mark in layout.markers}
    for sheet, scale, label in ((original, layout.a3_scale, "original-A3"), (copy, 1.0, "copy-A4")):
        page = spoil(
            fill(layout, sheet, code, deal(hard), rng, scale),
            layout,
            any_damage(rng, hard, marks),
            rng,
        )
        save(page, out / f"{name}-{label}.jpg", int(rng.integers(78, 92)))
    return {
        "pair": name,
        "code": code,
        "hard": hard,
        "original": original,
        "copy": copy,
        "differences": list(kinds),
        "kinds": kinds,
    }


def save(page: np.ndarray, path: Path, quality: int) -> None:
    """Write a JPEG that states 300 dpi, as scanners do."""
    from PIL import Image

    Image.fromarray(page).save(path, quality=quality, dpi=(300, 300))


def make(
    out: Path,
    pairs: int,
    seed: int,
    deal: Deal,
) -> list[Truth]:
    """Write `pairs` pairs and their truth.json to `out`, every second one hard.

    `deal` gives a hand for each sheet.
    """
    out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    layout = layouts()["answer-form-1.2022"]
    rng = np.random.default_rng(seed)
    truth = [
        make_pair(layout, f"sheet{number:04d}", number % 2 == 1, deal, out, rng)
        for number in range(pairs)
    ]
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
    return truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder of character sets; their measuring part is used"
    )
    parser.add_argument(
        "--part",
        type=int,
        choices=(0, 1),
        help="only one half of those hands",
    )
    parser.add_argument("--fonts", action="store_true", help="printed type instead of hands")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.fonts and not options.data:
        parser.error("either --data or --fonts is needed")
    deal = type_hands if options.fonts else dealt_hands(options.data, options.part)
    make(options.out, options.pairs, options.seed, deal)


if __name__ == "__main__":
    main()
