"""Look for known weaknesses of the locked packages, without a network.

usage: make advisories DATA=FILE [ARGS="--days 30"]

FILE is an export of advisories in the OSV format (a zip of JSON records), carried here by hand. Exit
status 0: no record names a locked version. 1: at least one does. 2: nothing can be said for sure, as the
export is old, empty, unreadable or of other packages than Python's, or names versions that cannot be compared.
"""

import argparse
import datetime as dt
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import shipped
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Record = Mapping[str, Any]
"""One advisory as OSV writes it (id, modified, affected, withdrawn, summary …): foreign data, so
nothing of it is taken for granted."""


MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
"""What comes of a record that is not as OSV writes it: no answer, which must not look like a hit."""


class CannotTell(Exception):
    """The data do not allow an answer; the words say what to do."""


class Hit(NamedTuple):
    """A locked version that an advisory names, or may name (`sure` is false).

    `fixed`: the versions in which it is mended; "" when in none.
    """

    package: str
    version: str
    id: str
    summary: str
    fixed: str
    sure: bool


def read(path: Path) -> list[Record]:
    """Return the records of an export about Python packages.

    CannotTell when a part of it cannot be read, or none of it is about them.
    """
    try:
        with zipfile.ZipFile(path) as export:
            names = [name for name in export.namelist() if name.endswith(".json")]
            records = [json.loads(export.read(name)) for name in names]
            ours = [record for record in records if _is_ours(record)]
    except (OSError, zipfile.BadZipFile, *MALFORMED) as error:
        raise CannotTell(f"{path} cannot be read: {error}. Fetch the export once more.") from error
    # That of another ecosystem names none of our packages, however many records it has.
    if not ours:
        raise CannotTell(
            f"{path} holds no record about Python packages: that is no good news. "
            "Fetch the export of PyPI."
        )
    return ours


def _is_ours(record: Record) -> bool:
    return any(_ecosystem(part) == "PyPI" for part in record.get("affected", ()))


def _ecosystem(part: Record) -> str:
    return str(part.get("package", {}).get("ecosystem", ""))


def check_age(records: Iterable[Record], now: dt.datetime, days: int) -> dt.datetime:
    """Return when the newest record was changed; CannotTell when that is too long ago."""
    # By the records, not by the file: a copied file is new and its content may be years old.
    changed = [dt.datetime.fromisoformat(record["modified"]) for record in records]
    if now - max(changed) > dt.timedelta(days=days):
        raise CannotTell(
            f"The newest record is of {max(changed):%Y-%m-%d}, older than {days} days. "
            "Fetch a new export."
        )
    return max(changed)


def hits(records: Iterable[Record], packages: Iterable[shipped.Package]) -> Iterator[Hit]:
    """Return each locked version that a record names. Records that were withdrawn name nothing."""
    versions: dict[str, list[str]] = {}
    for package in packages:
        versions.setdefault(canonicalize_name(package.name), []).append(package.version)
    for record in records:
        if "withdrawn" not in record:
            yield from _of_record(record, versions)


def _of_record(record: Record, versions: Mapping[str, list[str]]) -> Iterator[Hit]:
    for part in record.get("affected", ()):
        if _ecosystem(part) != "PyPI":
            continue
        name = canonicalize_name(part["package"]["name"])
        for version in versions.get(name, ()):
            named = _names(part, version)
            if named is not False:
                said = (record["id"], record.get("summary", ""), _fixed(part))
                yield Hit(name, version, *said, sure=named is True)


def _names(part: Record, version: str) -> bool | None:
    """Return whether this part of a record names the version; None when it cannot be compared."""
    ranges = [r for r in part.get("ranges", ()) if r.get("type") == "ECOSYSTEM"]
    if version in part.get("versions", ()):
        return True
    # Commits alone say nothing about a release: that is no «not affected».
    if not ranges and not part.get("versions"):
        return None
    try:
        # «2.0» is «2.0.0» written shorter.
        same = any(Version(v) == Version(version) for v in part.get("versions", ()))
        return same or any(_inside(r, version) for r in ranges)
    except InvalidVersion:
        return None


def _inside(span: Record, version: str) -> bool:
    """Return whether a version lies in a range of events, each read in the order of versions."""
    inside = False
    events = [(key, Version(text)) for event in span["events"] for key, text in event.items()]
    for key, at in sorted(events, key=lambda event: event[1]):
        if key == "introduced" and Version(version) >= at:
            inside = True
        elif (key == "fixed" and Version(version) >= at) or (
            key == "last_affected" and Version(version) > at
        ):
            inside = False
    return inside


def _fixed(part: Record) -> str:
    """Return the versions in which the weakness is mended, as the record says; "" when in none."""
    spans = part.get("ranges", ())
    return ", ".join(e["fixed"] for span in spans for e in span["events"] if "fixed" in e)


def main() -> int:
    """Say what the export knows of the locked packages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="export in the OSV format, a zip of JSON records")
    parser.add_argument("--days", type=int, default=30, help="the oldest that is believed")
    chosen = parser.parse_args()
    try:
        records = read(chosen.data)
        newest = check_age(records, dt.datetime.now(dt.UTC), chosen.days)
        found = list(hits(records, packages := shipped.packages(shipped.DEV_LOCK)))
    except CannotTell as error:
        print(f"cannot tell: {error}", file=sys.stderr)
        return 2
    except MALFORMED as error:
        print(f"cannot tell: a record is not as OSV writes it: {error!r}", file=sys.stderr)
        return 2
    for hit in found:
        print(_line(hit))
    print(f"{len(packages)} packages, {len(records)} records, the newest of {newest:%Y-%m-%d}")
    if any(hit.sure for hit in found):
        return 1
    return 2 if found else 0


def _line(hit: Hit) -> str:
    """Return a hit as one line for a person."""
    what = f"{hit.package} {hit.version}: {hit.id} {hit.summary}"
    if not hit.sure:
        return f"{what} (which versions it means cannot be compared: read the record)"
    return f"{what} ({f'mended in {hit.fixed}' if hit.fixed else 'mended in no version'})"


if __name__ == "__main__":
    sys.exit(main())
