"""The commission's pages, through the real routes: from the paper appeal to the closed case and
its print-outs."""

import datetime as dt
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import outloud
import pdfua
import pypdfium2
import pytest
from PIL import Image

from examday.domain.appeals.case import Kind
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.services.appeals.keeping import retention
from examday.services.appeals.views import terms
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Reading
from examday.storage.tables_appeal import Appeal, Destruction

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.appeals import world
from tests.appeals.test_commission_figures import at_the_point, change, second_work
from tests.appeals.test_outcomes import to_the_recheck
from tests.brf import brf_pages
from tests.transfer_day import add_page

PIN = "2580"


@pytest.fixture
def commission(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    return world.make(store, add_person)


def at(browser: Any, login: str) -> Any:
    visit = browser()
    visit.log_in(login)
    return visit


def send(visit: Any, url: str, page: str, **data: str) -> str:
    """Send a form and return the page it leads to."""
    answer = visit.post(url, data, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200, re.sub(r"<[^>]+>|\s+", " ", text)[:1500]
    return text


def heard(visit: Any, c: world.Commission, case: str) -> None:
    page = f"{case}/hearing"
    send(
        visit,
        f"{page}/appoint",
        page,
        day="2026-06-24",
        time="11:00",
        place="каб. 5",
        form="in_person",
    )
    early = visit.post(f"{page}/open")
    assert early.status_code == 409 and "24.06.2026; раньше этого дня" in early.get_data(
        as_text=True
    )
    c.wait_until(dt.datetime(2026, 6, 24, 8, tzinfo=dt.UTC))
    visit.log_in("secretary")
    for login, capacity in (("chair", "chair"), ("member", "member"), ("secretary", "secretary")):
        send(visit, f"{page}/attend", page, capacity=capacity, person=c.people[login].id)
    send(visit, f"{page}/attend", page, capacity="appellant", name="апеллянт")
    send(visit, f"{page}/open", page)
    send(visit, f"{page}/own-work", page, answer="yes", way="print")


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def register(visit: Any, c: world.Commission) -> str:
    text = send(
        visit,
        "/appeals/new",
        "/appeals/new",
        work=c.booklet,
        kind="score",
        filed="2026-06-19",
        reached="2026-06-19",
        result_day="2026-06-18",
        presence="own",
    )
    assert "77-01-0001" in text
    with c.store.read() as uow:
        return f"/appeals/{uow.session.query(Appeal).one().id}"


def test_a_case_goes_from_the_paper_appeal_to_its_end(
    commission: world.Commission, browser: Any
) -> None:
    c, secretary = commission, at(browser, "secretary")
    found = secretary.get("/appeals/new?q=2675000181771").get_data(as_text=True)
    assert c.booklet in found, "the work is found by its whole form code"
    case = register(secretary, c)
    assert pdf_text(secretary.post(f"{case}/receipt.pdf").data).count("77-01-0001") == 2
    shown = secretary.get(case).get_data(as_text=True)
    assert {f for f in re.findall(r'id="field-([\w-]+)" tabindex', shown)} == world.PLANTED
    heard(secretary, c, case)
    member, chair = at(browser, "member"), at(browser, "chair")
    refused = secretary.post(f"{case}/hearing/decide", {"reasons": "нет"})
    assert refused.status_code == 409 and "Задания без вывода" in refused.get_data(as_text=True)
    for field, category in (("2", "digits_swapped"), ("5", "omitted")):
        send(
            member, f"{case}/find", case, field=field, decided="transfer_defect", category=category
        )
    for login in ("chair", "member"):
        send(
            secretary,
            f"{case}/hearing/vote",
            f"{case}/hearing",
            person=c.people[login].id,
            outcome="satisfy",
        )
    text = send(
        secretary,
        f"{case}/hearing/decide",
        f"{case}/hearing",
        reasons="Бланк не совпадает с оригиналом.",
    )
    assert "Подписать протокол" in secretary.get(f"{case}/order").get_data(as_text=True), (
        "a page where nothing can be done yet leads to what comes first"
    )
    content = re.search(r'name="content" value="(\w{64})"', text).group(1)  # type: ignore[union-attr]
    for login in ("chair", "member"):
        send(
            secretary,
            f"{case}/protocol/sign",
            f"{case}/protocol",
            person=c.people[login].id,
            pin=PIN,
            content=content,
        )
    printed = pdf_text(secretary.post(f"{case}/protocol.pdf").data)
    assert all(
        word in printed
        for word in ("77-01-0001", "техническая ошибка", "135", "153", "не форма ППЭ")
    )
    order = f"{case}/order"
    assert "Назначить повторную обработку" in secretary.get(order).get_data(as_text=True)
    send(secretary, order, order)
    nobody = secretary.post(f"{order}/assign", {"transferrer": "", "second": ""})
    said = nobody.get_data(as_text=True)
    assert nobody.status_code == 400
    assert all(f'href="#{entry}"' in said for entry in ("transferrer", "second")), "both at once"
    send(
        secretary,
        f"{order}/assign",
        order,
        transferrer=c.people["fresh"].id,
        second=c.people["fresh2"].id,
    )
    early = secretary.post(f"{order}/close")
    assert early.status_code == 409 and "Дело закрыть нельзя" in early.get_data(as_text=True)
    c.wait_until(dt.datetime(2026, 6, 29, 8, tzinfo=dt.UTC))
    secretary.log_in("secretary")
    late = secretary.get("/appeals").get_data(as_text=True)
    assert "перенести заново" in late and "просрочено на" in late, "the step is late"
    assert "рассмотреть апелляцию" not in late, "the decision was made in time"
    chair.log_in("chair")
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, c.booklet).state = "handed_over"
        uow.record("test:transferred", f"booklet:{c.booklet}")
    send(secretary, f"{order}/retransfer", order)
    send(secretary, f"{order}/hand_over", order)
    said = secretary.post(f"{order}/recalculate", {"before": "", "after": ""})
    assert all(f'href="#{entry}"' in said.get_data(as_text=True) for entry in ("before", "after"))
    send(secretary, f"{order}/recalculate", order, before="61", after="68")
    send(chair, f"{order}/approve", order)
    send(secretary, f"{order}/inform", order, way="лично")
    assert "Дело закрыто" in send(secretary, f"{order}/close", order)


def test_the_kit_says_the_same_on_screen_in_print_as_text_and_in_braille(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    case = register(secretary, commission)
    page = secretary.get(f"{case}/kit").get_data(as_text=True)
    printed = pdf_text(secretary.post(f"{case}/kit.pdf").data)
    large = secretary.post(f"{case}/kit.pdf", {"large": "1"}).data
    plain = secretary.post(f"{case}/kit.txt").get_data(as_text=True)
    for said in ("77-01-0001", "КИСЛОРОД", "153"):
        assert said in page and said in printed and said in plain, said
    assert "built-in" not in page
    assert len(pypdfium2.PdfDocument(large)) > len(
        pypdfium2.PdfDocument(secretary.post(f"{case}/kit.pdf").data)
    )
    braille = secretary.post(f"{case}/kit.brf").get_data(as_text=True)
    lines = [line for sheet in brf_pages(braille) for line in sheet]
    assert max(len(line) for line in lines) <= 28 and len(lines) > 20


@pytest.mark.release
def test_every_print_out_of_the_commission_passes_the_checkers(
    commission: world.Commission, browser: Any, tmp_path: Path
) -> None:
    secretary = at(browser, "secretary")
    case = register(secretary, commission)
    heard(secretary, commission, case)
    member = at(browser, "member")
    for field in sorted(world.PLANTED):
        send(
            member,
            f"{case}/find",
            case,
            field=field,
            decided="transfer_defect",
            category="omitted",
            reason="видно",
        )
    for login in ("chair", "member"):
        send(
            secretary,
            f"{case}/hearing/vote",
            f"{case}/hearing",
            person=commission.people[login].id,
            outcome="satisfy",
        )
    send(
        secretary,
        f"{case}/hearing/decide",
        f"{case}/hearing",
        reasons="Бланк не совпадает с оригиналом.",
    )
    for name, large in (
        ("kit", {}),
        ("kit", {"large": "1"}),
        ("protocol", {}),
        ("receipt", {}),
        ("notice", {}),
    ):
        path = tmp_path / f"{name}{len(large)}.pdf"
        path.write_bytes(secretary.post(f"{case}/{name}.pdf", large).data)
    (tmp_path / "year0.pdf").write_bytes(
        secretary.post("/appeals/figures.pdf", {"year": "2026"}).data
    )
    for path in sorted(tmp_path.glob("*.pdf")):
        report = pdfua.validate(str(path))
        assert [f for outcome in report.outcomes for f in outcome.findings] == [], path.name
    for name in ("kit0", "protocol0", "year0", "receipt0", "notice0"):
        result = outloud.check(str(tmp_path / f"{name}.pdf"))
        assert result.error is None
        assert [(f.rule, f.message) for f in result.findings if f.severity == "error"] == [], name


def test_members_work_with_codes_and_only_those_who_may_see_names(
    commission: world.Commission, browser: Any
) -> None:
    case = register(at(browser, "secretary"), commission)
    member = at(browser, "member")
    assert "Учебный" not in member.get(case).get_data(as_text=True)
    assert "Учебный" not in member.post(f"{case}/kit.txt").get_data(as_text=True)
    assert "Учебный" in at(browser, "secretary").get(case).get_data(as_text=True)


def test_members_find_the_work_and_open_its_page(
    commission: world.Commission, browser: Any
) -> None:
    register(at(browser, "secretary"), commission)
    for login in ("member", "operator"):
        visit = at(browser, login)
        page = visit.get(f"/booklets/{commission.booklet}")
        text = page.get_data(as_text=True)
        assert page.status_code == 200 and "2 675000 181771" in text and "Учебный" not in text
        assert "/board/" not in text, "a page they may not open is not offered"
    assert at(browser, "member").get("/find?q=2675000181771").location.endswith(commission.booklet)


def test_the_second_screen_shows_only_the_papers(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    case = register(secretary, commission)
    shown = secretary.get(f"{case}/show").get_data(as_text=True)
    assert "135" in shown and "153" in shown
    assert "предложено" not in shown and "Учебный" not in shown
    assert '<nav aria-label="Части' not in shown and "Сменить" not in shown, "no menu of the staff"
    assert 'data-theme="contrast"' in shown and 'data-size="175"' in shown
    assert "Вы написали: 1, 3, 5. На стандартном бланке стоит: 1, 5, 3" in shown


def test_an_old_work_is_entered_and_its_appeal_heard_without_key_ins(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    text = send(
        secretary,
        "/appeals/old-work",
        "/appeals/new",
        code="2637894086742",
        date="2026-06-04",
        exam_kind="ege",
        subject="02",
        region="77",
        site_code="0009",
        room="0303",
        place="2Б",
        candidate_code="OLD-1",
        surname="Прежний",
        medium="enlarged",
        tasks="12",
        no_long="1",
    )
    assert "2 637894 086742" in text and "Официальный день результатов" in text
    again = secretary.post(
        "/appeals/old-work",
        {"code": "2637894086742", "date": "2026-06-04", "medium": "enlarged"},
    )
    assert again.status_code == 409 and "уже есть" in again.get_data(as_text=True)


def test_neither_exam_nor_medium_of_an_old_work_is_chosen_beforehand(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    page = secretary.get("/appeals/new").get_data(as_text=True)
    for name in ("exam_kind", "medium"):
        first = page.partition(f'name="{name}"')[2].partition("</option>")[0]
        assert 'value=""' in first, name
    sent = {
        "code": "2637894086742", "date": "2026-06-04", "subject": "02", "region": "77",
        "site_code": "0009", "room": "0303", "place": "2Б", "surname": "Прежний",
        "tasks": "12", "no_long": "1",
    }  # fmt: skip
    for more, said in (
        ({"exam_kind": "", "medium": "enlarged"}, "какой это был экзамен"),
        ({"exam_kind": "ege", "medium": ""}, "Выберите один из ответов"),
    ):
        answer = secretary.post("/appeals/old-work", {**sent, **more})
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 400 and said in shown
        assert '<details class="fold" open>' in shown, "the form of old works stays open"
        assert 'value="Прежний"' in shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"filed": "2026-06-30", "reached": "2026-06-30"}, "ещё не наступил"),
        ({"result_day": "2026-06-16"}, "Апелляцию о баллах подают"),
        ({"filed": "", "reached": "2026-06-19"}, "Дата не введена"),
        ({"filed": "2026-06-19", "reached": "2026-06-18"}, "раньше, чем подана"),
        ({"kind": "loud"}, "Выберите один из ответов"),
    ],
)
def test_a_wrong_appeal_says_what_to_do_and_keeps_what_was_typed(
    commission: world.Commission, browser: Any, data: dict[str, str], said: str
) -> None:
    secretary = at(browser, "secretary")
    sent = {
        "work": commission.booklet,
        "kind": "score",
        "filed": "2026-06-19",
        "reached": "2026-06-19",
        "result_day": "2026-06-18",
        "contact": "тел. школы",
        **data,
    }
    answer = secretary.post("/appeals/new", sent)
    text = answer.get_data(as_text=True)
    assert (
        answer.status_code == 400
        and said in text
        and "тел. школы" in text
        and "<title>Ошибка:" in text
    )


def test_all_that_an_appeal_or_an_old_work_lacks_is_named_at_once(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")

    def links(address: str, **sent: str) -> list[str]:
        page = secretary.post(address, sent).get_data(as_text=True)
        summary = page.partition('class="error-summary"')[2].partition("</section>")[0]
        return re.findall(r'href="#([^"]*)"', summary)

    work = {"work": commission.booklet}
    empty = {"filed": "", "reached": "", "result_day": ""}
    said = links("/appeals/new", **work, kind="score", **empty)
    assert sorted(said) == sorted(empty)
    assert sorted(links("/appeals/new", **work, kind="procedure", **empty)) == ["filed", "reached"]
    old = {
        "code": "", "date": "", "exam_kind": "", "subject": "", "region": "", "site_code": "",
        "room": "", "place": "", "surname": "", "medium": "",
    }  # fmt: skip
    assert sorted(links("/appeals/old-work", **old)) == sorted(old)
    known = {"date": "2026-06-04", "exam_kind": "ege", "region": "77", "medium": "enlarged"}
    kept = {**old, **known, "code": "2637894086742", "tasks": "12", "place": "2Б"}
    assert links("/appeals/old-work", **kept) == ["subject", "site_code", "room", "surname"]


def test_who_looks_for_nothing_is_told_what_to_type(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    assert "поле пустое" in secretary.get("/appeals/new?q=+").get_data(as_text=True)
    assert "поле пустое" not in secretary.get("/appeals/new").get_data(as_text=True)


def test_an_expert_opens_the_own_step_and_nothing_else(
    commission: world.Commission, browser: Any
) -> None:
    case = register(at(browser, "secretary"), commission)
    expert = at(browser, "expert")
    page = expert.get("/rechecks/").get_data(as_text=True)
    assert "Вас ничто не ждёт" in page and "Повторная проверка" in page
    assert expert.get(case.replace("/appeals/", "/rechecks/")).status_code == 404
    assert expert.get(case).status_code == 403 and expert.get("/appeals").status_code == 403


def test_an_expert_sees_the_pages_of_the_work_that_waits_and_of_no_other(
    commission: world.Commission, browser: Any
) -> None:
    c, number, other = commission, to_the_recheck(commission), second_work(commission)
    with c.store.begin(Actor.system("test")) as uow:
        pages = [add_page(uow, booklet, "original") for booklet in (c.booklet, other)]
        uow.record("test:pages", f"booklet:{c.booklet}")
        uow.session.flush()
        ids, folders = (
            [p.id for p in pages],
            [c.store.settings.derived_of(p.file.sha256) for p in pages],
        )
    for folder in folders:
        folder.mkdir(parents=True)
        Image.new("L", (20, 30), 250).save(folder / "1.grey.jpg")
    expert = at(browser, "expert")
    shown, foreign = (expert.get(f"/rechecks/{number}/page/{page}") for page in ids)
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(shown.data)).size == (20, 30)
    assert foreign.status_code == 404
    assert at(browser, "secretary").get(f"/rechecks/{number}/page/{ids[0]}").status_code == 403


def test_an_expert_marks_on_the_own_page_and_the_secretary_from_paper(
    commission: world.Commission, browser: Any
) -> None:
    number = to_the_recheck(commission)
    own, order = f"/rechecks/{number}", f"/appeals/{number}/order"
    expert = at(browser, "expert")
    assert number in expert.get("/rechecks/").get_data(as_text=True)
    page = expert.get(own).get_data(as_text=True)
    assert (
        "Война и ми" in page
        and "Баллы: Развёрнутый ответ, задание 27" in page
        and "Учебный" not in page
    )
    refused = expert.post(own, {"code": "Э-1", "mark-long:27": "много"})
    assert refused.status_code == 400 and 'value="Э-1"' in refused.get_data(as_text=True)
    text = send(expert, own, own, **{"code": "Э-1", "mark-long:27": "93"})
    assert "Следующим проверяет другой эксперт" in text
    assert "Ваши баллы внесены" in expert.get(own).get_data(as_text=True)
    secretary = at(browser, "secretary")
    page = secretary.get(order).get_data(as_text=True)
    # Read without the tags: an identifier or a form token may hold the same two digits.
    read = re.sub(r"<[^>]+>", " ", page.partition("step-expert_recheck")[2])
    assert "баллы внёс 1 эксперт" in read and "93" not in read
    sent = {"code": "Э-2", "mark-long:27": "93"}
    text = send(secretary, f"{order}/expert_recheck", order, **sent)
    assert "Э-1, Э-2" in text and "результаты до и после" in text.lower()


def test_a_procedural_appeal_shows_the_check_and_its_own_steps(
    commission: world.Commission, browser: Any
) -> None:
    exam_day = dt.date(2026, 6, 4)
    number = world.file_appeal(
        commission,
        kind=Kind.PROCEDURE,
        filed=exam_day,
        reached=dt.date(2026, 6, 22),
        result_day=None,
    )
    secretary = at(browser, "secretary")
    page = f"/appeals/{number}/hearing"
    text = secretary.get(page).get_data(as_text=True)
    assert "Проверка ГЭК" in text and "от руки" in text, "what the program does not know is said"
    wrong = secretary.post(f"{page}/check", {"check_day": "2026-06-22"})
    assert wrong.status_code == 400
    sent = {"check_day": "2026-06-22", "by": "Орлова", "confirmed": "yes", "conclusion": "Да."}
    assert "нарушение подтверждено" in send(secretary, f"{page}/check", page, **sent)


def test_a_case_is_found_in_two_steps_and_the_list_chooses(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    case = register(secretary, commission)
    assert secretary.get("/find?q=77-01-0001").location.endswith(case)
    assert secretary.get("/find?q=учебный").location.endswith(case)
    member = at(browser, "member")
    for_members = member.get("/find?q=Учебный").get_data(as_text=True)
    assert "77-01-0001" not in for_members, "members see no names, and find nobody by them"
    assert at(browser, "operator").get("/find?q=77-01-0001").location.endswith(case)
    for chosen, there in (
        ("state=registered", True),
        ("state=closed", False),
        ("term=late", False),
        ("person=Учебный", True),
        ("person=77-01-0002", False),
    ):
        shown = secretary.get(f"/appeals?{chosen}").get_data(as_text=True)
        assert ("77-01-0001" in shown) is there, chosen


def test_a_page_of_cases_does_not_speak_for_the_pages_behind_it(
    commission: world.Commission, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "A_PAGE", 1)
    late, soon = world.file_appeal(commission), at_the_point(commission)
    change(commission, late, reached=dt.date(2026, 6, 1))
    change(commission, soon, reached=dt.date(2026, 6, 19))
    secretary = at(browser, "secretary")
    text = secretary.get("/appeals?term=soon").get_data(as_text=True)
    assert "Нет дел, подходящих" not in text and "просмотрены не все" in text
    further = re.search(r'href="([^"]*after=[^"]*)"\s+rel="next"', text)
    assert further is not None, "the case that fits stands on the next page"
    behind = secretary.get(further[1].replace("&amp;", "&")).get_data(as_text=True)
    assert soon in behind and "просрочено в этом списке" in behind
    monkeypatch.setattr(terms, "A_PAGE", 50)
    whole = secretary.get("/appeals").get_data(as_text=True)
    assert "просрочено" in whole and "в этом списке" not in whole


def test_an_address_that_was_cut_off_is_no_page_and_no_fault_of_the_program(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    moment, year = "2026-06-04T10:00:00", "2026-06-04T10:00:00%2B03:00+x"
    for place in (
        "/appeals?after=2026-06+x",
        "/appeals?after=T+x",
        f"/appeals?after={moment}+x",  # in which time zone?
        "/appeals?after=9999-12-31T23:00:00-12:00+x",
        "/keeping?after=2026+x",
        f"/keeping?after={year}",
    ):
        assert secretary.get(place).status_code == 404, place


def test_every_act_of_destruction_is_reached_however_many_there_are(
    commission: world.Commission, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    c = commission
    with c.store.begin(Actor.system("test")) as uow:
        acts = [
            Destruction(
                id=f"{number:032x}",
                exam_id=uow.get(Booklet, c.booklet).exam_id,
                booklets=[],
                hashes=[],
                basis="приказ",
                person_id=c.people["secretary"].id,
                second_id=c.people["chair"].id,
                at=uow.now(),
            )
            for number in range(1, 4)
        ]
        for act in acts:
            uow.add(act)
            uow.record("test:act", f"exam:{act.exam_id}")
    monkeypatch.setattr(retention, "A_PAGE", 2)
    secretary = at(browser, "secretary")
    first = secretary.get("/keeping").get_data(as_text=True)
    further = re.search(r'href="(/keeping\?older=[^"]*)"\s+rel="next"', first)
    assert further is not None and first.count("Напечатать акт") == 2
    rest = secretary.get(further[1]).get_data(as_text=True)
    assert rest.count("Напечатать акт") == 1 and f"/keeping/acts/{1:032x}.pdf" in rest
    assert 'rel="next"' not in rest
    beyond = secretary.get("/keeping?after=2100-01-01+x").get_data(as_text=True)
    assert "Других экзаменов нет" in beyond and "Экзаменов пока нет" not in beyond


def test_the_calendar_shows_all_days_and_is_marked_by_who_may(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    case = register(secretary, commission)
    page = secretary.get("/calendar?year=2026").get_data(as_text=True)
    assert page.count('class="day ') >= 365 and "никто не сверил" in page
    assert "ещё не сверены" in secretary.get(case).get_data(as_text=True)
    refused = secretary.post("/calendar/2026/check", {"decree": ""})
    assert refused.status_code == 400 and "Назовите постановление" in refused.get_data(as_text=True)
    sent: dict[str, Any] = {"decree": "№ 1466", "decree_day": "2025-09-24"}
    nothing = secretary.post("/calendar/2026/check", sent)
    assert nothing.status_code == 400 and "ни один перенос" in nothing.get_data(as_text=True)
    sent |= {
        name: re.findall(rf'name="{name}"[^>]*value="([-\d]*)"', page)
        for name in ("source", "target")
    }
    assert any(sent["source"])
    shown = send(secretary, "/calendar/2026/check", "/calendar?year=2026", **sent)
    assert "Сверено с постановлением" in shown and "№ 1466" in shown
    assert "ещё не сверены" not in secretary.get(case).get_data(as_text=True), "the warning goes"
    assert at(browser, "member").post("/calendar/2026/check", sent).status_code == 403


def test_needs_that_were_said_at_registration_bring_who_is_needed(
    commission: world.Commission, browser: Any
) -> None:
    secretary = at(browser, "secretary")
    text = send(
        secretary,
        "/appeals/new",
        "/appeals/new",
        work=commission.booklet,
        kind="score",
        filed="2026-06-19",
        reached="2026-06-19",
        result_day="2026-06-18",
        needs="deaf",
    )
    case = re.search(r"/appeals/\w{32}", text).group(0)  # type: ignore[union-attr]
    sent = {"day": "2026-06-24", "time": "11:00", "place": "каб. 5", "form": "in_person"}
    assert "сурдопереводчик" in send(
        secretary, f"{case}/hearing/appoint", f"{case}/hearing", **sent
    )
    for kind in ("pdf", "txt"):
        notice = secretary.post(f"{case}/notice.{kind}").data
        said = pdf_text(notice) if kind == "pdf" else notice.decode()
        assert "сурдопереводчик" in said.lower(), kind


def test_figures_cover_small_numbers(commission: world.Commission, browser: Any) -> None:
    secretary = at(browser, "secretary")
    register(secretary, commission)
    page = secretary.get("/appeals/figures").get_data(as_text=True)
    table = secretary.get("/appeals/figures.csv").get_data(as_text=True)
    assert "1–2" in page and "1–2" in table and ";1\r" not in table
    report = secretary.post("/appeals/figures.pdf", {"year": "2026"}).data
    assert "1–2" in pdf_text(report)


def test_nothing_is_destroyed_before_its_term_or_under_appeal(
    commission: world.Commission, browser: Any, clock: Any
) -> None:
    c, secretary = commission, at(browser, "secretary")
    with c.store.read() as uow:
        exam = uow.get(Booklet, c.booklet).exam_id
    form = {"basis": "приказ", "person": c.people["chair"].id, "pin": PIN}
    assert secretary.post(f"/keeping/{exam}/destroy", form).status_code == 403, (
        "not an office for it"
    )
    register(secretary, c)
    assert "под апелляцией" in secretary.get("/keeping").get_data(as_text=True)


def test_the_kit_of_a_braille_work_holds_its_cells(
    commission: world.Commission, browser: Any
) -> None:
    c = commission
    content = {
        "fields": {},
        "pages": [
            {
                "page": "x",
                "kind": "braille",
                "warnings": [],
                "lines": [{"cells": [{"d": 60}, {"d": 1}, {"d": 0}, {"d": 10}]}],
            }
        ],
    }
    with c.store.begin(Actor.system("test")) as uow:
        uow.add(
            Reading(
                booklet_id=c.booklet,
                version=1,
                source="machine:original",
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
        )
        uow.record("test:read", f"booklet:{c.booklet}")
    secretary = at(browser, "secretary")
    case = register(secretary, c)
    assert "3456-1-0-24" in secretary.post(f"{case}/kit.txt").get_data(as_text=True)
    assert "3456-1-0-24" in pdf_text(secretary.post(f"{case}/kit.pdf").data)
