"""Writes small files onto a stick, whole or not at all."""

import json
from pathlib import Path

from examday.domain.travel.letters import Letter
from examday.storage.base import new_id
from examday.storage.durable import put_in_place


def as_text(letter: Letter) -> str:
    """A letter as people can read it too."""
    return json.dumps(letter, ensure_ascii=False, indent=1) + "\n"


def write_letter(letter: Letter, target: Path) -> None:
    """Write a letter to a file."""
    partial = target.with_name(f".{target.name}.{new_id()}.part")
    try:
        partial.write_text(as_text(letter), "utf-8")
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
