"""Help: one short text per part of the program, the glossary, accessibility.

The texts are docs/help/<language>/<name>.md.
"""

from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, render_template

from examday.i18n import language
from examday.resources import HELP
from examday.web.access import public

bp = Blueprint("help", __name__)
START = "start"
OF_APPEALS = (
    "registration",
    "old_works",
    "findings",
    "hearing",
    "hearing_steps",
    "decisions",
    "rechecks",
    "calendar",
    "protocol",
    "orders",
    "order_steps",
    "kit",
    "print_outs",
    "figures",
    "retention",
)
"""Blueprints of the conflict commission: each page of a case has the same help."""
OF_BRAILLE = ("braille", "cells", "notebook", "result")
"""Blueprints of the Braille desk: people know one desk, so the commission's help explains all of
them."""
SAME_AS = dict.fromkeys(OF_BRAILLE, "commission") | dict.fromkeys(OF_APPEALS, "appeals")
"""Parts of the program that are explained together: people know desks, not blueprints."""


class Block(NamedTuple):
    """A piece of a help text: kind h1, h2, p, ul or dl, and its lines."""

    kind: str
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """Split a help text into blocks by the few marks that help texts use.

    The marks are: # title, ## heading, «- » list, «- term — meaning» list; the rest are paragraphs.
    """
    made = []
    for part in text.strip().split("\n\n"):
        lines = part.splitlines()
        if lines[0].startswith(("# ", "## ")):
            mark, _sep, words = lines[0].partition(" ")
            made.append(Block(f"h{len(mark)}", [words]))
        elif lines[0].startswith("- "):
            made.append(
                Block(
                    "dl" if all(" — " in line for line in lines) else "ul",
                    [line[2:] for line in lines],
                )
            )
        else:
            made.append(Block("p", [" ".join(lines)]))
    return made


def topics(lang: str) -> dict[str, Path]:
    """Every help text of a language by its name."""
    return {path.stem: path for path in sorted((HELP / lang).glob("*.md"))}


@bp.get("/help")
@bp.get("/help/<name>")
@public
def topic(name: str = START) -> str:
    """The help of one part; an unknown name shows the beginning, because somebody asked for help."""
    known, name = topics(language.get()), SAME_AS.get(name, name)
    text = blocks(known.get(name, known[START]).read_text(encoding="utf-8"))
    titles = {
        key: blocks(path.read_text(encoding="utf-8"))[0].lines[0] for key, path in known.items()
    }
    return render_template(
        "help/topic.html",
        text=text,
        titles=titles,
        name=name if name in known else START,
    )


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement; its address stands at the foot of every page."""
    return topic("accessibility")
