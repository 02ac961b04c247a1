"""What may stand in a field of the form.

An entry that departs from it gets a warning, never a refusal, because wrong stays wrong in a true
transfer.

The characters are data (templates/forms/*.toml, after the sample lines printed on the form [G2]).
A character that the form does not have may still be what the candidate wrote: it is kept with a
reason. More than 17 characters is allowed by the filling rules themselves [28], [45].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.answers import Value, Values, one_spelling
from examday.domain.transfer.fields import NAME_FIELD, is_header, is_long, is_replacement

CELLS = 17
"""Cells in a row of short answers (R27, [G2]). A bound for a warning only: more is allowed."""
DASHES = "-‐‑‒–—―−"
"""Keyboards and systems have many dashes; the form has one, which is hyphen, minus and dash [G2].
"""
LOOK_ALIKES = ("AА", "BВ", "CС", "EЕ", "ËЁ", "HН", "KК", "MМ", "OО0", "PР", "TТ", "XХ", "YУ", "З3")
"""Latin, Cyrillic and digits of one shape: a wrong keyboard layout is the usual cause."""
LOOKS_ALIKE = N_(
    "«%(character)s» is not on the form for this subject; the form has "
    "another character of the same shape. Check the keyboard layout."
)
HOLDS_SPACE = N_("The entry holds a space; the form has no cell for it.")
NOT_ON_FORM = N_("Not on the form for this subject: «%(characters)s».")


@dataclass(frozen=True)
class Alphabet:
    """The characters of one exam's form: short answers by subject, header fields by their own kind."""

    short: str | None
    """None where nobody has measured the form: what it has no cell for is not known, so every text is
    taken as it is written."""
    digits: str = "0123456789"
    letters: str = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"

    def of(self, field_id: str) -> str | None:
        """Return the characters a field may hold; None = any text."""
        if is_long(field_id):
            return None
        if is_header(field_id):
            return self.letters if field_id == NAME_FIELD else self.digits
        return self.short


@dataclass(frozen=True)
class Caution:
    """Something a reader should look at again.

    `needs_reason`: it is kept only with a stated reason.
    """

    field_id: str
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    needs_reason: bool = False
    """A long answer in a row is allowed by the rules [28]; a foreign character is not."""


def fold(text: str, alphabet: str | None) -> str:
    """Return text as the form would hold it.

    Where the form has only capitals a small letter is its capital, and every dash is the form's
    dash. Nothing else changes: no space is trimmed, no look-alike is replaced, nothing is spelled
    anew.
    """
    text = one_spelling(text)
    if alphabet is None:
        return text
    return "".join(_one(character, alphabet) for character in text)


def _one(character: str, alphabet: str) -> str:
    if character in alphabet:
        return character
    if character in DASHES and "-" in alphabet:
        return "-"
    capital = character.upper()
    # «ß» has two capitals: it stays as it is, because one cell holds one character.
    return capital if len(capital) == 1 and capital in alphabet else character


def fold_value(field_id: str, value: Value, alphabet: Alphabet) -> Value:
    """Return the value with its text (and task number) as the form would hold them."""
    return Value(
        fold(value.text, alphabet.of(field_id)),
        value.mark,
        fold(value.task, alphabet.digits),
        value.override,
    )


def fold_values(values: Values, alphabet: Alphabet) -> dict[str, Value]:
    """Return all values as the form would hold them."""
    return {field_id: fold_value(field_id, value, alphabet) for field_id, value in values.items()}


def check(
    field_id: str,
    value: Value,
    alphabet: Alphabet,
    tasks: int = 40,
) -> list[Caution]:
    """Return what is unusual about one value; empty when nothing is."""
    found: list[Caution] = []
    characters = alphabet.of(field_id)
    if characters is not None:
        found += _characters(field_id, value.text, characters)
    if is_replacement(field_id) and (value.text or value.task):
        found += _task(field_id, value.task, tasks)
    if characters is not None and not is_header(field_id) and len(value.text) > CELLS:
        found.append(
            Caution(
                field_id,
                "long",
                N_(
                    "Characters: %(number)s, cells in the row: %(cells)s. The answer is "
                    "copied in full, written narrower, over the cell borders."
                ),
                {"number": len(value.text), "cells": CELLS},
            )
        )
    return found


def _characters(field_id: str, text: str, characters: str) -> list[Caution]:
    # Each once, in the order of the text: a warning is to be read.
    foreign = list(dict.fromkeys(c for c in text if c not in characters))
    if not foreign:
        return []
    alike = [
        c
        for c in foreign
        if any(c in group and set(group) & set(characters) for group in LOOK_ALIKES)
    ]
    if alike:
        return [Caution(field_id, "look-alike", LOOKS_ALIKE, {"character": alike[0]}, True)]
    # A space alone is usually a slip of the thumb, so it is told apart from letters.
    if foreign == [" "]:
        return [Caution(field_id, "space", HOLDS_SPACE, {}, True)]
    # Shown as a sign of its own: a space at the end of a list cannot be seen.
    seen = " ".join("␣" if c == " " else c for c in foreign)
    return [Caution(field_id, "foreign", NOT_ON_FORM, {"characters": seen}, True)]


def _task(field_id: str, task: str, tasks: int) -> list[Caution]:
    if not task:
        return [
            Caution(
                field_id,
                "no-task",
                N_("The replacement row has an answer but no task number."),
                {},
                True,
            )
        ]
    # ASCII first: int() also reads digits of other scripts, which no form has.
    if not task.isdigit() or not task.isascii() or not 1 <= int(task) <= tasks:
        return [
            Caution(
                field_id,
                "task",
                N_("«%(task)s» is not a task of this exam (1 to %(tasks)s)."),
                {"task": task, "tasks": tasks},
                True,
            )
        ]
    return []


def open_warnings(values: Values, alphabet: Alphabet, tasks: int = 40) -> list[Caution]:
    """Return the warnings that still need a reason."""
    return [
        w
        for field_id, value in values.items()
        if not value.override.strip()
        for w in check(field_id, value, alphabet, tasks)
        if w.needs_reason
    ]


def require_reasons(values: Values, alphabet: Alphabet, tasks: int) -> None:
    """Raise Invalid «unusual» while a warning lacks its reason; `fields` names where."""
    # One field may have two warnings; people look for fields.
    unusual = list(dict.fromkeys(w.field_id for w in open_warnings(values, alphabet, tasks)))
    if unusual:
        raise Invalid(
            N_("Entries with something that the form does not have: %(number)s."),
            code="unusual",
            advice=N_("Correct a slip of the hand, or say why it stands there."),
            params={"number": len(unusual), "fields": unusual},
        )
