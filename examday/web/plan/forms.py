"""Single entries of the plan by hand: one form for each kind, made of the columns that its files
have."""

from collections.abc import Mapping

from flask import g, render_template, request, url_for

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.errors import DomainError, Forbidden, NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.columns import PERSONAL, Column, named
from examday.domain.plan.day import DOCUMENT_FORMS, EXAM_KINDS, NEED_NAMES, ROOM_PURPOSES
from examday.i18n import gettext as _
from examday.services.plan import edit, export, files
from examday.services.plan.file_columns import file_kinds, spoken
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.plan import words
from examday.web.plan.blueprint import bp

NAMES: dict[str, Mapping[str, str]] = {
    "kind": EXAM_KINDS,
    "purpose": ROOM_PURPOSES,
    "medium": MEDIUM_NAMES,
    "role": ROLE_NAMES,
    "needs": NEED_NAMES,
    "braille_at": {"site": N_("at the exam point"), "rcoi": N_("at the processing centre")},
}
"""Column key → value → msgid, for choices."""
TITLES = {
    "exams": N_("Exam"),
    "rooms": N_("Room"),
    "candidates": N_("Candidate"),
    "seating": N_("Seat"),
    "staff": N_("Duty"),
}


@bp.route("/enter/<kind>", methods=["GET", "POST"])
@access("plan.edit")
def enter(kind: str) -> Answer:
    """Add one entry, or change the one that `of` (its key, as exported) names."""
    if kind not in file_kinds():
        raise NotFound()
    if not g.actor.may(files.permission(kind)):
        raise Forbidden()
    if request.method == "GET":
        return _form(kind, _present(kind, request.args.to_dict()), {})
    cells = {column.key: _sent(column) for column in _columns(kind)}
    said = {"new": _("Entered."), "changed": _("Changed.")}

    def refused(error: DomainError) -> str:
        problems = error.problems if isinstance(error, edit.RowProblems) else ()
        keys = {column.title: column.key for column in file_kinds()[kind].columns}
        errors = {keys.get(row.column, ""): words.problem(row) for row in problems}
        asked = any(row.asked and not row.words for row in problems)
        return _form(kind, cells, errors or {"": " ".join(translate(error))}, asked)

    return act(
        lambda uow: edit.enter(uow, kind, cells, request.form.get("take_away") == "1"),
        done=lambda what: go_on(
            f"plan.{kind}", said.get(what, _("Nothing was different, nothing was changed."))
        ),
        refused=refused,
    )


def _columns(kind: str) -> list[Column]:
    """The columns of the form; names only for those whose role may see them."""
    hidden = () if kind != "candidates" or g.actor.may("names.see") else PERSONAL
    return [column for column in file_kinds()[kind].columns if column.key not in hidden]


def _sent(column: Column) -> str:
    """One cell from the form, in the words of the files."""
    if column.kind == "many":
        known = spoken()["needs"]
        return "; ".join(known[code] for code in request.form.getlist(column.key) if code in known)
    return request.form.get(column.key, "")


def _present(kind: str, key: dict[str, str]) -> dict[str, str]:
    """The cells of the entry whose key columns match, or what the address gives to start with."""
    names = [name for name in file_kinds()[kind].key if key.get(name)]

    def step(uow: UnitOfWork) -> dict[str, str]:
        for row in export.cells(uow, kind):
            if names and all(row.get(name) == key[name] for name in names):
                return row
        return key

    return look(step)


def _form(kind: str, cells: dict[str, str], errors: dict[str, str], asked: bool = False) -> str:
    fields = [_field(column, cells.get(column.key, "")) for column in _columns(kind)]
    return render_template(
        "plan/form.html",
        kind=kind,
        title=_(TITLES[kind]),
        fields=fields,
        errors=errors,
        asked=asked,
        back=url_for(f"plan.{kind}"),
    )


def _field(column: Column, cell: str) -> dict[str, object]:
    """What the template shows for one column: a choice, ticks, or a text field."""
    made: dict[str, object] = {
        "key": column.key,
        "label": words.column_name(column),
        "value": cell,
        "required": column.required,
        "example": column.example,
        "form": "text",
    }
    if column.kind == "many":
        chosen = {
            column.words[named(part)] for part in cell.split(";") if named(part) in column.words
        }
        made |= {"form": "ticks", "options": _options(column), "chosen": chosen}
    elif column.kind in ("one", "flag"):
        options = (
            [("да", _("yes")), ("нет", _("no"))] if column.kind == "flag" else _options(column)
        )
        value = cell if column.kind == "flag" else column.words.get(named(cell), cell)
        made |= {"form": "choice", "options": [("", "—"), *options], "value": value}
    elif column.kind == "document":
        made["hint"] = _(
            "For example: %(words)s", words=", ".join(_(name) for name in DOCUMENT_FORMS.values())
        )
    return made


def _options(column: Column) -> list[tuple[str, str]]:
    """Value and name of each word of a column."""
    names = NAMES[column.key]
    return [(value, _(names[value])) for value in names if value in set(column.words.values())]


@bp.post("/seat/<seat_id>/remove")
@access("plan.edit")
def remove_seat(seat_id: str) -> Answer:
    """Take a candidate out of an exam: asked about first, then done."""
    day = request.form.get("day", "")
    if request.form.get("take_away") != "1":
        seat = look(lambda uow: edit.seat_to_remove(uow, seat_id))
        return render_template("plan/remove_seat.html", seat=seat, day=day)
    return act(
        lambda uow: edit.remove_seat(uow, seat_id),
        done=lambda _none: go_on("plan.seating", _("The place is free again."), day=day),
        refused=_error_page,
    )


@bp.post("/duty/<duty_id>/remove")
@access("people.edit")
def remove_duty(duty_id: str) -> Answer:
    """Take a duty away."""
    said, day = _("The duty is taken away; the role stays."), request.form.get("day", "")
    return act(
        lambda uow: edit.remove_duty(uow, duty_id),
        done=lambda _none: go_on("plan.staff", said, day=day),
        refused=_error_page,
    )


@bp.post("/duty/<duty_id>/present")
@access("plan.edit")
def present(duty_id: str) -> Answer:
    """Somebody has come, or has not."""
    day = request.form.get("day", "")
    return act(
        lambda uow: edit.set_present(uow, duty_id, request.form.get("present") == "1"),
        done=lambda _none: go_on("plan.staff", "", f"duty-{duty_id}", day=day),
        refused=_error_page,
    )


def _error_page(error: DomainError) -> str:
    """Steps without a form of their own: the page that every refusal gets."""
    raise error
