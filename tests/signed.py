"""A work that waits for its signatures, with the people who may give them."""

from collections.abc import Callable
from dataclasses import dataclass

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor, Role
from examday.services.rules.exam_forms import fields_for
from examday.services.transfer import readings, signatures
from examday.services.unit_of_work import Store
from examday.storage.tables import Assignment, Booklet, Page, Person, ScanFile
from tests import day


@dataclass
class Waiting:
    """A verified work and its people."""

    booklet_id: str
    organiser: Person
    member: Person
    observer: Person
    reader: Person

    def content(self, store: Store) -> str:
        """The digest of what a signer reads now."""
        with store.read() as uow:
            return signatures.content_of(uow, uow.get(Booklet, self.booklet_id)).sha256


def sent(slot: str, person: Person, pin: str, content: str) -> dict[str, str]:
    """What the page sends for one signature."""
    return {f"person-{slot}": person.id, f"pin-{slot}": pin, "content": content}


def verified_work(
    store: Store,
    add_person: Callable[..., Person],
    code: str = "2990000000019",
    people: Waiting | None = None,
) -> Waiting:
    """A work copied by the organiser, keyed in and verified by the reader, witnessed by nobody
    yet."""
    made = people or Waiting(
        "",
        add_person(store, "organiser", Role.ROOM_ORGANISER),
        add_person(store, "member", Role.EXAM_BOARD_MEMBER),
        add_person(store, "observer", Role.PUBLIC_OBSERVER),
        add_person(store, "reader", Role.ASSISTANT),
    )
    made = Waiting("", made.organiser, made.member, made.observer, made.reader)
    made.booklet_id = day.booklet(store, code, State.VERIFIED, Medium.ENLARGED)
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, made.booklet_id)
        fields = fields_for(booklet.exam)
        values = {f: {"text": "17", "mark": None} for f in fields.ids[:13]}
        values |= {
            f: {
                "text": "",
                "mark": "blank",
                **({"task": ""} if f.startswith("replacement") else {}),
            }
            for f in fields.ids[13:]
        }
        readings.seal(uow, booklet, "settled", {"fields": values})
        readings.seal(
            uow, booklet, "verified", {"fields": values, "checks": {}}, person_id=made.reader.id
        )
        for part, person in (
            ("first", made.reader),
            ("copier", made.organiser),
            ("verifier", made.reader),
        ):
            uow.add(
                Assignment(
                    booklet_id=booklet.id, version=1, part=part, person_id=person.id, at=uow.now()
                )
            )
        for role in ("original", "copy"):
            _page(uow, booklet, role)
        # As the steps would have said it, one by one.
        way = {"source": "registered", "target": "verified", "version": 1}
        uow.record("test:verified", f"booklet:{booklet.id}", **way)
    return made


def _page(uow, booklet: Booklet, role: str) -> None:  # type: ignore[no-untyped-def]
    sha256 = digest([booklet.id, role])
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
    uow.add(
        Page(
            scan_file_id=scan.id,
            number=1,
            booklet_id=booklet.id,
            role=role,
            state="attached",
            image_sha256=sha256,
            at=uow.now(),
        )
    )
