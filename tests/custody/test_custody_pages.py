"""Papers, packing and printing in a browser without JavaScript: what a tired organiser types, and
what comes back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import WrongStep
from examday.domain.custody.paper_codes import spaced
from examday.services.custody import kits, papers, steps
from examday.services.custody.room import collecting, enlarging, more_paper
from examday.services.packing import packets
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow, Item
from tests import custody_day
from tests.conftest import PIN, Browser
from tests.custody_day import Day, number


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Nothing issued yet."""
    return custody_day.make(store, add_person)


@pytest.fixture
def person(browser: Callable[[], Browser], day: Day) -> Callable[[str], Browser]:
    """A browser in which somebody is logged in."""

    def enter(login: str) -> Browser:
        made = browser()
        made.log_in(login)
        return made

    return enter


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def hidden(page: Any, name: str = "row_version") -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]+)"', page.get_data(as_text=True))
    assert found, f"no {name} on the page"
    return found.group(1)


def issue_all(day: Day) -> None:
    for n, place in enumerate(day.booklets, 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))


def counted(day: Day, place: str, **changed: int) -> dict[str, str]:
    with day.store.read() as uow:
        found = papers.countable(papers.of_booklet(uow, day.booklets[place]))
    return {f"count-{kind}": str(changed.get(kind, n)) for kind, n in found.items()}


def test_kits_of_a_room_are_issued_one_after_the_other(
    day: Day, person: Callable[[str], Browser]
) -> None:
    lead = person("lead")
    url = f"/custody/room/{day.exam}/{day.room}"
    for n, place in enumerate(day.booklets, 1):
        page = lead.get(url)
        assert hidden(page, "booklet") == day.booklets[place]
        sent = {"booklet": hidden(page, "booklet"), "row_version": hidden(page), "code": number(n)}
        answer = lead.post(url, sent)
        assert answer.status_code == 303 and answer.location.endswith(f"done={day.booklets[place]}")
    assert 'name="code"' not in lead.get(url).get_data(as_text=True)
    assert [day.booklet(p).state for p in day.booklets] == ["issued"] * 3


def test_a_number_met_twice_stops_the_issue_and_stays_as_an_alarm(
    day: Day, person: Callable[[str], Browser]
) -> None:
    day.do("lead", kits.issue, day.booklets["1А"], number(1))
    lead = person("lead")
    url = f"/custody/room/{day.exam}/{day.room}"
    page = lead.get(url)
    answer = lead.post(
        url,
        {"booklet": day.booklets["2А"], "row_version": hidden(page), "code": number(1)},
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and 'role="alert"' in html and "СТОП" in html and "1А" in html
    assert 'name="code"' in html and "autofocus" not in html, (
        "the next scan must not run into the form"
    )
    assert day.kinds()[-1] == "alarm:duplicate-code" and day.booklet("2А").state == "registered"


def test_a_neighbours_kit_is_put_back_for_its_seat_and_calls_nobody(
    day: Day, person: Callable[[str], Browser]
) -> None:
    day.do("head", kits.assign, day.booklets["2А"], number(2))
    lead = person("lead")
    url = f"/custody/room/{day.exam}/{day.room}"
    page = lead.get(url)
    sent = {"booklet": day.booklets["1А"], "row_version": hidden(page), "code": number(2)}
    answer = lead.post(url, sent)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "место 2А" in html and "ещё не выдан" in html
    assert "СТОП" not in html and "alarm:duplicate-code" not in day.kinds()


def test_a_misread_number_is_said_beside_the_field_and_kept(
    day: Day, person: Callable[[str], Browser]
) -> None:
    lead = person("lead")
    url = f"/custody/work/{day.booklets['1А']}"
    answer = lead.post(
        f"{url}/issue", {"row_version": hidden(lead.get(url)), "code": "2610114090018"}
    )
    html = answer.get_data(as_text=True)
    assert (
        answer.status_code == 400
        and 'value="2610114090018"' in html
        and 'aria-invalid="true"' in html
    )
    assert "Контрольная цифра" in html


def test_an_old_page_does_not_issue_over_a_newer_state(
    day: Day, person: Callable[[str], Browser]
) -> None:
    lead, url = person("lead"), f"/custody/work/{day.booklets['1А']}"
    old = hidden(lead.get(url))
    day.do("head", kits.assign, day.booklets["1А"], number(9))
    answer = lead.post(f"{url}/issue", {"row_version": old, "code": number(9)})
    assert answer.status_code == 409 and day.booklet("1А").state == "registered"
    assert "Ничего не потеряно" in text(answer) and "подпишите" not in text(answer)


def test_the_whole_way_of_a_kit_through_the_pages(
    day: Day, person: Callable[[str], Browser]
) -> None:
    lead, url = person("lead"), f"/custody/work/{day.booklets['1А']}"
    lead.post(f"{url}/issue", {"row_version": hidden(lead.get(url)), "code": number(1)})
    page = lead.get(url)
    assert "бланк ответов №\xa01" in page.get_data(as_text=True)
    answer = lead.post(
        f"{url}/enlarge",
        {"row_version": hidden(page), "sheet": ["registration", "form_1"]},
    )
    assert answer.status_code == 400 and "член ГЭК" in text(answer)
    sent = {
        "row_version": hidden(page),
        "sheet": ["registration", "form_1"],
        "witness": day.people["board"].id,
    }
    assert lead.post(f"{url}/enlarge", sent).status_code == 303
    labels = f"/print/booklet/{day.booklets['1А']}"
    assert labels in lead.get(url).get_data(as_text=True), "labels are asked for before the count"
    page = lead.get(url)
    assert re.search(r'name="count-enlarged_sheet"[^>]* value=""', page.get_data(as_text=True)), (
        "never filled in"
    )
    wrong = {"row_version": hidden(page), **counted(day, "1А", enlarged_sheet=1)}
    answer = lead.post(f"{url}/collect", wrong)
    assert answer.status_code == 400 and "Пересчитайте ещё раз" in text(answer)
    assert 'value="1"' in answer.get_data(as_text=True)
    assert (
        lead.post(f"{url}/collect", {**wrong, "note": "лист остался на столе"}).status_code == 303
    )
    assert day.booklet("1А").state == "collected" and day.kinds()[-1] == "alarm:count-mismatch"
    with day.store.read() as uow:
        things = papers.of_booklet(uow, day.booklets["1А"])
        [envelope] = [spaced(i.code) for i in things if i.kind == Kind.ENVELOPE]
    # The list of papers stays shut until the next count: what is to be written is told here.
    page = text(lead.get(url))
    assert f"Напишите на конверте его код {envelope}" in page and "участник → " in page


def test_a_wrong_count_is_not_answered_with_the_right_one_before_a_second_count(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    right = counted(day, "1А")["count-enlarged_sheet"]
    lead, url = person("lead"), f"/custody/work/{day.booklets['1А']}"
    page = lead.get(url)
    wrong = {"row_version": hidden(page), **counted(day, "1А", enlarged_sheet=1)}
    told = f"должно быть {right}"
    first = lead.post(f"{url}/collect", wrong)
    assert told not in text(first)
    before = hidden(first, "before-enlarged_sheet")
    other = {**wrong, "count-enlarged_sheet": "7", "before-enlarged_sheet": before}
    assert told not in text(lead.post(f"{url}/collect", other))
    again = {**wrong, "before-enlarged_sheet": before}
    assert told in text(lead.post(f"{url}/collect", again))


def test_no_page_that_asks_for_a_count_tells_it(day: Day, person: Callable[[str], Browser]) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    with day.store.read() as uow:
        codes = [i.code for i in papers.of_booklet(uow, day.booklets["2А"])]
    head, lead = person("head"), person("lead")
    for url in (f"/custody/work/{day.booklets['1А']}", f"/custody/work/{day.booklets['2А']}"):
        page = text(lead.get(url))
        assert "после счёта" in page and "увеличенный лист:" not in page
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    hand = text(lead.get(f"/custody/work/{day.booklets['2А']}/hand"))
    assert not [code for code in codes if code.startswith("N") and spaced(code) in hand]
    assert (
        "тетради"
        not in text(lead.get(f"/custody/work/{day.booklets['2А']}/hand")).split("Из рук в руки")[-1]
    )
    day.put_at("2А", "certified")
    pack = text(head.get(f"/packing/work/{day.booklets['2А']}"))
    assert "после счёта" in pack
    sent = {
        "row_version": hidden(head.get(f"/packing/work/{day.booklets['2А']}")),
        **counted(day, "2А"),
        "standard": "new",
        "evidence": "new",
    }
    head.post(f"/packing/work/{day.booklets['2А']}/pack", sent)
    with day.store.read() as uow:
        made = {p.sheet: p.id for p in packets.of_exam(uow, day.exam)}
    url = f"/packing/packet/{made[Purpose.STANDARD]}"
    assert number(2)[1:7] not in head.get(url).get_data(as_text=True)
    listed = head.get(f"{url}?show=contents").get_data(as_text=True)
    assert number(2)[1:7] in listed and 'name="count-' not in listed


def test_a_step_at_the_wrong_time_says_which_is_next_who_takes_it_and_where(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    lead = person("lead")
    with pytest.raises(WrongStep) as refused:
        day.do("lead", collecting.collect, day.booklets["1А"], day.counts("1А"))
    assert refused.value.params["booklet"] == day.booklets["1А"]
    answer = lead.post(f"/work/{day.booklets['1А']}/take", {"part": "first"})
    assert answer.status_code == 409 and f"/booklets/{day.booklets['1А']}" in answer.get_data(
        as_text=True
    )


def test_counts_must_be_numbers_and_all_be_there(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    lead, url = person("lead"), f"/custody/work/{day.booklets['2А']}"
    version = hidden(lead.get(url))
    for typed in ("", "много", "-1", "٣"):
        sent = {"row_version": version, **counted(day, "2А"), "count-braille_notebook": typed}
        assert lead.post(f"{url}/collect", sent).status_code == 400
    assert day.booklet("2А").state == "issued"


def test_a_work_changes_hands_with_the_receivers_pin(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    lead, url = person("lead"), f"/custody/work/{day.booklets['2А']}/hand"
    page = lead.get(url)
    sent = {"row_version": hidden(page), "to": day.people["helper"].id, **counted(day, "2А")}
    answer = lead.post(url, {**sent, "pin": "1111"})
    assert answer.status_code == 403 and 'value="1111"' not in answer.get_data(as_text=True)
    answer = lead.post(url, {**sent, "to": "", "pin": PIN})
    assert answer.status_code == 400 and "Имя не выбрано. Выберите имя и введите PIN" in text(
        answer
    )
    assert 'href="#to"' in answer.get_data(as_text=True)
    assert lead.post(url, {**sent, "pin": PIN}).status_code == 303
    assert day.booklet("2А").holder_id == day.people["helper"].id


def test_the_head_finds_a_thing_by_whatever_code_is_on_it(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    head = person("head")
    with day.store.read() as uow:
        notebook = papers.of_booklet(uow, day.booklets["2А"])[-1].code
    for typed in (number(2), notebook, "т" + notebook[1:]):
        assert head.get("/custody/find", query_string={"code": typed}).location.endswith(
            day.booklets["2А"]
        )
    assert head.get("/custody/find?code=0101-2а").location.endswith(day.booklets["2А"])
    assert head.get("/custody/find?code=nothing").status_code == 404
    empty = head.get("/custody/find?code=+")
    assert empty.status_code == 400 and "Кода ещё нет" in empty.get_data(as_text=True)


def test_any_search_field_understands_the_labels_too(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(70))
    packet: Item = day.do("lead", packets.open_packet, day.exam, Purpose.STANDARD)
    head = person("head")
    with day.store.read() as uow:
        notebook = papers.of_booklet(uow, day.booklets["2А"])[-1].code
    for typed, target in (
        ("т" + notebook[1:], day.booklets["2А"]),
        (number(70), day.booklets["1А"]),
        ("З" + packet.code[1:], packet.id),
    ):
        assert head.get("/find", query_string={"q": typed}).location.endswith(target)


def test_spoiling_leads_to_the_replacement(day: Day, person: Callable[[str], Browser]) -> None:
    issue_all(day)
    lead, url = person("lead"), f"/custody/work/{day.booklets['1А']}/spoil"
    page = lead.get(url)
    assert lead.post(url, {"row_version": hidden(page), "reason": ""}).status_code == 400
    answer = lead.post(url, {"row_version": hidden(page), "reason": "порван"})
    assert answer.status_code == 303 and day.booklets["1А"] not in answer.location
    assert 'name="code"' in lead.get(answer.location).get_data(as_text=True)


def test_packing_sealing_handing_over_and_the_act(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    day.put_at("2А", "certified")
    head, work = person("head"), f"/packing/work/{day.booklets['2А']}"
    assert head.post("/packing/scan", {"code": number(2)}).location.endswith(work)
    sent = {
        "row_version": hidden(head.get(work)),
        **counted(day, "2А"),
        "standard": "new",
        "evidence": "new",
    }
    assert head.post(f"{work}/pack", sent).status_code == 303
    with day.store.read() as uow:
        made = {p.sheet: p.id for p in packets.of_exam(uow, day.exam)}
        codes = {p.sheet: p.code for p in packets.of_exam(uow, day.exam)}
    assert set(made) == {Purpose.STANDARD, Purpose.EVIDENCE}
    for purpose, code in codes.items():
        packet = head.post("/packing/scan", {"code": code})
        assert packet.location.endswith(f"/packing/packet/{made[purpose]}")
    overview = "стандартные бланки (А4): 4"
    assert overview not in head.get("/packing/").get_data(as_text=True), (
        "whoever counts is told no number before"
    )
    for purpose, counts in (
        (Purpose.STANDARD, {"count-standard_sheet": "4"}),
        (Purpose.EVIDENCE, {"count-envelope": "1"}),
    ):
        url = f"/packing/packet/{made[purpose]}"
        assert head.post(f"{url}/seal", {name: "9" for name in counts}).status_code == 400
        assert head.post(f"{url}/seal", counts).status_code == 303
        given = {**counts, "to": day.people["board"].id, "pin": PIN}
        assert head.post(f"{url}/hand-over", given).status_code == 303
    assert day.booklet("2А").state == "handed_over"
    shown = head.get("/packing/").get_data(as_text=True)
    assert overview in shown and f"{overview}," not in shown
    answer = head.post(
        "/print/make",
        {"document": "handover-act", "subject": f"item:{made[Purpose.STANDARD]}"},
    )
    page = head.get(answer.location)
    link = re.search(r'href="(/print/file/[0-9a-f]{64}\.pdf)"', page.get_data(as_text=True))
    assert link and head.get(link.group(1)).data[:5] == b"%PDF-"


def test_a_scanned_check_names_what_is_missing(day: Day, person: Callable[[str], Browser]) -> None:
    issue_all(day)
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    with day.store.read() as uow:
        envelope = papers.envelope_of(papers.of_booklet(uow, day.booklets["2А"]))
    assert envelope
    package: Item = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    lead, url = person("lead"), f"/packing/packet/{package.id}"
    assert lead.post(f"{url}/put", {"code": envelope.code}).status_code == 303
    said = text(lead.post(f"{url}/check", {"codes": "E0000000\n"}))
    assert "не хватает" in said and "лишнее" in said
    before = len(day.kinds())
    assert "что должно быть" in text(lead.post(f"{url}/check", {"codes": envelope.code + "\r\n"}))
    assert len(day.kinds()) == before


def test_an_enlarged_sheet_put_among_standard_forms_is_refused(
    day: Day, person: Callable[[str], Browser]
) -> None:
    issue_all(day)
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    with day.store.read() as uow:
        sheet = next(
            i for i in papers.of_booklet(uow, day.booklets["1А"]) if i.kind == Kind.ENLARGED_SHEET
        )
    packet: Item = day.do("lead", packets.open_packet, day.exam, Purpose.STANDARD)
    lead, url = person("lead"), f"/packing/packet/{packet.id}"
    answer = lead.post(f"{url}/put", {"code": sheet.code})
    assert answer.status_code == 409 and "увеличенный лист" in text(answer)


def test_an_assistant_sees_the_papers_but_issues_nothing(
    day: Day, person: Callable[[str], Browser]
) -> None:
    helper, url = person("helper"), f"/custody/work/{day.booklets['1А']}"
    assert helper.get(url).status_code == 200 and 'name="code"' not in helper.get(url).get_data(
        as_text=True
    )
    assert helper.post(f"{url}/issue", {"code": number(1)}).status_code == 403
    assert helper.get("/packing/").status_code == 403


def test_pages_show_no_candidate_names(day: Day, person: Callable[[str], Browser]) -> None:
    issue_all(day)
    lead = person("lead")
    for url in (
        "/custody/",
        f"/custody/room/{day.exam}/{day.room}",
        f"/custody/work/{day.booklets['1А']}",
        "/packing/",
        "/print/",
        f"/print/booklet/{day.booklets['1А']}",
    ):
        assert "Учебный" not in lead.get(url).get_data(as_text=True)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_opens_in_both_languages(
    day: Day, person: Callable[[str], Browser], language: str
) -> None:
    issue_all(day)
    head = person("head")
    head.client.set_cookie("lang", language)
    packet: Item = day.do("lead", packets.open_packet, day.exam, Purpose.STANDARD)
    work = f"/custody/work/{day.booklets['1А']}"
    for url in (
        "/custody/",
        f"/custody/room/{day.exam}/{day.room}",
        work,
        *(f"{work}/{a}" for a in steps.PERMISSION),
        "/packing/",
        f"/packing/work/{day.booklets['1А']}",
        f"/packing/packet/{packet.id}",
        "/print/",
        f"/print/booklet/{day.booklets['1А']}",
    ):
        answer = head.get(url)
        assert answer.status_code == 200, url
        assert f'<html lang="{language}"' in answer.get_data(as_text=True)
    assert head.get(f"{work}/nothing").status_code == 404


def test_printing_leaves_its_mark_in_the_ledger(day: Day, person: Callable[[str], Browser]) -> None:
    head = person("head")
    head.post(
        "/print/make",
        {"document": "day-summary", "subject": f"exam:{day.exam}", "large": "1"},
    )
    with day.store.read() as uow:
        row = uow.session.scalars(
            select(EventRow).where(EventRow.kind == "print:day-summary")
        ).one()
    assert row.subject == f"exam:{day.exam}" and '"large":true' in row.data
    assert (
        head.post("/print/make", {"document": "nonsense", "subject": "exam:1"}).status_code == 400
    )
