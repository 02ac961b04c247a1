"""Each role lands where its next work is, with one button that is right for its own room."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.people.roles import Role
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Duty, Room, Seat
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day, number


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Two rooms; «second» has a duty in the other one."""
    made = custody_day.make(store, add_person)
    from examday.domain.people.roles import Actor

    with store.begin(Actor.system("test")) as uow:
        other = uow.add(Room(site_code="0001", number="0202"))
        candidate = uow.add(Candidate(code="C-9", surname="Учебный-9"))
        uow.session.flush()
        seat = uow.add(
            Seat(exam_id=made.exam, room_id=other.id, candidate_id=candidate.id, place="9А")
        )
        uow.session.flush()
        booklet = uow.add(
            Booklet(seat_id=seat.id, exam_id=made.exam, medium="enlarged", since=uow.now())
        )
        uow.add(
            Duty(
                exam_id=made.exam,
                person_id=made.people["second"].id,
                role=Role.ROOM_ORGANISER,
                room_id=other.id,
            )
        )
        uow.session.flush()
        made.booklets["9А"] = booklet.id
        uow.record("test:state", "plan:test")
    return made


def lands(browser: Callable[[], Browser], login: str) -> Any:
    made = browser()
    made.log_in(login)
    return made.get("/", follow_redirects=True)


def primary(answer: Any) -> str:
    found = re.findall(
        r'<(?:a|button)[^>]*class="[^"]*primary[^"]*"[^>]*>(.*?)<', answer.get_data(as_text=True)
    )
    return " ".join(found[0].split()) if len(found) == 1 else f"{len(found)} buttons: {found}"


@pytest.mark.parametrize(
    ("login", "page"),
    [
        ("head", "/board/"),
        ("helper", "/work"),
        ("board", "/sign"),
        ("observer", "/sign"),
        ("tech", "/scans"),
        ("translator", "/commission"),
        ("chair", "/commission"),
    ],
)
def test_each_role_has_its_page(
    day: Day, browser: Callable[[], Browser], login: str, page: str
) -> None:
    assert lands(browser, login).request.path.rstrip("/").startswith(page.rstrip("/"))


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (Role.CORRIDOR_ORGANISER, "Сменить человека"),
        (Role.MEDICAL_WORKER, "Сменить человека"),
        (Role.SIGN_INTERPRETER, "Сменить человека"),
        (Role.SUBJECT_EXPERT, "Сменить человека"),
        (Role.ASSISTANT, "Сменить человека"),
        (Role.EXAM_BOARD_MEMBER, "Пульт дня"),
        (Role.PUBLIC_OBSERVER, "Пульт дня"),
        (Role.APPEAL_SECRETARY, "Зарегистрировать апелляцию"),
    ],
)
def test_whoever_nothing_waits_for_has_one_button_too(
    store: Store, add_person: Any, browser: Callable[[], Browser], role: Role, step: str
) -> None:
    add_person(store, "somebody", role)
    assert primary(lands(browser, "somebody")) == step


def test_an_organiser_is_led_to_the_own_room_and_to_its_next_step(
    day: Day, browser: Callable[[], Browser]
) -> None:
    first = lands(browser, "second")
    assert first.request.path == "/custody/"
    assert "0202" in primary(first) and "0101" not in primary(first)
    day.do("second", kits.issue, day.booklets["9А"], number(9))
    assert "Записать увеличенные листы" in primary(lands(browser, "second"))
    day.do("second", enlarging.enlarge, day.booklets["9А"], day.people["board"].id)
    assert "Собрать" in primary(lands(browser, "second"))
    day.do("second", collecting.collect, day.booklets["9А"], day.counts("9А"))
    # The other room still waits for its kits; that is not this organiser's work.
    assert lands(browser, "second").request.path == "/work"


def test_the_page_of_a_room_has_one_button_for_what_is_left_in_it(
    day: Day, browser: Callable[[], Browser]
) -> None:
    lead = browser()
    lead.log_in("lead")

    def offered() -> str:
        return primary(lead.get(f"/custody/room/{day.exam}/{day.room}"))

    assert "Выдать" in offered()
    for n, place in enumerate(("1А", "2А", "3А"), 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))
    # One waits for its enlarged sheets, one could be collected: the sheets come first.
    assert offered() == "Записать увеличенные листы: место 1А"
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    assert offered() == "Собрать все работы аудитории сразу (2)"
    day.do("lead", collecting.collect, day.booklets["1А"], day.counts("1А"))
    assert offered() == "Собрать работу: место 2А"
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    assert offered() == "Записать распечатку: место 3А", "it is printed when the exam is over"
    day.put_at("3А", "collected")
    assert offered() == "Передать все работы аудитории (3)"


def test_translators_are_missing_only_when_scanned_works_wait_for_them(
    day: Day, browser: Callable[[], Browser]
) -> None:
    chair = browser()
    chair.log_in("chair")

    def missing() -> bool:
        return 'class="wrong"' in chair.get("/commission").get_data(as_text=True)

    assert not missing(), "in the morning nobody has to be here yet"
    day.put_at("2А", "scanned")
    assert missing()


def test_the_papers_offer_nobody_a_step_that_is_not_theirs(
    day: Day, browser: Callable[[], Browser]
) -> None:
    for login in ("helper", "observer", "tech"):
        made = browser()
        made.log_in(login)
        assert "0101" not in primary(made.get("/custody/"))


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.APPEAL_SECRETARY, "/appeals/"),
        (Role.APPEAL_MEMBER, "/appeals/"),
        (Role.APPEAL_OPERATOR, "/appeals/"),
        (Role.SUBJECT_EXPERT, "/rechecks/"),
    ],
)
def test_the_commission_and_the_expert_land_on_their_cases(
    store: Store,
    day: Day,
    browser: Callable[[], Browser],
    add_person: Callable[..., Any],
    role: Role,
    page: str,
) -> None:
    add_person(store, "somebody", role)
    assert lands(browser, "somebody").request.path.rstrip("/") == page.rstrip("/")


@pytest.mark.parametrize(
    "role", [Role.MEDICAL_WORKER, Role.CORRIDOR_ORGANISER, Role.SIGN_INTERPRETER]
)
def test_whoever_has_no_step_here_is_told_so_and_not_refused(
    store: Store,
    day: Day,
    browser: Callable[[], Browser],
    add_person: Callable[..., Any],
    role: Role,
) -> None:
    add_person(store, "somebody", role)
    answer = lands(browser, "somebody")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Здесь ничего вводить не нужно" in text
    # A search that would be refused is not offered.
    assert 'role="search"' not in text


def test_before_the_day_begins_the_head_is_led_to_what_is_missing(
    day: Day, browser: Callable[[], Browser]
) -> None:
    answer = lands(browser, "head")
    text = answer.get_data(as_text=True)
    assert primary(answer) == "Готовность: чего не хватает"
    assert "До начала исправить" in text and "Всё сходится" not in text
    day.do("second", kits.issue, day.booklets["9А"], number(9))
    later = lands(browser, "head").get_data(as_text=True)
    assert "До начала" not in later and "Готовность: чего" not in later


def test_a_refused_role_is_told_whose_step_it_is(day: Day, browser: Callable[[], Browser]) -> None:
    made = browser()
    made.log_in("observer")
    answer = made.get("/people")
    assert answer.status_code == 403
    assert "Это делает: руководитель ППЭ" in answer.get_data(as_text=True)
