"""What the invented candidates of the training day wrote: the files of examday/demo, and the sample
sheets drawn from them.
"""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD, replacement_row
from examday.resources import SAMPLES

NAMES = {"01": "РУС", "02": "МАТ", "09": "АНГ"}
"""Subject number → the name as the form has cells for it: three letters (domain.md 6.2)."""


class Work(TypedDict):
    """One work: whose it is, what stands on it, and the state to which it is played."""

    candidate: str
    target: str
    answers: NotRequired[dict[str, str]]
    replacements: NotRequired[list[list[str]]]
    """Task number and the answer that replaces the one given before, so that counting replaced
    answers is practised too."""
    struck: NotRequired[dict[str, str]]
    """Answers that the candidate struck out: they stand there and count for nothing."""
    scan: NotRequired[str]
    """How the original comes in, "halves" of the A3 sheet or a "photo" beside the scan: both are
    met on a real day and have to be practised."""
    pages: NotRequired[list[list[str]]]
    copy: NotRequired[dict[str, str]]
    """Slips planted on the copy: the diagnosis of an appeal must name exactly these."""
    second: NotRequired[dict[str, str]]
    """Fields that the second reader types differently, so that the training day has something
    to settle."""


class DisputedWork(Work):
    """The work of an earlier day, with the exam and seat that no file of the plan has."""

    name: list[str]
    needs: list[str]
    room: str
    place: str
    code: str
    subject: str
    days_ago: int
    """A score is appealed once the results are out, so the exam lies before today."""


def works() -> list[Work]:
    """The works of the training day in the order of the candidates."""
    return cast(list[Work], tomllib.loads(_text("works.toml"))["work"])


def disputed_work() -> DisputedWork:
    """The work about which the training appeal is."""
    return cast(DisputedWork, tomllib.loads(_text("appeal.toml")))


def _text(name: str) -> str:
    return files("examday").joinpath("demo", name).read_text(encoding="utf-8")


def scan(candidate: str, label: str) -> Path:
    """A sample sheet: «original-A3», «copy-A4» …"""
    return SAMPLES / f"training-{candidate.removeprefix('У-')}-{label}.jpg"


def recognised(given: DisputedWork) -> dict[str, dict[str, str]]:
    """What the regional centre has recognised on the copy: exactly what stands there."""
    texts = {
        **given.get("answers", {}),
        **given.get("copy", {}),
        REGION_FIELD: "77",
        SUBJECT_FIELD: given["subject"],
        NAME_FIELD: NAMES[given["subject"]],
    }
    found = {field: {"text": text} for field, text in texts.items() if text}
    for number, (task, text) in enumerate(given.get("replacements", []), 1):
        found[replacement_row(number)] = {"text": text, "task": task}
    return found
