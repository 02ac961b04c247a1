"""A station and its centre get to know each other, and nobody else gets in between."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from examday.cli import main
from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from examday.domain.travel.letters import parse
from examday.domain.travel.spoken import COUNT, WORDS, fingerprint
from examday.services.ledger import audit
from examday.services.ledger.checkpoints import public_key
from examday.services.travel import enrolment, inviting, joining, stations
from examday.services.travel.letters import signed
from examday.services.unit_of_work import Store
from examday.storage.tables_travel import Station
from tests.travel.two_ends import ADMIN, centre_with, enrolled, station_in


@pytest.fixture
def centre(tmp_path: Path, migrated: Path) -> Store:
    return centre_with(tmp_path / "centre", migrated, "770412", "770413")


@pytest.fixture
def station(tmp_path: Path, migrated: Path) -> Store:
    return station_in(tmp_path / "one", migrated)


def words_of(store: Store) -> str:
    return " ".join(fingerprint(public_key(store.settings.keys)))


def test_words_are_told_apart() -> None:
    assert len({word.replace("ё", "е") for word in WORDS}) == 256
    assert len(fingerprint("ab" * 32)) == COUNT


def test_a_station_may_send_when_its_words_were_read_out(centre: Store, station: Store) -> None:
    name = enrolled(centre, station, "770412")
    with centre.read() as uow:
        assert stations.key_of(uow, name) == public_key(station.settings.keys)
    assert audit.verify(centre).faults == () == audit.verify(station).faults


def answer(centre: Store, station: Store) -> dict[str, object]:
    with centre.begin(ADMIN) as uow:
        letter = inviting.invite(uow, "770412")
    with station.begin(ADMIN) as uow:
        return joining.join(uow, letter)


def refused(act: Callable[[], object], kind: type[DomainError], code: str) -> None:
    with pytest.raises(kind) as told:
        act()
    assert told.value.code == code


def take(centre: Store, letter: dict[str, object], words: str) -> None:
    with centre.begin(ADMIN) as uow:
        enrolment.confirm(uow, letter, words)


def test_words_of_another_laptop_let_nobody_in(
    centre: Store, station: Store, tmp_path: Path, migrated: Path
) -> None:
    letter, thief = answer(centre, station), station_in(tmp_path / "thief", migrated)
    refused(lambda: take(centre, letter, words_of(thief)), Forbidden, "other-words")
    swapped = {**letter, "public_key": public_key(thief.settings.keys)}
    refused(lambda: take(centre, swapped, words_of(thief)), Invalid, "letter-signature")
    take(centre, letter, words_of(station).upper().replace(" ", ", "))


def test_a_station_that_nobody_invited_is_unknown(
    centre: Store, station: Store, tmp_path: Path, migrated: Path
) -> None:
    other = centre_with(tmp_path / "other", migrated, "770412")
    letter = answer(other, station)
    refused(lambda: take(centre, letter, words_of(station)), NotFound, "not-invited")


def test_twice_changes_nothing(centre: Store, station: Store) -> None:
    letter = answer(centre, station)
    take(centre, letter, words_of(station))
    before = centre.last_seq()
    take(centre, letter, "")
    assert centre.last_seq() == before


def test_a_revoked_station_stays_out(centre: Store, station: Store) -> None:
    letter = answer(centre, station)
    take(centre, letter, words_of(station))
    with centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, str(letter["station"]))
    refused(lambda: take(centre, letter, words_of(station)), Conflict, "revoked")


def test_a_laptop_that_is_back_may_send_again_when_its_words_were_compared(
    centre: Store, station: Store
) -> None:
    letter = answer(centre, station)
    name = str(letter["station"])

    def back(words: str, reason: str = "лежал в сейфе школы") -> None:
        with centre.begin(ADMIN) as uow:
            enrolment.restore(uow, name, words, reason)

    refused(lambda: back(words_of(station)), Conflict, "not-confirmed-station")
    take(centre, letter, words_of(station))
    with centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, name)
    refused(lambda: back("другие слова"), Forbidden, "other-words")
    refused(lambda: back(words_of(station), " "), Invalid, "no-reason")
    at = ("--data", str(centre.settings.data), "--words", words_of(station))
    told = CliRunner().invoke(main, ["enrol", "restore", name, "--reason", "нашёлся", *at])
    assert told.exit_code == 0, told.output
    before = centre.last_seq()
    back(words_of(station))
    assert centre.last_seq() == before, "twice changes nothing"
    with centre.read() as uow:
        assert uow.get(Station, name).revoked_at is None
    assert audit.verify(centre).ok


def test_one_folder_on_two_laptops_is_one_station(centre: Store, station: Store) -> None:
    take(centre, answer(centre, station), words_of(station))
    again = answer(centre, station)
    refused(lambda: take(centre, again, words_of(station)), Conflict, "known-key")


def test_another_key_needs_the_word_of_the_first(
    centre: Store, station: Store, tmp_path: Path, migrated: Path
) -> None:
    letter = answer(centre, station)
    take(centre, letter, words_of(station))
    thief = station_in(tmp_path / "thief", migrated)
    with centre.begin(ADMIN) as uow:
        invitation = inviting.invite(uow, "770412")
    with thief.begin(ADMIN) as uow:
        joining.join(uow, invitation)
    forged = signed(
        thief.settings.keys,
        {**letter, "signature": "", "public_key": public_key(thief.settings.keys)},
    )
    refused(lambda: take(centre, forged, words_of(thief)), Conflict, "other-key")


ANSWER = {
    "format": "examday-answer/1",
    "station": "a1",
    "site": "770412",
    "public_key": "ab" * 32,
    "at": "2026-06-04T10:00:00+00:00",
}


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{}", b"[1]", b"\xff", b'{"format":"examday-answer/1"}'),
        *(
            json.dumps({**ANSWER, **told}).encode()
            for told in (
                {"more": float("nan")},
                {"more": "\ud800"},
                {"station": "\0"},
                {"station": "a" * 17},
                {"site": ""},
            )
        ),
    ],
)
def test_what_is_no_letter_is_told(content: bytes) -> None:
    assert parse(json.dumps(ANSWER).encode()) == ANSWER
    refused(lambda: parse(content), Invalid, "no-letter")


def test_a_region_joins_nobody(centre: Store) -> None:
    with centre.begin(ADMIN) as uow:
        letter = inviting.invite(uow, "770412")
    with pytest.raises(Conflict), centre.begin(ADMIN) as uow:
        joining.join(uow, letter)


def test_the_centre_that_was_joined_last_counts_whatever_the_clock_says(
    centre: Store, station: Store, tmp_path: Path, migrated: Path
) -> None:
    answer(centre, station)
    other = centre_with(tmp_path / "other", migrated, "770412")
    station.clock.off = dt.timedelta(days=-1)  # type: ignore[attr-defined]
    last = answer(other, station)
    with station.read() as uow:
        assert joining.require_centre(uow).id == last["station"]
