"""What the station has given up is told on «Сканы», on the board and at the desks, until somebody
has it tried again."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, Forbidden, MachineTrouble
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.services.board import closing
from examday.services.board import overview as board
from examday.services.braille.notebook import backs
from examday.services.jobs import failures, handing_out, outbox
from examday.services.recognition import braille, readers
from examday.services.scans.pictures import pages_of
from examday.services.transfer import assignments
from examday.services.transfer.desks import verification as verification_desk
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, Person
from tests.conftest import Clock
from tests.notebooks import notebook
from tests.open_jobs import open_jobs
from tests.transfer_day import Hands, hands

GIVE_UPS: dict[Task, outbox.Work] = {
    Task.READ_PAGE: readers.give_up_page,
    Task.READ_BRAILLE: braille.give_up,
    Task.READ_BACKS: braille.give_up,
    Task.JOIN_HALVES: lambda _store, _arg: None,
    Task.REMOVE_DESTROYED: lambda _store, _arg: None,
}


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def crash(_store: Store, _arg: str) -> None:
    """A fault of the program."""
    raise ZeroDivisionError


def no_memory(_store: Store, _arg: str) -> None:
    """The computer cannot."""
    raise MachineTrouble(params={"what": "memory"})


def ask(store: Store, task: Task, arg: str) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.enqueue(task, arg)


def exhaust(store: Store, clock: Clock, task: Task, arg: str, work: outbox.Work = crash) -> None:
    """The job is asked for and fails until it is given up."""
    ask(store, task, arg)
    for _ in range(max(outbox.MOST_ATTEMPTS, outbox.MOST_TROUBLES) + 1):
        outbox.run(store, task, arg, work, GIVE_UPS[task])
        clock.forward(seconds=outbox.LONGEST_PAUSE_S)
    assert open_jobs(store) == 0, "nobody tries it any more"


def page_of(crew: Hands, work: str, role: str) -> str:
    with crew.store.read() as uow:
        return pages_of(uow, uow.get(Booklet, work), role)[0].id


def listed(crew: Hands) -> list[failures.Failure]:
    with crew.store.read() as uow:
        return failures.open_failures(uow)


def alarm_codes(crew: Hands) -> list[str]:
    with crew.store.read() as uow:
        return [alarm.code for alarm in board.show(uow).alarms]


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_a_page_that_was_given_up_is_told_until_it_is_tried_again(
    crew: Hands, clock: Clock
) -> None:
    work = crew.work()
    page = page_of(crew, work, "original")
    assert listed(crew) == [] and "given-up" not in alarm_codes(crew)
    exhaust(crew.store, clock, Task.READ_PAGE, page)
    [one] = listed(crew)
    assert one.task is Task.READ_PAGE and one.tries == outbox.MOST_ATTEMPTS and not one.machine
    assert "given-up" in alarm_codes(crew)
    with crew.store.read() as uow:
        assert [alarm.code for alarm in closing.show(uow).undone] == ["given-up"]
    crew.do("tech", failures.try_again, one.id)
    assert listed(crew) == [] and "given-up" not in alarm_codes(crew)
    assert [(task, arg) for _id, task, arg in handing_out.due(crew.store)] == [
        (Task.READ_PAGE, page)
    ]
    outbox.run(crew.store, Task.READ_PAGE, page, lambda *_: None, readers.give_up_page)
    assert listed(crew) == [], "it was done after all"


def test_what_the_computer_could_not_do_is_told_apart_from_a_fault_of_the_program(
    crew: Hands, clock: Clock
) -> None:
    page = page_of(crew, crew.work(), "original")
    exhaust(crew.store, clock, Task.READ_PAGE, page, no_memory)
    [one] = listed(crew)
    assert one.machine and one.tries == outbox.MOST_TROUBLES


def test_a_job_that_fails_again_after_it_was_put_back_is_told_again(
    crew: Hands, clock: Clock
) -> None:
    page = page_of(crew, crew.work(), "original")
    exhaust(crew.store, clock, Task.READ_PAGE, page)
    [first] = listed(crew)
    with pytest.raises(Forbidden):
        crew.do("anna", failures.try_again, first.id)
    crew.do("head", failures.try_again, first.id)
    with pytest.raises(Conflict):
        crew.do("tech", failures.try_again, first.id)
    for _ in range(outbox.MOST_ATTEMPTS + 1):
        outbox.run(crew.store, Task.READ_PAGE, page, crash, readers.give_up_page)
        clock.forward(seconds=outbox.LONGEST_PAUSE_S)
    [second] = listed(crew)
    assert second.id != first.id and second.since > first.since


def test_it_is_told_after_the_outbox_was_tidied_and_not_once_it_was_done(
    crew: Hands, clock: Clock
) -> None:
    page = page_of(crew, crew.work(), "original")
    exhaust(crew.store, clock, Task.READ_PAGE, page)
    clock.forward(days=30)
    outbox.tidy(crew.store)
    [one] = listed(crew)
    crew.do("head", failures.try_again, one.id)
    outbox.run(crew.store, Task.READ_PAGE, page, lambda *_: None, readers.give_up_page)
    clock.forward(days=30)
    outbox.tidy(crew.store)
    assert listed(crew) == [], "the answer goes no sooner than what it answers"


def test_of_a_page_that_was_taken_back_nothing_is_told(crew: Hands, clock: Clock) -> None:
    page = page_of(crew, crew.work(), "original")
    exhaust(crew.store, clock, Task.READ_PAGE, page)
    with crew.store.begin(Actor.system("test")) as uow:
        row = uow.get(Page, page)
        row.state, row.booklet_id = "exception", None
        uow.record("test:taken-back", f"page:{page}")
    assert listed(crew) == []


def test_a_work_that_was_signed_needs_no_machine(crew: Hands, clock: Clock) -> None:
    work = crew.work()
    exhaust(crew.store, clock, Task.READ_PAGE, page_of(crew, work, "original"))
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = "certified"
        uow.record("test:signed", f"booklet:{work}")
    assert listed(crew) == []


def test_the_list_says_what_was_tried_and_puts_the_job_back(
    crew: Hands, clock: Clock, browser: Callable[[], Any]
) -> None:
    work = crew.work()
    exhaust(crew.store, clock, Task.READ_PAGE, page_of(crew, work, "original"), no_memory)
    opened = browser()
    opened.log_in("tech")
    assert "Станция не справилась 1 раз" in text_of(opened.get("/scans/"))
    text = text_of(opened.get("/scans/undone/"))
    assert "scan.jpg" in text and "прочитать страницу программой; 6 попыток" in text
    assert "не смог сам компьютер" in text and "Попробовать ещё раз" in text
    [address] = re.findall(r'action="(/scans/undone/\w+)"', text)
    assert opened.post(address, {}).status_code == 303
    assert len(handing_out.due(crew.store)) == 1
    assert opened.post(address, {}).status_code == 409
    assert "Станция не справилась" not in text_of(opened.get("/scans/"))


def test_the_board_links_to_the_list(crew: Hands, clock: Clock, browser: Callable[[], Any]) -> None:
    work = crew.work()
    exhaust(crew.store, clock, Task.READ_PAGE, page_of(crew, work, "original"))
    opened = browser()
    opened.log_in("head")
    text = text_of(opened.get("/board/"))
    assert "Станции не удалось сделать" in text and 'href="/scans/undone/"' in text


def to_verify(crew: Hands) -> str:
    """A copied work that boris has taken to verify."""
    work = crew.work()
    crew.settled(work)
    crew.copied(work)
    crew.do("boris", assignments.take, work, "verifier")
    return work


def test_the_verification_desk_says_that_the_machine_did_not_read_the_copy(
    crew: Hands, clock: Clock, browser: Callable[[], Any]
) -> None:
    work = to_verify(crew)
    assert not crew.look("boris", verification_desk.desk, work).given_up
    exhaust(crew.store, clock, Task.READ_PAGE, page_of(crew, work, "copy"))
    opened = browser()
    opened.log_in("boris")
    text = text_of(opened.get(f"/verify/{work}"))
    assert "Программа не прочитала эту страницу" in text
    assert "Программа эту копию не сравнивала" not in text


def test_the_verification_desk_says_that_the_machine_is_still_comparing(
    crew: Hands, clock: Clock, browser: Callable[[], Any]
) -> None:
    work = to_verify(crew)
    page = page_of(crew, work, "copy")
    ask(crew.store, Task.READ_PAGE, page)
    opened = browser()
    opened.log_in("boris")
    assert "Программа сравнивает копию" in text_of(opened.get(f"/verify/{work}"))
    outbox.run(crew.store, Task.READ_PAGE, page, crash, crash)
    clock.forward(minutes=1)
    outbox.run(crew.store, Task.READ_PAGE, page, crash, crash)
    later = text_of(opened.get(f"/verify/{work}"))
    assert "Программа сравнивает копию" not in later, "nobody waits for the pauses between tries"
    assert "Программа эту копию не сравнивала" in later


def test_the_braille_desk_says_that_the_machine_did_not_read_the_notebook(
    crew: Hands, clock: Clock, browser: Callable[[], Any]
) -> None:
    work = notebook(crew, ["1 река"], read=False)
    crew.key_in(work, "anna", "first", crew.values(work))
    opened = browser()
    opened.log_in("anna")
    assert "(пока) не читала" in text_of(opened.get(f"/braille/{work}/done"))
    exhaust(crew.store, clock, Task.READ_BRAILLE, work)
    opened.log_in("anna")  # logged in anew, since a long time has passed
    text = text_of(opened.get(f"/braille/{work}/done"))
    assert "Программа не прочитала эту тетрадь" in text and "(пока)" not in text


def test_backs_that_were_given_up_can_be_asked_for_again(crew: Hands, clock: Clock) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    exhaust(crew.store, clock, Task.READ_BACKS, work)
    with crew.store.read() as uow:
        assert backs.backs_state(uow, uow.get(Booklet, work)) == "gave up"
    ask(crew.store, Task.READ_BACKS, work)
    with crew.store.read() as uow:
        assert backs.backs_state(uow, uow.get(Booklet, work)) == "waits"


def test_a_job_on_what_is_gone_or_done_by_a_person_is_listed_no_more(
    crew: Hands, clock: Clock
) -> None:
    nothing_there = "0" * 32
    for task in (Task.REMOVE_DESTROYED, Task.READ_BRAILLE, Task.JOIN_HALVES):
        exhaust(crew.store, clock, task, nothing_there)
    half = page_of(crew, crew.work(), "original")
    exhaust(crew.store, clock, Task.JOIN_HALVES, half)
    assert listed(crew) == [], "a person has placed the half already"
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Page, half).state = "exception"
        uow.record("test:half", f"page:{half}")
    [found] = listed(crew)
    assert found.task is Task.JOIN_HALVES
