"""The annexes of the protocol: recognition and transfer (2-АП-1), marks (2-АП-2 and 2-АП-3)."""

from collections.abc import Mapping

from examday.domain.appeals.diagnosis import Diagnosis
from examday.storage.tables_appeal import Finding

Content = dict[str, object]
"""Plain JSON values: it is signed by its digest, so the same content must always give the same
bytes."""
NOT_READ = "not_read"
"""In place of a mark: nobody has read this paper, so nothing is said of what stands there."""


def annexes(rows: list[Finding], oral: bool) -> Content:
    """Return what was found, task by task, on the annex where it belongs."""
    # A transfer error in a short answer is documented in 2-АП-1, as a recognition error is
    # (domain.md 10.1).
    corrected = (Diagnosis.TRANSFER_DEFECT, Diagnosis.RECOGNITION_ERROR)
    kept = (Diagnosis.OWN_ERROR, Diagnosis.NO_DIFFERENCE)
    return {
        "annex_1": [_annex_row(row) for row in rows if row.decided in corrected],
        "annex_2": [] if oral else _marks(rows),
        "annex_3": _marks(rows) if oral else [],
        "other": [
            {"task": row.field, "decided": row.decided, "reason": row.reason}
            for row in rows
            if row.decided in kept
        ],
    }


def _marks(rows: list[Finding]) -> list[Content]:
    """Return changed expert marks: of long answers (2-АП-2) or of oral answers (2-АП-3)."""
    return [
        {
            "task": row.field,
            "was": row.layers.get("mark_before"),
            "becomes": row.layers.get("mark_after"),
            "reason": row.reason,
        }
        for row in rows
        if row.decided == Diagnosis.MARKING_DISPUTE
    ]


def _annex_row(row: Finding) -> Content:
    """Return a row of annex 1: what stood, and what it becomes."""
    # The two are corrected in different papers: a transfer defect from the copy to the original, a
    # recognition error from the recognised text to the copy.
    defect = row.decided == Diagnosis.TRANSFER_DEFECT
    was, becomes = (
        row.layers.get(side)
        for side in (("copy", "original") if defect else ("recognised", "copy"))
    )
    return {
        "task": row.field,
        "was": _text(was),
        "was_mark": _mark(was),
        "becomes": _text(becomes),
        "becomes_mark": _mark(becomes),
        "decided": row.decided,
        "category": row.category,
        "cause": row.cause,
        "reason": row.reason,
    }


def _text(layer: Mapping[str, object] | None) -> str:
    """Return the characters of a reading; none where there is no reading."""
    return str(layer.get("text", "")) if layer else ""


def _mark(layer: Mapping[str, object] | None) -> str:
    """Return what stands in place of characters: without it nothing read would look like a blank."""
    return str(layer.get("mark", "")) if layer else NOT_READ
