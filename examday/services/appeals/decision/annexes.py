"""The annexes of the protocol: recognition and transfer (2-АП-1), marks (2-АП-2 and 2-АП-3)."""

from examday.domain.appeals.diagnosis import Diagnosis
from examday.storage.tables_appeal import Finding

Content = dict[str, object]
"""Plain JSON values."""


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

    def text(side: str) -> str:
        return str((row.layers.get(side) or {}).get("text", ""))

    # A transfer defect is corrected from the copy to the original, a recognition error from the
    # recognised text to the copy.
    was = text("copy") if row.decided == Diagnosis.TRANSFER_DEFECT else text("recognised")
    becomes = text("original") if row.decided == Diagnosis.TRANSFER_DEFECT else text("copy")
    return {
        "task": row.field,
        "was": was,
        "becomes": becomes,
        "decided": row.decided,
        "category": row.category,
        "cause": row.cause,
        "reason": row.reason,
    }
