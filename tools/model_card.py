"""Writes the card that goes with the weights: what they were trained on, how well they read, where
they err."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from ink_data import FONT_MEASURE, Hands

HEAD = Path(__file__).with_name("model_card_head.md")


def write_card(
    path: Path, figures: dict[str, Any], temperature: float, log: str, size: int, measure: Hands
) -> None:
    weights = path.with_name("characters.onnx").read_bytes()
    text = HEAD.read_text(encoding="utf-8").format(
        size=f"{size:,}",
        digest=hashlib.sha256(weights).hexdigest(),
        log=log,
        temperature=temperature,
        fonts=", ".join(FONT_MEASURE),
    )
    text += "| Script | n | right | by set | 32-bit weights |\n| --- | --- | --- | --- | --- |\n"
    for script in ("digits", "cyrillic", "latin"):
        f = figures[script]
        sets = "; ".join(f"{name} {share:.1%} of {n}" for name, (n, share) in f["by_set"].items())
        text += f"| {script} | {f['n']} | **{f['right']:.2%}** | {sets} | {figures['fp32'][script]:.2%} |\n"
    text += "\nSets no weight was trained on (measuring only):\n\n| Set | n | right |\n| --- | --- | --- |\n"
    text += "".join(
        f"| {name} | {n} | {share:.2%} |\n" for name, (n, share) in figures["measure-only"].items()
    )
    text += "\nEvery picture was redrawn once as pen on paper at scanner resolution, with random thickness and breaks, "
    text += "before measuring; accuracy on the sets' own clean pictures is higher.\n\n## Calibration\n\n"
    text += "Mean stated confidence, share right, cells, by band of confidence.\n\n"
    for script in ("digits", "cyrillic", "latin"):
        bands = " · ".join(
            f"{said:.3f} → {right:.3f} ({n})" for said, right, n in figures[script]["curve"]
        )
        text += f"- {script}: {bands}\n"
    text += "\n## Known confusions (written→read)\n\n"
    for script in ("digits", "cyrillic", "latin"):
        text += f"- {script}: {', '.join(figures[script]['confused'])}\n"
    text += "\n## By class (share right, n)\n\n"
    for script in ("digits", "cyrillic", "latin"):
        each = sorted(figures[script]["by_class"].items(), key=lambda item: item[1][1])
        text += (
            f"- {script}: " + ", ".join(f"{c} {share:.1%} ({n})" for c, (n, share) in each) + "\n"
        )
    text += f"""
## Limits

- {len(measure.y):,} characters cannot prove an error rate below {3 / max(1, int(np.bincount(measure.y).sum())):.2%}.
- No really filled pairs of forms were available: accuracy on real candidates' sheets is unknown. Tremor, very large or
  very faint writing and writing outside the cells are in no set; expect more fields to be shown to a person.
- 30 to 50 really filled pairs, and 20 people writing every character twice on the project's own cells, would help most.
"""
    path.write_text(text, encoding="utf-8")
