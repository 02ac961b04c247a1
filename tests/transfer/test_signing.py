"""«Копия верна»: who signs, what is signed, and what a change of the content does to signatures."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Forbidden, Invalid, SamePerson, Stale
from examday.domain.people.roles import Actor, Role
from examday.services.custody import dossier
from examday.services.custody.pages.standings import standings_of
from examday.services.people import directory, hashes
from examday.services.transfer import readings, signing
from examday.services.transfer.desks import signers
from examday.services.transfer.desks import signing as signing_desk
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Person, Signoff
from tests.conftest import PASSWORD, PIN
from tests.signed import Waiting, verified_work


@pytest.fixture
def work(store: Store, add_person: Callable[..., Person]) -> Waiting:
    return verified_work(store, add_person)


def give(
    store: Store,
    work: Waiting,
    slot: str,
    person: Person,
    secret: str = PIN,
    content: str = "",
    logged_in: Person | None = None,
) -> Signoff:
    with store.begin(directory.actor_of(logged_in or person)) as uow:
        return signing.sign(
            uow, work.booklet_id, slot, person.id, secret, content or work.content(store)
        )


def state(store: Store, work: Waiting) -> str:
    with store.read() as uow:
        return uow.get(Booklet, work.booklet_id).state


def signoffs(store: Store) -> int:
    with store.read() as uow:
        return uow.session.query(Signoff).count()


def test_three_people_sign_and_the_last_signature_certifies(store: Store, work: Waiting) -> None:
    give(store, work, "transferrer", work.organiser)
    give(store, work, "exam_board_member", work.member)
    assert state(store, work) == State.VERIFIED
    give(store, work, "observer", work.observer)
    assert state(store, work) == State.CERTIFIED
    with store.read() as uow:
        kinds = [(e.kind, e.actor) for e in uow.session.query(EventRow).order_by(EventRow.seq)][-4:]
    assert kinds == [
        ("signoff:sign", work.organiser.id),
        ("signoff:sign", work.member.id),
        ("signoff:sign", work.observer.id),
        ("booklet:certify", work.observer.id),
    ]


def test_at_a_colleagues_computer_the_signature_is_still_the_signers(
    store: Store, work: Waiting
) -> None:
    row = give(store, work, "exam_board_member", work.member, logged_in=work.organiser)
    assert row.person_id == work.member.id
    with store.read() as uow:
        last = uow.session.query(EventRow).order_by(EventRow.seq.desc()).first()
    assert last.actor == work.member.id
    assert f'"computer_of":"{work.organiser.id}"' in last.data


def test_the_password_is_as_good_as_the_pin(store: Store, work: Waiting) -> None:
    assert give(store, work, "observer", work.observer, PASSWORD).slot == "observer"


def test_nobody_signs_with_a_colleagues_pin(store: Store, work: Waiting) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.get(Person, work.member.id).pin_hash = hashes.hash_secret(store.settings, "7413")
        uow.record("test:pin", "day:test")
    with pytest.raises(Forbidden):
        give(store, work, "exam_board_member", work.member, PIN, logged_in=work.organiser)
    assert signoffs(store) == 0


def test_observer_cannot_sign_twice(store: Store, work: Waiting) -> None:
    give(store, work, "observer", work.observer)
    with pytest.raises(Conflict):
        give(store, work, "observer", work.observer)
    assert signoffs(store) == 1


def test_one_person_with_two_roles_does_not_fill_two_slots(
    store: Store, add_person: Callable[..., Person], work: Waiting
) -> None:
    both = add_person(store, "both", Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER)
    give(store, work, "exam_board_member", both)
    with pytest.raises(SamePerson):
        give(store, work, "observer", both)


def test_only_the_copier_signs_as_the_one_who_copied(
    store: Store, add_person: Callable[..., Person], work: Waiting
) -> None:
    colleague = add_person(store, "colleague", Role.ROOM_ORGANISER)
    with pytest.raises(SamePerson):
        give(store, work, "transferrer", colleague)


def test_a_witness_took_no_part_in_the_work(
    store: Store, add_person: Callable[..., Person], work: Waiting
) -> None:
    with store.begin(Actor.system("test")) as uow:
        people_row = uow.get(Person, work.reader.id)
        from examday.storage.tables import PersonRole

        people_row.roles.append(
            PersonRole(person_id=people_row.id, role=Role.EXAM_BOARD_MEMBER.value)
        )
        uow.record("test:role", "day:test")
    with pytest.raises(SamePerson):
        give(store, work, "exam_board_member", work.reader)


def test_a_role_that_the_rules_do_not_name_cannot_sign(store: Store, work: Waiting) -> None:
    with pytest.raises(Forbidden):
        give(store, work, "exam_board_member", work.observer)
    with pytest.raises(Invalid):
        give(store, work, "chair", work.observer)


def test_content_that_changed_since_it_was_read_is_not_signed(store: Store, work: Waiting) -> None:
    read = work.content(store)
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work.booklet_id)
        old = readings.find(uow, booklet, "settled")
        assert old
        changed = {**old.content["fields"], "1": {"text": "71", "mark": None}}
        readings.seal(uow, booklet, "settled", {"fields": changed}, number=2)
        uow.record("test:settled-again", f"booklet:{booklet.id}")
    with pytest.raises(Stale):
        give(store, work, "observer", work.observer, content=read)
    assert signoffs(store) == 0


def test_absence_of_the_observer_is_recorded_with_its_reason(store: Store, work: Waiting) -> None:
    give(store, work, "transferrer", work.organiser)
    give(store, work, "exam_board_member", work.member)
    with store.begin(directory.actor_of(work.member)) as uow:
        row = signing.record_absence(
            uow,
            work.booklet_id,
            "observer",
            work.member.id,
            PIN,
            work.content(store),
            "Наблюдатель не прибыл в пункт",
        )
    assert (row.person_id, row.recorded_by) == (None, work.member.id)
    assert state(store, work) == State.CERTIFIED


@pytest.mark.parametrize(
    ("slot", "who", "reason", "refusal"),
    [
        ("observer", "member", "нет", Invalid),
        ("exam_board_member", "member", "Член ГЭК ушёл раньше", Invalid),
        ("observer", "organiser", "Наблюдатель не прибыл в пункт", Forbidden),
    ],
)
def test_absence_needs_the_rules_a_reason_and_the_right_role(
    store: Store, work: Waiting, slot: str, who: str, reason: str, refusal: type[Exception]
) -> None:
    person = getattr(work, who)
    with pytest.raises(refusal), store.begin(directory.actor_of(person)) as uow:
        signing.record_absence(
            uow, work.booklet_id, slot, person.id, PIN, work.content(store), reason
        )
    assert signoffs(store) == 0


def test_unsigned_work_comes_to_those_who_may_sign_it(
    store: Store, work: Waiting, add_person: Callable[..., Person]
) -> None:
    stranger = add_person(store, "stranger", Role.TECHNICAL_SPECIALIST, Role.ASSISTANT)
    with store.read() as uow:
        come = {
            p.login: len(signers.waiting(uow, directory.actor_of(p)))
            for p in (work.organiser, work.member, work.observer, work.reader, stranger)
        }
    assert come == {"organiser": 1, "member": 1, "observer": 1, "reader": 0, "stranger": 0}
    give(store, work, "observer", work.observer)
    with store.read() as uow:
        assert signers.waiting(uow, directory.actor_of(work.observer)) == []


def test_a_signature_cannot_be_changed_in_the_database(store: Store, work: Waiting) -> None:
    row = give(store, work, "observer", work.observer)
    with store.engine.connect() as connection, pytest.raises(Exception, match="insert-only"):
        connection.exec_driver_sql(f"UPDATE signoff SET slot = 'chair' WHERE id = '{row.id}'")


def test_a_work_that_is_not_verified_is_not_signed(store: Store, work: Waiting) -> None:
    read = work.content(store)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work.booklet_id).state = State.SCANNED.value
        uow.record("test:back", "day:test")
    with pytest.raises(Conflict):
        give(store, work, "observer", work.observer, content=read)


def test_what_was_signed_on_an_earlier_copy_counts_nowhere(store: Store, work: Waiting) -> None:
    """The signing page, the page of the work and the board give the same answer."""
    give(store, work, "transferrer", work.organiser)
    assert shown_signatures(store, work) == (["transferrer"], ["transferrer"], 1)
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work.booklet_id)
        fields = readings.find(uow, booklet, "verified").content["fields"]
        content = {"fields": fields, "checks": {}}
        readings.seal(uow, booklet, "verified", content, number=2, person_id=work.reader.id)
        uow.record("test:verified", f"booklet:{booklet.id}")
    assert shown_signatures(store, work) == ([], [], 0)
    give(store, work, "observer", work.observer)
    assert shown_signatures(store, work) == (["observer"], ["observer"], 1)


def shown_signatures(store: Store, work: Waiting) -> tuple[list[str], list[str], int]:
    """Signatures on the signing page, on the page of the work, and their number on the board."""
    with store.read() as uow:
        booklet = uow.get(Booklet, work.booklet_id)
        page = dossier.show(uow, booklet.id)
        return (
            list(signing_desk.sheet(uow, booklet.id).signed),
            [place.rule.slot for place in page.signatures if place.given],
            standings_of(uow, [booklet.exam])[0].signed,
        )


def test_a_page_asks_one_thing_where_no_work_waits_for_signatures(
    store: Store, work: Waiting
) -> None:
    """The line «wait for your signature» is on every page of a signer."""
    give(store, work, "transferrer", work.organiser)
    give(store, work, "exam_board_member", work.member)
    give(store, work, "observer", work.observer)
    asked: list[str] = []
    with store.read(directory.actor_of(work.observer)) as uow:
        listener = lambda _c, _cursor, text, *_more: asked.append(text)  # noqa: E731
        event.listen(store.engine, "before_cursor_execute", listener)
        assert signers.waiting(uow) == []
    # Beside those that ask, once a transaction, which rules were ordered, whether this is a station
    # and whose works travel.
    once = ("FROM rule_text", "FROM site", "FROM centre", "FROM station")
    looked = [text for text in asked if text.startswith("SELECT")]
    assert len([text for text in looked if not any(of in text for of in once)]) == 1
    assert len(looked) <= 1 + len(once)
