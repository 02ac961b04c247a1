"""A whole training day for the pages: accounts for every role, rooms, works at every step of the way."""

import datetime as dt
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as OpenPage

from examday.domain.ledger import digest
from examday.domain.machine import WAY, Medium, State
from examday.domain.people import Actor, Role
from examday.domain.transfer import BLANK, Value
from examday.services import readings
from examday.services.people import hash_secret
from examday.storage.tables import Booklet, Candidate, Exam, Page, Person, PersonRole, Room, ScanFile, Seat
from examday.storage.uow import Store, UnitOfWork
from tests import sheets

PASSWORD, PIN = "слон жуёт сено", "2580"
TEST = Actor.system("test")
PEOPLE = {"head": Role.SITE_HEAD, "organiser": Role.LEAD_ORGANISER, "assistant": Role.ASSISTANT,
          "gek": Role.EXAM_BOARD_MEMBER, "observer": Role.PUBLIC_OBSERVER, "technician": Role.TECHNICAL_SPECIALIST,
          "translator": Role.BRAILLE_TRANSCRIBER, "chair": Role.BRAILLE_CHAIR, "secretary": Role.APPEAL_SECRETARY}
ROOMS = {"0101": Medium.ENLARGED, "0102": Medium.ENLARGED, "0103": Medium.BRAILLE, "0204": Medium.TYPED}


@dataclass
class Station:
    """A running station: its address, its store, and a work at each step of the way."""

    url: str
    store: Store
    works: dict[State, str] = field(default_factory=dict)

    def values(self, names: set[str]) -> list[dict[str, str]]:
        """Values for the parts of an address: nothing to fill in, or each of the works; other parts are known too."""
        known = {"name": "scans", "kind": "keyin"}
        if names - set(known) - {"id", "booklet_id"}:
            return []
        fixed = {key: known[key] for key in names & set(known)}
        ids = names - set(known)
        return [fixed | dict.fromkeys(ids, work) for work in self.works.values()] if ids else [fixed]


def check_digit(twelve: str) -> str:
    """The thirteenth digit of a form code (EAN-13)."""
    return str(-sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(twelve)) % 10)


def add_people(uow: UnitOfWork) -> None:
    """One account for each role; all with the password and PIN of the tests."""
    password, pin = hash_secret(uow.settings, PASSWORD), hash_secret(uow.settings, PIN)
    for login, role in PEOPLE.items():
        person = uow.add(Person(login=login, name=f"Учебный {login}", password_hash=password, pin_hash=pin,
                                must_change=False))
        uow.session.flush()
        person.roles.append(PersonRole(person_id=person.id, role=role.value))


def add_day(uow: UnitOfWork, works: dict[State, str]) -> None:
    """One exam, four rooms, works spread over all the steps; two of them have stood still for an hour."""
    exam = uow.add(Exam(date=uow.now().date(), kind="ege", subject="01", site_code="9001", tasks=26, long_tasks=[27],
                        training=True, site_name="Учебный пункт"))
    rooms = [uow.add(Room(site_code="9001", number=number)) for number in ROOMS]
    uow.session.flush()
    for n in range(24):
        room = rooms[n % 4]
        medium = ROOMS[room.number]
        state = WAY[n % len(WAY)]
        if state is State.ENLARGED and medium is not Medium.ENLARGED:
            state = State.COLLECTED
        candidate = uow.add(Candidate(code=f"T-{n:03d}", surname=f"Участник-{n:02d}", name="Учебный",
                                      needs=["a3" if medium is Medium.ENLARGED else "braille"]))
        uow.session.flush()
        seat = uow.add(Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=f"{n // 4 + 1}А"))
        uow.session.flush()
        twelve = f"{900010000000 + n:012d}"
        age = dt.timedelta(minutes=70 if n in (9, 11) else 4 + n % 9)
        booklet = uow.add(Booklet(seat_id=seat.id, exam_id=exam.id, medium=medium.value, state=state.value,
                                  code=twelve + check_digit(twelve), since=uow.now() - age))
        uow.session.flush()
        uow.record("booklet:issue", f"booklet:{booklet.id}")
        works.setdefault(state, booklet.id)
        if medium is Medium.ENLARGED:
            add_evidence(uow, booklet)


def past(booklet: Booklet, state: State) -> bool:
    """Has the booklet come at least as far as `state`?"""
    return WAY.index(State(booklet.state)) >= WAY.index(state)


def add_evidence(uow: UnitOfWork, booklet: Booklet) -> None:
    """The pages and readings a booklet of this state has; the two key-ins differ in one field."""
    if past(booklet, State.SCANNED):
        add_page(uow, booklet, "original", "A3")
    if past(booklet, State.COPY_SCANNED):
        add_page(uow, booklet, "copy", "A4")
    fields = readings.fields_for(booklet.exam)
    values = {f: BLANK for f in fields.ids} | {str(n): Value(f"{n}3О0") for n in range(1, 8)}
    slip = values | {"3": Value("330")}
    for source, since, content in (("first", State.KEYED, values), ("second", State.KEYED, slip),
                                   ("settled", State.SETTLED, values), ("verified", State.VERIFIED, values)):
        if past(booklet, since):
            readings.seal(uow, booklet, source, readings.content_of(values=content))


def add_page(uow: UnitOfWork, booklet: Booklet, role: str, size: str) -> None:
    """One attached page with a picture where the intake would have put it."""
    sha = digest([booklet.id, role])
    scan = uow.add(ScanFile(name=f"{role}.png", source="upload", sha256=sha, size=1, state="done", pages=1,
                            received_at=uow.now()))
    uow.session.flush()
    picture = sheets.draw(booklet.code, size, dpi=60)
    folder = uow.settings.derived / sha[:2] / sha
    folder.mkdir(parents=True)
    picture.save(folder / "1.grey.jpg")
    uow.add(Page(scan_file_id=scan.id, number=1, booklet_id=booklet.id, role=role, sheet="answer-form-1.2022", order=1,
                 code=booklet.code, state="attached", image_sha256=sha, at=uow.now(),
                 identity={"width": picture.width, "height": picture.height, "size": size}))


def log_in(context: BrowserContext, station: Station, login: str) -> OpenPage:
    """Log in through the real page."""
    page = context.new_page()
    page.goto(f"{station.url}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_load_state()
    return page
