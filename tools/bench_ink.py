"""Measure reading and comparing on sheets made for it, beside Tesseract.

Writes its section of docs/benchmarks.md.

    python tools/bench_ink.py --data DIR [--pairs N] [--set-bound]

DIR holds `characters/` (the character sets; their measuring hands fill the sheets) and `forms/` (sheets with their
truth). Without `characters/` the sheets are lettered in type, which is said in the report and proves only that everything works.
--set-bound chooses the threshold of comparing on one half of the hands before the other half is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from statistics import median

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
from ink_scores import Scores, memory_mb, score, tesseract
from make_sheets import dealt_hands, make, type_hands

from examday.reading import network

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- ink: begin, written by tools/bench_ink.py -->", "<!-- ink: end -->"
BOUNDS = (
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.55,
    0.6,
    0.65,
    0.7,
    0.75,
    0.8,
    0.85,
    0.9,
    0.93,
    0.95,
    0.97,
    0.98,
    0.99,
    0.995,
)

EASIER = """Where these sheets are easier than real ones: every character stands in its own cell, nobody
trembles, nothing is struck out or written over, the cells are the layout's own, and commas and minuses are
drawn by ourselves (no set holds any), so their figure shows the geometry and not the variety of people's
marks. Where they are harder: digits are dealt from one set by hundreds of writers, a thin glyph beside a
thick one on one sheet, and some pictures show no whole character.
""".splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument(
        "--cells",
        type=int,
        default=60,
        help="cells a script for Tesseract",
    )
    parser.add_argument("--set-bound", action="store_true")
    parser.add_argument("--made", type=Path, help="folder with tune/ and report/ already made")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    hands = (options.data / "characters").is_dir()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.made or Path(temporary)
        if options.set_bound:
            tuned = sheets(folder / "tune", options, 0, 101)
            choose_bound(score(tuned))
        report = sheets(folder / "report", options, 1, 202)
        memory, measured = memory_mb(report), score(report)
    given = options.data / "forms"
    other = score(given) if (given / "truth.json").exists() else None
    beside = {
        s: tesseract(measured.cells, s, options.cells) for s in ("digits", "cyrillic", "latin")
    }
    text = section(measured, other, beside, hands, memory)
    write(text)
    print(text)


def sheets(
    folder: Path,
    options: argparse.Namespace,
    part: int,
    seed: int,
) -> Path:
    """Sheets with their truth, lettered by the hands of one part; made once per folder."""
    characters = options.data / "characters"
    if not (folder / "truth.json").exists():
        make(
            folder,
            options.pairs,
            seed,
            dealt_hands(characters, part) if characters.is_dir() else type_hands,
        )
    return folder


def choose_bound(tuned: Scores) -> None:
    """The lowest bound that finds 98 % of the planted errors; kept with what each bound would do.

    An error that is missed costs a mark, a field shown for nothing costs a glance.
    """
    effects = [[b, *(round(v, 4) for v in tuned.found(b))] for b in BOUNDS]
    enough = [b for b, found, _, _ in effects if found >= 0.98]
    path = network.MODELS / "calibration.json"
    values = json.loads(path.read_text())
    values |= {"same_bound": min(enough, default=BOUNDS[-1]), "bounds": effects}
    path.write_text(json.dumps(values, indent=1) + "\n")
    network.calibration.cache_clear()


def section(
    s: Scores,
    given: Scores | None,
    beside: dict[str, dict[str, float]],
    hands: bool,
    memory: float,
) -> str:
    bound = network.calibration()["same_bound"]
    found, false, missed = s.found(bound)
    whose = (
        "hands that no weight was trained on, each sheet by one; half of the sheets hard (small, thin or pale "
        "writing, skew, keystone, shadow, fold, lost margin, a covered mark, upside down)"
        if hands
        else "**printed type**, because the character sets were not there"
    )
    lines = [
        BEGIN,
        "## Reading ink",
        "",
        f"{s.sheets} sheets made by `tools/make_sheets.py`, filled by {whose}. Python "
        f"{platform.python_version()}, one thread, CPU time. Weights {network.fingerprint()}.",
        "",
        "| What | Bar | Measured | n |",
        "| --- | --- | --- | --- |",
        f"| sheets registered and coded, right form and size | 100 % | {min(s.coded, s.sized) / s.sheets:.1%} | "
        f"{s.sheets} |",
    ]
    for script, bar in (
        ("digits", "99.0 %"),
        ("cyrillic", "95 %"),
        ("latin", "–"),
        ("marks", "99 %"),
    ):
        lines.append(
            f"| {script}, per character | {bar} | {s.share(script):.2%} | {s.right[script][1]:,} |"
        )
    planted = sum(different for _, different, _ in s.fields)
    lines += [
        f"| whole answers read right | – | {s.rows[0] / s.rows[1]:.1%} | {s.rows[1]} |",
        f"| planted transfer errors found | 98 % | {found:.1%} | {planted} |",
        f"| equal fields wrongly flagged | ≤ 3 % | {false:.1%} | {len(s.fields) - planted} |",
        *(speed(s, size, bar) for size, bar in (("A3", "≤ 0.25 s"), ("A4", "–"))),
        f"| comparing a pair once both are read, median | – | {median(s.compare_seconds):.3f} s | "
        f"{len(s.compare_seconds)} |",
        f"| memory of one process that reads and compares them all, peak | ≤ 400 MB | {memory:.0f} MB | 1 |",
        "",
    ]
    lines += kinds(s, bound) + effects(s, bound) + against(beside)
    if given is not None:
        lines += [
            "On the eight pairs handed over with the task (hands the network was trained on; they prove geometry "
            f"and flow): {given.coded} of {given.sheets} sheets coded, digits {given.share('digits'):.2%}, "
            f"marks {given.share('marks'):.2%}, Cyrillic {given.share('cyrillic'):.2%}; errors found "
            f"{given.found(bound)[0]:.0%}, equal fields flagged {given.found(bound)[1]:.1%}.",
            "",
        ]
    return "\n".join([*lines, *EASIER, END])


def speed(s: Scores, size: str, bar: str) -> str:
    """Return a row on seconds a page.

    Times of a busy machine are long, so the ratio to bare decoding stands beside them.
    """
    pixels = {"A3": "17.4 Mpx", "A4": "8.7 Mpx"}[size]
    taken, opened, floor = (
        median(seconds[size]) for seconds in (s.seconds, s.open_seconds, s.decode_seconds)
    )
    return (
        f"| {size} page at 300 dpi ({pixels}), decode to fields, median | {bar} | {taken:.3f} s, "
        f"{taken / floor:.1f} × decoding alone ({floor:.3f} s); of these {opened / floor:.1f} × opening and "
        f"checking the file by a second decoder | {len(s.seconds[size])} |"
    )


def kinds(s: Scores, bound: float) -> list[str]:
    out: dict[str, list[int]] = {}
    for agreement, different, kind in s.fields:
        if different:
            one = out.setdefault(kind, [0, 0])
            one[0] += agreement < bound
            one[1] += 1
    return [
        "Found by kind: " + ", ".join(f"{k} {a}/{b}" for k, (a, b) in sorted(out.items())) + ".",
        "",
    ]


def effects(s: Scores, bound: float) -> list[str]:
    lines = [
        "What the bound of agreement does (fields below it are shown to a person first; the rest may be confirmed "
        "together):",
        "",
        "| Bound | errors found | equal fields shown | errors missed per 1,000 fields |",
        "| --- | --- | --- | --- |",
    ]
    for value in BOUNDS:
        found, false, missed = s.found(value)
        mark = "**" if value == bound else ""
        lines.append(f"| {mark}{value:g}{mark} | {found:.1%} | {false:.1%} | {missed:.1f} |")
    return [*lines, ""]


def against(beside: dict[str, dict[str, float]]) -> list[str]:
    lines = [
        "What a user would pick instead: Tesseract 5, cell by cell, white-list on, on the very same cells in the "
        "same run.",
        "",
        "| Script | cells | Tesseract right | ours right | ratio of errors | Tesseract ms a cell |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for script, v in beside.items():
        if v:
            ratio = (1 - v["right"]) / max(1 - v["ours"], 1 / v["n"])
            lines.append(
                f"| {script} | {v['n']} | {v['right']:.0%} | {v['ours']:.1%} | {ratio:.0f} × "
                f"| {v['ms']:.0f} |"
            )
    return [*lines, ""]


def write(text: str) -> None:
    """Put the section into the report, in place of the last one."""
    old = (
        REPORT.read_text("utf-8")
        if REPORT.exists()
        else "# Benchmarks\n\nWritten by `make bench`.\n\n"
    )
    if BEGIN in old:
        old = old[: old.index(BEGIN)] + text + old[old.index(END) + len(END) :]
    else:
        old = old.rstrip() + "\n\n" + text + "\n"
    REPORT.write_text(old, "utf-8")


if __name__ == "__main__":
    main()
