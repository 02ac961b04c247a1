"""The copying sheet of one work: the settled values, to be copied onto the standard form by hand."""

from collections.abc import Callable, Mapping

from examday.domain.messages import N_, Msgid
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import (
    FieldId,
    is_header,
    is_long,
    is_replacement,
    is_right,
    is_short,
)
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import not_now
from examday.services.printing.field_words import field_name, is_printed, mark
from examday.services.printing.papers.work.what_stays import stays_of
from examday.services.printing.papers.work.work_frame import frame
from examday.services.printing.things import sheet
from examday.services.printing.words import ru
from examday.services.transfer import readings
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def _groups_of(values: Mapping[str, Value]) -> list[tuple[Msgid, Callable[[str], bool]]]:
    """Return headings and their fields in the order of the form, so that the hand goes down it once.

    Eye and hand go down its first column of short answers, then down its second, where the exam has
    so many.
    """
    both = any(map(is_right, values))
    return [
        (N_("Registration fields"), is_header),
        (N_("Tasks 1–20") if both else N_("Short answers"), _is_left),
        (N_("Tasks 21–40"), is_right),
        (N_("Replacement of wrong answers"), is_replacement),
    ]


def _is_left(field_id: str) -> bool:
    return is_short(field_id) and not is_right(field_id)


def copying_sheet(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """Лист для переноса: the settled values in big cells; Conflict before they are settled."""
    booklet = uow.get(Booklet, booklet_id)
    found = (
        readings.find(uow, booklet, Source.SETTLED)
        if booklet.state in readings.SETTLED_ON
        else None
    )
    if found is None:
        raise not_now(
            booklet,
            N_("There is nothing to copy yet: the key-ins have not been settled."),
            "not-settled",
        )
    values = readings.values_of(found)
    stays = stays_of(uow, booklet, tuple(values))
    # What nobody is told to write again: it stands there for whoever checks the sheets that stay.
    kept = {} if stays.perhaps else {f: v for f, v in values.items() if f in stays.of.fields}
    anew = {f: v for f, v in values.items() if f not in kept}
    return frame(uow, booklet, N_("Copying sheet"), False) | {
        "groups": _groups(anew),
        "long": _long_answers(anew),
        "stays": {
            "sheets": [_sheet(page) for page in stays.of.pages],
            "perhaps": stays.perhaps,
            "whom": stays.whom,
            "void": [_sheet(page) for page in stays.of.void if not stays.perhaps],
            "gone": stays.of.gone,
            "groups": _groups(kept),
            "long": _long_answers(kept),
        },
        "reasons": reasons(values),
        "signers": [[ru(N_("Copied by")), ""], [ru(N_("Checked by")), ""]],
    }


def _sheet(page: Page) -> str:
    return sheet(page.sheet) or ru(N_("Page %(n)s"), n=page.order)


def reasons(values: Mapping[str, Value]) -> list[list[str]]:
    """Return field and reason of each value that a reader kept though the form does not hold it."""
    return [[field_name(f), value.override] for f, value in values.items() if value.override]


def _groups(values: Mapping[str, Value]) -> list[dict[str, object]]:
    """Group the fields under their headings, in the order of the form; empty groups are left out."""
    found: list[dict[str, object]] = []
    for title, belongs in _groups_of(values):
        fields = [_cells(f, v) for f, v in values.items() if belongs(f) and is_printed(f, v)]
        if fields:
            found.append({"title": ru(title), "fields": fields})
    return found


def by_group(values: Mapping[str, Value]) -> list[tuple[str, list[str]]]:
    """Return each heading with its printed fields in the order of the form, long answers last."""
    found = [
        (ru(title), [f for f, v in values.items() if belongs(f) and is_printed(f, v)])
        for title, belongs in (*_groups_of(values), (N_("Long answers"), is_long))
    ]
    return [(title, fields) for title, fields in found if fields]


def _long_answers(values: Mapping[str, Value]) -> list[dict[str, object]]:
    return [_long_answer(f, v) for f, v in values.items() if is_long(f)]


def _long_answer(field_id: str, value: Value) -> dict[str, object]:
    """A long answer page by page, line by line, as the original has it."""
    return {
        "label": field_name(field_id),
        "mark": mark(value),
        "pages": [page.split("\n") for page in value.text.split("\f")],
    }


def _cells(field_id: str, value: Value) -> dict[str, object]:
    label = field_name(field_id)
    if is_replacement(field_id):
        label = ru(
            N_("Replacement, row %(row)s: task %(task)s"),
            row=FieldId.parse(field_id).key,
            task=value.task,
        )
    return {"label": label, "signs": list(value.text), "mark": mark(value)}
