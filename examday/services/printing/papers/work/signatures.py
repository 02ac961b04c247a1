"""Who has signed «Копия верна» in the program, and the lines to sign by hand."""

from examday.domain.messages import N_
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.services.custody.dossier import Dossier
from examday.services.printing.words import moment, ru
from examday.services.unit_of_work import UnitOfWork


def signed(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """List the signatures given in the program: place, who, when; an absence with its reason."""
    rows = []
    for place in d.signatures:
        given = place.given
        who = ""
        if given is not None:
            who = d.names.get(given.person_id or "", "") or ru(
                N_("absent: %(reason)s"), reason=given.absent_reason
            )
        rows.append(
            [
                ru(SLOT_NAMES.get(place.rule.slot, place.rule.slot)),
                who,
                moment(uow, given.at) if given else ru(N_("not signed")),
            ]
        )
    return rows


def signers(d: Dossier) -> list[list[str]]:
    """Lines for signatures by hand, with the name where the place is filled in the program."""
    return [
        [
            ru(SLOT_NAMES.get(p.rule.slot, p.rule.slot)),
            d.names.get(p.given.person_id or "", "") if p.given else "",
        ]
        for p in d.signatures
    ]
