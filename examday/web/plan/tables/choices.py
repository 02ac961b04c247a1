"""What a person has chosen for the tables of a set: how each is read, and answers about rows.

The choices travel in the address and in hidden fields; nothing of them is stored.
"""

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from examday.domain.numbers import typed_number
from examday.domain.plan.columns import KINDS
from examday.domain.plan.rows import Answers
from examday.i18n import gettext as _
from examday.services.plan.tables import kept, upload
from examday.services.plan.tables.parts import Part, parts_of, settled
from examday.web.session import store

CHOSEN = ("kind", "encoding", "head")
"""What can be chosen of one table. Fields are named «kind-0», «encoding-0», «head-0», as one form
holds several tables."""
WORD = "word:"
"""Beginning of the fields in which a person says what a word means, «word:needs:очки»: the word is
part of the name, so one answer holds for all tables."""


def chosen_of(sent: MultiDict[str, str]) -> dict[str, str]:
    """Read the fields; of a field that was sent again the last value counts.

    A word that two tables ask about is answered in one of them.
    """
    # The last one counts, because the form sends earlier choices as hidden fields before its own.
    return {
        name: next(filter(None, reversed(values)), "") if name.startswith(WORD) else values[-1]
        for name, values in sent.lists()
    }


def parts_chosen(set_id: str, chosen: dict[str, str]) -> list[Part]:
    """List the tables of a set, read as a person has chosen.

    NotFound when the set was confirmed or swept away.
    """
    # Numbered before anything is chosen: the order of the report changes with the choices.
    parts = [part for name, path in kept.files_of(store(), set_id) for part in parts_of(name, path)]
    return [_as_chosen(part, str(number), chosen) for number, part in enumerate(parts)]


def _as_chosen(part: Part, number: str, chosen: dict[str, str]) -> Part:
    given = {key: chosen.get(f"{key}-{number}", "") for key in CHOSEN}
    part = replace(part, number=number)
    if given["encoding"] in upload.encodings() and not part.sheet:
        part = replace(part, encoding=given["encoding"])
    if given["kind"] in KINDS:
        part = replace(part, kind=given["kind"])
    if (head := typed_number(given["head"])) is not None:
        part = replace(part, head=head)
    return settled(part)


def answers_of(chosen: dict[str, str]) -> Answers:
    """Read what a person has said about the rows."""
    meant = {}
    for field, value in chosen.items():
        if field.startswith(WORD) and value:
            key, _sep, word = field.removeprefix(WORD).partition(":")
            meant[key, word] = value
    return Answers(meant, leave_out="leave_out" in chosen, take_away="take_away" in chosen)


def options() -> dict[str, object]:
    """What there is to choose from, for the template."""
    return {
        "kinds": KINDS,
        "kind_options": [("", "—"), *((key, _(name)) for key, name in KINDS.items())],
        "encodings": upload.encodings(),
    }
