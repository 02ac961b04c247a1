"""The training appeal in a real browser on a real station, from the paper to the closed case:
secretary, member, chair, the appellant's screen, and other hands for the second transfer. Every
page on the way is checked for barriers."""

import datetime as dt
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.people.roles import Actor
from examday.resources import PACKAGES
from examday.services.rules.calendars import calendar_of
from examday.services.training import demo_files
from examday.services.training.demo_works import Player
from examday.storage.base import plain
from examday.storage.tables import Assignment, Reading, Signoff
from examday.storage.tables import Page as PageRow
from examday.storage.tables_appeal import Appeal
from tests import stations
from tests.browser.walk import Walk

pytestmark = [pytest.mark.slow, pytest.mark.release]
WORK = demo_files.disputed_work()
PLANTED = set(WORK["copy"])
"""The fields that the copy has wrong: the diagnosis must name exactly these."""
FRESH, FRESH_TOO = "organiser3", "organiser5"
"""Two who had nothing to do with the first transfer: anybody else would be refused."""


class Case(Walk):
    """The commission and its case."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        with self.store.read() as uow:
            self.case = uow.session.scalars(
                select(Appeal.id).where(Appeal.booklet_id == self.id)
            ).one()

    def open(self, login: str, part: str = "") -> Page:
        """This person opens a page of the case."""
        return self.at(login, f"/appeals/{self.case}{part}")

    def submit(self, page: Page, form: str, refused: bool = False) -> Page:
        """Press Enter on the form's button, as somebody without a mouse does."""
        page.locator(f'form[action$="{form}"] button').last.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        wrong = page.locator(".error-summary")
        assert refused == bool(wrong.count()), (
            wrong.inner_text() if wrong.count() else f"{form} was not refused"
        )
        return self.look(page)

    def appeal(self) -> Appeal:
        """The case as it stands."""
        with self.store.read() as uow:
            return uow.get(Appeal, self.case)

    def first_transfer(self) -> dict[str, Any]:
        """Every row of the first transfer: readings, parts, signatures, scans."""
        with self.store.read() as uow:
            rows = [
                row
                for model in (Reading, Assignment, Signoff, PageRow)
                for row in uow.session.scalars(
                    select(model).where(model.booklet_id == self.id, model.version == 1)
                )
            ]
            return {
                f"{row.__tablename__}:{row.id}": {
                    column.name: plain(getattr(row, column.name))
                    for column in row.__table__.columns
                }
                for row in rows
            }


@pytest.fixture(scope="module")
def walk(chromium: Browser, whole_station: stations.Station, axe: str) -> Iterator[Case]:
    made = Case(chromium, whole_station, axe, WORK, narrow=("member", FRESH_TOO))
    yield made
    made.end()


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with Tab alone until `wanted` has the focus."""
    for _key in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {wanted}")


def file_anew(walk: Case) -> None:
    """The appeal on the paper was filed wrongly: it is withdrawn and the corrected paper is
    entered."""
    day = dt.date.today().isoformat()

    def enter() -> Page:
        page = walk.at("secretary", "/appeals/new")
        page.fill("#q", WORK["code"])
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        for field, text in (
            ("result_day", day),
            ("filed", day),
            ("reached", day),
            ("applicant", "апеллянт"),
            ("contact", "через школу"),
            ("text", "Пересмотреть краткие ответы 7–12."),
        ):
            page.fill(f"#{field}", text)
        return walk.look(page)

    page = walk.submit(enter(), "/appeals/new", refused=True)
    assert "уже есть открытая апелляция" in page.locator(".error-summary").inner_text()
    page = walk.open("secretary")
    page.get_by_text("Апеллянт отзывает апелляцию").click()
    page.fill("#withdraw-reason", "подаёт заново, уточнены задания")
    walk.submit(page, "/withdraw")
    page = walk.submit(enter(), "/appeals/new")
    walk.case = page.url.rpartition("/")[2]
    with page.expect_popup() as receipt:
        page.locator('form[action$="/receipt.pdf"] button').first.press("Enter")
    assert receipt.value is not None


def see_the_four_layers(walk: Case) -> None:
    page = walk.open("secretary")
    named = page.eval_on_selector_all(
        "section.layers", "nodes => nodes.map((node) => node.id.slice(6))"
    )
    assert set(named) == PLANTED, "the diagnosis names exactly the planted fields"
    widths = page.evaluate("""async () => { const found = [...document.querySelectorAll('section.layers img')];
      found.forEach((one) => { one.loading = 'eager'; });
      await Promise.all(found.map((one) => one.decode())); return found.map((one) => one.naturalWidth); }""")
    assert len(set(widths)) == 1 and widths[0] > 200, "crops at one scale"
    first = page.locator("section.layers").first
    order = [one.strip() for one in first.locator(".layer .source").all_inner_texts()]
    assert order == ["оригинал", "копия", "распознано в РЦОИ", "оценка эксперта"], (
        "the order a screen reader reads"
    )


def attend(
    walk: Case, page: Page, capacity: str, person: str = "", name: str = "", refused: bool = False
) -> Page:
    page.select_option("#capacity", capacity)
    if person:
        page.select_option("#person", walk.person(person))
    else:
        page.select_option("#person", "")
    page.fill("#name", name)
    # the question stands there only where no record names the people
    asked = page.locator("#was_asked")
    if asked.count():
        asked.check()
    return walk.submit(page, "/hearing/attend", refused)


def open_the_hearing(walk: Case) -> None:
    with walk.store.read() as uow:
        day = calendar_of(uow).shift(uow.today(), 2)
    page = walk.open("secretary", "/hearing")
    page.fill("#day", day.isoformat())
    page.fill("#time", "10:00")
    page.fill("#place", "кабинет 5")
    page = walk.submit(page, "/hearing/appoint")
    for login in ("appealchair", "member", "secretary"):
        page = attend(walk, page, login.removeprefix("appeal"), login)
    page = attend(walk, page, "transcriber", "reader", refused=True)
    assert "участвовал(а) в переносе этой работы" in page.locator(".error-summary").inner_text()
    page = attend(walk, page, "appellant", name="апеллянт")
    page = walk.submit(page, "/hearing/open")
    own = page.locator('form[action$="/hearing/own-work"]')
    assert not own.locator("input:checked").count(), "nothing personal is chosen beforehand"
    page = walk.submit(page, "/hearing/own-work", refused=True)
    own = page.locator('form[action$="/hearing/own-work"]')
    for value in ("yes", "print"):
        own.locator(f'input[value="{value}"]').check(force=True)
    page = walk.submit(page, "/hearing/own-work")
    assert not page.locator('form[action$="/hearing/vote"]').count(), "tasks come before votes"
    assert not page.locator('form[action$="/hearing/decide"]').count(), "votes before the decision"


def decide_each_task(walk: Case) -> None:
    """The member does it with the keyboard alone."""
    page = walk.open("member")
    for field in sorted(PLANTED, key=int):
        tab_to(page, page.locator(f"#field-{field} form button"))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert not page.locator(".error-summary").count()
    walk.look(page)
    shown = walk.open("appealchair", "/show")
    seen = shown.inner_text("main")
    assert "предложено" not in seen and "Участница" not in seen, "only what the appellant may see"
    assert "1245" in seen and "41" in seen, "both papers"


def vote_and_sign(walk: Case) -> None:
    page = walk.open("secretary", "/hearing")
    for outcome in ("reject", "satisfy"):
        page.locator('form[action$="/hearing/vote"]').last.locator(
            f'input[value="{outcome}"]'
        ).check(force=True)
        page = walk.submit(page, "/hearing/vote")
    # The first vote was entered wrongly: corrected with a reason, both stay to be seen.
    wrong = page.locator("#vote details", has_text="Исправить голос").last
    wrong.locator("summary").click()
    wrong.locator('input[value="satisfy"]').check(force=True)
    wrong.locator("input[name=reason]").fill("не та кнопка")
    with page.expect_navigation():
        wrong.locator("button").press("Enter")
    page = walk.look(page)
    assert "отклонить" in page.locator("#vote s").inner_text()
    page.fill("#reasons", "Ответы 7–9 стоят строкой ниже.")
    page = walk.submit(page, "/hearing/decide")
    for _turn in range(2):
        page.locator("input.pin").last.fill(walk.secrets["pin"])
        page = walk.submit(page, "/protocol/sign")
    with page.expect_popup() as printed:
        page.locator('form[action$="/protocol.pdf"] button').first.press("Enter")
    assert printed.value is not None
    case = walk.appeal()
    assert (case.state, case.outcome, case.defect) == ("signed", "satisfy", True)


def name_other_hands(walk: Case) -> None:
    page = walk.submit(walk.open("secretary", "/order"), "/order")
    offered = page.locator("#transferrer option").all_inner_texts()
    assert "Учебный Ассистент" not in offered and "Учебный Организатор-3" in offered
    page.locator("summary", has_text="Кого назвать нельзя").click()
    barred = page.locator("#barred").inner_text()
    assert re.search("Учебный Ассистент.*перенос", barred) and re.search(
        "Учебный Читающий-2.*второй ввод", barred
    )
    page.evaluate(
        "id => document.querySelector('#transferrer').add(new Option('ещё', id))",
        walk.person("assistant"),
    )
    page.select_option("#transferrer", walk.person("assistant"))
    page.select_option("#second", walk.person(FRESH_TOO))
    page = walk.submit(page, "/order/assign", refused=True)
    assert "делают другие руки" in page.locator(".error-summary").inner_text()
    assert page.locator("#second").input_value() == walk.person(FRESH_TOO), "what was chosen stays"
    page.select_option("#transferrer", walk.person(FRESH))
    walk.submit(page, "/order/assign")


def not_to_be_closed_yet(walk: Case, step: str) -> None:
    said = walk.open("secretary", "/order").locator("main").inner_text()
    assert "Дело закрыть нельзя" in said and step in said.partition("Дело закрыть нельзя")[2]
    assert walk.appeal().state == "reprocessing"


class OtherHands(Player):
    """The second transfer: the training's steps, done by those whom the commission has named."""

    hands: dict[str, str] = {"reader": FRESH, "reader2": FRESH_TOO, "assistant": FRESH}

    def actor(self, login: str) -> Actor:
        """Whoever does here what this log-in does in the first transfer."""
        return super().actor(self.hands.get(login, login))

    def verify(self) -> None:
        """The second hands verify what the first have copied."""
        self.hands = {**self.hands, "reader": FRESH_TOO}
        super().verify()


def transfer_again(walk: Case) -> None:
    """The whole way once more: read twice, copied, scanned, verified, signed, packed, handed over.

    To the signatures through the use cases: tests/browser/test_journey.py walks through their pages.
    """
    again = OtherHands(walk.store, walk.secrets["pin"], {**WORK, "second": {"12": "41"}})
    again.key_in()
    assert walk.state() == "keyed", "the second reader's slip is open"
    again.settle()
    again.copy()
    again.take_in("copy-A4-again")
    again.verify()
    again.sign()
    assert walk.state() == "certified"
    walk.submit(walk.open("secretary", "/order"), "/order/retransfer")
    page = walk.open("secretary", "/order")
    assert "когда новый бланк будет передан" in page.inner_text("#step-hand_over")
    assert not page.locator("#step-hand_over button").count()
    page = walk.at("head", "/packing/")
    walk.press(page, page.locator(f'main table a[href$="/packing/work/{walk.id}"]'))
    walk.pack("head")
    walk.hand_over([Purpose.STANDARD])
    assert walk.state() == "handed_over"


def finish(walk: Case) -> None:
    walk.submit(walk.open("secretary", "/order"), "/order/hand_over")
    page = walk.open("operator", "/order")
    page.fill("#before", "61")
    page.fill("#after", "68")
    walk.submit(page, "/order/recalculate")
    assert not walk.open("secretary", "/order").locator('form[action$="/order/approve"]').count(), (
        "not hers to approve"
    )
    walk.submit(walk.open("appealchair", "/order"), "/order/approve")
    not_to_be_closed_yet(walk, "сообщить апеллянту")
    page = walk.open("secretary", "/order")
    page.fill("#whom", "апеллянт")
    page.fill("#way", "лично, под подпись")
    walk.submit(page, "/order/inform")
    page = walk.submit(walk.open("secretary", "/order"), "/order/close")
    expect(page.locator("main")).to_contain_text("Дело закрыто")
    expect(page.locator("main")).to_contain_text("61 → 68")
    expect(page.locator("#outcome")).to_contain_text("апеллянт")
    assert page.locator("#outcome table tbody tr").count() == len(PLANTED), (
        "both forms side by side"
    )
    assert walk.appeal().state == "closed"


def check(bundle: Path) -> tuple[int, str]:
    """What the single-file verifier says of a bundle, and its exit code."""
    done = subprocess.run(
        [sys.executable, PACKAGES / "tools" / "verify_export.py", bundle],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def with_one_byte_changed(bundle: Path, part: str) -> tuple[Path, str]:
    """The same bundle with one byte of its first scan or of its ledger changed, and the name of
    the changed file."""
    target = bundle.with_name(f"bad-{part.strip('/')}.zip")
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(target, "w") as out:
        name = next(name for name in source.namelist() if name.startswith(part))
        for entry in source.infolist():
            content = bytearray(source.read(entry))
            if entry.filename == name:
                content[len(content) // 2] ^= 1
            out.writestr(entry, bytes(content))
    return target, name


def test_the_training_appeal_from_the_paper_to_the_closed_case(walk: Case, tmp_path: Path) -> None:
    file_anew(walk)
    before = walk.first_transfer()
    see_the_four_layers(walk)
    open_the_hearing(walk)
    decide_each_task(walk)
    vote_and_sign(walk)
    name_other_hands(walk)
    not_to_be_closed_yet(walk, "перенести заново")
    transfer_again(walk)
    finish(walk)
    after = walk.first_transfer()
    assert before and before.items() <= after.items(), (
        "nothing of the first transfer is changed or gone"
    )
    page = walk.open("secretary", "/kit")
    with page.expect_download() as taken:
        page.locator('form[action$="/bundle.zip"] button').press("Enter")
    bundle = tmp_path / "case.zip"
    taken.value.save_as(bundle)
    code, said = check(bundle)
    assert code == 0, said
    for part in ("scans/", "ledger.jsonl"):
        bad, name = with_one_byte_changed(bundle, part)
        code, said = check(bad)
        assert code == 1 and name in said, said
    assert not walk.found, "\n".join(walk.found)
