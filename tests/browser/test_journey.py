"""One work from the plan to the hand-over in a real browser, on a real station with its broker and
workers. Every page on the way is checked for barriers. Eleven people take part, each under their
own name."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from examday.domain.custody.counts import Purpose
from examday.services.custody import papers
from examday.services.training.demo_files import scan, works
from examday.storage.tables import Booklet
from tests import stations
from tests.browser.walk import Walk

pytestmark = pytest.mark.slow
WORK = next(work for work in works() if work["candidate"] == "У-01")
SLIP = {"3": "153"}


@pytest.fixture(scope="module")
def walk(chromium: Browser, whole_station: stations.Station, axe: str) -> Iterator[Walk]:
    made = Walk(chromium, whole_station, axe, WORK, narrow=("reader2", "arbiter"))
    yield made
    made.end()


def issue_enlarge_collect(walk: Walk) -> None:
    with walk.store.read() as uow:
        code = uow.get(Booklet, walk.id).code or ""
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    page.fill("#code", code)
    walk.press(page)
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    page.select_option("#witness", walk.person("gek"))
    for other in page.locator('input[name="sheet"]:not([value="form_1"])').all():
        other.uncheck(force=True)  # off, because the candidate answers on form № 1 alone
    walk.press(page)
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    with walk.store.read() as uow:
        walk.counted(page, papers.countable(papers.of_booklet(uow, walk.id)))
    walk.press(page)
    assert walk.state() == "collected"


def test_a_work_goes_all_the_way(walk: Walk) -> None:
    issue_enlarge_collect(walk)
    walk.send_scan(scan(WORK["candidate"], "original-A3"))
    walk.key_in("reader")
    walk.key_in("reader2", SLIP)
    assert walk.state() == "keyed"
    walk.settle("arbiter", "3", WORK["answers"]["3"])
    assert walk.state() == "settled"
    walk.copy("assistant")
    walk.send_scan(scan(WORK["candidate"], "copy-A4"))
    walk.verify("reader")
    assert walk.state() == "verified"
    walk.sign("assistant")
    assert walk.state() == "certified"
    walk.pack("organiser")
    assert walk.state() == "packed"
    walk.hand_over((Purpose.STANDARD, Purpose.EVIDENCE))
    page = walk.at("head", f"/booklets/{walk.id}")
    expect(page.locator(".thread [aria-current=step]")).to_contain_text("передана")
    expect(page.locator(".sign.given")).to_have_count(3)
    expect(page.locator(".alarm-row")).to_have_count(
        1
    )  # seen all along, because the slip of the second reader must stay in sight
    assert not walk.found, "\n".join(walk.found)
