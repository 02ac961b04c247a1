"""One bundle at the centre: what it is and would do, how far it is, what became of it."""

from flask import g, render_template, request

from examday.domain.errors import DomainError, NotFound
from examday.domain.travel.delivery import Step
from examday.i18n import gettext as _
from examday.services.travel.waiting import asking, keeping
from examday.web.access import access
from examday.web.acts import Answer, act, attempt, go_on, look
from examday.web.errors import refused_words, translate
from examday.web.session import store
from examday.web.travel.blueprint import bp
from examday.web.travel.centre import centre_page


@bp.get("/deliveries/<delivery_id>")
@access("travel.carry")
def delivery(delivery_id: str) -> str:
    """One bundle: what it is and would do, how far it is, what became of it."""
    return _page(delivery_id)


@bp.get("/deliveries/<delivery_id>/fragment")
@access("travel.carry")
def fragment(delivery_id: str) -> str:
    """The part that refreshes itself."""
    return render_template("travel/fragment.html", **_values(delivery_id))


@bp.post("/deliveries/<delivery_id>/take")
@access("travel.carry")
def take(delivery_id: str) -> Answer:
    """Somebody says yes, with their own secret."""
    return act(
        lambda uow: asking.ask(uow, delivery_id, g.person.id, request.form.get("secret", "")),
        done=lambda _none: go_on("travel.delivery", delivery_id=delivery_id),
        refused=lambda error: _page(delivery_id, error),
    )


@bp.post("/deliveries/<delivery_id>/forget")
@access("travel.carry")
def forget(delivery_id: str) -> Answer:
    """Somebody puts the bundle away: nothing of it was taken in."""
    return attempt(
        lambda: keeping.forget(store(), g.actor, delivery_id),
        done=lambda _none: go_on(
            "travel.index", said=_("The file was put away. Nothing was taken in.")
        ),
        refused=lambda error: _not_put_away(delivery_id, error),
    )


def _not_put_away(delivery_id: str, error: DomainError) -> str:
    """What became of the file; the list where it is not here any more."""
    return centre_page(error) if isinstance(error, NotFound) else _page(delivery_id, error)


def _page(delivery_id: str, error: DomainError | None = None) -> str:
    values = _values(delivery_id)
    return render_template("travel/delivery.html", error=error and translate(error), **values)


def _values(delivery_id: str) -> dict[str, object]:
    found = look(lambda uow: keeping.find(uow, delivery_id))
    return {
        "found": found,
        "seen": found.seen,
        "told": found.told,
        "refusal": refused_words(found.told) if found.step == Step.REFUSED else None,
        "Step": Step,
    }
