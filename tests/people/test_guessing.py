"""A stranger guesses a log-in once a second and faster, while its owner and everybody else work
on."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher

from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid
from examday.domain.people import throttle
from examday.domain.people.roles import Actor, Role
from examday.services.people import accounts, directory, hashes, log_in
from examday.services.transfer import signing
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.storage.tables_log_in import LoginAttempt
from tests.conftest import PASSWORD, PIN, Browser, Clock
from tests.signed import Waiting, sent, verified_work

DOOR = Actor.system("log-in")


class Stranger:
    """One who has the network but no log-in: one guess a second at one account, password and PIN
    together."""

    def __init__(self, browser: Browser, login: str, clock: Clock) -> None:
        self.browser, self.login, self.clock = browser, login, clock
        self.token, self.made = browser.token(), 0

    def guess(self, number: int = 1, **more: str) -> list[int]:
        """So many guesses, each a second after the one before; the answers."""
        answers = []
        for _ in range(number):
            self.clock.forward(seconds=1)
            self.made += 1
            answers.append(
                self.browser.client.post(
                    "/login",
                    data={
                        "csrf_token": self.token,
                        "login": self.login,
                        "password": f"guess {self.made}",
                        "pin": f"{self.made:04d}",
                        **more,
                    },
                ).status_code
            )
        return answers


@pytest.fixture
def stranger(browser: Callable[[], Browser], clock: Clock) -> Callable[[str], Stranger]:
    return lambda login: Stranger(browser(), login, clock)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every secret that reaches the slow hash, checked or made up."""
    seen: list[str] = []
    verify, made = PasswordHasher.verify, PasswordHasher.hash
    monkeypatch.setattr(
        PasswordHasher,
        "verify",
        lambda self, stored, secret: (seen.append(secret), verify(self, stored, secret))[1],
    )
    monkeypatch.setattr(
        PasswordHasher, "hash", lambda self, secret: (seen.append(secret), made(self, secret))[1]
    )
    yield seen


def rows(store: Store) -> int:
    with store.read() as uow:
        return uow.session.query(LoginAttempt).count()


def test_the_owner_works_while_a_stranger_guesses_every_second(
    store: Store,
    browser: Any,
    clock: Clock,
    add_person: Callable[..., Person],
    stranger: Callable[[str], Stranger],
) -> None:
    work: Waiting = verified_work(store, add_person)
    own, colleague = browser(), browser()
    own.enter("member")
    own.post("/logout")
    colleague.enter("organiser")
    guesses = stranger("member")
    guesses.guess(40)
    fresh = browser()
    form = {"login": "member", "password": PASSWORD}
    refused = fresh.post("/login", form)
    assert refused.status_code == 409 and 'name="pin"' in refused.get_data(as_text=True)
    for _ in range(4):
        guesses.guess(5)
        # In a browser that never saw the person: password and PIN together, at once.
        assert browser().post("/login", {**form, "pin": PIN}).status_code == 303
        # In the own browser: the password alone, or the PIN.
        assert own.post("/login", form).status_code == 303
        own.post("/logout")
        assert own.post("/login/pin", {"person": work.member.id, "pin": PIN}).status_code == 303
        own.post("/logout")
    guesses.guess(10)
    # At a colleague's computer: signing with the PIN.
    assert (
        colleague.post(
            f"/sign/{work.booklet_id}",
            sent("exam_board_member", work.member, PIN, work.content(store)),
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    ("login", "guesses"),
    [("head", 120), ("nobody", 100), pytest.param("head", 500, marks=pytest.mark.release)],
)
@pytest.mark.release
def test_many_guesses_reach_the_hash_a_few_times_only(
    store: Store,
    clock: Clock,
    add_person: Callable[..., Person],
    hashed: list[str],
    login: str,
    guesses: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    # The marks are looked at in their own tests; ten thousand of them would take a minute.
    monkeypatch.setattr(
        hashlib, "scrypt", lambda secret, **_more: hashlib.sha256(secret).digest()[:2]
    )
    with store.begin(DOOR) as uow:
        if head := directory.by_login(uow, "head"):
            head.password_hash, head.pin_hash = (
                hashes.hash_secret(store.settings, s) for s in (PASSWORD, PIN)
            )
            uow.record("test:secrets", "person:test")
    hashed.clear()
    begun, minutes = clock.now, []
    for number in range(guesses):
        clock.forward(seconds=0.5)
        before = len(hashed)
        with pytest.raises(DomainError), store.begin(DOOR) as uow:
            log_in.enter(uow, login, f"guess {number}", f"{number:04d}" if number % 2 else "")
        minutes += [clock.now] * (len(hashed) > before)
    spent = (clock.now - begun).total_seconds() / 60
    assert 5 <= len(minutes) <= throttle.LOCK_AFTER + spent + 10
    for at in minutes:
        assert (
            sum(0 <= (other - at).total_seconds() < 60 for other in minutes)
            <= throttle.PER_MINUTE * 2
        )
    assert rows(store) < 250  # no more rows: a table that grows with the guesses fills the disk


@pytest.mark.release
def test_guesses_at_made_up_logins_do_not_eat_the_processor(
    store: Store, clock: Clock, browser: Any, add_person: Callable[..., Person], hashed: list[str]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    guesser = browser()
    token = guesser.token()
    hashed.clear()
    codes = []
    for number in range(120):
        clock.forward(seconds=0.25)
        codes.append(
            guesser.client.post(
                "/login",
                data={"csrf_token": token, "login": f"made-up-{number}", "password": "guess"},
            ).status_code
        )
    assert len(hashed) == throttle.STRANGERS_PER_MINUTE == codes.count(403)
    assert rows(store) == throttle.STRANGERS_PER_MINUTE
    # An account that is there gets the same answer, so nobody learns which ones are; its owner gets
    # in all the same.
    answer = browser().post("/login", {"login": "head", "password": "guess"})
    assert answer.status_code == 409
    assert (
        browser().post("/login", {"login": "head", "password": PASSWORD, "pin": PIN}).status_code
        == 303
    )


@pytest.mark.release
def test_a_one_time_password_opens_its_account_whatever_strangers_do(
    store: Store,
    browser: Any,
    clock: Clock,
    add_person: Callable[..., Person],
    stranger: Callable[[str], Stranger],
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    with store.begin(Actor("head", frozenset({Role.SITE_HEAD}))) as uow:
        _person, once = accounts.add_person(uow, "novikov", "Новиков Н. Н.", [Role.ASSISTANT])
    guesses = stranger("novikov")
    guesses.guess(30)
    guesses.guess(10, pin="")
    answer = browser().post("/login", {"login": "novikov", "password": once})
    assert answer.headers["Location"] == "/own-secrets"


def test_who_knows_the_password_still_cannot_try_all_pins(
    store: Store,
    clock: Clock,
    browser: Any,
    hashed: list[str],
    add_person: Callable[..., Person],
    stranger: Callable[[str], Stranger],
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    guesses = stranger("head")
    for _ in range(11):
        clock.forward(minutes=2)
        guesses.guess()
    with store.read() as uow:
        assert log_in.locked(uow, directory.by_login(uow, "head"))
    hashed.clear()
    for _ in range(40):
        clock.forward(seconds=15)
        assert guesses.guess(password=PASSWORD) != [303]
    assert len(hashed) <= 2 * (throttle.LOCK_AFTER + 10)
    # Ten wrong PINs with the right password, and the right one waits as well: nothing tells it from
    # a wrong one.
    answers = {
        browser().post("/login", {"login": "head", "password": PASSWORD, "pin": pin}).status_code
        for pin in (PIN, "0001")
    }
    assert answers == {409}
    clock.forward(minutes=61)
    assert (
        browser().post("/login", {"login": "head", "password": PASSWORD, "pin": PIN}).status_code
        == 303
    )


def test_a_flood_beyond_five_a_second_stops_new_browsers_only(
    store: Store,
    clock: Clock,
    browser: Any,
    add_person: Callable[..., Person],
    stranger: Callable[[str], Stranger],
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    own = browser()
    own.enter("head")
    own.post("/logout")
    with store.begin(DOOR) as uow:
        for _ in range(throttle.FLOOD_PER_MINUTE):
            uow.add(LoginAttempt(login="head", purpose="stray", at=uow.now()))
    stranger("head").guess(15)
    form = {"login": "head", "password": PASSWORD, "pin": PIN}
    assert browser().post("/login", form).status_code == 409
    assert own.post("/login", {"login": "head", "password": PASSWORD}).status_code == 303
    clock.forward(seconds=61)
    assert browser().post("/login", form).status_code == 303


def test_wrong_pins_at_one_colleagues_computer_do_not_lock_the_owner_elsewhere(
    store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    owner = add_person(store, "ivanova", Role.ASSISTANT)
    bad, good = (
        directory.actor_of(add_person(store, login, Role.ASSISTANT)) for login in ("bad", "good")
    )
    for _ in range(12):
        clock.forward(minutes=2)
        with pytest.raises((Forbidden, Conflict)), store.begin(bad) as uow:
            log_in.prove_oneself(uow, owner.id, "0001", log_in.Part.CONFIRMS)
    for actor in (good, directory.actor_of(owner)):
        with store.begin(actor) as uow:
            assert log_in.prove_oneself(uow, owner.id, PIN, log_in.Part.CONFIRMS).id == owner.id
    with pytest.raises(Conflict), store.begin(bad) as uow:
        log_in.prove_oneself(uow, owner.id, PIN, log_in.Part.CONFIRMS)
    with store.begin(DOOR) as uow:
        # the owner opens every lane again, so that nobody stays locked out
        log_in.enter(uow, "ivanova", PASSWORD, PIN)
    with store.begin(bad) as uow:
        assert log_in.prove_oneself(uow, owner.id, PIN, log_in.Part.CONFIRMS).id == owner.id


@pytest.mark.release
def test_a_clock_set_back_forgives_nothing(
    store: Store, clock: Clock, add_person: Callable[..., Person], hashed: list[str]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    with store.begin(DOOR) as uow:
        log_in.enter(uow, "head", PASSWORD, PIN)
    with store.begin(DOOR) as uow:
        log_in.enter(uow, "head", PASSWORD)
    clock.forward(hours=-3)
    hashed.clear()
    for _ in range(120):
        clock.forward(seconds=1)
        with pytest.raises(DomainError), store.begin(DOOR) as uow:
            log_in.enter(uow, "head", "guess")
    assert len(hashed) <= throttle.LOCK_AFTER


def test_the_cookie_of_a_browser_cannot_be_made_up_and_opens_nothing(
    browser: Any,
    store: Store,
    clock: Clock,
    add_person: Callable[..., Person],
    stranger: Callable[[str], Stranger],
) -> None:
    head = add_person(store, "head", Role.SITE_HEAD)
    own = browser()
    answer = own.enter("head")
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("examday-browser=")]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age=15552000" in cookie
    assert PASSWORD not in cookie and "head" not in cookie
    stranger("head").guess(30)
    value = re.sub(r";.*", "", cookie.partition("=")[2])
    for forged in (value[:-4] + "AAAA", "", '["x",["' + head.id + '"]]', "\x01"):
        client = browser()
        client.client.set_cookie("examday-browser", forged)
        assert client.post("/login", {"login": "head", "password": PASSWORD}).status_code == 409
    thief = browser()
    thief.client.set_cookie("examday-browser", value)
    assert thief.get("/people").status_code == 302
    assert thief.post("/login/pin", {"person": head.id, "pin": PIN}).status_code == 403


@pytest.mark.parametrize("refusal", ["stale", "easy-pin"])
@pytest.mark.release
def test_a_right_secret_is_no_wrong_try_when_something_else_is_refused(
    store: Store, clock: Clock, browser: Any, add_person: Callable[..., Person], refusal: str
) -> None:
    work = verified_work(store, add_person)
    client = browser()
    client.enter("member")
    for _ in range(15):
        clock.forward(seconds=61)
        if refusal == "stale":
            answer = client.post(
                f"/sign/{work.booklet_id}",
                sent("exam_board_member", work.member, PIN, "0" * 64),
            )
            assert "Содержание изменилось" in client.get(answer.location).get_data(as_text=True)
        else:
            answer = client.post(
                "/own-secrets",
                {
                    "present": PIN,
                    "password": "новый пароль 7",
                    "pin": "1111",
                    "again": "новый пароль 7",
                    "pin_again": "1111",
                },
            )
            assert answer.status_code == 400
    with store.read() as uow:
        assert all(row.ok for row in uow.session.query(LoginAttempt)), (
            "each right secret is written down as right"
        )
    with store.begin(directory.actor_of(work.member)) as uow:
        signing.sign(
            uow, work.booklet_id, "exam_board_member", work.member.id, PIN, work.content(store)
        )


def test_every_check_is_durable_whatever_its_caller_does_next(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(each_store, "ivanova", Role.ASSISTANT)
    checks: list[Callable[[Any], Any]] = [
        lambda uow: log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS),
        lambda uow: log_in.prove_oneself(uow, person.id, PASSWORD, log_in.Part.CONFIRMS),
        lambda uow: log_in.enter(uow, "ivanova", PASSWORD),
        lambda uow: log_in.enter(uow, "ivanova", PASSWORD, PIN),
    ]
    for number, check in enumerate(checks, 1):
        with pytest.raises(Invalid), each_store.begin(directory.actor_of(person)) as uow:
            check(uow)
            raise Invalid()
        with each_store.read() as uow:
            assert [row.ok for row in uow.session.query(LoginAttempt)] == [True] * number
