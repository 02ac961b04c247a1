"""What an order of the centre must say, before the station carries it out."""

import pytest

from examday.domain.errors import Conflict, Invalid
from examday.domain.travel import orders
from examday.domain.travel.letters import ORDER
from tests.refusals import refused

WORK = {
    "order": orders.TRANSFER,
    "booklet": "b",
    "code": "2990000000019",
    "version": 2,
    "hold": True,
    "reason": "дефект переноса",
}
TABLES = {"order": orders.PLAN, "tables": {"rooms": "Аудитория\n0101\n"}}


def test_an_order_names_its_work_whole() -> None:
    letter = orders.letter_of(WORK)
    assert letter == {"format": ORDER, **WORK}
    wanted = orders.OrderedWork("b", "2990000000019", 2, True, "дефект переноса")
    assert orders.work_of(letter) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order", orders.PLAN),
        ("booklet", None),
        ("code", 2990000000019),
        ("version", "2"),
        ("version", True),
        ("hold", 1),
        ("reason", None),
    ],
)
def test_an_order_that_is_not_whole_is_not_carried_out(name: str, value: object) -> None:
    told = {**WORK, name: value}
    assert refused(Invalid, orders.work_of, told) == (
        "unknown-order",
        "",
        {"kind": str(told["order"])},
    )


@pytest.mark.parametrize("tables", [None, [], {}, {"rooms": 7}, "rooms"])
def test_tables_come_as_texts_by_their_names(tables: object) -> None:
    assert orders.tables_of(dict(TABLES)) == TABLES["tables"]
    told = refused(Invalid, orders.tables_of, {**TABLES, "tables": tables})
    assert told == ("unknown-order", "", {"kind": "plan"})


@pytest.mark.parametrize("text", [None, 7, ["набор"]])
def test_a_rule_set_comes_as_one_text(text: object) -> None:
    letter = {"order": orders.RULES, "text": "набор"}
    assert orders.rules_of(dict(letter)) == "набор"
    told = refused(Invalid, orders.rules_of, {**letter, "text": text})
    assert told == ("unknown-order", "", {"kind": "rules"})


def test_another_order_with_the_number_of_one_that_was_carried_out_is_refused() -> None:
    orders.require_same(7, "12:00", "12:00")
    told = refused(Conflict, orders.require_same, 7, "12:00", "11:00")
    assert told[::2] == ("other-order", {"number": 7})


def test_the_kind_of_a_strange_order_is_told_in_short() -> None:
    told = refused(Invalid, orders.tables_of, {**TABLES, "order": "x" * 50})
    assert told[2] == {"kind": "x" * 40}


def test_an_order_that_came_after_a_newer_one_is_left() -> None:
    orders.require_next(3, 3)
    orders.require_next(4, 3)
    told = refused(Conflict, orders.require_next, 2, 3)
    assert told == ("old-order", "", {"number": 2, "done": 3})
