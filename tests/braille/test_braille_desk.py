"""The tiflo-translators' journey: from the entry in any alphabet to the sealed key-in and the
second opinion."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.braille.cells import to_brf, to_unicode
from examday.braille.encode import encode
from examday.domain.errors import Conflict
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Exam, Person, Reading, Room, Seat

ANSWERS = {"1": "кислород", "2": "135", "4": "мел"}


@pytest.fixture
def work(store: Store, add_person: Callable[..., Person]) -> str:
    """A Braille work whose original is scanned; the machine has read it with one slip in answer 2."""
    for login, roles in {
        "head": (Role.SITE_HEAD,),
        "translator": (Role.BRAILLE_TRANSCRIBER,),
        "translator2": (Role.BRAILLE_TRANSCRIBER,),
        "chair": (Role.BRAILLE_CHAIR,),
        "gek": (Role.EXAM_BOARD_MEMBER,),
        "organiser": (Role.ROOM_ORGANISER,),
    }.items():
        add_person(store, login, *roles)
    with store.begin(Actor.system("test")) as uow:
        exam = uow.add(
            Exam(
                date=dt.date(2026, 6, 4),
                kind="ege",
                subject="01",
                site_code="0001",
                region="77",
                tasks=5,
                long_tasks=[6],
            )
        )
        room = uow.add(Room(site_code="0001", number="0101"))
        candidate = uow.add(
            Candidate(
                code="C-1", surname="Учебный", needs=["blind", "braille"], school_code="000417"
            )
        )
        uow.session.flush()
        seat = uow.add(
            Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place="1А")
        )
        uow.session.flush()
        booklet = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=exam.id,
                medium="braille",
                code="2675000181771",
                state="scanned",
                since=uow.now(),
            )
        )
        uow.session.flush()
        lines = [
            {
                "cells": [
                    {
                        "d": cell,
                        "c": 0.99,
                        "b": [0, 0, 9, 9],
                        "p": [0.99 if cell >> i & 1 else 0.01 for i in range(6)],
                    }
                    for cell in row
                ]
            }
            for row in cells_of({**ANSWERS, "2": "99134"})
        ]
        content = {
            "fields": {},
            "pages": [{"page": "x", "kind": "braille", "lines": lines, "warnings": []}],
        }
        uow.add(
            Reading(
                booklet_id=booklet.id,
                version=1,
                source="machine:original",
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
        )
        uow.record("test:prepare", f"booklet:{booklet.id}")
        return booklet.id


def cells_of(answers: dict[str, str]) -> list[tuple[int, ...]]:
    return [(*encode(task), 0, *encode(text, "none")) for task, text in answers.items()]


def typed(alphabet: str) -> str:
    rows = cells_of(ANSWERS)
    if alphabet == "unicode":
        return "\n".join(to_unicode(row) for row in rows)
    if alphabet == "brf":
        return "\n".join(to_brf(row) for row in rows)
    return "\n".join(f"{task} {text}" for task, text in ANSWERS.items())


def at_desk(browser: Any, store: Store, login: str, work: str, part: str) -> Any:
    visit = browser()
    visit.log_in(login)
    from examday.services.people.directory import actor_of, by_login
    from examday.services.transfer import assignments

    with store.read() as uow:
        actor = actor_of(by_login(uow, login))  # type: ignore[arg-type]
    with store.begin(actor) as uow:
        assignments.take(uow, work, part)
    return visit


def send(visit: Any, url: str, page: str, **data: Any) -> Any:
    """Send a form as the page gives it out, with the version of the work that it shows."""
    found = re.search(r'name="row_version" value="(\d+)"', visit.get(page).get_data(as_text=True))
    return visit.post(
        url,
        {"row_version": found.group(1) if found else "", **data},
        follow_redirects=True,
    )


def hand_in(visit: Any, work: str, text: str, **more: str) -> Any:
    """Type, go to the answers, choose the first reading of each, hand in."""
    desk = f"/braille/{work}"
    answer = send(visit, desk, desk, text=text, action="answers")
    assert answer.status_code == 200, answer.get_data(as_text=True)[-3000:]
    data: dict[str, Any] = {"row": [str(n) for n in range(len(ANSWERS))]}
    for number, (task, value) in enumerate(ANSWERS.items()):
        data |= {f"task-{number}": task, f"reading-{number}": value}
    return send(visit, f"{desk}/hand-in", f"{desk}/answers", **data, **more)


@pytest.mark.parametrize("alphabet", ["unicode", "brf", "text"])
def test_every_alphabet_leads_to_the_same_answers(
    work: str, store: Store, browser: Any, alphabet: str
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    send(visit, desk, desk, text=typed(alphabet), action="save")
    shown = visit.get(f"{desk}/answers").get_data(as_text=True)
    for said in ("кислород", "135", "мел", "Задание 3", "Задание 5"):
        assert said in shown, said
    done = hand_in(visit, work, typed(alphabet)).get_data(as_text=True)
    assert "Ваш ввод запечатан" in done or "запечатан" in done
    with store.read() as uow:
        reading = uow.session.query(Reading).filter_by(source="first").one()
    assert reading.content["fields"]["2"]["text"] == "135"
    assert reading.content["fields"]["3"]["mark"] == "blank"
    assert reading.content["braille"] == typed(alphabet), "what was typed is kept as it was"


@pytest.mark.release
def test_a_header_that_the_plan_does_not_know_is_asked_on_the_page(
    work: str, store: Store, browser: Any
) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).exam.region = ""
        uow.record("test:exam", f"booklet:{work}")
    visit = at_desk(browser, store, "translator", work, "first")
    region = "v:header:region"
    for sent, said in (
        ({}, "введите это или отметьте"),
        ({region: "50", "m:header:region": "blank"}, "Оставьте то, что верно"),
        ({region: "5О"}, "укажите, почему"),
    ):
        refused = hand_in(visit, work, typed("text"), **sent)
        page = refused.get_data(as_text=True)
        assert refused.status_code == 400
        assert f'href="#{region}">Код региона: ' in page, (
            "the summary names the field and leads there"
        )
        [entry] = re.findall(rf'<input id="{region}"[^>]*>', page)
        assert 'aria-invalid="true"' in entry and f'aria-describedby="{region}-error' in entry
        assert f'value="{sent.get(region, "")}"' in entry, "what was typed is kept"
        assert re.search(rf'id="{region}-error">.*?{said}', page, re.S), "told at the field"
        assert ('name="r:header:region"' in page) is (sent == {region: "5О"})
        assert "<details open" not in page and " open>" not in page, "no answer is opened for it"
        assert "v:header:subject" not in page, "what the plan knows is not asked"
    hand_in(visit, work, typed("text"), **{region: "50"})
    with store.read() as uow:
        fields = uow.session.query(Reading).filter_by(source="first").one().content["fields"]
    assert fields["header:region"]["text"] == "50"


@pytest.mark.parametrize(
    ("sent", "at", "place"),
    [
        ({"other-2": "мел?"}, "reason-2", 2),
        ({"task-1": "4"}, "task-1", 1),
    ],
)
def test_a_refusal_leads_to_its_answer_and_leaves_the_others_folded(
    work: str, store: Store, browser: Any, sent: dict[str, str], at: str, place: int
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    send(visit, desk, desk, text=typed("text"), action="save")
    rows: dict[str, Any] = {"row": ["0", "1", "2"]}
    for number, (task, value) in enumerate(ANSWERS.items()):
        rows |= {f"task-{number}": task, f"reading-{number}": value, f"line-{number}": number + 1}
    page = send(visit, f"{desk}/hand-in", f"{desk}/answers", **{**rows, **sent}).get_data(True)
    assert f'href="#{at}">Задание 4: ' in page, "the summary names the answer and leads there"
    [entry] = re.findall(rf'<(?:input|select) id="{at}"[^>]*>', page)
    assert 'aria-invalid="true"' in entry and f'aria-describedby="{at}-error' in entry
    assert 'class="plain-answers" open' in page, "nothing that is named is folded away"
    assert f'name="reason-{place}"' in page and 'name="reason-0"' not in page


def test_the_machine_speaks_only_after_the_person(work: str, store: Store, browser: Any) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    for page in (f"/braille/{work}", f"/braille/{work}/answers"):
        assert "99134" not in visit.get(page).get_data(as_text=True)
    assert visit.get(f"/braille/{work}/done").status_code == 404
    done = hand_in(visit, work, typed("unicode")).get_data(as_text=True)
    assert "видит другие клетки" in done and "совпадает" in done


def test_the_second_reader_cannot_see_the_first(work: str, store: Store, browser: Any) -> None:
    hand_in(at_desk(browser, store, "translator", work, "first"), work, typed("text"))
    second = at_desk(browser, store, "translator2", work, "second")
    for page in (f"/braille/{work}", f"/braille/{work}/answers", f"/booklets/{work}"):
        assert "кислород" not in second.get(page).get_data(as_text=True).lower()
    hand_in(second, work, typed("unicode"))
    with store.read() as uow:
        assert uow.get(Booklet, work).state == "settled", "where both agree nobody is bothered"


def test_a_line_that_is_no_braille_is_named_and_nothing_is_lost(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    text = typed("unicode") + "\n11-3"
    shown = send(visit, desk, desk, text=text, action="answers")
    said = shown.get_data(as_text=True)
    assert shown.status_code == 400 and "Строка 4" in said and "не Брайль" in said
    assert text.split("\n")[0] in said, "everything that was typed stays"


def test_the_chair_gives_works_out_and_the_rules_refuse(
    work: str, store: Store, browser: Any
) -> None:
    chair = browser()
    chair.log_in("chair")
    with store.read() as uow:
        ids = {person.login: person.id for person in uow.session.query(Person)}
    with store.begin(Actor.system("test")) as uow:
        uow.get(Person, ids["translator2"]).facts = {"schools": ["000417"]}
        uow.record("test:facts", "person:translator2")
    refused = chair.post(
        "/commission/give",
        {"work": work, "part": "first", "person": ids["translator2"]},
    )
    assert refused.status_code == 409 and "школе участника" in refused.get_data(as_text=True)
    assert f'href="#g-first-{work}"' in refused.get_data(as_text=True)
    kept = re.sub(r"<[^>]+>", "", chair.get("/commission").get_data(as_text=True))
    kept = " ".join(kept.split())
    assert (
        "работа не выдана: Translator2 — 0101-1А, первый ввод: работает в школе участника" in kept
    )
    given = chair.post(
        "/commission/give",
        {"work": work, "part": "first", "person": ids["translator"]},
        follow_redirects=True,
    )
    assert given.status_code == 200
    twice = chair.post(
        "/commission/give",
        {"work": work, "part": "second", "person": ids["translator"]},
    )
    assert twice.status_code == 409 and "другую часть" in twice.get_data(as_text=True)


def test_a_suspension_needs_the_consent_of_an_exam_board_member(
    work: str, store: Store, browser: Any
) -> None:
    chair = browser()
    chair.log_in("chair")
    with store.read() as uow:
        ids = {person.login: person.id for person in uow.session.query(Person)}
    form = {"person": ids["translator"], "text": "спор о чтении", "pin": "2580"}
    for wrong, status, field in (
        ({"consent": ids["organiser"]}, 403, "off-consent"),
        ({"consent": ids["gek"], "pin": "1111"}, 403, "off-pin"),
        ({"consent": ""}, 400, "off-consent"),
        ({"consent": ids["gek"], "person": ""}, 400, "off-person"),
    ):
        refused = chair.post("/commission/suspend", {**form, **wrong})
        shown = refused.get_data(as_text=True)
        assert refused.status_code == status and f'href="#{field}"' in shown, "it leads there"
        assert "спор о чтении" in shown, "what was typed stays"
    nothing = {name: "" for name in (*form, "consent")}
    shown = chair.post("/commission/suspend", nothing).get_data(as_text=True)
    summary = shown.partition('class="error-summary"')[2].partition("</section>")[0]
    for field in ("off-person", "off-text", "off-consent", "off-pin"):
        assert summary.count(f'href="#{field}"') == 1, "all that is empty is named at once"
    assert "отстранён" in chair.post(
        "/commission/suspend",
        {**form, "consent": ids["gek"]},
        follow_redirects=True,
    ).get_data(as_text=True)
    refused = chair.post(
        "/commission/give",
        {"work": work, "part": "first", "person": ids["translator"]},
    )
    assert refused.status_code == 409


def test_working_time_runs_from_coming_to_going(
    work: str, store: Store, browser: Any, clock: Any
) -> None:
    translator = browser()
    translator.log_in("translator")
    with store.read() as uow:
        me = uow.session.query(Person).filter_by(login="translator").one().id
    translator.post("/commission/note", {"kind": "come", "person": me})
    clock.forward(minutes=50)
    translator.post("/commission/note", {"kind": "go", "person": me})
    clock.forward(minutes=5)
    assert "0 ч 50 мин" in translator.get("/commission").get_data(as_text=True)


@pytest.mark.release
def test_differences_are_settled_with_the_dots_in_view(
    work: str, store: Store, browser: Any, add_person: Callable[..., Person]
) -> None:
    first = at_desk(browser, store, "translator", work, "first")
    hand_in(first, work, typed("text"))
    second = at_desk(browser, store, "translator2", work, "second")
    other = {**ANSWERS, "2": "99134"}
    desk = f"/braille/{work}"
    send(second, desk, desk, text="\n".join(f"{t} {a}" for t, a in other.items()), action="answers")
    data: dict[str, Any] = {"row": ["0", "1", "2"]}
    for number, (task, value) in enumerate(other.items()):
        data |= {f"task-{number}": task, f"reading-{number}": value}
    send(second, f"{desk}/hand-in", f"{desk}/answers", **data)
    add_person(store, "third", Role.BRAILLE_TRANSCRIBER)
    third = at_desk(browser, store, "third", work, "arbiter")
    page = f"/settle/{work}"
    assert "⠼⠊⠊⠁⠉⠙" not in third.get(page).get_data(as_text=True), "no cells before the own reading"
    send(third, f"{page}/own", page, action="own", **{"v:2": "134"})
    shown = third.get(page).get_data(as_text=True)
    assert "⠼⠊⠊⠁⠉⠙" in shown and "3456" in shown
    assert "даёт клетки, которые увидела программа" in shown and "даёт другие клетки" in shown


ESSAY = ["6 Он вернулся домой", "12 апреля 1961 года", "и удивился."]


def as_shown(page: str) -> dict[str, Any]:
    """The answers as the page offers them, to be sent back unchanged."""
    rows = re.findall(r'name="row" value="(\d+)"', page)
    lines = {f"line-{n}": re.search(rf'name="line-{n}" value="(\d+)"', page).group(1) for n in rows}  # type: ignore
    tasks = {
        f"task-{n}": (
            re.search(rf'id="task-{n}".*?value="([^"]*)" selected', page, re.S) or [0, ""]
        )[1]
        for n in rows
    }
    readings = {
        f"reading-{n}": (
            re.search(rf'name="reading-{n}" value="([^"]*)"(?: checked)?>', page) or [0, ""]
        )[1]
        for n in rows
    }
    return {
        "row": rows,
        "on": re.findall(r'name="on" value="(\d+)"', page),
        **lines,
        **tasks,
        **readings,
    }


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_every_line_of_a_pasted_braille_file_is_braille(
    work: str, store: Store, browser: Any, spelling: Callable[[str], str]
) -> None:
    """A line of Braille ASCII may be Latin letters and nothing else."""
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    pasted = spelling(
        "\f".join(
            "\n".join(to_brf(encode(line, "none")) for line in page)
            for page in (("1 азот", "6 он вернулся домой"), ("и удивился",))
        )
    )
    send(visit, desk, desk, text=pasted, action="save")
    page = visit.get(f"{desk}/answers").get_data(as_text=True)
    assert "азот" in page and "он вернулся домой и удивился" in page
    above, line = pasted.replace("\f", "\n").rsplit("\n", 1)
    strip = visit.post(f"{desk}/line", {"line": line, "before": above, "number": "3"}).get_data(
        as_text=True
    )
    assert "клетка 3: точки 1 3 6, у" in strip


@pytest.mark.parametrize("embossed", [False, True])
def test_a_line_of_an_essay_that_begins_with_a_number_goes_on_with_the_essay(
    work: str, store: Store, browser: Any, embossed: bool
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    text = "\n".join(
        to_unicode(encode(line)) if embossed else line for line in ["1 кислород", *ESSAY]
    )
    send(visit, desk, desk, text=text, action="save")
    shown = visit.get(f"{desk}/answers").get_data(as_text=True)
    first = as_shown(shown)
    assert first["task-2"] == "", "the program takes it for a task that the exam does not have"
    joined = send(
        visit, f"{desk}/hand-in", f"{desk}/answers", **{**first, "task-0": "2", "task-2": "+"}
    )
    page = joined.get_data(as_text=True)
    assert "Строки соединены" in page, "nothing is sealed before it was looked at"
    assert as_shown(page)["task-0"] == "2", "what was chosen before stays chosen"
    send(visit, f"{desk}/hand-in", f"{desk}/answers", **as_shown(page))
    with store.read() as uow:
        fields = uow.session.query(Reading).filter_by(source="first").one().content["fields"]
    assert (
        " ".join(fields["long:6"]["text"].split())
        == "Он вернулся домой 12 апреля 1961 года и удивился."
    )
    assert fields["2"]["text"] == "КИСЛОРОД"


def test_of_two_answers_for_one_task_none_wins_by_its_place(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    send(visit, desk, desk, text="1 кислород\n2 135\n2 136", action="save")
    rows = as_shown(visit.get(f"{desk}/answers").get_data(as_text=True))
    refused = send(visit, f"{desk}/hand-in", f"{desk}/answers", **{**rows, "other-0": "азот"})
    said = refused.get_data(as_text=True)
    assert refused.status_code == 400 and "больше одного ответа: 2" in said
    assert "азот" in said, "what was typed stays"
    rows = {**as_shown(said), "task-1": ""}
    send(visit, f"{desk}/hand-in", f"{desk}/answers", **rows)
    with store.read() as uow:
        assert (
            uow.session.query(Reading)
            .filter_by(source="first")
            .one()
            .content["fields"]["2"]["text"]
            == "136"
        )


@pytest.mark.release
def test_a_long_answer_with_a_sign_that_braille_does_not_have_is_handed_in_and_compared(
    work: str, store: Store, browser: Any, add_person: Callable[..., Person]
) -> None:
    add_person(store, "third", Role.BRAILLE_TRANSCRIBER)
    with store.begin(Actor.system("test")) as uow:
        read = [*cells_of(ANSWERS), *(encode(line, "none") for line in ("6 люблю мир", "и дом"))]
        lines = [{"cells": [{"d": cell, "c": 0.99} for cell in row]} for row in read]
        content = {
            "fields": {},
            "pages": [{"page": "x", "kind": "braille", "lines": lines, "warnings": []}],
        }
        uow.add(
            Reading(
                booklet_id=work,
                version=1,
                round=2,
                source="machine:original",
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
        )
        uow.record("test:essay", f"booklet:{work}")
    shown = []
    for who, part, text in (
        ("translator", "first", "люблю мир ♥ и дом"),
        ("translator2", "second", "люблю мор и дом"),
    ):
        visit = at_desk(browser, store, who, work, part)
        desk = f"/braille/{work}"
        send(visit, desk, desk, text=f"{typed('text')}\n6 {text}", action="save")
        rows = as_shown(visit.get(f"{desk}/answers").get_data(as_text=True))
        shown.append(
            send(visit, f"{desk}/hand-in", f"{desk}/answers", **rows).get_data(as_text=True)
        )
    assert "для «♥» нет знака Брайля" in shown[0] and "Текст даёт прочитанные клетки" in shown[0]
    assert (
        "страница 1, строка 4, клетка 11" in shown[1] and shown[1].count("страница 1, строка") == 1
    )
    third = at_desk(browser, store, "third", work, "arbiter")
    page = f"/settle/{work}"
    asked = third.get(page).get_data(as_text=True)
    assert "люблю" in asked and "и дом" in asked and "мор" not in asked and "♥" not in asked
    send(third, f"{page}/own", page, action="own", **{"v:long:6/1": "мир"})
    said = third.get(page).get_data(as_text=True)
    assert (
        "даёт другие клетки: введено" in said and "даёт клетки, которые увидела программа" in said
    )


@pytest.mark.parametrize(
    "fact", [{"schools": ["000417"]}, {"teaches": ["01"]}, {"relatives": ["C-1"]}]
)
def test_nobody_takes_a_work_that_the_chair_could_not_give_them(
    work: str, store: Store, browser: Any, fact: dict[str, Any]
) -> None:
    with store.begin(Actor.system("test")) as uow:
        person = uow.session.query(Person).filter_by(login="translator").one()
        person.facts = fact
        uow.record("test:facts", "person:translator")
    with pytest.raises(Conflict, match="may not get this work"):
        at_desk(browser, store, "translator", work, "first")
    visit = browser()
    visit.log_in("translator")
    offered = visit.post("/work/next/keyin", follow_redirects=True).get_data(as_text=True)
    assert "Запись тетради" not in offered
    assert (
        at_desk(browser, store, "translator2", work, "first").get(f"/braille/{work}").status_code
        == 200
    )


def test_what_a_suspended_translator_holds_is_free_for_a_colleague(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    chair = browser()
    chair.log_in("chair")
    with store.read() as uow:
        ids = {person.login: person.id for person in uow.session.query(Person)}
    chair.post(
        "/commission/suspend",
        {
            "person": ids["translator"],
            "text": "спор о чтении",
            "pin": "2580",
            "consent": ids["gek"],
        },
    )
    assert "Запись тетради" not in visit.get(f"/braille/{work}").get_data(as_text=True)
    with pytest.raises(Conflict, match="suspended"):
        at_desk(browser, store, "translator", work, "first")
    given = chair.post(
        "/commission/give",
        {"work": work, "part": "first", "person": ids["translator2"]},
        follow_redirects=True,
    )
    assert given.status_code == 200 and "выдана, первый ввод" in given.get_data(as_text=True)


@pytest.mark.parametrize("part", ["first", "second"])
def test_the_only_chair_takes_no_part_because_nobody_else_could_sign(
    work: str, store: Store, browser: Any, add_person: Callable[..., Person], part: str
) -> None:
    with pytest.raises(Conflict, match="Then nobody could sign"):
        at_desk(browser, store, "chair", work, part)
    add_person(store, "deputy", Role.BRAILLE_DEPUTY)
    at_desk(browser, store, "chair", work, part)
    with pytest.raises(Conflict, match="Then nobody could sign"):
        at_desk(browser, store, "deputy", work, "second" if part == "first" else "first")


HALVES = "6 Он пришёл кое-\nкто знал.\n  Второй абзац\nздесь."


def test_a_hyphen_at_a_line_end_is_asked_once_and_remembered(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    send(visit, desk, desk, text=HALVES, action="save")
    page = visit.get(f"{desk}/answers").get_data(as_text=True)
    assert "В конце строки 1: кое- кто" in page and "через дефис: кое-кто" in page
    refused = send(visit, f"{desk}/hand-in", f"{desk}/answers", **as_shown(page))
    assert refused.status_code == 400 and "кое-кто" in refused.get_data(as_text=True)
    # Answered while something else is refused: the answer is kept all the same.
    said = {"halves": "1:кое|кто", "break-1": "hyphen", "task-0": "long:6"}
    send(visit, f"{desk}/hand-in", f"{desk}/answers", **{**as_shown(page), **said, "task-0": "+"})
    page = visit.get(f"{desk}/answers").get_data(as_text=True)
    assert "кое-кто знал.\n  Второй абзац здесь." in page and "слитно или через дефис" not in page
    send(visit, f"{desk}/hand-in", f"{desk}/answers", **as_shown(page))
    with store.read() as uow:
        sealed = uow.session.query(Reading).filter_by(source="first").one().content
    assert sealed["fields"]["long:6"]["text"] == "Он пришёл кое-кто знал.\n  Второй абзац здесь."
    assert sealed["grouping"]["breaks"] == {"кое|кто": "hyphen"}


def test_what_is_said_of_a_hyphen_in_a_short_answer_is_what_is_sealed(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    send(visit, desk, desk, text="1 кое-\nкто\n2 135", action="save")
    page = visit.get(f"{desk}/answers").get_data(as_text=True)
    said = {"halves": "1:кое|кто", "break-1": "hyphen"}
    again = send(visit, f"{desk}/hand-in", f"{desk}/answers", **{**as_shown(page), **said})
    page = again.get_data(as_text=True)
    # The row was sent as it stood before the answer: it is shown once more and not sealed.
    assert again.status_code == 400 and 'value="кое-кто"' in page
    send(visit, f"{desk}/hand-in", f"{desk}/answers", **as_shown(page))
    with store.read() as uow:
        sealed = uow.session.query(Reading).filter_by(source="first").one().content
    assert sealed["fields"]["1"]["text"].upper() == "КОЕ-КТО"


def test_answers_without_a_question_are_folded_and_doubtful_ones_stand_first(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    rows = [
        encode("1 кислород"),
        encode("2 135"),
        (*encode("3"), 0, *encode("где")),
        encode("4 мел"),
    ]
    send(visit, desk, desk, text="\n".join(to_unicode(row) for row in rows), action="save")
    page = visit.get(f"{desk}/answers").get_data(as_text=True)
    assert "Без вопросов: 3 ответа" in page and "Проверьте: 1" in page
    # «где» may be a number whose sign was forgotten: both are offered, and it stands before the rest.
    assert page.index("можно прочитать по-разному") < page.index("Без вопросов")


def test_the_entry_and_the_joined_essay_come_as_braille_files(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    desk = f"/braille/{work}"
    text = "\n".join(to_unicode(encode(line, "none")) for line in ("1 азот", "6 эта доб-", "рота"))
    send(visit, desk, desk, text=text, action="save")
    entry = visit.get(f"{desk}/entry.brf").get_data(as_text=True)
    assert entry.split("\n")[0] == to_brf(encode("1 азот", "none"))
    essay = visit.get(f"{desk}/answer-long:6.brf").get_data(as_text=True)
    assert essay.strip() == to_brf(encode("эта доброта", "none"))


def doubtful_lines(visit: Any, desk: str, text: str) -> dict[str, str]:
    """What the key for the next doubtful answer finds: line → what is said there."""
    page = visit.post(f"{desk}/doubts", {"text": text}).get_data(as_text=True)
    return {
        at: " ".join(said.split())
        for at, said in re.findall(r'data-at="(\d+)">(.*?)</li>', page, re.S)
    }


def test_the_next_doubtful_answer_is_named_with_its_line_and_its_readings(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    rows = [encode("1 кислород"), (*encode("2"), 0, *encode("где")), encode("4 мел")]
    text = "\n".join(to_unicode(row) for row in rows)
    found = doubtful_lines(visit, f"/braille/{work}", text)
    assert list(found) == ["2"] and "Задание 2" in found["2"]
    assert "можно прочитать по-разному" in found["2"] and "где" in found["2"]


def test_a_line_that_is_no_braille_is_the_first_doubt(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    found = doubtful_lines(visit, f"/braille/{work}", to_unicode(encode("1 мел")) + "\n11-3")
    assert list(found) == ["2"] and "не Брайль" in found["2"]
