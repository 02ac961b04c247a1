"""The blueprint that the views of packing share, and the words of a packet's states."""

from flask import Blueprint

from examday.domain.messages import N_
from examday.services.packing import packets

bp = Blueprint("packing", __name__, url_prefix="/packing")
STATE_WORDS: dict[str, str] = {
    packets.OPEN: N_("packet open"),
    packets.SEALED: N_("packet closed"),
    packets.GONE: N_("packet handed over"),
    packets.EMPTIED: N_("opened by the commission"),
    packets.REMOVED: N_("taken out of the list: it was empty"),
}
