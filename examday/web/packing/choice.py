"""The packets that a work or a whole room may go into: offered, and read from the form."""

from collections.abc import Mapping

from examday.domain.custody.counts import Purpose
from examday.domain.custody.paper_codes import spaced
from examday.i18n import gettext as _
from examday.services.packing.packets import NEW
from examday.services.packing.work_page import Choices


def offered(choices: Choices) -> dict[Purpose, list[tuple[str, str]]]:
    """Return the packets to choose from, by purpose; a new one comes last."""
    return {
        purpose: [*((p.id, spaced(p.code)) for p in found), (NEW, _("a new packet"))]
        for purpose, found in choices.items()
    }


def chosen(sent: Mapping[str, str]) -> tuple[str, str]:
    """Return the packets chosen for the standard forms and for the originals; "" for none."""
    return sent.get(Purpose.STANDARD, ""), sent.get(Purpose.EVIDENCE, "")
