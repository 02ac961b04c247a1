"""The fields of a form of the plan: one for each column that the files of its kind have."""

from collections.abc import Mapping

from flask import g, request

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.columns import PERSONAL, Column, form_name, named
from examday.domain.plan.day import DOCUMENT_FORMS, EXAM_KINDS, NEED_NAMES, ROOM_PURPOSES
from examday.i18n import gettext as _
from examday.services.plan.file_columns import file_kinds, spoken

NAMES: dict[str, Mapping[str, str]] = {
    "kind": EXAM_KINDS,
    "purpose": ROOM_PURPOSES,
    "medium": MEDIUM_NAMES,
    "role": ROLE_NAMES,
    "needs": NEED_NAMES,
    "braille_at": {"site": N_("at the exam point"), "rcoi": N_("at the processing centre")},
}


def columns_of(kind: str) -> list[Column]:
    """List the columns of a form; names only for people whose role may see them."""
    hidden = () if kind != "candidates" or g.actor.may("names.see") else PERSONAL
    return [column for column in file_kinds()[kind].columns if column.key not in hidden]


def sent_cells(kind: str) -> dict[str, str]:
    """Read what the form sent: column key → cell in the words of the files."""
    return {column.key: _sent(column) for column in columns_of(kind)}


def _sent(column: Column) -> str:
    if column.kind == "many":
        known = spoken()["needs"]
        return "; ".join(known[code] for code in request.form.getlist(column.key) if code in known)
    return request.form.get(column.key, "")


def fields_of(kind: str, cells: Mapping[str, str]) -> list[dict[str, object]]:
    """Describe the fields for the template, filled in with `cells` (by column key)."""
    return [_field(column, cells.get(column.key, "")) for column in columns_of(kind)]


def _field(column: Column, cell: str) -> dict[str, object]:
    field: dict[str, object] = {
        "key": column.key,
        "label": _(form_name(column)),
        "value": cell,
        "required": column.required,
        "example": column.example,
        "form": "text",
    }
    if column.kind in FORMS:
        field |= FORMS[column.kind](column, cell)
    return field


def _ticks(column: Column, cell: str) -> dict[str, object]:
    chosen = {column.words[named(part)] for part in cell.split(";") if named(part) in column.words}
    return {"form": "ticks", "options": _options(column), "chosen": chosen}


def _choice(column: Column, cell: str) -> dict[str, object]:
    # A cell whose word is not known stays as it is, so that the person sees what was sent.
    value = column.words.get(named(cell), cell)
    return {"form": "choice", "options": [("", "—"), *_options(column)], "value": value}


def _yes_or_no(column: Column, cell: str) -> dict[str, object]:
    # «нет» is not the same as an empty cell: nobody has looked yet.
    return {"form": "choice", "options": [("", "—"), ("да", _("yes")), ("нет", _("no"))]}


def _hint(column: Column, cell: str) -> dict[str, object]:
    forms = ", ".join(_(name) for name in DOCUMENT_FORMS.values())
    return {"hint": _("For example: %(words)s", words=forms)}


FORMS = {"many": _ticks, "one": _choice, "flag": _yes_or_no, "document": _hint}
"""Kind of a column → what its field has beside a text field: what can be chosen need not be typed
right. Other kinds are typed."""


def _options(column: Column) -> list[tuple[str, str]]:
    """Value and name of each word of a column."""
    names = NAMES[column.key]
    return [(value, _(names[value])) for value in names if value in set(column.words.values())]
