"""Log-in, change of person at a shared computer, and the fresh proof before accounts are changed."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Forbidden
from examday.domain.people.roles import Actor, Role
from examday.services.people import directory, log_in
from examday.services.transfer.desks import signers
from examday.services.unit_of_work import UnitOfWork
from examday.web import session
from examday.web.access import logged_in, public
from examday.web.acts import Answer, act, go_on
from examday.web.addresses import local_address
from examday.web.errors import translate

bp = Blueprint("login", __name__)
DOOR = Actor.system("log-in")
"""Nobody is logged in yet; the ledger names the program until the secret was right."""


@bp.get("/login")
@public
def form() -> Answer:
    """Show the log-in page; an empty station leads to its first page."""
    if not has_head():
        return redirect(url_for("login.first"))
    return _form()


def has_head() -> bool:
    """Return whether the station has its first account."""
    with session.store().read() as uow:
        return bool(directory.people_with(uow, {Role.SITE_HEAD}))


def _form(error: DomainError | None = None) -> str:
    with session.store().read() as uow:
        familiar = directory.with_own_pin(uow, session.known_people(request))
    return render_template(
        "people/login/form.html",
        error=error and " ".join(translate(error)),
        bad="quick-pin" if familiar and "person" in request.form else "password",
        login=request.form.get("login", ""),
        person=next((one.id for one in familiar if one.id == request.form.get("person")), ""),
        both=error.code if error is not None and error.code in ("locked", "wait") else "",
        familiar=familiar,
        next=local_address(request.values.get("next", "/")),
    )


@bp.post("/login")
@public
def enter() -> Answer:
    """Check login and password; a locked account also wants the PIN."""
    sent = request.form

    def step(uow: UnitOfWork) -> Response:
        person = log_in.enter(
            uow,
            sent.get("login", ""),
            sent.get("password", ""),
            sent.get("pin", ""),
            session.browser_of(request),
        )
        session.start(uow, person.id)
        session.remember(request, person.id)
        return _arrived(uow, person.must_change, person.site)

    return act(
        step,
        done=lambda next_page: next_page,
        refused=_form,
        actor=DOOR,
    )


@bp.post("/login/pin")
@public
def enter_by_pin() -> Answer:
    """Somebody who gave their password in this browser today comes back with the PIN."""
    sent = request.form

    def step(uow: UnitOfWork) -> Response:
        person_id = sent.get("person", "")
        # From the signed cookie: a PIN alone must not open an account on a foreign computer.
        if person_id not in session.known_people(request):
            raise Forbidden()
        # Without a cookie the tries are counted all the same, in the lane of «no browser».
        here = session.browser_of(request) or log_in.Browser("", frozenset())
        person = log_in.come_back(uow, person_id, sent.get("pin", ""), here)
        session.start(uow, person.id)
        return _arrived(uow, person.must_change, person.site)

    return act(
        step,
        done=lambda next_page: next_page,
        refused=_form,
        actor=DOOR,
    )


def _arrived(uow: UnitOfWork, must_change: bool, site: str) -> Response:
    """Own secrets first; then work that waits for a signature; then where the person wanted to go."""
    if must_change:
        return go_on("login.own_secrets")
    wanted = local_address(request.form.get("next", "/"))
    # Only where the person wanted nothing else: signatures are what is forgotten.
    if wanted == "/":
        with uow.looking_at(site):
            waiting = signers.waiting(uow, most=1)
        if waiting:
            return go_on("sign.sheet", booklet_id=waiting[0].id)
    return redirect(wanted, 303)


@bp.post("/logout")
@logged_in
def leave() -> Response:
    """Log out, or make room for a colleague.

    The log-in page that follows offers those who have worked here today.
    """
    with session.store().begin(g.actor) as uow:
        session.end(uow)
    return go_on("login.form")


@bp.route("/prove", methods=["GET", "POST"])
@logged_in
def prove() -> Answer:
    """Take the own secret again, before other people's accounts are changed; the session gets a new id."""
    back = local_address(request.values.get("next", "/"))

    def page(error: DomainError | None = None) -> str:
        return render_template(
            "people/login/prove.html", next=back, error=error and " ".join(translate(error))
        )

    def step(uow: UnitOfWork) -> None:
        log_in.enter_anew(uow, g.person.id, request.form.get("secret", ""))
        session.start(uow, g.person.id)

    if request.method == "GET":
        return page()
    return act(step, done=lambda _none: redirect(back, 303), refused=page)
