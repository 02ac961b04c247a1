"""The sign-off sheet «Копия верна» of one work."""

from examday.domain.messages import N_
from examday.domain.transfer.answers import read_values
from examday.services.custody import dossier
from examday.services.printing.papers.work.numbers import numbers
from examday.services.printing.papers.work.signatures import signed, signers
from examday.services.printing.papers.work.work_frame import frame
from examday.services.printing.words import ru
from examday.services.transfer import signatures
from examday.services.unit_of_work import UnitOfWork


def true_copy(uow: UnitOfWork, booklet_id: str, names: bool) -> dict[str, object]:
    """«Копия верна»: what is certified, read back in numbers, and by whom."""
    d = dossier.show(uow, booklet_id)
    content = signatures.content_of(uow, d.booklet)
    values = read_values(content.fields)
    # Zeros are left out: the sheet is read aloud before it is signed.
    statement = [f"{name}: {number}" for name, number in numbers(values) if number != "0"]
    statement += [
        ru(N_("Sheets of the original: %(number)s"), number=len(content.originals)),
        ru(N_("Sheets of the copy: %(number)s"), number=len(content.copies)),
        ru(
            N_(
                "The copy says what the original says, character by character; nothing was corrected or added."
            )
        ),
    ]
    return frame(uow, d.booklet, N_("«Копия верна»: sign-off sheet"), names) | {
        "statement": statement,
        # What the signatures in the program cover; on paper it ties the sheet to them.
        "content": content.sha256,
        "signed": signed(uow, d),
        "signers": signers(d),
    }
