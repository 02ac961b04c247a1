"""What the print-outs of one work show: transfer act, copying sheet, «Копия верна», cover sheet."""

from collections import Counter
from collections.abc import Mapping

from examday.domain.custody.kit import ORIGINALS, Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value, count_replacements, read_values
from examday.domain.transfer.duties import PART_NAMES
from examday.domain.transfer.fields import FieldId, is_header, is_long, is_replacement, is_short
from examday.services.custody import dossier
from examday.services.custody.dossier import Dossier
from examday.services.printing import words as w
from examday.services.printing.words import ru
from examday.services.transfer import readings, signing
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

CHOICES = {
    "first": N_("first key-in"),
    "second": N_("second key-in"),
    "own": N_("own reading"),
    "other": N_("another value"),
}


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


def transfer_act(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Акт переноса: who did what, which sheets, each field with its value and how it was decided."""
    d = dossier.show(uow, booklet_id)
    parts = [
        [ru(PART_NAMES.get(a.part, a.part)), d.names.get(a.person_id, ""), w.moment(uow, a.at)]
        for a in d.assignments
    ]
    found = None if d.closed else readings.find(uow, d.booklet, "settled")
    values = readings.values_of(found) if found else {}
    decisions = found.content.get("decisions", {}) if found else {}
    rows = [
        [w.field_name(f), shown(f, v), w.mark(v), decided(decisions.get(f))]
        for f, v in values.items()
        if v.mark is not Mark.BLANK or not is_replacement(f)
    ]
    return frame(uow, d.booklet, N_("Transfer act"), names) | {
        "parts": parts,
        "sheets": scanned(uow, d),
        "numbers": numbers(values, len(decisions)) if found else [],
        "fields": rows,
        "signed": signed(uow, d),
        "signers": signers(d),
    }


def shown(field_id: str, value: Value) -> str:
    """A value on one line: the length of a long answer, the task of a replacement row, else the
    characters."""
    if is_long(field_id):
        return ru(N_("%(number)s characters"), number=len(value.text)) if value.text else "—"
    return f"{value.task} → {value.text}" if is_replacement(field_id) else value.text or "—"


def decided(decision: Mapping[str, object] | None) -> str:
    """How the value of a field came about."""
    if decision is None:
        return ru(N_("both agree"))
    return ru(N_("decided: %(choice)s"), choice=ru(CHOICES[str(decision["choice"])]))


def numbers(values: Mapping[str, Value], decisions: int) -> list[list[str]]:
    """The transfer in numbers."""
    marks = Counter(value.mark for value in values.values() if value.mark)
    short = [v.mark for f, v in values.items() if is_short(f)]
    long = [v.mark for f, v in values.items() if is_long(f)]
    rows: list[tuple[str, int]] = [
        (N_("Short answers"), len(short) - short.count(Mark.BLANK)),
        (N_("Blank answers"), short.count(Mark.BLANK)),
        (N_("Filled replacement rows"), count_replacements(values)),
        (N_("Long answers"), len(long) - long.count(Mark.BLANK)),
        (N_("Differences settled"), decisions),
    ]
    rows += [(MARK_NAMES[m], marks[m]) for m in Mark if m is not Mark.BLANK and marks[m]]
    return [[ru(name), str(number)] for name, number in rows]


def scanned(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """Sheets with the scans of original and copy (first digits of the picture's SHA-256)."""
    sheets = list(dict.fromkeys(page.sheet for page in d.pages))
    found = []
    for name in sheets:
        sides = [
            ", ".join(
                f"{p.image_sha256[:12]} · {w.clock(uow, p.at)}"
                for p in d.pages
                if p.sheet == name and p.role == role
            )
            for role in ("original", "copy")
        ]
        found.append([w.sheet(name) or "—", *sides])
    return found


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


def copying_sheet(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Лист для переноса: the settled values in big cells. Conflict before they are settled."""
    booklet = uow.get(Booklet, booklet_id)
    found = readings.find(uow, booklet, "settled") if booklet.state in readings.SETTLED_ON else None
    if found is None:
        raise Conflict(
            N_("There is nothing to copy yet: the key-ins have not been settled."),
            code="not-settled",
        )
    values = readings.values_of(found)
    groups = [
        (N_("Registration fields"), is_header),
        (N_("Short answers"), is_short),
        (N_("Replacement of wrong answers"), is_replacement),
    ]
    return frame(uow, booklet, N_("Copying sheet"), False) | {
        "groups": [
            {"title": ru(title), "fields": fields}
            for title, belongs in groups
            if (
                fields := [
                    _cells(f, v)
                    for f, v in values.items()
                    if belongs(f) and (v.mark is not Mark.BLANK or not is_replacement(f))
                ]
            )
        ],
        "long": [
            {
                "label": w.field_name(f),
                "mark": w.mark(v),
                "pages": [p.split("\n") for p in v.text.split("\f")],
            }
            for f, v in values.items()
            if is_long(f)
        ],
        "signers": [[ru(N_("Copied by")), ""], [ru(N_("Checked by")), ""]],
    }


def _cells(field_id: str, value: Value) -> dict[str, object]:
    label = w.field_name(field_id)
    if is_replacement(field_id):
        label = ru(
            N_("Replacement, row %(row)s: task %(task)s"),
            row=FieldId.parse(field_id).key,
            task=value.task,
        )
    return {"label": label, "signs": list(value.text), "mark": w.mark(value)}


def true_copy(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """«Копия верна»: what is vouched for, read back, and by whom."""
    d = dossier.show(uow, booklet_id)
    content = signing.content_of(uow, d.booklet)
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
    live = [i for i in d.items if i.state not in ("spoiled", "not_used")]
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
