"""A rule set comes by an order: looked at, refused where works are under way, and then exams are held by it."""

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid
from examday.services.ledger import audit
from examday.services.rules import in_force, texts
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Exam
from examday.storage.tables_calendar import RuleText
from tests.travel.test_orders import told, typed
from tests.travel.two_ends import ADMIN, POINT, Ends, sent, taken, work

RULES = """id = "2026-region"
name = "2026, регион"
base = "2023"
from = 2026-06-01

[sources]
"90" = "Письмо региона от 01.03.2026 № 5"

[values]
seats_blind = { rule = "R02", value = 6, sources = ["90"], confidence = "confirmed" }
settling = { rule = "R00", value = "two_together", sources = ["90"], confidence = "confirmed" }

[deadlines]
score_filed = { days = 3, count = "working", sources = ["90"], confidence = "confirmed" }

[[signers.braille]]
slot = "translator"
roles = ["braille_transcriber"]
on_form = true
sources = ["90"]
rule = "R18"
confidence = "confirmed"
"""


def ordered(ends: Ends, text: str = RULES, ends_with: int = 0) -> Path:
    """The letter of an order with these rules."""
    file, target = ends.stick / "rules.toml", ends.stick / "rules.json"
    file.write_text(text)
    typed(ends.centre, "order", "rules", ends.name, str(file), "--to", str(target), ends=ends_with)
    return target


def held(store: Store) -> tuple[str, str]:
    """Rule set and way of settling of the one exam that is here."""
    with store.read() as uow:
        rules = in_force.for_exam(uow.session.scalars(select(Exam)).one())
        return rules.id, rules.text("settling")


def state(store: Store, key: str, to: State) -> None:
    with store.begin(ADMIN) as uow:
        uow.hold(Booklet, key).state = to
        uow.record("test:work", f"booklet:{key}")


def test_rules_are_looked_at_and_hold_at_both_ends_after_a_yes(ends: Ends) -> None:
    work(ends.station, "2990000000019", State.REGISTERED)
    letter = ordered(ends)
    seen = told(ends.station, letter, ends=3)
    assert ["Слепых в аудитории, не больше", "8", "6"] in seen["changes"]
    assert (seen["rules"], seen["from"], seen["begun"]) == ("2026-region", "2026-06-01", 0)
    assert held(ends.station) == ("2023", "third_person"), "a look changes nothing"
    said = typed(ends.station, "receive", str(letter), ends=3).output
    assert "Кто решает разногласия: третий человек → двое вместе" in said

    assert told(ends.station, letter, "--yes")["ok"]
    assert held(ends.station) == ("2026-region", "two_together")
    assert told(ends.station, letter, "--yes") == {"ok": True, "new": False}
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    assert held(ends.centre.at(POINT)) == ("2026-region", "two_together")
    for store in (ends.station, ends.centre):
        assert audit.verify(store).ok


def test_works_are_finished_by_the_rules_that_they_were_begun_with(ends: Ends) -> None:
    made = work(ends.station, "2990000000019", State.REGISTERED)
    letter = ordered(ends)
    state(ends.station, made, State.ISSUED)
    assert told(ends.station, letter, ends=3)["begun"] == 1
    before = ends.station.last_seq()
    assert told(ends.station, letter, "--yes", ends=1)["code"] == "rules-in-use"
    assert (ends.station.last_seq(), held(ends.station)[0]) == (before, "2023")
    later = ordered(ends, RULES.replace("2026-06-01", "2026-09-01"))
    assert told(ends.station, later, "--yes")["ok"], "no exam of the plan changes its rules"
    assert held(ends.station)[0] == "2023"


def test_the_centre_refuses_rules_for_works_that_came_in(ends: Ends) -> None:
    work(ends.station, "2990000000019")
    taken(ends.centre, sent(ends.station, ends.stick / "1.zip"))
    assert not ordered(ends, ends_with=1).exists()
    with ends.centre.read() as uow:
        assert uow.session.scalar(select(RuleText.id)) is None


def test_a_newer_text_of_the_same_rules_takes_its_place(ends: Ends) -> None:
    work(ends.station, "2990000000019", State.REGISTERED)
    for text in (RULES, RULES.replace('"two_together"', '"third_person"')):
        told(ends.station, ordered(ends, text), "--yes")
    assert held(ends.station) == ("2026-region", "third_person")
    # The same once more is noted and changes nothing.
    assert told(
        ends.station, ordered(ends, RULES.replace('"two_together"', '"third_person"')), "--yes"
    )["ok"]
    with ends.station.read() as uow:
        assert len(list(uow.session.scalars(select(RuleText.id)))) == 2


def test_rules_that_somebody_has_changed_on_the_way_are_refused(ends: Ends) -> None:
    letter = ordered(ends)
    said = json.loads(letter.read_text())
    letter.write_text(json.dumps({**said, "text": RULES.replace("value = 6", "value = 60")}))
    assert told(ends.station, letter, "--yes", ends=1)["code"] == "letter-signature"


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ('base = "2023"', 'base = "1999"', "base"),
        ('id = "2026-region"', 'id = "2023"', "id"),
        ('id = "2026-region"', f'id = "{"x" * 17}"', "id"),
        ('name = "2026, регион"', 'name = ""', "name"),
        ("from = 2026-06-01", 'from = "июнь"', "from"),
        ("from = 2026-06-01", "from = 2026-06-01\nuntil = 2026-05-01", "until"),
        ("from = 2026-06-01", "from = 2026-06-01\nuntil = 5", "until"),
        ("value = 6", 'value = "шесть"', "seats_blind"),
        ("value = 6", "value = -6", "seats_blind"),
        ("seats_blind", "seats_blnd", "seats_blnd"),
        ('value = "two_together"', 'value = "somebody"', "settling"),
        ("score_filed", "score_field", "score_field"),
        ("days = 3", 'days = "3"', "score_filed"),
        ('count = "working"', 'count = "moon"', "moon"),
        ('sources = ["90"]', 'sources = ["91"]', "91"),
        ('slot = "translator"', 'slot = "dog"', "signers.braille"),
        ("on_form = true", "on_form = false", "signers.braille"),
        ('roles = ["braille_transcriber"]', 'roles = ["queen"]', "queen"),
        (
            "[values]",
            "[values]\nquorum = { rule = 'R29', value = '5/3', confidence = 'unknown' }",
            "quorum",
        ),
        (
            "[values]",
            "[values]\nform_set = { rule = 'R37', value = '1', confidence = 'unknown' }",
            "form_set",
        ),
        (
            "[values]",
            "[values]\ntransfer_roles = { rule = 'R35', value = [5], confidence = 'unknown' }",
            "transfer_roles",
        ),
        ("[values]", "[values", "line"),
        ("[values]", "#" * (300 << 10), "256"),
    ],
)
def test_rules_that_the_program_cannot_follow_are_refused_with_their_place(
    was: str, becomes: str, named: str
) -> None:
    assert was in RULES
    with pytest.raises(Invalid) as error:
        texts.parse(RULES.replace(was, becomes))
    assert named in error.value.params["what"]


def test_rules_say_where_they_come_from() -> None:
    found = texts.parse(RULES)
    assert found.rule("seats_blind").source == "Письмо региона от 01.03.2026 № 5"
    assert found.carried_over("settling") is False
    assert found.since == dt.date(2026, 6, 1)
