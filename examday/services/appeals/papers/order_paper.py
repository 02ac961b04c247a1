"""The order for the second transfer on paper: what is transferred again, by whom, by when."""

import io
import zipfile
from collections.abc import Iterable

from examday.domain.appeals.reprocessing import OWNERS, STEP_NAMES, Step, StepState
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.paper import printing
from examday.services.appeals.decision.findings import defects
from examday.services.appeals.order.hands import hands
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    base,
    case_facts,
    day,
    task_name,
)
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, OrderStep

STATES = {
    StepState.OPEN: N_("open"),
    StepState.DONE: N_("done"),
    StepState.SKIPPED: N_("not needed: no long answer changed"),
}


def order_data(uow: UnitOfWork, case: CaseFile, say: Words) -> Data:
    """Return the order as plain data: tasks in question, named and barred hands, steps with terms.

    NotFound where nothing is to be transferred again.
    """
    steps = case.order.steps
    if Step.ASSIGN not in steps:
        raise NotFound(
            N_("There is no order for a second transfer in this case."),
            advice=N_("It follows a signed protocol that names a transfer defect."),
        )
    version = case.appeal.booklet.version
    return {
        "body": case.rules.text("appeal_body"),
        "facts": [
            *case_facts(uow, case, say, names=False),
            [say(N_("Reason")), case.rules.text("transfer_error_name")],
            [say(N_("Disputed version")), str(case.appeal.version)],
            [
                say(N_("New version")),
                str(version) if version > case.appeal.version else say(N_("not begun yet")),
            ],
        ],
        "disputed": [task_name(row.field, say) for row in defects(uow, case.appeal)],
        "named": _named(case, steps[Step.ASSIGN], say),
        "barred": [
            [person.name, ", ".join(say(part) for part in parts)]
            for person, parts in hands(uow, case.appeal).barred
        ],
        "steps": [
            [
                say(STEP_NAMES[step]),
                ", ".join(say(ROLE_NAMES[role]) for role in OWNERS[step]),
                day(row.due),
                say(STATES[StepState(row.state)]),
            ]
            for step, row in steps.items()
        ],
        "signers": [[say(N_("chair")), ""], [say(N_("secretary")), ""]],
    }


def _named(case: CaseFile, row: OrderStep, say: Words) -> Rows:
    """Return who transfers and who reads a second time; places to fill in while nobody is named."""
    parts = (("transferrer", N_("transfers and signs")), ("second_reader", N_("second reader")))
    return [
        [say(words), case.names.get(str(row.facts.get(key, "")), say(N_("not named yet")))]
        for key, words in parts
    ]


def order(uow: UnitOfWork, case: CaseFile, say: Words, large: bool) -> bytes:
    """Return the order for the second transfer as tagged PDF."""
    said = order_data(uow, case, say)
    data = base(uow, order_title(case, say), "appeal-order", case.appeal.exam.training)
    return printing.render("appeal-order", data | said, large)


def order_title(case: CaseFile, say: Words) -> str:
    """Return the heading of the order."""
    return say(N_("Order for a second transfer: appeal %(number)s")) % {
        "number": case.appeal.number
    }


def batch(uow: UnitOfWork, appeals: Iterable[Appeal], say: Words) -> bytes:
    """Return the orders of these cases in one archive; NotFound when none has an order yet."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for appeal in appeals:
            case = open_case(uow, appeal.id)
            if Step.ASSIGN in case.order.steps:
                out.writestr(f"order-{appeal.number}.pdf", order(uow, case, say, large=False))
        if not out.namelist():
            raise NotFound(
                N_("There is no order for a second transfer in this case."),
                advice=N_("It follows a signed protocol that names a transfer defect."),
            )
    return held.getvalue()
