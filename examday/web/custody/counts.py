"""Counts in forms: asked for without showing what is expected, compared by the service, explained
when they differ.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from flask import flash, request
from werkzeug.datastructures import MultiDict

from examday.domain.custody.counts import Counted, Difference, from_numbers
from examday.domain.custody.kit import KIND_NAMES, Kind
from examday.domain.errors import DomainError, Invalid
from examday.domain.identity import place_order
from examday.domain.messages import N_, Msgid
from examday.domain.numbers import typed_number
from examday.i18n import gettext as _
from examday.web.errors import SECRET, translate
from examday.web.forms import lacking

MOST = 9999
"""Sheets in one count; a longer number is a form number scanned into the wrong field."""


NO_NUMBER = N_("«%(typed)s» is not a count: write a whole number.")
NO_COUNTS = "counts-wrong"
"""A refusal of several works: each entry says by itself what is wrong with it."""
COUNTS = "counts"
"""The entry that a refused count is about: all numbers together, for one may be right alone."""
ENTRIES: Mapping[str, str] = {
    "count-note": COUNTS,
    "count-missing": COUNTS,
    "count-number": COUNTS,
    **dict.fromkeys(SECRET, "pin"),
    "no-sheets": "sheet-1",
    "same-hands": "to",
    "not-found": "to",
    "nobody": "to",
    "own-form": "code",
}
"""Refusal → entry of the forms about papers, where the use case cannot know what the page calls it:
any of several ids may not be found."""


REQUIRED: Mapping[str, Msgid] = {
    "file": N_("Choose the file of the recording."),
    "recorded_by": N_("Choose who recorded the answer."),
    "written_by": N_("Choose who wrote the protocol."),
    "compared_by": N_("Choose who held the protocol against the recording."),
    "pages": N_("Write how many pages the protocol has."),
    "witness": N_("Choose the exam-board member who is present."),
    "to": N_("Choose who receives it."),
    "pin": N_("The receiver has not typed the own PIN."),
}
"""Entry of the forms about papers that is never left empty → what to do there, in their order."""


class CountField(NamedTuple):
    """A number to be counted by hand.

    `error` says that it does not agree; `before` is the number of the count that was refused.
    """

    name: str
    label: str
    value: str
    error: str
    before: str


def read(sent: Mapping[str, str]) -> dict[Kind, int]:
    """Return the counts of a form: fields «count-<kind>»; an empty field counts as not given.

    Invalid for anything but whole numbers.
    """
    found: dict[Kind, int] = {}
    for kind in Kind:
        typed = sent.get(f"count-{kind}", "").strip()
        # Left out, not zero: the service then says that not everything was counted.
        if not typed:
            continue
        number = typed_number(typed)
        if number is None or number > MOST:
            raise Invalid(NO_NUMBER, code="count-number", params={"typed": typed[:20]})
        found[kind] = number
    return found


def of_works(sent: MultiDict[str, str], leaving_out: bool = False) -> dict[str, dict[Kind, int]]:
    """Return what was counted of each chosen work; fields «<booklet id>:count-<kind>».

    `leaving_out`: a work of which nothing was written is left out where something was written of
    others, for its candidate still writes. Invalid while a number of another one is missing or is
    none: that nobody has counted is no count that differs.
    """
    written = _written(sent, leaving_out)
    if any(_no_count(text) for numbers in written.values() for text in numbers.values()):
        raise Invalid(
            N_("A number is missing or is none: write one for all that is counted."), code=NO_COUNTS
        )
    return {id: read(numbers) for id, numbers in written.items()}


def _written(sent: MultiDict[str, str], leaving_out: bool) -> dict[str, dict[str, str]]:
    """Return the fields of the chosen works: of all, or of those of which something was written."""
    of_each = {id: _of(sent, id) for id in sent.getlist("work")}
    begun = {id: numbers for id, numbers in of_each.items() if _begun(numbers)}
    return begun if leaving_out and begun else of_each


def _begun(numbers: Mapping[str, str]) -> bool:
    return any(map(str.strip, numbers.values()))


def wrong_of_works(
    places: Mapping[str, str],
    sent: MultiDict[str, str],
    error: DomainError | None,
    leaving_out: bool = False,
) -> dict[str, tuple[str, str]]:
    """Return what is wrong in the table of several works: id of an entry → its seat and kind, and the
    sentence. Empty where a refusal is about something else. `places`: id of a work → its seat.
    """
    found: dict[str, tuple[str, str]] = {}
    if error is None or error.code != NO_COUNTS:
        return found
    written = _written(sent, leaving_out)
    for id, place in places.items():
        for name, text in written.get(id, {}).items():
            kind = Kind(name.removeprefix("count-"))
            if said := _no_count(text):
                where = f"{place}, {_(KIND_NAMES[kind])}"
                found[f"n-{id}-{kind}"] = (where, said)
    # Marked once: where nothing was written, the first entry says it for all.
    return found if any(map(_begun, written.values())) else dict(islice(found.items(), 1))


def _no_count(text: str) -> str:
    """Say what is wrong with a number as it was typed; "" where it is one."""
    typed = text.strip()
    if not typed:
        return _("Count this too; where there is nothing, write 0.")
    number = typed_number(typed)
    known = number is not None and number <= MOST
    return "" if known else _(NO_NUMBER, typed=typed[:20])


def _of(sent: Mapping[str, str], booklet_id: str) -> dict[str, str]:
    """Return the counts of one work as the form of one work names them."""
    # By the kinds there are: a field that no page of ours has says nothing.
    names = [f"count-{kind}" for kind in Kind]
    return {name: sent[key] for name in names if (key := f"{booklet_id}:{name}") in sent}


def fields(
    kinds: Iterable[Kind], sent: Mapping[str, str], error: DomainError | None = None
) -> list[CountField]:
    """Return the count fields of a form with what was typed.

    After a refusal each differing field says so; by how much only when it was counted twice.
    """
    differing, missing = _differing(error), _missing(error)
    no_number = error is not None and error.code == "count-number"
    found = []
    for kind in kinds:
        typed = sent.get(f"count-{kind}", "")
        said = _said(differing[kind], typed, sent) if kind in differing else ""
        # Of several numbers the one that is wrong is marked, not the first.
        if kind in missing or no_number and typed.strip():
            said = _no_count(typed)
        before = typed if kind in differing else ""
        found.append(CountField(f"count-{kind}", _(KIND_NAMES[kind]), typed, said, before))
    return found


def _said(differing: Difference, typed: str, sent: Mapping[str, str]) -> str:
    """Say that a number does not agree; the journal's number comes after the second same count."""
    # Told at once, it would be typed instead of counted (R28).
    if sent.get(f"before-{differing.kind}", "") != typed:
        return _("This does not agree with the journal. Count once more, without haste.")
    return _(
        "By the journal there should be %(wanted)s; you counted %(counted)s twice.",
        wanted=differing.expected,
        counted=differing.counted,
    )


def form(kinds: Iterable[Kind], error: DomainError | None) -> dict[str, object]:
    """Return what every form with counts needs: what was typed, its fields, and why it was refused."""
    return {"fields": fields(kinds, request.form, error), **refusal(error)}


def refusal(error: DomainError | None) -> dict[str, object]:
    """Return what a form of several works needs: what was typed, and why it was refused.

    `lacks`: entry → sentence, of all that were left empty besides.
    """
    bad = refused_entry(error)
    return {
        "sent": request.form,
        "error": error and translate(error),
        "bad": bad,
        "lacks": {n: _(text) for n, text in lacking(REQUIRED, bad).items()} if error else {},
    }


def say_differing(found: Counted) -> None:
    """Name the seats whose works stay, in the order in which they are looked for: one line for all."""
    # The seats alone: by how much a work differs would be typed instead of counted.
    match sorted(found.differing, key=place_order):
        case []:
            return
        case [place]:
            said = _(
                "Seat %(place)s: the numbers do not agree. Count it on its own page.", place=place
            )
        case seats:
            said = _(
                "Seats %(seats)s: the numbers do not agree. Count each on its own page.",
                seats=", ".join(seats),
            )
    flash(said, "warn")


def say_left_out(places: Iterable[str]) -> None:
    """Name the seats whose works were left out, for nothing was written of them."""
    if left := sorted(places, key=place_order):
        said = _(
            "Nothing was written for these seats, so their works are not collected: %(seats)s.",
            seats=", ".join(left),
        )
        flash(said, "warn")


def refused_entry(error: DomainError | None) -> str:
    """Return the name of the entry that a refusal is about; "" without one, or about no entry."""
    if error is None:
        return ""
    return ENTRIES.get(error.code, error.field)


def entry_id(bad: str, fields: Iterable[CountField]) -> str:
    """Return the id on the page of a refused entry, for the link of the error summary.

    Of counts it is the first that is wrong.
    """
    if bad != COUNTS:
        return bad
    shown = list(fields)
    return next((f.name for f in shown if f.error), shown[0].name if shown else "")


def _missing(error: DomainError | None) -> list[str]:
    """Return the kinds that were not counted, from the refusal «count-missing»."""
    if error is None or error.code != "count-missing":
        return []
    return str(error.params.get("kinds", "")).split(", ")


def _differing(error: DomainError | None) -> dict[Kind, Difference]:
    """Return what differs, by kind, from the refusal «count-note»."""
    # Only after a full count: a half one would tell the expected numbers.
    if error is None or error.code != "count-note":
        return {}
    return {d.kind: d for d in from_numbers(str(error.params.get("differences", "")))}
