"""A pair of sheets that were compared: as JSON for scripts, in words for people."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import click

from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.reading.compare import Comparison, Crop, Difference
from examday.reading.identify import NoteJson
from examday.reading.note_words import in_words
from examday.reading.page_json import ErrorJson


class DifferenceJson(TypedDict):
    """One field that differs between original and copy."""

    field: str
    original: str
    copy: str
    kind: str
    certainty: float
    """0…1 that the two really differ: it orders a person's work and decides nothing."""
    message: str
    original_box: Crop | None
    """None where the original shows no such field, as a notebook or a print-out does."""
    copy_box: Crop | None


class HandJson(TypedDict):
    """What was known of the copyist's hand: cells, and the fields whose verdict they changed."""

    cells: int
    changed: list[str]


class SlipJson(TypedDict):
    """A slip over several fields."""

    kind: str
    message: str


class PairJson(TypedDict):
    """One pair of sheets; `error` where they could not be compared."""

    original: str
    copy: str
    same_code: bool | None
    """None where it cannot be told, which is not «the same»."""
    differences: list[DifferenceJson]
    checked: int
    """Pairs that were compared: without it «no difference» could mean that nothing was."""
    warnings: list[NoteJson]
    hand: NotRequired[HandJson]
    patterns: NotRequired[list[SlipJson]]
    seconds: NotRequired[float]
    error: NotRequired[ErrorJson]


def put_result(entry: PairJson, result: Comparison) -> None:
    """Put what the comparison found into the JSON of a pair."""
    entry["same_code"] = result.same_code
    entry["checked"] = result.checked
    entry["differences"] = [_difference_json(difference) for difference in result.differences]
    entry["patterns"] = [
        {"kind": slip.code, "message": _(slip.message, **slip.params)} for slip in result.patterns
    ]


def _difference_json(difference: Difference) -> DifferenceJson:
    return {
        "field": difference.field,
        "original": difference.original,
        "copy": difference.copy,
        "kind": difference.kind,
        "certainty": difference.certainty,
        "message": _(difference.message, **difference.params),
        "original_box": difference.original_box,
        "copy_box": difference.copy_box,
    }


def tell_pair(entry: PairJson) -> None:
    """Print for people what the JSON of a pair says."""
    click.echo(f"{entry['original']} | {entry['copy']} · {entry['seconds']} s")
    if error := entry.get("error"):
        click.echo("  " + error["message"] + " " + error["advice"])
        return
    if entry["same_code"] is False:
        click.echo("  ! " + _(N_("The sheets carry different codes.")))
    for warning in entry["warnings"]:
        click.echo("  ! " + _(warning["message"], **spoken(in_words(warning["params"]))))
    if hand := entry.get("hand"):
        click.echo(
            "  " + _(N_("The copyist's hand is known from %(count)s cells."), count=hand["cells"])
        )
    if not entry["differences"]:
        click.echo(
            "  " + _(N_("No difference seen; fields compared: %(count)s."), count=entry["checked"])
        )
    for pattern in entry.get("patterns", []):
        click.echo("  ! " + pattern["message"])
    for d in entry["differences"]:
        click.echo(
            f"  {d['field']:>14}  {d['original'] or '—':<20} {d['copy'] or '—':<20} {d['certainty']:.3f}  "
            f"{d['message']}"
        )
