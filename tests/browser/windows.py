"""Clerks at a real browser: they fill in and press what `tests/at_desks.py` fills in and presses, so
that one walk can be gone with scripts and without."""

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Browser, ElementHandle, Page, Response

from tests.at_desks import Clerk, Shown, read
from tests.browser.checks import faults
from tests.conftest import PASSWORD

FORM = """([ending, name, value]) => [...document.forms].find((form) => {
  const fields = [...form.elements];
  if (name) return fields.some((field) => field.name === name && field.value === value);
  if (ending) return (form.getAttribute('action') || '').split('?')[0].endsWith(ending);
  return fields.some((field) => field.matches('button[data-primary]'));
})"""
FIELDS = "(form, name) => [...form.elements].filter((field) => field.name === name)"
BUTTON = """(form, words) => {
  const all = [...form.elements].filter((field) => field.matches('button'));
  const wanted = all.filter((one) => words && [one.value, one.textContent.trim()].includes(words));
  return words ? wanted[0] : all.find((one) => one.matches('[data-primary]')) || all[0];
}"""


WAIT_MS = 120_000


class AskedHere(Exception):
    """The page asks before it sends anything: no other page is opened."""


class Window(Clerk):
    """One person at one window."""

    def __init__(self, windows: "Windows", login: str) -> None:
        self.windows, self.login, self.opened, self.keys = windows, login, list[str](), 0
        wide = 360 if login in windows.narrow else 1280
        size: Any = {"width": wide, "height": 900}
        self.at: Page = windows.browser.new_context(viewport=size).new_page()
        # On a machine with much to do a page may take longer than the half minute of the driver.
        self.at.set_default_timeout(WAIT_MS)
        self.at.on("pageerror", lambda error: windows.found.append(str(error)))
        self.at.goto(f"{windows.url}/login")
        self.at.fill("#login", login)
        self.at.fill("#password", PASSWORD)
        self.at.click("main button.primary")
        self.at.wait_for_url(lambda address: not address.endswith("/login"))
        self.page: Shown | None = None

    def open(self, url: str) -> Shown:
        """Open an address."""
        answer = self.at.goto(self.windows.url + url.removeprefix(self.windows.url))
        return self._look(answer)

    def follow(self) -> Shown:
        """Press the primary link or button of the page in sight."""
        with self.at.expect_navigation() as gone:
            self.at.locator("main [data-primary]").first.click()
        return self._look(gone.value)

    def press(
        self,
        ending: str = "",
        button: str = "",
        fields: dict[str, Any] | None = None,
        typing: Iterable[str] = (),
        having: tuple[str, str] = ("", ""),
    ) -> Shown:
        """Fill `fields` into a form of the page in sight and press a button of it."""
        self.at.evaluate(
            "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
        )
        form = self.at.evaluate_handle(FORM, [ending, *having]).as_element()
        assert form, (ending, having, self.at.url)
        for name, value in (fields or {}).items():
            found = self.at.evaluate_handle(
                f"([form, name]) => ({FIELDS})(form, name)", [form, name]
            )
            self._fill(name, [p.as_element() for p in found.get_properties().values()], value)
        pressed = self.at.evaluate_handle(
            f"([form, words]) => ({BUTTON})(form, words)", [form, button]
        ).as_element()
        assert pressed, (button, self.at.url)
        question = self.at.locator("[data-blanks]:not([hidden])")
        try:
            with self.at.expect_navigation() as gone:
                pressed.click()
                if question.is_visible():
                    raise AskedHere
        except AskedHere:
            self.page = read(self.at.url.removeprefix(self.windows.url), 200, self.at.content())
            return self.page
        return self._look(gone.value)

    def _fill(self, name: str, fields: list[ElementHandle | None], value: Any) -> None:
        field = fields[0] if fields else None
        assert field, f"{self.at.url} has no {name}"
        if field.evaluate("field => field.localName") == "select":
            field.select_option(str(value))
        elif field.get_attribute("type") in ("checkbox", "radio"):
            wanted = {str(one) for one in value} if isinstance(value, list) else {str(value)}
            for one in filter(None, fields):
                if (one.get_attribute("value") in wanted) != one.is_checked():
                    # Not by its place on the screen: pictures that come late move what is below.
                    one.evaluate("box => box.click()")
                    assert (one.get_attribute("value") in wanted) == one.is_checked(), name
        elif field.get_attribute("type") == "file":
            field.set_input_files(
                [_as_file(one) for one in (value if isinstance(value, list) else [value])]
            )
        elif field.get_attribute("type") != "hidden":
            field.fill(str(value))

    def _look(self, answer: Response | None) -> Shown:
        self.windows.found += [f"{self.at.url}: {one}" for one in faults(self.at, self.windows.axe)]
        path = self.at.url.removeprefix(self.windows.url)
        self.opened.append(path)
        self.page = read(path, answer.status if answer else 0, self.at.content())
        return self.page


def _as_file(given: tuple[Any, str]) -> Any:
    stream, name = given
    return {"name": name, "mimeType": "application/octet-stream", "buffer": stream.read()}


class Windows:
    """The windows of one station, and what was found wrong on their pages."""

    def __init__(self, browser: Browser, url: str, axe: str, narrow: Iterable[str] = ()) -> None:
        self.browser, self.url, self.axe, self.narrow = browser, url, axe, set(narrow)
        self.found: list[str] = []
        self.all: list[Window] = []

    def open(self, login: str) -> Window:
        """Somebody logs in."""
        self.all.append(Window(self, login))
        return self.all[-1]

    def close(self) -> None:
        """Everybody goes home."""
        for window in self.all:
            window.at.context.close()
