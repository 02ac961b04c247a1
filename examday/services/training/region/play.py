"""Two stations and a centre: what travels between them, and what is refused on the way."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Broken, DomainError
from examday.domain.messages import N_
from examday.services.board import closing as closing_day
from examday.services.ledger import audit
from examday.services.training.region import day, ends, forging, orders, siblings, tls
from examday.services.training.region.ends import PLAYER
from examday.services.travel import confirmed, enrolment, renewal
from examday.services.travel.exchange import posting
from examday.services.travel.exchange.line import Line
from examday.services.travel.incoming.taking_in import TakenIn, take_in
from examday.services.travel.outgoing.sending import send
from examday.services.unit_of_work import Store, utc_now

DAY = dt.timedelta(days=1)
"""How far one station's clock is put ahead: no time zone explains a whole day."""
POINTS = ("770001", "770002")
"""Two, so that what one does is seen not to touch the other."""
Act = tuple[str, Callable[[], None]]
LATER = 365 * DAY
"""When rules of a rehearsal begin: works are under way today, and would stand against them."""
NOT_PLAYED = (N_("closing of the year"),)


class Region:
    """The folders, and the names that the centre has given."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self.centre = ends.begin(folder / "centre")
        self.stations = [ends.begin(folder / point) for point in POINTS]
        self.names: list[str] = []
        self.trials: list[list[day.PointTrial]] = []
        self.real = ""
        self.case: day.CaseTrial

    def close(self) -> None:
        """Let go of all files."""
        for store in (self.centre, *self.stations):
            store.close()

    def acts(self) -> Iterator[Act]:
        """The steps in order: name and what is done."""
        yield N_("two stations are enrolled, their words compared"), self._enrol
        yield (
            N_("training booklets at each station, to hand-over; a room of siblings at one"),
            self._days,
        )
        yield N_("refused: a part alone, scans are missing"), self._part
        yield (
            N_("both sticks are taken in at the centre; training works among real ones"),
            self._sticks,
        )
        yield N_("the same stick twice changes nothing"), self._twice
        yield N_("nothing may be destroyed before the receipt, which says «1 of 1»"), self._receipt
        yield N_("a lost stick is written anew"), self._lost
        yield N_("refused: out of order, entries in between are missing"), self._gap
        yield N_("refused: one byte was changed"), self._byte
        yield N_("refused: the file was cut short"), self._cut
        yield N_("refused: an older program, and a newer one"), self._program
        yield N_("refused: a foreign key"), self._foreign
        yield N_("a change of key; the old key is refused"), self._renew
        yield N_("refused and alarmed: two histories"), self._fork
        yield N_("a clock that is a day ahead is told"), self._clock
        yield N_("a clock that is a day behind is told"), self._behind
        yield N_("refused: a revoked station"), self._revoke
        yield N_("sent over https; the receipt comes back at once"), self._network
        yield N_("a second transfer is ordered at the point, and done by other hands"), self._again
        yield N_("the new version returns to the centre"), self._returns
        yield (
            N_("an order changes the plan of the point, once; another station refuses it"),
            self._plan,
        )
        yield N_("an order changes the rules; not for works that were issued"), self._rules
        yield N_("an appeal on a work that came in, heard at the centre to its end"), self._case
        yield (
            N_("the room of siblings: its other work is named, and has a case of its own"),
            self._siblings,
        )
        yield N_("the day is closed at the point"), self._close
        yield N_("ledgers checked at all ends"), self._verify

    def _enrol(self) -> None:
        pairs = zip(self.stations, POINTS, strict=True)
        self.names = [ends.enrol(self.centre, station, point) for station, point in pairs]

    def _days(self) -> None:
        self.trials = [day.play_day(self.stations[0]), day.play_day(self.stations[1], works=2)]
        self.real = day.enter_real(self.stations[0])

    def _part(self) -> None:
        stick = self._send(self.stations[0], originals=False)
        self._refused(stick, "lacking")

    def _sticks(self) -> None:
        for station, real, training in zip(self.stations, (1, 0), (1, 2), strict=True):
            came = self._take(self._send(station))
            _require(came.new and came.scans > 0 and came.works == real)
            _require(sum(came.training.values()) == training)

    def _twice(self) -> None:
        stick = self._send(self.stations[0])
        _require(self._take(stick).new and not self._take(stick).new)

    def _receipt(self) -> None:
        _require(not ends.may_be_destroyed(self.stations[0], self.real))
        for station, name in zip(self.stations, self.names, strict=True):
            last = ends.bring_receipt(self.centre, station, name)
            with station.read() as uow:
                held = confirmed.confirmed(uow)
            _require(held is not None and held.last == last and held.works == held.of)
        _require(ends.may_be_destroyed(self.stations[0], self.real))

    def _lost(self) -> None:
        self._send(self.stations[0]).unlink()
        day.write_on(self.stations[0])
        _require(self._take(self._send(self.stations[0])).new)

    def _gap(self) -> None:
        station = self.stations[0]
        day.write_on(station)
        before, end = self._send(station), station.last_seq()
        day.write_on(station)
        late = self._send(station, first=end + 1)
        self._refused(late, "gap")
        _require(self._take(before).new and self._take(late).new)

    def _byte(self) -> None:
        stick = self._send(self.stations[0])
        content = bytearray(stick.read_bytes())
        content[len(content) // 2] ^= 1
        stick.write_bytes(content)
        self._refused(stick, "damaged")

    def _cut(self) -> None:
        stick = self._send(self.stations[0])
        stick.write_bytes(stick.read_bytes()[:-100])
        self._refused(stick, "cut")

    def _program(self) -> None:
        stick = self._send(self.stations[0])
        for form, code in (("0001", "older-program"), ("9999", "newer-program")):
            self._refused(forging.of_program(stick, self.stations[0], form), code)

    def _foreign(self) -> None:
        thief = ends.copy(self.stations[0], self._folder / "thief")
        (thief.settings.keys / "ledger.key").unlink()
        self._refused(self._send(thief), "foreign-key")
        thief.close()

    def _renew(self) -> None:
        station = self.stations[0]
        old = self._send(station)
        letter = renewal.renew(station, PLAYER)
        ends.confirm(self.centre, letter)
        self._refused(old, "foreign-key")
        _require(self._take(self._send(station)).new)

    def _fork(self) -> None:
        station = self.stations[0]
        twin = ends.copy(station, self._folder / "twin")
        day.write_on(station)
        self._take(self._send(station))
        day.write_on(twin)
        self._refused(self._send(twin), "fork")
        twin.close()

    def _clock(self) -> None:
        ahead = Store(self.stations[1].settings, lambda: utc_now() + DAY)
        day.write_on(ahead)
        ahead.close()
        seconds = self._take(self._send(self.stations[1])).clock_s
        _require(seconds is not None and abs(seconds - DAY.total_seconds()) < 60)

    def _behind(self) -> None:
        late = Store(self.stations[1].settings, lambda: utc_now() - DAY)
        ends.bring_receipt(self.centre, late, self.names[1])
        late.close()
        seconds = self._take(self._send(self.stations[1])).clock_s
        _require(seconds is not None and abs(seconds + DAY.total_seconds()) < 60)

    def _revoke(self) -> None:
        with self.centre.begin(PLAYER) as uow:
            enrolment.revoke(uow, self.names[1])
        self._refused(self._send(self.stations[1]), "revoked")

    def _network(self) -> None:
        station = self.stations[0]
        day.write_on(station)
        with (
            tls.centre_over_tls(self.centre.settings, self._folder) as (address, trusted),
            closing(Line(address, trusted)) as line,
        ):
            _require(posting.post(station, PLAYER, line).new)

    def _again(self) -> None:
        station, trial = self.stations[0], self._trial()
        letter = orders.order_again(self.centre, trial.id)
        orders.obey(station, letter, trial.person_id("fresh"), trial.person_id("fresh2"))
        trial.go_again()
        _require(trial.state() == State.HANDED_OVER)

    def _returns(self) -> None:
        _require(self._take(self._send(self.stations[0])).new)
        _require(orders.version_at(self.centre, self._trial().id) == 2)

    def _plan(self) -> None:
        letter = orders.order_plan(self.centre, self.names[0])
        self._conflict(lambda: orders.obey_plan(self.stations[1], letter), "other-station")
        _require(orders.obey_plan(self.stations[0], letter))
        _require(not orders.obey_plan(self.stations[0], letter))

    def _rules(self) -> None:
        station, name, today = self.stations[0], self.names[0], utc_now().date()
        self._conflict(
            lambda: orders.order_rules(self.centre, name, (today - DAY).isoformat()),
            "rules-in-use",
        )
        letter = orders.order_rules(self.centre, name, (today + LATER).isoformat())
        _require(orders.obey_rules(station, letter) == "rehearsal")

    def _case(self) -> None:
        self.case = day.CaseTrial(self.centre.at(POINTS[1]), self._trial(1))
        self.case.hear_case()

    def _siblings(self) -> None:
        _require(siblings.review(self.case) == [self.trials[1][1].id])

    def _close(self) -> None:
        with self.stations[0].read() as uow:
            today = uow.today()
        with self.stations[0].begin(PLAYER) as uow:
            closing_day.close(uow, today, "проверка")
        _require(self._take(self._send(self.stations[0])).new)

    def _trial(self, number: int = 0) -> day.PointTrial:
        """The first work of a station."""
        return next(iter(self.trials[number]))

    def _verify(self) -> None:
        for store in (self.centre, *self.stations):
            _require(audit.verify(store, scans=True).ok)
        chains = audit.verify(self.centre).witnessed
        _require([one.state for one in chains] == ["same"] * len(POINTS))

    def _send(
        self,
        station: Store,
        first: int | None = None,
        originals: bool = True,
    ) -> Path:
        self._number += 1
        target = self._folder / f"stick-{self._number}.zip"
        return send(station, PLAYER, target, first, originals).path

    def _take(self, stick: Path) -> TakenIn:
        return take_in(self.centre, PLAYER, stick)

    def _refused(self, stick: Path, code: str) -> None:
        """The centre says why, and has not changed."""
        before = self.centre.at(POINTS[0]).last_seq()
        self._conflict(lambda: self._take(stick), code)
        noted = 1 if code in ("fork", "gap") else 0
        if self.centre.at(POINTS[0]).last_seq() != before + noted:
            raise _failed(code)

    def _conflict(self, step: Callable[[], object], code: str) -> None:
        """The step is refused for this reason."""
        try:
            step()
        except DomainError as error:
            found = error.code
        else:
            found = "—"
        if found != code:
            raise _failed(f"{code}: {found}")


def _require(so: bool) -> None:
    if not so:
        raise _failed("—")


def _failed(what: str) -> Broken:
    return Broken(
        N_("This step of the rehearsal went otherwise than it must: %(what)s."),
        code="rehearsal",
        advice=N_("Keep the program as it is, and call whoever maintains it."),
        params={"what": what},
    )
