"""Several printed papers as one file for the printer."""

import io
from collections.abc import Iterable

import pikepdf


def joined(papers: Iterable[bytes]) -> bytes:
    """Return the pages of all papers, in their order, as one PDF.

    For the printer alone: it holds no tags, so that papers are read by ear one by one.
    """
    made = pikepdf.new()
    for paper in papers:
        with pikepdf.open(io.BytesIO(paper)) as one:
            made.pages.extend(one.pages)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()
