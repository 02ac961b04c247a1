"""Characters as they come out of the reader's own cutting.

They are written into forms by the hands for training, scanned, spoilt, laid straight and cut again.
The network learns from these beside the plain frames of ink_data.

    python tools/sheet_cells.py --data DIR --out cells.npz --sheets 240
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from ink_data import Hands, load
from make_sheets import hand_of
from sheet_paper import Hand, any_damage, blank, spoil, write

from examday.paper.layout import Layout, layouts
from examday.reading.glyph import CLASSES, CYRILLIC, DIGITS, LATIN
from examday.reading.page import read_page

SEED, LONGEST = (
    77,
    11,
)  # characters a row; more than the rows' 17 would be writing through the cells
# by the subject on the sheet, as the reader knows it
ALPHABETS = {"01": CYRILLIC, "02": DIGITS + ",-", "09": LATIN}
SHARE = {"01": 0.55, "02": 0.15, "09": 0.30}


def sheet_cells(hands: Hands, sheets: int, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Frames (n, 32, 32) uint8 and class numbers (n,) of `sheets` sheets, A4 and A3 in turn.

    Rows where the cutting found another number of characters than were written are left out.
    """
    layout, rng = layouts()["answer-form-1.2022"], np.random.default_rng(seed)
    frames, labels = [], []
    for number in range(sheets):
        subject = str(rng.choice(list(SHARE), p=list(SHARE.values())))
        texts = {
            comb.field: _text(ALPHABETS[subject], rng)
            for comb in layout.combs
            if comb.role == "answer"
        }
        scan = _scan(
            layout,
            texts,
            subject,
            hand_of(hands, float(rng.choice([0.0, 0.5, 1.0]))),
            number % 2 == 1,
            rng,
        )
        reading = read_page(scan, 300.0, subject)
        for name, text in texts.items():
            row = reading.fields[name].row if name in reading.fields else None
            if row is not None and len(row.filled) == len(text):
                frames += [row.pieces[place].frame for place in row.filled]
                labels += [CLASSES.index(character) for character in text]
    return np.array(frames), np.array(labels)


def _scan(
    layout: Layout,
    texts: dict[str, str],
    subject: str,
    hand: Hand,
    large: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return a sheet with these answers, scanned through JPEG.

    More than half of the sheets are as hard as those for measuring.
    """
    scale = layout.a3_scale if large else 1.0
    page = blank(layout, f"26{rng.integers(0, 10**10):010d}", subject, scale)
    for name, text in texts.items():
        write(page, layout.comb(name), text, hand, rng, scale)
    marks = {mark.id: mark for mark in layout.markers}
    page = spoil(page, layout, any_damage(rng, rng.random() < 0.6, marks), rng)
    _, jpeg = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(72, 94))])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE))


def _text(alphabet: str, rng: np.random.Generator) -> str:
    inner = alphabet.replace(",", "").replace("-", "")
    text = "".join(rng.choice(list(inner), int(rng.integers(3, LONGEST + 1))))
    if "," in alphabet and rng.random() < 0.5:
        at = int(rng.integers(1, len(text)))
        text = text[:at] + "," + text[at:]
    return "-" + text if "-" in alphabet and rng.random() < 0.3 else text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sheets", type=int, default=240)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    x, y = sheet_cells(load(options.data)[0], options.sheets, options.seed)
    np.savez_compressed(options.out, x=x, y=y)
    print(len(y), "characters")


if __name__ == "__main__":
    main()
