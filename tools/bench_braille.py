"""Measures the Braille readers and writes the result between the markers of docs/benchmarks.md.

    python tools/bench_braille.py --data DIR [--quick]

Pages: the validation folders `DIR/braille/val-*`, and pages of the project's own renderer with seeds that training never sees. A cell counts
when its centre lies within half a cell of the true one and all six dots are right. `--quick` reads
every fifth page.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examday.braille import page as reader
from examday.braille.cells import Cell
from examday.braille.compare import AGREE, compare
from examday.braille.decode import readings
from examday.braille.detect import WEIGHTS
from examday.braille.encode import NoBraille, encode
from examday.braille.render import render
from examday.braille.samples import answers
from tools.braille_training.rendered import random_look

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
START, END = "<!-- braille -->", "<!-- /braille -->"
HELD_BACK_SEED = 1_000_000
"""From here on no seed is drawn by the training: its pages would flatter the reader."""
APART = str(
    ROOT / "tools" / "braille_training" / "apart"
)  # weights that never saw the sources below
SOURCES_APART = {
    "flatbed scans, other books": ("train-scans", ("Ordinary", "Shaver")),
    "flatbed scans, other pages of a book": (
        "train-scans",
        ("Massage-M+7", "Massage-M+8", "Massage-M+9"),
    ),
    "photos of another book": ("train-books", ("telefon",)),
    "photos of other people's notebooks": (
        "train-handwritten",
        ("ang_redmi", "uploaded-IMG", "uploaded-1565", "uploaded-2378"),
    ),
}


@dataclass
class Score:
    """Counts over pages; `confidence` and `right` of every cell that was read."""

    right: int = 0
    read: int = 0
    true: int = 0
    pages: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cells: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.read + self.true)

    def flags(self, share: float) -> float:
        """Share of wrong cells among the least sure `share` of all cells read."""
        worst = sorted(self.cells)[: int(share * len(self.cells))]
        wrong = sum(not ok for _, ok in self.cells)
        return sum(not ok for _, ok in worst) / wrong if wrong else 1.0

    def flagged(self) -> tuple[float, float]:
        """Share of cells below the doubt limit, and share of wrong cells among them."""
        doubtful = [ok for confidence, ok in self.cells if confidence < reader.DOUBTFUL]
        wrong = sum(not ok for _, ok in self.cells)
        return len(doubtful) / max(1, len(self.cells)), sum(not ok for ok in doubtful) / max(
            1, wrong
        )


def measure(pages: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]], weights: str) -> Score:
    """Reads (grey, boxes, labels) pages and counts."""
    score = Score()
    for grey, boxes, labels in pages:
        began = time.process_time()
        found = reader.read(grey, weights=weights)
        score.seconds.append(time.process_time() - began)
        cells = [cell for line in found.lines for cell in line.cells if cell.dots]
        right = _matched(cells, boxes, labels)
        score.right += sum(right)
        score.read += len(cells)
        score.true += len(labels)
        score.cells += [(cell.confidence, ok) for cell, ok in zip(cells, right, strict=True)]
        score.pages.append(2 * sum(right) / max(1, len(cells) + len(labels)))
    return score


def _matched(cells: list[Cell], boxes: np.ndarray, labels: np.ndarray) -> list[bool]:
    right = [False] * len(cells)
    used: set[int] = set()
    if not cells:
        return right
    places = np.array(
        [[(c.box[0] + c.box[2]) / 2, (c.box[1] + c.box[3]) / 2] for c in cells if c.box]
    )
    for box, label in zip(boxes, labels, strict=True):
        size = np.array([box[2] - box[0], box[3] - box[1]])
        off = np.abs(places - np.array([box[0] + box[2], box[1] + box[3]]) / 2) / size
        near = [int(i) for i in np.flatnonzero((off < 0.5).all(1)) if i not in used]
        best = min(near, key=lambda i: float(off[i].sum()), default=None)
        if best is not None and cells[best].dots == label:
            used.add(best)
            right[best] = True
    return right


def photographs(
    folder: Path, step: int, sources: tuple[str, ...] = ("",)
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pages at their own size, as the program sees them; `sources`: how their names may begin."""
    chosen = [
        picture for picture in sorted(folder.glob("*.jpg")) if picture.name.startswith(sources)
    ]
    for picture in chosen[::step]:
        grey = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise SystemExit(f"not a picture: {picture}")
        rows = [line.split(";") for line in picture.with_suffix(".csv").read_text("utf-8").split()]
        table = np.array([[float(v) for v in row] for row in rows]).reshape(-1, 5)
        yield grey, _scaled(table, grey), table[:, 4]


def _scaled(table: np.ndarray, grey: np.ndarray) -> np.ndarray:
    return np.asarray(table[:, :4] * np.array([grey.shape[1], grey.shape[0]] * 2))


def rendered(count: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield pages of generated answers, as hard to see as the training's.

    Half of them are two-sided; the light comes from anywhere above.
    """
    for seed in range(HELD_BACK_SEED, HELD_BACK_SEED + count):
        rng = np.random.default_rng(seed)
        look, across, down = random_look(rng)
        lines = [encode(answer)[:across] for answer in answers(down, seed)]
        verso = [encode(answer)[:across] for answer in answers(down, -seed)] if seed % 2 else []
        page = render(lines, look, seed, verso)
        yield page.grey, page.boxes, page.labels


def round_trips(count: int) -> tuple[float, float]:
    """Share of generated answers whose true reading is offered, and is offered first."""
    offered = first = 0
    written = answers(count, seed=77)
    for answer in written:
        found = [reading.text for reading in readings(encode(answer))]
        offered += answer in found
        first += found[0] == answer
    return offered / count, first / count


def second_reader(count: int) -> tuple[float, float]:
    """Return the share of typed slips that raise a mismatch, and of true answers that raise one.

    A slip is one character too few in what was typed.
    """
    rng = np.random.default_rng(7)
    slips = caught = alarms = 0
    for answer in answers(count, seed=78):
        cells = [Cell(dots) for dots in encode(answer, "none")]
        alarms += compare(answer, cells).verdict != AGREE
        place = int(rng.integers(len(answer)))
        typed = answer[:place] + answer[place + 1 :]
        if _cells_of(typed) != _cells_of(answer):
            slips += 1
            caught += compare(typed, cells).verdict != AGREE
    return caught / slips, alarms / count


def _cells_of(text: str) -> tuple[int, ...] | None:
    try:
        return encode(text.strip(), "none")
    except NoBraille:
        return None


def not_braille(data: Path, step: int) -> str:
    """Share of pictures of other things that the reader calls no Braille, as words."""
    kinds = [reader.read(grey).kind for grey, _, _ in photographs(data / "train-not-braille", step)]
    return f"{sum(kind != 'braille' for kind in kinds)} of {len(kinds)}" if kinds else "–"


HEAD = (
    "| set | weights | pages | cells | F1 | worst page | flagged | wrong cells flagged | wrong in least sure 3 % |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def accuracy(data: Path, step: int) -> tuple[str, list[float]]:
    """The table of the shipped weights, and seconds of processor time of each validation page."""
    books = measure(photographs(data / "val-books", step), WEIGHTS)
    hands = measure(photographs(data / "val-handwritten", 1), WEIGHTS)
    both = _sum(books, hands)
    made = measure(rendered(20 // step), WEIGHTS)
    named = (
        ("books", books),
        ("handwritten", hands),
        ("**both**", both),
        ("rendered, held back", made),
    )
    rows = "".join(_row(name, WEIGHTS, score) for name, score in named if score.true)
    return HEAD + rows, both.seconds


def unseen(data: Path, step: int) -> str:
    """Return the table of sources that were left out of a training.

    It shows what pages of strangers may be expected to give.
    """
    rows = ""
    for name, (folder, sources) in SOURCES_APART.items():
        score = measure(photographs(data / folder, step, sources), APART)
        rows += _row(name, "without them", score) if score.true else ""
    return rows and (
        "Sources never seen: weights of a shorter training (44,000 crops) from which these were left out. The shipped "
        f"weights were trained longer, and on them as well.\n\n{HEAD}{rows}\n"
    )


def report(data: Path, step: int) -> str:
    """The section of docs/benchmarks.md; `step`: every so many pages are read."""
    rows, seconds = accuracy(data, step)
    rows += "\n" + unseen(data, 1)
    offered, first = round_trips(4000)
    caught, alarms = second_reader(2000)
    lines = []
    if seconds:
        middle, longest = statistics.median(seconds), max(seconds)
        load = f"other work on the machine: load {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores"
        lines.append(
            f"One photo page, one core: {middle:.2f} s of processor time, longest {longest:.2f} s ({load})."
        )
    lines += [
        f"Most memory of a process that reads pages: {_reader_memory():.0f} MB.",
        f"Pictures of other things, said to be no Braille: {not_braille(data, 4)} (they were seen in training).",
        f"Generated answers put into Braille: true reading offered {offered:.2%}, offered first {first:.2%}.",
        f"One character lost in typing: mismatch raised {caught:.2%}; true answers that raise one: {alarms:.2%}.",
    ]
    return rows + "\n" + "".join(f"- {line}\n" for line in lines)


def _row(name: str, weights: str, score: Score) -> str:
    flagged, caught = score.flagged()
    return (
        f"| {name} | {weights} | {len(score.pages)} | {score.true} | {score.f1:.4f} | {min(score.pages):.3f} |"
        f" {flagged:.1%} | {caught:.0%} | {score.flags(0.03):.0%} |\n"
    )


def _sum(a: Score, b: Score) -> Score:
    return Score(a.right + b.right, a.read + b.read, a.true + b.true, a.pages + b.pages, a.seconds + b.seconds,
                 a.cells + b.cells)  # fmt: skip


def _reader_memory() -> float:
    """Return the peak of a fresh process that reads one scan of 200 dpi, MB.

    The process finds nothing on the scan, which takes all passes.
    """
    code = (
        "import numpy as np\nfrom pathlib import Path\nfrom examday.braille.page import read\n"
        "read(np.random.default_rng(1).integers(150, 200, (2340, 1704)).astype(np.uint8))\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout) / 1024


def write(section: str) -> None:
    """Puts the section between its markers; the rest of the file is others'."""
    text = REPORT.read_text("utf-8") if REPORT.exists() else "# Benchmarks\n"
    body = f"{START}\n## Braille\n\n{section}{END}"
    if START in text:
        text = text[: text.index(START)] + body + text[text.index(END) + len(END) :]
    else:
        text = text.rstrip("\n") + "\n\n" + body + "\n"
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder that holds braille/",
    )
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    section = report(options.data / "braille", 5 if options.quick else 1)
    print(section)
    write(section)


if __name__ == "__main__":
    main()
