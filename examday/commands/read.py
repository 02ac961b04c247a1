"""`examday read`: filled forms, for technicians and scripts. Changes no data, the station's neither."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import click

from examday.commands.options import data_option, settings_of
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.i18n import spoken
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
from examday.reading.note_words import in_words
from examday.reading.page_json import HEADER, PageJson, as_json

if TYPE_CHECKING:  # not loaded here: only where a station is asked are the tables needed
    from examday.services.scans.asking import Answer, Inquiry

OF_NUMBER = {"no-code", "codes-differ", "partner-only"}
"""Doubts on the number, which the plan may settle: the station's own answer stands for them."""


class StationJson(TypedDict):
    """Where the station would put a page: the booklet's form number or "", and the page's role."""

    booklet: str
    role: str


class FileJson(PageJson):
    """The JSON of one page of a file; `station` where one was asked."""

    station: NotRequired[StationJson]

    file: str
    page: int
    seconds: float


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=PATH,
)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
@data_option
def read(
    files: tuple[Path, ...],
    forms: tuple[Path, ...],
    subject: str | None,
    as_list: bool,
    data: Path | None,
) -> None:
    """Read filled forms; files or folders.

    What is read is advice with a confidence, never a value.
    """
    out: list[FileJson] = []
    failed, seen = False, pairing.SeenCodes()
    options = ReadingOptions(two_digits(subject), known_forms(forms), typed=True)
    with _inquiry(data) as inquiry:
        for page, answer in _answered(pages_of(files, options), inquiry):
            failed |= page.reading is None or not (page.reading.readable or page.reading.printed)
            entry = _entry(page)
            entry["warnings"] += [note.as_json() for note in seen.add(page.reading, str(page.path))]
            _add_answer(entry, answer)
            out.append(entry)
            if not as_list:
                _tell_page(entry)
    _attach_whole_files_alone(out)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(COULD_NOT_READ if failed else 0)


def _attach_whole_files_alone(out: Sequence[FileJson]) -> None:
    """Of a file that is damaged in a later page the station takes none, so none is to be attached."""
    hurt = {entry["file"]: error["code"] for entry in out if (error := entry.get("error"))}
    for entry in out:
        if entry["file"] in hurt and not entry.get("error"):
            entry["attach"] = False
            entry["because"] = [*entry["because"], hurt[entry["file"]]]


@contextmanager
def _inquiry(data: Path | None) -> Iterator[Inquiry | None]:
    """The station in a folder, to be asked; None without a folder."""
    if data is None:
        yield None
        return
    from examday.commands.store import opened
    from examday.services.scans.asking import Inquiry

    with opened(settings_of(data=data)) as store:
        yield Inquiry(store)


def _answered(
    pages: Iterable[FilePage], inquiry: Inquiry | None
) -> Iterator[tuple[FilePage, Answer | None]]:
    """Each page with the station's answer; None where none was asked or the file is not whole."""
    answers: dict[int, Answer] = {}
    asked, refusal = None, None
    for page in pages:
        if inquiry is not None and page.error is None and page.path != asked:
            asked, refusal, answers = page.path, None, {}
            try:
                answers = {answer.number: answer for answer in inquiry.ask(page.path)}
            except DomainError as error:
                # The station opens files under narrower limits, so it may refuse what was read
                # here: the others are read all the same.
                refusal = error
        mine = page.path == asked and page.error is None
        if mine and refusal is not None:
            page = page._replace(reading=None, error=refusal)
        yield page, answers.get(page.number) if mine else None


def _add_answer(entry: FileJson, answer: Answer | None) -> None:
    """The station's answer stands for the reader's own: it knows plan, steps and what came before."""
    if answer is None:
        return
    read_only = [code for code in entry["because"] if code not in OF_NUMBER]
    reasons = [*read_only, *answer.problems] if answer.problems else []
    entry["attach"], entry["because"] = not reasons, list(dict.fromkeys(reasons))
    entry["station"] = {"booklet": answer.booklet, "role": answer.role}


def _entry(page: FilePage) -> FileJson:
    read_or_refused = as_json(page.reading) if page.reading is not None else _nothing(page.error)
    entry = {
        "file": str(page.path),
        "page": page.number,
        **read_or_refused,
        "seconds": round(page.seconds, 3),
    }
    told = cast("FileJson", entry)
    _in_file(told, *page.stretch)
    return told


def _in_file(entry: FileJson, across: float, down: float) -> None:
    """Give places in pixels of the upright file, which need not be square as those of the page are."""
    if (across, down) == (1.0, 1.0):
        return
    entry["frames"] = {
        field: [[round(x / across, 1), round(y / down, 1)] for x, y in corners]
        for field, corners in entry["frames"].items()
    }
    for area in entry.get("areas", []):
        left, top, right, bottom = area["box"]
        area["box"] = [
            round(edge) for edge in (left / across, top / down, right / across, bottom / down)
        ]


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
        click.echo("  ! " + _(warning["message"], **spoken(in_words(warning["params"]))))
        if advice := STOPS.get(warning["code"]):
            click.echo("    " + _(advice))
