"""Takes the centre's receipt in at the station."""

from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.travel.letters import RECEIPT, Letter
from examday.services.ledger.writing import hash_of
from examday.services.travel.confirmed import newest
from examday.services.travel.joining import centre_of
from examday.services.travel.letters import require_signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_travel import Receipt


def take_in(uow: UnitOfWork, letter: Letter) -> bool:
    """Keep the centre's receipt at the station; False where one of as much was here before.

    Invalid for another letter, and where another one wrote it; Conflict where it is of another station or
    history.
    """
    if letter["format"] != RECEIPT:
        raise _other_letter(letter)
    uow.queue("centre")
    centre = centre_of(uow)
    if centre is None or letter["station"] != centre.id:
        raise Conflict(
            N_("This receipt is for another station: %(station)s of the point %(site)s."),
            code="other-station",
            advice=N_("Nothing was changed. Take it to the laptop of that point."),
            params={"station": letter["station"], "site": letter["site"]},
        )
    require_signed(letter, centre.public_key)
    last, root = int(str(letter["last"])), str(letter["root"])
    if hash_of(uow.session, "", last) != root:
        raise Conflict(
            N_(
                "The centre has confirmed another history: entry %(last)s is not the one that is here."
            ),
            code="other-history",
            advice=N_(
                "Nothing was changed. A backup was brought back here, or a folder was copied. Keep everything "
                "as it is and call the centre."
            ),
            params={"last": last},
        )
    before = newest(uow)
    if before is not None and before.last >= last:
        return False
    uow.add(
        Receipt(
            centre_id=centre.id,
            last=last,
            root=root,
            said={name: value for name, value in letter.items() if name != "signature"},
            signature=str(letter["signature"]),
            at=uow.now(),
        )
    )
    uow.record(Event.TRAVEL_RECEIPT, f"centre:{centre.id}", last=last, root=root, at=letter["at"])
    return True


def _other_letter(letter: Letter) -> Invalid:
    return Invalid(
        N_("This is another letter: %(format)s."),
        code="other-letter",
        advice=N_(
            "Needed here is the centre's receipt. Letters of enrolment are taken in by a command."
        ),
        params={"format": letter["format"]},
    )
