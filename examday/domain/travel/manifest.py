"""What the manifest of a travelling bundle says (docs/ledger-format.md)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from examday.domain.errors import Invalid
from examday.domain.ledger import canonical
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.travel.letters import is_key

TRAVEL = "examday-bundle/3"
"""The number goes up when an earlier program would read the bundle otherwise than it was meant."""
FAMILY = "examday-bundle/"
"""Another number behind it is a bundle of another program: it can be told what to do, and no bundle
at all cannot."""
HASH = re.compile(r"[0-9a-f]{64}")
PARTS = ("ledger.jsonl", "checkpoints.json", "rows.jsonl", "people.json")
"""Members that each bundle has beside manifest, signature and originals: one that is missing was
cut out or cut off."""
TEXTS = ("station", "site", "code", "made_at", "form")
COUNTS = ("days", "training")


@dataclass(frozen=True)
class Manifest:
    """A manifest whose shape was checked, and nothing else yet."""

    station: str
    site: str
    first: int
    last: int
    prev: str
    root: str
    made_at: str
    form: str
    """Form of the station's records. Only the same one is taken in: rows of another would be read
    wrongly."""
    public_key: str
    files: Mapping[str, str]
    originals: Mapping[str, int]
    """Every original that the rows name and that the station keeps, with its size: what is missing
    on arrival can be named."""
    destroyed: frozenset[str]
    days: Mapping[str, int]
    training: Mapping[str, int]


def parse(content: bytes) -> Manifest:
    """Read a manifest; Invalid for anything else, with its place."""
    try:
        said = json.loads(content.decode())
        # Two spellings of one name, or a text that no database takes, were not written by a station.
        if canonical(said).encode() != content:
            said = None
    except (ValueError, RecursionError) as error:
        raise not_a_bundle("manifest.json") from error
    form = said.get("format") if isinstance(said, dict) else None
    if not isinstance(form, str) or not form.startswith(FAMILY):
        raise not_a_bundle("manifest.json")
    if form != TRAVEL:
        raise Invalid(
            N_("This bundle is of another kind: %(format)s."),
            code="other-bundle",
            advice=N_(
                "A bundle for the centre is written by examday send (%(wanted)s). One of examday export "
                "is checked with tools/verify_export.py. A newer kind needs a newer program here."
            ),
            params={"format": form, "wanted": TRAVEL},
        )
    return _shaped(said)


def _shaped(said: dict[str, Any]) -> Manifest:
    if not _is_sound(said):
        raise not_a_bundle("manifest.json")
    names = ("station", "site", "first", "last", "prev", "root", "made_at", "form", "public_key")
    rest = {name: said[name] for name in ("files", "originals", *COUNTS)}
    return Manifest(**{n: said[n] for n in names}, **rest, destroyed=frozenset(said["destroyed"]))


def _is_sound(said: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(said.get(name), str) and said[name].isprintable() for name in TEXTS)
        and all(_is_hash(said.get(name)) for name in ("prev", "root"))
        and is_key(said.get("public_key"))
        and _is_range(said.get("first"), said.get("last"))
        and _are_counts(said, "days", "training", "originals")
        and _are_hashes(said.get("destroyed"))
        and _names_fit(said.get("files"), said["originals"])
    )


def _are_hashes(said: object) -> bool:
    return isinstance(said, list) and all(map(_is_hash, said))


def _is_range(first: object, last: object) -> bool:
    return type(first) is int and type(last) is int and 1 <= first <= last


def _are_counts(said: Mapping[str, Any], *names: str) -> bool:
    return all(
        _maps(said.get(name), lambda count: type(count) is int and count >= 0) for name in names
    )


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def _maps(value: object, fits: Callable[[object], bool]) -> bool:
    return isinstance(value, dict) and all(map(fits, value.values()))


def _names_fit(files: Any, originals: Mapping[str, int]) -> bool:
    """The parts are all there, and each original that comes along is one of those named."""
    if not _maps(files, _is_hash) or not all(map(_is_hash, originals)):
        return False
    scans = {name.removeprefix("scans/") for name in files if name.startswith("scans/")}
    wanted = {*PARTS, *(f"scans/{sha256}" for sha256 in scans)}
    return set(files) == wanted and scans <= set(originals)


def not_a_bundle(place: str) -> Invalid:
    """The refusal of a file whose part is not what it has to be."""
    return Invalid(
        N_("The file is not a whole bundle of the program: %(place)s was changed or is damaged."),
        code="damaged",
        advice=N_("Nothing was taken in. Copy the file anew, or write it anew at the station."),
        params={"place": place},
    )


def require_role(role: object) -> None:
    """Invalid for a role of a person in a bundle that the program here does not know."""
    if role not in set(Role):
        raise Invalid(
            N_("The bundle names a role that the program here does not know: %(role)s."),
            code="unknown-role",
            advice=N_(
                "Nothing was taken in. Bring the program here to the version of the station and take the same "
                "file in again."
            ),
            params={"role": str(role)},
        )
