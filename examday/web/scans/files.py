"""Scans: files and how far each is."""

from collections import Counter
from typing import Any

from flask import g, render_template, request

from examday.i18n import gettext as _
from examday.services.jobs import failures
from examday.services.scans import hot_folder, intake, views
from examday.services.scans.covers.lost import lost_covers
from examday.services.scans.deciding.attached import may_leave
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.scans.blueprint import bp
from examday.web.scans.scan_words import counts, told
from examday.web.session import store


@bp.get("/")
@access("scans.see")
def index() -> str:
    """Send files in, and see how far each is."""
    return list_page([])


@bp.get("/fragment")
@access("scans.see")
def fragment() -> str:
    """The part that refreshes itself."""
    with store().read(g.actor) as uow:
        return render_template("scans/fragment.html", **_list_values(uow))


def list_page(errors: list[tuple[str, str]]) -> str:
    """The list, with what could not be taken."""
    with store().read(g.actor) as uow:
        return render_template(
            "scans/index.html",
            errors=errors,
            new_batch=intake.new_batch(),
            folder=str(uow.settings.inbox),
            may_send=g.actor.may("scans.upload"),
            **_list_values(uow),
        )


def _list_values(uow: UnitOfWork) -> dict[str, Any]:
    batch = request.args.get("batch", "")
    found = views.listing(uow, batch, request.args.get("page", 1, type=int) or 1)
    pages = [page for line in found.lines for page in line.pages]
    return {
        "found": found,
        "batch": batch,
        "hot": hot_folder.look(uow),
        "why_left": {code: _(text) for code, text in hot_folder.REASONS.items()},
        "counts": counts(uow),
        "waiting": views.waiting_pages(uow),
        "unfinished": len(views.unfinished(uow)),
        "lost_covers": lost_covers(uow, views.since(uow)),
        "wall": views.exceptions(uow, views.MOST_ON_WALL),
        "may_decide": g.actor.may("scans.decide"),
        "seats": views.seat_names(uow, pages),
        "told": told,
        "quarantined": views.count_quarantined(uow),
        "most_set_aside": views.MOST_SET_ASIDE,
        "undone": len(failures.open_failures(uow)),
    }


@bp.get("/file/<scan_id>")
@access("scans.see")
def file(scan_id: str) -> str:
    """One file: what became of it and of each of its pages."""
    with store().read(g.actor) as uow:
        scan = views.one_file(uow, scan_id)
        pages = views.pages_of_files(uow, [scan_id]).get(scan_id, [])
        seats = views.seat_names(uow, pages)
        return render_template(
            "scans/file.html",
            scan=scan,
            pages=pages,
            told=told,
            seats=seats,
            # A cover sheet that was not scanned shows in the numbers.
            works=list(Counter(seats[p.booklet_id] for p in pages if p.booklet_id).items()),
            may_decide=g.actor.may("scans.decide"),
            may_leave=may_leave(uow, pages),
        )
