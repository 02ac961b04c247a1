"""Recognise slips over several fields: rows shifted or swapped, replacements merged, a wrong sheet.

Source: domain.md section 16.1 (typical transfer errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.messages import N_
from examday.domain.transfer.fields import is_replacement, is_short
from examday.reading.identify import PageWarning
from examday.reading.page import PageReading
from examday.reading.row_comparison import bound, likeness

STRANGE_SHARE = 0.7  # of the filled answers differ: hardly the same candidate's sheet
STRANGE_LEAST = 5  # answers, below which the share says nothing
FAR = 20  # rows an answer may have moved: a slip goes down the column of the form and no further


@dataclass(frozen=True)
class Pattern:
    """One slip over several fields.

    Its kind, the fields it explains with what their message needs, and the sentence for the whole.
    """

    kind: str
    fields: Mapping[str, Mapping[str, object]]
    note: PageWarning


def name_patterns(
    original: PageReading,
    copy: PageReading,
    alphabets: Mapping[str, str],
    different: set[str],
) -> tuple[Pattern, ...]:
    """Everything that explains several of the `different` fields at once."""
    pages = _Pages(original, copy, alphabets)
    answers = sorted(int(name) for name in different if is_short(name))
    found = _shifts(pages, answers)
    found += _swaps(pages, _unexplained(answers, found))
    found += _merged(pages, different)
    filled = [n for n in alphabets if is_short(n) and (original.text(n) or copy.text(n))]
    return (*found, *_other_sheet(_unexplained(answers, found), len(filled)))


def _unexplained(answers: list[int], found: list[Pattern]) -> list[int]:
    explained = {name for pattern in found for name in pattern.fields}
    return [task for task in answers if str(task) not in explained]


def _other_sheet(strange: list[int], filled: int) -> list[Pattern]:
    """The suspicion that two sheets are not of one participant: most answers differ."""
    if len(strange) < max(STRANGE_LEAST, STRANGE_SHARE * filled):
        return []
    note = PageWarning(
        "other_sheet",
        N_("%(count)s of %(filled)s answers differ: the sheets may belong to two participants."),
        {"count": len(strange), "filled": filled},
    )
    return [Pattern("other_sheet", {str(task): {} for task in strange}, note)]


@dataclass(frozen=True)
class _Pages:
    original: PageReading
    copy: PageReading
    alphabets: Mapping[str, str]

    def alike(self, here: str, there: str) -> bool:
        """Tell whether the original's field `here` and the copy's field `there` hold the same.

        False when they hold nothing.
        """
        if here not in self.alphabets or there not in self.alphabets:
            return False
        one, other = self.original.fields[here], self.copy.fields[there]
        if not one.text or len(one.scores) != len(other.scores):
            return False
        return likeness(one, other, self.alphabets.get("1", "")).agreement >= bound()


def _shifts(pages: _Pages, answers: list[int]) -> list[Pattern]:
    """Return runs of answers that all stand the same number of rows away.

    Two answers at least, or one that left its row empty.
    """
    out: list[Pattern] = []
    left = list(answers)
    # Nearest first: the next row is the usual slip (domain.md 16.1).
    for step in sorted((s for s in range(-FAR, FAR + 1) if s), key=abs):
        moved = [task for task in left if pages.alike(str(task), str(task + step))]
        for run in _runs(moved):
            # One answer found elsewhere may be chance: tasks share short answers.
            if len(run) < 2 and not _left_empty(pages, run[0], step):
                continue
            fields: dict[str, Mapping[str, object]] = {
                str(t): {} for task in run for t in (task, task + step) if t in left
            }
            out.append(Pattern("row_shift", fields, _shift_note(run, step)))
            left = [task for task in left if str(task) not in fields]
    return out


def _left_empty(pages: _Pages, task: int, step: int) -> bool:
    """Whether a moved answer left its row empty, and came into one that was."""
    return not pages.copy.text(str(task)) and not pages.original.text(str(task + step))


def _runs(tasks: list[int]) -> list[list[int]]:
    """Consecutive task numbers together; a task between two of them may be missing."""
    runs: list[list[int]] = []
    for task in tasks:
        if runs and task - runs[-1][-1] <= 2:
            runs[-1].append(task)
        else:
            runs.append([task])
    return runs


def _shift_note(run: list[int], step: int) -> PageWarning:
    params = {"first": run[0], "last": run[-1], "rows": abs(step), "target": run[0] + step}
    if len(run) == 1:
        return PageWarning(
            "row_shift", N_("Answer %(first)s stands in row %(target)s of the copy."), params
        )
    if abs(step) == 1:
        one = (
            N_("Answers %(first)s–%(last)s stand one row lower in the copy.")
            if step > 0
            else N_("Answers %(first)s–%(last)s stand one row higher in the copy.")
        )
        return PageWarning("row_shift", one, params)
    if step > 0:
        return PageWarning(
            "row_shift",
            N_("Answers %(first)s–%(last)s stand lower in the copy; rows: %(rows)s."),
            params,
        )
    return PageWarning(
        "row_shift",
        N_("Answers %(first)s–%(last)s stand higher in the copy; rows: %(rows)s."),
        params,
    )


def _swaps(pages: _Pages, answers: list[int]) -> list[Pattern]:
    out, left = [], list(answers)
    for one in answers:
        for other in answers:
            if (
                one < other
                and one in left
                and other in left
                and pages.alike(str(one), str(other))
                and pages.alike(str(other), str(one))
            ):
                note = PageWarning(
                    "swapped_rows",
                    N_("Answers %(first)s and %(second)s changed places in the copy."),
                    {"first": one, "second": other},
                )
                out.append(
                    Pattern(
                        "swapped_rows",
                        {str(one): {"other": other}, str(other): {"other": one}},
                        note,
                    )
                )
                left = [task for task in left if task not in (one, other)]
    return out


def _merged(pages: _Pages, different: set[str]) -> list[Pattern]:
    """Return replacements of the original that went to the wrong place in the copy.

    Into the answer itself (also when the zone was copied as well), or into another row of the zone.
    """
    zone = [name for name in pages.alphabets if is_replacement(name)]
    out = []
    for name in zone:
        if not pages.original.text(name):
            continue
        # Without zeros: «08» in the zone means task 8, and fields are named «8».
        task = pages.original.tasks[name].text.lstrip("0")
        merged = task in different and pages.alike(name, task)
        if merged:
            note = PageWarning(
                "replacement_merged",
                N_("The replacement for task %(task)s was written over the answer."),
                {"task": task},
            )
            out.append(_pattern(note, (name, task), different))
        if name not in different or (merged and not pages.copy.text(name)):
            continue
        other = _moved_to(pages, name, zone)
        if other:
            note = PageWarning(
                "replacement_moved",
                N_("The replacement for task %(task)s stands in another row of the zone."),
                {"task": task},
            )
            out.append(_pattern(note, (name, other), different))
    return out


def _pattern(note: PageWarning, names: tuple[str, ...], different: set[str]) -> Pattern:
    return Pattern(note.code, {name: {} for name in names if name in different}, note)


def _moved_to(pages: _Pages, name: str, zone: list[str]) -> str | None:
    """The other row of the replacement zone in which the copy has this replacement."""
    task = pages.original.tasks[name].text
    return next(
        (
            other
            for other in zone
            if other != name and pages.alike(name, other) and pages.copy.tasks[other].text == task
        ),
        None,
    )
