"""Measure checking copies against settled values, with and without the copyist's hand.

Writes its section of docs/benchmarks.md.

    python tools/bench_hands.py --data DIR [--copyists N] [--set-bound]

DIR holds characters/, the character sets; hands kept for measuring fill the sheets (tools/sheet_series.py).
--set-bound chooses the bounds on one half of the hands before the other half is measured.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench_ink import BOUNDS
from make_sheets import Truth
from sheet_series import make_series

from examday.reading import network
from examday.reading.compare import compare_pages
from examday.reading.guards import open_pages
from examday.reading.hand import NOBODY, Hand, examples, together
from examday.reading.page import PageReading, read_page
from examday.reading.witnesses import check_copy

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- hands: begin, written by tools/bench_hands.py -->", "<!-- hands: end -->"
WAYS = {
    "pictures": "pictures alone",
    "settled": "with settled values",
    "own": "and the hand on the sheet itself",
    "hands": "and three earlier sheets of the copyist",
}
LEAST_FOUND = 0.995
"""Share of planted errors that a bound must find on the half it is chosen on: twice as good as asked
of the other half, since some 400 errors on a dozen hands do not show the worst hand."""
LEAST_BOUNDS = {"settled": 0.5, "hands": 0.0}
"""An agreement is reckoned as if every second field held a slip, and few do: so a bound may lie below even
odds where the hand is known. Where it is not, a network that errs on a hand errs surely."""
CHOOSING, MEASURING = (301, 311, 321, 331), (302, 702, 703, 704)
"""Seeds of the series on which bounds are chosen, and of those that give the figures. One series alone
says little: a single picture that many sheets share moves its figures by a percent."""


@dataclass
class Counted:
    """(agreement, really different) of every answer that stands on a sheet, by way of comparing.

    `last`: those of the last sheet of each copyist alone.
    """

    every: dict[str, list[tuple[float, bool]]] = field(
        default_factory=lambda: {way: [] for way in WAYS}
    )
    last: dict[str, list[tuple[float, bool]]] = field(
        default_factory=lambda: {way: [] for way in WAYS}
    )
    cells: list[int] = field(default_factory=list)


def measure(folder: Path, series: Iterable[list[Truth]]) -> Counted:
    """Check every copy of every copyist, the later ones with what the earlier ones taught."""
    out = Counted()
    for truths in series:
        earlier: list[Hand] = []
        for number, truth in enumerate(truths):
            pages = _pages(folder, truth)
            if pages is None:
                continue
            _count(out, truth, *pages, together(earlier), number == len(truths) - 1)
            same = {
                task: text
                for task, text in truth["original"]["answers"].items()
                if task not in truth["differences"]
            }
            earlier.append(examples(truth["pair"], pages[1].fields, same))
    return out


def _pages(folder: Path, truth: Truth) -> tuple[PageReading, PageReading] | None:
    read = []
    for side, size in (("original", "A3"), ("copy", "A4")):
        page = next(open_pages(folder / f"{truth['pair']}-{side}-{size}.jpg"))
        read.append(read_page(page.grey, page.dpi, truth["copy"]["subject"]))
    return (read[0], read[1]) if all(page.readable for page in read) else None


def _count(
    out: Counted,
    truth: Truth,
    original: PageReading,
    copy: PageReading,
    earlier: Hand,
    is_last: bool,
) -> None:
    answers = truth["original"]["answers"]
    tasks = set(answers) | set(truth["copy"]["answers"])
    settled = {str(task): answers.get(str(task), "") for task in range(1, 41)}
    warm = check_copy(copy, settled, original, earlier)
    agreements = {
        "pictures": compare_pages(original, copy).agreement,
        "settled": check_copy(copy, settled, original, None).comparison.agreement,
        "own": check_copy(copy, settled, original, NOBODY).comparison.agreement,
        "hands": warm.comparison.agreement,
    }
    for way, agreement in agreements.items():
        rows = [(agreement.get(task, 1.0), task in truth["differences"]) for task in tasks]
        out.every[way] += rows
        out.last[way] += rows if is_last else []
    out.cells += [warm.hand] if is_last else []


def effect(rows: list[tuple[float, bool]], bound: float) -> tuple[float, float, float]:
    """Return the shares of planted errors and of equal fields below the bound, and errors missed.

    The errors missed are counted in a thousand fields.
    """
    wrong = [agreement for agreement, different in rows if different]
    equal = [agreement for agreement, different in rows if not different]
    missed = sum(agreement >= bound for agreement in wrong)
    return (
        1 - missed / max(1, len(wrong)),
        sum(agreement < bound for agreement in equal) / max(1, len(equal)),
        1000 * missed / max(1, len(rows)),
    )


def both(series: Iterable[Counted]) -> Counted:
    """What was counted on several series, as one."""
    out = Counted()
    for one in series:
        for way in WAYS:
            out.every[way] += one.every[way]
            out.last[way] += one.last[way]
        out.cells += one.cells
    return out


def choose(counted: Counted) -> None:
    """Keep the lowest bound that finds enough, and what each bound did.

    Both ways that a station uses get theirs. Every sheet counts for the hand: the first ones know
    little of it.
    """
    path = network.MODELS / "calibration.json"
    values = json.loads(path.read_text("utf-8"))
    for name, way in (("settled", "settled"), ("hands", "hands")):
        rows = counted.every[way]
        effects = [[b, *(round(v, 4) for v in effect(rows, b))] for b in BOUNDS]
        possible = [row for row in effects if row[0] >= LEAST_BOUNDS[name]]
        enough = [b for b, found, _, _ in possible if found >= LEAST_FOUND]
        values[name] = {"bound": min(enough, default=BOUNDS[-1]), "bounds": effects}
    path.write_text(json.dumps(values, indent=1) + "\n", "utf-8")
    network.calibration.cache_clear()


def section(counted: Counted) -> str:
    """The section of the report."""
    errors = sum(different for _, different in counted.every["settled"])
    fields = len(counted.every["settled"])
    lines = [
        BEGIN,
        "## Copies held against settled values",
        "",
        f"{len(counted.cells)} copyists, four sheets each, half of them hard; {errors} planted errors in "
        f"{fields} fields. The hand of the last sheet was known from {_median(counted.cells)} cells "
        f"(median). Weights {network.fingerprint()}.",
        "",
        "| Compared | bound | errors found | equal fields shown | shown at 99 % found |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(name, counted.every[way], _bound(way)) for way, name in WAYS.items()]
    lines += ["", "On the last sheet of each copyist alone:", ""]
    lines += ["| Compared | bound | errors found | equal fields shown | shown at 99 % found |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [_row(name, counted.last[way], _bound(way)) for way, name in WAYS.items()]
    return "\n".join([*lines, "", *EASIER, END])


EASIER = """Where these series are easier than real ones: as in «Reading ink»; the copyist's pen does not
change; and a half of the planted errors is drawn from the list of what people take for each other by which
the reader weighs a doubt. Where they are harder: digits are dealt anew for every sheet, because no set says
who wrote one, so of a hand only letters can be learned.
""".splitlines()


def _row(name: str, rows: list[tuple[float, bool]], bound: float) -> str:
    found, shown, _ = effect(rows, bound)
    wrong = sorted(agreement for agreement, different in rows if different)
    at = wrong[max(0, -(-99 * len(wrong) // 100) - 1)] if wrong else 0.0
    equal = [agreement for agreement, different in rows if not different]
    least = sum(agreement <= at for agreement in equal) / max(1, len(equal))
    return f"| {name} | {bound:g} | {found:.1%} | {shown:.2%} | {least:.2%} |"


def _bound(way: str) -> float:
    if way == "pictures":
        return network.calibration()["same_bound"]
    return network.settled_bound(hands=way != "settled")


def _median(values: list[int]) -> int:
    return sorted(values)[len(values) // 2] if values else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder that holds characters/",
    )
    parser.add_argument("--copyists", type=int, default=12)
    parser.add_argument("--set-bound", action="store_true")
    options = parser.parse_args()
    characters = options.data / "characters"
    if not characters.is_dir():
        raise SystemExit(f"{characters} is not there: hands cannot be measured without hands")
    with tempfile.TemporaryDirectory() as temporary:

        def counted_on(part: int, seed: int) -> Counted:
            folder = Path(temporary) / str(seed)
            return measure(folder, make_series(folder, options.copyists, seed, characters, part))

        # Bounds are chosen on one half of the hands; the other half gives the figures.
        if options.set_bound:
            choose(both(counted_on(0, seed) for seed in CHOOSING))
        counted = both(counted_on(1, seed) for seed in MEASURING)
    text = section(counted)
    write(text)
    print(text)


def write(text: str) -> None:
    """Put the section into the report, in place of the last one."""
    old = REPORT.read_text("utf-8")
    if BEGIN in old:
        old = old[: old.index(BEGIN)] + text + old[old.index(END) + len(END) :]
    else:
        old = old.rstrip() + "\n\n" + text + "\n"
    REPORT.write_text(old, "utf-8")


if __name__ == "__main__":
    main()
