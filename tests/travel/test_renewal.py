"""A station changes its key: the old one says so, the words are read out, and nothing old is lost."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from examday.domain.errors import Conflict, DomainError, Forbidden
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.travel.spoken import fingerprint
from examday.services.ledger import audit, bundle_zip
from examday.services.ledger.bundle import export
from examday.services.ledger.checkpoints import checkpoint, public_key
from examday.services.travel import enrolment, renewal, stations
from examday.services.travel.letters import signed
from examday.services.unit_of_work import Store
from tests.ledger.test_export import check_here
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, Ends, confirmed, sent, taken, work


def take(ends: Ends, letter: dict[str, object], words: str | None = None) -> None:
    """The letter at the centre, with the words that the point has read out."""
    told = " ".join(fingerprint(str(letter["public_key"]))) if words is None else words
    with ends.centre.begin(ADMIN) as uow:
        enrolment.confirm(uow, letter, told)


def refused(act: Callable[[], object], kind: type[DomainError], code: str) -> DomainError:
    with pytest.raises(kind) as told:
        act()
    assert told.value.code == code
    return told.value


def note_a_code(station: Store) -> None:
    """Somebody writes a code of the ledger on paper."""
    with station.begin(Actor.system("test")) as uow:
        code = checkpoint(uow, "by-hand").code
        uow.record(Event.LEDGER_CHECKPOINT, "checkpoint:1", code=code)


def test_after_the_words_were_compared_only_the_new_key_sends(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    note_a_code(ends.station)
    before = public_key(ends.station.settings.keys)
    old = sent(ends.station, ends.stick / "old.zip")
    letter = renewal.renew(ends.station, ADMIN)
    assert (letter["before"], letter["public_key"] != before) == (before, True)
    new = sent(ends.station, ends.stick / "new.zip")
    error = refused(lambda: taken(ends.centre, new), Forbidden, "foreign-key")
    assert "change was not brought here" in error.advice
    take(ends, letter)
    with ends.centre.read() as uow:
        assert stations.keys_of(uow, ends.name) == [before, letter["public_key"]]
    error = refused(lambda: taken(ends.centre, old), Forbidden, "foreign-key")
    assert "earlier key" in error.message
    assert taken(ends.centre, new).works == 1
    for end in (ends.station, ends.centre):
        assert audit.verify(end, scans=True).faults == ()


def test_words_of_another_key_change_nothing(ends: Ends) -> None:
    letter = renewal.renew(ends.station, ADMIN)
    words = " ".join(fingerprint(str(letter["before"])))
    refused(lambda: take(ends, letter, words), Forbidden, "other-words")
    with ends.centre.read() as uow:
        assert stations.key_of(uow, ends.name) == letter["before"]


def test_a_letter_that_got_lost_is_written_again_until_the_centre_has_confirmed_it(
    ends: Ends,
) -> None:
    letter = renewal.renew(ends.station, ADMIN)
    assert renewal.renew(ends.station, ADMIN) == letter
    take(ends, letter)
    assert renewal.renew(ends.station, ADMIN) == letter
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    confirmed(ends.centre, ends.station, ends.name)
    second = renewal.renew(ends.station, ADMIN)
    assert second["before"] == letter["public_key"]
    take(ends, second)
    assert taken(ends.centre, sent(ends.station, ends.stick / "2.zip")).new
    assert audit.verify(ends.station).faults == ()


@pytest.mark.parametrize("place", ["sign_bytes", "change_ledger_key"])
def test_what_a_cut_left_is_finished(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    before = public_key(ends.station.settings.keys)
    with monkeypatch.context() as cut:
        cut.setattr(
            f"examday.services.travel.renewal.{place}",
            lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            renewal.renew(ends.station, ADMIN)
    assert public_key(ends.station.settings.keys) == before
    letter = renewal.renew(ends.station, ADMIN)
    assert letter["public_key"] == public_key(ends.station.settings.keys) != before
    take(ends, letter)
    assert taken(ends.centre, sent(ends.station, ends.stick / "1.zip")).new


def test_a_thief_without_the_old_key_changes_nothing(
    ends: Ends, tmp_path: Path, migrated: Path
) -> None:
    letter = renewal.renew(ends.station, ADMIN)
    thief = two_ends.station_in(tmp_path / "thief", migrated).settings.keys
    forged = signed(thief, {**letter, "signature": "", "public_key": public_key(thief)})
    with pytest.raises(DomainError) as told:
        take(ends, forged)
    assert told.value.code == "letter-signature"


def test_who_writes_entries_alone_passes_no_other_key_off_as_an_earlier_one(
    ends: Ends, tmp_path: Path, migrated: Path
) -> None:
    """A checkpoint that is signed with the thief's key stays a wrong one."""
    thief = two_ends.station_in(tmp_path / "thief", migrated).settings.keys
    another, letter = public_key(thief), renewal.renew(ends.station, ADMIN)
    told = {name: value for name, value in letter.items() if name != "format"}
    mine = (ends.station.settings.keys / "ledger.key").read_bytes()
    (ends.station.settings.keys / "ledger.key").write_bytes((thief / "ledger.key").read_bytes())
    note_a_code(ends.station)
    (ends.station.settings.keys / "ledger.key").write_bytes(mine)
    with ends.station.begin(ADMIN) as uow:
        uow.record(Event.CENTRE_NEW_KEY, f"centre:{ends.name}", **{**told, "before": another})
    assert [fault.code for fault in audit.verify(ends.station).faults] == ["signature"]


def test_a_bundle_of_a_work_proves_itself_with_codes_of_the_old_key(ends: Ends) -> None:
    key = work(ends.station, "2990000000019")
    export(ends.station, ADMIN, key, ends.stick / "before.zip")
    before = public_key(ends.station.settings.keys)
    renewal.renew(ends.station, ADMIN)
    for what in (key, "2026-06-04"):
        bundle = export(ends.station, ADMIN, what, ends.stick / f"{what}.zip").path
        with zipfile.ZipFile(bundle) as opened:
            assert before in opened.read("manifest.json").decode()
        # The work itself was never read here, and that is told; no checkpoint is doubted.
        assert "signature of checkpoint" not in check_here(bundle)[1]


def test_a_station_without_a_centre_keeps_its_key(tmp_path: Path, migrated: Path) -> None:
    alone = two_ends.station_in(tmp_path / "alone", migrated)
    key = public_key(alone.settings.keys)
    refused(lambda: renewal.renew(alone, ADMIN), Conflict, "no-centre")
    assert public_key(alone.settings.keys) == key


def test_a_new_key_that_a_backup_lacks_is_made_anew(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off before the keys changed places, then brought back: the letter speaks of a key that is gone."""
    keys = ends.station.settings.keys
    with monkeypatch.context() as cut:
        cut.setattr("examday.services.travel.renewal.change_ledger_key", lambda _folder: None)
        lost = renewal.renew(ends.station, ADMIN)
    (keys / "ledger.next.key").unlink()
    letter = renewal.renew(ends.station, ADMIN)
    assert letter["public_key"] == public_key(keys) != lost["public_key"]
    assert letter["before"] == lost["before"]
    take(ends, letter)
    assert taken(ends.centre, sent(ends.station, ends.stick / "1.zip")).new
    assert audit.verify(ends.station).faults == ()


def test_a_bundle_names_the_key_that_has_signed_it(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the key while a bundle is written."""
    put, folder = bundle_zip.put, ends.station.settings.keys

    def renewed(bundle: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> str:
        if name == "manifest.json":
            (folder / "ledger.key").write_bytes(b"k" * 32)
        return put(bundle, name, blocks)

    monkeypatch.setattr(bundle_zip, "put", renewed)
    assert taken(ends.centre, sent(ends.station, ends.stick / "b.zip")).new
