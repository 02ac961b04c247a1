"""What people call the registration fields."""

from examday.domain.messages import N_

HEADER_NAMES = {
    "header:region": N_("Region code"),
    "header:subject": N_("Subject code"),
    "header:name": N_("Name of the subject"),
}
