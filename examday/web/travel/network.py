"""«Отправить в центр» over the network: asked for with a secret, done by a worker, followed on the page."""

from flask import g, render_template, request

from examday.i18n import gettext as _
from examday.services.travel.confirmed import confirmed
from examday.services.travel.exchange import asked
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.travel.blueprint import bp
from examday.web.travel.station import posting_values, station_page


@bp.post("/post")
@access("travel.carry")
def post() -> Answer:
    """Ask with the own secret that it is sent now."""
    return act(
        lambda uow: asked.ask(uow, g.person.id, request.form.get("secret", "")),
        done=lambda _none: go_on("travel.index", said=_("It is being sent."), anchor="network"),
        refused=lambda error: station_page(error, "post-secret"),
    )


@bp.get("/post/fragment")
@access("travel.carry")
def post_fragment() -> str:
    """The part that refreshes itself."""
    shown = posting_values(look(asked.network))
    return render_template("travel/posting.html", confirmed=look(confirmed), **shown)
