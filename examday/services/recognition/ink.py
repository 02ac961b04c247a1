"""The machine's readings: made in the background when a page is attached, sealed, shown only after
people have read.

machine:original and machine:copy hold what was read on one page; machine:compare holds the copy's
likeness to the original and to the settled values, field by field. A notebook or a print-out has
no cells to lay beside the copy's: its copy is held against the settled values alone. None of them
is ever a value: they sort a person's work.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans import PageState
from examday.domain.transfer.answers import Mark, Value, Values
from examday.domain.transfer.fields import FieldList, is_long, is_replacement
from examday.domain.transfer.readings import Source, machine_source
from examday.paper.layout import Layout
from examday.reading import network, row_comparison
from examday.reading.compare import Comparison, compare_keyin, compare_pages
from examday.reading.field import Field
from examday.reading.glyph import CYRILLIC, DIGITS
from examday.reading.page import PageReading, read_page
from examday.services.recognition.typed import is_print
from examday.services.scans.pictures import grey_of, pages_of
from examday.services.transfer.readings import FORM_1, fields_for, find, rounds, seal, values_of
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page, Reading

WORKER = Actor.system("reader")
UNFIT = frozenset({"weak-registration", "rows-unseen"})
"""Warnings of the reader after which nothing is folded away: the cells may not be where the form
says."""
NEVER = 1.01  # a bound that no confidence reaches: every field is looked at one by one


def wanted(page: Page, booklet: Booklet) -> bool:
    """Is there a form on the page that the reader knows?"""
    return page.sheet.startswith(FORM_1) and not is_print(booklet, page)


def process(store: Store, page_id: str) -> None:
    """Read an attached page; when it is a copy, compare it with its original and the settled
    values. Reading the same page again changes nothing. A page that cannot be read is no error:
    people read it all the same."""
    with store.read(WORKER) as uow:
        page = uow.session.get(Page, page_id)
        booklet = uow.session.get(Booklet, page.booklet_id) if page and page.booklet_id else None
        if (
            page is None
            or booklet is None
            or page.state != PageState.ATTACHED
            or not wanted(page, booklet)
        ):
            return
        alone = booklet.medium in (Medium.BRAILLE, Medium.TYPED)
        originals = [p for p in pages_of(uow, booklet, "original") if wanted(p, booklet)]
        grey = grey_of(uow.settings, page)
        other = (
            grey_of(uow.settings, originals[0])
            if page.role == "copy" and originals and not alone
            else None
        )
        subject, settled = booklet.exam.subject, find(uow, booklet, Source.SETTLED)
        fields = fields_for(booklet.exam)
    seen = None if grey is None else read_page(grey, page.identity.get("dpi"), subject)
    if seen is None or not seen.readable:
        return
    compared = None
    if other is not None and settled is not None:
        compared = _compare(read_page(other, None, subject), seen, values_of(settled), fields)
    elif alone and settled is not None and page.role == "copy":
        compared = _against_settled(seen, values_of(settled), fields)
    _keep(store, page_id, _reading(seen, fields), compared, settled.sha256 if settled else "")


def give_up(store: Store, page_id: str) -> None:
    """Reading was tried too often: people read without hints."""


def _reading(seen: PageReading, fields: FieldList) -> dict[str, Any]:
    """What was read, by field; with the confidence of each and the fingerprint of the weights."""
    found: dict[str, Any] = {}
    for f in fields.ids:
        if f not in seen.fields:
            continue
        field, task = seen.fields[f], seen.tasks.get(f)
        blank = field.mark == "blank" and (task is None or task.mark == "blank")
        value = Value(
            "" if blank else field.text,
            Mark.BLANK if blank else _mark(field),
            task.text if task else "",
        )
        found[f] = {**value.plain(f), "confidence": round(field.confidence, 4)}
    return {
        "fields": found,
        "model": network.fingerprint(),
        "warnings": [w.code for w in seen.warnings],
    }


def _mark(field: Field) -> Mark | None:
    return Mark.CROSSED_OUT if field.mark == "crossed_out" else None


def _compare(
    original: PageReading, copy: PageReading, settled: Values, fields: FieldList
) -> dict[str, Any] | None:
    """The agreement of copy and settled values, field by field; None when the two pages cannot be
    laid side by side."""
    if (
        not original.readable
        or original.identity.layout != copy.identity.layout
        or copy.flat is None
    ):
        return None
    comparison = compare_pages(original, copy, _texts(settled))
    views = {
        f: view
        for f in fields.ids
        if f in copy.fields
        and (view := _view(f, comparison, original, copy, settled[f])) is not None
    }
    bound, measured = fold_bound(network.calibration())
    if UNFIT & {w.code for w in (*original.warnings, *copy.warnings)}:
        bound = NEVER
    return {
        "fields": views,
        "bound": bound,
        "measured": measured,
        "same_code": comparison.same_code,
        "patterns": [
            {"code": p.code, "message": p.message, "params": dict(p.params)}
            for p in comparison.patterns
        ],
        "model": network.fingerprint(),
    }


def _texts(settled: Values) -> dict[str, str]:
    """The settled values as the comparison takes them."""
    return {
        f: f"{v.task}:{v.text}" if is_replacement(f) else v.text
        for f, v in settled.items()
        if not is_long(f)
    }


def _against_settled(copy: PageReading, settled: Values, fields: FieldList) -> dict[str, Any]:
    """The agreement of copy and settled values alone. What the bound does was measured on pairs of
    sheets, so nothing is folded here: fields in doubt come first, and every field is looked at."""
    known = {f: v for f, v in settled.items() if f in copy.fields and v.mark in (None, Mark.BLANK)}
    wrong = {d.field: d for d in compare_keyin(copy, _texts(known))}
    views: dict[str, Any] = {}
    for f in (f for f in fields.ids if f in known):
        if f in wrong:
            views[f] = {
                "same": False,
                "confidence": wrong[f].certainty,
                "kind": wrong[f].message,
                "original": wrong[f].original,
                "copy": wrong[f].copy,
                "params": {},
            }
        elif copy.flat is not None:
            sure = _sure_typed(f, copy, copy.flat.fit.layout, known[f])
            views[f] = {"same": True, "confidence": round(sure, 4)}
    return {
        "fields": views,
        "bound": NEVER,
        "measured": {},
        "same_code": None,
        "patterns": [],
        "model": network.fingerprint(),
    }


def _view(
    f: str, comparison: Comparison, original: PageReading, copy: PageReading, value: Value
) -> dict[str, Any] | None:
    """The machine's view of one field; None when it has nothing to say (a mark that only people
    can judge)."""
    found = [d for d in comparison.differences if d.field == f]
    found += [d for d in comparison.keyin if d.field == f and d.params.get("side") == "copy"]
    if found:
        worst = max(found, key=lambda d: d.certainty)
        return {
            "same": False,
            "confidence": worst.certainty,
            "kind": worst.message,
            "original": worst.original,
            "copy": worst.copy,
            "params": {k: v for k, v in worst.params.items() if k != "side"},
        }
    if value.mark is Mark.BLANK:
        empty = all(
            page.fields[f].mark == "blank"
            and (f not in page.tasks or page.tasks[f].mark == "blank")
            for page in (original, copy)
        )
        return {"same": True, "confidence": 1.0} if empty else None
    if value.mark is not None or f not in comparison.agreement or copy.flat is None:
        return None
    return {
        "same": True,
        "confidence": round(_sure(f, comparison, copy, copy.flat.fit.layout, value), 4),
    }


def _sure(f: str, comparison: Comparison, copy: PageReading, form: Layout, value: Value) -> float:
    """The lower agreement: of copy and original, or of copy and settled value."""
    return min(comparison.agreement[f], _sure_typed(f, copy, form, value))


def _sure_typed(f: str, copy: PageReading, form: Layout, value: Value) -> float:
    """Agreement of copy and settled value."""
    comb = next(c for c in form.combs if c.field == f and c.role != "replacement-task")
    alphabet = {"digits": DIGITS, "cyrillic": CYRILLIC}.get(comb.alphabet) or form.alphabet(
        copy.subject
    )
    likes = [row_comparison.typed_likeness(copy.fields[f], value.text, alphabet).agreement]
    if f in copy.tasks:
        likes.append(row_comparison.typed_likeness(copy.tasks[f], value.task, DIGITS).agreement)
    return min(likes)


def fold_bound(calibration: Mapping[str, Any]) -> tuple[float, dict[str, float]]:
    """The lowest measured bound at which every planted transfer error was shown to a person, and
    what was measured there: share of the errors found, share of equal fields shown all the same,
    errors missed in a thousand fields. Without such a measurement nothing is folded."""
    for bound, found, flagged, missed in sorted(calibration.get("bounds", [])):
        if found >= 1.0:
            return float(bound), {"found": found, "flagged": flagged, "missed": missed}
    return NEVER, {}


def _keep(
    store: Store,
    page_id: str,
    reading: dict[str, Any],
    compared: dict[str, Any] | None,
    settled: str,
) -> None:
    with store.begin(WORKER) as uow:
        page = uow.get(Page, page_id)
        if page.booklet_id is None:
            return
        booklet = uow.hold(Booklet, page.booklet_id)
        page = uow.hold(Page, page_id)
        if page.booklet_id != booklet.id or page.state != PageState.ATTACHED:
            return
        about = {"page": page.id, "image": page.image_sha256}
        sealed = [_seal_once(uow, booklet, machine_source(page.role), {**reading, **about})]
        if compared is not None:
            sealed.append(
                _seal_once(
                    uow, booklet, Source.MACHINE_COMPARE, {**compared, **about, "settled": settled}
                )
            )
        if new := [r for r in sealed if r is not None]:
            uow.record(
                Event.MACHINE_READ,
                f"booklet:{booklet.id}",
                page=page.id,
                model=reading["model"],
                sources=[r.source for r in new],
            )


def _seal_once(
    uow: UnitOfWork, booklet: Booklet, source: Source, content: dict[str, Any]
) -> Reading | None:
    """The reading, or None when the same page was read for the same values before."""
    rows = uow.session.scalars(
        select(Reading).where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source == source,
        )
    )
    key = (content["page"], content["image"], content.get("settled"), content["model"])
    if any(
        (
            r.content.get("page"),
            r.content.get("image"),
            r.content.get("settled"),
            r.content.get("model"),
        )
        == key
        for r in rows
    ):
        return None
    return seal(uow, booklet, source, content, number=rounds(uow, booklet, source) + 1)


def ask(uow: UnitOfWork, page: Page) -> None:
    """Ask for the page to be read in the background."""
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is not None and wanted(page, booklet):
        uow.enqueue(Task.READ_PAGE, page.id)
