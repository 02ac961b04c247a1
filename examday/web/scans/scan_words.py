"""Files and pages in the reader's language: states, reasons, counts."""

from collections.abc import Mapping
from typing import Any

from examday.domain.messages import N_
from examday.domain.scans.pages import PAGE_STATE_NAMES, ROLE_NAMES, SCAN_STATE_NAMES
from examday.i18n import gettext as _
from examday.i18n import ngettext, spoken
from examday.services.scans import page_reasons, views
from examday.services.scans.files import setting_aside
from examday.services.scans.making import new_files
from examday.services.unit_of_work import UnitOfWork
from examday.web.scans.blueprint import bp

SOURCES = {
    "inbox": N_("hot folder"),
    "upload": N_("sent in by hand"),
    new_files.JOINED: N_("joined from two halves"),
    new_files.CUT: N_("cut out of a picture of two sheets"),
}


@bp.app_template_global("scan_words")
def words() -> dict[str, dict[str, str]]:
    """The words of the scan pages in the reader's language."""
    tables: dict[str, Mapping[str, str]] = {
        "states": SCAN_STATE_NAMES,
        "pages": PAGE_STATE_NAMES,
        "sources": SOURCES,
        "roles": ROLE_NAMES,
    }
    return {name: {key: _(text) for key, text in table.items()} for name, table in tables.items()}


bp.add_app_template_global(setting_aside.may_help, "another_try_may_help")
bp.add_app_template_global(
    lambda page: " ".join(
        _(text, **spoken(values)) for text, values in page_reasons.doubts_on(page)
    ),
    "scan_doubt",
)
bp.add_app_template_global(
    lambda page: [
        (_(reason.message, **spoken(reason.params)), _(reason.advice))
        for reason in page_reasons.reasons_of(page)
    ],
    "scan_reasons",
)


def counts(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Pages in = pages out, always in sight; for ui.counts."""
    have = views.page_counts(uow)
    out = have["attached"] + have["exception"] + have["rejected"]
    return [
        {"label": _("pages read"), "value": have["read"], "wrong": out != have["read"]},
        {"label": _("pages attached"), "value": have["attached"]},
        {
            "label": _("wait for a person"),
            "value": have["exception"],
            "note": _of_before(uow, have),
        },
        {"label": _("do not count"), "value": have["rejected"]},
    ]


def _of_before(uow: UnitOfWork, have: Mapping[str, int]) -> str:
    """How many pages of earlier days wait besides those of the last one."""
    number = views.waiting_pages(uow) - have["exception"]
    said = ngettext("and %(n)s of earlier days", "and %(n)s of earlier days", number)
    return said if number > 0 else ""


def told(problem: dict[str, Any]) -> tuple[str, str]:
    """What is wrong with a file, and what to do, in the reader's language."""
    if not problem:
        return "", ""
    if "message" not in problem:
        message, advice = setting_aside.REFUSED.get(problem.get("code", ""), ("", ""))
        return _(message), _(advice)
    message, advice = problem["message"], problem["advice"]
    return _(message) % problem.get("params", {}), _(advice)
