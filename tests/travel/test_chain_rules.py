"""Rules of letters, of a chain that comes in by parts, and of a clock that is off."""

import datetime as dt
import json
from typing import Any

import pytest

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.ledger import GENESIS, Entry
from examday.domain.travel import letters
from examday.domain.travel.clock import ClockSeen, time_of
from examday.domain.travel.history import Broken, Follower, Forked
from tests.refusals import refused

KEY = "0f" * 32
NOON = dt.datetime(2026, 6, 4, 12, tzinfo=dt.UTC)


def chain(length: int, prev: str = GENESIS, first: int = 1) -> list[Entry]:
    """So many entries, each about one row that the next one changes again."""
    made: list[Entry] = []
    for seq in range(first, first + length):
        entry = Entry(seq, NOON.isoformat(), "test:x", "anna", f"booklet:{seq}", {}, prev=prev)
        rows = {"booklet:1": f"digest {seq}", f"page:{seq}": "d"}
        entry = Entry(**{**vars(entry), "rows": rows}).sealed()
        made.append(entry)
        prev = entry.hash
    return made


def follow(follower: Follower, entries: list[Entry]) -> list[int]:
    return [entry.seq for entry in follower.follow(entries)]


def test_a_chain_is_followed_from_its_first_entry() -> None:
    entries = chain(3)
    follower = Follower(1, GENESIS, {})
    assert (follower.last, follower.root) == (0, GENESIS)
    assert follow(follower, entries) == [1, 2, 3]
    assert (follower.last, follower.root) == (3, entries[2].hash)
    assert follower.words["booklet:1"] == ("digest 3", 3), "the last word on a row counts"
    assert follower.words["page:2"] == ("d", 2)


def test_a_later_part_goes_on_from_what_is_known() -> None:
    entries = chain(5)
    known = {entry.seq: entry.hash for entry in entries[:4]}
    follower = Follower(3, entries[1].hash, known)
    assert (follower.last, follower.root) == (2, entries[1].hash)
    assert follow(follower, entries[2:]) == [3, 4, 5], "what overlaps is compared and is the same"


def test_another_history_is_told_with_the_first_entry_that_differs() -> None:
    entries, others = chain(4), chain(2)
    third = Entry(3, NOON.isoformat(), "test:other", "eve", "booklet:9", {}, {}, others[1].hash)
    follower = Follower(1, GENESIS, {entry.seq: entry.hash for entry in entries})
    with pytest.raises(Forked) as caught:
        follow(follower, [*others, third.sealed()])
    assert (caught.value.seq, caught.value.exact, caught.value.args) == (3, True, (3,))
    assert follower.last == 2
    with pytest.raises(Forked) as before:
        Follower(3, "0" * 64, {2: entries[1].hash})
    assert (before.value.seq, before.value.exact, before.value.args) == (2, False, (2,))


@pytest.mark.parametrize("wrong", ["gap", "prev", "hash"])
def test_a_part_that_is_no_chain_is_told_with_its_place(wrong: str) -> None:
    one, two, three = chain(3)
    second = {
        "gap": three,
        "prev": Entry(**{**vars(two), "prev": "0" * 64}).sealed(),
        "hash": Entry(**{**vars(two), "actor": "eve"}),
    }[wrong]
    with pytest.raises(Broken) as caught:
        follow(Follower(1, GENESIS, {}), [one, second])
    assert (caught.value.seq, caught.value.args) == (2, (2,))


def entry_at(moment: dt.datetime, kind: str = "test:x", **data: object) -> Entry:
    return Entry(1, moment.isoformat(), kind, "anna", "centre:1", data)


def test_a_clock_that_is_ahead_is_seen_by_entries_of_the_future() -> None:
    seen = ClockSeen(NOON)
    assert (seen.ahead_s, seen.behind_s) == (0, 0)
    for minutes in (-60, 7, 3):
        seen.look(entry_at(NOON + dt.timedelta(minutes=minutes)))
    assert (seen.ahead_s, seen.behind_s) == (420, 0), "the past says nothing of a clock"


def test_a_clock_that_is_behind_is_seen_by_receipts_from_the_future() -> None:
    seen = ClockSeen(NOON)
    kind = Event.TRAVEL_RECEIPT
    seen.look(entry_at(NOON, kind, at=(NOON + dt.timedelta(minutes=5)).isoformat()))
    seen.look(entry_at(NOON, kind, at=(NOON - dt.timedelta(minutes=5)).isoformat()))
    seen.look(entry_at(NOON, "test:x", at=(NOON + dt.timedelta(hours=5)).isoformat()))
    seen.look(entry_at(NOON, kind))
    assert (seen.ahead_s, seen.behind_s) == (0, -300)


def test_a_time_without_a_zone_is_none() -> None:
    assert time_of(NOON.isoformat()) == NOON
    for said in (None, "", "yesterday", "2026-06-04T12:00:00", 7):
        assert time_of(said) is None
    seen = ClockSeen(NOON)
    seen.look(Entry(1, "2027-01-01T00:00:00", "test:x", "anna", "booklet:1"))
    assert (seen.ahead_s, seen.behind_s) == (0, 0)


def invitation(**changed: object) -> dict[str, Any]:
    said: dict[str, Any] = {
        "format": letters.INVITATION,
        "station": "ab12",
        "site": "0001",
        "name": "Школа № 1",
        "zone": "Europe/Moscow",
        "centre_key": KEY,
        "at": NOON.isoformat(),
        "signature": "s",
    }
    return {**said, **changed}


def sent(letter: object) -> bytes:
    return json.dumps(letter).encode()


def test_a_letter_is_read_whole() -> None:
    said = invitation(more="is signed, too")
    assert letters.parse(sent(said)) == said
    receipt = {
        "format": letters.RECEIPT,
        **dict.fromkeys(("root", "entry_root", "at"), "x"),
        **dict.fromkeys(("first", "last", "entry", "works"), 0),
        **{"station": "ab12", "site": "0001", "centre_key": KEY},
    }
    assert letters.parse(sent(receipt)) == receipt
    at_most = invitation(more="")
    at_most["more"] = "x" * (letters.LONGEST - len(sent(at_most)))
    assert letters.parse(sent(at_most)) == at_most
    told = refused(Invalid, letters.parse, sent({**at_most, "more": at_most["more"] + "x"}))
    assert told == ("no-letter", "", {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[" * 60_000,
        b"[]",
        b'"examday-invitation/1"',
        b"{}",
        sent(invitation(format="examday-invitation/2")),
        sent(invitation(format=None)),
        sent(invitation(more=float("nan"))),
        sent(invitation(more="\ud800")),
    ],
)
def test_what_is_no_letter_is_refused(content: bytes) -> None:
    assert refused(Invalid, letters.parse, content) == ("no-letter", "", {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("station", 7),
        ("station", ""),
        ("station", "x" * 17),
        ("station", "a\nb"),
        ("site", None),
        ("site", "x" * 17),
        ("name", ["a"]),
        ("centre_key", KEY[:-1]),
        ("centre_key", KEY.upper()),
        ("before", "no key"),
        ("public_key", 5),
    ],
)
def test_a_letter_with_a_wrong_field_names_it(name: str, value: object) -> None:
    told = refused(Invalid, letters.parse, sent(invitation(**{name: value})))
    assert told == ("no-letter", "", {"name": name})


def test_a_number_that_is_no_whole_one_is_wrong_in_a_receipt() -> None:
    receipt = {
        "format": letters.RECEIPT,
        **dict.fromkeys(("root", "entry_root", "at"), "x"),
        **{"first": 1, "last": True, "entry": 3, "works": 0},
        **{"station": "ab12", "site": "0001", "centre_key": KEY},
    }
    assert refused(Invalid, letters.parse, sent(receipt))[2] == {"name": "last"}


def test_names_of_sixteen_characters_fit_and_signatures_are_no_part_of_what_is_signed() -> None:
    said = invitation(station="x" * 16, site="y" * 16, before=KEY)
    assert letters.parse(sent(said)) == said
    bare = letters.signed_part({**said, "signature_before": "t"})
    assert json.loads(bare) == {k: v for k, v in said.items() if k != "signature"}
    told = {"station": "ab12", "before": KEY}
    assert letters.renewal(told) == {"format": letters.ANSWER, **told}
