"""Proving oneself with one's own secret at somebody's computer: one act, wherever it is done.

Each place gives it in its own way; in the ledger all read alike: who gave the secret, at whose
computer.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from examday.domain.appeals.hearing import Outcome
from examday.domain.custody.counts import Purpose
from examday.domain.errors import DomainError, Invalid, Stale
from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Choice, Ruling
from examday.services.appeals.decision import decisions, signatures
from examday.services.appeals.keeping import retention
from examday.services.braille import suspension
from examday.services.custody import handing, kits
from examday.services.custody.room import collecting, enlarging
from examday.services.packing import contents, handing_over, packets, sealing, works
from examday.services.people import log_in
from examday.services.people.directory import actor_of
from examday.services.transfer import signing
from examday.services.transfer.crew import may_take
from examday.services.transfer.settling import decision, own_reading
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow, Item
from examday.storage.tables_log_in import LoginAttempt
from tests import custody_day, transfer_day
from tests.appeals import world
from tests.appeals.test_appeal_services import heard
from tests.conftest import PASSWORD, PIN
from tests.signed import verified_work

DOOR = Actor.system("log-in")
BROWSER = log_in.Browser("7", frozenset())
Done = tuple[Event, str, str, str]
"""Kind of the entry; who acts by it; who gave the secret; who was logged in: the four must not be
mixed up."""
Place = Callable[[Store, Callable[..., Any]], Done]


def log_in_with_the_password(store: Store, add_person: Callable[..., Any]) -> Done:
    anna = add_person(store, "anna")
    with store.begin(DOOR) as uow:
        log_in.enter(uow, "anna", PASSWORD)
    return Event.PERSON_ENTER, anna.id, anna.id, DOOR.person_id


def come_back_with_the_pin(store: Store, add_person: Callable[..., Any]) -> Done:
    anna = add_person(store, "anna")
    with store.begin(DOOR) as uow:
        log_in.come_back(uow, anna.id, PIN, BROWSER)
    return Event.PERSON_ENTER, anna.id, anna.id, DOOR.person_id


def prove_it_anew_before_accounts_are_changed(store: Store, add_person: Callable[..., Any]) -> Done:
    anna = add_person(store, "anna")
    with store.begin(actor_of(anna)) as uow:
        log_in.enter_anew(uow, anna.id, PIN)
    return Event.PERSON_ENTER, anna.id, anna.id, anna.id


def observer_signs_the_copy(store: Store, add_person: Callable[..., Any]) -> Done:
    work = verified_work(store, add_person)
    content = work.content(store)
    with store.begin(actor_of(work.organiser)) as uow:
        signing.sign(uow, work.booklet_id, "observer", work.observer.id, PIN, content)
    return Event.SIGNOFF_SIGN, work.observer.id, work.observer.id, work.organiser.id


def board_member_signs_at_the_own_computer(store: Store, add_person: Callable[..., Any]) -> Done:
    work = verified_work(store, add_person)
    content = work.content(store)
    with store.begin(actor_of(work.member)) as uow:
        signing.sign(uow, work.booklet_id, "exam_board_member", work.member.id, PIN, content)
    return Event.SIGNOFF_SIGN, work.member.id, work.member.id, work.member.id


def board_member_records_that_the_observer_is_absent(
    store: Store, add_person: Callable[..., Any]
) -> Done:
    work = verified_work(store, add_person)
    content, reason = work.content(store), "Наблюдатель не пришёл на экзамен"
    with store.begin(actor_of(work.organiser)) as uow:
        signing.record_absence(
            uow, work.booklet_id, "observer", work.member.id, PIN, content, reason
        )
    return Event.SIGNOFF_ABSENCE, work.member.id, work.member.id, work.organiser.id


def protocol_to_sign(store: Store, add_person: Callable[..., Any]) -> tuple[Any, str, str]:
    """A commission, its case, and the digest of the protocol that its members are to sign."""
    store.clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    commission = world.make(store, add_person)
    case = world.file_appeal(commission)
    heard(commission, case, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    return commission, case, commission.do("secretary", decisions.decide, case, "да").sha256


def member_signs_the_protocol(store: Store, add_person: Callable[..., Any]) -> Done:
    commission, case, protocol = protocol_to_sign(store, add_person)
    chair = commission.people["chair"].id
    commission.do("secretary", signatures.sign, case, chair, PIN, protocol)
    return Event.APPEAL_SIGN, chair, chair, commission.people["secretary"].id


def last_member_seals_the_protocol(store: Store, add_person: Callable[..., Any]) -> Done:
    commission, case, protocol = protocol_to_sign(store, add_person)
    for login in ("chair", "member"):
        signer = commission.people[login].id
        commission.do("secretary", signatures.sign, case, signer, PIN, protocol)
    return Event.APPEAL_SEAL_PROTOCOL, signer, signer, commission.people["secretary"].id


def collected(store: Store, add_person: Callable[..., Any]) -> custody_day.Day:
    """An enlarged work in the lead organiser's hands."""
    day = custody_day.make(store, add_person)
    day.do("lead", kits.issue, day.booklets["1А"], custody_day.number(1))
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    day.do("lead", collecting.collect, day.booklets["1А"], day.counts("1А"))
    return day


def colleague_receives_a_work(store: Store, add_person: Callable[..., Any]) -> Done:
    day = collected(store, add_person)
    helper, counts = day.people["helper"].id, day.counts("1А")
    day.do("lead", handing.hand, day.booklets["1А"], helper, PIN, counts)
    lead = day.people["lead"].id
    return Event.CUSTODY_HAND, lead, helper, lead


def board_member_receives_a_packet(store: Store, add_person: Callable[..., Any]) -> Done:
    day = collected(store, add_person)
    day.put_at("1А", "certified")
    standard, evidence = (
        day.do("lead", packets.open_packet, day.exam, purpose).id
        for purpose in (Purpose.STANDARD, Purpose.EVIDENCE)
    )
    day.do("lead", works.pack, day.booklets["1А"], standard, evidence, day.counts("1А"))
    with store.read() as uow:
        counts = contents.contents(uow, uow.get(Item, standard))
    day.do("lead", sealing.seal, standard, counts)
    board, head = day.people["board"].id, day.people["head"].id
    day.do("head", handing_over.hand_over, standard, board, PIN, counts)
    return Event.PACKING_HAND_OVER, head, board, head


def second_person_signs_an_act_of_destruction(store: Store, add_person: Callable[..., Any]) -> Done:
    day = custody_day.make(store, add_person, day=dt.date(2020, 7, 3))
    board, head = day.people["board"].id, day.people["head"].id
    day.do("head", retention.destroy, day.exam, "приказ 17", board, PIN)
    return Event.RETENTION_DESTROY, head, board, head


def board_member_consents_to_a_suspension(store: Store, add_person: Callable[..., Any]) -> Done:
    day = custody_day.make(store, add_person)
    board, chair = day.people["board"].id, day.people["chair"].id
    day.do("chair", suspension.suspend, day.people["translator"].id, "конфликт", board, PIN)
    return Event.COMMISSION_SUSPEND, chair, board, chair


def two_who_keyed_in_settle_together(store: Store, add_person: Callable[..., Any]) -> Done:
    crew = transfer_day.hands(store, add_person)
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work, "anna")
    rulings = {"2": Ruling(Choice.OWN)}
    with store.read(crew.actor("anna")) as uow:
        own = own_reading.find_own(uow, uow.get(transfer_day.Booklet, work)).sha256
    crew.do("anna", decision.decide_with_companion, work, rulings, own, PIN)
    anna, boris = crew.people["anna"].id, crew.people["boris"].id
    return Event.BOOKLET_SETTLE, anna, boris, anna


PLACES: list[Place] = [
    log_in_with_the_password,
    come_back_with_the_pin,
    prove_it_anew_before_accounts_are_changed,
    observer_signs_the_copy,
    board_member_signs_at_the_own_computer,
    board_member_records_that_the_observer_is_absent,
    member_signs_the_protocol,
    last_member_seals_the_protocol,
    colleague_receives_a_work,
    board_member_receives_a_packet,
    second_person_signs_an_act_of_destruction,
    board_member_consents_to_a_suspension,
    two_who_keyed_in_settle_together,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_the_ledger_names_the_signer_and_the_computer(
    place: Place,
    store: Store,
    add_person: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(may_take, "settling", lambda _booklet: "two_together")
    kind, acts, signer, computer_of = place(store, add_person)
    with store.read() as uow:
        rows = uow.session.scalars(select(EventRow).where(EventRow.kind == kind))
        entry = max(rows, key=lambda row: row.seq)
    data = json.loads(entry.data)
    named = (entry.actor, data.get("signer"), data.get("computer_of"))
    assert named == (acts, signer, computer_of)


def test_own_secrets_are_set_by_whoever_proved_it(
    store: Store, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    anna, window = add_person(store, "anna"), browser()
    window.log_in("anna")
    new = {"password": "новый длинный пароль", "again": "новый длинный пароль"}
    pins = {"pin": "8391", "pin_again": "8391"}
    sent = window.post("/own-secrets", {"present": PIN, **new, **pins})
    assert sent.status_code == 303
    with store.read() as uow:
        [entry] = uow.session.scalars(
            select(EventRow).where(EventRow.kind == Event.PERSON_OWN_SECRETS)
        )
    data = json.loads(entry.data)
    assert (data["signer"], data["computer_of"]) == (anna.id, anna.id)


def test_what_nobody_proved_names_no_signer(store: Store, add_person: Callable[..., Any]) -> None:
    day = collected(store, add_person)
    with store.read() as uow:
        stored = uow.session.scalars(
            select(EventRow.data).where(EventRow.kind == Event.BOOKLET_COLLECT)
        ).one()
    assert day.people and "signer" not in json.loads(stored)


def wrong_tries(store: Store) -> int:
    with store.read() as uow:
        return len(
            uow.session.scalars(select(LoginAttempt).where(LoginAttempt.ok.is_(False))).all()
        )


def refused_signature(store: Store, add_person: Callable[..., Any]) -> None:
    work = verified_work(store, add_person)
    with store.begin(actor_of(work.organiser)) as uow:
        signing.sign(uow, work.booklet_id, "observer", work.observer.id, PIN, "another content")


def refused_protocol(store: Store, add_person: Callable[..., Any]) -> None:
    commission, case, protocol = protocol_to_sign(store, add_person)
    head = commission.people["head"].id
    commission.do("secretary", signatures.sign, case, head, PIN, protocol)


def refused_absence(store: Store, add_person: Callable[..., Any]) -> None:
    work = verified_work(store, add_person)
    content = work.content(store)
    with store.begin(actor_of(work.organiser)) as uow:
        signing.record_absence(
            uow,
            work.booklet_id,
            "observer",
            work.reader.id,
            PIN,
            content,
            "Наблюдатель не пришёл на экзамен",
        )


def refused_destruction(store: Store, add_person: Callable[..., Any]) -> None:
    day = custody_day.make(store, add_person)
    day.do("head", retention.destroy, day.exam, "приказ 17", day.people["board"].id, PIN)


def refused_suspension(store: Store, add_person: Callable[..., Any]) -> None:
    day = custody_day.make(store, add_person)
    helper = day.people["helper"].id
    day.do("chair", suspension.suspend, day.people["translator"].id, "конфликт", helper, PIN)


def refused_hand_over(store: Store, add_person: Callable[..., Any]) -> None:
    day = collected(store, add_person)
    helper, counts = day.people["helper"].id, day.counts("1А")
    day.do("lead", handing.hand, day.booklets["1А"], helper, PIN, counts, row_version=0)


def refused_companion(store: Store, add_person: Callable[..., Any]) -> None:
    crew = transfer_day.hands(store, add_person)
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work, "anna")
    crew.do("anna", decision.decide_with_companion, work, {}, "another reading", PIN)


def nobody_receives_a_work(store: Store, add_person: Callable[..., Any]) -> None:
    day = collected(store, add_person)
    counts, row_version = day.counts("1А"), day.booklet("1А").row_version
    day.do("lead", handing.hand, day.booklets["1А"], "", PIN, counts, row_version=row_version)


def nobody_signs_an_act_of_destruction(store: Store, add_person: Callable[..., Any]) -> None:
    day = custody_day.make(store, add_person, day=dt.date(2020, 7, 3))
    day.do("head", retention.destroy, day.exam, "приказ 17", "", PIN)


def nobody_consents_to_a_suspension(store: Store, add_person: Callable[..., Any]) -> None:
    day = custody_day.make(store, add_person)
    day.do("chair", suspension.suspend, day.people["translator"].id, "конфликт", "", PIN)


NOBODY = [
    nobody_receives_a_work,
    nobody_signs_an_act_of_destruction,
    nobody_consents_to_a_suspension,
]


@pytest.mark.parametrize("refused", NOBODY, ids=lambda refused: refused.__name__)
def test_the_pin_of_nobody_is_no_wrong_try_and_asks_for_the_name(
    refused: Callable[..., None], store: Store, add_person: Callable[..., Any]
) -> None:
    with pytest.raises(Invalid) as said:
        refused(store, add_person)
    assert (said.value.code, said.value.field, wrong_tries(store)) == ("nobody", "person", 0)


@pytest.mark.parametrize(
    "refused",
    [
        refused_signature,
        refused_absence,
        refused_protocol,
        refused_destruction,
        refused_suspension,
        refused_hand_over,
        refused_companion,
    ],
    ids=lambda refused: refused.__name__,
)
def test_a_right_pin_is_no_wrong_try_when_the_act_itself_is_refused(
    refused: Callable[..., None],
    store: Store,
    add_person: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(may_take, "settling", lambda _booklet: "two_together")
    with pytest.raises(DomainError):
        refused(store, add_person)
    assert wrong_tries(store) == 0


def test_a_companion_who_was_only_named_settles_nothing(
    store: Store, add_person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(may_take, "settling", lambda _booklet: "two_together")
    crew = transfer_day.hands(store, add_person)
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work, "anna")
    with pytest.raises(DomainError, match="settle together") as refusal:
        crew.do("anna", decision.decide, work, {"2": Ruling(Choice.OWN)})
    assert refusal.value.code == "companion" and not isinstance(refusal.value, Stale)
