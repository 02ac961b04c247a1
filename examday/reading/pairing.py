"""Which original belongs to which copy: by the code printed on both, never by the order of the
files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from examday.domain.custody.sheet_codes import OPAQUE, PARTNER
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.reading.identify import PageWarning
from examday.reading.page import PageReading

Page = tuple[Path, int, PageReading | None, float, DomainError | None]
TWICE = N_("The same code stands on another sheet of this kind: %(code)s, file %(file)s.")


@dataclass(frozen=True)
class Pair:
    """Two pages to compare, or why they cannot be; `seconds` spent reading both."""

    original: Path | None
    copy: Path | None
    first: PageReading | None
    second: PageReading | None
    seconds: float
    problem: DomainError | None = None


class Unpaired(DomainError):
    """A sheet without its counterpart, or too many of them."""

    code = "unpaired"
    message = N_("No sheet of the other kind with this code was found.")
    advice = N_("Check that both sheets were scanned and that their codes are legible.")


class Unreadable(DomainError):
    """A page that could not be laid under a form, so that nothing on it was read."""

    code = "unreadable"
    message = N_("The page could not be laid under a known form.")
    advice = N_("Scan the sheet again, flat and whole; its black squares must be visible.")


class TwiceInOneRole(Unpaired):
    """The same code on two originals or two copies (domain.md 16.2: one number printed several
    times)."""

    code = "code-twice"
    message = N_("The same code stands on two sheets of one kind: %(code)s.")
    advice = N_("Stop and find out which sheet is whose before anything is copied or sealed.")


class Twice:
    """Remembers the sheets of one role; `add` returns the alarm when another file carried the same
    code before."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str | None, str | None], str] = {}

    def add(self, page: PageReading | None, file: str) -> list[PageWarning]:
        if page is None or page.identity.code is None:
            return []
        told = page.identity
        before = self._files.setdefault((page.identity.code, told.layout, told.size), file)
        if before == file:
            return []
        return [PageWarning("code-twice", TWICE, {"code": told.code, "file": Path(before).name})]


def doubts(original: PageReading, copy: PageReading) -> tuple[list[PageWarning], bool]:
    """What the sizes of a pair say against their roles, and whether they were given the wrong way
    round."""
    sizes = original.identity.size, copy.identity.size
    if sizes == ("A4", "A3"):
        return [
            PageWarning(
                "roles-swapped",
                N_(
                    "The sheet given as the original is the standard one and the copy is the "
                    "enlarged one: they were given the wrong way round."
                ),
            )
        ], True
    if None not in sizes and sizes[0] == sizes[1]:
        return [
            PageWarning(
                "one-size",
                N_(
                    "Both sheets are of one size (%(size)s); an enlarged original was expected "
                    "beside a standard copy."
                ),
                {"size": sizes[0]},
            )
        ], False
    return [], False


def in_turn(pages: Iterable[Page]) -> Iterator[Pair]:
    """Pairs from pages given as original, copy, original, copy …, one page a file."""
    rest = iter(pages)
    for original, copy in zip(rest, rest, strict=True):
        yield _pair(original, copy)


def by_code(pages: Iterable[Page]) -> Iterator[Pair]:
    """Pairs from a folder: files named *-original-* and *-copy-*, joined by the code on the
    sheets. Yields each pair as soon as both are there; a sheet whose number could not be read is
    joined at the end by another code that both bear. What stays alone, or comes twice, is yielded
    with its problem."""
    waiting: tuple[dict[str, Page], dict[str, Page]] = ({}, {})
    unnamed: tuple[list[Page], list[Page]] = ([], [])
    done: tuple[set[str], set[str]] = (set(), set())
    for page in pages:
        side = 0 if "-original-" in page[0].name else 1 if "-copy-" in page[0].name else None
        if side is None:
            continue
        problem = _problem(page)
        code = page[2].identity.code if page[2] is not None else None
        if problem is not None:
            yield _alone(page, side, problem)
        elif code is None:
            unnamed[side].append(page)
        elif code in done[side]:
            yield _alone(page, side, TwiceInOneRole(params={"code": code}))
        else:
            done[side].add(code)
            if code in waiting[1 - side]:
                other = waiting[1 - side].pop(code)
                yield _pair(page, other) if side == 0 else _pair(other, page)
            else:
                waiting[side][code] = page
    yield from _by_other_codes(
        [*waiting[0].values(), *unnamed[0]], [*waiting[1].values(), *unnamed[1]]
    )


def _by_other_codes(originals: list[Page], copies: list[Page]) -> Iterator[Pair]:
    """Pairs of sheets of which one at least has no number, but which bear one and the same other
    code."""
    for original in originals:
        fitting = [copy for copy in copies if same_sheet(original[2], copy[2])]
        rivals = [o for o in originals if len(fitting) == 1 and same_sheet(o[2], fitting[0][2])]
        if len(fitting) == len(rivals) == 1:
            copies = [copy for copy in copies if copy is not fitting[0]]
            yield _pair(original, fitting[0])
        else:
            yield _alone(original, 0, Unpaired())
    for copy in copies:
        yield _alone(copy, 1, Unpaired())


def same_sheet(one: PageReading | None, other: PageReading | None) -> bool | None:
    """Whether two pages bear the same codes: by their numbers, else by any other code; None when
    that cannot be told. A code that is the same on every sheet of the form says nothing."""
    if one is None or other is None:
        return None
    here, there = one.identity, other.identity
    if here.code is not None and there.code is not None:
        return here.code == there.code
    known = {w.id: w.text for w in here.witnesses if w.role in (PARTNER, OPAQUE)}
    alike = [
        known[w.id] == w.text
        for w in there.witnesses
        if w.id in known and w.role in (PARTNER, OPAQUE)
    ]
    return all(alike) if alike else None


def _problem(page: Page) -> DomainError | None:
    reading, error = page[2], page[4]
    if error is not None:
        return error
    return None if reading is not None and reading.readable else Unreadable()


def _alone(page: Page, side: int, problem: DomainError) -> Pair:
    path = page[0]
    return Pair(
        path if side == 0 else None, path if side == 1 else None, None, None, page[3], problem
    )


def _pair(one: Page, other: Page) -> Pair:
    problem = _problem(one) or _problem(other)
    if (
        problem is None
        and one[2]
        and other[2]
        and one[2].identity.layout != other[2].identity.layout
    ):
        problem = Unpaired(N_("The two sheets are different forms."))
    return Pair(one[0], other[0], one[2], other[2], one[3] + other[3], problem)
