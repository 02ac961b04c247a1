"""The decision on the training appeal: diagnosed, voted, decided and signed."""

from collections.abc import Collection

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Outcome
from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.services.appeals.decision import decisions, findings, signatures
from examday.services.appeals.hearing import votes
from examday.services.training.rehearsal.commission import PLANTED
from examday.services.training.rehearsal.hearing import HearingTrial
from examday.storage.tables_appeal import Appeal


class WrongDiagnosis(DomainError):
    """The program did not name exactly the planted fields."""

    code = "wrong-diagnosis"
    message = N_("Planted were %(planted)s, named were %(named)s.")
    advice = N_("Do not use the proposed diagnoses; compare the papers by eye.")


def check_named(named: Collection[str]) -> None:
    """WrongDiagnosis unless exactly the planted fields are named as defects of the transfer."""
    if set(named) != set(PLANTED):
        raise WrongDiagnosis(
            params={"planted": ", ".join(sorted(PLANTED)), "named": ", ".join(sorted(named))}
        )


class DecisionTrial(HearingTrial):
    """Both members vote for the appellant."""

    def diagnose(self) -> None:
        """Exactly the planted fields are named; a member confirms each."""
        with self.store.read() as uow:
            proposed = findings.proposals(uow, uow.get(Appeal, self.appeal_id))
        named = {
            field: one
            for field, one in proposed.items()
            if one.diagnosis is Diagnosis.TRANSFER_DEFECT
        }
        check_named(named)
        for field, one in named.items():
            with self.as_person("member") as uow:
                findings.find(uow, self.appeal_id, field, one.diagnosis, category=str(one.category))

    def decide(self) -> None:
        """Both vote for the appellant; both sign with the own PIN."""
        voters = [self.person_id(login) for login in ("chair", "member")]
        for person_id in voters:
            with self.as_person("secretary") as uow:
                votes.vote(uow, self.appeal_id, person_id, Outcome.SATISFY)
        with self.as_person("secretary") as uow:
            protocol = decisions.decide(uow, self.appeal_id, "Проверка: перенос не соответствует.")
            sha256 = protocol.sha256
        for person_id in voters:
            with self.as_person("secretary") as uow:
                signatures.sign(uow, self.appeal_id, person_id, self.pin, sha256)
