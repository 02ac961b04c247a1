"""Files of the plan between upload and confirmation.

Those sent together are kept as a set, looked at, parsed, forgotten.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.plan.cells import reads_well
from examday.domain.plan.header import Guess, find_header, guess
from examday.domain.plan.rows import Answers, ParsedFile, parse
from examday.paper import outside, table_kind, table_shape
from examday.paper.table_shape import Table
from examday.services.plan.file_columns import file_kinds
from examday.settings import Settings
from examday.storage.durable import sync_folder, sync_tree

KEEP_S = 24 * 3600
"""Seconds that an upload waits for its confirmation: until the same time on the next day."""
_SET = re.compile(r"[0-9a-f]{32}")
"""The id of a set stands in addresses; anything else could name another folder."""
MANIFEST = "set.json"
"""List of the tables of a set: files lie under names of ours, so the names that were sent stand
here."""
MEMO_ENDINGS = frozenset({".dbt", ".fpt"})
"""Files with the long texts of a DBF; they are no tables."""


@dataclass(frozen=True)
class Look:
    """A table as a person sees it before choosing.

    `previews`: encoding → first lines; one entry with the key "" when the file carries its own
    encoding. `unreadable`: encodings in which some byte means nothing; `hidden`: sheets that the
    office program does not show. Proposals: the `encoding` that alone makes sense, the line of the
    column names, and what the table holds.
    """

    previews: dict[str, list[list[str]]]
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    unreadable: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    encoding: str = ""
    head: int = 0
    guess: Guess = Guess()


def folder(settings: Settings) -> Path:
    """Where uploads wait."""
    return settings.var / "plan-uploads"


def keep(settings: Settings, sent: Iterable[tuple[str, BinaryIO]]) -> str:
    """Store the files that were sent together; the id of the set.

    BadTable when one is empty or too large.
    """
    place = folder(settings)
    place.mkdir(
        mode=0o700,
        parents=True,
        exist_ok=True,
    )
    _sweep(place)
    set_id = secrets.token_hex(16)
    # Made under a hidden name and renamed when complete: a set that was cut off is never found.
    work = place / f".{set_id}"
    work.mkdir(mode=0o700)
    try:
        named = [
            (Path(name.replace("\\", "/")).name[:120], _write(stream, work, number, name))
            for number, (name, stream) in enumerate(sent)
        ]
        found = [(name, str(path.relative_to(work))) for name, path in unfold(named, work)]
        (work / MANIFEST).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        # A table that lost its end with the power would be read as a shorter plan.
        sync_tree(work)
        os.replace(work, place / set_id)
        sync_folder(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return set_id


def _write(
    stream: BinaryIO,
    work: Path,
    number: int,
    name: str,
) -> Path:
    """Put one file down under a name of ours; only its ending stays."""
    path, size = work / f"sent-{number:02d}{Path(name).suffix.lower()[:8]}", 0
    with path.open("xb") as out:
        while part := stream.read(2**20):
            size += len(part)
            if size > table_shape.MAX_BYTES:
                raise table_shape.BadTable(
                    N_("The file is too large: more than %(limit)s MB."),
                    params={"limit": table_shape.MAX_BYTES // 2**20},
                )
            out.write(part)
    if not size:
        raise table_shape.BadTable(N_("The file is empty."))
    return path


def unfold(named: Iterable[tuple[str, Path]], work: Path) -> list[tuple[str, Path]]:
    """Return the tables among files that came together.

    Archives are opened into `work`, and the memo file of a DBF is laid beside it.
    """
    flat: list[tuple[str, Path]] = []
    for number, (name, path) in enumerate(named):
        if outside.is_archive(path):
            place = work / f"archive-{number:02d}"
            place.mkdir(mode=0o700)
            inside = outside.unpack(path, place)
            flat.extend((f"{name}/{each}", kept) for each, kept in inside)
        else:
            flat.append((name, path))
    memos = {_stem(name): path for name, path in flat if path.suffix.lower() in MEMO_ENDINGS}
    tables_only = [row for row in flat if row[1].suffix.lower() not in MEMO_ENDINGS]
    return [(name, _with_memo(name, path, memos, work)) for name, path in tables_only]


def _with_memo(
    name: str,
    path: Path,
    memos: Mapping[str, Path],
    work: Path,
) -> Path:
    """The table, in a folder of its own with its memo file where both were sent."""
    memo = memos.get(_stem(name))
    if memo is None or memo.with_suffix("") == path.with_suffix(""):
        return path
    beside = work / f"pair-{secrets.token_hex(16)}"
    # The DBF library looks for the memo file beside the table, under the same name.
    os.link(path, beside.with_suffix(path.suffix.lower()))
    os.link(memo, beside.with_suffix(memo.suffix.lower()))
    return beside.with_suffix(path.suffix.lower())


def _stem(name: str) -> str:
    return name.rpartition(".")[0].casefold()


def _sweep(place: Path) -> None:
    """Uploads that nobody confirmed within a day hold personal data for nothing."""
    for path in place.iterdir():
        if time.time() - path.stat().st_mtime > KEEP_S:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def files_of(settings: Settings, set_id: str) -> list[tuple[str, Path]]:
    """The tables of a set: name as sent, stored file.

    NotFound when the set was confirmed, swept away or never there.
    """
    place = folder(settings) / set_id
    if not _SET.fullmatch(set_id) or not (place / MANIFEST).is_file():
        raise NotFound(
            N_("This file is not here any more."),
            advice=N_("Send the file again. Nothing was changed."),
        )
    kept = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    return [(name, place / path) for name, path in kept]


def forget(settings: Settings, set_id: str) -> None:
    """Take the set away: after confirmation, or when somebody gives it up."""
    files_of(settings, set_id)
    shutil.rmtree(folder(settings) / set_id, ignore_errors=True)


def look(path: Path, sheet: str = "") -> Look:
    """First lines in each possible encoding (or of one sheet), with what they seem to be."""
    seen = outside.look(path, sheet)
    heads = {
        name: find_header(file_kinds().values(), _numbered(lines))
        for name, lines in seen.previews.items()
    }
    encoding = _sensible(seen, heads)
    lines = seen.previews.get(encoding, [])
    head = heads.get(encoding) or 0
    return Look(
        seen.previews,
        seen.sheets,
        sheet or (seen.sheets[0] if seen.sheets else ""),
        seen.unreadable,
        seen.hidden,
        encoding,
        head,
        guess(file_kinds().values(), lines[head - 1]) if head else Guess(),
    )


def _numbered(lines: list[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(lines, 1))


def _sensible(seen: outside.Look, heads: Mapping[str, int | None]) -> str:
    """The one encoding in which the table makes sense; "" where several do, or none."""
    if len(seen.previews) == 1:
        return next(iter(seen.previews))
    # Only where column names of the plan appear can the encoding be right.
    named = [name for name, head in heads.items() if head is not None] or list(heads)
    read = [
        name
        for name in named
        if all(reads_well(cell) for line in seen.previews[name] for cell in line)
    ]
    for found in (named, read):
        if len(found) == 1:
            return found[0]
    if len({str(seen.previews[name]) for name in named}) == 1:  # plain letters and digits only
        return named[0]
    # What a DBF says of itself decides between two encodings that both read well, never alone.
    return seen.code_page if seen.code_page in read else ""


def table(path: Path, encoding: str = "", sheet: str = "") -> Table:
    """All lines of the table as they stand."""
    return outside.read(path, encoding, sheet)


def parsed(
    path: Path,
    kind: str,
    encoding: str = "",
    sheet: str = "",
    head: int = 0,
    answers: Answers | None = None,
) -> ParsedFile:
    """All rows of the table as the chosen kind, in the chosen encoding.

    NotFound for an unknown kind. `head`: the line of the column names; 0 where it is to be found.
    """
    if kind not in file_kinds():
        raise NotFound()
    whole = table(path, encoding, sheet)
    line = head or find_header(file_kinds().values(), whole.lines)
    if line is not None and line != whole.head_line:
        whole = whole.headed(line)
    return parse(file_kinds()[kind], whole.header, whole.rows, answers)


def encodings() -> dict[str, str]:
    """The encodings of tables: codec → name."""
    return {**table_kind.ENCODINGS, **table_kind.BY_MARK}
