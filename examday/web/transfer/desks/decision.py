"""The decision on differing fields: the three readings of each.

For a Braille work it also shows what the machine says of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.transfer.answers import OF_ONE, Choice, Ruling, Value
from examday.i18n import gettext as _
from examday.services.recognition.print_places import print_read_at
from examday.services.scans import page_images
from examday.services.transfer.desks.settle import Revealed, Table
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry
from examday.web.transfer.desks.notebook import notebook_of
from examday.web.transfer.desks.opinions import opinions, said_of_places, said_of_print
from examday.web.transfer.desks.places import (
    Run,
    mark_said,
    marks_here,
    marks_of_answer,
    runs,
    told,
)
from examday.web.words import NOT_MEASURED


@dataclass(frozen=True)
class Card:
    """One differing field, or one place of a long answer.

    `readings`: what the two key-ins and the own reading hold; `backed`: one of the two agrees with
    the own reading. `chosen`, `why`: what was sent; else the own reading, where it is backed.
    """

    field: str
    row: entry.Row
    readings: dict[Choice, Value]
    backed: bool
    chosen: str
    why: str


def rulings(shown: Table) -> dict[str, Ruling]:
    """Return the choices that were sent, by field or place; one without a choice is left out and
    refused by the rule.
    """
    others = entry.read_values(request.form, shown.asked.ids)
    chosen = {f: request.form.get(f"c:{f}", "") for f in shown.asked.ids}
    return {
        f: Ruling(Choice(choice), others.get(f), request.form.get(f"why:{f}", ""))
        for f, choice in chosen.items()
        if choice in set(OF_ONE)
    }


def page(
    uow: UnitOfWork,
    shown: Table,
    revealed: Revealed,
    error: DomainError | None,
) -> str:
    """Return the second step: what all have read, and the choice."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheets = page_images.sheets(uow, shown.booklet, "original")
    notebook = notebook_of(uow, shown, sheets.pages)
    says = opinions(uow, shown, revealed)
    printed = print_read_at(uow, shown.booklet, shown.asked.cuts.values())
    return render_template(
        "transfer/settle/decide.html",
        t=shown,
        content=revealed.content,
        booklet=shown.booklet,
        refused=refused,
        error_title=bool(refused),
        places=sheets.places,
        unmeasured=_(NOT_MEASURED),
        cards=[_card(shown, revealed, question, bad) for question in shown.asked.ids],
        spots=notebook.places,
        variants=_variants(shown, revealed),
        told={place.id: told(place) for place in shown.asked.places.values()},
        cells_at=notebook.cells,
        says=said_of_places(shown, revealed, says) | said_of_print(shown, revealed, printed),
        mark_said=mark_said,
        marks_here=marks_here(),
        marks_of_answer=marks_of_answer(),
        whole={f: _(why) for f, why in shown.asked.whole.items()},
        marks=entry.marks,
        opinions=says,
        written=notebook.written,
        pages=notebook.pages,
        film=notebook.film,
        picture=notebook.picture,
    )


def _variants(shown: Table, revealed: Revealed) -> dict[str, list[Run]]:
    """Return the readings of places with what differs marked: "place choice" → stretches."""
    found = {}
    for place in shown.asked.places.values():
        if not place.of_mark:
            three = {choice: value.text for choice, value in revealed.readings(place.id).items()}
            for choice, text in three.items():
                # Held against another one that it could be taken for: the first that is not alike.
                others = (three[Choice.FIRST], three[Choice.SECOND])
                other = next((one for one in others if one != text), text)
                found[f"{place.id} {choice}"] = runs(text, other)
    return found


def _card(
    shown: Table,
    revealed: Revealed,
    field_id: str,
    bad: Mapping[str, str],
) -> Card:
    readings = revealed.readings(field_id)
    own = readings[Choice.OWN]
    # Proposed only where two of three agree; otherwise the choice is made by looking again.
    backed = own in (readings[Choice.FIRST], readings[Choice.SECOND])
    sent = entry.read_values(request.form, [field_id]).get(field_id, Value())
    exam = entry.Exam(shown.alphabet, shown.fields.tasks)
    return Card(
        field_id,
        entry.row(field_id, sent, exam, {}, bad),
        readings,
        backed,
        request.form.get(f"c:{field_id}", Choice.OWN if backed else ""),
        request.form.get(f"why:{field_id}", ""),
    )
