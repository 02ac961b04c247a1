"""What the manifest of a bundle must say, before anything of the bundle is believed."""

import copy
from typing import Any

import pytest

from examday.domain.errors import Invalid
from examday.domain.ledger import canonical
from examday.domain.people.roles import Role
from examday.domain.travel import manifest
from tests.refusals import refused

DIGEST = "0a" * 32
SCAN, LEFT = "1b" * 32, "2c" * 32


def said(**changed: Any) -> dict[str, Any]:
    parts = dict.fromkeys((*manifest.PARTS, f"scans/{SCAN}"), DIGEST)
    whole: dict[str, Any] = {
        "format": manifest.TRAVEL,
        **dict.fromkeys(manifest.TEXTS, "x"),
        **{"prev": DIGEST, "root": DIGEST, "public_key": DIGEST, "first": 1, "last": 1},
        **{"days": {"2026-06-04": 0}, "training": {}, "destroyed": [LEFT]},
        **{"files": parts, "originals": {SCAN: 0, LEFT: 7}},
    }
    return {**copy.deepcopy(whole), **changed}


def read(letter: object) -> manifest.Manifest:
    return manifest.parse(canonical(letter).encode())


def test_a_whole_manifest_is_read() -> None:
    found = read(said(station="ab12", site="0001", first=3, last=9))
    assert (found.station, found.site, found.first, found.last) == ("ab12", "0001", 3, 9)
    assert (found.days, found.training) == ({"2026-06-04": 0}, {})
    assert (found.originals, found.destroyed) == ({SCAN: 0, LEFT: 7}, frozenset({LEFT}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        canonical(said()).encode() + b" ",
        canonical(said(format=None)).encode(),
        canonical(said(format="other/3")).encode(),
    ],
)
def test_what_no_program_of_the_family_wrote_is_damaged(content: bytes) -> None:
    assert refused(Invalid, manifest.parse, content) == ("damaged", "", {"place": "manifest.json"})


def test_another_kind_of_bundle_is_told_with_the_one_that_is_wanted() -> None:
    told = refused(Invalid, read, {"format": "examday-bundle/2"})
    values = {"format": "examday-bundle/2", "wanted": "examday-bundle/3"}
    assert told == ("other-bundle", "", values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in manifest.TEXTS for value in (None, 7, "a\nb")),
        *((name, value) for name in ("prev", "root") for value in (None, "0a", DIGEST.upper(), 7)),
        ("public_key", DIGEST[:-1]),
        ("first", 0),
        ("first", True),
        ("first", 2),
        ("last", "1"),
        ("days", []),
        ("days", {"2026-06-04": -1}),
        ("training", {"2026-06-04": True}),
        ("originals", {LEFT: 7}),
        ("originals", {SCAN: -1, LEFT: 7}),
        ("originals", {SCAN: 0, "short": 7}),
        ("destroyed", {LEFT: 1}),
        ("destroyed", ["short"]),
        ("files", []),
        ("files", {}),
        ("files", dict.fromkeys((*manifest.PARTS, "more"), DIGEST)),
        ("files", dict.fromkeys(manifest.PARTS[1:], DIGEST)),
        ("files", dict.fromkeys(manifest.PARTS, "short")),
    ],
)
def test_a_manifest_with_a_wrong_part_is_damaged(name: str, value: object) -> None:
    told = refused(Invalid, read, said(**{name: value}))
    assert told == ("damaged", "", {"place": "manifest.json"})


def test_a_role_that_is_not_known_here_is_named() -> None:
    manifest.require_role(Role.SITE_HEAD.value)
    for role in ("oracle", 7, None):
        told = refused(Invalid, manifest.require_role, role)
        assert told == ("unknown-role", "", {"role": str(role)})
