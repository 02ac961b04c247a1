"""The blueprint that the views of custody share, and the names of its steps."""

from flask import Blueprint

from examday.domain.messages import N_

bp = Blueprint("custody", __name__, url_prefix="/custody")
TITLES = {
    "issue": N_("Issue the kit"),
    "assign": N_("Plan the kit for this seat"),
    "enlarge": N_("Enlarge to A3"),
    "collect": N_("Collect the work"),
    "record": N_("Enter the recording and its protocol"),
    "extra": N_("Add paper"),
    "hand": N_("Hand over to a colleague"),
    "standard": N_("The candidate writes on the standard form"),
    "spoil": N_("The kit is spoiled"),
    "undo": N_("Take the last step back"),
}
"""Step → heading of its form. An address may name these steps and no other."""
