"""Which original belongs to which copy: by the code printed on both, never by the order of the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.reading.identify import Warning_
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
    """The same code on two originals or two copies (domain.md 16.2: one number printed several times)."""

    code = "code-twice"
    message = N_("The same code stands on two sheets of one kind: %(code)s.")
    advice = N_("Stop and find out which sheet is whose before anything is copied or sealed.")


class Twice:
    """Remembers the sheets of one role; `add` returns the alarm when another file carried the same code before."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str | None, str | None], str] = {}

    def add(self, page: PageReading | None, file: str) -> list[Warning_]:
        if page is None or page.identity.code is None:
            return []
        told = page.identity
        before = self._files.setdefault((page.identity.code, told.layout, told.size), file)
        if before == file:
            return []
        return [Warning_("code-twice", TWICE, {"code": told.code, "file": Path(before).name})]


def doubts(original: PageReading, copy: PageReading) -> tuple[list[Warning_], bool]:
    """What the sizes of a pair say against their roles, and whether they were given the wrong way round."""
    sizes = original.identity.size, copy.identity.size
    if sizes == ("A4", "A3"):
        return [Warning_("roles-swapped", N_("The sheet given as the original is the standard one and the copy is the "
                                             "enlarged one: they were given the wrong way round."))], True
    if None not in sizes and sizes[0] == sizes[1]:
        return [Warning_("one-size", N_("Both sheets are of one size (%(size)s); an enlarged original was expected "
                                        "beside a standard copy."), {"size": sizes[0]})], False
    return [], False


def in_turn(pages: Iterable[Page]) -> Iterator[Pair]:
    """Pairs from pages given as original, copy, original, copy …, one page a file."""
    rest = iter(pages)
    for original, copy in zip(rest, rest, strict=True):
        yield _pair(original, copy)


def by_code(pages: Iterable[Page]) -> Iterator[Pair]:
    """Pairs from a folder: files named *-original-* and *-copy-*, joined by the code on the sheets. Yields each pair as
    soon as both are there; what stays alone, or comes twice, is yielded with its problem."""
    waiting: tuple[dict[str, Page], dict[str, Page]] = ({}, {})
    done: tuple[set[str], set[str]] = (set(), set())
    for page in pages:
        side = 0 if "-original-" in page[0].name else 1 if "-copy-" in page[0].name else None
        if side is None:
            continue
        problem = _problem(page)
        code = page[2].identity.code if page[2] is not None else None
        if problem is not None or code is None:
            yield _alone(page, side, problem or Unpaired())
        elif code in done[side]:
            yield _alone(page, side, TwiceInOneRole(params={"code": code}))
        else:
            done[side].add(code)
            if code in waiting[1 - side]:
                other = waiting[1 - side].pop(code)
                yield _pair(page, other) if side == 0 else _pair(other, page)
            else:
                waiting[side][code] = page
    for side in (0, 1):
        for page in waiting[side].values():
            yield _alone(page, side, Unpaired())


def _problem(page: Page) -> DomainError | None:
    reading, error = page[2], page[4]
    if error is not None:
        return error
    return None if reading is not None and reading.readable else Unreadable()


def _alone(page: Page, side: int, problem: DomainError) -> Pair:
    path = page[0]
    return Pair(path if side == 0 else None, path if side == 1 else None, None, None, page[3], problem)


def _pair(one: Page, other: Page) -> Pair:
    problem = _problem(one) or _problem(other)
    if problem is None and one[2] and other[2] and one[2].identity.layout != other[2].identity.layout:
        problem = Unpaired(N_("The two sheets are different forms."))
    return Pair(one[0], other[0], one[2], other[2], one[3] + other[3], problem)
