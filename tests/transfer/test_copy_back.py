"""«Copied» and a verification are taken back by whoever gave them, while nothing rests on it."""

from collections.abc import Callable

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.readings import Source
from examday.services.custody import dossier
from examday.services.ledger import audit
from examday.services.transfer import assignments, copying, offers, readings, verification
from examday.services.transfer.desks import verification as verification_desk
from examday.services.transfer.going_back import copy_back, resting
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person, Signoff
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.transfer_day import Hands, add_page, hands

WHY = "нажато до того, как бланк дописан"


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def copied(crew: Hands, who: str = "anna") -> str:
    work = crew.work()
    crew.settled(work, readers=("vera", "gleb"), t1="ДОМ", t2="17")
    crew.do(who, assignments.take, work, "copier")
    crew.do(who, copying.finish, work)
    return work


def verified(crew: Hands) -> str:
    work = copied(crew)
    crew.scan_copy(work)
    crew.verified(work, "boris")
    assert crew.state(work) == "verified"
    return work


def back(crew: Hands, work: str, who: str, part: str, why: str = WHY) -> None:
    crew.do(who, copy_back.take_back, work, part, why)


def verification_of(crew: Hands, work: str) -> object:
    with crew.store.read() as uow:
        return readings.find(uow, uow.get(Booklet, work), Source.VERIFIED)


def test_copied_is_taken_back_and_said_again(crew: Hands) -> None:
    work = copied(crew)
    back(crew, work, "anna", "copier")
    assert crew.state(work) == "settled"
    assert [o.held for o in crew.look("anna", lambda uow: offers.offers(uow, "copying"))] == [True]
    crew.do("anna", copying.finish, work)
    crew.scan_copy(work)
    crew.verified(work, "boris")
    assert crew.state(work) == "verified" and audit.verify(crew.store).ok


def test_a_colleague_may_copy_what_was_taken_back(crew: Hands) -> None:
    work = copied(crew)
    back(crew, work, "anna", "copier")
    crew.do("anna", assignments.release, work, "copier")
    crew.do("boris", assignments.take, work, "copier")
    crew.do("boris", copying.finish, work)
    with pytest.raises(NotFound):
        back(crew, work, "anna", "copier")


def test_a_scanned_sheet_holds_the_copy_fast(crew: Hands) -> None:
    work = copied(crew)
    with crew.store.begin(crew.actor("head")) as uow:
        add_page(uow, work, "copy")
        uow.record("test:page", f"booklet:{work}")  # type: ignore[arg-type]
    with pytest.raises(resting.SomethingRests):
        back(crew, work, "anna", "copier")
    assert crew.look("anna", resting.mine) == []


def test_a_verification_is_taken_back_with_all_that_was_ticked(crew: Hands) -> None:
    work = verified(crew)
    back(crew, work, "boris", "verifier")
    assert crew.state(work) == "copy_scanned" and verification_of(crew, work) is None
    desk = crew.look("boris", lambda uow: verification_desk.desk(uow, work))
    assert desk.checks == crew.checks(work)
    with crew.store.read(crew.actor("head")) as uow:
        rows = dossier.show(uow, work).lines
        assert all(Source.VERIFIED not in row.values for row in rows), "it counts no longer"
    crew.do("boris", verification.submit, work, crew.checks(work))
    found = verification_of(crew, work)
    assert found is not None and found.round == 2  # type: ignore[attr-defined]
    assert audit.verify(crew.store).ok


def test_what_was_found_wrong_after_it_sends_the_copy_back(crew: Hands) -> None:
    work = verified(crew)
    back(crew, work, "boris", "verifier")
    wrong = crew.do("boris", verification.submit, work, crew.checks(work, t2="11"))
    assert wrong == ["2"] and crew.state(work) == "settled"
    crew.copied(work, "anna")
    crew.do("boris", verification.submit, work, crew.checks(work))
    assert crew.state(work) == "verified"


def test_a_signature_holds_the_verification_fast(crew: Hands) -> None:
    work = verified(crew)
    with crew.store.begin(crew.actor("anna")) as uow:
        booklet = uow.get(Booklet, work)
        found = readings.find(uow, booklet, Source.VERIFIED)
        assert found is not None
        uow.add(
            Signoff(
                booklet_id=work,
                version=1,
                round=found.round,
                slot=next(iter(SLOT_NAMES)),
                person_id=crew.people["anna"].id,
                role="assistant",
                content_sha256="0" * 64,
                at=uow.now(),
            )
        )
        uow.record("test:sign", f"booklet:{work}")  # type: ignore[arg-type]
    with pytest.raises(resting.SomethingRests):
        back(crew, work, "boris", "verifier")


def test_nobody_takes_back_without_a_reason_for_another_or_at_another_step(crew: Hands) -> None:
    work = copied(crew)
    with pytest.raises(Invalid):
        back(crew, work, "anna", "copier", "  ")
    with pytest.raises(NotFound):
        back(crew, work, "boris", "copier")
    with pytest.raises(NotFound):
        back(crew, work, "anna", "first")
    crew.scan_copy(work)
    with pytest.raises(Conflict):
        back(crew, work, "anna", "copier")
    assert State(crew.state(work)) is State.COPY_SCANNED


def test_my_work_leads_to_it(crew: Hands, browser: Callable[[], Browser]) -> None:
    work = copied(crew)
    anna = Clerk(browser(), "anna")
    anna.open("/work")
    assert anna.page and any(to == f"/work/{work}/back/copier" for to, _given in anna.page.links)
    anna.open(f"/work/{work}/back/copier")
    refused = anna.press("/back/copier")
    assert refused.status == 400 and "Скажите" in refused.text or "причин" in refused.text
    anna.press("/back/copier", fields={"reason": WHY})
    assert anna.page.url == f"/copying/{work}" and crew.state(work) == "settled"
