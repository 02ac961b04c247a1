"""Draws the filled sheets of the training day (scans/samples) from examday/demo/*.toml.

    python tools/make_demo_sheets.py            A3 originals at 200 dpi, A4 copies at 300 dpi, printed type

A work whose copy has planted slips gets a second, correct copy: «…-copy-A4-again.jpg».
"""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from make_sheets import Sheet, fill
from PIL import Image
from sheet_paper import font_hand

from examday.paper.layout import layouts

if TYPE_CHECKING:
    from examday.services.training.demo_files import Work

ROOT = Path(__file__).resolve().parent.parent
DEMO, OUT = ROOT / "examday" / "demo", ROOT / "scans" / "samples"
NAMES = {"01": "РУС", "02": "МАТ", "09": "АНГ"}
FRESH_COPY = ("registered", "copied", "verified", "handed_over")


def seating() -> dict[str, dict[str, str]]:
    text = (DEMO / "seating.csv").read_text(encoding="utf-8")
    return {row["Код участника"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def paper(page: np.ndarray, angle: float, rng: np.random.Generator) -> np.ndarray:
    """Return a clean scan of the page: a little askew, a little grey, hardly any noise.

    Noise is what makes files large.
    """
    high, wide = page.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    page = cv2.warpAffine(page, turn, (wide, high), borderValue=250)
    return np.asarray(np.clip(page.astype(np.int16) * 0.97 + rng.integers(0, 3), 0, 255), np.uint8)


def draw(
    work: Work, seat: dict[str, str], wrong: dict[str, str], a3: bool, seed: int
) -> Image.Image:
    layout = layouts()["answer-form-1.2022"]
    rng = np.random.default_rng(seed)
    answers = {task: text for task, text in {**work.get("answers", {}), **wrong}.items() if text}
    sheet: Sheet = {
        "region": "77",
        "subject": seat["Код предмета"],
        "name": NAMES[seat["Код предмета"]],
        "answers": answers,
        "replacements": work.get("replacements", []),
    }
    page = fill(
        layout, sheet, seat["Номер бланка"][:12], font_hand, rng, layout.a3_scale if a3 else 1.0
    )
    picture = Image.fromarray(paper(page, float(rng.uniform(-0.4, 0.4)), rng))
    if a3:
        picture = picture.resize(
            (picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS
        )
    return picture


def main() -> None:
    cv2.setNumThreads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    seats = seating()
    disputed = tomllib.loads((DEMO / "appeal.toml").read_text(encoding="utf-8"))
    seats[disputed["candidate"]] = {
        "Код предмета": disputed["subject"],
        "Номер бланка": disputed["code"],
    }
    works = [*tomllib.loads((DEMO / "works.toml").read_text(encoding="utf-8"))["work"], disputed]
    for number, work in enumerate(works):
        if "answers" not in work:
            continue
        seat, name = seats[work["candidate"]], work["candidate"].removeprefix("У-")
        wanted: list[tuple[str, dict[str, str], bool]] = [("original-A3", {}, True)]
        if work["target"] in FRESH_COPY:
            wanted.append(("copy-A4", work.get("copy", {}), False))
        if work.get("copy"):
            wanted.append(("copy-A4-again", {}, False))
        for step, (label, wrong, a3) in enumerate(wanted):
            dpi = 200 if a3 else 300
            draw(work, seat, wrong, a3, 10 * number + step).save(
                OUT / f"training-{name}-{label}.jpg", quality=55, optimize=True, dpi=(dpi, dpi)
            )


if __name__ == "__main__":
    main()
