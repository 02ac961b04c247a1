"""One work of a day of its own, and the people who carry it from page to page."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.paper import trial
from examday.services.custody import papers
from examday.services.packing import contents, packets
from examday.services.scans.files import opening
from examday.services.transfer import readings
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Candidate, Exam, Page, Room, ScanFile, Seat
from tests import people_at_once
from tests.at_desks import Clerk, Shown
from tests.conftest import PIN, Browser
from workers import watcher

PEOPLE: dict[str, tuple[Role, ...]] = {
    "head": (Role.SITE_HEAD,),
    "lead": (Role.LEAD_ORGANISER,),
    "tech": (Role.TECHNICAL_SPECIALIST,),
    "anna": (Role.ASSISTANT,),
    "boris": (Role.ASSISTANT,),
    "vera": (Role.ASSISTANT,),
    "board": (Role.EXAM_BOARD_MEMBER,),
    "observer": (Role.PUBLIC_OBSERVER,),
    "tiflo": (Role.BRAILLE_TRANSCRIBER,),
    "second": (Role.BRAILLE_TRANSCRIBER,),
    "chair": (Role.BRAILLE_CHAIR,),
}
SIGNERS = ("boris", "transferrer"), ("board", "exam_board_member"), ("observer", "observer")
SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(1024)
"""A WAV file that is long enough to be taken for a recording: less is refused as an empty one."""
REASON = "номер прочитан с листа"
ESSAY = "О доброте.\nДобро не ждёт награды."


@dataclass
class Work:
    """One work of a day of its own, and the people who carry it from page to page."""

    store: Store
    window: Callable[[str], Clerk]
    """Opens a browser in which somebody has logged in: each person has cookies of their own."""
    id: str
    code: str
    people: dict[str, Any]
    clerks: dict[str, Clerk] = field(default_factory=dict)
    pictures: int = 0
    asked: int = 0
    """How often a reader was asked whether what was left out is blank: it must not become a
    habit."""

    def at(self, login: str, url: str = "") -> Clerk:
        """This person, with this page open."""
        if login not in self.clerks:
            self.clerks[login] = self.window(login)
        if url:
            self.clerks[login].open(url)
        return self.clerks[login]

    def state(self) -> State:
        with self.store.read() as uow:
            return State(uow.get(Booklet, self.id).state)

    def another(self, place: str) -> "Work":
        """One more work of the same exam, carried by the same people at the same browsers."""
        with self.store.begin(Actor.system("test")) as uow:
            like = uow.get(Booklet, self.id)
            candidate = uow.add(Candidate(code=f"C-{place}", surname="Учебный"))
            uow.session.flush()
            seat = uow.add(
                Seat(
                    exam_id=like.exam_id,
                    room_id=like.seat.room_id,
                    candidate_id=candidate.id,
                    place=place,
                )
            )
            uow.session.flush()
            code = trial.kit_code(int(like.exam.subject) + 600)
            made = uow.add(
                Booklet(
                    seat_id=seat.id,
                    exam_id=like.exam_id,
                    medium=like.medium,
                    code=code,
                    since=uow.now(),
                )
            )
            uow.session.flush()
            uow.record("test:work", f"booklet:{made.id}")  # type: ignore[arg-type]
        # Names of pictures go on: a second «1.jpg» would be another page of the first.
        return Work(
            self.store, self.window, made.id, code, self.people, self.clerks, self.pictures + 100
        )

    def issue(self) -> None:
        lead = self.at("lead", f"/custody/work/{self.id}")
        lead.press("/issue", fields={"code": self.code})
        assert self.state() is State.ISSUED

    def enlarge(self, *sheets_of: str) -> None:
        lead = self.at("lead", f"/custody/work/{self.id}")
        lead.press(
            "/enlarge", fields={"witness": self.people["board"].id, "sheet": list(sheets_of)}
        )
        assert self.state() is State.ENLARGED

    def add(self, kind: str, number: int) -> Shown:
        lead = self.at("lead", f"/custody/work/{self.id}/extra")
        return lead.press("/extra", fields={"kind": kind, "number": number})

    def record(self, pages: int, name: str = "answer.wav", **other: Any) -> Shown:
        """The spoken answer was recorded, written down by Boris and compared by Vera."""
        said = {
            "file": (io.BytesIO(SOUND + self.id.encode()), name),
            "recorded_by": self.people["anna"].id,
            "written_by": self.people["boris"].id,
            "compared_by": self.people["vera"].id,
            "pages": pages,
        }
        lead = self.at("lead", f"/custody/work/{self.id}")
        assert lead.page is not None
        if not any(form.action.endswith("/record") for form in lead.page.forms):
            lead.open(f"/custody/work/{self.id}/record")
        return lead.press("/record", fields={**said, **other})

    def collect(self) -> None:
        lead = self.at("lead", f"/custody/work/{self.id}")
        with self.store.read() as uow:
            there = papers.countable(papers.of_booklet(uow, self.id))
        lead.press("/collect", fields={f"count-{kind}": n for kind, n in there.items()})
        assert self.state() is State.COLLECTED, lead.page and lead.page.text

    def send(self, *pictures: Image.Image, dpi: int) -> None:
        """The technical specialist opens the page of scans and sends pictures in."""
        self.upload(self.at("tech", "/scans/"), *pictures, dpi=dpi)

    def upload(self, tech: Clerk, *pictures: Image.Image, dpi: int) -> None:
        """Pictures are sent in from the page in sight; the station reads them."""
        files = [(self._jpeg(one, dpi), f"{self.pictures}.jpg") for one in pictures]
        tech.press("/upload", fields={"files": files})
        self._read()

    def scan(self, *pictures: Image.Image, dpi: int) -> None:
        """The scanner lays pictures into the watched folder: nobody opens a page."""
        for picture in pictures:
            kept = self._jpeg(picture, dpi)
            path = self.store.settings.inbox / f"{self.pictures}.jpg"
            path.write_bytes(kept.getvalue())
            watcher.take(self.store, path)
        self._read()

    def _jpeg(self, picture: Image.Image, dpi: int) -> io.BytesIO:
        self.pictures += 1
        kept = io.BytesIO()
        picture.save(kept, "JPEG", dpi=(dpi, dpi))
        kept.seek(0)
        return kept

    def _read(self) -> None:
        with self.store.read() as uow:
            queued = select(ScanFile.id).where(ScanFile.state == ScanState.QUEUED)
            waiting = list(uow.session.scalars(queued.order_by(ScanFile.received_at)))
        for scan_id in waiting:
            opening.process(self.store, scan_id)

    def pages(self) -> list[tuple[str, str, str, str]]:
        """Sheet, role, state and questions of every page that came in."""
        with self.store.read() as uow:
            rows = uow.session.scalars(select(Page).order_by(Page.at, Page.number))
            return [(p.sheet, p.role or "", p.state, " ".join(p.problems)) for p in rows]

    def attach(self, role: str, *names: str) -> None:
        """The pages that wait are given to the work: one press where it is offered them, else with
        everything said by hand. `names`: the sheets where one is asked for."""
        with self.store.read() as uow:
            waiting = select(Page.id).where(Page.state == PageState.EXCEPTION)
            pages = list(uow.session.scalars(waiting.order_by(Page.at, Page.number)))
        assert pages
        for page, name in zip(pages, names or [""] * len(pages), strict=True):
            said = {"wanted": self.code, "role": role, "reason": REASON}
            tech = self.at("tech", f"/scans/exceptions/{page}")
            offered = ("wanted", self.code), ("role", role), ("sheet", name), ("act", "paper")
            assert tech.page is not None
            if any(all(f.values.get(n) == [v] for n, v in offered) for f in tech.page.forms):
                assert tech.press(having=offered[0]).status == 200
                continue
            shown = tech.press(fields=said, having=("act", "attach"))
            if name and shown.status == 400:
                # Which sheets the work still waits for is known once its number is.
                shown = tech.press(fields={**said, "sheet": name}, having=("act", "attach"))
            assert shown.status == 200, shown.text

    def take(self, login: str, kind: str) -> Clerk:
        """The next work of this kind, taken from «Моя работа»."""
        clerk = self.at(login, "/work")
        assert clerk.page is not None
        # What one has begun comes first, as a link; the next work may have been taken by itself.
        if clerk.page.primary():
            clerk.follow()
        else:
            clerk.press(f"/work/next/{kind}")
        assert self.id in clerk.page.url, clerk.page and clerk.page.text
        return clerk

    def key_in(self, login: str, entries: Mapping[str, str]) -> Clerk:
        clerk = self.take(login, "keyin")
        clerk.press(f"/keyin/{self.id}", "hand_in", {f"v:{f}": t for f, t in entries.items()})
        assert clerk.page is not None
        if any(b.get("value") == "hand_in_blank" for f in clerk.page.forms for b in f.buttons):
            self.asked += 1
            clerk.press(f"/keyin/{self.id}", "hand_in_blank")
        # Nothing refused: the next work has opened by itself, or what was handed in is shown.
        assert clerk.page.url != f"/keyin/{self.id}", clerk.page.text
        return clerk

    def settle_by_agreement(self, entries: Mapping[str, str]) -> None:
        for login in ("anna", "boris"):
            self.key_in(login, entries)
        assert self.state() is State.SETTLED

    def copy(self, login: str = "boris") -> None:
        self.take(login, "copying").press(f"/copying/{self.id}")
        assert self.state() is State.COPIED

    def verify(self, login: str = "anna") -> None:
        clerk = self.take(login, "verify")
        assert clerk.page is not None
        names = [n for n in clerk.page.form(f"/verify/{self.id}").typed if n.startswith("s:")]
        clerk.press(f"/verify/{self.id}", "hand_in", dict.fromkeys(names, "ok"))
        assert self.state() is State.VERIFIED, clerk.page.text[-2000:]

    def sign(self, *signers: tuple[str, str]) -> None:
        """The people sign; `signers`: log-in and place of each, those of a print-out by default."""
        for login, slot in signers or SIGNERS:
            self.at(login, f"/sign/{self.id}").press(fields=self.pin_of(login, slot))
        assert self.state() is State.CERTIFIED

    def pin_of(self, login: str, slot: str) -> dict[str, Any]:
        """What somebody enters for their signature."""
        return {f"pin-{slot}": PIN, f"person-{slot}": self.people[login].id}

    def pack(self) -> None:
        with self.store.read() as uow:
            there = papers.expected(uow, uow.get(Booklet, self.id))
        lead = self.at("lead", f"/packing/work/{self.id}")
        lead.press("/pack", fields={f"count-{kind}": n for kind, n in there.items()})
        assert self.state() is State.PACKED

    def hand_over(self) -> None:
        """The head closes both packets and hands them to the member, who confirms with the own PIN."""
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE):
            with self.store.read() as uow:
                packet = packets.packet_for(uow, uow.get(Booklet, self.id).exam_id, purpose)
                assert packet
                there = contents.contents(uow, packet)
            counted = {f"count-{kind}": n for kind, n in there.items()}
            head = self.at("head", f"/packing/packet/{packet.id}")
            head.press(fields=counted)
            head.press(fields={**counted, "to": self.people["board"].id, "pin": PIN})
        assert self.state() is State.HANDED_OVER

    def after_the_copy(self) -> None:
        """The last part of the way is the same for every medium."""
        self.verify()
        self.sign()
        self.pack()
        self.hand_over()

    def value(self, field_id: str) -> str:
        """What was settled for a field."""
        with self.store.read() as uow:
            row = readings.settled(uow, uow.get(Booklet, self.id))
            return readings.values_of(row)[field_id].text


def maker(
    store: Store,
    browser: Callable[[], Browser] | None = None,
    window: Callable[[str], Clerk] | None = None,
) -> Callable[..., Work]:
    """`make(medium, kind, subject, tasks, long_tasks, needs)`: a day with this one work.

    People sit at browsers without scripts, or at the windows that `window` opens.
    """
    opens = window or (lambda login: Clerk(browser(), login))  # type: ignore[misc]
    people = people_at_once.add_all(store, PEOPLE)

    def day(
        medium: Medium,
        kind: str = "ege",
        subject: str = "01",
        tasks: int = 2,
        long_tasks: Iterable[int] = (),
        needs: Iterable[str] = (),
        subject_name: str = "",
    ) -> Work:
        code = trial.kit_code(int(subject) + 500)
        with store.begin(Actor.system("test")) as uow:
            exam = uow.add(
                Exam(
                    date=uow.today(),
                    kind=kind,
                    subject=subject,
                    site_code="0001",
                    region="77",
                    tasks=tasks,
                    long_tasks=list(long_tasks),
                    facts={"subject_name": subject_name} if subject_name else {},
                )
            )
            room = uow.add(Room(site_code="0001", number="0101"))
            candidate = uow.add(Candidate(code="C-1", surname="Учебный", needs=list(needs)))
            uow.session.flush()
            seat = uow.add(
                Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place="1А")
            )
            uow.session.flush()
            booklet = uow.add(
                Booklet(seat_id=seat.id, exam_id=exam.id, medium=medium, code=code, since=uow.now())
            )
            uow.session.flush()
            uow.record("test:day", f"exam:{exam.id}")  # type: ignore[arg-type]
        return Work(store, opens, booklet.id, code, people)

    return day


def written_page(text: str, number: int) -> Image.Image:
    """A page of plain text on A4, as a printer or a hand leaves it: no form and no code."""
    page = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(page)
    pen.multiline_text((120, 160 + 40 * number), text, font=trial._font(40), fill=20, spacing=30)
    return page


def head(subject: str = "01", name: str = "РУС") -> dict[str, str]:
    """The registration fields of the form."""
    return {"header:region": "77", "header:subject": subject, "header:name": name}
