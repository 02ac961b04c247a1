"""Decodes a file from outside in a process of its own, with limits of memory and time: a hostile file ends the child.

`inspect` is the parent's side. The child is this module run as a program; it prints one JSON line on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examday.domain.messages import N_
from examday.processes import die_with_parent
from examday.reading.guards import BadFile, Limits, TookTooLong

PREVIEW_SIDE = 1600  # px, longest side of the picture the web shows first
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class PageInfo:
    """One decoded page: number from 1, size in px, dpi the file states, the two pictures written, what it says of
    itself (`code`, `codes`, `size`, `turned`, `layout`, `residual_mm`, `matrix` 3x3 as lists, `px_per_mm`, `subject`,
    `warnings` as objects with code, message, params)."""

    number: int
    width: int
    height: int
    dpi: float | None
    grey: Path
    preview: Path
    identity: Mapping[str, Any]


def inspect(path: Path, out_dir: Path, timeout_s: float = 30, memory_mb: int = 1024) -> list[PageInfo]:
    """Decode and identify every page of `path`; write `<n>.grey.jpg` (full size) and `<n>.preview.jpg` to `out_dir`.

    Raises `BadFile` (or one of its kinds) for whatever is wrong with the file, a crash of the decoder included.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "examday.reading.sandbox", str(path), str(out_dir), str(memory_mb), str(timeout_s)]
    root = str(Path(__file__).resolve().parents[2])
    # PWD's modules first: the child must load the very program that its parent runs.
    child_env = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, env=child_env, check=False,
                              stdin=subprocess.DEVNULL, start_new_session=True)
    except subprocess.TimeoutExpired as error:
        raise TookTooLong from error
    return [PageInfo(**{**page, "grey": Path(page["grey"]), "preview": Path(page["preview"])})
            for page in _answer(done)]


def _answer(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """The child's pages, or its complaint raised again here."""
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TookTooLong
    try:
        answer = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise BadFile(N_("The file made the image decoder stop."), code="decoder-stopped") from error
    if "error" in answer:
        kind = answer["error"]
        raise BadFile(kind["message"], advice=kind["advice"], code=kind["code"], params=kind["params"])
    pages: list[dict[str, Any]] = answer["pages"]
    return pages


def _limit(memory_mb: int, seconds: float) -> None:
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    cpu = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(path: Path, out_dir: Path) -> dict[str, Any]:
    import cv2

    from examday.reading.guards import open_pages
    from examday.reading.identify import identify

    cv2.setNumThreads(1)
    pages = []
    try:
        for page in open_pages(path, Limits()):
            identity = identify(page.grey, page.dpi)
            grey, preview = out_dir / f"{page.number}.grey.jpg", out_dir / f"{page.number}.preview.jpg"
            cv2.imwrite(str(grey), page.grey, [cv2.IMWRITE_JPEG_QUALITY, 92])
            share = min(1.0, PREVIEW_SIDE / max(page.grey.shape))
            small = cv2.resize(page.grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(preview), small, [cv2.IMWRITE_JPEG_QUALITY, 85])
            pages.append({"number": page.number, "width": page.grey.shape[1], "height": page.grey.shape[0],
                          "dpi": page.dpi, "grey": str(grey), "preview": str(preview), "identity": plain(identity)})
    except BadFile as bad:
        return {"error": {"code": bad.code, "message": bad.message, "advice": bad.advice, "params": bad.params}}
    except MemoryError:
        late = TookTooLong()
        return {"error": {"code": late.code, "message": late.message, "advice": late.advice, "params": {}}}
    return {"pages": pages}


def plain(identity: Any) -> dict[str, Any]:
    """An `Identity` as JSON-ready values."""
    return {"code": identity.code, "codes": list(identity.codes), "size": identity.size, "turned": identity.turned,
            "layout": identity.layout, "residual_mm": identity.residual_mm, "px_per_mm": identity.px_per_mm,
            "subject": identity.subject, "matrix": None if identity.matrix is None else identity.matrix.tolist(),
            "warnings": [{"code": w.code, "message": w.message, "params": dict(w.params)} for w in identity.warnings]}


if __name__ == "__main__":
    die_with_parent()
    _limit(int(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps(_child(Path(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False))  # noqa: T201
