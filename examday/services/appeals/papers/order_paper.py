"""The order for the second transfer on paper: what is transferred again, by whom, by when."""

import io
import zipfile

from examday.domain.appeals.reprocessing import OWNERS, STEP_NAMES, Step, StepState
from examday.domain.errors import Conflict, NotFound
from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.decision.findings import defects
from examday.services.appeals.order.hands import hands
from examday.services.appeals.order.reviews import reviews_of
from examday.services.appeals.papers.print_outs import (
    Data,
    Rows,
    Words,
    case_facts,
    day,
    of_case,
    office,
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

    NotFound where nothing is to be transferred again; Conflict before other hands are named.
    """
    steps = case.order.steps
    if Step.ASSIGN not in steps:
        raise NotFound(
            N_("There is no order for a second transfer in this case."),
            advice=N_("It follows a signed protocol that names a transfer defect."),
        )
    # An order with empty places for names would be filled in by hand, past the check of the hands.
    if not _are_named(case):
        raise Conflict(
            N_("Nobody is named for the second transfer in case %(number)s yet."),
            code="hands-not-named",
            advice=N_("Name other hands first: the order says who transfers."),
            params={"number": case.appeal.number},
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
        "barred": _barred(uow, case, say),
        "order_steps": [
            [
                say(STEP_NAMES[step]),
                ", ".join(office(role, say) for role in OWNERS[step]),
                day(row.due),
                say(STATES[StepState(row.state)]),
            ]
            for step, row in steps.items()
        ],
        "signers": [[say(N_("chair")), ""], [say(N_("secretary")), ""]],
    }


def _are_named(case: CaseFile) -> bool:
    """Tell whether the order of this case names the hands of the second transfer."""
    row = case.order.steps.get(Step.ASSIGN)
    return row is not None and row.state == StepState.DONE


def _named(case: CaseFile, row: OrderStep, say: Words) -> Rows:
    """Return who transfers and who reads a second time."""
    if "order" in row.facts:
        told = {"number": row.facts["order"], "point": row.facts["point"]}
        words = say(N_("by order No. %(number)s at the point %(point)s, which names other hands"))
        return [[say(N_("Transferred")), words % told]]
    parts = (("transferrer", N_("transfers and signs")), ("second_reader", N_("second reader")))
    return [[say(words), case.names.get(str(row.facts[key]), "—")] for key, words in parts]


def order(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    large: bool,
) -> bytes:
    """Return the order for the second transfer as tagged PDF."""
    said = order_data(uow, case, say)
    data = of_case(uow, case, order_title(case, say), "appeal-order")
    return printing.render("appeal-order", data | said, large)


def order_title(case: CaseFile, say: Words) -> str:
    """Return the heading of the order."""
    return say(N_("Order for a second transfer: appeal %(number)s")) % {
        "number": case.appeal.number
    }


def batch(uow: UnitOfWork, origin: Appeal, say: Words) -> bytes:
    """Return the orders of this case and of its reviews in one archive, with a list of all of them.

    The list names the cases without an order too, so that none is taken for done. NotFound when
    none has an order that names its hands.
    """
    held = io.BytesIO()
    lines: list[str] = []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for appeal in reviews_of(uow, origin):
            case = open_case(uow, appeal.id)
            named = _are_named(case)
            name = f"order-{appeal.number}.pdf"
            if named:
                out.writestr(name, order(uow, case, say, large=False))
            lines.append(f"{appeal.number}: {name if named else say(N_('no order yet'))}")
        if not out.namelist():
            raise NotFound(
                N_("There is no order for a second transfer in this case."),
                advice=N_("It can be printed when other hands are named."),
            )
        out.writestr("list.txt", "\n".join([*lines, ""]))
    return held.getvalue()


def _barred(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return whom the first transfer bars; that no record names them is said, not left empty."""
    first = hands(uow, case.appeal.booklet, case.appeal.version)
    if not first.known:
        # None where the order is older than the question: that nobody asked is no answer.
        asked = case.order.steps[Step.ASSIGN].facts.get("asked")
        both = N_("no record names them; both who are named were asked")
        return [["—", say(both if asked else N_("no record names them"))]]
    return [[person.name, ", ".join(say(part) for part in parts)] for person, parts in first.barred]
