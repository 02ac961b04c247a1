"""The transfer act of one work."""

from examday.domain.messages import N_
from examday.domain.transfer.readings import Source
from examday.services.custody import dossier
from examday.services.printing.field_words import places, rows
from examday.services.printing.papers.work import copying_sheet, numbers
from examday.services.printing.papers.work.signatures import signed, signers
from examday.services.printing.papers.work.sources import parts, recording, scanned
from examday.services.printing.papers.work.work_frame import frame
from examday.services.transfer import readings
from examday.services.unit_of_work import UnitOfWork


def transfer_act(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Акт переноса: who did what, which sheets, each field with its value and how it was decided."""
    d = dossier.show(uow, booklet_id)
    # Values are printed only when the key-ins are settled: a print-out must not tell one reader what
    # the other has read.
    found = None if d.closed else readings.find(uow, d.booklet, Source.SETTLED)
    values = readings.values_of(found) if found else {}
    decisions = found.content.get("decisions", {}) if found else {}
    return frame(uow, d.booklet, N_("Transfer act"), names) | {
        "parts": parts(uow, d),
        "sheets": scanned(uow, d),
        "recording": recording(d),
        "numbers": numbers.numbers(values, len(decisions)) if found else [],
        "answers": [
            {"title": title, "rows": rows(fields, values, decisions)}
            for title, fields in copying_sheet.by_group(values)
        ],
        "places": [row for one in decisions.values() for row in places(one)],
        "signed": signed(uow, d),
        "signers": signers(d),
    }
