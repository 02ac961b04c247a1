"""Who is waited for is who may do it: wherever a page sends somebody, the step is theirs."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Role
from examday.domain.transfer.answers import Value
from examday.services.braille.desk.hand_in import hand_in
from examday.services.transfer import assignments, copying
from examday.storage.tables import Person
from tests.notebooks import describe_scans
from tests.transfer_day import Hands, hands

OTHERS = {
    "chair": (Role.BRAILLE_CHAIR,),
    "deputy": (Role.BRAILLE_DEPUTY,),
    "helper": (Role.ASSISTANT,),
    "lead": (Role.LEAD_ORGANISER,),
    "organiser": (Role.ROOM_ORGANISER,),
}


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    made = hands(store, add_person)
    for login, roles in OTHERS.items():
        made.people[login] = add_person(store, login, *roles)
    return made


def brought_to(crew: Hands, state: State) -> str:
    """A notebook that two tiflo-translators read, a third settled and copied, up to this step."""
    work = crew.work(
        medium=Medium.BRAILLE, state=State.COLLECTED if state is State.COLLECTED else State.SCANNED
    )
    if state in (State.COLLECTED, State.SCANNED):
        return work
    second = "13" if state is State.KEYED else "12"
    for login, part, text in (("anna", "first", "12"), ("boris", "second", second)):
        crew.do(login, assignments.take, work, part)
        describe_scans(crew, work)
        crew.do(login, hand_in, work, f"1 {text}", {"1": Value(text)})
    if state in (State.KEYED, State.SETTLED):
        return work
    crew.do("vera", assignments.take, work, "copier")
    crew.do("vera", copying.finish, work)
    if state is State.COPIED:
        return work
    crew.scan_copy(work)
    if state is State.COPY_SCANNED:
        return work
    crew.verified(work, "gleb")
    return work


READERS = {"anna", "boris", "vera", "gleb"}
LEADERS = {"chair", "deputy"}


@pytest.mark.parametrize(
    ("state", "theirs"),
    [
        pytest.param(State.COLLECTED, None, marks=pytest.mark.release),
        (State.SCANNED, READERS | LEADERS),
        (State.KEYED, {"vera", "gleb"} | LEADERS),  # nobody settles the own reading
        # only readers, because whoever copies signs for it as a translator
        (State.SETTLED, READERS),
        pytest.param(State.COPIED, None, marks=pytest.mark.release),
        pytest.param(State.COPY_SCANNED, None, marks=pytest.mark.release),
        pytest.param(State.VERIFIED, None, marks=pytest.mark.release),
    ],
)
@pytest.mark.release
def test_nobody_is_sent_to_a_step_that_is_not_theirs(
    crew: Hands, browser: Callable[[], Any], state: State, theirs: set[str] | None
) -> None:
    """`theirs`: who may take the step; None where it is no part of reading Braille."""
    work = brought_to(crew, state)
    assert crew.state(work) == state
    sent = set()
    for login in crew.people:
        visit = browser()
        visit.log_in(login)
        for page in ("/work", f"/booklets/{work}", "/commission"):
            for link in next_steps(visit, page):
                there = visit.get(link, follow_redirects=True)
                assert there.status_code == 200, (login, link)
                assert "не можете взять" not in there.get_data(as_text=True), (login, link)
                sent |= {login} if work in link else set()
    assert theirs is None or sent == theirs


@pytest.mark.parametrize("state", [State.SCANNED, State.KEYED, State.SETTLED])
def test_the_only_chair_is_not_sent_to_read_what_nobody_else_could_sign(
    crew: Hands, browser: Callable[[], Any], state: State
) -> None:
    with crew.store.begin(crew.actor("head")) as uow:
        uow.get(Person, crew.people["deputy"].id).disabled = True
        uow.record("person:disable", f"person:{crew.people['deputy'].id}")  # type: ignore[arg-type]
    work = brought_to(crew, state)
    visit = browser()
    visit.log_in("chair")
    for page in ("/work", f"/booklets/{work}"):
        assert not [link for link in next_steps(visit, page) if work in link], page


def next_steps(visit: Any, page: str) -> list[str]:
    """Where the primary link of a page leads; nothing on a page that is not for this person."""
    shown = visit.get(page).get_data(as_text=True)
    return re.findall(r'<a class="button primary" href="([^"]+)" data-primary', shown)


def test_a_translator_keys_in_a_print_out_at_the_desk_for_print(
    crew: Hands, store: Any, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    crew.people["translator"] = add_person(store, "translator", Role.BRAILLE_TRANSCRIBER)
    for medium, desk in ((Medium.TYPED, "keyin"), (Medium.BRAILLE, "braille")):
        work = crew.work(medium=medium, state=State.SCANNED)
        visit = browser()
        visit.log_in("translator")
        assert next_steps(visit, f"/booklets/{work}") == [f"/{desk}/{work}"]
