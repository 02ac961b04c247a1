"""A working day on a running station: this program plays it, and may be killed at any moment.

usage: python -m tests.soak.working_day DATA SEED

Started again on the same folder it goes on where it was cut off, as people do.
"""

import random
import sys
import time
from pathlib import Path

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import DomainError
from examday.paper.trial import draw, kit_code
from examday.services.packing import contents, handing_over, packets, sealing
from examday.services.training import demo_day, demo_log_ins
from examday.services.training.demo_files import Work
from examday.services.training.demo_works import Player
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Booklet, Candidate, Exam, Room, ScanFile, Seat

SUBJECT, WORKS = "02", 8
ANSWERS = {str(n): str(n * 37 % 1000) for n in range(1, 13)}


def candidate(number: int) -> str:
    """Code of the candidate with this number."""
    return f"S-{number:03d}"


def prepare(store: Store) -> str:
    """Bring the plan and the works of the day in, all at once or not at all; the PIN of everybody."""
    password, pin = demo_log_ins.shared_secrets(store.settings)
    with store.begin(demo_day.SYSTEM) as uow:
        if uow.session.scalar(select(Candidate.id).where(Candidate.code == candidate(1))):
            return pin
        demo_day.bring_plan_in(uow)
        demo_log_ins.let_everybody_in(uow, password, pin)
        uow.session.flush()
        exam = uow.session.scalars(select(Exam).where(Exam.subject == SUBJECT)).one()
        room = uow.session.scalars(select(Room).where(Room.number == "0001")).one()
        for number in range(1, WORKS + 1):
            who = uow.add(Candidate(code=candidate(number), surname=f"Учебный-{number:03d}"))
            uow.session.flush()
            seat = uow.add(
                Seat(exam_id=exam.id, room_id=room.id, candidate_id=who.id, place=f"{number + 40}А")
            )
            uow.session.flush()
            code = kit_code(5000 + number)
            uow.add(
                Booklet(
                    seat_id=seat.id,
                    exam_id=exam.id,
                    medium=Medium.ENLARGED,
                    code=code,
                    since=uow.now(),
                )
            )
        uow.record(demo_day.Event.TRAINING_SEEDED, "plan:soak")
    return pin


class Scanner(Player):
    """Plays one work; its sheets go through the hot folder, as a scanner hands them in."""

    def take_in(self, label: str) -> None:
        """Put a sheet into the folder once, and wait until the station has taken it."""
        before, size = self.state(), label.rpartition("-")[2]
        inbox = self.store.settings.inbox
        target = inbox / f"{self.work['candidate']}-{label}.jpg"
        with self.store.read() as uow:
            known = uow.session.scalar(select(ScanFile.id).where(ScanFile.name == target.name))
            code = self.row(uow).code
        if not known and not target.exists():
            part = target.with_name(target.name + ".part")
            draw(code, size, subject=SUBJECT, answers=ANSWERS).save(
                part, format="JPEG", dpi=(150, 150)
            )
            part.rename(target)
        while self.state() == before:
            time.sleep(0.2)

    def hand_over(self) -> None:
        """As the training day does, and on from where a killed program stopped."""
        receiver = self.actor("gek").person_id
        for purpose in self.purposes:
            self._hand_over(purpose, receiver)

    def _hand_over(self, purpose: Purpose, receiver: str) -> None:
        with self.as_person("head") as uow:
            exam = self.row(uow).exam_id
            found = [p for p in packets.of_exam(uow, exam) if p.sheet == purpose]
            for packet in found:
                if packet.state == packets.OPEN:
                    sealing.seal(uow, packet.id, contents.contents(uow, packet))
        for packet in found:
            with self.as_person("head") as uow:
                now = uow.get(type(packet), packet.id)
                if now.state == packets.SEALED:
                    handing_over.hand_over(
                        uow, now.id, receiver, self.pin, contents.contents(uow, now)
                    )


def play(settings: Settings, dice: random.Random) -> None:
    """Bring every work to the end, one step of a random one at a time."""
    store = Store(settings)
    pin = prepare(store)
    players = []
    for number in range(1, WORKS + 1):
        work: Work = {
            "candidate": candidate(number),
            "target": "packed",
            "answers": ANSWERS,
        }
        players.append(Scanner(store, pin, work))
    while open_ := [p for p in players if p.state() not in (State.PACKED, State.HANDED_OVER)]:
        player = dice.choice(open_)
        try:
            player.steps()[player.state()]()
        except DomainError as error:
            print(f"{player.work['candidate']}: {error.code}", flush=True)
    for player in players:
        if player.state() is State.PACKED:
            player.hand_over()


if __name__ == "__main__":
    play(Settings.from_env({}, data=Path(sys.argv[1])), random.Random(sys.argv[2]))
