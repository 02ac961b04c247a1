"""`examday read`, `examday compare`, `examday layout`: the reader for technicians and for scripts.
Changes no data."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import click
import cv2

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.paper.layout import Layout, layouts, load, use_folder
from examday.paper.practice import practice_pdf
from examday.reading import pairing
from examday.reading.compare import Comparison, compare_pages
from examday.reading.guards import open_pages
from examday.reading.identify import PageWarning
from examday.reading.learn import Learned, NothingToLearn, learn
from examday.reading.learned import layout_text, parts_of
from examday.reading.overlay import draw_layout
from examday.reading.page import HEADER, PageReading, as_json, read_page
from examday.reading.printed import read_print
from examday.settings import Settings

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf"}
PATH = click.Path(exists=True, path_type=Path)
COULD_NOT_READ = 2
ROLE_WORDS = {
    "number": N_("the sheet's number"),
    "partner": N_("partner of the number; shared digits"),
    "opaque": N_("changes from sheet to sheet, meaning unknown"),
    "constant": N_("the same on every sheet"),
}
NOT_MEASURED = N_("not measured on a real sheet")

Page = tuple[Path, int, PageReading | None, float, DomainError | None]


@dataclass(frozen=True)
class How:
    """How pages are read: `subject` when the caller knows it, the `forms` there are, and whether a
    page that is no form is read as a print-out."""

    subject: str | None = None
    forms: Mapping[str, Layout] | None = None
    typed: bool = False


def known_forms(files: Iterable[Path]) -> Mapping[str, Layout]:
    """All layouts: the program's, those of the station's folder, and those given as files, which
    stand before them."""
    use_folder(Settings.from_env().forms)
    given = {}
    for file in files:
        try:
            layout = load(file)
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise click.UsageError(
                _(
                    N_(
                        "%(file)s is not a form layout: %(why)s. How one is made: "
                        "docs/form-layouts.md."
                    ),
                    file=file,
                    why=f"{error!r}",
                )
            ) from error
        given[layout.id] = layout
    return {**given, **{name: form for name, form in layouts().items() if name not in given}}


LAYOUT = click.option(
    "--layout",
    "forms",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("A form layout to use before the known ones; may be given several times."),
)
SUBJECT = click.option(
    "--subject",
    help=_(
        "Subject code, two digits: which characters answers may hold. Else the one "
        "written in the header counts, when it is read surely."
    ),
)


def pages_of(paths: Iterable[Path], how: How = How()) -> Iterator[Page]:
    """Every page of files and folders, in order: path, page, reading or None, seconds, and why
    there is none."""
    cv2.setNumThreads(1)
    for path in paths:
        files = (
            sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
            if path.is_dir()
            else [path]
        )
        for file in files:
            start, number = time.perf_counter(), 0
            try:
                for page in open_pages(file):
                    reading, number = (
                        read_page(page.grey, page.dpi, how.subject, how.forms),
                        page.number,
                    )
                    if how.typed and not reading.readable and reading.identity.code is None:
                        reading = replace(reading, printed=read_print(page.grey))
                    yield file, number, reading, time.perf_counter() - start, None
                    start = time.perf_counter()
            except DomainError as error:
                yield file, number + 1, None, time.perf_counter() - start, error


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
def read(
    files: tuple[Path, ...], forms: tuple[Path, ...], subject: str | None, as_list: bool
) -> None:
    """Read filled forms; files or folders. What is read is advice with a confidence, never a
    value."""
    out, failed, seen = [], False, pairing.Twice()
    how = How(_two_digits(subject), known_forms(forms), typed=True)
    for file, number, reading, seconds, error in pages_of(files, how):
        failed |= reading is None or not (reading.readable or reading.printed)
        entry = {
            "file": str(file),
            "page": number,
            **_entry(reading, error),
            "seconds": round(seconds, 3),
        }
        entry["warnings"] += [_plain(note) for note in seen.add(reading, str(file))]
        out.append(entry)
        if not as_list:
            _tell_page(entry)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(COULD_NOT_READ if failed else 0)


def _two_digits(subject: str | None) -> str | None:
    if subject is not None and not (len(subject) == 2 and subject.isascii() and subject.isdigit()):
        raise click.UsageError(_(N_("A subject code has two digits, for example 02.")))
    return subject


def _entry(reading: PageReading | None, error: DomainError | None) -> dict[str, Any]:
    if reading is not None:
        return as_json(reading)
    return {
        "layout": None,
        "size": None,
        "turned": None,
        "code": None,
        "codes": [],
        "subject": None,
        "residual_mm": None,
        "header": dict.fromkeys(HEADER, ""),
        "answers": {},
        "replacements": [],
        "warnings": [],
        "error": _error(error),
    }


def _error(error: DomainError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "code": error.code,
        "message": _(error.message, **error.params),
        "advice": _(error.advice, **error.params),
    }


def _tell_page(entry: Mapping[str, Any]) -> None:
    click.echo(
        f"{entry['file']} · {entry['page']} · {entry['layout'] or '—'} · {entry['size'] or '—'} · "
        f"{entry['code'] or '—'} · {entry['seconds']} s"
    )
    if entry.get("error"):
        click.echo("  " + entry["error"]["message"] + " " + entry["error"]["advice"])
    for name, answer in entry["answers"].items():
        click.echo(f"  {name:>3}  {answer['text']:<20} {answer['confidence']:.3f}")
    for answer in entry["replacements"]:
        click.echo(f"  {answer['task']:>2} → {answer['text']:<19} {answer['confidence']:.3f}")
    for line in entry.get("printed", []):
        click.echo("  │ " + line["text"])
    for warning in entry["warnings"]:
        click.echo("  ! " + _(warning["message"], **warning["params"]))


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Pair *-original-* with *-copy-* by the code on the sheets."),
)
@click.option(
    "--keyin",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("JSON file: the settled key-in, text by field id."),
)
@LAYOUT
@SUBJECT
@click.option("--json", "as_list", is_flag=True, help=_("One JSON list, for scripts."))
def compare(
    files: tuple[Path, ...],
    folder: Path | None,
    keyin: Path | None,
    forms: tuple[Path, ...],
    subject: str | None,
    as_list: bool,
) -> None:
    """Compare ORIGINAL COPY [ORIGINAL COPY …]. Exit code 0: no differences, 1: differences, 2:
    could not read."""
    if folder is None and len(files) == 1 and files[0].is_dir():
        folder = files[0]
    if folder is None and (not files or len(files) % 2 or any(file.is_dir() for file in files)):
        raise click.UsageError(_("Give originals and copies in turn, or --folder."))
    typed = json.loads(keyin.read_text("utf-8")) if keyin else None
    how = How(_two_digits(subject), known_forms(forms))
    pairs = (
        pairing.by_code(pages_of([folder], how))
        if folder
        else pairing.in_turn(_form_in(f, how) for f in files)
    )
    out, code, seen = [], 0, (pairing.Twice(), pairing.Twice())
    for pair in pairs:
        entry, worst = _compared(pair, typed)
        twice = [
            note
            for known, page, file in zip(
                seen, (pair.first, pair.second), (pair.original, pair.copy), strict=True
            )
            for note in known.add(page, str(file))
        ]
        entry["warnings"] += [_plain(note) for note in twice]
        worst = max(worst, int(bool(twice)))
        out.append(entry)
        code = max(code, worst)
        if not as_list:
            _tell_pair(entry)
    if as_list:
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(code)


def _form_in(file: Path, how: How) -> Page:
    """The page of a file that lies under a form, the first of several; when none does, the first
    page."""
    pages = list(islice(pages_of([file], how), 1))
    if pages[0][2] is None or not pages[0][2].readable:
        pages += [
            page
            for page in islice(pages_of([file], how), 1, None)
            if page[2] is not None and page[2].readable
        ]
    return pages[min(1, len(pages) - 1)]


def _compared(pair: pairing.Pair, typed: Mapping[str, str] | None) -> tuple[dict[str, Any], int]:
    """One pair as JSON and its exit code."""
    entry: dict[str, Any] = {
        "original": str(pair.original or ""),
        "copy": str(pair.copy or ""),
        "same_code": None,
        "differences": [],
        "checked": 0,
        "warnings": [],
    }
    if pair.problem is not None or pair.first is None or pair.second is None:
        problem = pair.problem or DomainError()
        return {
            **entry,
            "seconds": round(pair.seconds, 3),
            "error": _error(problem),
        }, COULD_NOT_READ
    start = time.perf_counter()
    result = compare_pages(pair.first, pair.second, typed)
    notes, reversed_ = pairing.doubts(pair.first, pair.second)
    entry |= {
        "same_code": result.same_code,
        "checked": result.checked,
        **_differences(result),
        "warnings": [_plain(note) for note in notes],
        "seconds": round(pair.seconds + time.perf_counter() - start, 3),
    }
    return entry, int(
        bool(result.differences or result.keyin or result.same_code is False or reversed_)
    )


def _plain(note: PageWarning) -> dict[str, Any]:
    return {"code": note.code, "message": note.message, "params": dict(note.params)}


def _differences(result: Comparison) -> dict[str, Any]:
    shown = [
        {
            "field": d.field,
            "original": d.original,
            "copy": d.copy,
            "kind": d.kind,
            "certainty": d.certainty,
            "message": _(d.message, **d.params),
            "original_box": d.original_box,
            "copy_box": d.copy_box,
        }
        for d in result.differences
    ]
    typed = [
        {
            "field": d.field,
            "side": d.params["side"],
            "original": d.original,
            "copy": d.copy,
            "kind": d.kind,
            "certainty": d.certainty,
        }
        for d in result.keyin
    ]
    return {
        "differences": shown,
        "keyin": typed,
        "patterns": [
            {"kind": p.code, "message": _(p.message, **p.params)} for p in result.patterns
        ],
    }


def _tell_pair(entry: Mapping[str, Any]) -> None:
    click.echo(f"{entry['original']} | {entry['copy']} · {entry['seconds']} s")
    if entry.get("error"):
        click.echo("  " + entry["error"]["message"] + " " + entry["error"]["advice"])
        return
    if entry["same_code"] is False:
        click.echo("  ! " + _(N_("The sheets carry different codes.")))
    for warning in entry["warnings"]:
        click.echo("  ! " + _(warning["message"], **warning["params"]))
    if not (entry["differences"] or entry["keyin"]):
        click.echo(
            "  " + _(N_("No difference seen; fields compared: %(count)s."), count=entry["checked"])
        )
    for pattern in entry["patterns"]:
        click.echo("  ! " + pattern["message"])
    for d in entry["differences"]:
        click.echo(
            f"  {d['field']:>14}  {d['original'] or '—':<20} {d['copy'] or '—':<20} {d['certainty']:.3f}  "
            f"{d['message']}"
        )


@click.group()
def layout() -> None:
    """Form layouts in millimetres."""


@layout.command()
@click.argument("scan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LAYOUT
@click.option(
    "--out", type=click.Path(path_type=Path), help=_("Where to write the picture (JPEG).")
)
def check(scan: Path, forms: tuple[Path, ...], out: Path | None) -> None:
    """Draw the layout over a scan, so that you can see whether it fits."""
    known = known_forms(forms)
    target, fits = out or scan.with_name(scan.stem + ".layout.jpg"), True
    for page in open_pages(scan):
        name = target if page.number == 1 else target.with_name(f"{target.stem}.{page.number}.jpg")
        picture, reading = draw_layout(page.grey, page.dpi, known)
        cv2.imwrite(str(name), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
        fits &= reading.readable
        off = "—" if reading.residual_mm is None else f"{reading.residual_mm:.2f}"
        click.echo(
            _(
                "%(file)s: layout %(layout)s, off by %(mm)s mm",
                file=name,
                layout=reading.identity.layout or "—",
                mm=off,
            )
        )
        for warning in reading.warnings:
            click.echo("  ! " + _(warning.message, **warning.params))
    sys.exit(0 if fits else COULD_NOT_READ)


@layout.command("learn")
@click.argument(
    "scans", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Layout file to write, named FORM.YEAR.toml; without it the text is shown."),
)
@click.option("--name", default="", help=_("Name of the form as printed on it."))
def learn_(scans: tuple[Path, ...], to: Path | None, name: str) -> None:
    """Make a layout from a few filled or empty sheets of one form, with different numbers, three
    or more."""
    cv2.setNumThreads(1)
    try:
        seen = learn([(page.grey, page.dpi) for scan in scans for page in open_pages(scan)])
    except (DomainError, NothingToLearn) as error:
        click.echo(
            _(str(error.args[0]))
            if isinstance(error, NothingToLearn)
            else _(error.message, **error.params),
            err=True,
        )
        sys.exit(COULD_NOT_READ)
    form, _dot, year = (to.stem if to is not None else "form").rpartition(".")
    known = known_forms(())
    model = max(
        (f for f in known.values() if f.alphabets and f.subjects),
        key=lambda f: f.year,
        default=None,
    )
    text = layout_text(seen, form or year, int(year) if form and year.isdigit() else 0, name, model)
    if to is None:
        click.echo(text)
    elif to.exists():
        raise click.UsageError(
            _(
                N_(
                    "%(file)s is there already and was left as it is: a layout file is never "
                    "overwritten."
                ),
                file=to,
            )
        )
    else:
        to.write_text(text, "utf-8")
    _tell_learned(seen, to)


def _tell_learned(seen: Learned, to: Path | None) -> None:
    """What was seen and what was not, beside the file."""
    parts = parts_of(seen.grids)
    click.echo(
        _(
            N_(
                "Sheets: %(sheets)s. Black squares: %(squares)s. Columns of answers: %(columns)s, rows: %(rows)s. "
                "Rows of replacements: %(replaced)s. Other rows: %(others)s."
            ),
            sheets=seen.sheets,
            squares=len(seen.markers),
            columns=len(parts.answers),
            rows=sum(len(g.tops) for g in parts.answers),
            replaced=sum(len(answer.tops) for _task, answer in parts.replacements),
            others=sum(len(g.tops) for g in parts.fields),
        ),
        err=True,
    )
    for code in seen.codes:
        click.echo(
            f"  {code.symbology} · {_(ROLE_WORDS[code.role])}"
            + (f" {code.same[0]}–{code.same[1]}" if code.same else ""),
            err=True,
        )
    for note in seen.notes:
        click.echo("  ! " + _(note.message, **note.params), err=True)
    click.echo(
        "  ! "
        + _(
            N_(
                "Not on the sheets: what single rows are for, the printed row numbers, the characters "
                "allowed. They are marked NOT SEEN in the file."
            )
        ),
        err=True,
    )
    if to is not None:
        click.echo(
            _(
                N_(
                    "Written: %(file)s. Look at it with examday layout check SCAN --layout %(file)s."
                ),
                file=to,
            ),
            err=True,
        )


@layout.command("print")
@click.argument("name", required=False)
@click.option("--a3", is_flag=True, help=_("The enlarged sheet."))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("practice-form.pdf"), show_default=True
)
@LAYOUT
def print_(name: str | None, a3: bool, out: Path, forms: tuple[Path, ...]) -> None:
    """Make a practice form as PDF: marked as practice, without a live code. Without NAME: list the
    layouts."""
    known = known_forms(forms)
    if name is None or name not in known:
        for each, form in known.items():
            click.echo(each if form.measured else f"{each}  ({_(NOT_MEASURED)})")
        sys.exit(0 if name is None else COULD_NOT_READ)
    out.write_bytes(practice_pdf(known[name], a3))
    click.echo(str(out))
