"""What people enter about the fields of a work, checked and in the characters of the exam's form."""

from collections.abc import Collection, Mapping

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.alphabet import fold_value, fold_values, require_reasons
from examday.domain.transfer.answers import (
    BLANK,
    WITHOUT_TEXT,
    Check,
    Seen,
    Value,
    Values,
    complete,
    writable,
)
from examday.domain.transfer.fields import is_replacement
from examday.services.rules.exam_forms import alphabet_for, fields_for, unknown_header
from examday.storage.tables import Booklet


def as_on_form(booklet: Booklet, values: Values) -> dict[str, Value]:
    """Return the values in the characters of the exam's form."""
    return fold_values(values, alphabet_for(booklet.exam))


def check_values(booklet: Booklet, values: Values, blanks: Collection[str]) -> dict[str, Value]:
    """Return the complete values of a reading.

    `blanks`: fields of which somebody was asked, and said that the sheet is blank there. Raises Invalid «incomplete» (empty fields), «unusual» (characters without a reason) or
    «header-unknown»; its parameter `fields` names them. Replacement rows left empty are blank
    without a question.
    """
    fields = fields_for(booklet.exam)
    folded = as_on_form(booklet, values)
    _need_header(booklet, folded)
    empty = [f for f in fields.ids if folded.get(f, Value()).empty]
    # Nearly every sheet has six empty replacement rows: a question that is always asked is
    # answered without looking, and an unanswered task passes with it.
    empty = [f for f in empty if f in blanks or is_replacement(f)]
    # Said by one button for all: typing «blank» forty times makes people skip fields.
    folded |= dict.fromkeys(empty, BLANK)
    checked = complete(fields, folded)
    require_reasons(checked, alphabet_for(booklet.exam), fields.tasks)
    return checked


def _need_header(booklet: Booklet, values: Values) -> None:
    """Raise Invalid while nobody has said what stands in a header that neither sheet nor plan has.

    «All others are blank on the sheet» says nothing of it: the field is there on the standard form
    alone, and somebody has to fill it.
    """
    if not booklet.is_by_pages:
        return
    said = {f: values.get(f, Value()) for f in unknown_header(booklet.exam)}
    if empty := [f for f, value in said.items() if value.empty]:
        raise _unsaid(
            empty,
            N_(
                "The plan does not say what stands in the header: enter it, or say that it stays blank."
            ),
            N_("The head of the point can add it to the plan; then nobody is asked any more."),
        )
    # The program does not choose which of the two is meant: nobody has said it.
    if both := [f for f, value in said.items() if value.text and value.mark in WITHOUT_TEXT]:
        raise _unsaid(
            both,
            N_("Something is entered here, and the field is said to stay blank."),
            N_("Leave the one that is right."),
        )


def _unsaid(fields: list[str], message: str, advice: str) -> Invalid:
    """Return the refusal that names these fields of the header."""
    return Invalid(
        message,
        code="header-unknown",
        field=f"v:{fields[0]}",
        advice=advice,
        params={"fields": fields},
    )


def check_some(booklet: Booklet, values: Values) -> dict[str, Value]:
    """Return the values of single fields, as settling needs them. Raises Invalid as `check_values`."""
    folded = as_on_form(booklet, writable(values))
    # No «all the rest is blank» here: the two key-ins differ on each of these fields, so an input
    # left empty is more likely forgotten than blank on the sheet.
    if empty := [f for f, v in folded.items() if v.empty]:
        raise Invalid(
            N_("Say of every field what you see; an empty one is «blank»."),
            code="incomplete",
            params={"fields": empty},
        )
    require_reasons(folded, alphabet_for(booklet.exam), fields_for(booklet.exam).tasks)
    return folded


def checks_on_form(booklet: Booklet, checks: Mapping[str, Check]) -> dict[str, Check]:
    """Return the checks of a copy, with what stands there in the characters of the form."""
    alphabet = alphabet_for(booklet.exam)
    # Before folding: a control character must be refused as it came, not be folded away.
    writable(values_in(checks))
    folded = {}
    for f, check in checks.items():
        # Dropped: what was typed before the person chose another answer is not a statement.
        counts = check.value is not None and check.seen is Seen.DIFFERS
        value = fold_value(f, check.value, alphabet) if counts and check.value else None
        folded[f] = Check(check.seen, value, check.bulk)
    return folded


def values_in(checks: Mapping[str, Check]) -> dict[str, Value]:
    """Return what was typed with the checks, by field."""
    return {f: check.value for f, check in checks.items() if check.value}
