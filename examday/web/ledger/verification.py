"""The check of the ledger: everything in the database, a code from paper, the originals."""

from collections.abc import Mapping

from flask import render_template, request

from examday.domain.errors import DomainError, NotFound
from examday.domain.ledger import FAULT_WORDS, Fault, parse_code, printable
from examday.domain.travel.delivery import Step
from examday.i18n import gettext as _
from examday.services.ledger import audit
from examday.services.ledger.checking import asked
from examday.services.printing import print_entries
from examday.services.printing.documents import DOCUMENT_NAMES
from examday.web.access import access
from examday.web.acts import Answer, act, attempt, go_on, look
from examday.web.errors import refused_words, translate
from examday.web.ledger.blueprint import bp
from examday.web.session import store

NO_SUCH_CODE = ("checkpoint", "tail-cut")
"""Findings about a code from paper."""


@bp.route("/ledger/verify", methods=["GET", "POST"])
@access("ledger.see")
def verify() -> Answer:
    """Check everything, or what came after an earlier check; a code from paper and the originals on
    the disk when asked for. Of a long ledger a worker checks everything.
    """
    if request.method == "GET":
        return _last_check()
    code, since = (request.form.get(name, "").strip() or None for name in ("code", "since"))
    scans = "scans" in request.form
    if not since and look(lambda uow: asked.is_long(uow, scans)):
        return act(
            lambda uow: asked.ask(uow, code, scans),
            done=lambda _none: go_on("ledger.verify"),
            refused=lambda error: _verification(error=error),
        )
    return attempt(
        lambda: audit.verify(store(), code, scans, since),
        done=_verification,
        refused=lambda error: _verification(error=error),
    )


@bp.get("/ledger/verify/fragment")
@access("ledger.see")
def check_fragment() -> str:
    """The part that refreshes itself while a worker checks."""
    check = look(asked.last)
    if check is None:
        raise NotFound()
    return render_template("ledger/checking.html", **_of_check(check))


def _last_check() -> str:
    """The check that a worker goes about or has ended, unless somebody came with a code."""
    check = None if "code" in request.args else look(asked.last)
    return _verification(check=check)


def _of_check(check: asked.Check | None) -> dict[str, object]:
    refused = check is not None and check.step == Step.REFUSED
    words = refused_words(check.told) if check and refused else None
    return {"check": check, "refusal": words, "Step": Step}


def _verification(
    report: audit.Report | None = None,
    error: DomainError | None = None,
    check: asked.Check | None = None,
) -> str:
    # In the address where somebody looked for it as for the code of a work.
    typed = (request.args if request.method == "GET" else request.form).get("code", "").strip()
    # Findings of the check before stand until the one under way has ended.
    told = (check.alarm or check) if check else None
    report = told.report if told else report
    code = told.code if told else typed
    since = request.form.get("since", "").strip()
    return render_template(
        "ledger/verify.html",
        report=report,
        found=told.found if told else len(report.faults) if report else 0,
        asked_at=told.at if told else None,
        code=code,
        since=since,
        slip=report is not None and _is_a_slip(report, code, since),
        paper=look(lambda uow: print_entries.by_code(uow, code)) if report and code else None,
        titles=DOCUMENT_NAMES,
        scans=told.scans if told else "scans" in request.form,
        error=(error.field or "code", " ".join(translate(error))) if error else None,
        words=in_words,
        **_of_check(check),
    )


def _is_a_slip(report: audit.Report, *typed: str) -> bool:
    """Whether nothing is wrong but that the ledger has not the code that somebody typed."""
    first = report.faults[0] if len(report.faults) == 1 else None
    codes = {parse_code(code)[1] for code in typed if code}
    return first is not None and first.code in NO_SUCH_CODE and first.detail in codes


def in_words(fault: Fault, places: Mapping[str, str]) -> str:
    """Put a finding into a sentence, with the work it is about."""
    place = places.get(fault.detail)
    said = _(FAULT_WORDS[fault.code], seq=fault.seq, detail=fault.detail)
    # A row changed behind the program's back may hold anything, control characters included.
    return printable(said + (f" ({place})" if place else ""))
