"""The exam point that a person works at now: one installation serves many."""

from flask import Blueprint, g, render_template, request

from examday.domain.errors import NotFound
from examday.services.people import sessions, sites
from examday.web import session
from examday.web.access import logged_in
from examday.web.acts import Answer, go_on

bp = Blueprint("site", __name__)


@bp.get("/site")
@logged_in
def form() -> Answer:
    """Show the points that this person may enter; a station has none to choose from."""
    with session.whole_store().read(g.actor) as uow:
        places = sites.places(uow, g.person)
    if not places:
        raise NotFound()
    return render_template(
        "people/site.html", places=places, here=session.place(), whole=not g.person.site
    )


@bp.post("/site")
@logged_in
def choose() -> Answer:
    """Go on at the chosen point."""
    key = request.form.get("key", "")
    with session.whole_store().begin(g.actor) as uow:
        sessions.choose_site(uow, g.session, g.person, key)
    return go_on("start.index")
