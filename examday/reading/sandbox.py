"""Decodes a file from outside in a process of its own, with limits of memory and time.

A hostile file ends the child.

`inspect` is the parent's side, `decoding.decode` the child's. `examday.confined` runs it and tells
whose fault a failure is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from examday import confined
from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_
from examday.reading.guards import BadFile, TookTooLong

if TYPE_CHECKING:  # loaded in the child only, so that a decoder's fault cannot touch the program
    from examday.reading.decoding import DecodedJson, IdentityJson


@dataclass(frozen=True)
class PageInfo:
    """One decoded page.

    Number from 1, size in px, dpi the file states, the two pictures written, what it says of itself
    (`code`, `codes`, `size`, `turned`, `layout`, `residual_mm`, `matrix` 3x3 as lists, `px_per_mm`,
    `witnesses`, `voting`, `warnings` as objects with code, message, params).
    """

    number: int
    width: int
    height: int
    dpi: float | None
    grey: Path
    preview: Path
    identity: IdentityJson


def inspect(
    path: Path,
    out_dir: Path,
    cpu_s: float = 60,
    memory_mb: int = 1024,
    forms: Path | None = None,
) -> list[PageInfo]:
    """Decode and identify every page of `path`.

    Writes `<n>.grey.jpg` (full size) and `<n>.preview.jpg` to `out_dir`. `forms`: a folder of
    further layouts.

    The limit is processor time, so that a loaded laptop costs no scan its life. Raises `BadFile`
    (or one of its kinds) for whatever is wrong with the file, a crash of the decoder included, and
    `MachineTrouble` when this computer could not look at it: then the same file is worth another
    try.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineTrouble(params={"what": type(error).__name__}) from error
    budget = confined.Budget(cpu_s, memory_mb)
    try:
        answer = confined.run(
            "examday.reading.decoding:decode",
            {"path": str(path), "out_dir": str(out_dir), "forms": str(forms or "")},
            budget,
        )
    # It is a DomainError as well: below it would become the file's fault.
    except MachineTrouble:
        raise
    except confined.Overrun as error:
        raise TookTooLong from error
    except confined.Crashed as error:
        raise BadFile(N_("The file made the image decoder stop."), code=error.code) from error
    except DomainError as bad:
        raise BadFile(
            bad.message,
            advice=bad.advice,
            code=bad.code,
            params=bad.params,
        ) from bad
    return [
        PageInfo(
            page["number"],
            page["width"],
            page["height"],
            page["dpi"],
            Path(page["grey"]),
            Path(page["preview"]),
            page["identity"],
        )
        for page in cast("list[DecodedJson]", answer)
    ]
