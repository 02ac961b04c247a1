"""Two stations and a centre: what travels between them, and what is refused on the way."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from examday.domain.errors import Broken, DomainError
from examday.domain.messages import N_
from examday.services.ledger import audit
from examday.services.training.region import day, ends
from examday.services.training.region.ends import PLAYER
from examday.services.travel import confirmed, enrolment, renewal
from examday.services.travel.incoming.taking_in import TakenIn, take_in
from examday.services.travel.outgoing.sending import send
from examday.services.unit_of_work import Store, utc_now

DAY = dt.timedelta(days=1)
POINTS = ("770001", "770002")
Act = tuple[str, Callable[[], None]]
NOT_PLAYED = (
    N_("sending over HTTPS"),
    N_("a bundle of another program"),
    N_("training days among real ones: all works here are training ones"),
    N_("an appeal on a work that came in, and a room of siblings"),
    N_("orders back to the point, and a second transfer there"),
    N_("closing of the year"),
)


class Region:
    """The folders, and the names that the centre has given."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self.centre = ends.begin(folder / "centre")
        self.stations = [ends.begin(folder / point) for point in POINTS]
        self.names: list[str] = []

    def close(self) -> None:
        """Let go of all files."""
        for store in (self.centre, *self.stations):
            store.close()

    def acts(self) -> Iterator[Act]:
        """The steps in order: name and what is done."""
        yield N_("two stations are enrolled, their words compared"), self._enrol
        yield N_("a training booklet at each station, to hand-over"), self._days
        yield N_("both sticks are taken in at the centre"), self._sticks
        yield N_("the same stick twice changes nothing"), self._twice
        yield N_("a receipt goes back, and the station knows it"), self._receipt
        yield N_("a lost stick is written anew"), self._lost
        yield N_("refused: entries in between are missing"), self._gap
        yield N_("refused: one byte was changed"), self._byte
        yield N_("refused: the file was cut short"), self._cut
        yield N_("refused: a foreign key"), self._foreign
        yield N_("a change of key; the old key is refused"), self._renew
        yield N_("refused and alarmed: two histories"), self._fork
        yield N_("a clock that is a day ahead is told"), self._clock
        yield N_("refused: a revoked station"), self._revoke
        yield N_("ledgers checked at all ends"), self._verify

    def _enrol(self) -> None:
        pairs = zip(self.stations, POINTS, strict=True)
        self.names = [ends.enrol(self.centre, station, point) for station, point in pairs]

    def _days(self) -> None:
        for station in self.stations:
            day.play_day(station)

    def _sticks(self) -> None:
        for station in self.stations:
            came = self._take(self._send(station))
            _require(came.new and sum(came.training.values()) == 1 and came.scans > 0)

    def _twice(self) -> None:
        stick = self._send(self.stations[0])
        _require(self._take(stick).new and not self._take(stick).new)

    def _receipt(self) -> None:
        for station, name in zip(self.stations, self.names, strict=True):
            last = ends.bring_receipt(self.centre, station, name)
            with station.read() as uow:
                held = confirmed.confirmed(uow)
            _require(held is not None and held.last == last)

    def _lost(self) -> None:
        self._send(self.stations[0]).unlink()
        day.write_on(self.stations[0])
        _require(self._take(self._send(self.stations[0])).new)

    def _gap(self) -> None:
        station = self.stations[0]
        day.write_on(station)
        before, end = self._send(station), station.last_seq()
        day.write_on(station)
        self._refused(self._send(station, first=end + 1), "gap")
        _require(self._take(before).new)

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

    def _revoke(self) -> None:
        with self.centre.begin(PLAYER) as uow:
            enrolment.revoke(uow, self.names[1])
        self._refused(self._send(self.stations[1]), "revoked")

    def _verify(self) -> None:
        for store in (self.centre, *self.stations):
            _require(audit.verify(store, scans=True).ok)
        chains = audit.verify(self.centre).witnessed
        _require([one.state for one in chains] == ["same"] * len(POINTS))

    def _send(self, station: Store, first: int | None = None) -> Path:
        self._number += 1
        return send(station, PLAYER, self._folder / f"stick-{self._number}.zip", first).path

    def _take(self, stick: Path) -> TakenIn:
        return take_in(self.centre, PLAYER, stick)

    def _refused(self, stick: Path, code: str) -> None:
        """The centre says why, and has not changed."""
        before = self.centre.at(POINTS[0]).last_seq()
        try:
            self._take(stick)
        except DomainError as error:
            found = error.code
        else:
            found = "—"
        alarm = 1 if code == "fork" else 0
        same = self.centre.at(POINTS[0]).last_seq() == before + alarm
        if found != code or not same:
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
