"""The check of the ledger: everything in the database, a code from paper, the originals."""

from collections.abc import Mapping

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.ledger import FAULT_WORDS, Fault, parse_code, printable
from examday.i18n import gettext as _
from examday.services.ledger import audit
from examday.services.printing import print_entries
from examday.services.printing.documents import DOCUMENT_NAMES
from examday.web.access import access
from examday.web.acts import Answer, attempt, look
from examday.web.errors import translate
from examday.web.ledger.blueprint import bp
from examday.web.session import store

NO_SUCH_CODE = ("checkpoint", "tail-cut")
"""Findings about a code from paper."""


@bp.route("/ledger/verify", methods=["GET", "POST"])
@access("ledger.see")
def verify() -> Answer:
    """Check everything, or what came after an earlier check; a code from paper and the originals on
    the disk when asked for.
    """
    if request.method == "GET":
        return _verification()
    code, since = (request.form.get(name, "").strip() or None for name in ("code", "since"))
    return attempt(
        lambda: audit.verify(store(), code, "scans" in request.form, since),
        done=_verification,
        refused=lambda error: _verification(error=error),
    )


def _verification(report: audit.Report | None = None, error: DomainError | None = None) -> str:
    # In the address where somebody looked for it as for the code of a work.
    code = (request.args if request.method == "GET" else request.form).get("code", "").strip()
    since = request.form.get("since", "").strip()
    return render_template(
        "ledger/verify.html",
        report=report,
        code=code,
        since=since,
        slip=report is not None and _is_a_slip(report, code, since),
        paper=look(lambda uow: print_entries.by_code(uow, code)) if report and code else None,
        titles=DOCUMENT_NAMES,
        scans="scans" in request.form,
        error=(error.field or "code", " ".join(translate(error))) if error else None,
        words=in_words,
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
