"""Counts what the reader got right on made sheets, and what Tesseract would have, cell by cell."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytesseract

from examday.reading.compare import Comparison, compare_pages
from examday.reading.flatten import PX
from examday.reading.glyph import CYRILLIC, DIGITS, LATIN
from examday.reading.guards import open_pages
from examday.reading.page import PageReading, read_page

if TYPE_CHECKING:
    from make_sheets import Sheet, Truth

ALPHABETS = {"digits": DIGITS, "cyrillic": CYRILLIC, "latin": LATIN, "marks": ",-"}


@dataclass
class Scores:
    """Everything counted over a folder of pairs.

    `right[script]` is [right, all]; `seconds[size]` CPU seconds a page, `open_seconds[size]` those
    of them that went into opening and checking its file, `decode_seconds[size]` those of decoding
    alone; `fields` are (agreement, really different, kind) of every answer that
    stands on either sheet; `cells` are (script, written, picture, read).
    """

    sheets: int = 0
    sized: int = 0
    coded: int = 0
    rows: list[int] = field(default_factory=lambda: [0, 0])
    right: dict[str, list[int]] = field(
        default_factory=lambda: {name: [0, 0] for name in ALPHABETS}
    )
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"A3": [], "A4": []})
    open_seconds: dict[str, list[float]] = field(default_factory=lambda: {"A3": [], "A4": []})
    decode_seconds: dict[str, list[float]] = field(default_factory=lambda: {"A3": [], "A4": []})
    compare_seconds: list[float] = field(default_factory=list)
    fields: list[tuple[float, bool, str]] = field(default_factory=list)
    cells: list[tuple[str, str, np.ndarray, str]] = field(default_factory=list)

    def share(self, script: str) -> float:
        right, every = self.right[script]
        return right / every if every else float("nan")

    def found(self, bound: float) -> tuple[float, float, float]:
        """Return the shares of planted errors and of equal fields below `bound`, and errors missed.

        An equal field below it is wrongly there. The errors missed are counted in a thousand fields.
        """
        wrong = [a for a, different, _ in self.fields if different]
        equal = [a for a, different, _ in self.fields if not different]
        missed = sum(a >= bound for a in wrong)
        return (
            1 - missed / max(1, len(wrong)),
            sum(a < bound for a in equal) / max(1, len(equal)),
            1000 * missed / max(1, len(self.fields)),
        )


def score(folder: Path) -> Scores:
    """Read and compare every pair of `folder`.

    The folder holds truth.json as tools/make_sheets.py writes it.
    """
    out = Scores()
    for truth in json.loads((folder / "truth.json").read_text("utf-8")):
        pages = {}
        for side, size in (("original", "A3"), ("copy", "A4")):
            path = folder / f"{truth['pair']}-{side}-{size}.jpg"
            start = time.process_time()
            page = next(open_pages(path))
            out.open_seconds[size].append(time.process_time() - start)
            reading = read_page(
                page.grey, page.dpi, truth[side]["subject"]
            )  # as a station knows it, or the figures would be better than on the day
            out.seconds[size].append(time.process_time() - start)
            out.decode_seconds[size].append(decoding(path))
            count_page(out, reading, truth[side], truth["code"], size)
            pages[side] = reading
        if not all(reading.readable for reading in pages.values()):
            continue
        start = time.process_time()
        comparison = compare_pages(pages["original"], pages["copy"])
        out.compare_seconds.append(time.process_time() - start)
        count_pair(out, comparison, truth)
    return out


def decoding(path: Path) -> float:
    """CPU seconds to decode a JPEG to grey and do nothing with it: the floor under every reader."""
    data = np.frombuffer(path.read_bytes(), np.uint8)
    start = time.process_time()
    cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return time.process_time() - start


def count_page(
    out: Scores,
    reading: PageReading,
    truth: Sheet,
    code: str,
    size: str,
) -> None:
    out.sheets += 1
    out.sized += reading.identity.size == size
    # Without the check digit, as the truth leaves it out.
    out.coded += str(reading.identity.code)[:12] == code
    for task, text in truth["answers"].items():
        got = reading.text(task)
        out.rows[0] += got == text
        out.rows[1] += 1
        for place, character in enumerate(text):
            script = next(name for name, alphabet in ALPHABETS.items() if character in alphabet)
            out.right[script][1] += 1
            out.right[script][0] += place < len(got) and got[place] == character
        keep_cells(out, reading, task, text)


def keep_cells(
    out: Scores,
    reading: PageReading,
    task: str,
    text: str,
) -> None:
    """Keep pictures of single cells for Tesseract.

    Only where our own cutting found as many cells as there are characters.
    """
    if reading.flat is None or len(reading.fields[task].row.filled) != len(text):
        return
    cells = reading.fields[task].cells
    for cell, character in zip(cells, text, strict=True):
        x0, y0, x1, y1 = reading.fields[task].row.pieces[cell.place].box
        pad = round(0.5 * PX)
        picture = reading.flat.page[max(0, y0 - pad) : y1 + pad, max(0, x0 - pad) : x1 + pad]
        script = next(name for name, alphabet in ALPHABETS.items() if character in alphabet)
        out.cells.append((script, character, picture, cell.char))


def count_pair(out: Scores, comparison: Comparison, truth: Truth) -> None:
    for task in set(truth["original"]["answers"]) | set(truth["copy"]["answers"]):
        out.fields.append(
            (
                comparison.agreement.get(task, 1.0),
                task in truth["differences"],
                truth["kinds"].get(task, ""),
            )
        )


def tesseract(
    cells: list[tuple[str, str, np.ndarray, str]], script: str, most: int
) -> dict[str, float]:
    """Return share right and ms a cell of Tesseract and of our reader on the very same cells.

    Tesseract gets one character a call, with its own alphabet as white-list.
    """
    rng = np.random.default_rng(1)
    mine = [c for c in cells if c[0] == script]
    if not mine:
        return {}
    chosen = [mine[i] for i in rng.permutation(len(mine))[:most]]
    language = "rus" if script == "cyrillic" else "eng"
    right, start = 0, time.perf_counter()
    for _, character, picture, _ in chosen:
        large = cv2.copyMakeBorder(
            cv2.resize(picture, None, fx=1.5, fy=1.5), 20, 20, 20, 20, cv2.BORDER_REPLICATE
        )
        text = pytesseract.image_to_string(
            large,
            lang=language,
            config=f"--psm 10 --oem 1 -c tessedit_char_whitelist={ALPHABETS[script]}",
        )
        right += text.strip()[:1] == character
    return {
        "n": len(chosen),
        "right": right / len(chosen),
        "ms": 1000 * (time.perf_counter() - start) / len(chosen),
        "ours": sum(c[1] == c[3] for c in chosen) / len(chosen),
    }


def memory_mb(folder: Path) -> float:
    """Return the most memory a process of its own holds while it reads and compares `folder`, MB.

    All of `folder` is compared. The figure is VmHWM, looked at often: the system's own figure for
    ended children would count this process's memory at the moment of starting it.
    """
    command = [sys.executable, "-m", "examday.cli", "compare", "--folder", str(folder), "--json"]
    most = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            status = Path(f"/proc/{child.pid}/status").read_text()
            held = [
                int(line.split()[1]) / 1024
                for line in status.splitlines()
                if line.startswith("VmHWM")
            ]
            most = max([most, *held])
            time.sleep(0.1)
    return most
