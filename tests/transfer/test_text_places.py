"""A long answer on which two entries differ is cut into what agrees and the places that do not."""

import random

import pytest

from examday.domain.errors import Invalid
from examday.domain.transfer import text_places
from examday.domain.transfer.answers import Choice, Decision, Mark, Value
from examday.domain.transfer.text_places import Asked, ByPlace, Cut, asked, cut

ESSAY = "  Добро не ждёт награды.\n  Оно приходит само, и мы узнаём его по делам людей."


def cut_of(first: str | Value, second: str | Value) -> Cut:
    one, other = (v if isinstance(v, Value) else Value(v) for v in (first, second))
    found = cut("long:6", one, other)
    assert isinstance(found, Cut), found
    return found


def pairs(found: Cut) -> list[tuple[str, str]]:
    return [(place.first.text, place.second.text) for place in found.places]


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        ("награды", "награда", ("награды.", "награда.")),
        ("само, и", "само и", ("само,", "само")),
        ("не ждёт", "ждёт", ("Добро не", "Добро")),
        ("  Добро", "Добро", ("  Добро", "Добро")),
        ("награды.\n  Оно", "награды. Оно", ("награды.\n  Оно", "награды. Оно")),
        ("награды.\n  Оно", "награды.\nОно", ("награды.\n  Оно", "награды.\nОно")),
        ("людей.", "людей.\n", ("людей.", "людей.\n")),
        ("делам людей.", "делам.", ("делам людей.", "делам.")),
    ],
)
def test_only_the_differing_words_are_a_place(was: str, now: str, place: tuple[str, str]) -> None:
    found = cut_of(ESSAY, ESSAY.replace(was, now))
    assert pairs(found) == [place]


def test_places_with_too_little_between_them_are_one() -> None:
    changed = ESSAY.replace("ждёт", "ждет").replace("Оно", "Он")
    assert pairs(cut_of(ESSAY, changed)) == [("ждёт награды.\n  Оно", "ждет награды.\n  Он")]
    apart = ESSAY.replace("Добро", "Добра").replace("людей", "людеи")
    assert len(cut_of(ESSAY, apart).places) == 2


def test_whichever_entry_is_chosen_at_every_place_it_comes_out_sign_by_sign() -> None:
    dice = random.Random(16)
    for _ in range(3000):
        one = "".join(dice.choice(("а ", "б\n", "в  ", "г, ", "\n  ", "дом")) for _ in range(20))
        other = "".join(sign for sign in one if dice.random() > 0.05) + dice.choice(("", " ", "х"))
        found = cut("long:6", Value(one), Value(other))
        if one == other or isinstance(found, str):
            continue
        assert found.join({place.id: place.first for place in found.places}) == Value(one)
        assert found.join({place.id: place.second for place in found.places}) == Value(other)
        for place in found.places:
            assert place.first.text.strip() and place.second.text.strip(), "something to find"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (Value(ESSAY), Value(mark=Mark.BLANK), text_places.EMPTY),
        (Value(ESSAY), Value(mark=Mark.CROSSED_OUT), text_places.EMPTY),
        (Value(ESSAY), Value(mark=Mark.ILLEGIBLE), text_places.EMPTY),
        (Value(ESSAY), Value("Совсем другое сочинение о море."), text_places.UNLIKE),
        (Value("один два три\fчетыре"), Value("один два три четыре"), text_places.SHEETS),
    ],
)
def test_what_cannot_be_cut_is_asked_about_as_a_whole_and_says_why(
    first: Value, second: Value, why: str
) -> None:
    assert cut("long:6", first, second) == why
    questions = asked(["2", "long:6"], {"2": Value("1"), "long:6": first}, {"long:6": second})
    assert questions.ids == ("2", "long:6") and questions.whole == {"long:6": why}


def test_a_mark_that_only_one_saw_is_a_question_and_nobody_types_the_text() -> None:
    found = cut_of(Value(ESSAY), Value(ESSAY, Mark.ILLEGIBLE))
    (place,) = found.places
    assert place.of_mark and pairs(found) == [("as entered", "illegible")]
    assert found.join({place.id: place.first}) == Value(ESSAY)
    assert found.join({place.id: place.second}) == Value(ESSAY, Mark.ILLEGIBLE)
    for said in ("blank", "nonsense"):
        with pytest.raises(Invalid):
            found.join({place.id: Value(said)})


def test_a_place_that_nobody_can_read_makes_the_answer_illegible() -> None:
    found = cut_of(ESSAY, ESSAY.replace("награды", "награда"))
    (place,) = found.places
    whole = found.join({place.id: Value("наг", Mark.ILLEGIBLE)})
    assert whole == Value(ESSAY.replace("награды.", "наг"), Mark.ILLEGIBLE)
    with pytest.raises(Invalid):
        found.join({place.id: Value("", Mark.BLANK)})


def decided(found: Cut, *decisions: Decision) -> ByPlace:
    by = {place.id: one for place, one in zip(found.places, decisions, strict=False)}
    return ByPlace(found, Value(ESSAY), by)


def test_each_place_is_decided_by_itself_and_the_record_keeps_its_words() -> None:
    found = cut_of(ESSAY, ESSAY.replace("Добро", "Добра").replace("людей", "людеи"))
    own = Decision(Value("Добро"), Choice.OWN)
    left = Decision(Value("людёй."), Choice.SECOND, reason="вижу и")
    whole = decided(found, own, left)
    assert whole.result(Value(), Value()) == Value(ESSAY.replace("людей", "людеи"))
    kept = whole.plain("long:6")
    assert kept["choice"] == "places"
    first, last = kept["places"]
    assert (first["after"], last["before"]) == (
        " не ждёт награды.\n  Оно приходит само,",
        " мы узнаём его по делам ",
    )
    assert last["value"] == {"text": "людеи.", "mark": None} and last["decision"]["reason"]


def test_leaving_the_own_reading_at_a_place_needs_its_reason_and_names_the_place() -> None:
    found = cut_of(ESSAY, ESSAY.replace("Добро", "Добра").replace("людей", "людеи"))
    own = Decision(Value("Добро"), Choice.OWN)
    with pytest.raises(Invalid) as refused:
        decided(found, own, Decision(Value("людёй."), Choice.SECOND)).result(Value(), Value())
    assert refused.value.code == "no-reason" and refused.value.params["fields"] == ["long:6/2"]
    assert decided(found, own).missing == ["long:6/2"]


def test_an_own_reading_that_was_given_of_the_whole_text_is_decided_as_a_whole() -> None:
    first, second = {"long:6": Value(ESSAY)}, {"long:6": Value(ESSAY.replace("само", "сама"))}
    questions: Asked = asked(["long:6"], first, second)
    assert questions.ids == ("long:6/1",)
    read = {"long:6/1": Value("само,")}
    assert questions.given_as(first, read) == questions
    for fields, places in ((first, {}), (second, read), (first, {"long:6/2": Value("само,")})):
        whole = questions.given_as(fields, places)
        assert whole.ids == ("long:6",) and whole.whole == {"long:6": text_places.OTHERWISE}


def test_each_place_is_found_again_in_the_text_that_was_joined() -> None:
    found = cut_of("Кот спал на окне.", "Пёс спал на полу.")
    values = {
        place.id: Value(text) for place, text in zip(found.places, ("Лис", "печи."), strict=True)
    }
    whole = found.join(values).text
    spans = found.spans(values)
    assert whole == "Лис спал на печи."
    assert [whole[start:end] for start, end in spans.values()] == ["Лис", "печи."]
    assert list(spans) == [place.id for place in found.in_text]


def test_an_entry_that_says_there_is_no_text_is_not_cut_whatever_it_holds() -> None:
    said = cut("long:6", Value("Кот спал."), Value("Кот спал.", mark=Mark.BLANK))
    assert said == text_places.EMPTY
