"""Reading form fields: what is not of the expected kind becomes an error a person understands."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import IO, TypeVar

from flask import Request, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from examday.domain.errors import Invalid, NotFound
from examday.domain.identity import is_unseen
from examday.domain.messages import N_
from examday.domain.numbers import typed_number

Choice = TypeVar("Choice", bound=StrEnum)


class _SeenOnly(FormDataParser):
    """Reads forms as people see them: an entry of nothing but invisible characters is empty.

    What was copied from a message may hold some; taken for words, they would be the reason of a step
    that nobody gave one for.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Parse as the library does, and empty what shows nothing."""
        kept, given, files = super().parse(stream, mimetype, content_length, options)
        entries = [(name, _seen(entry)) for name, entry in given.items(multi=True)]
        return kept, self.cls(entries), files


class SeenForms(Request):
    """A request whose forms say what people see of them."""

    form_data_parser_class = _SeenOnly


def _seen(entry: str) -> str:
    """The entry, "" where it shows nothing.

    Blanks alone stay, for they may be typed on purpose; that of Braille is no blank here.
    """
    # Each sign once: an entry may be millions long, and comes before anybody is logged in.
    signs = set(entry)
    if any(not is_unseen(sign) and not sign.isspace() for sign in signs):
        return entry
    return "" if any(map(is_unseen, signs)) else entry


def choice(kind: type[Choice], name: str) -> Choice:
    """The chosen value of a closed list; Invalid when nothing of the list was chosen."""
    try:
        return kind(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid(
            N_("Choose one of the given answers."),
            code=name,
            advice=N_("Open the page again if the answers are missing."),
        ) from error


def day(name: str) -> dt.date:
    """A date field; Invalid when it is missing or no date."""
    try:
        return dt.date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid(
            N_("A date is missing or cannot be understood."),
            code=name,
            advice=N_("Enter it as day, month and year."),
        ) from error


def lacking(required: Mapping[str, str], but: str = "") -> dict[str, str]:
    """Return of the form that was sent which entries were left empty: entry → its sentence.

    `required`: entry → sentence, in the order of the page; `but`: the entry that is refused already. A
    use case names the first thing that is wrong; told one after the other, each would cost a page.
    """
    return {name: text for name, text in required.items() if name != but and _is_empty(name)}


def _is_empty(name: str) -> bool:
    """Return whether an entry of the form that was sent was left empty; not for one it does not have."""
    if (file := request.files.get(name)) is not None:
        return not file.filename
    return name in request.form and not request.form[name].strip()


def further(closed: bool = False) -> str:
    """Where a page of a long list begins: date and id of the last entry before it.

    `closed`: the list also goes on behind a moment, that of a closed case. "" for the first page;
    NotFound for an address that was cut off or changed.
    """
    place = request.args.get("after", "")
    when, _, last = place.partition(" ")
    try:
        if last and not _moment(when, closed):
            dt.date.fromisoformat(when)
    except (ValueError, OverflowError):  # a moment may be none at our own clock
        raise NotFound() from None
    return place


def earlier() -> int | None:
    """The entry of the ledger before which a page begins; None for the newest, and for no number."""
    return typed_number(request.args.get("before", ""))


def _moment(when: str, allowed: bool) -> bool:
    """Tell whether a place of a list is a moment with its zone: without one it could be two."""
    if not allowed or "T" not in when:
        return False
    moment = dt.datetime.fromisoformat(when)
    moment.astimezone(dt.UTC)
    return moment.tzinfo is not None


def clock_time(name: str) -> dt.time:
    """A time of day; Invalid when it is none."""
    try:
        return dt.time.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid(
            N_("A time is missing or cannot be understood."),
            code=name,
            advice=N_("Enter hours and minutes, for example 14:05."),
        ) from error


def whole(name: str) -> int:
    """A whole number; Invalid when it is none."""
    number = typed_number(request.form.get(name, "").strip())
    if number is None:
        raise Invalid(
            N_("A whole number is missing or cannot be understood."),
            code=name,
            advice=N_("Enter digits only."),
        )
    return number


def wanted_day() -> dt.date | None:
    """The exam day of the address; None for the day in hand, NotFound for what is no day."""
    wanted = request.args.get("day", "")
    try:
        return dt.date.fromisoformat(wanted) if wanted else None
    except ValueError:
        raise NotFound() from None


def said_day() -> str:
    """The exam day of the address as people write it; "" for the day in hand."""
    day = wanted_day()
    return f"{day:%d.%m.%Y}" if day else ""
