"""The papers of one work and the next step with them."""

from flask import render_template, request

from examday.domain.custody.kit import COUNTED_PAGES, EXTRAS, THING_NAMES, Kind
from examday.domain.custody.lifecycle import STATE_NAMES, Medium
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import DomainError, NotFound
from examday.i18n import gettext as _
from examday.services.custody.pages.work_page import WorkPage
from examday.services.custody.pages.work_page import work as work_page
from examday.web.access import access
from examday.web.acts import Answer, Step, act, go_on, look
from examday.web.custody import counts
from examday.web.custody.blueprint import NEXT_TITLES, TITLES, bp
from examday.web.custody.papers import PAPER_WORDS, is_loud, keep_alarm


@bp.get("/work/<id>")
@access("custody.see")
def booklet(id: str) -> str:
    """Show the papers of one work and the next step with them."""
    return page(id, "")


@bp.get("/work/<id>/<action>")
@access("custody.see")
def step(id: str, action: str) -> str:
    """Show the form of one other step."""
    # From the address: anything may stand there.
    if action not in TITLES:
        raise NotFound()
    return page(id, action)


def page(id: str, action: str, error: DomainError | None = None) -> str:
    """Draw the work; after a refused step (`action`) with everything that was typed."""
    shown = look(lambda uow: work_page(uow, id, action))
    return render_template(
        "custody/work.html",
        b=shown.booklet,
        things=shown.things,
        action=shown.action,
        asked=bool(action),
        title=_title(shown),
        allowed=shown.allowed,
        others=shown.others,
        counting=shown.counts,
        replaced=shown.replaced,
        instead=shown.instead,
        titles=TITLES,
        lines=shown.journal,
        names=shown.names,
        where={key: spaced(code) for key, code in shown.where.items()},
        **PAPER_WORDS,
        **_form(shown),
        **_refusal(shown, error),
    )


def _title(shown: WorkPage) -> str:
    names = NEXT_TITLES if shown.action == shown.lacking else TITLES
    return _(names[shown.action])


def _form(shown: WorkPage) -> dict[str, object]:
    """Return what the forms of the steps offer to choose from."""
    return {
        "witnesses": shown.witnesses,
        "receivers": shown.receivers,
        "scribes": shown.scribes,
        "carrier": shown.carrier,
        "added": shown.added,
        "extras": EXTRAS[Medium(shown.booklet.medium)],
        "counted_pages": bool(COUNTED_PAGES & set(EXTRAS[Medium(shown.booklet.medium)])),
        "thing_names": THING_NAMES,
        "sheets": [i for i in shown.things if i.kind == Kind.STANDARD_SHEET],
        "states": STATE_NAMES,
        "early": shown.enlarging_not_before,
    }


def _refusal(shown: WorkPage, error: DomainError | None) -> dict[str, object]:
    """Return what was typed, and why it was refused."""
    said = counts.form(shown.to_count, error)
    # Refusals without an entry of their own are about the number that was scanned, so it is marked
    # there.
    scanned = "code" if error and shown.action in ("issue", "assign", "extra") else ""
    bad = counts.refused_entry(error) or scanned
    fields = counts.fields(shown.to_count, request.form, error)
    return said | {"loud": is_loud(error), "bad": bad, "bad_id": counts.entry_id(bad, fields)}


def run(
    id: str,
    action: str,
    step: Step[object],
    said: str,
) -> Answer:
    """Run a step; refused: the same form again with everything typed, done: the page of the work."""
    return act(
        step,
        done=lambda _result: go_on("custody.booklet", said, id=id),
        refused=lambda error: refused_step(id, action, error),
    )


def refused_step(id: str, action: str, error: DomainError) -> str:
    """Draw the form of a refused step again, with everything that was typed."""
    keep_alarm(id, request.form.get("code", ""), error)
    return page(id, action, error)
