"""What a changed program of a known station signs is refused with its place, and nothing is lost by it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, DomainError
from examday.domain.ledger import canonical, digest
from examday.domain.people.roles import Actor
from examday.services.travel import enrolment, renewal
from examday.services.travel.incoming import arrivals
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals
from examday.storage.tables import Booklet, Candidate, Exam, Page, Person, ScanFile, Seat
from examday.storage.tables_appeal import Destruction
from examday.storage.tables_travel import WorkKeeper
from tests.travel import two_ends
from tests.travel.forging import chained, forged, members_of
from tests.travel.test_bundles import put_on_hold, refusal
from tests.travel.test_renewal import take
from tests.travel.two_ends import ADMIN, POINT, Ends, confirmed, enrolled, sent, taken, work

ENTRIES: dict[str, dict[str, Any]] = {
    "a number of another kind": {"seq": 1.0},
    "a number that is a yes": {"seq": True},
    "a time that is none": {"at": "gestern"},
    "a time of no zone": {"at": "2026-06-04T10:00:00"},
    "a kind that is a number": {"kind": 5},
    "a subject that is none": {"subject": None},
    "a sign that no database takes": {"subject": "day:\0"},
    "rows that are a list": {"rows": [1]},
    "a digest that is a number": {"rows": {"booklet:1": 5}},
    "data that is a text": {"data": "x"},
}


@pytest.fixture
def bundle(ends: Ends) -> Path:
    work(ends.station, "2990000000019")
    return sent(ends.station, ends.stick / "b.zip")


def damaged(ends: Ends, other: Path) -> str:
    error = refusal(ends, other)
    assert error.code == "damaged", error.code
    return str(error.params["place"])


def test_an_entry_that_the_program_does_not_write_is_none(ends: Ends, bundle: Path) -> None:
    """The database keeps 1.0 as 1: the centre's copy of the chain would be wrong for good."""
    content = members_of(bundle)["ledger.jsonl"]
    for what, told in ENTRIES.items():

        def edit(said: dict[str, Any], told: dict[str, Any] = told) -> dict[str, Any]:
            return {**said, **told} if said["seq"] == 1 else said

        lines, root = chained(content, edit)
        other = forged(
            ends.station,
            bundle,
            {"ledger.jsonl": lines},
            lambda said, root=root: {**said, "root": root},  # type: ignore[misc]
        )
        assert damaged(ends, other) == "ledger.jsonl", what


def test_a_manifest_is_spelt_in_one_way(ends: Ends, bundle: Path) -> None:
    spellings: tuple[Callable[[object], str], ...] = (
        json.dumps,
        lambda said: canonical(said)[:-1] + ',"last":9}',
        lambda said: canonical(said).replace('"days":{', '"days":{"x":NaN,'),
    )
    for spelt in spellings:
        assert damaged(ends, forged(ends.station, bundle, spelt=spelt)) == "manifest.json"
    for name in ("\ud800", "\0"):
        other = forged(
            ends.station,
            bundle,
            said=lambda said, name=name: {**said, "station": name},  # type: ignore[misc]
            spelt=lambda said: json.dumps(said, sort_keys=True, separators=(",", ":")),
        )
        assert damaged(ends, other) == "manifest.json"


def test_a_station_speaks_for_no_other_point(ends: Ends, bundle: Path) -> None:
    """Signed with its own key, which is known here: another point's name in it is believed by nobody."""
    other = forged(ends.station, bundle, said=lambda said: {**said, "site": "770413"})
    assert damaged(ends, other) == "manifest.json"
    assert taken(ends.centre, forged(ends.station, bundle)).new


def test_members_that_are_no_json_of_ours_are_named(ends: Ends, bundle: Path) -> None:
    deep, rows = b"[" * 100_000, members_of(bundle)["rows.jsonl"]
    half = members_of(bundle)["people.json"].replace("Анна".encode(), b"\\ud800")
    contents = (
        ("people.json", deep),
        ("people.json", half),
        ("checkpoints.json", deep),
        ("rows.jsonl", b'{"row":["x"],"values":{}}\n' + rows),
    )
    for name, content in contents:
        assert damaged(ends, forged(ends.station, bundle, {name: content})) == name


def test_a_line_without_end_is_no_line(
    ends: Ends, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examday.services.travel.incoming.opened.FEW", 2_000)
    content = members_of(bundle)["ledger.jsonl"].replace(b"test:work", b"x" * 3_000)
    assert damaged(ends, forged(ends.station, bundle, {"ledger.jsonl": content})) == "ledger.jsonl"


def test_a_role_that_is_not_known_here_is_told(ends: Ends, bundle: Path) -> None:
    content = members_of(bundle)["people.json"].replace(b'"assistant"', b'"oracle"')
    error = refusal(ends, forged(ends.station, bundle, {"people.json": content}))
    assert (error.code, error.params["role"]) == ("unknown-role", "oracle")


def test_an_original_that_a_row_names_cannot_be_kept_quiet(ends: Ends, bundle: Path) -> None:
    """Its work would be confirmed, and the station could tidy the only copy away."""
    scan = next(name for name in members_of(bundle) if name.startswith("scans/"))
    for destroyed in ([], [scan.removeprefix("scans/")]):
        other = forged(
            ends.station,
            bundle,
            {scan: None},
            lambda said, gone=destroyed: {**said, "originals": {}, "destroyed": gone},  # type: ignore[misc]
        )
        assert damaged(ends, other) == "manifest.json"


def test_an_original_that_was_destroyed_by_act_is_not_asked_for(ends: Ends, bundle: Path) -> None:
    with ends.station.begin(Actor.system("test")) as uow:
        exam = uow.session.scalars(select(Exam.id)).one()
        person = uow.session.scalars(select(Person.id)).one()
        act = Destruction(
            exam_id=exam,
            booklets=sorted(uow.session.scalars(select(Booklet.id))),
            hashes=sorted(uow.session.scalars(select(ScanFile.sha256))),
            basis="order",
            person_id=person,
            second_id=person,
            at=uow.now(),
        )
        uow.add(act)
        uow.record("test:act", f"exam:{exam}")
    assert taken(ends.centre, sent(ends.station, ends.stick / "d.zip")).scans == 0


def test_a_station_cannot_remove_what_it_gave(
    ends: Ends, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(ends.centre, bundle)
    with monkeypatch.context() as changed:
        changed.setattr("examday.storage.keepers.require_ours", lambda _session: None)
        with ends.station.begin(Actor.system("test")) as uow:
            page = uow.session.scalars(select(Page)).one()
            key = page.booklet_id
            uow.session.delete(page)
            uow.record("test:gone", "day:test")
    error = refusal(ends, sent(ends.station, ends.stick / "gone.zip"))
    assert (error.code, error.params["work"]) == ("kept-here", key)


def test_no_page_is_put_into_a_work_of_another_point(
    ends: Ends, tmp_path: Path, migrated: Path, bundle: Path
) -> None:
    """A commission, which looks at all points, would see it there."""
    other = two_ends.station_in(tmp_path / "other", migrated)
    enrolled(ends.centre, other, "770413")
    foreign = work(other, "2990000000026")
    taken(ends.centre, sent(other, ends.stick / "other.zip"))
    parts, digests, lines = members_of(bundle), dict[str, str](), list[bytes]()
    for line in parts["rows.jsonl"].splitlines():
        said = json.loads(line)
        if said["row"].startswith("page:"):
            said["values"]["booklet_id"] = foreign
            digests[said["row"]] = digest(said["values"])
        lines.append((canonical(said) + "\n").encode())

    def edit(said: dict[str, Any]) -> dict[str, Any]:
        told = {row: digests.get(row, was) for row, was in said["rows"].items()}
        return {**said, "rows": told}

    entries, root = chained(parts["ledger.jsonl"], edit)
    changed: dict[str, bytes | None] = {"ledger.jsonl": entries, "rows.jsonl": b"".join(lines)}
    forged_one = forged(ends.station, bundle, changed, lambda said: {**said, "root": root})
    error = refusal(ends, forged_one)
    assert (error.code, error.params["row"]) == ("other-points-row", f"booklet:{foreign}")


def test_a_work_that_came_with_a_plan_is_the_points(ends: Ends) -> None:
    """The entry about a plan names no work as its subject; the work is its station's all the same."""
    work(ends.station, "2990000000019")
    with ends.station.begin(Actor.system("test")) as uow:
        seat = uow.session.scalars(select(Seat)).one()
        exam = seat.exam_id
        other = uow.add(Candidate(code="T9", surname="Участник"))
        uow.session.flush()
        place = uow.add(Seat(exam_id=exam, room_id=seat.room_id, candidate_id=other.id, place="9"))
        uow.session.flush()
        planned = uow.add(
            Booklet(seat_id=place.id, exam_id=exam, medium=Medium.TYPED.value, since=uow.now())
        )
        uow.record("test:plan", f"exam:{exam}")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    for store in (ends.centre, ends.centre.at(POINT)):
        with pytest.raises(Conflict) as told:
            put_on_hold(store, planned.id)
        assert told.value.code == "not-given"


def test_what_another_station_of_the_point_gives_meanwhile_counts_for_that_one(
    ends: Ends, bundle: Path
) -> None:
    taken(ends.centre, bundle)
    other = work(ends.station, "2990000000026")
    assert taken(ends.centre, sent(ends.station, ends.stick / "2.zip")).works == 2
    with ends.centre.at(POINT).read() as uow:
        assert uow.session.get(WorkKeeper, other) is not None
        rows = [f"work_keeper:{other}", f"booklet:{other}"]
        assert arrivals.works_given(uow, rows, set()) == 1


@pytest.mark.parametrize("act", ["renewed", "revoked"])
def test_what_happens_between_check_and_writing_is_seen(
    ends: Ends, bundle: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    def meanwhile(*_args: object) -> None:
        if act == "renewed":
            take(ends, renewal.renew(ends.station, ADMIN))
            return
        with ends.centre.begin(ADMIN) as uow:
            enrolment.revoke(uow, ends.name)

    monkeypatch.setattr("examday.services.travel.incoming.scans.require", meanwhile)
    with pytest.raises(DomainError) as told:
        taken(ends.centre, bundle)
    assert told.value.code == {"renewed": "foreign-key", "revoked": "revoked"}[act]
    assert booklets(ends.centre) == []


def booklets(store: Store) -> list[str]:
    with store.read() as uow:
        return list(uow.session.scalars(select(Booklet.id)))


def test_a_bundle_from_behind_the_end_is_not_written(ends: Ends, bundle: Path) -> None:
    end = ends.station.last_seq()
    with pytest.raises(DomainError) as told:
        sent(ends.station, ends.stick / "none.zip", first=end + 2)
    assert (told.value.code, told.value.params["last"]) == ("no-entry", end)
    assert [path.name for path in ends.stick.iterdir()] == [bundle.name]
    sent(ends.station, ends.stick / "next.zip", first=end + 1)


def test_where_nothing_can_be_written_no_work_is_given_away(ends: Ends) -> None:
    key = work(ends.station, "2990000000019")
    (ends.stick / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        sent(ends.station, ends.stick / "file" / "b.zip")
    put_on_hold(ends.station, key)


def test_what_lay_beside_the_bundle_is_left_alone(ends: Ends) -> None:
    mine = ends.stick / "b.zip.part"
    mine.write_bytes(b"mine")
    sent(ends.station, ends.stick / "b.zip")
    assert mine.read_bytes() == b"mine"


def test_an_original_that_was_lost_at_the_centre_comes_back(ends: Ends, bundle: Path) -> None:
    came = taken(ends.centre, bundle)
    store = originals(ends.centre.settings)
    for sha256 in list(store.all()):
        store.remove(sha256)
    again = taken(ends.centre, bundle)
    assert (came.scans, again.new, again.scans) == (1, False, 1)
    # Nothing new was there to look at a clock by: that is not the same as one that is right.
    assert (came.clock_s, again.clock_s) == (0, None)
    assert confirmed(ends.centre, ends.station, ends.name)
