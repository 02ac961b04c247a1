"""What the centre orders at a station in a rehearsal, and how the station carries it out."""

from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import PLAN, RULES, TRANSFER
from examday.services.rules import in_force
from examday.services.training.region.ends import PLAYER
from examday.services.travel.orders import again, drafts, obeying, plan, rules
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet

ROOM = "Код ППЭ;Аудитория;Назначение;Мест\n0417;0009;экзамен;8\n"
"""A table as a region keeps it: Russian, as the papers of the exam are."""
TEXT = """id = "rehearsal"
name = "Проверка"
base = "2023"
from = {day}

[values]
seats_blind = {{ rule = "R02", value = 7, sources = ["T"], confidence = "believed" }}
"""


def order_again(centre: Store, booklet: str) -> Letter:
    """The centre hands a work back to its point."""
    return drafts.write(centre, PLAYER, drafts.Wish(TRANSFER, work=booklet, reason="проверка"))


def obey(
    station: Store,
    letter: Letter,
    copier: str,
    reader: str,
) -> None:
    """The station looks at the order, and carries it out."""
    with station.read() as uow:
        again.look(uow, obeying.read(uow, letter))
    with station.begin(PLAYER) as uow:
        again.carry_out(uow, obeying.read(uow, letter), copier, reader)


def order_plan(centre: Store, station: str) -> Letter:
    """The centre sends one more room to a station."""
    return drafts.write(
        centre, PLAYER, drafts.Wish(PLAN, station=station, tables={"rooms.csv": ROOM})
    )


def obey_plan(station: Store, letter: Letter) -> bool:
    """The station brings the tables in; False where it has done so before."""
    with station.read() as uow:
        order = obeying.read(uow, letter)
    if order.new:
        report = plan.report(plan.look(station, PLAYER, order))
        with plan.laid_out(station, order.letter) as tables:
            said = plan.agreed(station, PLAYER, tables, take_away=False, seen=report)
            with station.begin(PLAYER) as uow:
                plan.carry_out(uow, order, tables, False, said)
    return order.new


def order_rules(
    centre: Store,
    station: str,
    day: str,
) -> Letter:
    """The centre sends rules that hold from this day (ISO) on."""
    text = TEXT.format(day=day)
    return drafts.write(centre, PLAYER, drafts.Wish(RULES, station=station, text=text))


def obey_rules(station: Store, letter: Letter) -> str:
    """The station lets them hold; the rule set of exams on their first day."""
    with station.begin(PLAYER) as uow:
        order = obeying.read(uow, letter)
        seen = rules.look(uow, order)
        rules.carry_out(uow, order)
    with station.read() as uow:
        return in_force.on(uow, seen.rules.since).id


def version_at(store: Store, booklet: str) -> int:
    """Which version of a work is here."""
    with store.read() as uow:
        return uow.get(Booklet, booklet).version
