"""`examday read`: filled forms, for technicians and scripts. Changes no data."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from examday.domain.errors import DomainError
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
from examday.reading.files import FilePage, ReadingOptions, pages_of
from examday.reading.judgement import STOPS
from examday.reading.page_json import HEADER, PageJson, as_json


class FileJson(PageJson):
    """The JSON of one page of a file."""

    file: str
    page: int
    seconds: float


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
def read(
    files: tuple[Path, ...], forms: tuple[Path, ...], subject: str | None, as_list: bool
) -> None:
    """Read filled forms; files or folders. What is read is advice with a confidence, never a
    value."""
    out: list[FileJson] = []
    failed, seen = False, pairing.SeenCodes()
    options = ReadingOptions(two_digits(subject), known_forms(forms), typed=True)
    for page in pages_of(files, options):
        failed |= page.reading is None or not (page.reading.readable or page.reading.printed)
        entry = _entry(page)
        entry["warnings"] += [note.as_json() for note in seen.add(page.reading, str(page.path))]
        out.append(entry)
        if not as_list:
            _tell_page(entry)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(COULD_NOT_READ if failed else 0)


def _entry(page: FilePage) -> FileJson:
    read_or_refused = as_json(page.reading) if page.reading is not None else _nothing(page.error)
    return {
        "file": str(page.path),
        "page": page.number,
        **read_or_refused,
        "seconds": round(page.seconds, 3),
    }


def _nothing(error: DomainError | None) -> PageJson:
    """The JSON of a page that could not be read."""
    return {
        "layout": None,
        "size": None,
        "turned": None,
        "code": None,
        "codes": [],
        "subject": None,
        "residual_mm": None,
        "attach": False,
        "because": [] if error is None else [error.code],
        "frames": {},
        "header": dict.fromkeys(HEADER, ""),
        "answers": {},
        "replacements": [],
        "warnings": [],
        "error": None if error is None else error_json(error),
    }


def _tell_page(entry: FileJson) -> None:
    click.echo(
        f"{entry['file']} · {entry['page']} · {entry['layout'] or '—'} · {entry['size'] or '—'} · "
        f"{entry['code'] or '—'} · {entry['seconds']} s"
    )
    if error := entry.get("error"):
        click.echo("  " + error["message"] + " " + error["advice"])
    for name, answer in entry["answers"].items():
        click.echo(f"  {name:>3}  {answer['text']:<20} {answer['confidence']:.3f}")
    for answer in entry["replacements"]:
        click.echo(f"  {answer['task']:>2} → {answer['text']:<19} {answer['confidence']:.3f}")
    for line in entry.get("printed", []):
        click.echo("  │ " + line["text"])
    for warning in entry["warnings"]:
        click.echo("  ! " + _(warning["message"], **warning["params"]))
        if advice := STOPS.get(warning["code"]):
            click.echo("    " + _(advice))
