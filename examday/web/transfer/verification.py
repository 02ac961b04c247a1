"""«Сверка»: copy against settled values, what differs first, both pictures at one scale;
agreements folded away."""

import json
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.transfer.answers import Check, Seen
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.scans import pictures
from examday.services.transfer import verification
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page
from examday.web.access import access
from examday.web.errors import status_of
from examday.web.scans.images import NOT_MEASURED
from examday.web.session import store
from examday.web.transfer import entry
from examday.web.transfer.my_work import offer_page, queue_page
from examday.web.words import field_name

bp = Blueprint("verify", __name__)
LIKELY = 0.5
"""An agreement below which the page says that the machine is not sure, also where nothing may be
folded."""


@bp.get("/verify")
@access("verify.decide")
def index() -> str:
    """Scanned copies that wait for a second pair of eyes."""
    return queue_page("verify")


@bp.get("/verify/<booklet_id>")
@access("verify.decide")
def desk(booklet_id: str) -> str | tuple[str, int]:
    """The verification desk."""
    try:
        return _desk(booklet_id)
    except NotFound:
        return offer_page("verify", booklet_id)


@bp.post("/verify/<booklet_id>/draft")
@access("verify.decide")
def draft(booklet_id: str) -> tuple[str, int]:
    """Autosave."""
    with store().begin(g.actor) as uow:
        _save(uow, booklet_id)
    return "", 204


@bp.post("/verify/<booklet_id>")
@access("verify.decide")
def send(booklet_id: str) -> Response | tuple[str, int]:
    """Save, or hand in the verification."""
    with store().begin(g.actor) as uow:
        _save(uow, booklet_id)
    if request.form.get("action") != "hand_in":
        return redirect(url_for("verify.desk", booklet_id=booklet_id), 303)
    try:
        with store().begin(g.actor) as uow:
            shown = verification.desk(uow, booklet_id)
            wrong = verification.submit(
                uow,
                booklet_id,
                _checks(shown, request.form),
                request.form.get("content", ""),
                entry.row_version(request.form),
            )
    except Invalid as error:
        return _desk(booklet_id, error), status_of(error)
    flash(
        _("Verified: the copy is true. The work waits for its signatures.")
        if not wrong
        else ngettext(
            "%(n)s field is not right: the work goes back to the copier.",
            "%(n)s fields are not right: the work goes back to the copier.",
            len(wrong),
        ),
        "message" if not wrong else "warn",
    )
    return redirect(url_for("verify.index"), 303)


def _save(uow: UnitOfWork, booklet_id: str) -> None:
    shown = verification.desk(uow, booklet_id)
    verification.save(
        uow, booklet_id, _checks(shown, request.form), entry.row_version(request.form)
    )


def _checks(shown: verification.Desk, form: MultiDict[str, str]) -> dict[str, Check]:
    """What was said of each field; the tick over the folded ones says «seen, right» of all that
    were not opened."""
    values, together = entry.read_values(form, shown.fields.ids), "together" in form
    found: dict[str, Check] = {}
    for f in shown.fields.ids:
        said = form.get(f"s:{f}", "")
        if said in set(Seen):
            found[f] = Check(Seen(said), values.get(f) if said == Seen.DIFFERS else None)
        elif together and shown.presort.may_fold(f):
            found[f] = Check(Seen.OK, bulk=True)
    return found


def _desk(booklet_id: str, error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        shown = verification.desk(uow, booklet_id)
        checks = {**shown.checks, **(_checks(shown, request.form) if error else {})}
        refused, bad = entry.refusal(error) if error else (None, {})
        places = {role: pictures.places(uow, shown.booklet, role) for role in ("original", "copy")}
        pages = {role: pictures.working_pages(uow, shown.booklet, role) for role in places}
        film = _film(pages, places, shown.first)
        card = [_card(shown, f, checks, places, bad, film) for f in shown.fields.ids]
        by_field = {c["field"]: c for c in card}
        return render_template(
            "transfer/verify/desk.html",
            d=shown,
            booklet=shown.booklet,
            first=[by_field[f] for f in shown.first],
            folded=[by_field[f] for f in shown.folded],
            refused=refused,
            error_title=bool(refused),
            marks=entry.marks,
            done=len(checks),
            film=json.dumps(film, ensure_ascii=False),
            turns=film,
            picture=next(
                (page for page in film if page["role"] == "copy"), film[0] if film else None
            ),
            together=any(c.bulk for c in checks.values()),
            measured={
                k: _percent(v) if k != "missed" else str(v).replace(".", ",")
                for k, v in shown.presort.measured.items()
            },
            patterns=[
                _(text, **p["params"]) for p in shown.presort.patterns for text in [p["message"]]
            ],
            bound=_percent(shown.presort.bound),
        )


def _film(
    pages: dict[str, list[Page]],
    places: dict[str, dict[str, pictures.Place]],
    first: tuple[str, ...],
) -> list[dict[str, Any]]:
    """The pages of original and copy for the viewer: addresses, sizes, names, where their fields
    are, and the places that are to be looked at one by one."""
    film: list[dict[str, Any]] = []
    for role, source, name in (
        ("original", "A", N_("Original, page %(n)s")),
        ("copy", "B", N_("Copy, page %(n)s")),
    ):
        # Of a notebook only what the fields speak of.
        told = {part.page_id for place in places[role].values() for part in (place, *place.further)}
        for nth, page in enumerate((page for page in pages[role] if page.id in told), 1):
            picture = entry.picture([page], 1)
            assert picture is not None
            boxes = entry.boxes_on(page, places[role])
            film.append(
                {
                    "url": picture.url,
                    "width": picture.width,
                    "height": picture.height,
                    "id": page.id,
                    "name": _(name, n=nth),
                    "role": role,
                    "source": source,
                    "nth": nth,
                    "number": len(film) + 1,
                    "key": source.lower() if nth == 1 else "",
                    "boxes": {
                        f: [int(edge) for edge in box.split(",")] for f, box in boxes.items()
                    },
                    "marks": [f for f in first if f in boxes],
                }
            )
    return film


def _on_film(f: str, crops: dict[str, pictures.Place], film: list[dict[str, Any]]) -> str:
    """Where the field is on either sheet: number of the page → its box there, null for «somewhere
    on the page»."""
    ids = {part.page_id for place in crops.values() for part in (place, *place.further)}
    found = {page["number"]: page["boxes"].get(f) for page in film if page["id"] in ids}
    return json.dumps(found) if found else ""


def _card(
    shown: verification.Desk,
    f: str,
    checks: dict[str, Check],
    places: dict[str, dict[str, pictures.Place]],
    bad: dict[str, str],
    film: list[dict[str, Any]],
) -> dict[str, Any]:
    view, check = shown.presort.fields.get(f), checks.get(f)
    crops = {role: found[f] for role, found in places.items() if f in found}
    measured = all(place.measured for place in crops.values())
    return {
        "id": entry.html_id(f),
        "field": f,
        "label": field_name(f),
        "kind": entry.kind_of(f),
        "value": shown.values[f],
        "crops": crops,
        "places": _on_film(f, crops, film),
        "view": view,
        "unmeasured": "" if measured else _(NOT_MEASURED),
        "doubt": view is not None and not view.same,
        "unsure": view is not None and view.confidence < min(shown.presort.bound, LIKELY),
        "hint": _(view.kind, **view.params) if view and view.kind else "",
        "sure": _percent(view.confidence) if view else "",
        "seen": "" if check is None or check.bulk else check.seen.value,
        "instead": check.value if check and check.value else None,
        "error": bad.get(f, ""),
    }


def _percent(part: float) -> str:
    return f"{100 * part:.1f}".replace(".", ",") + " %"
