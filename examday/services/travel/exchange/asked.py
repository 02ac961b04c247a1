"""Somebody at a station sends over the network by a page: a worker does it, and says how far it is."""

from contextlib import closing
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select

from examday.domain.errors import Broken, DomainError, Unavailable
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.travel.delivery import Step
from examday.services.custody.booklets import require
from examday.services.jobs.telling import Telling, end, refusal
from examday.services.people import log_in
from examday.services.travel.exchange import posting
from examday.services.travel.exchange.line import Line
from examday.services.travel.waiting.asking import whoever_asked
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import JsonObject
from examday.storage.tables_waiting import Posting


@dataclass(frozen=True)
class Network:
    """The way to the centre over the network, as the station's page shows it."""

    address: str
    """Empty where nobody has told the station its centre's address."""
    last: Posting | None
    """What was asked for last, so that the page can say how far it came."""


def network(uow: UnitOfWork) -> Network:
    """Where this station sends to, and what became of it."""
    of = select(Posting).order_by(Posting.at.desc(), Posting.id).limit(1)
    return Network(uow.settings.centre_url, uow.session.scalars(of).first())


def ask(
    uow: UnitOfWork,
    person_id: str,
    secret: str,
) -> None:
    """Ask with the own secret that it is sent; the job follows. While one is under way, nothing more.

    Forbidden; Invalid for an address that is none.
    """
    require(uow, "travel.carry")
    log_in.prove_oneself(uow, person_id, secret, log_in.Part.ACTS)
    uow.queue("postings")
    # Made and closed only to hear what is wrong with address and certificate while somebody can see
    # the page.
    Line(uow.settings.centre_url, uow.settings.centre_ca).close()
    under_way = select(Posting.id).where(Posting.step == Step.ASKED)
    if uow.session.scalar(under_way.limit(1)) is not None:
        return
    # One row is kept: after a clock was set back an earlier one would be taken for the last.
    uow.session.execute(delete(Posting))
    made = uow.add(Posting(person_id=person_id, at=uow.now()))
    uow.session.flush()
    uow.enqueue(Task.SEND_BUNDLE, made.id)


def process(store: Store, key: str) -> None:
    """Send, and write down what became of it; nothing where that is done already.

    A line that broke is not tried again by itself: whoever waits has a stick too.
    """
    with store.read() as uow:
        found = uow.session.get(Posting, key)
        if found is None or found.step != Step.ASKED:
            return
        actor = whoever_asked(uow, found.person_id)
    try:
        told = _sent(store, actor, key)
    except Unavailable:
        raise  # such trouble says nothing about the line, so it is tried again
    except DomainError as error:
        end(store, (Posting, key), Step.REFUSED, refusal(error))
    else:
        end(store, (Posting, key), Step.DONE, told)


def _sent(store: Store, actor: Actor, key: str) -> JsonObject:
    settings = store.settings
    with closing(Line(settings.centre_url, settings.centre_ca)) as line:
        posted = posting.post(store, actor, line, tell=Telling(store, (Posting, key)))
    sent = asdict(posted.sent)
    return {
        "originals": posted.originals,
        "first": sent["first"],
        "last": sent["last"],
        "works": sent["works"],
    }


def give_up(store: Store, key: str) -> None:
    """Say that the computer or the program could not do it; what is here was not changed by that."""
    error = Broken(
        N_("Sending failed: this computer or the program failed at it several times."),
        code="gave-up",
        advice=N_(
            "Nothing is lost. Write the file for a stick, and call the technical specialist."
        ),
    )
    end(store, (Posting, key), Step.REFUSED, refusal(error))
