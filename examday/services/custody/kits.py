"""The way of a kit in the room: number, issue, enlarging, extra sheets, spoiled kits."""

from examday.domain.custody.counts import check_enlarging
from examday.domain.custody.kit import (
    EXTRAS,
    ORIGINALS,
    Kind,
    Piece,
    ThingState,
    enlarged,
    kit,
    standard_sheets,
)
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.rules.ruleset import RuleSet
from examday.services.custody import papers
from examday.services.custody.booklets import advance, require
from examday.services.custody.journal import need_reason
from examday.services.custody.papers import load, me
from examday.services.rules import rulesets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Person

WRITING = (State.ISSUED, State.ENLARGED)


class DuplicateCode(Conflict):
    """Two booklets of one day with one form number: pupils had to resit because of it (source 27)."""

    code = "duplicate-form-code"
    message = N_("Form number %(number)s is already used today: room %(room)s, seat %(place)s.")
    advice = N_(
        "STOP. Do not hand this kit out: lay both kits aside and call the head of the point. One of them may "
        "be a copy. Nothing was changed in the record of either."
    )


def rules_of(booklet: Booklet) -> RuleSet:
    """The rule set of the booklet's exam date."""
    return rulesets.for_date(booklet.exam.date)


def assign(uow: UnitOfWork, booklet_id: str, typed: str, row_version: int | None = None) -> Booklet:
    """Tie a kit's form number to a booklet before it is issued."""
    require(uow, "custody.issue")
    booklet = load(uow, booklet_id, row_version)
    if booklet.state != State.REGISTERED:
        raise Conflict(
            N_("The kit has been issued: its number cannot be changed any more."),
            code="issued",
            advice=N_("If it is the wrong kit, record it as spoiled and issue another one."),
        )
    booklet.code = free_code(uow, booklet, typed)
    uow.record(Event.CUSTODY_ASSIGN, f"booklet:{booklet.id}", code=booklet.code)
    return booklet


def free_code(uow: UnitOfWork, booklet: Booklet, typed: str) -> str:
    """The form number in what was scanned; DuplicateCode when another booklet of the day has it."""
    code = form_code(typed)
    other = papers.form_used_today(uow, code, booklet.exam, booklet.id)
    if other is not None:
        raise DuplicateCode(
            params={"number": code, "room": other.seat.room.number, "place": other.seat.place}
        )
    return code


def report_duplicate(uow: UnitOfWork, booklet_id: str, typed: str) -> None:
    """Keep a refused number as an alarm; in a transaction of its own, because the refusal undid
    the other."""
    booklet = load(uow, booklet_id)
    code = form_code(typed)
    other = papers.form_used_today(uow, code, booklet.exam, booklet.id)
    uow.record(
        Event.ALARM_DUPLICATE_CODE,
        f"booklet:{booklet.id}",
        code=code,
        other=other.id if other else "",
    )


def issue(
    uow: UnitOfWork, booklet_id: str, typed: str = "", row_version: int | None = None
) -> Booklet:
    """Hand the kit to the candidate. `typed` is the number on the kit; it must be the planned one
    if there is one."""
    booklet = load(uow, booklet_id, row_version)
    if not typed and not booklet.code:
        raise Invalid(N_("Scan the number of the kit that is handed out."), code="no-code")
    code = free_code(uow, booklet, typed or str(booklet.code))
    if booklet.code and booklet.code != code:
        raise Conflict(
            N_("For this seat the kit %(planned)s is planned, not %(number)s."),
            code="other-kit",
            params={"planned": booklet.code, "number": code},
            advice=N_("Take the planned kit, or check the seat. Nothing was issued."),
        )
    booklet.code, booklet.holder_id = code, me(uow)
    made = papers.make_pieces(uow, booklet, _pieces(booklet), code)
    return advance(uow, booklet, "issue", code=code, items=papers.codes(made))


def _pieces(booklet: Booklet) -> tuple[Piece, ...]:
    """What the kit of this booklet consists of under the rules of its exam date."""
    rules = rules_of(booklet)
    sheets = standard_sheets(booklet.exam.kind, booklet.exam.subject, rules.text("form_set"))
    return kit(Medium(booklet.medium), sheets, rules.number("braille_notebooks_per_candidate"))


def enlarge(
    uow: UnitOfWork,
    booklet_id: str,
    witness_id: str = "",
    sheets: tuple[str, ...] | None = None,
    row_version: int | None = None,
) -> Booklet:
    """Record the A3 sheets made of this kit (R26). `sheets` None: every form of the kit."""
    booklet = load(uow, booklet_id, row_version)
    check_enlarging(
        uow.local(uow.now()),
        booklet.exam.date,
        rules_of(booklet).text("enlarging_not_before"),
        witnessed=_is_board_member(uow, witness_id),
        training=booklet.exam.training,
    )
    have = [i.sheet for i in papers.of_booklet(uow, booklet.id) if i.kind == Kind.STANDARD_SHEET]
    chosen = have if sheets is None else [sheet for sheet in have if sheet in sheets]
    if not chosen:
        raise Invalid(N_("Name at least one form that was enlarged."), code="no-sheets")
    made = papers.make_pieces(uow, booklet, enlarged(chosen), booklet.code or "")
    return advance(uow, booklet, "enlarge", witness=witness_id, items=papers.codes(made))


def _is_board_member(uow: UnitOfWork, person_id: str) -> bool:
    if not person_id:
        return False
    return any(row.role == Role.EXAM_BOARD_MEMBER for row in uow.get(Person, person_id).roles)


def choose_standard(
    uow: UnitOfWork, booklet_id: str, reason: str, row_version: int | None = None
) -> Booklet:
    """The candidate writes on the standard form after all (R36): nothing is transferred; A3 sheets
    are void."""
    booklet = load(uow, booklet_id, row_version)
    if (
        rules_of(booklet).text("standard_sheets_during_exam") == "sealed_in_a3_packet"
        and booklet.state == State.ENLARGED
    ):
        raise Conflict(
            N_(
                "Under the rules of this exam date the standard forms are sealed after enlarging; there is "
                "no choice any more."
            ),
            code="sealed-forms",
        )
    for item in papers.of_booklet(uow, booklet.id):
        if item.kind in ORIGINALS[Medium(booklet.medium)]:
            item.state = ThingState.NOT_USED
    return advance(uow, booklet, "choose_standard", reason=need_reason(reason))


def spoil(uow: UnitOfWork, booklet_id: str, reason: str, row_version: int | None = None) -> Booklet:
    """The kit is spoiled: everything of it is void, and the seat gets a new booklet, which is
    returned."""
    booklet = load(uow, booklet_id, row_version)
    for item in papers.of_booklet(uow, booklet.id):
        item.state = ThingState.SPOILED
    advance(uow, booklet, "spoil", reason=need_reason(reason))
    uow.session.flush()  # the seat must be free before its next booklet comes
    replacement = uow.add(
        Booklet(
            seat_id=booklet.seat_id, exam_id=booklet.exam_id, medium=booklet.medium, since=uow.now()
        )
    )
    uow.session.flush()
    uow.record(Event.CUSTODY_REPLACE, f"booklet:{replacement.id}", replaces=booklet.id)
    return replacement


def issue_extra(
    uow: UnitOfWork,
    booklet_id: str,
    kind: Kind,
    count: int = 1,
    typed: str = "",
    row_version: int | None = None,
) -> list[Item]:
    """More paper for the candidate: notebooks, Braille sheets, print-out pages, or one additional
    form by its number. In an enlarged kit an additional form comes with its A3 sheet."""
    require(uow, "custody.issue")
    booklet = load(uow, booklet_id, row_version)
    medium = Medium(booklet.medium)
    if booklet.state not in WRITING:
        raise Conflict(
            N_("Paper is added only while the candidate has the kit."), code="not-writing"
        )
    if kind not in EXTRAS[medium] or not 1 <= count <= 100:
        raise Invalid(
            N_("This kit takes no such thing, or not so many at once."), code="extra", field="kind"
        )
    if kind is Kind.STANDARD_SHEET:
        made = _extra_form(uow, booklet, typed)
    else:
        made = papers.make_pieces(uow, booklet, [Piece(kind)] * count, booklet.code or "")
    uow.record(
        Event.CUSTODY_EXTRA, f"booklet:{booklet.id}", thing=str(kind), items=papers.codes(made)
    )
    return made


def _extra_form(uow: UnitOfWork, booklet: Booklet, typed: str) -> list[Item]:
    code = free_code(uow, booklet, typed)
    own = [i for i in papers.of_booklet(uow, booklet.id) if i.kind == Kind.STANDARD_SHEET]
    if code in {i.facts.get("form_code") for i in own}:
        raise Conflict(
            N_("Form number %(number)s is already a part of this kit."),
            code="own-form",
            params={"number": code},
        )
    sheet = f"extra_{1 + sum(i.sheet.startswith('extra') for i in own)}"
    pieces = [
        Piece(Kind.STANDARD_SHEET, sheet, "A4"),
        *(enlarged([sheet]) if booklet.state == State.ENLARGED else ()),
    ]
    return papers.make_pieces(uow, booklet, pieces, code)
