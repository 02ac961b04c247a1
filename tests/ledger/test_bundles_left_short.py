"""The verifier of bundles says what is missing, what it could not check, and survives a bundle
made to harm it."""

import base64
import hashlib
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind, Piece
from examday.domain.ledger import canonical
from examday.domain.people.roles import Role
from examday.services.custody import papers
from examday.services.ledger import bundle, checkpoints
from examday.services.packing import packets, works
from examday.services.people import directory
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Person
from tests.ledger.test_export import HEAD, made_once, members, repack, signed
from tests.ledger.test_export import check_here as check
from tests.ledger.test_export import kept as made
from tests.ledger.test_export import made as made_here
from tests.signed import Waiting

__all__ = ["made", "made_here", "made_once", "signed"]  # fixtures, used by their names alone
Files = dict[str, bytes]
FOREIGN = Ed25519PrivateKey.from_private_bytes(b"thief" * 6 + b"!!")


def sign(content: bytes) -> str:
    return base64.b64encode(FOREIGN.sign(content)).decode()


def foreign(files: Files) -> Files:
    """The whole bundle signed anew, checkpoints too, with a key that is not the station's."""
    marks = json.loads(files["checkpoints.json"])
    for mark in marks:
        said = {k: mark[k] for k in ("seq", "root", "code", "at", "purpose")}
        mark["signature"] = sign(canonical(said).encode())
    files = {**files, "checkpoints.json": canonical(marks).encode()}
    manifest = json.loads(files["manifest.json"])
    manifest["public_key"] = FOREIGN.public_key().public_bytes_raw().hex()
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "signature.txt")
    }
    text = canonical(manifest).encode()
    return {**files, "manifest.json": text, "signature.txt": sign(text).encode()}


def without(files: Files, gone: Callable[[str], bool]) -> Files:
    """The rows that `gone` names are left out."""
    data = json.loads(files["data.json"])
    data["rows"] = {key: row for key, row in data["rows"].items() if not gone(key)}
    return {**files, "data.json": canonical(data).encode()}


def rows(files: Files, table: str) -> list[str]:
    return sorted(
        key for key in json.loads(files["data.json"])["rows"] if key.startswith(table + ":")
    )


def test_two_of_three_signatures_left_out_are_each_named(made: bundle.Made) -> None:
    files = members(made.path)
    gone = rows(files, "signoff")[:2]
    assert len(rows(files, "signoff")) == 3
    rc, said = check(
        repack(made.path, foreign(without(files, gone.__contains__))), "--code", made.code
    )
    assert rc == 1
    assert all(f"The row «{key}» is missing" in said for key in gone)


def test_a_bundle_without_any_row_is_wrong(made: bundle.Made) -> None:
    files = foreign(without(members(made.path), lambda _key: True))
    rc, said = check(repack(made.path, files), "--code", made.code)
    assert rc == 1 and "What this bundle is about is missing" in said


@pytest.mark.parametrize("kind", ["", "Booklet", "person", "booklet ", "\x1b[2J"])
def test_a_bundle_of_an_unknown_kind_is_wrong_even_when_nothing_in_it_is(
    made: bundle.Made, kind: str
) -> None:
    files = members(made.path)
    manifest = {**json.loads(files["manifest.json"]), "kind": kind}
    bare = without({**files, "manifest.json": canonical(manifest).encode()}, lambda _key: True)
    rc, said = check(repack(made.path, foreign(bare)), "--code", made.code)
    assert rc == 1 and "neither a booklet nor a day" in said
    assert all(sign.isprintable() or sign == "\n" for sign in said)


@pytest.mark.parametrize(
    "table",
    ["booklet", "reading", "signoff", "assignment", "seat", "exam", "room", "page", "scan_file"],
)
def test_rows_of_a_table_left_out_are_noticed(made: bundle.Made, table: str) -> None:
    files = members(made.path)
    assert rows(files, table)
    rc, said = check(
        repack(made.path, foreign(without(files, lambda key: key.startswith(table + ":"))))
    )
    assert rc == 1, said


BUNDLES = Path(__file__).parents[1] / "fixtures" / "midday" / "midday.tar.xz"
LEFT_OUT = ("page", "item", "handover", "finding", "order_step", "hearing", "case_vote")


@pytest.mark.parametrize("name", ["day", "booklet", "braille", "reopened", "case", "closed-case"])
def test_of_a_real_day_no_single_paper_page_or_finding_can_be_left_out(
    tmp_path: Path, name: str
) -> None:
    with tarfile.open(BUNDLES) as archive:
        source = archive.extractfile(f"bundles/{name}.zip")
        assert source is not None
        (tmp_path / "whole.zip").write_bytes(source.read())
    files = members(tmp_path / "whole.zip")
    code = json.loads(files["manifest.json"])["code"]
    assert check(tmp_path / "whole.zip", "--code", code)[0] == 0
    for table in LEFT_OUT:
        for key in rows(files, table)[:1]:
            if json.loads(files["data.json"])["rows"][key].get("booklet_id", "case") is None:
                continue  # a packet, or a page of nobody: the manifest's signature alone covers it
            short = foreign(without(files, key.__eq__))
            rc, said = check(repack(tmp_path / "whole.zip", short), "--code", code)
            assert rc == 1 and key in said, key


def test_a_checkpoint_that_an_entry_speaks_of_is_missed(
    store: Store, signed: object, tmp_path: Path
) -> None:
    first = bundle.export(store, HEAD, "2990000000019", tmp_path / "first.zip")
    second = bundle.export(store, HEAD, "2990000000019", tmp_path / "second.zip")
    files = members(second.path)
    marks = [mark for mark in json.loads(files["checkpoints.json"]) if mark["code"] != first.code]
    rc, said = check(
        repack(second.path, foreign({**files, "checkpoints.json": canonical(marks).encode()}))
    )
    assert rc == 1 and f"The checkpoint {first.code} is missing" in said


def test_scans_are_not_taken_for_destroyed_without_an_act(made: bundle.Made) -> None:
    files = members(made.path)
    scan = next(name for name in files if name.startswith("scans/"))
    manifest = json.loads(files["manifest.json"])
    manifest["destroyed"] = [scan.removeprefix("scans/")]
    kept = {name: content for name, content in files.items() if name != scan}
    rc, said = check(
        repack(made.path, foreign({**kept, "manifest.json": canonical(manifest).encode()}))
    )
    assert rc == 1 and "no act of destruction" in said


def test_what_a_code_alone_cannot_prove_is_said(made_here: bundle.Made, store: Store) -> None:
    made = made_here
    key = checkpoints.public_key(store.settings.keys)
    rc, said = check(repack(made.path, foreign(members(made.path))), "--code", made.code)
    assert rc == 0 and "NOT CHECKED: whose key this is" in said
    assert f"The code {made.code} proves all entries of this bundle" in said
    rc, said = check(made.path, "--code", made.code, "--key", key)
    assert rc == 0 and "NOT CHECKED" not in said
    rc, said = check(made.path, "--key", key)
    assert rc == 0 and "NOT CHECKED: whether all of the ledger was written anew" in said
    assert check(repack(made.path, foreign(members(made.path))), "--key", key)[0] == 1


NAMES = [
    "\x1b[2J\x1b[31mAll is true.",
    "scans/\u202etxt.exe",
    "a\u200bb",
    "\x9b1m",
    "a\nAll is true.",
    "../up",
    "/root",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_bundle_reaches_the_screen_raw(made: bundle.Made, name: str) -> None:
    rc, said = check(repack(made.path, {**members(made.path), name: b"x"}))
    assert rc == 1
    assert all(c.isprintable() or c == "\n" for c in said)
    assert "\nAll is true" not in said


def test_text_of_the_manifest_and_the_rows_is_shown_without_escapes(made: bundle.Made) -> None:
    files = members(made.path)
    manifest = {**json.loads(files["manifest.json"]), "public_key": "\x1b[8m" + "\u202e"}
    data = {"rows": {"reading:\x1b[0m": {}}, "people": {}}
    rc, said = check(
        repack(
            made.path,
            {
                **files,
                "data.json": canonical(data).encode(),
                "manifest.json": canonical(manifest).encode(),
            },
        )
    )
    assert rc == 1 and all(c.isprintable() or c == "\n" for c in said)


HARMFUL = {
    "deep": b"[" * 100_000,
    "huge number": b'{"rows": ' + b"9" * 100_000 + b"}",
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "rows are no rows": b'{"rows": {"reading:1": 7}}',
    "empty": b"",
    "NaN": b'{"rows": {"reading:1": {"content": NaN, "sha256": ""}}}',
    "half a pair": b'{"rows": {"reading:1": {"content": "\\ud800", "sha256": ""}}}',
}


@pytest.mark.parametrize(
    "part", ["manifest.json", "signature.txt", "data.json", "ledger.jsonl", "checkpoints.json"]
)
@pytest.mark.parametrize("harm", HARMFUL)
def test_a_harmful_part_is_a_finding_and_never_a_traceback(
    made: bundle.Made, part: str, harm: str
) -> None:
    rc, said = check(
        repack(made.path, {**members(made.path), part: HARMFUL[harm]})
    )  # stderr is empty: no traceback
    assert rc == (2 if part == "manifest.json" else 1), said


@pytest.mark.parametrize("how", ["bomb", "link", "double", "cipher"])
def test_members_that_must_not_be_opened_are_named(made: bundle.Made, how: str) -> None:
    files = members(made.path)
    changed = made.path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == "data.json" and how == "link":
                info.external_attr = 0o120777 << 16
            archive.writestr(
                info, content if (name, how) != ("data.json", "bomb") else b" " * (65 << 20)
            )
        if how == "double":
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("manifest.json", files["manifest.json"])
    if how == "cipher":
        raw = bytearray(changed.read_bytes())
        at = raw.find(b"PK\x01\x02")
        raw[at + 8] |= 1
        changed.write_bytes(bytes(raw))
    rc, said = check(changed)
    assert rc in (1, 2)
    assert rc == 2 or "must not be opened" in said


def test_a_work_is_whole_when_the_entry_that_packed_it_also_made_its_packets(
    store: Store, signed: Waiting, add_person: Callable[..., Person], tmp_path: Path
) -> None:
    head = directory.actor_of(add_person(store, "boss", Role.SITE_HEAD))
    with store.begin(head) as uow:
        booklet = uow.get(Booklet, signed.booklet_id)
        papers.make_pieces(uow, booklet, [Piece(Kind.STANDARD_SHEET, "form_1", size="A4")], "1")
        made = [
            packets.open_packet(uow, booklet.exam_id, purpose).id
            for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
        ]
        works.pack(uow, booklet.id, made[0], made[1], papers.expected(uow, booklet))
        packet, day = f"item:{made[0]}", str(uow.get(Exam, booklet.exam_id).date)
    work = bundle.export(store, HEAD, "2990000000019", tmp_path / "work.zip")
    assert check(work.path, "--code", work.code)[0] == 0
    whole = bundle.export(store, HEAD, day, tmp_path / "day.zip")
    assert check(whole.path, "--code", whole.code)[0] == 0
    short = foreign(without(members(whole.path), packet.__eq__))
    rc, said = check(repack(whole.path, short), "--code", whole.code)
    assert rc == 1 and packet in said
