"""«Принять»: a station's bundle is looked at first, and taken in when somebody has said yes."""

from flask import g, render_template, request

from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.services.travel import known
from examday.services.travel.waiting import keeping
from examday.web.access import access
from examday.web.acts import Answer, attempt, go_on, look
from examday.web.errors import translate
from examday.web.session import store
from examday.web.travel.blueprint import bp


def centre_page(error: DomainError | None = None) -> str:
    """The page of the centre: what may be taken in, and what came of each station."""
    number = max(request.args.get("page", 1, type=int) or 1, 1)
    return render_template(
        "travel/centre.html",
        files=keeping.in_folder(store()),
        folder=keeping.folder(store().settings),
        stations=look(lambda uow: known.known_stations(uow, number)),
        page=number,
        error=error and translate(error),
    )


@bp.post("/deliver")
@access("travel.carry")
def deliver() -> Answer:
    """A file that was sent in, or one of the folder: what it is, before anything is written."""
    return attempt(
        _keep,
        done=lambda key: go_on("travel.delivery", delivery_id=key),
        refused=centre_page,
    )


def _keep() -> str:
    file, chosen = request.files.get("bundle"), request.form.get("chosen", "")
    if chosen:
        return keeping.keep_file(store(), g.actor, chosen)
    if file is None or not file.filename:
        raise Invalid(
            N_("No file was chosen."),
            advice=N_("Choose the file that the point has written."),
        )
    return keeping.keep(store(), g.actor, file.filename, file.stream)
