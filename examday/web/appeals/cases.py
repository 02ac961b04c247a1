"""The conflict commission: list of cases with their terms, registration, the case on one screen."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.appeals import centre
from examday.domain.appeals.case import CASE_NAMES, KIND_NAMES, CaseState, Kind
from examday.domain.appeals.diagnosis import CATEGORY_NAMES, DIAGNOSIS_NAMES, Diagnosis
from examday.domain.appeals.hearing import CAPACITY_NAMES, OUTCOME_NAMES
from examday.domain.appeals.reprocessing import STEP_NAMES
from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark
from examday.i18n import gettext as _
from examday.services.appeals import casebook, cases, findings, lookup
from examday.services.scans.pictures import Place
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.forms import choice, day
from examday.web.session import store
from examday.web.words import SOURCE_NAMES

bp = Blueprint("appeals", __name__)
SOURCES = {
    "recognised": N_("recognised at the centre"),
    "marks": N_("expert marks"),
    "hearing:original": N_("read at the hearing: original"),
    "hearing:copy": N_("read at the hearing: form"),
    "machine:compare": N_("hint: comparison"),
    "arbiter": N_("own reading of the third person"),
    "checked": N_("verification round"),
}
WORDS: dict[str, Any] = {
    "states": CASE_NAMES,
    "kinds": KIND_NAMES,
    "diagnoses": DIAGNOSIS_NAMES,
    "categories": CATEGORY_NAMES,
    "capacities": CAPACITY_NAMES,
    "outcomes": OUTCOME_NAMES,
    "step_names": STEP_NAMES,
    "media": MEDIUM_NAMES,
}


@bp.app_template_global("options")
def options(
    names: Mapping[Any, str], only: Iterable[str] | None = None, blank: str = ""
) -> list[tuple[str, str]]:
    """The (value, words) pairs of a closed list for a select; `only` chooses and orders them."""
    chosen = [str(key) for key in names] if only is None else list(only)
    return [("", blank or _("choose")), *((key, _(names[key])) for key in chosen)]


@bp.app_template_global("mark_word")
def mark_word(mark: str) -> str:
    """What a reader saw instead of characters, in words."""
    return _(MARK_NAMES[Mark(mark)]) if mark else ""


@bp.app_template_global("source_word")
def source_word(source: str) -> str:
    """A reading's source in the words of the trade."""
    return _(SOURCES.get(source) or SOURCE_NAMES.get(source, source))


@bp.get("/appeals")
@access("appeal.see")
def index() -> str:
    """Every case, the most urgent on top."""
    with store().read(g.actor) as uow:
        return render_template("appeals/index.html", rows=casebook.all_cases(uow), **WORDS)


@bp.get("/appeals/new")
@access("appeal.register")
def new() -> str:
    """Find the work, then enter the paper appeal."""
    wanted = request.args.get("q", "").strip()
    with store().read(g.actor) as uow:
        chosen = uow.get(Booklet, request.args["work"]) if request.args.get("work") else None
        found = [] if chosen else lookup.find_works(uow, wanted)
        if len(found) == 1:
            chosen = found[0]
        return _registration(uow, chosen, wanted=wanted, found=found)


def _registration(uow: UnitOfWork, work: Booklet | None, **values: Any) -> str:
    """The page on which an appeal is entered; it names the appeals that are open on the chosen
    work."""
    known = cases.open_on(uow, work.id) if work else []
    return render_template(
        "appeals/new.html",
        **{"wanted": "", "found": [], "sent": {}, "error": None, **values},
        work=work,
        known=known,
        today=uow.today(),
        **WORDS,
    )


@bp.post("/appeals/new")
@access("appeal.register")
def register() -> Response | tuple[str, int]:
    """Register an appeal from the fields of its paper form."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            appeal = cases.register(
                uow,
                cases.Filing(
                    kind=choice(Kind, "kind"),
                    booklet_id=sent.get("work", ""),
                    filed=day("filed"),
                    reached=day("reached"),
                    result_day=day("result_day") if sent.get("result_day") else None,
                    late_reason=sent.get("late_reason", "").strip(),
                    facts={
                        key: sent.get(key, "").strip()
                        for key in ("applicant", "contact", "presence", "text")
                    },
                ),
            )
    except DomainError as error:
        with store().read(g.actor) as uow:
            return _registration(
                uow, uow.get(Booklet, sent.get("work")), sent=sent, error=" ".join(translate(error))
            ), status_of(error)
    flash(
        _(
            "Appeal %(number)s is registered. Two copies of the receipt can be printed from the case.",
            number=appeal.number,
        )
    )
    return redirect(url_for("appeals.case", id=appeal.id), 303)


@bp.post("/appeals/old-work")
@access("appeal.register")
def old_work() -> Response | tuple[str, int]:
    """Enter a work that was transferred before this program was used."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            needs = (
                ("blind", "braille")
                if sent.get("medium") == Medium.BRAILLE
                else ("partially_sighted", "a3")
            )
            work = lookup.take_in_old_work(
                uow,
                lookup.OldWork(
                    date=day("date"),
                    kind=sent.get("exam_kind", "ege"),
                    subject=sent.get("subject", "").strip(),
                    region=sent.get("region", "").strip(),
                    site_code=sent.get("site_code", "").strip(),
                    room=sent.get("room", "").strip(),
                    place=sent.get("place", "").strip(),
                    code=sent.get("code", "").strip(),
                    candidate_code=sent.get("candidate_code", "").strip(),
                    surname=sent.get("surname", "").strip(),
                    medium=choice(Medium, "medium"),
                    needs=needs,
                ),
            )
    except DomainError as error:
        with store().read(g.actor) as uow:
            return _registration(
                uow, None, sent=sent, old=True, error=" ".join(translate(error))
            ), status_of(error)
    return redirect(url_for("appeals.new", work=work.id), 303)


@bp.get("/appeals/<id>")
@access("appeal.see")
def case(id: str) -> str:
    """The whole case on one screen."""
    return show(id)


def show(appeal_id: str, error: DomainError | None = None, field: str = "") -> str:
    """Render the case, with what went wrong if something did."""
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, appeal_id)
        differing = [line for line in found.lines if line.differs]
        return render_template(
            "appeals/case.html",
            c=found,
            a=found.appeal,
            differing=differing,
            crop=crop_address,
            same=[line for line in found.lines if not line.differs],
            verdict=_verdict(found),
            next=next_page(found),
            error=error and " ".join(translate(error)),
            bad=field,
            may_find=_may_find(found),
            **WORDS,
        )


def _may_find(found: casebook.CaseFile) -> bool:
    return found.appeal.state == CaseState.HEARING and bool(g.actor.may("appeal.decide"))


def _verdict(found: casebook.CaseFile) -> dict[str, list[str]]:
    """Diagnosis → fields, as decided where a person has decided, else as proposed."""
    grouped: dict[str, list[str]] = {}
    for line in found.lines:
        verdict = line.finding.decided if line.finding else line.proposal.diagnosis
        if verdict != Diagnosis.NO_DIFFERENCE:
            grouped.setdefault(str(verdict), []).append(line.field)
    return grouped


def crop_address(place: Place | None, field: str) -> str:
    """Address of the crop of a field; empty when the page of pictures cannot give one."""
    if place is None or place.box is None or "images.field" not in current_app.view_functions:
        return ""
    return url_for("images.field", page_id=place.page_id, field_id=field)


def next_page(found: casebook.CaseFile) -> tuple[str, str]:
    """The one next step of the case: its words and where it is done."""
    here = {"id": found.appeal.id}
    return {
        CaseState.REGISTERED: (_("Appoint the hearing"), url_for("hearing.page", **here)),
        CaseState.SCHEDULED: (
            _("Record who has come and open the hearing"),
            url_for("hearing.page", **here),
        ),
        CaseState.HEARING: (_("Vote and decide"), url_for("hearing.page", **here)),
        CaseState.DECIDED: (_("Sign the protocol"), url_for("hearing.protocol", **here)),
        CaseState.SIGNED: (
            _("Order the reprocessing") if found.appeal.defect else _("Close the case"),
            url_for("orders.page", **here),
        ),
        CaseState.REPROCESSING: (_("Go on with the reprocessing"), url_for("orders.page", **here)),
    }.get(CaseState(found.appeal.state), ("", ""))


@bp.post("/appeals/<id>/find")
@access("appeal.decide")
def find(id: str) -> Response | tuple[str, int]:
    """Confirm or override the proposed diagnosis of one task."""
    sent, field = request.form, request.form.get("field", "")
    try:
        with store().begin(g.actor) as uow:
            findings.find(
                uow,
                id,
                field,
                choice(Diagnosis, "decided"),
                category=sent.get("category", ""),
                cause=sent.get("cause", ""),
                reason=sent.get("reason", ""),
            )
    except DomainError as error:
        return show(id, error, field), status_of(error)
    flash(_("Recorded: the diagnosis of this task."))
    return redirect(url_for("appeals.case", id=id) + f"#field-{field.replace(':', '-')}", 303)


@bp.post("/appeals/<id>/read")
@access("appeal.decide")
def read(id: str) -> Response | tuple[str, int]:
    """Record what members read at the hearing on the original or on the form."""
    sent = request.form
    value = {"text": sent.get("text", "")}
    try:
        with store().begin(g.actor) as uow:
            findings.read_at_hearing(
                uow, id, sent.get("side", ""), {sent.get("field", "").strip(): value}
            )
    except DomainError as error:
        return show(id, error, sent.get("field", "")), status_of(error)
    flash(_("Recorded what was read at the hearing."))
    return redirect(url_for("appeals.case", id=id), 303)


@bp.post("/appeals/<id>/centre")
@access("appeal.process")
def take_in(id: str) -> Response | tuple[str, int]:
    """Take in the table of the regional centre: recognised text and expert marks."""
    sent = request.files.get("table")
    try:
        rows = findings.centre_rows(sent.stream if sent else io.BytesIO())  # type: ignore[arg-type]
        with store().begin(g.actor) as uow:
            long_tasks = casebook.open_case(uow, id).appeal.exam.long_tasks
            told = centre.read(rows, long_tasks)
            written = findings.import_recognised(
                uow, id, told.fields, told.before, told.after, told.experts
            )
    except DomainError as error:
        return show(id, error), status_of(error)
    flash(
        _("Taken in: %(n)s tasks.", n=len(told.fields))
        if written
        else _("The same table was taken in before: nothing has changed.")
    )
    return redirect(url_for("appeals.case", id=id), 303)


@bp.post("/appeals/<id>/withdraw")
@access("appeal.register")
def withdraw(id: str) -> Response | tuple[str, int]:
    """The appellant takes the appeal back."""
    try:
        with store().begin(g.actor) as uow:
            cases.withdraw(uow, id, request.form.get("reason", "").strip())
    except DomainError as error:
        return show(id, error), status_of(error)
    flash(_("The appeal is withdrawn; the record stays."))
    return redirect(url_for("appeals.case", id=id), 303)


@bp.get("/appeals/<id>/show")
@access("appeal.process")
def present(id: str) -> str:
    """For the second screen: only what the appellant may see (the work's two papers and what they
    say)."""
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, id)
        shown = (
            [line for line in found.lines if line.differs]
            if request.args.get("all") is None
            else found.lines
        )
        return render_template(
            "appeals/present.html", c=found, a=found.appeal, lines=shown, crop=crop_address, **WORDS
        )
