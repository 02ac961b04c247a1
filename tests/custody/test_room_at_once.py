"""The whole room in one step: enlarged under one member's eyes, collected in one count."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import spaced
from examday.domain.identity import place_order
from examday.services.custody import kits, papers
from examday.services.custody.room import collecting, enlarging, more_paper, withdrawn_kits
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from tests import custody_day
from tests.at_desks import Clerk
from tests.conftest import PIN, Browser
from tests.custody_day import Day, number

MEDIA = ("enlarged", "enlarged", "enlarged", "braille", "typed")


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Three enlarged kits, a notebook and a print-out, all issued."""
    made = custody_day.make(store, add_person, MEDIA)
    for n, place in enumerate(made.booklets, 1):
        made.do("lead", kits.issue, made.booklets[place], number(n))
    return made


@pytest.fixture
def lead(day: Day, browser: Callable[[], Browser]) -> Clerk:
    return Clerk(browser(), "lead")


def room(day: Day, step: str = "") -> str:
    return f"/custody/room/{day.exam}/{day.room}" + (f"/all/{step}" if step else "")


def states(day: Day) -> list[str]:
    return [day.booklet(place).state for place in day.booklets]


def enlarge_all(day: Day) -> None:
    for place in ("1А", "2А", "3А"):
        day.do("lead", enlarging.enlarge, day.booklets[place], day.people["board"].id)


def numbers(day: Day, *places: str) -> dict[str, str]:
    """What stands on the envelopes of these seats."""
    return {
        f"{day.booklets[place]}:count-{kind}": str(n)
        for place in places
        for kind, n in day.counts(place).items()
    }


def test_the_kits_of_a_room_are_enlarged_at_once_and_the_odd_one_is_taken_out(
    day: Day, lead: Clerk
) -> None:
    shown = lead.open(room(day, "enlarge"))
    assert all(place in shown.text for place in ("1А", "2А", "3А"))
    assert "4А" not in shown.text and "5А" not in shown.text
    chosen = {"work": [day.booklets["1А"], day.booklets["3А"]], "witness": day.people["board"].id}
    lead.press("/all/enlarge" if shown.form().action else "", fields=chosen)
    assert states(day) == ["enlarged", "issued", "enlarged", "issued", "issued"]


def test_only_forms_of_the_kits_in_the_list_are_asked_about(day: Day, lead: Clerk) -> None:
    day.do("lead", more_paper.issue_extra, day.booklets["1А"], Kind.STANDARD_SHEET, 1, number(9))
    assert "extra_1" in lead.open(room(day, "enlarge")).html
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    assert "extra_1" not in lead.open(room(day, "enlarge")).html, "nobody else has this form"


def test_without_a_member_nothing_of_the_room_is_written(day: Day, lead: Clerk) -> None:
    lead.open(room(day, "enlarge"))
    shown = lead.press()
    assert shown.status >= 400 and "Не выполнено" in shown.text
    assert states(day) == ["issued"] * 5


def test_works_are_collected_by_blind_counts_and_a_wrong_one_stays(day: Day, lead: Clerk) -> None:
    enlarge_all(day)
    shown = lead.open(room(day, "collect"))
    assert "5А" in shown.text, "it is said that pages of the print-out are missing"
    wrong = numbers(day, "1А", "2А", "3А", "4А")
    wrong[f"{day.booklets['2А']}:count-{Kind.ENLARGED_SHEET}"] = "9"
    for right in set(numbers(day, "1А").values()):
        assert f">{right}<" not in shown.html, "the page tells no count"
    after = lead.press(fields=wrong)
    assert states(day) == ["collected", "enlarged", "collected", "collected", "issued"]
    assert "Место 2А" in after.text and "отдельно" in after.text
    assert "alarm:count-mismatch" not in day.kinds(), "the alarm belongs to the second count"


def test_the_page_of_a_work_tells_no_count_to_whoever_counts_it_next(day: Day, lead: Clerk) -> None:
    enlarge_all(day)
    work = day.booklets["1А"]
    before = lead.open(f"/booklets/{work}")
    assert "смотрите после счёта" in before.text and 'class="papers"' not in before.html
    lead.open(room(day, "collect"))
    lead.press(fields=numbers(day, "1А"))
    assert day.booklet("1А").state == "collected"
    # Without the papers: it is in the hands of the lead, who counts it once more when it goes on.
    assert 'class="papers"' not in lead.open(f"/booklets/{work}").html
    assert 'class="papers"' in lead.open(f"/booklets/{work}?show=papers").html


@pytest.mark.parametrize("state", ["enlarged", "collected", "certified", "packed"])
def test_no_page_beside_the_count_tells_the_number(day: Day, lead: Clerk, state: str) -> None:
    """Neither another step of the work, nor the packing table, nor the sums of the whole exam."""
    enlarge_all(day)
    work = day.booklets["1А"]
    with day.store.read() as uow:
        things = [i.code for i in papers.of_booklet(uow, work) if i.kind == Kind.ENLARGED_SHEET]
    day.put_at("1А", state)
    steps = ("", "/extra", "/undo", "/hand", "/spoil", "/standard", "/collect")
    pages = [f"/custody/work/{work}{step}" for step in steps]
    for page in [*pages, f"/booklets/{work}", f"/packing/work/{work}"]:
        assert not any(spaced(code) in lead.open(page).html for code in things), page
    sums = lead.open("/custody/")
    assert "смотрите после счёта" in sums.text and 'data-label="на руках"' not in sums.html
    assert 'data-label="на руках"' in lead.open("/custody/?show=account").html


def test_a_number_that_was_left_out_is_not_zero(day: Day, lead: Clerk) -> None:
    enlarge_all(day)
    lead.open(room(day, "collect"))
    shown = lead.press(fields={"work": [day.booklets["1А"]]})
    assert day.booklet("1А").state == "enlarged" and shown.status == 400
    assert shown.html.count('aria-invalid="true"') == 1, "nothing was written: said once"
    some = numbers(day, "1А", "2А")
    word, empty = (f"{day.booklets['1А']}:count-{Kind.STANDARD_SHEET}", list(some)[-1])
    shown = lead.press(
        fields={**some, word: "четыре", empty: "", "work": list(day.booklets.values())}
    )
    assert shown.status == 400 and set(states(day)) == {"enlarged", "issued"}
    assert shown.html.count('aria-invalid="true"') == 2, "whoever still writes is not asked about"
    assert "«четыре» — не количество" in shown.text and "2А, увеличенные листы (А3)" in shown.text
    # A field that no page of ours has is no number of the work, and no fault of the program.
    forged = {f"{day.booklets['1А']}:count-nothing": "x", f"{day.booklets['1А']}:x": ""}
    sent = {**some, **forged, empty: "", "work": list(day.booklets.values())}
    answer = lead.browser.post(room(day, "collect"), sent)
    assert answer.status_code == 400
    assert answer.get_data(as_text=True).count('aria-invalid="true"') == 1
    after = lead.press(fields={**some, "work": list(day.booklets.values())[:4]})
    assert states(day)[:4] == ["collected", "collected", "enlarged", "issued"]
    assert "ничего не вписано" in after.text and "3А, 4А" in after.text


def test_the_room_offers_the_whole_step_only_where_several_wait(
    day: Day, lead: Clerk, browser: Callable[[], Browser]
) -> None:
    assert "Увеличить все комплекты" in lead.open(room(day)).text
    enlarge_all(day)
    shown = lead.open(room(day))
    assert "Увеличить все комплекты" not in shown.text and "Собрать все работы" in shown.text
    assert "Собрать все работы" not in Clerk(browser(), "head").open(room(day)).text


COLLECTED = ("1А", "2А", "3А", "4А")


def collect_all(day: Day) -> None:
    enlarge_all(day)
    for place in COLLECTED:
        day.do("lead", collecting.collect, day.booklets[place], day.counts(place))


def holders(day: Day) -> list[str]:
    names = {person.id: login for login, person in day.people.items()}
    return [names[day.booklet(place).holder_id or ""] for place in COLLECTED]


def confirmed(day: Day, who: str = "helper") -> dict[str, str]:
    return {"to": day.people[who].id, "pin": PIN}


def test_the_works_of_a_room_change_hands_in_one_step_and_a_wrong_count_stays(
    day: Day, lead: Clerk
) -> None:
    collect_all(day)
    assert "Передать все работы аудитории (4)" in lead.open(room(day)).text
    shown = lead.open(room(day, "hand"))
    for right in set(numbers(day, "1А").values()):
        assert f">{right}<" not in shown.html, "the page tells no count"
    overlooked = lead.press(fields={**numbers(day, "1А", "2А", "3А"), **confirmed(day)})
    assert overlooked.status == 400 and holders(day) == ["lead"] * 4, "the receiver is told"
    assert overlooked.html.count('aria-invalid="true"') == len(numbers(day, "4А"))
    wrong = numbers(day, *COLLECTED)
    wrong[f"{day.booklets['2А']}:count-{Kind.ENLARGED_SHEET}"] = "9"
    after = lead.press(fields={**wrong, **confirmed(day)})
    assert holders(day) == ["helper", "lead", "helper", "helper"]
    assert "Место 2А" in after.text and "Переданы 3 работы" in after.text
    assert day.kinds().count("custody:hand") == 3 and audit.verify(day.store).ok


def test_seats_to_be_counted_once_more_are_named_in_their_order(day: Day, lead: Clerk) -> None:
    collect_all(day)
    lead.open(room(day, "hand"))
    wrong = dict.fromkeys(numbers(day, *COLLECTED), "9")
    said = lead.press(fields={**wrong, **confirmed(day)}).text
    assert said.count("числа не сошлись") == 1, "one line for all"
    assert f"Места {', '.join(sorted(COLLECTED, key=place_order))}: числа не сошлись" in said


def test_who_receives_and_the_pin_are_missed_together_with_a_number(day: Day, lead: Clerk) -> None:
    collect_all(day)
    for page, ending in ((room(day, "hand"), ""), (f"/custody/work/{day.booklets['1А']}", "/hand")):
        lead.open(page)
        refused = lead.press(ending)
        assert refused.status == 400
        assert "Выберите, кто принимает." in refused.text
        assert "Принимающий не набрал свой PIN." in refused.text
        assert "если ничего нет, впишите 0" in refused.text


def test_a_wrong_pin_hands_nothing_of_the_room_over(day: Day, lead: Clerk) -> None:
    collect_all(day)
    lead.open(room(day, "hand"))
    sent = {**numbers(day, *COLLECTED), **confirmed(day), "pin": "0000"}
    shown = lead.press(fields=sent)
    assert shown.status >= 400 and holders(day) == ["lead"] * 4
    kept = shown.form().values
    assert all(kept[name] == [n] for name, n in numbers(day, *COLLECTED).items()), "nothing is lost"


def test_a_wrong_count_alone_asks_for_no_pin(day: Day, lead: Clerk) -> None:
    collect_all(day)
    lead.open(room(day, "hand"))
    wrong = dict.fromkeys(numbers(day, "1А"), "9")
    sent = {"work": [day.booklets["1А"]], **wrong, **confirmed(day), "pin": "0000"}
    assert "Место 1А" in lead.press(fields=sent).text and holders(day) == ["lead"] * 4


def test_only_what_is_in_my_hands_is_in_the_list(day: Day, browser: Callable[[], Browser]) -> None:
    collect_all(day)
    second = Clerk(browser(), "second")
    assert "Передать все работы аудитории" not in second.open(room(day)).text
    shown = second.open(room(day, "hand"))
    assert "1А, 2А, 3А, 4А" in shown.text and not shown.html.count('name="work"')
    day.do("lead", withdrawn_kits.spoil, day.booklets["5А"], "порван")
    lead = Clerk(browser(), "lead")
    assert "Передать все работы аудитории (4)" in lead.open(room(day)).text
    shown = lead.open(room(day, "hand"))
    assert shown.html.count('name="work"') == 4 and "у других" not in shown.text
    assert "комплект недействителен и считать нечего: 5А" in shown.text


def test_pages_of_a_print_out_are_counted_and_never_taken_for_one(day: Day, lead: Clerk) -> None:
    work = day.booklets["5А"]
    shown = lead.open(f"/custody/work/{work}")
    assert shown.form("/extra").values["number"] == [""], "no number is told beforehand"
    refused = lead.press("/extra", fields={"kind": Kind.PRINT_OUT})
    assert refused.status == 400 and "Пересчитайте листы" in refused.text
    assert 'href="#number"' in refused.html, "the refusal leads to its entry"
    lead.press("/extra", fields={"kind": Kind.PRINT_OUT, "number": "3"})
    assert day.counts("5А")[Kind.PRINT_OUT] == 3
