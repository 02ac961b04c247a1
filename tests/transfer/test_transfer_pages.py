"""The desks through their real pages, as plain forms: nothing here needs a script."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Value
from examday.reading.decoding import plain
from examday.reading.identify import identify
from examday.services.rules.exam_forms import fields_for, layout_for
from examday.services.scans import pictures
from examday.services.scans.showing.places import page_boxes
from examday.services.transfer import assignments, readings, reopening
from examday.services.transfer.crew import may_take
from examday.services.transfer.settling import own_reading
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, Person
from tests import sheets
from tests.conftest import PIN, Browser
from tests.scenes.desks import compared
from tests.transfer_day import Hands, add_page, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


@pytest.fixture
def at(browser: Callable[[], Browser]) -> Callable[[str], Browser]:
    """A browser in which this person is logged in; one each."""
    known: dict[str, Browser] = {}

    def log_in(login: str) -> Browser:
        if login not in known:
            known[login] = browser()
            known[login].log_in(login)
        return known[login]

    return log_in


def hidden(page: str) -> dict[str, str]:
    """The hidden inputs of a page's desk form."""
    form = page[page.index('id="desk"') :] if 'id="desk"' in page else page
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def text_of(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def send(person: Browser, url: str, **fields: str) -> Any:
    """Fill the desk at `url` and press a button."""
    page = person.get(url).get_data(as_text=True)
    data: dict[str, Any] = {**hidden(page), **fields}
    if fields.get("action", "").startswith("hand_in_blank"):
        data["asked"] = re.findall(r'name="v:([^"]+)"', page)
    return person.client.post(data.pop("to", url), data=data)


def take(crew: Hands, person: Browser, work: str, part: str) -> None:
    answer = person.post(f"/work/{work}/take", {"part": part})
    assert answer.status_code == 303


def key_in(crew: Hands, person: Browser, work: str, part: str, **answers: str) -> Any:
    take(crew, person, work, part)
    fields = {f"v:{k.removeprefix('t')}": v for k, v in answers.items()}
    return send(person, f"/keyin/{work}", action="hand_in_blank", **fields)


def test_a_work_goes_from_key_in_to_verified_through_plain_forms(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work(sheets.kit_code(1))
    assert key_in(crew, at("anna"), work, "first", t1="дом", t2="17").status_code == 303
    assert key_in(crew, at("boris"), work, "second", t1="ДОМ", t2="11").status_code == 303
    take(crew, at("vera"), work, "arbiter")
    own = send(
        at("vera"), f"/settle/{work}", to=f"/settle/{work}/own", action="own", **{"v:2": "17"}
    )
    assert own.status_code == 303
    settled = send(at("vera"), f"/settle/{work}", **{"c:2": "own"})
    # The next work opens by itself: whoever settled it may copy it.
    assert settled.status_code == 303 and settled.headers["Location"] == f"/copying/{work}"
    assert send(at("vera"), f"/copying/{work}").status_code == 303
    crew.scan_copy(work)
    take(crew, at("boris"), work, "verifier")
    seen = {f"s:{f}": "ok" for f in crew.values(work)}
    assert send(at("boris"), f"/verify/{work}", action="hand_in", **seen).status_code == 303
    assert crew.state(work) == "verified"
    with crew.store.read() as uow:
        final = readings.find(uow, uow.get(Booklet, work), "verified")
    assert final is not None and final.content["fields"]["1"]["text"] == "ДОМ"


def test_nothing_the_second_person_can_open_shows_the_first_key_in(
    crew: Hands, at: Callable[[str], Browser], app: Any
) -> None:
    work = crew.work(sheets.kit_code(1))
    key_in(crew, at("anna"), work, "first", t1="ТАЙНОПИСЬ")
    take(crew, at("boris"), work, "second")
    page_id = page_of(crew, work, "original")
    ids = {
        "booklet_id": work,
        "id": work,
        "page_id": page_id,
        "field_id": "1",
        "kind": "keyin",
        "code": sheets.kit_code(1),
    }
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or not rule.arguments <= set(ids):
            continue
        url = rule.build({name: ids[name] for name in rule.arguments})[1]
        for address in (url, f"{url}?version=1", f"{url}?part=first"):
            answer = at("boris").get(address)
            opened += answer.status_code == 200
            assert "ТАЙНОПИСЬ".encode() not in answer.data, address
    assert opened > 8
    assert "ТАЙНОПИСЬ" in text_of(at("anna").get(f"/keyin/{work}/done"))


def test_the_result_page_of_the_first_is_not_there_for_the_second(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    key_in(crew, at("anna"), work, "first", t1="ДОМ")
    assert at("boris").get(f"/keyin/{work}/done").status_code == 404
    take(crew, at("boris"), work, "second")
    assert at("boris").get(f"/keyin/{work}/done").status_code == 404


def test_both_values_appear_only_after_the_own_reading(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    key_in(crew, at("anna"), work, "first", t1="ПОЛКА")
    key_in(crew, at("boris"), work, "second", t1="БАЛКА")
    take(crew, at("vera"), work, "arbiter")
    before = text_of(at("vera").get(f"/settle/{work}"))
    assert "ПОЛКА" not in before and "БАЛКА" not in before
    send(at("vera"), f"/settle/{work}", to=f"/settle/{work}/own", action="own", **{"v:1": "ПАЛКА"})
    after = text_of(at("vera").get(f"/settle/{work}"))
    assert "ПОЛКА" in after and "БАЛКА" in after and "ПАЛКА" in after


@pytest.mark.release
def test_a_decision_without_a_choice_or_reason_names_the_field(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    key_in(crew, at("anna"), work, "first", t1="ПОЛКА")
    key_in(crew, at("boris"), work, "second", t1="БАЛКА")
    take(crew, at("vera"), work, "arbiter")
    send(at("vera"), f"/settle/{work}", to=f"/settle/{work}/own", action="own", **{"v:1": "ПАЛКА"})
    for sent in ({}, {"c:1": "first"}, {"c:1": "other"}, {"c:1": "nobody"}):
        answer = send(at("vera"), f"/settle/{work}", **sent)
        assert answer.status_code == 400 and 'href="#f-1"' in text_of(answer)
    assert (
        send(at("vera"), f"/settle/{work}", **{"c:1": "first", "why:1": "видна О"}).status_code
        == 303
    )


def test_every_entry_field_is_left_alone_by_the_browser_and_has_a_label(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    take(crew, at("anna"), work, "first")
    page = at("anna").get(f"/keyin/{work}").get_data(as_text=True)
    inputs = re.findall(r'<(?:input|textarea)[^>]*class="entry[^>]*>', page)
    assert len(inputs) == 3 + 5 + 12 + 1
    for one in inputs:
        assert all(
            mark in one
            for mark in (
                'spellcheck="false"',
                'autocomplete="off"',
                'autocorrect="off"',
                'autocapitalize="off"',
                'lang="ru"',
            )
        )
        [own_id] = re.findall(r'\bid="([^"]+)"', one)
        assert re.search(f'<label[^>]* for="{own_id}"|<label for="{own_id}"', page), own_id
    assert "data-box=" in page


def test_empty_fields_are_asked_about_and_nothing_typed_is_lost(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    take(crew, at("anna"), work, "first")
    answer = send(at("anna"), f"/keyin/{work}", action="hand_in", **{"v:1": "ЛЕС"})
    assert answer.status_code == 400 and 'value="hand_in_blank"' in text_of(answer)
    assert 'value="ЛЕС"' in text_of(at("anna").get(f"/keyin/{work}"))
    # The answer is about the fields that were named; «ЛЕС», emptied since, was not one of them.
    asked = re.findall(r'name="asked" value="([^"]+)"', text_of(answer))
    assert "2" in asked and "1" not in asked
    data = {**hidden(text_of(answer)), "action": "hand_in_blank", "asked": asked, "v:1": ""}
    again = at("anna").client.post(f"/keyin/{work}", data={**data, "v:2": "3"})
    assert again.status_code == 400 and "полей: 1" in text_of(again)
    # Nor is «3» of field 2, filled in meanwhile: emptied after that, it is asked about by itself.
    data["asked"] = re.findall(r'name="asked" value="([^"]+)"', text_of(again))
    once_more = at("anna").client.post(f"/keyin/{work}", data=data)
    assert once_more.status_code == 400 and "полей: 1" in text_of(once_more)
    data["asked"] = re.findall(r'name="asked" value="([^"]+)"', text_of(once_more))
    assert at("anna").client.post(f"/keyin/{work}", data=data).status_code == 303


def test_who_hands_in_and_stops_gets_no_next_work_for_having_been_asked(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work, _next = crew.work(), crew.work(sheets.kit_code(2))
    take(crew, at("anna"), work, "first")
    answer = send(at("anna"), f"/keyin/{work}", action="hand_in_stop", **{"v:1": "ЛЕС"})
    assert answer.status_code == 400 and 'value="hand_in_blank_stop"' in text_of(answer)
    answer = send(at("anna"), f"/keyin/{work}", action="hand_in_blank_stop", **{"v:1": "ЛЕС"})
    assert answer.headers["Location"] == f"/keyin/{work}/done"


def test_empty_replacement_rows_are_blank_without_a_question(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    take(crew, at("anna"), work, "first")
    desk = at("anna").get(f"/keyin/{work}").get_data(as_text=True)
    heads = {"v:header:region": "77", "v:header:subject": "01", "v:header:name": "РУС"}
    answers = {
        name: heads.get(name, "5")
        for name in re.findall(r'name="(v:[^"]+)"', desk)
        if not name.startswith("v:replacement")
    }
    answer = send(at("anna"), f"/keyin/{work}", action="hand_in", **answers)
    assert answer.status_code == 303
    with crew.store.read() as uow:
        stored = readings.find(uow, uow.get(Booklet, work), "first")
        assert stored is not None
        assert readings.values_of(stored)["replacement:1"].mark == "blank"


def test_an_unusual_character_asks_for_a_reason_beside_its_field(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    answer = key_in(crew, at("anna"), work, "first", t1="А.Б")
    assert answer.status_code == 400 and 'name="r:1"' in text_of(answer)
    again = send(
        at("anna"), f"/keyin/{work}", action="hand_in_blank", **{"v:1": "А.Б", "r:1": "точка видна"}
    )
    assert again.status_code == 303


def test_spaces_and_line_breaks_arrive_as_they_were_typed(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    take(crew, at("anna"), work, "first")
    person = at("anna")
    page = hidden(person.get(f"/keyin/{work}").get_data(as_text=True))
    person.client.post(
        f"/keyin/{work}",
        data={**page, "action": "add:long:27", "v:long:27": "\r\n  Отступ \r\nещё"},
    )
    shown = text_of(person.get(f"/keyin/{work}"))
    assert shown.count('name="v:long:27"') == 2
    person.client.post(
        f"/keyin/{work}",
        data={
            **page,
            "action": "hand_in_blank",
            "asked": re.findall(r'name="v:([^"]+)"', shown),
            "v:1": " 5",
            "r:1": "пробел виден",
            "v:long:27": ["\r\n  Отступ \r\nещё", "лист 2"],
        },
    )
    with crew.store.read() as uow:
        stored = readings.find(uow, uow.get(Booklet, work), "first")
    assert stored is not None
    assert stored.content["fields"]["long:27"]["text"] == "\n  Отступ \nещё\fлист 2"
    assert stored.content["fields"]["1"]["text"] == " 5"


def test_autosave_keeps_a_draft_and_refuses_an_old_page(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    take(crew, at("anna"), work, "first")
    person = at("anna")
    page = hidden(person.get(f"/keyin/{work}").get_data(as_text=True))
    assert (
        person.client.post(f"/keyin/{work}/draft", data={**page, "v:3": "СОН"}).status_code == 204
    )
    assert 'value="СОН"' in text_of(person.get(f"/keyin/{work}"))
    stale = {**page, "row_version": "999", "v:3": "ДРУГОЕ"}
    assert person.client.post(f"/keyin/{work}/draft", data=stale).status_code == 409
    assert at("boris").client.post(f"/keyin/{work}/draft", data=page).status_code in (400, 404)


@pytest.mark.release
def test_a_desk_without_the_part_offers_it_or_says_why_not(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    offered = at("anna").get(f"/keyin/{work}")
    assert offered.status_code == 200 and 'value="first"' in text_of(offered)
    take(crew, at("anna"), work, "first")
    take(crew, at("boris"), work, "second")
    assert at("vera").get(f"/keyin/{work}").status_code == 403
    assert at("anna").get(f"/verify/{work}").status_code == 403


def test_my_work_offers_what_is_nearest_to_its_end(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    crew.work(sheets.kit_code(1))
    done = crew.work(sheets.kit_code(2))
    crew.settled(done)
    page = text_of(at("gleb").get("/work"))
    primary = re.search(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*data-primary', page, re.S)
    assert primary is not None and primary.group(1) == "/work/next/copying"
    taken = at("gleb").post("/work/next/copying")
    assert taken.headers["Location"].endswith(f"/copying/{done}")


def test_what_is_not_right_comes_back_to_the_copier_with_what_was_seen(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.copied(work, "anna")
    take(crew, at("boris"), work, "verifier")
    seen = {f"s:{f}": "ok" for f in crew.values(work)} | {"s:1": "differs", "v:1": "ДЫМ"}
    assert send(at("boris"), f"/verify/{work}", action="hand_in", **seen).status_code == 303
    page = text_of(at("anna").get(f"/copying/{work}"))
    assert "ДЫМ" in page and "ДОМ" in page


def test_verification_cannot_be_handed_in_with_unseen_fields(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.copied(work, "anna")
    take(crew, at("boris"), work, "verifier")
    answer = send(at("boris"), f"/verify/{work}", action="hand_in", together="1", **{"s:1": "ok"})
    assert answer.status_code == 400 and crew.state(work) == "copy_scanned"
    assert re.search(
        r'value="ok" checked', at("boris").get(f"/verify/{work}").get_data(as_text=True)
    )


def test_folded_fields_that_nobody_ticked_are_missed_as_one_and_the_open_ones_by_name(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.settled(work, t1="ДОМ")
    crew.copied(work, "anna")
    compared(crew, work)
    take(crew, at("boris"), work, "verifier")
    answer = send(at("boris"), f"/verify/{work}", action="hand_in", **{"s:2": "ok"})
    shown = answer.get_data(as_text=True)
    summary = shown.partition('class="error-summary"')[2].partition("</section>")[0]
    assert re.findall(r'href="#([^"]+)"', summary) == ["f-1", "together"]
    folded = len(crew.values(work)) - 2
    assert f"{folded} полей, где программа расхождений не видит" in summary
    assert re.search(r'id="together"[^>]*aria-invalid="true"', shown)
    assert "Ещё не решено" not in shown.partition('id="agreed"')[2], "one mark, not one a field"
    seen = {"s:1": "ok", "s:2": "ok", "together": "1"}
    assert send(at("boris"), f"/verify/{work}", action="hand_in", **seen).status_code == 303
    assert crew.state(work) == "verified"


def page_of(crew: Hands, work: str, role: str) -> str:
    with crew.store.read() as uow:
        return uow.session.scalars(
            select(Page.id).where(Page.booklet_id == work, Page.role == role)
        ).one()


def picture(crew: Hands, page_id: str, code: str) -> None:
    """Put a real picture where the intake would have put it."""
    with crew.store.read() as uow:
        page = uow.get(Page, page_id)
        sha = page.file.sha256
    folder = crew.store.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    sheets.draw(code, "A3", 150).resize((2480, 3508)).save(folder / "1.grey.jpg")


def test_a_picture_is_served_to_whoever_has_a_part_and_to_nobody_else(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    page_id = page_of(crew, work, "original")
    picture(crew, page_id, sheets.kit_code(1))
    addresses = [
        f"/image/{page_id}",
        f"/image/{page_id}?box=0,0,300,200&scale=0.5",
        f"/image/{page_id}/field/1",
    ]
    assert [at("anna").get(a).status_code for a in addresses] == [404, 404, 404]
    take(crew, at("anna"), work, "first")
    answers = [at("anna").get(a) for a in addresses]
    assert [a.status_code for a in answers] == [200, 200, 200]
    assert all(a.mimetype == "image/jpeg" and a.data[:2] == b"\xff\xd8" for a in answers)
    assert [at("boris").get(a).status_code for a in addresses] == [404, 404, 404]
    assert at("boris").get(f"/image/{page_id}/thumb").status_code == 200
    assert len(at("boris").get(f"/image/{page_id}/thumb").data) < 20_000


@pytest.mark.parametrize(
    "wanted",
    [
        "box=1,2,3",
        "box=a,b,c,d",
        "box=9,9,1,1",
        "scale=0",
        "scale=99",
        "scale=nan",
        "box=-1,0,5,5",
        "scale=1e9",
        "box=99999,0,99999,9",
    ],
)
def test_an_impossible_crop_is_refused(
    crew: Hands, at: Callable[[str], Browser], wanted: str
) -> None:
    work = crew.work()
    page_id = page_of(crew, work, "original")
    picture(crew, page_id, sheets.kit_code(1))
    take(crew, at("anna"), work, "first")
    assert at("anna").get(f"/image/{page_id}?{wanted}").status_code == 400


def test_original_and_copy_crops_come_out_at_one_scale(crew: Hands) -> None:
    work = crew.work()
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        form = layout_for(booklet.exam)
        [page] = pictures.pages_of(uow, booklet, "original")
        picture(crew, page.id, sheets.kit_code(1))
        first = pictures.field_picture(crew.store.settings, page, form, "7")
        page.identity = {
            **page.identity,
            "matrix": [[5.0, 0, 0], [0, 5.0, 0], [0, 0, 1]],
            "layout": form.id,
        }
        second = pictures.field_picture(crew.store.settings, page, form, "7")
        with pytest.raises(NotFound):
            pictures.field_picture(crew.store.settings, page, form, "long:27")
    assert dimensions(first) == dimensions(second)


def dimensions(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.size


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_field_is_found_on_a_sheet_that_was_scanned_any_way_up(crew: Hands, turned: int) -> None:
    work = crew.work()
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        [page] = pictures.pages_of(uow, booklet, "original")
        upright = sheets.draw(sheets.kit_code(1), "A4", 150)
        scan = upright.rotate(-turned, expand=True)
        seen = identify(np.asarray(scan), 150)
        assert seen.turned == turned and seen.matrix is not None
        page.identity = {
            "width": scan.width,
            "height": scan.height,
            **plain(seen),
        }
        boxes = page_boxes(page, layout_for(booklet.exam), fields_for(booklet.exam))
        assert pictures.size_of(page) == upright.size
        form = layout_for(booklet.exam)
    expected = [edge * 150 / 25.4 for edge in form.comb("3").box]
    assert max(abs(a - b) for a, b in zip(boxes["3"], expected, strict=True)) < 4


@pytest.mark.release
def test_two_settle_together_only_with_the_others_pin(
    crew: Hands, at: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(may_take, "settling", lambda _booklet: "two_together")
    work = crew.work()
    key_in(crew, at("anna"), work, "first", t1="ПОЛКА")
    key_in(crew, at("boris"), work, "second", t1="БАЛКА")
    boris = at("boris")
    send(boris, f"/settle/{work}", to=f"/settle/{work}/own", action="own", **{"v:1": "ПОЛКА"})
    assert send(boris, f"/settle/{work}", pin="0000", **{"c:1": "own"}).status_code == 403
    assert send(boris, f"/settle/{work}", pin=PIN, **{"c:1": "own"}).status_code == 303
    with crew.store.read() as uow:
        settled = readings.find(uow, uow.get(Booklet, work), "settled")
    assert settled is not None and settled.content["companion"] == crew.people["anna"].id


def test_after_reopening_the_old_answers_are_on_no_page_of_the_desk(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.settled(work, t1=Value("ПРЕЖНЕЕ"))
    crew.do("head", reopening.reopen, work, "лист был не тот")
    take(crew, at("gleb"), work, "first")
    for url in (f"/keyin/{work}", f"/booklets/{work}", "/work", "/keyin"):
        assert "ПРЕЖНЕЕ" not in text_of(at("gleb").get(url))


def test_the_head_reopens_a_work_with_a_reason_on_its_own_page(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.settled(work)
    url = f"/work/{work}/reopen"
    assert at("anna").get(url).status_code == 403
    page = text_of(at("head").get(url))
    seen = dict(re.findall(r'type="hidden" name="(row_version|csrf_token)" value="([^"]*)"', page))
    assert at("head").client.post(url, data={**seen, "reason": " "}).status_code == 400
    assert at("head").client.post(url, data={**seen, "reason": "не тот лист"}).status_code == 303
    assert crew.booklet(work).version == 2
    assert at("head").client.post(url, data={**seen, "reason": "ещё раз"}).status_code == 409


def test_the_head_gives_back_for_a_colleague_who_left(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    crew.do("anna", assignments.take, work, "first")
    crew.do("boris", assignments.take, work, "second")
    page = at("head").get(f"/verify/{work}")
    assert page.status_code == 403
    answer = at("head").post(f"/work/{work}/release", {"part": "first"})
    assert answer.status_code == 303
    assert crew.do("vera", assignments.take, work, "first").part == "first"


def test_handing_in_leads_straight_to_the_next_work(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    first, second = crew.work(sheets.kit_code(1)), crew.work(sheets.kit_code(2))
    take(crew, at("anna"), first, "first")
    marks = {f"m:{f}": "blank" for f in crew.values(first)}
    answer = send(at("anna"), f"/keyin/{first}", action="hand_in", **marks)
    assert answer.status_code == 303 and answer.headers["Location"] == f"/keyin/{second}"
    assert "Сдано. Вот следующая работа." in text_of(at("anna").get(f"/keyin/{second}"))
    assert sorted(crew.look("anna", lambda u: assignments.my_parts(u, u.get(Booklet, second)))) == [
        "first"
    ]


def test_whoever_stops_after_handing_in_takes_no_further_work(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    first, second = crew.work(sheets.kit_code(1)), crew.work(sheets.kit_code(2))
    take(crew, at("anna"), first, "first")
    marks = {f"m:{f}": "blank" for f in crew.values(first)}
    answer = send(at("anna"), f"/keyin/{first}", action="hand_in_stop", **marks)
    assert answer.headers["Location"] == f"/keyin/{first}/done"
    assert not crew.look("anna", lambda u: assignments.my_parts(u, u.get(Booklet, second)))


def further_sheet(crew: Hands, work: str, role: str, sheet: str, number: int) -> str:
    """A page of another form attached to the work: its id."""
    with crew.store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, role)
        page.sheet, page.order = sheet, number
        uow.session.flush()
        uow.record("test:page", f"page:{page.id}")
        return str(page.id)


def test_a_long_answer_over_two_sheets_is_compared_sheet_by_sheet(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    two = [
        further_sheet(crew, work, "original", f"answer-form-2-sheet-{n}.2022", n + 1)
        for n in (1, 2)
    ]
    crew.settled(work, t1="ДОМ", long="начало\fконец")
    crew.copied(work)
    with crew.store.read() as uow:
        [sheet_1] = uow.session.query(Page).where(
            Page.role == "copy", Page.sheet == "answer-form-2-sheet-1.2022"
        )
    sheet_2 = further_sheet(crew, work, "copy", "answer-form-2-sheet-2.2022", 3)
    copied = [sheet_1.id, sheet_2]
    take(crew, at("boris"), work, "verifier")
    page = text_of(at("boris").get(f"/verify/{work}"))
    card = page[page.index('id="f-long-27"') :]
    card = card[: card.index("</fieldset>")]
    shown = re.findall(r"/image/([^/]+)/field/long:27", card)
    assert shown == [*two, *copied]
    # three times: original, copy, and the settled text itself
    assert card.count("следующий лист") == 3
    assert "не измерены на настоящем листе" in card
    short = page[page.index('id="f-1"') :]
    assert "не измерены" not in short[: short.index("</fieldset>")]


def test_the_text_area_is_shown_with_its_sheet_and_says_that_it_was_not_measured(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    further_sheet(crew, work, "original", "answer-form-2-sheet-1.2022", 2)
    take(crew, at("anna"), work, "first")
    first, second = (text_of(at("anna").get(f"/keyin/{work}?page={n}")) for n in (1, 2))
    assert "не измерены" not in first and "не измерены" in second
    assert [
        bool(re.search(r'class="entry-row long[^>]*data-box', page)) for page in (first, second)
    ] == [False, True]


@pytest.mark.release
def test_the_crop_of_a_long_answer_is_the_text_area_of_its_own_form(crew: Hands) -> None:
    work = crew.work()
    page_id = further_sheet(crew, work, "original", "answer-form-2-sheet-2.2022", 2)
    with crew.store.read() as uow:
        page = uow.get(Page, page_id)
        picture(crew, page_id, sheets.kit_code(1))
        form = layout_for(uow.get(Booklet, work).exam)
        wide, high = dimensions(pictures.field_picture(crew.store.settings, page, form, "long:27"))
    assert abs(wide / high - (186 + 2.8) / (218 + 2.8)) < 0.01


def test_whoever_settles_a_long_answer_sees_every_sheet_of_it(
    crew: Hands, at: Callable[[str], Browser]
) -> None:
    work = crew.work()
    two = [
        further_sheet(crew, work, "original", f"answer-form-2-sheet-{n}.2022", n + 1)
        for n in (1, 2)
    ]
    crew.key_in(work, "anna", "first", crew.values(work, long="начало\fконец"))
    crew.key_in(work, "boris", "second", crew.values(work, long="начало\fвенец"))
    crew.do("vera", assignments.take, work, "arbiter")
    crew.do("vera", own_reading.give_own, work, {"long:27/1": Value("конец")})
    page = text_of(at("vera").get(f"/settle/{work}"))
    assert re.findall(r'src="/image/([^/]+)/field/long:27', page) == two
    assert "не измерены на настоящем листе" in page
