"""The first page of an empty station: the head of the point makes the first account."""

from flask import redirect, render_template, request, url_for

from examday.domain.errors import DomainError, Invalid
from examday.i18n import gettext as _
from examday.services.people import first_head, own_secrets, sites
from examday.services.unit_of_work import UnitOfWork
from examday.web import session
from examday.web.access import public
from examday.web.acts import Answer, act, go_on
from examday.web.errors import translate
from examday.web.people.login import DOOR, bp, has_head


@bp.route("/first", methods=["GET", "POST"])
@public
def first() -> Answer:
    """An empty station: the head of the point makes the first account.

    Closed as soon as there is one.
    """
    if has_head():
        return redirect(url_for("login.form"))
    if request.method == "GET":
        return _first()
    return act(
        _make_head,
        done=lambda _none: go_on("start.index", _yours()),
        refused=_first,
        actor=DOOR,
    )


def _make_head(uow: UnitOfWork) -> None:
    sent = request.form
    if sent.get("password") != sent.get("again"):
        raise Invalid(
            own_secrets.NOT_THE_SAME, field="again", advice=own_secrets.NOT_THE_SAME_ADVICE
        )
    person = first_head.create_head(
        uow,
        sent.get("login", ""),
        sent.get("name", ""),
        sent.get("password", ""),
        sent.get("pin", ""),
    )
    session.start(uow, person.id)


def _yours() -> str:
    if _is_centre():
        return _("The account is made: it sees every exam point. Now add the staff of the centre.")
    return _("The station is yours. Now add the staff, or load the day plan.")


def _is_centre() -> bool:
    """Return whether exam points were added here: then this is no point, and has no head of one."""
    with session.store().read() as uow:
        return sites.are_several(uow)


def _first(error: DomainError | None = None) -> str:
    errors = {error.field: " ".join(translate(error))} if error else {}
    return render_template(
        "people/login/first.html", errors=errors, sent=request.form, centre=_is_centre()
    )
