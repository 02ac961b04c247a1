"""Pages that wait for a person, and works that wait for further sheets.

A person says of each page where it belongs, or why it does not count.
"""

from collections.abc import Sequence

from flask import g, render_template, request
from werkzeug.wrappers import Response

from examday.domain.custody.kit import sheet_name
from examday.domain.errors import DomainError, Invalid
from examday.domain.scans.sheets import FORM_NAMES, Sheet
from examday.i18n import gettext as _
from examday.services.scans import pictures, views
from examday.services.scans.deciding import as_before, by_hand, rivals, stated_sheet
from examday.services.scans.making import cutting, halves
from examday.services.scans.works import whole
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.scans.files import bp, counts
from examday.web.session import store

MOST_HALVES = 6
"""Parts offered as the other half: more cannot be told apart at a glance on one screen."""


@bp.get("/exceptions")
@access("scans.see")
def exceptions() -> str:
    """Pages that wait for a person, and works that wait for further sheets."""
    return _exceptions()


def _exceptions(booklet_id: str = "", error: DomainError | None = None) -> str:
    """`error`: why the work `booklet_id` was not let pass."""
    with store().read(g.actor) as uow:
        return render_template(
            "scans/exceptions.html",
            unfinished=views.unfinished(uow),
            form_names={form: _(name) for form, name in FORM_NAMES.items()},
            refused={booklet_id: " ".join(translate(error))} if error else {},
            errors=[(f"why-{booklet_id}", " ".join(translate(error)))] if error else [],
            sent=request.form,
            pages=views.exceptions(uow),
            rejected=views.rejected(uow),
            counts=counts(uow),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.post("/whole/<booklet_id>")
@access("scans.decide")
def let_pass(booklet_id: str) -> Answer:
    """Let a work go on without the sheets that are missing, with a reason."""
    said = _("The work goes on with the sheets that are there; your reason is in the journal.")
    reason = request.form.get(f"why-{booklet_id}", "")
    return act(
        lambda uow: whole.let_pass(uow, booklet_id, reason),
        done=lambda _booklet: go_on("scans.exceptions", said),
        refused=lambda error: _exceptions(booklet_id, error),
    )


@bp.get("/exceptions/<page_id>")
@access("scans.decide")
def decide(page_id: str) -> str:
    """One page with its picture: attach it or reject it, with a reason.

    `after` in the address: the page that was decided about just before.
    """
    return _decide(page_id, [])


def _decide(page_id: str, errors: list[tuple[str, str]]) -> str:
    with store().read(g.actor) as uow:
        page = pictures.visible_page(uow, page_id)
        others = rivals.rivals(uow, page)
        width, height = pictures.size_of(page)
        wanted = request.form.get("wanted") or views.proposed_work(uow, page)
        before = as_before.before(uow, page, request.args.get("after", ""))
        role = request.form.get("role") or views.role_seen(uow, page)
        return render_template(
            "scans/decide.html",
            page=page,
            file=page.file,
            errors=errors,
            rivals=others,
            before=before,
            wanted=wanted,
            seats=views.seat_names(uow, [page, *others]),
            sent=request.form,
            width=width,
            height=height,
            said=dict(errors),
            others=halves.other_halves(uow, page)[:MOST_HALVES],
            is_part=halves.is_part(page),
            can_be_cut=cutting.can_be_cut(page),
            role=role,
            sheet_options=sheet_options(views.sheet_choice(uow, page, wanted, role)),
        )


def sheet_options(sheets: Sequence[Sheet]) -> list[tuple[str, str]]:
    """The sheets a page may be, for a list of choices; empty where there is nothing to ask."""
    if not sheets:
        return []
    named = [
        (sheet.name, " ".join(filter(None, (_(sheet_name(sheet.name)), sheet.number))))
        for sheet in sheets
    ]
    return [
        *named,
        (stated_sheet.OTHER_SHEET, _("another sheet or side; it stands for none of them")),
    ]


@bp.post("/exceptions/<page_id>")
@access("scans.decide")
def decided(page_id: str) -> Answer:
    """The decision, then the next page that waits."""
    sent = request.form
    rejecting = sent.get("act") == "reject"

    def step(uow: UnitOfWork) -> None:
        if rejecting:
            by_hand.reject_page(uow, page_id, sent.get("why", ""))
        elif sent.get("act") == "as-before":
            as_before.attach_as_before(uow, page_id, sent.get("before", ""))
        else:
            booklet = views.one_booklet(uow, sent.get("wanted", ""))
            by_hand.attach_page(
                uow,
                page_id,
                booklet,
                sent.get("role", ""),
                sent.get("reason", ""),
                sent.get("sheet", ""),
            )

    def refused(error: DomainError) -> str:
        name = "why" if rejecting else error.field or "reason"
        return _decide(page_id, [(name, " ".join(translate(error)))])

    return act(
        step, done=lambda _none: _next_page(rejecting, page_id), refused=refused, kinds=(Invalid,)
    )


def _next_page(rejected: bool, page_id: str) -> Response:
    """The next page that waits for a person; the list when none does.

    `page_id`: the page that was decided about; the next one may be offered to follow it.
    """
    said = (
        _("The page does not count; it stays on record.")
        if rejected
        else _("The page is attached.")
    )
    waiting = look(views.exceptions)
    if waiting:
        return go_on("scans.decide", said, page_id=waiting[0].id, after=page_id)
    return go_on("scans.exceptions", said)
