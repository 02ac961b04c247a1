"""The bundle of one work carries its entries and a proof instead of the whole ledger; nothing in it can
be changed, and little left out, that the verifier does not name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.hash_tree import BLOCK
from examday.domain.ledger import canonical
from examday.domain.people.roles import Actor, Role
from examday.services.custody import booklets
from examday.services.ledger import bundle, checkpoints, tree
from examday.services.ledger.writing import of_chain
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Person
from tests import day
from tests.ledger.test_bundles_left_short import foreign
from tests.ledger.test_export import CODE, HEAD, made_once, members, repack, signed, verifier
from tests.ledger.test_export import check_here as check
from tests.ledger.test_export import kept as made
from tests.ledger.test_export import made as made_here
from tests.signed import Waiting

__all__ = ["made", "made_here", "made_once", "signed"]  # fixtures, used by their names alone
TEST = Actor.system("test")
Files = dict[str, bytes]


def entries(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["ledger.jsonl"].splitlines()]


def with_entries(files: Files, kept: list[dict[str, Any]]) -> Files:
    return {**files, "ledger.jsonl": "".join(canonical(e) + "\n" for e in kept).encode()}


def with_proof(files: Files, **changed: Any) -> Files:
    proof = {**json.loads(files["proof.json"]), **changed}
    return {**files, "proof.json": canonical(proof).encode()}


def without_entry(files: Files, seq: int) -> Files:
    paths = json.loads(files["proof.json"])["paths"]
    paths.pop(str(seq), None)
    kept = [entry for entry in entries(files) if entry["seq"] != seq]
    return with_proof(with_entries(files, kept), paths=paths)


def found(path: Path, files: Files, *options: str) -> str:
    """What the verifier says of a bundle that was signed anew with another key."""
    rc, said = check(repack(path, foreign(files)), *options)
    assert rc == 1, said
    return said


def others(store: Store, count: int) -> None:
    """What other people write meanwhile."""
    with store.begin(TEST) as uow:
        for number in range(count):
            uow.record("test:entry", f"test:{number}")


def test_a_bundle_of_a_work_is_the_same_size_whatever_the_ledger_holds(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    sizes = []
    for _ in range(2):
        done = bundle.export(store, HEAD, CODE, tmp_path / f"{len(sizes)}.zip")
        assert check(done.path, "--code", done.code)[0] == 0
        sizes.append((done.entries, done.path.stat().st_size))
        others(store, 6 * BLOCK)
    # The second holds the entry about the first, and the entry whose code that one names.
    assert sizes[1][0] == sizes[0][0] + 2
    assert sizes[1][1] < 1.35 * sizes[0][1]


def test_what_others_write_while_a_bundle_begins_does_not_break_it(
    store: Store, signed: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all = tree.keep_all

    def and_then_others_write(store: Store) -> None:
        keep_all(store)
        others(store, BLOCK)

    monkeypatch.setattr(tree, "keep_all", and_then_others_write)
    done = bundle.export(store, HEAD, CODE, tmp_path / "work.zip")
    assert check(done.path, "--code", done.code)[0] == 0


def test_each_entry_that_the_proof_shows_cannot_be_left_out(made: bundle.Made) -> None:
    files = members(made.path)
    assert len(entries(files)) > 5
    passed = [
        entry
        for entry in entries(files)
        if check(repack(made.path, foreign(without_entry(files, entry["seq"]))))[0] == 0
    ]
    # Whoever signs anew can leave out what no row of the work rests on (docs/ledger-format.md).
    assert {row for entry in passed for row in entry["rows"]} <= {
        row for entry in entries(files) for row in entry["rows"] if entry not in passed
    }
    assert made.entries - len(passed) >= 6


def test_a_path_a_root_and_the_order_cannot_be_changed(made: bundle.Made) -> None:
    files = members(made.path)
    told, proof = entries(files), json.loads(files["proof.json"])
    seq = str(told[3]["seq"])
    paths = {**proof["paths"], seq: proof["paths"][str(told[2]["seq"])]}
    assert f"Entry {seq} is not in the ledger" in found(made.path, with_proof(files, paths=paths))
    assert "does not name the root" in found(made.path, with_proof(files, tree="0" * 64))
    assert "does not name the root" in found(made.path, with_proof(files, size=proof["size"] - 1))
    swapped = [*told[:2], told[3], told[2], *told[4:]]
    assert "out of its place" in found(made.path, with_entries(files, swapped))
    forged = {**told[3], "actor": "nobody"}
    changed = [*told[:3], forged, *told[4:]]
    assert f"Entry {seq} was changed" in found(made.path, with_entries(files, changed))


def test_an_entry_written_anew_with_its_own_hash_is_in_no_tree(made: bundle.Made) -> None:
    tool, files = verifier(), members(made.path)
    told = entries(files)
    forged = {**told[3], "actor": "nobody"}
    forged["hash"] = tool.digest({k: forged[k] for k in tool.FIELDS if k != "hash"})
    said = found(made.path, with_entries(files, [*told[:3], forged, *told[4:]]))
    assert f"Entry {forged['seq']} is not in the ledger" in said


def test_the_last_entry_of_another_ledger_proves_nothing(
    store: Store, made_here: bundle.Made, tmp_path: Path
) -> None:
    made = made_here
    files = members(made.path)
    others(store, 20)
    later = members(bundle.export(store, HEAD, CODE, tmp_path / "later.zip").path)
    # The anchor and the proof of a later moment with the paths of now.
    mixed = with_entries(files, [*entries(files)[:-1], entries(later)[-1]])
    manifest = {**json.loads(files["manifest.json"]), "entries": entries(later)[-1]["seq"]}
    mixed["manifest.json"] = canonical(manifest).encode()
    mixed["checkpoints.json"] = later["checkpoints.json"]
    then = json.loads(later["proof.json"])
    said = found(made.path, with_proof(mixed, size=then["size"], tree=then["tree"]))
    assert "is not in the ledger whose root" in said


def test_an_entry_of_another_bundle_does_not_count_as_this_ones(
    store: Store, made_here: bundle.Made, tmp_path: Path
) -> None:
    """Of the same ledger: it is true, and explains no row of this work."""
    made = made_here
    files = members(made.path)
    other = day.booklet(store, "2990000000026")
    with store.begin(TEST) as uow:
        uow.record("test:other", f"booklet:{other}")
    foreign_entry = entries(members(bundle.export(store, HEAD, other, tmp_path / "o.zip").path))[-2]
    told = entries(files)
    said = found(made.path, with_entries(files, [*told[:-1], foreign_entry, told[-1]]))
    assert f"Entry {foreign_entry['seq']} is not in the ledger" in said


def test_two_points_cannot_be_exchanged(each_store: Store, tmp_path: Path) -> None:
    with each_store.begin(TEST) as uow:
        for key in ("7701", "7702"):
            sites.add_site(uow, key, "Школа", "Europe/Moscow")
    bundles = []
    for key in ("7701", "7702"):
        work = day.booklet(each_store.at(key), "2990000000019", State.REGISTERED)
        # From the installation, which sees all points: the chain is that of the work.
        done = bundle.export(each_store, HEAD, work, tmp_path / f"{key}.zip")
        assert check(done.path, "--code", done.code)[0] == 0
        bundles.append(members(done.path))
    first, second = bundles
    manifest = {**json.loads(first["manifest.json"]), "site": "7702"}
    said = found(tmp_path / "7701.zip", {**first, "manifest.json": canonical(manifest).encode()})
    assert "This is the ledger of another point: 7701" in said
    mixed = {**first, "ledger.jsonl": second["ledger.jsonl"]}
    assert "is not in the ledger" in found(tmp_path / "7701.zip", mixed)
    begun = without_entry(first, 1)
    assert "Entry 1 is missing" in found(tmp_path / "7701.zip", begun)


def moved(store: Store, add_person: Callable[..., Person]) -> str:
    """A work that took two steps by the table."""
    head = add_person(store, "boss", Role.SITE_HEAD)
    work = day.booklet(store, "2990000000033", State.REGISTERED)
    for action in ("issue", "enlarge", "collect"):
        with store.begin(Actor(head.id, frozenset(Role))) as uow:
            booklets.advance(uow, uow.hold(Booklet, work), action)
    return work


def test_a_step_of_the_work_cannot_be_left_out(
    store: Store, add_person: Callable[..., Person], tmp_path: Path
) -> None:
    done = bundle.export(store, HEAD, moved(store, add_person), tmp_path / "moved.zip")
    assert check(done.path)[0] == 0
    files = members(done.path)
    steps = [entry["seq"] for entry in entries(files) if "target" in entry["data"]]
    issued, enlarged, collected = steps
    said = found(done.path, without_entry(files, issued))
    assert f"an entry before or after {enlarged} is missing" in said
    said = found(done.path, without_entry(files, collected))
    assert "The work stands at the step «collected», by its entries at «enlarged»" in said


def test_a_code_of_paper_proves_what_came_before_it(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    """The ledger has named its root not long before the paper was printed."""
    others(store, 150)
    checkpoints.keep_checkpoints(store)
    others(store, 3)
    with store.begin(TEST) as uow:
        paper = checkpoints.checkpoint(uow, "print:act").code
        uow.record(
            Event.PRINT_TRANSFER_ACT, f"booklet:{signed.booklet_id}", code=paper, sha256="0" * 64
        )
    others(store, 2 * BLOCK)
    done = bundle.export(store, HEAD, CODE, tmp_path / "work.zip")
    rc, said = check(done.path, "--code", paper)
    assert rc == 0 and f"The code {paper} proves the entries of this bundle up to" in said, said
    files = members(done.path)
    [tree] = json.loads(files["proof.json"])["trees"]
    for wrong in ([], ["0" * 64], json.loads(files["proof.json"])["trees"][tree][1:]):
        said = found(done.path, with_proof(files, trees={tree: wrong}))
        assert f"The root that entry {tree} names is not of this ledger" in said
    number = int(paper.split("-")[0])
    said = found(done.path, without_entry(files, number))
    assert f"Entry {number} is not the one signed in checkpoint" in said
    last = paper[:-1] + str((int(paper[-1]) + 1) % 10)
    assert "is not of this ledger" in found(done.path, files, "--code", last)


def test_a_code_older_than_the_roots_proves_only_what_stands_beside_it(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    with store.begin(TEST) as uow:
        paper = checkpoints.checkpoint(uow, "print:act").code
        uow.record(
            Event.PRINT_TRANSFER_ACT, f"booklet:{signed.booklet_id}", code=paper, sha256="0" * 64
        )
    others(store, 10)
    with store.begin(TEST) as uow:
        other = checkpoints.checkpoint(uow, "by-hand").code
    done = bundle.export(store, HEAD, CODE, tmp_path / "work.zip")
    rc, said = check(done.path, "--code", paper)
    assert rc == 0 and f"The code {paper} proves only the entries" in said
    rc, said = check(done.path, "--code", other)
    assert rc == 2 and "NOT CHECKED: the code from paper" in said
    assert "All that was checked is true" not in said and "WRONG" not in said


def test_a_checkpoint_of_the_work_left_out_is_missed(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    first = bundle.export(store, HEAD, CODE, tmp_path / "first.zip")
    second = bundle.export(store, HEAD, CODE, tmp_path / "second.zip")
    files = members(second.path)
    marks = [mark for mark in json.loads(files["checkpoints.json"]) if mark["code"] != first.code]
    said = found(second.path, {**files, "checkpoints.json": canonical(marks).encode()})
    assert f"The checkpoint {first.code} is missing" in said


@pytest.mark.parametrize("part", ["size", "tree", "paths", "trees"])
@pytest.mark.parametrize("harm", [None, [], "x", -1, {"x": 1}, {"1": ["zz"]}, 10**30])
def test_a_harmful_proof_is_a_finding(made: bundle.Made, part: str, harm: Any) -> None:
    rc, said = check(repack(made.path, with_proof(members(made.path), **{part: harm})))
    assert rc == 1, said


def test_a_short_bundle_is_not_passed_off_as_a_whole_one(made: bundle.Made) -> None:
    files = members(made.path)
    for change in ({"format": "examday-bundle/1"}, {"kind": "day"}):
        manifest = {**json.loads(files["manifest.json"]), **change}
        found(made.path, {**files, "manifest.json": canonical(manifest).encode()})


@pytest.mark.parametrize(
    ("column", "index"),
    [(EventRow.subject, "ix_event_subject_seq"), (EventRow.kind, "ix_event_kind_seq")],
)
def test_entries_of_one_thing_or_kind_are_found_without_reading_the_chain(
    store: Store, column: Any, index: str
) -> None:
    wanted = select(EventRow).where(of_chain(EventRow, ""), column.in_(["a", "b"]))
    with store.read() as uow:
        connection = uow.session.connection()
        told = wanted.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}").all()
    assert any(index in str(step) for step in plan), plan
