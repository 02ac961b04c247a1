"""Finds which original belongs to which copy.

It goes by the code printed on both, never by the order of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from examday.domain.custody.sheet_codes import OPAQUE, PARTNER
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.reading.files import FilePage
from examday.reading.identify import PageWarning
from examday.reading.page import PageReading

ORIGINAL, COPY = 0, 1
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
    """The same code on two originals or two copies.

    One number is printed several times (domain.md 16.2).
    """

    code = "code-twice"
    message = N_("The same code stands on two sheets of one kind: %(code)s.")
    advice = N_("Stop and find out which sheet is whose before anything is copied or sealed.")


class SeenCodes:
    """The codes met so far on the sheets of one role.

    `add` returns the alarm when another file carried the same code before.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[str, str | None, str | None], str] = {}

    def add(self, page: PageReading | None, file: str) -> list[PageWarning]:
        """Remember a sheet; return the alarm when its code was on another file before."""
        if page is None or page.identity.code is None:
            return []
        told = page.identity
        # By form and size too: an enlarged sheet bears the number of the form it was made from.
        before = self._files.setdefault((page.identity.code, told.layout, told.size), file)
        if before == file:
            return []
        return [PageWarning("code-twice", TWICE, {"code": told.code, "file": Path(before).name})]


def doubts(original: PageReading, copy: PageReading) -> tuple[list[PageWarning], bool]:
    """Return what the sizes of a pair say against their roles.

    And whether the sheets were given the wrong way round.
    """
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


def in_turn(pages: Iterable[FilePage]) -> Iterator[Pair]:
    """Pair pages given as original, copy, original, copy …, one page a file."""
    rest = iter(pages)
    for original, copy in zip(rest, rest, strict=True):
        yield _pair(original, copy)


def by_code(pages: Iterable[FilePage]) -> Iterator[Pair]:
    """Pair the pages of a folder by the code on the sheets: *-original-* with *-copy-*.

    Yields each pair as soon as both are there; a sheet whose number could not be read is joined at
    the end by another code that both bear. What stays alone, or comes twice, is yielded with its
    problem.
    """
    waiting = _Waiting()
    for page in pages:
        side = _side(page.path)
        if side is None:
            continue
        problem = _problem(page)
        yield from [_alone(page, side, problem)] if problem else waiting.add(page, side)
    yield from _by_other_codes(waiting.left(ORIGINAL), waiting.left(COPY))


def _side(path: Path) -> int | None:
    """Which sheet of a pair a file is, by its name."""
    # By name alone: what the picture says of its size is held against the role later.
    if "-original-" in path.name:
        return ORIGINAL
    return COPY if "-copy-" in path.name else None


class _Waiting:
    """The sheets whose counterpart has not come yet, originals and copies apart."""

    def __init__(self) -> None:
        self._by_code: tuple[dict[str, FilePage], dict[str, FilePage]] = ({}, {})
        self._without_code: tuple[list[FilePage], list[FilePage]] = ([], [])
        # Codes of pairs stay known: a third sheet with the same number is an alarm (domain.md
        # 16.2).
        self._seen: tuple[set[str], set[str]] = (set(), set())

    def add(self, page: FilePage, side: int) -> Iterator[Pair]:
        """Keep a readable page; yield its pair when the counterpart waits already."""
        code = page.reading.identity.code if page.reading is not None else None
        if code is None:
            self._without_code[side].append(page)
        elif code in self._seen[side]:
            yield _alone(page, side, TwiceInOneRole(params={"code": code}))
        else:
            self._seen[side].add(code)
            other = self._by_code[1 - side].pop(code, None)
            if other is None:
                self._by_code[side][code] = page
            else:
                yield _pair(page, other) if side == ORIGINAL else _pair(other, page)

    def left(self, side: int) -> list[FilePage]:
        """The pages of one side that found no counterpart."""
        return [*self._by_code[side].values(), *self._without_code[side]]


def _by_other_codes(originals: list[FilePage], copies: list[FilePage]) -> Iterator[Pair]:
    """Pair sheets of which one at least has no number, but which bear the same other code."""
    for original in originals:
        fitting = [copy for copy in copies if same_sheet(original.reading, copy.reading)]
        rivals = [
            one
            for one in originals
            if len(fitting) == 1 and same_sheet(one.reading, fitting[0].reading)
        ]
        # Neither may fit a second sheet: which one it belongs to could only be guessed.
        if len(fitting) == len(rivals) == 1:
            copies = [copy for copy in copies if copy is not fitting[0]]
            yield _pair(original, fitting[0])
        else:
            yield _alone(original, ORIGINAL, Unpaired())
    for copy in copies:
        yield _alone(copy, COPY, Unpaired())


def same_sheet(one: PageReading | None, other: PageReading | None) -> bool | None:
    """Tell whether two pages bear the same codes; None when that cannot be told.

    By their numbers, else by any other code. A code that is the same on every sheet of the form
    says nothing.
    """
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


def _problem(page: FilePage) -> DomainError | None:
    if page.error is not None:
        return page.error
    return None if page.readable else Unreadable()


def _alone(page: FilePage, side: int, problem: DomainError) -> Pair:
    original, copy = (page.path, None) if side == ORIGINAL else (None, page.path)
    return Pair(original, copy, None, None, page.seconds, problem)


def _pair(one: FilePage, other: FilePage) -> Pair:
    problem = _problem(one) or _problem(other)
    first, second = one.reading, other.reading
    if problem is None and first and second and first.identity.layout != second.identity.layout:
        problem = Unpaired(N_("The two sheets are different forms."))
    return Pair(one.path, other.path, first, second, one.seconds + other.seconds, problem)
