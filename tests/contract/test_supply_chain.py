"""What a station is made of is known: its licences, its bill of materials, its known weaknesses."""

import datetime as dt
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.component import ComponentType

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import sbom
import shipped

PERMITTED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-4-Clause",
    "CC0-1.0",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
    "PostgreSQL",
    "Unicode-3.0",
    "ZPL-2.1",
    "Zlib",
}
"""A point may use, copy and change these, and carry them beside Apache-2.0. No GPL, AGPL, SSPL."""

TODAY = dt.datetime.now(dt.UTC)


def licences(expression: str) -> set[str]:
    return set(re.split(r" AND | OR ", expression.replace("(", "").replace(")", "")))


def test_each_shipped_package_and_file_has_a_licence_that_a_point_may_use() -> None:
    said = {p.name: shipped.licence(p.name) for p in shipped.packages()}
    said |= {f.path: f.licence for f in shipped.files()}
    unknown = [name for name, expression in said.items() if not expression]
    assert not unknown, "read the licence and add it to tools/licences.txt"
    assert {n: e for n, e in said.items() if not licences(e) <= PERMITTED} == {}


def test_a_licence_that_was_looked_up_is_of_a_package_that_is_still_shipped() -> None:
    assert set(shipped._looked_up()) <= {p.name for p in shipped.packages()}


def test_the_bill_of_materials_names_every_locked_package_with_its_digests() -> None:
    bom = sbom.bill()
    lock = shipped.LOCK.read_text(encoding="utf-8")
    packages = [c for c in bom.components if c.type is ComponentType.LIBRARY]
    assert len(packages) == len(re.findall(r"^[\w.-]+==", lock, re.M)) > 50
    digests = {p.value for c in packages for p in c.properties}
    assert digests == set(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_the_bill_of_materials_claims_no_licence_for_weights() -> None:
    weights = [c for c in sbom.bill().components if c.type is ComponentType.MACHINE_LEARNING_MODEL]
    assert {Path(c.name).name for c in weights} == {
        "pages.onnx",
        "characters.onnx",
    }
    for one in weights:
        assert not one.licenses
        assert (shipped.ROOT / next(iter(one.properties)).value).is_file()


def export(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as out:
        for record in records:
            out.writestr(f"{record['id']}.json", json.dumps(record))
    return path


def record(id: str, name: str, /, days_old: int = 1, **more: Any) -> dict[str, Any]:
    changed = (TODAY - dt.timedelta(days=days_old)).strftime("%Y-%m-%dT%H:%M:%SZ")
    package = {"ecosystem": more.pop("ecosystem", "PyPI"), "name": name}
    withdrawn = {"withdrawn": changed} if more.pop("withdrawn", False) else {}
    return {"id": id, "modified": changed, "affected": [{"package": package} | more]} | withdrawn


def since(*events: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": "ECOSYSTEM", "events": list(events)}]


def look(data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(shipped.ROOT / "tools/advisories.py"), str(data), *more]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_record_that_names_a_locked_version_is_told_with_the_version_that_mends_it(
    tmp_path: Path,
) -> None:
    flask = next(p.version for p in shipped.packages() if p.name == "flask")
    said = look(
        export(
            tmp_path,
            record("A-1", "Pillow", ranges=since({"introduced": "0"}, {"fixed": "99"})),
            record("A-2", "flask", versions=["0.1", flask]),
            record("A-3", "Jinja2", ranges=since({"introduced": "0"}, {"fixed": "1.0"})),
            record("A-4", "numpy", ranges=since({"introduced": "0"}), withdrawn=True),
            record("A-5", "numpy", ranges=since({"introduced": "0"}), ecosystem="npm"),
            record("A-6", "redis", ranges=since({"introduced": "1"}, {"last_affected": "2"})),
            record("A-7", "never-heard-of", ranges=since({"introduced": "0"})),
        )
    )
    assert said.returncode == 1
    assert re.findall(r"A-\d", said.stdout) == ["A-1", "A-2"]
    assert "mended in 99" in said.stdout and "mended in no version" in said.stdout


def test_an_export_without_a_hit_is_told_with_its_date(tmp_path: Path) -> None:
    data = export(tmp_path, record("A-1", "never-heard-of", days_old=3, versions=["1"]))
    said = look(data)
    assert said.returncode == 0, said.stderr
    assert f"{TODAY - dt.timedelta(days=3):%Y-%m-%d}" in said.stdout


@pytest.mark.parametrize(
    "part",
    [
        {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]},
        {"ranges": since({"introduced": "0"}, {"fixed": "the next one"})},
    ],
    ids=["commits alone", "no version"],
)
def test_a_record_that_cannot_be_compared_is_no_all_clear(
    tmp_path: Path, part: dict[str, Any]
) -> None:
    said = look(export(tmp_path, record("A-1", "pillow", **part)))
    assert said.returncode == 2 and "A-1" in said.stdout


def test_an_export_of_other_packages_is_no_all_clear(tmp_path: Path) -> None:
    said = look(export(tmp_path, record("A-1", "numpy", versions=["1"], ecosystem="npm")))
    assert said.returncode == 2 and "no record about Python packages" in said.stderr
    fresh = record("A-1", "numpy", versions=["1"], ecosystem="npm")
    old = look(export(tmp_path, fresh, record("A-2", "numpy", days_old=31, versions=["1"])))
    assert old.returncode == 2, "records of other packages say nothing of the age of ours"


@pytest.mark.parametrize(
    "bad",
    [{"modified": None}, {"affected": [{"package": {"ecosystem": "PyPI"}}]}, {"affected": 1}],
    ids=["no date", "no name", "no list"],
)
def test_a_record_that_is_not_as_it_should_be_is_no_hit_and_no_all_clear(
    tmp_path: Path, bad: dict[str, Any]
) -> None:
    good = record("A-1", "numpy", versions=["0.1"])
    assert look(export(tmp_path, good, record("A-2", "numpy") | bad)).returncode == 2


def test_a_version_that_is_written_longer_is_the_same(tmp_path: Path) -> None:
    flask = next(p.version for p in shipped.packages() if p.name == "flask")
    assert look(export(tmp_path, record("A-1", "flask", versions=[f"{flask}.0"]))).returncode == 1


def test_a_line_of_a_lock_that_pins_nothing_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("one==1 \\\n    --hash=sha256:" + "0" * 64 + "\ncelery[redis]==5\n")
    with pytest.raises(ValueError, match="redis"):
        shipped.packages(lock)


def test_a_licence_that_nobody_has_looked_up_is_left_out_of_the_bill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shipped, "licence", lambda name: "" if name == "flask" else "MIT")
    assert not next(c for c in sbom.components() if c.name == "flask").licenses


def test_old_empty_and_broken_exports_say_that_nothing_can_be_told(tmp_path: Path) -> None:
    old = look(export(tmp_path, record("A-1", "pillow", days_old=31, versions=["1"])))
    assert old.returncode == 2 and "older than 30 days" in old.stderr
    empty = look(export(tmp_path))
    assert empty.returncode == 2 and "no record" in empty.stderr
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04 cut off")
    assert look(tmp_path / "export.zip").returncode == 2
    assert look(tmp_path / "not there.zip").returncode == 2
