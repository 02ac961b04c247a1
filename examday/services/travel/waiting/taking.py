"""A bundle that waits is taken in by a job, as the person who has said yes."""

from dataclasses import asdict

from examday.domain.errors import Broken, DomainError, MachineTrouble, Unavailable
from examday.domain.messages import N_
from examday.domain.travel.delivery import Step
from examday.services.jobs.telling import Telling, end, refusal
from examday.services.travel.incoming import taking_in
from examday.services.travel.waiting.asking import whoever_asked
from examday.services.travel.waiting.keeping import let_go
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import uploads
from examday.storage.tables_waiting import Delivery


def process(store: Store, key: str) -> None:
    """Take the bundle in and write down what became of it; nothing where that is done already."""
    with store.read() as uow:
        found = uow.session.get(Delivery, key)
        if found is None or found.step != Step.ASKED:
            return
        sha256, actor = found.sha256, whoever_asked(uow, found.person_id)
    try:
        with uploads(store.settings).as_file(sha256) as path:
            taken = taking_in.take_in(store, actor, path, Telling(store, (Delivery, key)))
    except (Unavailable, MachineTrouble):
        raise  # such trouble says nothing about the bundle, so it is tried again
    except DomainError as error:
        end(store, (Delivery, key), Step.REFUSED, refusal(error))
    else:
        end(store, (Delivery, key), Step.DONE, asdict(taken))
    let_go(store, sha256)


def give_up(store: Store, key: str) -> None:
    """Say that the computer or the program could not do it; the file was not changed."""
    error = Broken(
        N_(
            "The bundle could not be taken in: this computer or the program failed at it several times."
        ),
        code="gave-up",
        advice=N_(
            "Keep the file, and call the technical specialist. Nothing of it was written half."
        ),
    )
    end(store, (Delivery, key), Step.REFUSED, refusal(error))
