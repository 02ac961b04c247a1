"""The commission states what each scanned page is: order, counts, reasons, and that only answers
are transcribed."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from examday.braille.encode import encode
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Value
from examday.services.braille import commission
from examday.services.braille.notebook import completeness
from examday.services.braille.opinion import second_opinion
from examday.services.people.directory import actor_of, by_login
from examday.services.scans import pictures
from examday.services.scans.deciding import taking_back
from examday.services.scans.showing.desk_order import working_pages
from examday.services.transfer import assignments
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Page, Reading, ScanFile
from examday.web.transfer.desks import notebook
from tests import day

KINDS = ("not braille", "braille", "braille", "braille", "braille")
ANSWERS = ("", "", "2 135", "1 мел", "1 сор")
"""Scanned were title page, data, the second answer page before the first, and a draft of answer 1.
"""


@pytest.fixture
def work(store: Store, add_person: Callable[..., Any]) -> str:
    """A scanned notebook of five pages that the machine has looked at; one notebook by the
    journal."""
    for login, role in {
        "translator": Role.BRAILLE_TRANSCRIBER,
        "translator2": Role.BRAILLE_TRANSCRIBER,
        "stranger": Role.BRAILLE_TRANSCRIBER,
        "chair": Role.BRAILLE_CHAIR,
    }.items():
        add_person(store, login, role)
    key = day.booklet(store, "2675000181771", State.SCANNED, Medium.BRAILLE)
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, key)
        booklet.exam.tasks, booklet.counts = 3, {"braille_notebook": 1}
        file = uow.add(
            ScanFile(name="n.tif", source="upload", sha256="0" * 64, size=9, received_at=uow.now())
        )
        uow.session.flush()
        read = []
        for number, (kind, text) in enumerate(zip(KINDS, ANSWERS, strict=True), 1):
            page = uow.add(
                Page(
                    scan_file_id=file.id,
                    number=number,
                    booklet_id=key,
                    role="original",
                    order=number,
                    state="attached",
                    identity={"width": 1700, "height": 2300},
                    at=uow.now(),
                )
            )
            uow.session.flush()
            task, _blank, answer = text.partition(" ")
            cells = (*encode(task), 0, *encode(answer, "none")) if text else ()
            read.append(
                {
                    "page": page.id,
                    "kind": kind,
                    "warnings": [],
                    "lines": [{"cells": [{"d": cell, "c": 0.99} for cell in cells]}]
                    if text
                    else [],
                }
            )
        content = {"fields": {}, "pages": read}
        uow.add(
            Reading(
                booklet_id=key,
                version=1,
                source="machine:original",
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
        )
        uow.record("test:prepare", f"booklet:{key}")
    return key


def at_desk(browser: Any, store: Store, login: str, work: str, part: str = "") -> Any:
    visit = browser()
    visit.log_in(login)
    with store.read() as uow:
        actor = actor_of(by_login(uow, login))  # type: ignore[arg-type]
    if part:
        with store.begin(actor) as uow:
            assignments.take(uow, work, part)
    return visit


def scans(store: Store, work: str) -> list[str]:
    with store.read() as uow:
        return [page.id for page in pictures.pages_of(uow, uow.get(Booklet, work), "original")]


def state(visit: Any, store: Store, work: str, said: str, **more: Any) -> Any:
    """State the pages: «title data answer:2 answer:1 draft»; the counts of the right pile unless
    told."""
    form: dict[str, Any] = {
        "braille_notebook": "1",
        "braille_sheet": "0",
        "sheets": "4",
        "sides": "1",
    }
    for page, word in zip(scans(store, work), said.split(), strict=False):
        part, _colon, number = word.partition(":")
        form |= {f"part:{page}": part, f"number:{page}": number}
    shown = visit.get(f"/braille/{work}/pages").get_data(as_text=True)
    found = re.search(r'name="rounds" value="(\d+)"', shown)
    return visit.post(
        f"/braille/{work}/pages",
        {"rounds": found.group(1) if found else "", **form, **more},
        follow_redirects=True,
    )


RIGHT = "title data answer:2 answer:1 draft"


def test_nobody_transcribes_before_the_pages_are_stated(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    led = visit.get(f"/braille/{work}")
    assert led.status_code == 303 and led.headers["Location"].endswith("/pages")
    shown = visit.get(f"/braille/{work}/pages").get_data(as_text=True)
    assert "не брайль" in shown and "Предлагаемый порядок" in shown
    said = re.sub(r"<[^>]*>", " ", shown).lower()
    assert not [read for read in ("⠼", "мел", "сор") if read in said.split()], (
        "what the machine read stays sealed"
    )
    refused = visit.post(
        f"/braille/{work}/hand-in",
        {"row": ["0"], "task-0": "1", "reading-0": "мел"},
    )
    assert refused.status_code == 409 and "Опись страниц этой тетради" in refused.get_data(
        as_text=True
    )
    assert "Опись страниц записана" in state(visit, store, work, RIGHT).get_data(as_text=True)
    assert visit.get(f"/braille/{work}").status_code == 200


def test_only_answer_pages_are_shown_and_compared_in_the_stated_order(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    assert state(visit, store, work, RIGHT).status_code == 200
    pages = scans(store, work)
    desk = visit.get(f"/braille/{work}").get_data(as_text=True)
    assert pages[3] in desk and not [
        page for page in (pages[0], pages[1], pages[4]) if page in desk
    ]
    with store.read() as uow:
        booklet = uow.get(Booklet, work)
        assert [page.id for page in working_pages(uow, booklet, "original")] == [
            pages[3],
            pages[2],
        ]
        opinion = second_opinion.second_opinion(uow, work, {"1": Value("СОР")})
        assert opinion is not None and opinion.outcomes["1"].name == "differs", (
            "the draft does not count"
        )


def test_a_stated_page_that_was_taken_away_lies_on_no_desk(
    work: str, store: Store, browser: Any, add_person: Callable[..., Any]
) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    assert state(visit, store, work, RIGHT).status_code == 200
    pages = scans(store, work)
    with store.begin(actor_of(add_person(store, "head", Role.SITE_HEAD))) as uow:
        taking_back.detach(uow, pages[3], "Чужой лист")
    with store.read() as uow:
        left = working_pages(uow, uow.get(Booklet, work), "original")
    assert [page.id for page in left] == [pages[2]]
    assert pages[3] not in visit.get(f"/braille/{work}").get_data(as_text=True)


def test_what_does_not_add_up_is_said_and_needs_a_reason(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "chair", work)
    wrong = state(
        visit,
        store,
        work,
        "title answer:1 answer:1 answer:3 not_part",
        sheets="6",
        braille_sheet="2",
    )
    said = wrong.get_data(as_text=True)
    assert wrong.status_code == 400
    for words in (
        "Нет страницы с данными участника",
        "Номер страницы ответов 1 стоит у двух страниц",
        "Нет страницы ответов 2",
        "страниц должно быть 6, а в работе их 4",
        "Скан 5 указан как",
        "в конверте 2",
    ):
        assert words in said, words
    # what was entered stays, as a refusal loses nothing; the reason is asked for
    assert 'name="sheets" type="text" value="6"' in said and 'id="reason"' in said
    taken = state(
        visit,
        store,
        work,
        "title answer:1 answer:1 answer:3 not_part",
        sheets="6",
        braille_sheet="2",
        reason="страница ответов 2 испорчена при сканировании, данные вписаны на титульной",
    )
    assert taken.status_code == 200
    with store.read() as uow:
        [note] = commission.statements(uow, work)
        event = uow.session.query(EventRow).filter_by(kind="commission:pages").one()
    assert note.text.startswith("страница ответов 2") and "gap" in note.facts["oddities"]
    assert scans(store, work)[3] in event.data and event.subject == f"booklet:{work}"


def test_no_page_is_left_out_in_silence(work: str, store: Store, browser: Any) -> None:
    visit = at_desk(browser, store, "chair", work)
    for said, more in (
        ("title data answer:2 answer:1", {}),
        ("title data answer answer:1 draft", {}),
        (RIGHT, {"sheets": ""}),
        (RIGHT, {"braille_sheet": "много"}),
    ):
        assert state(visit, store, work, said, reason="так и есть", **more).status_code == 400
    with store.read() as uow:
        assert commission.statements(uow, work) == []


def test_a_page_that_comes_later_opens_the_statement_again(
    work: str, store: Store, browser: Any
) -> None:
    state(at_desk(browser, store, "translator", work, "first"), store, work, RIGHT)
    with store.begin(Actor.system("test")) as uow:
        page = uow.get(Page, scans(store, work)[0])
        uow.add(
            Page(
                scan_file_id=page.scan_file_id,
                number=9,
                booklet_id=work,
                role="original",
                order=9,
                state="attached",
                identity={"width": 1700, "height": 2300},
                at=uow.now(),
            )
        )
        uow.record("test:page", f"booklet:{work}")
    with store.read() as uow:
        assert not completeness.is_stated(uow, uow.get(Booklet, work))


def test_a_colleague_who_was_faster_is_not_overwritten(
    work: str, store: Store, browser: Any
) -> None:
    chair = at_desk(browser, store, "chair", work)
    state(chair, store, work, RIGHT)
    assert state(chair, store, work, RIGHT, rounds="0").status_code == 409


def test_after_a_key_in_a_change_needs_its_reason(work: str, store: Store, browser: Any) -> None:
    visit = at_desk(browser, store, "translator", work, "first")
    state(visit, store, work, RIGHT)
    with store.begin(Actor.system("test")) as uow:
        uow.add(
            Reading(
                booklet_id=work,
                version=1,
                source="first",
                content={"fields": {}},
                sha256="0" * 64,
                at=uow.now(),
            )
        )
        uow.record("test:reading", f"booklet:{work}")
    chair = at_desk(browser, store, "chair", work)
    other = "title data answer:1 answer:2 draft"
    assert state(chair, store, work, other).status_code == 400
    assert state(chair, store, work, other, reason="перепутан порядок").status_code == 200


def test_whoever_has_no_part_in_the_work_sees_no_pages(
    work: str, store: Store, browser: Any
) -> None:
    visit = at_desk(browser, store, "stranger", work)
    assert visit.get(f"/braille/{work}/pages").status_code == 404
    assert "нет описи страниц" in visit.get("/commission").get_data(as_text=True)


def test_the_notebook_opens_at_the_page_of_the_answer_in_question() -> None:
    places: Any = {"c:1": SimpleNamespace(page=2)}
    written: Any = {"1": SimpleNamespace(strips=(SimpleNamespace(page=3),))}
    found = [notebook._page_of(asked, places, written) for asked in ("c:1", "1", "2")]
    assert found == [2, 3, 0], "by its place, by its cells, nowhere"
