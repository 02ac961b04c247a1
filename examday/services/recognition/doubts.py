"""What the machine thinks of a copy before a person looks.

It sorts the work, it never fills in a value.

The comparison is a sealed reading with the source MACHINE_COMPARE (`services/recognition/ink.py`
writes it); what it holds: `domain/transfer/readings.py:ComparedContent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.transfer.readings import Source, compared_content
from examday.services.scans.pictures import pages_of
from examday.services.transfer.readings import find, settled
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


@dataclass(frozen=True)
class Suspicion:
    """The machine's view of one field of the copy.

    `confidence` is that of «same» or «differs», calibrated, 0…1.
    """

    same: bool
    confidence: float
    """Calibrated on sheets: of a hundred fields at 0.9 about ninety are as it says."""
    kind: str = ""
    original: str = ""
    copy: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """What a bound did on test sheets.

    `found`: share of planted errors shown. `flagged`: share of equal fields shown all the same.
    `missed`: errors missed in a thousand fields.
    """

    found: float
    flagged: float
    missed: float
    """The figure a point is asked for: errors that nobody was shown."""


@dataclass(frozen=True)
class Pattern:
    """A slip over several fields: msgid and its values."""

    message: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Presort:
    """The machine's views of all fields it looked at.

    Empty when it has not looked: then every field is looked at one by one. `measured`: what the
    bound did on test sheets. `patterns`: slips over several fields, in words.
    """

    fields: Mapping[str, Suspicion] = field(default_factory=dict)
    # No fold without a stored bound: every field is looked at one by one.
    bound: float = 1.0
    measured: Measured | None = None
    """None where the bound was not measured: then no figure is shown beside it."""
    patterns: tuple[Pattern, ...] = ()
    hand: int = 0
    """Cells of the copyist's hand that were known when the copy was judged: with few of them
    learning says little."""
    sha256: str = ""
    """Kept with the check: an appeal can ask which comparison sorted the fields."""

    def may_fold(self, field_id: str) -> bool:
        """Whether this field may be confirmed together with others.

        Only when seen as the same, above the bound.
        """
        view = self.fields.get(field_id)
        return view is not None and view.same and view.confidence >= self.bound

    def doubts(self, field_id: str) -> bool:
        """Whether the machine sees a difference here."""
        view = self.fields.get(field_id)
        return view is not None and not view.same


def presort(uow: UnitOfWork, booklet: Booklet) -> Presort:
    """Return the stored comparison, when it is of the present.

    It must have been made for the present settled values and the present scan of the copy.
    """
    reading = find(uow, booklet, Source.MACHINE_COMPARE)
    if reading is None:
        return Presort()
    content = compared_content(reading.content)
    # Made for other values: its «same» says nothing about these.
    if content.get("settled") != settled(uow, booklet).sha256:
        return Presort()
    # A page that was taken back was another picture: what was seen on it says nothing of the
    # present one.
    if content.get("page") not in _present_pages(uow, booklet):
        return Presort()
    return _presort(reading)


def _presort(reading: Reading) -> Presort:
    stored = compared_content(reading.content)
    return Presort(
        fields={
            field_id: Suspicion(
                bool(view["same"]),
                float(view["confidence"]),
                str(view.get("kind", "")),
                str(view.get("original", "")),
                str(view.get("copy", "")),
                view.get("params", {}),
            )
            for field_id, view in stored["fields"].items()
        },
        bound=float(stored["bound"]),
        measured=_measured(stored.get("measured", {})),
        patterns=tuple(Pattern(p["message"], p["params"]) for p in stored.get("patterns", [])),
        hand=stored["hand"]["cells"] if "hand" in stored else 0,
        sha256=reading.sha256,
    )


def _measured(stored: Mapping[str, float]) -> Measured | None:
    """What the bound did on test sheets; None where a part of it was not measured."""
    found, flagged, missed = (stored.get(name) for name in ("found", "flagged", "missed"))
    if found is None or flagged is None or missed is None:
        return None
    return Measured(found, flagged, missed)


def _present_pages(uow: UnitOfWork, booklet: Booklet) -> set[str]:
    return {page.id for page in pages_of(uow, booklet, "copy")}
