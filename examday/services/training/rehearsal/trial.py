"""The training booklet of the technical rehearsal and its steps.

The steps are the real use cases. What the station does by itself (taking files from the hot
folder, finding the booklet) is left to the station: `drop` puts a sheet there, and the caller
waits.
"""

import secrets
from collections.abc import Callable, Mapping

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role
from examday.services.printing import prints
from examday.services.rules.exam_forms import fields_for
from examday.services.training.demo_files import Work
from examday.services.training.demo_works import Player
from examday.services.training.rehearsal import checks, day
from examday.services.training.rehearsal.day import ANSWERS, PREFIX, SUBJECT
from examday.services.unit_of_work import Store

SYSTEM = Actor.system("rehearsal")
"""So that accounts of a rehearsal are told from those that the head has made."""
STAFF: dict[str, Role] = {
    "head": Role.SITE_HEAD,
    "organiser": Role.LEAD_ORGANISER,
    "gek": Role.EXAM_BOARD_MEMBER,
    "observer": Role.PUBLIC_OBSERVER,
    "assistant": Role.ASSISTANT,
    "reader": Role.ASSISTANT,
    "reader2": Role.ASSISTANT,
    "arbiter": Role.ASSISTANT,
}
"""As few as the separation of duties allows: two who key in, a third who settles, and the
signers."""


class Trial(Player):
    """The demo's player with people, sheets and a hot folder of the rehearsal."""

    staff: Mapping[str, Role] = STAFF

    def __init__(self, store: Store, drop: Callable[[str], None]) -> None:
        self.store, self.drop = store, drop
        self.work: Work = {
            "candidate": "",
            "target": State.HANDED_OVER,
            "answers": ANSWERS,
            "replacements": [],
            "second": {"3": "13"},
        }
        # Known to this run alone: nobody can sign with an account of a rehearsal.
        self.pin = f"{secrets.randbelow(9000) + 1000}"
        self.lead, self.medium, self.subject = "organiser", Medium.ENLARGED, SUBJECT
        with store.begin(SYSTEM) as uow:
            checks.check_day(uow)
            day.open_accounts(uow, self.pin, self.staff)
            booklet = day.make_booklet(uow)
            self.id, self.code = booklet.id, str(booklet.code)
            uow.record(Event.REHEARSAL_BEGIN, f"booklet:{self.id}")
            self.fields = fields_for(booklet.exam)

    def actor(self, login: str) -> Actor:
        """The person of the rehearsal behind a part of the play."""
        return super().actor(PREFIX + login)

    def take_in(self, label: str) -> None:
        """Put the sheet into the hot folder; the station does the rest."""
        self.drop(label.rpartition("-")[2])

    def sheet(self, size: str) -> bytes:
        """The sheet as a scanner would send it: JPEG, 200 dpi."""
        return day.draw_sheet(self.code, size, self.answers_on(size))

    def answers_on(self, size: str) -> dict[str, str]:
        """The answers that stand on the sheet of this size."""
        return ANSWERS

    def print_act(self) -> None:
        """The transfer act, printed as on the day."""
        with self.as_person("organiser") as uow:
            prints.make(uow, "transfer-act", f"booklet:{self.id}")

    def check_ledger(self) -> None:
        """Raises when the ledger does not say what was written."""
        checks.check_ledger(self.store)

    def end(self) -> None:
        """Close the accounts again: nobody can log in as them."""
        with self.store.begin(SYSTEM) as uow:
            day.close_accounts(uow)
            uow.record(Event.REHEARSAL_END, f"booklet:{self.id}")
