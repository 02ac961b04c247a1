"""A station that knows the address of its centre sends by its page; a worker does it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.jobs import Task
from examday.domain.travel.delivery import Step
from examday.services.travel.exchange import asked, posting
from examday.services.travel.exchange.line import Line, Unreached
from examday.services.travel.outgoing.sending import Sent
from examday.storage.tables import Outbox
from examday.storage.tables_waiting import Posting
from tests.conftest import PIN, Browser, Clock
from tests.travel import over_tls
from tests.travel.test_travel_pages import ends, head
from tests.travel.two_ends import Ends, work

__all__ = ["ends", "head"]


def knows(ends: Ends, **told: object) -> None:
    ends.station.settings = replace(ends.station.settings, **told)  # type: ignore[arg-type]


def jobs(ends: Ends) -> list[str]:
    """What waits for a worker."""
    of = select(Outbox.arg).join(Posting, Posting.id == Outbox.arg)
    waiting = of.where(Outbox.task == Task.SEND_BUNDLE, Posting.step == Step.ASKED)
    with ends.station.read() as uow:
        return list(uow.session.scalars(waiting))


def asks(head: Browser, secret: str = PIN) -> Any:
    return head.post("/travel/post", {"secret": secret})


def test_without_an_address_there_is_the_stick_alone(ends: Ends, head: Browser) -> None:
    assert "/travel/post" not in head.get("/travel/").text
    assert asks(head).status_code == 400
    assert jobs(ends) == []


def test_what_became_of_it_is_said_in_plain_words(
    ends: Ends, head: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(ends.station, "2990000000019")
    knows(ends, centre_url="https://centre.example")
    assert "https://centre.example" in head.get("/travel/").text
    assert asks(head, "0000").status_code == 403
    assert asks(head).status_code == 303
    assert asks(head).status_code == 303, "while one is under way, nothing more"
    (key,) = jobs(ends)
    assert "Отправляется в центр" in head.get("/travel/post/fragment").text

    def silent(*_args: object) -> object:
        raise Unreached(params={"host": "centre.example"})

    monkeypatch.setattr(Line, "ask", silent)
    for _twice in range(2):
        asked.process(ends.station, key)
    shown = head.get("/travel/").text
    assert "Не отправлено" in shown and "centre.example" in shown
    asks(head)
    asked.give_up(ends.station, jobs(ends)[0])
    assert "не справились" in head.get("/travel/post/fragment").text
    knows(ends, centre_url="ftp://centre.example")
    assert asks(head).status_code == 400


def test_how_far_it_is_and_what_has_gone_can_be_seen(
    ends: Ends, head: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(ends.station, "2990000000019")
    knows(ends, centre_url="https://centre.example")
    asks(head)

    def posts(*_args: object, tell: posting.Tell) -> posting.Posted:
        tell(1, 2)
        assert "Сканы: 1 из 2" in head.get("/travel/post/fragment").text
        sent = Sent(ends.stick, 1, 7, "0" * 64, 1, 0, 2, 999, 1)
        return posting.Posted(sent, originals=2, new=True)

    monkeypatch.setattr(posting, "post", posts)
    asked.process(ends.station, jobs(ends)[0])
    assert "Записи 1 – 7" in head.get("/travel/").text


def test_after_a_clock_was_set_back_the_newest_sending_is_shown(
    ends: Ends, head: Browser, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    knows(ends, centre_url="https://centre.example")
    asks(head)
    asked.give_up(ends.station, jobs(ends)[0])
    assert "Не отправлено" in head.get("/travel/").text
    clock.forward(hours=-3)
    head.log_in("head")
    asks(head)
    shown = head.get("/travel/").text
    assert "Отправляется в центр" in shown and "Не отправлено" not in shown


@pytest.mark.slow
@pytest.mark.release
def test_a_day_goes_over_and_its_receipt_is_on_the_page(
    ends: Ends, head: Browser, tmp_path: Path
) -> None:
    ca = over_tls.authority(tmp_path)
    pem = over_tls.certificate(ca, tmp_path)
    work(ends.station, "2990000000019")
    with over_tls.serving(ends.centre.settings, pem, tmp_path / "log") as port:
        knows(ends, centre_url=f"https://localhost:{port}")
        asks(head)
        asked.process(ends.station, jobs(ends)[0])
        assert "сертификат" in head.get("/travel/").text, "a stranger may stand in between"
        knows(ends, centre_ca=ca.file)
        asks(head)
        asked.process(ends.station, jobs(ends)[0])
    shown = head.get("/travel/post/fragment").text
    assert "квитанция центра получена" in shown
    assert "подтвердил работ: 1 из 1" in shown
