"""Receipt of an appeal and notice of its hearing, as tagged PDF."""

from examday.domain.appeals.hearing import CAPACITY_NAMES, Required
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import Data, Words, case_facts, day, of_case
from examday.services.appeals.papers.protocol_paper import FORMS
from examday.services.appeals.views.casebook import CaseFile
from examday.services.unit_of_work import UnitOfWork

RECEIPT = N_("Receipt of an appeal")
NOTICE = N_("Notice of a hearing")


def receipt_data(uow: UnitOfWork, case: CaseFile, say: Words) -> Data:
    """Return what the receipt says."""
    return {
        "facts": case_facts(uow, case, say, names=True),
        "asked": case.appeal.facts.get("text", ""),
        "body": case.rules.text("appeal_body"),
        "until": day(case.terms.consider.last_day),
    }


def receipt(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    large: bool,
) -> bytes:
    """Return two copies of the receipt on one sheet, for the appellant and the commission."""
    data = of_case(uow, case, say(RECEIPT), "appeal-receipt")
    return printing.render("appeal-receipt", data | receipt_data(uow, case, say), large)


def notice_data(uow: UnitOfWork, case: CaseFile, say: Words) -> Data:
    """Return what the notice says; NotFound before the hearing is appointed."""
    meeting = case.sitting.hearing
    if meeting is None:
        raise NotFound(
            N_("No hearing is appointed for this case."), advice=N_("Appoint the hearing first.")
        )
    return {
        "facts": case_facts(uow, case, say, names=True),
        "body": case.rules.text("appeal_body"),
        "meeting": [
            [say(N_("When")), day(meeting.at, uow.zone)],
            [say(N_("Place")), meeting.place],
            # Notices of the season 2024/25 state the form of the meeting (domain.md 10.3).
            [say(N_("Form of meeting")), say(FORMS[meeting.form])],
            [say(N_("Outside its day or term")), "; ".join(case.sitting.late)],
            [say(N_("Notice from")), day(meeting.noticed)],
        ],
        "called": [_called(one, say) for one in case.sitting.called],
    }


def notice(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    large: bool,
) -> bytes:
    """Return the notice of the hearing; NotFound before it is appointed."""
    said = notice_data(uow, case, say)
    data = of_case(uow, case, say(NOTICE), "appeal-notice")
    return printing.render("appeal-notice", data | said, large)


def _called(one: Required, say: Words) -> str:
    """Return in what capacity somebody is called, and whether they must be."""
    must = say(N_("must be called")) if one.must else say(N_("may be called"))
    return f"{say(CAPACITY_NAMES[one.capacity])}: {must}"
