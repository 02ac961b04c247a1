"""A person who cannot see, at a keyboard: what they know of a page is what its accessibility tree
says, and what they do is pressing keys. Both are counted."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.checks import faults

LIVE = """() => {
  window.said = [];
  const live = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]';
  const hear = (node) => {
    const region = (node.nodeType === 1 ? node : node.parentElement)?.closest(live);
    if (region && region.getAttribute('aria-live') !== 'off') window.said.push(region.textContent.trim());
  };
  new MutationObserver((changes) => new Set(changes.map((one) => one.target)).forEach(hear))
    .observe(document, { childList: true, characterData: true, subtree: true });
}"""
"""Whatever any live region says, from the moment the page begins: said before the test looks, it
would be lost."""
AFTER_FRAME = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(window.said.splice(0)))))"""
"""A region speaks with the next frame that is drawn: this answers one frame later."""
MOST_STOPS = 150
SIX = "FDSJKL"
"""Keys of dots 1–6, as people at a Brailler know them."""
NAMED: Mapping[str, dict[str, Any]] = {
    "Enter": {"code": "Enter", "key": "Enter", "text": "\r", "windowsVirtualKeyCode": 13},
    "Space": {"code": "Space", "key": " ", "text": " ", "windowsVirtualKeyCode": 32},
}
"""What a keyboard tells of the keys that end a cell."""


@dataclass
class Heard:
    """What one person pressed and heard between two moments."""

    keys: int = 0
    said: list[str] = field(default_factory=list)


class ByEar:
    """One person at one browser."""

    def __init__(self, page: Page, axe: str) -> None:
        self.page, self.axe = page, axe
        self.tree = page.context.new_cdp_session(page)
        self.all = Heard()
        self.barriers: list[str] = []
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.add_init_script(f"({LIVE})()")

    def press(self, *keys: str) -> None:
        """Keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.all.keys += len(keys)

    def type(self, text: str) -> None:
        """Text as it is typed."""
        self.page.keyboard.type(text)
        self.all.keys += len(text)

    def braille(self, cells: Sequence[int], overlap_ms: int = 0, at_once: str = "") -> None:
        """Cells with six keys: those of a cell go down within 8 ms, stay for 60 ms and come up.

        `overlap_ms`: of a fast writer, whose next keys are down before the last ones are up;
        `at_once`: a key that is struck before the last cell is let go.
        """
        now, up = time.time(), list[str]()
        for dots in cells:
            down = [key for place, key in enumerate(SIX) if dots >> place & 1]
            # A finger that is still down cannot strike again: another one goes ahead.
            ahead = [key for key in down if key not in up][: bool(overlap_ms)]
            self._keys("keyDown", ahead, now)
            self._keys("keyUp", up, now + overlap_ms / 1000)
            now += overlap_ms / 1000 + 0.004
            self._keys("keyDown", [key for key in down if key not in ahead], now)
            now, up = now + 0.06, down
            if not down:
                self._keys("keyDown", ["Space"], now)
                self._keys("keyUp", ["Space"], now)
        if at_once:
            self._keys("keyDown", [at_once], now)
        self._keys("keyUp", [*up, *([at_once] if at_once else [])], now)

    def _keys(self, kind: str, keys: Sequence[str], at: float) -> None:
        """Keys with the time at which the keyboard has noticed them: no test waits for them, and a
        busy computer that hears of one late does not take it for one after a long silence."""
        for key in keys:
            named = NAMED.get(key, {"code": f"Key{key}", "key": key.lower()})
            if kind == "keyUp":
                named = {name: told for name, told in named.items() if name != "text"}
            self.tree.send("Input.dispatchKeyEvent", {"type": kind, "timestamp": at, **named})
        self.all.keys += len(keys) * (kind == "keyDown")

    def send(self, key: str = "Enter") -> None:
        """A key after which another page opens."""
        with self.page.expect_navigation():
            self.press(key)
        self.page.wait_for_load_state()

    def focused(self) -> dict[str, Any]:
        """The node of the accessibility tree that has the focus."""
        here = self.tree.send("Runtime.evaluate", {"expression": "document.activeElement"})
        handle = here["result"]["objectId"]
        found = self.tree.send(
            "Accessibility.getPartialAXTree", {"objectId": handle, "fetchRelatives": False}
        )
        node: dict[str, Any] = found["nodes"][0]
        return node

    def here(self) -> str:
        """Role, name, value and description of what has the focus."""
        node = self.focused()
        parts = [str(node.get(p, {}).get("value", "")) for p in ("role", "name", "value")]
        parts += [node.get("description", {}).get("value", "")]
        parts += [
            one["name"]
            for one in node.get("properties", [])
            if one["name"] in ("checked", "expanded")
            and one["value"].get("value") in (True, "true")
        ]
        return " | ".join(part for part in parts if part)

    def at_the_top(self) -> bool:
        """The page has just opened and nothing on it has the focus."""
        return str(self.focused()["role"]["value"]) in ("none", "RootWebArea")

    def skip(self) -> None:
        """Past the menu, by the first link of every page."""
        self.press("Tab")
        assert "К содержанию страницы" in self.here()
        self.press("Enter")

    def go(self, words: str, back: bool = False, menu: bool = False) -> str:
        """Tab on until this is heard; every stop on the way is heard too."""
        heard = []
        if self.at_the_top() and not menu:
            self.skip()
        for _stop in range(MOST_STOPS):
            said = self.here()
            if re.search(words, said):
                return said
            self.press("Shift+Tab" if back else "Tab")
            heard.append(self.here())
            self.all.said.append(heard[-1])
        raise AssertionError(f"no way by keyboard to «{words}»: {heard[:60]}")

    def choose(self, words: str, option: str) -> str:
        """Go to a list of choices or radio buttons and take this one by the arrow."""
        self.go(words)
        seen: list[str] = []
        for _step in range(30):
            said = self.here()
            if option in said and (not said.startswith("radio") or "checked" in said):
                return said
            seen.append(said)
            self.press("ArrowDown")
        raise AssertionError(f"«{option}» is not offered: {seen}")

    def live(self) -> list[str]:
        """What the live regions have said since the last time."""
        said = [text for text in self.page.evaluate(AFTER_FRAME) if text]
        self.all.said += said
        return said

    def opened(self, title: str) -> str:
        """A page has opened: its title is heard, then what has the focus; nothing is in the way."""
        # A busy computer takes its time to open a page; that is no fault of the page.
        expect(self.page).to_have_title(re.compile(title), timeout=20_000)
        self.page.wait_for_load_state()
        self.all.said += [self.page.title(), self.here()]
        self.barriers += [f"{title}: {fault}" for fault in faults(self.page, self.axe)]
        return self.here()

    def read(self) -> str:
        """All that the page says, from its first word to its last."""
        nodes = self.tree.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        words: list[str] = []

        def speak(node: dict[str, Any]) -> None:
            if node["role"]["value"] == "StaticText":
                words.append(node["name"]["value"])
            for child in node.get("childIds", []):
                if child in by_id:
                    speak(by_id[child])

        speak(nodes[0])
        return re.sub(r"\s+", " ", " ".join(words))

    def log_in(self, url: str, login: str, password: str) -> None:
        """From the address of the station to the own first page."""
        self.page.goto(f"{url}/login")
        self.opened("Войти")
        self.type(login)
        self.go("Пароль")
        self.type(password)
        self.send()
