"""What a refused hand-in is about: the inputs of the page of answers, each with what to do there."""

from examday.domain.errors import Invalid
from examday.i18n import gettext as _
from examday.services.braille.desk.splitting import Split
from examday.web.acts import Refusal, explain
from examday.web.braille import sent_rows
from examday.web.transfer import entry
from examday.web.words import field_name


def faults(error: Refusal, split: Split, unknown: list[str]) -> dict[str, str]:
    """Return the inputs that a refusal is about, each with what to do there.

    Only these are opened: whoever is told of one answer does not pass by all the others again.
    """
    if error is None:
        return {}
    if isinstance(error, Invalid) and error.code == "break-open":
        return {str(error.field): explain(error)}
    fields = error.params.get("fields")
    named = fields if isinstance(fields, list) else []
    what = "task" if error.code == "answered-twice" else "reason"
    said = _(entry.UNUSUAL) if error.code == "unusual" else explain(error)
    rows = sent_rows.by_place(sent_rows.sent_rows(), split)
    found = {f"{what}-{place}": row.task for place, row in rows if row.task in named}
    found |= {f"v:{one}": one for one in unknown if one in named}
    return {at: f"{field_name(one)}: {said}" for at, one in found.items()}
