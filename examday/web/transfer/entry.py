"""Fields as forms: what a person typed comes in unchanged.

It goes out with its box on the page and its questions.

Names of inputs: v:<field> text (several for the pages of a long answer), m:<field> mark, t:<field>
task number of a replacement row, r:<field> reason for an unusual character.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from werkzeug.datastructures import MultiDict

from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.domain.transfer.alphabet import Alphabet, check
from examday.domain.transfer.answers import (
    MARK_NAMES,
    PAGE_BREAK,
    WITHOUT_TEXT,
    Mark,
    Value,
    one_spelling,
)
from examday.domain.transfer.fields import (
    Group,
    group_of,
    is_header,
    is_long,
    is_replacement,
    is_right,
)
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.web.errors import translate
from examday.web.words import field_name

LANGUAGES = {"09": "en", "10": "de", "11": "fr", "13": "es"}
"""Subjects whose short answers are in another language: a screen reader should say them so."""
MARK_KEYS = {
    Mark.BLANK: "F2",
    Mark.ILLEGIBLE: "F4",
    Mark.CROSSED_OUT: "F8",
    Mark.OUTSIDE_FIELD: "F9",
}
"""Function keys, because every letter and digit may be an answer."""


@dataclass(frozen=True)
class Row:
    """One field as the page shows it.

    `box`: where it is on the picture, px of it; `notes`: cautions in words; `reason`: whether a
    reason must be given (or was).
    """

    id: str
    name: str
    label: str
    value: Value
    kind: str
    alphabet: str
    box: str = ""
    notes: tuple[str, ...] = ()
    reason: bool = False
    error: str = ""
    lang: str = "ru"

    @property
    def pages(self) -> list[str]:
        """The pages of a long answer."""
        return self.value.text.split(PAGE_BREAK)


@dataclass
class Refusal:
    """What was wrong with what was sent, for the error summary: (id of the input, sentence)."""

    title: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)


def html_id(field_id: str) -> str:
    """Return the field's id in HTML."""
    return "f-" + field_id.replace(":", "-")


def read_values(form: MultiDict[str, str], ids: Iterable[str]) -> dict[str, Value]:
    """Return the values that were sent for these fields; fields without any input are left out.

    Verbatim: line ends and letter composition aside, every character is as it was typed.
    """
    found: dict[str, Value] = {}
    for field_id in ids:
        if f"v:{field_id}" not in form and f"m:{field_id}" not in form:
            continue
        value = _value(form, field_id)
        if not value.empty:
            found[field_id] = value
    return found


def _value(form: MultiDict[str, str], field_id: str) -> Value:
    mark = form.get(f"m:{field_id}", "")
    # Not from our page: nothing a person typed can come in here.
    if mark and mark not in set(Mark):
        raise Invalid()
    texts = [one_spelling(text) for text in form.getlist(f"v:{field_id}")] or [""]
    while len(texts) > 1 and not texts[-1]:
        # an empty page at the end is an input that was not used, and no page of the answer
        texts.pop()
    text = PAGE_BREAK.join(texts) if is_long(field_id) else texts[0]
    task = one_spelling(form.get(f"t:{field_id}", "")) if is_replacement(field_id) else ""
    return Value(text, Mark(mark) if mark else None, task, form.get(f"r:{field_id}", "").strip())


def with_new_page(value: Value | None) -> Value:
    """Return the value of a long answer with one more page, which is still empty."""
    old = value or Value()
    return Value(old.text + PAGE_BREAK, old.mark, "", old.override)


def kind_of(field_id: str) -> str:
    """Return how a field is laid out: header, short, replacement or long."""
    return str(group_of(field_id) or Group.SHORT)


@dataclass(frozen=True)
class Exam:
    """What of an exam its rows depend on. `subject`: two digits, tells the language."""

    alphabet: Alphabet
    tasks: int
    subject: str = ""


def rows(
    ids: Iterable[str],
    values: Mapping[str, Value],
    exam: Exam,
    boxes: Mapping[str, str] | None = None,
    bad: Mapping[str, str] | None = None,
) -> list[Row]:
    """Return the fields as rows of a form.

    `boxes`: field → where it is on the picture as shown; `bad`: field → what is wrong with it.
    """
    return [
        row(field_id, values.get(field_id, Value()), exam, boxes or {}, bad or {})
        for field_id in ids
    ]


def row(
    field_id: str,
    value: Value,
    exam: Exam,
    boxes: Mapping[str, str],
    bad: Mapping[str, str],
) -> Row:
    """Return one field as a row of a form."""
    cautions = [] if value.empty else check(field_id, value, exam.alphabet, exam.tasks)
    return Row(
        id=html_id(field_id),
        name=field_id,
        label=field_name(field_id),
        value=value,
        kind=kind_of(field_id),
        alphabet=exam.alphabet.of(field_id) or "",
        box=boxes.get(field_id, ""),
        notes=tuple(_(c.message, **c.params) for c in cautions),
        reason=bool(value.override) or any(c.needs_reason for c in cautions),
        error=bad.get(field_id, ""),
        # The head of the form is Russian in an English exam too.
        lang="ru" if is_header(field_id) else LANGUAGES.get(exam.subject, "ru"),
    )


def marks(field_id: str) -> list[tuple[str, str]]:
    """Return the choices of a mark; a drawing can stand in a long answer, and anywhere else too."""
    plain = _("as entered") if not is_long(field_id) else _("text as entered")
    return [("", plain), *((mark.value, _with_key(mark)) for mark in Mark)]


def _with_key(mark: Mark) -> str:
    return (
        f"{_(MARK_NAMES[mark])} ({MARK_KEYS[mark]})" if mark in MARK_KEYS else _(MARK_NAMES[mark])
    )


BLANK_ROWS = "blank_rows"
"""The tick that answers for all blank replacement rows of a copy."""
CONTRADICTION = N_("Blank and crossed out go without text: remove one of the two.")
"""Which of the two is meant, only the person knows who sees the sheet."""
MOST_NAMED = 12
"""Fields in an error summary: it is to be read, not scrolled."""
OPEN = N_("Still open.")
EMPTY = N_("Nothing is entered.")
"""Not «wrong»: where the sheet is blank, that is entered too."""
UNUSUAL = N_("Correct it, or say why it stands there.")
"""Kept with a reason and never refused: in a true transfer wrong stays wrong."""


def refusal(
    error: DomainError, ticks: Mapping[str, Collection[str]] | None = None
) -> tuple[Refusal, dict[str, str]]:
    """Return a refused form for its page: the summary, and field → sentence.

    `ticks`: tick → fields that it answers; of those that are open the summary leads to it once.
    """
    sentences = {"incomplete": EMPTY, "unusual": UNUSUAL, "open": OPEN}
    # No field is marked where a refusal joins the names into one text for its sentence.
    fields = error.params.get("fields", [])
    named = [f for f in fields if isinstance(f, str)] if isinstance(fields, list) else []
    ticked = {f: tick for tick, group in (ticks or {}).items() for f in group}
    missed = Counter(ticked[f] for f in named if error.code == "open" and f in ticked)
    together = ticked if missed else {}
    bad = {f: _(sentences.get(error.code, error.advice)) for f in named if f not in together}
    errors = [(html_id(f), f"{field_name(f)}: {text}") for f, text in bad.items()]
    # Empty fields are all named: each of them has to be visited anyway.
    if error.code != "incomplete" and len(errors) > MOST_NAMED:
        errors[MOST_NAMED:] = [("", _("and as many more: %(n)s", n=len(errors) - MOST_NAMED))]
    errors += [(tick, _for_tick(tick, number)) for tick, number in missed.items()]
    return Refusal(translate(error)[0], errors or [("", translate(error)[1])]), bad


def _for_tick(tick: str, number: int) -> str:
    if tick == BLANK_ROWS:
        return _("Rows for replacements: look whether they are blank on the copy, and tick it.")
    return ngettext(
        "%(n)s field in which the machine sees no difference: look at the copy and tick it.",
        "%(n)s fields in which the machine sees no difference: look at the copy and tick them.",
        number,
    )


def contradictions(values: Mapping[str, Value]) -> dict[str, str]:
    """Return fields marked blank or crossed out that hold text all the same."""
    return {
        f: _(CONTRADICTION)
        for f, v in values.items()
        if v.mark in WITHOUT_TEXT and (v.text or v.task)
    }


RIGHT = "right"


class OfKind(Protocol):
    """Something that is shown for a field of a kind."""

    @property
    def name(self) -> str:
        """The field."""

    @property
    def kind(self) -> str:
        """header, short, replacement or long."""


Shown = TypeVar("Shown", bound=OfKind)


def groups(found: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    """Return what is shown of the fields under headings, in the order of the sheet.

    Short answers that fill both columns of the form stand under two headings, as there.
    """
    titles = {
        "header": _("Head of the form"),
        "short": _("Short answers"),
        RIGHT: _("Tasks 21–40"),
        "replacement": _("Replacement of wrong answers"),
        "long": _("Long answers"),
    }
    parts: dict[str, list[Shown]] = {kind: [] for kind in titles}
    for one in found:
        parts[RIGHT if is_right(one.name) else one.kind].append(one)
    if parts[RIGHT]:
        titles["short"] = _("Tasks 1–20")
    return [(titles[kind], part) for kind, part in parts.items() if part]


def number_of(form: Mapping[str, str]) -> int:
    """Return the page a person wants to look at."""
    wanted = typed_number(form.get("page", "1"))
    return 1 if wanted is None else wanted


def turned_to(form: Mapping[str, str]) -> str:
    """Return the page that comes after saving.

    It is the one whose button was pressed, else the same again.
    """
    action = form.get("action", "")
    wanted = action.removeprefix("page:") if action.startswith("page:") else form.get("page", "1")
    return str(number_of({"page": wanted}))


def row_version(form: Mapping[str, str]) -> int:
    """Return the state of the booklet that the page was made with.

    It is −1 (never right) when it was not sent.
    """
    sent = typed_number(form.get("row_version", ""))
    return -1 if sent is None else sent
