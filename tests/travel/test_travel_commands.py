"""The way from a station to the centre and back, by the commands that people type."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from examday.cli import main
from examday.domain.travel.spoken import fingerprint
from examday.services.unit_of_work import Store
from tests.travel.two_ends import centre_with, station_in, work


def typed(store: Store, *words: str, ends: int = 0) -> Result:
    """A command at one end, and how it ends."""
    told = CliRunner().invoke(main, [*words, "--data", str(store.settings.data)])
    assert told.exit_code == ends, told.output
    return told


def words_in(letter: Path) -> str:
    return " ".join(fingerprint(json.loads(letter.read_text())["public_key"]))


def test_letters_sticks_and_receipts_go_back_and_forth(tmp_path: Path, migrated: Path) -> None:
    centre = centre_with(tmp_path / "centre", migrated, "770412")
    station = station_in(tmp_path / "one", migrated)
    letters = {name: tmp_path / f"{name}.json" for name in ("invitation", "answer", "key")}
    typed(centre, "enrol", "invite", "770412", "--to", str(letters["invitation"]))
    told = typed(
        station, "enrol", "join", str(letters["invitation"]), "--to", str(letters["answer"])
    )
    assert words_in(letters["answer"]) in told.output
    answer = ("enrol", "confirm", str(letters["answer"]))
    typed(centre, *answer, "--words", words_in(letters["answer"]))
    stick, receipt = tmp_path / "b.zip", tmp_path / "b.receipt.json"
    typed(station, "send", "--to", str(stick))
    typed(centre, "receive", str(stick))
    assert "Ни одной работы" in typed(station, "receive", str(receipt)).output
    work(station, "2990000000019")
    typed(station, "send", "--to", str(stick))
    typed(centre, "receive", str(stick))
    assert "Всё это" in typed(centre, "receive", str(stick)).output
    assert "1 из 1" in typed(station, "receive", str(receipt)).output

    told = typed(station, "enrol", "renew", "--to", str(letters["key"]))
    assert words_in(letters["key"]) in told.output
    typed(station, "send", "--to", str(stick))
    said = json.loads(typed(centre, "receive", str(stick), "--json", ends=1).output)
    assert said["code"] == "foreign-key"
    typed(centre, "enrol", "confirm", str(letters["key"]), "--words", words_in(letters["key"]))
    typed(centre, "receive", str(stick))
    name = json.loads(letters["key"].read_text())["station"]
    assert words_in(letters["key"]) in typed(centre, "enrol", "list").output
    assert name in typed(station, "enrol", "list").output
    typed(centre, "enrol", "revoke", name)
    assert "отозван" in typed(centre, "receive", str(stick), ends=1).output


def test_a_letter_of_enrolment_is_no_receipt(tmp_path: Path, migrated: Path) -> None:
    centre = centre_with(tmp_path / "centre", migrated, "770412")
    letter = tmp_path / "i.json"
    typed(centre, "enrol", "invite", "770412", "--to", str(letter))
    said = json.loads(typed(centre, "receive", str(letter), "--json", ends=1).output)
    assert said["code"] == "other-letter"
