"""Write the card that goes with the weights.

It says what they were trained on, how well they read, where they err.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ink_data import FONT_MEASURE, Hands

HEAD = Path(__file__).with_name("model_card_head.md")


class ScriptFigures(TypedDict):
    """How well one script was read. A share stands beside the number of characters it is of."""

    n: int
    right: float
    by_set: dict[str, tuple[int, float]]
    by_class: dict[str, tuple[int, float]]
    curve: list[tuple[float, float, int]]
    """Mean stated confidence, share right, characters, by band: what is stated must be what is
    right."""
    confused: list[str]


@dataclass(frozen=True)
class Figures:
    """Every figure of the card."""

    scripts: dict[str, ScriptFigures]
    full_precision: dict[str, float]
    """Share right by script with 32-bit weights: it shows what 8 bits cost."""
    measure_only: dict[str, tuple[int, float]]
    """Sets without a licence for training: no weight has learned from them."""


def write_card(
    path: Path,
    figures: Figures,
    temperature: float,
    log: str,
    size: int,
    measure: Hands,
) -> None:
    """Write the card beside the weights."""
    weights = path.with_name("characters.onnx").read_bytes()
    head = HEAD.read_text(encoding="utf-8").format(
        size=f"{size:,}",
        digest=hashlib.sha256(weights).hexdigest(),
        log=log,
        temperature=temperature,
        fonts=", ".join(FONT_MEASURE),
    )
    parts = (_accuracy(figures), _calibration(figures), _limits(measure))
    path.write_text(head + "".join(parts), encoding="utf-8")


def _accuracy(figures: Figures) -> str:
    """The tables of what was read right, by script and by set."""
    text = "| Script | n | right | by set | 32-bit weights |\n| --- | --- | --- | --- | --- |\n"
    for script, one in figures.scripts.items():
        sets = "; ".join(f"{name} {share:.1%} of {n}" for name, (n, share) in one["by_set"].items())
        full = figures.full_precision[script]
        text += f"| {script} | {one['n']} | **{one['right']:.2%}** | {sets} | {full:.2%} |\n"
    text += "\nSets no weight was trained on (measuring only):\n\n"
    text += "| Set | n | right |\n| --- | --- | --- |\n"
    text += "".join(
        f"| {name} | {n} | {share:.2%} |\n" for name, (n, share) in figures.measure_only.items()
    )
    text += "\nEvery picture was redrawn once as pen on paper at scanner resolution, with random thickness and breaks, "
    return text + "before measuring; accuracy on the sets' own clean pictures is higher.\n"


def _calibration(figures: Figures) -> str:
    """Confidence against what was right, and where the network errs."""
    text = (
        "\n## Calibration\n\nMean stated confidence, share right, cells, by band of confidence.\n\n"
    )
    for script, one in figures.scripts.items():
        bands = " · ".join(f"{said:.3f} → {right:.3f} ({n})" for said, right, n in one["curve"])
        text += f"- {script}: {bands}\n"
    text += "\n## Known confusions (written→read)\n\n"
    for script, one in figures.scripts.items():
        text += f"- {script}: {', '.join(one['confused'])}\n"
    text += "\n## By class (share right, n)\n\n"
    for script, one in figures.scripts.items():
        worst_first = sorted(one["by_class"].items(), key=lambda item: item[1][1])
        each = ", ".join(f"{c} {share:.1%} ({n})" for c, (n, share) in worst_first)
        text += f"- {script}: {each}\n"
    return text


def _limits(measure: Hands) -> str:
    count = len(measure.y)
    return f"""
## Limits

- {count:,} characters cannot prove an error rate below {3 / max(1, count):.2%}.
- No really filled pairs of forms were available: accuracy on real candidates' sheets is unknown. Tremor, very large or
  very faint writing and writing outside the cells are in no set; expect more fields to be shown to a person.
- 30 to 50 really filled pairs, and 20 people writing every character twice on the project's own cells, would help most.
"""
