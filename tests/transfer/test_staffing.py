"""Who is left for the rest of a work is asked when a part is taken, not when nobody can sign."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import (
    ARBITER,
    COPIER,
    FIRST,
    PARTS,
    SECOND,
    VERIFIER,
    apart_from,
)
from examday.domain.transfer.staffing import (
    Ability,
    Need,
    check_leaves_enough,
    lacking,
    need_at,
    nobody_can,
    witnesses,
)
from tests.own_rules import for_date
from tests.transfer.test_signoff_rules import NEW

BRAILLE = for_date(NEW).signers("braille")
READS = frozenset({FIRST, SECOND, ARBITER, VERIFIER})
TRANSLATOR = Ability(READS | {COPIER}, frozenset({Role.BRAILLE_TRANSCRIBER}))
CHAIR = Ability(READS, frozenset({Role.BRAILLE_CHAIR}))
DEPUTY = Ability(READS, frozenset({Role.BRAILLE_DEPUTY}))
FULL = {"anna": TRANSLATOR, "boris": TRANSLATOR, "chair": CHAIR, "deputy": DEPUTY}


def take(
    people: Mapping[str, Ability], state: State, part: str, who: str, **hands: set[str]
) -> None:
    check_leaves_enough(state, BRAILLE, people, hands, "third_person", part, who)


def test_a_chair_with_a_deputy_reads_and_settles() -> None:
    take(FULL, State.SCANNED, FIRST, "chair")
    take(FULL, State.KEYED, ARBITER, "chair", first={"anna"}, second={"boris"})


@pytest.mark.parametrize("part", [FIRST, SECOND])
def test_the_last_one_who_could_sign_takes_no_part(part: str) -> None:
    alone = {name: FULL[name] for name in ("anna", "boris", "chair")}
    with pytest.raises(Conflict) as refused:
        take(alone, State.SCANNED, part, "chair")
    assert refused.value.code == "last-signer" and refused.value.advice


def test_a_chair_who_is_the_only_one_left_to_settle_is_told_before_the_own_reading() -> None:
    alone = {name: FULL[name] for name in ("anna", "boris", "chair")}
    with pytest.raises(Conflict) as refused:
        take(alone, State.KEYED, ARBITER, "chair", first={"anna"}, second={"boris"})
    assert refused.value.code == "last-signer"


def test_whoever_could_settle_does_not_take_what_a_colleague_could_read() -> None:
    people = {**FULL, "boris": Ability(frozenset({SECOND}), frozenset({Role.BRAILLE_TRANSCRIBER}))}
    take(people, State.SCANNED, SECOND, "boris", first={"anna"})
    # With the deputy as second reader the chair alone could settle, and then not sign.
    with pytest.raises(Conflict):
        take(people, State.SCANNED, SECOND, "deputy", first={"anna"})


def test_the_last_one_who_could_copy_does_not_verify() -> None:
    one = {"anna": TRANSLATOR, "chair": CHAIR, "deputy": DEPUTY}
    done = {"first": {"deputy"}, "second": {"deputy"}}
    take(one, State.COPY_SCANNED, VERIFIER, "deputy", copier={"anna"}, **done)
    two = {"anna": TRANSLATOR, "deputy": DEPUTY, "chair": CHAIR}
    with pytest.raises(Conflict) as refused:
        take(two, State.SETTLED, VERIFIER, "anna", **done)
    assert refused.value.code == "last-hand", (
        "anna alone may copy, and nobody verifies the own copy"
    )


def test_a_part_that_makes_nothing_worse_is_not_refused() -> None:
    take({"anna": TRANSLATOR, "boris": TRANSLATOR}, State.SCANNED, FIRST, "anna")
    take(FULL, State.SCANNED, FIRST, "anna", second={"chair"})
    take(FULL, State.KEYED, ARBITER, "boris", first={"anna"}, second={"chair", "deputy"})


def test_what_lacks_is_named() -> None:
    need = need_at(State.SCANNED, BRAILLE, {}, "third_person")
    assert lacking(need, {"anna": TRANSLATOR, "boris": TRANSLATOR}, {}) == ("chair",)
    assert len(lacking(need, {}, {})) == 5
    assert not lacking(need, FULL, {})


def test_a_region_full_of_alike_people_is_divided_as_a_few_of_them_are() -> None:
    need = need_at(State.SCANNED, BRAILLE, {}, "third_person")
    many = {str(number): TRANSLATOR for number in range(40)}
    assert lacking(need, many, {FIRST: {"39"}}) == ("chair",)
    assert not lacking(need, {**many, "chair": CHAIR, "deputy": DEPUTY}, {FIRST: {"39"}})


ABLE = st.builds(
    Ability,
    st.frozensets(st.sampled_from(PARTS)),
    st.frozensets(st.sampled_from([Role.BRAILLE_CHAIR, Role.BRAILLE_TRANSCRIBER]), max_size=1),
)


@given(st.lists(ABLE, max_size=4), st.dictionaries(st.sampled_from(PARTS), st.integers(0, 3)))
def test_no_division_of_the_parts_leaves_less(able: list[Ability], done: dict[str, int]) -> None:
    people = {str(n): ability for n, ability in enumerate(able)}
    hands = {part: {str(who)} for part, who in done.items()}
    todo = tuple(part for part in PARTS if part not in hands)
    need = Need(todo, witnesses(BRAILLE), "third_person")
    best = min(
        _left(dict(zip(todo, who, strict=True)), people, hands)
        for who in itertools.product([*people, ""], repeat=len(todo))
    )
    assert len(lacking(need, people, hands)) == best


def _left(
    plan: Mapping[str, str], people: Mapping[str, Ability], hands: Mapping[str, set[str]]
) -> int:
    """How much one division leaves empty; more than everything where it breaks a rule."""
    whole = {**hands, **{part: {who} for part, who in plan.items() if who}}
    for part, who in plan.items():
        if who and (
            part not in people[who].parts
            or any(who in whole.get(other, ()) for other in apart_from(part))
        ):
            return 99
    busy = {who for several in whole.values() for who in several}
    signs = any(
        Role.BRAILLE_CHAIR in ability.roles and who not in busy for who, ability in people.items()
    )
    return sum(not who for who in plan.values()) + (not signs)


def test_nobody_for_a_part_and_nobody_for_a_signature_are_said_in_their_own_words() -> None:
    assert nobody_can(COPIER).startswith("Nobody can take")
    assert nobody_can("observer").startswith("Nobody can sign")
    assert nobody_can("observer") % {"who": "x", "number": 3} == (
        "Nobody can sign as «x» under 3 works."
    )
