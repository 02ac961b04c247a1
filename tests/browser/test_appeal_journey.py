"""The training appeal in a real browser: secretary, members and the appellant's screen, by keyboard where it counts."""

import datetime as dt
import json

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from examday.services import demo_appeal
from examday.services.appeals import cases
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal
from tests.browser.conftest import Station

pytestmark = pytest.mark.slow


def enter(page: Page) -> None:
    """Press Enter on what has the focus and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def submit(page: Page, form: str) -> None:
    """Press Enter on the form's button, as somebody without a mouse does."""
    page.locator(f'form[action$="{form}"] button').last.focus()
    enter(page)
    assert not page.locator(".error-summary").count(), page.locator(".error-summary").inner_text()


def attend(page: Page, capacity: str, person: str = "", name: str = "") -> None:
    page.select_option("#capacity", capacity)
    if person:
        page.select_option("#person", person)
    if name:
        page.fill("#name", name)
    submit(page, "/hearing/attend")


def test_the_training_appeal_from_the_case_to_the_signed_protocol(station: Station, chromium: Browser) -> None:
    with station.store.read() as uow:
        case = uow.session.scalars(select(Appeal)).first()
        people = {row.login: row.id for row in uow.session.scalars(select(Person))}
        hearing = cases.calendar_of(uow).shift(cases.today(uow), 2)
    assert case is not None
    pin = json.loads((station.store.settings.keys / "training.json").read_text())["pin"]
    url = f"{station.url}/appeals/{case.id}"

    secretary = station.log_in(chromium, "secretary")
    secretary.goto(f"{station.url}/appeals")
    secretary.get_by_role("link", name="Открыть дело").first.press("Enter")
    secretary.wait_for_load_state()
    named = secretary.eval_on_selector_all("section.layers", "nodes => nodes.map((node) => node.id.slice(6))")
    assert set(named) == demo_appeal.planted(), "the diagnosis names exactly the planted fields"
    widths = secretary.evaluate("""async () => { const found = [...document.querySelectorAll('section.layers img')];
      found.forEach((one) => { one.loading = 'eager'; });
      await Promise.all(found.map((one) => one.decode())); return found.map((one) => one.naturalWidth); }""")
    assert len(set(widths)) == 1 and widths[0] > 200, "crops at one scale"
    first = secretary.locator("section.layers").first
    order = [one.strip() for one in first.locator(".layer .source").all_inner_texts()]
    assert order == ["оригинал", "копия", "распознано в РЦОИ", "оценка эксперта"], "the order a screen reader reads"

    secretary.goto(f"{url}/hearing")
    secretary.fill("#day", hearing.isoformat())
    secretary.fill("#time", "10:00")
    secretary.fill("#place", "кабинет 5")
    submit(secretary, "/hearing/appoint")
    for login, capacity in (("appealchair", "chair"), ("member", "member"), ("secretary", "secretary")):
        attend(secretary, capacity, people[login])
    attend(secretary, "appellant", name="апеллянт")
    submit(secretary, "/hearing/open")
    submit(secretary, "/hearing/own-work")

    member = station.log_in(chromium, "member")
    for field in sorted(demo_appeal.planted()):
        member.goto(f"{url}#field-{field}")
        member.locator(f"#field-{field} form button").focus()
        enter(member)
        assert not member.locator(".error-summary").count()
    shown = station.log_in(chromium, "appealchair")
    shown.goto(f"{url}/show")
    assert "предложено" not in shown.inner_text("main") and "Участница" not in shown.inner_text("main")

    secretary.goto(f"{url}/hearing")
    for _turn in range(2):
        secretary.locator('form[action$="/hearing/vote"]').first.locator('input[value="satisfy"]').check(force=True)
        secretary.locator('form[action$="/hearing/vote"]').first.locator("button").focus()
        enter(secretary)
    secretary.fill("#reasons", "Ответы 7–9 стоят строкой ниже.")
    submit(secretary, "/hearing/decide")
    for _turn in range(2):
        secretary.locator("input.pin").first.fill(pin)
        enter(secretary)
    assert "Назначить повторную обработку" in secretary.inner_text("body")
    with secretary.expect_popup() as printed:
        secretary.locator('form[action$="/protocol.pdf"] button').first.press("Enter")
    assert printed.value is not None
    with station.store.read() as uow:
        row = uow.get(Appeal, case.id)
        assert (row.state, row.outcome, row.defect) == ("signed", "satisfy", True)
        assert isinstance(row.filed, dt.date)
