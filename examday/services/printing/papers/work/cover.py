"""The cover sheet of one work: original and copy side by side."""

from collections.abc import Mapping

from examday.domain.custody.kit import ORIGINALS, OUT_OF_USE, Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.services.custody import dossier
from examday.services.custody.dossier import Dossier
from examday.services.printing.papers.work.work_frame import frame
from examday.services.printing.things import code_of, thing
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Item


def cover(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Сопроводительный лист: which original belongs to which copy, and where each is kept."""
    d = dossier.show(uow, booklet_id)
    # Containers of the work itself are at hand; a packet holds several works, so it is looked up.
    by_id = {i.id: i for i in d.items}

    def place(item: Item | None) -> list[str]:
        return [code_of(item), _where(uow, item, by_id)] if item else ["", ""]

    rows = [[thing(named), *place(original), *place(copy)] for named, original, copy in _pairs(d)]
    return frame(uow, d.booklet, N_("Cover sheet: original and copy"), names) | {
        "sheets": rows,
        "signers": [[ru(N_("Drawn up by")), ""]],
    }


def _pairs(d: Dossier) -> list[tuple[Item, Item | None, Item | None]]:
    """Pair each original with the form of its sheet: what names the row, original, form.

    Forms that belong to no original come after them.
    """
    live = [i for i in d.items if i.state not in OUT_OF_USE]
    originals = [i for i in live if i.kind in ORIGINALS[Medium(d.booklet.medium)]]
    forms = {i.sheet: i for i in live if i.kind == Kind.STANDARD_SHEET}
    pairs = [(one, one, forms.get(one.sheet) if one.sheet else None) for one in originals]
    paired = {form.id for _named, _original, form in pairs if form}
    return [*pairs, *((form, None, form) for form in forms.values() if form.id not in paired)]


def _where(uow: UnitOfWork, item: Item, by_id: Mapping[str, Item]) -> str:
    """The containers of a thing from the inside outwards: envelope → packet."""
    codes, parent = [], item.parent_id
    while parent:
        holder = by_id.get(parent) or uow.get(Item, parent)
        codes.append(code_of(holder))
        parent = holder.parent_id
    return " → ".join(code.replace(" ", "\u00a0") for code in codes)
