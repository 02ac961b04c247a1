"""Orders of the centre: written after a look, saved as a file, and followed until they are answered."""

import io
import json
from collections.abc import Mapping

from flask import g, render_template, request, send_file
from werkzeug.datastructures import FileStorage

from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.plan.columns import KINDS
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import PLAN, RULES, TRANSFER
from examday.services.travel.orders import drafts, finding, issued, ordering
from examday.services.travel.putting import as_text
from examday.services.unit_of_work import Store
from examday.web.access import access
from examday.web.acts import Answer, attempt, change
from examday.web.errors import translate
from examday.web.session import look_at_region, whole_store
from examday.web.travel.blueprint import bp
from examday.web.travel.saving import prove

ORDER_NAMES = {
    TRANSFER: N_("transfer a work again"),
    PLAN: N_("change the plan"),
    RULES: N_("other rules of the exams"),
}
FATE_NAMES = {
    issued.Fate.OUT: ("warn", N_("no answer yet")),
    issued.Fate.DONE: ("good", N_("carried out")),
    issued.Fate.OVERTAKEN: ("alarm", N_("refused there: a later one was carried out")),
    issued.Fate.REPLACED: ("", N_("written again with a later number")),
}


@bp.get("/orders")
@access("travel.order")
def orders() -> str:
    """What can be ordered, and what became of each order."""
    return _page()


def _page(error: DomainError | None = None) -> str:
    store = _centre()
    number = max(request.args.get("page", 1, type=int) or 1, 1)
    with store.read(g.actor) as uow:
        found, stations = issued.issued(uow, number), issued.stations(uow)
    return render_template(
        "travel/orders.html",
        found=found,
        page=number,
        stations=[(key, f"{point} {name} · {key}") for key, point, name in stations],
        kinds=ORDER_NAMES,
        fates=FATE_NAMES,
        sent=request.form if error else request.args,
        error=error and translate(error),
        bad=error.field if error else "",
    )


def _centre() -> Store:
    """The store of the centre; NotFound for whoever is of one point."""
    # A work may be named by its id: the page is of all points nevertheless.
    if not look_at_region():
        raise NotFound()
    return whole_store()


@bp.post("/orders/look")
@access("travel.order")
def order_draft() -> Answer:
    """What the order would say; nothing is written."""
    return attempt(lambda: _draft(_wish()), done=lambda page: page, refused=_page)


def _draft(wish: drafts.Wish, error: DomainError | None = None) -> str:
    seen = drafts.look(_centre(), g.actor, wish)
    return render_template(
        "travel/draft.html",
        seen=seen,
        letter=seen.letter,
        wish=wish,
        tables=json.dumps(dict(wish.tables), ensure_ascii=False),
        kinds=ORDER_NAMES,
        table_kinds=KINDS,
        troubles={one.name: translate(one.trouble) for one in seen.tables if one.trouble},
        error=error and translate(error),
    )


def _wish() -> drafts.Wish:
    """What the form asks for; files are read, or come as the page of the look has sent them."""
    sent = request.form
    kind = sent.get("kind", "")
    if kind not in ORDER_NAMES:
        raise Invalid()
    return drafts.Wish(
        kind=kind,
        work=sent.get("work", "").strip(),
        reason=sent.get("reason", ""),
        station=sent.get("station", ""),
        tables=_tables() if kind == PLAN else {},
        text=_rules() if kind == RULES else "",
    )


def _tables() -> Mapping[str, str]:
    files = [one for one in request.files.getlist("tables") if one.filename]
    found = {str(one.filename): _text_of(one) for one in files}
    return found or _sent_tables()


def _text_of(file: FileStorage) -> str:
    """What a file says; one that is too long is not read to its end."""
    return finding.as_table(str(file.filename), file.read(finding.MOST + 1))


def _sent_tables() -> dict[str, str]:
    try:
        said = json.loads(request.form.get("tables", "") or "{}")
    except (ValueError, RecursionError):
        said = {}
    if not isinstance(said, dict) or not said:
        raise Invalid(
            N_("No file was chosen."),
            field="tables",
            advice=N_("Choose the tables of the plan, as CSV in UTF-8."),
        )
    return {str(name): str(text) for name, text in said.items()}


def _rules() -> str:
    file = request.files.get("rules")
    if file and file.filename:
        return _text_of(file)
    text = request.form.get("text", "")
    if not text:
        raise Invalid(
            N_("No file was chosen."),
            field="rules",
            advice=N_("Choose the file of the rule set; it ends with .toml."),
        )
    # A form brings line ends of its own, which would change the digest of the text.
    return text.replace("\r\n", "\n")


@bp.post("/orders")
@access("travel.order")
def order_write() -> Answer:
    """Write the order, which its page has shown, after the own secret; the letter as a file."""
    return attempt(_written, done=_as_file, refused=_shown_again)


def _written() -> Letter:
    store = _centre()
    change(prove)
    return drafts.write(store, g.actor, _wish())


def _shown_again(error: DomainError) -> str:
    """The look once more with what was wrong; the list where there is nothing to look at."""
    shown = attempt(
        lambda: _draft(_wish(), error),
        done=lambda page: page,
        refused=lambda _other: _page(error),
    )
    return shown[0] if isinstance(shown, tuple) else str(shown)


@bp.post("/orders/again")
@access("travel.order")
def order_again() -> Answer:
    """The letter of a work that was ordered back, once more: files are lost."""
    work = request.form.get("work", "")
    return _as_file(change(lambda uow: ordering.order_transfer(uow, work, "")))


def _as_file(letter: Letter) -> Answer:
    return send_file(
        io.BytesIO(as_text(letter).encode()),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"{letter['site']}-order-{letter['number']}.json",
    )
