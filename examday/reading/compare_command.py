"""`examday compare`: originals beside their copies, for technicians and scripts. Changes no data."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    hands_known,
    known_forms,
    two_digits,
)
from examday.reading.compare import compare_pages
from examday.reading.compare_json import PairJson, put_result, tell_pair
from examday.reading.files import ReadingOptions, form_in, pages_of
from examday.reading.hand import NOBODY, Hand
from examday.reading.settled_file import earlier_hand, settled_texts
from examday.reading.witnesses import check_copy


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option(
    "--folder",
    type=click.Path(
        exists=True,
        file_okay=False,
        path_type=Path,
    ),
    help=_("Pair *-original-* with *-copy-* by the code on the sheets."),
)
@click.option(
    "--settled",
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
    help=_("JSON file with what was settled: the copy is held against it. For one pair."),
)
@click.option(
    "--hands",
    type=click.Path(
        exists=True,
        file_okay=False,
        path_type=Path,
    ),
    help=_(
        "Earlier sheets of the same copyist: *-original-*, *-copy-*, *-settled.json. Their hand is "
        "taken into account; needs --settled."
    ),
)
@click.option(
    "--no-hands",
    is_flag=True,
    help=_("Learn nothing of the copyist's hand, not even from the sheet itself."),
)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
def compare(
    files: tuple[Path, ...],
    folder: Path | None,
    settled: Path | None,
    hands: Path | None,
    no_hands: bool,
    forms: tuple[Path, ...],
    subject: str | None,
    as_list: bool,
) -> None:
    """Compare ORIGINAL COPY [ORIGINAL COPY …].

    Exit code 0: no differences, 1: differences, 2: could not read.
    """
    options = ReadingOptions(two_digits(subject), known_forms(forms))
    if settled is not None and (folder is not None or len(files) != 2):
        raise click.UsageError(_(N_("--settled is for one original and its copy.")))
    known = _known(settled, hands, hands_known(no_hands), options)
    pairs = _pairs(files, folder, options)
    out, code, seen = [], 0, (pairing.SeenCodes(), pairing.SeenCodes())
    for pair in pairs:
        entry, worst = _compared(pair, known)
        twice = seen[0].add(pair.first, str(pair.original))
        twice += seen[1].add(pair.second, str(pair.copy))
        entry["warnings"] += [note.as_json() for note in twice]
        out.append(entry)
        # The worst pair decides: could not read (2), differences (1), none (0).
        code = max(code, worst, int(bool(twice)))
        if not as_list:
            tell_pair(entry)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(code)


@dataclass(frozen=True)
class _Known:
    """What is known besides the pictures.

    The settled texts, and the copyist's hand (None: it is not learned).
    """

    texts: Mapping[str, str]
    hand: Hand | None


def _known(
    settled: Path | None,
    hands: Path | None,
    learning: bool,
    options: ReadingOptions,
) -> _Known | None:
    if hands is not None and (settled is None or not learning):
        raise click.UsageError(
            _(N_("--hands needs --settled, and does not go with --no-hands or EXAMDAY_HANDS=no."))
        )
    if settled is None:
        return None
    try:
        earlier = earlier_hand(hands, options) if hands else NOBODY
        return _Known(settled_texts(settled), earlier if learning else None)
    except DomainError as error:
        raise click.UsageError(
            _(error.message, **error.params) + " " + _(error.advice, **error.params)
        ) from error


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


def _compared(pair: pairing.Pair, known: _Known | None) -> tuple[PairJson, int]:
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
    if known is None:
        result = compare_pages(pair.first, pair.second)
    else:
        checked = check_copy(pair.second, known.texts, pair.first, known.hand)
        result = checked.comparison
        entry["hand"] = {"cells": checked.hand, "changed": list(checked.changed)}
    notes, wrong_way_round = pairing.doubts(pair.first, pair.second)
    put_result(entry, result)
    entry["warnings"] = [note.as_json() for note in notes]
    entry["seconds"] = round(pair.seconds + time.perf_counter() - start, 3)
    differs = result.differences or result.same_code is False
    return entry, int(bool(differs or wrong_way_round))
