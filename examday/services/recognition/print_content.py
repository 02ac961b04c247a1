"""What stands on a typed print-out, as it is stored: every line, and the answers among them."""

from dataclasses import dataclass

import numpy as np

from examday.domain.transfer.alphabet import Alphabet, fold_value
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList, is_short
from examday.reading.printed import Line, answers_in, read_print

MODEL = "tesseract"
"""Stored with the reading, as the fingerprint of the weights is for ink: it tells later what has
read."""


@dataclass(frozen=True)
class PrintOut:
    """All pages of a print-out (id and picture) in order.

    `images`: digests that tell these pages from earlier ones.
    """

    pages: list[tuple[str, np.ndarray]]
    images: list[str]
    subject: str
    fields: FieldList
    alphabet: Alphabet


def content_of(sheets: PrintOut) -> dict[str, object]:
    """What stands on the pages: every line, and the answers among them."""
    lines = [
        (page, line) for page, grey in sheets.pages for line in read_print(grey, sheets.subject)
    ]
    found = answers_in([line for _page, line in lines], sheets.fields.tasks)
    answers = {f: found[f] for f in sheets.fields.ids if is_short(f) and f in found}
    return {
        "fields": {f: _kept(f, line, sheets.alphabet) for f, line in answers.items()},
        "images": sheets.images,
        "lines": [
            {"page": page, "text": line.text, "confidence": round(line.confidence, 4)}
            for page, line in lines
        ],
        "model": MODEL,
    }


def _kept(field_id: str, line: Line, alphabet: Alphabet) -> dict[str, object]:
    """The answer as the form would hold it, with the machine's sureness."""
    return {
        **fold_value(field_id, Value(line.text), alphabet).plain(field_id),
        "confidence": round(line.confidence, 4),
    }
