"""What people typed is never put through the catalogue: only texts of the program are translated."""

import re
from pathlib import Path

from sqlalchemy import String, Text

from examday.domain.errors import Invalid
from examday.i18n import language
from examday.storage.base import models
from examday.web.errors import translate

ROOT = Path(__file__).parents[2]
CLOSED = {
    "action",
    "actor",
    "answer",
    "capacity",
    "code",
    "decided",
    "document",
    "form",
    "kind",
    "medium",
    "outcome",
    "part",
    "purpose",
    "role",
    "slot",
    "source",
    "state",
    "step",
    "task",
    "category",
    "proposed",
    "way",
    "sheet",
    "size",
    "subject",
}
"""Columns with words of the program: nobody types into them, so they are translated."""
PUT_THROUGH = re.compile(r"\b(?:_|gettext)\((?P<what>[a-zA-Z_][\w.]*)[,)]")
TEXTS_OF_THE_PROGRAM = {
    # Names of steps are the program's own words, and translated where they are made.
    ("examday/commands/day.py", "step.name"),
    ("examday/commands/region.py", "step.name"),  # as above
    (
        "templates/braille/commission/index.html",
        "n.facts.reason",
    ),  # written by notes.refused from the rule's own msgid
}


def typed_columns() -> set[str]:
    """Columns that hold what people typed."""
    return {
        column.name
        for model in models()
        for column in model.__table__.columns
        if isinstance(column.type, String | Text)
    } - CLOSED


def test_typed_text_stays_as_typed() -> None:
    language.set("ru")
    said, _ = translate(Invalid("No work is found by «%(wanted)s».", params={"wanted": "Pack"}))
    assert "Pack" in said


def test_texts_of_the_program_in_a_message_are_translated() -> None:
    from examday.domain.custody.lifecycle import STATE_NAMES, State

    language.set("ru")
    said, _ = translate(Invalid("%(state)s", params={"state": STATE_NAMES[State.PACKED]}))
    assert said != STATE_NAMES[State.PACKED] and said.strip()


def test_no_page_translates_a_column_that_people_fill() -> None:
    typed = typed_columns()
    assert {"reason", "text", "note", "name", "surname"} <= typed
    found = [
        (str(path.relative_to(ROOT)), match["what"])
        for folder, ending in (("templates", "*.html"), ("examday", "*.py"), ("workers", "*.py"))
        for path in (ROOT / folder).rglob(ending)
        for match in PUT_THROUGH.finditer(path.read_text("utf-8"))
        if "." in match["what"] and match["what"].rpartition(".")[2] in typed
    ]
    assert set(found) == TEXTS_OF_THE_PROGRAM


def test_no_value_of_a_message_is_translated_for_being_a_text() -> None:
    guess = re.compile(r"(?:_|gettext)\((\w+)\) if isinstance\(\1, str\)")
    assert [
        path for path in (ROOT / "examday").rglob("*.py") if guess.search(path.read_text("utf-8"))
    ] == []
