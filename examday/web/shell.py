"""What every page gets: its look, who is here, where one can go, how times are said.

The look is theme, type size and language.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

from flask import Flask, current_app, g, request, url_for

from examday.domain.board import STEP_LABELS, thread
from examday.domain.custody.lifecycle import OFF_THE_WAY, STATE_NAMES, Medium, State
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.i18n import gettext as _
from examday.i18n import language, ngettext
from examday.services.plan import exam_day
from examday.web.session import place, sees_region, store, zone
from examday.web.words import event_name, field_name, mark_name, reason_words

THEMES = ("auto", "light", "dark", "contrast")
"""The computer's own choice first: whoever needs contrast has often set it there already."""
SIZES = ("100", "125", "150", "175", "200")
"""Per cent, up to twice the size, as WCAG 2.2 asks for (1.4.4)."""
SIGNALS = ("title", "sound", "off")
"""The silent one first: a sound in a room of candidates is chosen, never met with."""
CODE = re.compile(r"(\d\w*(?:-\w+)+)")
"""A seat or number with hyphens, «0101-1А», «77-01-0003»: a line does not end inside it."""
NAV: tuple[tuple[str, str, str], ...] = (
    ("board", N_("Board"), "day.see"),
    ("work", N_("My work"), "find"),
    ("custody", N_("Papers"), "custody.see"),
    ("scans", N_("Scans"), "scans.see"),
    ("keyin", N_("Key-in"), "keyin.enter"),
    ("settle", N_("Differences"), "settle.decide"),
    ("copying", N_("Copying"), "copy.write"),
    ("verify", N_("Verification"), "verify.decide"),
    ("sign", N_("Signing"), "sign"),
    ("packing", N_("Packing"), "pack"),
    ("commission", N_("Braille commission"), "braille.desk"),
    ("appeals", N_("Appeals"), "appeal.see"),
    ("rechecks", N_("Re-checks"), "appeal.expert"),
    ("prints", N_("Printing"), "print"),
    ("plan", N_("Day plan"), "plan.see"),
    ("people", N_("People"), "people.edit"),
    ("ledger", N_("Ledger"), "ledger.see"),
)
"""Blueprint, word, row of the permission matrix: by it a part is shown only to those who may. The
page is the blueprint's `index`."""
PARTS_OF: dict[str, tuple[str, ...]] = {
    "calendar": ("appeals", "plan"),
    "retention": ("appeals",),
    "region": ("board",),
    "travel": ("board",),
}
"""Blueprint whose pages lie apart → the parts that lead to them: the first that a person has is
marked as open, so that people see where they are."""
PERSONAL: tuple[tuple[str, str], ...] = (("login.own_secrets", N_("Own password and PIN")),)
"""Apart from the parts of the program: nobody needs a permission for their own secret."""


class Run(NamedTuple):
    """Neighbouring characters of one sort, digits or not.

    Digits are underlined so that О and 0, З and 3 cannot be mixed up.
    """

    text: str
    digits: bool


@dataclass(frozen=True)
class View:
    """How this browser wants its pages.

    It is kept in plain cookies because it says nothing about a person.
    """

    theme: str = "auto"
    size: str = "100"
    signal: str = "title"
    """How it says that work waits: a number in the title, a sound as well, or not at all."""


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Bead:
    """One step of the thread in words."""

    state: State
    place: str
    label: str
    spoken: str


def register(app: Flask) -> None:
    """Attach filters, globals and the per-page values of base.html and ui.html."""
    app.jinja_env.filters["age"] = lambda at: age(store().clock() - at)
    app.jinja_env.filters["span"] = lambda at: span(store().clock() - at)
    app.jinja_env.globals.update(
        thread_of=spoken_thread,
        code_parts=CODE.split,
        glyph_runs=glyph_runs,
        static=static,
        field_name=field_name,
        event_name=event_name,
        mark_name=mark_name,
        reason_words=reason_words,
        point_of=point_of,
        seat_of=seat_of,
        seat_on=seat_on,
    )
    app.context_processor(values)


def values() -> dict[str, Any]:
    """The variables of base.html."""
    return {"lang": language.get(), "view": view_of(request.cookies), "shell": shell()}


def point_of(row: Any) -> str:
    """Return what comes before a seat in lists of all points: each point has a seat of that number."""
    return f"{row.site} · " if row.site and sees_region() else ""


def seat_of(work: Any, between: str = "-") -> str:
    """Room and seat of a work, for lists."""
    point, seat = point_of(work), f"{work.seat.room.number}{between}{work.seat.place}"
    # Blanks of the seat do not break: where a telephone breaks the line it must be behind the
    # point.
    return point + seat.replace(" ", "\u00a0") if point else seat


def seat_on(work: Any, between: str = "-") -> str:
    """Return room and seat of a work, and its day where that is not the exam day in hand.

    The rooms of two days have the same numbers: a queue that holds works of both must tell them.
    """
    date = work.exam.date
    return seat_of(work, between) + (f" · {date:%d.%m.%Y}" if date != _day_in_hand() else "")


def _day_in_hand() -> dt.date | None:
    """Return the exam day in hand, asked once for a page."""
    if "day_in_hand" not in g:
        with store().read() as uow:
            g.day_in_hand = exam_day.current_day(uow)
    return cast(dt.date | None, g.day_in_hand)


def view_of(cookies: Any) -> View:
    """The view a browser asked for; anything unknown counts as the ordinary one."""
    theme, size = cookies.get("theme", ""), cookies.get("size", "")
    signal = cookies.get("signal", "")
    return View(
        theme if theme in THEMES else "auto",
        size if size in SIZES else "100",
        signal if signal in SIGNALS else "title",
    )


def static(name: str) -> str:
    """Return the address of a file of ours.

    It changes when the file does, so no browser shows an old one after an upgrade.
    """
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=int(path.stat().st_mtime) if path.exists() else 0)


def shell() -> dict[str, Any]:
    """The frame: menus of this person, help of this page, and whether the day is a training day."""
    person = g.get("person")
    return {
        "nav": nav() if person else [],
        "personal": personal() if person else [],
        "person": person
        and {
            "name": person.name,
            "roles": ", ".join(_(ROLE_NAMES[role]) for role in sorted(g.actor.roles)),
        },
        "leave": url_for("login.leave") if "login.leave" in current_app.view_functions else "",
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "help": help_address(),
        "query": request.args.get("q", "") if request.path == "/find" else "",
        "training": training_day(),
        "mark": current_app.extensions["examday.settings"].mark,
        "zone": zone().key,
        "place": place(),
    }


def nav() -> list[Link]:
    """The parts of the program this person's roles open."""
    shown = [
        (name, label, url_for(f"{name}.index"))
        for name, label, action in NAV
        if f"{name}.index" in current_app.view_functions and g.actor.may(action)
    ]
    names = {name for name, _label, _url in shown}
    part = next((one for one in PARTS_OF.get(request.blueprint or "", ()) if one in names), "")
    return [
        Link(_(label), url, name in (request.blueprint, part) or _under(url))
        for name, label, url in shown
    ]


def _under(index: str) -> bool:
    """Whether the open page is one of the part whose first page is `index`.

    Hearing and kit are pages of «Appeals».
    """
    return request.path.startswith(index.rstrip("/") + "/")


def personal() -> list[Link]:
    """What somebody may change about themselves."""
    return [
        Link(_(label), url_for(endpoint))
        for endpoint, label in PERSONAL
        if endpoint in current_app.view_functions
    ]


def help_address() -> str:
    """The help page of the present part of the program."""
    if "help.topic" not in current_app.view_functions:
        return "/help"
    return url_for("help.topic", name=request.blueprint or "start")


def training_day() -> bool:
    """True while the exam day in hand is a training day."""
    with store().read() as uow:
        return exam_day.is_training(uow)


def spoken_thread(booklet: Any) -> dict[str, Any]:
    """The thread of a booklet (anything with state, medium, since) in the reader's language."""
    state = State(booklet.state)
    line = thread(
        state,
        Medium(booklet.medium),
        booklet.since,
        store().clock(),
        begun=getattr(booklet, "begun", False),
        over=getattr(booklet, "over", False),
    )
    words = {"done": _("done"), "here": _("here now"), "todo": _("still to come")}
    steps = [Bead(s.state, s.place, _(STEP_LABELS[s.state]), words[s.place]) for s in line.steps]
    where = (
        ""
        if state in OFF_THE_WAY
        else _(
            "Step %(number)s of %(all)s: %(step)s",
            number=line.number,
            all=len(steps),
            step=_(STEP_LABELS[state]),
        )
    )
    summary = where or _(STATE_NAMES[state])
    if line.waits_for:
        summary += ". " + _("Waits for %(who)s", who=_(line.waits_for))
    return {
        "steps": steps,
        "summary": summary,
        "where": where,
        "stuck": line.stuck,
        "waits_for": _(line.waits_for),
        "off": state in OFF_THE_WAY,
        "state": _(STATE_NAMES[state]),
    }


def glyph_runs(text: str) -> list[Run]:
    """`text` cut into runs of digits and of everything else, nothing added, nothing lost."""
    return [Run(part, part[0].isdigit()) for part in re.findall(r"\d+|\D+", text)]


def span(time: dt.timedelta) -> str:
    """A length of time for narrow places: minutes up to an hour and a half, then hours."""
    minutes = int(time.total_seconds() // 60)
    return (
        ngettext("%(n)s min", "%(n)s min", minutes)
        if minutes < 90
        else _("%(hours)s h", hours=round(minutes / 60))
    )


def age(past: dt.timedelta) -> str:
    """How long ago, the way people say it; a time that lies ahead is said as «in …»."""
    minutes = int(abs(past).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        said = ngettext("%(n)s min", "%(n)s min", minutes)
    elif minutes < 48 * 60:
        said = _("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60)
    else:
        said = ngettext("%(n)s day", "%(n)s days", minutes // (24 * 60))
    return _("%(time)s ago", time=said) if past >= dt.timedelta(0) else _("in %(time)s", time=said)
