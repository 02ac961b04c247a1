"""Good tables, texts of braille and bundles with bytes changed, lost, doubled and moved: whoever reads them gives an
answer or a plain refusal, and never calls changed evidence good."""

import io
import random
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from examday.braille.cells import brf_file, recognise, to_unicode
from examday.domain.errors import DomainError
from examday.services.braille.cells.alphabets import braille_of, kinds_of, lines_of
from tests.ledger.test_midday import TOOL, unpack
from tests.people.test_permissions import contents
from tests.plan.test_hostile_tables import seeds, survives
from tests.soak.test_hostile_files import hurt
from tests.travel.conftest import ends
from tests.travel.two_ends import Ends, sent, taken, work

__all__ = ["ends", "seeds"]  # fixtures, used by their names alone
TABLES = ("csv", "dbf", "xlsx")
SIGNS = "⠁⠏⠗⠊⠍⠑⠗ ,3#8.(\r\n\f\t\0 ﻿aя"


def campaign(
    good: list[bytes], judge: Callable[[bytes], str], dice: random.Random, seconds: float
) -> Counter[str]:
    """Hurt one after the other as long as there is time; what was said of them."""
    end, said = time.monotonic() + seconds, Counter[str]()
    while not said or time.monotonic() < end:
        said[judge(hurt(dice.choice(good), dice))] += 1
    print(f"\n{sum(said.values())} hurt: {dict(said)}")
    return said


@pytest.mark.parametrize("sort", TABLES)
def test_a_hurt_table_is_a_table_or_a_plain_refusal(
    seeds: dict[str, bytes], dice: random.Random, seconds: float, tmp_path: Path, sort: str
) -> None:
    def judge(data: bytes) -> str:
        survives(tmp_path / f"plan.{sort}", data)
        return "read or refused"

    campaign([seeds[sort]], judge, dice, seconds)


def test_hurt_text_of_braille_is_text_or_no_cells(dice: random.Random, seconds: float) -> None:
    lines = [[[dice.randrange(64) for _ in range(dice.randrange(60))] for _ in range(9)]]
    good = [
        brf_file(lines).encode(),
        "\n".join(to_unicode(line) for line in lines[0]).encode(),
        "".join(dice.choices(SIGNS, k=300)).encode(),
    ]

    def judge(data: bytes) -> str:
        text = data.decode("utf-8", "replace")
        kind = recognise(text)
        for number, (line, of) in enumerate(zip(lines_of(text), kinds_of(text), strict=True), 1):
            try:
                braille_of(line, number, of)
            except DomainError as refused:
                assert refused.message % refused.params
        return kind

    campaign(good, judge, dice, seconds)


def test_a_hurt_bundle_is_taken_in_by_no_centre(
    ends: Ends, dice: random.Random, seconds: float, tmp_path: Path
) -> None:
    work(ends.station, "2990000000019")
    good = sent(ends.station, ends.stick / "b.zip").read_bytes()
    path, before = tmp_path / "hurt.zip", contents(ends.centre)

    def judge(data: bytes) -> str:
        path.write_bytes(data)
        try:
            taken(ends.centre, path)
        except DomainError as refused:
            assert refused.message % refused.params
            return refused.code
        assert members(data) == members(good), "changed, and taken in"
        return "good"

    said = campaign([good], judge, dice, seconds)
    assert said["good"] or contents(ends.centre) == before


def test_the_verifier_survives_a_hurt_bundle_and_never_calls_changed_evidence_good(
    dice: random.Random, seconds: float, tmp_path: Path
) -> None:
    good = [path.read_bytes() for path in sorted(unpack(tmp_path, "bundles").glob("*.zip"))]
    told = {content: verdict(tmp_path, content)[0] for content in good}

    def judge(data: bytes) -> str:
        code, said = verdict(tmp_path, data)
        assert code in (0, 1, 2), said
        assert "Traceback" not in said, said
        if code == 0:
            assert any(members(data) == members(whole) for whole in good), (
                "changed, and called good"
            )
        return ("good", "wrong", "cannot tell")[code]

    assert set(told.values()) <= {0, 2}
    campaign(good, judge, dice, seconds)


def verdict(folder: Path, data: bytes) -> tuple[int, str]:
    """What the verifier makes of these bytes, in a process of its own, as auditors start it."""
    path = folder / "bundle.zip"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(path)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}
