"""Files of the plan between upload and confirmation: kept under their SHA-256, looked at, parsed,
forgotten.

What is confirmed is the very file that was examined: the confirmation names its digest.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.plan.columns import guess_kind
from examday.domain.plan.rows import ParsedFile, parse
from examday.paper import outside, tables
from examday.services.plan.file_columns import file_kinds
from examday.settings import Settings
from examday.storage.base import new_id

KEEP_S = 24 * 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Look:
    """A file as a person sees it before choosing. `previews`: encoding → first lines; one entry
    with the key "" when the file carries its own encoding. `unreadable`: encodings in which some
    byte means nothing. `kind` is the program's guess of what the file holds."""

    sha256: str
    previews: dict[str, list[list[str]]]
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    kind: str = ""
    unreadable: frozenset[str] = frozenset()


def folder(settings: Settings) -> Path:
    """Where uploads wait."""
    return settings.var / "plan-uploads"


def keep(settings: Settings, stream: BinaryIO) -> str:
    """Store one upload; returns its SHA-256. BadTable when it is empty or too large."""
    place = folder(settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(place)
    digest, size, work = hashlib.sha256(), 0, place / f".{new_id()}"
    try:
        with work.open("wb") as out:
            for part in _parts(stream):
                size += len(part)
                if size > tables.MAX_BYTES:
                    raise tables.BadTable(
                        N_("The file is too large: more than %(limit)s MB."),
                        params={"limit": tables.MAX_BYTES // 2**20},
                    )
                digest.update(part)
                out.write(part)
        if not size:
            raise tables.BadTable(N_("The file is empty."))
        os.replace(work, place / digest.hexdigest())
    finally:
        work.unlink(missing_ok=True)
    return digest.hexdigest()


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    while part := stream.read(2**20):
        yield part


def _sweep(place: Path) -> None:
    """Uploads that nobody confirmed within a day hold personal data for nothing."""
    for path in place.iterdir():
        if time.time() - path.stat().st_mtime > KEEP_S:
            path.unlink(missing_ok=True)


def path_of(settings: Settings, sha256: str) -> Path:
    """The stored upload; NotFound when it was confirmed, swept away or never there."""
    path = folder(settings) / sha256
    if not _DIGEST.fullmatch(sha256) or not path.is_file():
        raise NotFound(
            N_("This file is not here any more."),
            advice=N_("Send the file again. Nothing was changed."),
        )
    return path


def forget(settings: Settings, sha256: str) -> None:
    """Take the upload away: after confirmation, or when somebody gives it up."""
    path_of(settings, sha256).unlink(missing_ok=True)


def look(settings: Settings, sha256: str, sheet: str = "") -> Look:
    """First lines in each possible encoding (or of one sheet), for a person to choose by."""
    seen = outside.look(path_of(settings, sha256), sheet)
    guesses = [
        guess_kind(file_kinds().values(), lines[0]) for lines in seen.previews.values() if lines
    ]
    chosen = sheet or (seen.sheets[0] if seen.sheets else "")
    return Look(
        sha256, seen.previews, seen.sheets, chosen, next(filter(None, guesses), ""), seen.unreadable
    )


def parsed(
    settings: Settings, sha256: str, kind: str, encoding: str = "", sheet: str = ""
) -> ParsedFile:
    """All rows of the upload as the chosen kind, in the chosen encoding. NotFound for an unknown
    kind."""
    if kind not in file_kinds():
        raise NotFound()
    table = outside.read(path_of(settings, sha256), encoding, sheet)
    return parse(file_kinds()[kind], table.header, table.rows)


def encodings() -> dict[str, str]:
    """The encodings a person may choose from: codec → name."""
    return dict(tables.ENCODINGS)
