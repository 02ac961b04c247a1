"""«Копия верна»: unsigned works come to their signers; the content is read back; each signs with
their own PIN."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.domain.rules.ruleset import CONFIDENCE_NAMES, SLOT_NAMES, SignerRule
from examday.domain.transfer.answers import MARK_NAMES, Value
from examday.domain.transfer.fields import (
    NAME_FIELD,
    REGION_FIELD,
    REPLACEMENT_ROWS,
    SUBJECT_FIELD,
    FieldId,
    is_header,
    is_long,
    is_replacement,
)
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.transfer import signing
from examday.storage.tables import Signoff
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.session import store

bp = Blueprint("sign", __name__)


@bp.app_context_processor
def _unsigned() -> dict[str, Any]:
    """`unsigned()` for every page: how many works wait for this person, so that signing is not
    forgotten."""
    return {"unsigned": unsigned}


def unsigned() -> int:
    """The number for the line at the top; 0 on the signing pages themselves."""
    if (
        request.blueprint == bp.name
        or g.get("actor") is None
        or not g.actor.may("sign")
        or g.person.must_change
    ):
        return 0
    with store().read(g.actor) as uow:
        return len(signing.waiting(uow))


@bp.get("/sign")
@access("sign")
def index() -> str:
    """The works that wait for this person's signature."""
    with store().read(g.actor) as uow:
        waiting = signing.waiting(uow)
        return render_template("transfer/signing/index.html", waiting=waiting)


@bp.get("/sign/<booklet_id>")
@access("sign")
def sheet(booklet_id: str) -> str:
    """One work: what is signed, who has signed, who may sign now."""
    return _page(booklet_id)


@bp.post("/sign/<booklet_id>/<slot>")
@access("sign")
def sign(booklet_id: str, slot: str) -> Response | tuple[str, int]:
    """Sign one slot, or record with a reason that its signer is absent."""
    sent = request.form
    common = (
        booklet_id,
        slot,
        sent.get("person", ""),
        sent.get("pin", ""),
        sent.get("content", ""),
    )
    try:
        with store().begin(g.actor) as uow:
            if "reason" in sent:
                signing.record_absence(uow, *common, sent["reason"])
            else:
                signing.sign(uow, *common)
    except DomainError as error:
        return _page(booklet_id, slot, error), status_of(error)
    flash(
        _("The absence is recorded.")
        if "reason" in sent
        else _("Signed: %(slot)s.", slot=_(SLOT_NAMES[slot]))
    )
    return redirect(url_for("sign.sheet", booklet_id=booklet_id), 303)


def _page(booklet_id: str, slot: str = "", error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        work = signing.sheet(uow, booklet_id)
        others = [b for b in signing.waiting(uow) if b.id != booklet_id]
        slots = [_slot(work, rule) for rule in work.rules]
        return render_template(
            "transfer/signing/sheet.html",
            work=work,
            slots=slots,
            lead=_lead(slots),
            lines=_lines(work),
            answers=_answers(work),
            others=others,
            bad=slot,
            error=error and " ".join(translate(error)),
            absent="reason" in request.form,
            reason=request.form.get("reason", ""),
            certified=work.booklet.state == State.CERTIFIED,
            booklet=work.booklet,
        )


def _slot(work: signing.Sheet, rule: SignerRule) -> dict[str, Any]:
    """One signature in words: whose, by which rule, given by whom or open to whom."""
    row: Signoff | None = work.signed.get(rule.slot)
    who = work.candidates.get(rule.slot, [])
    return {
        "slot": rule.slot,
        "name": _(SLOT_NAMES[rule.slot]),
        "rule": rule.rule,
        "source": rule.source,
        "sure": _(CONFIDENCE_NAMES[rule.confidence]),
        "row": row,
        "open": rule in work.open,
        "people": who,
        "mine": any(p.id == g.person.id for p in who),
        "absence": rule.absence_allowed,
        "by": row and work.names.get(row.person_id or row.recorded_by or "", ""),
        "chosen": request.form.get("person")
        or (g.person.id if any(p.id == g.person.id for p in who) else ""),
    }


def _lead(slots: list[dict[str, Any]]) -> str:
    """The signature that is the next step: one's own, else the first that is open."""
    ready = [s for s in slots if s["open"] and s["people"]]
    return next((s["slot"] for s in sorted(ready, key=lambda s: not s["mine"])), "")


def _lines(work: signing.Sheet) -> list[str]:
    """The content in plain words and numbers, as it is read aloud."""
    n, total = work.numbers, work.numbers.answers + work.numbers.blank
    said = [
        _(
            "Sheet %(code)s, transfer version %(version)s.",
            code=work.content.code,
            version=work.content.version,
        ),
        ngettext(
            "Of %(total)s tasks %(n)s holds an answer",
            "Of %(total)s tasks %(n)s hold an answer",
            n.answers,
            total=total,
        )
        + ", "
        + ngettext("%(n)s is blank.", "%(n)s are blank.", n.blank),
        ngettext(
            "%(n)s answer was replaced by the candidate.",
            "%(n)s answers were replaced by the candidate.",
            n.replaced,
        )
        if n.replaced
        else _("The candidate replaced no answer."),
    ]
    if n.long_answers:
        said.append(ngettext("%(n)s long answer.", "%(n)s long answers.", n.long_answers))
    said += [f"{_(MARK_NAMES[mark]).capitalize()}: {count}." for mark, count in n.marked.items()]
    said.append(
        _(
            "Pages: %(originals)s of the original, %(copies)s of the copy.",
            originals=n.originals,
            copies=n.copies,
        )
    )
    said.append(
        _(
            "A second person compared the copy with the settled answers field by field and found no difference."
        )
    )
    return said


def _answers(work: signing.Sheet) -> list[tuple[str, Value, str]]:
    """Label, value and mark in words of every field that holds something, in the order of the
    sheet."""
    rows = []
    for field, value in work.values.items():
        mark = _(MARK_NAMES[value.mark]) if value.mark else ""
        if is_replacement(field):
            if value.mark is None or value.text or value.task:
                rows.append(
                    (
                        _(
                            "replacement %(row)s of %(rows)s, task %(task)s",
                            row=FieldId.parse(field).key,
                            rows=REPLACEMENT_ROWS,
                            task=value.task,
                        ),
                        value,
                        mark,
                    )
                )
        elif is_long(field):
            rows.append((_("long answer %(task)s", task=FieldId.parse(field).key), value, mark))
        elif is_header(field):
            rows.append((_(HEADERS[field]), value, mark))
        else:
            rows.append((field, value, mark))
    return rows


HEADERS = {
    REGION_FIELD: N_("region"),
    SUBJECT_FIELD: N_("subject code"),
    NAME_FIELD: N_("subject"),
}
