"""Draws the filled sheets of the training day (scans/samples) from examday/demo/*.toml.

    python tools/make_demo_sheets.py

A3 originals at 200 dpi, each in the hand of its candidate; of every work an A4 copy at 300 dpi in
the hand of the assistant, so that each can go the whole way. A work whose copy has planted slips gets a second, correct copy: «…-copy-A4-again.jpg».
`scan = "halves"` in the list of works: the original comes in two halves; "photo": as a photo too.
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
from PIL import Image, ImageDraw, ImageFont
from sheet_paper import put
from sheet_photo import photo
from sheet_strokes import FONT, Person, person

from examday.braille.encode import encode
from examday.braille.render import Look, render
from examday.paper.layout import Layout, layouts

if TYPE_CHECKING:
    from examday.services.training.demo_files import Work

ROOT = Path(__file__).resolve().parent.parent
DEMO, OUT = ROOT / "examday" / "demo", ROOT / "scans" / "samples"
NAMES = {"01": "РУС", "02": "МАТ", "09": "АНГ"}
COPYIST = 100
"""Whose hand all copies are in, the assistant's: another hand would make the learned one
useless."""
PX = 300 / 25.4
HALVES_OVERLAP_MM = 30
"""What both halves show of an A3 sheet that is laid on the glass of an A4 scanner twice."""


def seating() -> dict[str, dict[str, str]]:
    text = (DEMO / "seating.csv").read_text(encoding="utf-8")
    return {row["Код участника"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def media() -> dict[str, str]:
    """Candidate → «брайль» for those who write in a notebook, «» for the others."""
    text = (DEMO / "candidates.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return {row["Код участника"]: "брайль" if "брайль" in row["Условия"] else "" for row in rows}


def paper(page: np.ndarray, angle: float, rng: np.random.Generator) -> np.ndarray:
    """Return a clean scan of the page: a little askew, a little grey, hardly any noise.

    Noise is what makes files large.
    """
    high, wide = page.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    page = cv2.warpAffine(page, turn, (wide, high), borderValue=250)
    return np.asarray(np.clip(page.astype(np.int16) * 0.97 + rng.integers(0, 3), 0, 255), np.uint8)


def page_of(
    work: Work,
    seat: dict[str, str],
    wrong: dict[str, str],
    a3: bool,
    seed: int,
) -> np.ndarray:
    """Return the written sheet at 300 dpi of its own paper, as it comes off the glass."""
    layout = layouts()["answer-form-1.2022"]
    rng = np.random.default_rng(seed)
    answers = {task: text for task, text in {**work.get("answers", {}), **wrong}.items() if text}
    struck = work.get("struck", {})
    sheet: Sheet = {
        "region": "77",
        "subject": seat["Код предмета"],
        "name": NAMES[seat["Код предмета"]],
        # What was struck out is not copied: the row stays empty.
        "answers": {**answers, **struck} if a3 else answers,
        "replacements": work.get("replacements", []),
    }
    hand = person(int(work["candidate"].removeprefix("У-")) if a3 else COPYIST)
    scale = layout.a3_scale if a3 else 1.0
    page = fill(layout, sheet, seat["Номер бланка"][:12], hand, rng, scale)
    if a3:
        for task, text in struck.items():
            strike(page, layout, task, len(text), hand, rng, scale)
    return paper(page, float(rng.uniform(-0.4, 0.4)), rng)


def strike(
    page: np.ndarray,
    layout: Layout,
    task: str,
    length: int,
    hand: Person,
    rng: np.random.Generator,
    scale: float,
) -> None:
    """Strike an answer out with one wavering line."""
    first, last = layout.comb(task).cell(0), layout.comb(task).cell(length - 1)
    unit = PX * scale
    x = np.arange(round(first[0] * unit), round(last[2] * unit))
    y = (first[1] + first[3]) / 2 * unit + np.cumsum(rng.normal(0, 0.25, len(x)))
    ink = np.zeros(page.shape, np.float32)
    cv2.polylines(ink, [np.c_[x, y].astype(np.int32)], False, (1.0,), round(hand.pen * scale), 16)
    put(page, ink, 0, 0, float(rng.uniform(*hand.style.grey)))


def save(page: np.ndarray, name: str, dpi: int) -> None:
    """Write a scan that states its resolution; what is above 200 dpi is made smaller."""
    picture = Image.fromarray(page)
    if dpi == 200:
        size = picture.width * 2 // 3, picture.height * 2 // 3
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.save(
        OUT / f"training-{name}.jpg",
        quality=55,
        optimize=True,
        dpi=(dpi, dpi),
    )


def save_original(page: np.ndarray, name: str, way: str) -> None:
    """Write the enlarged sheet as it was scanned: whole, in two halves, or as a photo beside it."""
    if way == "halves":
        middle, more = len(page) // 2, round(HALVES_OVERLAP_MM / 2 * PX)
        save(page[: middle + more], f"{name}-original-A3-half-1", 200)
        save(page[middle - more :], f"{name}-original-A3-half-2", 200)
        return
    save(page, f"{name}-original-A3", 200)
    if way == "photo":
        small = cv2.resize(
            page,
            None,
            fx=0.5,
            fy=0.5,
            interpolation=cv2.INTER_AREA,
        )
        seen, _move = photo(
            small,
            tilt=9,
            turn=3,
            side=-5,
        )
        # A telephone states no resolution that tells anything of the paper's size.
        Image.fromarray(seen).save(OUT / f"training-{name}-original-photo.jpg", quality=60)


def notebook_page(lines: list[str], seed: int) -> np.ndarray:
    """Return a page of Braille under a lamp at its top edge."""
    return np.asarray(render([encode(line) for line in lines], Look(), seed).grey)


def printed_page(lines: list[str], number: int) -> np.ndarray:
    """Return a page as it comes out of a printer: no form, no code, only its number below."""
    page = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(FONT, 34)
    for row, line in enumerate(lines):
        pen.text((150, 180 + 62 * row), line, font=face, fill=25)
    pen.text((600, 1640), str(number), font=face, fill=25)
    return np.asarray(page)


def draw_pages(
    work: Work,
    name: str,
    medium: str,
    seed: int,
) -> None:
    """Write the pages of a notebook or a print-out."""
    for number, lines in enumerate(work["pages"], 1):
        braille = medium == "notebook"
        page = notebook_page(lines, seed + number) if braille else printed_page(lines, number)
        dpi = round(Look().pixels_per_mm * 25.4) if braille else 150
        target = OUT / f"training-{name}-{medium}-{number}.jpg"
        Image.fromarray(page).save(
            target,
            quality=70,
            optimize=True,
            dpi=(dpi, dpi),
        )


def answers_of(pages: list[list[str]]) -> dict[str, str]:
    """Return what the lines of a notebook or a print-out say, as it is copied onto the form."""
    parts = (line.split() for page in pages for line in page)
    return {task: "".join(text).upper() for task, *text in parts}


def draw_copies(work: Work, seat: dict[str, str], name: str, seed: int) -> None:
    """Write the copy of a work, and one without the planted slips where it has some."""
    save(page_of(work, seat, work.get("copy", {}), False, seed), f"{name}-copy-A4", 300)
    if work.get("copy"):
        save(page_of(work, seat, {}, False, seed + 1), f"{name}-copy-A4-again", 300)


def main() -> None:
    cv2.setNumThreads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    seats, needs = seating(), media()
    disputed = tomllib.loads((DEMO / "appeal.toml").read_text(encoding="utf-8"))
    seats[disputed["candidate"]] = {
        "Код предмета": disputed["subject"],
        "Номер бланка": disputed["code"],
    }
    works = [*tomllib.loads((DEMO / "works.toml").read_text(encoding="utf-8"))["work"], disputed]
    for number, work in enumerate(works):
        name = work["candidate"].removeprefix("У-")
        if "pages" in work:
            medium = "notebook" if needs[work["candidate"]] == "брайль" else "print-out"
            draw_pages(work, name, medium, 10 * number)
        seat = seats[work["candidate"]]
        if "answers" in work:
            original = page_of(work, seat, {}, True, 10 * number)
            save_original(original, name, work.get("scan", ""))
        else:
            work["answers"] = answers_of(work["pages"])
        draw_copies(work, seat, name, 10 * number + 1)


if __name__ == "__main__":
    main()
