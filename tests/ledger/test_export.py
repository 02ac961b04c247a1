"""A bundle proves itself without the program; whatever is changed in it is named by a verifier of
one file."""

import ast
import contextlib
import datetime as dt
import importlib.util
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from examday.domain.errors import Forbidden, NotFound
from examday.domain.ledger import canonical
from examday.domain.people.roles import Actor, Role
from examday.services.ledger import bundle, bundle_rows, bundle_zip, checkpoints, tree
from examday.services.people import directory
from examday.services.transfer import signing
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.objects.folder import Folder
from examday.storage.tables import Candidate, Page, Person, ScanFile
from tests import day, people_at_once
from tests.conftest import PIN, Clock
from tests.signed import Waiting, verified_work

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from bench_ledger import _lengthen
from page_costs import Meter

TOOL = Path(__file__).parents[2] / "tools" / "verify_export.py"
HEAD = Actor("head", frozenset({Role.SITE_HEAD}))
CODE = "2990000000019"


def certified(store: Store, add_person: Callable[..., Person]) -> Waiting:
    """A certified work whose two scans lie in the store."""
    work = verified_work(store, add_person, CODE)
    with store.begin(Actor.system("test")) as uow:
        for page in uow.session.query(Page):
            content = f"scan {page.role}".encode()
            file = uow.get(ScanFile, page.scan_file_id)
            file.sha256 = page.image_sha256 = (
                Folder(store.settings.objects).put(io.BytesIO(content)).sha256
            )
        uow.record("test:scans", "day:test")
    for slot, person in (
        ("transferrer", work.organiser),
        ("exam_board_member", work.member),
        ("observer", work.observer),
    ):
        with store.begin(directory.actor_of(person)) as uow:
            signing.sign(uow, work.booklet_id, slot, person.id, PIN, work.content(store))
    return work


@pytest.fixture
def signed(store: Store, add_person: Callable[..., Person]) -> Waiting:
    """A certified work at the station of the test."""
    return certified(store, add_person)


@pytest.fixture(scope="session")
def made_once(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> bundle.Made:
    """The bundle of a certified work of a station that is gone."""
    folder = tmp_path_factory.mktemp("bundle")
    settings = Settings.from_env({}, data=folder / "data", argon2_cost=1)
    settings.make_folders()
    shutil.copy(migrated, settings.var / "examday.sqlite")
    store = Store(settings, Clock(dt.datetime(2026, 6, 4, 11, 5, tzinfo=dt.UTC)))
    certified(store, people_at_once.add_one)
    made = bundle.export(store, HEAD, CODE, folder / "work.zip")
    store.close()
    return made


@pytest.fixture
def kept(made_once: bundle.Made, tmp_path: Path) -> bundle.Made:
    """A copy of that bundle, for tests that need nothing else of its station."""
    return replace(made_once, path=Path(shutil.copy(made_once.path, tmp_path / "work.zip")))


@pytest.fixture
def made(store: Store, signed: Waiting, tmp_path: Path) -> bundle.Made:
    return bundle.export(store, HEAD, CODE, tmp_path / "work.zip")


@pytest.fixture(params=[CODE, "2026-06-04"], ids=["work", "day"])
def either(
    store: Store, signed: Waiting, tmp_path: Path, request: pytest.FixtureRequest
) -> bundle.Made:
    """A bundle of each format."""
    return bundle.export(store, HEAD, request.param, tmp_path / "either.zip")


def check(path: Path, *options: str) -> tuple[int, str]:
    """The verifier as somebody outside runs it: another interpreter, no library of ours."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), str(path), "--lang", "en", *options],
        text=True,
        capture_output=True,
        timeout=60,
        cwd="/",
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@cache
def verifier() -> Any:
    """The verifier as a module of this process."""
    spec = importlib.util.spec_from_file_location("verify_export", TOOL)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def check_here(path: Path, *options: str) -> tuple[int, str]:
    """As `check`, without another interpreter: for hundreds of bundles."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = verifier().main([str(path), "--lang", "en", *options])
    return code, said.getvalue()


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(path: Path, files: dict[str, bytes]) -> Path:
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return changed


def resigned(store: Store, files: dict[str, bytes]) -> dict[str, bytes]:
    """The manifest made right again, as a thief with the station's key would."""
    import hashlib

    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "signature.txt")
    }
    text = canonical(manifest).encode()
    return {
        **files,
        "manifest.json": text,
        "signature.txt": checkpoints.sign_bytes(store.settings.keys, text).encode(),
    }


def test_a_bundle_is_true_and_carries_what_proves_it(made: bundle.Made, store: Store) -> None:
    rc, said = check(
        made.path, "--code", made.code, "--key", checkpoints.public_key(store.settings.keys)
    )
    assert (rc, made.booklets, made.scans) == (0, 1, 2), said
    assert made.code in said
    names = set(members(made.path))
    assert {
        "manifest.json",
        "signature.txt",
        "data.json",
        "ledger.jsonl",
        "checkpoints.json",
    } < names


@pytest.mark.release
def test_the_bundle_of_a_work_costs_the_same_however_long_the_ledger_is(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    counted = Meter(store)

    def steps(entries: int) -> int:
        _lengthen(store, entries)
        tree.keep_all(store)
        with counted.measure() as cost:
            bundle.export(store, Actor.system("test"), CODE, tmp_path / "work.zip")
        return cost.steps

    short = steps(1000)
    # Six times as long, and as far into a block of the tree: the kept blocks alone are more.
    assert steps(1000 + 20 * 256) < 2 * short


def test_a_whole_day_is_exported_too(store: Store, signed: Waiting, tmp_path: Path) -> None:
    with store.begin(Actor.system("test")) as uow:
        stray = Folder(store.settings.objects).put(io.BytesIO(b"a sheet of nobody")).sha256
        uow.add(
            ScanFile(
                name="stray.jpg",
                source="inbox",
                sha256=stray,
                size=17,
                state="done",
                received_at=uow.now(),
            )
        )
        uow.record("test:stray", "day:test")
    made = bundle.export(store, HEAD, "2026-06-04", tmp_path / "day.zip")
    assert check(made.path)[0] == 0
    assert (made.booklets, made.scans) == (1, 3)
    assert f"scans/{stray}" in members(made.path)


def test_a_day_is_the_day_of_the_point_and_not_of_greenwich(store: Store, tmp_path: Path) -> None:
    far = Store(replace(store.settings, zone="Asia/Vladivostok"), store.clock)
    day.booklet(far, "2990000000019")
    names = {"at two at night.jpg": (3, 16), "at two the night after.jpg": (4, 16)}
    with far.begin(Actor.system("test")) as uow:
        for name, (date, hour) in names.items():
            kept = Folder(far.settings.objects).put(io.BytesIO(name.encode()))
            uow.add(
                ScanFile(
                    name=name,
                    source="inbox",
                    sha256=kept.sha256,
                    size=kept.size,
                    state="done",
                    received_at=dt.datetime(2026, 6, date, hour, tzinfo=dt.UTC),
                )
            )
        uow.record("test:stray", "day:test")
    made = bundle.export(far, HEAD, "2026-06-04", tmp_path / "day.zip")
    assert made.scans == 1
    night = Folder(far.settings.objects).put(io.BytesIO(b"at two at night.jpg")).sha256
    assert f"scans/{night}" in members(made.path)
    far.close()


def test_the_same_state_gives_the_same_bytes(store: Store, signed: Waiting) -> None:
    at, day = store.clock(), "2026-06-04"
    made = []
    for _ in range(2):
        out = io.BytesIO()
        with bundle.snapshot(store) as connection, Session(connection) as session:
            contents = bundle_rows.gather(session, day, False, store.settings.time_zone)
            bundle_zip.write_whole(session, store, contents, at, out)
        made.append(out.getvalue())
    assert made[0] == made[1]


def test_no_name_of_a_candidate_and_no_secret_leaves_unasked(
    store: Store, made: bundle.Made, tmp_path: Path
) -> None:
    with store.read() as uow:
        surname = uow.session.query(Candidate).first().surname
    everything = b"".join(members(made.path).values()).decode("utf-8", "replace")
    assert surname not in everything and "argon2" not in everything
    with_names = bundle.export(store, HEAD, CODE, tmp_path / "names.zip", names=True)
    assert surname in members(with_names.path)["data.json"].decode()
    assert check(with_names.path)[0] == 0


def test_names_and_bundles_are_for_those_who_may_have_them(
    store: Store, signed: Waiting, tmp_path: Path
) -> None:
    with pytest.raises(Forbidden):
        bundle.export(store, Actor("a", frozenset({Role.ASSISTANT})), CODE, tmp_path / "x.zip")
    with pytest.raises(Forbidden):
        bundle.export(
            store,
            Actor("t", frozenset({Role.TECHNICAL_SPECIALIST})),
            CODE,
            tmp_path / "x.zip",
            names=True,
        )
    with pytest.raises(NotFound):
        bundle.export(store, HEAD, "0000000000000", tmp_path / "x.zip")
    assert not list(tmp_path.glob("x.zip*"))


def test_a_changed_answer_is_named(store: Store, either: bundle.Made) -> None:
    files = members(either.path)
    data = json.loads(files["data.json"])
    key = next(
        k
        for k, row in data["rows"].items()
        if k.startswith("reading:") and row["source"] == "settled"
    )
    data["rows"][key]["content"]["fields"]["1"]["text"] = "71"
    files["data.json"] = canonical(data).encode()
    assert check(repack(either.path, files))[0] == 1
    rc, said = check(repack(either.path, resigned(store, files)))
    assert rc == 1 and f"«{key}»" in said


def test_the_first_wrong_entry_of_the_ledger_is_named(store: Store, either: bundle.Made) -> None:
    files = members(either.path)
    lines = files["ledger.jsonl"].splitlines(keepends=True)
    entry = json.loads(lines[2])
    lines[2] = (canonical({**entry, "actor": "nobody"}) + "\n").encode()
    rc, said = check(
        repack(either.path, resigned(store, {**files, "ledger.jsonl": b"".join(lines)}))
    )
    assert rc == 1 and f"First finding: Entry {entry['seq']} was changed" in said
    rc, said = check(
        repack(
            either.path,
            resigned(
                store,
                {
                    **files,
                    "ledger.jsonl": b"".join(files["ledger.jsonl"].splitlines(keepends=True)[:-1]),
                },
            ),
        )
    )
    assert rc == 1 and "The ledger ends" in said


@pytest.mark.release
def test_any_single_flipped_byte_is_noticed(either: bundle.Made) -> None:
    files, chance = members(either.path), random.Random(4)
    for number in range(24):
        name = sorted(files)[number % len(files)]
        content = bytearray(files[name])
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        if bytes(content).strip() == files[name].strip():
            continue  # the line end after the signature says nothing
        rc, said = check(repack(either.path, {**files, name: bytes(content)}))
        assert rc in (1, 2), f"{name} {at}: {said}"
        assert rc == 1 or name == "manifest.json"


@pytest.mark.parametrize("what", ["scan", "extra", "missing"])
def test_scans_are_all_there_and_nothing_else(store: Store, made: bundle.Made, what: str) -> None:
    files = members(made.path)
    scan = next(name for name in files if name.startswith("scans/"))
    if what == "scan":
        files[scan] = b"another picture"
    elif what == "extra":
        files["scans/" + "0" * 64] = b"stowaway"
    else:
        del files[scan]
    for changed in (files, resigned(store, files)):
        rc, said = check(repack(made.path, changed))
        assert rc == 1 and "scans/" in said or "scan" in said


def test_a_bundle_of_another_station_and_a_wrong_code_are_noticed(either: bundle.Made) -> None:
    assert check(either.path, "--key", "00" * 32)[0] == 1
    first = json.loads(members(either.path)["ledger.jsonl"].splitlines()[0])
    assert check(either.path, "--code", f"{first['seq']:04d}-0000-0000-0000")[0] == 1


def test_what_is_not_a_bundle_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Здравствуйте")
    assert check(tmp_path / "letter.txt")[0] == 2
    assert check(tmp_path / "nothing.zip")[0] == 2


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(TOOL.read_text(encoding="utf-8"))
    used = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    used |= {
        node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert used <= set(sys.stdlib_module_names)


def test_the_small_ed25519_agrees_with_the_library() -> None:
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    tool = verifier()

    chance = random.Random(8032)
    for number in range(12):
        key, message = (
            Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)),
            chance.randbytes(number * 7),
        )
        public, signature = key.public_key().public_bytes_raw().hex(), key.sign(message)
        assert tool.signed(public, message, base64.b64encode(signature))
        broken = bytearray(signature)
        broken[chance.randrange(64)] ^= 4
        assert not tool.signed(public, message, base64.b64encode(bytes(broken)))
        assert not tool.signed(public, message + b"!", base64.b64encode(signature))
