"""Orders of the centre to one station: a work is transferred again there, plan or rules change."""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import ORDER, Letter

TRANSFER, PLAN, RULES = "transfer", "plan", "rules"
"""What an order may be about. Anything else is refused unread: a newer centre may ask for what this
station cannot do."""
OF_TRANSFER: dict[str, type] = {"booklet": str, "code": str, "version": int, "hold": bool}


@dataclass(frozen=True)
class OrderedWork:
    """A work that is to be transferred again where its paper is."""

    booklet: str
    code: str
    version: int
    """That of the disputed transfer, so that a late order does not reopen a newer one; the new
    version is the next."""
    hold: bool
    """Whether a case is open: nothing of the work may be destroyed."""
    reason: str


def letter_of(told: Mapping[str, object]) -> Letter:
    """The letter of an order, from what the centre's ledger says of it."""
    return {"format": ORDER, **told}


def work_of(letter: Letter) -> OrderedWork:
    """What is to be transferred again; Invalid where the letter does not say it whole."""
    fields = {**OF_TRANSFER, "reason": str}
    if letter["order"] != TRANSFER or any(
        type(letter.get(name)) is not kind for name, kind in fields.items()
    ):
        raise _unknown(letter)
    return OrderedWork(
        booklet=str(letter["booklet"]),
        code=str(letter["code"]),
        version=int(str(letter["version"])),
        hold=bool(letter["hold"]),
        reason=str(letter["reason"]),
    )


def tables_of(letter: Letter) -> dict[str, str]:
    """The tables of the plan by their names; Invalid where the letter does not say them whole."""
    found = letter.get("tables")
    sound = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
    if letter["order"] != PLAN or not isinstance(found, dict) or not found or not sound:
        raise _unknown(letter)
    return found


def rules_of(letter: Letter) -> str:
    """The rule set word for word; Invalid where the letter does not hold one."""
    found = letter.get("text")
    if letter["order"] != RULES or not isinstance(found, str):
        raise _unknown(letter)
    return found


def _unknown(letter: Letter) -> Invalid:
    return Invalid(
        N_("This order cannot be read here: «%(kind)s»."),
        code="unknown-order",
        advice=N_(
            "Nothing was changed. A newer order needs a newer program here; otherwise have it written anew."
        ),
        params={"kind": str(letter["order"])[:40]},
    )


def require_same(
    number: int,
    at: object,
    done_at: object,
) -> None:
    """Conflict for an order that bears the number of another one, which was carried out: the centre
    has brought a backup back, and counts anew.
    """
    if at != done_at:
        raise Conflict(
            N_("Another order with this number (No. %(number)s) was carried out here."),
            code="other-order",
            advice=N_(
                "Nothing was changed. Call the centre: a backup was brought back there, or it has written "
                "two orders with one number. It writes this one anew."
            ),
            params={"number": number},
        )


def require_next(number: int, done: int) -> None:
    """Conflict for an order that came after a newer one."""
    if number < done:
        raise Conflict(
            N_(
                "This order (No. %(number)s) is older than the last one that was carried out here (No. %(done)s)."
            ),
            code="old-order",
            advice=N_(
                "Nothing was changed. Ask the centre whether it still holds; if so, it writes it anew."
            ),
            params={"number": number, "done": done},
        )
