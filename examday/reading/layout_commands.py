"""`examday layout`: form layouts, for technicians. Changes no data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
import cv2

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.i18n import spoken
from examday.paper.practice import practice_pdf
from examday.reading.command_options import COULD_NOT_READ, LAYOUT, known_forms
from examday.reading.guards import open_pages
from examday.reading.learn import Learned, NothingToLearn, learn
from examday.reading.learned import layout_text, parts_of
from examday.reading.note_words import in_words
from examday.reading.overlay import draw_layout

ROLE_WORDS = {
    "number": N_("the sheet's number"),
    "partner": N_("partner of the number; shared digits"),
    "opaque": N_("changes from sheet to sheet, meaning unknown"),
    "constant": N_("the same on every sheet"),
}
NOT_MEASURED = N_("not measured on a real sheet")


@click.group()
def layout() -> None:
    """Form layouts in millimetres."""


@layout.command()
@click.argument(
    "scan",
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
)
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
            click.echo("  ! " + _(warning.message, **spoken(in_words(warning.params))))
    sys.exit(0 if fits else COULD_NOT_READ)


@layout.command("learn")
@click.argument(
    "scans",
    nargs=-1,
    required=True,
    type=click.Path(
        exists=True,
        dir_okay=False,
        path_type=Path,
    ),
)
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Layout file to write, named FORM.YEAR.toml; without it the text is shown."),
)
@click.option("--name", default="", help=_("Name of the form as printed on it."))
def learn_command(scans: tuple[Path, ...], to: Path | None, name: str) -> None:
    """Make a layout from a few filled or empty sheets of one form.

    Give three or more, with different numbers.
    """
    cv2.setNumThreads(1)
    try:
        seen = learn([(page.grey, page.dpi) for scan in scans for page in open_pages(scan)])
    except DomainError as error:
        _give_up(_(error.message, **error.params))
    except NothingToLearn as error:
        _give_up(_(str(error.args[0])))
    text = _text_of(seen, to.stem if to is not None else "form", name)
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


def _give_up(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(COULD_NOT_READ)


def _text_of(seen: Learned, stem: str, name: str) -> str:
    """The layout file's text; a file named FORM.YEAR says form and year."""
    form, _dot, year = stem.rpartition(".")
    # The sheets do not show which characters are allowed: the newest form lends its own.
    known = (form for form in known_forms(()).values() if form.alphabets and form.subjects)
    model = max(known, key=lambda form: form.year, default=None)
    return layout_text(seen, form or year, int(year) if form and year.isdigit() else 0, name, model)


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
    "--out",
    type=click.Path(path_type=Path),
    default=Path("practice-form.pdf"),
    show_default=True,
)
@LAYOUT
def print_form(
    name: str | None,
    a3: bool,
    out: Path,
    forms: tuple[Path, ...],
) -> None:
    """Make a practice form as PDF: marked as practice, without a live code.

    Without NAME: list the layouts.
    """
    known = known_forms(forms)
    if name is None or name not in known:
        for each, form in known.items():
            click.echo(each if form.measured else f"{each}  ({_(NOT_MEASURED)})")
        sys.exit(0 if name is None else COULD_NOT_READ)
    out.write_bytes(practice_pdf(known[name], a3))
    click.echo(str(out))
