"""A half-done day, its bundles and its backup, left by an earlier program: today's opens, proves
and goes on with them.

What they are and how they were made stands in tests/fixtures/midday/README.md.
"""

import datetime as dt
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from examday.cli import main
from examday.domain.appeals.case import CaseState
from examday.domain.custody.kit import ThingState
from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.scans.pages import PageState, ScanState
from examday.domain.transfer.readings import Source
from examday.services.transfer.desks import signing as signing_desk
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.web.app import create_app
from tests.conftest import Browser, Clock

KEPT = Path(__file__).parents[1] / "fixtures" / "midday"
TOOL = Path(__file__).parents[2] / "tools" / "verify_export.py"
COMING_AND_GOING = {"alembic_version", "web_session", "login_attempt"}
PEOPLE = (
    "head",
    "organiser",
    "gek",
    "observer",
    "assistant",
    "reader",
    "arbiter",
    "translator",
    "chair",
    "technician",
    "secretary",
    "appealchair",
    "member",
    "operator",
)
SIGNED = (State.VERIFIED, State.CERTIFIED, State.PACKED, State.HANDED_OVER)


@cache
def recorded() -> dict[str, Any]:
    """What the program of that day said."""
    said: dict[str, Any] = json.loads((KEPT / "recorded.json").read_text(encoding="utf-8"))
    return said


def unpack(target: Path, part: str) -> Path:
    """`data`, `bundles` or `backup` of the archive, in a folder of its own."""
    safe: dict[str, Any] = (
        {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    )  # only there: Python 3.11.4 and newer
    with tarfile.open(KEPT / "midday.tar.xz") as archive:
        archive.extractall(
            target, [one for one in archive if one.name.split("/")[0] == part], **safe
        )
    return target / part


def examday(*words: str) -> Result:
    """A command of today's program."""
    return CliRunner().invoke(main, list(words), env={"EXAMDAY_LANGUAGE": "en"})


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder, brought to today's form; for tests that only look."""
    folder = unpack(tmp_path_factory.mktemp("midday"), "data")
    done = examday("migrate", "--data", str(folder))
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def data(opened: Path, tmp_path: Path) -> Path:
    """A copy of that folder to go on with."""
    return shutil.copytree(opened, tmp_path / "data")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundles of that day."""
    return unpack(tmp_path_factory.mktemp("midday"), "bundles")


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    """The station on that folder, some minutes after its last entry."""
    clock = Clock(dt.datetime(2026, 11, 27, 11, 5, tzinfo=dt.UTC))
    made = Store(Settings.from_env({}, data=data, argon2_cost=1, reserve_mb=20), clock)
    yield made
    made.close()


@pytest.fixture
def people(store: Store) -> Iterator[Any]:
    """`people(login)`: somebody of that day, logged in with the password of that day."""
    app = create_app(store.settings, store)

    def come(login: str) -> Browser:
        browser = Browser(app)
        browser.enter(login, recorded()["password"])
        return browser

    yield come


def table(data: Path, query: str) -> list[Any]:
    """Rows as they lie in the file."""
    with closing(sqlite3.connect(data / "var" / "examday.sqlite")) as db:
        return db.execute(query).fetchall()


def test_the_ledger_of_an_earlier_program_verifies_with_every_code_on_paper(data: Path) -> None:
    then = recorded()
    report = examday("ledger", "verify", "--data", str(data), "--scans", "--json")
    now = json.loads(report.output)
    assert (report.exit_code, now["ok"], now["faults"]) == (0, True, []), report.output
    for what in ("entries", "rows", "checkpoints", "scans"):
        assert now[what] >= then["verify"][what], what
    if now["entries"] == then["verify"]["entries"]:
        assert now["code"] == then["verify"]["code"]
    codes = {then["verify"]["code"], *then["codes"]}
    assert len(codes) >= 25
    for code in sorted(codes):
        proven = examday("ledger", "verify", "--data", str(data), "--code", code)
        assert proven.exit_code == 0, (code, proven.output)
    wrong = then["codes"][0][:-1] + str((int(then["codes"][0][-1]) + 1) % 10)
    assert examday("ledger", "verify", "--data", str(data), "--code", wrong).exit_code == 1


def test_each_stored_kind_of_entry_is_one_of_the_list(opened: Path) -> None:
    kinds = {kind for (kind,) in table(opened, "SELECT DISTINCT kind FROM event")}
    assert len(kinds) > 40
    assert kinds <= set(Event)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("booklet", State),
        ("item", ThingState),
        ("scan_file", ScanState),
        ("page", PageState),
        ("appeal", CaseState),
    ],
)
def test_each_stored_state_is_one_of_its_list(
    opened: Path, name: str, states: type[StrEnum]
) -> None:
    found = {state for (state,) in table(opened, f"SELECT DISTINCT state FROM {name}")}
    assert found
    assert found <= set(states)


def test_each_stored_reading_comes_from_one_of_the_sources(opened: Path) -> None:
    found = {source for (source,) in table(opened, "SELECT DISTINCT source FROM reading")}
    assert len(found) > 7
    assert found <= set(Source)


def test_every_work_reading_signature_scan_and_checkpoint_is_where_it_was(opened: Path) -> None:
    then = recorded()["station"]
    works = {
        key: tuple(told)
        for key, *told in table(opened, "SELECT id, state, version, medium, code FROM booklet")
    }
    for key, work in then["works"].items():
        assert works[key] == (work["state"], work["version"], work["medium"], work["code"]), work
    assert {state for state, *_ in works.values()} >= {
        "issued",
        "collected",
        "scanned",
        "keyed",
        "settled",
        "copied",
        "verified",
        "certified",
        "packed",
        "handed_over",
    }
    assert {medium for _state, _version, medium, _code in works.values()} == {
        "enlarged",
        "braille",
        "typed",
    }
    for name, query in {
        "appeals": "SELECT number, state FROM appeal",
        "signoffs": "SELECT id, content_sha256 FROM signoff",
        "readings": "SELECT id, sha256 FROM reading",
    }.items():
        assert then[name].items() <= dict(table(opened, query)).items(), name
    files = {
        key: [state, sha]
        for key, state, sha in table(opened, "SELECT id, state, sha256 FROM scan_file")
    }
    assert {key: files.get(key) for key in then["scan_files"]} == then["scan_files"]
    marks = {tuple(row) for row in table(opened, "SELECT seq, code, root, purpose FROM checkpoint")}
    assert {tuple(mark) for mark in then["checkpoints"]} <= marks
    seq, digest = then["last_entry"]
    assert table(opened, f"SELECT hash FROM event WHERE seq = {int(seq)}") == [(digest,)]
    for name, count in then["rows"].items():
        if name not in COMING_AND_GOING:
            assert table(opened, f'SELECT count(*) FROM "{name}"')[0][0] >= count, name


def test_what_was_signed_is_still_what_would_be_signed(store: Store, data: Path) -> None:
    given: dict[str, set[str]] = {}
    for booklet, content in table(
        data,
        "SELECT s.booklet_id, s.content_sha256 FROM signoff s JOIN booklet b "
        "ON b.id = s.booklet_id AND b.version = s.version",
    ):
        given.setdefault(booklet, set()).add(content)
    works = [
        key
        for key, work in recorded()["station"]["works"].items()
        if work["state"] in SIGNED and key in given
    ]
    assert len(works) >= 5
    with store.read() as uow:
        for key in works:
            assert given[key] == {signing_desk.sheet(uow, key).content.sha256}


@pytest.mark.parametrize("name", sorted(recorded()["bundles"]))
def test_a_bundle_of_an_earlier_program_verifies_offline(bundles: Path, name: str) -> None:
    then = recorded()["bundles"][name]
    path = bundles / f"{name}.zip"

    def check(code: str) -> subprocess.CompletedProcess[str]:
        given = [str(path), "--lang", "en", "--code", code, "--key", recorded()["public_key"]]
        return subprocess.run(
            [sys.executable, "-I", "-S", str(TOOL), *given],
            capture_output=True,
            text=True,
            timeout=60,
        )

    done = check(then["code"])
    assert (done.returncode, done.stderr) == (then["verifier"]["exit"], ""), done.stdout
    assert then["code"] in done.stdout
    last = then["code"][:-1] + str((int(then["code"][-1]) + 1) % 10)
    assert check(last).returncode == 1


def test_the_same_day_exported_today_holds_every_row_it_held_then(
    data: Path, bundles: Path, tmp_path: Path
) -> None:
    target = tmp_path / "today.zip"
    assert examday("export", "2026-11-27", "--data", str(data), "--to", str(target)).exit_code == 0
    earlier = bundles / "day.zip"
    rows, scans = [], []
    for path in (earlier, target):
        with zipfile.ZipFile(path) as held:
            rows.append(json.loads(held.read("data.json"))["rows"])
            scans.append({name for name in held.namelist() if name.startswith("scans/")})
    assert len(rows[0]) == recorded()["bundles"]["day"]["rows"]
    assert not [key for key, row in rows[0].items() if rows[1].get(key) != row]
    assert scans[0] <= scans[1]
    done = subprocess.run(
        [sys.executable, str(TOOL), str(target), "--lang", "en"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.release
def test_a_backup_of_an_earlier_program_is_restored(tmp_path: Path) -> None:
    then = recorded()["backup"]
    target = tmp_path / "restored"
    done = examday("restore", str(unpack(tmp_path, "backup")), "--data", str(target))
    assert done.exit_code == 0, done.output
    proven = examday("ledger", "verify", "--data", str(target), "--scans", "--code", then["code"])
    assert proven.exit_code == 0, proven.output


@pytest.mark.release
def test_people_of_that_day_log_in_and_every_part_they_are_shown_opens(people: Any) -> None:
    for login in PEOPLE:
        someone = people(login)
        home = someone.get("/", follow_redirects=True)
        assert home.status_code == 200, login
        [menu] = re.findall(r'<ul class="nav">(.*?)</ul>', home.get_data(as_text=True), re.DOTALL)
        links = re.findall(r'href="([^"]+)"', menu)
        assert links, login
        for link in links:
            assert someone.get(link, follow_redirects=True).status_code == 200, (login, link)


@pytest.mark.release
def test_works_cases_and_print_outs_of_that_day_open(people: Any, data: Path) -> None:
    then = recorded()["station"]
    head, secretary = people("head"), people("secretary")
    for key, work in then["works"].items():
        assert head.get(f"/custody/work/{key}").status_code == 200, work
    for key, number in table(data, "SELECT id, number FROM appeal"):
        assert secretary.get(f"/appeals/{key}").status_code == 200, number
    kept = [sha for _kind, _code, sha in then["prints"] if sha]
    assert len(kept) >= 12
    for sha in kept:
        assert head.get(f"/print/made/{sha}").status_code == 200
        assert head.get(f"/print/file/{sha}.pdf").get_data().startswith(b"%PDF")


def test_a_pin_of_that_day_still_signs_the_work_that_waits(people: Any, data: Path) -> None:
    [(work,)] = table(
        data,
        "SELECT b.id FROM booklet b JOIN seat s ON s.id = b.seat_id JOIN candidate c "
        "ON c.id = s.candidate_id WHERE c.code = 'У-02'",
    )
    [(member,)] = table(data, "SELECT id FROM person WHERE login = 'gek'")
    someone = people("gek")
    page = someone.get(f"/sign/{work}").get_data(as_text=True)
    [content] = set(re.findall(r'name="content" value="([0-9a-f]{64})"', page))
    given = {"person-exam_board_member": member, "content": content}
    someone.post(f"/sign/{work}", {**given, "pin-exam_board_member": "0000"})
    refused = someone.get(f"/sign/{work}").get_data(as_text=True)
    someone.post(f"/sign/{work}", {**given, "pin-exam_board_member": recorded()["pin"]})
    signed = someone.get("/sign").get_data(as_text=True)
    assert "не подошёл" in refused and "У-02" not in signed
    assert examday("ledger", "verify", "--data", str(data)).exit_code == 0
