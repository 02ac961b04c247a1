"""The head of the point keeps the accounts; everybody who may see the ledger may read who may do
what."""

from collections.abc import Iterable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import Conflict, DomainError, Invalid, Stale
from examday.domain.ledger import digest
from examday.domain.people.actions import ACTION_NAMES
from examday.domain.people.roles import PERMISSIONS, ROLE_NAMES, Role
from examday.i18n import gettext as _
from examday.services.people import accounts, directory, log_in
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import row_values
from examday.storage.tables import Person
from examday.web.access import access, logged_in
from examday.web.errors import status_of, translate
from examday.web.session import proved_lately, store

bp = Blueprint("people", __name__)


def roles_in(values: Iterable[str]) -> list[Role]:
    """The roles that a form names; anything else is ignored."""
    return [Role(value) for value in values if value in set(Role)]


def fingerprint(person: Person) -> str:
    """What the page showed of this account: a form made from an older state is refused."""
    return digest([row_values(person), sorted(row.role for row in person.roles)])[:16]


@bp.get("/people")
@access("people.edit")
def index() -> str:
    """Everybody, with roles, and whose account waits for help."""
    with store().read(g.actor) as uow:
        everybody = directory.list_people(uow)
        return render_template(
            "people/index.html",
            everybody=everybody,
            role_names=_role_names(),
            locked={p.id for p in everybody if log_in.locked(uow, p)},
        )


@bp.route("/people/new", methods=["GET", "POST"])
@access("people.edit")
def add() -> Response | str | tuple[str, int]:
    """A new account with a one-time password, shown once."""
    if not _proved():
        return _prove()
    if request.method == "GET":
        return _new({})
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            person, password = accounts.add_person(
                uow, sent.get("login", ""), sent.get("name", ""), roles_in(sent.getlist("roles"))
            )
    except (Invalid, Conflict) as error:
        return _new({error.field: " ".join(translate(error))}), status_of(error)
    return _once(person, password)


def _new(errors: dict[str, str]) -> str:
    return render_template(
        "people/new.html",
        errors=errors,
        sent=request.form,
        role_names=_role_names(),
        chosen=request.form.getlist("roles"),
    )


@bp.get("/people/<person_id>")
@access("people.edit")
def one(person_id: str) -> Response | str:
    """One account: name, roles, help with secrets, closing it."""
    if not _proved():
        return _prove()
    return _person(person_id, {})


def _person(person_id: str, errors: dict[str, str]) -> str:
    with store().read(g.actor) as uow:
        person = uow.get(Person, person_id)
        return render_template(
            "people/person.html",
            person=person,
            errors=errors,
            role_names=_role_names(),
            chosen=request.form.getlist("roles") or [row.role for row in person.roles],
            seen=fingerprint(person),
            locked=log_in.locked(uow, person),
            itself=person.id == g.person.id,
        )


@bp.post("/people/<person_id>")
@access("people.edit")
def change(person_id: str) -> Response | str | tuple[str, int]:
    """Change name and roles, close or open the account, or give a new one-time password."""
    if not _proved():
        return _prove(url_for("people.one", person_id=person_id))
    act = request.form.get("act", "change")
    try:
        with store().begin(g.actor) as uow:
            _not_older(uow, person_id)
            if act == "reset":
                password = accounts.reset_secret(uow, person_id)
                person = uow.get(Person, person_id)
            elif act == "disable":
                accounts.disable(uow, person_id)
            elif act == "enable":
                accounts.enable(uow, person_id)
            else:
                accounts.change_person(
                    uow,
                    person_id,
                    request.form.get("name", ""),
                    roles_in(request.form.getlist("roles")),
                )
    except (Invalid, Conflict) as error:
        return _person(person_id, {_place(error): " ".join(translate(error))}), status_of(error)
    if act == "reset":
        return _once(person, password)
    flash(
        {
            "disable": _("The account is closed; its log-ins have ended."),
            "enable": _("The account is open again."),
        }.get(act, _("Saved."))
    )
    return redirect(url_for("people.one", person_id=person_id), 303)


def _not_older(uow: UnitOfWork, person_id: str) -> None:
    if fingerprint(uow.get(Person, person_id)) != request.form.get("seen", ""):
        raise Stale(Conflict.message, advice=Conflict.advice)


def _place(error: DomainError) -> str:
    return error.field or "act"


def _once(person: Person, password: str) -> str:
    """The one-time password; this page cannot be opened again."""
    return render_template("people/once.html", person=person, password=password)


def _proved() -> bool:
    return proved_lately()


def _prove(back: str = "") -> Response:
    return redirect(url_for("login.prove", next=back or request.path), 303)


@bp.get("/permissions")
@logged_in
def permissions() -> str:
    """The permission matrix: role × action."""
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
