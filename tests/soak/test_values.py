"""Values go the whole way, from the form of a page to bundle and paper, and none becomes another."""

import datetime as dt
import json
import random
import re
import time
from collections.abc import Callable

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.ledger import canonical
from examday.paper.readout import pdf_text
from examday.services.ledger.bundle_rows import gather
from examday.services.printing import print_files, prints
from examday.services.rules.exam_forms import alphabet_for
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.conftest import Browser
from tests.transfer.test_transfer_pages import send, take
from tests.transfer_day import Hands, hands

TASKS, WIDEST = 20, 17
"""Short answers of a work; cells of a row of the form, beyond which a warning is asked for."""
SUBJECTS = ("01", "02", "09", "12")


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def test_no_value_becomes_another_on_its_way(
    crew: Hands,
    browser: Callable[[], Browser],
    dice: random.Random,
    seconds: float,
) -> None:
    people = [browser(), browser()]
    for name, person in zip(("anna", "boris"), people, strict=True):
        person.log_in(name)
    end, values, works = time.monotonic() + seconds, 0, 0
    while not works or time.monotonic() < end:
        work = crew.work(subject=dice.choice(SUBJECTS), tasks=TASKS)
        wanted = {str(task): value(crew, work, dice) for task in range(1, TASKS + 1)}
        for part, person in zip(("first", "second"), people, strict=True):
            take(crew, person, work, part)
            fields = {f"v:{task}": text for task, text in wanted.items()}
            answer = send(person, f"/keyin/{work}", action="hand_in_blank", **fields)
            assert answer.status_code == 303, answer.get_data(as_text=True)
        assert crew.state(work) == State.SETTLED
        assert of_the_bundle(crew, work) == wanted
        assert of_the_act(crew, work) == wanted
        values, works = values + 2 * len(wanted), works + 1
    print(f"\n{works} works, {values} values keyed in, each the same in the bundle and on the act")


def value(crew: Hands, work: str, dice: random.Random) -> str:
    """A number or a word in the characters of the exam's form."""
    with crew.store.read() as uow:
        signs = alphabet_for(uow.get(Booklet, work).exam).short or ""
    letters = [one for one in signs if one.isalpha()]
    if letters and dice.random() < 0.5:
        return "".join(dice.choices(letters, k=dice.randint(2, WIDEST)))
    digits = dice.choice("123456789") + "".join(dice.choices("0123456789", k=dice.randint(0, 8)))
    minus = "-" if "-" in signs and dice.random() < 0.3 else ""
    comma = f",{dice.randint(1, 999)}" if "," in signs and dice.random() < 0.3 else ""
    return minus + digits + comma


def of_the_act(crew: Hands, work: str) -> dict[str, str]:
    """The answers as the transfer act prints them."""
    sha256 = crew.do("head", prints.make, "transfer-act", f"booklet:{work}")
    with crew.store.read(crew.actor("head")) as uow:
        text = pdf_text(print_files.pdf(uow, sha256))
    return dict(re.findall(r"^Задание (\d+) (\S+) оба ввода совпали$", text, re.MULTILINE))


def of_the_bundle(crew: Hands, work: str) -> dict[str, str]:
    """The settled answers as the bundle of the work holds them; its scans are made up here."""
    with crew.store.read() as uow:
        found = json.loads(canonical(gather(uow.session, work, False, dt.UTC).rows))
    (settled,) = (row for row in found.values() if row.get("source") == "settled")
    fields = settled["content"]["fields"]
    return {task: said["text"] for task, said in fields.items() if task.isdigit() and said["text"]}
