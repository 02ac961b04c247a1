"""Pages of a Braille work: what each scanned page is and in which order it is read, before anybody
transcribes it."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.braille.notebook import PART_NAMES, Leaf, Oddity, Part, Pile, in_order, sides_of
from examday.domain.custody.kit import KIND_NAMES, Kind
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.services.braille import notebook
from examday.services.braille.sorting import Sorting, oddities, sorting
from examday.services.scans.page_images import DeskPage
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.transfer import page_view

bp = Blueprint("notebook", __name__)
SIDE = 640  # px, the longer side of a page in the list: enough to tell what a page is
LOOKS = {
    "braille": N_("Braille"),
    "empty": N_("empty"),
    "not braille": N_("something else than Braille"),
    "no picture": N_("no picture"),
    "": N_("not looked at yet"),
}


@bp.get("/braille/<booklet_id>/pages")
@access("braille.desk")
def pages(booklet_id: str) -> str:
    """What each scanned page is, as it was stated last, or as it is proposed."""

    def draw(uow: UnitOfWork) -> str:
        shown = sorting(uow, booklet_id)
        return _page(shown, shown.stated or shown.proposed, _facts(shown))

    return look(draw)


@bp.post("/braille/<booklet_id>/pages")
@access("braille.desk")
def state(booklet_id: str) -> Answer:
    """State the pages; what does not add up is said, and needs a reason."""
    shown = look(lambda uow: sorting(uow, booklet_id))
    leaves, facts = _sent_leaves(shown), _sent_facts(shown)
    reason, rounds = request.form.get("reason", ""), _whole(request.form.get("rounds", ""))

    def done(_note: object) -> Response:
        said = _("The pages are stated; the journal has the order.")
        if g.actor.may("braille.lead"):
            return go_on("commission.index", said)
        return go_on("braille.desk", said, booklet_id=booklet_id)

    return act(
        lambda uow: notebook.state(
            uow, booklet_id, leaves, _pile(facts), _counted(facts), reason, rounds
        ),
        done=done,
        refused=lambda error: _refused(booklet_id, leaves, facts, error),
    )


def _refused(booklet_id: str, leaves: list[Leaf], facts: dict[str, int], error: DomainError) -> str:
    """The page with what was sent; where a reason is wanted, with what does not add up."""

    def draw(uow: UnitOfWork) -> str:
        shown, odd = sorting(uow, booklet_id), []
        if error.code == "pages-reason":
            odd = oddities(uow, shown, leaves, _pile(facts), _counted(facts))
        return _page(shown, {leaf.page: leaf for leaf in leaves}, facts, odd, error)

    return look(draw)


def _sent_leaves(shown: Sorting) -> list[Leaf]:
    """The pages that something was chosen for; a number that is none counts as not given."""
    found = []
    for page in shown.pages:
        part, number = (
            request.form.get(f"part:{page.id}", ""),
            request.form.get(f"number:{page.id}", "").strip(),
        )
        if part in set(Part):
            numbered = Part(part) in (Part.ANSWER, Part.BACK)
            found.append(Leaf(page.id, Part(part), _whole(number) if numbered and number else 0))
    return found


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def _sent_facts(shown: Sorting) -> dict[str, int]:
    names = ["sheets", "sides", *shown.kinds]
    return {name: _whole(request.form.get(name, "").strip()) for name in names}


def _facts(shown: Sorting) -> dict[str, int]:
    """What was counted last; nothing is filled in before that but how many sides were probably
    scanned."""
    if shown.last is None:
        return {"sides": sides_of(shown.looks)}
    facts = shown.last.facts
    return {"sheets": facts["sheets"], "sides": facts["sides"], **facts["counted"]}


def _pile(facts: Mapping[str, int]) -> Pile:
    return Pile(facts["sheets"], facts["sides"])


def _counted(facts: Mapping[str, int]) -> dict[Kind, int]:
    return {
        Kind(name): number for name, number in facts.items() if name in set(Kind) and number >= 0
    }


def _page(
    shown: Sorting,
    leaves: Mapping[str, Leaf],
    facts: Mapping[str, int],
    odd: Sequence[Oddity] = (),
    error: Refusal = None,
) -> str:
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
        kinds=KIND_NAMES,
        picture=_picture,
        look_name=lambda kind: _(LOOKS.get(kind, "")),
        wrong=[_oddity(one) for one in odd],
        errors=_errors(shown, leaves, error),
        error_title=error is not None,
    )


def _oddity(odd: Oddity) -> str:
    return _(odd.message, **spoken(odd.params))


def _errors(shown: Sorting, leaves: Mapping[str, Leaf], error: Refusal) -> list[tuple[str, str]]:
    """The refusal, tied to the field to be corrected."""
    if error is None:
        return []
    first_open = next((page.id for page in shown.pages if page.id not in leaves), "")
    unnumbered = next(
        (leaf.page for leaf in leaves.values() if leaf.number < (leaf.part is Part.ANSWER)), ""
    )
    where = {
        "part": f"part-{first_open}",
        "number": f"number-{unnumbered}",
        "counts": next(iter(shown.kinds), ""),
    }
    return [(where.get(error.field, error.field), explain(error))]


def _picture(page: DeskPage) -> dict[str, str]:
    """A page in the list, and the whole of it."""
    whole = page_view.address(page)
    scale = min(1.0, SIDE / max(1, page.width, page.height), page_view.view_scale(page))
    return {"url": url_for("images.page", page_id=page.id, scale=f"{scale:.4f}"), "whole": whole}
