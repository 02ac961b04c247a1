"""«Разногласия»: the sheet first, an own reading, and only then both values and the decision."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import DomainError, Forbidden, Invalid, NotFound
from examday.domain.transfer.answers import Choice, Value
from examday.i18n import gettext as _
from examday.services.braille import cell_lines, second_opinion
from examday.services.people import log_in
from examday.services.scans import pictures
from examday.services.transfer import settle
from examday.services.transfer.readings import fields_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page
from examday.web.access import access
from examday.web.braille.cells import film
from examday.web.errors import status_of
from examday.web.scans.images import NOT_MEASURED
from examday.web.session import store
from examday.web.transfer import entry
from examday.web.transfer.my_work import offer_page, queue_page

bp = Blueprint("settle", __name__)


@bp.get("/settle")
@access("settle.decide")
def index() -> str:
    """Works whose key-ins differ."""
    return queue_page("settle")


@bp.get("/settle/<booklet_id>")
@access("settle.decide")
def desk(booklet_id: str) -> str | tuple[str, int]:
    """The present step: own reading, or the decision."""
    try:
        return _desk(booklet_id)
    except NotFound:
        return offer_page("settle", booklet_id)


@bp.post("/settle/<booklet_id>/draft")
@access("settle.decide")
def draft(booklet_id: str) -> tuple[str, int]:
    """Autosave of the own reading."""
    with store().begin(g.actor) as uow:
        settle.save_own(uow, booklet_id, _sent(uow, booklet_id), entry.row_version(request.form))
    return "", 204


@bp.post("/settle/<booklet_id>/own")
@access("settle.decide")
def own(booklet_id: str) -> Response | tuple[str, int]:
    """Turn the page, save, or hand in the own reading; after that both values are shown."""
    action = request.form.get("action", "save")
    with store().begin(g.actor) as uow:
        settle.save_own(uow, booklet_id, _sent(uow, booklet_id), entry.row_version(request.form))
    if action != "own":
        turned = (
            action.removeprefix("page:")
            if action.startswith("page:")
            else request.form.get("page", "1")
        )
        return redirect(
            url_for("settle.desk", booklet_id=booklet_id, page=entry.number_of({"page": turned})),
            303,
        )
    try:
        with store().begin(g.actor) as uow:
            settle.give_own(
                uow, booklet_id, _sent(uow, booklet_id), entry.row_version(request.form)
            )
    except Invalid as error:
        return _desk(booklet_id, error), status_of(error)
    return redirect(url_for("settle.desk", booklet_id=booklet_id), 303)


@bp.post("/settle/<booklet_id>")
@access("settle.decide")
def decide(booklet_id: str) -> Response | tuple[str, int]:
    """The decisions on all differing fields."""
    try:
        with store().begin(g.actor) as uow:
            shown = settle.table(uow, booklet_id)
            companion = _companion(uow, shown)
            settle.decide(
                uow, booklet_id, _rulings(shown), request.form.get("content", ""), companion
            )
    except (Invalid, Forbidden) as error:
        return _desk(booklet_id, error), status_of(error)
    flash(_("Settled. The work can be copied onto the standard form."), "message")
    return redirect(url_for("settle.index"), 303)


def _sent(uow: UnitOfWork, booklet_id: str) -> dict[str, Value]:
    return entry.read_values(request.form, fields_for(uow.get(Booklet, booklet_id).exam).ids)


def _rulings(shown: settle.Table) -> dict[str, settle.Ruling]:
    """The choices that were sent; a field without one is left out and refused by the rule."""
    others = entry.read_values(request.form, shown.differing)
    found = {}
    for f in shown.differing:
        choice = request.form.get(f"c:{f}", "")
        if choice in set(Choice):
            found[f] = settle.Ruling(
                Choice(choice), others.get(f), request.form.get(f"why:{f}", "")
            )
    return found


def _companion(uow: UnitOfWork, shown: settle.Table) -> str:
    """The other of the two, proven by the own PIN, where the rule set lets the two settle
    together."""
    if not shown.one_of_the_two:
        return ""
    other = settle.other_of_the_two(uow, shown.booklet)
    return log_in.check_secret(uow, other, request.form.get("pin", "")).id


def _desk(booklet_id: str, error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        shown = settle.table(uow, booklet_id)
        refused, bad = entry.refusal(error) if error else (None, {})
        pages = pictures.working_pages(uow, shown.booklet, "original")
        places = pictures.places(uow, shown.booklet, "original")
        common = {
            "t": shown,
            "booklet": shown.booklet,
            "refused": refused,
            "error_title": bool(refused),
            "places": places,
            "unmeasured": _(NOT_MEASURED),
        }
        if shown.own is not None:
            return render_template(
                "transfer/settle/decide.html",
                cards=_cards(shown, bad),
                marks=entry.marks,
                opinions=_opinions(uow, shown),
                **_cells(uow, shown, pages),
                **common,
            )
        number = (
            entry.number_of(request.values)
            if "page" in request.values
            else _page_of(shown, pages, places)
        )
        boxes = entry.boxes_on(pages[min(number, len(pages)) - 1], places) if pages else {}
        found = entry.rows(
            shown.differing,
            shown.draft,
            shown.alphabet,
            shown.fields.tasks,
            boxes,
            bad,
            shown.booklet.exam.subject,
        )
        return render_template(
            "transfer/settle/own.html",
            groups=entry.groups(found),
            marks=entry.marks,
            picture=entry.picture(pages, number),
            **common,
        )


def _opinions(uow: UnitOfWork, shown: settle.Table) -> dict[str, second_opinion.SecondOpinion]:
    """For a Braille work: does each of the three readings give the cells that the machine saw?
    Shown after the own reading only; empty when there is no machine reading of cells."""
    if shown.booklet.medium != Medium.BRAILLE:
        return {}
    readings = {"own": shown.own or {}, "first": shown.first or {}, "second": shown.second or {}}
    found = {
        choice: second_opinion.second_opinion(
            uow, shown.booklet.id, {f: values[f] for f in shown.differing if f in values}
        )
        for choice, values in readings.items()
    }
    return {choice: opinion for choice, opinion in found.items() if opinion is not None}


def _cells(uow: UnitOfWork, shown: settle.Table, pages: list[Page]) -> dict[str, Any]:
    """For a Braille work: the notebook, and the cells that the machine saw for each differing
    field."""
    if shown.booklet.medium != Medium.BRAILLE or not pages:
        return {"written": {}}
    written = cell_lines.answers_of(
        cell_lines.machine_strips(uow, shown.booklet), shown.booklet.exam
    )
    first = next((written[f].strips[0].page for f in shown.differing if f in written), 1)
    return {
        "written": written,
        "pages": pages,
        "film": film(pages),
        "picture": entry.picture(pages, first),
    }


def _page_of(shown: settle.Table, pages: list[Page], places: dict[str, pictures.Place]) -> int:
    """The page with the first differing field."""
    wanted = next((places[f].page_id for f in shown.differing if f in places), "")
    return next((n for n, page in enumerate(pages, 1) if page.id == wanted), 1)


def _cards(shown: settle.Table, bad: dict[str, str]) -> list[dict[str, object]]:
    """One differing field: the three readings, what was chosen so far, and the own reading as the
    first proposal."""
    assert shown.own is not None and shown.first is not None and shown.second is not None
    cards: list[dict[str, object]] = []
    for f in shown.differing:
        [row] = entry.rows(
            [f], entry.read_values(request.form, [f]), shown.alphabet, shown.fields.tasks, {}, bad
        )
        values = {
            Choice.OWN: shown.own[f],
            Choice.FIRST: shown.first[f],
            Choice.SECOND: shown.second[f],
        }
        backed = shown.own[f] in (shown.first[f], shown.second[f])
        cards.append(
            {
                "row": row,
                "field": f,
                "values": values,
                "why": request.form.get(f"why:{f}", ""),
                "chosen": request.form.get(f"c:{f}", "own" if backed else ""),
                "backed": backed,
            }
        )
    return cards
