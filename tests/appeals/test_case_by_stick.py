"""A work was transferred at its point and came to the centre by stick; the commission there takes its
appeal to the very end through the pages, second transfer at the centre included."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.services.unit_of_work import Store
from tests.appeals import test_whole_case as whole
from tests.appeals.by_stick import AT_THE_POINT, to_its_decision, transferred
from tests.ledger.test_export import check_here
from tests.travel import two_ends
from tests.travel.two_ends import POINT


def handed_over(centre: Store, folder: Path, migrated: Path, play: whole.Play) -> str:
    """The first transfer at a station of the point; its work is taken in at the centre."""
    station = two_ends.station_in(folder / "station", migrated)
    work = transferred(centre, station, play, folder / "stick.zip")
    # As the point: whatever is scanned while the work is transferred again is of that.
    play.hands.store = centre.at(POINT)
    station.close()
    return work


@pytest.mark.release
@pytest.mark.parametrize("which", sorted(whole.YEARS))
def test_a_case_about_a_work_that_came_by_stick_goes_to_its_very_end(
    centre: Store,
    browser: Callable[[], Any],
    clock: Any,
    which: str,
    tmp_path: Path,
    migrated: Path,
) -> None:
    play = whole.Play(centre, browser, clock, whole.YEARS[which])
    work = handed_over(centre, tmp_path, migrated, play)
    to_its_decision(play, work)
    whole.transfer_again(play, work)
    whole.mark_again(play)
    whole.finish(play)
    whole.read_the_papers(play)
    whole.leave_parts_out(play, work)


def test_the_papers_of_a_case_from_a_stick_are_proved_by_its_bundle(
    centre: Store,
    browser: Callable[[], Any],
    clock: Any,
    tmp_path: Path,
    migrated: Path,
) -> None:
    play = whole.Play(centre, browser, clock, whole.YEARS["blind, 2026"])
    work = handed_over(centre, tmp_path, migrated, play)
    whole.file_the_appeal(play, work)
    shown = play.page("secretary", f"/booklets/{work}")
    assert "Копия верна" in shown
    # By name, because the point's own accounts are only copies here.
    assert all(whole.NAMES[login] in shown for login in AT_THE_POINT)
    secretary = browser()
    secretary.log_in("secretary")
    paper = secretary.post(play.of_case("/receipt.txt"), {})
    [code] = re.findall(r"\d{4}-\d{4}-\d{4}-\d{4}", paper.get_data(as_text=True))
    made = secretary.post(play.of_case("/bundle.zip"), {})
    path = tmp_path / "case.zip"
    path.write_bytes(made.data)
    rc, said = check_here(path, "--code", code)
    assert (rc, f"The code {code} proves" in said) == (0, True), said
