"""Closing the day is a step: what is open, who holds what, what happened, and why."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.absences import Break
from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.services.board import closing
from examday.services.board.still_open import works_before
from examday.services.custody import absences, dossier, kits, papers
from examday.services.custody.room import collecting, taking_back, withdrawn_kits
from examday.services.packing import packets, sealing, single_things, table_page, works
from examday.services.printing.papers import day_summary
from examday.services.transfer import reopening
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam, Item
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day, number

DAY = dt.date(2026, 6, 4)


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    made = custody_day.make(store, add_person)
    for n, place in enumerate(made.booklets, 1):
        made.do("lead", kits.issue, made.booklets[place], number(n))
    return made


def end(day: Day) -> closing.DayEnd:
    with day.store.read(day.actor("head")) as uow:
        return closing.show(uow, DAY)


def open_yesterday(day: Day) -> int:
    """How many works of this day the board of the next one names."""
    with day.store.read() as uow:
        exam = uow.get(Exam, day.exam)
        following = Exam(date=exam.date + dt.timedelta(1), training=exam.training)
        [(_date, number)] = works_before(uow, [following])
    return number


def miscount(day: Day) -> None:
    wrong = {**day.counts("2А"), Kind.NOTEBOOK: 7}
    day.do("lead", collecting.collect, day.booklets["2А"], wrong, "одной тетради нет")


def test_the_day_says_what_is_open_and_who_holds_it(day: Day) -> None:
    miscount(day)
    shown = end(day)
    assert {b.seat.place for b in shown.works} == {"1А", "2А", "3А"}
    [holder] = [h for h in shown.holders if h.name == day.people["lead"].name]
    assert {b.seat.place for b in holder.works} >= {"2А"}


def test_kits_that_left_the_way_keep_the_day_open_until_their_papers_lie_in_a_packet(
    day: Day,
) -> None:
    spoiled, standard = day.booklets["1А"], day.booklets["3А"]
    day.do("lead", withdrawn_kits.spoil, spoiled, "залит водой")
    day.do("lead", withdrawn_kits.choose_standard, standard, "передумал")
    shown = end(day)
    assert {b.id for b in shown.works} >= {spoiled, standard}
    assert "spoiled papers" in shown.waits[spoiled] and "standard forms" in shown.waits[standard]
    [holder] = [h for h in shown.holders if h.name == day.people["lead"].name]
    assert {b.id for b in holder.works} >= {spoiled, standard}
    still_open = open_yesterday(day)
    defective = day.do("lead", packets.open_packet, day.exam, Purpose.DEFECTIVE).id
    packet = day.do("lead", packets.open_packet, day.exam, Purpose.STANDARD).id
    with day.store.read() as uow:
        things = [item.id for item in papers.of_booklet(uow, spoiled)]
    for thing in things:
        day.do("lead", single_things.put, defective, thing)
    day.do("lead", works.pack, standard, packet, "", {Kind.STANDARD_SHEET: 4})
    assert not {b.id for b in end(day).works} & {spoiled, standard}
    assert open_yesterday(day) == still_open - 2, "the board of the next day names them too"


def test_a_candidate_whom_nobody_saw_come_back_keeps_the_day_open(
    day: Day, browser: Callable[[], Browser]
) -> None:
    before, seat = end(day).open, day.booklet("2А").seat_id
    day.do("lead", absences.leave, seat, Break.MEAL, day.people["helper"].id)
    assert [one.place for one in end(day).away] == ["2А"] and end(day).open == before + 1
    head = browser()
    head.log_in("head")
    page = head.get(f"/board/close?day={DAY.isoformat()}").get_data(as_text=True)
    assert "никто не отметил, что вернулся" in page and f"{day.room}/breaks" in page
    day.do("lead", absences.come_back, seat)
    assert end(day).away == [] and end(day).open == before


def test_a_day_without_an_exam_is_not_closed(day: Day) -> None:
    with pytest.raises(NotFound):
        day.do("head", closing.close, dt.date(2026, 6, 5), "по ошибке")


def test_the_day_says_what_was_miscounted_reopened_and_spoiled_and_why(day: Day) -> None:
    miscount(day)
    day.do("lead", withdrawn_kits.spoil, day.booklets["1А"], "залит водой")
    day.put_at("2А", "certified")
    day.do("head", reopening.reopen, day.booklets["2А"], "пропущен лист")
    said = {(r.kind, r.where): r.data for r in end(day).remarks}
    assert said[(Event.BOOKLET_SPOIL, "0101-1А")].get("reason") == "залит водой"
    assert said[(Event.BOOKLET_REOPEN, "0101-2А")].get("reason") == "пропущен лист"
    counted = said[(Event.ALARM_COUNT_MISMATCH, "0101-2А")]
    assert "braille_notebook" in counted["differences"] and counted["reason"] == "одной тетради нет"


def test_a_step_that_was_taken_back_is_said_with_its_reason(
    day: Day, browser: Callable[[], Browser]
) -> None:
    assert end(day).remarks == ()
    day.do("lead", taking_back.take_back, day.booklets["3А"], "не тому месту")
    [said] = end(day).remarks
    assert (said.kind, said.where) == (Event.BOOKLET_TAKE_BACK, "0101-3А")
    assert said.data.get("reason") == "не тому месту"
    head = browser()
    head.log_in("head")
    page = head.get(f"/board/close?day={DAY.isoformat()}").get_data(as_text=True)
    assert "не тому месту" in page and "Замечаний нет" not in page


def test_the_paper_of_the_day_says_the_same(day: Day) -> None:
    miscount(day)
    day.do("head", closing.close, DAY, "две работы пишут до 18:00")
    with day.store.read(day.actor("head")) as uow:
        data = day_summary.day_summary(uow, day.exam, False)
    alarms, said, left = data["alarms"], data["closing"], data["open"]
    assert isinstance(left, list) and len(left) == end(day).open == 3
    assert ["0101-2А", day.people["lead"].name] in [row[1:3] for row in left]
    assert isinstance(alarms, list) and len(alarms) == len(end(day).remarks)
    assert alarms[0][3].endswith("насчитано 7 — одной тетради нет")
    assert isinstance(said, list) and ["Что об этом сказано", "две работы пишут до 18:00"] in said


def test_no_remarks_is_never_said_beside_what_is_open(
    day: Day, browser: Callable[[], Browser]
) -> None:
    head = browser()
    head.log_in("head")
    page = head.get(f"/board/close?day={DAY.isoformat()}").get_data(as_text=True)
    with day.store.read(day.actor("head")) as uow:
        paper = day_summary.day_summary(uow, day.exam, False)["no-remarks"]
    assert end(day).remarks == () and end(day).open
    for said in (page, str(paper)):
        assert "Замечаний нет" not in said and "повторных открытий не было" in said


def test_an_open_day_is_closed_only_with_a_word_about_it(day: Day) -> None:
    with pytest.raises(Invalid):
        day.do("head", closing.close, DAY, " ")
    assert end(day).closed is None
    day.do("head", closing.close, DAY, "пишут до 18:00")
    closed = end(day).closed
    assert closed is not None and (closed.open, closed.reason) == (3, "пишут до 18:00")
    assert closed.by == day.people["head"].name and closed.later == 0


def test_only_the_head_closes_and_nothing_is_locked_by_it(day: Day) -> None:
    with pytest.raises(Forbidden):
        day.do("lead", closing.close, DAY, "всё")
    day.do("head", closing.close, DAY, "пишут до 18:00")
    miscount(day)
    closed = end(day).closed
    assert closed is not None and closed.later >= 1


def test_a_packet_or_a_break_after_the_day_was_closed_is_seen_too(day: Day) -> None:
    day.do("head", closing.close, DAY, "пишут до 18:00")
    with day.store.read(day.actor("lead")) as uow:
        seat = uow.get(Booklet, day.booklets["1А"]).seat_id
    day.do("lead", absences.leave, seat, "rest", day.people["lead"].id)
    day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    closed = end(day).closed
    assert closed is not None and closed.later == 2


def test_an_empty_packet_is_taken_out_of_the_list_and_a_full_one_is_not(day: Day) -> None:
    miscount(day)
    made: Item = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    assert [p.id for p in end(day).empty] == [made.id]
    day.do("lead", sealing.remove, made.id)
    assert end(day).empty == []
    full: Item = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    with day.store.begin(day.actor("lead")) as uow:
        from examday.services.custody import papers
        from examday.services.packing import single_things

        envelope = papers.envelope_of(papers.of_booklet(uow, day.booklets["2А"]))
        assert envelope
        single_things.put(uow, full.id, envelope.id)
    with pytest.raises(Conflict):
        day.do("lead", sealing.remove, full.id)


def test_taking_an_empty_packet_out_of_the_list_leads_back_to_the_page_that_closes_the_day(
    day: Day, browser: Callable[[], Browser]
) -> None:
    made: Item = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    head = browser()
    head.log_in("head")
    page = f"/board/close?day={DAY.isoformat()}"
    [sent] = re.findall(r'name="day"\s+value="([^"]+)"', head.get(page).get_data(as_text=True))
    answer = head.post(f"/packing/packet/{made.id}/remove", {"day": sent})
    assert answer.headers["Location"] == page
    assert end(day).empty == []


def test_a_work_of_another_day_does_not_change_the_counts_of_this_one(day: Day) -> None:
    def progress() -> table_page.Progress:
        with day.store.read(day.actor("head")) as uow:
            return table_page.table(uow).progress

    before = progress()
    with day.store.begin(day.actor("head")) as uow:
        old = uow.add(
            Exam(date=DAY - dt.timedelta(days=9), kind="ege", subject="02", site_code="0001")
        )
        uow.session.flush()
        booklet = uow.get(Booklet, day.booklets["3А"])
        from examday.storage.tables import Seat

        seat = uow.add(
            Seat(
                exam_id=old.id,
                room_id=day.room,
                candidate_id=booklet.seat.candidate_id,
                place="9Я",
            )
        )
        uow.session.flush()
        uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=old.id,
                medium="enlarged",
                state="certified",
                since=uow.now(),
            )
        )
        uow.record(Event.PLAN_EDIT, "plan:test")
    assert progress() == before


def test_the_page_leads_through_the_end_of_the_day(
    day: Day, browser: Callable[[], Browser]
) -> None:
    miscount(day)
    head = browser()
    head.log_in("head")
    page = " ".join(
        re.sub(r"<[^>]+>", " ", head.get("/board/close").get_data(as_text=True)).split()
    )
    assert "Что случилось за день" in page and "тетрад" in page and "насчитано 7" in page
    refused = head.post(f"/board/close?day={DAY}", {"reason": ""})
    assert refused.status_code == 400
    sent = {"reason": "две работы ждут подписи"}
    answer = head.post(f"/board/close?day={DAY}", sent)
    assert answer.status_code == 303
    closed = head.get(answer.location).get_data(as_text=True)
    assert "две работы ждут подписи" in closed and "Закрыть день ещё раз" in closed
    paper = {"document": "day-summary", "subject": f"exam:{day.exam}"}
    assert f'value="{paper["subject"]}"' in closed, "the summary is printed from the page itself"
    assert head.post("/print/make", paper).status_code == 303


def test_a_packed_work_says_how_it_is_opened_again(
    day: Day, browser: Callable[[], Browser]
) -> None:
    day.put_at("2А", "packed")
    head = browser()
    head.log_in("head")
    assert "откройте её пакет" in head.get(f"/booklets/{day.booklets['2А']}").get_data(as_text=True)
    with day.store.read(day.actor("head")) as uow:
        assert dossier.show(uow, day.booklets["2А"]).booklet.state == "packed"


def test_after_the_day_is_closed_its_summary_is_what_comes_next(
    day: Day, browser: Callable[[], Browser]
) -> None:
    for place in day.booklets:
        day.put_at(place, "handed_over")
    head = browser()
    head.log_in("head")

    def primary(address: str) -> list[str]:
        shown = head.get(address).get_data(as_text=True)
        found = re.findall(r'class="[^"]*primary[^"]*"[^>]*>(.*?)</(?:a|button)', shown, re.S)
        return [re.sub(r"<[^>]+>", "", text).strip() for text in found]

    assert primary("/board/") == ["Закрыть день"]
    day.do("head", closing.close, DAY, "")
    assert primary("/board/") == []
    assert primary("/board/close") == ["Напечатать итоги дня"]
    # The step stays: a page that the machine reads late changes nothing of the day.
    with day.store.begin(Actor.system("test")) as uow:
        uow.record(Event.READING_MACHINE, f"booklet:{day.booklets['1А']}")
    assert primary("/board/") == []
    # The step comes back, because something happened after the day was closed.
    day.put_at("1А", "handed_over")
    assert primary("/board/") == ["Закрыть день"]
    assert primary("/board/close") == ["Закрыть день ещё раз"]
