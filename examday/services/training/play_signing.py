"""Steps of a training work whose copy is written: verified and signed."""

from examday.domain.transfer.answers import Check, Seen
from examday.domain.transfer.duties import VERIFIER
from examday.services.training.player import WorkInPlay
from examday.services.transfer import assignments, signing, verification
from examday.services.transfer.desks.signing import sheet as signing_sheet

SIGNERS = {"transferrer": "assistant", "exam_board_member": "gek", "observer": "observer"}
"""Slot of a signature → log-in of who signs: three people, as R17 demands."""


class SigningSteps(WorkInPlay):
    """What verifier and signers do."""

    def verify(self) -> None:
        """Another person holds the copy against the settled values."""
        with self.as_person("reader") as uow:
            assignments.take(uow, self.id, VERIFIER)
            uow.session.flush()
            verification.submit(uow, self.id, {field: Check(Seen.OK) for field in self.fields.ids})

    def sign(self) -> None:
        """Every demanded signature, each with the person's own PIN."""
        with self.store.read() as uow:
            sheet = signing_sheet(uow, self.id)
        for rule in sheet.open:
            signer = self.actor(SIGNERS[rule.slot])
            with self.store.begin(signer) as uow:
                signing.sign(
                    uow, self.id, rule.slot, signer.person_id, self.pin, sheet.content.sha256
                )
