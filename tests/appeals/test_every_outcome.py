"""Each outcome once, through the pages, with mistakes made on purpose; days over a holiday, counted by
hand; the papers of each case are read, and its bundle is verified with parts left out."""

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.services.appeals import statistics
from examday.services.appeals.order import orders
from examday.services.unit_of_work import Store
from examday.storage.tables_appeal import Appeal
from tests import people_at_once
from tests.appeals import test_whole_case as whole
from tests.appeals.test_every_paper import code_names, overprints, words

pytestmark = pytest.mark.release
D = dt.date
OVER_THE_HOLIDAY = whole.Year(
    # Results on Wednesday 10 June 2026: two working days are Thursday 11 and, over the holiday of
    # Friday 12 and the weekend, Monday 15. Reached on 15: 16, 17, 18, 19. Heard on Thursday 18: two
    # calendar days end on Saturday 20; five working days are 22–26; one more is Monday 29.
    "deaf", D(2026, 5, 28), D(2026, 6, 10), D(2026, 6, 15), D(2026, 6, 16), D(2026, 6, 19),
    D(2026, 6, 18),
    {"sent": D(2026, 6, 20), "recalculate": D(2026, 6, 26), "told": D(2026, 6, 29)},
    "апелляционная комиссия",
)  # fmt: skip


@pytest.fixture
def play(store: Store, browser: Callable[[], Any], clock: Any) -> whole.Play:
    return whole.Play(store, browser, clock, OVER_THE_HOLIDAY)


def decide(play: whole.Play, found: dict[str, str], outcome: str, **more: str) -> None:
    """Findings by task, everybody votes for `outcome`, decided and signed."""
    for field, decided in found.items():
        reason = "так видно на снимках"
        play.send("member", play.of_case("/find"), field=field, decided=decided, reason=reason)
    for login in ("chair", "member"):
        person = play.people[login].id
        play.send("secretary", play.of_case("/hearing/vote"), person=person, outcome=outcome)
    play.send("secretary", play.of_case("/hearing/decide"), reasons="По снимкам.", **more)
    sign(play)


def sign(play: whole.Play) -> None:
    """Chair and member sign the protocol."""
    page = play.page_source("secretary", play.of_case("/protocol"))
    content = re.search(r'name="content" value="([0-9a-f]{64})"', page)
    assert content
    for login in ("chair", "member"):
        sent = {"person": play.people[login].id, "content": content.group(1)}
        signing = play.of_case("/protocol/sign")
        play.send("secretary", signing, **sent, pin=people_at_once.PIN)
    play.send("secretary", play.of_case("/order"))


def due(play: whole.Play) -> dict[str, dt.date]:
    """The last days of the steps."""
    with play.store.read() as uow:
        return {str(step): row.due for step, row in orders.steps(uow, play.kept()).items()}


def end(play: whole.Play) -> str:
    """The appellant is told, the case is closed; what its page says then."""
    order = play.of_case("/order")
    play.refused("secretary", f"{order}/close", "закрыть нельзя")
    play.refused("secretary", f"{order}/inform", "как", way=" ", whom="апеллянт")
    play.send("secretary", f"{order}/inform", way="письмом", whom="апеллянт")
    return play.send("secretary", f"{order}/close")


def papers(play: whole.Play, *names: str) -> str:
    """Every paper of the case in the trade's words; the text of the protocol."""
    secretary = play.browser()
    secretary.log_in("secretary")
    said = ""
    for name in names:
        large = secretary.post(play.of_case(f"/{name}.pdf"), {"large": "1"})
        assert overprints(large.data) == [], f"{name}, large print"
        made = secretary.post(play.of_case(f"/{name}.pdf"), {})
        assert made.status_code == 200 and code_names(words(made.data)) == set(), name
        assert overprints(made.data) == [], name
        if folder := os.environ.get("PAPERS"):
            (Path(folder) / f"{play.kept().kind}-{play.kept().outcome}-{name}.pdf").write_bytes(
                made.data
            )
        text = secretary.post(play.of_case(f"/{name}.txt"), {})
        assert code_names(text.get_data(as_text=True)) == set(), name
        if name == "protocol":
            said = " ".join(text.get_data(as_text=True).split())
    return said


def bundle_holds(play: whole.Play) -> None:
    """The bundle is true; without any one of its rows it is not."""
    whole.without_rows(play, "appeal", "hearing", "reading")


def seated(play: whole.Play) -> None:
    """A score appeal whose hearing sits."""
    whole.file_the_appeal(play, whole.first_transfer(play))
    whole.appoint(play)
    whole.sit(play)


def test_rejected_though_a_defect_was_found_with_the_reason_of_the_commission(
    play: whole.Play,
) -> None:
    seated(play)
    find = play.of_case("/find")
    defect = {"decided": "transfer_defect", "category": "digits_swapped"}
    play.send("member", find, field="2", **defect)
    with_reason = {"decided": "own_error", "reason": "так и написано"}
    play.send("member", find, field="long:27", **with_reason)
    for login in ("chair", "member"):
        person = play.people[login].id
        play.send("secretary", play.of_case("/hearing/vote"), person=person, outcome="reject")
    deciding = play.of_case("/hearing/decide")
    play.refused("secretary", deciding, "в пользу апеллянта", reasons="По снимкам.")
    play.send("secretary", deciding, reasons="По снимкам.", against="Ответ неверен и в оригинале.")
    sign(play)
    assert due(play) == {"inform": play.year.due["sent"]}
    assert "Отклон" in end(play) or play.kept().outcome == "reject"
    said = papers(play, "receipt", "notice", "protocol", "kit")
    assert "Ответ неверен и в оригинале." in said
    # The centre corrects by the annexes: a rejected appeal has none.
    assert "Найдено, но не меняется" in said and "2-АП-1" not in said
    assert "2-АП-1" not in play.page("secretary", play.of_case("/protocol"))
    play.refused("secretary", play.of_case("/order.pdf"), "")
    bundle_holds(play)


def test_satisfied_for_an_error_of_the_centre_is_recalculated_without_a_transfer(
    play: whole.Play,
) -> None:
    seated(play)
    decide(play, {"2": "recognition_error", "long:27": "no_difference"}, "satisfy")
    year = play.year.due
    assert due(play) == {
        "recalculate": year["recalculate"], "approve": year["told"], "inform": year["told"],
    }  # fmt: skip
    order = play.of_case("/order")
    play.refused("secretary", f"{order}/approve", "не допускает")
    play.refused("operator", f"{order}/recalculate", "0 до 100", before="61", after="610")
    play.refused("operator", f"{order}/recalculate", "снизился", before="68", after="61")
    fell = "ответ засчитан ошибочно"
    play.send("operator", f"{order}/recalculate", before="68", after="61", fell=fell)
    play.send("chair", f"{order}/approve")
    assert "68 → 61" in end(play)
    papers(play, "receipt", "notice", "protocol", "kit")
    bundle_holds(play)


@pytest.mark.parametrize(("confirmed", "outcome"), [("yes", "satisfy"), ("no", "reject")])
def test_a_procedural_appeal_goes_by_its_check(
    play: whole.Play, confirmed: str, outcome: str
) -> None:
    work = whole.first_transfer(play)
    exam = play.year.exam
    sent = {"work": work, "kind": "procedure", "applicant": "апеллянт", "text": "Не увеличили",
            "presence": "own"}  # fmt: skip
    # Filed on the exam day, Thursday 28 May, and there at once: 29 May and Monday 1 June.
    after = {"filed": str(exam + dt.timedelta(1)), "reached": str(exam + dt.timedelta(1))}
    play.day(exam + dt.timedelta(1))
    play.refused("secretary", "/appeals/new", "", **sent, **after)
    play.day(exam, hour=14)
    play.send("secretary", "/appeals/new", **sent, filed=str(exam), reached=str(exam))
    with play.store.read() as uow:
        play.case = uow.session.query(Appeal).one().id
    assert "01.06.2026" in play.page("secretary", play.of_case())
    where = {"time": "11:00", "place": "каб. 5", "form": "remote"}
    appointing = play.of_case("/hearing/appoint")
    play.refused("secretary", appointing, "до 01.06.2026", day="2026-06-02", **where)
    play.send("secretary", appointing, day="2026-06-01", **where)
    play.day(D(2026, 6, 1))
    for login, capacity in (("chair", "chair"), ("member", "member"), ("secretary", "secretary")):
        whole.come(play, capacity, login)
    play.send("secretary", play.of_case("/hearing/open"))
    own = play.of_case("/hearing/own-work")
    play.refused("secretary", own, "", answer="yes", way="print")
    play.send("secretary", own, answer="absent", way="")
    check = play.of_case("/hearing/check")
    about = {"by": "Орлова, Седов", "confirmed": confirmed, "conclusion": "Журнал проверен."}
    play.refused("secretary", check, "", check_day="2026-05-27", **about)
    play.send("secretary", check, check_day="2026-05-29", **about)
    found = {
        field: "no_difference"
        for field in re.findall(
            r'name="field" value="([^"]+)"', play.page_source("member", play.of_case())
        )
    }
    decide(play, found, outcome)
    order = play.of_case("/order")
    # Two calendar days after Monday 1 June.
    assert set(due(play).values()) == {D(2026, 6, 3)}
    if outcome == "satisfy":
        assert list(due(play)) == ["annul", "reserve_day", "inform"]
        play.refused("secretary", f"{order}/reserve_day", "Следующий шаг", day="2026-06-22")
        play.refused("secretary", f"{order}/annul", "документ", document=" ")
        play.send("secretary", f"{order}/annul", document="протокол ГЭК № 14 от 02.06.2026")
        play.refused("secretary", f"{order}/reserve_day", "позже", day="2026-06-01")
        play.send("secretary", f"{order}/reserve_day", day="2026-06-22", note="")
    said = end(play)
    assert ("протокол ГЭК № 14" in said) is (outcome == "satisfy")
    protocol = papers(play, "receipt", "notice", "protocol", "kit")
    assert "Журнал проверен." in protocol and "дистанционно" in protocol.casefold()
    bundle_holds(play)


def test_a_withdrawn_appeal_is_closed_as_withdrawn(play: whole.Play) -> None:
    work = whole.first_transfer(play)
    whole.file_the_appeal(play, work)
    whole.appoint(play)
    away = play.of_case("/withdraw")
    play.refused("secretary", away, "заявление", reason=" ")
    play.send("secretary", away, reason="заявление от 15.06, передумал")
    assert "заявление от 15.06" in play.page("secretary", play.of_case())
    play.refused("secretary", play.of_case("/hearing/open"), "")
    with play.store.read(play.hands.actor("secretary")) as uow:
        year = statistics.year(uow, 2026)
    assert dict(year.tables["outcome"].rows) == {"withdrawn": 1}
    papers(play, "receipt", "notice", "kit")
    bundle_holds(play)
