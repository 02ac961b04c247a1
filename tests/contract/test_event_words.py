"""Every kind of ledger entry is one of a closed list, with words for the people who read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from examday.domain.appeals.case import CASE_MOVES
from examday.domain.custody.lifecycle import MOVES
from examday.domain.events import (
    EVENT_NAMES,
    Event,
    booklet_event,
    case_event,
    commission_event,
    event_words,
    print_event,
)
from examday.domain.ledger import Subject
from examday.services.braille.commission import NOTE_NAMES
from examday.services.printing.documents import DOCUMENT_NAMES, SUBJECTS
from tests.program import nodes

ROOT = Path(__file__).parents[2]
MAKERS = {maker.__name__ for maker in (booklet_event, case_event, commission_event, print_event)}


def recorded() -> Iterator[tuple[str, ast.expr]]:
    """Where an entry is written, and what stands there as its kind."""
    for folder in ("examday", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in nodes(path):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "record"
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "uow"
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def of_the_list(kind: ast.expr) -> bool:
    """Is the kind written as a member of the list, or made by a function that gives only such?"""
    if isinstance(kind, ast.IfExp):
        return of_the_list(kind.body) and of_the_list(kind.orelse)
    if isinstance(kind, ast.Call):
        return isinstance(kind.func, ast.Name) and kind.func.id in MAKERS
    if isinstance(kind, ast.Name):
        return kind.id == "SEEDED"
    return isinstance(kind, ast.Attribute) and ast.unparse(kind.value) == "Event"


def test_every_entry_that_is_written_has_a_kind_of_the_list() -> None:
    found = list(recorded())
    assert len(found) > 70
    assert [where for where, kind in found if not of_the_list(kind)] == []


def test_every_kind_has_words() -> None:
    assert set(EVENT_NAMES) == set(Event)
    assert all(event_words(kind) != kind for kind in Event)


def test_a_kind_of_another_version_is_shown_as_it_is_written() -> None:
    assert event_words("moon:landing") == "moon:landing"


def test_every_step_document_and_note_has_its_kind() -> None:
    made = [
        *(booklet_event(move.action) for move in MOVES),
        *(case_event(move.action) for move in CASE_MOVES),
        *(print_event(document) for document in DOCUMENT_NAMES),
        *(print_event(document) for builders in SUBJECTS.values() for document in builders),
        *(commission_event(note) for note in NOTE_NAMES),
    ]
    assert set(made) <= set(Event)


@pytest.mark.parametrize("make", [booklet_event, case_event, commission_event, print_event])
def test_no_kind_is_made_up(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="not a valid Event"):
        make("dance")


def split_by_hand() -> Iterator[str]:
    """Where somebody takes a subject apart («booklet:…») without the one parser for it."""
    for folder in ("examday", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in nodes(path):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("partition", "rpartition", "split", "startswith")
                    and ast.unparse(node.func.value).rpartition(".")[2] == "subject"
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_subjects_of_entries_are_read_in_one_place() -> None:
    assert list(split_by_hand()) == []


@pytest.mark.parametrize(
    ("stored", "kind", "key"),
    [
        ("booklet:1f", "booklet", "1f"),
        ("print:cover:2", "print", "cover:2"),
        ("point", "point", ""),
        ("", "", ""),
    ],
)
def test_a_subject_is_a_kind_and_a_key(stored: str, kind: str, key: str) -> None:
    assert Subject.parse(stored) == (kind, key)
    assert not key or str(Subject(kind, key)) == stored
