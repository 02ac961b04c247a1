"""Tables of the plan: several files at once, one report, one confirmation; examples and export."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, g, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from examday.domain.errors import DomainError, Forbidden, Invalid, MachineTrouble, NotFound
from examday.domain.plan.columns import KINDS
from examday.domain.plan.rows import Answers
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.plan import export as planexport
from examday.services.plan import files, sets
from examday.services.plan import upload as planupload
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.proposals.rows import ASKED, CHANGED, NEW, SAME, WRONG
from examday.services.plan.sets import Found, Part
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import status_of, translate
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.session import store

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN_ROWS = 300
ORDER = {WRONG: 0, ASKED: 1, CHANGED: 2, NEW: 3, SAME: 4}
CHOSEN = ("kind", "encoding", "head")
WORD = "word:"
"""Beginning of the fields in which a person says what a word means: «word:needs:очки»."""


@bp.get("/file")
@access("plan.edit")
def upload() -> str:
    """Choose the files."""
    return _upload("")


def _upload(error: str) -> str:
    return render_template("plan/upload.html", error=error)


@bp.post("/file")
@access("plan.edit")
def send() -> Answer:
    """Keep the files that were sent together and go on to their report."""
    sent = [file for file in request.files.getlist("file") if file.filename]
    if not sent:
        return _upload(_("Choose a file first.")), 400
    try:
        set_id = planupload.keep(
            store().settings,
            [(file.filename or "", file.stream) for file in sent],  # type: ignore[misc]
        )
    except (Invalid, MachineTrouble) as error:
        return _upload(" ".join(translate(error))), status_of(error)
    return go_on("plan.report", set_id=set_id)


@dataclass(frozen=True)
class Shown:
    """One table of the set as the page shows it."""

    number: int
    found: Found
    rows: list[Any]
    more: int
    counts: Counter[str]
    trouble: str
    look: planupload.Look | None
    strange: list[tuple[str, str, list[tuple[str, str]]]]

    @property
    def part(self) -> Part:
        """The table itself."""
        return self.found.part


@bp.get("/set/<set_id>")
@access("plan.edit")
def report(set_id: str) -> str:
    """What the set would do, row by row. Nothing is written."""
    return _report(set_id, _chosen(request.args))


def _chosen(sent: MultiDict[str, str]) -> dict[str, str]:
    """What was chosen; of a field that was sent again the last word counts."""
    return {name: values[-1] for name, values in sent.lists()}


def _report(set_id: str, chosen: dict[str, str], error: DomainError | None = None) -> str:
    parts = _parts(set_id, chosen)
    found = sets.examine(store(), g.actor, parts, _answers(chosen))
    shown = [_shown(number, one) for number, one in enumerate(found)]
    total = sum((one.counts for one in shown), Counter[str]())
    good = bool(shown) and all(one.report is not None and one.report.good for one in found)
    kinds = {one.part.kind for one in found}
    return render_template(
        "plan/report.html",
        set_id=set_id,
        tables=shown,
        total=total,
        good=good and bool(total[NEW] + total[CHANGED]),
        nothing=good and not total[NEW] + total[CHANGED],
        asked=_asked(found),
        chosen=chosen,
        seen=sets.fingerprint(found),
        kinds=KINDS,
        kind_options=[("", "—"), *((key, _(name)) for key, name in KINDS.items())],
        encodings=planupload.encodings(),
        problem=words.problem,
        changes=words.changes,
        allowed=all(g.actor.may(files.permission(kind)) for kind in kinds if kind),
        error=error and " ".join(translate(error)),
    )


def _parts(set_id: str, chosen: dict[str, str]) -> list[Part]:
    """The tables of the set, read as a person has chosen. A choice is named by the table's own
    number, which does not depend on the order of the report."""
    parts = [
        part
        for name, path in planupload.files_of(store().settings, set_id)
        for part in sets.parts_of(name, path)
    ]
    return [_as_chosen(part, str(number), chosen) for number, part in enumerate(parts)]


def _as_chosen(part: Part, number: str, chosen: dict[str, str]) -> Part:
    given = {key: chosen.get(f"{key}-{number}", "") for key in CHOSEN}
    part = replace(part, number=number)
    if given["encoding"] in planupload.encodings() and not part.sheet:
        part = replace(part, encoding=given["encoding"])
    if given["kind"] in KINDS:
        part = replace(part, kind=given["kind"])
    if given["head"].isascii() and given["head"].isdigit():
        part = replace(part, head=int(given["head"]))
    return sets.settled(part)


def _answers(chosen: dict[str, str]) -> Answers:
    """What a person has said about the rows."""
    meant = {}
    for field, value in chosen.items():
        if field.startswith(WORD) and value:
            key, _sep, word = field.removeprefix(WORD).partition(":")
            meant[key, word] = value
    return Answers(meant, leave_out="leave_out" in chosen, take_away="take_away" in chosen)


def _asked(found: Iterable[Found]) -> dict[str, int]:
    """How many rows wait for which answer."""
    asked: Counter[str] = Counter()
    for one in found:
        for row in one.report.rows if one.report else ():
            if row.what == ASKED:
                strange = any(problem.words for problem in row.problems)
                asked["words" if strange else "take_away" if row.lost else "leave_out"] += 1
    return dict(asked)


def _shown(number: int, one: Found) -> Shown:
    rows = [row for row in (one.report.rows if one.report else ()) if row.what != SAME]
    rows.sort(key=lambda row: (ORDER[row.what], row.line))
    trouble = one.part.trouble
    unsure = trouble is not None or bool(one.report and one.report.parsed.missing)
    return Shown(
        number,
        one,
        rows[:SHOWN_ROWS],
        len(rows) - SHOWN_ROWS,
        one.report.counts if one.report else Counter(),
        " ".join(translate(trouble)) if trouble is not None else "",
        sets.look_at(one.part) if unsure else None,
        _strange(one),
    )


def _strange(one: Found) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Words that are not clear: field name, word, and the meanings to choose from."""
    columns = (
        {column.title: column for column in file_kinds()[one.part.kind].columns}
        if one.report
        else {}
    )
    found: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
    for row in one.report.rows if one.report else ():
        for problem in row.problems:
            for word, values in problem.words.items():
                column = columns[problem.column]
                field = f"{WORD}{column.key}:{word}"
                found[field] = (
                    field,
                    f"{column.title}: «{word}»",
                    [(value, column.said.get(value, value)) for value in values],
                )
    return list(found.values())


@bp.post("/set/<set_id>/confirm")
@access("plan.edit")
def confirm(set_id: str) -> Answer:
    """Bring the examined set in, whole; then show what has changed."""
    sent = _chosen(request.form)
    parts = _parts(set_id, sent)
    if not all(g.actor.may(files.permission(part.kind)) for part in parts if part.kind):
        raise Forbidden()

    def step(uow: UnitOfWork) -> list[Found]:
        return sets.bring_in(uow, parts, _answers(sent), sent.get("seen", ""))

    def done(found: list[Found]) -> AnyResponse:
        planupload.forget(store().settings, set_id)
        kinds = {one.part.kind for one in found}
        return go_on(f"plan.{kinds.pop()}" if len(kinds) == 1 else "plan.index", _spoken(found))

    return act(step, done=done, refused=lambda error: _report(set_id, sent, error))


def _spoken(found: list[Found]) -> str:
    count = sum((one.report.counts for one in found if one.report), Counter[str]())
    if not count[NEW] + count[CHANGED]:
        return _("0 changes: everything in the file is in the plan already.")
    said = _(
        "Brought in: %(new)s new, %(changed)s changed, %(same)s as before.",
        new=count[NEW],
        changed=count[CHANGED],
        same=count[SAME],
    )
    return f"{said} {ngettext('%(n)s row in all.', '%(n)s rows in all.', count.total())}"


@bp.get("/set/<set_id>/mistakes/<int:number>")
@access("plan.edit")
def mistakes(set_id: str, number: int) -> Response:
    """The same table with a column of what is wrong in each row, to be corrected and sent again."""
    chosen = _chosen(request.args)
    found = sets.examine(store(), g.actor, _parts(set_id, chosen), _answers(chosen))
    if not 0 <= number < len(found) or found[number].report is None:
        raise NotFound()
    data, ending = sets.with_reasons(found[number], words.problem)
    return _file(data, f"{found[number].part.kind}-mistakes", ending)


@bp.post("/set/<set_id>/forget")
@access("plan.edit")
def give_up(set_id: str) -> AnyResponse:
    """Take the upload away without bringing it in."""
    planupload.forget(store().settings, set_id)
    return go_on("plan.index", _("The file is put away. Nothing was changed."))


@bp.get("/columns")
@access("plan.see")
def columns() -> str:
    """The columns of each table: names, accepted names, and the words that a cell may hold."""
    return render_template(
        "plan/columns.html", kinds=KINDS, file_kinds=file_kinds(), meaning=words.cell_meaning
    )


@bp.get("/example/<kind>.<file_format>")
@access("plan.see")
def example(kind: str, file_format: str) -> Response:
    """A file with the column names and one row."""
    _known(kind, file_format)
    return _file(planexport.example(kind, file_format), f"{kind}-example", file_format)


@bp.get("/export/plan.xlsx")
@access("names.see")
def export_all() -> Response:
    """The whole plan as one workbook, a sheet for each table."""
    return _file(look(planexport.export_all), "plan", "xlsx")


@bp.get("/export/<kind>.<file_format>")
@access("plan.see")
def export(kind: str, file_format: str) -> Response:
    """The plan as it stands, in the columns of the import. Names only for those whose role may see
    them."""
    _known(kind, file_format)
    if kind == "candidates" and not g.actor.may("names.see"):
        raise Forbidden()
    data = look(lambda uow: planexport.export(uow, kind, file_format))
    return _file(data, kind, file_format)


def _known(kind: str, file_format: str) -> None:
    if kind not in KINDS or file_format not in FORMATS:
        raise NotFound()


def _file(data: bytes, name: str, file_format: str) -> Response:
    return Response(
        data,
        mimetype=FORMATS[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
            "Cache-Control": "no-store",
        },
    )
