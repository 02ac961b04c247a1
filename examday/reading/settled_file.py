"""Settled values from a file, and earlier sheets of a copyist from a folder: for `examday compare`.

A file is JSON: {"answers": {"1": "…"}, "replacements": [["03", "60"]]}. An answer or a row that it
does not name was settled as blank; registration fields may stand under "header" and are compared by
pictures alone where they do not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.fields import (
    MOST_SHORT_ANSWERS,
    REPLACEMENT_ROWS,
    header_field,
    replacement_row,
    short_answer,
)
from examday.reading.files import ReadingOptions, form_in
from examday.reading.hand import Hand, together
from examday.reading.pairing import Unreadable
from examday.reading.witnesses import confirmed_cells

SETTLED = "-settled.json"


class NoSettledValues(Invalid):
    """The file does not hold settled values."""

    code = "settled-file"
    message = N_("%(file)s holds no settled values: %(why)s.")
    advice = N_(
        'Write JSON like {"answers": {"1": "24"}, "replacements": [["03", "60"]]} and try again.'
    )


def settled_texts(file: Path) -> dict[str, str]:
    """Text by field id; every answer and replacement row of the form is there, blank ones as "".

    NoSettledValues says what is wrong with the file; a field that no form has is wrong too.
    """
    try:
        given = json.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _refused(file, str(error)) from error
    if not isinstance(given, dict) or not isinstance(given.get("answers"), dict):
        raise _refused(file, '"answers" is missing')
    texts = {short_answer(task): "" for task in range(1, MOST_SHORT_ANSWERS + 1)}
    texts |= {replacement_row(row): "" for row in range(1, REPLACEMENT_ROWS + 1)}
    for field, text in (*_answers(given), *_replacements(file, given)):
        if field not in texts or not isinstance(text, str):
            raise _refused(file, f"{field}: {text!r}")
        texts[field] = text
    return texts | _header(file, given)


def earlier_hand(folder: Path, options: ReadingOptions) -> Hand:
    """Return the cells of a copyist's earlier sheets on which all witnesses agree.

    They come from the pairs of `folder` (*-original-*, *-copy-*, *-settled.json).
    """
    return together(list(_hands(folder, options)))


def _hands(folder: Path, options: ReadingOptions) -> Iterator[Hand]:
    for file in sorted(folder.glob(f"*{SETTLED}")):
        stem = file.name.removesuffix(SETTLED)
        copy = form_in(_only(folder, f"{stem}-copy-*"), options)
        original = form_in(_only(folder, f"{stem}-original-*"), options)
        for page in (copy, original):
            if page.error is not None or not page.readable:
                raise page.error or Unreadable(params={"file": page.path.name})
        assert copy.reading is not None
        yield confirmed_cells(stem, copy.reading, settled_texts(file), original.reading)


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise _refused(folder / pattern, f"{len(found)} files")
    return found[0]


def _answers(given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    answers = given["answers"]
    assert isinstance(answers, dict)
    yield from answers.items()


def _replacements(file: Path, given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    rows = given.get("replacements", [])
    if not isinstance(rows, list):
        raise _refused(file, '"replacements" is no list')
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != 2 or not all(isinstance(v, str) for v in row):
            raise _refused(file, f"replacements: {row!r}")
        # Two blanks are one answer «nothing was written»; the sign between would make it two.
        yield replacement_row(number), ":".join(row) if any(row) else ""


def _header(file: Path, given: Mapping[str, object]) -> dict[str, str]:
    header = given.get("header", {})
    if not isinstance(header, dict) or not all(isinstance(v, str) for v in header.values()):
        raise _refused(file, f"header: {header!r}")
    return {header_field(name): text for name, text in header.items()}


def _refused(file: Path, why: str) -> NoSettledValues:
    return NoSettledValues(params={"file": file.name, "why": why})
