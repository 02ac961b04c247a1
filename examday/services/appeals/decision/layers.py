"""The four layers of a work: what each reading says of every task."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from examday.domain.appeals.diagnosis import Layer, Layers
from examday.domain.transfer.fields import Group, group_of, is_header, sheet_order
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.fields_read import Fields
from examday.services.appeals.decision.present_readings import present_contents
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal

READ_AS_TASKS = (
    Source.SETTLED,
    Source.HEARING_ORIGINAL,
    Source.HEARING_COPY,
    Source.MACHINE_ORIGINAL,
    Source.MACHINE_COPY,
    Source.RECOGNISED,
)
"""Sources whose fields are tasks of the case. Key-ins are not: what they agreed on is settled."""


def layers_of(uow: UnitOfWork, appeal: Appeal) -> dict[str, Layers]:
    """Return the layers of the disputed version, task by task."""
    return layers_of_work(uow, appeal.booklet_id, appeal.version)


def layers_of_work(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Layers]:
    """Return the layers of one version of a work, task by task, in the order of the sheet.

    A: what members read on the original at the hearing, else the settled key-in, else the machine.
    B: what members read on the form, else the settled text where the comparison is sure that the
    form shows it, else the recognised text, else the machine. R and marks as the centre sent them.
    """
    found = present_contents(uow, booklet_id, version)
    sources: dict[str, Fields] = {
        source: row.content.get("fields", {}) for source, row in found.items()
    }
    if Source.MACHINE_COMPARE in found:
        sources[Source.MACHINE_COMPARE] = _alike(found[Source.MACHINE_COMPARE].content)
    marks = found[Source.MARKS].content if Source.MARKS in found else {}
    before = marks.get("before", {})
    after = marks.get("after", {})
    read = {field for source in READ_AS_TASKS for field in sources.get(source, {})}
    made = {
        field: Layers(
            _original(sources, field),
            _copy(sources, field),
            _layer(sources.get(Source.RECOGNISED), field),
            before.get(field),
            after.get(field),
        )
        for field in sorted(read | set(before), key=sheet_order)
    }
    # A header that nobody read on the form is not disputed: it would ask for a decision about nothing.
    return {
        field: one for field, one in made.items() if one.copy is not None or not is_header(field)
    }


def _layer(fields: Fields | None, field: str, blank: bool = True) -> Layer | None:
    """Return what a reading says of a field; None when it does not cover the field.

    `blank`: a field that is left out may be taken as blank, in a reading that covers its group.
    """
    if fields is None:
        return None
    value = fields.get(field)
    if value is None:
        # Blank answers and replacement rows are left out of a reading; header and long answers may
        # not be in it at all.
        group = group_of(field)
        read = group in (Group.SHORT, Group.REPLACEMENT) or any(
            group_of(other) is group for other in fields
        )
        return Layer("") if blank and read else None
    return Layer(
        str(value.get("text", "")),
        str(value.get("mark") or ""),
        _certainty(value),
        str(value.get("task", "")),
    )


def _machine(fields: Fields | None, field: str) -> Layer | None:
    """Return what the machine read; None where it saw no such field, which is not blank.

    Blank is stored as what was seen. A reading without a figure is worth nothing.
    """
    found = _layer(fields, field, blank=False)
    if found is None or fields is None:
        return None
    return replace(found, certainty=_certainty(fields[field], without=0.0), by_machine=True)


def _alike(content: Mapping[str, Any]) -> Fields:
    """Return the fields in which the comparison is sure enough to see what was settled."""
    # Without a stored bound nobody knows how sure is sure enough: no field counts as alike.
    bound = float(content.get("bound", math.inf))
    views: Mapping[str, Mapping[str, Any]] = content.get("fields", {})
    return {
        field: view
        for field, view in views.items()
        if view.get("same") and _certainty(view, without=0.0) >= bound
    }


def _certainty(value: Mapping[str, object], without: float = 1.0) -> float:
    """Return how certain the reader was; `without` a figure: people give none."""
    # By presence, not by truth: 0 is a figure too, that of a machine which saw nothing.
    for name in ("confidence", "certainty"):
        given = value.get(name)
        if isinstance(given, int | float):
            return float(given)
    return without


def _original(sources: Mapping[str, Fields], field: str) -> Layer | None:
    """Return layer A: people before the machine, the hearing before the first transfer."""
    for source in (Source.HEARING_ORIGINAL, Source.SETTLED):
        # At the hearing single tasks are read: a field that is not in that reading was not looked
        # at.
        found = _layer(sources.get(source), field, blank=source == Source.SETTLED)
        if found is not None:
            return found
    return _machine(sources.get(Source.MACHINE_ORIGINAL), field)


def _copy(sources: Mapping[str, Fields], field: str) -> Layer | None:
    """Return layer B: people before the machine, the centre before our own reading."""
    found = _layer(sources.get(Source.HEARING_COPY), field, blank=False)
    if found is not None:
        return found
    alike = sources.get(Source.MACHINE_COMPARE, {}).get(field)
    settled = _layer(sources.get(Source.SETTLED), field)
    if alike is not None and settled is not None:
        # A weak letter must not look like a defect. It was held against what was settled: another
        # reading of the original, made at the hearing, is not what it saw on the form.
        return replace(settled, certainty=_certainty(alike, without=0.0), by_machine=True)
    # What people verified at the centre comes before our own machine: a weak letter is no defect.
    return _layer(sources.get(Source.RECOGNISED), field) or _machine(
        sources.get(Source.MACHINE_COPY), field
    )


def as_plain(layers: Layers) -> dict[str, object]:
    """Return the layers of a task as JSON values, as a finding keeps them."""
    return {
        "original": _as_plain(layers.original),
        "copy": _as_plain(layers.copy),
        "recognised": _as_plain(layers.recognised),
        "mark_before": layers.mark_before,
        "mark_after": layers.mark_after,
    }


def _as_plain(layer: Layer | None) -> dict[str, str | float] | None:
    """Return one layer as JSON values."""
    if layer is None:
        return None
    return {
        "text": layer.text,
        "mark": layer.mark,
        "task": layer.task,
        "certainty": layer.certainty,
    }
