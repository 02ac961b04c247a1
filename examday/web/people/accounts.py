"""The accounts: the head of the point keeps them.

Everybody who may see the ledger may read who may do what.
"""

from collections.abc import Iterable

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError
from examday.domain.people.actions import ACTION_NAMES
from examday.domain.people.roles import PERMISSIONS, ROLE_NAMES, Role
from examday.i18n import gettext as _
from examday.services.people import accounts, views
from examday.services.people.views import Account
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access, logged_in
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.session import proved_lately, sees_region

bp = Blueprint("people", __name__)


def roles_in(values: Iterable[str]) -> list[Role]:
    """Return the roles that a form names; anything else is ignored."""
    return [Role(value) for value in values if value in set(Role)]


@bp.get("/people")
@access("people.edit")
def index() -> str:
    """Show everybody, with roles, and whose account waits for help."""
    wanted = request.args.get("q", "").strip()
    shown = look(lambda uow: views.everybody(uow, request.args.get("after", ""), wanted))
    return render_template(
        "people/index.html",
        everybody=shown.people,
        role_names=_role_names(),
        shown=shown,
        wanted=wanted,
        region=sees_region(),
    )


@bp.route("/people/new", methods=["GET", "POST"])
@access("people.edit")
def add() -> Answer:
    """A new account with a one-time password, shown once."""
    if not _proved():
        return _prove()
    if request.method == "GET":
        return _new()
    sent = request.form
    return act(
        lambda uow: accounts.add_person(
            uow,
            sent.get("login", ""),
            sent.get("name", ""),
            roles_in(sent.getlist("roles")),
            namesake="namesake" in sent,
        ),
        done=lambda made: _once(made[0].login, made[0].name, made[1]),
        refused=_new,
    )


def _new(error: DomainError | None = None) -> str:
    return render_template(
        "people/new.html",
        errors={error.field: " ".join(translate(error))} if error else {},
        sent=request.form,
        role_names=_role_names(),
        chosen=request.form.getlist("roles"),
        asked=("namesake" in request.form) or (error is not None and error.code == "namesake"),
    )


@bp.get("/people/<person_id>")
@access("people.edit")
def one(person_id: str) -> Answer:
    """Show one account: name, roles, help with secrets, closing it."""
    if not _proved():
        return _prove()
    return _person(person_id)


def _person(person_id: str, error: DomainError | None = None) -> str:
    shown = look(lambda uow: views.account(uow, person_id))
    return render_template(
        "people/person.html",
        person=shown.person,
        errors={_place(error): " ".join(translate(error))} if error else {},
        role_names=_role_names(),
        chosen=request.form.getlist("roles") or shown.roles,
        seen=shown.seen,
        locked=shown.locked,
        itself=shown.person.id == g.person.id,
        serves=shown.serves,
        points=[("", ""), *((p.key, f"{p.key} · {p.name}") for p in shown.points)],
        point=request.form.get("point", ""),
        there=request.form.getlist("there"),
    )


def _place(error: DomainError) -> str:
    # Refusals without a field are about the button that was pressed, so they are said beside it.
    return error.field or "act"


@bp.post("/people/<person_id>")
@access("people.edit")
def change(person_id: str) -> Answer:
    """Change name and roles, close or open the account, or give a new one-time password."""
    if not _proved():
        return _prove(url_for("people.one", person_id=person_id))
    chosen = request.form.get("act", "change")
    if chosen == "reset":
        return _reset(person_id)
    service = {"disable": accounts.disable, "enable": accounts.enable}.get(chosen, _name_and_roles)
    said = {
        "disable": _("The account is closed; its log-ins have ended."),
        "enable": _("The account is open again."),
    }.get(chosen, _("Saved."))

    def step(uow: UnitOfWork) -> None:
        _need_unchanged(uow, person_id)
        service(uow, person_id)

    return act(
        step,
        done=lambda _none: go_on("people.one", said, person_id=person_id),
        refused=lambda error: _person(person_id, error),
    )


@bp.post("/people/<person_id>/points")
@access("people.edit")
def change_points(person_id: str) -> Answer:
    """Let somebody work at one more point of the region, or end the work at one: the centre keeps this."""
    if not _proved():
        return _prove(url_for("people.one", person_id=person_id))
    sent = request.form

    def step(uow: UnitOfWork) -> None:
        if sent.get("end"):
            accounts.leave_elsewhere(uow, person_id, sent["end"])
        else:
            there = roles_in(sent.getlist("there"))
            accounts.serve_elsewhere(uow, person_id, sent.get("point", ""), there)

    return act(
        step,
        done=lambda _none: go_on("people.one", _("Saved."), "points", person_id=person_id),
        refused=lambda error: _person(person_id, error),
    )


def _reset(person_id: str) -> Answer:
    """Give a new one-time password, shown once."""

    def step(uow: UnitOfWork) -> tuple[str, Account]:
        _need_unchanged(uow, person_id)
        return accounts.reset_secret(uow, person_id), views.account(uow, person_id)

    return act(
        step,
        done=lambda made: _once(made[1].person.login, made[1].person.name, made[0]),
        refused=lambda error: _person(person_id, error),
    )


def _need_unchanged(uow: UnitOfWork, person_id: str) -> None:
    views.need_unchanged(uow, person_id, request.form.get("seen", ""))


def _name_and_roles(uow: UnitOfWork, person_id: str) -> None:
    sent = request.form
    accounts.change_person(uow, person_id, sent.get("name", ""), roles_in(sent.getlist("roles")))


def _once(login: str, name: str, password: str) -> str:
    """Return the one-time password; this page cannot be opened again."""
    return render_template(
        "people/once.html",
        login=login,
        name=name,
        password=password,
    )


def _proved() -> bool:
    return proved_lately()


def _prove(back: str = "") -> Response:
    return redirect(url_for("login.prove", next=back or request.path), 303)


@bp.get("/permissions")
@logged_in
def permissions() -> str:
    """Show the permission matrix: role × action."""
    roles = [role for role in Role if role is not Role.SYSTEM]
    rows = [
        (_(ACTION_NAMES[action]), [role in allowed for role in roles])
        for action, allowed in PERMISSIONS.items()
    ]
    return render_template(
        "people/permissions.html", roles=[_(ROLE_NAMES[role]) for role in roles], rows=rows
    )


def _role_names() -> dict[str, str]:
    return {role.value: _(ROLE_NAMES[role]) for role in Role if role is not Role.SYSTEM}
