"""One voice of the pages: a use case becomes the next page, or the same page with what was wrong.

A route hands `act` the step, what follows when it is done, and the page that says why it was
refused. Nothing that was typed is lost: the page is drawn from the form that was sent.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import TypeVar

import structlog
from flask import current_app, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Forbidden, Unavailable
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.unit_of_work import UnitOfWork
from examday.web.errors import status_of, translate
from examday.web.next_steps import remember
from examday.web.session import store

T = TypeVar("T")
Answer = Response | str | tuple[str, int]
"""What a route gives back: a page, a page with its status, or the way to another page. Named,
because every helper hands it on."""
Step = Callable[[UnitOfWork], T]
"""A use case that waits for its transaction: begun and ended in one place, no page forgets to
commit."""
Done = Callable[[T], Answer]
"""What follows when a step is done: mostly another page, so that a reload sends nothing twice."""
Refusal = DomainError | None
"""Why a step was refused, on the page that says so; None on a page that nobody was refused on."""
Refused = Callable[[DomainError], Answer]
"""The page that says why a step was refused, or the way to another page, where what was typed is
shown again."""
AFTER_OTHERS = N_(
    "Whoever is not named as having signed enters the PIN once more in a few seconds."
)
"""In place of «nothing was changed»: acts of others in the same form stand."""
DONE = N_("It was done and is kept; only the page that follows could not be shown.")
THEN = N_("Do not send it again: in a few seconds open the page that you need from the menu.")
AGAIN = N_("This form was sent before, and the PIN or password in it did not fit.")
TYPE_ANEW = N_(
    "Nothing was done, and no second wrong try is counted. Enter the PIN or password anew."
)
WRONG = "wrong-secret"
JUDGED = "judged"
"""Key of the cookie in which digests of refused forms are kept."""
MOST_JUDGED = 4
"""As many pages as somebody may hold open with a refusal on them; a cookie must stay small."""
log = structlog.get_logger("examday.web")


def act(
    step: Step[T],
    done: Done[T],
    refused: Refused,
    actor: Actor | None = None,
    kinds: tuple[type[DomainError], ...] = (DomainError,),
) -> Answer:
    """Run `step` in one transaction as the person who is logged in (or as `actor` at the door).

    Done: what `done` makes of its result. Refused by a rule: the page that `refused` draws, with
    the status of the error; nothing was changed. Refusals of other `kinds` go on to the error
    page, and it says that the database cannot be asked.
    """

    def work() -> T:
        with store().begin(actor or g.actor) as uow:
            return step(uow)

    return attempt(work, lambda result: _after(lambda: done(result)), refused, kinds)


def seek(
    step: Step[T],
    done: Done[T],
    refused: Refused,
    kinds: tuple[type[DomainError], ...] = (DomainError,),
) -> Answer:
    """As `act`, for a step that only reads: it holds up nobody who writes."""
    return attempt(lambda: look(step), done, refused, kinds)


def attempt(
    work: Callable[[], T],
    done: Done[T],
    refused: Refused,
    kinds: tuple[type[DomainError], ...] = (DomainError,),
) -> Answer:
    """As `act`, for work that sees to its own transactions."""
    try:
        # Not by the page of a refusal, which may look once more for what it shows.
        if "refusal" not in g and sent_before(WRONG):
            raise Forbidden(AGAIN, code="sent-again", advice=TYPE_ANEW)
        result = work()
    except Unavailable:
        raise
    except kinds as error:
        remember(error)
        if error.code == WRONG:
            keep_sent(WRONG)
        page = refused(error)
        return (page, status_of(error)) if isinstance(page, str) else page
    return done(result)


def sent_before(code: str) -> bool:
    """Tell whether this very form was refused so in this browser before, as `keep_sent` has kept it.

    A reload sends every field as it was, `once` too, and so is told from somebody who goes back and
    types another PIN, or the same once more. Whoever guesses learns nothing by it: a guess that is
    sent again is not looked at.
    """
    return "once" in request.form and _as_sent(code) in session.get(JUDGED, ())


def once() -> str:
    """Return what tells one drawing of a form from the next: never the same twice."""
    return secrets.token_hex(6)


def keep_sent(code: str) -> None:
    """Keep what was sent as refused so: its reload is told by `sent_before`."""
    session[JUDGED] = [*session.get(JUDGED, ()), _as_sent(code)][-MOST_JUDGED:]


def _as_sent(code: str) -> str:
    """Return a digest of the form that was sent; with a key, because its PIN is in it."""
    fields = json.dumps([code, request.path, sorted(request.form.items(multi=True))])
    key = str(current_app.config["SECRET_KEY"])
    return hmac.new(key.encode(), fields.encode(), hashlib.sha256).hexdigest()[:32]


def each(
    steps: Mapping[str, Step[object]],
    done: Callable[[list[str]], Answer],
    refused: Callable[[dict[str, DomainError], list[str]], Answer],
) -> Answer:
    """As `act`, for the acts of several people in one form, each in a transaction of its own.

    What is refused keeps nobody else's act back. `done` is given the keys of `steps`; `refused` what
    was refused beside what was done, and its page has the status of the first error. A database that
    cannot be asked after somebody's act was judged is a refusal of the next one, and the last.
    """
    wrong, good = dict[str, DomainError](), list[str]()
    for key, step in steps.items():
        try:
            change(step)
        except Unavailable as error:
            if not wrong and not good:
                raise
            log.warning("the database could not work", code=error.code, exc_info=error)
            wrong[key] = Unavailable(
                error.message, advice=AFTER_OTHERS, code=error.code, params=error.params
            )
            break
        except DomainError as error:
            remember(error)
            wrong[key] = error
        else:
            good.append(key)
    if not wrong:
        return _after(lambda: done(good))
    page = refused(wrong, good)
    return (page, status_of(next(iter(wrong.values())))) if isinstance(page, str) else page


def _after(follow: Callable[[], Answer]) -> Answer:
    """Return the page that follows an act that stands.

    A database that goes away only now says «nothing was changed»: whoever reads that of an act that
    stands does it a second time.
    """
    try:
        return follow()
    except Unavailable as error:
        raise Unavailable(DONE, advice=THEN, code=error.code, params=error.params) from error


def change(step: Step[T]) -> T:
    """Run `step` in one transaction as the person who is logged in.

    Every refusal goes on to the error page.
    """
    with store().begin(g.actor) as uow:
        return step(uow)


def look(step: Step[T]) -> T:
    """What `step` reads, as the person who is logged in; whatever it changes is thrown away."""
    with store().read(g.actor) as uow:
        return step(uow)


def go_on(
    endpoint: str,
    said: str = "",
    anchor: str | None = None,
    **values: str,
) -> Response:
    """The way to the next page, where `said` is told first."""
    if said:
        flash(said)
    return redirect(url_for(endpoint, _anchor=anchor, _external=False, **values), 303)


def explain(error: Refusal) -> str:
    """Message and advice of a refusal in the reader's language; empty without one."""
    return " ".join(translate(error)) if error else ""
