"""The rule set of a day, value by value with its source and how sure it is: what an expert
compares with the texts."""

import datetime as dt

from flask import render_template, request

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.day import DOCUMENT_NAMES, NEED_NAMES
from examday.domain.rules.calendar import last_day
from examday.domain.rules.ruleset import (
    CONFIDENCE_NAMES,
    SLOT_NAMES,
    Confidence,
    Count,
    Plain,
    RuleSet,
    RuleValue,
)
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.rules import rulesets
from examday.services.rules.calendars import work_calendar
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan.blueprint import bp
from examday.web.plan.overview import chosen_day, day_key, day_options
from examday.web.session import store

VALUE_NAMES: dict[str, str] = {
    "seats_special_room": N_("Seats in a room with special seating, at most"),
    "seats_partially_sighted": N_("Partially sighted in a room, at most"),
    "seats_blind": N_("Blind in a room, at most"),
    "seats_musculoskeletal": N_("With musculoskeletal disorders in a room, at most"),
    "blind_and_partially_sighted_apart": N_("Blind and partially sighted in separate rooms"),
    "common_start_in_mixed_room": N_("Common start in a mixed room, after enlarging"),
    "desk_light_lux": N_("Light on the desks of partially sighted, at least, lx"),
    "ground_floor_without_lift": N_("Ground floor where there is no lift"),
    "barrier_free_access": N_("Ramps, handrails, wide doors, chairs"),
    "sound_amplification": N_("Sound amplification, collective and individual"),
    "sign_interpreter": N_("Sign interpreter where needed"),
    "printed_rules_for": N_("Printed filling-in rules for"),
    "enlarging_means": N_("Means to enlarge to A3"),
    "magnifiers": N_("Magnifiers"),
    "braille_notebooks_per_candidate": N_("Braille notebooks for each candidate, at least"),
    "braille_draft_sheets_per_candidate": N_("Braille draft sheets for each candidate"),
    "commission_room": N_("Room for the commission where Braille is transferred at the point"),
    "works_per_translator": N_("Works for one tiflo-translator"),
    "observer_at_transfer": N_("Observer at the transfer"),
    "exam_board_member_at_transfer": N_("Exam-board member at the transfer"),
    "document_special_needs": N_("Document for limited health abilities"),
    "document_disabled": N_("Document for disabled candidates"),
    "home_exam_needs": N_("Needed for an exam at home"),
    "extra_minutes": N_("Extra time, min"),
    "extra_minutes_speaking": N_("Extra time for the speaking part, min"),
    "meals_and_medical_breaks": N_("Meals and medical breaks in the room"),
    "gve_counts_for_university": N_("State Graduation Exam counts for university"),
    "gve_oral_on_request": N_("State Graduation Exam orally on request"),
    "offline_computer": N_("Exam computer without internet and subject information"),
    "enlarging_not_before": N_("Enlarging not before"),
    "replacement_rows": N_("Rows for replaced answers on the form"),
    "answer_rows": N_("Answer rows on the form"),
    "answer_cells": N_("Cells in an answer row"),
    "counts_on_envelope": N_("Numbers of sheets on the envelope"),
    "quorum": N_("Quorum of the appeals body"),
    "tie_decided_by": N_("On a tie decides"),
    "appeal_body": N_("Name of the appeals body"),
    "appeal_body_short": N_("Its abbreviation"),
    "transfer_error_name": N_("Name of a transfer error"),
    "transfer_errors_count_for": N_("Transfer errors count for"),
    "transcriber_at_hearing": N_("Tiflo-translator at the hearing"),
    "sign_interpreter_at_hearing": N_("Sign interpreter at the hearing"),
    "transfer_roles": N_("Who copies enlarged works"),
    "standard_sheets_during_exam": N_("Standard forms during an enlarged exam"),
    "form_set": N_("Set of forms: registration + form 1 + form 2"),
    "retention_forms": N_("Forms are kept until (month-day)"),
    "retention_drafts_days": N_("Drafts are kept, days"),
    "settling": N_("Who settles differences"),
}
TERM_NAMES: dict[str, str] = {
    "conditions_list": N_("List of special conditions with the head of the point, before the exam"),
    "processing_main": N_("Processing: Russian, mathematics"),
    "processing_other": N_("Processing: other subjects"),
    "central_check": N_("Central check"),
    "approval": N_("Approval by the exam board"),
    "procedure_filed": N_("Appeal about the procedure: filed"),
    "procedure_considered": N_("Appeal about the procedure: considered"),
    "score_filed": N_("Appeal about the score: filed after the result day"),
    "score_considered": N_("Appeal about the score: considered"),
    "hearing_notice": N_("Notice of the hearing, before it"),
    "appeal_into_register": N_("Appeal entered in the regional system"),
    "decision_sent": N_("Decision sent to the processing centre"),
    "recalculation": N_("Recalculation of the score"),
    "changed_result_approved": N_("Approval of the changed result"),
    "withdrawal": N_("Withdrawal, before the hearing"),
}
TEXTS: dict[str, str] = {
    **NEED_NAMES,
    **DOCUMENT_NAMES,
    **ROLE_NAMES,
    "recommended": N_("recommended"),
    "required": N_("required"),
    "if_any": N_("if there is one"),
    "must": N_("must be called"),
    "may": N_("may be called"),
    "typed": N_("typed on a computer"),
    "not_stated": N_("not stated"),
    "sealed_in_a3_packet": N_("sealed in an A3 packet"),
    "candidate_chooses": N_("the candidate chooses"),
    "third_person": N_("a third person"),
    "two_together": N_("the two together"),
    "": N_("not stated"),
}


@bp.get("/rules")
@access("plan.see")
def rules() -> str:
    """The rule set in force on the chosen day, or the one asked for by id."""
    day, days = look(chosen_day)
    sets = {rule_set.id: rule_set for rule_set in rulesets.all_sets()}
    shown = sets.get(request.args.get("set", "")) or (
        rulesets.for_date(day[0]) if day else rulesets.all_sets()[-1]
    )
    return render_template(
        "plan/rules.html",
        day=day,
        days=day_options(days),
        day_key=day_key(day) if day else "",
        sets=[(key, row.name) for key, row in sets.items()],
        shown=shown,
        values=_values(shown),
        terms=_terms(shown, day[0] if day else None),
        signers=_signers(shown),
    )


def _values(shown: RuleSet) -> list[dict[str, object]]:
    rows = sorted(shown.values.values(), key=lambda row: row.rule)
    return [
        {
            "rule": row.rule,
            "name": _(VALUE_NAMES.get(row.key, row.key)),
            "value": _known(row),
            "basis": _basis(row.source, row.confidence, row.origin != shown.id, row.note),
        }
        for row in rows
    ]


def _known(row: RuleValue) -> str:
    """The value in words; an empty one that nobody knows is not stated."""
    return (
        _("not stated")
        if not row.value and row.confidence is Confidence.UNKNOWN
        else spoken(row.value)
    )


def spoken(value: Plain) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(_(TEXTS.get(part, part)) for part in value)
    return _(TEXTS.get(value, value)) if isinstance(value, str) else str(value)


def _basis(source: str, confidence: Confidence, carried: bool, note: str = "") -> str:
    later = _("carried over from an earlier rule set") if carried else ""
    parts = (source, _(CONFIDENCE_NAMES[confidence]), later, note)
    return " · ".join(part for part in parts if part)


def _terms(shown: RuleSet, day: dt.date | None) -> list[dict[str, object]]:
    """Each term in words, and as a date counted from the exam day as an example."""
    calendar = work_calendar(store().settings.saturday_works)
    return [
        {
            "name": _(TERM_NAMES.get(key, key)),
            "value": _length(row.days, row.count),
            "date": last_day(calendar, day, row) if day else None,
            "basis": _basis(row.source, row.confidence, row.origin != shown.id),
        }
        for key, row in shown.terms.items()
    ]


def _length(days: int, count: Count) -> str:
    if count is Count.SAME_DAY:
        return _("on the same day")
    if count is Count.WORKING:
        return ngettext("%(n)s working day", "%(n)s working days", abs(days))
    return ngettext("%(n)s calendar day", "%(n)s calendar days", abs(days))


def _signers(shown: RuleSet) -> list[dict[str, object]]:
    return [
        {
            "medium": _(MEDIUM_NAMES[medium]),
            "slot": _(SLOT_NAMES[row.slot]),
            "roles": ", ".join(_(ROLE_NAMES[role]) for role in row.roles),
            "absence": _("may be absent, with a recorded reason")
            if row.absence_allowed
            else _("required"),
            "basis": _basis(row.source, row.confidence, False),
        }
        for medium in Medium
        for row in shown.signers(medium)
    ]
