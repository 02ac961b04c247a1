"""The values, terms and sources of a rule set in words."""

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.day import DOCUMENT_NAMES, NEED_NAMES
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
"""Key of a rule value → words."""
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
"""Key of a term → words."""
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
"""Codes that stand as values in the rule files → words."""


def value_name(key: str) -> str:
    """Name a rule value; next year's key without a name is shown as it is."""
    return _(VALUE_NAMES.get(key, key))


def term_name(key: str) -> str:
    """Name a term; next year's key without a name is shown as it is."""
    return _(TERM_NAMES.get(key, key))


def known(row: RuleValue) -> str:
    """Put a rule value into words; an empty one that is not known is «not stated»."""
    return (
        _("not stated")
        if not row.value and row.confidence is Confidence.UNKNOWN
        else spoken(row.value)
    )


def spoken(value: Plain) -> str:
    """Put a plain value into words; a code that has no name stays as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(_(TEXTS.get(part, part)) for part in value)
    return _(TEXTS.get(value, value)) if isinstance(value, str) else str(value)


def basis(
    source: str,
    confidence: Confidence,
    carried: bool,
    note: str = "",
) -> str:
    """Say what a value rests on: source, how sure it is, whether a later text is silent; the note."""
    later = _("carried over from an earlier rule set") if carried else ""
    parts = (source, _(CONFIDENCE_NAMES[confidence]), later, note)
    return " · ".join(part for part in parts if part)


def length(days: int, count: Count) -> str:
    """Put a term into words; days before the exam are negative in the rules and positive here."""
    if count is Count.SAME_DAY:
        return _("on the same day")
    if count is Count.WORKING:
        return ngettext("%(n)s working day", "%(n)s working days", abs(days))
    return ngettext("%(n)s calendar day", "%(n)s calendar days", abs(days))


def signers(shown: RuleSet) -> list[dict[str, object]]:
    """List who signs «Копия верна» by the rule set, for each form of the answers."""
    return [
        {
            "medium": _(MEDIUM_NAMES[medium]),
            "slot": _(SLOT_NAMES[row.slot]),
            "roles": ", ".join(_(ROLE_NAMES[role]) for role in row.roles),
            "absence": _("may be absent, with a recorded reason")
            if row.absence_allowed
            else _("required"),
            "basis": basis(row.source, row.confidence, False),
        }
        for medium in Medium
        for row in shown.signers(medium)
    ]
