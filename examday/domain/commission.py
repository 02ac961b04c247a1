"""The tiflo-translator commission: its size, who may get which work, working time.

Size: one translator for two works; two translators a work are permitted ([11], [11b]). The chair distributes works and
records working time, and may, with consent of the exam board, suspend a translator in a conflict situation ([12]).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from examday.domain.errors import Conflict
from examday.domain.messages import N_


@dataclass(frozen=True)
class Translator:
    """What distribution must know of a translator. `schools`, `subjects`: where and what he or she teaches;
    `relatives`: codes of candidates related to; `suspended`: taken off work by the chair with consent."""

    person_id: str
    schools: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    suspended: bool = False


@dataclass(frozen=True)
class Work:
    """A work to be given out: whose school, which subject, which candidate (by code), who has taken part already."""

    booklet_id: str
    school: str
    subject: str
    candidate: str
    hands: Mapping[str, str]


def size_needed(works: int, works_per_translator: int) -> int:
    """Translators needed for `works`; 0 as the rule value means: the rule set states none, then one a work pair."""
    return -(-works // (works_per_translator or 2))


def objections(translator: Translator, work: Work) -> tuple[str, ...]:
    """Why this translator may not get this work; empty when nothing stands against it. Impartiality: no teacher of the
    candidate's school in that subject, no relative (international scribing rules; domain transcriber register)."""
    found: list[str] = []
    if translator.suspended:
        found.append(N_("is suspended"))
    if work.candidate in translator.relatives:
        found.append(N_("is related to the candidate"))
    if work.subject in translator.subjects:
        found.append(N_("teaches this subject"))
    if work.school and work.school in translator.schools:
        found.append(N_("works at the candidate's school"))
    if translator.person_id in work.hands.values():
        found.append(N_("has the other part of this work"))
    return tuple(found)


def check_given(translator: Translator, work: Work) -> None:
    """Conflict with the first objection."""
    reasons = objections(translator, work)
    if reasons:
        raise Conflict(N_("This translator may not get this work: %(reason)s."), code="may-not-get",
                       advice=N_("Give it to another translator."), params={"reason": reasons[0]})


@dataclass(frozen=True)
class Shift:
    """One stay at work; `end` None: still there."""

    person_id: str
    start: dt.datetime
    end: dt.datetime | None


def shifts(entries: Iterable[tuple[str, str, dt.datetime]]) -> list[Shift]:
    """("come" | "go", person, time) in order → stays. A second «come» without «go» changes nothing."""
    open_: dict[str, dt.datetime] = {}
    done: list[Shift] = []
    for kind, person, at in entries:
        if kind == "come":
            open_.setdefault(person, at)
        elif person in open_:
            done.append(Shift(person, open_.pop(person), at))
    return done + [Shift(person, start, None) for person, start in open_.items()]


def worked(stays: Iterable[Shift], now: dt.datetime) -> dict[str, dt.timedelta]:
    """Working time by person, stays that still run counted to `now`."""
    total: dict[str, dt.timedelta] = {}
    for stay in stays:
        total[stay.person_id] = total.get(stay.person_id, dt.timedelta()) + ((stay.end or now) - stay.start)
    return total
