"""Pages of a Braille work: what each is and in which order it is read."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from examday.domain.braille.notebook import PART_NAMES, Leaf, Oddity, Part, in_order
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.braille.notebook import requests, statement
from examday.services.braille.notebook.sorting import Sorting, sorting
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.braille import sent_pages
from examday.web.braille.shown_pages import small_picture
from examday.web.braille.words import THING_NAMES, look_words

bp = Blueprint("notebook", __name__)


@bp.get("/braille/<booklet_id>/pages")
@access("braille.desk")
def pages(booklet_id: str) -> str:
    """Show what each scanned page is, as stated last, or as proposed."""

    def draw(uow: UnitOfWork) -> str:
        shown = sorting(uow, booklet_id)
        return _page(shown, shown.stated or shown.proposed, sent_pages.counts_before(shown))

    return look(draw)


@bp.post("/braille/<booklet_id>/pages")
@access("braille.desk")
def state(booklet_id: str) -> Answer:
    """State the pages; what does not add up is said, and needs a reason."""
    shown = look(lambda uow: sorting(uow, booklet_id))
    leaves = sent_pages.sent_leaves(shown)
    facts = sent_pages.sent_counts(shown)
    reason = request.form.get("reason", "")
    rounds = sent_pages.whole_number(request.form.get("rounds", ""))

    def done(_note: object) -> Response:
        said = _("The pages are stated; the journal has the order.")
        if g.actor.may("braille.lead"):
            return go_on("commission.index", said)
        # Back to the list, because whoever described them for a colleague has no desk here.
        if not shown.mine:
            return go_on("work.index", said)
        return go_on("braille.desk", said, booklet_id=booklet_id)

    return act(
        lambda uow: statement.state(
            uow,
            booklet_id,
            leaves,
            sent_pages.pile_of(facts),
            sent_pages.counted_of(facts),
            reason,
            rounds,
        ),
        done=done,
        refused=lambda error: _refused(booklet_id, leaves, facts, error),
    )


@bp.post("/braille/<booklet_id>/pages/ask")
@access("braille.desk")
def ask(booklet_id: str) -> Answer:
    """Hand the description of the scans to a colleague and go on with the notebook itself."""
    person = request.form.get("colleague", "")

    def step(uow: UnitOfWork) -> bool:
        requests.ask(uow, booklet_id, person)
        return sorting(uow, booklet_id).mine

    def done(mine: bool) -> Answer:
        said = _("Handed to a colleague. Key in from the notebook meanwhile.")
        if mine:
            return go_on("braille.desk", said, booklet_id=booklet_id)
        return go_on("commission.index", _("Handed to a colleague."))

    def refused(error: Refusal) -> str:
        def draw(uow: UnitOfWork) -> str:
            shown = sorting(uow, booklet_id)
            leaves = shown.stated or shown.proposed
            return _page(shown, leaves, sent_pages.counts_before(shown), (), error)

        return look(draw)

    return act(step, done=done, refused=refused)


def _refused(
    booklet_id: str,
    leaves: list[Leaf],
    facts: dict[str, int],
    error: Refusal,
) -> str:
    """Draw the page with what was sent; where a reason is wanted, with what does not add up."""

    def draw(uow: UnitOfWork) -> str:
        shown = sorting(uow, booklet_id)
        odd = []
        if error and error.code == "pages-reason":
            odd = shown.oddities(leaves, sent_pages.pile_of(facts), sent_pages.counted_of(facts))
        return _page(shown, {leaf.page: leaf for leaf in leaves}, facts, odd, error)

    return look(draw)


def _page(
    shown: Sorting,
    leaves: Mapping[str, Leaf],
    facts: Mapping[str, int],
    odd: Sequence[Oddity] = (),
    error: Refusal = None,
) -> str:
    """Draw the pages with what was stated, proposed or sent of them."""
    looks = {look.page: look for look in shown.looks}
    scans = {page.id: number for number, page in enumerate(shown.pages, 1)}
    order = [(leaf, scans[leaf.page]) for leaf in in_order(leaves.values()) if leaf.page in scans]
    return render_template(
        "braille/pages.html",
        s=shown,
        booklet=shown.booklet,
        leaves=leaves,
        looks=looks,
        facts=facts,
        order=order,
        parts=PART_NAMES,
        kinds=THING_NAMES,
        picture=small_picture,
        look_words=look_words,
        wrong=[_oddity(one) for one in odd],
        errors=_errors(shown, leaves, error),
        error_title=error is not None,
    )


def _oddity(odd: Oddity) -> str:
    """Return what does not add up, in words."""
    return _(odd.message, **spoken(odd.params))


def _errors(shown: Sorting, leaves: Mapping[str, Leaf], error: Refusal) -> list[tuple[str, str]]:
    """Return the refusal, tied to the field to be corrected."""
    if error is None:
        return []
    first_open = next((page.id for page in shown.pages if page.id not in leaves), "")
    unnumbered = next(
        (leaf.page for leaf in leaves.values() if leaf.number < (leaf.part is Part.ANSWER)), ""
    )
    where = {
        "part": f"part-{first_open}",
        "number": f"number-{unnumbered}",
        "counts": next(iter(shown.expected), ""),
    }
    return [(where.get(error.field, error.field), explain(error))]
