"""Readiness of the papers.

Documents, special conditions, times and forms (R00, R19–R21, R23, R24, R26, R27, R30).
"""

import datetime as dt

from examday.domain.custody.kit import has_oral_form, has_short_answers
from examday.domain.custody.lifecycle import Medium
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.plan.checks.role_groups import nobody_as
from examday.domain.plan.day import EXAM_KINDS, STATUSES, DayPlan, ExamPlan, SeatPlan, medium_for
from examday.domain.plan.findings import (
    CandidateCode,
    Finding,
    Level,
    Said,
    SubjectCode,
    Word,
    idle,
    judge,
    own,
)
from examday.domain.rules.ruleset import Confidence, Term

CERTIFIED = ("original", "certified_copy")
"""Only these forms of a disability certificate count (R19); of the ПМПК conclusion a plain copy
does."""


def rule_set(day: DayPlan) -> list[Finding]:
    """R00: the texts behind the rule set were read up to the exam date.

    On a training day it does not matter.
    """
    words: dict[str, object] = {"name": day.rules.name}
    # A training day may be played on any date: no text has to be in force for it.
    if day.training or not day.rules.needs_check(day.date):
        return [Finding("R00", Level.PASS, "point", N_("Rule set %(name)s."), words)]
    words["until"] = day.rules.checked_until or ""
    return [
        Finding(
            "R00",
            Level.WARN,
            "point",
            N_("Rule set %(name)s: the texts were read up to %(until)s, the exam is later."),
            words,
            "",
            N_("Compare the rule set with the texts of the year before a real exam."),
            Confidence.UNKNOWN,
        )
    ]


_PAPERS = Said(
    N_("Documents of all %(count)s candidates are there."),
    N_("Candidate %(candidate)s: the conclusion of the commission is missing."),
    N_("Ask the school for a copy of the conclusion."),
)
_DISABLED = Said(
    "",
    N_(
        "Candidate %(candidate)s: the disability certificate (original or certified copy) is missing."
    ),
    N_("Ask the school for a certified copy."),
)
_NO_STATUS = Said(
    "",
    N_("Candidate %(candidate)s has special conditions, but no document that grants them."),
    N_("Enter the status and the document, or take the conditions out."),
)


def documents(day: DayPlan) -> list[Finding]:
    """R19: ОВЗ → copy of the ПМПК conclusion.

    Disabled → МСЭ certificate, original or certified copy.
    """
    seats = _candidates(day)
    if not seats:
        return [idle(day.rules, "document_special_needs")]
    found = []
    for seat in seats:
        about = f"candidate:{seat.candidate}"
        if "disabled" in seat.needs and not seat.has_document("disability_certificate", CERTIFIED):
            found.append(
                judge(
                    day.rules,
                    "document_disabled",
                    about,
                    False,
                    _DISABLED,
                    candidate=CandidateCode(seat.candidate),
                )
            )
        if "special_needs" in seat.needs and not seat.has_document("pmpc_conclusion"):
            found.append(
                judge(
                    day.rules,
                    "document_special_needs",
                    about,
                    False,
                    _PAPERS,
                    cause=_no_conclusion(seat),
                    candidate=CandidateCode(seat.candidate),
                )
            )
        # Conditions without a status or document: mostly the status was forgotten, so the
        # candidate is named.
        if not seat.needs & STATUSES and not seat.documents:
            found.append(
                judge(
                    day.rules,
                    "document_special_needs",
                    about,
                    False,
                    _NO_STATUS,
                    candidate=CandidateCode(seat.candidate),
                )
            )
    return found or [
        judge(day.rules, "document_special_needs", "point", True, _PAPERS, count=len(seats))
    ]


_HOME = Said(
    N_("Candidate %(candidate)s: medical grounds and the commission's advice are there."),
    N_(
        "Candidate %(candidate)s: an exam at home needs medical grounds and the commission's advice."
    ),
    N_("Ask for the missing document, or plan a seat at the point."),
)


def at_home(day: DayPlan) -> list[Finding]:
    """R20: an exam at home only with medical grounds and the advice of the ПМПК, both."""
    demanded = day.rules.words("home_exam_needs")
    return [
        judge(
            day.rules,
            "home_exam_needs",
            f"candidate:{seat.candidate}",
            not (missing := [kind for kind in demanded if not seat.has_document(kind)]),
            _HOME,
            # Where only the conclusion is missing, R19 says so already.
            cause=_no_conclusion(seat) if missing == ["pmpc_conclusion"] else "",
            candidate=CandidateCode(seat.candidate),
        )
        for seat in _candidates(day)
        if "home" in seat.needs
    ] or [idle(day.rules, "home_exam_needs")]


_EXTRA = Said(
    N_("Subject %(subject)s, extra time + %(minutes)s min: entered for all %(count)s candidates."),
    N_("Subject %(subject)s, extra time + %(minutes)s min: not entered for %(candidates)s."),
    N_("Enter the extra time, or write down that the candidate does not want it."),
)
_ENDS = Said(
    N_("Subject %(subject)s: start %(start)s, end %(ends)s, with extra time %(extra)s."), "", ""
)


def extra_time(day: DayPlan) -> list[Finding]:
    """R21: + 90 min for candidates with special conditions, + 30 min in the speaking part.

    Subject by subject, because one candidate may take both kinds on one day; with the computed end
    of each exam.
    """
    found = []
    told: set[str] = set()
    for exam in day.exams:
        seats = [seat for seat in day.seats if seat.needs and seat.subject == exam.subject]
        if seats and exam.subject not in told:
            found.append(_minutes_of_candidates(day, exam, seats))
            told.add(exam.subject)
        if any(seat.kind == exam.kind for seat in seats):
            found.append(_ends_of_exam(day, exam) if exam.minutes else _no_length(day, exam))
    return found or [idle(day.rules, "extra_minutes")]


def _minutes_of_candidates(day: DayPlan, exam: ExamPlan, seats: list[SeatPlan]) -> Finding:
    """Who is not marked for extra time in this subject: one line for all of them.

    Whoever takes it in two forms is one candidate: the condition is the candidate's.
    """
    key = _extra_key(exam)
    needs = {seat.candidate: seat.needs for seat in seats}
    without = tuple(CandidateCode(code) for code in needs if "extra_time" not in needs[code])
    return judge(
        day.rules,
        key,
        f"candidate:{without[0]}" if len(without) == 1 else "candidates:",
        not without,
        _EXTRA,
        soft=True,
        subject=SubjectCode(exam.subject),
        minutes=day.rules.number(key),
        count=len(needs),
        candidates=without,
    )


def _ends_of_exam(day: DayPlan, exam: ExamPlan) -> Finding:
    """When the exam ends, without and with the extra minutes."""
    key = _extra_key(exam)
    if not exam.start:
        return _no_start(day, key, exam)
    ends = _clock(exam.start, exam.minutes)
    return judge(
        day.rules,
        key,
        "point",
        True,
        _ENDS,
        subject=SubjectCode(exam.subject),
        start=exam.start,
        ends=ends,
        extra=_clock(ends, day.rules.number(key)),
    )


_NO_START = Said(
    "",
    N_("Subject %(subject)s: the start of the exam is not recorded."),
    N_("Enter the time that the schedule says."),
)


def _no_start(day: DayPlan, key: str, exam: ExamPlan) -> Finding:
    """The usual hour is no fact: without a start nothing that rests on it is called right."""
    return judge(
        day.rules,
        key,
        "point",
        False,
        _NO_START,
        soft=True,
        cause=f"start:{exam.kind}:{exam.subject}",
        subject=SubjectCode(exam.subject),
    )


_NO_LENGTH = Said(
    "",
    N_(
        "Subject %(subject)s: it is not recorded how long the exam lasts, so nobody can say when extra time ends."
    ),
    N_("Enter the duration that the schedule says."),
)


def _no_length(day: DayPlan, exam: ExamPlan) -> Finding:
    """Extra time that is added to nothing ends at no hour."""
    return judge(
        day.rules,
        _extra_key(exam),
        "point",
        False,
        _NO_LENGTH,
        soft=True,
        subject=SubjectCode(exam.subject),
    )


_KINDS = Said(
    N_("Each candidate takes a subject in one form only."),
    N_("Candidate %(candidate)s takes subject %(subject)s in two forms: %(kinds)s."),
    N_("Leave one form for this subject; different subjects may be taken in different forms."),
)
_ORAL = Said(
    N_("Candidate %(candidate)s takes the exam orally."),
    N_(
        "Candidate %(candidate)s asks for the oral form, which only the State Graduation Exam, the essay and "
        "the exposition have."
    ),
    N_("Change the exam form for this subject, or take the need out."),
)


def forms_of_exam(day: DayPlan) -> list[Finding]:
    """R23: one exam form per candidate and subject.

    R24: the oral form exists in ГВЭ, on request, in any subject, and in essay and exposition. One
    exam may be taken orally and another one in writing: the work planned for the seat says which.
    """
    kinds: dict[tuple[str, str], set[str]] = {}
    for seat in day.seats:
        kinds.setdefault((seat.candidate, seat.subject), set()).add(seat.kind)
    found = [
        judge(
            day.rules,
            "gve_counts_for_university",
            f"candidate:{candidate}",
            False,
            _KINDS,
            candidate=CandidateCode(candidate),
            subject=SubjectCode(subject),
            kinds=tuple(Word(EXAM_KINDS[kind]) for kind in sorted(several)),
        )
        for (candidate, subject), several in sorted(kinds.items())
        if len(several) > 1
    ]
    found = found or [judge(day.rules, "gve_counts_for_university", "point", True, _KINDS)]
    oral = [
        judge(
            day.rules,
            "gve_oral_on_request",
            f"candidate:{seat.candidate}",
            has_oral_form(seat.kind, seat.subject),
            _ORAL,
            candidate=CandidateCode(seat.candidate),
        )
        for seat in day.seats
        if seat.medium is Medium.ORAL
    ]
    return [*found, *(oral or [idle(day.rules, "gve_oral_on_request")])]


_ENLARGE_AT = Said(
    N_("Subject %(subject)s: enlarging at %(at)s, exam-board member on duty."),
    N_("Subject %(subject)s: enlarging is planned at %(at)s, but not before %(limit)s."),
    N_("Plan enlarging later: it is done in the candidates' presence."),
)
_ENLARGE_WHO = Said(
    "",
    N_("Subject %(subject)s: no exam-board member on duty for enlarging."),
    N_("Enlarging is done under the control of an exam-board member: give the duty."),
)


def enlarging_time(day: DayPlan) -> list[Finding]:
    """R26: enlarging not before 10:00 local time, with an exam-board member."""
    # Without a limit in the rule set of the year there is nothing to check against.
    limit = day.rules.text("enlarging_not_before")
    enlarged = {(seat.subject, seat.kind) for seat in day.works(Medium.ENLARGED)}
    if not limit or not enlarged:
        return [idle(day.rules, "enlarging_not_before")]
    found = []
    # An exam of the same subject in another form may have nothing to enlarge.
    for exam in (exam for exam in day.exams if (exam.subject, exam.kind) in enlarged):
        # Without a time of its own enlarging begins with the exam, which is the earliest that is
        # allowed (R26).
        at = exam.enlarge_at or exam.start
        if not day.people(Role.EXAM_BOARD_MEMBER):
            found.append(
                judge(
                    day.rules,
                    "enlarging_not_before",
                    "point",
                    False,
                    _ENLARGE_WHO,
                    cause=nobody_as(Role.EXAM_BOARD_MEMBER),
                    subject=SubjectCode(exam.subject),
                )
            )
        if not at:
            found.append(_no_start(day, "enlarging_not_before", exam))
            continue
        found.append(
            judge(
                day.rules,
                "enlarging_not_before",
                "point",
                # Times are "HH:MM" with leading zeros, so text order is time order.
                at >= limit,
                _ENLARGE_AT,
                subject=SubjectCode(exam.subject),
                at=at,
                limit=limit,
            )
        )
    return found


def _list_of_no_day(day: DayPlan, term: Term, due: dt.date) -> Finding:
    """Return the finding on a list of which nobody knows when it came: that is not in time."""
    return Finding(
        "R30",
        Level.WARN,
        "point",
        N_("Nothing is recorded of when the list of special conditions came; due by %(due)s."),
        {"due": due},
        term.source,
        N_("Load the list of candidates, or see from the paper when it came."),
        term.confidence,
        term.origin != day.rules.id,
    )


def in_time(day: DayPlan) -> list[Finding]:
    """Return the finding on the date of the list of special conditions (R30).

    The head of the point must have the list at least two working days before the exam.
    """
    term = day.rules.term("conditions_list")
    # A training day is made when it is needed: there is no list to be late with.
    if day.training or day.plan_due is None:
        return []
    if day.planned_on is None:
        return [_list_of_no_day(day, term, day.plan_due)]
    # Only a warning: late changes happen, and the candidate must not suffer from them.
    late = day.planned_on > day.plan_due
    words: dict[str, object] = {"on": day.planned_on, "due": day.plan_due}
    said = (
        N_("The plan was last changed on %(on)s, after %(due)s.")
        if late
        else N_("The plan has stood since %(on)s; it was due by %(due)s.")
    )
    return [
        Finding(
            "R30",
            Level.WARN if late else Level.PASS,
            "point",
            said,
            words,
            term.source,
            N_("See that everybody concerned knows of the late change.") if late else "",
            term.confidence,
            term.origin != day.rules.id,
        )
    ]


_TASKS = Said(
    N_("Subject %(subject)s: %(tasks)s short answers fit on the form."),
    N_("Subject %(subject)s: %(tasks)s short answers, but the form has %(rows)s rows."),
    N_("Correct the number of tasks."),
)
_TASKS_UNKNOWN = Said(
    "",
    N_(
        "Subject %(subject)s: it is not recorded how many short answers there are; all %(rows)s rows "
        "of the form will be asked for."
    ),
    N_("Enter the number from the specification before works are issued: after that it stands."),
)
_MEDIUM = Said(
    N_("The form of the answers agrees with the needs of all candidates."),
    N_("Candidate %(candidate)s: the form of the answers does not agree with the needs."),
    N_("Ask the candidate; then correct the needs or the seating."),
)


def forms(day: DayPlan) -> list[Finding]:
    """R27: the number of tasks fits the form. P06: the medium of each seat is what the needs say."""
    rows = day.rules.number("answer_rows")
    found = [
        judge(
            day.rules,
            "answer_rows",
            "point",
            exam.tasks is not None and exam.tasks <= rows,
            _TASKS if exam.tasks is not None else _TASKS_UNKNOWN,
            soft=exam.tasks is None,
            subject=SubjectCode(exam.subject),
            tasks=exam.tasks,
            rows=rows,
        )
        for exam in day.exams
        # Of an essay nobody has a number to write: it has no short answers.
        if exam.tasks is not None or has_short_answers(exam.kind, exam.subject)
    ]
    odd = [
        own(
            "P06",
            f"candidate:{seat.candidate}",
            False,
            _MEDIUM,
            soft=True,
            candidate=CandidateCode(seat.candidate),
        )
        for seat in day.seats
        if seat.medium != medium_for(seat.needs)
    ]
    return [*found, *(odd or [own("P06", "point", True, _MEDIUM)])]


def _candidates(day: DayPlan) -> list[SeatPlan]:
    """One seat per candidate who has any special condition."""
    return list({seat.candidate: seat for seat in day.seats if seat.needs}.values())


def _no_conclusion(seat: SeatPlan) -> str:
    """The cause of findings that miss the candidate's ПМПК conclusion."""
    return f"conclusion:{seat.candidate}"


def _extra_key(exam: ExamPlan) -> str:
    return "extra_minutes_speaking" if exam.is_speaking else "extra_minutes"


def _clock(start: str, minutes: int) -> str:
    """Add minutes to "HH:MM", within one day."""
    # Any date will do, because only the time of day is used.
    moment = dt.datetime.combine(dt.date(2000, 1, 1), dt.time.fromisoformat(start)) + dt.timedelta(
        minutes=minutes
    )
    return moment.strftime("%H:%M")


PAPER_CHECKS = (
    rule_set,
    documents,
    at_home,
    extra_time,
    forms_of_exam,
    enlarging_time,
    in_time,
    forms,
)
