"""A station's day goes to the centre on a stick, and everything that befalls sticks."""

import datetime as dt
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor, Role
from examday.services.appeals.keeping.hindrances import require_free
from examday.services.board import region
from examday.services.jobs import outbox, upkeep
from examday.services.ledger import audit
from examday.services.ledger.bundle import export
from examday.services.ledger.checkpoints import checkpoint
from examday.services.travel import confirming, enrolment, inviting, joining, receipts
from examday.services.travel.confirmed import confirmed as told_confirmed
from examday.services.travel.confirmed import require_confirmed
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.base import recorded_models
from examday.storage.objects.opened import originals, pictures
from examday.storage.tables import Booklet, EventRow, Person, PersonRole, Room, ScanFile, Seat
from examday.storage.tables_travel import WorkKeeper
from tests.plan.test_hostile_tables import with_a_name_that_is_no_text
from tests.travel import two_ends
from tests.travel.two_ends import ADMIN, POINT, Ends, confirmed, enrolled, sent, taken, work


def state_of(store: Store) -> list[object]:
    """Everything recorded that stands at an end, and how long its ledger is."""
    with store.read() as uow:
        counts = [
            uow.session.scalar(select(func.count()).select_from(model)) or 0
            for model in recorded_models()
        ]
        return [*counts, uow.session.scalar(select(func.count()).select_from(EventRow))]


def late_at(centre: Store) -> list[tuple[int, int]]:
    """The entries of the point that the board of the region says to be missing."""
    with centre.read() as uow:
        line = next(line for line in region.show(uow).lines if line.site == POINT)
    assert line.late == bool(line.missing)
    return [(one.first, one.last) for one in line.missing]


def test_what_is_missing_of_a_revoked_station_is_waited_for_no_more(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    end = ends.station.last_seq()
    with pytest.raises(DomainError):
        taken(ends.centre, sent(ends.station, ends.stick / "late.zip", first=end + 1))
    assert late_at(ends.centre) == [(1, end)]
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    assert late_at(ends.centre) == []


def refusal(ends: Ends, bundle: Path) -> DomainError:
    """Why the centre does not take it in; nothing is changed by it."""
    before = state_of(ends.centre)
    with pytest.raises(DomainError) as told:
        taken(ends.centre, bundle)
    assert state_of(ends.centre) == before
    return told.value


def test_what_a_station_wrote_stands_at_the_centre(ends: Ends) -> None:
    key = work(ends.station, "2990000000019")
    with ends.station.begin(Actor.system("test")) as uow:
        code = checkpoint(uow, "by-hand").code
        uow.record(Event.LEDGER_CHECKPOINT, "checkpoint:1", code=code)
    came = taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    assert (came.point, came.first, came.new, came.works, came.scans) == (POINT, 1, True, 1, 1)
    with ends.centre.at(POINT).read() as uow:
        assert uow.get(Booklet, key).code == "2990000000019"
        assert uow.get(WorkKeeper, key).keeper == "centre"
    with ends.centre.at("770413").read() as uow:
        assert uow.session.get(Booklet, key) is None
    for end in (ends.station, ends.centre):
        report = audit.verify(end, scans=True)
        assert (report.faults, report.notes) == ((), ())


def test_no_secret_is_on_the_stick_and_nobody_gets_in_by_it(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    with zipfile.ZipFile(bundle) as opened:
        assert not any(
            secret in opened.read(name)
            for name in opened.namelist()
            for secret in (b"secret-hash", b"pin-hash")
        )
    taken(ends.centre, bundle)
    with ends.centre.read() as uow:
        anna = uow.session.scalars(select(Person).where(Person.name == "Анна Б.")).one()
        assert (anna.login, anna.disabled) == (f"anna@{POINT}", True)
        assert (anna.password_hash, anna.pin_hash) == ("", "")
        assert [role.role for role in anna.roles] == ["assistant"]


def test_an_account_that_the_centre_keeps_is_not_changed_by_what_its_station_says(
    ends: Ends,
) -> None:
    """The person has got secrets at the centre meanwhile: a station must give no roles there."""
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        anna = uow.session.scalars(select(Person).where(Person.name == "Анна Б.")).one()
        anna.password_hash, anna.disabled, anna.name = "kept", False, "Анна Борисовна"
        uow.record("test:account", f"person:{anna.id}")
    with ends.station.begin(ADMIN) as uow:
        there = uow.get(Person, anna.id)
        there.name = "Кто-то другой"
        there.roles.append(PersonRole(role=Role.SITE_HEAD.value))
        uow.record("test:roles", f"person:{there.id}")
    work(ends.station, "2990000000026")
    assert taken(ends.centre, sent(ends.station, ends.stick / "2.zip")).new
    with ends.centre.read() as uow:
        kept = uow.get(Person, anna.id)
        assert kept.name == "Анна Борисовна" and not kept.disabled
        assert [role.role for role in kept.roles] == ["assistant"]


def test_the_second_stick_brings_what_is_new_alone(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    assert confirmed(ends.centre, ends.station, ends.name)
    assert not confirmed(ends.centre, ends.station, ends.name)
    work(ends.station, "2990000000026")
    came = taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert (came.works, came.scans) == (2, 1)
    with ends.station.read() as uow:
        held = told_confirmed(uow)
    assert held is not None
    assert (held.works, held.of) == (1, 2)
    assert audit.verify(ends.centre).faults == ()


def test_a_work_handed_over_once_more_is_not_confirmed_before_its_receipt(ends: Ends) -> None:
    """The centre has its earlier version: the board must not say that all has arrived."""
    key = work(ends.station, "2990000000019")

    def told(name: str) -> tuple[int, int]:
        taken(ends.centre, sent(ends.station, ends.stick / name))
        confirmed(ends.centre, ends.station, ends.name)
        return on_board()

    def on_board() -> tuple[int, int]:
        with ends.station.read() as uow:
            held = told_confirmed(uow)
        assert held is not None
        return held.works, held.of

    assert told("1.zip") == (1, 1)
    with ends.station.begin(Actor.system("test")) as uow:
        uow.record(Event.BOOKLET_HAND_OVER, f"booklet:{key}")
    assert on_board() == (0, 1)
    assert told("2.zip") == (1, 1)


def test_twice_changes_nothing(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    taken(ends.centre, bundle)
    before = state_of(ends.centre)
    assert taken(ends.centre, bundle).new is False
    assert state_of(ends.centre) == before


def test_a_receipt_of_earlier_than_one_that_is_here_changes_nothing(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    earlier = receipts.write(ends.centre, ends.name)
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert confirmed(ends.centre, ends.station, ends.name)
    before = ends.station.last_seq()
    with ends.station.begin(ADMIN) as uow:
        assert not confirming.take_in(uow, earlier)
    assert ends.station.last_seq() == before


def test_a_lost_stick_is_written_anew_with_all_that_is_not_confirmed(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    sent(ends.station, ends.stick / "lost.zip")
    work(ends.station, "2990000000026")
    came = taken(ends.centre, sent(ends.station, ends.stick / "found.zip"))
    assert (came.first, came.works) == (1, 2)
    work(ends.station, "2990000000033")
    came = taken(ends.centre, sent(ends.station, ends.stick / "without-receipt.zip"))
    assert (came.first > 1, came.works) == (True, 3)
    assert audit.verify(ends.centre).faults == ()


def test_out_of_order_the_missing_entries_are_named(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    first = sent(ends.station, ends.stick / "1.zip")
    end = ends.station.last_seq()
    work(ends.station, "2990000000026")
    second = sent(ends.station, ends.stick / "2.zip", first=end + 1)
    for _twice in range(2):
        with pytest.raises(DomainError) as told:
            taken(ends.centre, second)
        error = told.value
        assert (error.code, error.params["missing"], error.params["until"]) == ("gap", 1, end)
    # Noted once, and shown with the point until they come.
    assert (late_at(ends.centre), ends.centre.at(POINT).last_seq()) == ([(1, end)], 2)
    with pytest.raises(DomainError):
        taken(ends.centre, sent(ends.station, ends.stick / "3.zip", first=end + 2))
    assert late_at(ends.centre) == [(1, end + 1)], "a later bundle names more"
    taken(ends.centre, first)
    assert late_at(ends.centre) == [(end + 1, end + 1)]
    assert taken(ends.centre, second).works == 2
    assert late_at(ends.centre) == []
    # And what is older than what is here is known.
    assert taken(ends.centre, first).new is False


@pytest.mark.parametrize("part", [0, 10, 0.5, -1])
def test_a_part_of_a_file_is_no_bundle(ends: Ends, part: float) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    content = bundle.read_bytes()
    end = int(part if abs(part) >= 1 or part == 0 else part * len(content))
    bundle.write_bytes(content[:end])
    assert refusal(ends, bundle).code == "cut"


def test_each_byte_that_is_changed_is_noticed_and_its_place_named(ends: Ends) -> None:
    """Every hundredth byte, and all of the heads and the end: none is of no account."""
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    before, content = state_of(ends.centre), bundle.read_bytes()
    with zipfile.ZipFile(bundle) as opened:
        heads = {i.header_offset + n for i in opened.infolist() for n in range(0, 60, 3)}
        scan = next(i for i in opened.infolist() if i.filename.startswith("scans/"))
        end = range(opened.start_dir, len(content), 2)
    for place in sorted({*range(0, len(content), 199), *heads, *end}):
        assert not_taken(ends, bundle, content, place).code in {"cut", "damaged"}, place
    error = not_taken(ends, bundle, content, scan.header_offset + 200)
    assert error.params["place"] == scan.filename
    assert state_of(ends.centre) == before
    bundle.write_bytes(content)
    assert taken(ends.centre, bundle).new


def not_taken(
    ends: Ends,
    bundle: Path,
    content: bytes,
    place: int,
) -> DomainError:
    """Why a bundle with another bit at this place is refused."""
    changed = bytearray(content)
    changed[place] ^= 0x10
    bundle.write_bytes(changed)
    with pytest.raises(DomainError) as told:
        taken(ends.centre, bundle)
    return told.value


def rewritten(bundle: Path, target: Path, **members: bytes) -> Path:
    """The bundle with other members, by somebody who knows the format and has no key."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = members.get(info.filename.replace(".", "_"), old.read(info.filename))
            with new.open(info, "w", force_zip64=True) as member:
                member.write(content)
    return target


def test_a_manifest_that_was_written_anew_is_noticed(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    with zipfile.ZipFile(bundle) as opened:
        said = json.loads(opened.read("manifest.json"))
    said["days"] = {"2026-06-04": 2}
    other = rewritten(bundle, ends.stick / "o.zip", manifest_json=json.dumps(said).encode())
    error = refusal(ends, other)
    assert (error.code, error.params["place"]) == ("damaged", "manifest.json")


def test_a_part_that_somebody_without_the_key_wrote_anew_is_named(ends: Ends) -> None:
    """Its sum in the zip fits: the digest in the signed manifest alone tells."""
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    with zipfile.ZipFile(bundle) as opened:
        parts = {
            name: opened.read(name) for name in json.loads(opened.read("manifest.json"))["files"]
        }
    for name in (name for name, content in parts.items() if "." in name and content):
        changed = bytearray(parts[name])
        changed[len(changed) // 2] ^= 1
        other = rewritten(bundle, ends.stick / "o.zip", **{name.replace(".", "_"): bytes(changed)})
        error = refusal(ends, other)
        assert (error.code, error.params["place"]) == ("damaged", name)
    assert taken(ends.centre, bundle).new


def test_a_bundle_with_a_name_that_is_no_text_is_refused_in_words(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    bundle.write_bytes(with_a_name_that_is_no_text(bundle.read_bytes()))
    assert refusal(ends, bundle).code == "cut"


def test_nothing_may_stand_behind_the_end_of_a_bundle(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    content = bundle.read_bytes()
    bundle.write_bytes(content + b"and a program")
    assert refusal(ends, bundle).code in {"cut", "damaged"}
    bundle.write_bytes(content)
    assert taken(ends.centre, bundle).new


def test_a_laptop_that_nobody_confirmed_cannot_send(
    ends: Ends, tmp_path: Path, migrated: Path
) -> None:
    thief = two_ends.station_in(tmp_path / "thief", migrated)
    with ends.centre.begin(ADMIN) as uow:
        letter = inviting.invite(uow, "770413")
    with thief.begin(ADMIN) as uow:
        joining.join(uow, letter)
    bundle = sent(thief, ends.stick / "t.zip")
    assert refusal(ends, bundle).code == "unknown-station"


def test_a_foreign_key_is_refused(ends: Ends) -> None:
    """A thief has the stick with the invitation, and a laptop."""
    work(ends.station, "2990000000019")
    (ends.station.settings.keys / "ledger.key").unlink()
    assert refusal(ends, sent(ends.station, ends.stick / "b.zip")).code == "foreign-key"


def test_a_revoked_station_is_refused(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    assert refusal(ends, bundle).code == "revoked"


@pytest.mark.parametrize(("form", "code"), [("0008", "older-program"), ("9999", "newer-program")])
def test_a_bundle_of_another_program_is_checked_and_stays_outside(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, form: str, code: str
) -> None:
    work(ends.station, "2990000000019")
    with monkeypatch.context() as other:
        other.setattr("examday.services.travel.outgoing.bundle.newest_form", lambda: form)
        bundle = sent(ends.station, ends.stick / "b.zip")
    error = refusal(ends, bundle)
    assert (error.code, error.params["said"]) == (code, form)


def copied(ends: Ends, tmp_path: Path) -> Store:
    """A backup of the station that was brought back beside it."""
    ends.station.close()
    shutil.copytree(ends.station.settings.data, tmp_path / "twin")
    return Store(Settings.from_env({}, data=tmp_path / "twin", argon2_cost=1))


def test_two_histories_are_an_alarm_and_the_entry_is_named(ends: Ends, tmp_path: Path) -> None:
    work(ends.station, "2990000000019")
    parted = ends.station.last_seq() + 1
    twin = copied(ends, tmp_path)
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    work(twin, "2990000000033")
    bundle = sent(twin, ends.stick / "2.zip")
    for _again in range(2):
        with pytest.raises(DomainError) as told:
            taken(ends.centre, bundle)
        assert (told.value.code, told.value.params["seq"]) == ("fork", parted)
    with ends.centre.at(POINT).read() as uow:
        alarms = uow.session.scalars(select(EventRow).where(EventRow.kind == Event.ALARM_FORK))
        assert [json.loads(row.data)["entry"] for row in alarms] == [parted]
    assert audit.verify(ends.centre).faults == ()


def test_a_receipt_of_another_history_is_not_taken_for_one(ends: Ends, tmp_path: Path) -> None:
    work(ends.station, "2990000000019")
    twin = copied(ends, tmp_path)
    work(ends.station, "2990000000026")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    with pytest.raises(DomainError) as told:
        confirmed(ends.centre, twin, ends.name)
    assert told.value.code == "other-history"


@pytest.mark.parametrize("hours", [26, -26])
def test_a_clock_that_is_a_day_off_is_told_and_harms_nothing(ends: Ends, hours: int) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    ends.station.clock.off = dt.timedelta(hours=hours)  # type: ignore[attr-defined]
    confirmed(ends.centre, ends.station, ends.name)
    work(ends.station, "2990000000026")
    came = taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert abs(came.clock_s - hours * 3600) < 60
    assert audit.verify(ends.centre).faults == ()


def test_a_training_day_comes_as_one_and_counts_for_nothing(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    work(ends.station, "2990000000026", training=True)
    came = taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    assert (dict(came.days), dict(came.training)) == ({"2026-06-04": 1}, {"2026-06-04": 1})
    assert came.works == 1


@pytest.mark.release
def test_pictures_of_what_came_in_are_made_at_once(ends: Ends) -> None:
    """A commission that opens the case an hour later sees the answers."""
    work(ends.station, "2990000000019")
    image = io.BytesIO()
    Image.effect_noise((300, 420), 80).save(image, "JPEG", dpi=(300, 300))
    scan = originals(ends.station.settings).put(io.BytesIO(image.getvalue()))
    with ends.station.begin(Actor.system("test")) as uow:
        told = {"source": "upload", "state": "done", "received_at": uow.now()}
        uow.add(ScanFile(name="a.jpg", sha256=scan.sha256, size=scan.size, **told))
        uow.record("test:scan", "scan:a")
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    assert not pictures(ends.centre.settings).complete(scan.sha256)
    do = (upkeep.pictures_of_point, upkeep.leave_to_the_clock)
    outbox.run(ends.centre, Task.MAKE_PICTURES, ends.name, *do)
    assert pictures(ends.centre.settings).complete(scan.sha256)


def test_scans_may_come_later(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    error = refusal(ends, sent(ends.station, ends.stick / "thin.zip", originals=False))
    assert (error.code, error.params["count"]) == ("lacking", 1)
    assert taken(ends.centre, sent(ends.station, ends.stick / "whole.zip")).scans == 1


def test_what_a_cut_left_is_found_again(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    work(ends.station, "2990000000019")
    bundle = sent(ends.station, ends.stick / "b.zip")
    before = state_of(ends.centre)
    with monkeypatch.context() as cut:
        cut.setattr(
            "examday.services.travel.incoming.applying._write",
            lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            taken(ends.centre, bundle)
    assert state_of(ends.centre) == before
    came = taken(ends.centre, bundle)
    assert (came.new, came.scans) == (True, 0)
    assert audit.verify(ends.centre, scans=True).faults == ()


def test_places_that_are_exchanged_and_rows_that_are_gone(ends: Ends) -> None:
    for n in range(3):
        work(ends.station, f"299000000001{n}")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    with ends.station.begin(Actor.system("test")) as uow:
        one, two, _three = uow.session.scalars(select(Seat).order_by(Seat.place)).all()
        places = one.place, two.place
        for seat, place in ((one, "x"), (two, places[0]), (one, places[1])):
            seat.place = place
            uow.session.flush()
        room = uow.add(Room(site_code="0412", number="102"))
        uow.session.flush()
        uow.record("test:places", "day:test")
    taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    with ends.station.begin(Actor.system("test")) as uow:
        uow.session.delete(uow.get(Room, room.id))
        uow.record("test:gone", "day:test")
    taken(ends.centre, sent(ends.station, ends.stick / "3.zip"))
    with ends.centre.at(POINT).read() as uow:
        assert uow.get(Seat, one.id).place == places[1]
        assert uow.session.get(Room, room.id) is None
    assert audit.verify(ends.centre).faults == ()


def test_one_end_writes_a_work_at_a_time(ends: Ends) -> None:
    given = work(ends.station, "2990000000019")
    held = work(ends.station, "2990000000026", State.CERTIFIED)
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    for store, key, code in (
        (ends.station, given, "sent-away"),
        (ends.centre.at(POINT), held, "not-given"),
        (ends.centre, held, "not-given"),
    ):
        with pytest.raises(DomainError) as told:
            put_on_hold(store, key)
        assert told.value.code == code
    put_on_hold(ends.station, held)
    put_on_hold(ends.centre.at(POINT), given)
    came = taken(ends.centre, sent(ends.station, ends.stick / "2.zip"))
    assert came.new
    assert audit.verify(ends.centre).faults == ()


def put_on_hold(store: Store, key: str) -> None:
    """A step of somebody at this end."""
    with store.begin(Actor.system("test")) as uow:
        uow.hold(Booklet, key).hold = True
        uow.record("test:hold", f"booklet:{key}")


def test_a_station_that_writes_what_it_gave_is_refused(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    with monkeypatch.context() as changed:
        changed.setattr("examday.storage.keepers.require_ours", lambda _session: None)
        put_on_hold(ends.station, key)
    error = refusal(ends, sent(ends.station, ends.stick / "2.zip"))
    assert (error.code, error.params["work"]) == ("kept-here", key)


def test_a_row_changed_behind_the_program_is_not_sent(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    with ends.station.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE booklet SET code = '2990000000026'")
    with pytest.raises(DomainError) as told:
        sent(ends.station, ends.stick / "b.zip")
    assert told.value.code == "row-changed"
    assert list(ends.stick.iterdir()) == []


def test_a_station_without_a_centre_sends_nothing(tmp_path: Path, migrated: Path) -> None:
    alone = two_ends.station_in(tmp_path / "alone", migrated)
    with pytest.raises(DomainError) as told:
        sent(alone, tmp_path / "b.zip")
    assert told.value.code == "no-centre"


def test_what_is_changed_at_the_centre_behind_the_program_is_named(ends: Ends) -> None:
    key = work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "b.zip"))
    with ends.centre.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE booklet SET code = '2990000000026'")
    faults = audit.verify(ends.centre).faults
    assert [(f.code, f.detail) for f in faults] == [("row-changed", f"booklet:{key}")]
    assert faults[0].chain == f"{POINT}/{ends.name}"


def test_nothing_is_tidied_before_the_centre_has_it(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    tidied_away(ends.station, "not-confirmed", require_free)
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    tidied_away(ends.station, "not-confirmed", require_free)
    confirmed(ends.centre, ends.station, ends.name)
    tidied_away(ends.station, "", require_free)


@pytest.mark.parametrize("state", [State.REGISTERED, State.NOT_USED, State.SPOILED])
def test_a_work_that_is_never_handed_over_is_confirmed_as_it_stands(
    ends: Ends, state: State
) -> None:
    """Neither is it free before the centre has heard of it, nor does it keep its exam for ever."""
    work(ends.station, "2990000000019", state)
    tidied_away(ends.station, "not-confirmed")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    confirmed(ends.centre, ends.station, ends.name)
    tidied_away(ends.station, "")
    put_on_hold(ends.station, only(ends.station))
    tidied_away(ends.station, "not-confirmed")


def only(store: Store) -> str:
    """The one work that there is."""
    with store.read() as uow:
        return uow.session.scalars(select(Booklet.id)).one()


def test_a_folder_that_was_copied_for_another_point_is_told(ends: Ends, tmp_path: Path) -> None:
    work(ends.station, "2990000000019")
    twin = copied(ends, tmp_path)
    (twin.settings.keys / "ledger.key").unlink()
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    enrolled(ends.centre, twin, "770413")
    error = refusal(ends, sent(twin, ends.stick / "2.zip"))
    assert error.code == "other-points-row"
    assert str(error.params["row"]).startswith("person:")


def tidied_away(store: Store, code: str, check: Callable[..., None] = require_confirmed) -> None:
    """Whether an act about the exam would be refused, once its term is over."""
    later = store.at(store.site)
    later.clock = lambda: store.clock() + dt.timedelta(days=3_000)
    with later.read() as uow:
        works = uow.session.scalars(select(Booklet)).all()
        try:
            check(uow, works[0].exam, works)
        except DomainError as error:
            assert error.code == code
        else:
            assert code == ""


def test_the_bundle_of_a_day_that_came_in_is_written_at_its_point(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    with pytest.raises(DomainError) as told:
        export(ends.centre, ADMIN, "2026-06-04", ends.stick / "e.zip")
    assert told.value.code == "came-in"
