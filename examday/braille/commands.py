"""`examday braille read` and `examday braille text`: thin, for technicians and scripts."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import click
import cv2

from examday.braille.cells import (
    NotBraille,
    from_brf,
    from_numbers,
    from_unicode,
    recognise,
    to_brf,
    to_numbers,
    to_unicode,
)
from examday.braille.encode import CAPITALS, NoBraille
from examday.braille.languages import LANGUAGES, encode_in, readings_in
from examday.braille.page import BraillePage, Line
from examday.braille.page import read as read_page
from examday.domain.braille.places import place_of
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.reading.guards import open_pages

_PREVIEW_BEAM = 8
"""Readings followed at once: a preview of a page needs the likeliest one alone."""
_FROM: dict[str, Callable[[str], list[int]]] = {
    "unicode": from_unicode,
    "brf": from_brf,
    "numbers": from_numbers,
}


@click.group()
def braille() -> None:
    """Braille: read pages, turn text into dots and back."""


@braille.command("read")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
)
@click.option(
    "--json", "as_json", is_flag=True, help=_("A list with one object a page, for other programs.")
)
@click.option(
    "--verso", is_flag=True, help=_("Read what was embossed from the other side of the sheet.")
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="ru",
    show_default=True,
)
def read_command(
    files: tuple[Path, ...],
    as_json: bool,
    verso: bool,
    language: str,
) -> None:
    """Read photographs or scans of Braille pages. What comes out is advice, with its doubt."""
    # One thread, as everywhere that pictures are read: workers run side by side.
    cv2.setNumThreads(1)
    pages, failed = [], False
    for file in files:
        try:
            for image in open_pages(file):
                page = read_page(image.grey, verso)
                pages.append(_page_json(file, image.number, page, language))
                if not as_json:
                    _tell(pages[-1])
        except DomainError as error:
            failed = True
            click.echo(
                f"{file}: {_(error.message) % error.params} {_(error.advice) % error.params}",
                err=True,
            )
    if as_json:
        click.echo(json.dumps(pages, ensure_ascii=False))
    sys.exit(2 if failed else 0)


class CellJson(TypedDict):
    """One cell: dot numbers, box in px, and how sure the machine is of it and of each dot."""

    dots: str
    box: tuple[float, float, float, float] | None
    confidence: float
    p: tuple[float, ...] | None


class LineJson(TypedDict):
    """One line of cells with its likeliest reading."""

    braille: str
    text: str
    cells: list[CellJson]
    indent: int
    empty_above: int


class PageJson(TypedDict):
    """One page as read."""

    file: str
    page: int
    turned: int
    mirrored: bool
    kind: str
    width: int
    height: int
    lines: list[LineJson]
    warnings: list[str]
    unread: list[tuple[float, float, float, float]]
    seconds: float


def _page_json(
    file: Path,
    number: int,
    page: BraillePage,
    language: str,
) -> PageJson:
    """Return one page for other programs."""
    return {
        "file": str(file),
        "page": number,
        "turned": page.turned,
        "mirrored": page.mirrored,
        "kind": page.kind,
        "width": page.width,
        "height": page.height,
        "lines": [_line_json(line, language) for line in page.lines],
        "warnings": [_(warning) for warning in page.warnings],
        "unread": list(page.unread),
        "seconds": round(page.seconds, 3),
    }


def _line_json(line: Line, language: str) -> LineJson:
    """Return one line with its likeliest reading."""
    cells: list[CellJson] = [
        {"dots": cell.numbers, "box": cell.box, "confidence": cell.confidence, "p": cell.p}
        for cell in line.cells
    ]
    dots = [cell.dots for cell in line.cells]
    text = readings_in(language, dots, most=1, beam=_PREVIEW_BEAM)[0].text
    return {
        "braille": line.braille,
        "text": text,
        "cells": cells,
        "indent": line.indent,
        "empty_above": line.empty_above,
    }


def _tell(page: PageJson) -> None:
    kinds = {"braille": N_("Braille"), "empty": N_("empty page"), "not braille": N_("not Braille")}
    click.echo(_("%(file)s, page %(page)s: %(kind)s", **{**page, "kind": _(kinds[page["kind"]])}))
    for warning in page["warnings"]:
        click.echo(f"! {warning}")
    for box in page["unread"]:
        place = _(place_of(box, page["width"], page["height"]))
        click.echo("! " + _("There are dots that were not read: %(place)s", place=place))
    for line in page["lines"]:
        click.echo(
            "\n" * line["empty_above"]
            + " " * line["indent"]
            + line["braille"]
            + "\t"
            + line["text"]
        )


@dataclass(frozen=True)
class _Task:
    """What `braille text` was asked to do with every line."""

    target: str
    source: str | None
    language: str
    capitals: str
    expected: str | None
    every: bool


@braille.command("text")
@click.argument("text", nargs=-1)
@click.option(
    "--to-dots", "target", flag_value="numbers", help=_("Dot numbers: 125-14, a blank cell is 0.")
)
@click.option(
    "--to-text", "target", flag_value="text", help=_("Text: the likeliest reading of each line.")
)
@click.option("--to-brf", "target", flag_value="brf", help=_("Braille ASCII, for embossers."))
@click.option(
    "--to-unicode", "target", flag_value="unicode", help=_("Braille patterns of Unicode.")
)
@click.option(
    "--from",
    "source",
    type=click.Choice(["text", *_FROM]),
    help=_("What the input is, if it is not clear."),
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="ru",
    show_default=True,
)
@click.option(
    "--capitals",
    type=click.Choice(CAPITALS),
    default="word",
    show_default=True,
)
@click.option("--expect", "expected", type=click.Choice(["digits", "letters", "latin"]))
@click.option(
    "--all",
    "every",
    is_flag=True,
    help=_("All readings of a line, parted by tabs, likeliest first."),
)
def text_command(
    text: tuple[str, ...],
    target: str | None,
    source: str | None,
    language: str,
    capitals: str,
    expected: str | None,
    every: bool,
) -> None:
    """Turn text into Braille and Braille into text, line by line.

    Without TEXT the standard input is read.
    """
    if target is None:
        raise click.UsageError(
            _("Say what to make of it: --to-dots, --to-text, --to-brf or --to-unicode.")
        )
    task = _Task(target, source, language, capitals, expected, every)
    failed = False
    for number, line in enumerate(_input_lines(text), start=1):
        try:
            # Form feeds are kept, so that pages stay pages.
            click.echo("\f".join(_convert(part, task) for part in line.split("\f")))
        except (NoBraille, NotBraille) as error:
            failed = True
            # The line keeps its place in the output, so that lines still correspond.
            click.echo("")
            shown = {"line": number, "character": error.character}
            click.echo(_("Line %(line)s: no Braille for “%(character)s”", **shown), err=True)
    sys.exit(1 if failed else 0)


def _input_lines(text: tuple[str, ...]) -> Iterator[str]:
    """Return the lines to convert: the arguments as one, else the standard input."""
    lines = [" ".join(text)] if text else (line.rstrip("\r\n") for line in sys.stdin)
    yield from lines


def _convert(line: str, task: _Task) -> str:
    """Return one line in the wanted form."""
    cells = _cells_of(line, task)
    if task.target == "text":
        found = readings_in(task.language, cells, task.expected)
        return "\t".join(reading.text for reading in found) if task.every else found[0].text
    ways: dict[str, Callable[[list[int]], str]] = {
        "numbers": to_numbers,
        "brf": to_brf,
        "unicode": to_unicode,
    }
    return ways[task.target](cells)


def _cells_of(line: str, task: _Task) -> list[int]:
    """Return the cells of one line.

    Where text is wanted the input is Braille, else it is text unless it plainly is not.
    """
    source = task.source or _source_of(line, task.target == "text")
    if source == "text":
        return list(encode_in(task.language, line, task.capitals))
    return _FROM[source](line)


def _source_of(line: str, braille_expected: bool) -> str:
    """Return what a line is, told from its characters."""
    source = recognise(line)
    if not braille_expected:
        return "unicode" if source == "unicode" else "text"
    if source != "text":
        return source
    return "numbers" if line and set(line) <= set("0123456- ") else "brf"
