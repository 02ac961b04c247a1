"""A long answer on which two entries differ is cut into what agrees and the places that do not."""

import random

import pytest

from examday.domain.errors import Invalid
from examday.domain.transfer import text_places
from examday.domain.transfer.answers import Choice, Decision, Mark, Value
from examday.domain.transfer.text_places import Asked, ByPlace, Cut, Place, asked, cut

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
        (Value(ESSAY), Value(" \n"), text_places.EMPTY),
        (Value(" \n"), Value(ESSAY), text_places.EMPTY),
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
    back = Decision(Value("Добре"), Choice.FIRST, reason="вижу о")
    assert decided(found, back, left).result(Value(), Value()) == whole.result(Value(), Value())
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
    bare = Decision(Value("Добре"), Choice.FIRST), Decision(Value("людёй."), Choice.SECOND)
    with pytest.raises(Invalid) as both:
        decided(found, *bare).result(Value(), Value())
    assert both.value.params["fields"] == ["long:6/1", "long:6/2"], "a page each otherwise"


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


def place(number: int, first: str, second: str, before: str, after: str) -> Place:
    return Place(f"long:6/{number}", number, Value(first), Value(second), before, after)


CAT, DOG = Value("Кот спал на окне."), Value("Пёс спал на полу.")
WORDS = (
    place(1, "Кот", "Пёс", "", " спал на "),
    place(2, "окне.", "полу.", " спал на ", ""),
)


def test_two_agreed_words_keep_two_places_apart_and_each_has_its_text_around_it() -> None:
    assert cut("long:6", CAT, DOG) == Cut("long:6", ("", " спал на ", ""), WORDS)


def test_the_mark_is_kept_where_both_saw_it_and_a_place_of_its_own_where_one_did() -> None:
    outside = Mark.OUTSIDE_FIELD
    found = cut_of(Value(CAT.text, outside), Value(DOG.text, outside))
    assert found == Cut("long:6", ("", " спал на ", ""), WORDS, outside)
    assert found.join({p.id: p.first for p in found.places}) == Value(CAT.text, outside)
    asked_for = Place(
        "long:6/3", 3, Value(text_places.AS_ENTERED), Value("outside_field"), of_mark=True
    )
    assert cut("long:6", CAT, Value(DOG.text, outside)) == Cut(
        "long:6", ("", " спал на ", ""), (*WORDS, asked_for)
    )


def test_a_word_that_one_put_before_all_others_is_looked_for_with_the_next_one() -> None:
    assert pairs(cut_of(" Кот спал тут", "Рыжий Кот спал тут")) == [(" Кот", "Рыжий Кот")]


def test_a_line_that_only_the_first_entry_ends_belongs_to_the_word_before() -> None:
    assert pairs(cut_of("Кот спал тут\n", "Кот спал тут")) == [("тут\n", "тут")]
    assert pairs(cut_of("Кот спал тут", "Кот спал ")) == [("спал тут", "спал ")]
    assert pairs(cut_of("Кот спал ", "Кот спал тут")) == [("спал ", "спал тут")]


def test_how_much_agrees_is_measured_by_the_longer_entry() -> None:
    assert cut("long:6", Value("а б в г"), Value("а ж")) == text_places.UNLIKE
    assert cut("long:6", Value("а ж"), Value("а б в г")) == text_places.UNLIKE


def test_a_word_that_stands_there_hundreds_of_times_is_a_word_like_others() -> None:
    many = ["да"] * 250
    found = cut_of(" ".join(many), " ".join(["нет", *many[1:]]))
    assert pairs(found) == [("да", "нет")], "not «too little in common»"


def test_words_around_a_place_are_the_nearest_ones() -> None:
    assert [text_places.words("а б в", most) for most in (1, 2)] == ["а", "а б"]
    assert text_places.words("а б в", -2) == " б в"


def questions() -> tuple[Asked, dict[str, Value]]:
    """A short field, an essay that is cut, one that is not; the first entry of them."""
    first = {"2": Value("1"), "long:6": CAT, "long:7": Value("Море.")}
    second = {"2": Value("7"), "long:6": DOG, "long:7": Value("Совсем другое.")}
    return asked(first, first, second), first


def test_what_is_asked_stands_in_the_order_of_the_sheet() -> None:
    found, _first = questions()
    essay = Cut("long:6", ("", " спал на ", ""), WORDS)
    assert found == Asked(
        ("2", "long:6/1", "long:6/2", "long:7"),
        {"long:6": essay},
        {"long:7": text_places.UNLIKE},
    )
    assert found.places == {"long:6/1": WORDS[0], "long:6/2": WORDS[1]}


def test_values_and_decisions_of_places_come_together_by_field() -> None:
    found, first = questions()
    values = {
        "2": Value("7"),
        "long:6/1": Value("Лис"),
        "long:6/2": Value("печи."),
        "long:7": Value("Река."),
    }
    whole = {"2": Value("7"), "long:6": Value("Лис спал на печи."), "long:7": Value("Река.")}
    assert found.joined(values) == whole
    said = {key: Decision(value, Choice.OWN) for key, value in values.items()}
    decided_on = found.decisions(said, whole)
    assert list(decided_on) == ["2", "long:7", "long:6"]
    assert (decided_on["2"], decided_on["long:7"]) == (said["2"], said["long:7"])
    apart = {key: said[key] for key in ("long:6/1", "long:6/2")}
    assert decided_on["long:6"] == ByPlace(found.cuts["long:6"], whole["long:6"], apart)


def test_of_two_essays_only_the_one_that_was_read_otherwise_is_decided_as_a_whole() -> None:
    first = {"2": Value("1"), "long:6": CAT, "long:7": CAT, "long:8": Value("Море.")}
    second = {"2": Value("7"), "long:6": DOG, "long:7": DOG, "long:8": Value("Другое.")}
    found = asked(first, first, second)
    read = {"2": Value("1"), "long:6": CAT, "long:7": DOG, "long:8": Value("Море.")}
    by_place = {"long:6/1": Value("Кот"), "long:6/2": Value("окне.")}
    kept = found.given_as(read, by_place)
    both = by_place | {"long:7/1": Value("Кот"), "long:7/2": Value("окне.")}
    assert found.given_as({**read, "long:7": CAT}, both) == found
    assert kept.ids == ("2", "long:6/1", "long:6/2", "long:7", "long:8")
    assert kept.cuts == {"long:6": found.cuts["long:6"]}
    assert kept.whole == {"long:7": text_places.OTHERWISE, "long:8": text_places.UNLIKE}


def test_the_record_of_a_decision_is_whole() -> None:
    found = cut_of(CAT, Value(DOG.text, Mark.OUTSIDE_FIELD))
    own = [Value("Кот"), Value("окне."), Value(text_places.AS_ENTERED)]
    by = {p.id: Decision(value, Choice.OWN) for p, value in zip(found.places, own, strict=True)}
    kept = ByPlace(found, CAT, by).plain("long:6")
    assert (kept["choice"], kept["own"], kept["reason"]) == (
        "places",
        {"text": CAT.text, "mark": None},
        "",
    )
    assert [
        (p["place"], p["before"], p["after"], p["of_mark"], p["first"], p["second"], p["value"])
        for p in kept["places"]
    ] == [
        (
            one.id,
            one.before,
            one.after,
            one.of_mark,
            one.first.plain(one.id),
            one.second.plain(one.id),
            value.plain(one.id),
        )
        for one, value in zip(found.places, own, strict=True)
    ]
    assert [p["decision"]["choice"] for p in kept["places"]] == ["own", "own", "own"]
