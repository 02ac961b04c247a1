"""Which long answers stand differently on the form of the second transfer."""

from examday.domain.appeals.diagnosis import UNSEEN, Layer, Layers
from examday.domain.transfer.fields import is_long, sheet_order
from examday.services.appeals.decision.findings import defects, findings
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def long_answers_changed(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the long answers that stand differently on the new form, in the order of the sheet.

    The copies are compared: what was settled may have been right both times, and only the first
    copy of it wrong. A transfer defect that the commission found counts always: on the picture of a
    long answer no program reads the difference.
    """
    found = {row.field for row in defects(uow, appeal) if is_long(row.field)}
    # Where the commission has looked and found no defect, its word on the copy counts.
    looked = set(findings(uow, appeal))
    before = layers_of_work(uow, appeal.booklet_id, appeal.version)
    after = layers_of_work(uow, appeal.booklet_id, appeal.booklet.version)
    found |= {
        field
        for field in filter(is_long, before.keys() | after.keys())
        if _changed(before.get(field), after.get(field), field in looked)
    }
    return sorted(found, key=sheet_order)


def _changed(was: Layers | None, now: Layers | None, looked: bool) -> bool:
    """Tell whether an answer stands differently; `looked`: the commission has judged its copy."""
    # The new form is certified: what was settled stands on it.
    stands = now.original if now else None
    earlier = (was.original, None if looked else was.copy) if was else ()
    if any(one is not None and _differs(one, stands) for one in earlier):
        return True
    if looked or _read_by_people(was):
        return False
    # What nobody has read on the first form cannot be called unchanged.
    return stands is not None and bool(stands.text)


def _differs(earlier: Layer, stands: Layer | None) -> bool:
    """Tell whether people's readings differ; a new text that nobody settled is not taken for equal."""
    # What a machine made of a handwritten page is a hint, and marks nobody down.
    if earlier.by_machine:
        return False
    if stands is None or stands.by_machine:
        return True
    # Drawings and what nobody could read have no characters that could be the same.
    return bool(UNSEEN & {earlier.mark, stands.mark}) or not earlier.same(stands)


def _read_by_people(was: Layers | None) -> bool:
    """Tell whether a person has read this answer of the first version, on either paper."""
    layers = (was.original, was.copy) if was else ()
    return any(layer is not None and not layer.by_machine for layer in layers)
