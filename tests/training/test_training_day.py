"""The training day: seeded once through the real use cases, alive at the start, left alone where a
real plan is."""

import json
import stat

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from examday.domain.people.roles import Actor, Role
from examday.domain.plan.findings import Level
from examday.reading.halves import Half, Joined, join_halves
from examday.reading.identify import identify
from examday.services.people.log_in import enter
from examday.services.plan import readiness
from examday.services.training import demo_day, demo_files
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Person, Room, ScanFile

pytestmark = pytest.mark.usefixtures("without_children")


def without_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the plan: no sheet is read (that is the slow test's part)."""
    monkeypatch.setattr(demo_day, "play", lambda store, pin: None)


def test_the_training_plan_is_ready_but_for_one_warning(store: Store) -> None:
    with store.begin(demo_day.SYSTEM) as uow:
        demo_day.bring_plan_in(uow)
    with store.read() as uow:
        ((day, training),) = readiness.days(uow)
        findings = readiness.readiness(uow, day, training)
    assert training and day == store.clock().date()
    assert [(row.rule, row.level, row.subject) for row in findings if row.level != Level.PASS] == [
        ("P05", Level.WARN, "person:organiser4")
    ], "give the training day what the rule asks for: examday/demo/*.csv"


@pytest.mark.release
def test_every_role_has_somebody_to_log_in_with_the_printed_password(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_works(monkeypatch)
    lines = demo_day.seed(store)
    path = store.settings.keys / "training.json"
    kept = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept["password"] in lines[0] and kept["pin"] in lines[0]
    with store.begin(Actor.system("web")) as uow:
        assert enter(uow, "gek", kept["password"]).must_change is False
    with store.read() as uow:
        held = {row.role for person in uow.session.scalars(select(Person)) for row in person.roles}
    assert {
        Role.SITE_HEAD,
        Role.LEAD_ORGANISER,
        Role.ROOM_ORGANISER,
        Role.ASSISTANT,
        Role.EXAM_BOARD_MEMBER,
        Role.PUBLIC_OBSERVER,
        Role.BRAILLE_TRANSCRIBER,
        Role.BRAILLE_CHAIR,
        Role.TECHNICAL_SPECIALIST,
        Role.APPEAL_SECRETARY,
        Role.APPEAL_MEMBER,
        Role.SUBJECT_EXPERT,
    } <= held


@pytest.mark.release
def test_it_is_seeded_once_and_prints_the_same_log_ins_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_works(monkeypatch)
    first = demo_day.seed(store)
    before = store.last_seq()
    assert demo_day.seed(store) == first
    assert store.last_seq() == before


def test_a_station_with_a_real_plan_is_left_alone(store: Store) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.add(Room(site_code="0001", number="0001", features={}))
        uow.add(
            Exam(date=store.clock().date(), kind="ege", subject="01", site_code="0001", facts={})
        )
        uow.record("plan:import", "plan:test")
    assert demo_day.seed(store) == []
    with store.read() as uow:
        assert uow.session.scalars(select(Person)).all() == []
    assert not (store.settings.keys / "training.json").exists()


def sheets_of(work: demo_files.Work) -> list[str]:
    """The names of the sheets that somebody who practises may need for a work."""
    if "pages" in work:
        kind = "notebook" if work["candidate"] in ("У-09", "У-10", "У-11") else "print-out"
        pages = [f"{kind}-{number}" for number, _lines in enumerate(work["pages"], 1)]
        return [*pages, "copy-A4"]
    halves = ["original-A3-half-1", "original-A3-half-2"]
    originals = {"halves": halves, "photo": ["original-A3", "original-photo"]}
    return [*originals.get(work.get("scan", ""), ["original-A3"]), "copy-A4"]


def test_every_work_of_the_training_day_has_the_sheets_of_its_whole_way() -> None:
    kinds = set[str]()
    for work in demo_files.works():
        labels = sheets_of(work)
        kinds |= {label.rpartition("-")[0] for label in labels}
        assert all(demo_files.scan(work["candidate"], label).exists() for label in labels), work
    assert {"notebook", "print-out", "original-A3-half"} <= kinds


def test_three_booklets_of_each_kind_are_there_to_practise_with() -> None:
    pages = [sheets_of(work)[0].rpartition("-")[0] for work in demo_files.works()]
    for kind in ("original", "notebook", "print-out"):
        assert pages.count(kind) >= 3, kind
    assert any(work.get("struck") for work in demo_files.works())


@pytest.mark.release
def test_every_sheet_in_a_hand_is_read_as_the_sheet_that_it_is() -> None:
    seats = demo_day.read_file("seating", "04.06.2026").rows
    codes = {str(row.values["candidate"]): str(row.values.get("form_code") or "") for row in seats}
    for work in demo_files.works():
        for label in sheets_of(work):
            if "half" in label or not label.startswith(("original", "copy")):
                continue
            picture = Image.open(demo_files.scan(work["candidate"], label))
            dpi = picture.info.get("dpi", (None,))[0]
            found = identify(np.asarray(picture.convert("L")), dpi)
            assert found.code == codes[work["candidate"]], (work["candidate"], label, found)
            assert found.layout == "answer-form-1.2022" and found.proven, (work, label)


@pytest.mark.release
def test_the_two_halves_become_the_sheet_that_they_were() -> None:
    [work] = [work for work in demo_files.works() if work.get("scan") == "halves"]
    upper, lower = (
        Half(
            np.asarray(Image.open(demo_files.scan(work["candidate"], label)).convert("L")),
            200,
        )
        for label in ("original-A3-half-1", "original-A3-half-2")
    )
    assert isinstance(join_halves(upper, lower), Joined)


@pytest.mark.slow
def test_the_day_begins_with_works_at_every_kind_of_step_and_goes_on_after_a_cut(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cut_off(_store: Store, _pin: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(demo_day, "play", cut_off)
        demo_day.seed(store)
    # once more: the plan stands, the works do not, and it must go on from there
    demo_day.seed(store)
    with store.read() as uow:
        states = {b.seat.candidate.code: b.state for b in uow.session.scalars(select(Booklet))}
        assert all(scan.state == "done" for scan in uow.session.scalars(select(ScanFile)))
    begun = {work["candidate"]: work["target"] for work in demo_files.works()}
    assert {code: states[code] for code in begun} == begun
    assert set(states) - set(begun) == {
        demo_files.disputed_work()["candidate"]
    }  # counted apart, since it is the disputed work of an earlier day
