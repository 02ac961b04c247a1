"""Signs letters, and judges their signatures."""

from collections.abc import Mapping
from pathlib import Path

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import Letter, signed_part
from examday.services.ledger.checkpoints import holds, sign_bytes


def signed(keys: Path, letter: Mapping[str, object]) -> Letter:
    """The letter with the signature of this installation."""
    return {**letter, "signature": sign_bytes(keys, signed_part(letter))}


def require_signed(
    letter: Mapping[str, object],
    public_key: str,
    name: str = "signature",
) -> None:
    """Invalid where the letter does not bear the signature of this key."""
    if not holds(public_key, signed_part(letter), str(letter.get(name, ""))):
        raise Invalid(
            N_("The signature of this letter is wrong: it was changed, or another one wrote it."),
            code="letter-signature",
            advice=N_("Have it written anew, and bring it unchanged."),
        )
