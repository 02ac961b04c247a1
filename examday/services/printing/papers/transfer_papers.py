"""What the transfer act and the copying sheet of one work show: the settled values, field by field."""

from collections.abc import Mapping

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.transfer.answers import Mark, Value
from examday.domain.transfer.duties import PART_NAMES
from examday.domain.transfer.fields import FieldId, is_header, is_long, is_replacement, is_short
from examday.domain.transfer.readings import Source
from examday.services.custody import dossier
from examday.services.custody.dossier import Dossier
from examday.services.printing import words as w
from examday.services.printing.papers.booklet_papers import frame, numbers, signed, signers
from examday.services.printing.words import ru
from examday.services.transfer import readings
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

CHOICES = {
    "first": N_("first key-in"),
    "second": N_("second key-in"),
    "own": N_("own reading"),
    "other": N_("another value"),
}


GROUPS = (
    (N_("Registration fields"), is_header),
    (N_("Short answers"), is_short),
    (N_("Replacement of wrong answers"), is_replacement),
)
"""Headings of the copying sheet, and which fields stand under each."""


def transfer_act(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Акт переноса: who did what, which sheets, each field with its value and how it was decided."""
    d = dossier.show(uow, booklet_id)
    found = None if d.closed else readings.find(uow, d.booklet, Source.SETTLED)
    values = readings.values_of(found) if found else {}
    decisions = found.content.get("decisions", {}) if found else {}
    return frame(uow, d.booklet, N_("Transfer act"), names) | {
        "parts": _parts(uow, d),
        "sheets": scanned(uow, d),
        "numbers": numbers(values, len(decisions)) if found else [],
        "fields": [
            [w.field_name(f), shown(f, v), w.mark(v), decided(decisions.get(f))]
            for f, v in values.items()
            if _is_printed(f, v)
        ],
        "signed": signed(uow, d),
        "signers": signers(d),
    }


def _parts(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """Who did which part, and since when."""
    return [
        [ru(PART_NAMES.get(a.part, a.part)), d.names.get(a.person_id, ""), w.moment(uow, a.at)]
        for a in d.assignments
    ]


def _is_printed(field_id: str, value: Value) -> bool:
    """Blank rows of the replacement fields are left out; everything else is printed."""
    return value.mark is not Mark.BLANK or not is_replacement(field_id)


def shown(field_id: str, value: Value) -> str:
    """A value on one line: the length of a long answer, the task of a replacement row, else the
    characters."""
    if is_long(field_id):
        return ru(N_("%(number)s characters"), number=len(value.text)) if value.text else "—"
    return f"{value.task} → {value.text}" if is_replacement(field_id) else value.text or "—"


def decided(decision: Mapping[str, object] | None) -> str:
    """How the value of a field came about."""
    if decision is None:
        return ru(N_("both agree"))
    return ru(N_("decided: %(choice)s"), choice=ru(CHOICES[str(decision["choice"])]))


def scanned(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """Sheets with the scans of original and copy (first digits of the picture's SHA-256)."""
    sheets = list(dict.fromkeys(page.sheet for page in d.pages))
    found = []
    for name in sheets:
        sides = [
            ", ".join(
                f"{p.image_sha256[:12]} · {w.clock(uow, p.at)}"
                for p in d.pages
                if p.sheet == name and p.role == role
            )
            for role in ("original", "copy")
        ]
        found.append([w.sheet(name) or "—", *sides])
    return found


def copying_sheet(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Лист для переноса: the settled values in big cells. Conflict before they are settled."""
    booklet = uow.get(Booklet, booklet_id)
    found = (
        readings.find(uow, booklet, Source.SETTLED)
        if booklet.state in readings.SETTLED_ON
        else None
    )
    if found is None:
        raise Conflict(
            N_("There is nothing to copy yet: the key-ins have not been settled."),
            code="not-settled",
        )
    values = readings.values_of(found)
    return frame(uow, booklet, N_("Copying sheet"), False) | {
        "groups": _groups(values),
        "long": [_long_answer(f, v) for f, v in values.items() if is_long(f)],
        "signers": [[ru(N_("Copied by")), ""], [ru(N_("Checked by")), ""]],
    }


def _groups(values: Mapping[str, Value]) -> list[dict[str, object]]:
    """The fields in the order of the form, under their headings; empty groups are left out."""
    found: list[dict[str, object]] = []
    for title, belongs in GROUPS:
        fields = [_cells(f, v) for f, v in values.items() if belongs(f) and _is_printed(f, v)]
        if fields:
            found.append({"title": ru(title), "fields": fields})
    return found


def _long_answer(field_id: str, value: Value) -> dict[str, object]:
    """A long answer page by page, line by line."""
    return {
        "label": w.field_name(field_id),
        "mark": w.mark(value),
        "pages": [page.split("\n") for page in value.text.split("\f")],
    }


def _cells(field_id: str, value: Value) -> dict[str, object]:
    label = w.field_name(field_id)
    if is_replacement(field_id):
        label = ru(
            N_("Replacement, row %(row)s: task %(task)s"),
            row=FieldId.parse(field_id).key,
            task=value.task,
        )
    return {"label": label, "signs": list(value.text), "mark": w.mark(value)}
