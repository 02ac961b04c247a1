"""The tiflo-translator commission: its size, who may get which work, working time.

Size: one translator for two works; two translators a work are permitted ([11], [11b]). The chair
distributes works and records working time, and may, with consent of the exam board, suspend a
translator in a conflict situation ([12]).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from examday.domain.custody.kit import ThingState
from examday.domain.custody.lifecycle import WAY, State
from examday.domain.errors import Conflict
from examday.domain.messages import N_

PACKAGE_WAITS_FOR: dict[str, str] = {
    ThingState.IN_USE: N_("whoever packs: close the package for the commission"),
    ThingState.SEALED: N_("head of the point: hand the package over to the commission"),
    ThingState.HANDED_OVER: N_("chair of the commission: open the package and count the envelopes"),
}
"""Where a package stands → who acts next: the notebooks in it cannot be read before, and blaming
the readers would call the wrong people."""


@dataclass(frozen=True)
class Translator:
    """What distribution must know of a translator."""

    person_id: str
    schools: frozenset[str] = frozenset()
    """Where he or she teaches: pupils of the own school are not transcribed."""
    subjects: frozenset[str] = frozenset()
    """Teachers of the subject would know the right answer and read it into the cells."""
    relatives: frozenset[str] = frozenset()
    """Codes of candidates, not names: the commission works without names."""
    suspended: bool = False
    """Taken off work by the chair with consent: gets no work until it is taken back, and stays on
    the list."""


@dataclass(frozen=True)
class Work:
    """A work to be given out."""

    booklet_id: str
    school: str
    subject: str
    candidate: str
    """The code: the commission never sees a name."""
    hands: Mapping[str, str]
    """Part → person: nobody reads the same work twice."""


def size_needed(works: int, works_per_translator: int) -> int:
    """Return the translators needed for `works`."""
    # A rule set that states no size gives 0: then one translator for two works. Rounded up, as half
    # a translator does not come.
    return -(-works // (works_per_translator or 2))


def objections(translator: Translator, work: Work) -> tuple[str, ...]:
    """Return why this translator may not get this work; empty when nothing stands against it.

    No relative, no teacher of the subject or of the school (international scribing rules;
    transcriber register of the trade).
    """
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
        raise Conflict(
            N_("This translator may not get this work: %(reason)s."),
            code="may-not-get",
            advice=N_("Give it to another translator."),
            params={"reason": reasons[0]},
        )


LONGEST_NIGHT = dt.timedelta(hours=12)
"""Nobody stays longer over midnight: a going said after that was said late, and when it was is unknown."""


@dataclass(frozen=True)
class Shift:
    """One stay at work."""

    person_id: str
    start: dt.datetime
    end: dt.datetime | None
    """None where nobody knows the going: on the same day the person is still there."""

    def runs(self, now: dt.datetime) -> bool:
        """Tell whether the person is there now."""
        return self.end is None and self.start.date() == now.date()

    def never_ended(self, now: dt.datetime) -> bool:
        """Tell whether the day is over and the going was not recorded in time: how long it was is
        unknown.
        """
        return self.end is None and not self.runs(now)


def shifts(entries: Iterable[tuple[str, str, dt.datetime]]) -> list[Shift]:
    """Return stays from («come» or «go», person, time at the point) in order."""
    running: dict[str, dt.datetime] = {}
    done: list[Shift] = []
    for kind, person, at in entries:
        if kind == "come":
            # A second «come» of the day changes nothing: the person was there all the time.
            start = running.setdefault(person, at)
            # On a later day it begins anew: nobody has worked since the day before.
            if start.date() < at.date():
                done.append(Shift(person, start, None))
                running[person] = at
        elif person in running:
            start = running.pop(person)
            done.append(Shift(person, start, at if tells_the_end(start, at) else None))
    return done + [Shift(person, start, None) for person, start in running.items()]


def tells_the_end(start: dt.datetime, gone: dt.datetime) -> bool:
    """Tell whether somebody who says now that he is gone has worked until now."""
    return gone.date() == start.date() or gone - start <= LONGEST_NIGHT


def worked(stays: Iterable[Shift], now: dt.datetime) -> dict[str, dt.timedelta]:
    """Return working time by person; stays that still run are counted to `now`.

    A stay whose end nobody recorded is left out: the time is longer by what is not known.
    """
    total: dict[str, dt.timedelta] = {}
    for stay in stays:
        if stay.never_ended(now):
            continue
        total[stay.person_id] = total.get(stay.person_id, dt.timedelta()) + (
            (stay.end or now) - stay.start
        )
    return total


def suspended(entries: Iterable[tuple[str, str]]) -> set[str]:
    """Return who is off work, from («suspend» or «resume», person) in order: the last one counts."""
    last = {person: kind for kind, person in entries}
    return {person for person, kind in last.items() if kind == "suspend"}


@dataclass(frozen=True)
class Progress:
    """The commission's works in numbers: what the chair reports to the exam board ([12])."""

    planned: int
    received: int
    given_out: int
    read: int
    settled: int
    done: int
    handed_over: int

    @property
    def waiting(self) -> int:
        """Received and not yet certified."""
        return self.received - self.done


def progress(works: Iterable[tuple[State, int]]) -> Progress:
    """Return the report from (state, hands) of each work.

    A work is given out once somebody has a part of it, and done when «Копия верна» bears all its
    signatures.
    """
    # Spoiled and unused kits are no works, so they are left out.
    found = [(WAY.index(state), hands) for state, hands in works if state in WAY]

    def reached(step: State) -> int:
        return sum(place >= WAY.index(step) for place, _hands in found)

    return Progress(
        len(found),
        reached(State.COLLECTED),
        sum(hands > 0 for _place, hands in found),
        reached(State.KEYED),
        reached(State.SETTLED),
        reached(State.CERTIFIED),
        reached(State.HANDED_OVER),
    )
