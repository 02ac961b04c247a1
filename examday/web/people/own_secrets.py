"""Own password and PIN: forced at first use, later by choice."""

from flask import g, render_template, request

from examday.domain.errors import DomainError, Invalid
from examday.i18n import gettext as _
from examday.services.people import log_in, own_secrets
from examday.services.unit_of_work import UnitOfWork
from examday.web import session
from examday.web.access import logged_in
from examday.web.acts import Answer, act, go_on
from examday.web.errors import of_secret, translate
from examday.web.people.login import bp


@bp.route("/own-secrets", endpoint="own_secrets", methods=["GET", "POST"])
@logged_in
def choose() -> Answer:
    """Own password and PIN: forced at first use, later by choice with the present password."""
    if request.method == "GET":
        return _own()
    sent = request.form

    def step(uow: UnitOfWork) -> None:
        password, pin = sent.get("password", ""), sent.get("pin", "")
        if password != sent.get("again", "") or pin != sent.get("pin_again", ""):
            raise Invalid(
                own_secrets.NOT_THE_SAME, field="again", advice=own_secrets.NOT_THE_SAME_ADVICE
            )
        if not g.person.must_change:
            log_in.prove_oneself(uow, g.person.id, sent.get("present", ""), log_in.Part.ACTS)
        own_secrets.set_own_secrets(uow, g.person.id, password, pin)
        session.start(uow, g.person.id)

    said = _("Your own password and PIN are set. Nobody else knows them.")
    return act(step, done=lambda _none: go_on("start.index", said), refused=_own)


def _own(error: DomainError | None = None) -> str:
    place = "present" if of_secret(error) else error.field if error else ""
    return render_template(
        "people/login/own.html",
        errors={place or "password": " ".join(translate(error))} if error else {},
        first=g.person.must_change,
    )
