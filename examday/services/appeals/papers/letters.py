"""Receipt of an appeal and notice of its hearing, as tagged PDF."""

from examday.domain.appeals.hearing import CAPACITY_NAMES, Required
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import Words, base, case_facts, day
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork


def receipt(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """Return two copies of the receipt on one sheet, for the appellant and the commission."""
    training = case.appeal.exam.training
    data = base(uow, say(N_("Receipt of an appeal")), "appeal-receipt", training) | {
        "facts": case_facts(uow, case, say, names=True),
        "asked": case.appeal.facts.get("text", ""),
        "body": case.rules.text("appeal_body"),
        "until": day(case.terms.consider.last_day),
    }
    return printing.render("appeal-receipt", data, large)


def notice(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """Return the notice of the hearing; NotFound before it is appointed."""
    meeting = case.sitting.hearing
    if meeting is None:
        raise NotFound(
            N_("No hearing is appointed for this case."), advice=N_("Appoint the hearing first.")
        )
    data = base(uow, say(N_("Notice of a hearing")), "appeal-notice", case.appeal.exam.training) | {
        "facts": case_facts(uow, case, say, names=True),
        "body": case.rules.text("appeal_body"),
        "at": day(meeting.at, uow.settings.time_zone),
        "place": meeting.place,
        # Notices of the season 2024/25 state the form of the meeting (domain.md 10.3).
        "form": say(N_("in person") if meeting.form == "in_person" else N_("remote")),
        "called": [_called(one, say) for one in case.sitting.called],
        "noticed": day(meeting.noticed),
    }
    return printing.render("appeal-notice", data, large)


def _called(one: Required, say: Words) -> str:
    """Return in what capacity somebody is called, and whether they must be."""
    must = say(N_("must be called")) if one.must else say(N_("may be called"))
    return f"{say(CAPACITY_NAMES[one.capacity])}: {must}"
