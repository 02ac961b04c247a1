"""The way of a booklet as one transition table.

Each arrow is one use case, one event and one permission row.
"""

from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Conflict
from examday.domain.messages import N_, Msgid


class State(StrEnum):
    """Where a booklet stands."""

    REGISTERED = "registered"
    """Planned for a seat; the kit may still get or change its number."""
    ISSUED = "issued"
    """From here on the number is fixed: the candidate writes on this kit."""
    ENLARGED = "enlarged"
    """Not before ten, and under the eyes of the exam-board member (R26)."""
    COLLECTED = "collected"
    """Counted for the first time (R28): what is missing later was lost after this."""
    SCANNED = "scanned"
    """The original is on record before anybody reads it, so that no reading can be fitted to it."""
    KEYED = "keyed"
    """Two readings that differ wait here for a third person. Where they agree the work passes on at
    once."""
    SETTLED = "settled"
    """What the copy is held against; a copy made earlier would have nothing to be true to."""
    COPIED = "copied"
    """Stated by the copier, and proven by nothing yet: only the scan and the check of it can."""
    COPY_SCANNED = "copy_scanned"
    """Every sheet of the copy is on a picture; a verification needs all of them."""
    VERIFIED = "verified"
    """No field differs, so there is something to vouch for: signatures count from here on only."""
    CERTIFIED = "certified"
    """All signatures of the rule set are there (R17, R18); only such a work is packed."""
    PACKED = "packed"
    """Still at the point: an open packet gives it back, a handed one does not."""
    HANDED_OVER = "handed_over"
    """The point has no access any more, because the work is evidence elsewhere; only an appeal
    starts it anew."""
    NOT_USED = "not_used"
    """The candidate chose the standard form (R36): nothing is transferred."""
    SPOILED = "spoiled"
    """The kit is void and another one was issued; kept, because its number is used up."""
    ABSENT = "absent"
    """The candidate did not come: there is no work to wait for. Who comes late gets the kit after all."""


class Medium(StrEnum):
    """What the candidate's answers stand on."""

    ENLARGED = "enlarged"
    """The A3 sheets bear the number of the form, so they must never reach its scanner [27]."""
    BRAILLE = "braille"
    """Transcribed by the commission of tiflo-translators [7], so the point needs one or sends it
    on."""
    TYPED = "typed"
    """Counted among transfer errors since 2021 (R33)."""
    ORAL = "oral"
    """Spoken and recorded (R24); what is transferred is the protocol that was written of it."""
    STANDARD = "standard"
    """No transfer at all; here because such a seat is counted and packed as well."""


OFF_THE_WAY = frozenset({State.NOT_USED, State.SPOILED, State.ABSENT})
"""Ended without a transfer: counted as seats, but nobody is waited for."""
NOT_ISSUED = frozenset({State.REGISTERED, State.ABSENT})
"""Where no kit is in anybody's hands: nothing has to be counted or given back."""
COUNTED_NEXT = frozenset(
    {State.ISSUED, State.ENLARGED, State.CERTIFIED, State.PACKED, State.NOT_USED}
)
"""Where the next step begins with a count of the papers (R28): whoever takes it reads no number off
before, neither from a list nor from a print-out."""


BY_PAGES = frozenset({Medium.BRAILLE, Medium.TYPED, Medium.ORAL})
"""Media whose original is pages without a form: no code, no cells to lay beside the copy's, and as
many pages as the candidate needed."""


STATE_NAMES: dict[State, str] = {
    State.REGISTERED: N_("registered"),
    State.ISSUED: N_("issued"),
    State.ENLARGED: N_("enlarged"),
    State.COLLECTED: N_("collected"),
    State.SCANNED: N_("original scanned"),
    State.KEYED: N_("keyed in twice"),
    State.SETTLED: N_("settled"),
    State.COPIED: N_("copied"),
    State.COPY_SCANNED: N_("copy scanned"),
    State.VERIFIED: N_("verified"),
    State.CERTIFIED: N_("certified"),
    State.PACKED: N_("packed"),
    State.HANDED_OVER: N_("handed over"),
    State.NOT_USED: N_("not used"),
    State.SPOILED: N_("spoiled"),
    State.ABSENT: N_("candidate did not come"),
}
MEDIUM_NAMES: dict[str, str] = {
    Medium.ENLARGED: N_("enlarged A3 forms"),
    Medium.BRAILLE: N_("Braille notebook"),
    Medium.TYPED: N_("computer print-out"),
    Medium.ORAL: N_("recorded spoken answer"),
    Medium.STANDARD: N_("standard form"),
}

WAY: tuple[State, ...] = tuple(State)[:13]
"""The straight way, in order: what the thread on each page shows. Whatever ends a work early has no
place on it."""


@dataclass(frozen=True)
class Move:
    """One allowed arrow.

    `permission` names the row of the permission matrix; `media` empty means any medium.
    """

    source: State
    action: str
    target: State
    permission: str
    media: frozenset[Medium] = frozenset()
    """An enlarged work is enlarged before it is collected, a notebook never is."""


_S, _M = State, Medium
MOVES: tuple[Move, ...] = (
    Move(_S.REGISTERED, "issue", _S.ISSUED, "custody.issue"),
    Move(_S.ISSUED, "enlarge", _S.ENLARGED, "custody.enlarge", frozenset({_M.ENLARGED})),
    Move(_S.ENLARGED, "collect", _S.COLLECTED, "custody.collect", frozenset({_M.ENLARGED})),
    Move(_S.ISSUED, "collect", _S.COLLECTED, "custody.collect", BY_PAGES),
    Move(_S.REGISTERED, "mark_absent", _S.ABSENT, "custody.issue"),
    # Until the kit is collected: afterwards the choice would be made by somebody else.
    Move(_S.ISSUED, "choose_standard", _S.NOT_USED, "custody.issue"),
    Move(_S.ENLARGED, "choose_standard", _S.NOT_USED, "custody.issue"),
    Move(_S.ISSUED, "spoil", _S.SPOILED, "custody.issue"),
    Move(_S.ENLARGED, "spoil", _S.SPOILED, "custody.issue"),
    # A slip must not end a work: the use case sees to it that nothing rests on the step yet.
    Move(_S.ABSENT, "take_back", _S.REGISTERED, "custody.issue"),
    Move(_S.ISSUED, "take_back", _S.REGISTERED, "custody.issue"),
    Move(_S.ENLARGED, "take_back", _S.ISSUED, "custody.issue"),
    Move(_S.COLLECTED, "take_back", _S.ENLARGED, "custody.issue", frozenset({_M.ENLARGED})),
    Move(_S.COLLECTED, "take_back", _S.ISSUED, "custody.issue", BY_PAGES),
    *(Move(s, "take_back", _S.ISSUED, "custody.issue") for s in (_S.NOT_USED, _S.SPOILED)),
    # An arrow of its own: the state alone does not tell how far the kit had come.
    *(
        Move(s, "take_back_enlarged", _S.ENLARGED, "custody.issue", frozenset({_M.ENLARGED}))
        for s in (_S.NOT_USED, _S.SPOILED)
    ),
    Move(_S.COPIED, "take_back_copy", _S.SETTLED, "copy.write"),
    # From here too, because «copied» leads here at once where all sheets of an earlier copy stay.
    Move(_S.COPY_SCANNED, "take_back_copy", _S.SETTLED, "copy.write"),
    Move(_S.VERIFIED, "take_back_check", _S.COPY_SCANNED, "verify.decide"),
    Move(_S.COLLECTED, "scan_original", _S.SCANNED, "scans.upload"),
    Move(_S.SCANNED, "key_in", _S.KEYED, "keyin.enter"),
    Move(_S.KEYED, "settle", _S.SETTLED, "settle.decide"),
    Move(_S.SETTLED, "copy", _S.COPIED, "copy.write"),
    Move(_S.COPIED, "scan_copy", _S.COPY_SCANNED, "scans.upload"),
    Move(_S.COPY_SCANNED, "verify", _S.VERIFIED, "verify.decide"),
    # Back to settled, not to a new version: the answers stand, only the copy was wrong.
    Move(_S.COPY_SCANNED, "copy_again", _S.SETTLED, "verify.decide"),
    *(
        Move(s, "rescan_copy", _S.COPIED, "scans.decide")
        for s in (_S.COPY_SCANNED, _S.VERIFIED, _S.CERTIFIED)
    ),
    # Before any key-in nothing rests on the picture, so no new version is needed.
    Move(_S.SCANNED, "rescan_original", _S.COLLECTED, "scans.decide"),
    *(
        Move(s, "retake_original", _S.COLLECTED, "scans.decide")
        for s in (
            _S.SCANNED,
            _S.KEYED,
            _S.SETTLED,
            _S.COPIED,
            _S.COPY_SCANNED,
            _S.VERIFIED,
            _S.CERTIFIED,
        )
    ),
    Move(_S.VERIFIED, "certify", _S.CERTIFIED, "sign"),
    Move(_S.CERTIFIED, "pack", _S.PACKED, "pack"),
    # The signatures stay: unpacking changes where paper lies, not what was signed.
    Move(_S.PACKED, "unpack", _S.CERTIFIED, "pack"),
    Move(_S.PACKED, "hand_over", _S.HANDED_OVER, "handover"),
    *(
        Move(s, "reopen", _S.SCANNED, "reopen")
        for s in (_S.KEYED, _S.SETTLED, _S.COPIED, _S.COPY_SCANNED, _S.VERIFIED, _S.CERTIFIED)
    ),
    # The only way back from outside: a defect that the conflict commission has found.
    Move(_S.HANDED_OVER, "retransfer", _S.SCANNED, "appeal.process"),
)
"""A step, where it leads and who may take it are one row, so none can be without the others."""

REOPENING = frozenset({"reopen", "retransfer", "retake_original"})
"""Actions that start a new version: earlier readings and sign-offs stay, and count no longer."""

NEXT_ACTION: dict[State, str] = {
    _S.REGISTERED: N_("Issue the kit"),
    _S.ISSUED: N_("Enlarge the kit"),
    _S.ENLARGED: N_("Collect the works"),
    _S.COLLECTED: N_("Scan the original"),
    _S.SCANNED: N_("Key in the answers"),
    _S.KEYED: N_("Settle the differences"),
    _S.SETTLED: N_("Copy onto the standard form"),
    _S.COPIED: N_("Scan the standard form"),
    _S.COPY_SCANNED: N_("Verify the copy"),
    _S.VERIFIED: N_("Sign: true copy"),
    _S.CERTIFIED: N_("Pack"),
    _S.PACKED: N_("Hand over"),
}
"""State → what is to be done, as the one button of a page says it. Ask `next_act`, which knows
the medium too."""


WAITS_FOR: dict[State, str] = {
    State.REGISTERED: N_("room organiser: issue the kit"),
    State.ISSUED: N_("room organiser: enlarge the kit"),
    State.ENLARGED: N_("room organiser: collect the works"),
    State.COLLECTED: N_("technical specialist: scan the original"),
    State.SCANNED: N_("readers: key the answers in"),
    State.KEYED: N_("third reader: settle the differences"),
    State.SETTLED: N_("assistant: copy onto the standard form"),
    State.COPIED: N_("technical specialist: scan the copy"),
    State.COPY_SCANNED: N_("second person: verify the copy"),
    State.VERIFIED: N_("signers: «Копия верна»"),
    State.CERTIFIED: N_("lead organiser: pack"),
    State.PACKED: N_("exam-board member: hand over"),
}
"""Who has to act next, and what the act is: the question the board answers (ask `waits_for`)."""


_BRAILLE_WAITS_FOR: dict[State, str] = {
    State.SCANNED: N_("tiflo-translators: read the notebook"),
    State.KEYED: N_("third tiflo-translator: settle the differences"),
    State.SETTLED: N_("tiflo-translator: copy onto the standard form"),
    State.CERTIFIED: N_("chair of the commission: pack"),
}
"""Where a Braille work waits for others: who reads no Braille is not sent to it."""
SECOND_READER = {
    "": N_("second reader: key the answers in"),
    "braille": N_("second tiflo-translator: read the notebook"),
}
"""Where the first reading is handed in one person is waited for: saying «two» would send for the
one who is done."""
_LAST_IN_THE_ROOM: dict[Medium, str] = {
    Medium.TYPED: N_("room organiser: collect the work with its print-out"),
    Medium.ORAL: N_("room organiser: collect the work with its recording and protocol"),
}
"""What comes into being at the end of the exam is entered before the work is collected, or nobody
would count it."""


NEVER_ISSUED = N_("room organiser: the kit was never issued, record why")
"""Said of a day that is over: no kit is given out any more, so «issue the kit» would send somebody
for nothing."""


def waits_for(
    state: State,
    medium: Medium,
    *,
    begun: bool = False,
    over: bool = False,
) -> str:
    """Return the msgid of whom a work waits for, and of the act; "" where nobody acts any more.

    begun: the first of two readers has handed in; over: the exam was on an earlier day.
    """
    if over and state is State.REGISTERED:
        return NEVER_ISSUED
    if begun and state is State.SCANNED:
        return SECOND_READER["braille" if medium is Medium.BRAILLE else ""]
    if state is State.ISSUED and medium in _LAST_IN_THE_ROOM:
        return _LAST_IN_THE_ROOM[medium]
    own = _BRAILLE_WAITS_FOR if medium is Medium.BRAILLE else {}
    return own.get(state) or WAITS_FOR.get(_spoken_step(state, medium), "")


def next_act(state: State, medium: Medium) -> str:
    """Return the msgid of the act that comes next; "" where none does."""
    return NEXT_ACTION.get(_spoken_step(state, medium), "")


def _spoken_step(state: State, medium: Medium) -> State:
    # A notebook or print-out is never enlarged: issued, it waits for what an enlarged kit waits for
    # after enlarging.
    unenlarged = state is State.ISSUED and medium is not Medium.ENLARGED
    return State.ENLARGED if unenlarged else state


class WrongStep(Conflict):
    """The work is at another step: says at which, who acts next, and (`booklet`) whose page helps."""

    code = "wrong-step"
    message = N_("The work is at the step «%(state)s»; this cannot be done with it now.")
    advice = N_("Nothing was changed. The work waits for %(who)s.")


ENDED = N_("nobody: its way has ended")
"""Said where no step follows, because an empty cell would look as if the program did not know."""


def move(state: State, action: str, medium: Medium) -> Move:
    """Return the arrow for `action` from `state`; WrongStep when the table has none."""
    for row in MOVES:
        if row.source == state and row.action == action and (not row.media or medium in row.media):
            return row
    raise wrong_step(state, medium)


def wrong_step(state: State, medium: Medium, booklet_id: str = "") -> WrongStep:
    """Return the refusal of a step that a work in `state` cannot take; with its id it gets a link."""
    return WrongStep(
        params={
            "state": Msgid(STATE_NAMES[state]),
            "who": Msgid(waits_for(state, medium) or ENDED),
            "booklet": booklet_id,
        }
    )


def allowed(state: State, medium: Medium) -> tuple[Move, ...]:
    """Return all arrows that leave `state` for a booklet of this medium."""
    return tuple(
        row for row in MOVES if row.source == state and (not row.media or medium in row.media)
    )
