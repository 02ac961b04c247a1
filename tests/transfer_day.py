"""People and works for tests of the transfer: key-in, settling, copying, verification."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import BLANK, Check, Seen, Value
from examday.services.people.directory import actor_of
from examday.services.rules.exam_forms import fields_for
from examday.services.scans import attachment
from examday.services.scans.works import whole, work_sheets
from examday.services.transfer import assignments, copying, keyin, verification
from examday.services.transfer.settling import own_reading
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Page, Person, PersonRole, ScanFile
from tests import day, people_at_once

HELPERS = ("anna", "boris", "vera", "gleb")
"""Who may do every part of a transfer: nobody is left out by a right, only by what they did."""


@dataclass
class Hands:
    """A store with people who may key in, settle, copy and verify."""

    store: Store
    people: dict[str, Person]

    def actor(self, login: str) -> Actor:
        """The person as somebody who acts."""
        return actor_of(self.people[login])

    def do(self, login: str, service: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """One use case in one transaction."""
        with self.store.begin(self.actor(login)) as uow:
            return service(uow, *args, **named)

    def look(self, login: str, service: Callable[..., Any], *args: Any) -> Any:
        """What the person sees."""
        with self.store.read(self.actor(login)) as uow:
            return service(uow, *args)

    def booklet(self, booklet_id: str) -> Booklet:
        """The booklet as it is now."""
        with self.store.read() as uow:
            return uow.get(Booklet, booklet_id)

    def state(self, booklet_id: str) -> str:
        """Where the booklet stands."""
        return self.booklet(booklet_id).state

    def work(
        self,
        code: str | None = None,
        state: State = State.SCANNED,
        medium: Medium = Medium.ENLARGED,
        tasks: int = 5,
        subject: str = "01",
    ) -> str:
        """A booklet whose original has been scanned; its exam has `tasks` short answers and one
        long one."""
        booklet_id = day.booklet(self.store, code, state, medium, subject)
        if medium is Medium.BRAILLE:
            self.read_braille()
        with self.store.begin(Actor.system("test")) as uow:
            exam = uow.get(Booklet, booklet_id).exam
            exam.tasks, exam.long_tasks = tasks, [27]
            if medium is Medium.BRAILLE:
                exam.region = "77"  # a plan as it should be, so that nobody is asked for the header
            add_page(uow, booklet_id, "original")
            uow.record("test:exam", f"exam:{exam.id}")
        return booklet_id

    def read_braille(self, *logins: str) -> None:
        """From now on these people (without a name: all helpers there are) are tiflo-translators too."""
        with self.store.begin(Actor.system("test")) as uow:
            for login in logins or [who for who in HELPERS if who in self.people]:
                person = uow.get(Person, self.people[login].id)
                if Role.BRAILLE_TRANSCRIBER not in actor_of(person).roles:
                    person.roles.append(
                        PersonRole(person_id=person.id, role=Role.BRAILLE_TRANSCRIBER)
                    )
                    uow.record("test:role", f"person:{person.id}")
                self.people[login] = person

    def values(self, booklet_id: str, **answers: str | Value) -> dict[str, Value]:
        """A complete reading: blank but for `answers` (t1="…", long="…")."""
        with self.store.read() as uow:
            ids = fields_for(uow.get(Booklet, booklet_id).exam).ids
        named = {
            {"long": "long:27"}.get(k, k.removeprefix("t").replace("_", ":")): v
            for k, v in answers.items()
        }
        return {f: BLANK for f in ids} | {
            f: v if isinstance(v, Value) else Value(v) for f, v in named.items()
        }

    def key_in(self, booklet_id: str, login: str, part: str, values: Mapping[str, Value]) -> None:
        """Take a key-in and hand it in."""
        self.do(login, assignments.take, booklet_id, part)
        self.do(login, keyin.submit, booklet_id, part, values)

    def settled(
        self, booklet_id: str, readers: tuple[str, str] = ("anna", "boris"), **answers: str | Value
    ) -> None:
        """Both key-ins agree."""
        values = self.values(booklet_id, **answers)
        for login, part in zip(readers, ("first", "second"), strict=True):
            self.key_in(booklet_id, login, part, values)

    def copied(self, booklet_id: str, copier: str = "anna") -> None:
        """Copied onto the standard form and scanned."""
        self.do(copier, assignments.take, booklet_id, "copier")
        self.do(copier, copying.finish, booklet_id)
        self.scan_copy(booklet_id)

    def scan_copy(self, booklet_id: str) -> None:
        """The scans of the copy arrive: every sheet that it must have."""
        with self.store.begin(Actor.system("test")) as uow:
            booklet = uow.get(Booklet, booklet_id)
            missing = work_sheets.lack(uow, booklet)
            assert missing is not None
            for form in missing.forms:
                page = add_page(uow, booklet_id, "copy")
                page.sheet = f"{form}.2022"
                uow.session.flush()
                attachment.attach(uow, page, booklet, "copy")
                uow.session.flush()
                whole.move_on(uow, booklet, page)

    def checks(self, booklet_id: str, **wrong: str) -> dict[str, Check]:
        """Every field seen and right, but for `wrong` (t1="what stands there")."""
        checks = {f: Check(Seen.OK) for f in self.values(booklet_id)}
        return checks | {
            k.removeprefix("t"): Check(Seen.DIFFERS, Value(v)) for k, v in wrong.items()
        }

    def verified(self, booklet_id: str, verifier: str = "boris") -> None:
        """Looked at, everything right."""
        self.do(verifier, assignments.take, booklet_id, "verifier")
        assert self.do(verifier, verification.submit, booklet_id, self.checks(booklet_id)) == []

    def differing(self, booklet_id: str) -> None:
        """Two key-ins that differ in task 2."""
        self.key_in(booklet_id, "anna", "first", self.values(booklet_id, t1="ДОМ", t2="1"))
        self.key_in(booklet_id, "boris", "second", self.values(booklet_id, t1="ДОМ", t2="7"))

    def own_reading(self, booklet_id: str, login: str = "vera", t2: str = "7") -> None:
        """A third person has given an own reading of task 2."""
        self.do(login, assignments.take, booklet_id, "arbiter")
        self.do(login, own_reading.give_own, booklet_id, {"2": Value(t2)})


def add_page(uow: Any, booklet_id: str, role: str) -> Page:
    """A scanned page of a booklet (the picture itself is not needed)."""
    number = len(uow.session.query(Page).all())
    sha256 = digest([booklet_id, role, number])
    scan = uow.add(
        ScanFile(
            name="scan.jpg",
            source="upload",
            sha256=sha256,
            size=1,
            state="done",
            received_at=uow.now(),
        )
    )
    uow.session.flush()
    return uow.add(
        Page(
            scan_file_id=scan.id,
            number=1,
            booklet_id=booklet_id,
            role=role,
            state="attached",
            sheet="answer-form-1.2022",
            image_sha256=sha256,
            at=uow.now(),
            identity={
                "width": 2480,
                "height": 3508,
                "matrix": [[300 / 25.4, 0, 0], [0, 300 / 25.4, 0], [0, 0, 1]],
                "proven": True,
            },
        )
    )


def hands(store: Store, add_person: Callable[..., Person]) -> Hands:
    """Anna, Boris, Vera and Gleb may do every part; the head of the point, a board member and an
    observer watch."""
    helpers = {name: (Role.ASSISTANT,) for name in HELPERS}
    others = {
        "head": (Role.SITE_HEAD,),
        "member": (Role.EXAM_BOARD_MEMBER,),
        "observer": (Role.PUBLIC_OBSERVER,),
        "tech": (Role.TECHNICAL_SPECIALIST,),
    }
    return Hands(store, people_at_once.add_all(store, {**helpers, **others}))
