"""What a person is told of a scanned page.

Why it waits, and what is to be known of its codes and its form. Everything is a msgid with its
values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.custody.sheet_codes import OPAQUE, VERDICTS
from examday.domain.messages import N_
from examday.domain.scans.pages import NOTHING_SEEN, PROBLEMS
from examday.reading.judgement import OF_PICTURE, STOPS
from examday.reading.note_words import in_words
from examday.services.scans.making import cutting
from examday.services.scans.pictures import form_of
from examday.storage.tables import Page

UNMEASURED = N_(
    "The places on this form were not measured on a real sheet: frames may lie beside the writing."
)
CAN_BE_CUT = N_("Both sheets were found: cut the picture in two. It need not be scanned again.")


@dataclass(frozen=True)
class Reason:
    """Why a page waits: what is wrong, and what to do."""

    message: str
    advice: str
    params: Mapping[str, object] = field(default_factory=dict)


def reasons_of(page: Page) -> list[Reason]:
    """Why the page waits, the main reason first.

    What the reader saw of the picture (two sheets, a mirror, blur) stands in place of the general
    «no form fits the page».
    """
    if page.problems == ["no-code"] and "no-marks" in page.identity.get("because", []):
        return [Reason(*NOTHING_SEEN)]
    warnings = {warning["code"]: warning for warning in page.identity.get("warnings", [])}
    picture = [
        Reason(warnings[code]["message"], _advice(page, code), in_words(warnings[code]["params"]))
        for code in page.identity.get("because", [])
        if code in OF_PICTURE and code in warnings and not (code == "no-marks" and _by_work(page))
    ]
    return picture + [
        Reason(*PROBLEMS[code])
        for code in page.problems
        if code in PROBLEMS and not (picture and code == "wrong-side")
    ]


def _by_work(page: Page) -> bool:
    """Whether a label or a cover sheet names its work. Then no form is looked for on it."""
    return bool(page.problems) and not {"no-code", "wrong-side"} & set(page.problems)


def _advice(page: Page, code: str) -> str:
    """What to do about a doubt; no new scan where the station itself can cut the picture."""
    if code == "two-sheets" and cutting.can_be_cut(page):
        return CAN_BE_CUT
    return STOPS[code]


def doubts_on(page: Page) -> list[tuple[str, Mapping[str, str]]]:
    """What a person should know of the codes and the form of a page; empty when all is well."""
    found: list[tuple[str, Mapping[str, str]]] = []
    note = page.identity.get("note", "")
    # Left out here: that no code was read is said among the reasons already.
    if note in VERDICTS and note not in page.problems:
        texts = [w["text"] for w in page.identity["witnesses"] if w["role"] != OPAQUE]
        found.append((VERDICTS[note], {"codes": ", ".join(texts)}))
    form = form_of(page)
    if form is not None and not form.measured:
        found.append((UNMEASURED, {}))
    return found
