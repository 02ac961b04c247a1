"""Makes series of sheets: one copyist's copies of four candidates' originals, with known errors.

    python tools/sheet_series.py --data DIR --out DIR --copyists 16 --seed 1 [--part 0|1]

The copyist's letters come from one run of recording (see sheet_hands.py). A picture of a letter is
used on one of the four sheets only where the run has enough of them, so that a hand is learned and
not a picture. No set names who wrote a digit: digits are dealt anew for every sheet, so nothing
of a hand can be learned from them here. Every second copyist is a hard one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from make_sheets import Deal, Truth, make_pair
from sheet_hands import OF_EACH, Dealer, SheetHand, style
from sheet_paper import Hand

from examday.paper.layout import layouts

SHEETS = 4
"""Copies of one hand: three that are known and one that is judged with their help."""


class Copyist:
    """One person who copies `SHEETS` sheets with one pen."""

    def __init__(
        self,
        dealer: Dealer,
        rng: np.random.Generator,
        hard: bool,
    ) -> None:
        person = dealer.people[int(rng.integers(len(dealer.people)))]
        self.letters = {
            letter: [pictures[i] for i in rng.permutation(len(pictures))]
            for letter, pictures in person.items()
        }
        self.dealer, self.hard, self.style = dealer, hard, style(rng, hard)

    def hand(self, sheet: int) -> SheetHand:
        """The hand on one sheet: own letters where there are some left, dealt ones else."""
        glyphs = {
            character: self.letters.get(character, [])[sheet::SHEETS]
            or [self.dealer.card(character) for _ in range(OF_EACH)]
            for character in self.dealer.pictures
        }
        return SheetHand(glyphs, self.style)


def _in_turn(*hands: Hand) -> Deal:
    """Deal these hands one after the other: the original's, then the copy's."""
    left = list(hands)
    return lambda _hard: left.pop(0)


def make_series(
    out: Path,
    copyists: int,
    seed: int,
    data: Path,
    part: int | None = None,
) -> list[list[Truth]]:
    """Write the sheets of `copyists` people and truth.json to `out`; truths by copyist."""
    out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    layout, rng = layouts()["answer-form-1.2022"], np.random.default_rng(seed)
    dealer = Dealer(data, part)
    series = []
    for number in range(copyists):
        copyist = Copyist(dealer, rng, hard=number % 2 == 1)
        truths = []
        for sheet in range(SHEETS):
            deal = _in_turn(dealer.hand(copyist.hard), copyist.hand(sheet))
            name = f"c{number:02d}s{sheet}"
            truths.append(make_pair(layout, name, copyist.hard, deal, out, rng))
        series.append(truths)
    (out / "truth.json").write_text(json.dumps(series, ensure_ascii=False, indent=1), "utf-8")
    return series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of character sets",
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--copyists", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--part",
        type=int,
        choices=(0, 1),
        help="only one half of the hands",
    )
    options = parser.parse_args()
    make_series(options.out, options.copyists, options.seed, options.data, options.part)


if __name__ == "__main__":
    main()
