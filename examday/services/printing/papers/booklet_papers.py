"""What the print-outs of one work share, and what «Копия верна» and the cover sheet show."""

from collections import Counter
from collections.abc import Iterable, Mapping

from examday.domain.custody.kit import ORIGINALS, OUT_OF_USE, Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value, count_replacements, read_values
from examday.domain.transfer.fields import is_long, is_short
from examday.services.custody import dossier
from examday.services.custody.dossier import Dossier
from examday.services.printing import words as w
from examday.services.printing.words import ru
from examday.services.transfer import signatures
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item


def frame(uow: UnitOfWork, booklet: Booklet, title: str, names: bool) -> dict[str, object]:
    """Title, facts and thread, the same on every document of a work."""
    steps, summary = w.step_line(booklet, uow.now())
    person = booklet.seat.candidate
    candidate = (
        " ".join(p for p in (person.surname, person.name, person.patronymic) if p) if names else ""
    )
    return {
        "title": ru(title),
        "lead": "",
        "facts": w.booklet_facts(booklet, candidate),
        "steps": steps,
        "summary": summary,
        "training": booklet.exam.training,
    }


def numbers(values: Mapping[str, Value], decisions: int) -> list[list[str]]:
    """The transfer in numbers."""
    short = [v.mark for f, v in values.items() if is_short(f)]
    long = [v.mark for f, v in values.items() if is_long(f)]
    rows = [
        (N_("Short answers"), len(short) - short.count(Mark.BLANK)),
        (N_("Blank answers"), short.count(Mark.BLANK)),
        (N_("Filled replacement rows"), count_replacements(values)),
        (N_("Long answers"), len(long) - long.count(Mark.BLANK)),
        (N_("Differences settled"), decisions),
        *_marks(values.values()),
    ]
    return [[ru(name), str(number)] for name, number in rows]


def _marks(values: Iterable[Value]) -> list[tuple[str, int]]:
    """How often readers saw something other than characters, mark by mark."""
    marks = Counter(value.mark for value in values if value.mark)
    return [(MARK_NAMES[m], marks[m]) for m in Mark if m is not Mark.BLANK and marks[m]]


def signed(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """The signatures in the journal."""
    rows = []
    for place in d.signatures:
        given = place.given
        who = ""
        if given is not None:
            who = d.names.get(given.person_id or "", "") or ru(
                N_("absent: %(reason)s"), reason=given.absent_reason
            )
        rows.append(
            [
                ru(SLOT_NAMES.get(place.rule.slot, place.rule.slot)),
                who,
                w.moment(uow, given.at) if given else ru(N_("not signed")),
            ]
        )
    return rows


def signers(d: Dossier) -> list[list[str]]:
    """Lines for signatures by hand."""
    return [
        [
            ru(SLOT_NAMES.get(p.rule.slot, p.rule.slot)),
            d.names.get(p.given.person_id or "", "") if p.given else "",
        ]
        for p in d.signatures
    ]


def true_copy(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """«Копия верна»: what is vouched for, read back, and by whom."""
    d = dossier.show(uow, booklet_id)
    content = signatures.content_of(uow, d.booklet)
    values = read_values(content.fields)
    said = [f"{name}: {number}" for name, number in numbers(values, 0)[:-1] if number != "0"]
    said += [
        ru(N_("Sheets of the original: %(number)s"), number=len(content.originals)),
        ru(N_("Sheets of the copy: %(number)s"), number=len(content.copies)),
        ru(
            N_(
                "The copy says what the original says, character by character; nothing was corrected or added."
            )
        ),
    ]
    return frame(uow, d.booklet, N_("«Копия верна»: sign-off sheet"), names) | {
        "statement": said,
        "content": content.sha256,
        "signed": signed(uow, d),
        "signers": signers(d),
    }


def cover(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Сопроводительный лист: which original belongs to which copy, and where each lies."""
    d = dossier.show(uow, booklet_id)
    by_id = {i.id: i for i in d.items}

    def place(item: Item | None) -> list[str]:
        return [w.code_of(item), _where(uow, item, by_id)] if item else ["", ""]

    rows = [[w.thing(named), *place(original), *place(copy)] for named, original, copy in _pairs(d)]
    return frame(uow, d.booklet, N_("Cover sheet: original and copy"), names) | {
        "sheets": rows,
        "signers": [[ru(N_("Drawn up by")), ""]],
    }


def _pairs(d: Dossier) -> list[tuple[Item, Item | None, Item | None]]:
    """What gives the row its name, the original, the standard form: each original with the form of
    its sheet, then the forms that belong to no original."""
    live = [i for i in d.items if i.state not in OUT_OF_USE]
    originals = [i for i in live if i.kind in ORIGINALS[Medium(d.booklet.medium)]]
    forms = {i.sheet: i for i in live if i.kind == Kind.STANDARD_SHEET}
    pairs = [(one, one, forms.get(one.sheet) if one.sheet else None) for one in originals]
    paired = {form.id for _named, _original, form in pairs if form}
    return [*pairs, *((form, None, form) for form in forms.values() if form.id not in paired)]


def _where(uow: UnitOfWork, item: Item, by_id: Mapping[str, Item]) -> str:
    codes, parent = [], item.parent_id
    while parent:
        holder = by_id.get(parent) or uow.get(Item, parent)
        codes.append(w.code_of(holder))
        parent = holder.parent_id
    return " → ".join(codes)
