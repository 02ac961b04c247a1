"""Readings of a work: where a reading comes from, and what is stored of it.

A reading is one row of the table `reading`, never changed. Its content is JSON; the types here say
which keys it has by its source. The words of sources and the keys are stored for good.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NotRequired, TypedDict, cast

from examday.domain.messages import N_
from examday.domain.transfer.duties import ARBITER, COPIER, FIRST, SECOND, VERIFIER


class Source(StrEnum):
    """Who or what made a reading."""

    FIRST = "first"
    SECOND = "second"
    FIRST_BACK = "first:back"
    """The first key-in was taken back by its author: what it holds is the reason, no values."""
    SECOND_BACK = "second:back"
    FIRST_KEPT = "first:kept"
    """What an earlier version's first key-in still says: all but the fields of a sheet of the
    original that was exchanged. Whoever made it answers for it in the new version too."""
    SECOND_KEPT = "second:kept"
    SETTLED_KEPT = "settled:kept"
    ARBITER = "arbiter"
    """The blind reading of the person who settles: sealed before both key-ins are shown, so that
    neither leads."""
    SETTLED = "settled"
    """Has no person where both key-ins agreed: then nobody decided."""
    COPIED = "copied"
    """A statement with the hash of what was copied. No values of its own, which could differ from
    those."""
    CHECKED = "checked"
    """A verification that found a difference: kept as what was seen on a wrong copy."""
    VERIFIED = "verified"
    """Repeats the values, so that what was signed can be read without any other row."""
    MACHINE_ORIGINAL = "machine:original"
    """A hint, never a value: it enters no comparison between people."""
    MACHINE_COPY = "machine:copy"
    MACHINE_BACK = "machine:back"
    """Backs of two-sided Braille sheets, read from the same picture. Only when somebody who has
    handed in asks for it, since most notebooks have none."""
    MACHINE_COMPARE = "machine:compare"
    """Sorts the fields of a verification, so is kept: without it nobody could say why some were
    looked at together."""
    HEARING_ORIGINAL = "hearing:original"
    HEARING_COPY = "hearing:copy"
    RECOGNISED = "recognised"
    """What the processing centre read: foreign data, and the fourth layer of an appeal."""
    MARKS = "marks"
    """Before and after an expert’s conclusion, to say what an error cost."""


SOURCE_NAMES: dict[str, str] = {
    Source.FIRST: N_("first key-in"),
    Source.SECOND: N_("second key-in"),
    Source.FIRST_BACK: N_("first key-in taken back"),
    Source.SECOND_BACK: N_("second key-in taken back"),
    Source.FIRST_KEPT: N_("first key-in: what stays"),
    Source.SECOND_KEPT: N_("second key-in: what stays"),
    Source.SETTLED_KEPT: N_("settled reading: what stays"),
    Source.ARBITER: N_("third reading"),
    Source.SETTLED: N_("settled reading"),
    Source.COPIED: N_("copying sheet"),
    Source.CHECKED: N_("check of the copy"),
    Source.VERIFIED: N_("stands on the copy"),
    Source.MACHINE_ORIGINAL: N_("hint: original"),
    Source.MACHINE_COPY: N_("hint: copy"),
    Source.MACHINE_BACK: N_("hint: back of the sheets"),
    Source.MACHINE_COMPARE: N_("hint: comparison"),
    Source.HEARING_ORIGINAL: N_("read at the hearing: original"),
    Source.HEARING_COPY: N_("read at the hearing: form"),
    Source.RECOGNISED: N_("recognised at the centre"),
    Source.MARKS: N_("expert marks"),
}

OTHER_KEY_IN: dict[str, Source] = {FIRST: Source.SECOND, SECOND: Source.FIRST}
"""With the other key-in there the work leaves this step: whoever hands in or takes back must look
for it."""

PART_OF_SOURCE: dict[str, str] = {
    Source.FIRST: FIRST,
    Source.SECOND: SECOND,
    Source.FIRST_KEPT: FIRST,
    Source.SECOND_KEPT: SECOND,
    Source.ARBITER: ARBITER,
    Source.SETTLED: ARBITER,
    Source.SETTLED_KEPT: ARBITER,
    Source.COPIED: COPIER,
    Source.CHECKED: VERIFIER,
    Source.VERIFIED: VERIFIER,
}
"""Which part of a transfer made a reading of this source: who handed one in has had the part, also
after giving it back."""

TAKEN_BACK = {Source.FIRST: Source.FIRST_BACK, Source.SECOND: Source.SECOND_BACK}
"""Key-in → the source of its taking back. As many as there are key-ins: none of them counts."""

KEPT = {
    Source.FIRST: Source.FIRST_KEPT,
    Source.SECOND: Source.SECOND_KEPT,
    Source.SETTLED: Source.SETTLED_KEPT,
}
"""Reading → the source of what stays of it when a sheet of the original is exchanged: a source of
its own, as what a person signed is never shortened."""


def machine_source(role: str) -> Source:
    """Return what the machine read on a page of this role ("original", "copy").

    ValueError for another.
    """
    return Source(f"machine:{role}")


def hearing_source(side: str) -> Source:
    """Return what members read at a hearing on one side ("original", "copy").

    ValueError for another.
    """
    return Source(f"hearing:{side}")


class ValueData(TypedDict):
    """What was read in one field.

    `task`: in replacement rows; `override`: why a warned-of character was kept; `confidence`: of a
    machine, 0…1.
    """

    text: NotRequired[str]
    mark: NotRequired[str | None]
    task: NotRequired[str]
    override: NotRequired[str]
    confidence: NotRequired[float]
    """Only a machine states one: a person who reads a sign has decided and answers for it."""


FieldsData = dict[str, ValueData]
"""Field id → what was read there. A field that is missing was not read, which is not «blank»."""


class CheckData(TypedDict):
    """One field of a copy as the verifying person saw it."""

    seen: str
    bulk: bool
    """Kept, because a field confirmed together with others was looked at less closely."""
    value: ValueData | None


class DecisionData(TypedDict):
    """One decided field, as a SETTLED reading stores it.

    `own`: what the deciding person read before seeing the two key-ins.
    """

    choice: str
    own: ValueData
    """Stored although another value won: it shows that nobody led the deciding person."""
    reason: str
    places: NotRequired[list["PlaceData"]]
    """Of a long answer that was decided place by place, so that the papers can say who decided
    what."""


class PlaceData(TypedDict):
    """One decided place of a long answer, with the agreed words around it.

    `of_mark`: the values are the mark of the whole answer, not text.
    """

    place: str
    before: str
    after: str
    of_mark: bool
    first: ValueData
    second: ValueData
    value: ValueData
    decision: DecisionData


class CopiedContent(TypedDict):
    """COPIED: the hash of the settled reading that was copied, and what was not written anew."""

    settled: str
    """A later change of the settled values makes this copy a copy of something else."""
    stands: NotRequired[dict[str, str]]
    """Sheets of an earlier version's copy that stay: page → digest of its picture."""


class CheckedContent(TypedDict):
    """CHECKED (sent back) and VERIFIED, which has `fields` too.

    `machine`: hash of the comparison that sorted the fields; `bound`: above which fields were
    confirmed together, if any were.
    """

    checks: dict[str, CheckData]
    settled: str
    machine: str
    bound: float | None
    """None where every field was looked at one by one; a bound of today says nothing of then."""
    fields: NotRequired[FieldsData]


class ComparedField(TypedDict):
    """The machine's view of one field of original and copy. `kind`, `params`: in words."""

    same: bool
    confidence: float
    kind: NotRequired[str]
    params: NotRequired[dict[str, object]]
    original: NotRequired[str]
    copy: NotRequired[str]


class PatternData(TypedDict):
    """A slip over several fields: code, msgid and its values."""

    code: str
    message: str
    params: dict[str, object]


class HandData(TypedDict):
    """What was known of the copyist's hand: cells, and the fields whose verdict they changed."""

    cells: int
    changed: list[str]
    """So that the effect of learning a hand is seen and can be doubted."""


class ComparedContent(TypedDict):
    """MACHINE_COMPARE.

    `bound`: the confidence above which fields may be confirmed together; `measured`: what it did on
    test sheets (`found`, `flagged`, `missed`); `patterns`: slips over several fields (code, msgid,
    params); `settled`: hash of the reading it was compared with; `page`: of the copy.
    """

    fields: dict[str, ComparedField]
    bound: float
    measured: NotRequired[dict[str, float]]
    patterns: NotRequired[list[PatternData]]
    hand: NotRequired[HandData]
    settled: NotRequired[str]
    page: NotRequired[str]
    image: NotRequired[str]
    model: NotRequired[str]
    """First digits of the hash of the weights: another network would have judged otherwise."""


class MarksContent(TypedDict):
    """MARKS: by field, before and after an expert's conclusion; codes of the experts."""

    before: dict[str, str]
    after: dict[str, str]
    experts: list[str]
    """Who marked the work before must not mark it again for an appeal [24]."""


# What a row holds was sealed with its hash: its shape is that of the program that wrote it. So it
# is named here, by the source of the reading, and not checked again.


def copied_content(stored: Mapping[str, object]) -> CopiedContent:
    """Return the content of a COPIED reading."""
    return cast(CopiedContent, stored)


def checked_content(stored: Mapping[str, object]) -> CheckedContent:
    """Return the content of a CHECKED or VERIFIED reading."""
    return cast(CheckedContent, stored)


def compared_content(stored: Mapping[str, object]) -> ComparedContent:
    """Return the content of a MACHINE_COMPARE reading."""
    return cast(ComparedContent, stored)


def marks_content(stored: Mapping[str, object]) -> MarksContent:
    """Return the content of a MARKS reading."""
    return cast(MarksContent, stored)
