"""Pictures of every family of pages and of the print-outs, held against those a person said yes to.

    python tools/page_pictures.py                take them into build/pages and compare
    python tools/page_pictures.py --accept       a person has looked: they are what pages look like
    python tools/page_pictures.py --accept NAME  the same for these alone
    python tools/page_pictures.py --only board   a family alone, without the print-outs

What was accepted lies in docs/pages. Times and made-up codes change from run to run, so a picture
counts as changed from `BOUND` on; build/pages/changes.html shows old and new side by side. Exit
code 1 when a picture changed or is new.
"""

from __future__ import annotations

import argparse
import html
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import waitress
from PIL import Image
from played_day import PlayedDay, fresh_folder, play
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import select

from examday.resources import PACKAGES
from examday.services.people.directory import actor_of, by_login
from examday.services.printing import print_files, prints
from examday.settings import Settings
from examday.storage.tables import Booklet, Item
from examday.storage.tables_appeal import Appeal
from examday.web.app import create_app

ACCEPTED, TAKEN = PACKAGES / "docs" / "pages", PACKAGES / "build" / "pages"
BOUND = 0.01
"""Share of the small picture that may differ: times, ages and codes change less of it."""
SMALL = 640
"""px, width at which pictures are kept and compared: type can still be read."""
FLAGS = ["--no-sandbox", "--disable-gpu"]
"""In a container the browser's own sandbox cannot start, and it opens pages of ours alone."""


@dataclass(frozen=True)
class View:
    """One way of looking: width of the window, colours, type size in per cent."""

    name: str
    width: int
    theme: str = "light"
    size: str = "100"


VIEWS = (
    View("1280", 1280),
    View("360", 360),
    View("dark", 1280, "dark"),
    View("contrast-200", 1280, "contrast", "200"),
    View("360-dark", 360, "dark"),
    View("360-contrast-200", 360, "contrast", "200"),
)


@dataclass(frozen=True)
class Family:
    """One family of pages: whose page it is, and where it is on the played day."""

    name: str
    login: str
    path: str


def families(day: PlayedDay) -> list[Family]:
    """Every family with a work of the played day that has something to show."""
    work = {candidate: player.id for candidate, player in day.players.items()}
    with day.store.read() as uow:
        booklet = uow.get(Booklet, work["У-04"])
        room = f"{booklet.exam_id}/{booklet.seat.room_id}"
        appeal = uow.session.scalars(select(Appeal.id)).first()
    return [
        Family("board", "head", "/board/"),
        Family("close", "head", "/board/close"),
        Family("readiness", "head", "/plan/readiness"),
        Family("plan", "head", "/plan/"),
        Family("people", "head", "/people"),
        Family("ledger", "head", "/ledger"),
        Family("papers", "organiser", "/custody/"),
        Family("room", "organiser", f"/custody/room/{room}"),
        Family("breaks", "organiser", f"/custody/room/{room}/breaks"),
        Family("collect", "organiser", f"/custody/work/{work['У-04']}"),
        Family("scans", "technician", "/scans/"),
        Family("exceptions", "technician", "/scans/exceptions"),
        Family("my-work", "reader2", "/work"),
        Family("settle", "arbiter", f"/settle/{work['У-03']}"),
        Family("work", "head", f"/booklets/{work['У-02']}"),
        Family("offer", "reader2", f"/keyin/{work['У-07']}"),
        Family("sign", "gek", f"/sign/{work['У-02']}"),
        Family("packing", "organiser3", "/packing/"),
        Family("prints", "head", "/print/"),
        Family("commission", "chair", "/commission"),
        Family("appeal", "secretary", f"/appeals/{appeal}"),
        Family("travel", "head", "/travel/"),
        Family("help", "reader", "/help/keyin"),
    ]


def print_outs(day: PlayedDay) -> Iterator[tuple[str, Image.Image]]:
    """The first page of every print-out of a work, an exam and a packet of the played day."""
    work = day.players["У-06"].id
    with day.store.read() as uow:
        exam = uow.get(Booklet, work).exam_id
        packet = uow.session.scalars(
            select(Item.id).where(Item.kind == "packet", Item.exam_id == exam)
        ).first()
    wanted = [
        *(
            (name, f"booklet:{work}")
            for name in ("copying-sheet", "transfer-act", "true-copy", "cover")
        ),
        *((name, f"exam:{exam}") for name in ("day-summary", "custody-journal")),
        *((name, f"item:{packet}") for name in ("packet-contents", "handover-act")),
    ]
    with day.store.read() as uow:
        head = by_login(uow, "head")
        actor = actor_of(head) if head else None
    for name, subject in wanted:
        if actor is None:
            return
        with day.store.begin(actor) as uow:
            sha256 = prints.make(uow, name, subject)
        with day.store.read(actor) as uow:
            document = pypdfium2.PdfDocument(print_files.pdf(uow, sha256))
        yield name, document[0].render(scale=1.5).to_pil().convert("RGB")


def take(
    browser: Browser,
    address: str,
    day: PlayedDay,
    only: Iterable[str],
) -> Iterator[tuple[str, Image.Image]]:
    """The first screen of every family (or of `only` these) in every view, by name."""
    wanted = set(only)
    shown = [family for family in families(day) if not wanted or family.name in wanted]
    for view in VIEWS:
        contexts: dict[str, BrowserContext] = {}
        for family in shown:
            if family.login not in contexts:
                contexts[family.login] = _logged_in(browser, address, family.login, day, view)
            page = contexts[family.login].pages[0]
            answer = page.goto(address + family.path)
            if answer is None or not answer.ok:
                raise LookupError(f"no picture of {family.path}: the page answers with an error")
            page.wait_for_load_state("networkidle")
            target = TAKEN / "screen.png"
            page.screenshot(path=target)
            with Image.open(target) as picture:
                yield f"{family.name}-{view.name}", picture.convert("RGB")
        for context in contexts.values():
            context.close()


def _logged_in(
    browser: Browser,
    address: str,
    login: str,
    day: PlayedDay,
    view: View,
) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": view.width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#login", login)
    page.fill("#password", day.password)
    page.click("main button.primary")
    page.wait_for_load_state()
    for name, value in (("theme", view.theme), ("size", view.size)):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context


def small(picture: Image.Image) -> Image.Image:
    """The picture as it is kept: so wide that type can be read, in few colours."""
    wide = min(SMALL, picture.width)
    high = round(picture.height * wide / picture.width)
    made = picture.resize((wide, high), Image.Resampling.LANCZOS)
    return made.quantize(48, dither=Image.Dither.NONE)


def changed(old: Image.Image, new: Image.Image) -> float:
    """The share of the picture that differs so that an eye sees it; 1.0 for another size."""
    if old.size != new.size:
        return 1.0
    before, after = (np.asarray(one.convert("L"), np.int16) for one in (old, new))
    return float((np.abs(before - after) > 48).mean())


def compare(names: Iterable[str]) -> dict[str, float]:
    """Name → share that changed, of those from the bound on; 1.0 for what nobody has accepted."""
    found = {}
    for name in names:
        accepted = ACCEPTED / f"{name}.png"
        share = 1.0
        if accepted.exists():
            with Image.open(accepted) as old, Image.open(TAKEN / f"{name}.png") as new:
                share = changed(old, new)
        if share >= BOUND:
            found[name] = share
    return found


def show(found: dict[str, float]) -> Path:
    """Write the page on which a person looks: what was accepted beside what is there now."""
    rows = [
        f"<h2>{html.escape(name)}: {share:.1%}</h2><p>"
        f'<img src="../../docs/pages/{name}.png" alt="accepted"> <img src="{name}.png" alt="now"></p>'
        for name, share in sorted(found.items(), key=lambda item: -item[1])
    ]
    page = TAKEN / "changes.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{''.join(rows)}", encoding="utf-8")
    return page


def accept(names: list[str]) -> int:
    """Take over the pictures that a person has looked at; how many."""
    chosen = [TAKEN / f"{name}.png" for name in names] or sorted(TAKEN.glob("*.png"))
    ACCEPTED.mkdir(parents=True, exist_ok=True)
    for picture in chosen:
        shutil.copy(picture, ACCEPTED / picture.name)
    return len(chosen)


def renew(look: Iterable[tuple[str, Image.Image]]) -> list[str]:
    """Take the pictures anew; their names."""
    shutil.rmtree(TAKEN, ignore_errors=True)
    TAKEN.mkdir(parents=True)
    names = []
    for name, picture in look:
        small(picture).save(TAKEN / f"{name}.png", optimize=True)
        names.append(name)
    (TAKEN / "screen.png").unlink(missing_ok=True)
    return names


def pictures(only: Iterable[str]) -> Iterator[tuple[str, Image.Image]]:
    """Seed a day, work on it a little, and look at everything (or at `only` these families)."""
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
        yield from take(browser, f"http://127.0.0.1:{server.effective_port}", day, only)
        browser.close()
    server.close()
    for name, picture in print_outs(day) if not only else ():
        yield f"print-{name}", picture


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accept", nargs="*", metavar="NAME")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="FAMILY",
    )
    options = parser.parse_args()
    if options.accept is not None:
        print(f"accepted: {accept(options.accept)}")
        return 0
    found = compare(renew(pictures(options.only)))
    if not found:
        print("no page looks different")
        return 0
    print(f"{len(found)} pictures changed or are new: look at {show(found)}, then --accept")
    return 1


if __name__ == "__main__":
    sys.exit(main())
