"""Pages of a Braille work: what is proposed, in which order answers are read, what does not add
up."""

import pytest

from examday.domain.braille.notebook import (
    Leaf,
    Look,
    Part,
    Pile,
    answers,
    check_stated,
    in_order,
    oddities,
    propose,
    sides_of,
)
from examday.domain.custody.kit import Kind
from examday.domain.errors import Invalid
from examday.i18n import gettext
from examday.services.braille.opinion import essays
from examday.web.braille.words import VERDICT_NAMES
from examday.web.transfer.desks import opinions

ONE_NOTEBOOK = {Kind.NOTEBOOK: 1, Kind.BRAILLE_SHEET: 0}
WHOLE = [
    Leaf("a", Part.TITLE),
    Leaf("b", Part.DATA),
    Leaf("c", Part.ANSWER, 1),
    Leaf("d", Part.ANSWER, 2),
]


def looks(*kinds: str) -> list[Look]:
    return [Look(page, kind) for page, kind in zip("abcdefgh", kinds, strict=False)]


def stated(found: dict[str, Leaf]) -> list[tuple[str, int]]:
    return [(leaf.part.value, leaf.number) for leaf in found.values()]


def odd(
    leaves: list[Leaf],
    seen: list[Look] | None = None,
    pile: Pile | None = None,
    counted: dict[Kind, int] | None = None,
) -> list[str]:
    found = oddities(
        leaves, seen or [], pile or Pile(len(leaves), 1), ONE_NOTEBOOK, counted or ONE_NOTEBOOK
    )
    return [one.code for one in found]


def test_a_one_sided_notebook_is_proposed_page_by_page() -> None:
    seen = looks("not braille", "braille", "braille", "braille", "empty")
    assert sides_of(seen) == 1
    assert stated(propose(seen)) == [
        ("title", 0),
        ("data", 0),
        ("answer", 1),
        ("answer", 2),
        ("not_part", 0),
    ]
    assert stated(propose(looks("empty", "braille"))) == [("title", 0), ("data", 0)], (
        "a title page has little print"
    )


def test_of_a_two_sided_scan_the_empty_pages_are_backs() -> None:
    seen = looks("not braille", "empty", "braille", "empty", "braille", "empty")
    assert sides_of(seen) == 2
    assert stated(propose(seen)) == [
        ("title", 0),
        ("back", 0),
        ("data", 0),
        ("back", 0),
        ("answer", 1),
        ("back", 1),
    ]


def test_where_place_and_look_disagree_nothing_is_proposed() -> None:
    seen = [Look("a", "braille"), Look("b", "not braille"), Look("c", "braille", mirrored=True)]
    assert stated(propose(seen)) == [("data", 0)], (
        "print inside and mirrored pages are for a person to look at"
    )


def test_a_page_that_no_machine_looked_at_is_proposed_as_nothing() -> None:
    assert propose(looks("", "", "")) == {}
    assert propose(looks("no picture")) == {}
    seen = looks("not braille", "braille", "braille", "", "braille", "empty")
    assert stated(propose(seen)) == [
        ("title", 0),
        ("data", 0),
        ("answer", 1),
        ("answer", 0),  # the open page may be answer 2
        ("not_part", 0),
    ]
    assert stated(propose(looks("not braille", "", "braille"))) == [("title", 0)], (
        "the page that is open may be the one with the data"
    )


def test_dots_that_could_not_be_read_are_no_empty_page() -> None:
    seen = [*looks("not braille", "braille", "braille"), Look("d", "empty", unread=("dots",))]
    assert "d" not in propose(seen)


def test_behind_an_open_page_no_back_is_given_a_front() -> None:
    seen = looks("not braille", "empty", "braille", "empty", "", "empty", "braille", "empty")
    assert [leaf.part for leaf in propose(seen).values()].count(Part.BACK) == 2


def test_a_page_that_may_hold_answers_is_never_proposed_to_be_left_out() -> None:
    for kinds in (("",) * 8, ("not braille", *("braille",) * 7), ("braille",) * 8):
        proposed = propose(looks(*kinds))
        assert not {leaf.part for leaf in proposed.values()} & {
            Part.BACK,
            Part.DRAFT,
            Part.NOT_PART,
        }


def test_answers_are_read_by_their_number_and_drafts_never() -> None:
    pile = [
        Leaf("f", Part.DRAFT),
        Leaf("d", Part.ANSWER, 2),
        Leaf("e", Part.BACK, 1),
        Leaf("c", Part.ANSWER, 1),
        Leaf("g", Part.BACK, 0),
        Leaf("b", Part.DATA),
        Leaf("a", Part.TITLE),
    ]
    assert [leaf.page for leaf in in_order(pile)] == list("abgcedf")
    assert [leaf.page for leaf in answers(pile)] == ["c", "d"]


@pytest.mark.parametrize(
    ("leaves", "pile", "field"),
    [
        (WHOLE[:3], Pile(4, 1), "part"),
        ([*WHOLE[:3], Leaf("d", Part.ANSWER)], Pile(4, 1), "number"),
        ([*WHOLE[:3], Leaf("d", Part.BACK, -1)], Pile(4, 1), "number"),
        (WHOLE, Pile(0, 1), "sheets"),
        (WHOLE, Pile(4, 3), "sheets"),
    ],
)
def test_what_is_left_open_is_no_matter_of_reasons(
    leaves: list[Leaf], pile: Pile, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check_stated(leaves, "abcd", pile)
    assert refused.value.field == field


def test_a_whole_notebook_adds_up() -> None:
    check_stated(WHOLE, "abcd", Pile(4, 1))
    assert odd(WHOLE) == []
    backs = [
        Leaf("e", Part.BACK, 0),
        Leaf("f", Part.BACK, 0),
        Leaf("g", Part.BACK, 1),
        Leaf("h", Part.BACK, 2),
    ]
    assert odd([*WHOLE, *backs], pile=Pile(4, 2)) == []
    assert odd([*WHOLE, Leaf("e", Part.DRAFT)], pile=Pile(4, 1)) == [], (
        "a draft is no sheet of the work"
    )


@pytest.mark.parametrize(
    ("leaves", "pile", "codes"),
    [
        (WHOLE[1:], None, ["no-title"]),
        ([WHOLE[0], *WHOLE[2:]], None, ["no-data"]),
        (WHOLE[:2], None, ["no-answers"]),
        ([*WHOLE, Leaf("e", Part.TITLE)], None, ["titles"]),
        ([*WHOLE[:3], Leaf("d", Part.ANSWER, 3)], None, ["gap"]),
        ([*WHOLE[:3], Leaf("d", Part.ANSWER, 1)], None, ["twice"]),
        ([*WHOLE, Leaf("e", Part.BACK, 7)], Pile(5, 1), ["back-alone", "one-sided"]),
        (
            [
                *WHOLE,
                *(Leaf(page, Part.BACK, 2) for page in "ef"),
                *(Leaf(page, Part.BACK, 0) for page in "gh"),
            ],
            Pile(4, 2),
            ["backs"],
        ),
        (WHOLE, Pile(5, 1), ["pages"]),
        (WHOLE, Pile(4, 2), ["pages"]),
    ],
)
def test_what_does_not_add_up_is_named(
    leaves: list[Leaf], pile: Pile | None, codes: list[str]
) -> None:
    assert odd(leaves, pile=pile) == codes


def test_notebooks_and_extra_sheets_are_held_against_the_journal() -> None:
    assert odd(WHOLE, counted={Kind.NOTEBOOK: 1, Kind.BRAILLE_SHEET: 2}) == ["count"]
    assert odd(WHOLE, counted={Kind.NOTEBOOK: 0, Kind.BRAILLE_SHEET: 0}) == ["count"]


def test_braille_on_a_page_that_is_left_out_is_said() -> None:
    leaves = [*WHOLE, Leaf("e", Part.NOT_PART)]
    seen = looks("not braille", "braille", "braille", "braille", "braille")
    assert odd(leaves, seen, Pile(4, 1)) == ["left-out"]
    dents = [*seen[:4], Look("e", "braille", mirrored=True)]
    assert odd(leaves, dents, Pile(4, 1)) == [], "dents of the other side are no writing"
    assert odd([*WHOLE, Leaf("e", Part.DRAFT)], seen, Pile(4, 1)) == [], "a draft is written on"


@pytest.mark.parametrize(("typed", "counts"), [("", True), ("⠃", False)])
def test_cells_that_nobody_typed_count_against_the_word_before_them(
    typed: str, counts: bool
) -> None:
    # «дом кот»: the machine saw a cell between the words, or another first cell of «кот».
    seen = essays.Place(1, 1, 5, typed, "⠁", False, characters=(4, 4))
    said = {span: opinions._words([seen], span) for span in ((0, 3), (4, 7))}
    agree = gettext(VERDICT_NAMES["agree"])
    assert said[4, 7] != agree and (said[0, 3] != agree) is counts
