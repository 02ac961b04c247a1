"""Verification: a second person holds the copy against the settled values, field by field."""

from collections.abc import Mapping

from examday.domain.transfer.answers import Check, check_pictured, check_together, judge
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.readings import CheckedContent, Source
from examday.services.custody.booklets import advance
from examday.services.transfer import drafts, rejected_copies
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import checks_on_form
from examday.services.transfer.desks.verification import Desk, desk_of
from examday.services.transfer.readings import content_of
from examday.services.unit_of_work import UnitOfWork


def submit(
    uow: UnitOfWork,
    booklet_id: str,
    checks: Mapping[str, Check],
    content: str | None = None,
    row_version: int | None = None,
) -> list[str]:
    """Hand in the verification.

    Returns the fields that are not proven true: none = the copy is verified; otherwise the booklet
    goes back to the copier with this list.

    Raises NotFound without the part, Stale when the settled values are others than on the page,
    Invalid when a field was not looked at or cannot have been.
    """
    booklet = hold_part(uow, booklet_id, VERIFIER, row_version)
    desk = desk_of(uow, booklet, content)
    checks = checks_on_form(booklet, checks)
    # The page folds and hides by the same rules, but what it sends is not to be trusted.
    check_together(checks, (*desk.folded, *desk.blank_rows))
    check_pictured(checks, desk.unseen)
    wrong = judge(desk.fields, desk.values, checks)
    if wrong:
        _send_back(uow, desk, checks, wrong)
    else:
        _verify(uow, desk, checks)
    return wrong


def _verify(uow: UnitOfWork, desk: Desk, checks: Mapping[str, Check]) -> None:
    content = content_of(desk.values, **_kept(desk, checks))
    number = desk.round
    reading = drafts.hand_in(uow, desk.booklet, Source.VERIFIED, content, number=number)
    advance(uow, desk.booklet, "verify", round=number, sha256=reading.sha256)


def _send_back(
    uow: UnitOfWork,
    desk: Desk,
    checks: Mapping[str, Check],
    wrong: list[str],
) -> None:
    number = desk.round
    reading = drafts.hand_in(uow, desk.booklet, Source.CHECKED, _kept(desk, checks), number=number)
    # Before the step back: the next scan must not be taken for a page of the wrong copy.
    rejected_copies.set_aside(uow, desk.booklet, number)
    advance(
        uow,
        desk.booklet,
        "copy_again",
        round=number,
        fields=wrong,
        sha256=reading.sha256,
    )


def _kept(desk: Desk, checks: Mapping[str, Check]) -> CheckedContent:
    together = any(f in checks and checks[f].bulk for f in desk.folded)
    return CheckedContent(
        checks={f: check.plain(f) for f, check in checks.items()},
        settled=desk.content,
        # Which comparison sorted the fields, and its bound: an appeal can ask why a field was
        # confirmed without having been opened.
        machine=desk.presort.sha256,
        bound=desk.presort.bound if together else None,
    )
