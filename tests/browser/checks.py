"""What must hold on every open page: the checker's rules and our own."""

from weakref import WeakSet

from playwright.sync_api import BrowserContext, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter((field) => !field.labels.length && !field.hasAttribute('aria-labelledby')).map((field) => field.outerHTML)"""
LOOSE_TEXT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('button, a.button, input:not([type=hidden]), select, summary')]
  .filter((node) => node.offsetParent !== null && !node.closest('.sr'))
  .filter((node) => (node.closest('.choice') || node).getBoundingClientRect().height < 43.5)
  .map((node) => node.outerHTML.slice(0, 120))"""


ENTRY = ("/keyin/", "/settle/", "/copying/", "/verify/", "/sign/", "/braille/")
"""Pages of entry and signing: their text has the contrast of level AAA (7:1)."""


LOOK = """({tags, strict}) => axe.run(document, {
  runOnly: tags, resultTypes: ['violations'], preload: {assets: ['media']},
  rules: strict ? {'color-contrast-enhanced': {enabled: true}} : {},
}).then(({violations, passes}) => ({
  violations: violations.map(({id, nodes}) => [id, nodes.map((node) => node.html)]),
  passes: passes.map(({id}) => id),
}))"""
"""One look for all rules; only what is needed comes back, not the 120 kB that were looked at."""


SENT: WeakSet[BrowserContext] = WeakSet()
"""Windows to which the checker was sent: half a megabyte, for each of a hundred pages."""


def _bring(page: Page, axe: str) -> None:
    """Have the checker on the open page, and from now on on each that this window opens."""
    if page.context not in SENT:
        page.context.add_init_script(axe)
        SENT.add(page.context)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe)


def faults(page: Page, axe: str) -> list[str]:
    """What the checker and our own rules find on the open page."""
    _bring(page, axe)
    strict = any(part in page.url for part in ENTRY)
    found = page.evaluate(LOOK, {"tags": TAGS, "strict": strict})
    assert not strict or "color-contrast-enhanced" in [
        *found["passes"],
        *(rule for rule, _nodes in found["violations"]),
    ], "the contrast was not measured"
    said = [f"{rule}: {html[:160]}" for rule, nodes in found["violations"] for html in nodes]
    said += [f"no label: {html}" for html in page.evaluate(UNLABELLED)]
    said += [f"smaller than 44 px: {html}" for html in page.evaluate(SMALL)]
    if page.locator("h1").count() != 1:
        said.append(f"{page.locator('h1').count()} headings of the first level")
    if (wide := page.evaluate(LOOSE_TEXT)) > 0:
        said.append(f"{wide} px wider than the window")
    return said
