"""`examday compare`: originals beside their copies, for technicians and scripts. Changes no data."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.reading import pairing
from examday.reading.command_options import (
    COULD_NOT_READ,
    LAYOUT,
    PATH,
    SUBJECT,
    error_json,
    known_forms,
    two_digits,
)
from examday.reading.compare import Comparison, Crop, Difference, compare_pages
from examday.reading.files import ReadingOptions, form_in, pages_of
from examday.reading.identify import NoteJson
from examday.reading.page_json import ErrorJson


class DifferenceJson(TypedDict):
    """One field that differs between original and copy."""

    field: str
    original: str
    copy: str
    kind: str
    certainty: float
    message: str
    original_box: Crop | None
    copy_box: Crop | None


class KeyinJson(TypedDict):
    """One field whose settled key-in differs from what stands on one sheet (`side`)."""

    field: str
    side: object
    original: str
    copy: str
    kind: str
    certainty: float


class SlipJson(TypedDict):
    """A slip over several fields."""

    kind: str
    message: str


class PairJson(TypedDict):
    """One pair of sheets; `error` where they could not be compared."""

    original: str
    copy: str
    same_code: bool | None
    differences: list[DifferenceJson]
    checked: int
    warnings: list[NoteJson]
    keyin: NotRequired[list[KeyinJson]]
    patterns: NotRequired[list[SlipJson]]
    seconds: NotRequired[float]
    error: NotRequired[ErrorJson]


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Pair *-original-* with *-copy-* by the code on the sheets."),
)
@click.option(
    "--keyin",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("JSON file: the settled key-in, text by field id."),
)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
def compare(
    files: tuple[Path, ...],
    folder: Path | None,
    keyin: Path | None,
    forms: tuple[Path, ...],
    subject: str | None,
    as_list: bool,
) -> None:
    """Compare ORIGINAL COPY [ORIGINAL COPY …]. Exit code 0: no differences, 1: differences, 2:
    could not read."""
    pairs = _pairs(files, folder, ReadingOptions(two_digits(subject), known_forms(forms)))
    typed = json.loads(keyin.read_text("utf-8")) if keyin else None
    out, code, seen = [], 0, (pairing.SeenCodes(), pairing.SeenCodes())
    for pair in pairs:
        entry, worst = _compared(pair, typed)
        twice = seen[0].add(pair.first, str(pair.original))
        twice += seen[1].add(pair.second, str(pair.copy))
        entry["warnings"] += [note.as_json() for note in twice]
        out.append(entry)
        code = max(code, worst, int(bool(twice)))
        if not as_list:
            _tell_pair(entry)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(code)


def _pairs(
    files: tuple[Path, ...], folder: Path | None, options: ReadingOptions
) -> Iterator[pairing.Pair]:
    """The pairs of a folder, or of files given in turn; a usage error when it is neither."""
    if folder is None and len(files) == 1 and files[0].is_dir():
        folder = files[0]
    if folder is not None:
        return pairing.by_code(pages_of([folder], options))
    if not files or len(files) % 2 or any(file.is_dir() for file in files):
        raise click.UsageError(_("Give originals and copies in turn, or --folder."))
    return pairing.in_turn(form_in(file, options) for file in files)


def _compared(pair: pairing.Pair, typed: Mapping[str, str] | None) -> tuple[PairJson, int]:
    """One pair as JSON and its exit code."""
    entry: PairJson = {
        "original": str(pair.original or ""),
        "copy": str(pair.copy or ""),
        "same_code": None,
        "differences": [],
        "checked": 0,
        "warnings": [],
    }
    if pair.problem is not None or pair.first is None or pair.second is None:
        entry["seconds"] = round(pair.seconds, 3)
        entry["error"] = error_json(pair.problem or DomainError())
        return entry, COULD_NOT_READ
    start = time.perf_counter()
    result = compare_pages(pair.first, pair.second, typed)
    notes, wrong_way_round = pairing.doubts(pair.first, pair.second)
    _put_result(entry, result)
    entry["warnings"] = [note.as_json() for note in notes]
    entry["seconds"] = round(pair.seconds + time.perf_counter() - start, 3)
    differs = result.differences or result.keyin or result.same_code is False
    return entry, int(bool(differs or wrong_way_round))


def _put_result(entry: PairJson, result: Comparison) -> None:
    """Put what the comparison found into the JSON of a pair."""
    entry["same_code"] = result.same_code
    entry["checked"] = result.checked
    entry["differences"] = [_difference_json(difference) for difference in result.differences]
    entry["keyin"] = [_keyin_json(difference) for difference in result.keyin]
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


def _keyin_json(difference: Difference) -> KeyinJson:
    return {
        "field": difference.field,
        "side": difference.params["side"],
        "original": difference.original,
        "copy": difference.copy,
        "kind": difference.kind,
        "certainty": difference.certainty,
    }


def _tell_pair(entry: PairJson) -> None:
    click.echo(f"{entry['original']} | {entry['copy']} · {entry['seconds']} s")
    if error := entry.get("error"):
        click.echo("  " + error["message"] + " " + error["advice"])
        return
    if entry["same_code"] is False:
        click.echo("  ! " + _(N_("The sheets carry different codes.")))
    for warning in entry["warnings"]:
        click.echo("  ! " + _(warning["message"], **warning["params"]))
    if not (entry["differences"] or entry.get("keyin")):
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
