"""The bundle of a case about a work that came by stick proves itself by the ledgers of both ends, and
names what was changed, exchanged or left out of either."""

import base64
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.ledger import canonical
from examday.domain.people.roles import Actor
from examday.domain.travel.spoken import fingerprint
from examday.services.appeals import closing
from examday.services.appeals.decision import findings
from examday.services.appeals.order import orders
from examday.services.ledger import audit, bundle, checkpoints
from examday.services.travel import enrolment, renewal
from examday.services.travel.outgoing import giving, sending
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals
from examday.storage.tables import Page, ScanFile
from tests import people_at_once
from tests.appeals import world
from tests.appeals.test_appeal_services import heard, signed
from tests.conftest import Clock
from tests.ledger.test_export import check_here as check
from tests.ledger.test_export import members, verifier
from tests.travel import two_ends
from tests.travel.two_ends import POINT, enrolled, sent, taken

TEST = Actor.system("test")
STAFF = ("chair", "member", "member2", "secretary", "operator")
FOREIGN = Ed25519PrivateKey.from_private_bytes(b"thief" * 6 + b"!!")
Files = dict[str, bytes]


@dataclass
class Region:
    """A station whose work was appealed at the centre, and the bundle of the case."""

    station: Store
    centre: Store
    name: str
    case: world.Commission
    path: Path
    code: str = ""
    paper: list[str] = field(default_factory=list)
    """Codes on paper, of the point and of the commission: by them a bundle is checked from
    outside."""

    @property
    def of_station(self) -> str:
        """Folder of the station's part."""
        return f"stations/{self.name}/"


def with_scan(station: Store, work: str) -> None:
    stored = originals(station.settings).put(io.BytesIO(b"the original of the work" * 99))
    with station.begin(TEST) as uow:
        file = uow.add(
            ScanFile(
                name="a.jpg",
                source="upload",
                sha256=stored.sha256,
                size=stored.size,
                state="done",
                received_at=uow.now(),
            )
        )
        uow.session.flush()
        page = Page(
            scan_file_id=file.id,
            number=1,
            state="attached",
            at=uow.now(),
            booklet_id=work,
            version=1,
        )
        uow.add(page)
        uow.record("scans:attach", f"booklet:{work}")


def noted(store: Store, subject: str) -> str:
    """A print-out of the work or case: its code on paper."""
    with store.begin(TEST) as uow:
        code = checkpoints.checkpoint(uow, "print:act").code
        uow.record("print:act", subject, code=code, sha256="0" * 64)
    return code


def came(folder: Path, migrated: Path) -> Region:
    """A work of the point at the centre, and a commission there."""
    station = two_ends.station_in(folder / "one", migrated)
    centre = two_ends.centre_with(folder / "centre", migrated, POINT, "770413")
    station.clock = centre.clock = Clock(dt.datetime(2026, 6, 22, 7, tzinfo=dt.UTC))
    name = enrolled(centre, station, POINT)
    there = world.make(station, people_at_once.add_one)
    with_scan(station, there.booklet)
    paper = [noted(station, f"booklet:{there.booklet}")]
    taken(centre, sent(station, folder / "1.zip"))
    people = people_at_once.add_all(centre, {n: world.PEOPLE[n] for n in STAFF})
    case = world.Commission(centre.at(POINT), people, there.booklet)
    return Region(station, centre, name, case, folder / "case.zip", paper=paper)


def played(region: Region) -> None:
    """The case is heard, decided, carried out and closed at the centre."""
    c = region.case
    number = world.file_appeal(c)
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    for task in world.PLANTED:
        c.do("member", findings.find, number, task, Diagnosis.RECOGNITION_ERROR, reason="снимок")
    signed(c, number)
    region.paper.append(noted(c.store, f"appeal:{number}"))
    c.do("secretary", orders.order_reprocessing, number)
    c.do("operator", orders.record_results, number, 61, 68)
    c.do("chair", orders.approve, number)
    c.do("secretary", orders.record_notice, number, "лично")
    c.do("secretary", closing.close, number)


def exported(region: Region, names: bool = True) -> bundle.Made:
    c = region.case
    made = bundle.export(c.store, c.actor("secretary"), c.booklet, region.path, names=names)
    region.code = made.code
    return made


@pytest.fixture(scope="session")
def closed(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    region = came(tmp_path_factory.mktemp("both"), migrated)
    played(region)
    exported(region)
    yield region
    region.station.close()
    region.centre.close()


@pytest.fixture
def files(closed: Region) -> Files:
    return members(closed.path)


def keys(region: Region) -> tuple[str, ...]:
    told = (("--key", region.centre), ("--station-key", region.station))
    return tuple(
        word for name, end in told for word in (name, checkpoints.public_key(end.settings.keys))
    )


def packed(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def by_a_thief(files: Files) -> Files:
    """Packed and signed anew, the centre's own checkpoints too, by whoever has another key."""

    def sign(content: bytes) -> str:
        return base64.b64encode(FOREIGN.sign(content)).decode()

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


def verdict(tmp_path: Path, files: Files) -> str:
    """What the verifier says of a bundle that a thief has signed anew; it must find something."""
    rc, said = check(packed(tmp_path / "changed.zip", by_a_thief(files)))
    assert rc == 1, said
    return said


def entries(files: Files, folder: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[f"{folder}ledger.jsonl"].splitlines()]


def with_entries(files: Files, folder: str, told: list[dict[str, Any]]) -> Files:
    lines = "".join(canonical(entry) + "\n" for entry in told)
    return {**files, f"{folder}ledger.jsonl": lines.encode()}


def without_entry(files: Files, folder: str, seq: int) -> Files:
    proof = json.loads(files[f"{folder}proof.json"])
    proof["paths"].pop(str(seq), None)
    proof["trees"].pop(str(seq), None)
    kept = [entry for entry in entries(files, folder) if entry["seq"] != seq]
    return with_entries({**files, f"{folder}proof.json": canonical(proof).encode()}, folder, kept)


def sealed(entry: dict[str, Any]) -> dict[str, Any]:
    tool = verifier()
    return {**entry, "hash": tool.digest({k: entry[k] for k in tool.FIELDS if k != "hash"})}


@pytest.mark.release
def test_a_closed_case_proves_itself_and_says_who_vouches_for_what(closed: Region) -> None:
    rc, said = check(closed.path, *keys(closed), "--code", closed.code)
    assert rc == 0, said
    assert "All that was checked is true" in said
    assert "NOT CHECKED" not in said
    assert "NOT SIGNED" not in said
    assert f"The station {closed.name} signed its ledger" in said
    assert f"The centre vouches for the ledger of the station {closed.name}" in said
    assert checkpoints.public_key(closed.station.settings.keys) in said
    assert "The work was given to the centre" in said
    assert not audit.verify(closed.centre).faults


def test_the_original_the_readings_and_the_case_are_in_it(closed: Region, files: Files) -> None:
    tables = {key.partition(":")[0] for key in json.loads(files["data.json"])["rows"]}
    wanted = {
        "booklet",
        "reading",
        "page",
        "scan_file",
        "appeal",
        "hearing",
        "protocol",
        "work_keeper",
    }
    assert wanted <= tables
    assert any(name.startswith("scans/") for name in files)
    kinds = {entry["kind"] for entry in entries(files, closed.of_station)}
    assert {"centre:join", "appeal:old-work", "scans:attach", "travel:send"} <= kinds


def test_a_code_from_the_paper_of_either_end_is_known(closed: Region) -> None:
    point, commission = closed.paper
    rc, said = check(closed.path, "--code", point)
    assert (rc, f"The ledger of the station {closed.name}: The code {point} proves" in said) == (
        0,
        True,
    )
    rc, said = check(closed.path, "--code", commission)
    assert (rc, f"The code {commission} proves" in said) == (0, True), said
    wrong = point[:-1] + str((int(point[-1]) + 1) % 10)
    assert check(closed.path, "--code", wrong)[0] in (1, 2)
    assert check(closed.path, "--code", "99999-0000-0000-0000")[0] == 2


def test_another_key_than_that_on_paper_is_told(closed: Region) -> None:
    other = FOREIGN.public_key().public_bytes_raw().hex()
    rc, said = check(closed.path, "--station-key", other)
    assert (rc, f"The station {closed.name} has another key" in said) == (1, True)
    rc, said = check(closed.path, "--key", other)
    assert (rc, "signed with another key" in said) == (1, True)
    rc, said = check(closed.path)
    assert rc == 0
    assert "NOT CHECKED: whose key that of the station" in said


@pytest.mark.release
def test_no_byte_of_any_part_can_be_changed(closed: Region, files: Files, tmp_path: Path) -> None:
    for name, content in files.items():
        whole = content.rstrip()
        for at in (0, len(whole) // 2, len(whole) - 1):
            changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            rc, said = check(packed(tmp_path / "changed.zip", {**files, name: changed}))
            assert rc == (2 if name == "manifest.json" and rc == 2 else 1), (name, at, said)


def test_no_part_can_be_left_out_or_put_in(closed: Region, files: Files, tmp_path: Path) -> None:
    for name in set(files) - {"manifest.json", "signature.txt", "checkpoints.json"}:
        kept = {n: content for n, content in files.items() if n != name}
        verdict(tmp_path, kept)
    strange = {f"stations/{'0' * 12}/ledger.jsonl": files[f"{closed.of_station}ledger.jsonl"]}
    assert "is not of this bundle" in verdict(tmp_path, {**files, **strange})


@pytest.mark.release
def test_no_row_can_be_left_out_by_whoever_signs_anew(files: Files, tmp_path: Path) -> None:
    data = json.loads(files["data.json"])
    for key in sorted(data["rows"]):
        rows = {k: row for k, row in data["rows"].items() if k != key}
        short = canonical({**data, "rows": rows}).encode()
        assert key in verdict(tmp_path, {**files, "data.json": short}), key


@pytest.mark.parametrize(
    "folder", [pytest.param("", marks=pytest.mark.release), "enrolment/", "station"]
)
def test_an_entry_cannot_be_changed_nor_written_anew(
    closed: Region, files: Files, tmp_path: Path, folder: str
) -> None:
    folder = closed.of_station if folder == "station" else folder
    told = entries(files, folder)
    for number, entry in enumerate(told):
        forged = {**entry, "actor": "nobody"}
        for changed, name in ((forged, "was changed"), (sealed(forged), str(entry["seq"]))):
            told_anew = [*told[:number], changed, *told[number + 1 :]]
            assert name in verdict(tmp_path, with_entries(files, folder, told_anew))


def test_what_the_station_wrote_about_the_work_cannot_be_left_out(
    closed: Region, files: Files, tmp_path: Path
) -> None:
    folder = closed.of_station
    passed = []
    for entry in entries(files, folder):
        changed = by_a_thief(without_entry(files, folder, entry["seq"]))
        rc, said = check(packed(tmp_path / "changed.zip", changed))
        if rc == 0 and "NOT SIGNED BY THE STATION" not in said:
            passed.append(entry["kind"])
    # What no row and no root rests on; that none such is missing says the centre's signature alone.
    assert set(passed) <= {"print:act"}, passed


def cut(folder: str, files: Files) -> Files:
    """Without the last entry of a chain."""
    return without_entry(files, folder, entries(files, folder)[-1]["seq"])


def test_a_chain_that_is_cut_is_told(closed: Region, files: Files, tmp_path: Path) -> None:
    assert "The ledger of the station" in verdict(tmp_path, cut(closed.of_station, files))
    assert "the centre has confirmed no key of it" in verdict(tmp_path, cut("enrolment/", files))
    verdict(tmp_path, cut("", files))


def other_work(closed: Region, folder: Path, migrated: Path) -> Region:
    """Another region: nothing in it is of the first."""
    region = came(folder, migrated)
    exported(region)
    return region


@pytest.fixture(scope="module")
def other(
    closed: Region, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Region]:
    region = other_work(closed, tmp_path_factory.mktemp("other"), migrated)
    yield region
    region.station.close()
    region.centre.close()


def in_place(files: Files, folder: str, theirs: Files, of: str, *names: str) -> Files:
    """Members of one part taken from another bundle."""
    wanted = names or ("ledger.jsonl", "proof.json", "checkpoints.json")
    return {**files, **{folder + name: theirs[of + name] for name in wanted}}


@pytest.mark.release
def test_the_proofs_of_another_work_and_another_key_prove_nothing(
    closed: Region, other: Region, files: Files, tmp_path: Path
) -> None:
    theirs, mine = members(other.path), closed.of_station
    assert check(other.path)[0] == 0
    said = verdict(tmp_path, in_place(files, mine, theirs, other.of_station))
    assert (
        f"The ledger of the station {closed.name}: no entry says that this station joined" in said
    )
    assert "does not name the root" in said
    said = verdict(tmp_path, in_place(files, "enrolment/", theirs, "enrolment/"))
    assert "the centre has confirmed no key of it" in said
    said = verdict(tmp_path, in_place(files, mine, theirs, other.of_station, "checkpoints.json"))
    assert "The signature of checkpoint" in said
    for name in ("ledger.jsonl", "proof.json"):
        verdict(tmp_path, in_place(files, mine, theirs, other.of_station, name))
        verdict(tmp_path, in_place(files, "", theirs, "", name))


def forged_arrival(files: Files, **changed: Any) -> Files:
    told = entries(files)
    return with_entries(
        files,
        "",
        [
            sealed({**e, "data": {**e["data"], **changed}}) if e["kind"] == "travel:receive" else e
            for e in told
        ],
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"root": "0" * 64}, "is not the one that the centre took in"),
        ({"first": 10**6}, "the centre has not taken in entry"),
        ({"last": 10**6}, "the centre has not taken in entry"),
    ],
)
def test_an_arrival_with_another_root_or_range_is_told(
    files: Files, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    assert said in verdict(tmp_path, forged_arrival(files, **changed))


@pytest.mark.parametrize("part", ["size", "tree", "paths", "trees"])
@pytest.mark.parametrize("harm", [None, [], "x", -1, {"x": 1}, {"1": ["zz"]}, 10**30])
def test_a_harmful_proof_of_another_chain_is_a_finding(
    closed: Region, files: Files, tmp_path: Path, part: str, harm: Any
) -> None:
    for folder in (closed.of_station, "enrolment/"):
        proof = {**json.loads(files[f"{folder}proof.json"]), part: harm}
        verdict(tmp_path, {**files, f"{folder}proof.json": canonical(proof).encode()})


@pytest.mark.parametrize("harm", [b"", b"\xff", b"[1, 2]", b"[" * 100_000, b'{"x": NaN}\n', b"7\n"])
def test_a_harmful_part_is_a_finding_and_never_a_traceback(
    closed: Region, files: Files, tmp_path: Path, harm: bytes
) -> None:
    for folder in (closed.of_station, "enrolment/"):
        for name in ("ledger.jsonl", "proof.json"):
            verdict(tmp_path, {**files, folder + name: harm})


def test_a_bundle_without_names_is_true_too(closed: Region, tmp_path: Path) -> None:
    c = closed.case
    made = bundle.export(c.store, c.actor("secretary"), c.booklet, tmp_path / "bare.zip")
    rc, said = check(made.path, *keys(closed))
    assert rc == 0, said
    assert "this bundle is without names" in said


def test_a_key_that_the_centre_alone_names_does_not_speak_for_the_station(
    tmp_path: Path, migrated: Path
) -> None:
    region = came(tmp_path, migrated)
    foreign = FOREIGN.public_key().public_bytes_raw().hex()
    with region.centre.begin(TEST) as uow:
        uow.record("station:confirm", f"station:{region.name}", key=foreign, number=2)
    exported(region)
    there = members(region.path)
    name = region.of_station + "checkpoints.json"
    marks = by_a_thief({**there, "checkpoints.json": there[name]})["checkpoints.json"]
    changed = packed(tmp_path / "changed.zip", by_a_thief({**there, name: marks}))
    paper = checkpoints.public_key(region.station.settings.keys)
    rc, said = check(changed, "--station-key", paper)
    assert rc == 0, said
    assert "signed its ledger" not in said
    assert f"NOT SIGNED BY THE STATION {region.name}" in said
    assert "NOT CHECKED: whose key that of the station" in said
    region.station.close()
    region.centre.close()


@pytest.mark.release
def test_a_new_key_speaks_for_the_station_by_the_word_of_the_one_before(
    tmp_path: Path, migrated: Path
) -> None:
    region = came(tmp_path, migrated)
    before = checkpoints.public_key(region.station.settings.keys)
    letter = renewal.renew(region.station, TEST)
    words = " ".join(fingerprint(str(letter["public_key"])))
    with region.centre.begin(TEST) as uow:
        enrolment.confirm(uow, letter, words)
    noted(region.station, f"booklet:{region.case.booklet}")
    taken(region.centre, sent(region.station, tmp_path / "2.zip"))
    exported(region)
    for key in (before, str(letter["public_key"])):
        rc, said = check(region.path, "--station-key", key)
        assert (rc, f"The station {region.name} signed its ledger" in said) == (0, True), said
        assert "NOT CHECKED: whose key that of the station" not in said
    region.station.close()
    region.centre.close()


def test_a_station_of_an_earlier_program_signed_less_and_that_is_said(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bundle named no root and carried no signature of its own over what it sent."""
    monkeypatch.setattr(giving, "_name_the_tree", lambda _uow: None)
    monkeypatch.setattr(sending.checkpoints, "sign_what_goes", lambda _uow: None)
    region = came(tmp_path, migrated)
    exported(region)
    rc, said = check(region.path, *keys(region))
    assert rc == 0, said
    assert f"NOT SIGNED BY THE STATION {region.name}" in said
    assert "signed its ledger" not in said
    region.station.close()
    region.centre.close()


def many(store: Store, count: int) -> None:
    with store.begin(TEST) as uow:
        for number in range(count):
            uow.record("test:entry", f"test:{number}")


@pytest.mark.release
def test_the_bundle_is_as_short_whatever_both_ledgers_hold(tmp_path: Path, migrated: Path) -> None:
    """Later bundles of the station, and a long history of both ends, are not in it."""
    region = came(tmp_path, migrated)
    exported(region)
    before = region.path.stat().st_size
    for number in range(3):
        many(region.station, 300)
        taken(region.centre, sent(region.station, tmp_path / f"{number}-later.zip"))
        many(region.case.store, 300)
        many(region.centre, 300)
    made = exported(region)
    assert check(made.path, *keys(region), "--code", made.code)[0] == 0
    assert made.path.stat().st_size < 1.35 * before
    with region.centre.begin(TEST) as uow:
        enrolment.revoke(uow, region.name)
    exported(region)
    rc, said = check(region.path, *keys(region))
    assert (rc, f"The centre revoked the station {region.name}" in said) == (0, True)
    region.station.close()
    region.centre.close()


def test_of_a_work_that_its_point_keeps_it_is_said_that_more_may_have_happened_there(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "_give", lambda _uow: 0)
    region = came(tmp_path, migrated)
    exported(region)
    rc, said = check(region.path, *keys(region))
    assert (rc, "The work stayed with the point" in said) == (0, True), said
    region.station.close()
    region.centre.close()
