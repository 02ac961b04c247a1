"""Pages of files and folders, read one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import cv2

from examday.domain.errors import DomainError
from examday.paper.layout import Layout
from examday.reading.guards import open_pages
from examday.reading.page import PageReading, read_page
from examday.reading.printed import read_print

SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif"),
    *(".png", ".tif", ".tiff", ".pdf"),
    *(".heic", ".heif"),
}
"""Others in a folder are no pages: lists and notes lie beside scans."""


class FilePage(NamedTuple):
    """One page of a file: its number, the reading or None, seconds spent, and why there is none."""

    path: Path
    number: int
    reading: PageReading | None
    seconds: float
    error: DomainError | None = None
    stretch: tuple[float, float] = (1.0, 1.0)
    """Kept beside the size: a picture with unlike resolutions is squeezed (`PageImage`)."""

    @property
    def readable(self) -> bool:
        """Whether the page was laid under a form."""
        return self.reading is not None and self.reading.readable


@dataclass(frozen=True)
class ReadingOptions:
    """How pages are read.

    `subject` when the caller knows it, the `forms` there are, and whether a page that is no form is
    read as a print-out.
    """

    subject: str | None = None
    forms: Mapping[str, Layout] | None = None
    typed: bool = False
    """Only when asked for: Tesseract takes 0.7 s for a whole A4 form, ten times what its reading takes."""


def pages_of(
    paths: Iterable[Path], options: ReadingOptions = ReadingOptions()
) -> Iterator[FilePage]:
    """Read every page of files and folders, in order."""
    cv2.setNumThreads(1)
    for path in paths:
        for file in _files_in(path):
            yield from _pages_of_file(file, options)


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)


def _pages_of_file(file: Path, options: ReadingOptions) -> Iterator[FilePage]:
    start, number = time.perf_counter(), 0
    try:
        for page in open_pages(file):
            reading = read_page(page.grey, page.dpi, options.subject, options.forms)
            number = page.number
            if options.typed and not reading.readable and reading.identity.code is None:
                reading = replace(reading, printed=read_print(page.grey))
            seconds = time.perf_counter() - start
            yield FilePage(file, number, reading, seconds, stretch=page.stretch)
            start = time.perf_counter()
    except DomainError as error:
        # The page after the last good one is the one that could not be read.
        yield FilePage(file, number + 1, None, time.perf_counter() - start, error)


def form_in(file: Path, options: ReadingOptions) -> FilePage:
    """The first page of a file that lies under a form; when none does, the first page."""
    pages = pages_of([file], options)
    first = next(pages)
    return first if first.readable else next((page for page in pages if page.readable), first)
