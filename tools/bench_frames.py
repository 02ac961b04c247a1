"""Measure where forms are laid: photos with a mark covered, sheets that a feeder pulled, good files of every kind,
and what the proof costs.

Writes its section of docs/benchmarks.md.

    python tools/bench_frames.py --data DIR [--photos N] [--fed N]

DIR holds `forms/` (filled sheets as a scanner gives them). Photos are made of lettered sheets, whose geometry is known.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
from good_files import good_files
from make_sheets import Sheet, fill
from sheet_feeder import KINDS, faxed, fed, feed
from sheet_paper import Damage, font_hand, spoil
from sheet_photo import Move, photo, worst_mm

from examday.domain.errors import DomainError
from examday.paper.layout import Layout, layouts
from examday.reading.flatten import flatten
from examday.reading.guards import open_pages
from examday.reading.identify import identify
from examday.reading.laying import lay_page
from examday.reading.proof import prove

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- frames: begin, written by tools/bench_frames.py -->", "<!-- frames: end -->"
FORM = "answer-form-1.2022"
BOUND_MM = 0.4
"""How far a frame may lie from where it is, mm of the standard form: more shows the neighbour's
writing."""
# most degrees of tilt, turn and side of the camera: the bar is for photos taken with some care
MILD = 15.0, 8.0, 6.0
MOST_BENT_MM = 6.0  # how far the middle of a bent sheet stands up: the bar is for no more


@dataclass
class Photos:
    """How far the worst frame of each laid photo lies off, mm; and how many show no frame."""

    off: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def over(self) -> int:
        """Photos with a frame that lies further off than it may."""
        return sum(mm > BOUND_MM for mm in self.off)


@dataclass
class Cost:
    """Seconds of a processor for each page: decoding, identifying with the proof, the proof alone."""

    decode: list[float] = field(default_factory=list)
    identify: list[float] = field(default_factory=list)
    prove: list[float] = field(default_factory=list)


def covered_photos(number: int, seed: int = 12) -> Photos:
    """Photos of one form, tilted, turned and often bent, one of its black squares covered."""
    form, rng, out = layouts()[FORM], np.random.default_rng(seed), Photos()
    marks = [mark.id for mark in form.markers]
    for _ in range(number):
        page = _filled(form, Damage(covered=str(rng.choice(marks)), noise=1.0), rng)
        bend = rng.choice([0.0, rng.uniform(0, MOST_BENT_MM)])
        tilt, turn, side = (rng.uniform(-most, most) for most in MILD)
        picture, truth = photo(page, tilt, turn, bend, side)
        off = worst_mm(picture, form, truth)
        if off is None:
            out.refused += 1
        else:
            out.off.append(off)
    return out


def fed_sheets(number: int, seed: int = 35) -> Photos:
    """Sheets of one form that a feeder pulled unevenly, lengthwise or sideways, every other one a fax."""
    form, rng, out = layouts()[FORM], np.random.default_rng(seed), Photos()
    for i in range(number):
        page, aside = _filled(form, Damage(noise=1.0), rng), rng.random() < 0.3
        turned = np.ascontiguousarray(page.T) if aside else page
        picture, truth = fed(turned, feed(str(rng.choice(KINDS)), len(turned), rng))
        picture, way = (
            (np.ascontiguousarray(picture.T), _sideways(truth)) if aside else (picture, truth)
        )
        off = worst_mm(faxed(picture) if i % 2 else picture, form, way)
        if off is None:
            out.refused += 1
        else:
            out.off.append(off)
    return out


def _sideways(way: Move) -> Move:
    """The way of a sheet whose rows and columns were exchanged before it ran through."""
    return lambda mm: way(np.asarray(mm)[:, ::-1])[:, ::-1]


def _filled(form: Layout, damage: Damage, rng: np.random.Generator) -> np.ndarray:
    answers = {str(task): "135" for task in range(1, 20)}
    sheet: Sheet = {
        "region": "77",
        "subject": "01",
        "name": "РУС",
        "answers": answers,
        "replacements": [],
    }
    filled = fill(form, sheet, "261234567890", font_hand, rng, 1.0)
    return spoil(filled, form, damage, rng)


def questions(files: Iterator[tuple[str, Path]]) -> tuple[Counter[str], dict[str, list[str]]]:
    """Count the good files of each kind, and name those that would not attach, with the reasons."""
    counted: Counter[str] = Counter()
    asked: dict[str, list[str]] = {}
    for kind, path in files:
        counted[kind] += 1
        try:
            because = [
                code for page in open_pages(path) for code in identify(page.grey, page.dpi).because
            ]
        except DomainError as error:
            because = [error.code]
        if because:
            asked.setdefault(kind, []).append(f"{path.name}: {', '.join(because)}")
    return counted, asked


def cost(paths: Sequence[Path]) -> Cost:
    """Time each step on sheets as a scanner gives them."""
    out, known = Cost(), layouts()
    for path in paths:
        began = time.process_time()
        [page] = list(open_pages(path))
        out.decode.append(time.process_time() - began)
        began = time.process_time()
        identify(page.grey, page.dpi)
        out.identify.append(time.process_time() - began)
        laid = lay_page(page.grey, known)
        if laid.fit is None:
            continue
        places = [code.place for code in laid.codes if code.place is not None]
        began = time.process_time()
        prove(page.grey, laid.fit, places, True)
        proved = time.process_time() - began
        began = time.process_time()
        flatten(page.grey, laid.fit)
        # Not counted as proof, since the readers need the straightened page in any case.
        out.prove.append(max(0.0, proved - (time.process_time() - began)))
    return out


def section(
    photos: Photos, pulled: Photos, good: tuple[Counter[str], dict[str, list[str]]], spent: Cost
) -> str:
    """The section of the report."""
    counted, asked = good
    number = len(photos.off) + photos.refused
    attached = counted.total() - sum(map(len, asked.values()))
    lines = [
        BEGIN,
        "## Frames",
        "",
        f"Python {platform.python_version()}, one thread, CPU time.",
        "",
        "| What | Bar | Measured | n |",
        "| --- | --- | --- | --- |",
        f"| photos with a mark covered (tilt ≤ {MILD[0]:g}°, bent ≤ {MOST_BENT_MM:g} mm): worst frame"
        f" within {BOUND_MM} mm | all that show frames | {len(photos.off) - photos.over} of"
        f" {len(photos.off)}, {photos.refused} show none | {number} |",
        f"| of these, worst frame, 95th of a hundred | ≤ {BOUND_MM} mm | {_at(photos.off, 0.95):.2f} mm"
        f" | {len(photos.off)} |",
        f"| of these, the worst | ≤ {BOUND_MM} mm | {max(photos.off, default=0.0):.2f} mm"
        f" | {len(photos.off)} |",
        f"| sheets that a feeder pulled unevenly, half of them faxes: worst frame within {BOUND_MM} mm"
        f" | all that show frames | {len(pulled.off) - pulled.over} of {len(pulled.off)},"
        f" {pulled.refused} show none | {len(pulled.off) + pulled.refused} |",
        f"| of these, the worst | ≤ {BOUND_MM} mm | {max(pulled.off, default=0.0):.2f} mm"
        f" | {len(pulled.off)} |",
        f"| good files without a question ({', '.join(counted)}) | all | {attached} |"
        f" {counted.total()} |",
        f"| decoding a page, median | – | {_at(spent.decode, 0.5):.3f} s | {len(spent.decode)} |",
        f"| form, number, size and doubts, proof included, median | – |"
        f" {_at(spent.identify, 0.5):.3f} s | {len(spent.identify)} |",
        f"| the proof alone, median | – | {_at(spent.prove, 0.5):.3f} s | {len(spent.prove)} |",
        "",
    ]
    lines += [f"Asked about, {kind}: {'; '.join(names)}." for kind, names in asked.items()]
    return "\n".join([*lines, END]).replace("\n\n\n", "\n\n")


def _at(values: Sequence[float], share: float) -> float:
    """The value below which this share lies; 0 without values."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0.0


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--fed", type=int, default=120)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    sheets = sorted((options.data / "forms").glob("*.jpg"))
    with tempfile.TemporaryDirectory() as folder:
        good = questions(good_files(sheets, Path(folder)))
    photos, pulled = covered_photos(options.photos), fed_sheets(options.fed)
    found = section(photos, pulled, good, cost(sheets))
    report = REPORT.read_text("utf-8")
    if BEGIN in report:
        head, _, rest = report.partition(BEGIN)
        report = head + found + rest.partition(END)[2]
    else:
        report = report.rstrip("\n") + "\n\n" + found + "\n"
    REPORT.write_text(report, "utf-8")
    print(found)


if __name__ == "__main__":
    main()
