"""Take the pictures of the README from the real pages.

Seeds a training day in a temporary folder, works on it a little, and looks at it with Chromium.
Usage: `python tools/take_screenshots.py` (writes docs/images/*.png).
"""

import shutil
import threading

import waitress
from PIL import Image
from played_day import PlayedDay, fresh_folder, play
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import select

from examday.resources import PACKAGES
from examday.settings import Settings
from examday.storage.tables_appeal import Appeal
from examday.web.app import create_app

IMAGES = PACKAGES / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu"]
"""In a container Chromium has neither a sandbox nor a graphics card."""
SIZE: ViewportSize = {"width": 1280, "height": 860}
"""The width at which pages are judged; high enough for the first screen of each."""


def main() -> None:
    """Seed a day, work on it a little, look at it."""
    day = play(Settings.from_env({}, data=fresh_folder(), argon2_cost=1))
    server = waitress.create_server(
        create_app(day.store.settings, day.store),
        host="127.0.0.1",
        port=0,
        threads=8,
    )
    threading.Thread(target=server.run, daemon=True).start()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        look(browser, f"http://127.0.0.1:{server.effective_port}", day)
    server.close()


def log_in(
    browser: Browser,
    address: str,
    login: str,
    password: str,
) -> Page:
    """A page of this person."""
    page = browser.new_context(
        viewport=SIZE,
        reduced_motion="reduce",
        base_url=address,
    ).new_page()
    page.goto("/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button.primary")
    page.wait_for_load_state()
    return page


def look(browser: Browser, address: str, day: PlayedDay) -> None:
    """Open each page as the person whose work it is."""
    password, player = day.password, day.players
    head = log_in(browser, address, "head", password)
    head.goto("/board/")
    keep(head, "board")
    head.goto(f"/sign/{player['У-02'].id}")
    keep(head, "sign")
    reader = log_in(browser, address, "reader", password)
    for path, name, field in (
        (f"/keyin/{player['У-07'].id}", "keyin", "[name='v:2']"),
        (f"/verify/{player['У-05'].id}", "verify", ""),
    ):
        reader.goto(path)
        reader.click("main [data-primary]")
        reader.wait_for_load_state()
        if field:
            reader.fill("[name='v:1']", "5")
            reader.focus(field)
            reader.wait_for_timeout(1500)
            reader.evaluate("window.scrollTo(0, 0)")
        keep(reader, name)
    secretary = log_in(browser, address, "secretary", password)
    with day.store.read() as uow:
        appeal = uow.session.scalars(select(Appeal.id)).first()
    secretary.goto(f"/appeals/{appeal}")
    secretary.evaluate("window.scrollTo(0, 480)")
    keep(secretary, "appeal")


def keep(page: Page, name: str) -> None:
    """Take the picture; few colours are enough and make small files."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(160, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


if __name__ == "__main__":
    main()
