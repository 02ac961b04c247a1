"""The training appeal of the rehearsal: a copy with planted errors goes all the way, is disputed,
and done again."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from examday.domain.appeals.case import Kind
from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.domain.people.roles import Actor, Role
from examday.services.appeals import cases, decisions, findings, hearings, orders
from examday.services.training.rehearsal import ANSWERS, STAFF, Trial
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal

PLANTED = {"3": "153", "4": ""}
"""What the first copy has wrong: two digits changed places, one answer left out."""
COMMISSION: dict[str, Role] = {
    "secretary": Role.APPEAL_SECRETARY,
    "chair": Role.APPEAL_CHAIR,
    "member": Role.APPEAL_MEMBER,
    "operator": Role.APPEAL_OPERATOR,
    "fresh": Role.ASSISTANT,
    "fresh2": Role.ASSISTANT,
    "fresh3": Role.ASSISTANT,
}


class WrongDiagnosis(DomainError):
    """The program did not name exactly the planted fields."""

    code = "wrong-diagnosis"
    message = N_("Planted were %(planted)s, named were %(named)s.")
    advice = N_("Do not use the proposed diagnoses; compare the papers by eye.")


class AppealTrial(Trial):
    """The rehearsal's booklet with a defective first copy, a commission, and other hands for the
    second transfer."""

    staff = {**STAFF, **COMMISSION}
    appeal_id = ""

    def __init__(self, store: Store, drop: Callable[[str], None]) -> None:
        self.again: dict[str, str] = {}
        super().__init__(store, drop)

    def filled(self, size: str) -> dict[str, str]:
        """What stands on the sheet: the first copy carries the planted errors, the second none."""
        wrong = PLANTED if size == "A4" and not self.again else {}
        return {field: text for field, text in {**ANSWERS, **wrong}.items() if text}

    def actor(self, login: str) -> Actor:
        """In the second transfer other hands stand in for the first ones."""
        return super().actor(self.again.get(login, login))

    def case(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """The steps of the case after the work was handed over."""
        yield N_("appeal registered"), self.register
        yield N_("hearing appointed and opened"), self.hear
        yield N_("diagnosis names the planted errors"), self.diagnose
        yield N_("vote, decision, protocol signed"), self.decide
        yield N_("reprocessing ordered, other hands named"), self.order
        yield N_("work transferred again and handed over"), self.transfer_again
        yield N_("results, approval, notice, case closed"), self.finish

    def do(self, login: str, service: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """One use case as a member of the commission."""
        with self.store.begin(super().actor(login)) as uow:
            return service(uow, *args, **named)

    def register(self) -> None:
        """A score appeal filed today; the centre's recognised text is what stands on the defective
        copy."""

        def work(uow: UnitOfWork) -> str:
            day = uow.today()
            return cases.register(uow, cases.Filing(Kind.SCORE, self.id, day, day, day)).id

        self.appeal_id = str(self.do("secretary", work))
        texts = {field: {"text": text} for field, text in {**ANSWERS, **PLANTED}.items() if text}
        self.do("secretary", findings.import_recognised, self.appeal_id, texts, {}, {}, [])

    def hear(self) -> None:
        """Appointed for the second working day from now; present are chair, member, secretary and
        the appellant."""

        def appoint(uow: UnitOfWork) -> None:
            day = cases.calendar_of(uow).shift(uow.today(), 2)
            at = dt.datetime.combine(day, dt.time(7), dt.UTC)
            hearings.schedule(uow, self.appeal_id, at, "проверка", "in_person")

        self.do("secretary", appoint)
        for login, capacity in (
            ("chair", Capacity.CHAIR),
            ("member", Capacity.MEMBER),
            ("secretary", Capacity.SECRETARY),
        ):
            self.do(
                "secretary",
                hearings.attend,
                self.appeal_id,
                capacity,
                super().actor(login).person_id,
            )
        self.do(
            "secretary",
            hearings.attend,
            self.appeal_id,
            Capacity.APPELLANT,
            None,
            "апеллянт (проверка)",
        )
        self.do("secretary", hearings.open_hearing, self.appeal_id)
        self.do("secretary", hearings.confirm_own, self.appeal_id, "yes", "print")

    def diagnose(self) -> None:
        """Exactly the planted fields are named; a member confirms each."""
        with self.store.read() as uow:
            proposed = findings.proposals(uow, uow.get(Appeal, self.appeal_id))
        named = {
            field: one
            for field, one in proposed.items()
            if one.diagnosis is Diagnosis.TRANSFER_DEFECT
        }
        if set(named) != set(PLANTED):
            raise WrongDiagnosis(
                params={"planted": ", ".join(sorted(PLANTED)), "named": ", ".join(sorted(named))}
            )
        for field, one in named.items():
            self.do(
                "member",
                findings.find,
                self.appeal_id,
                field,
                one.diagnosis,
                category=str(one.category),
            )
        for field, one in proposed.items():
            if one.diagnosis not in (Diagnosis.TRANSFER_DEFECT, Diagnosis.NO_DIFFERENCE):
                self.do(
                    "member",
                    findings.find,
                    self.appeal_id,
                    field,
                    Diagnosis.NO_DIFFERENCE,
                    reason="проверка",
                )

    def decide(self) -> None:
        """Both vote for the appellant; both sign with the own PIN."""
        for login in ("chair", "member"):
            person = super().actor(login).person_id
            self.do("secretary", hearings.vote, self.appeal_id, person, Outcome.SATISFY)
        protocol = self.do(
            "secretary", decisions.decide, self.appeal_id, "Проверка: перенос не соответствует."
        )
        for login in ("chair", "member"):
            self.do(
                "secretary",
                decisions.sign,
                self.appeal_id,
                super().actor(login).person_id,
                self.pin,
                protocol.sha256,
            )

    def order(self) -> None:
        """Nobody who touched the first transfer may be named; two others are."""
        self.do("secretary", orders.order_reprocessing, self.appeal_id)
        self.do(
            "secretary",
            orders.assign,
            self.appeal_id,
            super().actor("fresh").person_id,
            super().actor("fresh2").person_id,
        )

    def transfer_again(self) -> None:
        """The whole way once more as version 2, with a correct copy through the hot folder."""
        self.purposes = (Purpose.STANDARD,)
        for state, hands in (
            (State.SCANNED, {"reader": "fresh", "reader2": "fresh2"}),
            (State.SETTLED, {"assistant": "fresh"}),
            (State.COPIED, {"assistant": "fresh"}),
            (State.COPY_SCANNED, {"reader": "fresh3"}),
            (State.VERIFIED, {"assistant": "fresh"}),
            (State.CERTIFIED, {"again": "again"}),
            (State.PACKED, {"again": "again"}),
        ):
            self.again = hands
            if self.state() == state:
                self.steps()[state]()
        self.do("secretary", orders.retransferred, self.appeal_id)
        self.do("secretary", orders.handed_over, self.appeal_id)

    def values(self, changed: dict[str, str] | None = None) -> dict[str, Any]:
        """The second readers do not slip."""
        return super().values(None if self.again else changed)

    def finish(self) -> None:
        """Score before and after, approval, notice; then the case closes, and the first version is
        still there."""
        self.do("operator", orders.recalculated, self.appeal_id, 61, 68)
        self.do("chair", orders.approved, self.appeal_id)
        self.do("secretary", orders.informed, self.appeal_id, "проверка")
        self.do("secretary", orders.close, self.appeal_id)
        with self.store.read() as uow:
            if (
                uow.get(Booklet, self.id).version != 2
                or findings.contents(uow, self.id, 1).get("settled") is None
            ):
                raise DomainError(N_("The first transfer is no longer there."), code="version-lost")
